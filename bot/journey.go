package bot

import (
	"cmp"
	"slices"
	"time"

	"heard/flows"
)

// The case property that says which way the person chose.
const (
	routeProperty = "route"
	routeInformal = "informal"
	routeFormal   = "formal"
)

// journey does the actions that come after a complaint was sent.
func (w *work) journey(e flows.Act) error {
	c := w.subject
	if c == nil {
		return nil
	}
	switch e.Action {
	case flows.AskConsent:
		w.patient = e.Detail
	case flows.ConsentGiven:
		w.consented(ConsentClaimed, "The patient says that they asked the person to act for them. Verify it.")
	case flows.ConsentRefused:
		w.consented(ConsentRefused, "The patient says that they did not ask for this. Disclose nothing; decide what can be looked at.")
	case flows.NotMe:
		w.conv.Unwanted = w.conv.Unwanted || !slices.ContainsFunc(w.conv.Cases, OwnCase.isSent) // who has a case of their own here still hears of it
		w.task(WrongNumber, withinDays, "The number that was given belongs to somebody else. Nothing more goes to it.")
	case flows.MakeFormal:
		w.makeFormal(c)
	case flows.TellGuardian:
		w.task(CareChanged, withinDay, "The person says that care has got worse since they complained, or that they are pressed. "+w.p.whoActs())
	case flows.AgreeLater, flows.RefuseLater:
		w.answerLater(c, e.Action == flows.AgreeLater)
	case flows.AnotherWay:
		w.anotherWay(c)
	case flows.Ombudsman:
		w.change(c)
		w.task(WentToOmbudsman, withinDays, "The person disagrees and goes to the ombudsman. Keep the case ready.")
		return c.moveStage(stageEscalate, w.now)
	case flows.ToldOfDeath:
		w.toldOfDeath(c)
	case flows.ConfirmWords:
		w.confirmed(c)
	}
	return nil
}

// forAnother asks staff to see who may act for the person whom a complaint is about.
func (w *work) forAnother(c *Case) {
	switch c.field("why_you") {
	case "asked", "capacity", "child":
		w.task(VerifyConsent, withinDays, "The person complains for somebody else. See whether they may act for them, before anything is disclosed.")
	}
}

// makeFormal starts the clocks of the law for what was a concern.
func (w *work) makeFormal(c *Case) {
	if c.Status != Open || c.Formal {
		return
	}
	w.change(c)
	c.Formal, c.Acknowledged, c.Wait = true, time.Time{}, nil
	c.setField(flows.Save{Property: routeProperty, Value: routeFormal})
	c.Due = w.p.Calendar.AcknowledgeBy(w.now)
	w.taskBy(Acknowledge, c.Due, "The person made their concern a complaint. Acknowledge it: say who handles it, and offer to talk about how.")
}

// answerLater notes whether the person agrees to a later date.
func (w *work) answerLater(c *Case, agreed bool) {
	if c.Proposed.IsZero() {
		return
	}
	w.change(c)
	text := "The person does not agree to the later date."
	if agreed {
		text = "The person agrees to the later date."
		w.promise(c, c.Proposed)
	} else {
		w.taskBy(CallBefore, c.Due, "The person does not agree to a later date. Call or write to them before the day that was promised.")
	}
	c.Proposed = time.Time{}
	w.op(Append{Case: c, Entry: Entry{ID: newEntryID(), At: w.now, Kind: Noted, Text: text}})
}

// passOn gives the team a compliment or an idea, with the words of it: there is no
// case on which they could be read.
func (w *work) passOn() {
	words := w.conv.Idea
	for _, o := range w.ops {
		if k, ok := o.(KeepWith); ok && k.Entry.Kind == Idea {
			words = joined(words, k.Entry.Text)
		}
	}
	w.conv.Idea = ""
	w.op(AddTask{StaffTask{
		ID: w.conv.taskID(ReadIdea) + "/" + string(w.id), Kind: ReadIdea, Conv: w.conv.ID, At: w.now, Due: w.now.Add(withinIdea),
		Text: "The person sends a compliment or an idea. Pass it on to the team it is about.", Words: words,
	}})
}

// withinIdea is when a compliment should have reached its team.
const withinIdea = 7 * 24 * time.Hour

// longIdea is how much of an idea waits with the conversation, in bytes; the rest
// is kept all the same.
const longIdea = 8 << 10

func joined(before, more string) string {
	switch {
	case before == "":
		return more
	case len(before)+len(more) > longIdea:
		return before
	}
	return before + "\n" + more
}

// rest sends nothing more that the person does not ask for, until they write again.
func (w *work) rest() {
	w.conv.Resting = true
	if w.current != nil {
		w.unreachable(w.current)
	}
}

// awakened ends that rest.
func (w *work) awakened() {
	w.conv.Resting = false
	if c := w.current; c != nil {
		w.op(EndTask{c.taskID(PersonLeft)})
		w.wakeFor(c)
	}
}

// freeToWrite takes back that others read this phone, and tells what waited.
func (w *work) freeToWrite() {
	w.conv.Watched, w.conv.Unwanted = false, false
	if w.current != nil {
		w.wakeFor(w.current)
	}
}

// whoActs tells staff who must act on it where care suffers for a complaint.
func (p *provider) whoActs() string {
	name := func(w flows.Words, otherwise string) string {
		text := w[""]
		if text == "" {
			text = w[p.Flows.Languages()[0]]
		}
		return cmp.Or(text, otherwise)
	}
	return "For " + name(p.Guardian, "who is in charge") + "; if the complaint is about them, only for " +
		name(p.Deputy, "somebody outside the service whom they do not lead") + "."
}
