package desk

import (
	"context"
	"strings"

	"heard/bot"
)

// auditPage is how many lines of the audit log a page has.
const auditPage = 100

// Trail is a page of the audit log.
type Trail struct {
	Lines  []TrailLine // newest first
	First  int         // number of the oldest line of this page
	Last   int         // number of the newest line that there is
	Broken bool        // a line here was changed after it was written
}

// TrailLine is a line with its members' names, as they are now.
type TrailLine struct {
	bot.AuditLine
	By string // empty: who runs heard, or somebody whom nobody knows
	On string // the member it was done to; else what it was done to
}

// Audit shows the page of the audit log that holds a line; 0: the newest. Looking at
// it is noted in it.
func (d *Desk) Audit(ctx context.Context, who Who, number int) (Trail, error) {
	if err := who.need(ReadAudit); err != nil {
		return Trail{}, err
	}
	if err := d.looked(ctx, who, "read the audit log", "", ""); err != nil {
		return Trail{}, err
	}
	last, _, err := d.o.Store.AuditEnd(ctx, d.o.Provider.ID)
	if err != nil {
		return Trail{}, err
	}
	if number < 1 || number > last {
		number = last
	}
	t := Trail{First: number - (number-1)%auditPage, Last: last}
	lines, err := d.o.Store.AuditTrail(ctx, d.o.Provider.ID, t.First, auditPage)
	if err != nil {
		return t, err
	}
	names, err := d.auditNames(ctx)
	if err != nil {
		return t, err
	}
	for i := len(lines) - 1; i >= 0; i-- {
		l := names.line(lines[i])
		t.Broken = t.Broken || l.Broken
		t.Lines = append(t.Lines, l)
	}
	return t, nil
}

// auditNames are the names of members and programs, by what the log calls them.
type auditNames map[string]string

func (d *Desk) auditNames(ctx context.Context) (auditNames, error) {
	members, err := d.members(ctx)
	if err != nil {
		return nil, err
	}
	tokens, err := d.tokens(ctx)
	if err != nil {
		return nil, err
	}
	names := auditNames{}
	for _, m := range members {
		names[string(m.ID)] = m.Name
	}
	for _, t := range tokens {
		names[string(t.member())], names[t.ID] = "the program "+t.Name, "the program "+t.Name
	}
	return names, nil
}

func (n auditNames) line(one bot.AuditLine) TrailLine {
	l := TrailLine{AuditLine: one, By: n[string(one.Record.Member)], On: one.Record.On}
	switch by := string(one.Record.Member); {
	case l.By != "":
	case strings.HasPrefix(by, recorderPrefix):
		l.By = "staff without an account, " + strings.TrimPrefix(by, recorderPrefix)
	case strings.HasPrefix(by, programPrefix):
		l.By = "a program whose token was revoked, " + strings.TrimPrefix(by, programPrefix)
	}
	if name, ok := n[l.On]; ok {
		l.On = name
	}
	return l
}

// checkedAtOnce is how many lines are read at once to check the chain.
const checkedAtOnce = 1000

// Checked is what came of checking the whole audit log.
type Checked struct {
	Lines  int
	Broken []int // numbers of the lines that were changed, at most ten
}

// CheckAudit checks every line of the audit log. It takes about a second for each
// hundred thousand.
func (d *Desk) CheckAudit(ctx context.Context, who Who) (c Checked, err error) {
	if err := who.need(ReadAudit); err != nil {
		return c, err
	}
	for {
		lines, err := d.o.Store.AuditTrail(ctx, d.o.Provider.ID, c.Lines+1, checkedAtOnce)
		if err != nil {
			return c, err
		}
		for _, l := range lines {
			if l.Broken && len(c.Broken) < 10 {
				c.Broken = append(c.Broken, l.Number)
			}
		}
		if c.Lines += len(lines); len(lines) < checkedAtOnce {
			return c, nil
		}
	}
}
