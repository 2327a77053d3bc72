package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
)

const notReached = "St Mary's: we could not reach you on WhatsApp. Reply to this text to go on here."

// withTexts is a world whose provider has a number that texts are sent from, with
// the case of somebody who agreed on WhatsApp to be sent one.
func withTexts(t *testing.T, w *world, answer string) *bot.Case {
	t.Helper()
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) { o.Providers[0].SMS = smsFrom })
	for _, text := range []string{"Complain", "Me", "Ward 6", "skip", "Nobody came all night.", "done", "skip", "Anyone who helps", "Ade", "Send"} {
		w.writes(whatsApp, text)
	}
	var heard string
	for _, text := range []string{"yes", "no", "done", "skip", "skip", "yes", "6", "1"} {
		heard = w.writes(whatsApp, text)
	}
	w.hasWords(heard, "may we send a text to this number?")
	w.writes(whatsApp, answer)
	w.writes(whatsApp, "skip")
	w.writes(whatsApp, "no")
	return w.at(whatsApp).Case
}

// notArriving is what WhatsApp tells of the last message.
func (w *world) notArriving() {
	w.t.Helper()
	w.told(onWhatsApp, channels.StatusUndelivered)
}

// Somebody whose WhatsApp is gone would never hear of their complaint again. The text
// that they agreed to says nothing of it, and all goes on where they answer.
func TestATextGoesWhereWhatsAppDoesNotReach(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		c := withTexts(t, w, "yes")
		agreed := slices.ContainsFunc(w.timeline(c), func(e bot.Entry) bool {
			return strings.Contains(e.Shown, "may we send a text to this number?") && e.Text == "yes"
		})
		if !agreed {
			t.Error("nobody can show what they agreed to")
		}
		w.update(c.Ref, "We have spoken to the ward.")
		w.later(time.Minute)
		w.notArriving()
		if task := w.task(bot.Undelivered); task != nil {
			t.Errorf("staff have a task beside the text: %+v", task)
		}
		w.later(time.Second)
		if got := w.hears(daughter); got != notReached {
			t.Fatalf("the text says %q", got)
		}
		if got := w.state(whatsApp); got.Notice == nil {
			t.Error("something moved before anybody answered")
		}
		w.hasWords(w.writes(sms, "hello? who is this"), here, "there is news for you")
		w.hasWords(w.writes(sms, "1"), "We have spoken to the ward.")
		w.writes(sms, "no")
		c = w.at(sms).Case
		if got := texts(w.timeline(c), bot.AlsoSaid); !slices.Equal(got, []string{"hello? who is this"}) {
			t.Errorf("of their first words is kept %q", got)
		}
		if got := texts(w.timeline(c), bot.Delivery); len(got) != 1 || !strings.Contains(got[0], "The phone is off. They agreed to a text") {
			t.Errorf("the timeline says %q", got)
		}
		w.update(c.Ref, "The ward has answered.")
		w.later(time.Minute)
		w.hasWords(w.hears(daughter), "news")
		if got := w.hears(onWhatsApp); got != "" {
			t.Errorf("WhatsApp hears %q", got)
		}
		w.hasWords(w.writes(whatsApp, "I am back"), here, "there is news for you")
		w.hasWords(w.writes(whatsApp, "1"), "The ward has answered.")
		if w.at(sms).Conversation.Case != "" || w.at(whatsApp).Conversation.Call != nil {
			t.Error("it is in two places")
		}
	})
}

// The words of an answer that took weeks must not be lost because WhatsApp took them
// and never brought them: they come where the person writes next, and once.
func TestWordsThatDidNotArriveAreSaidAgain(t *testing.T) {
	for name, back := range map[string]place{"by text": sms, "on WhatsApp": whatsApp} {
		t.Run(name, func(t *testing.T) {
			w := onEmbedded(t)
			c := withTexts(t, w, "yes")
			w.update(c.Ref, "We have spoken to the ward.")
			w.later(time.Minute)
			w.receive(w.from(whatsApp, "1"))
			w.notArriving()
			w.notArriving()
			if back == sms {
				w.later(time.Second)
				w.hasWords(w.hears(daughter), notReached)
			}
			got := w.writes(back, "what is new")
			if strings.Count(got, "We have spoken to the ward.") != 1 {
				t.Errorf("they hear %q", got)
			}
			w.later(time.Hour)
			if got := w.hears(daughter); got != "" {
				t.Errorf("the number is sent %q", got)
			}
			if got := w.writes(back, "no"); strings.Contains(got, "We have spoken to the ward.") {
				t.Errorf("said again: %q", got)
			}
		})
	}
}

// Danger in the first words at the new place is answered at once, whatever waits.
func TestDangerInTheAnswerToAText(t *testing.T) {
	w := onEmbedded(t)
	c := withTexts(t, w, "yes")
	w.update(c.Ref, "We have spoken to the ward.")
	w.later(time.Minute)
	w.notArriving()
	w.later(time.Second)
	w.hears(daughter)
	got := w.writes(sms, "I want to kill myself")
	w.hasWords(got, "999")
	if strings.Contains(got, here) || strings.Contains(got, "news") {
		t.Errorf("beside it they hear %q", got)
	}
	if task := w.task(bot.Danger); task == nil || task.Words != "I want to kill myself" {
		t.Errorf("staff have %+v", task)
	}
	if w.at(sms).Conversation.Case != c.Ref {
		t.Error("the case did not come along")
	}
}

// Where a text may not go, or reaches nobody either, a person has to be told: else
// nobody is.
func TestStaffReachWhomNoTextReaches(t *testing.T) {
	rows := map[string]struct {
		answer string
		before func(w *world)
		text   bool // goes
		after  func(w *world)
	}{
		"refused":   {answer: "no"},
		"not asked": {answer: "skip"},
		"left":      {answer: "yes", before: func(w *world) { w.stops(sms) }},
		"a draft":   {answer: "yes", before: func(w *world) { w.writes(sms, "Complain"); w.writes(sms, "Me"); w.writes(sms, "Ward 9") }},
		"fails":     {answer: "yes", text: true, after: func(w *world) { w.told(daughter, channels.StatusUndelivered) }},
		"stopped": {answer: "yes", text: true, after: func(w *world) {
			w.stops(sms)
			w.later(11 * time.Hour)
		}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			w := onEmbedded(t)
			c := withTexts(t, w, row.answer)
			if row.before != nil {
				row.before(w)
			}
			w.hears(daughter)
			w.update(c.Ref, "We have spoken to the ward.")
			w.later(time.Minute)
			w.notArriving()
			w.later(time.Second)
			w.deliver()
			w.mu.Lock()
			sent := len(w.heard[daughter]) > 0
			w.mu.Unlock()
			if sent != row.text {
				t.Fatalf("a text goes: %v", sent)
			}
			if row.after != nil {
				if w.task(bot.Undelivered) != nil {
					t.Error("staff have a task too soon")
				}
				row.after(w)
			}
			if task := w.task(bot.Undelivered); task == nil || task.Case != c.Ref {
				t.Errorf("staff have %+v", task)
			}
		})
	}
}

// stops has a person send STOP.
func (w *world) stops(p place) {
	w.t.Helper()
	in := w.from(p, "stop")
	in.Opt = channels.OptOut
	w.receive(in)
}

// A text at night wakes somebody who is ill, and one for each piece of news teaches
// them to pass over all of them.
func TestATextKeepsQuietHoursAndComesOnceADay(t *testing.T) {
	w := onEmbedded(t)
	c := withTexts(t, w, "yes")
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) {
		o.Providers[0].SMS, o.Providers[0].Quiet = smsFrom, bot.Hours{From: 21 * time.Hour, To: 8 * time.Hour}
	})
	now := w.clock.Now().In(england(t).Location)
	w.later(time.Date(now.Year(), now.Month(), now.Day()+1, 20, 59, 0, 0, now.Location()).Sub(now))
	w.hears(onWhatsApp)
	w.update(c.Ref, "We have spoken to the ward.")
	w.wake(w.bot)
	w.deliver()
	w.clock.Advance(2 * time.Hour)
	w.notArriving()
	w.wake(w.bot)
	if got := w.hears(daughter); got != "" {
		t.Errorf("at night: %q", got)
	}
	w.later(10 * time.Hour)
	if got := w.hears(daughter); got != notReached {
		t.Errorf("in the morning: %q", got)
	}
	w.update(c.Ref, "And with the matron.")
	w.later(time.Minute)
	w.notArriving()
	w.later(time.Minute)
	if got := w.hears(daughter); got != "" {
		t.Errorf("a second time that day: %q", got)
	}
}

// What WhatsApp refuses to take is as lost to the person as what does not arrive.
func TestWhatWhatsAppDoesNotTakeLeadsToAText(t *testing.T) {
	w := onEmbedded(t)
	c := withTexts(t, w, "yes")
	w.update(c.Ref, "We have spoken to the ward.")
	w.wake(w.bot)
	leases, err := w.store.LeaseMessages(w.ctx, hospital, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	leases, w.leases = append(leases, w.leases...), nil
	w.mu.Unlock()
	for range 2 { // the process died before it settled the first
		if texted, err := w.bot.Unreached(w.ctx, leases[0], "WhatsApp does not know this number."); !texted || err != nil {
			t.Fatalf("texted %v, %v", texted, err)
		}
	}
	if got := texts(w.timeline(c), bot.Delivery); len(got) != 1 {
		t.Errorf("noted %q", got)
	}
	w.later(time.Second)
	if got := w.hears(daughter); got != notReached {
		t.Errorf("the number hears %q", got)
	}
	reply := leases[0]
	reply.Message = bot.Message{Task: "reply", Text: "Thank you."}
	if texted, err := w.bot.Unreached(w.ctx, reply, "WhatsApp does not know this number."); texted || err != nil {
		t.Errorf("a mere reply: %v, %v", texted, err)
	}
}

// Whoever reads the case sees there that what was written to its person was refused,
// and why.
func TestARefusalOfNewsStandsOnTheTimeline(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Anyone who helps")
	w.update(c.Ref, "We have spoken to the ward.")
	w.wake(w.bot)
	w.mu.Lock()
	leases := w.leases
	w.leases = nil
	w.mu.Unlock()
	for range 2 {
		if done, err := w.bot.Unreached(w.ctx, leases[len(leases)-1], "A landline."); !done || err != nil {
			t.Fatalf("done %v, %v", done, err)
		}
	}
	if got := texts(w.timeline(c), bot.Delivery); !slices.Equal(got, []string{"A message to the person did not arrive. A landline."}) {
		t.Errorf("noted %q", got)
	}
	if task := w.task(bot.Undelivered); task == nil || task.Case != c.Ref || task.Text != "A landline." {
		t.Errorf("staff have %+v", task)
	}
}

// A text that the network does not take is a task about the case, not about a number
// that no page shows.
func TestATextThatIsNotTakenIsATaskOfTheCase(t *testing.T) {
	w := onEmbedded(t)
	c := withTexts(t, w, "yes")
	w.update(c.Ref, "We have spoken to the ward.")
	w.later(time.Minute)
	w.notArriving()
	w.later(time.Second)
	w.mu.Lock()
	leases := w.leases
	w.leases = nil
	w.mu.Unlock()
	if len(leases) != 1 || leases[0].Address != daughter {
		t.Fatalf("%d leases", len(leases))
	}
	if _, err := w.store.Settle(w.ctx, leases[0], bot.Settlement{Result: bot.SetAside, Sentence: "A landline."}); err != nil {
		t.Fatal(err)
	}
	if task := w.task(bot.Undelivered); task == nil || task.Case != c.Ref || task.Text != "A landline." {
		t.Errorf("staff have %+v", task)
	}
}
