package api

import (
	"context"
	"net/http"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

type recording struct {
	Signature
	Words    string     `json:"words" minLength:"1" maxLength:"40000" doc:"As they were said or written"`
	How      string     `json:"how,omitempty" enum:"told,call,letter,e-mail" doc:"Left out: told. Of the others the scope \"answer\" is needed"`
	At       *time.Time `json:"at,omitempty" doc:"When it was said or came in, from which the clocks count; left out: now"`
	Place    string     `json:"place,omitempty" maxLength:"200" doc:"The code of a place, or a place in words"`
	Number   string     `json:"number,omitempty" maxLength:"40" doc:"The person's mobile number. It stands on no case"`
	MayWrite bool       `json:"may_write,omitempty" doc:"The person said that we may write to the number"`
	Name     string     `json:"name,omitempty" maxLength:"200" doc:"The person's, who said that the team may know it; left out: they are anonymous"`
	Language string     `json:"language,omitempty" maxLength:"10" doc:"The person's; left out: the provider's first"`
	Cause    string     `json:"cause,omitempty" maxLength:"200" doc:"Who of the staff is said to have caused it: a member of this name is kept from the case"`
}

type slip struct {
	Body struct {
		Reference string `json:"reference"`
		Code      string `json:"code" doc:"For the person alone: who sends it has the case. It is answered this once, and to the same request with the same Idempotency-Key for half an hour"`
	}
}

// Person is somebody who begins to be cared for.
type Person struct {
	Number       string `json:"number" maxLength:"40" doc:"A mobile number"`
	Language     string `json:"language,omitempty" maxLength:"10" doc:"Left out: the provider's first"`
	WhatsApp     bool   `json:"whatsapp,omitempty" doc:"It is on record that they agreed to be written to there"`
	Died         bool   `json:"died,omitempty"`
	DoNotContact bool   `json:"do_not_contact,omitempty"`
}

type people struct {
	Signature
	People    []Person `json:"people" minItems:"1" maxItems:"5000"`
	CheckOnly bool     `json:"check_only,omitempty" doc:"Nobody is written to: only who could not be"`
}

// NotEnrolled is why one person is not written to.
type NotEnrolled struct {
	Index    int    `json:"index" doc:"In what was sent, from 0"`
	Sentence string `json:"sentence"`
}

type enrolled struct {
	Body struct {
		Good           int           `json:"good" doc:"With check_only: how many could be welcomed, as far as can be told from what was sent"`
		Welcomed       int           `json:"welcomed" doc:"Get a message when they are not asleep"`
		WelcomedBefore int           `json:"welcomed_before"`
		Known          int           `json:"known" doc:"Have written to us already"`
		WantsNone      int           `json:"wants_none" doc:"Want no messages, or the number is another's"`
		Died           int           `json:"died" doc:"As we were told"`
		Refused        []NotEnrolled `json:"refused"`
	}
}

// mostPeople is how long a list of people may be, in bytes.
const mostPeople = 1 << 20

// recording registers what begins with staff: what somebody told them, and people to be
// welcomed.
func (s *server) recording() {
	general(s, "record", "recordings", "Write down a letter, an e-mail, a call, or what a member of staff was told: it opens a case", desk.Record, http.StatusCreated,
		func(ctx context.Context, c caller, f desk.Form, b recording) (*slip, error) {
			got, err := c.desk.Record(ctx, c.who, f.Turn, desk.Recording{
				Words: b.Words, How: bot.How(b.How), At: moment(b.At), Place: b.Place, Number: b.Number, MayWrite: b.MayWrite, Name: b.Name, Language: b.Language, Cause: b.Cause,
			})
			if err != nil {
				return nil, err
			}
			out := &slip{}
			out.Body.Reference, out.Body.Code = string(got.Ref), got.Code
			return out, nil
		})
	general(s, "enrol", "enrolments", "Welcome people at the start of their care, once each and without a word of what it is about", desk.Enrol, http.StatusOK,
		func(ctx context.Context, c caller, _ desk.Form, b people) (*enrolled, error) { return enrol(ctx, c, b) })
}

// enrol follows the rules of the desk's list. Who is sent again was welcomed before, so
// that a repeated request welcomes nobody twice.
func enrol(ctx context.Context, c caller, b people) (*enrolled, error) {
	rows := make([]desk.EnrolRow, len(b.People))
	for i, p := range b.People {
		rows[i] = desk.EnrolRow{Line: i, Number: p.Number, Language: p.Language, WhatsApp: p.WhatsApp, Died: p.Died, DoNotContact: p.DoNotContact}
	}
	out := &enrolled{}
	out.Body.Refused = []NotEnrolled{}
	var err error
	var result desk.EnrolResult
	if b.CheckOnly {
		out.Body.Good, result.Refused, err = c.desk.CheckEnrolment(c.who, rows)
	} else {
		result, err = c.desk.Enrol(ctx, c.who, rows)
	}
	if err != nil {
		return nil, err
	}
	for _, r := range result.Refused {
		out.Body.Refused = append(out.Body.Refused, NotEnrolled{r.Line, r.Sentence})
	}
	n := result.Counts
	out.Body.Welcomed, out.Body.WelcomedBefore, out.Body.Known, out.Body.WantsNone, out.Body.Died =
		n[bot.Welcomed], n[bot.WelcomedBefore], n[bot.KnownAlready], n[bot.WantsNone], n[bot.HasDied]
	return out, nil
}
