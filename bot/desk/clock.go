package desk

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"heard/bot"
)

// Redate changes the day on which the person was promised to hear.
func (d *Desk) Redate(ctx context.Context, who Who, ref bot.CaseRef, f Form, due time.Time, words string) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return d.o.Bot.Redate(ctx, d.o.Provider.ID, ref, by, due, words)
	})
}

// Pause stops the clock of a case that waits for somebody.
func (d *Desk) Pause(ctx context.Context, who Who, ref bot.CaseRef, f Form, r bot.WaitReason, until time.Time, words string) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return d.o.Bot.Pause(ctx, d.o.Provider.ID, ref, by, r, until, words)
	})
}

// Resume lets it go on.
func (d *Desk) Resume(ctx context.Context, who Who, ref bot.CaseRef, f Form, due time.Time, words string) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return d.o.Bot.Resume(ctx, d.o.Provider.ID, ref, by, due, words)
	})
}

// Mails tells whether e-mails can be sent from here.
func (d *Desk) Mails() bool { return d.o.Mail != nil }

// drawerStatements holds which statement a link is for, under the hash of what the link
// holds. It is gone once it was used.
const drawerStatements = "statements"

// linkFor is how long a link opens the question after its day.
const linkFor = 60 * 24 * time.Hour

// asked is what a link leads to.
type asked struct {
	Ref bot.CaseRef `json:"ref"`
	ID  string      `json:"id"`
}

// AskStatement asks somebody outside the team, and returns the link by which they can
// answer without an account. It is shown this once. With an address they are sent it, in
// an e-mail that says nothing of the matter; what fails then fails after they were asked.
func (d *Desk) AskStatement(ctx context.Context, who Who, ref bot.CaseRef, f Form, r bot.StatementRequest, email string) (link string, err error) {
	by, err := d.allowed(ctx, who, ref, Answer, f)
	if err != nil {
		return "", err
	}
	if email != "" && d.o.Mail == nil {
		return "", bad("email", "No e-mail can be sent from here. Leave this empty, and give them the link yourself.")
	}
	if r.ID = rand.Text(); f.Turn != "" {
		r.ID = hashed("statement " + string(f.Turn)) // a form that is sent twice asks once
	}
	if err := d.o.Bot.AskStatement(ctx, d.o.Provider.ID, ref, by, r); err != nil {
		return "", err
	}
	token, err := d.linkToken(ctx, r.ID, f)
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(asked{ref, r.ID})
	if err != nil {
		return "", fmt.Errorf("write a link: %w", err)
	}
	keep := r.Due.Sub(d.o.Now()) + linkFor
	err = d.o.Store.Put(ctx, d.o.Provider.ID, drawerStatements, bot.Drawn{ID: hashed(token), Data: data}, keep)
	if err != nil && !errors.Is(err, bot.ErrConflict) { // it was asked with this form before
		return "", err
	}
	link = d.statementLink(token)
	if email == "" {
		return link, nil
	}
	body := fmt.Sprintf("%s asks you to answer a question, by %s. Open this, and write your answer there; you need no account:\n\n%s\n\nIt is for you alone. Please do not pass it on.\n",
		d.o.Provider.Name, r.Due.In(d.o.Provider.Calendar.Location).Format("Monday 2 January 2006"), link)
	if err := d.o.Mail.Send(ctx, email, d.o.Provider.Name+" asks you something", body); err != nil {
		return link, bad("email", "They are asked, but the e-mail could not be sent. Give them the link yourself.")
	}
	return link, nil
}

// linkToken is what a link holds: random, and of a form that is sent twice the same.
func (d *Desk) linkToken(ctx context.Context, id string, f Form) (string, error) {
	if f.Turn == "" {
		return rand.Text(), nil
	}
	key, err := d.secret(ctx, "statements")
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil)), nil
}

// statementLink is below the server's root, as people without an account have no desk.
func (d *Desk) statementLink(token string) string {
	root := strings.TrimSuffix(d.o.Site, "/desk/"+string(d.o.Provider.ID))
	return root + "/statement/" + string(d.o.Provider.ID) + "/" + token
}

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// AnswerStatement keeps an answer that a member of staff typed in.
func (d *Desk) AnswerStatement(ctx context.Context, who Who, ref bot.CaseRef, f Form, statement, words string) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return d.o.Bot.AnswerStatement(ctx, d.o.Provider.ID, ref, by, statement, words)
	})
}

// Question is what who has a link is asked: nothing of the case, nor of its person.
type Question struct {
	Of   string
	Text string
	Due  time.Time
}

// noLink is the one answer for a link that there never was, that is too old, or that was
// used.
func noLink() error {
	return &bot.Rejection{Code: bot.RejectNoCase, Sentence: "This link leads to nothing any more. It may have been used already."}
}

// Question is what a link asks.
func (d *Desk) Question(ctx context.Context, token string) (q Question, err error) {
	c, s, err := d.linked(ctx, token)
	if err != nil {
		return q, err
	}
	entries, err := d.o.Store.Timeline(ctx, d.o.Provider.ID, c)
	if err != nil {
		return q, err
	}
	q = Question{Of: s.Of, Due: s.Due}
	for _, e := range entries {
		if e.ID == s.Entry {
			q.Text = strings.TrimPrefix(e.Text, "Asked of "+s.Of+": ")
		}
	}
	return q, nil
}

// AnswerQuestion keeps the answer to it, once.
func (d *Desk) AnswerQuestion(ctx context.Context, token, words string, turn bot.TurnID) error {
	c, s, err := d.linked(ctx, token)
	if err != nil {
		return err
	}
	if err := d.o.Bot.AnswerStatement(ctx, d.o.Provider.ID, c.Ref, bot.By{Name: s.Of, Turn: turn}, s.ID, words); err != nil {
		return err
	}
	return d.o.Store.Drop(ctx, d.o.Provider.ID, drawerStatements, hashed(token))
}

// linked is the case and the statement of a link.
func (d *Desk) linked(ctx context.Context, token string) (*bot.Case, bot.Statement, error) {
	r, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerStatements, hashed(token))
	if errors.Is(err, bot.ErrNotFound) {
		return nil, bot.Statement{}, noLink()
	}
	var a asked
	if err == nil {
		err = json.Unmarshal(r.Data, &a)
	}
	if err != nil {
		return nil, bot.Statement{}, fmt.Errorf("read a link: %w", err)
	}
	c, err := d.o.Store.ReadCase(ctx, d.o.Provider.ID, a.Ref)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return nil, bot.Statement{}, err
	}
	if err == nil {
		for _, s := range c.Statements {
			if s.ID == a.ID && s.Answer == "" {
				return c, s, nil
			}
		}
	}
	return nil, bot.Statement{}, noLink()
}
