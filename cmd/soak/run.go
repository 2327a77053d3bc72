package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"heard/channels"
)

// runOptions are the flags of soak run.
type runOptions struct {
	lasts     time.Duration
	rate      float64
	people    int
	instances int
	kills     bool
	seed      uint64
}

func runCommand(ctx context.Context, out io.Writer, args []string) error {
	var o runOptions
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.DurationVar(&o.lasts, "for", time.Minute, "how long people write")
	flags.Float64Var(&o.rate, "rate", 300, "messages a second from people")
	flags.IntVar(&o.people, "people", 0, "how many people; 0: three seconds' worth")
	flags.IntVar(&o.instances, "heards", 2, "how many heard processes")
	flags.BoolVar(&o.kills, "kills", false, "kill -9 a process at random, every ten seconds or so")
	flags.Uint64Var(&o.seed, "seed", 1, "what chance begins with")
	if err := parse(flags, args); err != nil {
		return err
	}
	if o.people == 0 {
		o.people = max(1, int(3*o.rate))
	}
	_, _ = fmt.Fprintf(out, "%d people write %.0f messages a second for %s to %d heard processes; kills: %v; seed %d\n\n",
		o.people, o.rate, o.lasts, o.instances, o.kills, o.seed)
	return soakRun(ctx, out, o)
}

// mix is what people write on. A Telegram bot may say thirty things a second and
// a WhatsApp number eighty: at 300 messages a second most must be texts.
var mix = []channels.Channel{
	channels.SMS, channels.SMS, channels.WhatsApp, channels.SMS, channels.SMS, channels.WhatsApp,
	channels.SMS, channels.SMS, channels.WhatsApp, channels.SMS, channels.SMS, channels.Telegram,
}

// drainTime is how long what was begun may take to end.
const drainTime = 5 * time.Minute

func soakRun(ctx context.Context, out io.Writer, o runOptions) error {
	h, err := openHouse()
	if err != nil {
		return err
	}
	defer h.close()
	h.twilio.Remember = 75 * time.Minute // more than anybody lists
	live, stop := context.WithCancel(ctx)
	defer stop()
	h.callbacks(live)
	for range o.instances {
		if _, err := h.heard(ctx, false); err != nil {
			return err
		}
	}
	people := make([]*person, o.people)
	for i := range people {
		people[i] = h.personOn(mix[i%len(mix)], i)
	}
	watching := h.watch(live, out)
	if err := h.soak(ctx, people, o); err != nil {
		return err
	}
	drain, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	if err := h.ledger.settled(drain, h, people); err != nil {
		return err
	}
	stop()
	<-watching
	_, _ = fmt.Fprintln(out)
	h.ledger.print(out)
	return errors.Join(h.ledger.fault(), h.trouble())
}

// soak lets people write until it is time, then lets each finish what they began.
func (h *house) soak(ctx context.Context, people []*person, o runOptions) error {
	until := time.Now().Add(o.lasts)
	pace := newMetronome(o.rate)
	kills, done := context.WithDeadline(ctx, until)
	var wg sync.WaitGroup
	if o.kills {
		wg.Go(func() { h.killing(kills, seeded(o.seed)) })
	}
	err := all(people, func(p *person) error {
		for time.Now().Before(until) {
			if err := p.complain(ctx, pace.wait); errors.Is(err, errAstray) {
				return nil // the ledger has it
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	done()
	wg.Wait()
	return err
}

// killing ends processes at random and starts them again, until ctx ends.
func (h *house) killing(ctx context.Context, chance *rand.Rand) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(5*time.Second + soon(chance, 10*time.Second)):
		}
		p := h.processes[chance.IntN(len(h.processes))]
		h.ledger.disturb()
		p.kill()
		h.ledger.disturb()
		h.balancer.set(p.addr, false)
		if err := h.again(context.WithoutCancel(ctx), p); err != nil {
			h.ledger.lose("a process does not start again: %v", err)
			return
		}
	}
}

// metronome gives out moments at a rate.
type metronome struct {
	mu    sync.Mutex
	every time.Duration
	next  time.Time
}

func newMetronome(rate float64) *metronome {
	return &metronome{every: time.Duration(float64(time.Second) / rate), next: time.Now()}
}

// wait waits for the next moment that is free. What could not be used is not
// made up for: a stall is no burst afterwards.
func (m *metronome) wait(ctx context.Context) error {
	m.mu.Lock()
	now := time.Now()
	if m.next.Before(now) {
		m.next = now
	}
	at := m.next
	m.next = m.next.Add(m.every)
	m.mu.Unlock()
	d := time.Until(at)
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// watch prints the memory of everything now and then, until ctx ends.
func (h *house) watch(ctx context.Context, out io.Writer) <-chan struct{} {
	ended := make(chan struct{})
	began, every := time.Now(), time.NewTicker(10*time.Second)
	_, _ = fmt.Fprintf(out, "%10s %10s %8s %14s %12s %12s\n", "after", "messages", "a second", "heard, each MB", "redis MB", "its data MB")
	go func() {
		defer close(ended)
		defer every.Stop()
		for last, ticks := 0, 0; ; ticks++ {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
			}
			if after := time.Since(began); after > 2*time.Minute && ticks%6 != 0 {
				continue // a line a minute is enough by then
			}
			last = h.line(ctx, out, time.Since(began), last)
		}
	}()
	return ended
}

func (h *house) line(ctx context.Context, out io.Writer, after time.Duration, last int) int {
	h.ledger.mu.Lock()
	messages, seconds := h.ledger.messages, 10.0
	h.ledger.mu.Unlock()
	if after > 2*time.Minute+15*time.Second {
		seconds = 60
	}
	sizes := ""
	for _, p := range h.processes {
		sizes += fmt.Sprintf(" %d", p.resident()>>20)
	}
	data, _ := h.redis.memory(ctx) // 0 while it is away
	_, _ = fmt.Fprintf(out, "%10s %10d %8.0f %14s %12d %12d\n", after.Round(time.Second), messages,
		float64(messages-last)/seconds, sizes, residentOf(h.redis.cmd.Process.Pid)>>20, data>>20)
	return messages
}
