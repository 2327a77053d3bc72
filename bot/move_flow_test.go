package bot_test

import (
	"regexp"
	"strings"
	"testing"
)

// The code that a person is told is the one that works, and what they were asked
// where they were is asked where they go on.
func TestTheCodeThatIsToldWorks(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	w.say(daughter, "Nobody came all night.")
	heard := w.say(daughter, "change channel")
	code := regexp.MustCompile(`MOVE [0-9A-Z]{4}-[0-9A-Z]{4}`).FindString(heard)
	if code == "" {
		t.Fatalf("no code in %q", heard)
	}
	w.hasWords(w.say(neighbor, strings.ToLower(code)), "You can go on here now", "Nobody came all night")
	w.hasWords(w.hears(daughter), "not here")
	w.say(neighbor, "done")
	w.hasWords(w.say(neighbor, "An apology"), "Who may know it was you?")
	if again := w.say("+447700900111", code); !strings.Contains(again, "does not work here") {
		t.Errorf("the code used a second time: %q", again)
	}
}
