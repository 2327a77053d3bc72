package flows

import (
	"slices"
	"strings"
	"testing"
)

// A text cut wrongly shows people braces, or loses words.
func TestTextsAreCutAtBraces(t *testing.T) {
	for text, want := range map[string][]piece{
		"":                    nil,
		"Hello.":              {{literal: "Hello."}},
		"{ref}":               {{name: "ref"}},
		"Dear {name|friend}!": {{literal: "Dear "}, {name: "name", fallback: "friend"}, {literal: "!"}},
		"{a}{b}":              {{name: "a"}, {name: "b"}},
		"{ a |b c}":           {{name: "a", fallback: "b c"}},
		"{a|}":                {{name: "a"}},
		"{a|b|c}":             {{name: "a", fallback: "b|c"}},
		"ŵ {a} ŷ":             {{literal: "ŵ "}, {name: "a"}, {literal: " ŷ"}},
	} {
		got, err := parseTemplate(text)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
}

// The author needs the place of the brace, in characters as an editor counts.
func TestBadBracesAreNamedWithTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"Dear {name, hello": "the brace { at character 6 is not closed",
		"ŵŷ {":              "the brace { at character 4 is not closed",
		"{a {b}}":           "the brace { at character 1 is not closed",
		"a } b":             "the brace } at character 3 closes nothing",
		"{}":                "the brace { at character 1 has no name in it",
		"{ |x}":             "the brace { at character 1 has no name in it",
		"ok {two words}":    `"two words" in the brace at character 4 is not a name`,
	} {
		_, err := parseTemplate(text)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"", "{", "}", "{}", "{a|b}", "x {a} y {b|c} z", "{{a}}", "\xff{a}", "ŵ {ŷ}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pieces, err := parseTemplate(text)
		if err != nil {
			return
		}
		var literals strings.Builder
		for _, p := range pieces {
			if (p.literal == "") == (p.name == "") {
				t.Errorf("%q: the piece %+v is neither words nor a name, or both", text, p)
			}
			literals.WriteString(p.literal)
		}
		if strings.ContainsAny(literals.String(), "{}") {
			t.Errorf("%q: people would see a brace", text)
		}
		if !strings.ContainsAny(text, "{}") && literals.String() != text {
			t.Errorf("%q: words are lost", text)
		}
	})
}
