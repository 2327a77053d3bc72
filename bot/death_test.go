package bot_test

import (
	"errors"
	"testing"
	"time"

	"heard/bot"
)

// After a death nothing automatic may reach the phone of who has died: a reminder
// or a questionnaire would be read by their family.
func TestNothingLeavesAfterADeath(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	w.update(c.Ref, "We have spoken to the ward.")
	w.clock.Advance(time.Minute)
	for range 2 {
		if err := w.bot.Died(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}); err != nil {
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
	if err := w.bot.Update(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}, "Sorry."); !errors.As(err, &rejected) || rejected.Code != bot.RejectDied {
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
	if err := w.bot.Update(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}, "We have spoken to the ward."); err != nil {
		t.Fatal(err)
	}
	if err := w.bot.Died(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}); err != nil {
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
	if err := w.bot.Release(w.ctx, hospital, c.Ref, bot.By{}); err != nil {
		t.Fatal(err)
	}
	w.wake(w.bot)
	if w.hears(daughter) == "" || w.task(bot.ReleaseNews) != nil {
		t.Error("released, and not told")
	}
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
	if err := w.bot.Release(w.ctx, hospital, c.Ref, bot.By{}); err != nil {
		t.Fatal(err)
	}
	w.wake(w.bot)
	if w.hears(daughter) == "" {
		t.Error("released, and not told")
	}
}
