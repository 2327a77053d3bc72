package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// WriteCSV writes the table for a spreadsheet: a line for each statement and
// column, and one for each score of a stage. A figure that may not be shown is
// empty and its state says why.
func (t Table) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{
		"table", "stage", "statement", "wording", string(t.By), "from", "to", "state", "score", "low", "high", "n", "asked", "delivered",
		"rate", "answered", "off_scale", "does_not_apply", "rather_not_say", "answered_from", "answered_to", "covers",
	}}
	for _, s := range t.Stages {
		for _, one := range s.Statements {
			rows = append(rows, t.records(s, one)...)
		}
		for _, score := range s.Scores {
			r := t.record(s, Statement{}, score.name(t.By))
			r[stateAt], r[scoreAt] = "stage mean", number(score.Mean)
			rows = append(rows, r)
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = Inert(cell)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

// Where some of a record's fields stand.
const (
	stateAt = 7
	scoreAt = 8
	apartAt = 15
)

func (t Table) record(s Stage, one Statement, column string) []string {
	r := make([]string, 22)
	copy(r, []string{string(t.By) + " to " + t.Last.String(), string(s.ID), one.ID, one.Text, column})
	if one.Period != (Period{}) {
		r[5], r[6] = one.Period.From.String(), one.Period.To.String()
	}
	r[21] = Covers
	return r
}

func (t Table) records(s Stage, one Statement) [][]string {
	all := t.record(s, one, everybody)
	fill(all, Cell{Figure: one.All})
	if a := one.Apart; a != nil {
		each := []string{"", ""}
		if a.DoesNotApply > 0 {
			each = []string{fmt.Sprint(a.DoesNotApply), fmt.Sprint(a.RatherNotSay)}
		}
		copy(all[apartAt:], append([]string{fmt.Sprint(a.Answered), fmt.Sprint(a.OffScale)},
			append(each, a.Period.From.String(), a.Period.To.String())...))
	}
	rows := [][]string{all}
	for _, c := range one.Cells {
		one.Period = c.Period
		r := t.record(s, one, c.name(t.By))
		fill(r, c)
		rows = append(rows, r)
	}
	return rows
}

// fill writes a cell's state and figure into a record.
func fill(r []string, c Cell) {
	f := c.Figure
	switch {
	case c.Nobody:
		r[stateAt] = "no one"
		return
	case f == nil:
		r[stateAt] = "hidden"
		return
	}
	low, high := f.Interval()
	copy(r[stateAt:], []string{"shown", number(f.Score()), number(low), number(high), fmt.Sprint(f.N)})
	if f.Asked > 0 {
		r[12] = fmt.Sprint(f.Asked)
	}
	if f.Delivered > 0 {
		r[13] = fmt.Sprint(f.Delivered)
	}
	if share, known := f.Rate(); known {
		r[14] = number(share)
	}
}

func number(share float64) string { return fmt.Sprintf("%.3f", share) }

// Inert keeps a spreadsheet from running what begins like a formula.
func Inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
