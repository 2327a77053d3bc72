package report

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Who knows the rules by which figures are hidden must not be able to tell a
// hidden one either: for each of them there is another store, with one person's
// answer in another column, of which every table of every month is the same.
func TestHiddenCouldBeOtherwise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStore(t)
		last := s.first + s.months - 1
		for _, by := range []Dimension{ByService, ByChannel, ByLanguage} {
			row := find(s.table(t, by, last), asked)
			for _, c := range row.Cells {
				if row.All != nil && c.Figure == nil && !c.Nobody && !s.couldBeOtherwise(t, by, c) {
					t.Fatalf("nothing but this store has the same tables: %s by %s, %s", c.Column, by, c.Period)
				}
			}
		}
	})
}

func (s store) table(t *rapid.T, by Dimension, last Month) Table {
	table, err := Make(by, s.input(by, last))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// couldBeOtherwise moves one answer into or out of a column.
func (s store) couldBeOtherwise(t *rapid.T, by Dimension, c Cell) bool {
	for i, a := range s.atoms {
		for j, b := range s.atoms {
			ours := (a.name[by] == c.Column) != (b.name[by] == c.Column)
			if !ours || a.month != b.month || a.month < c.Period.From || a.month > c.Period.To || !s.alike(a, b, by) {
				continue
			}
			for _, answer := range []tally{{agree: 1}, {other: 1}} {
				if a.agree < answer.agree || a.other < answer.other {
					continue
				}
				moved := store{s.first, s.months, slices.Clone(s.atoms)}
				moved.atoms[i].tally = a.plus(tally{agree: -answer.agree, other: -answer.other})
				moved.atoms[j].tally = b.plus(answer)
				if s.sameTables(t, moved, by) {
					return true
				}
			}
		}
	}
	return false
}

// alike tells whether two atoms differ in one dimension only.
func (s store) alike(a, b atom, by Dimension) bool {
	for other := range columnNames() {
		if other != by && a.name[other] != b.name[other] {
			return false
		}
	}
	return true
}

// sameTables compares what two stores show; they differ in one dimension, so that
// the tables of the others are the same.
func (s store) sameTables(t *rapid.T, moved store, by Dimension) bool {
	for last := s.first + s.months - 1; last >= s.first; last-- {
		if !reflect.DeepEqual(s.table(t, by, last), moved.table(t, by, last)) {
			return false
		}
	}
	return true
}
