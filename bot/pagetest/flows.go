package pagetest

import (
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
	"heard/flows/library"
)

// Flows compiles the flows that ship, for the channels' limits, with the calendar of
// their first jurisdiction.
func Flows(t testing.TB) (*flows.Set, bot.Calendar) {
	t.Helper()
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	limits := map[flows.Channel]flows.Limits{}
	for _, c := range []channels.Channel{channels.SMS, channels.WhatsApp, channels.Telegram} {
		of := channels.CapabilitiesOf(c)
		limits[flows.Channel(c)] = flows.Limits{Text: of.TextLimit, Buttons: of.Buttons, ButtonLabel: of.ButtonLabel, List: of.List, ListLabel: of.ListLabel}
	}
	set, err := flows.Compile(src, flows.Options{Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return set, bot.NewCalendar(src.Jurisdiction[0], time.UTC)
}
