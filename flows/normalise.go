package flows

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalise makes texts comparable: lower case, apostrophes gone, everything
// else that is no letter or digit a single space. Emoji digits ("1️⃣") become
// digits, thumbs become "👍" and "👎" as words of their own. A letter and the accent
// that a keyboard sends behind it (w and U+0302) become the one letter ŵ.
func normalise(s string) string {
	if isNormal(s) {
		return s
	}
	s = norm.NFC.String(s)
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case isApostrophe(r) || isModifier(r):
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '👍' || r == '👎':
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(plain(r))
		default:
			space = true
		}
	}
	return b.String()
}

// isApostrophe tells the runes that people type for one: no phone has all of them.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', '‘', '`', '´', 'ʼ', '′':
		return true
	}
	return false
}

// plain is a letter in lower case, and a digit of any script as one of 0 to 9: an
// Arabic or Hindi keyboard gives its own.
func plain(r rune) rune {
	if r <= '9' || !unicode.IsDigit(r) {
		return unicode.ToLower(r)
	}
	for _, x := range unicode.Nd.R16 {
		if uint32(x.Lo) <= uint32(r) && uint32(r) <= uint32(x.Hi) {
			return '0' + (r-rune(x.Lo))%10
		}
	}
	for _, x := range unicode.Nd.R32 {
		if x.Lo <= uint32(r) && uint32(r) <= x.Hi {
			return '0' + (r-rune(x.Lo))%10
		}
	}
	return r
}

// isModifier tells the runes that only change how the one before looks: keycaps,
// variation selectors, skin tones.
func isModifier(r rune) bool {
	return r == 0x20E3 || r == 0xFE0F || r == 0xFE0E || r >= 0x1F3FB && r <= 0x1F3FF || r == 0x200D
}

// isNormal tells whether s needs no change, which is so for most taps and words.
func isNormal(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == ' ' && i > 0 && i < len(s)-1 && s[i-1] != ' ':
		default:
			return false
		}
	}
	return true
}

// phraseIndex finds words and phrases in a text by their first word. Those of a
// script without spaces are under the empty word: they are looked for anywhere.
type phraseIndex map[string][]string

func indexPhrases(byLanguage map[string][]WordSource) phraseIndex {
	index := phraseIndex{}
	for _, list := range byLanguage {
		for _, w := range list {
			index.add(normalise(w.Text))
		}
	}
	return index
}

func (x phraseIndex) add(phrase string) {
	first, _, _ := strings.Cut(phrase, " ")
	if strings.ContainsFunc(phrase, runsOn) {
		first = ""
	}
	if phrase != "" {
		x[first] = append(x[first], phrase)
	}
}

// firstThai is where the first of them begins: most texts are below it.
const firstThai = 0x0E00

// runsOn tells the letters of scripts that part no words.
func runsOn(r rune) bool {
	return r >= firstThai && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// in tells whether a normalised text holds one of the phrases as whole words.
func (x phraseIndex) in(normal string) bool { return x.first(normal) != "" }

// first is the first of the phrases that a normalised text holds, or empty.
func (x phraseIndex) first(normal string) string {
	if len(x[""]) > 0 && strings.ContainsFunc(normal, runsOn) {
		for _, phrase := range x[""] {
			if strings.Contains(normal, phrase) {
				return phrase
			}
		}
	}
	for rest := normal; rest != ""; {
		word, after, _ := strings.Cut(rest, " ")
		for _, phrase := range x[word] {
			if rest == phrase || strings.HasPrefix(rest, phrase) && rest[len(phrase)] == ' ' {
				return phrase
			}
		}
		rest = after
	}
	return ""
}
