package bot

import (
	"hash/fnv"
	"strings"
	"time"

	"heard/flows"
)

// facts are what the world tells a flow.
func (w *work) facts() flows.Facts {
	p, c := w.p, w.subject
	since := w.received
	if c != nil && c.Status == Draft && !w.foreign() {
		since = c.Received
	}
	f := flows.Facts{
		Provider: p.Name, PublicName: p.PublicName, Guardian: p.Guardian, Deputy: p.Deputy, Hours: p.Hours, Alerted: w.quietUntil().After(w.now), Kind: p.Kind, Nation: p.Nation,
		NewRef: string(NewCaseRef()), NewDue: func() time.Time { return p.Calendar.AcknowledgeBy(since) }, Seed: w.conv.seed(), Cases: w.briefs(),
		Reach: w.p.reach, Texts: w.offersTexts(),
		Others: w.othersWanted(),
		Moving: func() (string, string) { return ShowMoveCode(w.moveCode()), w.ways() },
	}
	if c == nil {
		return f
	}
	if w.notice != nil && w.notice.Kind == noticeRecorded && w.conv.Guesses.tooMany(w.now) {
		f.Slip = "spent"
	}
	if w.foreign() {
		f.Case.Ref = string(c.Ref) // who is asked about another's case learns nothing of it
		return f
	}
	f.Asked = c.Asked
	f.Case = flows.CaseFacts{
		Ref: string(c.Ref), Stage: c.Stage, Status: string(c.Status),
		Handler: c.Handler, Decides: c.Decides, Due: c.Due,
		Overdue: c.overdue(w.now),
		About:   c.field("about"), WhyYou: c.field("why_you"), Proposed: c.Proposed, Ombudsman: c.Outcome.Ombudsman,
	}
	if i, due := c.waiting(w.now); i >= 0 {
		n := c.Pending[i].flow(c.Ref)
		f.Case.Waiting, f.Case.WaitingDue = &n, due
	} else if w.notice == nil {
		f.Case.Waiting = w.waitsElsewhere()
	}
	if w.notice != nil && w.notice.Kind == noticeNoNews {
		f.Case.Due, f.Case.Overdue = p.Calendar.workingDays(w.now, untilNews), false // it gives the next day
	}
	return f
}

// foreign tells whether the flow under way asks somebody about another's case.
func (w *work) foreign() bool {
	return w.notice != nil && (w.notice.Kind == noticeConsent || w.notice.Kind == noticeRecorded)
}

// seed orders the statements that the person of a conversation is asked.
func (c *Conversation) seed() uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(c.ID)) // never fails
	return h.Sum64()
}

// tell adds an outcome to what flows know of a case; nil: there is nothing to add.
func (a *Answered) tell(c *flows.CaseFacts) {
	if a == nil {
		return
	}
	c.Considered, c.Signatory = a.Considered, a.Signatory
	for _, f := range a.Findings {
		one := flows.Finding{Point: f.Point, Kind: string(f.Kind), Words: f.Words, Apology: f.Apology, Body: f.Body, NoAction: f.NoAction}
		for _, p := range f.Actions {
			one.Actions = append(one.Actions, flows.FindingAction{What: p.What, Owner: p.Owner, Due: p.Due})
		}
		c.Findings = append(c.Findings, one)
	}
}

// reach is how anybody can write to the provider, a line for each address.
func (p *provider) reach() string {
	if p.Ways == nil {
		return ""
	}
	var all []string
	for _, way := range p.Ways() {
		all = append(all, way.Reach)
	}
	return strings.Join(all, "\n")
}
