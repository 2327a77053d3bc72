package flows

import (
	"slices"
	"strings"
	"testing"
)

// A condition that is read wrongly sends a person down somebody else's way.
func TestConditionsReadAsTheyAreWritten(t *testing.T) {
	known := map[string]string{
		"ease": "2", "about": "other", "why_you": "died", "kinds": "food,staff", "answer": "disagree", "zero": "0", "minus": "-3",
	}
	get := func(field string) (string, bool) { v, ok := known[field]; return v, ok }
	for written, want := range map[string]bool{
		"ease under 3":                       true,
		"ease under 2":                       false,
		"ease over 1":                        true,
		"ease over 2":                        false,
		"minus under 0":                      true,
		"minus over -4":                      true,
		"about under 3":                      false,
		"about is other":                     true,
		"about is me":                        false,
		"about is not me":                    true,
		"about is not other":                 false,
		"about  is\n other":                  true,
		"kinds is staff":                     true,
		"kinds is food":                      true,
		"kinds is foo":                       false,
		"kinds is not staff":                 false,
		"kinds is not noise":                 true,
		"place known":                        false,
		"place unknown":                      true,
		"about known":                        true,
		"about unknown":                      false,
		"place is home":                      false,
		"place is not home":                  true,
		"place under 3":                      false,
		"place over 3":                       false,
		"about is other and why_you is died": true,
		"about is me and why_you is died":    false,
		"about is me or why_you is died":     true,
		"about is me and ease under 3 or why_you is died":       true,
		"why_you is died or about is me and ease over 9":        true,
		"about is me or why_you is asked and ease under 3":      false,
		"answer is negative":                                    true,
		"answer is positive":                                    false,
		"answer is not negative":                                false,
		"answer is disagree":                                    true,
		"about is negative":                                     false,
		"zero under 1 and place unknown and answer is negative": true,
	} {
		c, err := parseCondition(written)
		if err != nil {
			t.Errorf("%q: %v", written, err)
			continue
		}
		if got := c.holds(get); got != want {
			t.Errorf("%q holds: %v, want %v", written, got, want)
		}
	}
}

// Both ends of the scale must be told from the middle, and from no answer.
func TestNegativeAndPositiveAreTheEndsOfTheScale(t *testing.T) {
	for _, value := range ScaleValues() {
		get := func(string) (string, bool) { return value, true }
		for word, ends := range map[string][]string{
			"negative": {Disagrees, StronglyDisagrees}, "positive": {Agrees, StronglyAgrees},
		} {
			c, err := parseCondition("answer is " + word)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := c.holds(get), slices.Contains(ends, value); got != want {
				t.Errorf("%s is %s: %v, want %v", value, word, got, want)
			}
		}
	}
}

// An author who got a word wrong is told which words there are.
func TestBadConditionsAreExplained(t *testing.T) {
	for written, want := range map[string]string{
		"":                      "the condition is empty",
		"   ":                   "the condition is empty",
		"ease":                  `nothing is said about "ease"`,
		"ease below 3":          `"below" is not understood after "ease"`,
		"ease under":            `a value is missing after "ease under"`,
		"ease under three":      `under needs a whole number, not "three"`,
		"ease under 2.5":        `under needs a whole number, not "2.5"`,
		"about is":              `a value is missing after "about is"`,
		"about is not":          `a value is missing after "about is not"`,
		"about is and b known":  `a value is missing after "about is"`,
		"place is known":        `write "place known" without is`,
		"about is other and":    "the condition ends after and or or",
		"and about is other":    `a field's name is missing before "and"`,
		"about is other b is c": `"b" is not understood after "about is other"`,
		"about is my mother":    `"mother" is not understood after "about is my"`,
		"(about is other)":      `a field's name is missing before "(about"`,
		"not about is other":    `a field's name is missing before "not"`,
	} {
		_, err := parseCondition(written)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", written, err, want)
		}
	}
}

func FuzzCondition(f *testing.F) {
	for _, seed := range []string{
		"", "a", "a is b", "a is not b or c known", "a under 3 and b over -1", "answer is negative", "a is is", "ŵ is ŷ", "a is b and", "a under 99999999999999999999",
	} {
		f.Add(seed, "b")
	}
	f.Fuzz(func(t *testing.T, written, value string) {
		c, err := parseCondition(written)
		if err != nil {
			return
		}
		for _, known := range []bool{true, false} {
			c.holds(func(string) (string, bool) { return value, known })
		}
		if len(c.any) == 0 || len(c.any[0]) == 0 {
			t.Errorf("%q asks about nothing", written)
		}
	})
}
