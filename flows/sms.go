package flows

import (
	"strings"
	"unicode/utf16"
)

// SMSCount is what a text costs as SMS.
type SMSCount struct {
	Segments   int  // messages billed; 0 for an empty text
	Characters int  // in the unit of the alphabet: an extension character or an emoji counts two
	Unit       int  // characters of one segment: 160 or 153 (GSM-7), 70 or 67 (UCS-2)
	UCS2       bool // the text needs the alphabet that holds fewer characters
	Culprit    rune // the first character that GSM-7 lacks; 0 if none
}

// The alphabet of GSM 03.38. Characters of the extension table count two.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

// CountSMS counts the segments of a text: 160 characters of GSM-7, 153 each when
// joined; one character that GSM-7 lacks makes them 70 and 67. A character is
// never split between two segments.
func CountSMS(text string) SMSCount {
	var c SMSCount
	for _, r := range text {
		if gsmWidth(r) == 0 {
			c.UCS2, c.Culprit = true, r
			break
		}
	}
	whole, joined, width := 160, 153, gsmWidth
	if c.UCS2 {
		whole, joined, width = 70, 67, ucs2Width
	}
	for _, r := range text {
		c.Characters += width(r)
	}
	c.Unit, c.Segments = whole, min(c.Characters, 1)
	if c.Characters > whole {
		c.Unit, c.Segments = joined, packed(text, joined, width)
	}
	return c
}

// packed counts the segments that a text fills.
func packed(text string, size int, width func(rune) int) int {
	segments, used := 1, 0
	for _, r := range text {
		if used+width(r) > size {
			segments, used = segments+1, 0
		}
		used += width(r)
	}
	return segments
}

// gsmWidth is the characters that r counts in GSM-7; 0 if it has no place there.
func gsmWidth(r rune) int {
	switch {
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmExtension, r):
		return 2
	}
	return 0
}

func ucs2Width(r rune) int { return max(1, utf16.RuneLen(r)) }

// withoutCulprits replaces every character that GSM-7 lacks, for counting what
// they cost. What people get is never changed so.
func withoutCulprits(text string) string {
	return strings.Map(func(r rune) rune {
		if gsmWidth(r) == 0 {
			return 'x'
		}
		return r
	}, text)
}
