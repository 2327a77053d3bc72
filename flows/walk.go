package flows

import (
	"fmt"
	"strings"
)

// begin starts a flow with nothing under it.
func (t *turn) begin(name string) error {
	if err := t.push(name, false); err != nil {
		return err
	}
	return t.walk()
}

// beside starts a flow over the open question, which comes again at its end. A
// flow that is under way already is gone back to instead.
func (t *turn) beside(name string) error {
	for i := range t.st.Frames {
		f := &t.st.Frames[i]
		if f.Flow != name {
			continue
		}
		if t.version(f).index[f.Step].asks() {
			t.st.Frames = t.st.Frames[:i+1]
			t.dropPending()
			return t.again(f)
		}
		t.st.Frames = t.st.Frames[:i] // it waits for a flow that it runs: begin anew
		break
	}
	if len(t.st.Frames) >= maxDepth {
		t.st.Frames = t.st.Frames[:maxDepth-1]
	}
	if err := t.push(name, len(t.st.Frames) > 0); err != nil {
		return err
	}
	return t.walk()
}

// clearAnswers drops what an earlier run of the flow saved.
func (t *turn) clearAnswers(v *version) {
	for _, s := range v.steps {
		if s.save != "" {
			t.st.drop(s.save)
		}
	}
}

func (t *turn) push(name string, aside bool) error {
	v := t.set.flows[name]
	if v == nil {
		return fmt.Errorf("there is no flow %q", name)
	}
	t.dropPending()
	if w := t.ev.Facts.Case.Waiting; w != nil && w.Kind == name && t.st.Notice == nil {
		n := *w
		t.st.Notice = &n
	}
	if v.stage == Making && !t.st.Draft {
		t.clearAnswers(v)
		t.give()
	}
	t.st.Frames = append(t.st.Frames, Frame{Flow: v.name, Hash: v.hash, Step: v.steps[0].name, Aside: aside})
	return nil
}

// walk goes on from the top frame's step until a question was asked or nothing
// is left.
func (t *turn) walk() error {
	for {
		f := t.top()
		if f == nil || t.paused {
			return nil
		}
		if t.steps++; t.steps > maxSteps {
			return fmt.Errorf("%w: %s.%s", ErrLoop, f.Flow, f.Step)
		}
		v := t.version(f)
		if v == nil {
			return &VersionError{Flow: f.Flow, Hash: f.Hash}
		}
		s := v.index[f.Step]
		if s.name == f.Check {
			f.Check = ""
		}
		stop, err := t.enter(f, s)
		if stop || err != nil {
			return err
		}
	}
}

// enter does what a step does when it is come to; stop: it asked.
func (t *turn) enter(f *Frame, s *step) (stop bool, err error) {
	switch s.kind {
	case Say:
		if len(s.do) > 0 {
			f.Check = "" // what is done here must be said
		}
		if f.Check == "" {
			t.do(s)
			t.say(s)
		}
		return false, t.follow(f, s, "")
	case Run:
		if f.Check != "" {
			return false, t.follow(f, s, "")
		}
		return false, t.push(s.run, false)
	}
	if s.answer.Kind == AnswerCase && t.onlyCase(s) || t.passes(f, s) {
		return false, t.follow(f, s, t.valueOf(s))
	}
	if s.kind == Measure {
		t.effects = append(t.effects, Asked{s.statement})
	}
	t.do(s)
	t.show(f, s)
	return true, nil
}

// passes tells whether a question need not be asked: on the way back to a later
// one it was answered before, or what it checks was sent already.
func (t *turn) passes(f *Frame, s *step) bool {
	if s.answer.Kind == AnswerCheck {
		return t.sent(f)
	}
	if s.kind == Measure {
		return t.st.Never || !t.drawn(t.version(f), s.statement)
	}
	a := t.st.answer(s.save)
	return a != nil && (a.Given || f.Check != "" && s.save != "")
}

// sent tells whether what the flow made was sent already.
func (t *turn) sent(f *Frame) bool { return f.Case != "" && !(t.st.Draft && t.st.Case == f.Case) }

// valueOf is the saved answer to a step, for the conditions behind it.
func (t *turn) valueOf(s *step) string {
	if a := t.st.answer(s.save); a != nil {
		return a.Value
	}
	return ""
}

// follow takes the edge that the answer chooses.
func (t *turn) follow(f *Frame, s *step, answer string) error {
	t.given = answer
	e := s.choose(answer, t.get)
	to, err := t.version(f).machine.fire(s.name, e.event)
	if err != nil {
		return err
	}
	if t.trace != nil {
		t.trace(f.Flow, e.event)
	}
	return t.move(f, to)
}

// fire takes one of the engine's own edges.
func (t *turn) fire(f *Frame, s *step, event string) error {
	to, err := t.version(f).machine.fire(s.name, event)
	if err != nil {
		return err
	}
	if t.trace != nil {
		t.trace(f.Flow, event)
	}
	f.Step = to
	return nil
}

// move puts the top frame where an edge leads.
func (t *turn) move(f *Frame, to string) error {
	f.asked()
	switch {
	case to == toEnd:
		return t.pop()
	case strings.HasPrefix(to, toFlow):
		return t.goTo(strings.TrimPrefix(to, toFlow))
	}
	f.Step = to
	return nil
}

// goTo leaves the flow under way for another, for good. One that lies below is
// gone back to instead, so that what was begun there goes on.
func (t *turn) goTo(name string) error {
	f := *t.top()
	t.st.Frames = t.st.Frames[:len(t.st.Frames)-1]
	t.ended(f)
	for i := range t.st.Frames {
		if below := &t.st.Frames[i]; below.Flow == name && !t.sent(below) {
			t.st.Frames = t.st.Frames[:i+1]
			return nil
		}
	}
	return t.push(name, f.Aside)
}

// pop ends the flow on top: the one that ran it goes on behind that step, the
// one it lay beside asks again.
func (t *turn) pop() error {
	f := *t.top()
	t.st.Frames = t.st.Frames[:len(t.st.Frames)-1]
	t.ended(f)
	below := t.top()
	if below == nil || f.Aside {
		return nil
	}
	v := t.version(below)
	if v == nil {
		return &VersionError{Flow: below.Flow, Hash: below.Hash}
	}
	return t.follow(below, v.index[below.Step], "")
}

// ended hands over what only lives as long as the flow: the answers to
// statements, and the notice it told.
func (t *turn) ended(f Frame) {
	if n := t.st.Notice; n != nil && n.Kind == f.Flow {
		t.endNotice()
	}
	if len(t.st.Measured) == 0 || t.measuring() {
		return
	}
	m := Measures{Answers: t.st.Measured}
	for _, a := range t.st.Measured {
		m.Asked = append(m.Asked, a.Statement)
	}
	t.effects = append(t.effects, m)
	t.st.Measured = nil
}

// endNotice takes the notice under way off: told, or to be told another time.
func (t *turn) endNotice() {
	n := *t.st.Notice
	t.st.Notice = nil
	if v := t.set.flows[n.Kind]; n.Told || v == nil || !v.tellsNews() {
		t.effects = append(t.effects, Done{Notice: n})
		return
	}
	t.effects = append(t.effects, NotNow{Notice: n, After: untoldNews, PutOff: true})
}

// measuring tells whether a flow that still runs asks statements.
func (t *turn) measuring() bool {
	for i := range t.st.Frames {
		if t.version(&t.st.Frames[i]).measures() {
			return true
		}
	}
	return false
}

// path walks a flow from its first step by the answers that are known, and
// lists the questions it meets until the step named to; reached says whether it
// got there without one that is unanswered.
func (t *turn) path(v *version, to string) (asked []*step, reached bool) {
	s := v.steps[0]
	for range len(v.steps) {
		if s.name == to {
			return asked, true
		}
		answer := ""
		if s.asks() && s.answer.Kind != AnswerCheck && s.kind != Measure {
			a := t.st.answer(s.save)
			if a == nil && !s.answer.Optional {
				return asked, false
			}
			if a != nil {
				answer = a.Value
				asked = append(asked, s)
			}
		}
		next := v.index[s.choose(answer, t.getWith(answer)).to]
		if next == nil {
			return asked, false
		}
		s = next
	}
	return asked, false
}
