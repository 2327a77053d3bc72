package desk

import (
	"context"
	"slices"
	"time"

	"heard/bot"
)

// Letter is an outcome as it goes on paper.
type Letter struct {
	Ref       bot.CaseRef
	Provider  string
	Language  string    // of the person; empty: the provider's first
	On        time.Time // when it was offered
	Name      string    // of the person; empty where it may not be shown, or was not told
	Address   string    // likewise
	Answer    bot.Answered
	Ombudsman Ombudsman
	Regulator *Ombudsman // who checks the provider; nil: nobody is known
}

// Letter is the outcome that was offered last, for a letter. Who the person is stands
// in it only where their case may show that.
func (d *Desk) Letter(ctx context.Context, who Who, ref bot.CaseRef) (*Letter, error) {
	v, err := d.Case(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(v.Timeline, func(l Line) bool { return l.ID == v.Outcome.Entry && l.Kind == bot.Found })
	if i < 0 {
		return nil, &bot.Rejection{Code: bot.RejectNotReady, Sentence: "No outcome was offered yet, so there is no letter."}
	}
	e := v.Timeline[i]
	l := &Letter{Ref: ref, Provider: d.o.Provider.Name, Language: v.Language, On: v.Outcome.Offered, Answer: bot.Answered{Opening: e.Text}}
	if e.Outcome != nil {
		l.Answer = *e.Outcome
	} else {
		l.Answer.Signatory = e.By
	}
	for _, a := range v.Identity {
		switch a.Property {
		case "name":
			l.Name = a.Value
		case "address":
			l.Address = a.Value
		}
	}
	l.Regulator = d.regulator(v.Language)
	all := d.ombudsmen(v.Language)
	l.Ombudsman = all[max(0, slices.IndexFunc(all, func(o Ombudsman) bool { return o.Kind == l.Answer.Ombudsman }))]
	return l, nil
}
