package flows_test

import (
	"testing"

	"golang.org/x/text/unicode/norm"

	"heard/flows"
)

// Some keyboards send a letter and its accent apart. They look the same on the phone,
// so whoever writes so must be understood the same: in a command, in the name of an
// option, and above all in danger. What they wrote is kept as it came.
func TestLettersWithTheirAccentsApart(t *testing.T) {
	apart := func(text string) string {
		if norm.NFD.String(text) == text {
			t.Fatalf("%q is the same either way", text)
		}
		return norm.NFD.String(text)
	}
	k := newTalker(t, librarySet(t, "en", "cy"))
	k.st.Language = "cy"
	k.hears(k.says("bore da"), "Sut gallwn ni helpu?")
	k.hears(k.says(apart("ffoniwch fi yn ôl")), "Ar ba rif")
	k.says("hepgor")

	k = newTalker(t, librarySet(t))
	k.talk("complain", "me", "Ward 6", "skip")
	story := apart("Roedd y gŵr yn y tŷ")
	k.says(story)
	if got, _ := saved(k.effects, "story"); got != story {
		t.Errorf("kept as %q", got)
	}
	k.hears(k.says(apart("chcę umrzeć")), "999")
	if !has(k.effects, func(a flows.Act) bool { return a.Action == flows.AlertTeam }) {
		t.Error("the team is not alerted")
	}
}
