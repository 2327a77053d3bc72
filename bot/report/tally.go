package report

import (
	"math"

	"heard/flows"
)

// fewest is how many people a group must have to be told of.
const fewest = 5

// tally counts the answers to one statement. What leaves the package is a Figure.
type tally struct {
	agree, other     int // of the scale: agree or strongly agree, and the rest
	notApply, notSay int
	asked, delivered int
}

func (t *tally) count(answer string) {
	switch answer {
	case flows.StronglyAgrees, flows.Agrees:
		t.agree++
	case flows.Neither, flows.Disagrees, flows.StronglyDisagrees:
		t.other++
	case flows.DoesNotApply:
		t.notApply++
	case flows.RatherNotSay:
		t.notSay++
	}
}

func (t tally) plus(u tally) tally {
	return tally{
		t.agree + u.agree, t.other + u.other, t.notApply + u.notApply, t.notSay + u.notSay,
		t.asked + u.asked, t.delivered + u.delivered,
	}
}

// size is how many gave one of the five answers of the scale.
func (t tally) size() int { return t.agree + t.other }

// nobody tells that there is no one behind a tally.
func (t tally) nobody() bool { return t == tally{} }

// safe tells whether the score may be shown.
func (t tally) safe() bool { return t.agree >= fewest && t.other >= fewest }

// apartSafe tells whether those off the scale may be shown, taken together.
func (t tally) apartSafe() bool { return t.notApply+t.notSay >= fewest }

// eachApartSafe tells whether they may be shown one by one.
func (t tally) eachApartSafe() bool { return t.notApply >= fewest && t.notSay >= fewest }

func (t tally) figure() *Figure {
	return &Figure{Agree: t.agree, N: t.size(), Asked: t.asked, Delivered: t.delivered}
}

// Figure is a score that may be shown, with what it was made of.
type Figure struct {
	Agree     int // agree and strongly agree
	N         int // the five answers of the scale
	Asked     int // questions sent; 0: not counted
	Delivered int // of which known to have arrived
}

// Score is the share that agree.
func (f Figure) Score() float64 { return float64(f.Agree) / float64(f.N) }

// Interval is Wilson's 95 % interval for the score.
func (f Figure) Interval() (low, high float64) { return wilson(f.Agree, f.N) }

// Rate is the share of those asked who answered on the scale. It is not known
// where not all who answered were counted when they were asked.
func (f Figure) Rate() (share float64, known bool) {
	if f.Asked < f.N {
		return 0, false
	}
	return float64(f.N) / float64(f.Asked), true
}

// z is the standard normal quantile for two sides of 2.5 %.
const z = 1.959963984540054

// wilson is the score interval of Wilson (1927) without continuity correction,
// the one that holds for small n and shares near 0 and 1. n is not 0.
func wilson(agree, n int) (low, high float64) {
	p, of := float64(agree)/float64(n), float64(n)
	centre := p + z*z/(2*of)
	width := z * math.Sqrt(p*(1-p)/of+z*z/(4*of*of))
	scale := 1 + z*z/of
	return max(0, (centre-width)/scale), min(1, (centre+width)/scale)
}
