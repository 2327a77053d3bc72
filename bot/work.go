package bot

import (
	"slices"
	"time"

	"heard/channels"
	"heard/flows"
)

// work is one turn in the making: copies of what was read, and what is to be
// written. Nothing of it is true before its Turn is committed.
type work struct {
	p       *provider
	now     time.Time
	id      TurnID
	message channels.MessageID
	timer   *TimerLease

	received time.Time     // when the person sent what this is about; else now
	words    string        // what they wrote
	notice   *flows.Notice // what the flow under way tells; nil: nothing
	lang     string        // the person's language
	patient  string        // the number of a patient who is to be asked for consent; empty: none
	code     string        // by which the person may move; empty: not made yet
	gives    bool          // the person is told the code

	conv    Conversation
	current *Case // the case that the conversation has; nil: none
	subject *Case // the case that the flow under way is about; mostly current
	cases   []*caseWork
	others  []*Case // the person's other open cases, to tell of; never written

	asksOthers, othersRead bool // a step asked for them; they were read

	ops   []Op
	sends []Message        // in order, joined where they fit
	alone bool             // the last of them must not be joined with more
	asks  *StatementAnswer // the statement that the last of them puts to the person; nil: none
}

// caseWork is what becomes of one case in a turn.
type caseWork struct {
	c       *Case
	was     *Case // as it was read; nil: it is new
	changed bool
	erased  bool
}

// newWork starts a turn on a view; what it changes are copies.
func newWork(p *provider, v View, now time.Time, id TurnID) *work {
	w := &work{p: p, now: now, id: id, received: now, conv: v.Conversation}
	if v.Case != nil {
		w.current = w.hold(v.Case)
		w.subject = w.current
	}
	return w
}

// hold takes a copy of a case into the turn.
func (w *work) hold(c *Case) *Case {
	own := *c
	own.Fields, own.Pending = slices.Clone(c.Fields), slices.Clone(c.Pending)
	own.Asked, own.History = slices.Clone(c.Asked), slices.Clone(c.History)
	own.Barred, own.Links = slices.Clone(c.Barred), slices.Clone(c.Links)
	own.Statements = slices.Clone(c.Statements)
	w.cases = append(w.cases, &caseWork{c: &own, was: c})
	return &own
}

// about makes another case than the conversation's the one that is spoken about.
func (w *work) about(c *Case) { w.subject = w.hold(c) }

func (w *work) op(o Op) { w.ops = append(w.ops, o) }

// change marks a case as written in this turn.
func (w *work) change(c *Case) {
	for _, one := range w.cases {
		if one.c == c {
			one.changed = true
		}
	}
}

// caseNamed finds the case of a reference among those of the turn; nil: none.
func (w *work) caseNamed(ref string) *Case {
	for _, one := range w.cases {
		if string(one.c.Ref) == ref && !one.erased {
			return one.c
		}
	}
	return nil
}

// turn puts everything together: records first, then what refers to them.
func (w *work) turn() Turn {
	t := Turn{Provider: w.p.ID, ID: w.id, Message: w.message, Timer: w.timer}
	t.Ops = append(make([]Op, 0, 1+len(w.cases)+len(w.ops)+len(w.sends)), PutConversation{&w.conv})
	for _, one := range w.cases {
		switch {
		case one.erased && one.c.Version == 0:
		case one.erased:
			t.Ops = append(t.Ops, EraseCase{one.c})
		case one.changed && one.c.Version == 0:
			t.Ops = append(t.Ops, PutCase{Case: one.c, Conversation: w.conv.ID})
		case one.changed:
			t.Ops = append(t.Ops, PutCase{Case: one.c})
		default:
			t.Expect = append(t.Expect, Expect{Case: one.c.Ref, Version: one.c.Version})
		}
	}
	t.Ops = append(t.Ops, w.ops...)
	for _, one := range w.cases {
		if !one.erased {
			t.Ops = append(t.Ops, w.happened(one)...)
		}
	}
	for i, m := range w.sends {
		if i == len(w.sends)-1 {
			m.Asks = w.asks
		}
		m.Case, m.Once = w.tells(m), w.tellsCode(m)
		t.Ops = append(t.Ops, Enqueue{Conversation: w.conv.ID, Message: m})
	}
	return t
}

// view is what the turn leaves behind, for the next message.
func (w *work) view() View { return View{Conversation: w.conv, Case: w.current} }

// task gives staff something to do, once for each case and kind.
func (w *work) task(kind StaffTaskKind, within time.Duration, text string) {
	w.taskBy(kind, w.now.Add(within), text)
}

func (w *work) taskBy(kind StaffTaskKind, due time.Time, text string) {
	t := StaffTask{Kind: kind, At: w.now, Due: due, Text: text}
	if w.subject != nil {
		t.Case = w.subject.Ref
		t.ID = w.subject.taskID(kind)
	} else {
		t.Conv = w.conv.ID
		t.ID = w.conv.taskID(kind)
	}
	w.op(AddTask{t})
}

// complete adds to the staff task that was given last.
func (w *work) complete(add func(*StaffTask)) {
	last := w.ops[len(w.ops)-1].(AddTask)
	add(&last.Task)
	w.ops[len(w.ops)-1] = last
}

// anonymous tells whether the person did not choose to be named.
func (c *Case) anonymous() bool { return c.Privacy == "" || c.Privacy == PrivacyAnonymous }

// What a person may choose to be to staff.
const (
	PrivacyNamed        = "named"
	PrivacyConfidential = "confidential" // the complaints team only
	PrivacyAnonymous    = "anonymous"
)

// say queues a message to the person, joined with the one before where the two
// fit in one: the order in which a phone shows several is not promised. One that
// is too long for the channel becomes several here, so that each is sent, and
// tried again, by itself.
func (w *work) say(m Message, alone bool) {
	if w.conv.Left {
		return
	}
	apart := alone || w.alone
	w.alone = alone
	if n := len(w.sends); n > 0 && !apart && joins(&w.sends[n-1], &m, w.conv.Channel) {
		return
	}
	parts := channels.Split(m.Text, textLimit(w.conv.Channel, len(m.Options) > 0))
	options := m.Options
	for i, part := range parts {
		m.Task, m.Text, m.Options = TaskID(randomID()), part, nil
		if i == len(parts)-1 {
			m.Options = options
		}
		w.sends = append(w.sends, m)
	}
}

// textLimit is how long one message may be on a channel, in characters.
func textLimit(c channels.Channel, options bool) int {
	if c == channels.WhatsApp && options {
		return whatsAppWithOptions
	}
	return channels.CapabilitiesOf(c).TextLimit
}

// joins puts m behind the text of before, if both may stand in one message.
func joins(before, m *Message, c channels.Channel) bool {
	if len(before.Options) > 0 || before.Purpose != m.Purpose || before.Language != m.Language {
		return false
	}
	text := before.Text + "\n\n" + m.Text
	if len(channels.Split(text, textLimit(c, len(m.Options) > 0))) != 1 {
		return false
	}
	before.Text, before.Options = text, m.Options
	if before.Template == "" {
		before.Template = m.Template
	}
	return true
}

// whatsAppWithOptions is how long the text of a WhatsApp message with buttons or
// a list may be, in characters.
const whatsAppWithOptions = 1024

// message turns what a flow says into an outgoing message.
func message(s flows.Send) Message {
	m := Message{Text: s.Text, Template: s.Template, Language: s.Language, Purpose: s.Purpose}
	for _, o := range s.Options {
		m.Options = append(m.Options, channels.Option{Label: o.Label, Data: o.Data})
	}
	return m
}
