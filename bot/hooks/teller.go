package hooks

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"heard/bot"
)

const (
	lookEvery  = 2 * time.Second
	guardFor   = 2 * time.Minute // longer than a send and what is written after it
	atOnce     = 50              // events that are read in one trip
	giveUpAt   = 3 * 24 * time.Hour
	firstPause = 5 * time.Second
	mostPause  = time.Hour
)

// Options are what a Teller is made of.
type Options struct {
	Store     Store
	Guard     func(ctx context.Context, p bot.ProviderID, name, instance string, ttl time.Duration) (bool, error)
	Providers []bot.ProviderID
	Instance  string        // among those that share the store
	Patience  time.Duration // how long an address may take to answer; 0: 15 seconds
	Now       func() time.Time
	Log       *slog.Logger

	// Count is told how each try ended: "told", "failed" or "given up".
	Count func(result string)

	// GivenUp has staff see to a hook that did not take an event within three days.
	GivenUp func(ctx context.Context, p bot.ProviderID, hook string) error

	// Jitter is from 0 to 1, at random; nil: it is.
	Jitter func() float64
}

// Teller tells the hooks of all providers what happened.
type Teller struct {
	o Options

	mu   sync.Mutex
	busy map[string]bool // hooks that are being told
}

// NewTeller makes a Teller.
func NewTeller(o Options) *Teller {
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return &Teller{o: o, busy: map[string]bool{}}
}

// Run tells until ctx ends, and then lets what is being sent be settled.
func (t *Teller) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		t.Look(ctx, &wg)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Look starts to tell each hook that has something to be told, beside those that are
// being told. wg waits for them.
func (t *Teller) Look(ctx context.Context, wg *sync.WaitGroup) {
	for _, p := range t.o.Providers {
		all, err := List(ctx, t.o.Store, p)
		if err != nil {
			t.trouble(ctx, p, "webhooks cannot be read", err)
			continue
		}
		for _, h := range all {
			name := string(p) + "/" + h.ID
			if h.Paused || t.o.Now().Before(h.Next) || !t.take(name) {
				continue
			}
			wg.Go(func() {
				defer t.free(name)
				if err := t.tell(ctx, p, h.ID); err != nil && ctx.Err() == nil {
					t.trouble(ctx, p, "a webhook's place cannot be kept", err)
				}
			})
		}
	}
}

func (t *Teller) take(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busy[name] {
		return false
	}
	t.busy[name] = true
	return true
}

func (t *Teller) free(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.busy, name)
}

func (t *Teller) trouble(ctx context.Context, p bot.ProviderID, what string, err error) {
	if ctx.Err() == nil {
		t.o.Log.LogAttrs(ctx, slog.LevelError, what, slog.String("provider", string(p)), slog.String("error", err.Error()))
	}
}

// tell tells a hook what happened since, one event after the other, as long as it
// takes them and no other instance does it.
func (t *Teller) tell(ctx context.Context, p bot.ProviderID, id string) error {
	guard := func() (bool, error) { return t.o.Guard(ctx, p, "hook:"+id, t.o.Instance, guardFor) }
	if held, err := guard(); !held || err != nil {
		return err
	}
	drawn, err := t.o.Store.Drawn(ctx, p, drawer, id) // as whoever told before left it
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	h, err := read(drawn)
	if err != nil {
		return err
	}
	h.patience = t.o.Patience
	for ctx.Err() == nil && !h.Paused {
		events, err := t.o.Store.Events(ctx, p, h.Told, atOnce)
		if err != nil || len(events) == 0 {
			return err
		}
		for i, e := range events {
			if held, err := guard(); !held || err != nil || ctx.Err() != nil || t.o.Now().Before(h.Next) {
				return err
			}
			last := i == len(events)-1
			if !h.wants(e.Kind) && !last {
				h.Told = e.Number
				continue
			}
			if err := t.one(ctx, p, &h, e); err != nil {
				return gone(err)
			}
		}
	}
	return nil
}

// one tells a hook of one event and writes down what became of it.
func (t *Teller) one(ctx context.Context, p bot.ProviderID, h *Hook, e bot.CaseEvent) error {
	settle := context.WithoutCancel(ctx) // what was sent is written down, or it is sent again
	if h.wants(e.Kind) {
		began := t.o.Now()
		err := h.tell(ctx, p, e, began)
		if err != nil && ctx.Err() != nil {
			return nil
		}
		h.tried(e, began, t.o.Now(), err)
		if err != nil && !t.tooOld(h, e) {
			t.o.Count("failed")
			h.failed(err, t.o.Now(), t.o.Jitter())
			return put(settle, t.o.Store, p, h)
		}
		if err != nil {
			if err := t.giveUp(settle, p, h, e, err); err != nil {
				return err
			}
		} else {
			t.o.Count("told")
			h.Trouble = ""
		}
	}
	h.Told, h.Tries, h.Next = e.Number, 0, time.Time{}
	return put(settle, t.o.Store, p, h)
}

// tooOld tells whether an event has been tried for long enough.
func (t *Teller) tooOld(h *Hook, e bot.CaseEvent) bool {
	since := e.At
	if h.Since.After(since) {
		since = h.Since
	}
	return t.o.Now().Sub(since) >= giveUpAt
}

// giveUp lets an event go, once staff have a task of it.
func (t *Teller) giveUp(ctx context.Context, p bot.ProviderID, h *Hook, e bot.CaseEvent, why error) error {
	if t.o.GivenUp != nil {
		if err := t.o.GivenUp(ctx, p, h.ID); err != nil {
			return err
		}
	}
	t.o.Count("given up")
	h.lose(e)
	h.Trouble = why.Error()
	t.o.Log.LogAttrs(ctx, slog.LevelError, "a webhook did not take an event within three days: it is given up",
		slog.String("provider", string(p)), slog.String("webhook", h.ID), slog.String("event", string(e.Kind)), slog.String("case", string(e.Case)))
	return nil
}

// failed has an event tried again after a while, each time a longer one, or the one
// that the answer asks for, and a fifth of it more at random: what failed together is
// not to come back together.
func (h *Hook) failed(err error, now time.Time, jitter float64) {
	pause := mostPause
	if h.Tries < 10 {
		pause = min(firstPause<<h.Tries, mostPause)
	}
	if n := (*notTaken)(nil); errors.As(err, &n) {
		pause = max(pause, min(n.after, 24*time.Hour))
	}
	h.Tries++
	h.Next, h.Trouble = now.Add(pause+time.Duration(jitter*float64(pause)/5)), err.Error()
}

// gone is an error of writing a hook, but where it was removed, or told by another,
// meanwhile.
func gone(err error) error {
	if errors.Is(err, bot.ErrConflict) {
		return nil
	}
	return err
}
