package console

import (
	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) numberRoutes() {
	p.page("POST /number", desk.Answer, p.number)
}

// numberBody is a number that a person gave to be called on.
type numberBody struct {
	Number string
	Case   bot.CaseRef // empty: there is none
}

// number shows the number to call, which is in no address and no log.
func (p *pages) number(v *visit) error {
	number, err := p.desk.ShowPhone(v.r.Context(), v.who.Who, v.text("task"))
	if err != nil {
		return err
	}
	return v.show("number", "Call the person", numberBody{number, readRef(v.text("case"))})
}
