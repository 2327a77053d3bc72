package flows_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"heard/flows"
)

// saved is the value that a turn saved to a field; false: none.
func saved(effects []flows.Effect, field string) (string, bool) {
	for _, e := range slices.Backward(effects) {
		if s, ok := e.(flows.Save); ok && s.Field == field {
			return s.Value, true
		}
	}
	return "", false
}

// A code that a poster put into a text is the place, and the rest of the text is
// read as if it had been typed. A code that nobody knows is only words: else what
// somebody wrote in brackets would be lost.
func TestCodesInTexts(t *testing.T) {
	for text, want := range map[string]struct{ step, place string }{
		"Complain (WARD6)":       {"about", "Ward 6"},
		"complain ( ward 6 )":    {"about", "Ward 6"},
		"START WARD6":            {"choose", "Ward 6"},
		"/start ward6":           {"choose", "Ward 6"},
		"(WARD6)":                {"choose", "Ward 6"},
		"Complain (WARD9)":       {"heard", ""},
		"start again":            {"", ""},
		"they hurt him (WARD6)":  {"heard", ""},
		"START W6 they hurt him": {"heard", ""},
	} {
		k := newTalker(t, librarySet(t))
		k.says(text)
		step := ""
		if n := len(k.st.Frames); n > 0 {
			step = k.st.Frames[n-1].Step
		}
		place := ""
		for _, a := range k.st.Answers {
			if a.Field == "place" {
				place = a.Value
			}
		}
		if step != want.step || place != want.place {
			t.Errorf("%q leads to %q with the place %q, want %+v", text, step, place, want)
		}
	}
}

// Who came by a code is not asked where, the case has it, and it can be changed at
// the check: they may be somewhere else by now.
func TestPlaceOfACode(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.talk("Complain (WARD6)")
	k.hears(k.says("me"), "When was it?")
	if v, _ := saved(k.effects, "place"); v != "Ward 6" {
		t.Errorf("the case has the place %q", v)
	}
	if v, _ := saved(k.effects, "service"); v != "medicine" {
		t.Errorf("the case has the service %q", v)
	}
	k.talk("skip", "they left me", "done", "skip", "skip")
	k.hears(k.says("2"), "Where did it happen?")
	k.hears(k.says("Ward 7"), "Where: Ward 7")
	k.says("send")

	k.now = k.now.Add(8 * 24 * time.Hour)
	k.talk("complain")
	k.hears(k.says("me"), "Where did it happen?")
}

// A home where people speak Welsh is answered in Welsh from the first word, unless
// the person chose otherwise before; and a provider's own place takes the place of an
// example.
func TestPlacesOfAProvider(t *testing.T) {
	set := written(t, flows.Options{Languages: []string{"en", "cy"}}, `
places:
  ROSE: {name: Y Rhosyn, language: cy}
  WARD6: {name: Maple Ward}
`)
	k := newTalker(t, set)
	k.hears(k.says("Complain (ROSE)"), "Mae gennych hawl i gwyno")
	k.talk("fi")
	if v, _ := saved(k.effects, "place"); v != "Y Rhosyn" {
		t.Errorf("the place is %q", v)
	}
	k = newTalker(t, set)
	k.st.Language = "en"
	k.hears(k.says("Complain (ROSE)"), "You have a right to complain")
	k = newTalker(t, set)
	k.talk("Complain (WARD6)", "me")
	if v, _ := saved(k.effects, "place"); v != "Maple Ward" {
		t.Errorf("the place is %q", v)
	}
}

// What is wrong in a table of places or helpers is told before anybody meets it.
func TestTablesOfPlacesAreChecked(t *testing.T) {
	for text, want := range map[string]string{
		"places:\n  STOP: {name: Stop}\n":                                                         "the phone network takes that word",
		"places:\n  A1: {service: x}\n":                                                           "needs name:",
		"places:\n  A1: {name: One}\n  a1: {name: Two}\n":                                         "already in",
		"advocacy:\n  x: {areas: [LS1], title: T, source: s, checked: 2026-11-25}\n":              "no postcode area",
		"advocacy:\n  x: {areas: [LS], title: T, source: s, checked: yesterday}\n":                "is not a date",
		"advocacy:\n  x: {areas: [LS], title: T, checked: 2026-11-25}\n":                          "needs source:",
		"desk:\n  making.serius: Staff do it\n":                                                   "none of the 21 statements",
		"jurisdiction: x\nacknowledge: 3 working days\nrespond: 6 months\nombudsmen: {nhs: {}}\n": "needs",
	} {
		src, err := flows.Parse(fstest.MapFS{"x.yaml": {Data: []byte(text)}})
		all := fmt.Sprint(err)
		for _, p := range flows.Check(src, flows.CheckOptions{}) {
			all += p.String()
		}
		if !strings.Contains(all, want) {
			t.Errorf("%q gives %q, without %q", text, all, want)
		}
	}
}

// In danger the ward's own help comes, for as long as somebody is likely to be there.
func TestHelpOfAPlace(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.says("START WARD6")
	k.hears(k.says("I cant breathe"), "On the ward, press the bell or tell the nurse in charge.")
	k.now = k.now.Add(8 * 24 * time.Hour)
	k.says("no")
	k.hears(k.says("I cant breathe"), "On a ward, press the bell or tell a nurse.")
}

// Help to complain is that of the person's area; where none is known, it is the one
// that helps everywhere. A wrong one sends somebody to a door that is not theirs.
func TestAdvocacyByArea(t *testing.T) {
	set := written(t, flows.Options{}, `
advocacy:
  birmingham: {areas: [B], title: Help in Birmingham, source: A test, checked: 2026-11-25}
`)
	for postcode, want := range map[string]string{
		"B1 1AA": "Help in Birmingham", "BS1": "Healthwatch", "CF10 1AA": "Llais", "ct1": "The Advocacy People", "C1 1AA": "Healthwatch", "LS1": "Healthwatch", "skip": "Healthwatch",
	} {
		k := newTalker(t, set)
		k.says("advocate")
		k.hears(k.says(postcode), want)
	}
}

// Who disagrees is sent to the ombudsman who may look at it, in each nation and for
// each kind of provider.
func TestOmbudsman(t *testing.T) {
	for _, tt := range []struct{ nation, kind, want string }{
		{"", "", "the Health Service Ombudsman, www.ombudsman.org.uk, 0345 015 4033"},
		{"england", "gp", "the Health Service Ombudsman"},
		{"england", "care_home", "the Social Care Ombudsman, www.lgo.org.uk, 0300 061 0614"},
		{"england", "council", "the Social Care Ombudsman"},
		{"england", "both", "the Health Service and Social Care Ombudsmen"},
		{"wales", "nhs", "the Public Services Ombudsman for Wales, www.ombudsman.wales, 0300 790 0203"},
	} {
		k := newTalker(t, librarySet(t))
		facts := flows.Facts{Nation: tt.nation, Kind: tt.kind}
		n := flows.Notice{Kind: "outcome", Case: "H-1", ID: "e"}
		k.does(flows.Event{Kind: flows.Happened, Notice: n, Facts: facts})
		k.talk("1", "3", "no")
		said := k.does(flows.Event{Kind: flows.Message, Text: "done", Facts: facts})
		k.hears(said, tt.want)
		k.hears(said, "within 12 months")
	}
}
