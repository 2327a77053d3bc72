package main

import (
	"log/slog"
	"slices"
	"testing"

	"heard/channels/channelstest"
	"heard/config"
)

// Who goes on in another app taps a link that brings their code along, and what they
// pass on to somebody else brings none; a bot whose
// name we do not know yet is not told of.
func TestWaysToWriteToAProvider(t *testing.T) {
	const token = "123456:test"
	fake := channelstest.NewTelegram(token)
	t.Cleanup(fake.Close)
	l, err := newLines(config.Config{PublicURL: "https://heard.example.org"}, config.Provider{
		ID:       "stmarys",
		Twilio:   &config.Twilio{AccountSID: "AC0001", AuthToken: "auth", SMSFrom: "+447700900900", WhatsAppFrom: "+447700900901"},
		Telegram: &config.Telegram{Token: token, APIURL: fake.URL()},
	})
	if err != nil {
		t.Fatal(err)
	}
	texts := func() []string {
		var all []string
		for _, w := range l.ways() {
			all = append(all, w.Text)
		}
		return all
	}
	want := []string{"SMS: +447700900900", "WhatsApp: https://wa.me/447700900901?text=MOVE%20{code}"}
	if got := texts(); !slices.Equal(got, want) {
		t.Errorf("the ways are %q", got)
	}
	l.announce(t.Context(), slog.New(slog.DiscardHandler))
	if got := texts(); !slices.Equal(got, append(want, "Telegram: https://t.me/heard_test_bot?start=m_{code}")) {
		t.Errorf("the ways are %q", got)
	}
	var reach []string
	for _, w := range l.ways() {
		reach = append(reach, w.Reach)
	}
	if want := []string{"SMS: +447700900900", "WhatsApp: https://wa.me/447700900901", "Telegram: https://t.me/heard_test_bot"}; !slices.Equal(reach, want) {
		t.Errorf("what can be passed on is %q", reach)
	}
}
