package flows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"heard/flows"
)

// whatPeopleSend is what a random person may do next.
var whatPeopleSend = []string{
	"complain", "hello", "1", "2", "3", "4", "yes", "no", "Ward 6", "skip", "back", "menu", "delete", "start again", "pause", "done",
	"send", "send now", "status", "call me", "person", "07700 900123", "will they be nasty to me if i complain", "thank you",
	"They left my mum alone all night and nobody came", "I want to die", "dunno", "👍", "?", "An apology", "it settles it", "later",
	"concern", "idea", "more", "withdraw", "add something", "privacy", "formal", "advocate", "CF10", "quit", "delete that", "last Tuesday",
	"tomorrow", "about two years ago", "my mother has died", "someone else reads this phone", "Complain (WARD6)", "START ROSE", "1, 4",
	"he came back and grabbed my arm", "[photo]", "[sticker]", "[start W6]", "[help]", "[late so it was]",
}

// Nobody is ever stuck: wherever a person has come to, by whatever they sent,
// STATUS tells where things stand, CALL ME leads to a person, and going on with
// plain answers comes to an end.
func TestNobodyIsStuck(t *testing.T) {
	set := librarySet(t)
	rapid.Check(t, func(t *rapid.T) {
		channel := rapid.SampledFrom([]flows.Channel{flows.SMS, flows.WhatsApp, flows.Telegram}).Draw(t, "channel")
		w := flows.NewSimulation(set, channel, "")
		for range rapid.IntRange(0, 25).Draw(t, "length") {
			wander(t, w)
		}
		if w.State.Draft != (w.Facts.Case.Status == "draft") {
			t.Fatalf("the session says draft: %v, the case is %q", w.State.Draft, w.Facts.Case.Status)
		}
		reaches(t, w, "status", "status.stands")
		reaches(t, w, "call me", "call_me.number")
		comesToAnEnd(t, w)
	})
}

// staffDo is what staff, or the calendar, may do to a case.
var staffDo = []string{
	"update", "outcome", "reflection", "after_sending", "acknowledged", "no_news", "extension", "care_check", "mid_case", "after_outcome",
	"after_withdrawal", "we_did", "consent", "enrolled",
}

// wander does one random thing.
func wander(t *rapid.T, w *flows.Simulation) {
	var err error
	before := len(w.Said)
	defer func() {
		for _, s := range w.Said[before:] {
			if (s.Step == "complain.sent" || s.Step == "phrase.send.sent") && w.Facts.Case.Status != "open" {
				t.Fatalf("%q was said, and the case is %q", s.Text, w.Facts.Case.Status)
			}
			if strings.Contains(s.Text, "reference is .") || strings.Contains(s.Text, "{") {
				t.Fatalf("a hole in what is said: %q", s.Text)
			}
		}
	}()
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		err = w.PassText(rapid.SampledFrom([]string{"5 minutes", "2 hours", "25 hours", "4 days"}).Draw(t, "later"))
	case 1:
		if w.Facts.Case.Status == "open" {
			err = w.Happen(rapid.SampledFrom(staffDo).Draw(t, "staff"), "News.")
		}
	default:
		err = w.Write(rapid.SampledFrom(whatPeopleSend).Draw(t, "text"))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// reaches sees that a command leads to a step, whatever is open.
func reaches(t *rapid.T, w *flows.Simulation, command, step string) {
	before := len(w.Said)
	if err := w.Write(command); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(w.Said[before:], func(s flows.Send) bool { return s.Step == step }) {
		t.Fatalf("%q does not lead to %s from %+v: %+v", command, step, w.State.Frames, w.Said[before:])
	}
}

// comesToAnEnd gives the plainest answer to each question until none is open.
func comesToAnEnd(t *rapid.T, w *flows.Simulation) {
	answers := []string{"07700 900123", "done", "skip", "send", "1", "no", "Ward 6", "3", "2"}
	for i := 0; len(w.State.Frames) > 0; i++ {
		if i > 400 {
			t.Fatalf("no end from %+v", w.State.Frames)
		}
		w.Now = w.Now.Add(time.Second)
		if err := w.Write(answers[i%len(answers)]); err != nil {
			t.Fatal(err)
		}
	}
}
