package bot_test

import (
	"strings"
	"testing"

	"heard/bot"
	"heard/flows"
)

// Who fears the guardian must know before they choose that somebody else acts, and
// staff must know who: both are told by name, the person in their language.
func TestTheDeputyIsNamed(t *testing.T) {
	for name, tt := range map[string]struct {
		deputy       flows.Words
		said, toTask string
	}{
		"with one": {flows.Words{"": "Ade Cole"}, "or Ade Cole if it is about them", "only for Ade Cole."},
		"without":  {nil, "or somebody else if it is about them", "only for somebody outside the service"},
	} {
		t.Run(name, func(t *testing.T) {
			w := onEmbedded(t)
			w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) {
				o.Providers[0].Guardian, o.Providers[0].Deputy = flows.Words{"en": "Grace Okafor"}, tt.deputy
			})
			w.quietly(daughter)
			w.say(daughter, "withdraw")
			w.hasWords(w.say(daughter, "I am being pushed"), "We tell Grace Okafor", tt.said)
			if task := w.task(bot.CareChanged); task == nil || !strings.Contains(task.Text, "For Grace Okafor;") || !strings.Contains(task.Text, tt.toTask) {
				t.Errorf("the task is %+v", task)
			}
		})
	}
}
