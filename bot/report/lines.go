package report

import (
	"fmt"
	"strings"
	"unicode"
)

// Line is one figure of a statement or a stage, in words.
type Line struct {
	Name   string
	Hidden string // "hidden" or "no one"; empty: the figure is told

	Score, N, Interval, Asked, Delivered, Rate string // of a stage the score alone
}

// hidden stands where a figure may not be shown.
const hidden = "hidden"

// Lines are the figures of a statement: each column, and last all people.
func (t Table) Lines(s Statement) []Line { return lines(t.By, s) }

func lines(by Dimension, s Statement) (all []Line) {
	if s.All == nil {
		return []Line{{Name: everybody, Hidden: hidden}}
	}
	for _, c := range s.Cells {
		switch name := c.name(by); {
		case c.Nobody:
			all = append(all, Line{Name: name, Hidden: "no one"})
		case c.Figure == nil:
			all = append(all, Line{Name: name, Hidden: hidden})
		default:
			all = append(all, c.Figure.line(name))
		}
	}
	return append(all, s.All.line(everybody))
}

func (f *Figure) line(name string) Line {
	low, high := f.Interval()
	rate := "–"
	if share, known := f.Rate(); known {
		rate = percent(share)
	}
	return Line{
		Name: name, Score: percent(f.Score()), N: fmt.Sprint(f.N), Interval: percent(low) + " to " + percent(high), Asked: counted(f.Asked), Delivered: counted(f.Delivered), Rate: rate,
	}
}

// ScoreLines are the scores of a stage; none: not all of its statements are shown.
func (t Table) ScoreLines(s Stage) []Line { return scoreLines(t.By, s) }

func scoreLines(by Dimension, s Stage) (all []Line) {
	for _, score := range s.Scores {
		all = append(all, Line{Name: score.name(by), Score: percent(score.Mean)})
	}
	return all
}

// UpTo is the newest month of the table, in words.
func (t Table) UpTo() string { return t.Last.words() }

// Over is what a statement's figures are over, in words; empty: each has its own.
func (t Table) Over(s Statement) string {
	if t.By == ByMonth || s.All == nil {
		return ""
	}
	return s.Period.String()
}

// OffScale says how many answered off the scale.
func (t Table) OffScale(s Statement) string {
	if s.All == nil {
		return ""
	}
	return s.Apart.words()
}

func (a *Apart) words() string {
	if a == nil {
		return `How many said "does not apply" or "rather not say" is hidden: fewer than 5.`
	}
	answered := fmt.Sprintf("%d answered", a.Answered)
	if a.Asked >= a.Answered {
		answered = fmt.Sprintf("%d of %d answered (%s)", a.Answered, a.Asked, percent(float64(a.Answered)/float64(a.Asked)))
	}
	if a.DoesNotApply > 0 {
		return fmt.Sprintf(`%s: %s; "does not apply" %d, "rather not say" %d`, a.Period, answered, a.DoesNotApply, a.RatherNotSay)
	}
	return fmt.Sprintf(`%s: %s; "does not apply" or "rather not say" %d`, a.Period, answered, a.OffScale)
}

// everybody names the figure over all columns.
const everybody = "(all)"

func (c Cell) name(by Dimension) string {
	if by == ByMonth {
		return c.Period.String()
	}
	return label(by, c.Column)
}

func (s StageScore) name(by Dimension) string {
	if s.All {
		return everybody
	}
	return label(by, s.Column)
}

// label is a column's name. Languages other than the framework's own are
// translations of the statements.
func label(by Dimension, column string) string {
	column = strings.Map(printable, column)
	switch {
	case column == "":
		return "not recorded"
	case by == ByLanguage && column != "en":
		return column + " (translation)"
	default:
		return column
	}
}

// printable drops what could move a terminal's cursor.
func printable(r rune) rune {
	if !unicode.IsPrint(r) {
		return -1
	}
	return r
}

func counted(n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprint(n)
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }
