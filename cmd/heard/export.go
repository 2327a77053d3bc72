package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/bot/export"
	"heard/config"
)

const exportUsage = `export -kind cases|timeline|audit|ko41a|regulation18 [-format jsonl|csv] [-year 2026] [-config heard.yaml] [-provider id]

Prints what there is, as the desk may show it: nothing says who an anonymous or a
confidential person is. A year begins in April. That it was taken out is in the audit
log. Lists marked (check) change from year to year: compare them with the guidance.
`

// printExport prints an export.
func printExport(ctx context.Context, p *program) error {
	d := newDesked(p, "export")
	kind := d.flags.String("kind", "", "`what`: cases, timeline, audit, ko41a or regulation18")
	format := d.flags.String("format", string(export.JSONLines), "the `format`: jsonl or csv")
	year := d.flags.Int("year", export.YearOf(time.Now()), "of ko41a and regulation18: the `year` in which it begins")
	if err := p.parse(d.flags, exportUsage); err != nil {
		return err
	}
	who := desk.Who{Roles: []desk.Role{desk.Lead, desk.Administrator}} // who runs heard
	r := export.Request{Kind: export.Kind(*kind), Format: export.Format(*format), Year: *year}
	if err := r.Check(who); err != nil {
		return usageError{fmt.Errorf("-kind, -format: %w heard export -h lists what there is", err)}
	}
	s, err := d.opened(ctx, p, 0)
	if err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // everything is written by then
	whole, err := wholeDesk(p, d, s)
	if err != nil {
		return err
	}
	return export.Write(ctx, p.out, whole, who, r)
}

// wholeDesk is the desk with the provider's flows, by which it knows what says who
// somebody is, and its calendar.
func wholeDesk(p *program, d *desked, s *staffed) (*desk.Desk, error) {
	c, err := config.Load(d.options.config, p.getenv)
	if err != nil {
		return nil, usageError{err}
	}
	all, _, err := providersOf(plan{config: c})
	if err != nil {
		return nil, usageError{err}
	}
	i := slices.IndexFunc(all, func(one bot.Provider) bool { return one.ID == s.id })
	return desk.New(desk.Options{Store: s.store, Provider: all[i]}), nil
}
