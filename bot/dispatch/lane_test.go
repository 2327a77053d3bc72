package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heard/bot"
	"heard/bot/dispatch"
	"heard/channels"
	"heard/flows"
)

func somebody(i int) channels.Address { return channels.Address(fmt.Sprintf("+4477009%05d", 500+i)) }

// One provider's number hangs: nobody who writes on another may notice.
func TestAHungLineHoldsUpNoOther(t *testing.T) {
	h := newHouse(t)
	h.Workers, h.Count = 2, func(string) {}
	s := h.hold()
	d, _ := h.start()
	defer close(s.release) // before it is waited for
	for i := range 100 {
		deliver(d, h.tell(somebody(i), "hello"))
	}
	<-s.sent
	<-s.sent
	deliver(d, h.tell(onTele, "one"))
	h.telegramHas(1)
	h.tell(onTele, "two")
	h.clock.Advance(lease + time.Second)
	h.telegramHas(2) // found by the poll, as everything is after a restart
	if n := len(s.sent); n > 0 {
		t.Errorf("%d more than two sends at once", n)
	}
}

func (h *house) telegramHas(n int) {
	h.t.Helper()
	if _, err := h.telegram.WaitSent(h.ctx, string(onTele), n); err != nil {
		h.t.Fatalf("not sent: %v", err)
	}
}

// An hour of reminders is due at once: who just wrote is answered before the rest
// of them, also when those were leased before.
func TestPeopleInConversationGoFirst(t *testing.T) {
	h := newHouse(t)
	h.Workers = 4
	s := h.hold()
	defer close(s.release)
	for i := range 300 {
		c := h.person(somebody(i))
		for _, l := range h.queuedAs(&c, bot.Message{Text: "reminder", Purpose: flows.Prompt}) {
			if _, err := h.store.Settle(h.ctx, l, bot.Settlement{Result: bot.Untried, After: time.Second}); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.clock.Advance(time.Second)
	d, _ := h.start()
	for range 4 {
		<-s.sent
	}
	h.quiet()
	deliver(d, h.tell(daughter, "reply"))
	s.release <- nil
	if got := <-s.sent; got.Text != "reply" {
		t.Errorf("%q went before who is in conversation", got.Text)
	}
}

// Waking somebody can hang, too: no message waits for it, and no more are begun
// than there are places.
func TestHungTimersHoldUpNoMessage(t *testing.T) {
	h := newHouse(t)
	release, running := make(chan struct{}), atomic.Int32{}
	h.turns.woke = make(chan bot.TimerLease, 1000)
	h.turns.wake = func(bot.TimerLease) error {
		running.Add(1)
		<-release
		running.Add(-1)
		return nil
	}
	turn := bot.Turn{Provider: hospital, ID: "timers"}
	for i := range 100 {
		turn.Ops = append(turn.Ops, bot.SetTimer{Timer: bot.Timer{Kind: bot.Nudge, Conversation: bot.ConversationID(fmt.Sprint(i))}})
	}
	if _, err := h.store.Commit(h.ctx, turn); err != nil {
		t.Fatal(err)
	}
	h.Count = func(string) {}
	d, _ := h.start()
	open := sync.OnceFunc(func() { close(release) })
	defer open()
	for range 16 {
		<-h.turns.woke
	}
	deliver(d, h.tell(onTele, "one"))
	h.telegramHas(1)
	h.tell(onTele, "two")
	h.clock.Advance(lease + time.Second)
	h.telegramHas(2)
	if n := running.Load(); n != 16 {
		t.Errorf("%d timers at once", n)
	}
	open()
	for range 84 {
		<-h.turns.woke
	}
}

// fake is a queue whose answers are the test's.
type fake struct {
	bot.Queue
	mu    sync.Mutex
	calls int
	err   error
	set   bot.ClockSet
}

func (q *fake) LeaseMessages(context.Context, bot.ProviderID, int, time.Duration, ...bot.Line) ([]bot.Lease, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.calls++
	return nil, q.err
}

func (q *fake) LeaseTimers(context.Context, bot.ProviderID, int) ([]bot.TimerLease, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if set := q.set; set != 0 {
		q.set = 0
		return nil, fmt.Errorf("lease timers: %w", set)
	}
	return nil, q.err
}

func (q *fake) answer(err error) (calls int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	calls, q.calls, q.err = q.calls, 0, err
	return calls
}

// lines is what was logged, a line each.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, string(p))
	return len(p), nil
}

// A store that is down for an hour must not fill the log, which is where its cause
// will be looked for; and it needs its strength for coming back.
func TestAnOutageIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, log := &fake{err: errors.New("connection refused")}, &lines{}
		d := dispatch.New(dispatch.Options{
			Queue: q, Providers: []bot.ProviderID{"one", "two", "three"}, Log: slog.New(slog.NewTextHandler(log, nil)),
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = d.Run(ctx, &turns{}) // ends with its context
		}()
		time.Sleep(time.Hour)
		if calls := q.answer(nil); calls > 3*(720+10) {
			t.Errorf("asked %d times in an hour", calls)
		}
		time.Sleep(time.Minute)
		if calls := q.answer(errors.New("again")); calls < 3*200 {
			t.Errorf("when it is back it is asked %d times a minute: replies wait", calls)
		}
		time.Sleep(time.Minute)
		stop()
		<-ended
		if len(log.all) != 3 || !strings.Contains(log.all[0], "did not answer") || !strings.Contains(log.all[1], "answers again") ||
			!strings.Contains(log.all[1], "after=1h0m") || !strings.Contains(log.all[2], "did not answer") {
			t.Errorf("logged %d lines, first %q", len(log.all), log.all[:min(3, len(log.all))])
		}
	})
}

// A record that does not open is one person's trouble: everybody else's messages
// go, and staff and operator learn of it.
func TestAMessageThatDoesNotOpen(t *testing.T) {
	h := newHouse(t)
	log := &lines{}
	h.Log = slog.New(slog.NewTextHandler(log, nil))
	d, _ := h.start()
	leases := h.tell(daughter, "SECRET", "two")
	leases[0].Unreadable, leases[0].Message = true, bot.Message{Task: leases[0].Message.Task}
	deliver(d, leases)
	h.result("set aside")
	h.result("accepted")
	if tasks := h.tasks(); len(tasks) != 1 || !strings.Contains(tasks[0].Text, "cannot be read") {
		t.Errorf("tasks %+v", tasks)
	}
	if got := h.twilio.Texts(daughter); !slices.Equal(got, []string{"two"}) {
		t.Errorf("they read %q", got)
	}
	if all := strings.Join(log.all, ""); !strings.Contains(all, "level=ERROR") || strings.Contains(all, "SECRET") || strings.Contains(all, "7700") {
		t.Errorf("logged %q", all)
	}
}

// Somebody has to look at a clock that was set; it is no outage.
func TestAClockThatWasSetIsAnAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, log, counted := &fake{set: bot.ClockSet(24 * time.Hour)}, &lines{}, ""
		d := dispatch.New(dispatch.Options{
			Queue: q, Providers: []bot.ProviderID{"one"}, Log: slog.New(slog.NewTextHandler(log, nil)), Count: func(s string) { counted += s },
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = d.Run(ctx, &turns{}) // ends with its context
		}()
		time.Sleep(time.Minute)
		stop()
		<-ended
		if len(log.all) != 1 || !strings.Contains(log.all[0], "level=ERROR") || !strings.Contains(log.all[0], "by=24h0m0s") || counted != "clock set" {
			t.Errorf("logged %q, counted %q", log.all, counted)
		}
	})
}

// A message that was cancelled while it waited leaves no place in the line behind:
// by it the reply that is being sent would be leased to a second process.
func TestACancelledMessageLeavesNoPlace(t *testing.T) {
	h := newHouse(t)
	c := h.person(onTele)
	c.LastAt = h.clock.Now()
	l := h.queuedAs(&c, bot.Message{Text: "news", Purpose: flows.Prompt})
	if _, err := h.store.Settle(h.ctx, l[0], bot.Settlement{Result: bot.Again, After: 10 * time.Second}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.store.Commit(h.ctx, bot.Turn{Provider: hospital, ID: "cancel", Ops: []bot.Op{bot.CancelPrompts{Conversation: c.ID}}}); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(9 * time.Second)
	c = h.person(onTele)
	first := h.queuedAs(&c, bot.Message{Text: "reply"})
	h.clock.Advance(2 * time.Second)
	again, err := h.store.LeaseMessages(h.ctx, hospital, 10, 0)
	if len(first) != 1 || len(again) != 0 || err != nil {
		t.Errorf("%d leases, then %d of the same message, error %v", len(first), len(again), err)
	}
}

// broken is a sender that panics.
type broken struct{ dispatch.Sender }

func (broken) Send(context.Context, channels.Outbound) (channels.Sent, error) {
	panic("a fault of ours")
}

// One message that makes us panic must not end the process for everybody.
func TestAPanicInASendEndsNothing(t *testing.T) {
	h := newHouse(t)
	h.Lines[dispatch.Line{Provider: hospital, Channel: channels.SMS, Sender: smsFrom}] = broken{}
	d, _ := h.start()
	deliver(d, h.tell(daughter, "one"))
	deliver(d, h.tell(onTele, "two"))
	h.result("accepted")
}
