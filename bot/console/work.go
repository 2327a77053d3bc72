package console

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"heard/bot"
	"heard/bot/desk"
	"heard/flows"
)

func (p *pages) workRoutes() {
	p.page("GET /work", "", p.work)
	p.page("GET /cases", desk.SeeCases, p.caseList)
}

// linesShown is how many lines a page of a list has.
const linesShown = 50

// workBody is the work list as its template reads it.
type workBody struct {
	desk.Work
	Narrowed bool   // by something
	Seen     uint64 // the count of changes that it is as new as, at least
	Lines    []taskView
	Fields   []inputField
	Pages    listPages
	Covers   []desk.Covered // whose work is done by who looks
}

// listPages leads through a long list.
type listPages struct {
	From, To, Total int
	Before, After   string // addresses; empty: there is none
}

// filterOf reads what a list is narrowed to from its address.
func filterOf(r *http.Request) desk.Filter {
	q := r.URL.Query()
	offset, _ := strconv.Atoi(q.Get("from"))
	return desk.Filter{
		Kind: q.Get("kind"), Stage: q.Get("stage"), Status: q.Get("status"), Handler: q.Get("handler"), Place: q.Get("place"),
		Language: q.Get("language"), Privacy: q.Get("privacy"), Words: q.Get("words"), Offset: max(offset, 0), Limit: linesShown,
	}
}

func (p *pages) work(v *visit) error {
	f := filterOf(v.r)
	seen, err := p.desk.Changes(v.r.Context())
	if err != nil {
		return err
	}
	w, err := p.desk.Work(v.r.Context(), v.who.Who, f)
	if err != nil {
		return err
	}
	body := workBody{Work: w, Seen: seen, Narrowed: v.r.URL.RawQuery != "", Pages: pagesOf(v.r, f, w.Total)}
	if body.Covers, err = p.desk.Covers(v.r.Context(), v.who.Who); err != nil {
		return err
	}
	for n, i := range w.Items {
		line := p.taskOf(v, i, n)
		line.Covered = slices.ContainsFunc(body.Covers, func(c desk.Covered) bool { return c.Member == i.Owner })
		body.Lines = append(body.Lines, line)
	}
	kinds := []option{{Value: "", Label: "Everything"}, {Value: "danger", Label: "Danger"}, {Value: "overdue", Label: "Late"}}
	for _, k := range w.Choices.Kinds {
		kinds = append(kinds, option{Value: k, Label: taskName(bot.StaffTaskKind(k))})
	}
	body.Fields = append([]inputField{selectOf("kind", "What", f.Kind, kinds)}, p.caseFilters(f, w.Choices)...)
	return v.show("work", "What needs you now", body)
}

// caseFilters are the fields by which both lists are narrowed.
func (p *pages) caseFilters(f desk.Filter, c desk.Choices) []inputField {
	handlers := []option{{Value: "", Label: "Anybody"}, {Value: "me", Label: "Mine"}, {Value: "nobody", Label: "Nobody's"}}
	for _, id := range slices.SortedFunc(maps.Keys(c.Handlers), func(a, b bot.MemberID) int { return cmp.Compare(c.Handlers[a], c.Handlers[b]) }) {
		handlers = append(handlers, option{Value: string(id), Label: c.Handlers[id]})
	}
	var stageOptions []option
	for _, s := range []flows.Stage{flows.Making, flows.Informed, flows.Outcomes, flows.Reflecting} {
		stageOptions = append(stageOptions, option{Value: string(s), Label: stageName(s)})
	}
	var known []option
	for _, one := range []string{bot.PrivacyNamed, bot.PrivacyConfidential, bot.PrivacyAnonymous} {
		known = append(known, option{Value: one, Label: privacyOf(one).Label})
	}
	words := inputField{Name: "words", Label: "Reference, place or handler", Type: "search", Complete: "off", Value: f.Words}
	return []inputField{
		selectOf("handler", "Whose", f.Handler, handlers), selectOf("stage", "Stage", f.Stage, orAll(stageOptions)),
		selectOf("place", "Place", f.Place, orAll(same(c.Places))), selectOf("language", "Language", f.Language, orAll(same(c.Languages))),
		selectOf("privacy", "Who may know them", f.Privacy, orAll(known)), words,
	}
}

func orAll(options []option) []option { return append([]option{{Value: "", Label: "All"}}, options...) }

func same(values []string) []option {
	var all []option
	for _, v := range values {
		all = append(all, option{Value: v, Label: v})
	}
	return all
}

func selectOf(name, label, chosen string, options []option) inputField {
	for i := range options {
		options[i].Chosen = options[i].Value == chosen
	}
	return inputField{Name: name, Label: label, Type: "select", Options: options}
}

// daysLeft says how long there is, in working days.
func daysLeft(days int, late bool) string {
	unit := "working days"
	if days == 1 || days == -1 {
		unit = "working day"
	}
	switch {
	case days < 0:
		return fmt.Sprintf("%d %s late", -days, unit)
	case late:
		return "late since today"
	case days == 0:
		return "today"
	}
	return fmt.Sprintf("%d %s left", days, unit)
}

func pagesOf(r *http.Request, f desk.Filter, total int) listPages {
	at := func(offset int) string {
		q := r.URL.Query()
		q.Set("from", strconv.Itoa(offset))
		return (&url.URL{Path: r.URL.Path, RawQuery: q.Encode()}).String()
	}
	p := listPages{From: min(f.Offset+1, total), To: min(f.Offset+linesShown, total), Total: total}
	if f.Offset > 0 {
		p.Before = at(max(f.Offset-linesShown, 0))
	}
	if f.Offset+linesShown < total {
		p.After = at(f.Offset + linesShown)
	}
	return p
}

// casesBody is the list of all cases.
type casesBody struct {
	Narrowed bool
	Lines    []caseLine
	Fields   []inputField
	Pages    listPages
}

type caseLine struct {
	desk.Summary
	State, Known, Left string
}

func (p *pages) caseList(v *visit) error {
	f := filterOf(v.r)
	l, err := p.desk.Cases(v.r.Context(), v.who.Who, f)
	if err != nil {
		return err
	}
	body := casesBody{Narrowed: v.r.URL.RawQuery != "", Pages: pagesOf(v.r, f, l.Total)}
	choices := desk.Choices{Handlers: map[bot.MemberID]string{}}
	for _, c := range l.Cases {
		line := caseLine{Summary: c, State: statusName(c.Status), Known: privacyOf(c.Privacy).Label}
		if c.Status == bot.Open && !c.Due.IsZero() {
			line.Left = daysLeft(c.DaysLeft, c.Overdue)
		}
		body.Lines = append(body.Lines, line)
		if c.Assigned != "" {
			choices.Handlers[c.Assigned] = c.Handler
		}
		for value, all := range map[string]*[]string{c.Place: &choices.Places, c.Language: &choices.Languages} {
			if value != "" && !slices.Contains(*all, value) {
				*all = append(*all, value)
			}
		}
	}
	var states []option
	for _, s := range []bot.CaseStatus{bot.Open, bot.Closed, bot.Withdrawn, bot.Transferred} {
		states = append(states, option{Value: string(s), Label: statusName(s)})
	}
	body.Fields = append([]inputField{selectOf("status", "State", f.Status, orAll(states))}, p.caseFilters(f, choices)...)
	return v.show("cases", "All cases", body)
}
