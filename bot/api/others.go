package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"heard/bot"
	"heard/bot/desk"
)

// Statement is what somebody outside the team was asked.
type Statement struct {
	ID       string    `json:"id"`
	Of       string    `json:"of" doc:"A name or a role"`
	Asked    time.Time `json:"asked"`
	Due      time.Time `json:"due"`
	Question string    `json:"question" doc:"The line's id on the timeline"`
	Answer   string    `json:"answer,omitempty" doc:"Likewise; left out: none came"`
}

type question struct {
	Signature
	Of       string    `json:"of" minLength:"1" maxLength:"200" doc:"A name or a role"`
	Question string    `json:"question" minLength:"1" maxLength:"4000"`
	Due      time.Time `json:"due" doc:"By when they answer"`
	Email    string    `json:"email,omitempty" maxLength:"200" doc:"They are sent the link; the e-mail says nothing of the matter"`
}

type askedOf struct {
	Body struct {
		Link string `json:"link" doc:"By which they answer without an account; it is shown this once"`
	}
}

type statementAnswer struct {
	Signature
	Statement string `json:"statement" minLength:"1" maxLength:"100" doc:"Its id"`
	Words     string `json:"words" minLength:"1" maxLength:"20000"`
}

type weDid struct {
	Signature
	Number int      `json:"number" minimum:"1" doc:"Which action, among those of the case"`
	Words  string   `json:"words" minLength:"1" maxLength:"4000" doc:"What was done, as people read it"`
	Also   []string `json:"also,omitempty" maxItems:"200" doc:"References of the other cases that led to it; their people are told too"`
}

type taken struct {
	Signature
	Task string `json:"task" minLength:"1" maxLength:"200" doc:"The task's id"`
}

// others registers what is asked of others, what was promised, and tasks, of which some
// have no case.
func (s *server) others() {
	s.askStatement()
	act(s, acting{"answer-statement", "statement-answers", "Keep the answer of somebody outside the team", desk.Answer, byName},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b statementAnswer) error {
			return c.desk.AnswerStatement(ctx, c.who, ref, f, b.Statement, b.Words)
		})
	act(s, acting{"keep-promise", "done-actions", "Say that an action is done, to all whose cases led to it", desk.Answer, byName},
		func(ctx context.Context, c caller, ref bot.CaseRef, f desk.Form, b weDid) error {
			var also []bot.CaseRef
			for _, text := range b.Also {
				other, err := OfCase{Reference: text}.ref()
				if err != nil {
					return err
				}
				also = append(also, other)
			}
			return c.desk.KeptPromise(ctx, c.who, ref, f, b.Number-1, b.Words, also)
		})
	general(s, "take-task", "taken-tasks", "Say that a task is seen to: an alert that nobody has taken is pursued", desk.Answer, http.StatusNoContent,
		func(ctx context.Context, c caller, f desk.Form, b taken) (*done, error) {
			return &done{}, c.desk.Take(ctx, c.who, f, b.Task)
		})
	general(s, "replay-task", "replayed-tasks", "Send the messages of a task through again that were put aside by a fault", desk.Answer, http.StatusNoContent,
		func(ctx context.Context, c caller, f desk.Form, b taken) (*done, error) {
			return &done{}, c.desk.Replay(ctx, c.who, f, b.Task)
		})
	general(s, "finish-any-task", "finished-tasks", "End a task that was seen to, also one about which there is no case", desk.Answer, http.StatusNoContent,
		func(ctx context.Context, c caller, f desk.Form, b finished) (*done, error) {
			return &done{}, c.desk.FinishTask(ctx, c.who, f, b.Task, b.How)
		})
}

func (s *server) askStatement() {
	a := acting{"ask-statement", "statements", "Ask somebody outside the team for a statement, with a date of its own", desk.Answer, onlyAdds}
	op := a.operation()
	op.DefaultStatus = http.StatusCreated
	huma.Register(s.api, op, func(ctx context.Context, in *write[question]) (*askedOf, error) {
		return acted(ctx, s, a, in, func(c caller, ref bot.CaseRef, f desk.Form) (*askedOf, error) {
			link, err := c.desk.AskStatement(ctx, c.who, ref, f, bot.StatementRequest{Of: in.Body.Of, Question: in.Body.Question, Due: in.Body.Due}, in.Body.Email)
			out := &askedOf{}
			out.Body.Link = link
			return out, err
		})
	})
}
