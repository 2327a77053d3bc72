package dispatch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/dispatch"
	"heard/channels"
	"heard/channels/channelstest"
)

// Answers in the wrong order are nonsense, and one person's trouble is no reason
// to keep another waiting.
func TestOrderIsKeptAndNobodyElseWaits(t *testing.T) {
	h := newHouse(t)
	d, _ := h.start()
	h.twilio.Fail(channelstest.Fault{Status: 503})
	deliver(d, h.tell(daughter, "one", "two", "three"))
	h.result("again")
	deliver(d, h.tell(neighbor, "hello"))
	h.result("accepted")
	h.quiet()
	h.clock.Advance(3 * time.Second)
	for range 3 {
		h.result("accepted")
	}
	if got := h.twilio.Texts(daughter); !slices.Equal(got, []string{"one", "two", "three"}) {
		t.Errorf("they read %q", got)
	}
	if got := h.twilio.Texts(neighbor); !slices.Equal(got, []string{"hello"}) {
		t.Errorf("the neighbour reads %q", got)
	}
}

// Who sends on when asked to wait is cut off, with everybody's messages.
func TestRetryAfterIsKept(t *testing.T) {
	h := newHouse(t)
	d, _ := h.start()
	h.twilio.Fail(channelstest.Fault{Status: 429, RetryAfter: "50", Body: channelstest.TwilioError(429, 20429, "slow down")})
	deliver(d, h.tell(daughter, "one"))
	h.result("again")
	h.tell(neighbor, "hello") // on the same number: held too
	h.clock.Advance(49 * time.Second)
	h.quiet()
	h.clock.Advance(2 * time.Second)
	h.result("accepted")
	h.result("accepted")

	h.telegram.Fail(channelstest.Fault{Status: 429, Body: channelstest.TelegramError(429, "Too Many Requests", 40)})
	deliver(d, h.tell(onTele, "one"))
	h.result("again")
	h.clock.Advance(39 * time.Second)
	h.quiet()
	h.clock.Advance(2 * time.Second)
	h.result("accepted")
}

// A message that never goes must come before a person, and must not hold those
// behind it for ever.
func TestGivenUpIsATask(t *testing.T) {
	h := newHouse(t)
	h.twilio.Fail(slices.Repeat([]channelstest.Fault{{Status: 503, Body: "<html>"}}, 20)...)
	d, _ := h.start()
	began := h.clock.Now()
	deliver(d, h.tell(daughter, "one", "two"))
	for range 19 {
		h.result("again")
		h.clock.Advance(12 * time.Minute)
	}
	h.result("set aside")
	h.result("accepted")
	if got := h.twilio.Texts(daughter); !slices.Equal(got, []string{"two"}) {
		t.Errorf("they read %q", got)
	}
	tasks := h.tasks()
	if len(tasks) != 1 || tasks[0].Kind != bot.Undelivered || strings.Contains(tasks[0].Text, "by itself") {
		t.Errorf("tasks %+v", tasks)
	}
	if h.clock.Now().Sub(began) < time.Hour {
		t.Error("an outage of an hour is enough to give up")
	}
}

// What will never work is for a person now, and not in two hours.
func TestARefusalIsATaskAtOnce(t *testing.T) {
	h := newHouse(t)
	d, _ := h.start()
	h.twilio.Fail(channelstest.Fault{Status: 400, Body: channelstest.TwilioError(400, 21211, "not a number")})
	deliver(d, h.tell(daughter, "one"))
	h.result("set aside")
	if tasks := h.tasks(); len(tasks) != 1 || !strings.Contains(tasks[0].Text, "landline") {
		t.Errorf("tasks %+v", tasks)
	}
}

// Somebody who left at the provider has left: nothing is tried any more, and
// what staff learn of it is bot's to say, since of an anonymous person nothing
// may show at once.
func TestAnOptOutIsNoted(t *testing.T) {
	for _, c := range []struct {
		name string
		to   channels.Address
		fail func(h *house)
	}{
		{"21610", daughter, func(h *house) {
			h.twilio.Fail(channelstest.Fault{Status: 400, Body: channelstest.TwilioError(400, 21610, "unsubscribed")})
		}},
		{"blocked", onTele, func(h *house) {
			h.telegram.Fail(channelstest.Fault{Status: 403, Body: channelstest.TelegramError(403, "Forbidden: bot was blocked by the user", 0)})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			d, _ := h.start()
			c.fail(h)
			deliver(d, h.tell(c.to, "one"))
			h.result("set aside")
			if !slices.Equal(h.turns.left, []bot.ConversationID{h.person(c.to).ID}) {
				t.Errorf("noted for %d", len(h.turns.left))
			}
			if tasks := h.tasks(); len(tasks) != 0 {
				t.Errorf("tasks %+v", tasks)
			}
		})
	}
}

// What was queued before somebody left is not sent after.
func TestNothingIsSentToWhoLeft(t *testing.T) {
	h := newHouse(t)
	h.tell(daughter, "one", "two")
	c := h.person(daughter)
	c.Left = true
	h.queued(&c)
	h.clock.Advance(lease + time.Second)
	leases, err := h.store.LeaseMessages(h.ctx, hospital, 10, 0)
	if err != nil || len(leases) != 1 || !leases[0].Left {
		t.Fatalf("leases %v, error %v", leases, err)
	}
	d, _ := h.start()
	deliver(d, leases)
	h.result("set aside")
	h.result("set aside")
	if len(h.twilio.Sent("")) != 0 || len(h.tasks()) != 0 {
		t.Errorf("sent %d, tasks %+v", len(h.twilio.Sent("")), h.tasks())
	}
}

// The connection ended and nobody knows: the person must get it once, neither
// never nor twice.
func TestInDoubtItIsLookedUp(t *testing.T) {
	for _, taken := range []bool{true, false} {
		h := newHouse(t)
		d, _ := h.start()
		deliver(d, h.tell(daughter, "Thank you.")) // the same words, and ours: not to be taken for it
		h.result("accepted")
		h.twilio.Fail(channelstest.Fault{Taken: taken})
		deliver(d, h.tell(daughter, "Thank you."))
		h.result("in doubt")
		h.clock.Advance(59 * time.Second)
		h.quiet()
		h.clock.Advance(2 * time.Second)
		h.result("accepted")
		if got := h.twilio.Texts(daughter); len(got) != 2 {
			t.Errorf("taken %v: they read %q", taken, got)
		}
	}
}

// The process died while it sent. The provider's callback may still come, so it
// is not asked before a minute has passed; the person gets it once.
func TestALostLeaseWaitsForItsCallback(t *testing.T) {
	h := newHouse(t)
	leases := h.tell(daughter, "one")
	if _, err := h.sms.Send(h.ctx, channels.Outbound{Sender: smsFrom, Address: daughter, Text: leases[0].Message.Text}); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(lease + time.Second)
	h.start()
	h.result("in doubt")
	h.clock.Advance(25 * time.Second)
	h.quiet()
	h.clock.Advance(5 * time.Second)
	h.result("accepted")
	if got := h.twilio.Texts(daughter); len(got) != 1 {
		t.Errorf("they read %q", got)
	}
}

// A provider that cannot be asked any more must not hide a message for ever.
func TestADoubtThatNobodyResolvesIsATask(t *testing.T) {
	h := newHouse(t)
	d, _ := h.start()
	h.twilio.Fail(channelstest.Fault{})
	h.twilio.Fail(slices.Repeat([]channelstest.Fault{{On: channelstest.List, Status: 500}}, 19)...)
	deliver(d, h.tell(daughter, "one"))
	for range 19 {
		h.result("in doubt")
		h.clock.Advance(12 * time.Minute)
	}
	h.result("set aside")
	if tasks := h.tasks(); len(tasks) != 1 || !strings.Contains(tasks[0].Text, "Nobody can say") {
		t.Errorf("tasks %+v", tasks)
	}
}

// Telegram cannot be asked: a question that comes twice is better than one that
// never comes.
func TestInDoubtTelegramSendsAgain(t *testing.T) {
	h := newHouse(t)
	d, _ := h.start()
	h.telegram.Fail(channelstest.Fault{Taken: true})
	deliver(d, h.tell(onTele, "Who is this about?"))
	h.result("in doubt")
	h.clock.Advance(5 * time.Second)
	h.result("accepted")
	if got := h.telegram.Texts(onTele); len(got) != 2 {
		t.Errorf("they read %q", got)
	}
}

// A code that is good once must not come twice: whoever reads the second would not
// know which of them counts.
func TestInDoubtACodeIsNotSentAgain(t *testing.T) {
	h := newHouse(t)
	d, _ := h.start()
	h.telegram.Fail(channelstest.Fault{Taken: true})
	c := h.person(onTele)
	deliver(d, h.queuedAs(&c, bot.Message{Text: "Your code", Once: true}))
	h.result("in doubt")
	h.clock.Advance(5 * time.Second)
	h.result("set aside")
	if got := h.telegram.Texts(onTele); len(got) != 1 {
		t.Errorf("they read %q", got)
	}
	if tasks := h.tasks(); len(tasks) != 1 || !strings.Contains(tasks[0].Text, "Nobody can say") {
		t.Errorf("tasks %+v", tasks)
	}
}

// held is a sender that waits for the test.
type held struct {
	sent    chan channels.Outbound
	release chan error
}

func (s held) Send(_ context.Context, m channels.Outbound) (channels.Sent, error) {
	s.sent <- m
	return channels.Sent{IDs: []string{"SM" + m.Task}}, <-s.release
}

func (held) Find(context.Context, channels.Outbound, time.Time) ([]string, error) { return nil, nil }

func (h *house) hold() held {
	s := held{sent: make(chan channels.Outbound, 100), release: make(chan error, 100)}
	h.Lines[dispatch.Line{Provider: hospital, Channel: channels.SMS, Sender: smsFrom}] = s
	return s
}

// A sender that writes after its lease ended sends what somebody else sends too.
func TestTheSenderKnowsItsDeadline(t *testing.T) {
	h := newHouse(t)
	s := h.hold()
	d, _ := h.start()
	leases := h.tell(daughter, "one")
	deliver(d, leases)
	if got := (<-s.sent).Deadline; got.IsZero() || !got.Before(leases[0].Deadline) {
		t.Errorf("deadline %v, the lease ends %v", got, leases[0].Deadline)
	}
	s.release <- nil
	h.result("accepted")
}

// A restart must not leave a message in doubt that nobody began to send: it
// would wait for a minute and a half.
func TestStoppingFinishesWhatIsUnderWay(t *testing.T) {
	h := newHouse(t)
	h.Workers = 1
	s := h.hold()
	d, stop := h.start()
	deliver(d, h.tell(daughter, "one", "two"))
	<-s.sent
	deliver(d, h.tell(neighbor, "hello")) // waits for the one worker
	stopped := make(chan struct{})
	go func() {
		stop()
		close(stopped)
	}()
	select {
	case <-stopped:
		t.Fatal("it did not wait for what was being sent")
	case <-h.queue.looks: // it still worked a moment ago
	}
	s.release <- nil
	<-stopped
	h.clock.Advance(time.Second)
	leases, err := h.store.LeaseMessages(h.ctx, hospital, 10, 0)
	if err != nil || len(leases) != 2 {
		t.Fatalf("leases %+v, error %v", leases, err)
	}
	for _, l := range leases {
		if !l.Doubt.IsZero() || l.Attempt != 1 || l.Message.Text == "one" {
			t.Errorf("%q has doubt %v, attempt %d", l.Message.Text, l.Doubt, l.Attempt)
		}
	}
}

// Whoever commits must never wait for a network, and what there is no room for
// is for the next who has.
func TestDeliverNeverBlocks(t *testing.T) {
	h := newHouse(t)
	h.Workers = 1
	h.Count = func(string) {}
	d := dispatch.New(h.Options)
	leases := h.tell(daughter, "one")
	for range 10_000 {
		deliver(d, leases)
	}
	ctx, cancel := context.WithCancel(h.ctx)
	cancel()
	if err := d.Run(ctx, h.turns); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(time.Second)
	if again, err := h.store.LeaseMessages(h.ctx, hospital, 1, 0); err != nil || len(again) != 1 || !again[0].Doubt.IsZero() {
		t.Errorf("leases %+v, error %v", again, err)
	}
}

// A lease that waited here until there is no time left to send is not an
// attempt.
func TestALeaseThatWaitedTooLongIsGivenBack(t *testing.T) {
	h := newHouse(t)
	d, _ := h.start()
	leases := h.tell(daughter, "one")
	leases[0].Deadline = time.Now().Add(time.Second)
	deliver(d, leases)
	h.result("given back")
	h.clock.Advance(time.Second)
	h.result("accepted")
}

// A number that is not configured any more is for a person to mend.
func TestALineThatIsGone(t *testing.T) {
	h := newHouse(t)
	delete(h.Lines, dispatch.Line{Provider: hospital, Channel: channels.SMS, Sender: smsFrom})
	d, _ := h.start()
	deliver(d, h.tell(daughter, "one"))
	h.result("set aside")
	if tasks := h.tasks(); len(tasks) != 1 {
		t.Errorf("tasks %+v", tasks)
	}
}

// What is due is woken, once; that another instance has it by now is no fault.
func TestTimersAreWoken(t *testing.T) {
	h := newHouse(t)
	h.turns.wake = func(bot.TimerLease) error { return bot.ErrFenced }
	c := h.person(daughter)
	turn := bot.Turn{Provider: hospital, ID: "t", Ops: []bot.Op{
		bot.PutConversation{Conversation: &c}, bot.SetTimer{Timer: bot.Timer{Kind: bot.Nudge, Conversation: c.ID, Visit: 7, After: time.Hour}},
	}}
	if _, err := h.store.Commit(h.ctx, turn); err != nil {
		t.Fatal(err)
	}
	h.start()
	h.quiet()
	h.clock.Advance(time.Hour)
	if l := <-h.turns.woke; l.Timer.Visit != 7 || l.Timer.Kind != bot.Nudge {
		t.Errorf("%+v", l)
	}
	h.quiet()
	if len(h.turns.woke) != 0 {
		t.Error("woken twice")
	}
}

// lossy is a queue whose answers to Settle are lost.
type lossy struct {
	bot.Queue
	lost int
}

func (q *lossy) Settle(ctx context.Context, l bot.Lease, s bot.Settlement) (*bot.Lease, error) {
	next, err := q.Queue.Settle(ctx, l, s)
	if q.lost > 0 && err == nil {
		q.lost--
		return nil, errors.New("the answer was lost")
	}
	return next, err
}

// The store's answer was lost: those behind must not wait for a lease to end.
func TestALostAnswerToSettle(t *testing.T) {
	h := newHouse(t)
	h.Queue = &lossy{Queue: h.store, lost: 1}
	h.Workers = 1
	d, _ := h.start()
	deliver(d, h.tell(daughter, "one", "two"))
	h.result("accepted")
	h.result("accepted")
	if got := h.twilio.Texts(daughter); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("they read %q", got)
	}
}

// A gateway's error page after Twilio took the message must not make the person
// read it twice, whether or not a callback told of it first.
func TestTakenAndThenAnErrorPage(t *testing.T) {
	for name, told := range map[string]bool{"told by a callback": true, "told by nobody": false} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.twilio.Fail(channelstest.Fault{Status: 502, Body: "<html>", Taken: true, Then: func() {
				if !told {
					return
				}
				m := h.twilio.Sent(string(daughter))[0]
				task, _, _ := strings.Cut(m.StatusCallback[strings.Index(m.StatusCallback, "task=")+5:], "#")
				if _, err := h.store.Receipt(h.ctx, hospital, channels.Receipt{Task: task, ID: m.SID, Status: channels.StatusDelivered}); err != nil {
					t.Error(err)
				}
			}})
			d, _ := h.start()
			deliver(d, h.tell(daughter, "one", "two"))
			if told {
				h.result("in doubt") // so the sender says; the store knows better, and goes on
			} else {
				h.result("in doubt")
				h.clock.Advance(61 * time.Second)
				h.result("accepted")
			}
			h.result("accepted")
			if got := h.twilio.Texts(daughter); len(got) != 2 {
				t.Errorf("they read %q", got)
			}
		})
	}
}

// A provider that asks for a second's patience again and again is given hours, not
// twenty seconds, before a person is troubled.
func TestPatienceWithAProvider(t *testing.T) {
	h := newHouse(t)
	slow := channelstest.Fault{Status: 429, Body: channelstest.TwilioError(429, 20429, "slow down")}
	for range 30 {
		h.twilio.Fail(slow)
	}
	d, _ := h.start()
	began := h.clock.Now()
	deliver(d, h.tell(daughter, "one"))
	for h.clock.Now().Sub(began) < 10*time.Minute {
		select {
		case r := <-h.results:
			if r == "set aside" {
				t.Fatalf("given up after %v", h.clock.Now().Sub(began))
			}
		default:
			h.clock.Advance(time.Second)
		}
	}
}

// Staff need not call whom a text tells, and must where none does: what WhatsApp
// refuses is asked about before it is given up.
func TestWhatsAppRefusesAndATextGoes(t *testing.T) {
	for _, texts := range []bool{true, false} {
		h := newHouse(t)
		h.turns.texts = texts
		h.twilio.Fail(channelstest.Fault{Status: 400, Body: channelstest.TwilioError(400, 63024, "not on WhatsApp")})
		d, _ := h.start()
		leases := h.tell(onWhats, "news")
		deliver(d, leases)
		h.result("set aside")
		if !slices.Equal(h.turns.unreached, []bot.TaskID{leases[0].Message.Task}) {
			t.Errorf("asked about %q", h.turns.unreached)
		}
		if tasks := h.tasks(); (len(tasks) == 0) != texts {
			t.Errorf("a text goes: %v, and staff have %+v", texts, tasks)
		}
	}
}

// Who came back while a message was refused gets it all the same.
func TestWhoIsBackGetsWhatWasRefused(t *testing.T) {
	h := newHouse(t)
	h.turns.back = true
	d, _ := h.start()
	h.twilio.Fail(channelstest.Fault{Status: 400, Body: channelstest.TwilioError(400, 21610, "unsubscribed")})
	deliver(d, h.tell(daughter, "one"))
	h.result("again")
	h.clock.Advance(time.Minute)
	h.result("accepted")
}
