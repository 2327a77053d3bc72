package console

import (
	"context"
	"slices"

	"heard/bot"
	"heard/bot/desk"
	"heard/channels"
	"heard/flows"
)

func (p *pages) outcomeCheckRoutes() {
	p.page("GET /cases/{ref}/outcome/check", desk.Answer, func(v *visit) error { return p.showCheck(v, faults{}) })
	act := func(name string, need desk.Permission, said, to string, do func(context.Context, desk.Who, bot.CaseRef, desk.Form) error) {
		p.page("POST /cases/{ref}/outcome/"+name, need, func(v *visit) error {
			ref, f := readRef(v.r.PathValue("ref")), v.form()
			if f.Turn != "" {
				f.Turn += bot.TurnID("-" + name) // the page has several forms
			}
			var wrong faults
			if wrong.take(do(v.r.Context(), v.who.Who, ref, f)) {
				return v.back("/cases/"+string(ref)+to, said)
			}
			if wrong.err != nil {
				return wrong.err
			}
			return p.showCheck(v, wrong)
		})
	}
	act("drop", desk.Answer, "The draft is thrown away.", "/outcome", p.desk.DropOutcome)
	act("ask", desk.Answer, "A second person is asked to sign it: it is on the work list.", "/outcome/check", p.desk.AskSignature)
	act("sign", desk.GiveOut, "You have signed it. It can be offered now.", "/outcome/check", p.desk.SignOutcome)
	act("offer", desk.Answer, "The outcome is offered.", "", p.desk.OfferOutcome)
}

// checkBody is what the person will read, as its template reads it.
type checkBody struct {
	*desk.OutcomeView
	Language string
	ByText   bool   // their channel is SMS: what it takes is counted
	Another  string // how they chose to be told, but by message
	Messages []messagePreview
	Segments int
}

// messagePreview is one message of it.
type messagePreview struct {
	Text    string
	Options []string
	Unasked bool // it comes by itself, and says nothing of the matter
	flows.SMSCount
	Culprit string // the character for which it takes more texts
}

// mannerName is how somebody wants to be told, in words; empty: by message.
func mannerName(m bot.Manner) string {
	switch m {
	case bot.ByCall:
		return "a call"
	case bot.ByLetter:
		return "a letter"
	case bot.ByMeeting:
		return "a meeting"
	}
	return ""
}

// showCheck shows what the person will read, and what is to be done with it.
func (p *pages) showCheck(v *visit, wrong faults) error {
	ref := readRef(v.r.PathValue("ref"))
	o, err := p.desk.Outcome(v.r.Context(), v.who.Who, ref)
	if err != nil {
		return err
	}
	b := checkBody{OutcomeView: o, ByText: o.Channel == string(channels.SMS), Another: mannerName(o.Manner)}
	all, err := p.desk.PreviewOutcome(v.r.Context(), o)
	var lacks faults
	if !lacks.take(err) {
		return v.lacking(o, lacks)
	}
	for _, m := range all {
		one := messagePreview{Text: m.Text, Unasked: m.Unasked(), SMSCount: flows.CountSMS(m.Text)}
		if one.SMSCount.Culprit != 0 {
			one.Culprit = string(one.SMSCount.Culprit)
		}
		for _, option := range m.Options {
			one.Options = append(one.Options, option.Label)
		}
		b.Segments += one.Segments
		b.Messages = append(b.Messages, one)
	}
	b.Language = o.View.Language
	if len(wrong.All) > 0 {
		return v.again("outcome_check", "What the person will read", b, wrong)
	}
	return v.show("outcome_check", "What the person will read", b)
}

// Wrote tells whether who looks wrote some of it.
func (b checkBody) Wrote(who *desk.Signed) bool {
	return b.Draft != nil && slices.Contains(b.Draft.Authors, who.Member)
}
