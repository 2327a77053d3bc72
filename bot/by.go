package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// MemberID names a member of staff to the desk and in the audit log: never a name,
// never an address. Empty is who runs heard, at the terminal.
type MemberID string

// By is who does something to a case, and what they had before them.
type By struct {
	Name   string // as the person reads it
	Member MemberID

	// Seen is the version of the case that they saw; 0: it does not matter. One that
	// was changed since is not written over: they are to look again.
	Seen uint64

	// Turn is the form's: what is sent twice is done once. Empty: it is sent once.
	Turn TurnID

	Reason string // why, where that must be said; for the audit log
}

// again is the same act on another case.
func (by By) again(ref CaseRef) By {
	if by.Turn != "" {
		by.Turn += TurnID("/" + ref)
	}
	by.Seen = 0
	return by
}

// AuditRecord is one line of the audit log, which is appended to and never changed:
// who looked at what, and who did what. It holds references only.
type AuditRecord struct {
	At     time.Time `cbor:"1,keyasint"`
	Member MemberID  `cbor:"2,keyasint,omitempty"`
	Did    string    `cbor:"3,keyasint"` // a fixed phrase: "update", "open a case", "sign in"
	Case   CaseRef   `cbor:"4,keyasint,omitempty"`
	Reason string    `cbor:"5,keyasint,omitempty"`
	On     string    `cbor:"6,keyasint,omitempty"` // what else it was done to: a member, a token, a place
}

// RejectStale is the code of a form whose case was changed by somebody else.
const RejectStale = "stale"

// StaleError refuses an act that was decided by what a case is no longer.
type StaleError struct {
	Rejection
	Seen uint64 // version that whoever acted had before them
	Now  uint64 // version that the case has
}

// As lets it be taken for the rejection that it is.
func (e *StaleError) As(target any) bool {
	r, ok := target.(**Rejection)
	if ok {
		*r = &e.Rejection
	}
	return ok
}

// Done tells whether an act was done already that was sent before with the same turn.
func (b *Bot) Done(ctx context.Context, id ProviderID, turn TurnID) (bool, error) {
	if turn == "" {
		return false, nil
	}
	return b.store.TurnDone(ctx, id, turn)
}

// staff makes a turn of an act of staff: it writes the case, never a session. The
// line of the audit log is in the same commit: there is no act without it.
func (b *Bot) staff(ctx context.Context, id ProviderID, ref CaseRef, by By, did string, do func(*work) error) error {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(id)
	if err != nil {
		return err
	}
	if done, err := b.Done(ctx, id, by.Turn); done || err != nil {
		return err
	}
	turn := cmp.Or(by.Turn, TurnID(randomID()))
	for range maxConflicts {
		c, conversation, err := b.store.Case(ctx, id, ref)
		if errors.Is(err, ErrNotFound) {
			return &Rejection{RejectNoCase, "There is no case with this reference."}
		}
		if err != nil {
			return fmt.Errorf("read the case: %w", err)
		}
		if by.Seen != 0 && by.Seen != c.Version {
			return &StaleError{Rejection{RejectStale, "Somebody changed this case while you wrote. Look at it again; what you wrote is kept in the form."}, by.Seen, c.Version}
		}
		w := &work{p: p, now: b.now(), id: turn}
		w.conv.ID = conversation // it is named, and never written, by staff
		w.about(c)
		if err := do(w); err != nil {
			return err
		}
		w.op(Audit{AuditRecord{At: w.now, Member: by.Member, Did: did, Case: ref, Reason: by.Reason}})
		if _, err = b.commit(ctx, w.staffTurn()); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}

// staffTurn is the turn without a conversation.
func (w *work) staffTurn() Turn {
	t := w.turn()
	t.Ops = t.Ops[1:]
	return t
}
