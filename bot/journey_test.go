package bot_test

import (
	"errors"
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
	if err := w.bot.Acknowledge(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}, bot.Acknowledgement{}); err == nil {
		t.Error("acknowledged by nobody")
	}
	if err := w.bot.Acknowledge(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}, a); err != nil {
		t.Fatal(err)
	}
	w.wake(w.bot)
	w.hears(daughter)
	w.hasWords(w.say(daughter, "1"), "Grace Okafor", "an apology, and a new appointment")
	if got := w.caseOf(daughter); got.Handler != a.Handler || w.task(bot.Acknowledge) != nil || !got.Due.After(c.Due) {
		t.Errorf("handler %q, due %v", got.Handler, got.Due)
	}
}

// A later day is agreed before the old one has passed, never after.
func TestLaterDayIsAgreed(t *testing.T) {
	for answer, agreed := range map[string]bool{"yes": true, "no": false} {
		t.Run(answer, func(t *testing.T) {
			w := onEmbedded(t)
			c := w.quietly(daughter)
			later := c.Due.Add(30 * day)
			if w.bot.ProposeLater(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}, c.Due.Add(-day), "The doctor is away.") == nil {
				t.Error("an earlier day is taken for a later one")
			}
			if err := w.bot.ProposeLater(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}, later, "The doctor is away."); err != nil {
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
	err := w.bot.ProposeLater(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}, c.Due.Add(30*day), "Sorry.")
	if !errors.As(err, &rejected) || rejected.Code != bot.RejectLate {
		t.Errorf("after the day has passed: %v", err)
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
	if err := w.bot.ConfirmWithdrawal(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}); err != nil {
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
