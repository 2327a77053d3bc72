package console

import (
	"slices"
	"time"

	"heard/bot"
)

// dateActs are what can be done to the clock of a case. Each tells the person.
func dateActs() map[string]caseAct {
	return map[string]caseAct{
		"later": {
			done: "The person is asked whether they agree.", box: "dates", field: "later_day", do: later,
			needs: []string{"later_day", "Choose the day.", "later_words", "Say why: the person is told."},
		},
		"redate": {
			done: "The day is changed, and the person is told.", box: "dates", field: "new_day", do: redate,
			needs: []string{"new_day", "Choose the day.", "new_why", "Say why. It is kept on the timeline."},
		},
		"pause": {
			done: "It waits now. The person is told why, and by when they hear all the same.", box: "wait", field: "wait_for", late: "wait_day", do: pause,
			needs: []string{"wait_for", "Choose what it waits for."},
		},
		"resume": {done: "It goes on, and the person is told.", box: "wait", field: "go_day", do: resume},
	}
}

func later(v *visit, p *pages, ref bot.CaseRef) error {
	due, err := p.dayOf(v, "later_day")
	if err != nil {
		return err
	}
	return p.desk.ProposeLater(v.r.Context(), v.who.Who, ref, v.form(), due, v.text("later_words"))
}

func redate(v *visit, p *pages, ref bot.CaseRef) error {
	due, err := p.dayOf(v, "new_day")
	if err != nil {
		return err
	}
	f := v.form()
	f.Reason = v.text("new_why")
	return p.desk.Redate(v.r.Context(), v.who.Who, ref, f, due, v.text("new_words"))
}

func pause(v *visit, p *pages, ref bot.CaseRef) error {
	until, err := p.dayOf(v, "wait_day")
	if err != nil {
		return err
	}
	f := v.form()
	f.Reason = v.text("wait_why")
	return p.desk.Pause(v.r.Context(), v.who.Who, ref, f, bot.WaitReason(v.text("wait_for")), until, v.text("wait_words"))
}

func resume(v *visit, p *pages, ref bot.CaseRef) error {
	due, err := p.dayOf(v, "go_day")
	if err != nil {
		return err
	}
	f := v.form()
	f.Reason = v.text("go_why")
	return p.desk.Resume(v.r.Context(), v.who.Who, ref, f, due, v.text("go_words"))
}

// WaitReasons are what a case can wait for.
func (c caseBody) WaitReasons() []option {
	all := []option{{Value: "", Label: "Choose"}}
	for _, r := range bot.WaitReasons() {
		all = append(all, option{Value: string(r), Label: spelled(r.Words()), Chosen: c.typed("wait_for") == string(r)})
	}
	return all
}

// Asks are the statements that were asked of others and not answered, to choose from.
func (c caseBody) Asks() []option {
	open := slices.DeleteFunc(slices.Clone(c.Statements), func(s bot.Statement) bool { return s.Answer != "" })
	if len(open) == 0 {
		return nil
	}
	all := []option{{Value: "", Label: "Choose"}}
	for _, s := range open {
		all = append(all, option{Value: s.ID, Label: s.Of + ", asked on " + s.Asked.In(c.location).Format("2 January"), Chosen: c.typed("statement") == s.ID})
	}
	return all
}

// dayOf reads a day of a form, which ends at five in the afternoon; empty: none.
func (p *pages) dayOf(v *visit, field string) (time.Time, error) {
	text := v.text(field)
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, p.o.Location)
	switch {
	case err != nil:
		return day, wrongField(field, "Write the day as year, month and day, like 2026-12-04.")
	case day.Add(endOfDay).Before(p.o.Now()):
		return day, wrongField(field, "This day has passed. Choose one to come.")
	}
	return day.Add(endOfDay), nil
}

const endOfDay = 17 * time.Hour
