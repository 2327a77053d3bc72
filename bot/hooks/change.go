package hooks

import (
	"context"
	"errors"
	"slices"
	"time"

	"heard/bot"
)

const (
	mostRecent = 20
	mostLost   = 200

	// signedTwice is how long messages are signed with the secret before as well.
	signedTwice = 24 * time.Hour
)

// Delivery is one try to tell an event. It says neither who nor what was said.
type Delivery struct {
	At     time.Time         `json:"at"`
	Number uint64            `json:"number"`
	Kind   bot.CaseEventKind `json:"kind"`
	Case   bot.CaseRef       `json:"case"`
	Failed string            `json:"failed,omitempty"` // a fixed phrase; empty: it was taken
	Took   time.Duration     `json:"took"`
}

// Lost is an event that was given up.
type Lost struct {
	Number uint64            `json:"number"`
	Kind   bot.CaseEventKind `json:"kind"`
	Case   bot.CaseRef       `json:"case"`
	At     time.Time         `json:"at"` // it happened
}

// tried notes what became of a try.
func (h *Hook) tried(e bot.CaseEvent, began, now time.Time, err error) {
	d := Delivery{At: began, Number: e.Number, Kind: e.Kind, Case: e.Case, Took: now.Sub(began)}
	if err != nil {
		d.Failed = err.Error()
	}
	h.Recent = append([]Delivery{d}, h.Recent[:min(len(h.Recent), mostRecent-1)]...)
}

// lose gives an event up.
func (h *Hook) lose(e bot.CaseEvent) {
	h.GivenUp++
	h.Lost = append(h.Lost, Lost{e.Number, e.Kind, e.Case, e.At})
	h.Lost = h.Lost[max(0, len(h.Lost)-mostLost):]
}

// changeTries is how often a change is tried again over what the teller wrote meanwhile.
const changeTries = 20

// change changes a hook, and notes who did what.
func change(ctx context.Context, s Store, p bot.ProviderID, by bot.MemberID, id, did string, now time.Time, do func(*Hook)) error {
	if _, err := s.Drawn(ctx, p, drawer, id); err != nil {
		return err
	}
	if err := s.Audit(ctx, p, bot.AuditRecord{At: now, Member: by, Did: did, On: id}); err != nil {
		return err
	}
	return rewrite(ctx, s, p, id, do)
}

func rewrite(ctx context.Context, s Store, p bot.ProviderID, id string, do func(*Hook)) error {
	for range changeTries {
		drawn, err := s.Drawn(ctx, p, drawer, id)
		if err != nil {
			return err
		}
		h, err := read(drawn)
		if err != nil {
			return err
		}
		do(&h)
		if err := put(ctx, s, p, &h); !errors.Is(err, bot.ErrConflict) {
			return err
		}
	}
	return bot.ErrConflict
}

// Rotate gives a hook another secret, which is told this once. For a day messages are
// signed with both.
func Rotate(ctx context.Context, s Store, p bot.ProviderID, by bot.MemberID, id string, now time.Time) (secret string, err error) {
	secret = newSecret()
	return secret, change(ctx, s, p, by, id, "change a webhook's secret", now, func(h *Hook) {
		h.Before, h.BeforeUntil, h.Secret = h.Secret, now.Add(signedTwice), secret
	})
}

// Choose says which events a hook is told from now on; none: all.
func Choose(ctx context.Context, s Store, p bot.ProviderID, by bot.MemberID, id string, kinds []bot.CaseEventKind, now time.Time) error {
	return change(ctx, s, p, by, id, "choose a webhook's events", now, func(h *Hook) { h.Kinds = kinds })
}

// Pause has a hook told nothing, until it goes on: from where it was, as far as events
// are kept.
func Pause(ctx context.Context, s Store, p bot.ProviderID, by bot.MemberID, id string, paused bool, now time.Time) error {
	did := "let a webhook go on"
	if paused {
		did = "pause a webhook"
	}
	return change(ctx, s, p, by, id, did, now, func(h *Hook) {
		if h.Paused && !paused {
			h.Since, h.Tries, h.Next = now, 0, time.Time{}
		}
		h.Paused = paused
	})
}

// Again tells an event that was given up once more. It comes after what happened since:
// the version in the message tells. Its error is a fixed phrase.
func Again(ctx context.Context, s Store, p bot.ProviderID, by bot.MemberID, id string, number uint64, now func() time.Time) error {
	drawn, err := s.Drawn(ctx, p, drawer, id)
	if err != nil {
		return err
	}
	h, err := read(drawn)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(h.Lost, func(l Lost) bool { return l.Number == number }) {
		return &bot.Rejection{Code: bot.RejectNoCase, Sentence: "This was told already, or is not there any more."}
	}
	events, err := s.Events(ctx, p, number-1, 1)
	if err != nil {
		return err
	}
	began := now()
	if err := s.Audit(ctx, p, bot.AuditRecord{At: began, Member: by, Did: "tell a webhook again", On: id}); err != nil {
		return err
	}
	if len(events) == 0 || events[0].Number != number {
		err := rewrite(ctx, s, p, id, func(h *Hook) { h.found(number) })
		return errors.Join(&bot.Rejection{Code: bot.RejectNoCase, Sentence: "This is not kept any more: it is more than 30 days old, or its case was erased."}, err)
	}
	failed := h.tell(ctx, p, events[0], began)
	err = rewrite(context.WithoutCancel(ctx), s, p, id, func(h *Hook) {
		if h.tried(events[0], began, now(), failed); failed == nil {
			h.found(number)
		}
	})
	if failed != nil {
		return &bot.Rejection{Code: RejectNotTaken, Sentence: "It was not taken: " + failed.Error() + "."}
	}
	return err
}

// RejectNotTaken is the code of a message that was not taken.
const RejectNotTaken = "not taken"

// found takes an event from those that are lost.
func (h *Hook) found(number uint64) {
	h.Lost = slices.DeleteFunc(h.Lost, func(l Lost) bool { return l.Number == number })
}
