package bot_test

import (
	"strings"
	"testing"

	"heard/bot"
	"heard/channels"
)

// Who wants to help somebody else speak up sends one message on, just as it is: with
// nothing of their own in it, and no code by which the other would take their
// conversation.
func TestWhatIsPassedOnStandsAlone(t *testing.T) {
	w := onEmbedded(t)
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) {
		o.Providers[0].Ways = func() []bot.Way {
			return []bot.Way{
				{Channel: channels.SMS, Sender: smsFrom, Text: "SMS: 1", Reach: "SMS: 1"},
				{Channel: channels.Telegram, Sender: botFrom, Text: "Telegram: 3/m_{code}", Reach: "Telegram: 3"},
			}
		}
	})
	w.tell(daughter)
	w.say(daughter, "menu")
	w.say(daughter, "do that")
	said := strings.Split(w.say(daughter, "pass on"), "\n---\n")
	if len(said) < 2 || !strings.HasPrefix(said[1], "You have a right to complain to St Mary's Hospital") || !strings.HasSuffix(said[1], "SMS: 1\nTelegram: 3") {
		t.Errorf("what is to be passed on is %q", said)
	}
}
