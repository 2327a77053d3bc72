package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
)

// Who did not open their answer in ten working days is thought of by a person, and
// gets no message about it.
func TestAnUnopenedOutcomeIsATask(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We were wrong.")
	w.hears(daughter)
	offered := w.clock.Now()
	w.later(24 * time.Hour)
	w.later(72 * time.Hour)
	w.hears(daughter) // the reminders of the question
	due := england(t)
	for due.WorkingDaysUntil(offered, w.clock.Now()) < 9 {
		w.later(24 * time.Hour)
	}
	w.hears(daughter)
	if w.task(bot.UnopenedOutcome) != nil {
		t.Fatal("it is a task after nine working days")
	}
	for due.WorkingDaysUntil(offered, w.clock.Now()) < 11 {
		w.later(24 * time.Hour)
	}
	if w.task(bot.UnopenedOutcome) == nil {
		t.Error("nobody learns that it was not opened")
	}
	if got := w.hears(daughter); got != "" {
		t.Errorf("the person hears %q", got)
	}
	w.say(daughter, "status")
	w.hasWords(w.say(daughter, "1"), "We were wrong.")
	if w.task(bot.UnopenedOutcome) != nil {
		t.Error("it is still a task once it was opened")
	}
}

// An outcome that was opened, or replaced, is nothing to see to.
func TestAnOpenedOutcomeIsNoTask(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We did nothing wrong.")
	w.hears(daughter)
	w.say(daughter, "1")
	w.resolve(c.Ref, "We were wrong after all.")
	w.say(daughter, "it settles it")
	w.wake(w.bot)
	w.hears(daughter)
	w.hasWords(w.say(daughter, "1"), "We were wrong after all.")
	w.later(30 * 24 * time.Hour)
	if w.task(bot.UnopenedOutcome) != nil {
		t.Error("what was opened is said to be unopened")
	}
}

// When an answer was offered and when it was read are two dates, each on the timeline; of
// a newer answer both are new.
func TestOfferedAndReadAreTwoDates(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We were wrong.")
	offered := w.clock.Now()
	w.hears(daughter)
	w.later(26 * time.Hour)
	w.hears(daughter)
	w.say(daughter, "1")
	opened := func() (all []bot.EntryID) {
		for _, e := range w.timeline(w.caseOf(daughter)) {
			if e.Kind == bot.WasRead {
				all = append(all, e.Of)
			}
		}
		return all
	}
	got := w.caseOf(daughter).Outcome
	if !got.Offered.Equal(offered) || !got.Read.After(offered.Add(20*time.Hour)) || !slices.Equal(opened(), []bot.EntryID{got.Entry}) {
		t.Errorf("offered %v, read %v; on the timeline: %v", got.Offered, got.Read, opened())
	}
	w.say(daughter, "I have a question")
	w.say(daughter, "Why?")
	w.say(daughter, "done")
	w.resolve(c.Ref, "We looked again.")
	if got := w.caseOf(daughter).Outcome; !got.Read.IsZero() {
		t.Error("a new answer is taken for read")
	}
	w.wake(w.bot)
	w.hears(daughter)
	w.say(daughter, "1")
	if got := w.caseOf(daughter).Outcome; got.Read.IsZero() || len(opened()) != 2 || opened()[1] != got.Entry {
		t.Errorf("of the new one: %+v, %v", got, opened())
	}
}

// Who chose to be told in a meeting gets no message with the answer, nor that there
// is one: a person arranges it, notes that it was told, and they are asked what they
// think without a word of it.
func TestAnOutcomeIsToldInPerson(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We did nothing wrong.")
	w.hears(daughter)
	for _, text := range []string{"another way", "a meeting", "At home, in the morning.", "skip"} {
		w.say(daughter, text)
	}
	if w.task(bot.ArrangeOutcome) == nil {
		t.Error("nobody arranges it")
	}
	w.later(5 * 24 * time.Hour)
	if got := w.hears(daughter); strings.Contains(got, "answer for you") {
		t.Errorf("they chose a meeting, and hear %q", got)
	}
	w.must(w.offerPoints(c.Ref, sam))
	w.later(5 * 24 * time.Hour)
	if got := w.hears(daughter); strings.Contains(got, "answer for you") {
		t.Errorf("of the next outcome, they hear %q", got)
	}
	if got := w.caseOf(daughter).Outcome; got.Manner != bot.ByMeeting || !got.Read.IsZero() {
		t.Errorf("the outcome is %+v", got)
	}
	if got := lacks(w.bot.NoteTold(w.ctx, hospital, c.Ref, sam, bot.InPerson{On: w.clock.Now().Add(48 * time.Hour)})); !slices.Equal(got, []string{"manner", "on"}) {
		t.Errorf("missing: %q", got)
	}
	w.must(w.bot.NoteTold(w.ctx, hospital, c.Ref, sam, bot.InPerson{Manner: bot.ByMeeting, On: w.clock.Now(), Who: "Grace Okafor"}))
	if w.task(bot.ArrangeOutcome) != nil || w.task(bot.UnopenedOutcome) != nil {
		t.Error("it is still to be arranged")
	}
	w.wake(w.bot)
	asked := w.hears(daughter)
	w.hasWords(asked, "May we ask one short thing")
	if strings.Contains(asked, "nurse") || strings.Contains(asked, string(c.Ref)) {
		t.Errorf("the first message tells what it is about: %q", asked)
	}
	w.hasWords(w.say(daughter, "1"), "What do you think of the answer that you were given?")
	w.hasWords(w.say(daughter, "it settles it"), "Because you spoke up")
	got := w.caseOf(daughter)
	if got.Status != bot.Closed || got.Outcome.Answer != "accepted" || got.Outcome.Read.IsZero() || got.Outcome.ToldBy != "Grace Okafor" {
		t.Errorf("status %q, outcome %+v", got.Status, got.Outcome)
	}
}

// Who is told in person may read it here after all, and may say not yet, or disagree.
func TestWhoChoseAnotherWayMayStillReadIt(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We did nothing wrong.")
	w.hears(daughter)
	for _, text := range []string{"another way", "a letter", "1 High Street"} {
		w.say(daughter, text)
	}
	w.hasWords(w.say(daughter, "status"), "we have an answer for you")
	w.hasWords(w.say(daughter, "1"), "We did nothing wrong.")
	if w.task(bot.ArrangeOutcome) != nil {
		t.Error("what was read is still to be told")
	}
	w.must(w.bot.NoteTold(w.ctx, hospital, c.Ref, sam, bot.InPerson{Manner: bot.ByLetter, On: w.clock.Now()}))
	w.say(daughter, "menu")
	w.later(time.Hour)
	w.hasWords(w.hears(daughter), "one short thing")
	w.hasWords(w.say(daughter, "later"), "You can write to us")
	if got := w.caseOf(daughter); got.Outcome.Answer != "later" || got.Status != bot.Open {
		t.Errorf("status %q, outcome %+v", got.Status, got.Outcome)
	}
}

// What people think of an outcome is counted by what was found, so that a provider which
// tells bad news well is seen to. Of all other statements nothing of it is kept.
func TestAnswersAboutAnOutcomeHaveItsFinding(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.points("It was cold.")
	a := wholeOutcome(2)
	a.Findings[1].Kind = bot.NotUpheld
	w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, sam, a))
	w.must(w.bot.OfferOutcome(w.ctx, hospital, c.Ref, sam, []string{"Nobody came.", "It was cold."}))
	w.later(time.Hour)
	w.hears(daughter)
	w.say(daughter, "1")
	w.say(daughter, "it settles it")
	for range 30 {
		w.later(48 * time.Hour)
		if strings.Contains(w.hears(daughter), "may we ask") {
			w.say(daughter, "1")
			for range 3 {
				w.say(daughter, "2")
			}
		}
	}
	of := map[bot.FindingKind][]string{}
	for _, month := range []string{"2026-11", "2026-12", "2027-01"} {
		answers, err := w.desk.Answers(w.ctx, hospital, month)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range answers {
			stage, _, _ := strings.Cut(a.Statement, ".")
			of[a.Finding] = append(of[a.Finding], stage)
		}
	}
	if got := of[bot.PartlyUpheld]; len(got) == 0 || len(of) != 2 || slices.ContainsFunc(got, func(s string) bool { return s != "outcomes" }) || slices.Contains(of[""], "outcomes") {
		t.Errorf("answers by finding: %v", of)
	}
}

// A promise that is kept is told to everybody whose case led to it.
func TestYouSaidWeDid(t *testing.T) {
	w := onEmbedded(t)
	one, two := w.complain(daughter, "Nobody"), w.complain(neighbor, "Nobody")
	w.must(w.offerPoints(one.Ref, sam))
	w.wake(w.bot)
	w.hears(daughter)
	w.say(daughter, "1")
	w.say(daughter, "it settles it")
	w.hears(neighbor)
	if task := w.task(bot.KeepPromise); task == nil || task.Due.Format(time.DateOnly) != "2027-01-15" {
		t.Errorf("the task of the promise is %v", task)
	}
	done := func(n int, words string) error {
		return w.bot.KeptPromise(w.ctx, hospital, one.Ref, sam, n, words, []bot.CaseRef{two.Ref, one.Ref})
	}
	if got := lacks(done(0, " ")); !slices.Equal(got, []string{"words"}) {
		t.Errorf("missing: %q", got)
	}
	w.rejected(done(2, "x"), bot.RejectNoCase, "an action that there is not")
	w.rejected(w.bot.FinishTask(w.ctx, hospital, w.task(bot.KeepPromise).ID, sam, "Done."), bot.RejectUntold, "a promise that ends on the work list")
	if w.task(bot.KeepPromise) == nil {
		t.Error("the task ended, and nobody was told")
	}
	w.must(done(0, "A nurse is called in now when two are away."))
	w.rejected(done(0, "Again."), bot.RejectNotReady, "an action that is done")
	w.wake(w.bot)
	w.later(13 * time.Hour)
	w.hasWords(w.hears(daughter), "there is news for you")
	w.hasWords(w.say(daughter, "1"), "because of that: A nurse is called in now")
	w.hasWords(w.hears(neighbor), "there is news for you")
	got := w.caseOf(daughter)
	if got.Status != bot.Closed || got.Promises[0].Done.IsZero() || !got.Promises[1].Done.IsZero() || w.task(bot.KeepPromise) == nil {
		t.Errorf("status %q, promises %+v", got.Status, got.Promises)
	}
}
