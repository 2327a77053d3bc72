package dispatch_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heard/bot"
	"heard/bot/dispatch"
	"heard/channels"
	"heard/channels/channelstest"
	"heard/flows"
)

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

// An inbox whose watermark a fast clock noted must be read from before that.
func TestAWatermarkThatIsToCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &marks{seen: map[channels.MessageID]bool{}}
		m.mark = time.Now().Add(24 * time.Hour)
		m.whole = m.mark
		l := listed(0)
		now := time.Now()
		stop := run(t, options(m, l, &took{marks: m}))
		synctest.Wait()
		stop()
		for _, since := range l.times() {
			if since.After(now) {
				t.Errorf("the list is asked for what comes from %v on", since.Sub(now))
			}
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
	again, err := h.store.LeaseMessages(h.ctx, hospital, 10)
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
