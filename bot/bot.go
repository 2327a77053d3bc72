package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"heard/channels"
	"heard/flows"
)

// turnTime is how long a turn may take: a provider waits no longer.
const turnTime = 5 * time.Second

// maxConflicts is how often a turn is stepped again because somebody else
// changed what it read. Each conflict means that another turn was done.
const maxConflicts = 100

// Provider is one organisation that is complained to, as the bot needs it.
type Provider struct {
	ID         ProviderID
	Name       string
	PublicName string          // neutral, for messages that nobody just asked for
	Guardian   flows.Words     // who acts if care suffers for a complaint; may be empty
	Deputy     flows.Words     // who acts where the complaint is about the guardian; may be empty
	Hours      flows.Words     // when people read, in words; may be empty
	Kind       string          // "nhs", "council", "care_home", "gp"
	Nation     string          // its jurisdiction
	SMS        channels.Sender // the number that texts are sent from; empty: none
	SMSPence   float64         // what one segment of a text costs, for previews; 0: not known
	Calendar   Calendar
	Flows      *flows.Set

	// Media fetches what people send, by channel; left out: files stay where they are.
	Media map[channels.Channel]MediaSource

	// Ways are how people can write to us, as far as we know yet; may be nil.
	Ways func() []Way

	// Quiet are the hours in which nothing goes out that the person did not just
	// ask for; zero: none.
	Quiet Hours

	// Most is how much is answered; what comes above that is kept.
	Most Most

	// Staffed are the hours of working days in which somebody is at the desk; zero: it
	// is not known.
	Staffed Hours

	// ReflectAfter is how long after an accepted outcome the person is asked to
	// look back.
	ReflectAfter time.Duration

	SecondSignature bool // an outcome is offered only once another person has signed it
}

// Options are what a Bot is made of.
type Options struct {
	Store     Store
	Versions  FlowStore
	Receipts  Receipts // nil: no provider tells of its messages
	Moves     Moves    // nil: nobody goes on at another address
	Providers []Provider
	Files     Files            // nil: files are not fetched
	Pager     Pager            // nil: nobody is told away from the desk
	Deliver   func(Lease)      // is handed each message that a commit leased; must not block
	Now       func() time.Time // nil: the clock
	Log       *slog.Logger     // nil: none

	// Count is told how each commit ended: "committed", "repeated" (the message was
	// done before), "conflict" (stepped again), "fenced", "failed", and "uncertain"
	// (no answer came, so it was tried once more); and of each "put aside", "danger"
	// and "crowd". May be nil.
	Count func(what string)
}

// Bot takes what people send, and what happens to their cases, one turn at a
// time.
type Bot struct {
	store     Store
	versions  FlowStore
	receipts  Receipts
	moves     Moves
	providers map[ProviderID]*provider
	deliver   func(Lease)
	pager     Pager
	files     Files
	count     func(string)
	fetching  chan struct{} // a place for each file that is being fetched
	now       func() time.Time
	log       *slog.Logger
	recent    *recent
	crowds    *crowds
}

// provider is a Provider whose Set grows by the versions that people are still
// on.
type provider struct {
	Provider
	set  atomic.Pointer[flows.Set]
	grow sync.Mutex // held while the Set is replaced by a larger one
}

// New makes a Bot and publishes the current version of every flow, so that who
// is in the middle of one can finish it after the files have changed.
func New(ctx context.Context, o Options) (*Bot, error) {
	b := &Bot{
		store: o.Store, versions: o.Versions, receipts: o.Receipts, moves: o.Moves, deliver: o.Deliver, pager: o.Pager, files: o.Files, now: o.Now, log: o.Log,
		count: o.Count, fetching: make(chan struct{}, fetchesAtOnce),
		providers: map[ProviderID]*provider{}, recent: newRecent(recentSize), crowds: newCrowds(),
	}
	if b.now == nil {
		b.now = time.Now
	}
	if b.count == nil {
		b.count = func(string) {}
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	for _, one := range o.Providers {
		p := &provider{Provider: one}
		p.set.Store(one.Flows)
		b.providers[one.ID] = p
		if err := b.publish(ctx, p); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *Bot) publish(ctx context.Context, p *provider) error {
	versions, err := p.Flows.Publish()
	if err != nil {
		return fmt.Errorf("publish the flows of %s: %w", p.ID, err)
	}
	for _, v := range versions {
		if err := b.versions.PublishFlow(ctx, p.ID, v.Flow, v.Hash, v.Structure, v.Words); err != nil {
			return fmt.Errorf("publish the flow %s of %s: %w", v.Flow, p.ID, err)
		}
	}
	return nil
}

// provider finds a provider; its id comes from a webhook's address or a timer.
func (b *Bot) provider(id ProviderID) (*provider, error) {
	p := b.providers[id]
	if p == nil {
		return nil, fmt.Errorf("provider %q is not configured: %w", id, ErrNotFound)
	}
	return p, nil
}

// recovered makes a panic an error like others, for which a turn is put aside. It
// says no more than the panic's type: the rest may quote a person.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("a flow panicked: %T", r)
	}
}

// handle takes the step and applies what comes of it.
func (b *Bot) handle(ctx context.Context, w *work, st flows.State, ev flows.Event) ([]flows.Effect, error) {
	next, effects, err := b.step(ctx, w.p, st, ev, w.now)
	if w.asksOthers {
		next, effects, err = b.stepWithOthers(ctx, w, st, ev)
	}
	if err != nil {
		return nil, err
	}
	if err := b.hold(ctx, w, effects); err != nil {
		return nil, err
	}
	if err := w.apply(next, effects); err != nil {
		return nil, err
	}
	return effects, b.askPatient(ctx, w)
}

// stepWithOthers takes a step again that asked for the person's other cases. They are
// read for it only: each costs a round trip, and few steps tell of them.
func (b *Bot) stepWithOthers(ctx context.Context, w *work, st flows.State, ev flows.Event) (flows.State, []flows.Effect, error) {
	if err := b.readOthers(ctx, w); err != nil {
		return st, nil, err
	}
	var err error
	if ev.Facts, err = b.factsWithNews(ctx, w); err != nil {
		return st, nil, err
	}
	return b.step(ctx, w.p, st, ev, w.now)
}

// step takes the step, loading the older versions of flows that it asks for.
func (b *Bot) step(ctx context.Context, p *provider, st flows.State, ev flows.Event, now time.Time) (flows.State, []flows.Effect, error) {
	var missing *flows.VersionError
	for range maxVersions {
		next, effects, err := flows.Step(p.set.Load(), st, ev, now)
		if !errors.As(err, &missing) {
			return next, effects, err
		}
		if err := b.load(ctx, p, missing); err != nil {
			return st, nil, err
		}
	}
	return st, nil, missing
}

// maxVersions is how many versions one turn may need that are not loaded: one for
// each flow that lies on another.
const maxVersions = 8

// load adds a version of a flow that the store has to the provider's Set.
func (b *Bot) load(ctx context.Context, p *provider, missing *flows.VersionError) error {
	_, structure, words, err := b.versions.FlowVersion(ctx, p.ID, missing.Hash)
	if errors.Is(err, ErrNotFound) {
		return missing
	}
	if err != nil {
		return storeError{err}
	}
	p.grow.Lock()
	defer p.grow.Unlock()
	larger, err := p.set.Load().WithVersion(structure, words)
	if err != nil {
		return err
	}
	p.set.Store(larger)
	return nil
}

// storeError is an error that is the store's, not the flow's: it must reach the
// provider as "try again", and nothing may be put aside for it.
type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }

// commit makes a turn true and hands on what it leased. An error that leaves
// open whether it was done is tried once more with the same turn, which the
// store knows again.
func (b *Bot) commit(ctx context.Context, t Turn) (Committed, error) {
	done, err := b.store.Commit(ctx, t)
	if err != nil && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrFenced) && ctx.Err() == nil {
		b.count("uncertain")
		done, err = b.store.Commit(ctx, t)
	}
	b.count(committed(done, err))
	if err != nil {
		return done, err
	}
	for _, l := range done.Leases {
		b.deliver(l)
	}
	b.alarm(ctx, t, done)
	return done, nil
}

// committed is how a commit ended, in a word.
func committed(done Committed, err error) string {
	switch {
	case errors.Is(err, ErrConflict):
		return "conflict"
	case errors.Is(err, ErrFenced):
		return "fenced"
	case err != nil:
		return "failed"
	case done.Duplicate:
		return "repeated"
	}
	return "committed"
}

// alarm tells the operator of danger, whatever pages are open: that there is a
// task, never what was said or by whom.
func (b *Bot) alarm(ctx context.Context, t Turn, done Committed) {
	for _, o := range t.Ops {
		if a, ok := o.(AddTask); ok && !done.Duplicate && (a.Task.Kind == Danger || a.Task.Kind == ConfirmedDanger) {
			b.count("danger")
			b.log.LogAttrs(ctx, slog.LevelError, "words that may mean danger: staff must read the task now",
				slog.String("provider", string(t.Provider)), slog.String("kind", string(a.Task.Kind)))
		}
	}
}

// addressKey is what a recent view is found by.
type addressKey struct {
	provider ProviderID
	channel  channels.Channel
	sender   channels.Sender
	address  channels.Address
}
