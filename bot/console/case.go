package console

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) caseRoutes() {
	p.page("GET /cases/{ref}", desk.SeeCases, func(v *visit) error { return p.caseAgain(v, faults{}, "") })
	p.page("POST /cases/{ref}/update", desk.Answer, p.sendUpdate)
	p.page("POST /cases/{ref}/ask", desk.Answer, p.askStatement)
	for name, act := range caseActs() {
		p.page("POST /cases/{ref}/"+name, desk.Answer, func(v *visit) error { return p.caseAct(v, act) })
	}
}

// readRef reads a reference as somebody types it from a letter or hears it on the
// phone. What cannot be one is looked for as it stands, and not found.
func readRef(text string) bot.CaseRef {
	if ref, ok := bot.ParseCaseRef(text); ok {
		return ref
	}
	return bot.CaseRef(text)
}

// caseBody is a case as its template reads it.
type caseBody struct {
	*desk.View
	State, StageName string
	Known            privacyView
	Speaks           string // the language they read
	Left             string
	Tasks            []taskView
	Danger           bool          // one of them tells of it
	Went             desk.Role     // to whom one of them went on; empty: to nobody
	Asked            bool          // the person asked to take the case back
	Cover            *desk.Away    // who does its handler's work, while they are away; nil: they do
	Said             []historyLine // the story
	History          []historyLine
	Changed          bool          // since the form was shown that came back
	Since            []historyLine // what was added to History meanwhile
	Letter           letter
	Can              can
	Team             []option // whom it can be given to
	Named            []option // whom it may name
	Handlers         []option // who can be said to handle it
	Mine             bool
	GivesOut         bool // may give it to others, and bar
	MayAnswer        bool
	box              string // the part of the page that is opened
	typed            func(string) string
	location         *time.Location
	Now              time.Time
	Mails            bool           // the desk can send e-mails
	Alike            []desk.Summary // cases that may be about the same matter
}

// can is what can be done with a case as it is now. What cannot has no form.
type can struct {
	Open        bool // it is under way
	Write       bool // its person can be written to
	Acknowledge bool
	Later       bool // a later day can be agreed
	Redate      bool
	Pause       bool
	Resume      bool
	Withdraw    bool
	Die         bool
	Release     bool
}

func (p *pages) canDo(one *desk.View) can {
	c := can{Open: one.Status == bot.Open, Write: !one.Silent, Die: one.Died.IsZero(), Release: one.Held}
	c.Acknowledge = c.Open && c.Write
	c.Later = c.Acknowledge && p.o.Now().Before(one.Due)
	clock := c.Acknowledge && !one.Acknowledged.IsZero()
	c.Redate, c.Pause, c.Resume = clock, clock && one.Wait == nil, clock && one.Wait != nil
	c.Withdraw = c.Open
	return c
}

// Typed is what was written in a field before the page was shown again.
func (c caseBody) Typed(field string) string { return c.typed(field) }

// IsOpen tells whether a part of the page that can be folded is open: a link leads to it,
// or a form in it was not done, whose words must be seen.
func (c caseBody) IsOpen(box string) bool { return c.box == box }

// Tick is a box to tick, as it was left.
func (c caseBody) Tick(field, label string) []option {
	return []option{{Value: "yes", Label: label, Chosen: c.typed(field) == "yes"}}
}

// Over is how a case ended, in words that end a sentence.
func (c caseBody) Over() string {
	switch c.Status {
	case bot.Withdrawn:
		return "taken back"
	case bot.Transferred:
		return "passed on"
	}
	return "closed"
}

// caseAgain shows the page of a case, with what is wrong with another form than that of
// an update, which is in a part of the page.
func (p *pages) caseAgain(v *visit, wrong faults, box string) error {
	one, err := p.desk.Case(v.r.Context(), v.who.Who, readRef(v.r.PathValue("ref")))
	if err != nil {
		return err
	}
	l, _, err := p.letterOf(v, one)
	if err != nil {
		return err
	}
	return p.showCase(v, one, l, wrong, box)
}

// showCase shows the page of a case. What was typed in a form that was not done stays in
// it, and the part that it is in is open; where the case was changed meanwhile, the page
// shows how, and takes the new version: a second press is deliberate.
func (p *pages) showCase(v *visit, one *desk.View, l letter, wrong faults, box string) error {
	if box == "" {
		box = v.r.URL.Query().Get("open")
	}
	body := caseBody{
		View: one, State: statusName(one.Status), StageName: stageName(one.Stage), Known: privacyOf(one.Privacy), Letter: l, Speaks: p.languageName(one.Language),
		Can: p.canDo(one), Mine: one.Assigned == v.who.Member, GivesOut: v.who.May(desk.GiveOut), MayAnswer: v.who.May(desk.Answer), typed: v.text, box: box, location: p.o.Location, Now: p.o.Now(), Mails: p.desk.Mails(),
	}
	err := p.teamOf(v, &body)
	if err == nil {
		body.Cover, err = p.desk.Cover(v.r.Context(), one.Assigned)
	}
	if err == nil && body.MayAnswer {
		body.Alike, err = p.desk.Alike(v.r.Context(), v.who.Who, one.Ref)
	}
	if err != nil {
		return err
	}
	if one.Status == bot.Open && !one.Due.IsZero() {
		body.Left = daysLeft(one.DaysLeft, one.Overdue)
	}
	for n, i := range one.Tasks {
		body.Tasks = append(body.Tasks, p.taskOf(v, i, n))
		body.Danger = body.Danger || i.Danger
		body.Asked = body.Asked || i.Task.Kind == bot.AskedWithdraw
		if i.Went == desk.Guardian || body.Went == "" {
			body.Went = i.Went
		}
	}
	body.Said, body.History = p.history(one, one.Story), p.history(one, one.Timeline)
	if seen := v.form().Seen; seen != 0 && seen != one.Version {
		body.Changed = true
		had, _ := strconv.Atoi(v.text("had"))
		body.Since = body.History[min(max(had, 0), len(body.History)):]
	}
	title := "Case " + string(one.Ref)
	if len(wrong.All) > 0 {
		return v.again("case", title, body, wrong)
	}
	if v.r.Method == "POST" {
		return v.looksFirst("case", title, body)
	}
	return v.show("case", title, body)
}

// teamOf fills in who there is to choose from. Nobody is chosen before somebody is.
func (p *pages) teamOf(v *visit, body *caseBody) error {
	team, err := p.desk.Answering(v.r.Context())
	if err != nil {
		return err
	}
	choose := func(field string) []option {
		all := []option{{Value: "", Label: "Choose"}}
		for _, w := range team {
			all = append(all, option{Value: string(w.Member), Label: w.Name, Chosen: v.text(field) == string(w.Member)})
		}
		return all
	}
	body.Team, body.Named = choose("to"), choose("member")
	body.Handlers = choose("handler")
	chosen := v.text("handler")
	if chosen == "" {
		chosen = string(cmp.Or(body.Assigned, v.who.Member))
	}
	for i, o := range body.Handlers {
		body.Handlers[i].Chosen = o.Value == chosen
	}
	if !body.GivesOut {
		body.Handlers = slices.DeleteFunc(body.Handlers, func(o option) bool { return o.Value != string(v.who.Member) && o.Value != string(body.Assigned) })
	}
	body.Team = slices.DeleteFunc(body.Team, func(o option) bool { return o.Value != "" && o.Value == string(body.Assigned) })
	return nil
}
