package bot

import (
	"context"
	"slices"
	"time"
)

// CaseEvent is something that happened to a case that was sent, for programs that
// keep in step. It says neither who nor what was said: that is read from the case, by
// who may.
type CaseEvent struct {
	Number  uint64 // later ones have larger numbers; some are missing
	Kind    CaseEventKind
	Case    CaseRef
	Version uint64 // of the case, after it
	At      time.Time
}

// CaseEventKind says what happened.
type CaseEventKind string

// The kinds of event.
const (
	CaseOpened       CaseEventKind = "case.opened"       // its person sent it
	CaseAssigned     CaseEventKind = "case.assigned"     // it became somebody's, or nobody's
	CaseAcknowledged CaseEventKind = "case.acknowledged" // its person is told who handles it
	CaseUpdated      CaseEventKind = "case.updated"      // its person is told something
	CaseExtended     CaseEventKind = "case.extended"     // its person is asked to agree to a later date
	CaseReplied      CaseEventKind = "case.replied"      // its person wrote
	CaseAsked        CaseEventKind = "case.asked"        // its person asks for something that staff must answer
	CaseOutcome      CaseEventKind = "case.outcome"      // an outcome is offered
	CaseAnswered     CaseEventKind = "case.answered"     // its person answered the outcome
	CaseClosed       CaseEventKind = "case.closed"
	CaseWithdrawn    CaseEventKind = "case.withdrawn"
	CaseTransferred  CaseEventKind = "case.transferred"
	CaseReopened     CaseEventKind = "case.reopened"
	CaseDied         CaseEventKind = "case.died" // who it is about has died
)

// CaseEventKinds lists them.
func CaseEventKinds() []CaseEventKind {
	return []CaseEventKind{
		CaseOpened, CaseAssigned, CaseAcknowledged, CaseUpdated, CaseExtended, CaseReplied, CaseAsked, CaseOutcome, CaseAnswered, CaseClosed, CaseWithdrawn,
		CaseTransferred, CaseReopened, CaseDied,
	}
}

// EventLog is what happened to cases in the last 30 days, in order. Each event is
// written by the commit that makes it true, and goes when its case is erased.
type EventLog interface {
	// Events reads at most limit events after a number.
	Events(ctx context.Context, p ProviderID, after uint64, limit int) ([]CaseEvent, error)
	// LastEvent is the number of the newest event there ever was; 0: there was none.
	LastEvent(ctx context.Context, p ProviderID) (uint64, error)
}

// Happened adds an event to the event log. The store gives it its number, and the
// version that the case has after the turn.
type Happened struct {
	Case *Case
	Kind CaseEventKind
	At   time.Time
}

func (Happened) op() {}

// happened is what a turn made happen to a case.
func (w *work) happened(one *caseWork) []Op {
	is, was := one.c, one.was
	if is.Status == Draft {
		return nil
	}
	if was == nil {
		was = &Case{Status: Draft}
	}
	var all []Op
	for _, k := range append(append(status(was, is), told(was, is)...), w.wrote(is)...) {
		all = append(all, Happened{Case: is, Kind: k, At: w.now})
	}
	return all
}

// status is what became of the case itself.
func status(was, is *Case) (all []CaseEventKind) {
	if was.Status == Draft {
		all = append(all, CaseOpened)
	}
	if was.Assigned != is.Assigned {
		all = append(all, CaseAssigned)
	}
	if was.Died.IsZero() && !is.Died.IsZero() {
		all = append(all, CaseDied)
	}
	if !is.Outcome.Offered.IsZero() && is.Outcome.Entry != was.Outcome.Entry {
		all = append(all, CaseOutcome)
	}
	if is.Outcome.Answer != "" && (is.Outcome.Answer != was.Outcome.Answer || is.Outcome.Entry != was.Outcome.Entry) {
		all = append(all, CaseAnswered)
	}
	if was.Status == is.Status {
		return all
	}
	switch is.Status {
	case Open:
		if was.Status != Draft {
			all = append(all, CaseReopened)
		}
	case Closed:
		all = append(all, CaseClosed)
	case Withdrawn:
		all = append(all, CaseWithdrawn)
	case Transferred:
		all = append(all, CaseTransferred)
	}
	return all
}

// told is what its person is to be told from now on.
func told(was, is *Case) (all []CaseEventKind) {
	for _, n := range is.Pending {
		if k := eventOfNotice(n.Kind); k != "" && !slices.ContainsFunc(was.Pending, func(o Notice) bool { return o.Kind == n.Kind && o.Entry == n.Entry }) {
			all = append(all, k)
		}
	}
	return all
}

// eventOfNotice is what it means that a person is to be told such a thing; empty: nothing.
func eventOfNotice(kind string) CaseEventKind {
	switch kind {
	case noticeAcknowledged:
		return CaseAcknowledged
	case noticeUpdate:
		return CaseUpdated
	case noticeExtension:
		return CaseExtended
	}
	return ""
}

// wrote is what its person added.
func (w *work) wrote(is *Case) (all []CaseEventKind) {
	for _, o := range w.ops {
		if a, ok := o.(Append); ok && a.Case.Ref == is.Ref && a.Entry.By == "" {
			if k := eventOfEntry(a.Entry.Kind); k != "" && !slices.Contains(all, k) {
				all = append(all, k)
			}
		}
	}
	return all
}

// eventOfEntry is what it means that a person added such an entry; empty: nothing.
func eventOfEntry(k EntryKind) CaseEventKind {
	switch k {
	case Replied, AlsoSaid:
		return CaseReplied
	case Asked:
		return CaseAsked
	}
	return ""
}
