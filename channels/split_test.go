package channels

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// A person reads the parts: what is missing from them was never said.
func TestSplitLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(2, 40).Draw(t, "limit")
		text := rapid.StringOf(rapid.OneOf(
			rapid.RuneFrom([]rune("ab .!?\n\t\x00")), rapid.Rune(), rapid.RuneFrom([]rune("👩‍🏽👍e\u0301")),
		)).Draw(t, "text")
		var together strings.Builder
		for _, part := range Split(text, limit) {
			if n := len(utf16.Encode([]rune(part))); n > limit || n == 0 {
				t.Fatalf("a part has %d units, limit %d", n, limit)
			}
			if !utf8.ValidString(part) {
				t.Fatal("a part is cut within a character")
			}
			together.WriteString(part)
		}
		if withoutSpace(together.String()) != withoutSpace(text) {
			t.Fatalf("%q became %q", text, together.String())
		}
	})
}

func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// Words that are cut in the middle, or faces that fall apart, are hard to read.
func TestSplitWhereItReadsBest(t *testing.T) {
	for _, c := range []struct {
		name, text string
		limit      int
		want       []string
	}{
		{"fits", "Hello there.", 12, []string{"Hello there."}},
		{"nothing", " \n ", 12, nil},
		{"a paragraph before a sentence", "One two. Six\n\nten. End", 20, []string{"One two. Six", "ten. End"}},
		{"a sentence before a word", "I called. Sorry. Nobody came to me", 23, []string{"I called. Sorry.", "Nobody came to me"}},
		{"a sentence that just fits", "I called. Nobody", 9, []string{"I called.", "Nobody"}},
		{"a word", "nobody came when I rang", 13, []string{"nobody came", "when I rang"}},
		{"a number is no sentence", "about 3.55 each time", 12, []string{"about 3.55", "each time"}},
		{"no space at all", "abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"a face of several runes", "ab👩🏽‍🦽", 8, []string{"ab", "👩🏽‍🦽"}},
		{"an accent", "abcde\u0301", 5, []string{"abcd", "e\u0301"}},
		{"invalid UTF-8", "a\xffb", 9, []string{"a\uFFFDb"}},
	} {
		got := Split(c.text, c.limit)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
