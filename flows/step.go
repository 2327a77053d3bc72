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
	if err := t.loaded(); err != nil {
		return st, nil, err
	}
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

	given  string // the answer just taken: `answer` in conditions
	paused bool   // the person rests: nothing is asked again in this turn
}

// loaded sees that every version that the person is on is in the set.
func (t *turn) loaded() error {
	for i := range t.st.Frames {
		if f := &t.st.Frames[i]; t.version(f) == nil {
			return &VersionError{Flow: f.Flow, Hash: f.Hash}
		}
	}
	return nil
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
	if t.ev.Choice != "" && t.ev.Choice == t.st.Tapped {
		return nil // the same tap twice: a finger that slipped
	}
	away := t.away()
	t.st.Last = t.now.Unix()
	t.purpose = Reply
	t.linked()
	if t.ev.Start != "" {
		t.came(t.ev.Start)
	}
	if t.ev.Start != "" || t.ev.Returned {
		t.dropOffer()
	}
	var err error
	switch {
	case len(t.st.Frames) > 0 && (t.ev.Start != "" || t.ev.Returned):
		err = t.recall()
	case t.ev.Returned && t.st.Case != "" && !t.st.Draft && t.set.Has(statusFlow):
		err = t.beside(statusFlow)
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
	t.dropPending()
	t.phrase(phraseWelcomeBack)
	return t.again(f)
}

// letGo ends a notice whose flow was left another way than by its end, so that
// the next one can be told.
func (t *turn) letGo() {
	if n := t.st.Notice; n != nil && !t.running(n.Kind) {
		t.endNotice()
	}
}

// away is how long the open question has stood, or the person been silent,
// whichever is shorter.
func (t *turn) away() time.Duration {
	last := t.st.Last
	if f := t.top(); f != nil {
		last = max(last, f.At)
	}
	return t.now.Sub(time.Unix(last, 0))
}

// rest begins the flow for what a person said first, if what came before it
// (help in danger, say) has ended, and tidies up where nothing is open.
func (t *turn) rest() error {
	owed := t.st.Owed && (len(t.st.Early) > 0 || t.st.Draft)
	if len(t.st.Frames) == 0 && owed && !t.paused && !slices.ContainsFunc(t.effects, grave) {
		if err := t.first(); err != nil {
			return err
		}
	}
	if t.mayTell() {
		if err := t.beside(t.ev.Facts.Case.Waiting.Kind); err != nil {
			return err
		}
	}
	if len(t.st.Frames) == 0 && !t.st.Draft && len(t.st.Early) == 0 {
		t.tidy()
	}
	return nil
}

// grave tells whether what was just said is no moment for another question: call
// 999 now, or that somebody has died. It comes with the person's next message.
func grave(e Effect) bool {
	a, ok := e.(Act)
	return ok && (a.Action == ConfirmDanger || a.Action == ToldOfDeath)
}

// mayTell tells whether what waits may be told now, at the end of a turn that
// answered something and did not put it off.
func (t *turn) mayTell() bool {
	c := &t.ev.Facts.Case
	putOff := func(e Effect) bool {
		done, is := e.(Done)
		_, later := e.(NotNow)
		return later || is && done.Notice.ID == c.Waiting.ID && done.Notice.Kind == c.Waiting.Kind
	}
	return c.Waiting != nil && c.WaitingDue && t.st.Notice == nil && len(t.st.Frames) == 0 && !t.paused &&
		len(t.effects) > 0 && !slices.ContainsFunc(t.effects, putOff)
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
