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
	IfMatch string `header:"If-Match" maxLength:"40" doc:"The ETag of the case you decided by. If it was changed since, nothing is done (412)"`
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

type update struct {
	Signature
	Words      string     `json:"words" minLength:"1" maxLength:"4000"`
	About      []int      `json:"about,omitempty" maxItems:"50" doc:"Which points of the complaint it is about, from 1"`
	Written    string     `json:"written,omitempty" maxLength:"4000" doc:"Where it was translated: what was written first"`
	Translator string     `json:"translator,omitempty" maxLength:"80" doc:"Who put it into the person's language"`
	NotBefore  *time.Time `json:"not_before,omitempty" doc:"When the person may first be told; left out: at once"`
}

type entry struct {
	Signature
	Entry string `json:"entry" minLength:"1" maxLength:"100" doc:"The line's id on the timeline"`
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

type link struct {
	Signature
	Reference string `json:"reference" minLength:"1" maxLength:"40" doc:"The other case"`
}

type barred struct {
	Signature
	Member string `json:"member" minLength:"1" maxLength:"100"`
	Barred bool   `json:"barred" doc:"false lets them back"`
}

type plainly struct{ Signature }

type done struct{}

// Why a write needs no If-Match.
const (
	onlyAdds  = "it adds words, and undoes nothing"
	staysTrue = "it is so whatever the case says"
	byName    = "what it ends is named, and is there or not"
)

// writing registers what staff may do to a case. Each answers 204: read the case again
// to see what became of it.
func (s *server) writing() {
	act(s, acting{"acknowledge", "acknowledgement", "Tell the person who handles their case", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b acknowledgement) error {
			return c.desk.Acknowledge(ctx, c.who, ref, f, bot.Acknowledgement{Handler: b.Handler, Decides: b.Decides, Words: b.Words, Due: moment(b.Due)})
		})
	act(s, acting{"update", "updates", "Tell the person something", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b update) error {
			return c.desk.Tell(ctx, c.who, ref, f, bot.Telling{
				Words: b.Words, About: b.About, Written: b.Written, Translator: b.Translator, NotBefore: moment(b.NotBefore),
			})
		})
	act(s, acting{"take-back", "taken-back-updates", "Take back an update that was planned and not told yet", desk.Answer, byName},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b entry) error {
			return c.desk.TakeBack(ctx, c.who, ref, f, bot.EntryID(b.Entry))
		})
	act(s, acting{"note", "notes", "Keep words for staff, which are never sent", desk.Answer, onlyAdds},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b words) error {
			return c.desk.Note(ctx, c.who, ref, f, b.Words)
		})
	act(s, acting{"assign", "assignment", "Make a case somebody's. To others than the token itself this needs the scope \"give out\"", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b assignment) error {
			return c.desk.Assign(ctx, c.who, ref, f, bot.MemberID(b.Member), b.Name)
		})
	act(s, acting{"finish-task", "finished-tasks", "End a task of the case that was seen to", desk.Answer, byName},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b finished) error {
			return c.desk.Finish(ctx, c.who, ref, f, b.Task, b.How)
		})
	act(s, acting{"link", "links", "Say that another case is about the same matter", desk.Answer, onlyAdds},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b link) error {
			other, err := OfCase{Reference: b.Reference}.ref()
			if err != nil {
				return err
			}
			return c.desk.Link(ctx, c.who, ref, f, other)
		})
	act(s, acting{"bar", "barred-members", "Keep a member from a case, because they are named in it, or let them back", desk.GiveOut, byName},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b barred) error {
			return c.desk.Bar(ctx, c.who, ref, f, bot.MemberID(b.Member), b.Barred)
		})
	act(s, acting{"confirm-withdrawal", "withdrawal", "End a case that its person took back, once that was confirmed with them", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, _ plainly) error {
			return c.desk.ConfirmWithdrawal(ctx, c.who, ref, f)
		})
	act(s, acting{"died", "death", "Note that the person a case is about has died: nothing automatic is sent any more", desk.Answer, staysTrue},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, _ plainly) error {
			return c.desk.Died(ctx, c.who, ref, f)
		})
	act(s, acting{"release", "release", "Let the news go that waits after a death", desk.Answer, ""},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, _ plainly) error {
			return c.desk.Release(ctx, c.who, ref, f)
		})
}

// moment is a time that may be left out.
func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// acting is one thing that can be done to a case.
type acting struct {
	id, path, summary string
	scope             desk.Permission
	free              string // why it needs no If-Match; empty: it needs one
}

// operation describes it.
func (a acting) operation() huma.Operation {
	op := operation(a.id, http.MethodPost, "cases/{reference}/"+a.path, a.summary, a.scope,
		http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	if a.free != "" {
		op.Description += " If-Match may be left out: " + a.free + "."
		return op
	}
	op.Description += " Needs If-Match."
	op.Errors = append(op.Errors, http.StatusPreconditionRequired)
	return op
}

// act registers it. Its answer has no content.
func act[B signed](s *server, a acting, do func(context.Context, caller, bot.CaseRef, desk.Form, B) error) {
	op := a.operation()
	op.DefaultStatus = http.StatusNoContent
	huma.Register(s.api, op, func(ctx context.Context, in *write[B]) (*done, error) {
		return acted(ctx, s, a, in, func(c caller, ref bot.CaseRef, f desk.Form) (*done, error) {
			return &done{}, do(ctx, c, ref, f, in.Body)
		})
	})
}

// acted does something to a case for a request that may ask for it.
func acted[B signed, A any](ctx context.Context, s *server, a acting, in *write[B], do func(caller, bot.CaseRef, desk.Form) (A, error)) (out A, err error) {
	if a.free == "" && in.IfMatch == "" {
		return out, problem(http.StatusPreconditionRequired, "no-if-match", "Send If-Match: the ETag of the case that you decided by, or * if it does not matter.")
	}
	c, ref, f, err := s.form(ctx, a.id, in.OfCase, in.IfMatch, in.Key, in.Body)
	if err == nil {
		out, err = do(c, ref, f)
	}
	if err != nil {
		var none A
		return none, s.failed(ctx, a.id, err)
	}
	return out, nil
}

// form reads who does something to which case, and what they had before them.
func (s *server) form(ctx context.Context, id string, of OfCase, ifMatch, key string, body signed) (c caller, ref bot.CaseRef, f desk.Form, err error) {
	c, f = s.signature(ctx, body)
	if ref, err = of.ref(); err != nil {
		return c, ref, f, err
	}
	if f.Seen, err = seen(ifMatch); err != nil {
		return c, ref, f, err
	}
	f.Turn, err = s.once(ctx, c, key, id, ref, body)
	return c, ref, f, err
}

// signature is who asks, by the name that they give.
func (s *server) signature(ctx context.Context, body signed) (caller, desk.Form) {
	c, who := callerOf(ctx), body.signed()
	if who.By != "" {
		c.who.Name = who.By
	}
	return c, desk.Form{Reason: who.Reason}
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
