package flows_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"heard/flows"
	"heard/flows/library"
)

const versionOne = `
flow: moving
title: Moving
stage: considering
start: [moving]
steps:
  a: {ask: A?, options: {one: The one, two: The two}, save: a}
  b: {ask: B?, answer: text up to 20, save: b}
  bye: {say: Goodbye., next: end}
`

// withVersionOf is a set that also has the version of the moving flow that another
// published, as it is read back from a store.
func withVersionOf(t *testing.T, current, old *flows.Set) *flows.Set {
	t.Helper()
	published, err := old.Publish()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range published {
		if p.Flow == "moving" {
			if current, err = current.WithVersion(p.Structure, p.Words); err != nil {
				t.Fatal(err)
			}
		}
	}
	return current
}

// Only words changed: everybody gets the new ones at once, in the middle of a
// flow too.
func TestNewWordsAtOnce(t *testing.T) {
	k := newTalker(t, written(t, flows.Options{}, fieldsFile, versionOne))
	k.says("moving")
	k.set = written(t, flows.Options{}, fieldsFile, strings.ReplaceAll(versionOne, "B?", "Now B?"))
	k.hears(k.says("1"), "Now B?")
}

// A question that was taken out: who is at it finishes on the version they have,
// also when only the store still has that.
func TestRemovedQuestion(t *testing.T) {
	old := written(t, flows.Options{}, fieldsFile, versionOne)
	k := newTalker(t, old)
	k.says("moving")
	k.says("1")
	current := written(t, flows.Options{}, fieldsFile, strings.ReplaceAll(versionOne, "  b: {ask: B?, answer: text up to 20, save: b}\n", ""))
	_, _, err := flows.Step(current, k.st, flows.Event{Kind: flows.Message, Channel: flows.SMS, Text: "words"}, k.now)
	var missing *flows.VersionError
	if !errors.As(err, &missing) {
		t.Fatalf("error %v, want a VersionError", err)
	}
	published, err := old.Publish()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range published {
		if p.Hash == missing.Hash {
			if current, err = current.WithVersion(p.Structure, p.Words); err != nil {
				t.Fatal(err)
			}
		}
	}
	k.set = current
	k.hears(k.says("words"), "Goodbye.")
}

// A question that was put in later on the way: who is before it gets it, since
// their own still exists.
func TestAddedQuestion(t *testing.T) {
	old := written(t, flows.Options{}, fieldsFile, versionOne)
	k := newTalker(t, old)
	k.says("moving")
	current := written(t, flows.Options{}, fieldsFile, strings.Replace(versionOne, "  bye:", "  n: {ask: How many?, answer: number 0 to 9, save: n}\n  bye:", 1))
	k.set = withVersionOf(t, current, old)
	k.says("1")
	k.hears(k.says("words"), "How many?")
}

// Options in another order: a number means what was shown with it.
func TestReorderedOptions(t *testing.T) {
	old := written(t, flows.Options{}, fieldsFile, versionOne)
	k := newTalker(t, old)
	k.says("moving")
	current := written(t, flows.Options{}, fieldsFile, strings.Replace(versionOne, "{one: The one, two: The two}", "{two: The two, one: The one}", 1))
	k.set = withVersionOf(t, current, old)
	k.says("1")
	for _, e := range k.effects {
		if s, ok := e.(flows.Save); ok && s.Value != "one" {
			t.Errorf("1 was read as %q, and the person was shown one as 1", s.Value)
		}
	}
}

// A provider's own words and questions lie over the library; a hidden question
// is not asked, and where it led is where the one before leads.
func TestProviderLayer(t *testing.T) {
	own := `
wording_for: complain
provider: stmarys
wording:
  where.ask:
    was: >
      Where did it happen? For example, Ward 6, or at home.
    now: >
      Which St Mary's ward was it?
  when.ask:
    was: >
      When was it? About when is fine. For example, last Tuesday evening.
    now: hide
extra:
  many:
    after: where
    ask: Was it about parking?
    answer: yes/no
    save: parking
`
	fields := "fields:\n  parking: {type: yes/no, label: Parking, property: parking, privacy: ordinary}\n"
	k := newTalker(t, written(t, flows.Options{Provider: "stmarys"}, fields, own))
	k.says("complain")
	k.hears(k.says("1"), "Which St Mary's ward was it?")
	k.hears(k.says("Maple"), "Was it about parking?")
	k.hears(k.says("no"), "tell us what happened")
	other := newTalker(t, written(t, flows.Options{Provider: "stpauls"}, fields, own))
	other.says("complain")
	other.hears(other.says("1"), "Where did it happen?")
}

// Another language is a wording file: the person's choice holds, texts without a
// translation fall back, and words of both languages are commands.
func TestLanguages(t *testing.T) {
	welsh := `
wording_for: moving
language: cy
wording:
  a.ask: {was: A?, now: A gymraeg?}
  a.options.one: {was: The one, now: Yr un}
`
	chooser := `
flow: tongue
title: Language
stage: considering
start: [tongue]
steps:
  which: {ask: Which language?, options: {en: English, cy: Cymraeg}, save: language}
  done: {say: Done., next: end}
---
fields:
  language: {type: option, privacy: ordinary}
`
	phrases, err := library.Files.ReadFile("phrases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	own := fstest.MapFS{}
	for i, f := range []string{string(phrases), fieldsFile, versionOne, welsh, chooser} {
		own[fmt.Sprintf("%d.yaml", i)] = &fstest.MapFile{Data: []byte(f)}
	}
	src, err := flows.Parse(own)
	if err != nil {
		t.Fatal(err)
	}
	set, err := flows.Compile(src, flows.Options{Languages: []string{"en", "cy"}, Limits: limits()})
	if err != nil {
		t.Fatal(err)
	}
	k := newTalker(t, set)
	k.says("tongue")
	k.says("cymraeg")
	k.hears(k.says("moving"), "A gymraeg?\n1 Yr un\n2 The two")
	k.hears(k.says("yr un"), "B?")
}
