package bot_test

import (
	"strings"
	"testing"
	"time"

	"heard/bot"
)

// When nobody wrote, the person hears that there is no news before the day that
// was promised, and a new day; when somebody wrote, they hear that instead.
func TestNoNewsIsSaid(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	w.sleep(c.Due.Add(time.Hour))
	w.hasWords(w.hears(daughter), "may we ask")
	w.say(daughter, "2")
	if heard := w.say(daughter, "status"); !strings.Contains(heard, "that day has passed") {
		t.Errorf("nobody acknowledged it, and STATUS says %q", heard)
	}
	if err := w.bot.Acknowledge(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}, bot.Acknowledgement{Handler: "Sam"}); err != nil {
		t.Fatal(err)
	}
	w.wake(w.bot)
	w.hears(daughter)
	w.say(daughter, "1")
	w.say(daughter, "no")
	c = w.caseOf(daughter)
	w.sleep(w.clock.Now().Add(16 * day))
	w.hasWords(w.hears(daughter), "one short question")
	w.say(daughter, "1")
	w.say(daughter, "1")
	w.sleep(c.Due.Add(-time.Hour))
	w.hasWords(w.hears(daughter), "there is news")
	w.hasWords(w.say(daughter, "1"), "no answer yet")
	next := w.caseOf(daughter).Due
	if !next.After(c.Due.Add(14 * day)) {
		t.Fatalf("the new day is %v, the old was %v", next, c.Due)
	}
	w.sleep(next.Add(-10 * day))
	w.update(c.Ref, "We have spoken to the ward.")
	w.hears(daughter)
	w.say(daughter, "1")
	w.say(daughter, "no")
	w.sleep(next.Add(time.Hour))
	if heard := w.hears(daughter); strings.Contains(heard, "there is news") {
		t.Errorf("ten days after an update the person hears %q", heard)
	}
}

// sleep moves the clock to a time, waking what is due on the way, day by day.
func (w *world) sleep(until time.Time) {
	w.t.Helper()
	w.pass(until, day)
}

// pass moves the clock to a time, waking what is due at each step.
func (w *world) pass(until time.Time, step time.Duration) {
	w.t.Helper()
	for w.clock.Now().Before(until) {
		w.later(min(step, until.Sub(w.clock.Now())))
	}
}

// Whether care has changed is asked, twice at most; what the person answers goes to
// whom they choose, and never to who looks into the case.
func TestCareCheck(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	const words = "They leave me till last now"
	asked := 0
	for range 90 {
		w.later(day)
		heard := w.hears(daughter)
		if strings.Contains(heard, "one short question") {
			asked++
			w.say(daughter, "1")
			w.say(daughter, "2")
			w.say(daughter, words)
			w.say(daughter, "done")
			w.hasWords(w.say(daughter, "1"), "must act")
		} else if strings.Contains(heard, "may we ask") {
			w.say(daughter, "2")
		} else if strings.Contains(heard, "there is news") {
			w.say(daughter, "1")
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
	if task := w.task(bot.CareChanged); task == nil || task.Case != c.Ref {
		t.Error("the guardian is not told")
	}
	for _, e := range w.timeline(c) {
		if strings.Contains(e.Text, words) {
			t.Error("who looks into the case reads what the person told about them")
		}
	}
	for _, f := range w.caseOf(daughter).Fields {
		if strings.HasPrefix(f.Name, "care_") {
			t.Errorf("the case shows %s", f.Name)
		}
	}
}

// A score without how many were asked says nothing: who stops in the middle was
// asked too. What is counted names nobody.
func TestAskedIsCounted(t *testing.T) {
	w := onEmbedded(t)
	w.quietly(daughter)
	w.later(25 * time.Hour)
	w.hasWords(w.hears(daughter), "may we ask")
	w.say(daughter, "1") // the first statement comes
	w.say(daughter, "2") // it is answered, and the second comes
	w.say(daughter, "what?")
	counts, err := w.desk.Counts(w.ctx, hospital, "2026-11")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if c.Asked != 1 || c.Of.Channel != "sms" || c.Of.Language != "en" || c.Of.Answer != "" || c.Of.Statement == "" {
			t.Errorf("%+v", c)
		}
	}
	if len(counts) != 2 {
		t.Errorf("%d statements were asked, want 2", len(counts))
	}
}

// Nothing is asked of somebody who told of danger days ago.
func TestNoQuestionsWhileDangerIsNear(t *testing.T) {
	w := onEmbedded(t)
	w.quietly(daughter)
	w.clock.Advance(time.Hour)
	w.say(daughter, "I want to kill myself")
	w.say(daughter, "yes")
	w.say(daughter, "3")
	for range 13 {
		w.later(day)
		if heard := w.hears(daughter); strings.Contains(heard, "may we ask") || strings.Contains(heard, "one short question") {
			t.Fatalf("after words of danger: %q", heard)
		}
	}
}
