package report

import (
	"cmp"
	"maps"
	"slices"
)

// window is how many months a table looks back.
const window = 12

// block is what was answered to one statement in a period, by column of a table.
type block struct {
	Period
	columns map[string]tally
}

// joined is this block and the one after it. The zero block is none.
func (b block) joined(next block) block {
	if b.columns == nil {
		return next
	}
	all := block{Period{b.From, next.To}, maps.Clone(b.columns)}
	for name, t := range next.columns {
		all.columns[name] = all.columns[name].plus(t)
	}
	return all
}

// total is the block's tally over all columns.
func (b block) total() (sum tally) {
	for _, t := range b.columns {
		sum = sum.plus(t)
	}
	return sum
}

// join makes larger blocks of consecutive ones. One ends as soon as done says so,
// which is told whether its year is over and nothing more can come to it. A block
// does not outlast its year: what is not done by then is left out. Whether a block
// ends depends on nothing that comes later, so that months to come do not change
// what was made of those before.
func join(parts []block, last Month, done func(b block, over bool) bool) []block {
	var whole []block
	var open block
	for i, part := range parts {
		end := part.To.yearEnd()
		ends := i+1 == len(parts) || parts[i+1].To.yearEnd() != end
		open = open.joined(part)
		switch {
		case done(open, ends && end <= last):
			whole = append(whole, open)
			open = block{}
		case ends:
			open = block{}
		}
	}
	return whole
}

// periods are the finest blocks there are: of as many months as it takes until
// the figure over all columns may be shown.
func periods(months []block, last Month) []block {
	return join(months, last, func(b block, _ bool) bool { return b.total().safe() })
}

// columned are the blocks of a table with columns: they end when no column needs
// to be hidden, or with the year.
func columned(periods []block, last Month) []block {
	return join(periods, last, func(b block, over bool) bool { return over || len(b.hidden()) == 0 })
}

// apart are the blocks in which those off the scale may be told.
func apart(periods []block, last Month) []block {
	return join(periods, last, func(b block, _ bool) bool { return b.total().apartSafe() })
}

// newest are the last whole blocks that lie within a window.
func newest(blocks []block) []block {
	first := len(blocks)
	for first > 0 && spanned(blocks[first-1:]).months() <= window {
		first--
	}
	return blocks[first:]
}

// hidden are the columns that may not be shown beside the total: those that are
// not safe, and the smallest of the others until what the total tells of the
// hidden ones, their sum, is safe. They are two at least then, since one alone
// that had to be hidden is not.
func (b block) hidden() map[string]bool {
	hidden, sum := map[string]bool{}, tally{}
	var others []string
	for name, t := range b.columns {
		switch {
		case t.nobody():
		case t.safe():
			others = append(others, name)
		default:
			hidden[name] = true
			sum = sum.plus(t)
		}
	}
	if len(hidden) == 0 {
		return nil
	}
	slices.SortFunc(others, func(a, c string) int {
		return cmp.Or(cmp.Compare(b.columns[a].size(), b.columns[c].size()), cmp.Compare(a, c))
	})
	for _, name := range others {
		if sum.safe() {
			break
		}
		hidden[name] = true
		sum = sum.plus(b.columns[name])
	}
	return hidden
}
