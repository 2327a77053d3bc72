package channels

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split cuts a text into parts of at most limit UTF-16 units, the measure of
// both SMS and Telegram, at the end of a paragraph, else of a sentence, else at
// a space, else between two characters. Only white space at the borders goes.
// A text of nothing but white space has no parts.
func Split(text string, limit int) []string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	var parts []string
	for text != "" {
		end := prefix(text, limit)
		if end < len(text) {
			end = border(text, end)
		}
		parts = append(parts, strings.TrimSpace(text[:end]))
		text = strings.TrimSpace(text[end:])
	}
	return parts
}

// prefix is the number of bytes at the start of text that fit into limit units;
// one character always fits.
func prefix(text string, limit int) int {
	units := 0
	for i, r := range text {
		units++
		if r > 0xFFFF {
			units++
		}
		if units > limit && i > 0 {
			return i
		}
	}
	return len(text)
}

// border is the best place to cut within the first end bytes: never so early
// that less than half of what fits is used, so that no text falls into crumbs.
func border(text string, end int) int {
	least := end / 2
	if i := strings.LastIndex(text[:end], "\n\n"); i > least {
		return i
	}
	if i := sentence(text, end); i > least {
		return i
	}
	if unicode.IsSpace(firstRune(text[end:])) {
		return end
	}
	if i := strings.LastIndexFunc(text[:end], unicode.IsSpace); i > least {
		return i
	}
	return character(text, end)
}

// sentence is the last place, up to end, behind a line, or behind a full stop, a
// question or an exclamation mark with white space after it; 0: none.
func sentence(text string, end int) int {
	last := 0
	for i, r := range text[:end] {
		switch after := i + utf8.RuneLen(r); {
		case r == '\n':
			last = i
		case strings.ContainsRune(".!?", r) && unicode.IsSpace(firstRune(text[after:])):
			last = after
		}
	}
	return last
}

// character moves a cut back to where it takes no mark, joiner or selector from
// its character, as far as a few runes; a longer run is cut.
func character(text string, end int) int {
	at := end
	for range 16 {
		before, size := utf8.DecodeLastRuneInString(text[:at])
		if !joins(firstRune(text[at:])) && before != zeroWidthJoiner {
			return at
		}
		if at -= size; at <= 0 {
			break
		}
	}
	return end
}

const zeroWidthJoiner = '\u200D'

// joins says whether r belongs to the character before it.
func joins(r rune) bool {
	return r == zeroWidthJoiner || unicode.Is(unicode.M, r) || r >= 0x1F3FB && r <= 0x1F3FF
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// Whole is a text as it is sent in one message. One that is too long is refused: sent
// in parts here, it would come twice in part where the sending failed between them. Who
// queues messages has split it.
func Whole(text string, limit int) (string, *SendError) {
	switch parts := Split(text, limit); len(parts) {
	case 0:
		return "", &SendError{Code: "empty", Sentence: "There is no text to send."}
	case 1:
		return parts[0], nil
	}
	return "", &SendError{Code: "length", Sentence: "This message is too long for the channel, and was not sent. Send it in parts."}
}
