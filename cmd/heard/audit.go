package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"heard/bot"
)

const auditUsage = `audit [-anchor FILE] [-config heard.yaml] [-provider id]

Prints who looked at what and did what, a line each, and sees that every line
follows the one before. Where one was changed or taken out it says so, and ends
with exit code 1.

That the newest lines were cut off cannot be seen from the rest. So heard says in its
log every hour where the audit log ends, and this command says it last. With -anchor,
FILE being such a log or such words, it sees that all those lines are still there. Keep
them where who can change the store cannot.
`

// auditPage is how many lines are read at once.
const auditPage = 500

// beyond is how far behind the end it is looked whether there are lines all the same:
// what was taken out leaves a gap.
const beyond = 50

// audit prints the audit log and verifies its chain.
func audit(ctx context.Context, p *program) error {
	d := newDesked(p, "audit")
	file := d.flags.String("anchor", "", "a `file` that says where the log ended before, such as heard's own log")
	s, err := d.open(ctx, p, auditUsage, 0)
	if err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // nothing is written
	anchored, err := anchorsIn(*file, s.id)
	if err != nil {
		return err
	}
	count, last, err := s.proven(ctx, p.out, anchored)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.err, "%d lines, each of which follows the one before\n", count)
	if err == nil && len(anchored) > 0 {
		_, err = fmt.Fprintf(p.err, "%d of them were the end once, and are still there\n", len(anchored))
	}
	if err == nil && count > 0 {
		_, err = fmt.Fprintf(p.err, "it ends with %s\n", anchor(s.id, count, last))
	}
	return err
}

// anchorsIn reads the anchors of a file; without a file there are none.
func anchorsIn(file string, id bot.ProviderID) (map[int][]string, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, usageError{fmt.Errorf("-anchor: %w", err)}
	}
	defer func() { _ = f.Close() }() // it is read
	all, err := readAnchors(f, id)
	if err != nil {
		return nil, usageError{fmt.Errorf("-anchor: %w", err)}
	}
	if len(all) == 0 {
		return nil, usageError{fmt.Errorf("-anchor: %s does not say where the audit log of %s ended: give it the log of heard serve", file, id)}
	}
	return all, nil
}

// proven prints the log and verifies it: its chain, that no line is missing, and that
// its anchors hold. last is the hash of the newest line.
func (s *staffed) proven(ctx context.Context, out io.Writer, anchored map[int][]string) (count int, last string, err error) {
	broken, hashes := 0, map[int]string{}
	for {
		lines, err := s.store.AuditTrail(ctx, s.id, count+1, auditPage)
		if err != nil {
			return count, last, err
		}
		for _, l := range lines {
			if l.Broken {
				broken++
			}
			if last = l.Hash; len(anchored[l.Number]) > 0 {
				hashes[l.Number] = l.Hash
			}
			if err := printAudit(out, l); err != nil {
				return count, last, err
			}
		}
		if count += len(lines); len(lines) < auditPage {
			break
		}
	}
	if broken > 0 {
		return count, last, fmt.Errorf("the audit log was changed: %d of %d lines do not follow the one before", broken, count)
	}
	for n := count + 2; n < count+beyond; n++ {
		if lines, err := s.store.AuditTrail(ctx, s.id, n, 1); err != nil || len(lines) > 0 {
			return count, last, errors.Join(err, fmt.Errorf("the audit log was changed: line %d is missing", count+1))
		}
	}
	return count, last, against(anchored, hashes, count)
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
