package bot_test

import (
	"testing"
	"time"
)

// A date that is promised wrongly is a promise broken.
func TestWorkingDays(t *testing.T) {
	calendar := england(t) // three working days
	for _, c := range []struct{ name, received, due string }{
		{"within a week", "2026-11-02T09:00:00Z", "2026-11-05"},
		{"over a weekend", "2026-11-05T09:00:00Z", "2026-11-10"},
		{"a Saturday is day 0", "2026-11-07T09:00:00Z", "2026-11-11"},
		{"a Sunday is day 0", "2026-11-08T23:59:59Z", "2026-11-11"},
		{"Christmas, and Boxing Day's substitute", "2026-12-23T09:00:00Z", "2026-12-30"},
		{"New Year", "2026-12-30T09:00:00Z", "2027-01-05"},
		{"late on a summer's evening it is the next day in London", "2026-06-01T23:30:00Z", "2026-06-05"},
		{"late on a winter's evening it is not", "2026-11-02T23:30:00Z", "2026-11-05"},
		{"the clocks change", "2026-10-23T09:00:00Z", "2026-10-28"},
	} {
		received, err := time.Parse(time.RFC3339, c.received)
		if err != nil {
			t.Fatal(err)
		}
		due := calendar.AcknowledgeBy(received)
		if got := due.Format(time.DateOnly); got != c.due || due.Hour() != 17 || due.Location() != calendar.Location {
			t.Errorf("%s: %v, want the end of %s", c.name, due, c.due)
		}
	}
}
