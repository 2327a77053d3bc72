package flows_test

import (
	"testing"

	"heard/flows"
)

const whenFlow = `
fields:
  told: {type: when, label: When, property: told, privacy: ordinary}
---
flow: when_was
title: When was it
stage: making
start: [when was it]
steps:
  told: {ask: When?, answer: when up to 100, save: told, next: {months_ago over 12: late, else: end}}
  late: {say: That is long ago., next: end}
`

// People say when it was in their own words. One that is misread tells the team
// a wrong day, or asks somebody for reasons that they do not owe.
func TestDaysInPeoplesWords(t *testing.T) {
	set := written(t, flows.Options{Languages: []string{"en", "cy"}}, whenFlow)
	for _, tt := range []struct{ language, text, day string }{
		{"en", "yesterday", "2026-11-23"},
		{"en", "Last night about 3", "2026-11-23"},
		{"en", "it was this morning", "2026-11-24"},
		{"en", "last Tuesday", "2026-11-17"},
		{"en", "Tuesday", "2026-11-24"},
		{"en", "on friday evening", "2026-11-20"},
		{"en", "3 March 2025", "2025-03-03"},
		{"en", "the 3rd of March I think", "2026-03-03"},
		{"en", "03/03/25", "2025-03-03"},
		{"en", "about two years ago", "2024-11-24"},
		{"en", "2 weeks ago", "2026-11-10"},
		{"en", "a couple of weeks ago", "2026-11-10"},
		{"en", "last week", "2026-11-17"},
		{"en", "last year", "2025-11-24"},
		{"en", "a month ago", "2026-10-24"},
		{"en", "in March", "2026-03-15"},
		{"en", "December", "2025-12-15"},
		{"en", "march 2024", "2024-03-15"},
		{"en", "2019", "2019-07-01"},
		{"en", "it may have been the evening", ""},
		{"en", "dont remember, sorry 😞", ""},
		{"cy", "ddoe", "2026-11-23"},
		{"cy", "nos Fawrth diwethaf", "2026-11-17"},
		{"cy", "dydd Mawrth", "2026-11-24"},
		{"cy", "dydd Gwener diwethaf", "2026-11-20"},
		{"cy", "tua dwy flynedd yn ôl", "2024-11-24"},
		{"cy", "wythnos diwethaf", "2026-11-17"},
		{"cy", "llynedd", "2025-11-24"},
		{"cy", "mis Mawrth", "2026-03-15"},
		{"cy", "3 Mawrth 2025", "2025-03-03"},
		{"cy", "mis yn ôl", "2026-10-24"},
		{"cy", "3 May 2026", "2026-05-03"},
		{"cy", "last Friday", "2026-11-20"},
	} {
		k := newTalker(t, set)
		k.st.Language = tt.language
		k.says("when was it")
		k.says(tt.text)
		if !has(k.effects, func(s flows.Save) bool { return s.Value == tt.text && s.Day == tt.day }) {
			t.Errorf("%q is read as %+v, want %s", tt.text, k.effects, tt.day)
		}
	}
}

// Nobody is refused for coming late, and nobody is scolded for a slip of the date.
func TestWhenIsLateOrToCome(t *testing.T) {
	set := written(t, flows.Options{}, whenFlow)
	for text, want := range map[string]string{
		"tomorrow": "That day is still to come", "3 March 2027": "That day is still to come", "about two years ago": "That is long ago.",
		"in 2015": "That is long ago.", "last month": "", "I do not know": "",
	} {
		k := newTalker(t, set)
		k.says("when was it")
		if said := k.says(text); (want == "") != (said == "") {
			t.Errorf("%q is answered with %q", text, said)
		} else {
			k.hears(said, want)
		}
	}
}

// FuzzWhen: whatever somebody answers, nothing breaks, and a day that is read is
// a day.
func FuzzWhen(f *testing.F) {
	for _, text := range []string{"last Tuesday", "3/3/25", "99999999999999 years ago", "in 2 weeks", "31 June", "0000", "dydd Mawrth", "\u202e1 2 3 4"} {
		f.Add(text)
	}
	set := written(f, flows.Options{Languages: []string{"en", "cy"}}, whenFlow)
	f.Fuzz(func(t *testing.T, text string) {
		for _, language := range []string{"en", "cy"} {
			k := newTalker(t, set)
			k.st.Language = language
			k.says("when was it")
			k.says(text)
		}
	})
}
