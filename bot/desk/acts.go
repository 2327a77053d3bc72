package desk

import (
	"context"
	"errors"
	"time"

	"heard/bot"
)

// Form is what came with an act: what its page showed, and which form it was.
type Form struct {
	Seen   uint64     // version of the case that was shown; 0: it does not matter
	Turn   bot.TurnID // sent twice it is done once; empty: it is sent once
	Reason string     // why, where that must be said
}

// allowed makes a By of who may do something to a case.
func (d *Desk) allowed(ctx context.Context, who Who, ref bot.CaseRef, p Permission, f Form) (bot.By, error) {
	if err := who.need(p); err != nil {
		return bot.By{}, err
	}
	if _, err := d.mayRead(ctx, who, ref); err != nil {
		return bot.By{}, err
	}
	return bot.By{Name: who.Name, Member: who.Member, Seen: f.Seen, Turn: f.Turn, Reason: f.Reason}, nil
}

// act does something to a case, if who asks may.
func (d *Desk) act(ctx context.Context, who Who, ref bot.CaseRef, p Permission, f Form, do func(bot.By) error) error {
	by, err := d.allowed(ctx, who, ref, p, f)
	if err != nil {
		return err
	}
	return do(by)
}

// Assign makes a case somebody's; an empty member, nobody's. Who answers may take a
// case; to give it to others takes more.
func (d *Desk) Assign(ctx context.Context, who Who, ref bot.CaseRef, f Form, to bot.MemberID, name string) error {
	need := GiveOut
	if to == who.Member {
		need = Answer
	}
	return d.act(ctx, who, ref, need, f, func(by bot.By) error {
		return d.o.Bot.Assign(ctx, d.o.Provider.ID, ref, by, to, name)
	})
}

// Acknowledge tells the person who handles their case. To make it another's takes what
// it takes to assign it.
func (d *Desk) Acknowledge(ctx context.Context, who Who, ref bot.CaseRef, f Form, a bot.Acknowledgement) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		if a.Member != "" && a.Member != who.Member {
			c, err := d.mayRead(ctx, who, ref)
			if err != nil {
				return err
			}
			if c.Assigned != a.Member {
				if err := who.need(GiveOut); err != nil {
					return err
				}
			}
		}
		return d.o.Bot.Acknowledge(ctx, d.o.Provider.ID, ref, by, a)
	})
}

// Update tells the person something.
func (d *Desk) Update(ctx context.Context, who Who, ref bot.CaseRef, f Form, words string) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return d.o.Bot.Update(ctx, d.o.Provider.ID, ref, by, words)
	})
}

// ProposeLater asks the person to agree to a later date.
func (d *Desk) ProposeLater(ctx context.Context, who Who, ref bot.CaseRef, f Form, due time.Time, words string) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return d.o.Bot.ProposeLater(ctx, d.o.Provider.ID, ref, by, due, words)
	})
}

// Note keeps words for staff.
func (d *Desk) Note(ctx context.Context, who Who, ref bot.CaseRef, f Form, words string) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return d.o.Bot.Note(ctx, d.o.Provider.ID, ref, by, words)
	})
}

// Finish ends a task of a case that was seen to.
func (d *Desk) Finish(ctx context.Context, who Who, ref bot.CaseRef, f Form, task, how string) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		if done, err := d.o.Bot.Done(ctx, d.o.Provider.ID, f.Turn); done || err != nil {
			return err // its task is gone
		}
		i, err := d.Task(ctx, who, task)
		if err == nil && i.Task.About() != ref {
			err = noCase()
		}
		if err != nil {
			return err
		}
		return d.o.Bot.FinishTask(ctx, d.o.Provider.ID, i.Task.ID, by, how)
	})
}

// Died notes that the person a case is about has died.
func (d *Desk) Died(ctx context.Context, who Who, ref bot.CaseRef, f Form) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error { return d.o.Bot.Died(ctx, d.o.Provider.ID, ref, by) })
}

// Release lets the news go that waits after a death.
func (d *Desk) Release(ctx context.Context, who Who, ref bot.CaseRef, f Form) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error { return d.o.Bot.Release(ctx, d.o.Provider.ID, ref, by) })
}

// ConfirmWithdrawal ends a case that its person took back.
func (d *Desk) ConfirmWithdrawal(ctx context.Context, who Who, ref bot.CaseRef, f Form) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return d.o.Bot.ConfirmWithdrawal(ctx, d.o.Provider.ID, ref, by)
	})
}

// Bar keeps a member from a case, because they are named in it, or lets them back.
func (d *Desk) Bar(ctx context.Context, who Who, ref bot.CaseRef, f Form, member bot.MemberID, barred bool) error {
	return d.act(ctx, who, ref, GiveOut, f, func(by bot.By) error {
		return d.o.Bot.Bar(ctx, d.o.Provider.ID, ref, by, member, barred)
	})
}

// Link says that two cases are about the same matter. Both must be there to be seen.
func (d *Desk) Link(ctx context.Context, who Who, ref bot.CaseRef, f Form, other bot.CaseRef) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		_, err := d.mayRead(ctx, who, other)
		if rejected := new(bot.Rejection); errors.As(err, &rejected) {
			return bad("other", rejected.Sentence)
		}
		if err != nil {
			return err
		}
		return d.o.Bot.Link(ctx, d.o.Provider.ID, ref, by, other)
	})
}
