package flows

import "strings"

// noCase is the branch of a question about cases for who has none.
const noCase = "none"

// cases are those that the person has sent. A caller that tells none is taken to
// know of the one that the conversation has.
func (t *turn) cases() []CaseBrief {
	if all := t.allCases(); len(all) > 0 {
		return all
	}
	switch {
	case t.st.Case != "" && !t.st.Draft:
		return []CaseBrief{{Ref: t.st.Case}}
	case t.st.Sent != "":
		return []CaseBrief{{Ref: t.st.Sent}}
	}
	return nil
}

// allCases are the person's cases as the caller knows them, which is told that they
// were looked at.
func (t *turn) allCases() []CaseBrief {
	if t.ev.Facts.Others != nil {
		t.ev.Facts.Others()
	}
	return t.ev.Facts.Cases
}

// onlyCase answers which case is meant where there is no choice.
func (t *turn) onlyCase(s *step) (only bool) {
	all := t.cases()
	if len(all) > mostListRows {
		all = all[len(all)-mostListRows:]
	}
	switch len(all) {
	case 0:
		*t.st.put(s.save) = Answer{Field: s.save, Value: noCase}
	case 1:
		*t.st.put(s.save) = Answer{Field: s.save, Value: all[0].Ref}
	default:
		return false
	}
	return true
}

// caseChoices are the person's cases as options: the newest ten, by reference and
// the day they were sent.
func (t *turn) caseChoices() (labels, names []string) {
	all := t.cases()
	if len(all) > mostListRows {
		all = all[len(all)-mostListRows:]
	}
	for _, c := range all {
		label := c.Ref
		if !c.Sent.IsZero() {
			label += ", " + t.set.lists[t.lang].dayMonth(c.Sent)
		}
		labels, names = append(labels, label), append(names, c.Ref)
	}
	return labels, names
}

// chosenCase is the case that the flow under way asked for; empty: it did not.
func (t *turn) chosenCase() string {
	f := t.top()
	if f == nil {
		return ""
	}
	s := t.version(f).asking(AnswerCase)
	if s == nil {
		return ""
	}
	if a := t.st.answer(s.save); a != nil && a.Value != noCase {
		return a.Value
	}
	return ""
}

// standing tells how things stand: in words of the case that the conversation has,
// and in a line for each where others are open as well.
func (t *turn) standing() string {
	status, all := t.status(), t.allCases()
	var lines []string
	switch status {
	case "open", "overdue", "both":
		if len(all) < 2 {
			return t.words("status." + status)
		}
	default:
		lines = append(lines, t.words("status."+status))
		if len(all) == 0 {
			return lines[0]
		}
	}
	lines = append(lines, t.words(phraseStatusSeveral))
	for _, c := range all[max(0, len(all)-mostListRows):] {
		lines = append(lines, t.line(c))
	}
	if status == "both" {
		lines = append(lines, t.words(phraseStatusDraft))
	}
	return strings.Join(lines, "\n")
}

// line is one of several cases in words.
func (t *turn) line(c CaseBrief) string {
	key := phraseStatusLine
	if c.Overdue {
		key = phraseStatusLate
	}
	l := &t.set.lists[t.lang]
	return t.wordsWith(key, map[string]string{"ref": c.Ref, "day_sent": l.dayMonth(c.Sent), "due": l.day(c.Due)})
}
