package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"heard/bot"
	"heard/bot/desk"
)

// Finding is what was found of one point of a complaint.
type Finding struct {
	Point    string   `json:"point,omitempty" maxLength:"20000" readOnly:"true" doc:"What it answers, in the person's words"`
	Kind     string   `json:"kind,omitempty" enum:"upheld,partly upheld,not upheld,withdrawn,none possible,for another body"`
	Found    string   `json:"found,omitempty" maxLength:"6144" doc:"What was found, and how it was looked into; why, where no finding is possible"`
	Apology  string   `json:"apology,omitempty" maxLength:"6144"`
	Body     string   `json:"body,omitempty" maxLength:"600" doc:"Who else it is for, and how to reach them"`
	Actions  []Action `json:"actions,omitempty" maxItems:"30" doc:"What is done about it"`
	NoAction string   `json:"no_action,omitempty" maxLength:"6144" doc:"Why nothing is done, where there are no actions"`
}

// Action is one thing that a person is told will be done.
type Action struct {
	What  string     `json:"what,omitempty" maxLength:"1500"`
	Owner string     `json:"owner,omitempty" maxLength:"600" doc:"Who sees to it, as the person reads it"`
	Due   string     `json:"due,omitempty" format:"date" doc:"The day by which it is done"`
	Done  *time.Time `json:"done,omitempty" readOnly:"true" doc:"Left out: not yet"`
}

// OutcomeText is the whole of an outcome.
type OutcomeText struct {
	Opening    string    `json:"opening,omitempty" maxLength:"6144" doc:"How it begins; read before the points"`
	Findings   []Finding `json:"findings,omitempty" maxItems:"60" doc:"One a point, in their order"`
	Considered string    `json:"considered,omitempty" maxLength:"6144" doc:"How what the person wishes was considered"`
	Signatory  string    `json:"signatory,omitempty" maxLength:"600" doc:"Name and role of who answers for it"`
	Ombudsman  string    `json:"ombudsman,omitempty" maxLength:"40" doc:"Who looks at it next: a kind that the draft lists"`
	Written    string    `json:"written,omitempty" maxLength:"24576" doc:"Where it was translated: all of it as it was written first"`
	Translator string    `json:"translator,omitempty" maxLength:"600" doc:"Who put it into the person's language"`
}

// Draft is an outcome that is being written, and what it must answer.
type Draft struct {
	Points          []string     `json:"points" doc:"What must be answered, in the person's words: one finding each"`
	Wish            string       `json:"wish,omitempty" doc:"What would put it right, which must be considered"`
	Manner          string       `json:"manner" enum:"message,call,letter,meeting" doc:"How the person chose to be told"`
	Ombudsmen       []string     `json:"ombudsmen" doc:"The kinds that can be named"`
	SecondSignature bool         `json:"second_signature" doc:"A second person must sign it before it is offered"`
	Written         *OutcomeText `json:"written,omitempty" doc:"Left out: nothing is written yet"`
	By              string       `json:"by,omitempty" doc:"Who saved it last"`
	Asked           *time.Time   `json:"asked,omitempty" doc:"When a signature was asked for"`
	Signed          *time.Time   `json:"signed,omitempty"`
	Signer          string       `json:"signer,omitempty"`
	Lacks           []Lack       `json:"lacks" doc:"What is missing before it can be offered; none: it is whole"`
}

// Lack is one thing that is missing.
type Lack struct {
	Location string `json:"location" example:"body.findings[0].apology" doc:"Where it goes in what is saved"`
	Message  string `json:"message"`
}

// Message is what a person reads at once.
type Message struct {
	Text    string   `json:"text"`
	Options []string `json:"options" doc:"What they can tap or write"`
}

type oneDraft struct {
	ETag string `header:"ETag" doc:"The case's version, for If-Match"`
	Body Draft
}

type previewed struct {
	Body struct {
		Messages []Message `json:"messages" doc:"In their order, on the person's channel and in their language"`
	}
}

type newOutcome struct {
	Signature
	OutcomeText
}

type told struct {
	Signature
	Manner string    `json:"manner" enum:"call,letter,meeting"`
	On     time.Time `json:"on" doc:"On which day"`
	Who    string    `json:"who,omitempty" maxLength:"80" doc:"Who told them; left out: who notes it"`
}

// outcomes registers how a matter is answered: it is written, point by point, signed by
// a second person where the provider wants that, and offered when nothing is missing.
func (s *server) outcomes() {
	huma.Register(s.api, operation("get-outcome-draft", http.MethodGet, "cases/{reference}/outcome-draft", "Read what an outcome must answer, and what is written of it", desk.Answer, http.StatusNotFound),
		func(ctx context.Context, in *OfCase) (*oneDraft, error) { return s.draft(ctx, in) })
	huma.Register(s.api, operation("preview-outcome", http.MethodGet, "cases/{reference}/outcome-draft/preview", "Read the draft as its person will", desk.Answer, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *OfCase) (*previewed, error) { return s.preview(ctx, in) })
	act(s, acting{"save-outcome", "outcome-draft", "Keep the draft of an outcome, whole or not. A change takes away its signature", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b newOutcome) error {
			a, err := b.read()
			if err != nil {
				return err
			}
			return c.desk.SaveOutcome(ctx, c.who, ref, f, a)
		})
	act(s, acting{"drop-outcome", "outcome-draft/removal", "Throw the draft away", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, _ plainly) error {
			return c.desk.DropOutcome(ctx, c.who, ref, f)
		})
	act(s, acting{"ask-signature", "outcome-draft/signature-request", "Ask a second person to sign the draft", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, _ plainly) error {
			return c.desk.AskSignature(ctx, c.who, ref, f)
		})
	act(s, acting{"sign-outcome", "outcome-draft/signature", "Sign, as the second person, what a person wrote at the desk. What a program wrote is signed there, by a person", desk.GiveOut, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b plainly) error {
			if b.By == "" {
				return problemOf(&desk.FieldError{Field: "by", Rejection: bot.Rejection{Code: desk.RejectField, Sentence: "Say who signs: a signature is a person's."}})
			}
			return c.desk.SignOutcome(ctx, c.who, ref, f)
		})
	act(s, acting{"offer-outcome", "outcome", "Offer the draft to the person, in the manner that they chose. It must be whole, and signed where the provider wants that", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, _ plainly) error {
			return c.desk.OfferOutcome(ctx, c.who, ref, f)
		})
	act(s, acting{"note-told", "outcome/told", "Note that the person was told the outcome by a call, a letter or in a meeting", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b told) error {
			return c.desk.NoteTold(ctx, c.who, ref, f, bot.InPerson{Manner: bot.Manner(b.Manner), On: b.On, Who: b.Who})
		})
}

// read is the outcome as the desk has it. Days are days, whatever the place.
func (o OutcomeText) read() (a bot.Answered, err error) {
	a = bot.Answered{Opening: o.Opening, Considered: o.Considered, Signatory: o.Signatory, Ombudsman: o.Ombudsman, Written: o.Written, Translator: o.Translator}
	for i, f := range o.Findings {
		one := bot.Finding{Kind: bot.FindingKind(f.Kind), Words: f.Found, Apology: f.Apology, Body: f.Body, NoAction: f.NoAction}
		for j, p := range f.Actions {
			action := bot.Promise{What: p.What, Owner: p.Owner}
			if p.Due != "" {
				if action.Due, err = time.Parse(time.DateOnly, p.Due); err != nil {
					return a, problemOf(&desk.FieldError{Field: bot.ActionField(i, j, "due"), Rejection: bot.Rejection{Code: desk.RejectField, Sentence: "This is no day: write it like 2026-12-04."}})
				}
			}
			one.Actions = append(one.Actions, action)
		}
		a.Findings = append(a.Findings, one)
	}
	return a, nil
}

func textOf(a bot.Answered) *OutcomeText {
	o := &OutcomeText{Opening: a.Opening, Considered: a.Considered, Signatory: a.Signatory, Ombudsman: a.Ombudsman, Written: a.Written, Translator: a.Translator}
	for _, f := range a.Findings {
		one := Finding{Point: f.Point, Kind: string(f.Kind), Found: f.Words, Apology: f.Apology, Body: f.Body, NoAction: f.NoAction}
		for _, p := range f.Actions {
			one.Actions = append(one.Actions, actionOf(p))
		}
		o.Findings = append(o.Findings, one)
	}
	return o
}

func actionOf(p bot.Promise) Action {
	a := Action{What: p.What, Owner: p.Owner, Done: when(p.Done)}
	if !p.Due.IsZero() {
		a.Due = p.Due.Format(time.DateOnly)
	}
	return a
}

func mannerOf(m bot.Manner) string {
	if m == bot.ByMessage {
		return "message"
	}
	return string(m)
}

func (s *server) draft(ctx context.Context, in *OfCase) (*oneDraft, error) {
	c := callerOf(ctx)
	ref, err := in.ref()
	if err != nil {
		return nil, s.failed(ctx, "get-outcome-draft", err)
	}
	o, err := c.desk.Outcome(ctx, c.who, ref)
	if err != nil {
		return nil, s.failed(ctx, "get-outcome-draft", err)
	}
	d := Draft{Points: o.Answers, Wish: o.Wish, Manner: mannerOf(o.Manner), SecondSignature: o.Signs, Ombudsmen: []string{}, Lacks: []Lack{}}
	for _, one := range o.Ombudsmen {
		d.Ombudsmen = append(d.Ombudsmen, one.Kind)
	}
	if o.Draft != nil {
		d.Written, d.By, d.Asked, d.Signed, d.Signer = textOf(o.Draft.Answered), o.Draft.By, when(o.Draft.Asked), when(o.Draft.Signed), o.Draft.Signer
	}
	if _, err := c.desk.PreviewOutcome(ctx, o); err != nil {
		if problemOf(err) == nil {
			return nil, s.failed(ctx, "get-outcome-draft", err)
		}
		for _, one := range desk.FieldErrors(err) {
			d.Lacks = append(d.Lacks, Lack{locationOf(one.Field), one.Sentence})
		}
		if len(d.Lacks) == 0 {
			d.Lacks = append(d.Lacks, Lack{"body", err.Error()})
		}
	}
	return &oneDraft{ETag: etag(o.Version), Body: d}, nil
}

func (s *server) preview(ctx context.Context, in *OfCase) (*previewed, error) {
	c := callerOf(ctx)
	ref, err := in.ref()
	if err != nil {
		return nil, s.failed(ctx, "preview-outcome", err)
	}
	o, err := c.desk.Outcome(ctx, c.who, ref)
	if err != nil {
		return nil, s.failed(ctx, "preview-outcome", err)
	}
	all, err := c.desk.PreviewOutcome(ctx, o)
	if err != nil {
		return nil, s.failed(ctx, "preview-outcome", err)
	}
	out := &previewed{}
	out.Body.Messages = []Message{}
	for _, m := range all {
		one := Message{Text: m.Text, Options: []string{}}
		for _, choice := range m.Options {
			one.Options = append(one.Options, choice.Label)
		}
		out.Body.Messages = append(out.Body.Messages, one)
	}
	return out, nil
}
