package flows

import (
	"strconv"
	"strings"
	"time"
)

// The two options of a check.
const (
	checkSend   = "send"
	checkChange = "change"
)

// parseCheck reads the answer to "please check this": send, or the number or
// label of an answer to change. An answered value other than checkSend is the
// name of the step to change.
func (t *turn) parseCheck(f *Frame, word string) answered {
	l := &t.set.lists[t.lang]
	if l.send[word] || l.yes[word] || word == normalise(t.words(phraseCheckSend)) {
		return answered{ok: true, exact: true, value: checkSend}
	}
	steps := t.reviewed(f)
	labels := make([]string, len(steps))
	for i, s := range steps {
		labels[i] = t.fieldLabel(s)
	}
	i, exact := pick(word, labels)
	if i < 0 {
		return answered{}
	}
	return answered{ok: true, exact: exact, loose: !exact, value: steps[i].name}
}

// reviewed are the questions whose answers the person is shown: those on the way
// that this person took and that have a label.
func (t *turn) reviewed(f *Frame) []*step {
	asked, _ := t.path(t.version(f), f.Step)
	out := asked[:0:0]
	for _, s := range asked {
		if s.field.Label != "" {
			out = append(out, s)
		}
	}
	return out
}

// answers lists the answers in words, a line each.
func (t *turn) answers(f *Frame) string {
	var b strings.Builder
	for i, s := range t.reviewed(f) {
		if i > 0 {
			b.WriteByte('\n')
		}
		words := t.inWords(s.save)
		if words == "" {
			words = "-"
		}
		b.WriteString(strconv.Itoa(i+1) + " " + t.fieldLabel(s) + ": " + words)
	}
	return b.String()
}

func (t *turn) fieldLabel(s *step) string {
	if texts := t.set.phrases["field."+s.save]; texts != nil {
		return t.words("field." + s.save)
	}
	return s.field.Label
}

// inWords is a saved answer as a person reads it.
func (t *turn) inWords(field string) string {
	a := t.st.answer(field)
	if a == nil || a.leftOut() {
		return ""
	}
	f := t.set.fields[field]
	switch f.Type {
	case "option", "options", "consent":
		var out []string
		for name := range strings.SplitSeq(a.Value, ",") {
			if labels := t.set.options[field][name]; labels != nil {
				name = labels[t.lang]
			}
			out = append(out, name)
		}
		return strings.Join(out, ", ")
	case "yes/no":
		if a.Value == "yes" {
			return t.words(phraseYes)
		}
		return t.words(phraseNo)
	case "date":
		if d, err := time.Parse(time.DateOnly, a.Value); err == nil {
			return t.set.lists[t.lang].day(d)
		}
	case "story", "points", "files":
		key := phraseStoryOne
		if a.Parts > 1 {
			key = phraseStoryCount
		}
		return t.wordsWith(key, map[string]string{"excerpt": a.Value, "count": strconv.Itoa(int(a.Parts))})
	}
	return a.Value
}

// change goes to the question whose answer is to be changed; after it the flow
// comes back to the check, asking on its way only what is not known yet.
func (t *turn) change(f *Frame, s *step, to string) error {
	event, ok := s.events.change[to]
	if !ok {
		t.phrase(phraseOldButton)
		return t.again(f)
	}
	check := s.name
	if err := t.fire(f, s, event); err != nil {
		return err
	}
	f.asked()
	f.Check = check
	t.show(f, t.version(f).index[to])
	return nil
}

// restoreCheck keeps Check only while there is a way back to it: an answer that
// was changed may have led away from where the person was.
func (t *turn) restoreCheck(f *Frame) {
	if f.Check != "" && !t.version(f).ahead(f.Step, f.Check) {
		f.Check = ""
	}
}

// clearOffPath takes back what was answered on a way that the person then left
// by changing an earlier answer, so that a case holds no answer to a question
// that does not belong to it.
func (t *turn) clearOffPath(f *Frame) {
	v := t.version(f)
	asked, reached := t.path(v, f.Step)
	if !reached {
		return
	}
	on := map[string]bool{}
	for _, s := range asked {
		on[s.save] = true
	}
	for _, s := range v.steps {
		if s.save != "" && s.at < v.index[f.Step].at && !on[s.save] && t.st.answer(s.save) != nil {
			t.unsave(s.save)
		}
	}
}

// back goes to the question before: on the way this person took, or, at the
// first question of a flow beside another, to the one below.
func (t *turn) back(f *Frame, s *step) error {
	asked, _ := t.path(t.version(f), f.Step)
	if len(asked) == 0 {
		if f.Aside && len(t.st.Frames) > 1 {
			if err := t.pop(); err != nil {
				return err
			}
			return t.walk()
		}
		t.phrase(phraseBackNone)
		return t.again(f)
	}
	to := asked[len(asked)-1]
	here := s.name
	if err := t.fire(f, s, s.events.back[to.name]); err != nil {
		return err
	}
	f.asked()
	if f.Check == "" {
		f.Check = here
	}
	t.show(f, to)
	return nil
}
