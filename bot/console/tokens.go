package console

import (
	"time"

	"heard/bot/desk"
)

func (p *pages) tokenRoutes() {
	p.page("GET /tokens", desk.ManageStaff, p.tokensPage)
	p.page("GET /tokens/new", desk.ManageStaff, func(v *visit) error {
		return v.show("token_new", "Make a token", newToken{Scopes: scopeOptions(nil), Ends: p.o.Now().AddDate(1, 0, 0).Format(time.DateOnly)})
	})
	p.page("POST /tokens/new", desk.ManageStaff, p.addToken)
	p.page("GET /tokens/{id}", desk.ManageStaff, p.tokenPage)
	p.page("POST /tokens/{id}/revoke", desk.ManageStaff, p.revokeToken)
}

// tokenLine is a token of the list.
type tokenLine struct {
	desk.Token
	Ended bool
}

// newToken is a token that is to be made.
type newToken struct {
	Name, Ends string
	Scopes     []option
}

// givenSecret is a token or a secret that was made, and is shown this once.
type givenSecret struct{ Of, Secret, Back string }

func scopeOptions(chosen []desk.Permission) []option {
	hints := map[desk.Permission]string{
		desk.SeeCases:   "Reads cases, what was said, and files. Who is anonymous stays so.",
		desk.Answer:     "Does what a handler does: updates, dates, outcomes, tasks.",
		desk.GiveOut:    "Gives cases to members, keeps members from them, notes who is away.",
		desk.SeeReports: "Reads the reports. Sees no case.",
		desk.ReadAudit:  "Reads what staff looked at and did.",
		desk.Record:     "Writes down letters, e-mails and calls, and what somebody was told.",
		desk.Enrol:      "Has people welcomed at the start of their care.",
		desk.Export:     "Takes out everything at once that it may see.",
	}
	return choices(desk.Scopes(), hints, chosen)
}

func (p *pages) tokensPage(v *visit) error {
	all, err := p.desk.Tokens(v.r.Context(), v.who.Who)
	if err != nil {
		return err
	}
	var lines []tokenLine
	for _, t := range all {
		lines = append(lines, tokenLine{t, t.Ended(p.o.Now())})
	}
	return v.show("tokens", "Programs", lines)
}

func (p *pages) addToken(v *visit) error {
	var scopes []desk.Permission
	for _, s := range v.r.PostForm["scopes"] {
		scopes = append(scopes, desk.Permission(s))
	}
	t := newToken{Name: v.text("name"), Ends: v.text("ends"), Scopes: scopeOptions(scopes)}
	var wrong faults
	ends, err := p.endOfDay(t.Ends)
	if err != nil {
		wrong.add("ends", "Choose the last day on which it opens anything.")
		return v.again("token_new", "Make a token", t, wrong)
	}
	made, secret, err := p.desk.AddToken(v.r.Context(), v.who.Who, t.Name, scopes, ends)
	if wrong.take(err) {
		return v.show("token_given", "The token of "+made.Name, givenSecret{made.Name, secret, "/tokens"})
	}
	return v.again("token_new", "Make a token", t, wrong)
}

// endOfDay is the end of a day that was typed.
func (p *pages) endOfDay(day string) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, day, p.o.Location)
	return at.AddDate(0, 0, 1), err
}

// tokenOf finds which a page is about.
func (p *pages) tokenOf(v *visit) (tokenLine, error) {
	all, err := p.desk.Tokens(v.r.Context(), v.who.Who)
	if err != nil {
		return tokenLine{}, err
	}
	for _, t := range all {
		if t.ID == v.r.PathValue("id") {
			return tokenLine{t, t.Ended(p.o.Now())}, nil
		}
	}
	return tokenLine{}, noPage()
}

func (p *pages) tokenPage(v *visit) error {
	t, err := p.tokenOf(v)
	if err != nil {
		return err
	}
	return v.show("token", t.Name, t)
}

func (p *pages) revokeToken(v *visit) error {
	t, err := p.tokenOf(v)
	if err != nil {
		return err
	}
	if err := p.desk.RevokeToken(v.r.Context(), v.who.Who, t.ID); err != nil {
		return err
	}
	return v.back("/tokens", "The token of "+t.Name+" opens nothing any more.")
}
