package bot_test

import (
	"strings"
	"testing"

	"heard/bot"
	"heard/channels"
)

// The ways that a person is told of are the others.
func TestThePersonIsToldOfTheOtherWays(t *testing.T) {
	w := onEmbedded(t)
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) {
		o.Providers[0].Ways = func() []bot.Way {
			return []bot.Way{
				{Channel: channels.SMS, Sender: smsFrom, Text: "SMS: 1"}, {Channel: channels.WhatsApp, Sender: whatsAppFrom, Text: "WhatsApp: 2"},
				{Channel: channels.Telegram, Sender: botFrom, Text: "Telegram: 3/m_{code}"},
			}
		}
	})
	code, ways, err := w.bot.AskMove(w.ctx, hospital, w.from(sms, ""))
	if err != nil || ways != "WhatsApp: 2\nTelegram: 3/m_"+strings.Replace(code, "-", "", 1) {
		t.Errorf("%q, %v", ways, err)
	}
}

func TestParseMove(t *testing.T) {
	for text, want := range map[string]string{
		"MOVE ABCD-EFG7": "ABCDEFG7", "move abcdefg7": "ABCDEFG7", " Symud abcd efg7. ": "ABCDEFG7", "MOVE: ABCD – EFG7": "ABCDEFG7",
		"MOVE ABCD-EFGO": "ABCDEFG0", "move il23 4567": "11234567",
		"MOVE": "", "move backward": "", "MOVE ABCD-EFGH": "", "move ABCD-EFG": "", "move mam to b12": "", "MOVE ABCD-EFG7 please": "",
		"Please MOVE ABCD-EFG7": "", "move ABCD-EFU7": "", "moved ABCD-EFG7": "",
	} {
		if got, ok := bot.ParseMove(text); got != want && ok || ok != (want != "") {
			t.Errorf("%q is %q, %v", text, got, ok)
		}
	}
}

// A code must be read as it was shown, however a phone changes it; and no text may
// bring the bot down.
func FuzzParseMove(f *testing.F) {
	f.Add("MOVE ABCD-EFG7")
	f.Add("symud \x00ı1234567")
	f.Fuzz(func(t *testing.T, text string) {
		if code, ok := bot.ParseMove(text); ok {
			if again, ok := bot.ParseMove("move " + strings.ToLower(bot.ShowMoveCode(code))); !ok || again != code {
				t.Errorf("%q is read as %q, and that as %q", text, code, again)
			}
		}
		code := bot.NewMoveCode()
		if got, ok := bot.ParseMove("MOVE " + bot.ShowMoveCode(code)); !ok || got != code {
			t.Errorf("%q is read as %q", code, got)
		}
	})
}
