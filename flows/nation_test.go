package flows_test

import (
	"testing"
	"time"

	"heard/flows"
	"heard/flows/library"
)

// A bank holiday that is missing makes a promise of a day on which nobody works; one
// too many makes somebody wait for nothing.
func TestNations(t *testing.T) {
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	if len(src.Jurisdiction) != 2 {
		t.Fatalf("%d nations, want England and Wales", len(src.Jurisdiction))
	}
	for _, j := range src.Jurisdiction {
		years := map[int]map[time.Time]bool{}
		for _, day := range j.Holidays {
			if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
				t.Errorf("%s: %s is no working day anyway: its substitute is meant", j.Name, day.Format(time.DateOnly))
			}
			if years[day.Year()] == nil {
				years[day.Year()] = map[time.Time]bool{}
			}
			years[day.Year()][day] = true
		}
		for year := 2025; year <= 2028; year++ {
			if len(years[year]) != 8 {
				t.Errorf("%s has %d bank holidays in %d, want 8", j.Name, len(years[year]), year)
			}
			friday := easter(year).AddDate(0, 0, -2)
			if !years[year][friday] || !years[year][friday.AddDate(0, 0, 3)] {
				t.Errorf("%s: Easter of %d is not among its bank holidays", j.Name, year)
			}
		}
		if j.Source == "" {
			t.Errorf("%s does not say where its bank holidays are from", j.Name)
		}
		for _, kind := range []string{"nhs", "gp", "council", "care_home", "both"} {
			o := j.Ombudsmen[kind]
			if o.Name["en"] == "" || o.Name["cy"] == "" || o.Web == "" || o.Phone == "" || o.Address == "" || o.Months == 0 {
				t.Errorf("%s: whom to go to from a provider of the kind %s is not whole: %+v", j.Name, kind, o)
			}
		}
		for _, kind := range []string{"nhs", "gp", "council", "care_home"} {
			o := j.Regulators[kind]
			if o.Name["en"] == "" || o.Name["cy"] == "" || o.Web == "" || o.Phone == "" || o.Address == "" {
				t.Errorf("%s: who checks a provider of the kind %s is not whole: %+v", j.Name, kind, o)
			}
		}
		for _, language := range []string{"en", "cy"} {
			if j.Help[language] == "" || j.Process[language] == "" {
				t.Errorf("%s has no help lines or no name of the formal way in %q", j.Name, language)
			}
		}
	}
}

// easter is Easter Sunday, by the rule of the Gregorian calendar.
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}

// A day is promised with its weekday, in the person's language: "the 4th" is easily
// a wrong Friday.
func TestDaysAreSaidWithTheirWeekday(t *testing.T) {
	due := time.Date(2026, 12, 4, 17, 0, 0, 0, time.UTC)
	for language, want := range map[string]string{"en": "by Friday 4 December 2026", "cy": "erbyn dydd Gwener 4 Rhagfyr 2026"} {
		k := newTalker(t, librarySet(t, "en", "cy"))
		k.st = flows.State{Language: language, Case: "H-1"}
		said := k.does(flows.Event{Kind: flows.Message, Text: "status", Facts: flows.Facts{Case: flows.CaseFacts{Status: "open", Due: due}}})
		k.hears(said, want)
	}
}

// Every entry that says who helps has a source and the day it was read, and there is
// one for everybody: a number that nobody checked may be somebody else's.
func TestAdvocacyIsSourced(t *testing.T) {
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	everywhere := false
	for _, a := range src.Advocacy {
		if a.Source == "" || a.Checked == "" || a.Web == "" && a.Phone == "" {
			t.Errorf("%s: %s is not sourced: %+v", a.Pos, a.Name, a)
		}
		for _, area := range a.Areas {
			if area == "*" {
				everywhere = true
				if a.Check == "" {
					t.Errorf("%s: what is said everywhere is marked to be checked", a.Pos)
				}
			}
		}
	}
	if !everywhere {
		t.Error("somebody whose area is not listed is told of nobody")
	}
}
