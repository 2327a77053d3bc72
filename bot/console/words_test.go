package console

import (
	"strings"
	"testing"
)

// A code that nobody has words for yet is still readable.
func TestEveryCodeHasWords(t *testing.T) {
	for code, got := range map[string]string{
		"place_code": spelled("place_code"), "": spelled(""), "on hold": statusName("on hold"), "inspect": taskName("inspect"),
		"letter": entryName("letter"), "closing": stageName("closing"),
	} {
		if strings.Contains(got, "_") || code != "" && got == "" || got != "" && strings.ToUpper(got[:1]) != got[:1] {
			t.Errorf("%q reads %q", code, got)
		}
	}
}
