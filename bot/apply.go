package bot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"heard/channels"
	"heard/flows"
)

// apply turns a step's effects into changes of the turn.
func (w *work) apply(next flows.State, effects []flows.Effect) error {
	if w.lang = next.Language; w.lang == "" {
		w.lang = w.p.Flows.Languages()[0]
	}
	for _, e := range effects {
		if err := w.effect(e); err != nil {
			return err
		}
	}
	w.dateEarly(next.Early)
	w.conv.Case = CaseRef(next.Case)
	if w.current != nil && string(w.current.Ref) != next.Case {
		w.current = nil
	}
	w.conv.Handle = ""
	if w.current != nil {
		w.conv.Handle = w.current.Handle
	}
	for _, one := range w.cases {
		if one.changed && !one.erased {
			w.conv.note(one.c)
		}
	}
	session, err := flows.Encode(&next)
	if err != nil {
		return err
	}
	w.conv.Session = session
	return nil
}

// dateEarly gives the first words that this message added the time when they were
// sent: a draft's clock counts from there.
func (w *work) dateEarly(early []flows.Part) {
	if n := len(early); n > 0 && early[n-1].At == w.now.Unix() {
		early[n-1].At = w.received.Unix()
	}
}

// effect applies one effect.
func (w *work) effect(e flows.Effect) error {
	switch e := e.(type) {
	case flows.Send:
		w.say(message(e), e.Alone)
	case flows.Begin:
		w.begin(e)
	case flows.Save:
		return w.on(e.Case, func() error { w.save(e); return nil })
	case flows.Keep:
		w.keep(e, w.message)
	case flows.Act:
		return w.on(e.Case, func() error { return w.act(e) })
	case flows.Remind:
		w.remind(e)
	case flows.NotNow:
		w.notNow(e)
	case flows.Done:
		w.told(e.Notice)
	case flows.Asked:
		of := w.statement(e.Statement)
		w.asks = &of
		w.op(CountAsked{of})
	case flows.Measures:
		w.measured(e)
	default:
		return fmt.Errorf("effect %T is not known", e)
	}
	return nil
}

// begin makes the draft that everything else is kept on. Its clock counts from
// when the person sent the first of it, however long that took to come in.
func (w *work) begin(e flows.Begin) {
	since := e.Since
	if w.received.Before(since) {
		since = w.received
	}
	c := w.hold(&Case{
		Ref: CaseRef(e.Ref), Status: Draft, Stage: flows.Making, Handle: Handle(randomID()),
		Channel: w.conv.Channel, Received: since,
	})
	w.change(c)
	w.current, w.subject = c, c
	w.conv.own(c)
}

// save keeps an answer on the case: words and files on the timeline, short
// answers as fields. Where there is no case it is kept with the conversation.
func (w *work) save(e flows.Save) {
	if e.Property == "" {
		return
	}
	if e.Property == ideaProperty && e.More {
		w.conv.Idea = joined(w.conv.Idea, e.Value)
	}
	c := w.subject
	if e.Property == slipProperty {
		c = nil // who has the phone may be somebody else: their words are not on the case
	}
	guarded := strings.HasPrefix(e.Property, guardedProperties)
	if c != nil && !e.More && !guarded {
		w.change(c)
		c.setField(e)
	}
	if c != nil && e.Point > c.Points {
		w.change(c)
		c.Points = e.Point
	}
	if e.Clear || c != nil && !e.More && !guarded && len(e.Media) == 0 && e.Shown == "" {
		return
	}
	entry := Entry{
		ID: newEntryID(), At: w.now, Kind: Said, Field: e.Property, Text: e.Value, Media: e.Media, Shown: e.Shown, From: w.message, Point: e.Point,
	}
	switch {
	case guarded:
		entry.Kind = Guarded
	case e.Property == replyProperty:
		entry.Kind = Replied
	}
	w.write(c, entry)
	if entry.Kind == Replied && c != nil {
		w.replying(c)
	}
}

// guardedProperties begin the case properties that are for whom the person chose,
// and never for those who look into the case.
const guardedProperties = "care_"

// slipProperty is what was written where the code of a slip was asked for, and is none.
const slipProperty = "slip_code"

// ideaProperty is what a compliment or an idea is saved as.
const ideaProperty = "idea"

// setField puts a short answer in its place among the case's fields, or takes
// it away.
func (c *Case) setField(e flows.Save) {
	i := slices.IndexFunc(c.Fields, func(f Field) bool { return f.Name == e.Property })
	switch {
	case e.Clear && i >= 0:
		c.Fields = slices.Delete(c.Fields, i, i+1)
	case e.Clear:
	case i >= 0:
		c.Fields[i].Value, c.Fields[i].Day = e.Value, e.Day
	default:
		c.Fields = append(c.Fields, Field{Name: e.Property, Value: e.Value, Day: e.Day})
	}
	if e.Property == privacyProperty {
		c.Privacy = e.Value
	}
}

// write puts an entry on a case's timeline; nil: keeps it with the conversation.
func (w *work) write(c *Case, e Entry) {
	if c != nil {
		w.op(Append{Case: c, Entry: e})
		w.fetchLater(c, e)
		w.spoke(c, e)
		return
	}
	w.op(KeepWith{Conversation: w.conv.ID, Entry: e})
}

// privacyProperty is the case property that says who may know who the person is.
const privacyProperty = "privacy"

// replyProperty is the case property whose words are an answer to the team.
const replyProperty = "reply"

// keep puts words on the timeline of the case they belong to, else with the
// conversation.
func (w *work) keep(e flows.Keep, from channels.MessageID) {
	if e.Text == "" && len(e.Media) == 0 {
		return
	}
	entry := Entry{ID: newEntryID(), At: w.now, Kind: keptKind(e.Kind), Text: e.Text, Media: e.Media, From: from}
	w.write(w.caseNamed(e.Case), entry)
}

func keptKind(k flows.KeepKind) EntryKind {
	switch k {
	case flows.KeptReply:
		return Replied
	case flows.KeptLate, flows.KeptEdit:
		return AlsoSaid
	case flows.KeptIdea:
		return Idea
	}
	return Said
}

func (w *work) remind(e flows.Remind) {
	t := Timer{Kind: Nudge, Conversation: w.conv.ID, Visit: e.Visit}
	if len(e.After) == 0 {
		w.op(DropTimer{t.ID()})
		return
	}
	t.After, t.Then = e.After[0], e.After[1:]
	w.op(SetTimer{t})
}

// notNow has a notice tried again. One that the person put off does not come by
// itself before that.
func (w *work) notNow(e flows.NotNow) {
	if asksHere(e.Notice.Kind) {
		w.op(SetTimer{Timer{Kind: Consult, Conversation: w.conv.ID, After: e.After}})
		return
	}
	c := w.caseNamed(e.Notice.Case)
	if c == nil || !e.PutOff {
		w.op(SetTimer{Timer{Kind: News, Case: CaseRef(e.Notice.Case), After: e.After}})
		return
	}
	for i := range c.Pending {
		if n := &c.Pending[i]; n.Kind == e.Notice.Kind && string(n.Entry) == e.Notice.ID {
			n.NotBefore, n.Planned = w.now.Add(e.After), false
			if n.Kind == noticeOutcome && c.Outcome.Manner != ByMessage {
				n.NotBefore = w.now.Add(onAsking)
			}
			w.change(c)
		}
	}
	w.wakeFor(c)
}

// told takes a notice off the case, and wakes the conversation for the next.
func (w *work) told(n flows.Notice) {
	if asksHere(n.Kind) {
		w.consulted(n)
		return
	}
	c := w.caseNamed(n.Case)
	if c == nil {
		return
	}
	w.change(c)
	c.Pending = slices.DeleteFunc(c.Pending, func(p Notice) bool { return p.Kind == n.Kind && string(p.Entry) == n.ID })
	switch {
	case isSurvey(n.Kind):
		c.Surveyed = w.now
	case n.Kind == noticeCareCheck:
		c.Checked++
		w.nextCareCheck(c)
	case n.Kind == noticeNoNews:
		w.op(EndTask{c.taskID(NoNewsYet)})
		w.promise(c, time.Time{})
	}
	w.wakeFor(c)
}

// wakeFor sets the timer for the next thing that the person is to be told.
func (w *work) wakeFor(c *Case) {
	free := slices.DeleteFunc(slices.Clone(c.Pending), func(n Notice) bool { return n.Held })
	if len(free) == 0 {
		return
	}
	rest := Case{Pending: free}
	w.op(SetTimer{Timer{Kind: News, Case: c.Ref, After: rest.nextNotice(w.now)}})
}

// wakeLater sets the timer for what is not due yet. What is due and cannot be told
// while the like of it is offered comes when that ends.
func (w *work) wakeLater(c *Case) {
	later := slices.DeleteFunc(slices.Clone(c.Pending), func(n Notice) bool { return n.Held || !n.NotBefore.After(w.now) })
	if len(later) > 0 {
		rest := Case{Pending: later}
		w.op(SetTimer{Timer{Kind: News, Case: c.Ref, After: rest.nextNotice(w.now)}})
	}
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

// statement is what is known of a statement that is asked, but for its answer.
func (w *work) statement(id string) StatementAnswer {
	s := StatementAnswer{
		Month: w.now.In(w.p.Calendar.Location).Format("2006-01"), Channel: string(w.conv.Channel), Language: w.lang, Statement: id,
	}
	if w.subject != nil {
		s.Service = w.subject.field("service")
		if of, ok := flows.StatementByID(id); ok && of.Stage == flows.Outcomes {
			s.Finding = w.subject.Outcome.Finding()
		}
	}
	return s
}

// measured moves the answers to statements into their own store, and leaves on
// the case only which were asked.
func (w *work) measured(e flows.Measures) {
	var answers []StatementAnswer
	for _, a := range e.Answers {
		one := w.statement(a.Statement)
		one.Answer = a.Value
		answers = append(answers, one)
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
