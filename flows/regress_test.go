package flows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"heard/flows"
)

// talk says one thing after the other.
func (k *talker) talk(texts ...string) {
	for _, text := range texts {
		k.says(text)
	}
}

func has[E flows.Effect](effects []flows.Effect, is func(E) bool) bool {
	return slices.ContainsFunc(effects, func(e flows.Effect) bool { one, ok := e.(E); return ok && is(one) })
}

// A person who went back and changed where the questions lead must still have
// their complaint sent when they say send.
func TestSendAfterGoingBackSends(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.talk("complain", "2", "back", "1", "Ward 6", "last night", "they left me", "done", "sorry", "1", "Ann")
	k.hears(k.says("send"), "It is sent")
	if k.st.Draft || !has(k.effects, func(a flows.Act) bool { return a.Action == flows.OpenCase }) {
		t.Error("the complaint was said to be sent and was not")
	}
}

// News that was put off is still there, and STATUS brings it.
func TestNewsPutOffIsNotLost(t *testing.T) {
	k := newTalker(t, librarySet(t))
	notice := flows.Notice{Kind: "outcome", Case: "H-1", ID: "e"}
	k.does(flows.Event{Kind: flows.Happened, Notice: notice})
	k.says("later")
	if has(k.effects, func(flows.Done) bool { return true }) || !has(k.effects, func(n flows.NotNow) bool { return n.After > 0 }) {
		t.Errorf("an outcome that was put off is gone: %v", k.effects)
	}
	facts := flows.Facts{Case: flows.CaseFacts{Waiting: &notice, News: "We were wrong."}}
	said := k.does(flows.Event{Kind: flows.Message, Text: "status", Facts: facts})
	k.hears(said, "we have an answer for you")
}

// A "yes" to something else must not delete what a person wrote.
func TestForgottenQuestionDeletesNothing(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.talk("complain", "me", "delete")
	k.does(flows.Event{Kind: flows.Silence, Visit: k.st.Frames[0].Visit})
	k.says("yes")
	if has(k.effects, func(a flows.Act) bool { return a.Action == flows.DeleteDraft }) {
		t.Error("yes to the reminder deleted the draft")
	}
	k.says("delete")
	k.does(flows.Event{Kind: flows.Message, Start: "W6"})
	k.says("1")
	if has(k.effects, func(a flows.Act) bool { return a.Action == flows.DeleteDraft }) {
		t.Error("an answer after a link deleted the draft")
	}
}

// What came late, or with a photo, is kept whatever else happens.
func TestWordsAndPhotosAreKept(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.talk("complain", "me")
	k.now = k.now.Add(30 * time.Hour)
	k.hears(k.says("On ward 6"), "Is that your answer?")
	k.says("status")
	if !has(k.effects, func(e flows.Keep) bool { return e.Text == "On ward 6" }) {
		t.Error("the answer that came late is gone")
	}
	photo := []flows.Media{{Kind: "photo", Ref: "r"}}
	k.does(flows.Event{Kind: flows.Message, Text: "Ward 6", Media: photo})
	if !has(k.effects, func(e flows.Keep) bool { return len(e.Media) == 1 }) {
		t.Error("the photo that came with an answer is gone")
	}
	k.talk("skip")
	k.does(flows.Event{Kind: flows.Message, Text: "done", Media: photo})
	if !has(k.effects, func(e flows.Save) bool { return len(e.Media) == 1 && e.Value == "done" }) || k.st.Frames[0].Step != "story" {
		t.Error("a photo with the caption done ended the story")
	}
}

// SEND NOW never says that something was sent which was not.
func TestSendNowSends(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.says("my dad waited nine hours")
	k.hears(k.says("send now"), "Your reference is H-NEW")
	if !has(k.effects, func(s flows.Save) bool { return s.Value == "my dad waited nine hours" }) {
		t.Error("the words are not in what was sent")
	}
}

// A second complaint is another one: the first keeps its words and its privacy.
func TestSecondComplaintIsItsOwn(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.talk("complain", "me", "x", "y", "first words", "done", "skip", "3", "send")
	first := k.st.Case
	k.talk("complain")
	ev := flows.Event{Kind: flows.Message, Channel: flows.SMS, Text: "other", Facts: flows.Facts{NewRef: "H-TWO"}}
	ev.Text = "2"
	st, effects, err := flows.Step(k.set, k.st, ev, k.now)
	if err != nil {
		t.Fatal(err)
	}
	if st.Case != "H-TWO" || !has(effects, func(b flows.Begin) bool { return b.Ref == "H-TWO" }) || st.Sent != first {
		t.Errorf("the second complaint is %q, the first %q", st.Case, st.Sent)
	}
	k.st = st
	k.hears(k.says("status"), "another one")
	k.talk("delete")
	k.says("yes")
	if k.st.Case != first {
		t.Errorf("with the draft the first complaint is gone: %q", k.st.Case)
	}
}

// Whoever may be in danger is not argued with.
func TestDangerIsNotArguedWith(t *testing.T) {
	for _, answer := range []string{"yes he is", "he is not breathing", "please hurry", "👍", "1"} {
		k := newTalker(t, librarySet(t))
		k.says("I cant breathe")
		k.hears(k.says(answer), "call 999 now")
		if !has(k.effects, func(a flows.Act) bool { return a.Action == flows.ConfirmDanger }) {
			t.Errorf("%q does not reach the team", answer)
		}
	}
	k := newTalker(t, librarySet(t))
	k.says("I cant breathe")
	k.hears(k.says("no"), "What shall we do with them?")
}

// The same tap twice is one tap.
func TestDoubleTap(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.channel = flows.WhatsApp
	k.says("complain")
	var tap string
	for _, e := range k.effects {
		if s, ok := e.(flows.Send); ok && len(s.Options) > 0 {
			tap = s.Options[0].Data
		}
	}
	k.does(flows.Event{Kind: flows.Message, Choice: tap})
	if said := k.does(flows.Event{Kind: flows.Message, Choice: tap}); said != "" {
		t.Errorf("the second tap was answered: %q", said)
	}
}

// Many short messages are told as one story, also at a question with options.
func TestManyShortMessages(t *testing.T) {
	k := newTalker(t, librarySet(t))
	texts := []string{"hello is anyone there", "i cant sleep the nurse shouted at me", "im scared", "please help"}
	for _, text := range texts {
		said := k.says(text)
		if strings.Contains(said, "Sorry") {
			t.Errorf("%q was answered with %q", text, said)
		}
	}
	k.talk("1")
	ev := flows.Event{Kind: flows.Message, Text: "me"}
	k.does(ev)
	n := 0
	for _, e := range k.effects {
		if s, ok := e.(flows.Save); ok && s.More && slices.Contains(texts, s.Value) {
			n++
		}
	}
	if n != len(texts) {
		t.Errorf("%d of %d messages are in the story", n, len(texts))
	}
}

// Who writes and writes before they choose anything loses nothing, and their
// session stays small.
func TestLongBeginning(t *testing.T) {
	k := newTalker(t, librarySet(t))
	kept := 0
	for range 100 {
		k.says(strings.Repeat("so it was ", 150))
		for _, e := range k.effects {
			if s, ok := e.(flows.Save); ok && s.More {
				kept++
			}
		}
		if data := encoded(t, k.st); len(data) > 8000 {
			t.Fatalf("the session has %d bytes", len(data))
		}
	}
	if kept != 100 {
		t.Errorf("%d of 100 messages are kept", kept)
	}
}

// Who accepts the outcome of an old complaint in the middle of a new one goes on with the
// new one: what they have written of it is a draft still.
func TestAnOldOutcomeDoesNotCloseANewDraft(t *testing.T) {
	w := flows.NewSimulation(librarySet(t), flows.SMS, "")
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, words := range []string{"1", "send now"} {
		do(w.Write(words))
	}
	do(w.PassText("5 minutes"))
	do(w.Write("complain"))
	do(w.Happen("outcome", "News."))
	do(w.Write("1"))
	do(w.PassText("2 hours"))
	for _, words := range []string{"1", "1"} {
		do(w.Write(words))
	}
	if w.Acts[len(w.Acts)-1] != flows.AcceptOutcome {
		t.Fatalf("the outcome was not accepted: %v", w.Acts)
	}
	if !w.State.Draft || w.Facts.Case.Status != "draft" {
		t.Errorf("the session has a draft: %v; the case is %q", w.State.Draft, w.Facts.Case.Status)
	}
}
