package desk

import (
	"context"
	"fmt"
	"slices"

	"heard/bot"
)

// walkAtOnce is how many cases an export holds at a time.
const walkAtOnce = 200

// Statements shows what people answered to the statements in some months, and how often
// they were asked. Whoever reads it makes fixed tables of it, which hide what few said.
func (d *Desk) Statements(ctx context.Context, who Who, months []string) (answers []bot.StatementAnswer, counts []bot.StatementCount, err error) {
	if err := who.need(SeeReports); err != nil {
		return nil, nil, err
	}
	if err := d.noted(ctx, who, "read a report", "statements"); err != nil {
		return nil, nil, err
	}
	for _, month := range months {
		some, err := d.o.Store.Answers(ctx, d.o.Provider.ID, month)
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", month, err)
		}
		asked, err := d.o.Store.Counts(ctx, d.o.Provider.ID, month)
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", month, err)
		}
		answers, counts = append(answers, some...), append(counts, asked...)
	}
	return answers, counts, nil
}

// MayExport tells why somebody may not take something out whole; nil: they may. cases:
// it tells of single cases.
func (w Who) MayExport(cases bool) error {
	if err := w.need(Export); err != nil {
		return err
	}
	if cases {
		return w.need(SeeCases)
	}
	return nil
}

// Walk shows all cases that somebody may see, oldest first, each with its timeline where
// that is wanted. A confidential case is hidden, whatever reason was given to see
// it on a page. That it was taken out is one line of the audit log; what says what.
func (d *Desk) Walk(ctx context.Context, who Who, what string, timelines bool, each func(*View, []Line) error) error {
	if err := who.MayExport(true); err != nil {
		return err
	}
	if err := d.noted(ctx, who, "export", what); err != nil {
		return err
	}
	return d.walk(ctx, func(c *bot.Case) error {
		if !mayShow(who, c) {
			return nil
		}
		named := c.Privacy == bot.PrivacyNamed
		v := d.view(c, named)
		if !timelines {
			return each(v, nil)
		}
		entries, err := d.o.Store.Timeline(ctx, d.o.Provider.ID, c)
		if err != nil {
			return err
		}
		lines := make([]Line, len(entries))
		for i, e := range entries {
			lines[i] = d.line(e, named)
		}
		return each(v, lines)
	})
}

// Tally shows all cases, without what says who anybody is, to be counted.
func (d *Desk) Tally(ctx context.Context, who Who, what string, each func(*bot.Case)) error {
	if err := who.MayExport(false); err != nil {
		return err
	}
	if err := d.noted(ctx, who, "export", what); err != nil {
		return err
	}
	return d.walk(ctx, func(c *bot.Case) error {
		c.Fields = slices.DeleteFunc(c.Fields, func(f bot.Field) bool { return d.identifies(f.Name) })
		each(c)
		return nil
	})
}

func (d *Desk) walk(ctx context.Context, each func(*bot.Case) error) error {
	var at bot.CaseMark
	for {
		refs, next, err := d.o.Store.WalkCases(ctx, d.o.Provider.ID, at, walkAtOnce)
		if err != nil || len(refs) == 0 {
			return err
		}
		at = next
		cases, err := d.o.Store.ReadCases(ctx, d.o.Provider.ID, refs)
		if err != nil {
			return err
		}
		for _, c := range cases {
			if err := each(c); err != nil {
				return err
			}
		}
	}
}

// Trail shows the audit log, oldest first.
func (d *Desk) Trail(ctx context.Context, who Who, what string, each func(bot.AuditLine) error) error {
	if err := who.need(ReadAudit); err != nil {
		return err
	}
	if err := d.noted(ctx, who, "export", what); err != nil {
		return err
	}
	for from := 1; ; from += walkAtOnce {
		lines, err := d.o.Store.AuditTrail(ctx, d.o.Provider.ID, from, walkAtOnce)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := each(l); err != nil {
				return err
			}
		}
		if len(lines) < walkAtOnce {
			return nil
		}
	}
}
