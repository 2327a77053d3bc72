package flows_test

import (
	"strings"
	"testing"

	"heard/flows"
)

// A transcript in which somebody goes on elsewhere must not come true where the real
// bot would not let them: without a code, or with one that is old or used.
func TestATranscriptMovesByACodeOnly(t *testing.T) {
	const begin = "Somebody goes on elsewhere\nchannel: sms\n\nthem: complain\nbot: ...\nbot: ...\nthem: 1\nbot: ...\n"
	const asks = "them: change channel\nbot: ...\nbot: ...\nbot: ...\n"
	const moved = "bot: [phrase.moved_away]\nbot: [phrase.moved_here]\nbot: [phrase.welcome_back]\nbot: [where]\n"
	for name, tt := range map[string]struct{ lines, want string }{
		"by a code":     {begin + asks + "move: telegram\n" + moved + "expect: channel is telegram\n", ""},
		"without one":   {begin + "move: telegram\n", "no code is good"},
		"after an hour": {begin + asks + "later: 1 hour\nmove: telegram\n", "no code is good"},
		"twice":         {begin + asks + "move: telegram\n" + moved + "move: sms\n", "no code is good"},
		"to no channel": {begin + asks + "move: letter\n", `no channel "letter"`},
		"and goes on":   {begin + asks + "move: whatsapp\n" + moved + "them: Ward 6\nbot: [when]\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			tr, err := flows.ParseTranscript("moves.txt", []byte(tt.lines))
			if err != nil {
				t.Fatal(err)
			}
			problems, _ := tr.Run(librarySet(t))
			if tt.want == "" && len(problems) > 0 || tt.want != "" && (len(problems) != 1 || !strings.Contains(problems[0].Text, tt.want)) {
				t.Errorf("problems are %v, want %q", problems, tt.want)
			}
		})
	}
}
