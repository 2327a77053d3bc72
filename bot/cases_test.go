package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
)

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

// Who has several cases is told of each how it stands, as staff left it, and of a
// draft beside them.
func TestStatusTellsOfEachCase(t *testing.T) {
	w := onEmbedded(t)
	first := w.quietly(daughter)
	w.clock.Advance(day)
	second := w.quietly(daughter)
	w.clock.Advance(time.Hour)
	third := w.quietly(daughter)
	w.update(first.Ref, "We looked at it.")
	w.hears(daughter)
	w.say(daughter, "1")
	w.say(daughter, "no")
	if err := w.bot.ConfirmWithdrawal(w.ctx, hospital, third.Ref, bot.By{Name: "Sam"}); err != nil {
		t.Fatal(err)
	}
	said := w.say(daughter, "status")
	w.hasWords(said, "You took back your complaint "+string(third.Ref), string(first.Ref)+", sent 2 November: you hear from us by "+dated(w.read(first.Ref).Due),
		string(second.Ref)+", sent 3 November: you hear from us by "+dated(second.Due))
	if strings.Contains(said, string(third.Ref)+", sent") {
		t.Errorf("what was taken back is still open: %q", said)
	}
	w.say(daughter, "complain")
	w.say(daughter, "me")
	w.clock.Advance(second.Due.Sub(w.clock.Now()) + time.Hour)
	w.hasWords(w.say(daughter, "status"), string(second.Ref)+", sent 3 November: you should have heard by", "We are sorry", "not sent yet")
}

func dated(at time.Time) string { return at.Format("Monday 2 January 2006") }

// On a phone that others read STATUS is all by which news is heard of, also news of
// another case than the newest.
func TestStatusBringsNewsOfAnotherCase(t *testing.T) {
	w := onEmbedded(t)
	first := w.quietly(daughter)
	w.clock.Advance(time.Hour)
	w.quietly(daughter)
	w.say(daughter, "others read this phone")
	w.say(daughter, "yes")
	w.update(first.Ref, "We have spoken to the ward.")
	if said := w.hears(daughter); said != "" {
		t.Fatalf("the phone shows %q", said)
	}
	w.hasWords(w.say(daughter, "status"), "there is news")
	w.hasWords(w.say(daughter, "1"), string(first.Ref), "We have spoken to the ward.")
	w.say(daughter, "no")
	if left := w.read(first.Ref).Pending; slices.ContainsFunc(left, func(n bot.Notice) bool { return n.Kind == "update" }) {
		t.Error("what was told is told again")
	}
}
