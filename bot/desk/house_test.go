package desk_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/bot/redisstore"
	"heard/bot/storetest"
	"heard/channels"
	"heard/flows"
	"heard/flows/library"
)

const hospital = bot.ProviderID("hospital")

// house is a desk on a store of its own, and a way to put cases there without a
// conversation.
type house struct {
	testing.TB
	ctx   context.Context
	store *redisstore.Store
	bot   *bot.Bot
	desk  *desk.Desk
	now   time.Time

	options desk.Options
}

var (
	handler  = desk.Who{Member: "m-handler", Name: "Sam Reed", Roles: []desk.Role{desk.Handler}}
	lead     = desk.Who{Member: "m-lead", Name: "Ade Lewis", Roles: []desk.Role{desk.Lead}}
	guardian = desk.Who{Member: "m-guardian", Name: "Grace", Roles: []desk.Role{desk.Guardian}}
	recorder = desk.Who{Member: "m-recorder", Name: "Bo", Roles: []desk.Role{desk.Recorder}}
)

func open(t testing.TB) *house {
	t.Helper()
	h := &house{TB: t, ctx: context.Background(), now: time.Date(2026, 11, 4, 10, 0, 0, 0, time.UTC)}
	var err error
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	o := redisstore.Options{
		URL: storetest.StartRedis(t).URL(), ConfigKeys: [][]byte{key}, Providers: []bot.ProviderID{hospital},
		Clock: func() time.Time { return h.now }, Durability: redisstore.Strict,
	}
	if h.store, err = redisstore.Open(h.ctx, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	side, err := redisstore.OpenDesk(h.ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = side.Close() })
	p := provider(t)
	h.bot, err = bot.New(h.ctx, bot.Options{
		Store: h.store, Versions: h.store, Receipts: h.store, Moves: h.store, Providers: []bot.Provider{p},
		Deliver: func(bot.Lease) {}, Now: func() time.Time { return h.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	h.options = desk.Options{Store: side, Bot: h.bot, Provider: p, Files: kept{"photo1": aPhoto, "heic": "another kind"}, Now: func() time.Time { return h.now }}
	h.desk = desk.New(h.options)
	return h
}

// mailed has codes sent to the staff of one domain.
func (h *house) mailed(m desk.Mail) {
	h.options.Mail, h.options.StaffDomains = m, []string{"hospital.example"}
	h.desk = desk.New(h.options)
}

// with is another desk on the same store, as another instance has it.
func (h *house) with(change func(*desk.Options)) *desk.Desk {
	o := h.options
	change(&o)
	return desk.New(o)
}

func provider(t testing.TB) bot.Provider {
	t.Helper()
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	set, err := flows.Compile(src, flows.Options{Languages: []string{"en"}, Provider: string(hospital)})
	if err != nil {
		t.Fatal(err)
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return bot.Provider{
		ID: hospital, Name: "St Mary's Hospital", PublicName: "St Mary's", Flows: set,
		Calendar: bot.NewCalendar(src.Jurisdiction[0], london), SMS: "+447700900900",
	}
}

// put writes a case that was sent, with what the person said.
func (h *house) put(c bot.Case, said ...bot.Entry) bot.CaseRef {
	h.Helper()
	conv := &bot.Conversation{
		ID: bot.ConversationID(rand.Text()), Channel: channels.SMS, Sender: "+447700900999", Address: channels.Address("+447700900123"),
	}
	c.Ref, c.Handle, c.Channel = bot.NewCaseRef(), bot.Handle(rand.Text()), cmp.Or(c.Channel, channels.SMS)
	if c.Status == "" {
		c.Status, c.Stage = bot.Open, flows.Informed
	}
	if c.Opened.IsZero() {
		c.Received, c.Opened = h.now, h.now
	}
	ops := []bot.Op{bot.PutConversation{Conversation: conv}, bot.PutCase{Case: &c, Conversation: conv.ID}}
	for i, e := range said {
		e.ID = bot.EntryID(fmt.Sprint("e", i))
		ops = append(ops, bot.Append{Case: &c, Entry: e})
	}
	h.commit(ops...)
	return c.Ref
}

func (h *house) commit(ops ...bot.Op) {
	h.Helper()
	if _, err := h.store.Commit(h.ctx, bot.Turn{Provider: hospital, ID: bot.TurnID(rand.Text()), Ops: ops}); err != nil {
		h.Fatal(err)
	}
}

func (h *house) task(t bot.StaffTask) {
	h.Helper()
	if t.ID == "" {
		t.ID = string(t.Case) + "/" + string(t.Kind)
	}
	h.commit(bot.AddTask{Task: t})
}

func (h *house) look(who desk.Who, ref bot.CaseRef) *desk.View {
	h.Helper()
	v, err := h.desk.Case(h.ctx, who, ref)
	if err != nil {
		h.Fatal(err)
	}
	return v
}

// refused wants a rejection with a code.
func (h *house) refused(err error, code, why string) {
	h.Helper()
	r := new(bot.Rejection)
	if !errors.As(err, &r) || r.Code != code {
		h.Errorf("%s: %v, want %q", why, err, code)
	}
}
