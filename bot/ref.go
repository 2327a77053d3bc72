package bot

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"unicode"
)

// refAlphabet has 31 characters, a prime number, so that the check character
// finds every single wrong character and every two that changed places. Letters
// that look or sound like others (I, L, O, U, 0) are left out.
const refAlphabet = "123456789ABCDEFGHJKMNPQRSTVWXYZ"

// refLength is how many random characters a reference has, before the check
// character: 31^5 is 28 million.
const refLength = 5

// NewCaseRef makes a reference such as H-7K4-MQ2: random, never a counter, with
// a check character at its end, short enough to read aloud.
func NewCaseRef() CaseRef {
	chars := make([]byte, 0, refLength+1)
	for len(chars) < refLength {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails: crypto/rand
		for _, one := range b {
			if one < 31*8 && len(chars) < refLength { // so that every character is as likely
				chars = append(chars, refAlphabet[one%31])
			}
		}
	}
	chars = append(chars, refCheck(chars))
	return CaseRef("H-" + string(chars[:3]) + "-" + string(chars[3:]))
}

// ParseCaseRef reads a reference as people type it: any case, with or without
// its hyphens and its H, with spaces or dots. ok is false where it cannot be one.
func ParseCaseRef(text string) (ref CaseRef, ok bool) {
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, text)
	if len(s) == refLength+2 && s[0] == 'H' {
		s = s[1:]
	}
	if len(s) != refLength+1 {
		return "", false
	}
	for i := range len(s) {
		if strings.IndexByte(refAlphabet, s[i]) < 0 {
			return "", false
		}
	}
	if refCheck([]byte(s[:refLength])) != s[refLength] {
		return "", false
	}
	return CaseRef("H-" + s[:3] + "-" + s[3:]), true
}

// refCheck is the check character: the sum of the characters, each weighted by
// its place, modulo 31.
func refCheck(chars []byte) byte {
	sum := 0
	for i, c := range chars {
		sum += (i + 2) * strings.IndexByte(refAlphabet, c)
	}
	return refAlphabet[sum%31]
}

// randomID is 128 random bits in 22 characters, for handles, entries, tasks and
// turns.
func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}
