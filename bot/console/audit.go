package console

import (
	"net/url"
	"strconv"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) auditRoutes() {
	p.page("GET /audit", desk.ReadAudit, p.auditLog)
	p.page("POST /audit/check", desk.ReadAudit, p.checkAudit)
}

// auditBody is a page of the audit log.
type auditBody struct {
	desk.Trail
	Checked      *desk.Checked // the whole was checked just now
	Older, Newer int           // a line of the page before and after; 0: there is none
	Fields       []inputField
	Found        *desk.Narrowed // what was looked for; nil: nothing was
	Next         string         // the address of what is older; empty: there is none
}

// auditLog shows the lines around ?line=, without it the newest; or those that are
// looked for.
func (p *pages) auditLog(v *visit) error {
	q := v.r.URL.Query()
	var wrong faults
	f := desk.TrailFilter{
		Member: bot.MemberID(q.Get("member")), Did: q.Get("did"), Case: auditRef(q.Get("case"), &wrong),
		From: p.auditDay(q.Get("from"), &wrong, "from"), Until: p.auditDay(q.Get("until"), &wrong, "until"),
	}
	if !f.Until.IsZero() {
		f.Until = f.Until.AddDate(0, 0, 1)
	}
	f.Before, _ = strconv.Atoi(q.Get("before")) // what is no number is the newest
	fields, err := p.auditFields(v, q, wrong)
	if err != nil {
		return err
	}
	if len(wrong.All) > 0 {
		return v.again("audit", "Audit log", auditBody{Fields: fields, Found: &desk.Narrowed{}}, wrong)
	}
	if !f.None() {
		return p.findAudit(v, f, fields)
	}
	number, _ := strconv.Atoi(q.Get("line"))
	return p.showAudit(v, number, nil, fields)
}

// auditFields are what the log can be narrowed by.
func (p *pages) auditFields(v *visit, q url.Values, wrong faults) ([]inputField, error) {
	all, err := p.desk.AuditMembers(v.r.Context(), v.who.Who)
	if err != nil {
		return nil, err
	}
	who := []option{{Value: "", Label: "Anybody"}}
	for _, m := range all {
		who = append(who, option{Value: string(m.ID), Label: m.Name})
	}
	field := func(name, label, kind, hint string) inputField {
		return inputField{Name: name, Label: label, Type: kind, Value: q.Get(name), Hint: hint, Error: wrong.Of(name), Complete: "off", Plain: true}
	}
	return []inputField{
		selectOf("member", "Who", q.Get("member"), who), field("did", "What", "search", "Some of it, like: reveal"), field("case", "Case", "search", ""),
		field("from", "From", "date", ""), field("until", "Until", "date", ""),
	}, nil
}

func (p *pages) findAudit(v *visit, f desk.TrailFilter, fields []inputField) error {
	found, err := p.desk.AuditOf(v.r.Context(), v.who.Who, f)
	if err != nil {
		return err
	}
	b := auditBody{Fields: fields, Found: &found}
	if found.Before > 0 {
		q := v.r.URL.Query()
		q.Set("before", strconv.Itoa(found.Before))
		b.Next = "/audit?" + q.Encode()
	}
	return v.show("audit", "Audit log", b)
}

func (p *pages) checkAudit(v *visit) error {
	c, err := p.desk.CheckAudit(v.r.Context(), v.who.Who)
	if err != nil {
		return err
	}
	fields, err := p.auditFields(v, nil, faults{})
	if err != nil {
		return err
	}
	return p.showAudit(v, 0, &c, fields)
}

func (p *pages) showAudit(v *visit, number int, c *desk.Checked, fields []inputField) error {
	t, err := p.desk.Audit(v.r.Context(), v.who.Who, number)
	if err != nil {
		return err
	}
	b := auditBody{Trail: t, Checked: c, Older: t.First - 1, Fields: fields}
	if next := t.First + len(t.Lines); next <= t.Last {
		b.Newer = next
	}
	return v.show("audit", "Audit log", b)
}

// auditDay is a day of the audit log's filter; zero: none was typed.
func (p *pages) auditDay(typed string, wrong *faults, field string) time.Time {
	if typed == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation(time.DateOnly, typed, p.o.Location)
	if err != nil {
		wrong.add(field, "This is no day. Choose one from the calendar, or write it like 2026-12-04.")
	}
	return at
}

// auditRef is a reference of the audit log's filter; empty: none was typed.
func auditRef(typed string, wrong *faults) bot.CaseRef {
	if typed == "" {
		return ""
	}
	ref, ok := bot.ParseCaseRef(typed)
	if !ok {
		wrong.add("case", "This is no reference. It looks like this: H-7K4-MQ2.")
	}
	return ref
}
