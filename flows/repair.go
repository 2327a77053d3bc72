package flows

import "strconv"

// The tries of a question that is not understood: the first is told what would
// fit, the second is offered a way out, at the third the team is told. Where it was
// understood and cannot be (a day to come), the second is told why once more.
const (
	secondTry = 2
	thirdTry  = 3
)

// repair answers a message that does not fit the open question. The words are
// kept, so that somebody can read what could not be understood.
func (t *turn) repair(f *Frame, s *step, a answered) error {
	if err := t.fire(f, s, s.events.invalid); err != nil {
		return err
	}
	if f.Tries < thirdTry {
		f.Tries++
	} else {
		f.Tries = secondTry
	}
	t.keep(KeptBeside)
	switch {
	case f.Tries == secondTry && (a.why == "" || a.why == phraseRetryKind):
		t.phrase(phraseRetryOffer)
	case f.Tries == thirdTry:
		t.act(NotUnderstood, s.label)
		t.phrase(phraseRetryTeam)
	default:
		return t.retry(f, s, a)
	}
	return t.again(f)
}

// retry says what would fit, with the options again.
func (t *turn) retry(f *Frame, s *step, a answered) error {
	labels, names := t.choices(s)
	own := map[string]string{
		"count": strconv.Itoa(len(labels)), "limit": strconv.Itoa(a.limit),
		"low": strconv.Itoa(s.answer.Low), "high": strconv.Itoa(s.answer.High),
	}
	key := a.why
	if key == "" {
		key = retryPhrase(kindOf(s))
	}
	m := Send{Step: "phrase." + key}
	if a.why == "" && s.retry != nil {
		m = Send{Step: s.label + ".retry", Text: fill(s.retry[t.lang].on(t.ev.Channel), t.value)}
	} else {
		m.Text = t.wordsWith(key, own)
	}
	if s.answer.Kind != AnswerSeveral && s.answer.Kind != AnswerCheck {
		t.offer(&m, f.Visit, s.name, labels, names)
	}
	t.send(m)
	return nil
}

func kindOf(s *step) AnswerKind {
	if s.kind == Measure {
		return AnswerChoice
	}
	switch s.answer.Kind {
	case AnswerCase:
		return AnswerChoice
	case AnswerWhen:
		return AnswerText
	}
	return s.answer.Kind
}
