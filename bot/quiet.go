package bot

import "time"

// Hours is a part of the day, by the provider's clock, from and to a time since
// midnight; it may pass midnight. Both zero: never.
type Hours struct{ From, To time.Duration }

// awake is how long after their last message a person is not disturbed by another
// one, whatever the hour.
const awake = 30 * time.Minute

// An outcome is hard to read alone: from this hour on a Friday it waits until
// Monday, when there are people to talk to.
const fridayAfternoon = 16 * time.Hour

// mustWait is how long something that the person did not just ask for must wait; kind
// is that of a notice, empty for a reminder.
func (w *work) mustWait(kind string) time.Duration {
	quiet := w.p.Quiet
	if quiet == (Hours{}) {
		return 0
	}
	local := w.now.In(w.p.Calendar.Location)
	if kind == noticeOutcome {
		if until := weekend(local, quiet.To); until.After(local) {
			return until.Sub(local)
		}
	}
	if w.now.Sub(w.conv.LastAt) < awake {
		return 0
	}
	return quiet.left(local)
}

// undisturbed tells whether nothing goes to a conversation unasked, no news and no
// reminder.
func (c *Conversation) undisturbed() bool { return c.Watched || c.Unwanted || c.Resting || c.Nobody }

// left is how long the quiet goes on; 0: it is not quiet.
func (h Hours) left(local time.Time) time.Duration {
	from, to := at(local, 0, h.From), at(local, 0, h.To)
	switch {
	case h.From <= h.To && !local.Before(from) && local.Before(to), h.From > h.To && local.Before(to):
		return to.Sub(local)
	case h.From > h.To && !local.Before(from):
		return at(local, 1, h.To).Sub(local)
	}
	return 0
}

// weekend is the Monday morning that an outcome waits for; zero: it need not.
func weekend(local time.Time, morning time.Duration) time.Time {
	switch {
	case local.Weekday() == time.Friday && !local.Before(at(local, 0, fridayAfternoon)):
		return at(local, 3, morning)
	case local.Weekday() == time.Saturday:
		return at(local, 2, morning)
	case local.Weekday() == time.Sunday:
		return at(local, 1, morning)
	}
	return time.Time{}
}

// at is a time of a day, that of a clock on the wall: also where the clocks change.
func at(local time.Time, days int, since time.Duration) time.Time {
	return time.Date(local.Year(), local.Month(), local.Day()+days, int(since/time.Hour), int(since%time.Hour/time.Minute), 0, 0, local.Location())
}
