package bot

import (
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
	case flows.CallBack:
		w.task(CallPerson, withinDay, "The person asks to be called. The number they gave is on the case.")
	case flows.NeedsPerson:
		w.task(NeedsPerson, withinDay, "The person asks to talk with somebody.")
	case flows.NotUnderstood:
		w.task(NotUnderstood, withinDay, "The person was not understood three times. What they wrote is kept.")
	case flows.SendReply:
		w.task(ReadReply, withinDays, "The person wrote back.")
	case flows.Withdraw:
		w.task(AskedWithdraw, withinDays, "The person wants to take the complaint back. Confirm it with them.")
	case flows.AskErasure:
		w.task(AskedErasure, withinDays, "The person asks for everything to be deleted. Answer them, with reasons if the law says keep it.")
	case flows.AcceptOutcome, flows.OutcomeLater, flows.Disagree, flows.OpenedOutcome:
		return w.outcome(e.Action)
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
	if err := c.moveStage(stageOpen, w.now); err != nil {
		return err
	}
	c.Language = w.language()
	w.taskBy(Acknowledge, c.Due, "Acknowledge it: say who handles it, and offer to talk about how.")
	return nil
}

// erase removes a draft for good.
func (w *work) erase() {
	c := w.current
	if c == nil || c.Status != Draft {
		return
	}
	for _, one := range w.cases {
		if one.c == c {
			one.erased = true
		}
	}
	w.forget(c)
	w.current, w.subject = nil, nil
}

// forget drops what this turn wanted to write on a case that is erased in it.
func (w *work) forget(c *Case) {
	kept := w.ops[:0]
	for _, o := range w.ops {
		if a, ok := o.(Append); ok && a.Case == c {
			continue
		}
		if t, ok := o.(AddTask); ok && t.Task.Case == c.Ref {
			continue
		}
		kept = append(kept, o)
	}
	w.ops = kept
	w.op(DropTimer{Timer{Kind: Nudge, Conversation: w.conv.ID}.ID()})
}

// alert tells the team of danger; the words that raised it are on the timeline.
func (w *work) alert() {
	if c := w.subject; c != nil {
		w.op(Append{Case: c, Entry: Entry{ID: newEntryID(), At: w.now, Kind: Alerted, From: w.message}})
	}
	w.task(Danger, withinDanger, "The person used words that may mean danger. Read them now.")
}

// outcome notes what the person did with an outcome.
func (w *work) outcome(a flows.Action) error {
	c := w.subject
	if c == nil {
		return nil
	}
	w.change(c)
	switch a {
	case flows.OpenedOutcome:
		c.Outcome.Read = w.now
	case flows.OutcomeLater:
		c.Outcome.Answer = "later"
	case flows.AcceptOutcome:
		c.Outcome.Answer = "accepted"
		c.Status, c.Closed = Closed, w.now
		c.Pending = append(c.Pending, Notice{Kind: noticeReflection, NotBefore: w.now.Add(w.p.ReflectAfter)})
		return c.moveStage(stageAccept, w.now)
	case flows.Disagree:
		c.Outcome.Answer = "disagreed"
		w.task(Dispute, withinDays, "The person disagrees with the outcome. Look again, or point to the ombudsman.")
		return c.moveStage(stageReopen, w.now)
	}
	return nil
}

// The notices, each told by the flow of that name.
const (
	noticeUpdate     = "update"
	noticeOutcome    = "outcome"
	noticeReflection = "reflection"
)
