package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Rejection is a mistake of who asked for something: Code is for programs, the
// sentence for people.
type Rejection struct {
	Code     string
	Sentence string
}

// Error is the sentence.
func (r *Rejection) Error() string { return r.Sentence }

// The codes of rejections.
const (
	RejectEmpty    = "empty"
	RejectNoCase   = "no case"
	RejectNotReady = "not ready"
)

// Update tells the person of a case something, in the words of the staff. It
// also acknowledges the case, and names who handles it.
func (b *Bot) Update(ctx context.Context, id ProviderID, ref CaseRef, by, words string) error {
	return b.staff(ctx, id, ref, func(w *work) error {
		return w.tell(noticeUpdate, Told, by, words)
	})
}

// Resolve offers the person an outcome, in place of one that was not told yet. A
// case that was closed goes on until they have answered.
func (b *Bot) Resolve(ctx context.Context, id ProviderID, ref CaseRef, by, words string) error {
	return b.staff(ctx, id, ref, func(w *work) error {
		c := w.subject
		c.withdrawNotices(noticeOutcome)
		if err := w.tell(noticeOutcome, Found, by, words); err != nil {
			return err
		}
		c.reopen()
		c.Outcome = Outcome{Entry: c.Pending[len(c.Pending)-1].Entry, Offered: w.now}
		return c.moveStage(stageOutcome, w.now)
	})
}

// tell puts words on the timeline and leaves a notice; the conversation is woken
// to tell it.
func (w *work) tell(kind string, entry EntryKind, by, words string) error {
	words = strings.TrimSpace(words)
	if words == "" {
		return &Rejection{RejectEmpty, "Write what the person should read."}
	}
	c := w.subject
	if c.Status == Draft {
		return &Rejection{RejectNotReady, "The person has not sent this yet, so it cannot be answered."}
	}
	w.change(c)
	if c.Handler == "" {
		c.Handler = by
	}
	e := Entry{ID: newEntryID(), At: w.now, Kind: entry, Text: words, By: by}
	w.op(Append{Case: c, Entry: e})
	w.op(EndTask{c.taskID(Acknowledge)})
	w.op(EndTask{c.taskID(ReadReply)})
	c.Pending = append(c.Pending, Notice{Kind: kind, Entry: e.ID})
	w.wakeFor(c)
	return nil
}

// staff makes a turn of an act of staff: it writes the case, never a session.
func (b *Bot) staff(ctx context.Context, id ProviderID, ref CaseRef, do func(*work) error) error {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(id)
	if err != nil {
		return err
	}
	turn := TurnID(randomID())
	for range maxConflicts {
		c, _, err := b.store.Case(ctx, id, ref)
		if errors.Is(err, ErrNotFound) {
			return &Rejection{RejectNoCase, "There is no case with this reference."}
		}
		if err != nil {
			return fmt.Errorf("read the case: %w", err)
		}
		w := &work{p: p, now: b.now(), id: turn}
		w.about(c)
		if err := do(w); err != nil {
			return err
		}
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

// OptedOut notes that a provider refuses messages to a conversation because the
// person left: what STOP would have done, learnt late.
func (b *Bot) OptedOut(ctx context.Context, id ProviderID, conversation ConversationID) error {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(id)
	if err != nil {
		return err
	}
	turn := TurnID(randomID())
	for range maxConflicts {
		v, err := b.store.LookupID(ctx, id, conversation)
		if err != nil {
			return fmt.Errorf("note an opt-out: %w", err)
		}
		if v.Conversation.Version == 0 || v.Conversation.Left {
			return nil
		}
		w := newWork(p, v, b.now(), turn)
		w.leave()
		if _, err := b.commit(ctx, w.turn()); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}
