package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
)

const (
	mother = channels.Address("+447700900103")
	day    = 24 * time.Hour
)

// quietly has a person send a complaint about their own care, and leaves out what
// is asked afterwards.
func (w *world) quietly(a channels.Address) *bot.Case {
	w.t.Helper()
	c := w.complain(a, "Nobody")
	w.say(a, "skip")
	return c
}

// about has somebody complain for another person, why.
func (w *world) about(a channels.Address, why string) *bot.Case {
	w.t.Helper()
	for _, text := range []string{"Complain", "2", why, "Ward 6", "skip", "Nobody came all night.", "done", "skip", "Nobody", "Send"} {
		w.say(a, text)
	}
	return w.caseOf(a)
}

// A person must know who has their complaint, what they may decide, and when they
// hear more.
func TestAcknowledgedByName(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	a := bot.Acknowledgement{Handler: "Grace Okafor", Decides: "an apology, and a new appointment"}
	if err := w.bot.Acknowledge(w.ctx, hospital, c.Ref, "Sam", bot.Acknowledgement{}); err == nil {
		t.Error("acknowledged by nobody")
	}
	if err := w.bot.Acknowledge(w.ctx, hospital, c.Ref, "Sam", a); err != nil {
		t.Fatal(err)
	}
	w.wake(w.bot)
	w.hears(daughter)
	w.hasWords(w.say(daughter, "1"), "Grace Okafor", "an apology, and a new appointment")
	if got := w.caseOf(daughter); got.Handler != a.Handler || w.task(bot.Acknowledge) != nil || !got.Due.After(c.Due) {
		t.Errorf("handler %q, due %v", got.Handler, got.Due)
	}
}

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
	if err := w.bot.Acknowledge(w.ctx, hospital, c.Ref, "Sam", bot.Acknowledgement{Handler: "Sam"}); err != nil {
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
	for w.clock.Now().Before(until) {
		w.later(min(day, until.Sub(w.clock.Now())))
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

// A later day is agreed before the old one has passed, never after.
func TestLaterDayIsAgreed(t *testing.T) {
	for answer, agreed := range map[string]bool{"yes": true, "no": false} {
		t.Run(answer, func(t *testing.T) {
			w := onEmbedded(t)
			c := w.quietly(daughter)
			later := c.Due.Add(30 * day)
			if w.bot.ProposeLater(w.ctx, hospital, c.Ref, "Sam", c.Due.Add(-day), "The doctor is away.") == nil {
				t.Error("an earlier day is taken for a later one")
			}
			if err := w.bot.ProposeLater(w.ctx, hospital, c.Ref, "Sam", later, "The doctor is away."); err != nil {
				t.Fatal(err)
			}
			w.wake(w.bot)
			w.hears(daughter)
			w.hasWords(w.say(daughter, "1"), "The doctor is away.")
			w.say(daughter, answer)
			got := w.caseOf(daughter)
			if got.Due.Equal(later) != agreed || !got.Proposed.IsZero() || (w.task(bot.CallBefore) == nil) != agreed {
				t.Errorf("due %v, proposed %v", got.Due, got.Proposed)
			}
		})
	}
	w := onEmbedded(t)
	c := w.quietly(daughter)
	w.clock.Advance(c.Due.Sub(w.clock.Now()) + time.Hour)
	rejected := new(bot.Rejection)
	err := w.bot.ProposeLater(w.ctx, hospital, c.Ref, "Sam", c.Due.Add(30*day), "Sorry.")
	if !errors.As(err, &rejected) || rejected.Code != bot.RejectLate {
		t.Errorf("after the day has passed: %v", err)
	}
}

// After a death nothing automatic may reach the phone of who has died: a reminder
// or a questionnaire would be read by their family.
func TestNothingLeavesAfterADeath(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	w.update(c.Ref, "We have spoken to the ward.")
	w.clock.Advance(time.Minute)
	for range 2 {
		if err := w.bot.Died(w.ctx, hospital, c.Ref, "Sam"); err != nil {
			t.Fatal(err)
		}
	}
	w.hears(daughter) // what was sent before
	for range 120 {
		w.later(day)
		if heard := w.hears(daughter); heard != "" {
			t.Fatalf("the dead are told %q", heard)
		}
	}
	rejected := new(bot.Rejection)
	if err := w.bot.Update(w.ctx, hospital, c.Ref, "Sam", "Sorry."); !errors.As(err, &rejected) || rejected.Code != bot.RejectDied {
		t.Errorf("an update to the dead: %v", err)
	}
}

// What was to be told to the family waits until a person has read and released it.
func TestNewsForTheFamilyWaits(t *testing.T) {
	w := onEmbedded(t)
	c := w.about(daughter, "2")
	w.say(daughter, "skip")
	w.later(2 * day)
	w.hears(daughter)
	w.say(daughter, "no")
	if err := w.bot.Update(w.ctx, hospital, c.Ref, "Sam", "We have spoken to the ward."); err != nil {
		t.Fatal(err)
	}
	if err := w.bot.Died(w.ctx, hospital, c.Ref, "Sam"); err != nil {
		t.Fatal(err)
	}
	for range 60 {
		w.later(day)
		if heard := w.hears(daughter); heard != "" {
			t.Fatalf("before anybody released it the family hears %q", heard)
		}
	}
	if w.task(bot.ReleaseNews) == nil {
		t.Fatal("nobody is asked to read it")
	}
	if err := w.bot.Release(w.ctx, hospital, c.Ref); err != nil {
		t.Fatal(err)
	}
	w.wake(w.bot)
	if w.hears(daughter) == "" || w.task(bot.ReleaseNews) != nil {
		t.Error("released, and not told")
	}
}

// asking is a world in which a daughter complained for her mother, who is asked.
func asking(t *testing.T) (*world, *bot.Case) {
	w := onEmbedded(t)
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) { o.Providers[0].SMS = smsFrom })
	w.about(daughter, "1")
	for _, text := range []string{"yes", "no", "07700 900103"} {
		w.say(daughter, text)
	}
	w.later(time.Second)
	return w, w.caseOf(daughter)
}

// The patient is asked, in words that tell nothing, and their answer is a claim
// that staff verify.
func TestConsentOfThePatient(t *testing.T) {
	for answer, want := range map[string]bot.Consent{"1": bot.ConsentClaimed, "2": bot.ConsentRefused} {
		w, c := asking(t)
		if c.Consent != bot.ConsentAsked {
			t.Fatalf("consent %q", c.Consent)
		}
		heard := w.hears(mother)
		w.hasWords(heard, "asked them to")
		for _, told := range []string{"Ward 6", "complain", string(c.Ref), "St Mary's Hospital"} {
			if strings.Contains(heard, told) {
				t.Errorf("the question to the patient tells %q", told)
			}
		}
		if heard := w.say(mother, "status"); strings.Contains(heard, string(c.Ref)) || strings.Contains(heard, "being looked at") {
			t.Errorf("who has the patient's phone learns of the case: %q", heard)
		}
		w.say(mother, answer)
		if got := w.caseOf(daughter); got.Consent != want || w.task(bot.VerifyConsent) == nil {
			t.Errorf("consent %q, want %q", got.Consent, want)
		}
		if w.view(mother).Conversation.Case != "" {
			t.Error("the patient's conversation has the case")
		}
	}
}

// A number that was typed wrongly belongs to a stranger, who is left alone.
func TestConsentAskedOfAStranger(t *testing.T) {
	w, _ := asking(t)
	w.hears(mother)
	w.say(mother, "3")
	if w.task(bot.WrongNumber) == nil || !w.view(mother).Conversation.Unwanted {
		t.Error("staff do not learn that the number is somebody else's")
	}
	for range 10 {
		w.later(day)
		if heard := w.hears(mother); heard != "" {
			t.Fatalf("the stranger hears %q", heard)
		}
	}
}

// Who has several cases says which one they mean, and only that one is changed.
func TestSeveralCases(t *testing.T) {
	w := onEmbedded(t)
	first := w.quietly(daughter)
	w.clock.Advance(time.Hour)
	second := w.quietly(daughter)
	w.hasWords(w.say(daughter, "add"), string(first.Ref), string(second.Ref))
	w.say(daughter, "1")
	const more = "There is a photo of the buzzer."
	w.say(daughter, more)
	w.say(daughter, "done")
	has := func(ref bot.CaseRef) bool {
		return slices.Contains(texts(w.timeline(w.read(ref)), bot.Replied), more)
	}
	if !has(first.Ref) || has(second.Ref) {
		t.Errorf("added to the first: %v, to the second: %v", has(first.Ref), has(second.Ref))
	}
	if task := w.task(bot.ReadReply); task == nil || task.Case != first.Ref {
		t.Error("staff do not learn of it")
	}
}

// A phone that others read must show nothing that nobody asked for.
func TestOthersReadThisPhone(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	w.say(daughter, "others read this phone")
	w.say(daughter, "yes")
	w.update(c.Ref, "We have spoken to the ward.")
	for range 40 {
		if heard := w.hears(daughter); heard != "" {
			t.Fatalf("the phone shows %q", heard)
		}
		w.later(day)
	}
	w.hasWords(w.say(daughter, "status"), "there is news")
	w.hasWords(w.say(daughter, "1"), "We have spoken to the ward.")
}

// A concern becomes a complaint when the person says so, with the clocks of one.
func TestConcernBecomesAComplaint(t *testing.T) {
	w := onEmbedded(t)
	for _, text := range []string{"concern", "1", "Ward 6", "The tea is always cold.", "done", "Nobody", "Send", "skip"} {
		w.say(daughter, text)
	}
	c := w.caseOf(daughter)
	if c.Status != bot.Open || c.Formal {
		t.Fatalf("status %q, formal %v", c.Status, c.Formal)
	}
	w.update(c.Ref, "We will see to it.")
	w.hears(daughter)
	w.say(daughter, "1")
	w.say(daughter, "no")
	w.say(daughter, "make it formal")
	w.say(daughter, "yes")
	if got := w.caseOf(daughter); !got.Formal || w.task(bot.Acknowledge) == nil {
		t.Errorf("formal %v, no task", got.Formal)
	}
}

// A thank you reaches the team, whichever way it was written.
func TestComplimentReachesTheTeam(t *testing.T) {
	w := onEmbedded(t)
	const words = "Please thank the nurse who sat with her"
	w.say(daughter, words)
	w.say(daughter, "3")
	w.say(daughter, "yes")
	if task := w.task(bot.ReadIdea); task == nil || !strings.Contains(task.Words, words) {
		t.Error("the words sent first reach nobody")
	}
	w.say(neighbor, "compliment")
	w.say(neighbor, "The porter was kind.")
	w.say(neighbor, "done")
	if all := w.tasks(bot.ReadIdea); len(all) != 2 || !strings.Contains(all[0].Words+all[1].Words, "The porter was kind.") {
		t.Errorf("%d tasks, and one written as a story reaches nobody", len(all))
	}
}

// read is a case as staff have it.
func (w *world) read(ref bot.CaseRef) *bot.Case {
	w.t.Helper()
	c, err := w.desk.ReadCase(w.ctx, hospital, ref)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// A death that the person tells of stops all that would come by itself, at once.
func TestToldOfADeath(t *testing.T) {
	w := onEmbedded(t)
	c := w.about(daughter, "2")
	w.say(daughter, "skip")
	w.say(daughter, "she has died")
	w.hasWords(w.say(daughter, "yes"), "Nothing more comes to you by itself")
	for range 90 {
		w.later(day)
		if heard := w.hears(daughter); heard != "" {
			t.Fatalf("the bereaved hear %q", heard)
		}
	}
	if got := w.read(c.Ref); got.Died.IsZero() || w.task(bot.ReleaseNews) == nil {
		t.Error("staff do not learn of it")
	}
}

// What the person deletes is gone: the entry, and the photo that came with it.
func TestLastWordsAreDeleted(t *testing.T) {
	w, s, kept := withFiles(t)
	c := w.photos()
	w.later(time.Second)
	if len(w.evidence(c, kept)) != 2 || s.left() != 0 {
		t.Fatal("there is nothing to delete")
	}
	files := w.lastEntry(c).Media
	w.hasWords(w.say(daughter, "delete that"), "deleted")
	w.later(time.Hour)
	if last := w.lastEntry(c); last.Text != "The buzzer was out of reach all night" {
		t.Errorf("the timeline ends with %q", last.Text)
	}
	for _, m := range files {
		if _, _, err := kept.Read(w.ctx, hospital, c, bot.FileID(m.File)); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("a file is still there: %v", err)
		}
	}
}

// A complaint that was taken back is over once a person has confirmed it, and is
// followed by no more than one questionnaire.
func TestWithdrawalIsConfirmed(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	w.say(daughter, "withdraw")
	w.say(daughter, "1")
	w.say(daughter, "skip")
	if w.task(bot.AskedWithdraw) == nil || w.caseOf(daughter).Status != bot.Open {
		t.Fatal("nobody is asked to confirm it")
	}
	if err := w.bot.ConfirmWithdrawal(w.ctx, hospital, c.Ref, "Sam"); err != nil {
		t.Fatal(err)
	}
	heard := 0
	for range 90 {
		w.later(day)
		if w.hears(daughter) != "" {
			heard++
			w.say(daughter, "2")
			w.hears(daughter)
		}
	}
	if got := w.read(c.Ref); got.Status != bot.Withdrawn || heard != 1 || w.task(bot.AskedWithdraw) != nil {
		t.Errorf("status %q, heard of it %d times", got.Status, heard)
	}
}

// Privacy is changed on the case that was chosen.
func TestPrivacyOfOneOfSeveral(t *testing.T) {
	w := onEmbedded(t)
	first := w.quietly(daughter)
	w.clock.Advance(time.Hour)
	second := w.quietly(daughter)
	w.say(daughter, "change privacy")
	w.say(daughter, "1")
	w.say(daughter, "1")
	w.say(daughter, "Ade")
	if one, other := w.read(first.Ref).Privacy, w.read(second.Ref).Privacy; one != bot.PrivacyNamed || other != bot.PrivacyAnonymous {
		t.Errorf("the first is %q, the second %q", one, other)
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

// What may be danger stays with staff, whatever the person does with their words
// afterwards, and nobody tells them that nobody has seen it.
func TestDangerOutlastsDeleting(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "I want to kill myself")
	w.say(daughter, "yes")
	w.say(daughter, "hello?")
	if heard := w.say(daughter, "5"); strings.Contains(heard, "Nobody but you") {
		t.Errorf("the person hears %q, and the team has a task", heard)
	}
	w.say(daughter, "delete")
	w.say(daughter, "yes")
	for _, kind := range []bot.StaffTaskKind{bot.Danger, bot.ConfirmedDanger} {
		if task := w.task(kind); task == nil || task.Words == "" {
			t.Errorf("the task %q is gone", kind)
		}
	}
	w.tell(neighbor)
	w.say(neighbor, "I want to kill myself")
	w.say(neighbor, "yes")
	w.say(neighbor, "delete")
	w.say(neighbor, "yes")
	if n := len(w.tasks(bot.Danger)); n != 2 {
		t.Errorf("%d tasks of two people: the draft that was deleted took one along", n)
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

// Who wants no more messages is told so, hears nothing unasked, and is answered as
// soon as they write again.
func TestRestUntilTheyWriteAgain(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	w.say(daughter, "leave me alone")
	w.hasWords(w.say(daughter, "3"), "no more messages")
	w.update(c.Ref, "We have spoken to the ward.")
	for range 30 {
		w.later(day)
		if heard := w.hears(daughter); heard != "" {
			t.Fatalf("they hear %q", heard)
		}
	}
	if w.say(daughter, "hello, I need help") == "" {
		t.Error("who writes again is not answered")
	}
	w.later(time.Hour)
	w.later(time.Hour)
	if w.view(daughter).Conversation.Resting {
		t.Error("who writes again gets no news")
	}
}

// A wrong number once, and a complaint of their own later: they are to hear of it.
func TestOwnComplaintAfterAWrongNumber(t *testing.T) {
	w, _ := asking(t)
	w.hears(mother)
	w.say(mother, "3")
	c := w.quietly(mother)
	w.update(c.Ref, "We have spoken to the ward.")
	w.hasWords(w.hears(mother), "there is news")
}

// What staff write after a death waits until somebody has read it as what it is.
func TestUpdateAfterADeathWaits(t *testing.T) {
	w := onEmbedded(t)
	c := w.about(daughter, "2")
	w.say(daughter, "skip")
	w.say(daughter, "she has died")
	w.say(daughter, "yes")
	w.update(c.Ref, "Your mother's operation is on Friday.")
	if heard := w.hears(daughter); heard != "" {
		t.Errorf("the bereaved hear %q", heard)
	}
	if err := w.bot.Release(w.ctx, hospital, c.Ref); err != nil {
		t.Fatal(err)
	}
	w.wake(w.bot)
	if w.hears(daughter) == "" {
		t.Error("released, and not told")
	}
}
