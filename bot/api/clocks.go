package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"heard/bot"
	"heard/bot/desk"
)

type later struct {
	Signature
	Due   time.Time `json:"due" doc:"The new date"`
	Words string    `json:"words,omitempty" maxLength:"4000" doc:"Why; the person reads it"`
}

type pause struct {
	Signature
	WaitsFor string     `json:"waits_for" enum:"consent,police,coroner,safeguarding,person,body"`
	Until    *time.Time `json:"until,omitempty" doc:"When the person hears all the same; left out: in 20 working days"`
	Words    string     `json:"words,omitempty" maxLength:"4000" doc:"In place of the sentence that the reason has"`
}

type resumption struct {
	Signature
	Due   *time.Time `json:"due,omitempty" doc:"The promised day; left out: as many working days as were left"`
	Words string     `json:"words,omitempty" maxLength:"4000"`
}

// Absence is that a member is not at work, and who does theirs meanwhile.
type Absence struct {
	Member string    `json:"member"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until" doc:"The last moment of it"`
	Cover  string    `json:"cover" doc:"The member who does their work"`
	Name   string    `json:"cover_name"`
}

// Member is a member of staff who answers cases.
type Member struct {
	Member string `json:"member"`
	Name   string `json:"name"`
}

type staffPage struct {
	Body struct {
		Members  []Member  `json:"members" doc:"Those to whom a case can be given"`
		Absences []Absence `json:"absences" doc:"Who is away, or will be"`
	}
}

type newAbsence struct {
	Signature
	Member string    `json:"member" minLength:"1" maxLength:"100"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Cover  string    `json:"cover" minLength:"1" maxLength:"100"`
}

type backAgain struct {
	Signature
	Member string `json:"member" minLength:"1" maxLength:"100"`
}

// clocks registers what changes dates, and who keeps them.
func (s *server) clocks() {
	act(s, acting{"propose-later", "later-date", "Ask the person to agree to a later date", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b later) error {
			return c.desk.ProposeLater(ctx, c.who, ref, f, b.Due, b.Words)
		})
	act(s, acting{"redate", "due-date", "Change the day on which the person was promised to hear, and tell them. The reason is kept on the timeline", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b later) error {
			return c.desk.Redate(ctx, c.who, ref, f, b.Due, b.Words)
		})
	act(s, acting{"pause", "pause", "Stop the clock of a case that waits for somebody, and tell the person", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b pause) error {
			return c.desk.Pause(ctx, c.who, ref, f, bot.WaitReason(b.WaitsFor), moment(b.Until), b.Words)
		})
	act(s, acting{"resume", "resumption", "Let a case go on that waited, and tell the person", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b resumption) error {
			return c.desk.Resume(ctx, c.who, ref, f, moment(b.Due), b.Words)
		})
	huma.Register(s.api, operation("list-staff", http.MethodGet, "staff", "List who answers cases, and who of them is away", desk.SeeCases),
		func(ctx context.Context, in *OfProvider) (*staffPage, error) { return s.listStaff(ctx) })
	general(s, "set-away", "absences", "Note that a member is away, and who does their work. It takes the place of what was noted before", desk.GiveOut, http.StatusNoContent,
		func(ctx context.Context, c caller, _ desk.Form, b newAbsence) (*done, error) {
			return &done{}, c.desk.SetAwayOf(ctx, c.who, bot.MemberID(b.Member), b.From, b.Until, bot.MemberID(b.Cover))
		})
	general(s, "set-back", "ended-absences", "Note that a member is back", desk.GiveOut, http.StatusNoContent,
		func(ctx context.Context, c caller, _ desk.Form, b backAgain) (*done, error) {
			return &done{}, c.desk.BackOf(ctx, c.who, bot.MemberID(b.Member))
		})
}

func (s *server) listStaff(ctx context.Context) (*staffPage, error) {
	c := callerOf(ctx)
	if !c.who.May(desk.SeeCases) {
		return nil, notAllowed()
	}
	members, err := c.desk.Answering(ctx)
	if err != nil {
		return nil, s.failed(ctx, "list-staff", err)
	}
	aways, err := c.desk.Aways(ctx)
	if err != nil {
		return nil, s.failed(ctx, "list-staff", err)
	}
	out := &staffPage{}
	out.Body.Members, out.Body.Absences = []Member{}, []Absence{}
	for _, m := range members {
		out.Body.Members = append(out.Body.Members, Member{string(m.Member), m.Name})
	}
	for _, a := range sortedAways(aways) {
		out.Body.Absences = append(out.Body.Absences, Absence{string(a.Member), a.From, a.Until, string(a.Cover), a.Name})
	}
	return out, nil
}
