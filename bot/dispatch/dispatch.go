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
	// Unreached notes that a message was not taken for its person, and tells whether
	// somebody sees to that: staff, or a text that goes instead.
	Unreached(ctx context.Context, l bot.Lease, sentence string) (done bool, err error)
	// OptedOut notes that the provider refuses messages to this person because
	// they left, unless they came back since the message was sent.
	OptedOut(ctx context.Context, p bot.ProviderID, id bot.ConversationID, began time.Time) (left bool, err error)
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
	Workers   int           // sends at once on each line; 0: 32
	Poll      time.Duration // between two looks for what is due; 0: 250 ms
	Grace     time.Duration // what was lost is left to who had it, once the store answers again; 0: 10 s
	Log       *slog.Logger
	Count     func(result string) // is told how each send ended; may be nil
	Now       func() time.Time    // nil: the clock
}

// Dispatcher leases and runs what is due, until its Run ends.
type Dispatcher struct {
	o     Options
	spare chan bot.Lease // leased with a commit, with no room in its lane
	soon  chan struct{}  // look for what is due before it is time
	down  outage         // of the store
	turn  int            // which provider is looked at first; the poll's own
	owed  owed

	mu    sync.Mutex
	lanes map[Line]*lane // all lines, and one under the zero Line
	wakes map[bot.ProviderID]*wakes
	run   *running // nil: nothing may begin, since Run has not, or is to end
}

// running is what a Run has.
type running struct {
	ctx      context.Context
	turns    Turns
	children *sync.WaitGroup
}

// The sizes that are not worth a setting.
const (
	defaultWorkers = 32
	defaultPoll    = 250 * time.Millisecond
	defaultGrace   = 10 * time.Second // longer than a settlement, and the longest pause before it is tried again
	leaseBatch     = 64
	spareWorkers   = 4

	// roomPerSend is how many of what commits lease may wait for each send of a line.
	roomPerSend = 16

	// leaseRounds is how many batches of one provider are leased before the next
	// provider's turn.
	leaseRounds = 4

	// longestPoll is how long is between two looks while the store does not answer.
	longestPoll = 5 * time.Second

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
	if o.Grace == 0 {
		o.Grace = defaultGrace
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
	d := &Dispatcher{
		o: o, spare: make(chan bot.Lease, 64*o.Workers), soon: make(chan struct{}, 1),
		lanes: map[Line]*lane{{}: {}}, wakes: map[bot.ProviderID]*wakes{},
	}
	for line := range o.Lines {
		d.lanes[line] = &lane{}
	}
	for _, p := range o.Providers {
		d.wakes[p] = &wakes{}
	}
	return d
}

// Run works until ctx ends, and returns when everything it began has ended. What
// is being sent then is finished first, and what was not begun is given back.
func (d *Dispatcher) Run(ctx context.Context, turns Turns) error {
	var children sync.WaitGroup
	children.Go(func() { d.poll(ctx) })
	for range spareWorkers {
		children.Go(func() { d.giveBack(ctx) })
	}
	d.begin(&running{ctx, turns, &children})
	<-ctx.Done()
	d.begin(nil) // no child begins from here on
	children.Wait()
	left := d.drained()
	for {
		select {
		case l := <-d.spare:
			left = append(left, l)
			continue
		default:
		}
		break
	}
	for _, l := range left {
		d.untried(ctx, l, shortRest)
	}
	if err := d.settleOwed(ctx); err != nil {
		d.told(context.WithoutCancel(ctx), "settle what was sent: it is looked up, or sent again", err)
	}
	return nil
}

// begin lets children begin, those of lanes that were filled before; or no more.
func (d *Dispatcher) begin(r *running) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.run = r
	for _, l := range d.lanes {
		for range l.waiting() {
			d.start(l)
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
			d.untried(ctx, l, d.rest(l))
		}
	}
}

// rest is how long a message rests that is given back.
func (d *Dispatcher) rest(l bot.Lease) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lane(l).rest()
}

// untried gives a lease back of which nothing was begun. If that fails, it is
// found again when it has run out.
func (d *Dispatcher) untried(ctx context.Context, l bot.Lease, rest time.Duration) {
	_, _ = d.settle(ctx, l, bot.Settlement{Result: bot.Untried, After: rest})
}

// poll leases what is due, a provider after the other. While the store does not
// answer it looks less and less often.
func (d *Dispatcher) poll(ctx context.Context) {
	wait := d.o.Poll
	for ctx.Err() == nil {
		more, err := d.pass(ctx)
		switch {
		case err != nil:
			wait = min(2*wait, max(d.owed.longestPoll(), d.o.Poll))
		case more:
			wait = 0
		default:
			wait = d.o.Poll
		}
		d.until(ctx, wait)
	}
}

// until waits, or for word that there may be more.
func (d *Dispatcher) until(ctx context.Context, wait time.Duration) {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-d.soon:
	}
}

// pass looks once at every provider, each time at another first, and tells whether
// there may be more at once.
func (d *Dispatcher) pass(ctx context.Context) (more bool, failed error) {
	d.turn++
	if failed = d.settleOwed(ctx); failed != nil {
		d.failed(ctx, "settle", failed)
		d.owed.steady = time.Time{}
	}
	left, leased := d.owed.left(d.o.Now(), d.o.Grace), false
	for i := range d.o.Providers {
		p := d.o.Providers[(i+d.turn)%len(d.o.Providers)]
		again, err := d.leaseMessages(ctx, p, left)
		if err != nil {
			d.failed(ctx, "lease messages", err)
			failed, d.owed.steady = err, time.Time{}
		} else {
			leased = true
		}
		if err := d.leaseTimers(ctx, p); err != nil {
			d.failed(ctx, "lease timers", err)
			failed = err
		}
		more = more || again
	}
	if failed != nil {
		d.owed.failed(leased)
	}
	if failed == nil && ctx.Err() == nil {
		d.down.over(ctx, d.o.Log, "the store answers again")
	}
	return more, failed
}

// leaseMessages leases messages for the lines that have room, some batches at most,
// and tells whether there may be more.
func (d *Dispatcher) leaseMessages(ctx context.Context, p bot.ProviderID, left time.Duration) (more bool, err error) {
	for range leaseRounds {
		leases, err := d.o.Queue.LeaseMessages(ctx, p, leaseBatch, left, d.full(p)...)
		for _, l := range leases {
			d.Deliver(l)
		}
		if err != nil || len(leases) < leaseBatch {
			return false, err
		}
	}
	return true, nil
}

// survive keeps one message's or timer's panic from ending the process with all
// others: its lease runs out and it comes again.
func (d *Dispatcher) survive(what string) {
	if r := recover(); r != nil {
		d.o.Log.LogAttrs(context.Background(), slog.LevelError, "a panic", slog.String("what", what), slog.String("stack", string(debug.Stack())))
	}
}

// failed notes an error that leaves everything as it is: what was leased is
// found again when its lease has run out. While the store does not answer at all
// only the first is told.
func (d *Dispatcher) failed(ctx context.Context, what string, err error) {
	if ctx.Err() == nil && d.down.begin() {
		d.told(ctx, what, err)
	}
}

// told notes it without that.
func (d *Dispatcher) told(ctx context.Context, what string, err error) {
	d.o.Log.LogAttrs(ctx, slog.LevelWarn, "the store did not answer", slog.String("what", what), slog.String("error", err.Error()))
}
