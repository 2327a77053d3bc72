// Package dispatch is the only loop with a clock: it leases what is due,
// delivers or wakes it, tries again, and gives up into a task for staff. It also
// keeps the inboxes: what a provider's webhook did not bring is listed, and a bot
// without a webhook is polled.
//
// It must not know what is said: messages and timers are the store's, and what
// they mean is bot's.
package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"heard/bot"
	"heard/channels"
)

// Sender delivers on one of a provider's numbers or bots.
type Sender interface {
	// Send delivers a message. A failure is a *channels.SendError.
	Send(ctx context.Context, m channels.Outbound) (channels.Sent, error)
	// Find lists the provider's ids of messages to this person with this text
	// since then, where the channel can look that up.
	Find(ctx context.Context, m channels.Outbound, since time.Time) ([]string, error)
}

// Turns are what the bot does when the dispatcher calls.
type Turns interface {
	// Wake runs a timer that is due.
	Wake(ctx context.Context, l bot.TimerLease) error
	// OptedOut notes that the provider refuses messages to this person because
	// they left.
	OptedOut(ctx context.Context, p bot.ProviderID, id bot.ConversationID) error
}

// Line is one of a provider's numbers or bots.
type Line struct {
	Provider bot.ProviderID
	Channel  channels.Channel
	Sender   channels.Sender
}

// Template finds an approved template by its name and language, with its
// variables filled.
type Template func(p bot.ProviderID, name, language string) *channels.Template

// Options are what a Dispatcher is made of.
type Options struct {
	Queue     bot.Queue
	Providers []bot.ProviderID
	Lines     map[Line]Sender
	Template  Template
	Workers   int           // messages and timers handled at once; 0: 64
	Poll      time.Duration // between two looks for what is due; 0: 250 ms
	Log       *slog.Logger
	Count     func(result string) // is told how each send ended; may be nil
	Now       func() time.Time    // nil: the clock
}

// Dispatcher leases and runs what is due, until its Run ends.
type Dispatcher struct {
	o     Options
	ready chan bot.Lease
	spare chan bot.Lease // leased with a commit, with no room in ready
	wake  chan bot.TimerLease
}

// The sizes that are not worth a setting.
const (
	defaultWorkers = 64
	defaultPoll    = 250 * time.Millisecond
	leaseBatch     = 64
	spareWorkers   = 4

	// untriedWait is how long a message rests that was given back.
	untriedWait = 100 * time.Millisecond

	// settleTime is how long the store may take to hear how a send ended; it
	// also runs while stopping.
	settleTime = 5 * time.Second
)

// New makes a Dispatcher. Deliver may be called before Run.
func New(o Options) *Dispatcher {
	if o.Workers == 0 {
		o.Workers = defaultWorkers
	}
	if o.Poll == 0 {
		o.Poll = defaultPoll
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Count == nil {
		o.Count = func(string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Dispatcher{o: o, ready: make(chan bot.Lease, 16*o.Workers), spare: make(chan bot.Lease, 64*o.Workers), wake: make(chan bot.TimerLease)}
}

// Deliver takes a message that was leased with a commit, so that a reply waits
// for no poll. It never blocks: a lease for which there is no room is given back
// to the store; where even that line is full, it is found again when it has run
// out.
func (d *Dispatcher) Deliver(l bot.Lease) {
	select {
	case d.ready <- l:
		return
	default:
	}
	select {
	case d.spare <- l:
	default:
		d.o.Count("no room")
	}
}

// Run works until ctx ends, and returns when everything it began has ended. What
// is being sent then is finished first, and what was not begun is given back.
func (d *Dispatcher) Run(ctx context.Context, turns Turns) error {
	var wg sync.WaitGroup
	for range d.o.Workers {
		wg.Go(func() { d.work(ctx, turns) })
	}
	wg.Go(func() { d.poll(ctx) })
	for range spareWorkers {
		wg.Go(func() { d.giveBack(ctx) })
	}
	wg.Wait()
	for {
		select {
		case l := <-d.ready:
			d.untried(ctx, l)
		case l := <-d.spare:
			d.untried(ctx, l)
		default:
			return nil
		}
	}
}

// giveBack returns what there is no room for, so that it is leased again when
// there is, by whoever has it.
func (d *Dispatcher) giveBack(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-d.spare:
			d.untried(ctx, l)
		}
	}
}

// untried gives a lease back of which nothing was begun. If that fails, it is
// found again when it has run out.
func (d *Dispatcher) untried(ctx context.Context, l bot.Lease) {
	_, _ = d.settle(ctx, l, bot.Settlement{Result: bot.Untried, After: untriedWait})
}

func (d *Dispatcher) work(ctx context.Context, turns Turns) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case l := <-d.ready:
			d.conversation(ctx, turns, l)
		case l := <-d.wake:
			d.timer(ctx, turns, l)
		}
	}
}

// poll leases what is due, a provider after the other.
func (d *Dispatcher) poll(ctx context.Context) {
	ticker := time.NewTicker(d.o.Poll)
	defer ticker.Stop()
	for {
		for _, p := range d.o.Providers {
			d.lease(ctx, p)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (d *Dispatcher) lease(ctx context.Context, p bot.ProviderID) {
	for ctx.Err() == nil && d.leaseMessages(ctx, p) == leaseBatch {
		continue // there may be more
	}
	timers, err := d.o.Queue.LeaseTimers(ctx, p, d.o.Workers)
	if err != nil {
		d.failed(ctx, "lease timers", err)
	}
	for _, l := range timers {
		select {
		case d.wake <- l:
		case <-ctx.Done():
			return
		}
	}
}

// leaseMessages leases as many messages as there is room for, a batch at most,
// and tells how many.
func (d *Dispatcher) leaseMessages(ctx context.Context, p bot.ProviderID) int {
	room := min(leaseBatch, cap(d.ready)-len(d.ready))
	if room <= 0 {
		return 0
	}
	leases, err := d.o.Queue.LeaseMessages(ctx, p, room)
	if err != nil {
		d.failed(ctx, "lease messages", err)
	}
	for _, l := range leases {
		d.Deliver(l)
	}
	return len(leases)
}

// survive keeps one message's or timer's panic from ending the process with all
// others: its lease runs out and it comes again.
func (d *Dispatcher) survive(what string) {
	if r := recover(); r != nil {
		d.o.Log.LogAttrs(context.Background(), slog.LevelError, "a panic", slog.String("what", what), slog.String("stack", string(debug.Stack())))
	}
}

func (d *Dispatcher) timer(ctx context.Context, turns Turns, l bot.TimerLease) {
	defer d.survive("wake")
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), l.Deadline)
	defer cancel()
	if err := turns.Wake(ctx, l); err != nil && !errors.Is(err, bot.ErrFenced) {
		d.failed(ctx, "wake", err)
	}
}

// failed notes an error that leaves everything as it is: what was leased is
// found again when its lease has run out.
func (d *Dispatcher) failed(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	d.o.Log.LogAttrs(ctx, slog.LevelWarn, "the store did not answer", slog.String("what", what), slog.String("error", err.Error()))
}
