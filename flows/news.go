package flows

import (
	"fmt"
	"slices"
	"time"
)

// How long a notice waits for a person who is in the middle of telling
// something, before it is tried again.
const (
	attention = 10 * time.Minute
	retryNews = 10 * time.Minute

	// otherCase is how long news of one case waits while those of another are
	// offered.
	otherCase = time.Hour

	// untoldNews is how long a notice waits that the person put off.
	untoldNews = 72 * time.Hour
)

// silence nudges at an open question: the visit that the reminder was set for
// must still be the one that is open.
func (t *turn) silence() error {
	f := t.top()
	if f == nil || f.Visit != t.ev.Visit {
		return nil
	}
	if err := t.settle(f); err != nil {
		return err
	}
	s := t.version(f).index[f.Step]
	if err := t.fire(f, s, s.events.silence); err != nil {
		return err
	}
	if s.passesOn() {
		return t.unfinished(f, s)
	}
	t.dropPending()
	f.Nudges++
	if t.st.Notice != nil && t.st.Notice.Kind == f.Flow {
		return t.again(f)
	}
	last := int(f.Nudges) >= len(s.remind)
	switch {
	case last && t.st.Draft && t.hasStory():
		t.ask(Pending{Ask: AskLastWord}, phraseRemindLast, t.lastOptions()...)
	case f.Nudges == 1:
		t.phrase(phraseRemindFirst)
	default:
		t.phrase(phraseRemindAgain)
	}
	t.useTemplate(reminderTemplate)
	return nil
}

// abandonedFlow asks a few statements of who began and does not finish, inside
// their last reminder.
const abandonedFlow = "abandoned"

// lastOptions are the ways out that the last reminder offers.
func (t *turn) lastOptions() []string {
	options := []string{phraseLastSend, phraseLastKeep, phraseLastDelete}
	if t.set.Has(abandonedFlow) && !t.nothingToAsk(abandonedFlow) {
		options = append(options, phraseLastAsk)
	}
	return options
}

// useTemplate names the template of what was just said.
func (t *turn) useTemplate(name string) {
	if n := len(t.effects); n > 0 {
		if m, ok := t.effects[n-1].(Send); ok && m.Template == "" {
			m.Template = name
			t.effects[n-1] = m
		}
	}
}

func (t *turn) hasStory() bool {
	a := t.st.answer(t.set.storyField)
	return a != nil && a.Parts > 0
}

// happened tells the person that something happened to their case, in the flow
// named for it, unless they are in the middle of something.
func (t *turn) happened() error {
	n := t.ev.Notice
	if t.ev.Asked {
		t.purpose, t.st.Last = Reply, t.now.Unix()
	}
	switch {
	case t.nothingToAsk(n.Kind):
		t.effects = append(t.effects, Done{Notice: n})
		return nil
	case t.st.Notice != nil && t.st.Notice.Kind == n.Kind && t.st.Notice.ID == n.ID:
		return nil
	case t.ev.Asked:
	case t.st.Notice != nil && t.st.Notice.Case != n.Case:
		t.effects = append(t.effects, NotNow{Notice: n, After: otherCase})
		return nil
	case t.attending():
		t.effects = append(t.effects, NotNow{Notice: n, After: retryNews})
		return nil
	}
	if !t.set.Has(n.Kind) {
		return fmt.Errorf("there is no flow %q to tell the news in", n.Kind)
	}
	t.dropNotice()
	t.st.Notice = &n
	return t.beside(n.Kind)
}

// nothingToAsk tells whether a notice is a survey that this person is not to have:
// they said never, or were asked all there is.
func (t *turn) nothingToAsk(kind string) bool {
	v := t.set.flows[kind]
	return v != nil && v.measures() && (t.st.Never || len(t.draw(v)) == 0)
}

// dropNotice makes way for newer news: what was offered and not read stays with
// the case, and is offered after it.
//
// One that was read is done with, if nothing is open but whether they want to answer.
func (t *turn) dropNotice() {
	if n := t.st.Notice; n != nil && n.Told && t.onlyReply(n.Kind) {
		t.effects = append(t.effects, Done{Notice: *n})
	}
	t.st = t.st.WithoutNotice()
}

// WithoutNotice is the state without the notice that is offered, and without the flow
// that tells it.
func (s *State) WithoutNotice() State {
	rest := *s
	if s.Notice == nil {
		return rest
	}
	rest.Notice = nil
	if i := slices.IndexFunc(s.Frames, func(f Frame) bool { return f.Flow == s.Notice.Kind }); i >= 0 {
		rest.Frames = slices.Clone(s.Frames[:i])
	}
	return rest
}

// attending tells whether the person is in the middle of something: at a question,
// and wrote a moment ago.
func (t *turn) attending() bool {
	f := t.top()
	return f != nil && !t.dropOffer() && t.now.Sub(time.Unix(t.st.Last, 0)) <= attention
}
