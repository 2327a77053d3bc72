package bot_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

// What staff write must reach the person, and say that somebody has the case.
func TestAnUpdateReachesThePerson(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		c := w.complain(daughter, "Nobody")
		w.update(c.Ref, "We have spoken to the ward.")
		w.hasWords(w.hears(daughter), "St Mary's: there is news for you")
		w.hasWords(w.say(daughter, "1"), "About "+string(c.Ref)+": We have spoken to the ward.")
		w.hasWords(w.say(daughter, "yes"), "Please write it now")
		w.say(daughter, "Thank you for looking.")
		w.hasWords(w.say(daughter, "done"), "Sam gets your words now")
		now := w.caseOf(daughter)
		if now.Handler != "Sam" || len(w.news(c.Ref)) != 0 || w.task(bot.Acknowledge) != nil || w.task(bot.ReadReply) == nil {
			t.Errorf("handler %q, pending %v", now.Handler, now.Pending)
		}
		if got := texts(w.timeline(now), bot.Replied); !slices.Equal(got, []string{"Thank you for looking."}) {
			t.Errorf("replies %q", got)
		}
	})
}

// Nobody is interrupted while they tell what happened to them, and no news is
// lost by waiting; two come one after the other.
func TestNewsWaitsForItsMoment(t *testing.T) {
	w := onEmbedded(t)
	first := w.complain(daughter, "Nobody")
	w.tell(daughter)
	w.say(daughter, "It happened again.")
	w.update(first.Ref, "The ward has answered.")
	w.update(first.Ref, "The doctor has answered.")
	if got := w.hears(daughter); got != "" {
		t.Fatalf("interrupted: %q", got)
	}
	w.later(11 * time.Minute)
	w.hasWords(w.hears(daughter), "there is news")
	w.later(time.Hour)
	if n := len(w.news(first.Ref)); n != 2 {
		t.Errorf("%d of 2 wait", n)
	}
	w.hasWords(w.say(daughter, "1"), "The ward has answered.")
	w.say(daughter, "no")
	w.wake(w.bot)
	w.later(11 * time.Minute)
	w.hasWords(w.hears(daughter), "there is news")
	w.hasWords(w.say(daughter, "1"), "The doctor has answered.")
	w.say(daughter, "no")
	if n := len(w.news(first.Ref)); n != 0 {
		t.Errorf("%d wait for ever", n)
	}
}

func (w *world) news(ref bot.CaseRef) []bot.Notice {
	w.t.Helper()
	c, err := w.desk.ReadCase(w.ctx, hospital, ref)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(c.Pending, func(n bot.Notice) bool { return n.Entry == "" }) // surveys are no news
}

// Two cases of one person have news at once: the second must not wait for an act
// of staff that never comes.
func TestNewsOfTwoCases(t *testing.T) {
	w := onEmbedded(t)
	first := w.complain(daughter, "Nobody")
	w.clock.Advance(time.Hour)
	w.complain(daughter, "Nobody")
	second := w.caseOf(daughter)
	if first.Ref == second.Ref {
		t.Fatal("one case")
	}
	w.clock.Advance(time.Hour)
	w.update(first.Ref, "The ward has answered.")
	w.update(second.Ref, "The doctor has answered.")
	w.hears(daughter)
	w.hasWords(w.say(daughter, "1"), "The ward has answered.")
	w.say(daughter, "no")
	w.later(2 * time.Hour)
	w.hasWords(w.hears(daughter), "there is news")
	w.hasWords(w.say(daughter, "1"), "The doctor has answered.")
}

// The way from an outcome to looking back, at its time and not before.
func TestAnOutcomeIsAccepted(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We were wrong, and we are sorry.")
	w.hasWords(w.hears(daughter), "we have an answer for you")
	if got := w.caseOf(daughter); got.Stage != flows.Outcomes || !got.Outcome.Read.IsZero() {
		t.Errorf("stage %q, read %v", got.Stage, got.Outcome.Read)
	}
	w.hasWords(w.say(daughter, "1"), "We were wrong")
	if w.caseOf(daughter).Outcome.Read.IsZero() {
		t.Error("nobody knows that it was read")
	}
	w.say(daughter, "it settles it")
	got := w.caseOf(daughter)
	if got.Stage != flows.Reflecting || got.Status != bot.Closed || got.Outcome.Answer != "accepted" {
		t.Errorf("stage %q, status %q, answer %q", got.Stage, got.Status, got.Outcome.Answer)
	}
	w.later(25 * time.Hour)
	w.hasWords(w.hears(daughter), "questions about our answer")
	w.say(daughter, "2")
	w.later(29 * 24 * time.Hour)
	if got := w.hears(daughter); got != "" {
		t.Errorf("too early after the other questions: %q", got)
	}
	w.later(2 * 24 * time.Hour)
	w.hasWords(w.hears(daughter), "a few short questions, looking back")
	for _, text := range []string{"1", "1", "4", "rather not say"} {
		w.say(daughter, text)
	}
	answers, err := w.desk.Answers(w.ctx, hospital, "2026-12")
	if err != nil || len(answers) != 3 {
		t.Errorf("%d answers to statements, error %v", len(answers), err)
	}
	st, err := flows.Decode(w.view(daughter).Conversation.Session)
	if err != nil || len(st.Measured) != 0 {
		t.Errorf("answers to statements stay with the person: %v, error %v", st.Measured, err)
	}
	if asked := w.caseOf(daughter).Asked; len(asked) != 3 {
		t.Errorf("asked %v", asked)
	}
}

func (w *world) resolve(ref bot.CaseRef, words string) {
	w.t.Helper()
	if err := w.bot.Resolve(w.ctx, hospital, ref, bot.By{Name: "Sam"}, words); err != nil {
		w.t.Fatal(err)
	}
	w.wake(w.bot)
}

// Who disagrees is looked at again, also after having accepted.
func TestAnOutcomeIsDisputed(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	disagree := func() {
		t.Helper()
		w.hears(daughter)
		w.say(daughter, "1")
		w.say(daughter, "i disagree")
		w.say(daughter, "That is not what happened.")
		w.hasWords(w.say(daughter, "done"), "look again", "ombudsman")
		got := w.caseOf(daughter)
		if got.Stage != flows.Informed || got.Status != bot.Open || w.task(bot.Dispute) == nil || len(w.news(c.Ref)) != 0 {
			t.Errorf("stage %q, status %q, pending %v", got.Stage, got.Status, got.Pending)
		}
	}
	w.resolve(c.Ref, "We did nothing wrong.")
	disagree()
	w.resolve(c.Ref, "We looked again. We are sorry.")
	w.hears(daughter)
	w.say(daughter, "1")
	w.say(daughter, "it settles it")
	w.resolve(c.Ref, "There was more.")
	if got := w.caseOf(daughter); got.Status != bot.Open || len(w.news(c.Ref)) != 1 {
		t.Errorf("status %q, pending %v: they would be asked to look back at what is not over", got.Status, got.Pending)
	}
	disagree()
}

// An answer to an outcome that was replaced meanwhile must not close the case,
// nor stop the conversation.
func TestAnAnswerToAnOlderOutcome(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We did nothing wrong.")
	w.hears(daughter)
	w.say(daughter, "1")
	w.resolve(c.Ref, "We were wrong after all.")
	w.say(daughter, "it settles it")
	if got := w.caseOf(daughter); got.Status != bot.Open || got.Stage != flows.Outcomes || w.task(bot.PutAside) != nil {
		t.Errorf("status %q, stage %q", got.Status, got.Stage)
	}
	w.wake(w.bot)
	w.hears(daughter)
	w.hasWords(w.say(daughter, "1"), "We were wrong after all.")
	w.say(daughter, "it settles it")
	if got := w.caseOf(daughter); got.Status != bot.Closed {
		t.Errorf("status %q", got.Status)
	}
}

// Staff cannot answer what does not exist, what was not sent, or with nothing:
// a program is told which, and a person why.
func TestWhatStaffCannotDo(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	draft := w.caseOf(daughter).Ref
	for _, c := range []struct {
		ref         bot.CaseRef
		words, code string
	}{{"H-111-111", "hello", bot.RejectNoCase}, {draft, "hello", bot.RejectNotReady}, {draft, " ", bot.RejectEmpty}} {
		var r *bot.Rejection
		if err := w.bot.Update(w.ctx, hospital, c.ref, bot.By{Name: "Sam"}, c.words); !errors.As(err, &r) || r.Code != c.code || r.Sentence == "" {
			t.Errorf("%q: %v", c.code, err)
		}
	}
}

func (w *world) stop(a channels.Address) string {
	w.t.Helper()
	in := w.inbound(a, "STOP")
	in.Opt = channels.OptOut
	return w.send(in)
}

func (w *world) start(a channels.Address) string {
	w.t.Helper()
	in := w.inbound(a, "START")
	in.Opt = channels.OptIn
	return w.send(in)
}

// STOP is a wish like any other. Staff learn it, nothing is sent any more, what
// is written all the same is kept, and who comes back goes on where they were
// and hears what happened meanwhile.
func TestStopAndComingBack(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Anyone who helps")
	w.say(daughter, "Complain")
	w.say(daughter, "Someone I care for")
	draft := w.caseOf(daughter).Ref
	w.stop(daughter)
	w.update(c.Ref, "The ward has answered.")
	if task := w.task(bot.PersonLeft); task == nil || task.Case != c.Ref {
		t.Errorf("staff of the open case do not learn that it cannot be told: %+v", task)
	}
	if got := w.say(daughter, "They asked me to") + w.stop(daughter); got != "" {
		t.Errorf("sent after STOP: %q", got)
	}
	w.later(100 * time.Hour)
	if got := w.hears(daughter); got != "" {
		t.Errorf("sent after STOP: %q", got)
	}
	if given, err := w.store.Aside(w.ctx, hospital, w.view(daughter).Conversation.ID); err != nil || len(given) != 0 {
		t.Errorf("%d messages were made for who left, error %v", len(given), err)
	}
	w.hasWords(w.start(daughter), "Welcome back", "Why are you telling us for them?")
	if w.caseOf(daughter).Ref != draft {
		t.Error("the draft is gone")
	}
	if got := texts(w.timeline(w.caseOf(daughter)), bot.AlsoSaid); !slices.Equal(got, []string{"They asked me to"}) {
		t.Errorf("kept %q", got)
	}
}

// News that came while somebody was away is told when they are back.
func TestNewsWaitsForWhoLeft(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Anyone who helps")
	w.stop(daughter)
	if w.task(bot.PersonLeft) == nil {
		t.Error("staff do not learn it")
	}
	w.update(c.Ref, "The ward has answered.")
	w.later(time.Hour)
	if got := w.hears(daughter); got != "" {
		t.Errorf("sent after STOP: %q", got)
	}
	w.hasWords(w.start(daughter), "is being looked at", "there is news")
	if w.task(bot.PersonLeft) != nil {
		t.Error("staff still think that they cannot be reached")
	}
}

// Of an anonymous person's leaving nothing may show at once: a provider that
// sees a number send STOP and a case change in the same minute knows who it is.
func TestAnAnonymousPersonLeavesUnseen(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.update(c.Ref, "The ward has answered.") // its question is not sent yet
	before := w.changes()
	w.stop(daughter)
	w.later(time.Hour)
	tasks, err := w.desk.StaffTasks(w.ctx, hospital, 100)
	if err != nil || len(tasks) != 0 {
		t.Errorf("within the hour there is %+v, error %v", tasks, err)
	}
	if got := w.timeline(c); len(texts(got, bot.Said)) != 1 {
		t.Errorf("STOP stands on the timeline: %q", texts(got, bot.Said))
	}
	if after := w.changes(); after != before {
		t.Errorf("the desk was told of %d changes", after-before)
	}
	w.later(10 * time.Hour)
	if task := w.task(bot.PersonLeft); task == nil || task.Case != c.Ref || task.Text != "The person cannot be reached by message. Their case goes on." {
		t.Errorf("later there is %+v", task)
	}
}

func (w *world) changes() uint64 {
	w.t.Helper()
	n, err := w.desk.Changes(w.ctx, hospital)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// Who came back before staff were told was never gone.
func TestAnAnonymousPersonComesBackUnseen(t *testing.T) {
	w := onEmbedded(t)
	w.complain(daughter, "Nobody")
	w.stop(daughter)
	w.start(daughter)
	w.later(11 * time.Hour)
	if task := w.task(bot.PersonLeft); task != nil {
		t.Errorf("%+v", task)
	}
}

// A STOP that is fetched late does not silence who has come back since.
func TestAnOldStopComesLate(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "Complain")
	old := w.inbound(daughter, "STOP")
	old.Opt = channels.OptOut
	w.clock.Advance(time.Minute)
	w.start(daughter)
	w.send(old)
	w.hasWords(w.say(daughter, "Me"), "Where did it happen?")
}

// On WhatsApp nothing holds messages back but we: who writes again is answered.
func TestWhoWritesAgainOnWhatsAppIsBack(t *testing.T) {
	w := onEmbedded(t)
	message := func(text string, o channels.Opt) string {
		in := w.inbound("whatsapp:+447700900103", text)
		in.Channel, in.Sender, in.Opt = channels.WhatsApp, "whatsapp:+447700900901", o
		return w.send(in)
	}
	message("Complain", "")
	if got := message("STOP", channels.OptOut); got != "" {
		t.Errorf("STOP is answered: %q", got)
	}
	w.hasWords(message("Me", ""), "Where did it happen?")
}

// What the provider learns of an opt-out is as good as the word STOP.
func TestAProviderKnowsOfAnOptOut(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Anyone who helps")
	id := w.view(daughter).Conversation.ID
	for range 2 {
		if left, err := w.bot.OptedOut(w.ctx, hospital, id, w.clock.Now()); err != nil || !left {
			t.Fatal(err)
		}
	}
	if task := w.task(bot.PersonLeft); task == nil || task.Case != c.Ref || !w.view(daughter).Conversation.Left {
		t.Errorf("%+v", task)
	}
}

// Danger is for staff also where the person cannot be answered.
func TestDangerAfterStop(t *testing.T) {
	w := onEmbedded(t)
	w.complain(daughter, "Nobody")
	w.stop(daughter)
	if got := w.say(daughter, "I want to end my life"); got != "" {
		t.Errorf("sent after STOP: %q", got)
	}
	if w.task(bot.Danger) == nil {
		t.Error("nobody is told")
	}
	if given, err := w.store.Aside(w.ctx, hospital, w.view(daughter).Conversation.ID); err != nil || len(given) != 0 {
		t.Errorf("%d messages were made for who left, error %v", len(given), err)
	}
}

// An older case whose news could not be told must not be called lost after its
// person has come back.
func TestComingBackCountsForEveryCase(t *testing.T) {
	w := onEmbedded(t)
	first := w.complain(daughter, "Nobody")
	w.clock.Advance(time.Hour)
	w.complain(daughter, "Nobody")
	w.stop(daughter)
	w.update(first.Ref, "The ward has answered.")
	w.start(daughter)
	w.later(11 * time.Hour)
	if task := w.task(bot.PersonLeft); task != nil {
		t.Errorf("%+v", task)
	}
}
