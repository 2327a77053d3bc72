package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"heard/bot"
)

// CasePlace is where a list of cases was left: after a case. The zero place is the
// beginning. Cases that come in meanwhile move nothing.
type CasePlace struct {
	Opened time.Time
	Ref    bot.CaseRef
}

// CasesFrom lists cases as Cases does, from a place on, at most f.Limit. more tells
// whether there are others after them.
func (d *Desk) CasesFrom(ctx context.Context, who Who, f Filter, from CasePlace) (list []Summary, more bool, err error) {
	if err := who.need(SeeCases); err != nil {
		return nil, false, err
	}
	now, limit := d.days(), cmp.Or(f.Limit, mostShown)
	err = d.index.now(ctx, func(s snapshot) error {
		first := 0
		if from.Ref != "" {
			first, _ = slices.BinarySearchFunc(s.all, from, func(c *bot.Case, p CasePlace) int {
				return cmp.Or(p.Opened.Compare(c.Opened), cmp.Compare(c.Ref, p.Ref+"\x00"))
			})
		}
		for _, c := range s.all[first:] {
			one := d.summary(c, now)
			if !mayShow(who, c) || !f.takes(one, who) {
				continue
			}
			if len(list) == limit {
				more = true
				return nil
			}
			list = append(list, one)
		}
		return nil
	})
	return list, more, err
}

// TaskPlace is where a work list was left. The zero place is the beginning.
type TaskPlace struct {
	Due  time.Time
	Task string // an opaque name of the task, made by TaskName
	Rest bool   // beyond what tells of danger, which comes first
}

// WorkFrom lists what needs a person as Work does, from a place on. What is due at the
// same moment may come twice where the task of the place has ended since; nothing
// is left out.
func (d *Desk) WorkFrom(ctx context.Context, who Who, f Filter, from TaskPlace) (list []Item, more bool, err error) {
	now, limit := d.days(), cmp.Or(f.Limit, mostShown)
	err = d.index.now(ctx, func(s snapshot) error {
		var all []Item
		for _, danger := range []bool{true, false} {
			for _, t := range s.due {
				c := s.cases[t.About()]
				if isDanger(t.Kind) != danger || from.passed(t) {
					continue
				}
				if i, may := d.shown(who, t, c, now); may && f.takesItem(i, who) {
					all = append(all, i)
				}
			}
		}
		all = all[from.at(all):]
		more = len(all) > limit
		list = all[:min(limit, len(all))]
		return nil
	})
	return list, more, err
}

// passed tells whether a task comes before a place, by its date.
func (p TaskPlace) passed(t bot.StaffTask) bool {
	switch {
	case p.Task == "":
		return false
	case p.Rest == isDanger(t.Kind):
		return p.Rest // a danger is before the rest, and the rest after it
	}
	return t.Due.Before(p.Due)
}

// at is how many of those due at the place's moment were told already.
func (p TaskPlace) at(all []Item) int {
	for n, i := range all {
		if p.Task == "" || !i.Task.Due.Equal(p.Due) {
			return 0
		}
		if TaskName(i.Task) == p.Task {
			return n + 1
		}
	}
	return 0
}

// PlaceOf is the place after an item.
func PlaceOf(i Item) TaskPlace {
	return TaskPlace{Due: i.Task.Due, Task: TaskName(i.Task), Rest: !i.Danger}
}

// TaskName names a task to programs. The id of one that has no case is made of its
// conversation's, which would join all that one person ever wrote.
func TaskName(t bot.StaffTask) string {
	if t.Case != "" {
		return t.ID
	}
	return digest(t.ID)[:22]
}

// Seeable are those of some cases that somebody may see. One that was erased is none.
func (d *Desk) Seeable(ctx context.Context, who Who, refs []bot.CaseRef) (map[bot.CaseRef]bool, error) {
	if err := who.need(SeeCases); err != nil {
		return nil, err
	}
	may := map[bot.CaseRef]bool{}
	err := d.index.now(ctx, func(s snapshot) error {
		for _, ref := range refs {
			c := s.cases[ref]
			may[ref] = c != nil && mayShow(who, c)
		}
		return nil
	})
	return may, err
}

// Timeline is all that was said about a case, oldest first, as somebody may see it.
// That it was looked at is in the audit log.
func (d *Desk) Timeline(ctx context.Context, who Who, ref bot.CaseRef) ([]Line, error) {
	_, entries, revealed, err := d.look(ctx, who, ref, "read a timeline")
	if err != nil {
		return nil, err
	}
	lines := make([]Line, len(entries))
	for i, e := range entries {
		lines[i] = d.line(e, revealed)
	}
	return lines, nil
}
