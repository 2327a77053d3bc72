package bot

import (
	"slices"
	"time"

	"heard/flows"
)

// How soon staff should see to what they are asked.
const (
	withinDanger = 15 * time.Minute
	withinDay    = 24 * time.Hour
	withinDays   = 3 * 24 * time.Hour
)

// act does one of the closed list of actions. Each is idempotent: done twice, it
// writes the same.
func (w *work) act(e flows.Act) error {
	switch e.Action {
	case flows.OpenCase:
		return w.open()
	case flows.DeleteDraft:
		w.erase()
	case flows.AlertTeam:
		w.alert()
	case flows.ConfirmDanger:
		w.danger(ConfirmedDanger, 0, "Asked whether somebody is in danger now, the person did not say no. Act on it at once.")
	case flows.CallBack:
		w.callBack(e.Detail)
	case flows.NeedsPerson:
		w.task(NeedsPerson, withinDay, "The person asks to talk with somebody.")
	case flows.NotUnderstood:
		w.task(NotUnderstood, withinDay, "The person was not understood three times. What they wrote is kept.")
	case flows.SendReply:
		w.replied()
	case flows.Withdraw:
		w.task(AskedWithdraw, withinDays, "The person wants to take the complaint back. Confirm it with them.")
	case flows.AskErasure:
		w.task(AskedErasure, withinDays, "The person asks for everything to be deleted. Answer them, with reasons if the law says keep it.")
	case flows.AcceptOutcome, flows.OutcomeLater, flows.Disagree, flows.OpenedOutcome:
		return w.outcome(e.Action)
	case flows.KeepQuiet:
		w.conv.Watched = true
	case flows.FreeToWrite:
		w.freeToWrite()
	case flows.AgreeTexts:
		w.conv.Texts = TextsAgreed
	case flows.RefuseTexts:
		w.conv.Texts = TextsRefused
	case flows.Unwanted:
		w.conv.Unwanted = true
	case flows.StopMessages:
		w.rest()
	case flows.DeleteLast:
		w.deleteLast(e.Detail)
	case flows.PassOn:
		w.passOn()
	case flows.MoveCode:
		w.mayMove()
	default:
		return w.journey(e)
	}
	return nil
}

// open turns the draft into a case; the clock counts from the day its first
// words came.
func (w *work) open() error {
	c := w.current
	if c == nil || c.Status != Draft {
		return nil
	}
	w.change(c)
	c.Status, c.Opened, c.Due = Open, w.now, w.p.Calendar.AcknowledgeBy(c.Received)
	c.Formal = c.field(routeProperty) != routeInformal
	w.conv.Unwanted = false // who sends a complaint is to hear of it
	w.forAnother(c)
	if err := c.moveStage(stageOpen, w.now); err != nil {
		return err
	}
	c.Language = w.lang
	w.begun(c)
	w.taskBy(Acknowledge, c.Due, "Acknowledge it: say who handles it, and offer to talk about how.")
	return nil
}

// callBack asks staff to ring the person.
func (w *work) callBack(number string) {
	text := "The person asks to be called on this number."
	if number == "" {
		text = "The person asks to be called, and gave no number. Write to them."
	}
	w.task(CallPerson, withinDay, text)
	w.complete(func(t *StaffTask) { t.Phone = number })
}

// whyDied is the answer by which somebody told of a death.
const whyDied = "died"

// quietAfterDanger is how long nothing is asked or recalled after words of danger.
const quietAfterDanger = 14 * 24 * time.Hour

func (w *work) quietUntil() time.Time {
	if w.conv.AlertAt.IsZero() {
		return time.Time{}
	}
	return w.conv.AlertAt.Add(quietAfterDanger)
}

// field is a short answer on the case; empty: none.
func (c *Case) field(name string) string {
	for _, f := range c.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// erase removes a draft for good, or what was kept where there is no case yet.
func (w *work) erase() {
	c := w.current
	switch {
	case c == nil:
		w.ops = slices.DeleteFunc(w.ops, func(o Op) bool { _, kept := o.(KeepWith); return kept })
		w.eraseKept()
		return
	case c.Status != Draft:
		return
	}
	for _, one := range w.cases {
		if one.c == c {
			one.erased = true
		}
	}
	w.conv.disown(c)
	w.conv.LastSaid = Spoken{}
	w.forget(c)
	w.current, w.subject = nil, nil
}

// forget drops what this turn wanted to write on a case that is erased in it, and
// everything else that holds the person's words.
func (w *work) forget(c *Case) {
	w.ops = slices.DeleteFunc(w.ops, func(o Op) bool {
		switch o := o.(type) {
		case Append:
			return o.Case == c
		case AddTask:
			return o.Task.Case == c.Ref
		case SetTimer:
			return o.Timer.Case == c.Ref
		case KeepWith:
			return true
		}
		return false
	})
	w.eraseKept()
	w.op(DropTimer{Timer{Kind: Nudge, Conversation: w.conv.ID}.ID()})
	w.burnFiles(c)
}

// eraseKept removes what is kept with the conversation, and the task that holds
// words of it. Tasks about danger stay: the team was told, and must act.
func (w *work) eraseKept() {
	w.op(EraseKept{w.conv.ID})
	w.op(EndTask{w.conv.taskID(PutAside)})
}

// alert tells the team of danger, with the words that raised it where they are
// not on the timeline already.
func (w *work) alert() {
	w.conv.AlertAt = w.now
	e := Entry{ID: newEntryID(), At: w.now, Kind: Alerted, From: w.message}
	if !slices.ContainsFunc(w.ops, func(o Op) bool { return w.keeps(o) }) {
		e.Text = w.words
	}
	w.write(w.subject, e)
	w.danger(Danger, withinDanger, "The person used words that may mean danger. Read them now.")
}

// danger gives staff a task with the person's words. One about a draft is the
// conversation's: nobody sees the draft, and deleting it must not take back that
// somebody may be in danger.
func (w *work) danger(kind StaffTaskKind, within time.Duration, text string) {
	t := StaffTask{Kind: kind, At: w.now, Due: w.now.Add(within), Text: text, Words: w.words}
	switch c := w.subject; {
	case c == nil:
		t.Conv, t.ID = w.conv.ID, w.conv.taskID(kind)
	case c.Status == Draft:
		t.Conv, t.ID, t.Draft = w.conv.ID, w.conv.taskID(kind), c.Ref
	default:
		t.Case, t.ID = c.Ref, c.taskID(kind)
	}
	w.op(AddTask{t})
	w.op(SetTimer{Timer{Kind: Chase, Case: t.Case, Conversation: t.Conv, After: w.p.untilChased(w.now)}})
}

// keeps tells whether an op keeps the words of the message where an alert about
// the work's case leads.
func (w *work) keeps(o Op) bool {
	switch o := o.(type) {
	case Append:
		return o.Case == w.subject && o.Entry.From == w.message && o.Entry.Text == w.words
	case KeepWith:
		return w.subject == nil && o.Entry.From == w.message && o.Entry.Text == w.words
	}
	return false
}

// outcome notes what the person did with an outcome. One that was answered after
// a newer one was offered moves nothing.
func (w *work) outcome(a flows.Action) error {
	c := w.subject
	if c == nil {
		return nil
	}
	w.change(c)
	if a == flows.Disagree {
		w.task(Dispute, withinDays, "The person disagrees with the outcome. Look again, or point to the ombudsman.")
	}
	if w.notice == nil || EntryID(w.notice.ID) != c.Outcome.Entry {
		return nil
	}
	switch a {
	case flows.OpenedOutcome:
		w.opened(c)
	case flows.OutcomeLater:
		c.Outcome.Answer = "later"
	case flows.AcceptOutcome:
		c.Outcome.Answer = "accepted"
		c.close(w.now)
		w.op(EndTask{c.taskID(NoNewsYet)})
		c.withdrawNotices(noticeAfterSending) // it is too late for that one
		w.survey(c, noticeReflection, w.p.ReflectAfter)
		return c.moveStage(stageAccept, w.now)
	case flows.Disagree:
		c.Outcome.Answer = "disagreed"
		c.reopen()
		return c.moveStage(stageReopen, w.now)
	}
	return nil
}

// close ends the work on a case; what was to be told about it so far still is.
func (c *Case) close(now time.Time) {
	c.Status, c.Closed, c.Wait = Closed, now, nil
	c.withdrawNotices(noticeNoNews, noticeCareCheck, noticeMidCase, noticeExtension)
}

// reopen goes on with a case that was closed: it is too early to look back.
func (c *Case) reopen() {
	if c.Status == Closed {
		c.Status, c.Closed = Open, time.Time{}
	}
	c.withdrawNotices(noticeReflection)
}

// withdrawNotices takes back what was not told yet.
func (c *Case) withdrawNotices(kinds ...string) {
	c.Pending = slices.DeleteFunc(c.Pending, func(n Notice) bool { return slices.Contains(kinds, n.Kind) })
}
