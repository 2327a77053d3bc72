package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

// OutcomeView is what it takes to write the outcome of a case.
type OutcomeView struct {
	*View
	Answers   []string // the person's own words, one a point: what happened is the first
	Ombudsmen []Ombudsman
	Signs     bool // a second person must sign, before it is offered
	MaySign   bool // who looks may be that person
}

// Ombudsman is somebody to go to after the provider.
type Ombudsman struct {
	Kind             string // as the jurisdiction calls it
	Name, Web, Phone string
	Address          string // where a letter reaches them; empty: none is known
	Months           int    // how long after the person knew of it they may go there; of a regulator nothing
}

// Outcome is a case with the draft of its outcome.
func (d *Desk) Outcome(ctx context.Context, who Who, ref bot.CaseRef) (*OutcomeView, error) {
	if err := who.need(Answer); err != nil {
		return nil, err
	}
	v, err := d.Case(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	o := &OutcomeView{View: v, Answers: v.toAnswer(), Signs: d.o.Provider.SecondSignature, Ombudsmen: d.ombudsmen("")}
	o.MaySign = who.May(GiveOut) && (v.Draft == nil || !slices.Contains(v.Draft.Authors, who.Member))
	return o, nil
}

// ombudsmen lists them in a language: the provider's own kind first.
func (d *Desk) ombudsmen(language string) []Ombudsman {
	var all []Ombudsman
	for kind, s := range d.o.Provider.Flows.Ombudsmen(d.o.Provider.Nation) {
		all = append(all, d.body(kind, s, language))
	}
	own := d.kind()
	slices.SortFunc(all, func(a, b Ombudsman) int {
		if (a.Kind == own) != (b.Kind == own) {
			return map[bool]int{true: -1, false: 1}[a.Kind == own]
		}
		return cmp.Compare(a.Kind, b.Kind)
	})
	return all
}

// kind is the provider's, as flows have it.
func (d *Desk) kind() string { return cmp.Or(d.o.Provider.Kind, "nhs") }

func (d *Desk) body(kind string, s flows.OmbudsmanSource, language string) Ombudsman {
	language = cmp.Or(language, d.o.Provider.Flows.Languages()[0])
	return Ombudsman{kind, cmp.Or(s.Name[language], s.Name["en"]), s.Web, s.Phone, s.Address, s.Months}
}

// regulator is who checks the provider; nil: nobody is known.
func (d *Desk) regulator(language string) *Ombudsman {
	s, ok := d.o.Provider.Flows.Regulators(d.o.Provider.Nation)[d.kind()]
	if !ok {
		return nil
	}
	r := d.body(d.kind(), s, language)
	return &r
}

// toAnswer is the person's own words of each point. The first is what happened.
func (v *View) toAnswer() []string {
	points := slices.Clone(v.Points)
	if len(points) == 0 {
		points = []string{""}
	}
	if points[0] == "" {
		points[0] = cmp.Or(v.told(), "What happened, as you sent it")
	}
	return points
}

// asFields turns what an outcome lacks into errors of a form's fields.
func asFields(err error) error {
	var lack *bot.LackError
	if !errors.As(err, &lack) {
		return err
	}
	var all []error
	for _, one := range lack.Lacks {
		all = append(all, &FieldError{one.Field, bot.Rejection{Code: lack.Code, Sentence: one.Sentence}})
	}
	return errors.Join(all...)
}

// SaveOutcome keeps the draft of a case's outcome.
func (d *Desk) SaveOutcome(ctx context.Context, who Who, ref bot.CaseRef, f Form, a bot.Answered) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return asFields(d.o.Bot.SaveOutcome(ctx, d.o.Provider.ID, ref, by, a))
	})
}

// DropOutcome throws the draft away.
func (d *Desk) DropOutcome(ctx context.Context, who Who, ref bot.CaseRef, f Form) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error { return d.o.Bot.DropOutcome(ctx, d.o.Provider.ID, ref, by) })
}

// AskSignature asks another person to sign the draft.
func (d *Desk) AskSignature(ctx context.Context, who Who, ref bot.CaseRef, f Form) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return asFields(d.o.Bot.AskSignature(ctx, d.o.Provider.ID, ref, by))
	})
}

// SignOutcome signs what somebody else wrote. A second signature is a second person's:
// a program may bring theirs for what a person wrote at the desk, and for nothing that a
// program wrote, since two tokens may be held by one.
func (d *Desk) SignOutcome(ctx context.Context, who Who, ref bot.CaseRef, f Form) error {
	return d.act(ctx, who, ref, GiveOut, f, func(by bot.By) error {
		if who.isProgram() {
			c, err := d.mayRead(ctx, who, ref)
			if err != nil {
				return err
			}
			if c.Draft != nil && slices.ContainsFunc(c.Draft.Authors, isProgram) {
				return &bot.Rejection{Code: bot.RejectOwnWork, Sentence: "A program wrote some of this. A person must sign it at the desk."}
			}
			if by.Seen == 0 {
				by.Seen = c.Version // it is this draft that was looked at
			}
		}
		return asFields(d.o.Bot.SignOutcome(ctx, d.o.Provider.ID, ref, by))
	})
}

// PreviewOutcome is what the person will read, message by message, on their channel; an
// error of fields says what the draft still lacks.
func (d *Desk) PreviewOutcome(ctx context.Context, o *OutcomeView) ([]bot.Message, error) {
	return d.PreviewOutcomeOn(ctx, o, channels.Channel(o.Channel))
}

// PreviewOutcomeOn is what they would read on another one.
func (d *Desk) PreviewOutcomeOn(ctx context.Context, o *OutcomeView, on channels.Channel) ([]bot.Message, error) {
	c, err := d.o.Store.ReadCase(ctx, d.o.Provider.ID, o.Ref)
	if err != nil {
		return nil, err
	}
	of := *c
	of.Channel = on
	all, err := d.o.Bot.PreviewOutcome(ctx, d.o.Provider.ID, &of, o.Answers)
	return all, asFields(err)
}

// OfferOutcome offers the draft to the person.
func (d *Desk) OfferOutcome(ctx context.Context, who Who, ref bot.CaseRef, f Form) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		o, err := d.Outcome(ctx, who, ref)
		if err != nil {
			return err
		}
		return asFields(d.o.Bot.OfferOutcome(ctx, d.o.Provider.ID, ref, by, o.Answers))
	})
}

// NoteTold notes that the person was told otherwise than by message.
func (d *Desk) NoteTold(ctx context.Context, who Who, ref bot.CaseRef, f Form, t bot.InPerson) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return asFields(d.o.Bot.NoteTold(ctx, d.o.Provider.ID, ref, by, t))
	})
}
