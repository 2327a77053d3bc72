package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"heard/bot"
)

const auditUsage = `audit [-config heard.yaml] [-provider id]

Prints who looked at what and did what, a line each, and sees that every line
follows the one before. Where one was changed or taken out it says so, and ends
with exit code 1.
`

// auditPage is how many lines are read at once.
const auditPage = 500

// beyond is how far behind the end it is looked whether there are lines all the same:
// what was taken out leaves a gap.
const beyond = 50

// audit prints the audit log and verifies its chain.
func audit(ctx context.Context, p *program) error {
	s, err := newDesked(p, "audit").open(ctx, p, auditUsage, 0)
	if err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // nothing is written
	broken, count := 0, 0
	for {
		lines, err := s.store.AuditTrail(ctx, s.id, count+1, auditPage)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if l.Broken {
				broken++
			}
			if err := printAudit(p.out, l); err != nil {
				return err
			}
		}
		if count += len(lines); len(lines) < auditPage {
			break
		}
	}
	if broken > 0 {
		return fmt.Errorf("the audit log was changed: %d of %d lines do not follow the one before", broken, count)
	}
	for n := count + 2; n < count+beyond; n++ {
		if lines, err := s.store.AuditTrail(ctx, s.id, n, 1); err != nil || len(lines) > 0 {
			return errors.Join(err, fmt.Errorf("the audit log was changed: line %d is missing", count+1))
		}
	}
	_, err = fmt.Fprintf(p.err, "%d lines, each of which follows the one before\n", count)
	return err
}

func printAudit(w io.Writer, l bot.AuditLine) error {
	r := l.Record
	who := string(r.Member)
	if who == "" {
		who = "-"
	}
	mark := ""
	if l.Broken {
		mark = "BROKEN "
	}
	_, err := fmt.Fprintf(w, "%s%d %s %s %q case=%s on=%q reason=%q %s\n", mark, l.Number, r.At.UTC().Format(time.RFC3339), who, r.Did, r.Case, r.On, r.Reason, l.Hash)
	return err
}
