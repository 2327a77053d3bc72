package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"heard/bot"
)

// index holds what the lists of a desk show of every case that was sent, and every
// staff task, so that a page of ten thousand open cases reads only what changed
// since the page before. It is as new as the last refresh, and never the reason for
// an act: acts read the case itself.
type index struct {
	store    Store
	provider bot.ProviderID

	mu    sync.Mutex // held while it is read or refreshed
	upTo  uint64
	cases map[bot.CaseRef]*bot.Case
	tasks map[string]bot.StaffTask
	all   []*bot.Case     // newest first; nil: to be made again
	due   []bot.StaffTask // soonest first; nil: to be made again
}

func newIndex(s Store, p bot.ProviderID) *index {
	return &index{store: s, provider: p, cases: map[bot.CaseRef]*bot.Case{}, tasks: map[string]bot.StaffTask{}}
}

// snapshot is the index at one moment. Nothing in it may be changed.
type snapshot struct {
	cases map[bot.CaseRef]*bot.Case
	all   []*bot.Case
	due   []bot.StaffTask
}

// now refreshes the index and gives what it holds.
func (x *index) now(ctx context.Context, read func(snapshot) error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.refresh(ctx); err != nil {
		return fmt.Errorf("the list of cases: %w", err)
	}
	return read(snapshot{x.cases, x.all, x.due})
}

func (x *index) refresh(ctx context.Context) error {
	c, err := x.store.Changed(ctx, x.provider, x.upTo)
	if err != nil {
		return err
	}
	if c.All {
		clear(x.cases)
		clear(x.tasks)
		if c, err = x.store.Changed(ctx, x.provider, 0); err != nil {
			x.upTo = 0
			return err
		}
	}
	if err := x.take(ctx, c); err != nil {
		x.upTo = 0
		return err
	}
	x.upTo = c.To
	x.sort()
	return nil
}

// take reads what changed. What is gone goes here too.
func (x *index) take(ctx context.Context, c bot.Changed) error {
	if len(c.Cases) > 0 {
		cases, err := x.store.ReadCases(ctx, x.provider, c.Cases)
		if err != nil {
			return err
		}
		for _, ref := range c.Cases {
			delete(x.cases, ref)
		}
		for _, one := range cases {
			x.cases[one.Ref] = one
		}
		x.all = nil
	}
	if len(c.Tasks) > 0 {
		tasks, err := x.store.ReadTasks(ctx, x.provider, c.Tasks)
		if err != nil {
			return err
		}
		for _, id := range c.Tasks {
			delete(x.tasks, id)
		}
		for _, one := range tasks {
			x.tasks[one.ID] = one
		}
		x.due = nil
	}
	return nil
}

func (x *index) sort() {
	if x.all == nil {
		x.all = make([]*bot.Case, 0, len(x.cases))
		for _, one := range x.cases {
			x.all = append(x.all, one)
		}
		slices.SortFunc(x.all, func(a, b *bot.Case) int {
			return cmp.Or(b.Opened.Compare(a.Opened), cmp.Compare(a.Ref, b.Ref))
		})
	}
	if x.due == nil {
		x.due = make([]bot.StaffTask, 0, len(x.tasks))
		for _, one := range x.tasks {
			x.due = append(x.due, one)
		}
		slices.SortFunc(x.due, func(a, b bot.StaffTask) int {
			return cmp.Or(a.Due.Compare(b.Due), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
		})
	}
}
