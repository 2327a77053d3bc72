package export

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// Kind is what is taken out.
type Kind string

// The kinds of export.
const (
	Cases        Kind = "cases"
	Timeline     Kind = "timeline"
	Audit        Kind = "audit"
	KO41a        Kind = "ko41a"
	Regulation18 Kind = "regulation18"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Cases, Timeline, Audit, KO41a, Regulation18} }

// Request is what somebody wants.
type Request struct {
	Kind   Kind
	Format Format
	Year   int // in which the year of a table begins, in April; else nothing
}

// Check tells what is wrong with a request, before anything is written.
func (r Request) Check(who desk.Who) error {
	if !slices.Contains(Kinds(), r.Kind) || r.Format != JSONLines && r.Format != CSV {
		return &bot.Rejection{Code: bot.RejectEmpty, Sentence: "There is no such export."}
	}
	switch r.Kind {
	case Audit:
		if !who.May(desk.ReadAudit) {
			return &bot.Rejection{Code: desk.RejectNotAllowed, Sentence: "You may not read the audit log."}
		}
		return nil
	case Cases, Timeline:
		return who.MayExport(true)
	default:
		return who.MayExport(false)
	}
}

// Write writes an export. An error may come when a part of it was written.
func Write(ctx context.Context, w io.Writer, d *desk.Desk, who desk.Who, r Request) error {
	if err := r.Check(who); err != nil {
		return err
	}
	what := string(r.Kind) + " " + string(r.Format)
	switch r.Kind {
	case Cases:
		return writeRows(w, r.Format, caseColumns, func(row func(...any) error) error {
			return d.Walk(ctx, who, what, false, func(v *desk.View, _ []desk.Line) error { return row(caseRow(v)...) })
		})
	case Timeline:
		return writeRows(w, r.Format, lineColumns, func(row func(...any) error) error {
			return d.Walk(ctx, who, what, true, func(v *desk.View, lines []desk.Line) error { return lineRows(v, lines, row) })
		})
	case Audit:
		return writeRows(w, r.Format, auditColumns, func(row func(...any) error) error {
			return d.Trail(ctx, who, what, func(l bot.AuditLine) error { return row(auditRow(l)...) })
		})
	}
	t := newTables(r.Year, d.Provider().Calendar.Location)
	if err := d.Tally(ctx, who, what, t.count); err != nil {
		return err
	}
	if r.Kind == KO41a {
		return writeRows(w, r.Format, ko41aColumns, t.ko41a)
	}
	return writeRows(w, r.Format, regulationColumns, t.regulation18)
}

var caseColumns = []string{
	"reference", "version", "status", "stage", "formal", "channel", "language", "privacy", "identity", "received", "opened", "due", "closed", "died", "overdue",
	"handler", "decides", "wish", "needs", "answers", "consent", "outcome_offered", "outcome_read", "outcome_answer", "links",
}

func caseRow(v *desk.View) []any {
	links := make([]string, len(v.Links))
	for i, l := range v.Links {
		links[i] = string(l)
	}
	return []any{
		string(v.Ref), v.Version, string(v.Status), string(v.Stage), v.Formal, v.Channel, v.Language, v.Privacy, answers(v.Identity), at(v.Received), at(v.Opened), at(v.Due),
		at(v.Closed), at(v.Died), v.Overdue, v.Handler, v.Decides, v.Wish, answers(v.Needs), answers(v.Answers), string(v.Consent), at(v.Outcome.Offered),
		at(v.Outcome.Read), v.Outcome.Answer, strings.Join(links, " "),
	}
}

// answers are questions and answers, a line each.
func answers(all []desk.Answered) string {
	lines := make([]string, len(all))
	for i, a := range all {
		lines[i] = fmt.Sprintf("%s: %s", a.Label, a.Value)
	}
	return strings.Join(lines, "\n")
}

func at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

var lineColumns = []string{"reference", "number", "at", "kind", "question", "text", "by", "point", "files", "withheld"}

func lineRows(v *desk.View, lines []desk.Line, row func(...any) error) error {
	for i, l := range lines {
		if err := row(string(v.Ref), i+1, at(l.At), string(l.Kind), l.Label, l.Text, l.By, l.Point, len(l.Media), l.Withheld); err != nil {
			return err
		}
	}
	return nil
}

var auditColumns = []string{"number", "at", "member", "did", "case", "on", "reason", "hash", "broken"}

func auditRow(l bot.AuditLine) []any {
	r := l.Record
	return []any{l.Number, at(r.At), string(r.Member), r.Did, string(r.Case), r.On, r.Reason, l.Hash, l.Broken}
}
