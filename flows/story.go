package flows

import (
	"strings"
	"time"
	"unicode/utf8"
)

// excerptLength is how much of a story stays in the session, in characters.
const excerptLength = 80

// restAfter is the pause after which a part of a story is thanked for again.
const restAfter = 10 * time.Minute

// storyMessage adds a message to the story. A person who is telling something is
// not interrupted: only the first message is answered, one after a pause, and one
// that asks something.
func (t *turn) storyMessage(f *Frame, s *step, away time.Duration) error {
	if err := t.fire(f, s, s.events.more); err != nil {
		return err
	}
	first := !f.Heard
	f.Heard = true
	t.storyPart(s)
	f.Tries, f.Nudges = 0, 0
	if len(s.remind) > 0 {
		t.effects = append(t.effects, Remind{Visit: f.Visit, After: s.remind})
	}
	if first || away > restAfter || strings.HasSuffix(strings.TrimSpace(t.ev.Text), "?") {
		t.phrase(phraseStoryMore)
	}
	return nil
}

// storyPart keeps the message as a part of the story.
func (t *turn) storyPart(s *step) { t.part(s.field, s.save, Part{Text: t.ev.Text, Media: t.ev.Media}) }

func (t *turn) part(field FieldSource, name string, p Part) {
	t.draft()
	a := t.st.put(name)
	if a.Parts == 0 {
		a.Value, a.More = excerpt(p.Text)
	} else {
		a.More = true
	}
	a.Parts++
	a.Files += uint16(len(p.Media))
	t.effects = append(t.effects, Save{
		Field: name, Property: field.Property, Privacy: field.Privacy, Value: p.Text, Media: p.Media, More: true,
	})
}

// storyDone ends a story; one that has nothing yet is asked for again.
func (t *turn) storyDone(f *Frame, s *step) error {
	if a := t.st.answer(s.save); a == nil || a.Parts == 0 {
		if !s.answer.Optional {
			return t.repair(f, s, answered{})
		}
		return t.accept(f, s, answered{skipped: true})
	}
	t.restoreCheck(f)
	if err := t.follow(f, s, t.valueOf(s)); err != nil {
		return err
	}
	return t.walk()
}

// excerpt cuts a text for the session; cut tells whether it is not whole.
func excerpt(text string) (short string, cut bool) {
	if utf8.RuneCountInString(text) <= excerptLength {
		return text, false
	}
	return string([]rune(text)[:excerptLength-1]) + "…", true
}
