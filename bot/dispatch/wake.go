package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"heard/bot"
)

// Timers have places of their own, by provider: what they wait for holds up no
// message, and no other provider's. Fetches of files hang where a provider hangs,
// so they have places apart; one for which there is none runs out and comes again.
const (
	wakesAtOnce   = 16
	fetchesAtOnce = 64
)

// wakes is what runs of one provider's timers, guarded by the dispatcher's mutex.
type wakes struct {
	running int
	fetches int
	moreDue bool
}

// leaseTimers leases as many timers as there are places for, and runs them.
func (d *Dispatcher) leaseTimers(ctx context.Context, p bot.ProviderID) error {
	w := d.wakes[p]
	d.mu.Lock()
	places := wakesAtOnce - w.running
	w.moreDue = true
	d.mu.Unlock()
	if places == 0 {
		return nil
	}
	leases, err := d.o.Queue.LeaseTimers(ctx, p, places)
	if set := bot.ClockSet(0); errors.As(err, &set) {
		d.o.Count("clock set")
		d.o.Log.LogAttrs(ctx, slog.LevelError, "the clock of the store was set: check it; reminders keep their distance",
			slog.String("provider", string(p)), slog.Duration("by", time.Duration(set)))
		return nil
	}
	for _, l := range leases {
		d.wake(w, l)
	}
	if len(leases) < places {
		d.mu.Lock()
		defer d.mu.Unlock()
		w.moreDue = false
	}
	return err
}

// wake runs a timer in a place of its own.
func (d *Dispatcher) wake(w *wakes, l bot.TimerLease) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, count := d.run, &w.running
	if r == nil {
		return
	}
	if l.Timer.Kind == bot.Fetch {
		if count = &w.fetches; *count == fetchesAtOnce {
			return
		}
	}
	*count++
	r.children.Go(func() {
		d.timer(r.ctx, r.turns, l)
		d.mu.Lock()
		defer d.mu.Unlock()
		*count--
		d.look(&w.moreDue, w.running < wakesAtOnce)
	})
}

func (d *Dispatcher) timer(ctx context.Context, turns Turns, l bot.TimerLease) {
	defer d.survive("wake")
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), l.Deadline)
	defer cancel()
	if l.Unreadable {
		d.unreadable(ctx, l.Provider, "timer")
	}
	if err := turns.Wake(ctx, l); err != nil && !errors.Is(err, bot.ErrFenced) {
		d.told(ctx, "wake", err)
	}
}

// unreadable tells the operator of a record that does not open. Staff have a task.
func (d *Dispatcher) unreadable(ctx context.Context, p bot.ProviderID, what string) {
	d.o.Log.LogAttrs(ctx, slog.LevelError, "a record of the store cannot be read and was put aside",
		slog.String("provider", string(p)), slog.String("what", what))
}
