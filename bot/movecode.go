package bot

import (
	"crypto/rand"
	"encoding/base32"
	"slices"
	"strings"
	"unicode"

	"heard/channels"
)

// moveAlphabet has 32 characters, 5 bits each. Letters that are read as digits
// (I, L, O) are left out, and taken for them where a person writes them.
const moveAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// moveLength is how many characters a code has: 40 bits.
const moveLength = 8

// moveStart begins the code of a deep link that carries one.
const moveStart = "m_"

var moveEncoding = base32.NewEncoding(moveAlphabet).WithPadding(base32.NoPadding)

// moveWords are what a person writes before the code, in any language we speak.
var moveWords = []string{"MOVE", "SYMUD"}

// NewMoveCode makes a code of 8 characters, random, with a digit among them: "move
// backward" is no code.
func NewMoveCode() string {
	for {
		var b [moveLength * 5 / 8]byte
		_, _ = rand.Read(b[:]) // never fails: crypto/rand
		if code := moveEncoding.EncodeToString(b[:]); hasDigit(code) {
			return code
		}
	}
}

// ShowMoveCode is a code as a person reads it: ABCD-EFG7.
func ShowMoveCode(code string) string { return code[:moveLength/2] + "-" + code[moveLength/2:] }

// ParseMove reads a message that is a code to move by and nothing else: the word,
// then the code whole or in its two halves, in any case, with any marks between.
func ParseMove(text string) (code string, ok bool) {
	first := strings.TrimSpace(text)
	if i := strings.IndexFunc(first, unicode.IsSpace); i < 0 || len(first) > 64 || !isMoveWord(first[:i]) {
		return "", false
	}
	words := strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch {
	case len(words) == 2 && len(words[1]) == moveLength:
	case len(words) == 3 && len(words[1]) == moveLength/2 && len(words[2]) == moveLength/2:
	default:
		return "", false
	}
	code = strings.NewReplacer("I", "1", "L", "1", "O", "0").Replace(strings.Join(words[1:], ""))
	return code, hasDigit(code) && strings.Trim(code, moveAlphabet) == ""
}

// isMoveWord tells nearly every message from a code at no cost.
func isMoveWord(word string) bool {
	word = strings.TrimRight(word, ":,.")
	return slices.ContainsFunc(moveWords, func(w string) bool { return strings.EqualFold(w, word) })
}

func hasDigit(code string) bool { return strings.ContainsAny(code, "0123456789") }

// moveCode is the code that a message brings, by a deep link or in its words.
func moveCode(in channels.Inbound) (code string, ok bool) {
	if code, linked := strings.CutPrefix(in.Start, moveStart); linked {
		return ParseMove(moveWords[0] + " " + code)
	}
	if in.Edit || in.Choice != "" || len(in.Media) > 0 {
		return "", false
	}
	return ParseMove(in.Text)
}
