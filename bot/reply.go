package bot

import (
	"context"
	"errors"
	"time"
)

// untilPassedOn is how long after their last words a person who answers the team has to
// say that they finished.
const untilPassedOn = time.Hour

// replied has staff read what the person answered. Whoever has the case open must see
// it before they write.
func (w *work) replied() {
	w.task(ReadReply, withinDays, "The person wrote back.")
	if c := w.subject; c != nil {
		w.change(c)
		w.op(DropTimer{Timer{Kind: Unfinished, Case: c.Ref}.ID()})
	}
}

// replying notes that an answer to the team is being written: one that is never
// finished is passed on as it is.
func (w *work) replying(c *Case) {
	w.change(c)
	w.op(SetTimer{Timer{Kind: Unfinished, Case: c.Ref, After: untilPassedOn}})
}

// unfinished passes on an answer that the person did not finish. It asks nothing of their
// conversation, and waits for no hour at which they may be disturbed: what they wrote
// may be why something must not be done today.
func (b *Bot) unfinished(ctx context.Context, p *provider, l TimerLease, t Turn) (Turn, error) {
	c, _, err := b.store.Case(ctx, p.ID, l.Timer.Case)
	if errors.Is(err, ErrNotFound) || err == nil && c.Status == Draft {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	w := &work{p: p, now: b.now(), id: t.ID, timer: &l}
	w.about(c)
	w.change(w.subject)
	w.task(ReadReply, withinDays, "The person wrote back.")
	return w.staffTurn(), nil
}
