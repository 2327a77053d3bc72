package flows

import (
	"strconv"
	"strings"
)

// labelSeparator parts the labels of Frame.Shown.
const labelSeparator = "\x1f"

// say sends a step's text.
func (t *turn) say(s *step) {
	body := &s.text[t.lang]
	if t.st.Notice != nil && s.says("news") {
		n := *t.st.Notice // a State that was given is not changed
		n.Told = true
		t.st.Notice = &n
	}
	t.send(Send{Text: strings.TrimRight(fill(body.on(t.ev.Channel), t.value), " "), Template: body.template, Step: s.label,
		Alone: s.says("reach"), // it is to be passed on as it is
	})
}

// phrase sends one of the engine's own sentences.
func (t *turn) phrase(key string) {
	t.send(Send{Text: t.words(key), Step: "phrase." + key})
}

// words is a phrase as text.
func (t *turn) words(key string) string {
	if t.set.phrases[key] == nil {
		return ""
	}
	return fill(t.set.phrases[key][t.lang].on(t.ev.Channel), t.value)
}

// wordsWith is a phrase with names of its own.
func (t *turn) wordsWith(key string, own map[string]string) string {
	return fill(t.set.phrases[key][t.lang].on(t.ev.Channel), func(name string) string {
		if v, ok := own[name]; ok {
			return v
		}
		return t.value(name)
	})
}

func (t *turn) send(m Send) {
	if m.Text == "" {
		return
	}
	m.Language = t.set.languages[t.lang]
	m.Purpose = t.purpose
	if t.running(t.set.urgentFlow) {
		m.Purpose = Help
	}
	t.effects = append(t.effects, m)
}

// show asks a question: a new visit, unless this one is open already.
func (t *turn) show(f *Frame, s *step) {
	f.At = t.now.Unix()
	if f.Visit == 0 {
		t.st.Visit++
		f.Visit = t.st.Visit
		if len(s.remind) > 0 {
			t.effects = append(t.effects, Remind{Visit: f.Visit, After: s.remind})
		}
	}
	labels, names := t.choices(s)
	f.Shown = strings.Join(labels, labelSeparator)
	m := Send{Text: t.question(f, s), Step: s.label}
	if s.kind == Ask {
		m.Template = s.text[t.lang].template
	}
	switch s.answer.Kind {
	case AnswerSeveral: // a tap is one answer, so these are always given as numbers
	case AnswerCheck: // numbers are the answers to change
		t.buttons(&m, f.Visit, s.name, labels, names)
	default:
		t.offer(&m, f.Visit, s.name, labels, names)
	}
	t.send(m)
}

// again shows the open question once more; a conversation without one rests.
func (t *turn) again(f *Frame) error {
	if f == nil {
		return nil
	}
	t.show(f, t.version(f).index[f.Step])
	return nil
}

// question is what a step asks, in words.
func (t *turn) question(f *Frame, s *step) string {
	switch {
	case s.kind == Measure:
		return fill(t.set.statements[s.statement][t.lang].on(t.ev.Channel), t.value)
	case s.answer.Kind == AnswerStory:
		if a := t.st.answer(s.save); a != nil && a.Parts > 0 {
			return t.wordsWith(phraseStoryKept, map[string]string{"excerpt": quoted(a.Value)})
		}
	}
	text := fill(s.text[t.lang].on(t.ev.Channel), func(name string) string {
		if name == "answers" {
			return t.answers(f)
		}
		return t.value(name)
	})
	switch {
	case s.answer.Kind == AnswerSeveral:
		text += "\n" + numbered(s.labels(t.lang)) + "\n" + t.words(phraseSeveralHow)
	case s.answer.Kind == AnswerCheck && t.set.limits[t.ev.Channel].Buttons == 0:
		text += "\n\n" + t.words(phraseCheckHow)
	}
	if s.answer.Optional && !s.declinable() {
		text += " " + t.words(phraseSkipHow)
	}
	return text
}

func (s *step) labels(lang int) []string {
	out := make([]string, len(s.options))
	for i := range s.options {
		out[i] = s.options[i].labels[lang]
	}
	return out
}

// choices are the labels a step shows, and what each stands for.
func (t *turn) choices(s *step) (labels, names []string) {
	switch {
	case s.kind == Measure:
		for _, v := range ScaleValues() {
			labels, names = append(labels, t.words("scale."+v)), append(names, v)
		}
	case s.answer.Kind == AnswerCase:
		return t.caseChoices()
	case s.answer.Kind == AnswerYesNo:
		return []string{t.words(phraseYes), t.words(phraseNo)}, []string{"yes", "no"}
	case s.answer.Kind == AnswerCheck:
		return []string{t.words(phraseCheckSend), t.words(phraseCheckChange)}, []string{checkSend, checkChange}
	case len(s.options) > 0:
		labels = s.labels(t.lang)
		names = make([]string, len(s.options))
		for i := range s.options {
			names[i] = s.options[i].name
		}
	}
	return labels, names
}

// offer puts options on a message: as buttons or a list where the channel has
// room for them, else as numbers in the text.
func (t *turn) offer(m *Send, visit uint32, step string, labels, names []string) {
	if len(labels) > 0 && !t.buttons(m, visit, step, labels, names) {
		m.Text += "\n" + numbered(labels)
	}
}

// buttons puts options on a message if the channel has room for them.
func (t *turn) buttons(m *Send, visit uint32, step string, labels, names []string) bool {
	if !t.set.limits[t.ev.Channel].fit(labels) {
		return false
	}
	m.Options = make([]Shown, len(labels))
	for i := range labels {
		m.Options[i] = Shown{Label: labels[i], Data: data(visit, step, names[i])}
	}
	return true
}

// fit tells whether the labels fit as buttons or as a list.
func (l Limits) fit(labels []string) bool {
	longest := 0
	for _, label := range labels {
		longest = max(longest, len([]rune(label)))
	}
	return len(labels) <= l.Buttons && longest <= l.ButtonLabel || len(labels) <= l.List && longest <= l.ListLabel
}

func numbered(labels []string) string {
	var b strings.Builder
	for i, label := range labels {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strconv.Itoa(i + 1))
		b.WriteByte(' ')
		b.WriteString(label)
	}
	return b.String()
}

// data is what a tapped option sends back: visit, step and option.
func data(visit uint32, step, option string) string {
	return strconv.FormatUint(uint64(visit), 36) + "." + step + "." + option
}

func parseData(s string) (visit uint32, step, option string, ok bool) {
	v, rest, ok1 := strings.Cut(s, ".")
	step, option, ok2 := strings.Cut(rest, ".")
	n, err := strconv.ParseUint(v, 36, 32)
	return uint32(n), step, option, ok1 && ok2 && err == nil
}
