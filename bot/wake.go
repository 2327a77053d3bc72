package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"heard/flows"
)

// Wake runs a timer that is due, as a turn of the conversation it belongs to.
// What has passed meanwhile makes an empty turn, which ends the timer. ErrFenced:
// another instance has the timer now.
func (b *Bot) Wake(ctx context.Context, l TimerLease) error {
	switch l.Timer.Kind {
	case Fetch:
		return b.fetch(ctx, l)
	case Chase:
		return b.chase(ctx, l)
	case Morning:
		return b.morning(ctx, l)
	}
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(l.Provider)
	if err != nil {
		return err
	}
	turn := TurnID(randomID())
	for range maxConflicts {
		t, err := b.woken(ctx, p, l, turn)
		if damaged := new(Unreadable); errors.As(err, &damaged) {
			task := StaffTask{ID: string(l.Timer.ID()) + "/" + string(Undelivered), Kind: Undelivered, Conv: damaged.Conversation, Case: l.Timer.Case}
			t, err = b.notTold(Turn{Provider: p.ID, ID: turn, Timer: &l}, task, damaged), nil
		}
		if err != nil {
			return fmt.Errorf("wake: %w", err)
		}
		if _, err = b.commit(ctx, t); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("wake: %w", ErrConflict)
}

func (b *Bot) woken(ctx context.Context, p *provider, l TimerLease, turn TurnID) (Turn, error) {
	nothing := Turn{Provider: p.ID, ID: turn, Timer: &l}
	if l.Unreadable {
		return b.unreadable(nothing), nil
	}
	switch l.Timer.Kind {
	case Nudge:
		return b.silent(ctx, p, l, nothing)
	case News:
		return b.news(ctx, p, l, nothing)
	case Gone:
		return b.gone(ctx, p, l, nothing)
	case Consult:
		return b.consult(ctx, p, l, nothing)
	case ByText:
		return b.callByText(ctx, p, l, nothing)
	case Unopened:
		return b.unopened(ctx, p, l, nothing)
	case Unfinished:
		return b.unfinished(ctx, p, l, nothing)
	case AskLine:
		return b.askLine(ctx, p, l, nothing)
	case Await:
		return b.awaited(ctx, p, l, nothing)
	case Burn:
		return nothing, b.burn(ctx, p, l)
	}
	return nothing, nil
}

// unreadable is the turn of a timer that does not open any more: staff learn which
// record it was for, since a reminder or news may be owed there.
func (b *Bot) unreadable(t Turn) Turn {
	now := b.now()
	id := string(t.Timer.Timer.ID())
	task := StaffTask{
		ID: id + "/" + string(NotReadable), Kind: NotReadable, At: now, Due: now.Add(withinDay),
		Text: "A reminder, or news for a person, can no longer be read and was not sent. Look whether something is owed.",
	}
	record, _, _ := strings.Cut(id, "/")
	if ref, ok := ParseCaseRef(record); ok {
		task.Text += " It was for " + string(ref) + "."
	} else {
		task.Conv = ConversationID(record)
	}
	t.Ops = []Op{AddTask{task}}
	return t
}

// silent reminds of an open question. One that was answered meanwhile has no
// more reminders.
func (b *Bot) silent(ctx context.Context, p *provider, l TimerLease, nothing Turn) (Turn, error) {
	v, err := b.store.LookupID(ctx, p.ID, l.Timer.Conversation)
	if err != nil || v.Conversation.Version == 0 || v.Conversation.Left || v.Conversation.undisturbed() {
		return nothing, err
	}
	w := newWork(p, v, b.now(), nothing.ID)
	if w.quietUntil().After(w.now) || w.subject != nil && !w.subject.Died.IsZero() {
		nothing.Ops = []Op{DropTimer{l.Timer.ID()}}
		return nothing, nil
	}
	if hold := w.mustWait(""); hold > 0 {
		later := l.Timer
		later.After = hold
		nothing.Ops = []Op{SetTimer{later}}
		return nothing, nil
	}
	effects, err := b.stepWoken(ctx, w, flows.Event{Kind: flows.Silence, Visit: l.Timer.Visit})
	switch {
	case errors.As(err, new(storeError)):
		return nothing, err
	case err != nil:
		return b.notTold(nothing, StaffTask{ID: w.conv.taskID(Undelivered), Kind: Undelivered, Conv: w.conv.ID}, err), nil
	case len(effects) == 0:
		nothing.Ops = []Op{DropTimer{l.Timer.ID()}}
		return nothing, nil
	}
	w.timer = &l
	return w.turn(), nil
}

// news tells what happened to a case, in the conversation that it came from.
func (b *Bot) news(ctx context.Context, p *provider, l TimerLease, nothing Turn) (Turn, error) {
	c, id, err := b.store.Case(ctx, p.ID, l.Timer.Case)
	if errors.Is(err, ErrNotFound) {
		return nothing, nil
	}
	if err != nil || len(c.Pending) == 0 {
		return nothing, err
	}
	v, err := b.store.LookupID(ctx, p.ID, id)
	if err != nil {
		return nothing, err
	}
	w := newWork(p, v, b.now(), nothing.ID)
	w.timer = &l
	if w.subject == nil || w.subject.Ref != c.Ref {
		w.about(c)
	}
	i := w.subject.dueNotice(w.now, w.underWay(c.Ref))
	switch {
	case v.Conversation.Left:
		w.unreachable(w.subject)
		w.op(SetTimer{Timer{Kind: News, Case: c.Ref, After: whileGone}}) // of another case nobody else would wake it
		return w.turn(), nil
	case v.Conversation.undisturbed():
		return nothing, nil // it waits until they ask
	case i < 0:
		w.wakeLater(w.subject)
		return w.turn(), nil
	}
	if hold := max(w.mustWait(w.subject.Pending[i].Kind), w.early(w.subject.Pending[i])); hold > 0 {
		w.change(w.subject)
		w.subject.Pending[i].NotBefore, w.subject.Pending[i].Planned = w.now.Add(hold), false
		w.wakeFor(w.subject)
		return w.turn(), nil
	}
	told := w.subject.Pending[i].flow(c.Ref)
	_, err = b.stepWoken(ctx, w, flows.Event{Kind: flows.Happened, Notice: told})
	switch {
	case errors.As(err, new(storeError)):
		return nothing, err
	case err != nil:
		return b.notTold(nothing, StaffTask{ID: c.taskID(Undelivered), Kind: Undelivered, Case: c.Ref}, err), nil
	}
	return w.turn(), nil
}

// whileGone is how often it is looked whether who left is back.
const whileGone = 24 * time.Hour

// stepWoken takes the step of a wake-up.
func (b *Bot) stepWoken(ctx context.Context, w *work, ev flows.Event) (effects []flows.Effect, err error) {
	defer recovered(&err)
	st, err := flows.Decode(w.conv.Session)
	if err != nil {
		return nil, err
	}
	ev.Channel = flows.Channel(w.conv.Channel)
	about := st
	if ev.Kind == flows.Happened {
		about.Notice = &ev.Notice
	}
	if err := b.know(ctx, w, &about, &ev); err != nil {
		return nil, err
	}
	return b.handle(ctx, w, st, ev)
}

// notTold is the turn of a wake-up that failed by our fault: it changes nothing
// but to tell staff, who write to the person themselves.
func (b *Bot) notTold(t Turn, task StaffTask, cause error) Turn {
	b.log.LogAttrs(context.Background(), slog.LevelError, "a message to a person could not be made",
		slog.String("provider", string(t.Provider)), slog.String("cause", cause.Error()))
	task.At = b.now()
	task.Due = task.At.Add(time.Hour)
	task.Text = "A message to the person could not be made. Write to them."
	t.Ops = []Op{AddTask{task}}
	return t
}

// underWay is the notice of a case that is offered in the conversation, or that was
// read there and not answered; nil: none.
func (w *work) underWay(ref CaseRef) *flows.Notice {
	st, err := flows.Decode(w.conv.Session)
	if err != nil || st.Notice == nil || st.Notice.Case != string(ref) {
		return nil
	}
	return st.Notice
}

// dueNotice is the first notice that may be told now, or -1: what somebody wrote
// comes before what comes by itself. While one is offered and not read, another of
// its kind would say the same again; one that was read keeps back nothing but itself.
func (c *Case) dueNotice(now time.Time, underWay *flows.Notice) int {
	due := func(n Notice) bool {
		if n.Held || n.NotBefore.After(now) {
			return false
		}
		return underWay == nil || n.Kind != underWay.Kind || underWay.Told && string(n.Entry) != underWay.ID
	}
	if i := slices.IndexFunc(c.Pending, func(n Notice) bool { return n.Entry != "" && due(n) }); i >= 0 {
		return i
	}
	return slices.IndexFunc(c.Pending, due)
}

// waiting is what the person would be told if they asked now, or -1: what is due,
// else what they put off. due says that it may be told by itself.
func (c *Case) waiting(now time.Time) (i int, due bool) {
	if i := c.dueNotice(now, nil); i >= 0 {
		return i, true
	}
	return slices.IndexFunc(c.Pending, func(n Notice) bool { return !n.Held && !n.Planned && n.Entry != "" }), false
}

// flow is the notice as flows know it.
func (n Notice) flow(ref CaseRef) flows.Notice {
	return flows.Notice{Kind: n.Kind, Case: string(ref), ID: string(n.Entry)}
}

// gone tells the staff of a case that its person cannot be reached, unless they came
// back meanwhile. Those of an anonymous case learn it late and at random.
func (b *Bot) gone(ctx context.Context, p *provider, l TimerLease, t Turn) (Turn, error) {
	c, id, err := b.store.Case(ctx, p.ID, l.Timer.Case)
	if errors.Is(err, ErrNotFound) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	v, err := b.store.LookupID(ctx, p.ID, id)
	if err != nil || !v.Conversation.Left || c.Status == Draft {
		return t, err
	}
	t.Expect = []Expect{{Case: c.Ref, Version: c.Version}}
	if c.anonymous() && l.Timer.Tries == 0 {
		t.Ops = []Op{SetTimer{c.gone()}}
	} else {
		t.Ops = []Op{AddTask{c.leftBy(&v.Conversation, b.now())}}
	}
	return t, nil
}
