package bot

import (
	"slices"
	"time"

	"heard/flows"
)

// Calendar counts working days for one nation: its bank holidays are data.
type Calendar struct {
	Location    *time.Location
	Acknowledge int // working days after the day of receipt
	Holidays    []time.Time
}

// NewCalendar makes the calendar of a jurisdiction.
func NewCalendar(j flows.JurisdictionSource, location *time.Location) Calendar {
	return Calendar{Location: location, Acknowledge: j.Acknowledge, Holidays: j.Holidays}
}

// AcknowledgeBy is the end of the last working day for an acknowledgement of
// something received then. The day of receipt is day 0, weekends too.
func (c Calendar) AcknowledgeBy(received time.Time) time.Time {
	return c.workingDays(received, c.Acknowledge)
}

// workingDays is the end of the n-th working day after a day.
func (c Calendar) workingDays(from time.Time, n int) time.Time {
	day := from.In(c.Location)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if c.isWorkingDay(day) {
			n--
		}
	}
	y, m, d := day.Date()
	return time.Date(y, m, d, 17, 0, 0, 0, c.Location)
}

// workingDaysBefore is the morning of the n-th working day before a day.
func (c Calendar) workingDaysBefore(due time.Time, n int) time.Time {
	day := due.In(c.Location)
	for n > 0 {
		day = day.AddDate(0, 0, -1)
		if c.isWorkingDay(day) {
			n--
		}
	}
	return at(day, 0, morningHour)
}

// morningHour is when staff begin.
const morningHour = 8 * time.Hour

// WorkingDaysUntil is how many working days are left: 0 on the day itself, less
// after it.
func (c Calendar) WorkingDaysUntil(now, due time.Time) int {
	from, to := c.day(now), c.day(due)
	if to.Before(from) {
		return -c.between(to, from)
	}
	return c.between(from, to)
}

// between counts the working days after one day, up to another.
func (c Calendar) between(from, to time.Time) (n int) {
	for from.Before(to) {
		from = from.AddDate(0, 0, 1)
		if c.isWorkingDay(from) {
			n++
		}
	}
	return n
}

// day is the beginning of a day.
func (c Calendar) day(t time.Time) time.Time {
	y, m, d := t.In(c.Location).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, c.Location)
}

func (c Calendar) isWorkingDay(day time.Time) bool {
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		return false
	}
	y, m, d := day.Date()
	return !slices.ContainsFunc(c.Holidays, func(h time.Time) bool {
		hy, hm, hd := h.Date()
		return hy == y && hm == m && hd == d
	})
}
