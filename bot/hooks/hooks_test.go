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
	"strings"
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

const hospital = bot.ProviderID("hospital")

// house is a store with cases, and what a receiver hears of them.
type house struct {
	*testing.T
	ctx   context.Context
	store *redisstore.Store
	side  *redisstore.Desk
	log   *bytes.Buffer
	ref   bot.CaseRef

	patience time.Duration // 0: as it is for everybody

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
	if err := hooks.Add(h.ctx, h.side, hospital, one); err != nil {
		h.Fatal(err)
	}
	return one
}

func (h *house) teller(instance string) *hooks.Teller {
	return hooks.NewTeller(hooks.Options{
		Store: h.side, Guard: h.store.Guard, Providers: []bot.ProviderID{hospital}, Instance: instance, Now: h.now, Patience: h.patience,
		Log: slog.New(slog.NewTextHandler(h.log, nil)),
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
	bad     []error
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

// A complaints system that is down for an evening must hear of every case the next
// morning, in order, and know who sent it.
func TestEachEventInOrderDespiteFailures(t *testing.T) {
	h := open(t)
	h.patience = 100 * time.Millisecond
	hang := make(chan struct{})
	r := h.receive(status(500), func(_ http.ResponseWriter, q *http.Request) {
		select { // it hangs until heard has had enough
		case <-q.Context().Done():
		case <-hang:
		}
	}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(503)
	}, func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, "/elsewhere", http.StatusTemporaryRedirect)
	})
	defer close(hang)
	h.happens(bot.CaseOpened) // before there was a webhook
	r.secret = h.add(r.URL, false).Secret
	h.happens(bot.CaseAcknowledged, bot.CaseUpdated)
	teller := h.teller("a")
	pauses := []time.Duration{5 * time.Second, 10 * time.Second, 2 * time.Hour, 40 * time.Second}
	for _, pause := range pauses {
		h.look(teller)
		if got := h.kept().Next.Sub(h.now()); got != pause {
			t.Errorf("it is tried again after %v, want %v (%s)", got, pause, h.kept().Trouble)
		}
		h.look(teller) // too early
		h.later(pause)
	}
	h.happens(bot.CaseReplied)
	h.look(h.teller("a")) // heard was restarted meanwhile
	r.took(t, "case.acknowledged", "case.updated", "case.replied")
	if len(r.ids) != 7 || r.ids[0] != r.ids[4] || r.ids[4] == r.ids[5] {
		t.Errorf("the ids were %q", r.ids)
	}
	if strings.Contains(r.bodies, "Griffiths") || strings.Contains(r.bodies, "900123") || !strings.Contains(r.bodies, string(h.ref)) {
		t.Errorf("the messages were %s", r.bodies)
	}
	if h.counts["failed"] != 4 || h.counts["told"] != 3 || h.kept().Trouble != "" {
		t.Errorf("counted %v, trouble %q", h.counts, h.kept().Trouble)
	}
	h.look(teller)
	r.took(t, "case.acknowledged", "case.updated", "case.replied")
}

// Two instances must not tell the same thing twice, nor in the wrong order.
func TestOneInstanceTells(t *testing.T) {
	h := open(t)
	a, b := h.teller("a"), h.teller("b")
	entered, leave := make(chan struct{}), make(chan struct{})
	r := h.receive(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		w.WriteHeader(204)
	})
	r.secret = h.add(r.URL, false).Secret
	h.happens(bot.CaseUpdated, bot.CaseClosed)
	var wg sync.WaitGroup
	a.Look(h.ctx, &wg)
	<-entered
	h.look(b)
	a.Look(h.ctx, &wg) // it is at it already
	close(leave)
	wg.Wait()
	r.took(t, "case.closed")
	if len(r.ids) != 2 {
		t.Errorf("%d messages came, want 2", len(r.ids))
	}
}

// An address that is gone must not hold up for ever what others, and later events,
// wait for; and who runs heard must learn of it.
func TestGivenUpAfterThreeDays(t *testing.T) {
	h := open(t)
	r := h.receive(status(500), status(404))
	r.secret = h.add(r.URL, false).Secret
	h.happens(bot.CaseUpdated)
	teller := h.teller("a")
	h.look(teller)
	h.later(3 * 24 * time.Hour)
	h.happens(bot.CaseClosed)
	h.look(teller)
	r.took(t, "case.closed")
	if h.kept().GivenUp != 1 || h.counts["given up"] != 1 || !strings.Contains(h.log.String(), "given up") || !strings.Contains(h.log.String(), string(h.ref)) {
		t.Errorf("kept %+v, log %s", h.kept(), h.log)
	}
	if strings.Contains(h.log.String(), r.URL) || strings.Contains(h.log.String(), r.secret) {
		t.Error("an address or a secret is in the log")
	}
}

// Who wants to hear of outcomes only must not be told all else.
func TestOnlyTheKindsThatAreWanted(t *testing.T) {
	h := open(t)
	r := h.receive()
	r.secret = h.add(r.URL, false, bot.CaseOutcome).Secret
	h.happens(bot.CaseUpdated, bot.CaseOutcome, bot.CaseReplied)
	teller := h.teller("a")
	h.look(teller)
	r.took(t, "case.outcome")
	last, err := h.side.LastEvent(h.ctx, hospital)
	if err != nil || h.kept().Told != last {
		t.Errorf("it has come to %d of %d, %v", h.kept().Told, last, err)
	}
	if err := hooks.Remove(h.ctx, h.side, hospital, h.kept().ID, h.now()); err != nil {
		t.Fatal(err)
	}
	h.happens(bot.CaseOutcome)
	h.look(teller)
	r.took(t, "case.outcome")
	if err := hooks.Remove(h.ctx, h.side, hospital, "x", h.now()); err == nil {
		t.Error("what there is not was removed")
	}
}

// An address by which whoever listens learns which cases there are must not be kept.
func TestWhatIsNoAddress(t *testing.T) {
	h := open(t)
	r := h.receive()
	for _, bad := range []string{"http://example.org/", "ftp://example.org", "https://a:b@example.org/", "https:///x", "", "https://example.org/#x", "http://10.0.0.1/"} {
		if _, err := hooks.New(bad, nil, true, h.now()); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, err := hooks.New(r.URL, []bot.CaseEventKind{"case.eaten"}, false, h.now()); err == nil {
		t.Error("an event that there is not is taken")
	}
}

// Who sets a webhook up wants to see that it arrives.
func TestATestMessage(t *testing.T) {
	h := open(t)
	r := h.receive()
	one := h.add(r.URL, false)
	r.secret = one.Secret
	if err := hooks.Test(h.ctx, hospital, one, h.now()); err != nil {
		t.Fatal(err)
	}
	r.took(t, hooks.TestKind)
}
