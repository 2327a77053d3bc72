package flows

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// piece is a part of a text: literal words, or, where name is set, what is known
// under that name, with what to say where nothing is.
type piece struct{ literal, name, fallback string }

// parseTemplate cuts a text into pieces at each "{name}" and "{name|fallback}".
// An error names the character where the brace stands, counted from 1. A brace
// cannot be written as such: no text for people needs one.
func parseTemplate(s string) ([]piece, error) {
	var pieces []piece
	for at := 0; at < len(s); {
		rest := s[at:]
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			return append(pieces, piece{literal: rest}), nil
		}
		if i > 0 {
			pieces = append(pieces, piece{literal: rest[:i]})
		}
		column := utf8.RuneCountInString(s[:at+i]) + 1
		if rest[i] == '}' {
			return nil, fmt.Errorf("the brace } at character %d closes nothing", column)
		}
		inside, length := braced(rest[i+1:])
		if length < 0 {
			return nil, fmt.Errorf("the brace { at character %d is not closed", column)
		}
		name, fallback, _ := strings.Cut(inside, "|")
		name = strings.TrimSpace(name)
		if name == "" {
			return nil, fmt.Errorf("the brace { at character %d has no name in it", column)
		}
		if !isName(name) {
			return nil, fmt.Errorf("%q in the brace at character %d is not a name: letters, digits and _", name, column)
		}
		pieces = append(pieces, piece{name: name, fallback: fallback})
		at += i + 1 + length
	}
	return pieces, nil
}

// braced returns what stands before the closing brace, and the length up to and
// with it; -1 if another brace opens first or none closes.
func braced(s string) (inside string, length int) {
	end := strings.IndexAny(s, "{}")
	if end < 0 || s[end] == '{' {
		return "", -1
	}
	return s[:end], end + 1
}
