package desk

import (
	"context"
	"strings"
	"time"

	"heard/bot"
)

// TrailFilter narrows the audit log. Empty fields narrow nothing.
type TrailFilter struct {
	Member bot.MemberID // who did it; TerminalMember: who runs heard
	Did    string       // some of what was done, as "reveal"
	Case   bot.CaseRef
	From   time.Time // the beginning of a day
	Until  time.Time // the end of a day
	Before int       // only lines with a smaller number; 0: from the newest on
}

// TerminalMember stands for who runs heard, who has no name in the log.
const TerminalMember bot.MemberID = "-"

// None tells whether it narrows nothing.
func (f TrailFilter) None() bool {
	return f == TrailFilter{Before: f.Before}
}

func (f TrailFilter) takes(r bot.AuditRecord) bool {
	return (f.Member == "" || f.Member == r.Member || f.Member == TerminalMember && r.Member == "") && strings.Contains(r.Did, f.Did) && (f.Case == "" || f.Case == r.Case) &&
		(f.From.IsZero() || !r.At.Before(f.From)) && (f.Until.IsZero() || r.At.Before(f.Until))
}

// mostLookedThrough is how many lines of the log one page looks through: a second's
// work. Where there are more it says how far it came.
const mostLookedThrough = 100_000

// Narrowed is what was found in the audit log.
type Narrowed struct {
	Lines  []TrailLine // newest first, at most 100
	Read   int         // how many lines were looked through
	Before int         // to go on: before this line; 0: that was all
	Broken bool        // a line that was looked through was changed after it was written
}

// AuditOf finds lines of the audit log. That it was looked at is noted in it.
func (d *Desk) AuditOf(ctx context.Context, who Who, f TrailFilter) (n Narrowed, err error) {
	if err := who.need(ReadAudit); err != nil {
		return n, err
	}
	if err := d.looked(ctx, who, "search the audit log", "", ""); err != nil {
		return n, err
	}
	names, err := d.auditNames(ctx)
	if err != nil {
		return n, err
	}
	last, _, err := d.o.Store.AuditEnd(ctx, d.o.Provider.ID)
	if err != nil {
		return n, err
	}
	to := last // the newest line that is looked at
	if f.Before > 0 && f.Before <= last {
		to = f.Before - 1
	}
	for to > 0 && n.Read < mostLookedThrough {
		from := max(1, to-checkedAtOnce+1)
		lines, err := d.o.Store.AuditTrail(ctx, d.o.Provider.ID, from, to-from+1)
		if err != nil {
			return n, err
		}
		for i := len(lines) - 1; i >= 0; i-- {
			n.Read++
			n.Broken = n.Broken || lines[i].Broken
			if !f.takes(lines[i].Record) {
				continue
			}
			if n.Lines = append(n.Lines, names.line(lines[i])); len(n.Lines) == auditPage {
				n.Before = lines[i].Number
				return n, nil
			}
		}
		to = from - 1
	}
	if to > 0 {
		n.Before = to + 1
	}
	return n, nil
}

// AuditMember is somebody who stands in the log.
type AuditMember struct {
	ID   bot.MemberID
	Name string
}

// AuditMembers lists who may stand in the log, by name.
func (d *Desk) AuditMembers(ctx context.Context, who Who) (all []AuditMember, err error) {
	if err := who.need(ReadAudit); err != nil {
		return nil, err
	}
	members, err := d.members(ctx)
	if err != nil {
		return nil, err
	}
	tokens, err := d.tokens(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		all = append(all, AuditMember{m.ID, m.Name})
	}
	for _, t := range tokens {
		all = append(all, AuditMember{t.member(), "the program " + t.Name})
	}
	return append(all, AuditMember{TerminalMember, "who runs heard"}), nil
}
