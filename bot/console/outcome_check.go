package console

import (
	"context"
	"fmt"
	"slices"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/channels"
	"heard/flows"
)

func (p *pages) outcomeCheckRoutes() {
	p.page("GET /cases/{ref}/outcome/check", desk.Answer, func(v *visit) error { return p.showCheck(v, faults{}) })
	act := func(name string, need desk.Permission, said, to string, do func(context.Context, desk.Who, bot.CaseRef, desk.Form) error) {
		p.page("POST /cases/{ref}/outcome/"+name, need, func(v *visit) error {
			ref := readRef(v.r.PathValue("ref"))
			var wrong faults
			if wrong.take(do(v.r.Context(), v.who.Who, ref, v.form())) {
				return v.back("/cases/"+string(ref)+to, said)
			}
			if wrong.err != nil {
				return wrong.err
			}
			return p.showCheck(v, wrong)
		})
	}
	act("drop", desk.Answer, "The draft is thrown away.", "/outcome", p.desk.DropOutcome)
	act("ask", desk.Answer, "A second person is asked to sign it: it is on the work list.", "/outcome/check", p.desk.AskSignature)
	act("sign", desk.GiveOut, "You have signed it. It can be offered now.", "/outcome/check", p.desk.SignOutcome)
	act("offer", desk.Answer, "The outcome is offered.", "", p.desk.OfferOutcome)
}

// checkBody is what the person will read, as its template reads it.
type checkBody struct {
	*desk.OutcomeView
	Speaks   string // the language they read
	Another  string // how they chose to be told, but by message
	Preview  []arrival
	Warnings []string // what to look at before it goes
	Written  string   // before it was translated; empty: it was not
	Reach    bot.Reach
	Quiet    time.Time // when the quiet hours end; zero: it is not late
}

// mannerName is how somebody wants to be told, in words; empty: by message.
func mannerName(m bot.Manner) string {
	switch m {
	case bot.ByCall:
		return "a call"
	case bot.ByLetter:
		return "a letter"
	case bot.ByMeeting:
		return "a meeting"
	}
	return ""
}

// showCheck shows what the person will read, and what is to be done with it.
func (p *pages) showCheck(v *visit, wrong faults) error {
	ref := readRef(v.r.PathValue("ref"))
	o, err := p.desk.Outcome(v.r.Context(), v.who.Who, ref)
	if err != nil {
		return err
	}
	b := checkBody{OutcomeView: o, Another: mannerName(o.Manner), Speaks: p.languageName(o.View.Language)}
	if b.Reach, err = p.desk.Reach(v.r.Context(), o.View); err != nil {
		return err
	}
	if b.Reach.Quiet > 0 {
		b.Quiet = p.o.Now().Add(b.Reach.Quiet)
	}
	var lacks faults
	b.Preview, err = p.onEach(b.Reach, func(c channels.Channel) (first, then []bubble, err error) {
		all, err := p.desk.PreviewOutcomeOn(v.r.Context(), o, c)
		n := slices.IndexFunc(append(all, bot.Message{}), func(m bot.Message) bool { return !m.Unasked() })
		return bubbles(c, all[:n]), bubbles(c, all[n:]), err
	})
	if !lacks.take(err) {
		return v.lacking(o, lacks)
	}
	b.Written, b.Warnings = o.Draft.Written, outcomeWarnings(o.Draft.Answered, p.theirs(o.View))
	if len(wrong.All) > 0 {
		return v.again("outcome_check", "What the person will read", b, wrong)
	}
	return v.show("outcome_check", "What the person will read", b)
}

// theirs is the language that a person reads, where it is not the desk's; empty: it is.
func (p *pages) theirs(one *desk.View) string {
	if first := p.desk.Provider().Flows.Languages()[0]; one.Language != "" && one.Language != first {
		return p.languageName(one.Language)
	}
	return ""
}

// outcomeWarnings are what somebody should have seen before an outcome goes: texts that
// are hard to read, and one in a language that its person may not read.
func outcomeWarnings(a bot.Answered, theirs string) (all []string) {
	hard := func(what, text string) {
		if age := flows.HardToRead(text); age > 0 {
			all = append(all, fmt.Sprintf("%s takes a reading age of %d, and 11 is enough for nearly everybody. Use shorter sentences and shorter words.", what, age))
		}
	}
	if theirs != "" {
		if a.Translator == "" {
			all = append(all, "They read "+theirs+". Have it translated, and name who did it; or offer it as it is, if it is in "+theirs+" already.")
		}
		hard("The English text", a.Written)
		return all
	}
	hard("How it begins", a.Opening)
	for i, f := range a.Findings {
		at := fmt.Sprintf("Point %d: ", i+1)
		hard(at+"what was found", f.Words)
		hard(at+"the apology", f.Apology)
		hard(at+"why nothing more is done", f.NoAction)
		for _, p := range f.Actions {
			hard(at+"what is done", p.What)
		}
	}
	hard("How what they asked for was considered", a.Considered)
	return all
}

// Wrote tells whether who looks wrote some of it.
func (b checkBody) Wrote(who *desk.Signed) bool {
	return b.Draft != nil && slices.Contains(b.Draft.Authors, who.Member)
}
