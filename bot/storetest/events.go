package storetest

import (
	"fmt"
	"strings"
	"time"

	"heard/bot"
)

// told is what happened after a number, in a line.
func (w *world) told(after uint64, limit int) string {
	w.t.Helper()
	all, err := w.Desk.Events(w.ctx, w.Provider, after, limit)
	if err != nil {
		w.t.Fatalf("read what happened: %v", err)
	}
	var parts []string
	for _, e := range all {
		if e.Number <= after {
			w.t.Errorf("event %d comes after %d", e.Number, after)
		}
		after = e.Number
		parts = append(parts, fmt.Sprint(e.Kind, "@", e.Version))
	}
	return strings.Join(parts, " ")
}

// A complaints system that is not told of a case, or told of it in the wrong order,
// shows a handler what is not so. What was erased must be nowhere.
func events(w *world) {
	one := w.draft(w.begin(daughter))
	w.open(one)
	other := w.draft(w.begin(neighbor))
	w.open(other)
	from := one.Version
	w.commit(bot.PutCase{Case: one}, bot.Happened{Case: one, Kind: bot.CaseOpened, At: w.Clock.Now()}, bot.Happened{Case: one, Kind: bot.CaseAssigned, At: w.Clock.Now()})
	w.commit(bot.Happened{Case: other, Kind: bot.CaseReplied, At: w.Clock.Now()})
	w.commit(bot.PutCase{Case: one}, bot.Happened{Case: one, Kind: bot.CaseClosed, At: w.Clock.Now()})
	want := fmt.Sprint("case.opened@", from+1, " case.assigned@", from+1, " case.replied@", other.Version, " case.closed@", from+2)
	if got := w.told(0, 10); got != want {
		w.t.Errorf("told %q, want %q", got, want)
	}
	if got := w.told(0, 1); got != fmt.Sprint("case.opened@", from+1) {
		w.t.Errorf("the first alone: %q", got)
	}
	last, err := w.Desk.LastEvent(w.ctx, w.Provider)
	if err != nil || last != 4 || w.told(last, 10) != "" || w.told(last-1, 10) == "" {
		w.t.Errorf("the last is %d, %v", last, err)
	}
	stale := *one
	stale.Version--
	if _, err := w.Store.Commit(w.ctx, w.turn(bot.PutCase{Case: &stale}, bot.Happened{Case: &stale, Kind: bot.CaseDied})); err == nil {
		w.t.Error("a stale turn was committed")
	}
	w.commit(bot.EraseCase{Case: one})
	if got := w.told(0, 10); got != fmt.Sprint("case.replied@", other.Version) {
		w.t.Errorf("after a case was erased: %q", got)
	}
	if last, err = w.Desk.LastEvent(w.ctx, w.Provider); err != nil || last != 4 {
		w.t.Errorf("a number may be used again: the last is %d, %v", last, err)
	}
}

// What nobody fetched for a month must not fill the store.
func eventsEnd(w *world) {
	one := w.draft(w.begin(daughter))
	w.open(one)
	for range 3 {
		w.commit(bot.Happened{Case: one, Kind: bot.CaseReplied, At: w.Clock.Now()})
	}
	w.Clock.Advance(29 * 24 * time.Hour)
	w.commit(bot.Happened{Case: one, Kind: bot.CaseUpdated, At: w.Clock.Now()})
	if got := w.told(0, 10); strings.Count(got, "replied") != 3 {
		w.t.Errorf("within a month: %q", got)
	}
	w.Clock.Advance(2 * 24 * time.Hour)
	for range 2 {
		w.commit(bot.Happened{Case: one, Kind: bot.CaseClosed, At: w.Clock.Now()})
	}
	if got := w.told(0, 10); strings.Contains(got, "replied") || strings.Count(got, "updated") != 1 {
		w.t.Errorf("after a month: %q", got)
	}
}
