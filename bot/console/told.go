package console

import (
	"time"

	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) toldRoutes() {
	p.page("GET /cases/{ref}/told", desk.Answer, func(v *visit) error { return p.toldPage(v, faults{}) })
	p.page("POST /cases/{ref}/told", desk.Answer, p.noteTold)
}

// toldBody is the form by which it is noted that a person was told an outcome.
type toldBody struct {
	*desk.View
	Another string // how they chose to be told, but by message
	How     []option
	On, Who string
	Wishes  []desk.Answered // where and by whom
}

func (p *pages) toldPage(v *visit, wrong faults) error {
	c, err := p.desk.Case(v.r.Context(), v.who.Who, readRef(v.r.PathValue("ref")))
	if err != nil {
		return err
	}
	b := toldBody{View: c, Another: mannerName(c.Manner), On: v.text("on"), Who: v.text("who")}
	chosen := bot.Manner(v.text("manner"))
	if len(wrong.All) == 0 {
		chosen, b.Who = c.Manner, v.who.Name
	}
	for _, m := range []bot.Manner{bot.ByMessage, bot.ByCall, bot.ByLetter, bot.ByMeeting} {
		label := mannerName(m)
		if m == bot.ByMessage {
			label = "choose"
		}
		b.How = append(b.How, option{Value: string(m), Label: label, Chosen: m == chosen})
	}
	for _, a := range c.Answers {
		if a.Property == "outcome_place" || a.Property == "outcome_whom" {
			b.Wishes = append(b.Wishes, a)
		}
	}
	if len(wrong.All) > 0 {
		return v.again("told", "The outcome was told", b, wrong)
	}
	return v.show("told", "The outcome was told", b)
}

func (p *pages) noteTold(v *visit) error {
	ref := readRef(v.r.PathValue("ref"))
	t := bot.InPerson{Manner: bot.Manner(v.text("manner")), Who: v.text("who")}
	var wrong faults
	if typed := v.text("on"); typed != "" {
		day, err := time.ParseInLocation(time.DateOnly, typed, p.o.Location)
		if err != nil {
			wrong.add("on", "Write the day like this: 2027-01-15.")
			return p.toldPage(v, wrong)
		}
		t.On = day
	}
	if wrong.take(p.desk.NoteTold(v.r.Context(), v.who.Who, ref, v.form(), t)) {
		return v.back("/cases/"+string(ref), "It is noted. The person is asked what they think of it, without a word of the matter.")
	}
	if wrong.err != nil {
		return wrong.err
	}
	return p.toldPage(v, wrong)
}
