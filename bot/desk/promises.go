package desk

import (
	"cmp"
	"context"
	"slices"

	"heard/bot"
)

// Promised is an action that a person was told will be done.
type Promised struct {
	bot.Promise
	Ref      bot.CaseRef
	Number   int // among those of its case, from 0
	DaysLeft int // working days; below 0: overdue
	Overdue  bool
	Links    []bot.CaseRef // cases about the same matter
}

// Promises lists what was promised in all cases that somebody may see: what is still
// to be done, soonest first, and then what was done, newest first.
func (d *Desk) Promises(ctx context.Context, who Who) (open, done []Promised, err error) {
	if err := who.need(SeeCases); err != nil {
		return nil, nil, err
	}
	now := d.o.Now()
	err = d.index.now(ctx, func(s snapshot) error {
		for _, c := range s.all {
			if !mayShow(who, c) {
				continue
			}
			for i, p := range c.Promises {
				one := Promised{Promise: p, Ref: c.Ref, Number: i, DaysLeft: d.o.Provider.Calendar.WorkingDaysUntil(now, p.Due), Links: c.Links}
				if one.Overdue = one.DaysLeft < 0 && p.Done.IsZero(); p.Done.IsZero() {
					open = append(open, one)
				} else {
					done = append(done, one)
				}
			}
		}
		return nil
	})
	slices.SortFunc(open, func(a, b Promised) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Ref, b.Ref)) })
	slices.SortFunc(done, func(a, b Promised) int { return cmp.Or(b.Done.Compare(a.Done), cmp.Compare(a.Ref, b.Ref)) })
	return open, done, err
}

// KeptPromise says that an action is done, to all whose cases led to it.
func (d *Desk) KeptPromise(ctx context.Context, who Who, ref bot.CaseRef, f Form, number int, words string, also []bot.CaseRef) error {
	for _, other := range also {
		if _, err := d.mayRead(ctx, who, other); err != nil {
			return &FieldError{"also", bot.Rejection{Code: bot.RejectNoCase, Sentence: "There is no case " + string(other) + ", or you may not see it."}}
		}
	}
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return asFields(d.o.Bot.KeptPromise(ctx, d.o.Provider.ID, ref, by, number, words, also))
	})
}
