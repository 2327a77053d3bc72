package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
)

// bounded is a world in which a person gets so many replies an hour, and so many
// new people of a range of numbers are answered.
func bounded(t *testing.T, replies, people int) *world {
	t.Helper()
	w := onEmbedded(t)
	w.bot = w.newBotWith(w.store, librarySet(t, evidence), func(o *bot.Options) {
		o.Providers[0].Most = bot.Most{RepliesAnHour: replies, NewPeopleAnHour: people}
	})
	return w
}

// Somebody who writes without end, or a machine, costs no more than the bound: the
// pause is said once, nothing of what they wrote is lost, and it ends.
func TestTooManyReplies(t *testing.T) {
	w := bounded(t, 5, 0)
	w.say(daughter, "evidence")
	w.say(daughter, "They left her on the floor")
	w.say(daughter, "done")
	for range 2 {
		if w.say(daughter, "menu") == "" {
			t.Fatal("a message within the bound has no reply")
		}
	}
	if heard := w.say(daughter, "menu"); !strings.Contains(heard, "stop answering for an hour") {
		t.Fatalf("the pause is not said: %q", heard)
	}
	const lost = "and then she fell again"
	if heard := w.say(daughter, lost); heard != "" {
		t.Errorf("heard %q in the pause", heard)
	}
	if !w.keeps(daughter, lost) {
		t.Error("what was written in the pause is not kept")
	}
	if heard := w.say(daughter, "I want to die"); !strings.Contains(heard, "999") {
		t.Errorf("words of danger in the pause are answered with %q", heard)
	}
	w.clock.Advance(time.Hour)
	if heard := w.say(daughter, "menu"); heard == "" || strings.Contains(heard, "stop answering") {
		t.Errorf("after the pause: %q", heard)
	}
	if w.say(neighbor, "menu") == "" {
		t.Error("somebody else is not answered")
	}
}

// keeps tells whether words are anywhere: on the case or with the conversation.
func (w *world) keeps(a channels.Address, words string) bool {
	w.t.Helper()
	v := w.view(a)
	entries, err := w.store.Kept(w.ctx, hospital, v.Conversation.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	refs, err := w.desk.Cases(w.ctx, hospital, 0, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, ref := range refs {
		c, err := w.desk.ReadCase(w.ctx, hospital, ref)
		if err != nil {
			w.t.Fatal(err)
		}
		more, err := w.desk.Timeline(w.ctx, hospital, c)
		if err != nil {
			w.t.Fatal(err)
		}
		entries = append(entries, more...)
	}
	for _, e := range entries {
		if strings.Contains(e.Text, words) {
			return true
		}
	}
	return false
}

// A machine that answers ours with the same words must not keep the two at it; a
// person who taps or types the same short answer must not be taken for one.
func TestLoopIsBroken(t *testing.T) {
	w := bounded(t, 1000, 0)
	const machine = "I am away until Monday and will read this then."
	replies := 0
	for range 30 {
		if w.say(neighbor, machine) != "" {
			replies++
		}
	}
	if replies > 6 {
		t.Errorf("a machine that repeats itself had %d replies", replies)
	}
	if w.say(neighbor, "sorry, that was my phone. menu") == "" {
		t.Error("a person who says something else is not answered")
	}
	for i := range 30 {
		if w.say(daughter, "menu") == "" {
			t.Fatalf("the person's message %d has no reply", i)
		}
	}
}

// Who holds a range of numbers must not spend the provider's money by writing from
// each of them once; who writes twice is a person.
func TestCrowdOfNewPeople(t *testing.T) {
	w := bounded(t, 60, 3)
	answered := 0
	for i := range 10 {
		if w.say(channels.Address(fmt.Sprintf("+4477009002%02d", i)), "hello") != "" {
			answered++
		}
	}
	if answered != 3 {
		t.Errorf("%d of ten new people of a range were answered, want 3", answered)
	}
	if w.say("+447700900209", "hello again") == "" {
		t.Error("who writes again is not answered")
	}
	if heard := w.say("+447700900250", "I want to die"); !strings.Contains(heard, "999") {
		t.Errorf("words of danger of a new person are answered with %q", heard)
	}
	if w.say("+447900900251", "hello") == "" || w.send(channels.Inbound{
		ID: "tg:1:1", Channel: channels.Telegram, Sender: "1", Address: "77009002", At: w.clock.Now(), Text: "hello",
	}) == "" {
		t.Error("people of another range, or of none, are not answered")
	}
	if !strings.Contains(w.log.String(), "one range of numbers") {
		t.Error("the operator is not told")
	}
	w.clock.Advance(time.Hour)
	if w.say("+447700900252", "hello") == "" {
		t.Error("an hour later a new person is not answered")
	}
}
