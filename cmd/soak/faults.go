package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// row is one fault: what is done, and what must be seen of it.
type row struct {
	name  string
	bound time.Duration // from start to end
	sees  string
	run   func(ctx context.Context, s *stage) error
}

// stage is where a row is played. The house is opened for it and closed behind it.
type stage struct {
	*house
	seed uint64
	saw  string // what is worth telling, in a few words
}

// rows are all faults. Each was seen to fail with its protection taken out of
// heard; a new row must be, too.
func rows() []row {
	return slices.Concat(killRows(), storeRows(), instanceRows(), intakeRows(), providerRows(), oddRows(), clockRows())
}

type faultsOptions struct {
	only     string
	list     bool
	parallel int
	seed     uint64
}

func faultsCommand(ctx context.Context, out io.Writer, args []string) error {
	var o faultsOptions
	flags := flag.NewFlagSet("faults", flag.ContinueOnError)
	flags.StringVar(&o.only, "only", "", "play this row, or these with commas between")
	flags.BoolVar(&o.list, "list", false, "name the rows and what each must show")
	flags.IntVar(&o.parallel, "parallel", 4, "how many rows are played at the same time")
	flags.Uint64Var(&o.seed, "seed", 1, "what chance begins with")
	if err := parse(flags, args); err != nil {
		return err
	}
	chosen, err := choose(rows(), o.only)
	if err != nil {
		return err
	}
	if o.list {
		for _, r := range chosen {
			_, _ = fmt.Fprintf(out, "%-20s %4.0fs  %s\n", r.name, r.bound.Seconds(), r.sees)
		}
		return nil
	}
	_, _ = fmt.Fprintf(out, "%d rows, %d at a time, seed %d\n\n", len(chosen), o.parallel, o.seed)
	return playAll(ctx, out, chosen, o)
}

func choose(all []row, only string) ([]row, error) {
	if only == "" {
		return all, nil
	}
	var chosen []row
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(all, func(r row) bool { return r.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no row %q: soak faults -list names them", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// playAll plays the rows, so many at a time, and tells of each as it ends.
func playAll(ctx context.Context, out io.Writer, chosen []row, o faultsOptions) error {
	began := time.Now()
	room := make(chan struct{}, max(1, o.parallel))
	var mu sync.Mutex
	var wg sync.WaitGroup
	var failed []string
	for _, r := range longestFirst(chosen) {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			at := time.Now()
			saw, err := play(ctx, r, o.seed)
			mu.Lock()
			defer mu.Unlock()
			result := "ok"
			if err != nil {
				result = "FAILED"
				failed = append(failed, r.name)
			}
			_, _ = fmt.Fprintf(out, "%-20s %-6s %5.1fs of %3.0fs  %s\n", r.name, result, time.Since(at).Seconds(), r.bound.Seconds(), r.sees)
			if saw != "" {
				_, _ = fmt.Fprintf(out, "%46s%s\n", "", saw)
			}
			if err != nil {
				_, _ = fmt.Fprintf(out, "  %s\n", lines(strings.Split(err.Error(), "\n")))
			}
		})
	}
	wg.Wait()
	_, _ = fmt.Fprintf(out, "\n%d rows in %s, %d failed\n", len(chosen), time.Since(began).Round(time.Second), len(failed))
	if len(failed) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(failed, ", "))
	}
	return nil
}

// longestFirst has those begin first that may take longest.
func longestFirst(all []row) []row {
	return slices.SortedStableFunc(slices.Values(all), func(a, b row) int { return int(b.bound - a.bound) })
}

// play plays one row in a house of its own.
func play(ctx context.Context, r row, seed uint64) (saw string, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.bound)
	defer cancel()
	h, err := openHouse()
	if err != nil {
		return "", err
	}
	defer h.close()
	s := &stage{house: h, seed: seed}
	if err := r.run(ctx, s); err != nil {
		return s.saw, err
	}
	return s.saw, h.trouble()
}

// heards starts so many processes, each behind a proxy of its own if asked to.
func (s *stage) heards(ctx context.Context, n int, proxied bool) error {
	for range n {
		if _, err := s.heard(ctx, proxied); err != nil {
			return err
		}
	}
	return nil
}

// under lets people complain at a rate while something happens to the house, and
// then closes the account: nothing may be lost, doubled or out of order.
func (s *stage) under(ctx context.Context, people []*person, rate float64, happen func(context.Context) error) error {
	pace := newMetronome(rate)
	failed := make(chan error, 1)
	go func() { failed <- happen(ctx) }()
	err := all(people, func(p *person) error { return p.complain(ctx, pace.wait) })
	if err := errors.Join(<-failed, s.ledger.fault(), err); err != nil {
		return err
	}
	return s.account(ctx, people)
}

// account waits until all is sent, and audits.
func (s *stage) account(ctx context.Context, people []*person) error {
	if err := s.ledger.settled(ctx, s.house, people); err != nil {
		return fmt.Errorf("%w\n%s", err, s.processes[0].lastWords())
	}
	if err := s.ledger.fault(); err != nil {
		return err
	}
	return s.staffKnowNoTrouble(ctx)
}

// staffKnowNoTrouble sees that no message was given up or put aside on the way.
func (s *stage) staffKnowNoTrouble(ctx context.Context) error {
	tasks, err := s.tasks(ctx)
	if err != nil {
		return err
	}
	if n := len(tasks["undelivered"]) + len(tasks["put aside"]); n > 0 {
		return fmt.Errorf("staff were given %d tasks for messages that were given up", n)
	}
	return nil
}

// within waits for something, for so long.
func within(ctx context.Context, d time.Duration, what string, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return await(ctx, what, func() (bool, error) { return done(), nil })
}
