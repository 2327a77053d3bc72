package desk

import (
	"context"

	"heard/bot"
)

// Task is one of the things that need a person, by the name that TaskName gives it.
// What somebody may not see is as if it were not there.
func (d *Desk) Task(ctx context.Context, who Who, name string) (i Item, err error) {
	now := d.days()
	err = d.index.now(ctx, func(s snapshot) error {
		for _, t := range s.due {
			if TaskName(t) != name {
				continue
			}
			one, may := d.shown(who, t, s.cases[t.About()], now)
			if !may {
				break
			}
			i = one
			return nil
		}
		return &bot.Rejection{Code: bot.RejectNoCase, Sentence: "This was done already, or is not there any more."}
	})
	return i, err
}

// Take makes an alert, or any other task, the task of who asks, who sees to it.
func (d *Desk) Take(ctx context.Context, who Who, f Form, name string) error {
	t, err := d.mayDo(ctx, who, name)
	if err != nil {
		return err
	}
	return d.o.Bot.Take(ctx, d.o.Provider.ID, t.ID, by(who, f))
}

// FinishTask ends a task that was seen to, also one about which there is no case. Where
// f.Seen is given it is the time of the task that was shown, in milliseconds: what came
// in since is not ended unread.
func (d *Desk) FinishTask(ctx context.Context, who Who, f Form, name, how string) error {
	if done, err := d.o.Bot.Done(ctx, d.o.Provider.ID, f.Turn); done || err != nil {
		return err // it is gone
	}
	t, err := d.mayDo(ctx, who, name)
	if err != nil {
		return err
	}
	if f.Seen != 0 && f.Seen != uint64(t.At.UnixMilli()) {
		return &bot.Rejection{Code: bot.RejectStale, Sentence: "Something came in since you opened this. Read it first; what you wrote is kept in the form."}
	}
	f.Seen = 0 // not the version of a case
	return d.o.Bot.FinishTask(ctx, d.o.Provider.ID, t.ID, by(who, f), how)
}

// Replay sends the messages of a task that were put aside through again.
func (d *Desk) Replay(ctx context.Context, who Who, f Form, name string) error {
	if err := who.need(Answer); err != nil {
		return err
	}
	t, err := d.mayDo(ctx, who, name)
	if err != nil {
		return err
	}
	return d.o.Bot.Replay(ctx, d.o.Provider.ID, t.ID, by(who, f))
}

func by(who Who, f Form) bot.By {
	return bot.By{Name: who.Name, Member: who.Member, Seen: f.Seen, Turn: f.Turn, Reason: f.Reason}
}

// mayDo is a task, if it is there for somebody to see to: who answers, or a guardian to
// whom it went on.
func (d *Desk) mayDo(ctx context.Context, who Who, name string) (bot.StaffTask, error) {
	i, err := d.Task(ctx, who, name)
	if err == nil && !who.May(Answer) && !who.May(SeeGuarded) && i.Task.Kind != bot.WebhookFailed {
		err = who.need(Answer)
	}
	return i.Task, err
}
