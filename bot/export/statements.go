package export

import (
	"context"
	"fmt"
	"time"

	"heard/bot/desk"
	"heard/bot/report"
)

// Statements is one of the fixed tables of how far people agree with the statements,
// up to the month that was closed last. columns are those that it has in any case.
func Statements(ctx context.Context, d *desk.Desk, who desk.Who, by report.Dimension, columns []string, now time.Time) (report.Table, error) {
	in := report.Input{Columns: columns, Last: report.LastClosed(now, d.Provider().Calendar.Location)}
	var months []string
	for month := report.FirstNeeded(in.Last); month <= in.Last; month++ {
		months = append(months, month.String())
	}
	answers, counts, err := d.Statements(ctx, who, months)
	if err != nil {
		return report.Table{}, err
	}
	in.Answers = answers
	for _, c := range counts {
		in.Counts = append(in.Counts, report.Count{
			Month: c.Of.Month, Service: c.Of.Service, Channel: c.Of.Channel, Language: c.Of.Language, Statement: c.Of.Statement, Finding: c.Of.Finding, Delivered: c.Delivered, Asked: c.Asked,
		})
	}
	return report.Make(by, in)
}

// Sheet is a yearly table to be looked at.
type Sheet struct {
	Columns []string
	Rows    [][]string
}

// Look makes a yearly table to be looked at.
func Look(ctx context.Context, d *desk.Desk, who desk.Who, r Request) (s Sheet, err error) {
	if err := r.Check(who); err != nil {
		return s, err
	}
	t := newTables(r.Year, d.Provider().Calendar.Location)
	if err := d.Tally(ctx, who, string(r.Kind)+" on a page", t.count); err != nil {
		return s, err
	}
	write := t.regulation18
	if s.Columns = regulationColumns; r.Kind == KO41a {
		s.Columns, write = ko41aColumns, t.ko41a
	}
	return s, write(func(cells ...any) error {
		row := []string{}
		for _, c := range cells {
			row = append(row, fmt.Sprint(c))
		}
		s.Rows = append(s.Rows, row)
		return nil
	})
}
