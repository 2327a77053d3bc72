package bot

import (
	"fmt"
	"slices"
	"time"

	"heard/channels"
	"heard/flows"
)

// apply turns a step's effects into changes of the turn.
func (w *work) apply(next flows.State, effects []flows.Effect) error {
	for _, e := range effects {
		if err := w.effect(e); err != nil {
			return err
		}
	}
	w.conv.Case = CaseRef(next.Case)
	if w.current != nil && string(w.current.Ref) != next.Case {
		w.current = nil
	}
	w.conv.Handle = ""
	if w.current != nil {
		w.conv.Handle = w.current.Handle
	}
	session, err := flows.Encode(&next)
	if err != nil {
		return err
	}
	w.conv.Session = session
	return nil
}

func (w *work) effect(e flows.Effect) error {
	switch e := e.(type) {
	case flows.Send:
		w.say(message(e))
	case flows.Begin:
		w.begin(e)
	case flows.Save:
		w.save(e)
	case flows.Keep:
		w.keep(e, w.message)
	case flows.Act:
		return w.act(e)
	case flows.Remind:
		w.remind(e)
	case flows.NotNow:
		if e.After > 0 {
			w.op(SetTimer{Timer{Kind: News, Case: CaseRef(e.Notice.Case), After: e.After}})
		}
	case flows.Done:
		w.told(e.Notice)
	case flows.Measures:
		w.measured(e)
	default:
		return fmt.Errorf("effect %T is not known", e)
	}
	return nil
}

// begin makes the draft that everything else is kept on.
func (w *work) begin(e flows.Begin) {
	c := w.hold(&Case{
		Ref: CaseRef(e.Ref), Status: Draft, Stage: flows.Making, Handle: Handle(randomID()),
		Channel: w.conv.Channel, Received: e.Since,
	})
	w.change(c)
	w.current, w.subject = c, c
}

// save keeps an answer on the case: words and files on the timeline, short
// answers as fields.
func (w *work) save(e flows.Save) {
	c := w.subject
	if c == nil || e.Property == "" {
		return
	}
	w.change(c)
	if e.Property == "privacy" {
		c.Privacy = e.Value
	}
	c.Fields = slices.DeleteFunc(c.Fields, func(f Field) bool { return f.Name == e.Property && !e.More })
	switch {
	case e.Clear:
		return
	case !e.More:
		c.Fields = append(c.Fields, Field{Name: e.Property, Value: e.Value})
	}
	if e.More || len(e.Media) > 0 || e.Shown != "" {
		kind := Said
		if e.Property == replyProperty {
			kind = Replied
		}
		w.op(Append{Case: c, Entry: Entry{
			ID: newEntryID(), At: w.now, Kind: kind, Field: e.Property, Text: e.Value, Media: e.Media, Shown: e.Shown, From: w.message,
		}})
	}
}

// replyProperty is the case property whose words are an answer to the team.
const replyProperty = "reply"

// keep puts words on the timeline of the case they belong to, else with the
// conversation.
func (w *work) keep(e flows.Keep, from channels.MessageID) {
	if e.Text == "" && len(e.Media) == 0 {
		return
	}
	entry := Entry{ID: newEntryID(), At: w.now, Kind: keptKind(e.Kind), Text: e.Text, Media: e.Media, From: from}
	if c := w.caseNamed(e.Case); c != nil {
		w.op(Append{Case: c, Entry: entry})
		return
	}
	w.op(KeepWith{Conversation: w.conv.ID, Entry: entry})
}

func keptKind(k flows.KeepKind) EntryKind {
	switch k {
	case flows.KeptReply:
		return Replied
	case flows.KeptLate, flows.KeptEdit:
		return AlsoSaid
	}
	return Said
}

func (w *work) remind(e flows.Remind) {
	t := Timer{Kind: Nudge, Conversation: w.conv.ID, Visit: e.Visit}
	if len(e.After) == 0 {
		w.op(DropTimer{t.ID()})
		return
	}
	t.After = e.After[0]
	for i, after := range e.After[1:] {
		t.Then = append(t.Then, after-e.After[i])
	}
	w.op(SetTimer{t})
}

// told takes a notice off the case, and wakes the conversation for the next.
func (w *work) told(n flows.Notice) {
	c := w.caseNamed(n.Case)
	if c == nil {
		return
	}
	w.change(c)
	c.Pending = slices.DeleteFunc(c.Pending, func(p Notice) bool { return p.Kind == n.Kind && string(p.Entry) == n.ID })
	w.wakeFor(c)
}

// wakeFor sets the timer for the next thing that the person is to be told.
func (w *work) wakeFor(c *Case) {
	if len(c.Pending) == 0 {
		return
	}
	w.op(SetTimer{Timer{Kind: News, Case: c.Ref, After: c.nextNotice(w.now)}})
}

// nextNotice is how long it is until something may be told.
func (c *Case) nextNotice(now time.Time) time.Duration {
	next := c.Pending[0].NotBefore
	for _, n := range c.Pending[1:] {
		if n.NotBefore.Before(next) {
			next = n.NotBefore
		}
	}
	return max(0, next.Sub(now))
}

// measured moves the answers to statements into their own store, and leaves on
// the case only which were asked.
func (w *work) measured(e flows.Measures) {
	var answers []StatementAnswer
	for _, a := range e.Answers {
		answers = append(answers, StatementAnswer{
			Month: w.now.In(w.p.Calendar.Location).Format("2006-01"), Channel: string(w.conv.Channel),
			Language: w.language(), Statement: a.Statement, Answer: a.Value,
		})
	}
	w.op(AddAnswers{answers})
	if c := w.subject; c != nil {
		w.change(c)
		for _, s := range e.Asked {
			if !slices.Contains(c.Asked, s) {
				c.Asked = append(c.Asked, s)
			}
		}
	}
}

// language is what the last message was said in.
func (w *work) language() string {
	for _, m := range slices.Backward(w.sends) {
		if m.Language != "" {
			return m.Language
		}
	}
	return w.p.Flows.Languages()[0]
}
