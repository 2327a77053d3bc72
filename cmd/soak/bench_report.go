package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// figures are how a contestant did.
type figures struct {
	rates []float64 // turns a second, by round
	took  []time.Duration
	turns int64
	spent spending
	kept  int64 // bytes that its turns added to what Redis keeps: the same for both, or their commits differ
	holds int64 // bytes of memory, at the most
}

// spending is the processor time of those who have a part in a turn.
type spending struct{ own, redis, load time.Duration }

func (s spending) sum() time.Duration { return s.own + s.redis + s.load }

func (s spending) since(before spending) spending {
	return spending{s.own - before.own, s.redis - before.redis, s.load - before.load}
}

func (s spending) with(more spending) spending {
	return spending{s.own + more.own, s.redis + more.redis, s.load + more.load}
}

// report prints both, and is an error where heard is not as fast as it must be.
func (r *rig) report(out io.Writer, bare float64) error {
	var rates [2]float64
	for i, c := range r.both {
		rates[i] = mean(c.rates)
		_, _ = fmt.Fprintf(out, "%-58s %8.0f %10s %10s\n", r.name+": "+c.name, rates[i], quantile(c.took, 0.5), quantile(c.took, 0.99))
	}
	var shares []float64
	for i := range r.both[0].rates {
		shares = append(shares, r.both[0].rates[i]/r.both[1].rates[i])
	}
	slices.Sort(shares)
	share := shares[len(shares)/2] // the middle round: what else the machine does falls on some rounds only
	_, _ = fmt.Fprintf(out, "%-58s %7.1f%%   in the middle round, from %.1f%% to %.1f%%; %.1f%% of all\n", "  heard's share", 100*share,
		100*shares[0], 100*shares[len(shares)-1], 100*rates[0]/rates[1])
	var each [2]float64 // µs
	for i, c := range r.both {
		each[i] = c.each(c.spent.sum())
	}
	_, _ = fmt.Fprintf(out, "%-58s %7.1f%%   %.0f µs a turn, beside %.0f µs: whatever else the machine does\n", "  by processor time, load and Redis included", 100*each[1]/each[0], each[0], each[1])
	for _, c := range r.both {
		_, _ = fmt.Fprintf(out, "%-58s %8.0f   µs of its own, %.0f Redis', %.0f the load's; %.0f bytes kept; it holds %d MB\n", "  a turn of "+c.name,
			c.each(c.spent.own), c.each(c.spent.redis), c.each(c.spent.load), c.keeps(), c.holds>>20)
	}
	_, _ = fmt.Fprintf(out, "%-58s %8.0f   heard does %.1f%% of it\n\n", "  the bare commit script", bare, 100*rates[0]/bare)
	var faults []error
	if heard, empty := r.both[0].keeps(), r.both[1].keeps(); math.Abs(heard/empty-1) > mostApart {
		faults = append(faults, fmt.Errorf("%s: a turn keeps %.0f bytes, the empty handler's %.0f: it does not make the same commit", r.name, heard, empty))
	}
	if share < leastShare {
		faults = append(faults, fmt.Errorf("%s: %.1f%% of the empty handler, and %.0f%% must be", r.name, 100*share, 100*leastShare))
	}
	if rates[0] < r.least {
		faults = append(faults, fmt.Errorf("%s: %.0f a second, and %.0f must be", r.name, rates[0], r.least))
	}
	if p99 := quantile(r.both[0].took, 0.99); p99 > mostLatency {
		faults = append(faults, fmt.Errorf("%s: p99 %s, and %s must be", r.name, p99, mostLatency))
	}
	return errors.Join(faults...)
}

// each is a share of a turn's, in µs.
func (f *figures) each(spent time.Duration) float64 {
	return float64(spent.Microseconds()) / float64(max(1, f.turns))
}

// keeps is how many bytes a turn adds to what Redis keeps.
func (f *figures) keeps() float64 { return float64(f.kept) / float64(max(1, f.turns)) }

func mean(all []float64) float64 {
	sum := 0.0
	for _, x := range all {
		sum += x
	}
	return sum / float64(max(1, len(all)))
}
