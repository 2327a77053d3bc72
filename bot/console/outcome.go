package console

import (
	"fmt"
	"strings"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) outcomeRoutes() {
	p.page("GET /cases/{ref}/outcome", desk.Answer, p.outcomePage)
	p.page("POST /cases/{ref}/outcome", desk.Answer, p.saveOutcome)
	p.outcomeCheckRoutes()
	p.toldRoutes()
	p.letterRoutes()
	p.promiseRoutes()
}

// outcomeBody is the form of an outcome, as its template reads it.
type outcomeBody struct {
	Ref         bot.CaseRef
	Version     uint64
	Wish        string
	Draft       *bot.OutcomeDraft // nil: nothing was saved
	Was         bot.Outcome       // the one that was offered last
	Points      []outcomePoint
	Opening     inputField
	Considered  inputField
	Signatory   inputField
	Ombudsman   inputField
	Theirs      string // the language that they read, where it is not the desk's; empty: it is
	Written     inputField
	Translator  inputField
	SavedSince  []savedText // where somebody else saved meanwhile: what they wrote
	SavedBy     string
	SavedSinceT time.Time
}

// outcomePoint is the form of one point, beside the person's own words.
type outcomePoint struct {
	Number                             int
	Words                              string
	Kind, Found, Apology, Body, NoMore inputField
	Actions                            []outcomeAction
}

type outcomeAction struct {
	Number           int
	What, Owner, Due inputField
}

// savedText is one text of a draft, under its label.
type savedText struct{ Label, Text string }

// findingName is a finding as staff choose it.
func findingName(k bot.FindingKind) string {
	switch k {
	case bot.Upheld:
		return "Upheld: it went wrong"
	case bot.PartlyUpheld:
		return "Partly upheld: part of it went wrong"
	case bot.NotUpheld:
		return "Not upheld: we did not find that it went wrong"
	case bot.PointWithdrawn:
		return "Withdrawn: the person took it back"
	case bot.NoFinding:
		return "No finding is possible"
	case bot.OtherBody:
		return "For another body"
	}
	return "Choose"
}

// outcomeForm makes the form. due are days as they were typed, by field: what cannot
// be read is shown as it is.
func (p *pages) outcomeForm(o *desk.OutcomeView, a bot.Answered, due map[string]string, f faults) outcomeBody {
	must := func(name, label, value string, pairs ...any) inputField {
		one, err := newField(f, name, label, value, pairs...)
		if err != nil {
			panic(err) // the names of pairs are here
		}
		return one
	}
	b := outcomeBody{Ref: o.Ref, Version: o.Version, Wish: o.Wish, Draft: o.Draft, Was: o.Outcome, Theirs: p.theirs(o.View)}
	b.Written = must("written", "All of it in English, before it was translated", a.Written, "type", "textarea", "rows", "8")
	b.Translator = must("translator", "Translated by", a.Translator, "hint", "Both texts are kept with this name.")
	b.Opening = must("opening", "How the answer begins", a.Opening, "type", "textarea", "rows", "3", "hint", "They read this first, before the points. Plain words, in the person's language.")
	b.Considered = must("considered", "How what they asked for was considered", a.Considered, "type", "textarea", "rows", "4")
	b.Signatory = must("signatory", "Who answers for this", a.Signatory, "hint", "Name and role, for example: Grace Okafor, chief nurse.")
	var bodies []option
	for _, one := range o.Ombudsmen {
		bodies = append(bodies, option{Value: one.Kind, Label: one.Name + " (" + strings.ReplaceAll(one.Kind, "_", " ") + ")", Chosen: one.Kind == a.Ombudsman})
	}
	b.Ombudsman = must("ombudsman", "The ombudsman they can go to", a.Ombudsman, "type", "select", "options", bodies)
	for i, words := range o.Answers {
		var one bot.Finding
		if i < len(a.Findings) {
			one = a.Findings[i]
		}
		b.Points = append(b.Points, pointForm(i, words, one, due, must))
	}
	return b
}

func pointForm(i int, words string, one bot.Finding, due map[string]string, must func(name, label, value string, pairs ...any) inputField) outcomePoint {
	kinds := []option{{Value: "", Label: findingName("")}}
	for _, k := range bot.FindingKinds() {
		kinds = append(kinds, option{Value: string(k), Label: findingName(k), Chosen: k == one.Kind})
	}
	p := outcomePoint{
		Number: i + 1, Words: words,
		Kind: must(bot.PointField(i, "kind"), "Finding", string(one.Kind), "type", "select", "options", kinds),
		Found: must(bot.PointField(i, "found"), "What was found, and how it was looked into", one.Words, "type", "textarea", "rows", "4",
			"hint", "Where no finding is possible: why."),
		Apology: must(bot.PointField(i, "apology"), "Apology", one.Apology, "type", "textarea", "rows", "2", "hint", "Needed where something went wrong. We are sorry that ..."),
		Body:    must(bot.PointField(i, "body"), "Which other body it is for", one.Body, "hint", "Only if it is for another body: its name, and how to reach it."),
		NoMore:  must(bot.PointField(i, "no-action"), "Or: why nothing more is to be done", one.NoAction, "type", "textarea", "rows", "2"),
	}
	for j := range len(one.Actions) + 1 {
		var act bot.Promise
		if j < len(one.Actions) {
			act = one.Actions[j]
		}
		day := due[bot.ActionField(i, j, "due")]
		if day == "" && !act.Due.IsZero() {
			day = act.Due.Format(time.DateOnly)
		}
		p.Actions = append(p.Actions, outcomeAction{
			Number: j + 1,
			What:   must(bot.ActionField(i, j, "what"), "What is done", act.What, "type", "textarea", "rows", "2"),
			Owner:  must(bot.ActionField(i, j, "owner"), "By whom", act.Owner, "hint", "The person reads this: a role, or a name."),
			Due:    must(bot.ActionField(i, j, "due"), "By when", day, "type", "date"),
		})
	}
	return p
}

// mostPosted is how many actions of one point a form is read for.
const mostPosted = 40

// postedOutcome reads the form. Days that cannot be read are faults.
func (v *visit) postedOutcome(points int) (a bot.Answered, due map[string]string, wrong faults) {
	due = map[string]string{}
	a = bot.Answered{Opening: v.text("opening"), Considered: v.text("considered"), Signatory: v.text("signatory"), Ombudsman: v.text("ombudsman"),
		Written: v.text("written"), Translator: v.text("translator")}
	for i := range points {
		at := func(name string) string { return v.text(bot.PointField(i, name)) }
		f := bot.Finding{Kind: bot.FindingKind(at("kind")), Words: at("found"), Apology: at("apology"), Body: at("body"), NoAction: at("no-action")}
		for j := range mostPosted {
			at := func(name string) string { return v.text(bot.ActionField(i, j, name)) }
			one := bot.Promise{What: at("what"), Owner: at("owner")}
			if typed := at("due"); typed != "" {
				field := bot.ActionField(i, j, "due")
				due[field] = typed
				day, err := time.Parse(time.DateOnly, typed)
				if err != nil {
					wrong.add(field, fmt.Sprintf("Point %d, action %d: write the day like this: 2027-01-15.", i+1, j+1))
				}
				one.Due = day
			}
			if one.What != "" || one.Owner != "" || due[bot.ActionField(i, j, "due")] != "" {
				f.Actions = append(f.Actions, one)
			}
		}
		a.Findings = append(a.Findings, f)
	}
	return a, due, wrong
}

func (p *pages) outcomeTitle(ref bot.CaseRef) string { return "Outcome of " + string(ref) }

func (p *pages) outcomePage(v *visit) error {
	o, err := p.desk.Outcome(v.r.Context(), v.who.Who, readRef(v.r.PathValue("ref")))
	if err != nil {
		return err
	}
	return v.show("outcome", p.outcomeTitle(o.Ref), p.outcomeForm(o, drafted(o), nil, faults{}))
}

// drafted is what a form begins with: the draft, or the usual choices.
func drafted(o *desk.OutcomeView) bot.Answered {
	if o.Draft != nil {
		return o.Draft.Answered
	}
	return bot.Answered{Ombudsman: o.Ombudsmen[0].Kind}
}

// saveOutcome saves the draft, whatever is still missing; to see what the person will
// read, nothing may be.
func (p *pages) saveOutcome(v *visit) error {
	ref := readRef(v.r.PathValue("ref"))
	o, err := p.desk.Outcome(v.r.Context(), v.who.Who, ref)
	if err != nil {
		return err
	}
	a, due, wrong := v.postedOutcome(len(o.Answers))
	if len(wrong.All) == 0 {
		wrong.take(p.desk.SaveOutcome(v.r.Context(), v.who.Who, ref, v.form(), a))
	}
	if len(wrong.All) > 0 || wrong.err != nil {
		b := p.outcomeForm(o, a, due, wrong)
		if wrong.code == statusOf(bot.RejectStale) {
			b.savedSince(o)
		}
		return v.again("outcome", p.outcomeTitle(ref), b, wrong)
	}
	if v.text("then") != "check" {
		return v.back("/cases/"+string(ref)+"/outcome", "The draft is saved. The person has not been told anything.")
	}
	return p.checkOutcome(v, ref)
}

// checkOutcome leads to what the person will read, or shows what is missing.
func (p *pages) checkOutcome(v *visit, ref bot.CaseRef) error {
	o, err := p.desk.Outcome(v.r.Context(), v.who.Who, ref)
	if err != nil {
		return err
	}
	var wrong faults
	if _, err := p.desk.PreviewOutcome(v.r.Context(), o); wrong.take(err) {
		v.lead("/cases/" + string(ref) + "/outcome/check")
		return nil
	}
	return v.lacking(o, wrong)
}

// lacking is the form of a draft that is saved, with what it lacks. It is another form
// than the one that was sent: that one is done.
func (v *visit) lacking(o *desk.OutcomeView, wrong faults) error {
	if wrong.err != nil {
		return wrong.err
	}
	s := v.shown(v.pages.outcomeTitle(o.Ref), v.pages.outcomeForm(o, drafted(o), nil, wrong))
	s.Faults = wrong
	v.pages.write(v.w, v.r, wrong.status(), "outcome", s)
	return nil
}

// savedSince shows beside what was typed what somebody else saved meanwhile.
func (b *outcomeBody) savedSince(o *desk.OutcomeView) {
	if o.Draft == nil {
		return
	}
	b.SavedBy, b.SavedSinceT = o.Draft.By, o.Draft.At
	add := func(label, text string) {
		if text != "" {
			b.SavedSince = append(b.SavedSince, savedText{label, text})
		}
	}
	add("How the answer begins", o.Draft.Opening)
	for i, f := range o.Draft.Findings {
		at := fmt.Sprintf("Point %d: ", i+1)
		if f.Kind != "" {
			add(at+"finding", findingName(f.Kind))
		}
		add(at+"what was found", f.Words)
		add(at+"apology", f.Apology)
		add(at+"other body", f.Body)
		for _, a := range f.Actions {
			add(at+"action", strings.Join([]string{a.What, a.Owner, a.Due.Format(time.DateOnly)}, ", "))
		}
		add(at+"why nothing more is done", f.NoAction)
	}
	add("How what they asked for was considered", o.Draft.Considered)
	add("Who answers for this", o.Draft.Signatory)
	add("All of it in English", o.Draft.Written)
	add("Translated by", o.Draft.Translator)
}
