package desk

import (
	"context"
	"slices"

	"heard/bot"
)

// Alerts lists what tells of danger, oldest first: also what nobody sees a case of.
func (d *Desk) Alerts(ctx context.Context, who Who) ([]Item, error) {
	w, err := d.Work(ctx, who, Filter{Kind: "danger", Limit: mostAlerts})
	return w.Items, err
}

// mostAlerts is how many are on one page: more than ever wait.
const mostAlerts = 500

// Take makes an alert, or any other task, the task of who asks, who sees to it.
func (d *Desk) Take(ctx context.Context, who Who, f Form, task string) error {
	task, err := d.mayDo(ctx, who, task)
	if err != nil {
		return err
	}
	return d.o.Bot.Take(ctx, d.o.Provider.ID, task, by(who, f))
}

// FinishTask ends a task that was seen to, also one about which there is no case.
func (d *Desk) FinishTask(ctx context.Context, who Who, f Form, task, how string) error {
	task, err := d.mayDo(ctx, who, task)
	if err != nil {
		return err
	}
	return d.o.Bot.FinishTask(ctx, d.o.Provider.ID, task, by(who, f), how)
}

func by(who Who, f Form) bot.By {
	return bot.By{Name: who.Name, Member: who.Member, Seen: f.Seen, Turn: f.Turn, Reason: f.Reason}
}

// mayDo tells whether a task is there for somebody to see to: who answers, or a
// guardian to whom it went on. What they may not see is as if it were not there. The
// task is named by its id, or as programs know it; its id is returned.
func (d *Desk) mayDo(ctx context.Context, who Who, task string) (id string, err error) {
	gone := &bot.Rejection{Code: bot.RejectNoCase, Sentence: "This was done already, or is not there any more."}
	if task, err = d.taskNamed(ctx, task); err != nil {
		return "", err
	}
	tasks, err := d.o.Store.ReadTasks(ctx, d.o.Provider.ID, []string{task})
	if err != nil {
		return "", err
	}
	if len(tasks) == 0 {
		return "", gone
	}
	var c *bot.Case
	if ref := tasks[0].About(); ref != "" {
		cases, err := d.o.Store.ReadCases(ctx, d.o.Provider.ID, []bot.CaseRef{ref})
		if err != nil {
			return "", err
		}
		if len(cases) == 1 {
			c = cases[0]
		}
	}
	if !maySeeTask(who, tasks[0], c, escalated(tasks[0], d.days())) {
		return "", gone
	}
	if !who.May(Answer) && !who.May(SeeGuarded) {
		return "", who.need(Answer)
	}
	return task, nil
}

// taskNamed is the id of a task that a program names as TaskName does; else what it was
// given.
func (d *Desk) taskNamed(ctx context.Context, name string) (id string, err error) {
	id = name
	err = d.index.now(ctx, func(s snapshot) error {
		if i := slices.IndexFunc(s.due, func(t bot.StaffTask) bool { return TaskName(t) == name }); i >= 0 {
			id = s.due[i].ID
		}
		return nil
	})
	return id, err
}
