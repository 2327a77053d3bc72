package hooks_test

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/hooks"
	"heard/channels"
	"heard/flows"
)

const hospital = bot.ProviderID("hospital")

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
	r.secret = h.add(r.URL, true).Secret
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
	r.secret = h.add(r.URL, true).Secret
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
	r.secret = h.add(r.URL, true).Secret
	h.happens(bot.CaseUpdated)
	teller := h.teller("a")
	h.look(teller)
	h.later(3 * 24 * time.Hour)
	h.happens(bot.CaseClosed)
	h.noTask = errors.New("the store is away")
	h.look(teller)
	if h.kept().GivenUp != 0 {
		t.Error("it is given up, and nobody has a task of it")
	}
	h.noTask, h.givenUp = nil, nil
	r.answers = append(r.answers, status(404))
	h.look(teller)
	r.took(t, "case.closed")
	if want := []string{"hospital/" + h.kept().ID}; !slices.Equal(h.givenUp, want) {
		t.Errorf("staff have a task of %q, want %q", h.givenUp, want)
	}
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
	r.secret = h.add(r.URL, true, bot.CaseOutcome).Secret
	h.happens(bot.CaseUpdated, bot.CaseOutcome, bot.CaseReplied)
	teller := h.teller("a")
	h.look(teller)
	r.took(t, "case.outcome")
	last, err := h.side.LastEvent(h.ctx, hospital)
	if err != nil || h.kept().Told != last {
		t.Errorf("it has come to %d of %d, %v", h.kept().Told, last, err)
	}
	if err := hooks.Remove(h.ctx, h.side, hospital, "m-admin", h.kept().ID, h.now()); err != nil {
		t.Fatal(err)
	}
	h.happens(bot.CaseOutcome)
	h.look(teller)
	r.took(t, "case.outcome")
	if err := hooks.Remove(h.ctx, h.side, hospital, "m-admin", "x", h.now()); err == nil {
		t.Error("what there is not was removed")
	}
}

// An address by which whoever listens learns which cases there are must not be kept.
func TestWhatIsNoAddress(t *testing.T) {
	h := open(t)
	r := h.receive()
	for _, bad := range []string{"http://example.org/", "ftp://example.org", "https://a:b@example.org/", "https:///x", "", "https://example.org/#x", "http://10.0.0.1/", "https://169.254.169.254/latest", "https://[::]/"} {
		if _, err := hooks.New(bad, nil, true, h.now()); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, inside := range []string{r.URL, "https://localhost/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[fd00::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::a00:1]/"} {
		if _, err := hooks.New(inside, nil, false, h.now()); err == nil {
			t.Errorf("%q is taken from who does not run heard", inside)
		}
	}
	if _, err := hooks.New(r.URL, []bot.CaseEventKind{"case.eaten"}, true, h.now()); err == nil {
		t.Error("an event that there is not is taken")
	}
}

// Who sets a webhook up wants to see that it arrives.
func TestATestMessage(t *testing.T) {
	h := open(t)
	r := h.receive()
	one := h.add(r.URL, true)
	r.secret = one.Secret
	if err := hooks.Test(h.ctx, hospital, one, h.now()); err != nil {
		t.Fatal(err)
	}
	r.took(t, hooks.TestKind)
}

// Who runs heard at the provider sees what became of each message, and sends what was
// given up once the other system is up again: else it never learns of it.
func TestWhatWasGivenUpIsToldAgain(t *testing.T) {
	h := open(t)
	r := h.receive(status(500), status(500), status(500))
	r.secret = h.add(r.URL, true).Secret
	h.happens(bot.CaseUpdated)
	teller := h.teller("a")
	h.look(teller)
	h.later(3 * 24 * time.Hour)
	h.happens(bot.CaseClosed)
	h.look(teller)
	lost := h.kept().Lost
	if len(lost) != 1 || lost[0].Kind != bot.CaseUpdated || lost[0].Case != h.ref {
		t.Fatalf("lost: %+v", lost)
	}
	again := func(number uint64) error {
		return hooks.Again(h.ctx, h.side, hospital, "m-admin", h.kept().ID, number, h.now)
	}
	var refused *bot.Rejection
	r.answers = append(r.answers, status(503))
	h.later(time.Hour)
	h.look(teller)
	if err := again(lost[0].Number); err != nil {
		t.Fatal(err)
	}
	r.took(t, "case.updated") // after what happened since was not taken
	if err := again(lost[0].Number); !errors.As(err, &refused) {
		t.Errorf("told twice: %v", err)
	}
	if len(h.kept().Lost) != 0 {
		t.Errorf("still lost: %+v", h.kept().Lost)
	}
	var failed []string
	for _, d := range h.kept().Recent {
		failed = append(failed, string(d.Kind)+" "+d.Failed)
	}
	want := []string{"case.updated ", "case.closed the answer was 503", "case.closed the answer was 500", "case.updated the answer was 500", "case.updated the answer was 500"}
	if !slices.Equal(failed, want) {
		t.Errorf("the last tries: %q, want %q", failed, want)
	}
	if ids := r.ids; ids[0] != ids[len(ids)-1] {
		t.Errorf("told again as another: %q", ids)
	}
}

// What somebody asked to be deleted must not be told because it was given up before.
func TestWhatWasErasedIsNotToldAgain(t *testing.T) {
	h := open(t)
	r := h.receive(status(500), status(500))
	h.add(r.URL, true)
	h.happens(bot.CaseUpdated)
	teller := h.teller("a")
	h.look(teller)
	h.later(3 * 24 * time.Hour)
	h.look(teller)
	c, err := h.side.ReadCase(h.ctx, hospital, h.ref)
	if err != nil {
		t.Fatal(err)
	}
	other := &bot.Case{Ref: bot.NewCaseRef(), Handle: bot.Handle(rand.Text()), Status: bot.Open, Stage: flows.Informed, Opened: h.now()}
	conv := &bot.Conversation{ID: bot.ConversationID(rand.Text()), Channel: channels.SMS, Sender: "+447700900999", Address: "+447700900124"}
	h.commit(bot.PutConversation{Conversation: conv}, bot.PutCase{Case: other, Conversation: conv.ID}, bot.Happened{Case: other, Kind: bot.CaseOpened, At: h.now()})
	h.commit(bot.EraseCase{Case: c})
	came := len(r.ids)
	err = hooks.Again(h.ctx, h.side, hospital, "m-admin", h.kept().ID, h.kept().Lost[0].Number, h.now)
	if refused := (*bot.Rejection)(nil); !errors.As(err, &refused) || len(r.ids) != came || len(h.kept().Lost) != 0 {
		t.Errorf("%v, %d messages, lost %+v", err, len(r.ids)-came, h.kept().Lost)
	}
}

// A system that is taken down for a week on purpose must hear afterwards of all that
// happened, and nothing may be given up meanwhile.
func TestAPausedWebhookGoesOnWhereItWas(t *testing.T) {
	h := open(t)
	r := h.receive()
	r.secret = h.add(r.URL, true).Secret
	teller := h.teller("a")
	pause := func(paused bool) {
		t.Helper()
		if err := hooks.Pause(h.ctx, h.side, hospital, "m-admin", h.kept().ID, paused, h.now()); err != nil {
			t.Fatal(err)
		}
	}
	pause(true)
	h.happens(bot.CaseUpdated, bot.CaseClosed)
	h.look(teller)
	r.took(t)
	h.later(7 * 24 * time.Hour)
	r.answers = append(r.answers, status(500)) // it is not quite up yet
	pause(false)
	h.look(teller)
	h.later(time.Minute)
	h.look(teller)
	r.took(t, "case.updated", "case.closed")
	if h.kept().GivenUp != 0 {
		t.Error("something was given up")
	}
}

// A secret that leaked is changed without a message being lost: for a day either is
// good.
func TestASecretIsChanged(t *testing.T) {
	h := open(t)
	r := h.receive()
	before := h.add(r.URL, true).Secret
	r.secret = before
	teller := h.teller("a")
	secret, err := hooks.Rotate(h.ctx, h.side, hospital, "m-admin", h.kept().ID, h.now())
	if err != nil || secret == before {
		t.Fatal(secret, err)
	}
	h.happens(bot.CaseUpdated)
	h.look(teller)
	r.secret = secret
	h.happens(bot.CaseReplied)
	h.look(teller)
	r.took(t, "case.updated", "case.replied")
	h.later(24 * time.Hour)
	h.happens(bot.CaseClosed)
	h.look(teller)
	r.took(t, "case.updated", "case.replied", "case.closed")
	if n := len(strings.Fields(r.signatures[len(r.signatures)-1])); n != 1 {
		t.Errorf("it is signed %d times a day later", n)
	}
}

// Hundreds of webhooks whose receivers stand in one data centre must not all come back
// at one moment.
func TestTriesAreSpread(t *testing.T) {
	h := open(t)
	h.jitter = 0.5
	r := h.receive(status(500))
	r.secret = h.add(r.URL, true).Secret
	h.happens(bot.CaseUpdated)
	h.look(h.teller("a"))
	if got := h.kept().Next.Sub(h.now()); got != 5500*time.Millisecond {
		t.Errorf("it is tried again after %v", got)
	}
}

// Who did what to a webhook is in the log: by one, all that happens leaves the house.
func TestChangesOfAWebhookAreInTheLog(t *testing.T) {
	h := open(t)
	one := h.add("https://complaints.example.org/", false)
	if _, err := hooks.Rotate(h.ctx, h.side, hospital, "m-admin", one.ID, h.now()); err != nil {
		t.Fatal(err)
	}
	if err := hooks.Choose(h.ctx, h.side, hospital, "m-admin", one.ID, []bot.CaseEventKind{bot.CaseClosed}, h.now()); err != nil {
		t.Fatal(err)
	}
	if err := hooks.Remove(h.ctx, h.side, hospital, "m-admin", one.ID, h.now()); err != nil {
		t.Fatal(err)
	}
	lines, err := h.side.AuditTrail(h.ctx, hospital, 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	var did []string
	for _, l := range lines {
		did = append(did, string(l.Record.Member)+" "+l.Record.Did)
		if l.Record.On != one.ID {
			t.Errorf("on %q", l.Record.On)
		}
	}
	if want := []string{"m-admin add a webhook", "m-admin change a webhook's secret", "m-admin choose a webhook's events", "m-admin remove a webhook"}; !slices.Equal(did, want) {
		t.Errorf("the log has %q, want %q", did, want)
	}
	for range 20 {
		h.add("https://complaints.example.org/", false)
	}
	more, err := hooks.New("https://complaints.example.org/", nil, false, h.now())
	if err == nil {
		err = hooks.Add(h.ctx, h.side, hospital, "m-admin", more)
	}
	if refused := (*bot.Rejection)(nil); !errors.As(err, &refused) {
		t.Errorf("one more than are told: %v", err)
	}
}
