package desk

import (
	"context"
	"fmt"
	"hash/fnv"

	"heard/bot"
)

// CaseMark is a number that becomes another when something new is to be seen of a case:
// its record was written, or something is to be done about it. A colleague's note alone
// does neither. 0: there is no such case, or it is not theirs to see. Asking is no look at
// the case.
func (d *Desk) CaseMark(ctx context.Context, who Who, ref bot.CaseRef) (mark uint64, err error) {
	now := d.days()
	err = d.index.now(ctx, func(s snapshot) error {
		if c := s.cases[ref]; c != nil && who.May(SeeCases) && mayShow(who, c) {
			mark = caseMark(c, d.tasksIn(s, who, c, now))
		}
		return nil
	})
	return mark, err
}

// caseMark hashes what a case is at, and what is to be done about it.
func caseMark(c *bot.Case, tasks []Item) uint64 {
	sum := fnv.New64a()
	_, _ = fmt.Fprint(sum, c.Version) // it does not fail
	for _, t := range tasks {
		_, _ = fmt.Fprint(sum, " ", t.Task.ID)
	}
	return sum.Sum64()
}

// tasksOf are the tasks of one case that somebody may see.
func (d *Desk) tasksOf(ctx context.Context, who Who, c *bot.Case) (tasks []Item, err error) {
	now := d.days()
	err = d.index.now(ctx, func(s snapshot) error {
		tasks = d.tasksIn(s, who, c, now)
		return nil
	})
	return tasks, err
}

func (d *Desk) tasksIn(s snapshot, who Who, c *bot.Case, now *days) (tasks []Item) {
	for _, t := range s.due {
		if t.About() != c.Ref {
			continue
		}
		if i, may := d.shown(who, t, c, now); may {
			tasks = append(tasks, i)
		}
	}
	return tasks
}
