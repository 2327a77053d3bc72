package flows

import "time"

// untilPassedOn is how long a reply that was begun waits for DONE. Bot passes it on
// to staff by then; here the person is told.
const untilPassedOn = time.Hour

// replyProperty is the case property whose words are an answer to the team.
const replyProperty = "reply"

// passesOn tells whether a step gathers an answer to the team.
func (s *step) passesOn() bool { return s.gathers() && s.field.Property == replyProperty }

// replies tells whether what was written at a question is an answer to the team, and
// none to the question. Who was told news and is asked whether they want to say
// something has said yes by saying it; at any other question about news, who tells
// something is heard too.
func (t *turn) replies(f *Frame, s *step, word string) bool {
	if t.ev.Other != "" || t.ev.Choice != "" || word == "" && len(t.ev.Media) == 0 || t.unsure(word) {
		return false
	}
	if _, starts := t.set.starts[word]; starts && word != "" {
		return false
	}
	if s.answer.Kind != AnswerYesNo && s.answer.Kind != AnswerChoice || !t.tellsOfCase(f) {
		return false
	}
	return t.replyBehind(f, s) != nil || t.isTelling(word)
}

// tellsOfCase tells whether a flow brings its person news of their own case, which
// they may answer.
func (t *turn) tellsOfCase(f *Frame) bool {
	v := t.version(f)
	return t.st.Notice != nil && t.st.Notice.Kind == f.Flow && !v.measures() && (v.tellsNews() || v.does(SendReply))
}

// replyBehind is the step that a yes to this one leads to, where an answer to the team
// is written; nil: it leads elsewhere.
func (t *turn) replyBehind(f *Frame, s *step) *step {
	if s.answer.Kind != AnswerYesNo {
		return nil
	}
	next := t.version(f).index[s.choose("yes", t.getWith("yes")).to]
	if next == nil || !next.passesOn() {
		return nil
	}
	return next
}

// onlyReply tells whether a flow under way waits for nothing but an answer to the team.
func (t *turn) onlyReply(flow string) bool {
	for i := range t.st.Frames {
		f := &t.st.Frames[i]
		if s := t.version(f).index[f.Step]; f.Flow == flow {
			return s.passesOn() || t.replyBehind(f, s) != nil
		}
	}
	return false
}

// reply passes the message on to the team. Where the question was whether they want to
// write, that is all they wanted to say, and the flow goes on; any other is asked again.
func (t *turn) reply(f *Frame, s *step) error {
	next := t.replyBehind(f, s)
	if next == nil {
		t.passOnWords()
		f.Tries = 0
		t.phrase(phraseReplyKept)
		return t.again(f)
	}
	t.save(s, "yes", "")
	if err := t.follow(f, s, "yes"); err != nil {
		return err
	}
	t.storyPart(next)
	return t.storyDone(f, next)
}

// passOnWords gives the team the message as an answer to them.
func (t *turn) passOnWords() {
	t.effects = append(t.effects, Keep{Kind: KeptReply, Text: t.ev.Text, Media: t.ev.Media, Case: t.about()})
	t.act(SendReply, "")
}

// unfinished tells who wrote an answer to the team and sent no DONE that it was passed
// on all the same. It is for bot to do that, whether they can be told or not. Where
// nothing lies under the flow it ends, since there is nothing left to wait for.
func (t *turn) unfinished(f *Frame, s *step) error {
	a := t.st.answer(s.save)
	if a == nil || a.Parts == 0 || f.Nudges > 0 {
		return nil
	}
	f.Nudges++
	t.dropPending()
	t.phrase(phraseReplyLeft)
	t.useTemplate(reminderTemplate)
	if len(t.st.Frames) > 1 {
		return nil
	}
	next := t.version(f).index[s.choose("", t.get).to]
	for _, act := range next.doing() {
		if act != SendReply {
			t.act(act, "")
		}
	}
	t.st.drop(s.save)
	ended := *f
	t.st.Frames = nil
	t.ended(ended)
	return nil
}

// doing is what a step does; nil: there is none.
func (s *step) doing() []Action {
	if s == nil {
		return nil
	}
	return s.do
}
