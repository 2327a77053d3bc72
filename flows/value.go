package flows

import (
	"strconv"
)

// get is what conditions know of a name: a fact of the world, or a saved answer.
func (t *turn) get(name string) (string, bool) { return t.look(name, t.given) }

// getWith is get with another answer as the one just given.
func (t *turn) getWith(answer string) func(string) (string, bool) {
	return func(name string) (string, bool) { return t.look(name, answer) }
}

// waiting is the kind of what there is to tell. Where the case has nothing, another of
// the person's may.
func (t *turn) waiting() (kind string, ok bool) {
	if t.st.Notice != nil {
		return "", false
	}
	w := t.ev.Facts.Case.Waiting
	if w == nil && t.ev.Facts.Others != nil {
		t.ev.Facts.Others()
	}
	if w == nil {
		return "", false
	}
	return w.Kind, true
}

func (t *turn) look(name, answer string) (string, bool) {
	switch name {
	case answerField:
		return answer, answer != ""
	case "channel":
		return string(t.ev.Channel), true
	case "waiting":
		return t.waiting()
	case "questions":
		f := t.top()
		return "", f != nil && !t.st.Never && len(t.draw(t.version(f))) > 0
	case "texts":
		return "", t.ev.Facts.Texts
	case "slip":
		return t.ev.Facts.Slip, t.ev.Facts.Slip != ""
	case "first_words":
		return "", len(t.st.Early) > 0
	case "handler", "due", "decides", "proposed", "findings", "considered", "signatory", "place_help", "ways", "reach":
		v := t.value(name)
		return v, v != ""
	case "status":
		return t.status(), true
	case "stage":
		return string(t.ev.Facts.Case.Stage), t.ev.Facts.Case.Stage != ""
	case "kind":
		return t.ev.Facts.Kind, t.ev.Facts.Kind != ""
	case "months_ago":
		return t.monthsAgo()
	case "asked_about":
		return t.ev.Facts.Case.About, t.ev.Facts.Case.About != ""
	case "asked_why":
		return t.ev.Facts.Case.WhyYou, t.ev.Facts.Case.WhyYou != ""
	}
	a := t.st.answer(name)
	if a == nil || a.leftOut() {
		return "", false
	}
	return a.Value, true
}

// status is the case's, as far as this turn has come.
func (t *turn) status() string {
	switch {
	case t.st.Case == "":
		return "none"
	case t.st.Draft && t.st.Sent != "":
		return "both"
	case t.st.Draft:
		return "draft"
	case t.ev.Facts.Case.Status == "" || t.ev.Facts.Case.Status == "draft":
		return "open"
	}
	if t.ev.Facts.Case.Status == "open" && t.ev.Facts.Case.Overdue {
		return "overdue"
	}
	return t.ev.Facts.Case.Status
}

// value is what a text says for a name.
func (t *turn) value(name string) string {
	f := &t.ev.Facts
	switch name {
	case "provider":
		return f.Provider
	case "public_name":
		return f.PublicName
	case "guardian":
		return f.Guardian.in(t.set.languages[t.lang])
	case "deputy":
		return f.Deputy.in(t.set.languages[t.lang])
	case "hours":
		return f.Hours.in(t.set.languages[t.lang])
	case "ref":
		return t.about()
	case "sent":
		return t.st.Sent
	case "status":
		return t.standing()
	case "stage":
		return string(f.Case.Stage)
	case "handler":
		return f.Case.Handler
	case "decides":
		return f.Case.Decides
	case "news":
		return f.Case.News
	case "due":
		return t.due()
	case "proposed":
		return t.set.lists[t.lang].day(f.Case.Proposed)
	case "findings":
		return t.findings()
	case "considered":
		return f.Case.Considered
	case "signatory":
		return f.Case.Signatory
	case "place_help":
		if p := t.place(); p != nil && p.help != nil {
			return fill(p.help[t.lang].on(t.ev.Channel), t.value)
		}
		return ""
	case "help_lines", "process", "ombudsman", "ombudsman_months":
		return t.law(name)
	case "advocate":
		return t.advocate()
	case "seen_by":
		if f.Alerted {
			return t.words(phraseSeenInDanger)
		}
		return ""
	case "code":
		code, _ := t.moving()
		return code
	case "ways":
		_, ways := t.moving()
		return ways
	case "reach":
		if f.Reach == nil {
			return ""
		}
		return f.Reach()
	case "excerpt":
		return t.firstWords()
	case "count":
		return strconv.Itoa(len(t.st.Early))
	}
	return t.inWords(name)
}

func (t *turn) moving() (code, ways string) {
	if t.ev.Facts.Moving == nil {
		return "", ""
	}
	return t.ev.Facts.Moving()
}

func (t *turn) due() string {
	if due := t.ev.Facts.Case.Due; !due.IsZero() {
		return t.set.lists[t.lang].day(due)
	}
	if t.ev.Facts.NewDue == nil {
		return ""
	}
	return t.set.lists[t.lang].day(t.ev.Facts.NewDue())
}

// firstWords is the beginning of what the person wrote while no question was
// open, or of the story.
func (t *turn) firstWords() string {
	if len(t.st.Early) > 0 {
		short, _ := excerpt(t.st.Early[len(t.st.Early)-1].Text)
		return quoted(short)
	}
	if a := t.st.answer(t.set.storyField); a != nil {
		return quoted(a.Value)
	}
	return ""
}
