package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/flows"
	"heard/flows/library"
)

// samSays is Sam, who says why.
var samSays = bot.By{Name: "Sam", Member: "m-samSays", Reason: "The doctor is ill."}

// acknowledged is a case whose person has read that Sam has it.
func (w *world) acknowledged() *bot.Case {
	w.t.Helper()
	c := w.quietly(daughter)
	if err := w.bot.Acknowledge(w.ctx, hospital, c.Ref, samSays, bot.Acknowledgement{Handler: "Sam"}); err != nil {
		w.t.Fatal(err)
	}
	w.later(time.Hour)
	w.hears(daughter)
	w.say(daughter, "1")
	w.say(daughter, "no")
	return w.read(c.Ref)
}

// reads has the person answer everything that comes until a moment, and gives what they
// were told.
func (w *world) reads(until time.Time) string {
	w.t.Helper()
	var all []string
	for w.clock.Now().Before(until) {
		w.later(min(day, until.Sub(w.clock.Now())))
		switch heard := w.hears(daughter); {
		case strings.Contains(heard, "may we ask"):
			w.say(daughter, "2")
		case strings.Contains(heard, "one short question"):
			w.say(daughter, "1")
			w.say(daughter, "1")
		case strings.Contains(heard, "there is news"):
			all = append(all, w.say(daughter, "1"))
			w.say(daughter, "no")
		}
	}
	return strings.Join(all, "\n")
}

// A handler who is asked in time writes what there is; a person who only ever reads that
// there is no news stops believing that anybody looks.
func TestTheHandlerIsAskedForALineFirst(t *testing.T) {
	w := onEmbedded(t)
	c := w.acknowledged()
	w.reads(c.Due.AddDate(0, 0, -5))
	if task := w.task(bot.NoNewsYet); task != nil {
		t.Fatalf("asked five days before: %+v", task)
	}
	heard := w.reads(c.Due.Add(-25 * time.Hour))
	task := w.task(bot.NoNewsYet)
	if task == nil || task.Case != c.Ref || !task.Due.Equal(c.Due.Add(-24*time.Hour)) || heard != "" {
		t.Fatalf("two working days before: %+v, the person heard %q", task, heard)
	}
	w.update(c.Ref, "The ward has answered.")
	if w.task(bot.NoNewsYet) != nil {
		t.Error("the line was written, and is still asked for")
	}
	w.hasWords(w.reads(c.Due.Add(day)), "The ward has answered.")
	c = w.read(c.Ref)
	w.hasWords(w.reads(c.Due), "no answer yet")
	if next := w.read(c.Ref); w.task(bot.NoNewsYet) != nil || !next.Due.After(c.Due) {
		t.Error("no line came: the person was told, and the handler is still asked")
	}
}

// A day that is promised for tomorrow must not be followed at once by "no news".
func TestANearDayIsNotCalledNoNewsAtOnce(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	due := w.clock.Now().Add(20 * time.Hour)
	if err := w.bot.Acknowledge(w.ctx, hospital, c.Ref, samSays, bot.Acknowledgement{Handler: "Sam", Due: due}); err != nil {
		t.Fatal(err)
	}
	w.hasWords(w.reads(due.Add(-time.Hour)), "Sam looks into")
	if heard := w.hears(daughter) + w.reads(due.Add(-time.Minute)); heard != "" {
		t.Errorf("an hour before: %q", heard)
	}
	if w.task(bot.NoNewsYet) == nil {
		t.Error("the handler is not asked")
	}
}

// A day moves only with a reason, and the person knows; a later one is theirs to agree
// to, as long as the first has not passed.
func TestADateChangesWithAReason(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	redate := func(by bot.By, due time.Time) error { return w.bot.Redate(w.ctx, hospital, c.Ref, by, due, "") }
	w.rejected(redate(samSays, c.Due), bot.RejectNotReady, "before it is acknowledged")
	c = w.acknowledgedOf(c)
	w.rejected(redate(bot.By{Name: "Sam"}, c.Due.Add(-day)), bot.RejectEmpty, "without a reason")
	w.rejected(redate(samSays, c.Due.Add(day)), bot.RejectNotReady, "a later day that nobody agreed to")
	w.rejected(redate(samSays, w.clock.Now()), bot.RejectLate, "a day that has passed")
	w.rejected(w.bot.ProposeLater(w.ctx, hospital, c.Ref, samSays, c.Due.Add(day), " "), bot.RejectEmpty, "more time without a reason")
	sooner := c.Due.Add(-7 * day)
	if err := redate(samSays, sooner); err != nil {
		t.Fatal(err)
	}
	w.hasWords(w.reads(w.clock.Now().Add(day)), "You hear from us by")
	now := w.read(c.Ref)
	if why := texts(w.timeline(now), bot.Clocked); !now.Due.Equal(sooner) || len(why) != 1 || !strings.Contains(why[0], "Why: The doctor is ill.") {
		t.Errorf("due %v, timeline %q", now.Due, why)
	}
	w.clock.Advance(sooner.Add(time.Hour).Sub(w.clock.Now())) // everybody slept
	if err := redate(samSays, w.clock.Now().Add(3*day)); err != nil {
		t.Fatal(err)
	}
	w.hasWords(w.reads(w.clock.Now().Add(2*day)), "has passed, and we are sorry")
}

// acknowledgedOf is acknowledged, of a case that is there.
func (w *world) acknowledgedOf(c *bot.Case) *bot.Case {
	w.t.Helper()
	if err := w.bot.Acknowledge(w.ctx, hospital, c.Ref, samSays, bot.Acknowledgement{Handler: "Sam"}); err != nil {
		w.t.Fatal(err)
	}
	w.reads(w.clock.Now().Add(day))
	return w.read(c.Ref)
}

// While a case waits for the police nobody promises a day in vain: the person knows what
// it waits for and when they hear, and the days that were left are still theirs after.
func TestACaseWaits(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	pause := func(r bot.WaitReason, until time.Time) error {
		return w.bot.Pause(w.ctx, hospital, c.Ref, samSays, r, until, "")
	}
	w.rejected(pause(bot.WaitPolice, time.Time{}), bot.RejectNotReady, "the acknowledgement's clock would stop")
	c = w.acknowledgedOf(c)
	w.rejected(pause("holiday", time.Time{}), bot.RejectEmpty, "a reason that is none")
	w.rejected(w.bot.Resume(w.ctx, hospital, c.Ref, samSays, time.Time{}, ""), bot.RejectNotReady, "it does not wait")
	left := england(t).WorkingDaysUntil(w.clock.Now(), c.Due)
	until := w.clock.Now().Add(60 * day)
	if err := pause(bot.WaitPolice, until); err != nil {
		t.Fatal(err)
	}
	w.hasWords(w.reads(w.clock.Now().Add(day)), "wait for the police", "You hear from us by")
	heard := w.reads(until.Add(-time.Hour))
	if strings.Contains(heard, "no answer yet") {
		t.Errorf("while it waits: %q", heard)
	}
	if task := w.task(bot.NoNewsYet); task == nil || !strings.Contains(task.Text, "still waits") {
		t.Errorf("nobody asks whether it still waits: %+v", task)
	}
	if err := w.bot.Resume(w.ctx, hospital, c.Ref, samSays, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	w.hasWords(w.reads(w.clock.Now().Add(day)), "go on with it now")
	now := w.read(c.Ref)
	if got := england(t).WorkingDaysUntil(w.clock.Now().Add(-day), now.Due); now.Wait != nil || got != left {
		t.Errorf("%d working days after it went on, there were %d", got, left)
	}
	if why := texts(w.timeline(now), bot.Clocked); len(why) != 2 {
		t.Errorf("timeline %q", why)
	}
	w.hasWords(w.reads(now.Due), "no answer yet")
}

// An update while it waits must not bring back the texts that nothing is new.
func TestAnUpdateLeavesItWaiting(t *testing.T) {
	w := onEmbedded(t)
	c := w.acknowledged()
	until := w.clock.Now().Add(60 * day)
	if err := w.bot.Pause(w.ctx, hospital, c.Ref, samSays, bot.WaitCoroner, until, ""); err != nil {
		t.Fatal(err)
	}
	w.update(c.Ref, "The coroner has begun.")
	if heard := w.reads(until.Add(-time.Hour)); strings.Contains(heard, "no answer yet") {
		t.Errorf("while it waits: %q", heard)
	}
	if now := w.read(c.Ref); now.Wait == nil || !now.Due.Equal(until) {
		t.Errorf("it waits: %v, due %v", now.Wait != nil, now.Due)
	}
	w.resolve(c.Ref, "We were wrong.")
	if w.read(c.Ref).Wait != nil {
		t.Error("there is an outcome, and it still waits")
	}
}

// What each reason to wait says, in each language that there is.
func TestEachReasonHasWords(t *testing.T) {
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	set, err := flows.Compile(src, flows.Options{Languages: []string{"en", "cy"}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range bot.WaitReasons() {
		for _, language := range []string{"en", "cy"} {
			text := set.Waits(language, string(r))
			if text == "" || seen[text] || strings.Contains(text, "{") {
				t.Errorf("%s in %s: %q", r, language, text)
			}
			seen[text] = true
		}
		if r.Words() == string(r) {
			t.Errorf("%s has no words for staff", r)
		}
	}
}

// A ward manager who never answers must not be the reason why a person never hears; and
// what they answer is for the team alone.
func TestAStatementOfSomebodyElse(t *testing.T) {
	w := onEmbedded(t)
	c := w.acknowledged()
	ask := func(r bot.StatementRequest) error { return w.bot.AskStatement(w.ctx, hospital, c.Ref, samSays, r) }
	due := w.clock.Now().Add(3 * day)
	w.rejected(ask(bot.StatementRequest{ID: "s1", Question: "Who was there?", Due: due}), bot.RejectEmpty, "of nobody")
	w.rejected(ask(bot.StatementRequest{ID: "s1", Of: "Ward manager", Due: due}), bot.RejectEmpty, "no question")
	w.rejected(ask(bot.StatementRequest{ID: "s1", Of: "Ward manager", Question: "Who was there?"}), bot.RejectLate, "no date")
	for i, id := range []string{"s1", "s2"} {
		if err := ask(bot.StatementRequest{ID: id, Of: "Ward manager", Question: "Who was there?", Due: due.Add(time.Duration(i) * 2 * day)}); err != nil {
			t.Fatal(err)
		}
	}
	w.reads(due.Add(time.Hour))
	if task := w.task(bot.AwaitStatement); task == nil || task.Case != c.Ref || len(w.tasks(bot.AwaitStatement)) != 1 {
		t.Errorf("on its day: %+v", task)
	}
	w.reads(due.Add(2*day + time.Hour))
	if n := len(w.tasks(bot.AwaitStatement)); n != 2 {
		t.Errorf("%d are late", n)
	}
	answer := func(by bot.By, id, words string) error {
		return w.bot.AnswerStatement(w.ctx, hospital, c.Ref, by, id, words)
	}
	w.rejected(answer(samSays, "s3", "I was."), bot.RejectNoCase, "what was not asked")
	w.rejected(answer(samSays, "s1", " "), bot.RejectEmpty, "nothing")
	if err := errors.Join(answer(samSays, "s1", "I was."), answer(bot.By{}, "s2", "Nobody was.")); err != nil {
		t.Fatal(err)
	}
	w.rejected(answer(bot.By{}, "s2", "Somebody was."), bot.RejectNotReady, "twice")
	if len(w.tasks(bot.AwaitStatement)) != 0 || len(w.tasks(bot.ReadStatement)) != 1 {
		t.Errorf("after the answers: %d are late, %d to read", len(w.tasks(bot.AwaitStatement)), len(w.tasks(bot.ReadStatement)))
	}
	if got := texts(w.timeline(w.read(c.Ref)), bot.Stated); !slices.Equal(got, []string{"I was.", "Nobody was."}) {
		t.Errorf("timeline %q", got)
	}
	if heard := w.reads(w.clock.Now().Add(2 * day)); strings.Contains(heard, "was.") {
		t.Errorf("the person reads %q", heard)
	}
}
