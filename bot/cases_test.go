package bot_test

import (
	"errors"
	"slices"
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
