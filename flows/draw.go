package flows

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
)

// The most statements that are asked at one time, and about one case, unless
// Facts say otherwise. A survey that is short gets answered.
const (
	mostAtOnce  = 3
	mostPerCase = 8
)

// drawn tells whether a statement is among those that are asked of this person:
// of all that the flow could ask and that were not asked before, the first few in
// an order that is random, but the same each time for the same person. Every
// statement of a flow gets an equal share over many people.
func (t *turn) drawn(v *version, statement string) bool {
	return slices.Contains(t.draw(v), statement)
}

func (t *turn) draw(v *version) []string {
	asked := t.ev.Facts.Asked
	var could []string
	for _, s := range v.steps {
		if s.kind == Measure && !slices.Contains(asked, s.statement) {
			could = append(could, s.statement)
		}
	}
	slices.SortFunc(could, func(a, b string) int {
		return cmp.Compare(lot(t.ev.Facts.Seed, a), lot(t.ev.Facts.Seed, b))
	})
	return could[:max(0, min(len(could), mostAtOnce, mostPerCase-len(asked)))]
}

// lot is where a statement stands in a person's order.
func lot(seed uint64, statement string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(strconv.AppendUint([]byte(statement), seed, 36)) // never fails
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd // the finaliser of MurmurHash3: FNV alone orders short inputs badly
	x ^= x >> 33
	return x
}
