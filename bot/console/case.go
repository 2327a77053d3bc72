package console

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) caseRoutes() {
	p.page("GET /cases/{ref}", desk.SeeCases, func(v *visit) error { return p.caseAgain(v, faults{}) })
	p.page("POST /cases/{ref}/update", desk.Answer, p.sendUpdate)
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

// caseAct is one thing that can be done on the page of a case.
type caseAct struct {
	done  string   // what is said when it was
	field string   // beside which a rejection stands; empty: at the top
	needs []string // fields that must not be empty, each with what to do about it
	do    func(v *visit, p *pages, ref bot.CaseRef) error
}

// caseActs are they, by the last part of their address.
func caseActs() map[string]caseAct {
	return map[string]caseAct{
		"acknowledge": {done: "The acknowledgement is on its way.", needs: []string{"handler", "Say who handles the case: the person is told."}, do: acknowledge},
		"later":       {done: "The person is asked whether they agree.", field: "later_day", needs: []string{"later_day", "Choose the day.", "later_words", "Say why: the person is told."}, do: later},
		"note":        {done: "The note is kept. Only staff can read it.", field: "note", needs: []string{"note", "Write the note."}, do: note},
		"take-back":   {done: "It is taken back. The person is not told it.", do: takeBack},
		"take":        {done: "The case is yours.", do: take},
		"give":        {done: "The case has another handler.", field: "to", do: give},
		"reveal":      {done: "Who the person is can be read below, until tonight.", field: "reason", needs: []string{"reason", "Say why you must know who this is. It is kept in the audit log."}, do: reveal},
		"link":        {done: "The cases are linked.", field: "other", needs: []string{"other", "Write the reference of the other case."}, do: link},
		"bar":         {done: "This member of staff no longer sees the case.", field: "member", needs: []string{"member", "Choose whom the complaint names."}, do: bar},
		"died":        {done: "It is noted. Nothing more goes out by itself.", field: "death", needs: []string{"death", "Tick the box: nothing is sent to them after this."}, do: died},
		"release":     {done: "What waited is on its way.", do: release},
		"withdrawn":   {done: "The case is taken back, as its person wished.", field: "confirmed", needs: []string{"confirmed", "Tick the box once you have confirmed it with the person."}, do: withdrawn},
	}
}

func (p *pages) caseAct(v *visit, act caseAct) error {
	ref := readRef(v.r.PathValue("ref"))
	var wrong faults
	for pair := range slices.Chunk(act.needs, 2) {
		if v.text(pair[0]) == "" {
			wrong.add(pair[0], pair[1])
		}
	}
	if len(wrong.All) == 0 && wrong.takeBeside(act.do(v, p, ref), act.field) {
		return v.back("/cases/"+string(ref), act.done)
	}
	if wrong.code == http.StatusNotFound {
		return &bot.Rejection{Code: bot.RejectNoCase, Sentence: wrong.All[0].Text}
	}
	return p.caseAgain(v, wrong)
}

// takeBeside is take, with a rejection beside a field. What somebody may not do, and
// a case that was changed meanwhile, are about the whole form.
func (f *faults) takeBeside(err error, field string) (done bool) {
	done = f.take(err)
	if !done && field != "" && f.code == http.StatusUnprocessableEntity && len(f.All) == 1 && f.All[0].Field == "" {
		f.All[0].Field = field
	}
	return done
}

func acknowledge(v *visit, p *pages, ref bot.CaseRef) error {
	due, err := p.dayOf(v.text("ack_day"))
	if err != nil {
		return err
	}
	return p.desk.Acknowledge(v.r.Context(), v.who.Who, ref, v.form(), bot.Acknowledgement{
		Handler: v.text("handler"), Decides: v.text("decides"), Words: v.text("ack_words"), Due: due,
	})
}

func takeBack(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.TakeBack(v.r.Context(), v.who.Who, ref, v.form(), bot.EntryID(v.text("entry")))
}

func later(v *visit, p *pages, ref bot.CaseRef) error {
	due, err := p.dayOf(v.text("later_day"))
	if err != nil {
		return err
	}
	return p.desk.ProposeLater(v.r.Context(), v.who.Who, ref, v.form(), due, v.text("later_words"))
}

func note(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Note(v.r.Context(), v.who.Who, ref, v.form(), v.text("note"))
}

func take(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Assign(v.r.Context(), v.who.Who, ref, v.form(), v.who.Member, v.who.Name)
}

func give(v *visit, p *pages, ref bot.CaseRef) error {
	all, err := p.desk.Answering(v.r.Context())
	if err != nil {
		return err
	}
	to := bot.MemberID(v.text("to"))
	i := slices.IndexFunc(all, func(w desk.Who) bool { return w.Member == to })
	if i < 0 {
		return &bot.Rejection{Code: bot.RejectEmpty, Sentence: "Choose whose case it becomes."}
	}
	return p.desk.Assign(v.r.Context(), v.who.Who, ref, v.form(), to, all[i].Name)
}

func reveal(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Reveal(v.r.Context(), v.who.Who, ref, v.text("reason"))
}

func link(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Link(v.r.Context(), v.who.Who, ref, v.form(), readRef(v.text("other")))
}

func bar(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Bar(v.r.Context(), v.who.Who, ref, v.form(), bot.MemberID(v.text("member")), true)
}

func died(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Died(v.r.Context(), v.who.Who, ref, v.form())
}

func release(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Release(v.r.Context(), v.who.Who, ref, v.form())
}

func withdrawn(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.ConfirmWithdrawal(v.r.Context(), v.who.Who, ref, v.form())
}

// dayOf reads a day of a form, which ends at five in the afternoon; empty: none.
func (p *pages) dayOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, p.o.Location)
	switch {
	case err != nil:
		return day, &bot.Rejection{Code: bot.RejectEmpty, Sentence: "Write the day as year, month and day, like 2026-12-04."}
	case day.Add(endOfDay).Before(p.o.Now()):
		return day, &bot.Rejection{Code: bot.RejectEmpty, Sentence: "This day has passed. Choose one to come."}
	}
	return day.Add(endOfDay), nil
}

const endOfDay = 17 * time.Hour

// caseBody is a case as its template reads it.
type caseBody struct {
	*desk.View
	State, StageName string
	Known            privacyView
	Speaks           string // the language they read
	Left             string
	Tasks            []taskView
	Said             []historyLine // the story
	History          []historyLine
	Changed          bool          // since the form was shown that came back
	Since            []historyLine // what was added to History meanwhile
	Letter           letter
	Team             []option // whom it can be given to
	Mine             bool
	GivesOut         bool // may give it to others, and bar
	MayAnswer        bool
	Opens            string // the part of the page that a link opens
	typed            func(string) string
}

// Typed is what was written in a field before the page was shown again.
func (c caseBody) Typed(field string) string { return c.typed(field) }

// caseAgain shows the page of a case, with what is wrong with another form than that of
// an update.
func (p *pages) caseAgain(v *visit, wrong faults) error {
	one, err := p.desk.Case(v.r.Context(), v.who.Who, readRef(v.r.PathValue("ref")))
	if err != nil {
		return err
	}
	l, _, err := p.letterOf(v, one)
	if err != nil {
		return err
	}
	return p.showCase(v, one, l, wrong)
}

// showCase shows the page of a case. What was typed in a form that was not done stays in
// it; where the case was changed meanwhile, it shows how, and takes the new version: a
// second press is deliberate.
func (p *pages) showCase(v *visit, one *desk.View, l letter, wrong faults) error {
	team, err := p.desk.Answering(v.r.Context())
	if err != nil {
		return err
	}
	body := caseBody{
		View: one, State: statusName(one.Status), StageName: stageName(one.Stage), Known: privacyOf(one.Privacy), Letter: l, Speaks: p.languageName(one.Language),
		Mine: one.Assigned == v.who.Member, GivesOut: v.who.May(desk.GiveOut), MayAnswer: v.who.May(desk.Answer), typed: v.text, Opens: v.r.URL.Query().Get("open"),
	}
	if one.Status == bot.Open && !one.Due.IsZero() {
		body.Left = daysLeft(one.DaysLeft, one.Overdue)
	}
	for _, w := range team {
		body.Team = append(body.Team, option{Value: string(w.Member), Label: w.Name, Chosen: v.text("to") == string(w.Member)})
	}
	for n, i := range one.Tasks {
		body.Tasks = append(body.Tasks, p.taskOf(v, i, n))
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
	if v.r.Method == http.MethodPost {
		return v.looksFirst("case", title, body)
	}
	return v.show("case", title, body)
}
