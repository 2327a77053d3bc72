package console

import (
	"slices"
	"strconv"
	"strings"

	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) promiseRoutes() {
	p.page("GET /actions", desk.SeeCases, p.promisesPage)
	p.page("GET /cases/{ref}/actions/{number}", desk.Answer, func(v *visit) error { return p.promisePage(v, faults{}) })
	p.page("POST /cases/{ref}/actions/{number}", desk.Answer, p.keptPromise)
}

// promisesBody is what was promised in all cases.
type promisesBody struct{ Open, Done []promiseLine }

type promiseLine struct {
	desk.Promised
	Left string // until it is due, in words
	At   string // below the desk's root
}

// mostDone is how many actions that were done are listed.
const mostDone = 50

func (p *pages) promisesPage(v *visit) error {
	open, done, err := p.desk.Promises(v.r.Context(), v.who.Who)
	if err != nil {
		return err
	}
	return v.show("promises", "Promised actions", promisesBody{linesOfPromises(open), linesOfPromises(done[:min(len(done), mostDone)])})
}

func linesOfPromises(all []desk.Promised) (lines []promiseLine) {
	for _, one := range all {
		lines = append(lines, promiseLine{one, daysLeft(one.DaysLeft, one.Overdue), "/cases/" + string(one.Ref) + "/actions/" + strconv.Itoa(one.Number+1)})
	}
	return lines
}

// promiseBody is one action, and whose cases led to it.
type promiseBody struct {
	promiseLine
	Version uint64
	Words   string
	Also    []option // cases that are linked
	Other   string   // more of them, as typed
}

func (p *pages) promisePage(v *visit, wrong faults) error {
	ref := readRef(v.r.PathValue("ref"))
	c, err := p.desk.Case(v.r.Context(), v.who.Who, ref)
	if err != nil {
		return err
	}
	n := v.promise()
	if n < 0 || n >= len(c.Promises) {
		return noPage()
	}
	line := linesOfPromises([]desk.Promised{{Promise: c.Promises[n], Ref: ref, Number: n}})[0]
	b := promiseBody{promiseLine: line, Version: c.Version, Words: v.text("words"), Other: v.text("other")}
	for _, other := range c.Links {
		chosen := len(wrong.All) == 0 || slices.Contains(v.r.PostForm["also"], string(other))
		b.Also = append(b.Also, option{Value: string(other), Label: string(other), Chosen: chosen})
	}
	if len(wrong.All) > 0 {
		return v.again("promise", "A promised action is done", b, wrong)
	}
	return v.show("promise", "A promised action is done", b)
}

// promise is the number of the action in the address, from 0; -1: it is none.
func (v *visit) promise() int {
	n, err := strconv.Atoi(v.r.PathValue("number"))
	if err != nil {
		return -1
	}
	return n - 1
}

func (p *pages) keptPromise(v *visit) error {
	ref := readRef(v.r.PathValue("ref"))
	var wrong faults
	also := v.also(&wrong)
	if len(wrong.All) == 0 && wrong.take(p.desk.KeptPromise(v.r.Context(), v.who.Who, ref, v.form(), v.promise(), v.text("words"), also)) {
		return v.back("/actions", "It is done. Everybody whose case led to it is told.")
	}
	if wrong.err != nil {
		return wrong.err
	}
	return p.promisePage(v, wrong)
}

// also are the other cases that led to an action: those that are ticked, and those
// that are typed.
func (v *visit) also(wrong *faults) (all []bot.CaseRef) {
	add := func(field, text string) {
		ref, ok := bot.ParseCaseRef(text)
		if !ok {
			wrong.add(field, text+" is no reference. It looks like this: H-7K4-MQ2.")
		} else if !slices.Contains(all, ref) {
			all = append(all, ref)
		}
	}
	for _, text := range v.r.PostForm["also"] {
		add("also", text)
	}
	for _, text := range strings.FieldsFunc(v.text("other"), func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\r' }) {
		add("other", text)
	}
	return all
}
