package console

import (
	"strconv"

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
}

// auditLog shows the lines around ?line=; without it, the newest.
func (p *pages) auditLog(v *visit) error {
	number, _ := strconv.Atoi(v.r.URL.Query().Get("line")) // what is no number is the newest
	return p.showAudit(v, number, nil)
}

func (p *pages) checkAudit(v *visit) error {
	c, err := p.desk.CheckAudit(v.r.Context(), v.who.Who)
	if err != nil {
		return err
	}
	return p.showAudit(v, 0, &c)
}

func (p *pages) showAudit(v *visit, number int, c *desk.Checked) error {
	t, err := p.desk.Audit(v.r.Context(), v.who.Who, number)
	if err != nil {
		return err
	}
	b := auditBody{Trail: t, Checked: c, Older: t.First - 1}
	if next := t.First + len(t.Lines); next <= t.Last {
		b.Newer = next
	}
	return v.show("audit", "Audit log", b)
}
