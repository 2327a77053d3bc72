package flows

import (
	"strings"
	"testing"
)

// A wrong count hides what a text costs the provider, and the person who pays
// for what arrives in pieces.
func TestCountSMS(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	w := func(n int) string { return strings.Repeat("ŵ", n) }
	for _, c := range []struct {
		name, text string
		want       SMSCount
	}{
		{"nothing", "", SMSCount{0, 0, 160, false, 0}},
		{"160 fit in one", a(160), SMSCount{1, 160, 160, false, 0}},
		{"161 are two of 153", a(161), SMSCount{2, 161, 153, false, 0}},
		{"306 are two", a(306), SMSCount{2, 306, 153, false, 0}},
		{"307 are three", a(307), SMSCount{3, 307, 153, false, 0}},
		{"the euro counts two", a(158) + "€", SMSCount{1, 160, 160, false, 0}},
		{"and makes 161", a(159) + "€", SMSCount{2, 161, 153, false, 0}},
		{"and is not split", a(152) + "€" + a(152), SMSCount{3, 306, 153, false, 0}},
		{"accents of GSM", "àèéìòùñöäüÄÖÜß£¥§¿¡", SMSCount{1, 19, 160, false, 0}},
		{"70 of UCS-2", w(70), SMSCount{1, 70, 70, true, 'ŵ'}},
		{"71 are two of 67", w(71), SMSCount{2, 71, 67, true, 'ŵ'}},
		{"one letter makes all UCS-2", a(70) + "â", SMSCount{2, 71, 67, true, 'â'}},
		{"the first culprit is named", "a’b–c", SMSCount{1, 5, 70, true, '’'}},
		{"an emoji counts two", a(68) + "😀", SMSCount{1, 70, 70, true, '😀'}},
		{"and is not split", a(66) + "😀" + a(66), SMSCount{3, 134, 67, true, '😀'}},
		{"a newline is GSM", "a\nb", SMSCount{1, 3, 160, false, 0}},
		{"a tab is not", "a\tb", SMSCount{1, 3, 70, true, '\t'}},
	} {
		if got := CountSMS(c.text); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
