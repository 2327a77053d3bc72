package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"heard/bot"
	"heard/flows"
)

// Recording is what a member of staff writes down for somebody, as a form has it.
type Recording struct {
	Words    string
	How      bot.How
	At       time.Time // when it was said or came in; zero: now
	Place    string    // the code of a place, or a place in words
	Number   string    // the person's; empty: none
	MayWrite bool      // they said that we may write to it
	Name     string    // they said that the team may know it
	Language string
	Cause    string // who of the staff is named as the cause
	Mine     bool   // it is about who writes it down
}

// drawerSlips holds for half an hour what is to be handed over, by the form that asked
// for it: a form that is sent twice gets the same slip, and a page can be printed again.
const drawerSlips = "slips"

const slipShown = 30 * time.Minute

// heldSlip is one of them. Once it was shown its form is used up: what is sent by it
// again may be another person's, and they must never be handed this slip.
type heldSlip struct {
	bot.Slip
	Shown bool `json:"shown,omitempty"`
}

// RejectRecorded is the code of words that were sent before, by a form whose slip was
// seen.
const RejectRecorded = "recorded before"

// drawerSlipped holds which case the form of a slip was for, as long as a form may be
// sent again: once its slip is gone it must not get one that leads nowhere.
const drawerSlipped = "slips made"

const slipMade = 8 * 24 * time.Hour

// Record opens a case with it, and returns the slip. The same turn does it once, and is
// RejectRecorded after Slip has shown it.
func (d *Desk) Record(ctx context.Context, who Who, turn bot.TurnID, r Recording) (bot.Slip, error) {
	if err := who.need(Record); err != nil {
		return bot.Slip{}, err
	}
	if turn == "" {
		turn = bot.TurnID(sessionID(string(random(16))))
	}
	if r.How != "" && r.How != bot.HowTold && !who.May(Answer) {
		return bot.Slip{}, bad("how", "Only the complaints team types in letters, e-mails and calls.")
	}
	if r.Number != "" && !r.MayWrite {
		return bot.Slip{}, bad("may_write", "Ask them whether we may write to this number. If not, leave it out: the slip is enough.")
	}
	slip, err := d.slip(ctx, who, turn)
	if err != nil {
		return slip, err
	}
	barred, err := d.namedMembers(ctx, who, r)
	if err != nil {
		return slip, err
	}
	code, place, service := d.place(r.Place)
	err = d.o.Bot.Record(ctx, d.o.Provider.ID, bot.By{Name: who.Name, Member: who.Member, Turn: turn}, bot.Recording{
		Slip: slip, Words: r.Words, How: r.How, At: r.At, Place: place, Code: code, Service: service, Language: r.Language, Number: r.Number, Name: r.Name,
		Cause: r.Cause, Barred: barred,
	})
	return slip, asField(err)
}

// asField puts what the bot refuses beside the field that it is about.
func asField(err error) error {
	var r *bot.Rejection
	if !errors.As(err, &r) {
		return err
	}
	field := map[string]string{bot.RejectEmpty: "words", bot.RejectLong: "words", bot.RejectNumber: "number", bot.RejectDate: "at"}[r.Code]
	if field == "" {
		return err
	}
	return &FieldError{field, *r}
}

// place finds the place of a code; else it is in words.
func (d *Desk) place(typed string) (code, name, service string) {
	if p, ok := d.Place(typed); ok {
		return p.Code, p.Name[""], p.Service
	}
	return "", strings.TrimSpace(typed), ""
}

// Place is the place of a code; false: there is none.
func (d *Desk) Place(code string) (flows.Place, bool) {
	for _, p := range d.o.Provider.Flows.Places() {
		if strings.EqualFold(p.Code, strings.TrimSpace(code)) {
			return p, true
		}
	}
	return flows.Place{}, false
}

// namedMembers are the members whom the words name as the cause.
func (d *Desk) namedMembers(ctx context.Context, who Who, r Recording) ([]bot.MemberID, error) {
	var all []bot.MemberID
	if r.Mine {
		all = append(all, who.Member)
	}
	cause := strings.TrimSpace(r.Cause)
	if cause == "" {
		return all, nil
	}
	members, err := d.members(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if strings.EqualFold(strings.Join(strings.Fields(m.Name), " "), strings.Join(strings.Fields(cause), " ")) {
			all = append(all, m.ID)
		}
	}
	return all, nil
}

func slipID(who Who, turn bot.TurnID) string {
	return digest(string(who.Member) + "\x00" + string(turn))
}

// slip is the slip of a form: made at its first use.
func (d *Desk) slip(ctx context.Context, who Who, turn bot.TurnID) (bot.Slip, error) {
	for range countTries {
		r, s, err := d.heldSlip(ctx, who, turn)
		switch {
		case err == nil && s.Shown:
			return s.Slip, &bot.Rejection{Code: RejectRecorded, Sentence: "These words were sent before, and their slip was shown." + another}
		case err == nil:
			return s.Slip, d.noteSlip(ctx, who, turn, s.Ref)
		case !errors.Is(err, bot.ErrNotFound):
			return s.Slip, err
		}
		if was, err := d.slipped(ctx, who, turn); err != nil {
			return s.Slip, err
		} else if was {
			return s.Slip, &bot.Rejection{Code: bot.RejectNoCase, Sentence: "These words were sent before. They are with the complaints team, and their slip cannot be shown any more." + another}
		}
		if err := d.holdSlip(ctx, r, heldSlip{Slip: bot.NewSlip()}); err != nil && !errors.Is(err, bot.ErrConflict) {
			return s.Slip, err
		}
	}
	return bot.Slip{}, slow(time.Second)
}

// another is what to do where it was not a second press.
const another = " If somebody else said the same, send them once more. If not, there is nothing to do."

// heldSlip reads the slip of a form; bot.ErrNotFound, with the record that it may be
// held in.
func (d *Desk) heldSlip(ctx context.Context, who Who, turn bot.TurnID) (r bot.Drawn, s heldSlip, err error) {
	id := slipID(who, turn)
	if r, err = d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerSlips, id); err != nil {
		return bot.Drawn{ID: id}, s, err
	}
	if err := json.Unmarshal(r.Data, &s); err != nil {
		return r, s, fmt.Errorf("read a slip: %w", err)
	}
	return r, s, nil
}

func (d *Desk) holdSlip(ctx context.Context, r bot.Drawn, s heldSlip) (err error) {
	if r.Data, err = json.Marshal(s); err != nil {
		return fmt.Errorf("write a slip: %w", err)
	}
	return d.o.Store.Put(ctx, d.o.Provider.ID, drawerSlips, r, slipShown)
}

// slipped tells whether there is a case already for which a form got a slip.
func (d *Desk) slipped(ctx context.Context, who Who, turn bot.TurnID) (bool, error) {
	made, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerSlipped, slipID(who, turn))
	if err == nil {
		_, err = d.o.Store.ReadCase(ctx, d.o.Provider.ID, bot.CaseRef(made.Data))
	}
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// noteSlip notes the case of a slip, before there is one.
func (d *Desk) noteSlip(ctx context.Context, who Who, turn bot.TurnID, ref bot.CaseRef) error {
	r := bot.Drawn{ID: slipID(who, turn), Data: []byte(ref)}
	if old, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerSlipped, r.ID); err == nil {
		r.Version = old.Version
	} else if !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	err := d.o.Store.Put(ctx, d.o.Provider.ID, drawerSlipped, r, slipMade)
	if errors.Is(err, bot.ErrConflict) { // the same form came twice at once, with the same slip
		return nil
	}
	return err
}

// Slip shows the slip of a form, to who sent the form.
func (d *Desk) Slip(ctx context.Context, who Who, turn bot.TurnID) (bot.Slip, error) {
	for range countTries {
		r, s, err := d.heldSlip(ctx, who, turn)
		if errors.Is(err, bot.ErrNotFound) {
			return s.Slip, &bot.Rejection{Code: bot.RejectNoCase, Sentence: "This slip cannot be shown any more. What was written down is with the complaints team all the same."}
		}
		if err != nil || s.Shown {
			return s.Slip, err
		}
		s.Shown = true
		if err := d.holdSlip(ctx, r, s); !errors.Is(err, bot.ErrConflict) {
			return s.Slip, err
		}
	}
	return bot.Slip{}, slow(time.Second)
}
