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
	if s.answer.Kind == AnswerPoints {
		t.phrase(phrasePointMore)
		return nil
	}
	if away > dayAway {
		t.phrase(phraseWelcomeBack)
		return t.again(f)
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
	e := Save{
		Field: name, Property: field.Property, Privacy: field.Privacy, Value: p.Text, Media: p.Media, More: true, Case: t.about(),
	}
	if field.Type == string(AnswerPoints) {
		e.Point = int(a.Parts) + 1 // the story is the first
	}
	t.effects = append(t.effects, e)
}

// unsay takes back what the person said last: a part of a story, else the answer
// before, which is asked again. What was sent is not in it.
func (t *turn) unsay(f *Frame, s *step) error {
	if f == nil {
		return t.unsayEarly()
	}
	if a := t.st.answer(s.save); s.gathers() && a != nil && a.Parts > 0 && !t.sent(f) {
		t.act(DeleteLast, s.save)
		if a.Parts--; a.Parts == 0 {
			t.st.drop(s.save)
		}
		t.phrase(phraseUnsaid)
		return t.again(f)
	}
	if len(t.st.Early) > 0 && s.says("excerpt") {
		return t.unsayEarly()
	}
	asked, _ := t.path(t.version(f), f.Step)
	if len(asked) == 0 || t.sent(f) {
		t.phrase(phraseUnsaidNone)
		return t.again(f)
	}
	last := asked[len(asked)-1]
	if err := t.back(f, s); err != nil {
		return err
	}
	shown := len(t.effects) - 1 // the question, which comes after what is said of it
	question := t.effects[shown]
	t.effects = t.effects[:shown]
	if last.gathers() {
		t.act(DeleteLast, last.save)
		if a := t.st.answer(last.save); a != nil && a.Parts > 1 {
			a.Parts--
		} else {
			t.st.drop(last.save)
		}
	} else {
		t.unsave(last.save)
	}
	t.phrase(phraseUnsaid)
	t.effects = append(t.effects, question)
	return nil
}

// unsayEarly takes back the last of what was said before there was a draft.
func (t *turn) unsayEarly() error {
	n := len(t.st.Early)
	if n == 0 {
		t.phrase(phraseUnsaidNone)
		return t.againOrFirst()
	}
	t.st.Early = t.st.Early[:n-1]
	t.phrase(phraseUnsaid)
	if n > 1 {
		return t.againOrFirst()
	}
	t.st.Frames, t.st.Owed = nil, false
	return nil
}

// againOrFirst asks the open question again; where none is, it begins.
func (t *turn) againOrFirst() error {
	if f := t.top(); f != nil {
		return t.again(f)
	}
	return t.first()
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

// quoted is an excerpt in the middle of a sentence: it has no full stop of its own.
func quoted(short string) string { return strings.TrimRight(short, ". ") }

// excerpt cuts a text for the session; cut tells whether it is not whole.
func excerpt(text string) (short string, cut bool) {
	if utf8.RuneCountInString(text) <= excerptLength {
		return text, false
	}
	return string([]rune(text)[:excerptLength-1]) + "…", true
}
