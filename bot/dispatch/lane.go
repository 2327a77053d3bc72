package dispatch

import (
	"context"
	"time"

	"heard/bot"
)

// A line that hangs holds only its own lane: each has so many sends at once, and
// room for so many that wait for one of them. People in conversation go before
// what nobody asked for, also when ten thousand of those were leased before them.

// lane is what is to be sent on one line, guarded by the dispatcher's mutex.
type lane struct {
	replies []bot.Lease
	unasked []bot.Lease
	busy    int       // sends under way
	crowded time.Time // since when something has waited without a break; zero: nothing does
	moreDue bool      // the store has more for this line than there was room for
}

// The growing rest of a message that was given back.
const (
	shortRest = 100 * time.Millisecond
	longRest  = 10 * time.Second
)

func (l *lane) waiting() int { return len(l.replies) + len(l.unasked) }

func (l *lane) push(lease bot.Lease) {
	if l.waiting() == 0 {
		l.crowded = time.Now()
	}
	if lease.Message.Unasked() {
		l.unasked = append(l.unasked, lease)
	} else {
		l.replies = append(l.replies, lease)
	}
}

func (l *lane) pop() (lease bot.Lease, ok bool) {
	from := &l.replies
	if len(*from) == 0 {
		from = &l.unasked
	}
	if len(*from) == 0 {
		return lease, false
	}
	lease, *from = (*from)[0], (*from)[1:]
	if l.waiting() == 0 {
		l.replies, l.unasked, l.crowded = nil, nil, time.Time{}
	}
	return lease, true
}

// rest is how long a message waits that was given back: as long again as there
// has been a queue, so that one that cannot go does not come and go all the time.
func (l *lane) rest() time.Duration {
	if l.crowded.IsZero() {
		return shortRest
	}
	return min(max(time.Since(l.crowded), shortRest), longRest)
}

// lane is that of a lease. All that is for no line that is configured has one.
func (d *Dispatcher) lane(l bot.Lease) *lane {
	if one := d.lanes[Line{l.Provider, l.Channel, l.Sender}]; one != nil {
		return one
	}
	return d.lanes[Line{}]
}

// Deliver takes a message that was leased with a commit, so that a reply waits
// for no poll. It never blocks: a lease for which there is no room is given back
// to the store; where even that line is full, it is found again when it has run
// out.
func (d *Dispatcher) Deliver(l bot.Lease) {
	d.mu.Lock()
	defer d.mu.Unlock()
	one := d.lane(l)
	if one.waiting() < roomPerSend*d.o.Workers {
		one.push(l)
		d.start(one)
		return
	}
	select {
	case d.spare <- l:
	default:
		d.o.Count("no room")
	}
}

// start begins one more send of a lane, if it may have one. It holds the mutex.
func (d *Dispatcher) start(l *lane) {
	if d.run == nil || l.busy >= d.o.Workers || l.waiting() == 0 {
		return
	}
	l.busy++
	r := d.run
	r.children.Go(func() { d.sends(r.ctx, r.turns, l) })
}

// sends sends what a lane has, one conversation after the other.
func (d *Dispatcher) sends(ctx context.Context, turns Turns, l *lane) {
	for {
		d.mu.Lock()
		lease, ok := l.pop()
		if !ok || ctx.Err() != nil {
			if ok {
				l.push(lease) // Run gives it back
			}
			l.busy--
			d.mu.Unlock()
			return
		}
		d.look(&l.moreDue, l.waiting() == 0)
		d.mu.Unlock()
		d.deliverAlive(ctx, turns, lease)
	}
}

// deliverAlive keeps a panic over one message from ending the process with all
// others: its lease runs out and it comes again.
func (d *Dispatcher) deliverAlive(ctx context.Context, turns Turns, l bot.Lease) {
	defer d.survive("send")
	d.conversation(ctx, turns, l)
}

// look has the poll look at once where the store has more than there was room for.
// It holds the mutex.
func (d *Dispatcher) look(more *bool, room bool) {
	if !*more || !room {
		return
	}
	*more = false
	select {
	case d.soon <- struct{}{}:
	default: // it will
	}
}

// full lists the lines of a provider for which nothing more should be leased.
func (d *Dispatcher) full(p bot.ProviderID) []bot.Line {
	d.mu.Lock()
	defer d.mu.Unlock()
	var full []bot.Line
	for line, l := range d.lanes {
		if line.Provider == p && l.waiting() >= d.o.Workers {
			l.moreDue = true
			full = append(full, bot.Line{Channel: line.Channel, Sender: line.Sender})
		}
	}
	return full
}

// drained takes what is left of all lanes when Run ends.
func (d *Dispatcher) drained() []bot.Lease {
	d.mu.Lock()
	defer d.mu.Unlock()
	var left []bot.Lease
	for _, l := range d.lanes {
		for one, ok := l.pop(); ok; one, ok = l.pop() {
			left = append(left, one)
		}
	}
	return left
}
