package flows

import (
	"fmt"
	"slices"
	"time"
)

// maxSteps is how many steps may pass in one turn without a question.
const maxSteps = 50

// maxDepth is how many flows may lie on one another.
const maxDepth = 6

// dayAway is how long a person may be away before only an exact answer counts.
const dayAway = 24 * time.Hour

// Step takes one event. It is pure: the same set, state, event and time give the
// same state and effects, and what it was given is not changed. An error means
// that nothing happened; a *VersionError says what to load first.
func Step(set *Set, st State, ev Event, now time.Time) (State, []Effect, error) {
	return traced(set, st, ev, now, nil)
}

// traced is Step that also tells each machine event it fires.
func traced(set *Set, st State, ev Event, now time.Time, trace func(flow, event string)) (State, []Effect, error) {
	t := &turn{set: set, st: st, ev: &ev, now: now, trace: trace, purpose: Prompt}
	t.st.Frames = slices.Clone(st.Frames)
	t.st.Answers = slices.Clone(st.Answers)
	t.st.Early = slices.Clone(st.Early)
	t.st.Measured = slices.Clone(st.Measured)
	t.lang = set.language(st.Language)
	if err := t.take(); err != nil {
		return st, nil, err
	}
	t.letGo()
	return t.st, t.effects, nil
}

// turn is the work on one event.
type turn struct {
	set     *Set
	st      State
	ev      *Event
	now     time.Time
	lang    int
	effects []Effect
	steps   int
	purpose Purpose
	trace   func(flow, event string)

	given string // the answer just taken: `answer` in conditions
	owed  bool   // first words were kept, and no flow was begun for them yet
}

func (t *turn) take() error {
	switch t.ev.Kind {
	case Message:
		return t.message()
	case Late:
		return t.late()
	case Silence:
		return t.silence()
	case Happened:
		return t.happened()
	}
	return fmt.Errorf("event kind %d is not known", t.ev.Kind)
}

func (t *turn) message() error {
	away := t.now.Sub(time.Unix(t.st.Last, 0))
	t.st.Last = t.now.Unix()
	t.purpose = Reply
	if t.ev.Start != "" {
		t.placeCode()
	}
	var err error
	switch {
	case len(t.st.Frames) > 0 && (t.ev.Start != "" || t.ev.Returned):
		err = t.recall()
	case t.ev.Help && t.set.commands[helpCommand] != nil:
		err = t.command(t.set.commands[helpCommand], nil, nil)
	case len(t.st.Frames) == 0:
		err = t.idle()
	default:
		err = t.open(away)
	}
	if err != nil {
		return err
	}
	return t.rest()
}

// recall asks the open question again of somebody who came back by a link, or by
// opting in.
func (t *turn) recall() error {
	f := t.top()
	if err := t.settle(f); err != nil {
		return err
	}
	t.phrase(phraseWelcomeBack)
	return t.again(f)
}

// letGo ends a notice whose flow was left another way than by its end, so that
// the next one can be told.
func (t *turn) letGo() {
	if n := t.st.Notice; n != nil && !t.running(n.Kind) {
		t.effects = append(t.effects, Done{Notice: *n})
		t.st.Notice = nil
	}
}

// placeField is where the code of a deep link or poster goes, if it is declared.
const placeField = "place_code"

func (t *turn) placeCode() {
	if _, ok := t.set.fields[placeField]; ok {
		t.st.put(placeField).Value = t.ev.Start
	}
}

// rest begins the flow for what a person said first, if what came before it
// (help in danger, say) has ended, and tidies up where nothing is open.
func (t *turn) rest() error {
	if len(t.st.Frames) == 0 && t.owed {
		if err := t.first(); err != nil {
			return err
		}
	}
	if len(t.st.Frames) == 0 && !t.st.Draft && len(t.st.Early) == 0 {
		t.tidy()
	}
	return nil
}

// tidy drops the answers of flows that ended; those a case has are on the case.
func (t *turn) tidy() {
	place := t.st.answer(placeField)
	if place == nil {
		t.st.Answers = nil
		return
	}
	t.st.Answers = []Answer{*place}
}

// idle takes a message while no question is open.
func (t *turn) idle() error {
	word := normalise(t.ev.Text)
	if c := t.set.commands[word]; word != "" && c != nil && c.fits(nil) {
		return t.command(c, nil, nil)
	}
	if name, ok := t.set.starts[word]; ok && word != "" {
		return t.begin(name)
	}
	switch {
	case t.ev.Choice != "":
		t.phrase(phraseOldButton)
	case word == greeting && len(t.ev.Media) == 0, t.ev.Text == "" && len(t.ev.Media) == 0:
	default:
		t.early()
		if t.dangerous(word) {
			return t.beside(t.set.urgentFlow)
		}
	}
	return t.first()
}

// greeting is what Telegram's own first button sends.
const greeting = "start"

// first begins the flow for a message that starts nothing by itself.
func (t *turn) first() error {
	t.owed = false
	if t.st.Case != "" && !t.st.Draft {
		if name, ok := t.set.starts[startAnyCase]; ok && len(t.st.Early) > 0 {
			return t.begin(name)
		}
	}
	return t.begin(t.set.starts[startAny])
}

// early keeps a message as the first part of a story.
func (t *turn) early() {
	t.owed = true
	t.st.Early = append(t.st.Early, Part{At: t.now.Unix(), Text: t.ev.Text, Media: t.ev.Media})
}

// open takes a message while a question is open.
func (t *turn) open(away time.Duration) error {
	f := t.top()
	if err := t.settle(f); err != nil {
		return err
	}
	s := t.version(f).index[f.Step]
	if t.st.Pending != nil {
		if done, err := t.pending(f, s); done || err != nil {
			return err
		}
		f = t.top()
		if f == nil {
			return t.idle()
		}
		s = t.version(f).index[f.Step]
	}
	if t.ev.Choice != "" {
		return t.tap(f, s)
	}
	word := normalise(t.ev.Text)
	if c := t.set.commands[word]; word != "" && c != nil && c.fits(s) {
		return t.command(c, f, s)
	}
	if t.dangerous(word) {
		return t.danger(f, s)
	}
	return t.read(f, s, word, away)
}

// dangerous tells whether a text holds a word that means danger.
func (t *turn) dangerous(word string) bool {
	return t.set.urgentFlow != "" && !t.running(t.set.urgentFlow) && t.set.urgent.in(word)
}

// danger keeps the words, as story where they are one, and helps at once.
func (t *turn) danger(f *Frame, s *step) error {
	if s.answer.Kind == AnswerStory {
		if err := t.fire(f, s, s.events.more); err != nil {
			return err
		}
		t.storyPart(s)
	} else {
		t.keep(KeptBeside)
	}
	return t.beside(t.set.urgentFlow)
}

// read reads the message as the answer to the open question.
func (t *turn) read(f *Frame, s *step, word string, away time.Duration) error {
	a := t.parse(f, s, word)
	if a.ok && away > dayAway && !a.exact && s.answer.Kind != AnswerStory {
		return t.welcomeBack(f, s, a)
	}
	if a.ok {
		if s.answer.Kind == AnswerStory {
			return t.storyMessage(f, s)
		}
		return t.accept(f, s, a)
	}
	if name, ok := t.set.starts[word]; ok && word != "" && !s.free() {
		return t.beside(name)
	}
	if away > dayAway {
		return t.welcomeBack(f, s, a)
	}
	return t.repair(f, s, a)
}

// welcomeBack recalls the question after a day away. A text that might be the
// answer is asked about rather than taken, and never lost.
func (t *turn) welcomeBack(f *Frame, s *step, a answered) error {
	if a.ok && t.ev.Text != "" {
		t.ask(Pending{Ask: AskAnswer, Text: t.ev.Text}, phraseAskAnswer, phraseYes, phraseNo)
		return nil
	}
	t.keep(KeptBeside)
	t.phrase(phraseWelcomeBack)
	return t.again(f)
}

// tap takes a tapped option: of the open question, of one that lies under it, or
// of one that has passed.
func (t *turn) tap(f *Frame, s *step) error {
	visit, stepName, option, ok := parseData(t.ev.Choice)
	if ok && visit == f.Visit && stepName == s.name {
		if a, ok := t.tapped(s, option); ok {
			return t.accept(f, s, a)
		}
		if s.answer.Kind == AnswerCheck && option == checkChange {
			t.phrase(phraseCheckWhich)
			return nil
		}
	}
	for i := len(t.st.Frames) - 2; ok && i >= 0 && t.st.Notice == nil; i-- {
		below := &t.st.Frames[i]
		if below.Visit == visit && below.Step == stepName {
			t.st.Frames = t.st.Frames[:i+1]
			return t.open(0)
		}
	}
	t.phrase(phraseOldButton)
	return t.again(f)
}

// late keeps a message that is older than the last one: as story where that is
// open, else beside it. It never answers a later question.
func (t *turn) late() error {
	if f := t.top(); f == nil {
		t.keep(KeptLate)
	} else if err := t.lateAt(f); err != nil {
		return err
	}
	if t.dangerous(normalise(t.ev.Text)) {
		t.purpose = Help
		return t.beside(t.set.urgentFlow)
	}
	return nil
}

// lateAt keeps a late message at an open question.
func (t *turn) lateAt(f *Frame) error {
	if err := t.settle(f); err != nil {
		return err
	}
	s := t.version(f).index[f.Step]
	if s.answer.Kind == AnswerStory && t.ev.Choice == "" {
		t.storyPart(s)
		return nil
	}
	t.keep(KeptLate)
	return nil
}

// settle moves the frame to the current version of its flow where that is safe:
// its step still exists and asks the same, and the answers that lead there are
// known. Else the person finishes on the version they have.
func (t *turn) settle(f *Frame) error {
	old := t.set.versions[f.Hash]
	current := t.set.flows[f.Flow]
	if old == nil {
		return &VersionError{Flow: f.Flow, Hash: f.Hash}
	}
	if current == nil || current == old {
		return nil
	}
	was, is := old.index[f.Step], current.index[f.Step]
	if is == nil || !sameQuestion(was, is) {
		return nil
	}
	if _, reached := t.path(current, f.Step); !reached {
		return nil
	}
	f.Hash = current.hash
	return nil
}

// sameQuestion tells whether an answer to a means the same as one to b: the same
// kind, the same field, and the same options in the same order as they were
// shown.
func sameQuestion(a, b *step) bool {
	return a.kind == b.kind && a.answer.Kind == b.answer.Kind && a.save == b.save && a.statement == b.statement &&
		slices.EqualFunc(a.options, b.options, func(x, y option) bool { return x.name == y.name })
}

func (t *turn) top() *Frame {
	if n := len(t.st.Frames); n > 0 {
		return &t.st.Frames[n-1]
	}
	return nil
}

func (t *turn) version(f *Frame) *version { return t.set.versions[f.Hash] }

func (t *turn) running(flow string) bool {
	return slices.ContainsFunc(t.st.Frames, func(f Frame) bool { return f.Flow == flow })
}
