package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"heard/bot"
	"heard/flows"
)

// Item is something that needs a person now.
type Item struct {
	Task     bot.StaffTask // without a phone number: ShowPhone
	HasPhone bool
	Danger   bool
	Overdue  bool
	DaysLeft int      // working days; below 0: overdue
	Went     Role     // to whom it went on, since nobody did it: Lead, Guardian; empty: to nobody
	Case     *Summary // nil: there is none yet

	// Whose it is: who has taken it, else who handles its case; empty: nobody's.
	Owner   bot.MemberID
	OwnedBy string
}

// Summary is one line about a case.
type Summary struct {
	Ref      bot.CaseRef
	Status   bot.CaseStatus
	Stage    flows.Stage
	Formal   bool
	Channel  string
	Language string
	Privacy  string
	Place    string // where it happened, as the person said or the poster did
	Assigned bot.MemberID
	Handler  string
	Opened   time.Time
	Due      time.Time // the next date that was promised; zero: none
	Overdue  bool
	DaysLeft int
	Waits    bot.WaitReason // for whom it waits; empty: it goes on
}

// Filter narrows a list. Empty fields narrow nothing.
type Filter struct {
	Kind     string // of the task; "overdue", "danger" and "escalated" (to who asks) too
	Stage    string
	Status   string // of the case
	Handler  string // a member, "me", or "nobody"
	Place    string
	Language string
	Privacy  string
	Words    string // in the reference, the place or the handler's name
	Offset   int
	Limit    int // 0: 50
}

// Work is a page of the work list.
type Work struct {
	Items   []Item
	Total   int // that match
	Counts  Counts
	Choices Choices
}

// Counts are over everything that who asks may see, whatever the filter.
type Counts struct {
	All, Danger, Overdue, Today, Mine, Nobodys, Escalated int
}

// Choices are what there is to filter by.
type Choices struct {
	Kinds, Places, Languages []string
	Handlers                 map[bot.MemberID]string
}

// mostShown is how many lines a page has if it does not say.
const mostShown = 50

// Work lists what needs a person now: danger first, then soonest due.
func (d *Desk) Work(ctx context.Context, who Who, f Filter) (w Work, err error) {
	now := d.days()
	if who, err = d.withCovered(ctx, who); err != nil {
		return w, err
	}
	err = d.index.now(ctx, func(s snapshot) error {
		var danger, rest []Item
		places, languages, kinds := map[string]bool{}, map[string]bool{}, map[string]bool{}
		w.Choices.Handlers = map[bot.MemberID]string{}
		for _, t := range s.due {
			c := s.cases[t.About()]
			i, may := d.shown(who, t, c, now)
			if !may {
				continue
			}
			w.Counts.add(i, who)
			kinds[string(t.Kind)] = true
			if c != nil {
				places[i.Case.Place], languages[c.Language] = true, true
			}
			if i.Owner != "" {
				w.Choices.Handlers[i.Owner] = i.OwnedBy
			}
			switch {
			case !f.takesItem(i, who):
			case i.Danger:
				danger = append(danger, i)
			default:
				rest = append(rest, i)
			}
		}
		w.Choices.Kinds, w.Choices.Places, w.Choices.Languages = names(kinds), names(places), names(languages)
		all := append(danger, rest...)
		w.Total, w.Items = len(all), page(all, f)
		return nil
	})
	return w, err
}

// List is a page of cases.
type List struct {
	Cases []Summary
	Total int
}

// Cases lists cases, newest first.
func (d *Desk) Cases(ctx context.Context, who Who, f Filter) (l List, err error) {
	if err := who.need(SeeCases); err != nil {
		return l, err
	}
	now := d.days()
	if who, err = d.withCovered(ctx, who); err != nil {
		return l, err
	}
	err = d.index.now(ctx, func(s snapshot) error {
		var all []Summary
		for _, c := range s.all {
			if mayShow(who, c) {
				if one := d.summary(c, now); f.takes(one, who) {
					all = append(all, one)
				}
			}
		}
		l.Total, l.Cases = len(all), page(all, f)
		return nil
	})
	return l, err
}

// maySeeTask tells whether a task may be on somebody's list. One about care that
// changed is the guardian's alone, who also sees what nobody has done for long; one
// about a webhook is the administrator's.
func maySeeTask(who Who, t bot.StaffTask, c *bot.Case, went Role) bool {
	if c != nil && slices.Contains(c.Barred, who.Member) {
		return false
	}
	switch t.Kind {
	case bot.CareChanged:
		return who.May(SeeGuarded)
	case bot.WebhookFailed:
		return who.May(ManageStaff) || went != "" && who.May(GiveOut)
	}
	return who.May(SeeCases) || went == Guardian && who.May(SeeGuarded)
}

// days counts the working days from one moment. Thousands of lines share a few dates,
// so each is counted once.
type days struct {
	time.Time
	calendar bot.Calendar
	counted  map[time.Time]int
}

func (d *Desk) days() *days {
	return &days{d.o.Now(), d.o.Provider.Calendar, map[time.Time]int{}}
}

func (n *days) until(due time.Time) int {
	left, ok := n.counted[due]
	if !ok {
		left = n.calendar.WorkingDaysUntil(n.Time, due)
		n.counted[due] = left
	}
	return left
}

func isDanger(k bot.StaffTaskKind) bool { return k == bot.Danger || k == bot.ConfirmedDanger }

// shown is a task as somebody may see it, if they may.
func (d *Desk) shown(who Who, t bot.StaffTask, c *bot.Case, now *days) (i Item, may bool) {
	went := escalated(t, now)
	if !maySeeTask(who, t, c, went) {
		return i, false
	}
	i = d.item(t, c, now)
	if i.Went = went; !who.May(SeeCases) && t.Kind != bot.CareChanged && t.Kind != bot.WebhookFailed {
		i = forGuardian(i)
	}
	return i, true
}

func (d *Desk) item(t bot.StaffTask, c *bot.Case, now *days) Item {
	i := Item{
		Task: t, HasPhone: t.Phone != "", Danger: isDanger(t.Kind), Overdue: now.After(t.Due),
		DaysLeft: now.until(t.Due),
	}
	i.Task.Phone = ""
	if c != nil {
		one := d.summary(c, now)
		i.Case, i.Owner, i.OwnedBy = &one, one.Assigned, one.Handler
	}
	if t.Owner != "" {
		i.Owner, i.OwnedBy = t.Owner, t.OwnedBy
	}
	return i
}

func (d *Desk) summary(c *bot.Case, now *days) Summary {
	s := Summary{
		Ref: c.Ref, Status: c.Status, Stage: c.Stage, Formal: c.Formal, Channel: string(c.Channel), Language: c.Language,
		Privacy: privacy(c), Place: field(c, "place"), Assigned: c.Assigned, Handler: c.Handler, Opened: c.Opened, Due: c.Due, Overdue: overdue(c, now.Time),
	}
	if !c.Due.IsZero() {
		s.DaysLeft = now.until(c.Due)
	}
	if c.Wait != nil {
		s.Waits = c.Wait.Reason
	}
	return s
}

func field(c *bot.Case, name string) string {
	for _, f := range c.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func (c *Counts) add(i Item, who Who) {
	c.All++
	if i.Danger {
		c.Danger++
	}
	switch {
	case i.Overdue:
		c.Overdue++
	case i.DaysLeft == 0:
		c.Today++
	}
	switch {
	case i.Owner == "":
		c.Nobodys++
	case who.does(i.Owner):
		c.Mine++
	}
	if reaches(i.Went, who) {
		c.Escalated++
	}
}

func (f Filter) takesItem(i Item, who Who) bool {
	switch f.Kind {
	case "", string(i.Task.Kind):
	case "overdue":
		if !i.Overdue {
			return false
		}
	case "danger":
		if !i.Danger {
			return false
		}
	case "escalated":
		if !reaches(i.Went, who) {
			return false
		}
	default:
		return false
	}
	if !f.handles(i.Owner, who) {
		return false
	}
	if i.Case != nil {
		return f.about(*i.Case)
	}
	return f.Stage == "" && f.Status == "" && f.Place == "" && f.Language == "" && f.Privacy == "" && f.Words == ""
}

func (f Filter) takes(s Summary, who Who) bool { return f.handles(s.Assigned, who) && f.about(s) }

func (f Filter) about(s Summary) bool {
	same := func(wanted, is string) bool { return wanted == "" || wanted == is }
	return same(f.Stage, string(s.Stage)) && same(f.Status, string(s.Status)) && same(f.Place, s.Place) &&
		same(f.Language, s.Language) && same(f.Privacy, s.Privacy) && f.says(s)
}

func (f Filter) handles(owner bot.MemberID, who Who) bool {
	switch f.Handler {
	case "":
		return true
	case "me":
		return who.does(owner)
	case "nobody":
		return owner == ""
	}
	return string(owner) == f.Handler
}

// says finds words in what a line shows. A reference is found as people type it.
func (f Filter) says(s Summary) bool {
	if f.Words == "" {
		return true
	}
	if ref, ok := bot.ParseCaseRef(f.Words); ok {
		return ref == s.Ref
	}
	words := strings.ToLower(strings.TrimSpace(f.Words))
	return strings.Contains(strings.ToLower(string(s.Ref)+" "+s.Place+" "+s.Handler), words)
}

// page cuts a page out of a list.
func page[T any](all []T, f Filter) []T {
	from := min(max(f.Offset, 0), len(all))
	return all[from:min(from+cmp.Or(f.Limit, mostShown), len(all))]
}

func names(set map[string]bool) []string {
	delete(set, "")
	return slices.Sorted(maps.Keys(set))
}
