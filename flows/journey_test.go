package flows_test

import (
	"strings"
	"testing"
	"time"

	"heard/flows"
)

// What a person takes back must be erased, and only in a draft: what was sent is
// asked for, since somebody may have read it.
func TestDeleteThat(t *testing.T) {
	k := newTalker(t, librarySet(t))
	deletes := func() bool {
		return has(k.effects, func(a flows.Act) bool { return a.Action == flows.DeleteLast && a.Detail == "story" })
	}
	k.talk("complain", "me", "Ward 6", "skip", "one", "two")
	k.hears(k.says("delete that"), `You have told us: "one"`)
	if !deletes() {
		t.Error("the last part is not erased")
	}
	k.says("delete that")
	if !deletes() {
		t.Error("the first part is not erased")
	}
	k.says("delete that")
	if deletes() || k.st.Frames[0].Step != "when" {
		t.Errorf("at %s with %v", k.st.Frames[0].Step, k.effects)
	}
	k.talk("skip", "one", "send now")
	k.says("delete that")
	if deletes() {
		t.Error("what was sent is erased without a person")
	}
	k.talk("back", "do that", "delete that")
	if deletes() {
		t.Error("at the story, what was sent is erased without a person")
	}
}

// Words told in a survey go into a complaint of their own, if the person says so,
// with nothing of an earlier one; and never into the answers.
func TestHarmToldInASurvey(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.talk("complain", "2", "1", "Ward 6", "about two years ago", "first words", "done", "skip", "3", "send")
	k.now = k.now.Add(time.Hour)
	k.does(flows.Event{Kind: flows.Happened, Notice: flows.Notice{Kind: "reflection", Case: "H-NEW"}})
	k.says("yes")
	k.hears(k.says("he came back and grabbed my arm"), "Shall we raise it")
	if has(k.effects, func(flows.Keep) bool { return true }) {
		t.Error("the words are on the case before the person said so")
	}
	k.says("yes")
	if !has(k.effects, func(b flows.Begin) bool { return true }) {
		t.Error("nothing was begun")
	}
	if v, _ := saved(k.effects, "story"); v != "he came back and grabbed my arm" {
		t.Errorf("the story is %q", v)
	}
	k.talk("me", "Ward 7", "skip", "done", "skip", "3")
	for _, e := range k.effects {
		if s, ok := e.(flows.Send); ok && s.Step == "complain.check" {
			k.hears(s.Text, "Where: Ward 7")
			if strings.Contains(s.Text, "first words") || strings.Contains(s.Text, "They asked me to") {
				t.Errorf("the earlier complaint is in it: %q", s.Text)
			}
		}
	}
}

// With several cases, what is added goes to the one that was chosen, and the act
// says which: else evidence lands in another person's file.
func TestChosenCase(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.talk("my dad waited nine hours", "send now", "no")
	facts := flows.Facts{Cases: []flows.CaseBrief{{Ref: "H-OLD", Sent: k.now}, {Ref: "H-NEW", Sent: k.now}}}
	say := func(text string) string {
		return k.does(flows.Event{Kind: flows.Message, Text: text, Facts: facts})
	}
	k.hears(say("add something"), "H-OLD, 24 November")
	k.hears(say("1"), "add to H-OLD")
	say("it was bay 4")
	say("done")
	if !has(k.effects, func(a flows.Act) bool { return a.Action == flows.SendReply && a.Case == "H-OLD" }) {
		t.Errorf("the words go to another case: %+v", k.effects)
	}
	say("withdraw")
	k.hears(say("2"), "H-NEW")
	say("1")
	say("skip")
	if !has(k.effects, func(a flows.Act) bool { return a.Action == flows.Withdraw && a.Case == "H-NEW" }) {
		t.Errorf("another case is taken back: %+v", k.effects)
	}
}

// An offer that is not taken up holds up nothing: news comes, words are heard, danger
// is met, and a second complaint begins.
func TestAnOfferHoldsUpNothing(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"a command":          {"status", "is being looked at"},
		"words":              {"they lost his glasses too and his teeth", "Is it about"},
		"a second complaint": {"complain", "Who is this about?"},
		"danger":             {"I want to die", "Call 999"},
		"not now":            {"skip", "Send MORE"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newTalker(t, librarySet(t))
			k.talk("my dad waited nine hours", "send now")
			k.hears(k.says(tt.text), tt.want)
			if tt.text != "skip" && len(k.st.Frames) > 0 && k.st.Frames[0].Flow == "details" {
				t.Error("the offer is still open")
			}
		})
	}
	k := newTalker(t, librarySet(t))
	k.talk("my dad waited nine hours", "send now")
	said := k.does(flows.Event{Kind: flows.Happened, Notice: flows.Notice{Kind: "update", Case: "H-NEW", ID: "e"}})
	k.hears(said, "there is news for you")
}

// QUIT and its kin on a channel whose network does not take them are asked about:
// they may mean "not this" and not "no more messages".
func TestQuitIsAskedAbout(t *testing.T) {
	for _, word := range []string{"quit", "Cancel", "END", "unsubscribe", "stopall", "revoke", "optout"} {
		k := newTalker(t, librarySet(t))
		k.talk("complain", "me")
		k.hears(k.says(word), "What shall we do?")
		k.hears(k.says("delete what i wrote"), "It is deleted")
		if len(k.st.Frames) != 0 || !has(k.effects, func(a flows.Act) bool { return a.Action == flows.DeleteDraft }) {
			t.Errorf("after %q: %+v", word, k.st.Frames)
		}
	}
}

// What is told when the patient has died reaches the bot in the same turn, so that
// nothing written before is sent after it.
func TestToldOfDeath(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.talk("my dad waited nine hours", "send now")
	k.hears(k.says("my dad has died"), "very sorry for your loss")
	k.says("yes")
	if !has(k.effects, func(a flows.Act) bool { return a.Action == flows.ToldOfDeath && a.Case == "H-NEW" }) {
		t.Errorf("%+v", k.effects)
	}
}

// Consent is worth something only with the words that were shown.
func TestConsentKeepsItsWords(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.does(flows.Event{Kind: flows.Happened, Notice: flows.Notice{Kind: "consent", Case: "H-1"}})
	k.says("1")
	if !has(k.effects, func(s flows.Save) bool {
		return s.Field == "consent" && strings.Contains(s.Shown, "asked them to write")
	}) {
		t.Errorf("%+v", k.effects)
	}
}

// "Anything else?" keeps each thing apart, so that each gets an answer.
func TestPointsAreKeptApart(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.talk("my dad waited nine hours", "send now", "yes", "no")
	for i, text := range []string{"they lost his glasses", "nobody rang me"} {
		k.says(text)
		if !has(k.effects, func(s flows.Save) bool { return s.Field == "points" && s.Value == text && s.Point == i+2 && s.More }) {
			t.Errorf("%q is kept as %+v", text, k.effects)
		}
	}
	k.hears(k.says("nothing else, no"), "point of its own")
	k.hears(k.says("no"), "affected you")
}

// SEND NOW sends what there is, once: a way that is chosen afterwards must not begin
// a second complaint with none of the words.
func TestSendNowWhereTheWayIsChosen(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.talk("the tea is cold every day", "2")
	k.hears(k.says("send now"), "Your reference is H-NEW")
	begun := 0
	for _, text := range []string{"2", "me", "Ward 6"} {
		k.says(text)
		if has(k.effects, func(flows.Begin) bool { return true }) {
			begun++
		}
	}
	if begun > 0 || k.st.Draft {
		t.Errorf("%d more were begun, and the draft is %v", begun, k.st.Draft)
	}
}
