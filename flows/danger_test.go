package flows_test

import (
	"slices"
	"strings"
	"testing"

	"heard/flows"
)

// asksAboutDanger tells whether a text, sent to a library that greeted the person,
// brings the flow that asks whether somebody is in danger.
func asksAboutDanger(t *testing.T, set *flows.Set, text string) bool {
	t.Helper()
	k := newTalker(t, set)
	k.says("hello")
	k.says(text)
	return has(k.effects, func(s flows.Send) bool { return s.Step == "danger.now" })
}

// dangerElsewhere are the texts outside real_danger.txt that tell of danger, most
// in another language than English.
var dangerElsewhere = []string{
	"bengali_hindi.txt:23", "care_home.txt:9", "chinese.txt:17", "frightened.txt:11", "frightened.txt:20", "frightened.txt:26",
	"polish.txt:7", "polish.txt:23", "rtl.txt:17", "rtl.txt:31", "tamil.txt:13", "ukrainian.txt:15",
	"welsh.txt:54", "welsh.txt:55", "welsh.txt:56", "welsh.txt:57", "welsh.txt:58", "welsh.txt:59",
}

// dangerTexts parts the corpus into what tells of danger and the rest.
func dangerTexts(t *testing.T) (danger, rest []freeText) {
	t.Helper()
	for _, f := range freeTexts(t) {
		name := strings.TrimPrefix(f.place, "testdata/freetexts/")
		if strings.HasPrefix(name, "real_danger.txt:") || slices.Contains(dangerElsewhere, name) {
			danger = append(danger, f)
		} else {
			rest = append(rest, f)
		}
	}
	return danger, rest
}

// Who tells of danger is answered with the help lines at once, in whatever
// language they tell it: a text that is not seen is read hours later, and may be
// the last one.
func TestDangerIsSeen(t *testing.T) {
	set := librarySet(t, "en", "cy")
	danger, _ := dangerTexts(t)
	if want := 42 + len(dangerElsewhere); len(danger) < want {
		t.Fatalf("%d texts of danger, want %d", len(danger), want)
	}
	for _, f := range danger {
		if !asksAboutDanger(t, set, f.text) {
			t.Errorf("%s: danger is not seen", f.place)
		}
	}
}

// falseAlarms is how many texts in a thousand that tell of no danger may be asked
// about: who is asked at every tenth complaint learns to pass over the question.
const falseAlarms = 10

// A question about danger that comes for nothing is one that people learn to
// ignore, and one more hurdle before they are heard.
func TestDangerIsNotSeenEverywhere(t *testing.T) {
	set := librarySet(t, "en", "cy")
	_, rest := dangerTexts(t)
	var asked []string
	for _, f := range rest {
		if asksAboutDanger(t, set, f.text) {
			asked = append(asked, f.place)
		}
	}
	if len(asked)*1000 > falseAlarms*len(rest) {
		t.Errorf("%d of %d texts without danger are asked about: %v", len(asked), len(rest), asked)
	}
}

// Danger goes before what else a sentence asks for, and is seen with whatever the
// phone has for an apostrophe and in a script without spaces: a matcher of plain
// words would leave these people without the help lines.
func TestDangerGoesFirst(t *testing.T) {
	set := librarySet(t, "en", "cy")
	for i, text := range []string{
		"he hits me and he will take it out on me", "I can´t breathe", "she`s choking and they are nasty to me",
		"我媽媽昏迷了,請幫忙", "мене бʼє чоловік",
	} {
		if !asksAboutDanger(t, set, text) {
			t.Errorf("text %d: danger is not seen", i)
		}
	}
}
