package flows

// pendingStep stands for the step in the data of the engine's own options.
const pendingStep = "-"

// ask puts a question of the engine's own, with its options.
func (t *turn) ask(p Pending, key string, options ...string) {
	t.dropPending()
	t.st.Visit++
	p.Visit = t.st.Visit
	t.st.Pending = &p
	labels, names := make([]string, len(options)), make([]string, len(options))
	own := map[string]string{"command": p.Text}
	own["excerpt"], _ = excerpt(p.Text)
	if f := t.top(); f != nil && p.Ask == AskAnswer {
		own["question"] = t.question(f, t.version(f).index[f.Step])
	}
	for i, o := range options {
		labels[i], names[i] = t.wordsWith(o, own), o
	}
	m := Send{Text: t.wordsWith(key, own), Step: "phrase." + key}
	t.offer(&m, p.Visit, pendingStep, labels, names)
	t.send(m)
}

// pending reads the message as the answer to the engine's own question. One that
// does not fit is no failed try: the question is dropped, and the message goes
// to the step it was written at.
func (t *turn) pending(f *Frame, s *step) (done bool, err error) {
	p := *t.st.Pending
	n := t.pendingChoice(p)
	if n < 0 {
		t.dropPending()
		return false, nil
	}
	t.st.Pending = nil
	if c := t.set.named(p.Command); c != nil && n == 0 && (p.Ask == AskCommand || p.Ask == AskSure) {
		return true, t.perform(c, f, s)
	}
	switch {
	case p.Ask == AskLastWord:
		return true, t.lastWord(f, n)
	case p.Ask == AskRaise && n == 0:
		return true, t.raise(p)
	case p.Ask == AskRaise:
		t.phrase(phraseRaiseNo)
		return true, t.again(f)
	case p.Ask == AskAnswer:
		return true, t.takeOld(f, s, p, n == 0)
	case p.Ask == AskSure:
		t.phrase(phraseKept)
		return true, t.again(f)
	}
	return true, t.takeOld(f, s, p, true)
}

// dropPending takes the engine's own question off. A text that might have been an
// answer is kept: dropping the question must not lose the words.
func (t *turn) dropPending() {
	p := t.st.Pending
	t.st.Pending = nil
	if p != nil && p.Ask == AskRaise { // beside a survey: with the person, not on the case
		t.effects = append(t.effects, Keep{Kind: KeptBeside, Text: p.Text, Media: p.Media})
	}
	if p != nil && p.Ask == AskAnswer {
		t.effects = append(t.effects, Keep{Kind: KeptBeside, Text: p.Text, Media: p.Media, Case: t.st.Case})
	}
}

// raise begins a complaint with the words that were written at a statement, and
// with nothing else of it.
func (t *turn) raise(p Pending) error {
	if !t.st.Draft {
		t.st.Early = []Part{{At: t.now.Unix(), Text: p.Text, Media: p.Media}}
		t.beginDraft()
	} else {
		t.part(t.set.fields[t.set.storyField], t.set.storyField, Part{Text: p.Text, Media: p.Media})
	}
	return t.beside(makingFlow)
}

// pendingChoice is the option chosen, or -1.
func (t *turn) pendingChoice(p Pending) int {
	options := []string{phraseYes, phraseNo}
	switch p.Ask {
	case AskCommand:
		options = []string{phraseDoCommand, phraseIsAnswer}
	case AskLastWord:
		options = t.lastOptions()
	}
	if t.ev.Choice != "" {
		visit, step, name, ok := parseData(t.ev.Choice)
		if !ok || visit != p.Visit || step != pendingStep {
			return -1
		}
		for i, o := range options {
			if o == name {
				return i
			}
		}
		return -1
	}
	word := normalise(t.ev.Text)
	labels := make([]string, len(options))
	for i, o := range options {
		labels[i] = t.wordsWith(o, map[string]string{"command": p.Text})
	}
	if i, _ := pick(word, labels); i >= 0 {
		return i
	}
	if p.Ask == AskCommand && word == normalise(p.Text) {
		return 0
	}
	if a := t.parseYesNo(word); a.ok && p.Ask != AskLastWord {
		if a.value == "yes" {
			return 0
		}
		return 1
	}
	return -1
}

// takeOld takes the message that raised the question as the answer, or asks
// again.
func (t *turn) takeOld(f *Frame, s *step, p Pending, take bool) error {
	if !take {
		t.effects = append(t.effects, Keep{Kind: KeptBeside, Text: p.Text, Media: p.Media, Case: t.st.Case})
		return t.again(f)
	}
	now := *t.ev
	t.ev.Text, t.ev.Choice, t.ev.Media = p.Text, "", p.Media
	a := t.parse(f, s, normalise(p.Text))
	var err error
	switch {
	case !a.ok:
		err = t.repair(f, s, a)
	case s.gathers():
		err = t.storyMessage(f, s, 0)
	default:
		t.keepRest(s, a)
		err = t.accept(f, s, a)
	}
	*t.ev = now
	return err
}

// lastWord takes the answer to the last reminder: send as it is, keep, delete, or say
// how it was.
func (t *turn) lastWord(f *Frame, n int) error {
	switch n {
	case 0:
		return t.sendNow(f)
	case 1:
		t.phrase(phraseKept)
		return t.again(f)
	case 2:
		return t.deleteAll(f)
	}
	return t.beside(abandonedFlow)
}
