package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"heard/flows"
)

// Wake runs a timer that is due, as a turn of the conversation it belongs to.
// What has passed meanwhile makes an empty turn, which ends the timer. ErrFenced:
// another instance has the timer now.
func (b *Bot) Wake(ctx context.Context, l TimerLease) error {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(l.Provider)
	if err != nil {
		return err
	}
	turn := TurnID(randomID())
	for range maxConflicts {
		t, err := b.woken(ctx, p, l, turn)
		if err != nil {
			return fmt.Errorf("wake: %w", err)
		}
		if _, err = b.commit(ctx, t); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("wake: %w", ErrConflict)
}

func (b *Bot) woken(ctx context.Context, p *provider, l TimerLease, turn TurnID) (Turn, error) {
	nothing := Turn{Provider: p.ID, ID: turn, Timer: &l}
	var w *work
	var ev flows.Event
	var err error
	switch l.Timer.Kind {
	case Nudge:
		w, err = b.silent(ctx, p, l, turn)
		ev = flows.Event{Kind: flows.Silence, Visit: l.Timer.Visit}
	case News:
		w, ev, err = b.news(ctx, p, l, turn)
	case Gone:
		return b.gone(ctx, p, l, nothing)
	}
	if err != nil || w == nil {
		return nothing, err
	}
	w.timer = &l
	if ev.Kind == flows.Happened && ev.Notice.Kind == "" {
		return w.turn(), nil
	}
	if err := b.stepWoken(ctx, w, ev); err != nil {
		return nothing, err
	}
	return w.turn(), nil
}

// stepWoken takes the step of a wake-up. One that fails by our fault changes
// nothing but to tell staff.
func (b *Bot) stepWoken(ctx context.Context, w *work, ev flows.Event) error {
	st, err := flows.Decode(w.conv.Session)
	if err == nil {
		ev.Channel = flows.Channel(w.conv.Channel)
		var next flows.State
		var effects []flows.Effect
		if next, effects, err = b.step(ctx, w.p, st, ev, w.now); err == nil {
			err = w.apply(next, effects)
		}
	}
	var store storeError
	if errors.As(err, &store) {
		return err
	}
	if err != nil {
		w.op(AddTask{StaffTask{
			ID: string(w.conv.ID) + "/" + string(PutAside), Kind: PutAside, Conv: w.conv.ID, At: w.now, Due: w.now.Add(time.Hour),
			Text: "A message to the person could not be made. Write to them.",
		}})
	}
	return nil
}

// silent reads the conversation of a reminder; nil: nobody is there to remind.
func (b *Bot) silent(ctx context.Context, p *provider, l TimerLease, turn TurnID) (*work, error) {
	v, err := b.store.LookupID(ctx, p.ID, l.Timer.Conversation)
	if err != nil || v.Conversation.Version == 0 || v.Conversation.Left {
		return nil, err
	}
	w := newWork(p, v, b.now(), turn)
	return w, nil
}

// news finds what a case has to tell, and the conversation to tell it in. An
// empty notice: nothing may be told yet, and the timer is set for when it may.
func (b *Bot) news(ctx context.Context, p *provider, l TimerLease, turn TurnID) (*work, flows.Event, error) {
	ev := flows.Event{Kind: flows.Happened}
	c, id, err := b.store.Case(ctx, p.ID, l.Timer.Case)
	if errors.Is(err, ErrNotFound) {
		return nil, ev, nil
	}
	if err != nil || len(c.Pending) == 0 {
		return nil, ev, err
	}
	v, err := b.store.LookupID(ctx, p.ID, id)
	if err != nil || v.Conversation.Left {
		return nil, ev, err
	}
	w := newWork(p, v, b.now(), turn)
	if w.subject == nil || w.subject.Ref != c.Ref {
		w.about(c)
	}
	i := w.subject.dueNotice(w.now)
	if i < 0 {
		w.wakeFor(w.subject)
		return w, ev, nil
	}
	n := w.subject.Pending[i]
	ev.Notice = flows.Notice{Kind: n.Kind, Case: string(c.Ref), ID: string(n.Entry)}
	if ev.Facts, err = b.factsWithNews(ctx, w, &flows.State{Notice: &ev.Notice}); err != nil {
		return nil, ev, err
	}
	return w, ev, nil
}

// dueNotice is the first notice that may be told now, or -1.
func (c *Case) dueNotice(now time.Time) int {
	for i, n := range c.Pending {
		if !n.NotBefore.After(now) {
			return i
		}
	}
	return -1
}

// gone tells the staff of an anonymous case, late and at random, that the person
// cannot be reached.
func (b *Bot) gone(ctx context.Context, p *provider, l TimerLease, t Turn) (Turn, error) {
	c, _, err := b.store.Case(ctx, p.ID, l.Timer.Case)
	if errors.Is(err, ErrNotFound) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	now := b.now()
	t.Expect = []Expect{{Case: c.Ref, Version: c.Version}}
	t.Ops = []Op{AddTask{StaffTask{
		ID: string(c.Ref) + "/" + string(PersonLeft), Kind: PersonLeft, Case: c.Ref, At: now, Due: now.Add(withinDay),
		Text: "The person cannot be reached by message. Their case goes on.",
	}}}
	return t, nil
}
