package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Statement is what somebody outside the team was asked about a case: a ward manager, a
// doctor. It has a date of its own. The words are on the timeline, for staff alone.
type Statement struct {
	ID     string    `cbor:"1,keyasint"`
	Of     string    `cbor:"2,keyasint"` // their name or role
	Asked  time.Time `cbor:"3,keyasint"`
	Due    time.Time `cbor:"4,keyasint"`
	Entry  EntryID   `cbor:"5,keyasint"`           // holds the question
	Answer EntryID   `cbor:"6,keyasint,omitempty"` // holds the answer; empty: none came
}

// StatementRequest asks for one.
type StatementRequest struct {
	ID       string // random
	Of       string // a name or a role
	Question string
	Due      time.Time
}

// withinStatement is by when a statement that came should be read.
const withinStatement = 2 * 24 * time.Hour

// AskStatement asks somebody outside the team.
func (b *Bot) AskStatement(ctx context.Context, id ProviderID, ref CaseRef, by By, r StatementRequest) error {
	return b.staff(ctx, id, ref, by, "ask for a statement", func(w *work) error {
		c := w.subject
		of, question := strings.TrimSpace(r.Of), strings.TrimSpace(r.Question)
		switch {
		case of == "":
			return &Rejection{RejectEmpty, "Say who is asked: a name or a role."}
		case question == "":
			return &Rejection{RejectEmpty, "Write what they are asked."}
		case !r.Due.After(w.now):
			return &Rejection{RejectLate, "Choose a day to come by which they answer."}
		case c.Status == Draft:
			return &Rejection{RejectNotReady, "The person has not sent this yet."}
		}
		w.change(c)
		e := Entry{ID: newEntryID(), At: w.now, Kind: AskedOf, By: by.Name, Text: "Asked of " + of + ": " + question}
		c.Statements = append(c.Statements, Statement{ID: r.ID, Of: of, Asked: w.now, Due: r.Due, Entry: e.ID})
		w.op(Append{Case: c, Entry: e})
		w.nextStatement(c)
		return nil
	})
}

// AnswerStatement keeps the answer. Who typed it in is by; one that came by the link has
// no member, and staff get a task to read it.
func (b *Bot) AnswerStatement(ctx context.Context, id ProviderID, ref CaseRef, by By, statement, words string) error {
	return b.staff(ctx, id, ref, by, "keep a statement", func(w *work) error {
		c := w.subject
		i := slices.IndexFunc(c.Statements, func(s Statement) bool { return s.ID == statement })
		switch words = strings.TrimSpace(words); {
		case i < 0:
			return &Rejection{RejectNoCase, "This was not asked, or is not there any more."}
		case c.Statements[i].Answer != "":
			return &Rejection{RejectNotReady, "This was answered already."}
		case words == "":
			return &Rejection{RejectEmpty, "Write the answer."}
		}
		w.change(c)
		s := &c.Statements[i]
		e := Entry{ID: newEntryID(), At: w.now, Kind: Stated, By: s.Of, Text: words}
		if by.Member != "" {
			e.By += ", typed in by " + by.Name
		}
		s.Answer = e.ID
		w.op(Append{Case: c, Entry: e})
		w.op(EndTask{c.statementTask(s.ID)})
		w.nextStatement(c)
		if by.Member == "" {
			w.task(ReadStatement, withinStatement, "Somebody outside the team has answered what they were asked. Read it on the timeline.")
		}
		return nil
	})
}

func (c *Case) statementTask(id string) string { return c.taskID(AwaitStatement) + "/" + id }

// nextStatement sets the timer for the next statement that is due.
func (w *work) nextStatement(c *Case) {
	t := Timer{Kind: Await, Case: c.Ref}
	next, ok := c.awaitedNext(w.now)
	if !ok {
		w.op(DropTimer{t.ID()})
		return
	}
	t.After = next.Sub(w.now)
	w.op(SetTimer{t})
}

// awaitedNext is when the next statement is due that was not answered and is not late.
func (c *Case) awaitedNext(now time.Time) (next time.Time, ok bool) {
	for _, s := range c.Statements {
		if s.Answer == "" && s.Due.After(now) && (!ok || s.Due.Before(next)) {
			next, ok = s.Due, true
		}
	}
	return next, ok
}

// awaited gives staff a task for each statement that did not come.
func (b *Bot) awaited(ctx context.Context, p *provider, l TimerLease, t Turn) (Turn, error) {
	c, _, err := b.store.Case(ctx, p.ID, l.Timer.Case)
	if errors.Is(err, ErrNotFound) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	now := b.now()
	t.Expect = []Expect{{Case: c.Ref, Version: c.Version}}
	for _, s := range c.Statements {
		if s.Answer == "" && !s.Due.After(now) {
			t.Ops = append(t.Ops, AddTask{StaffTask{
				ID: c.statementTask(s.ID), Kind: AwaitStatement, Case: c.Ref, At: s.Due, Due: s.Due,
				Text: "Somebody outside the team has not answered what they were asked. Remind them.",
			}})
		}
	}
	if next, ok := c.awaitedNext(now); ok {
		t.Ops = append(t.Ops, SetTimer{Timer{Kind: Await, Case: c.Ref, After: next.Sub(now)}})
	}
	return t, nil
}
