package bot_test

import (
	"strings"
	"testing"

	"heard/bot"
)

// A provider's own complaints system goes by these: what it is not told of does not
// happen there. Nothing is told of a draft, which is nobody's to know.
func TestWhatHappensToACaseIsTold(t *testing.T) {
	w := onEmbedded(t)
	after := uint64(0)
	happened := func(what, want string) {
		t.Helper()
		all, err := w.desk.Events(w.ctx, hospital, after, 100)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, e := range all {
			after = e.Number
			kinds = append(kinds, strings.TrimPrefix(string(e.Kind), "case."))
			if c := w.read(e.Case); e.Version == 0 || e.Version > c.Version {
				t.Errorf("%s: version %d of %d", what, e.Version, c.Version)
			}
		}
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	w.tell(daughter)
	say := func(text string) { w.say(neighbor, text) }
	happened("a draft", "")
	c := w.complain(neighbor, "Nobody")
	happened("it is sent", "opened")
	by := bot.By{Name: "Sam"}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		w.wake(w.bot)
	}
	must(w.bot.Assign(w.ctx, hospital, c.Ref, by, "m-1", "Sam"))
	must(w.bot.Acknowledge(w.ctx, hospital, c.Ref, by, bot.Acknowledgement{Handler: "Sam"}))
	must(w.bot.Note(w.ctx, hospital, c.Ref, by, "Rang the ward."))
	happened("staff begin", "assigned acknowledged")
	w.hears(neighbor)
	say("1")
	say("no")
	must(w.bot.Update(w.ctx, hospital, c.Ref, by, "We have asked the ward."))
	w.hears(neighbor)
	say("1")
	say("yes")
	say("Thank you.")
	say("done")
	happened("an update and a reply", "updated replied")
	w.resolve(c.Ref, "We were wrong, and we are sorry.")
	w.hears(neighbor)
	say("1")
	happened("an outcome", "outcome")
	say("it settles it")
	happened("it is accepted", "answered closed")
	w.resolve(c.Ref, "We looked again.")
	happened("it is looked at again", "outcome reopened")
	must(w.bot.Died(w.ctx, hospital, c.Ref, by))
	must(w.bot.ConfirmWithdrawal(w.ctx, hospital, c.Ref, by))
	happened("the end", "died withdrawn")
}
