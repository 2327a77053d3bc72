package bot_test

import (
	"testing"
	"time"

	"heard/bot"
)

// night is a world whose provider disturbs nobody from eight to eight.
func night(t *testing.T) *world {
	t.Helper()
	w := onEmbedded(t)
	w.bot = w.newBotWith(w.store, librarySet(t, evidence), func(o *bot.Options) {
		o.Providers[0].Quiet = bot.Hours{From: 20 * time.Hour, To: 8 * time.Hour}
	})
	return w
}

// until moves the clock to a time of this or a later day, in London, waking what is
// due on the way, quarter of an hour by quarter of an hour.
func (w *world) until(days, hour, minute int) {
	w.t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		w.t.Fatal(err)
	}
	now := w.clock.Now().In(london)
	goal := time.Date(now.Year(), now.Month(), now.Day()+days, hour, minute, 0, 0, london)
	w.pass(goal, 15*time.Minute)
}

// sent is a case that was sent at a quarter to eight in the evening.
func (w *world) sent() bot.CaseRef {
	w.t.Helper()
	w.until(0, 19, 45)
	w.say(daughter, "evidence")
	w.say(daughter, "They left her on the floor")
	w.say(daughter, "done")
	return w.view(daughter).Case.Ref
}

// A phone that buzzes at two in the morning frightens: news waits until people are
// up, unless they are writing to us right then.
func TestNewsWaitsForTheMorning(t *testing.T) {
	w := night(t)
	ref := w.sent()
	w.until(0, 22, 0)
	w.update(ref, "We have spoken to the ward.")
	w.until(1, 7, 59)
	if heard := w.hears(daughter); heard != "" {
		t.Fatalf("in the night the person hears %q", heard)
	}
	w.until(0, 8, 15)
	if w.hears(daughter) == "" {
		t.Error("in the morning the person hears nothing")
	}
}

// Who is awake and writes is answered at any hour, and told what there is.
func TestTheSleeplessAreAnswered(t *testing.T) {
	w := night(t)
	ref := w.sent()
	w.until(1, 2, 0)
	if w.say(daughter, "status") == "" {
		t.Fatal("at two in the morning nobody answers")
	}
	w.update(ref, "We have spoken to the ward.")
	w.later(time.Minute)
	if w.hears(daughter) == "" {
		t.Error("who just wrote is not told what there is")
	}
}

// A reminder is no reason to wake somebody either.
func TestRemindersWaitForTheMorning(t *testing.T) {
	w := night(t)
	w.until(0, 19, 30)
	w.say(daughter, "evidence")
	w.until(1, 7, 59)
	if heard := w.hears(daughter); heard != "" {
		t.Fatalf("in the night the person hears %q", heard)
	}
	w.until(0, 8, 15)
	if w.hears(daughter) == "" {
		t.Error("in the morning nobody reminds")
	}
}

// An outcome that comes on a Friday evening is read alone, with nobody to ask.
func TestOutcomesWaitForMonday(t *testing.T) {
	w := night(t)
	ref := w.sent() // a Monday
	w.until(4, 16, 30)
	if err := w.bot.Resolve(w.ctx, hospital, ref, bot.By{Name: "Sam"}, "We found that the buzzer was out of reach."); err != nil {
		t.Fatal(err)
	}
	w.hears(daughter)
	w.until(3, 7, 45)
	if heard := w.hears(daughter); heard != "" {
		t.Fatalf("over the weekend the person hears %q", heard)
	}
	w.until(0, 8, 15)
	if w.hears(daughter) == "" {
		t.Error("on Monday the person hears nothing")
	}
}
