package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What staff do about an outcome.
const (
	SignOutcome     StaffTaskKind = "sign an outcome"
	UnopenedOutcome StaffTaskKind = "outcome not opened"
	KeepPromise     StaffTaskKind = "promised action"
)

// Unopened is the timer that looks whether a person has opened their outcome.
const Unopened TimerKind = "unopened"

// untilUnopened is after how many working days staff are to see why an outcome was
// not opened. The person is not reminded: they choose their moment.
const untilUnopened = 10

// onAsking is when a notice comes by itself that is told when the person asks: never.
const onAsking = 20 * 365 * 24 * time.Hour

// offer tells the person that there is an outcome. Who chose to hear it another way
// gets no message: staff arrange it, and STATUS shows it to who asks after all.
func (w *work) offer(e Entry) error {
	c := w.subject
	c.withdrawNotices(noticeOutcome, noticeTold)
	if err := w.tell(noticeOutcome, e); err != nil {
		return err
	}
	c.reopen()
	n := &c.Pending[slices.IndexFunc(c.Pending, func(n Notice) bool { return n.Kind == noticeOutcome })]
	c.Outcome = Outcome{Entry: n.Entry, Offered: w.now, Manner: c.Manner()}
	w.op(EndTask{c.taskID(UnopenedOutcome)})
	w.op(SetTimer{Timer{
		Kind: Unopened, Case: c.Ref, Entry: n.Entry, After: w.p.Calendar.workingDays(w.now, untilUnopened).Sub(w.now),
	}})
	if c.Outcome.Manner == ByMessage {
		w.op(EndTask{c.taskID(ArrangeOutcome)})
	} else {
		n.NotBefore = w.now.Add(onAsking)
		w.arrange()
		w.wakeFor(c)
	}
	return c.moveStage(stageOutcome, w.now)
}

// arrange has staff tell the outcome another way than by message.
func (w *work) arrange() {
	w.task(ArrangeOutcome, withinDays, "The person wants to be told the outcome another way. The case says how, where and by whom. Note it when they were told.")
}

// anotherWay notes that the person chose at the offer to be told otherwise.
func (w *work) anotherWay(c *Case) {
	w.change(c)
	c.Outcome.Manner = c.Manner()
	w.arrange()
}

// opened notes that the person read the outcome here.
func (w *work) opened(c *Case) {
	c.Outcome.Read = w.now
	w.op(Append{Case: c, Entry: Entry{ID: newEntryID(), At: w.p.unlinked(c, w.now), Kind: WasRead, Of: c.Outcome.Entry}})
	w.op(EndTask{c.taskID(UnopenedOutcome)})
	w.op(EndTask{c.taskID(ArrangeOutcome)})
	w.survey(c, noticeAfterOutcome, afterOutcome)
}

// InPerson is how a person was told their outcome, but by message.
type InPerson struct {
	Manner Manner
	On     time.Time // the day
	Who    string    // told them; empty: who notes it
}

// NoteTold notes that the person was told their outcome, and asks them what they
// think of it, without a word of it.
func (b *Bot) NoteTold(ctx context.Context, id ProviderID, ref CaseRef, by By, t InPerson) error {
	return b.staff(ctx, id, ref, by, "note that the outcome was told", func(w *work) error {
		c := w.subject
		if all := t.lacks(c, w.now); len(all) > 0 {
			return lackError(all)
		}
		if err := w.mayTell(); err != nil {
			return err
		}
		w.change(c)
		c.withdrawNotices(noticeOutcome, noticeTold)
		c.Outcome.Read, c.Outcome.Manner, c.Outcome.ToldBy = t.On, t.Manner, strings.TrimSpace(t.Who)
		if c.Outcome.ToldBy == "" {
			c.Outcome.ToldBy = by.Name
		}
		w.note(by, "The outcome was told by "+string(t.Manner)+" on "+t.On.In(w.p.Calendar.Location).Format("2 January 2006")+", by "+c.Outcome.ToldBy+".")
		w.op(EndTask{c.taskID(UnopenedOutcome)})
		w.op(EndTask{c.taskID(ArrangeOutcome)})
		c.Pending = append(c.Pending, Notice{Kind: noticeTold, Entry: c.Outcome.Entry, Held: !c.Died.IsZero()})
		w.survey(c, noticeAfterOutcome, afterOutcome)
		w.wakeFor(c)
		return nil
	})
}

// noticeTold asks what the person thinks of an outcome that they were told.
const noticeTold = "told"

// lacks lists what is missing or wrong.
func (t InPerson) lacks(c *Case, now time.Time) (all []Lack) {
	if c.Outcome.Entry == "" {
		return []Lack{{"", "No outcome was offered yet, so none can have been told."}}
	}
	if t.Manner != ByCall && t.Manner != ByLetter && t.Manner != ByMeeting {
		all = append(all, Lack{"manner", "Choose how they were told."})
	}
	switch {
	case t.On.IsZero():
		all = append(all, Lack{"on", "Write on which day they were told."})
	case t.On.After(now):
		all = append(all, Lack{"on", "This day is still to come. Note it when they were told."})
	case t.On.Before(c.Outcome.Offered.Add(-24 * time.Hour)):
		all = append(all, Lack{"on", "This is before the outcome was offered. Write on which day they were told."})
	}
	return all
}

// unopened tells staff of an outcome that was not opened in its time. Of one that was
// offered anew since, or opened, there is nothing to tell.
func (b *Bot) unopened(ctx context.Context, p *provider, l TimerLease, t Turn) (Turn, error) {
	c, _, err := b.store.Case(ctx, p.ID, l.Timer.Case)
	if errors.Is(err, ErrNotFound) {
		return t, nil
	}
	if err != nil {
		return t, fmt.Errorf("read the case: %w", err)
	}
	if c.Outcome.Entry != l.Timer.Entry || !c.Outcome.Read.IsZero() {
		return t, nil
	}
	now := b.now()
	t.Expect = []Expect{{Case: c.Ref, Version: c.Version}}
	t.Ops = []Op{AddTask{StaffTask{
		ID: c.taskID(UnopenedOutcome), Kind: UnopenedOutcome, Case: c.Ref, At: now, Due: p.Calendar.workingDays(now, 3),
		Text: "The outcome was offered 10 working days ago, and the person has not opened it. See whether there is another way to tell them.",
	}}}
	return t, nil
}
