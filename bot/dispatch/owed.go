package dispatch

import (
	"context"
	"errors"
	"sync"
	"time"

	"heard/bot"
)

// When the store goes away in the middle of a send, only the process that sent knows
// how it ended. It keeps that, and tells the store as soon as it answers again,
// before it leases anything. Who has lost the store, or has just started, leaves
// alone what was lost for a while, so that the one that knows comes first: else a
// person on Telegram, which cannot be asked, reads the same twice. The token of the
// lease says whether somebody has sent it since; then nothing is changed.

// outcome is how a send ended.
type outcome struct {
	lease bot.Lease
	end   bot.Settlement
	tries int // in which the store took others
}

// owed are the outcomes that the store does not know. The zero value is ready.
type owed struct {
	mu     sync.Mutex
	all    []outcome // the next to be told first
	steady time.Time // since when the store has answered without a break; the poll's own
}

const (
	mostOwed = 4096 // more than can be under way

	// owedTries is how often one is told while the store takes others: it is at fault
	// itself then, and is looked up or sent again as if nobody knew.
	owedTries = 5

	// shortPoll is how long is between two looks while anything is owed.
	shortPoll = time.Second
)

func (o *owed) keep(one outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.all) < mostOwed {
		o.all = append(o.all, one)
	}
}

func (o *owed) first() (one outcome, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.all) == 0 {
		return one, false
	}
	one, o.all = o.all[0], o.all[1:]
	return one, true
}

// failed says that the last one kept was not taken, and whether the store took others.
func (o *owed) failed(others bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	last := len(o.all) - 1
	if last < 0 || !others {
		return
	}
	if o.all[last].tries++; o.all[last].tries == owedTries {
		o.all = o.all[:last]
	}
}

func (o *owed) longestPoll() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.all) > 0 {
		return shortPoll
	}
	return longestPoll
}

// left is how long what was lost is left alone from now.
func (o *owed) left(now time.Time, grace time.Duration) time.Duration {
	if o.steady.IsZero() {
		o.steady = now
	}
	return max(0, grace-now.Sub(o.steady))
}

// settleOwed tells the store what it is owed, until it does not answer.
func (d *Dispatcher) settleOwed(ctx context.Context) error {
	for {
		one, ok := d.owed.first()
		if !ok {
			return nil
		}
		next, err := d.tell(ctx, one.lease, one.end)
		switch {
		case errors.Is(err, bot.ErrFenced): // somebody has taken it over
		case err != nil:
			d.owed.keep(one)
			return err
		case next != nil:
			d.Deliver(*next)
		}
	}
}
