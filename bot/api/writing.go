package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"heard/bot"
	"heard/bot/desk"
)

// write is a request to do something to a case.
type write[B any] struct {
	OfCase
	IfMatch string `header:"If-Match" maxLength:"40" doc:"The ETag of the case you decided by. If it was changed since, nothing is done (412). Left out: it does not matter"`
	Key     string `header:"Idempotency-Key" maxLength:"255" doc:"Random, new for each write: within 24 hours the same request with the same key is done once"`
	Body    B
}

// Signature is who does it.
type Signature struct {
	By     string `json:"by,omitempty" maxLength:"80" doc:"The name of who does it, as the person reads it; left out: the token's name"`
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"For the audit log"`
}

func (s Signature) signed() Signature { return s }

// signed is a body that says who does it.
type signed interface{ signed() Signature }

type acknowledgement struct {
	Signature
	Handler string     `json:"handler" minLength:"1" maxLength:"80" doc:"The name of who handles the case"`
	Decides string     `json:"decides,omitempty" maxLength:"300" doc:"What they may decide, in words that end a sentence"`
	Words   string     `json:"words,omitempty" maxLength:"4000"`
	Due     *time.Time `json:"due,omitempty" doc:"When the person hears next; left out: in 20 working days"`
}

type words struct {
	Signature
	Words string `json:"words" minLength:"1" maxLength:"4000"`
}

type later struct {
	Signature
	Due   time.Time `json:"due" doc:"The new date"`
	Words string    `json:"words,omitempty" maxLength:"4000" doc:"Why"`
}

type assignment struct {
	Signature
	Member string `json:"member,omitempty" maxLength:"100" doc:"Whose the case is; left out: nobody's"`
	Name   string `json:"name,omitempty" maxLength:"80" doc:"Their name, as the person reads it"`
}

type finished struct {
	Signature
	Task string `json:"task" minLength:"1" maxLength:"200" doc:"The task's id"`
	How  string `json:"how" minLength:"1" maxLength:"4000" doc:"What was done about it"`
}

type plainly struct{ Signature }

type done struct{}

// writing registers what staff may do. Each answers 204: read the case again to
// see what became of it.
func (s *server) writing() {
	act(s, "acknowledge", "acknowledgement", "Tell the person who handles their case",
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b acknowledgement) error {
			a := bot.Acknowledgement{Handler: b.Handler, Decides: b.Decides, Words: b.Words}
			if b.Due != nil {
				a.Due = *b.Due
			}
			return c.desk.Acknowledge(ctx, c.who, ref, f, a)
		})
	act(s, "update", "updates", "Tell the person something",
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b words) error {
			return c.desk.Update(ctx, c.who, ref, f, b.Words)
		})
	act(s, "propose-later", "later-date", "Ask the person to agree to a later date",
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b later) error {
			return c.desk.ProposeLater(ctx, c.who, ref, f, b.Due, b.Words)
		})
	act(s, "note", "notes", "Keep words for staff, which are never sent",
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b words) error {
			return c.desk.Note(ctx, c.who, ref, f, b.Words)
		})
	act(s, "assign", "assignment", "Make a case somebody's. To others than the token itself this needs the scope \"give out\"",
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b assignment) error {
			return c.desk.Assign(ctx, c.who, ref, f, bot.MemberID(b.Member), b.Name)
		})
	act(s, "finish-task", "finished-tasks", "End a task that was seen to",
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b finished) error {
			return c.desk.Finish(ctx, c.who, ref, f, b.Task, b.How)
		})
	act(s, "confirm-withdrawal", "withdrawal", "End a case that its person took back, once that was confirmed with them",
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, _ plainly) error {
			return c.desk.ConfirmWithdrawal(ctx, c.who, ref, f)
		})
	act(s, "died", "death", "Note that the person a case is about has died: nothing automatic is sent any more",
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, _ plainly) error {
			return c.desk.Died(ctx, c.who, ref, f)
		})
	act(s, "release", "release", "Let the news go that waits after a death",
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, _ plainly) error {
			return c.desk.Release(ctx, c.who, ref, f)
		})
}

// act registers one thing that can be done to a case.
func act[B signed](s *server, id, path, summary string, do func(context.Context, caller, bot.CaseRef, desk.Form, B) error) {
	op := operation(id, http.MethodPost, "cases/{reference}/"+path, summary, desk.Answer,
		http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge)
	op.DefaultStatus = http.StatusNoContent
	huma.Register(s.api, op, func(ctx context.Context, in *write[B]) (*done, error) {
		if err := s.act(ctx, id, in.OfCase, in.IfMatch, in.Key, in.Body, func(c caller, ref bot.CaseRef, f desk.Form) error {
			return do(ctx, c, ref, f, in.Body)
		}); err != nil {
			return nil, s.failed(ctx, id, err)
		}
		return &done{}, nil
	})
}

func (s *server) act(ctx context.Context, id string, of OfCase, ifMatch, key string, body signed, do func(caller, bot.CaseRef, desk.Form) error) (err error) {
	c := callerOf(ctx)
	who := body.signed()
	if who.By != "" {
		c.who.Name = who.By
	}
	f := desk.Form{Reason: who.Reason}
	ref, err := of.ref()
	if err != nil {
		return err
	}
	if f.Seen, err = seen(ifMatch); err != nil {
		return err
	}
	if f.Turn, err = s.once(ctx, c, key, id, ref, body); err != nil {
		return err
	}
	return do(c, ref, f)
}

// seen is the version that If-Match names; 0: it does not matter.
func seen(ifMatch string) (uint64, error) {
	if ifMatch == "" || ifMatch == "*" {
		return 0, nil
	}
	version, err := strconv.ParseUint(strings.Trim(ifMatch, `"`), 10, 64)
	if err != nil || version == 0 {
		return 0, problem(http.StatusBadRequest, "bad-etag", "If-Match must be the ETag of a case, as it came.")
	}
	return version, nil
}
