package flows

import (
	"fmt"
	"time"
)

// How long a notice waits for a person who is in the middle of telling
// something, before it is tried again.
const (
	attention = 10 * time.Minute
	retryNews = 10 * time.Minute
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
	f.Nudges++
	last := int(f.Nudges) >= len(s.remind)
	switch {
	case last && t.st.Draft && t.hasStory():
		t.ask(Pending{Ask: AskLastWord}, phraseRemindLast, phraseLastSend, phraseLastKeep, phraseLastDelete)
	case f.Nudges == 1:
		t.phrase(phraseRemindFirst)
	default:
		t.phrase(phraseRemindAgain)
	}
	t.useTemplate(reminderTemplate)
	return nil
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
	switch {
	case t.st.Notice != nil && *t.st.Notice == n:
		return nil
	case t.st.Notice != nil:
		t.effects = append(t.effects, NotNow{Notice: n})
		return nil
	case t.attending():
		t.effects = append(t.effects, NotNow{Notice: n, After: retryNews})
		return nil
	}
	if !t.set.Has(n.Kind) {
		return fmt.Errorf("there is no flow %q to tell the news in", n.Kind)
	}
	t.st.Notice = &n
	return t.beside(n.Kind)
}

// attending tells whether the person is in the middle of telling something: at a
// question of a flow that makes a case, and wrote a moment ago.
func (t *turn) attending() bool {
	f := t.top()
	if f == nil || t.now.Sub(time.Unix(t.st.Last, 0)) > attention {
		return false
	}
	v := t.version(f)
	return v != nil && v.stage == Making
}
