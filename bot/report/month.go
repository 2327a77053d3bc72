package report

import (
	"fmt"
	"time"
)

// Month is a month of the calendar, counted so that the next one is one more.
type Month int

// monthLayout is how the answer store writes a month.
const monthLayout = "2006-01"

// settle is how long after its end a month may still be written to: longer than
// a turn that began in it, and than instances' clocks differ.
const settle = time.Hour

func monthOf(t time.Time) Month { return Month(t.Year()*12 + int(t.Month()) - 1) }

func parseMonth(s string) (Month, error) {
	t, err := time.Parse(monthLayout, s)
	if err != nil {
		return 0, fmt.Errorf("month %q is not written 2006-01", s)
	}
	return monthOf(t), nil
}

// LastClosed is the newest month to which nothing can be added any more, where
// the provider is.
func LastClosed(now time.Time, in *time.Location) Month { return monthOf(now.Add(-settle).In(in)) - 1 }

// FirstNeeded is the oldest month that a report up to last takes into account:
// the first of the year before, so that a window of twelve months is whole.
func FirstNeeded(last Month) Month { return last.yearEnd() - 23 }

// yearEnd is the March at or after a month.
func (m Month) yearEnd() Month { return m + (14-m%12)%12 }

// String is the month as the answer store writes it: 2026-11.
func (m Month) String() string { return m.time().Format(monthLayout) }

func (m Month) words() string { return m.time().Format("January 2006") }

func (m Month) time() time.Time {
	return time.Date(int(m)/12, time.Month(m%12)+1, 1, 0, 0, 0, 0, time.UTC)
}

// Period is whole months, the last included. The zero Period is none.
type Period struct{ From, To Month }

func (p Period) months() int { return int(p.To-p.From) + 1 }

// String is the period in words: "April 2026 to June 2026".
func (p Period) String() string {
	if p.From == p.To {
		return p.From.words()
	}
	return p.From.words() + " to " + p.To.words()
}
