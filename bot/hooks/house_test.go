package hooks_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"heard/bot"
	"heard/bot/hooks"
	"heard/bot/redisstore"
	"heard/bot/storetest"
	"heard/channels"
	"heard/flows"
)

// house is a store with cases, and what a receiver hears of them.
type house struct {
	*testing.T
	ctx   context.Context
	store *redisstore.Store
	side  *redisstore.Desk
	log   *bytes.Buffer
	ref   bot.CaseRef

	patience time.Duration // 0: as it is for everybody
	jitter   float64
	noTask   error    // of giving staff a task
	givenUp  []string // hooks of which staff have one

	mu     sync.Mutex
	time   time.Time
	counts map[string]int
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, ctx: t.Context(), log: &bytes.Buffer{}, time: time.Now(), counts: map[string]int{}}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	o := redisstore.Options{
		URL: storetest.StartRedis(t).URL(), ConfigKeys: [][]byte{key}, Providers: []bot.ProviderID{hospital}, Clock: h.now, Durability: redisstore.Strict,
	}
	var err error
	if h.store, err = redisstore.Open(h.ctx, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	if h.side, err = redisstore.OpenDesk(h.ctx, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.side.Close() })
	conv := &bot.Conversation{ID: bot.ConversationID(rand.Text()), Channel: channels.SMS, Sender: "+447700900999", Address: "+447700900123"}
	c := &bot.Case{
		Ref: bot.NewCaseRef(), Handle: bot.Handle(rand.Text()), Status: bot.Open, Stage: flows.Informed, Opened: h.now(),
		Fields: []bot.Field{{Name: "name", Value: "Mair Griffiths"}},
	}
	h.ref = c.Ref
	h.commit(bot.PutConversation{Conversation: conv}, bot.PutCase{Case: c, Conversation: conv.ID})
	return h
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time
}

func (h *house) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

func (h *house) commit(ops ...bot.Op) {
	h.Helper()
	if _, err := h.store.Commit(h.ctx, bot.Turn{Provider: hospital, ID: bot.TurnID(rand.Text()), Ops: ops}); err != nil {
		h.Fatal(err)
	}
}

// happens writes events of the case.
func (h *house) happens(kinds ...bot.CaseEventKind) {
	h.Helper()
	c, err := h.side.ReadCase(h.ctx, hospital, h.ref)
	if err != nil {
		h.Fatal(err)
	}
	for _, k := range kinds {
		h.commit(bot.Happened{Case: c, Kind: k, At: h.now()})
	}
}

func (h *house) add(url string, private bool, kinds ...bot.CaseEventKind) hooks.Hook {
	h.Helper()
	one, err := hooks.New(url, kinds, private, h.now())
	if err != nil {
		h.Fatal(err)
	}
	if err := hooks.Add(h.ctx, h.side, hospital, "m-admin", one); err != nil {
		h.Fatal(err)
	}
	return one
}

func (h *house) teller(instance string) *hooks.Teller {
	return hooks.NewTeller(hooks.Options{
		Store: h.side, Guard: h.store.Guard, Providers: []bot.ProviderID{hospital}, Instance: instance, Now: h.now, Patience: h.patience,
		Log: slog.New(slog.NewTextHandler(h.log, nil)), Jitter: func() float64 { return h.jitter },
		GivenUp: func(_ context.Context, p bot.ProviderID, hook string) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.givenUp = append(h.givenUp, string(p)+"/"+hook)
			return h.noTask
		},
		Count: func(result string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.counts[result]++
		},
	})
}

// look has a teller tell what there is.
func (h *house) look(t *hooks.Teller) {
	var wg sync.WaitGroup
	t.Look(h.ctx, &wg)
	wg.Wait()
}

// told is the one hook as it is kept.
func (h *house) kept() hooks.Hook {
	h.Helper()
	all, err := hooks.List(h.ctx, h.side, hospital)
	if err != nil || len(all) != 1 {
		h.Fatalf("%d webhooks, %v", len(all), err)
	}
	return all[0]
}

// receiver is a complaints system. It answers as told, then 204.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	secret  string
	now     func() time.Time
	answers []func(http.ResponseWriter, *http.Request)
	kinds   []string // that it took
	ids     []string // that came, taken or not
	bodies  string

	signatures []string
	bad        []error
}

func (h *house) receive(answers ...func(http.ResponseWriter, *http.Request)) *receiver {
	r := &receiver{answers: answers, now: h.now}
	r.Server = httptest.NewServer(r)
	h.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	if answer := r.note(q, body); answer != nil {
		answer(w, q)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// note notes what came, and tells how it is answered; nil: it is taken.
func (r *receiver) note(q *http.Request, body []byte) func(http.ResponseWriter, *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	verifier, err := standardwebhooks.NewWebhook(r.secret)
	if err == nil {
		err = verifier.VerifyIgnoringTimestamp(body, q.Header) // it goes by the real clock
	}
	r.signatures = append(r.signatures, q.Header.Get("webhook-signature"))
	if at := strconv.FormatInt(r.now().Unix(), 10); err == nil && q.Header.Get("webhook-timestamp") != at {
		err = errors.New("it is not of now")
	}
	if err != nil {
		r.bad = append(r.bad, err)
	}
	r.bodies += string(body)
	r.ids = append(r.ids, q.Header.Get("webhook-id"))
	if len(r.answers) > 0 {
		next := r.answers[0]
		r.answers = r.answers[1:]
		return next
	}
	var m struct{ Type string }
	_ = json.Unmarshal(body, &m)
	r.kinds = append(r.kinds, m.Type)
	return nil
}

func (r *receiver) took(t *testing.T, want ...string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Equal(r.kinds, want) {
		t.Errorf("it took %q, want %q", r.kinds, want)
	}
	if len(r.bad) > 0 {
		t.Errorf("the independent verifier refused: %v", r.bad)
	}
}

func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}
