package flows

import "time"

// do performs a step's actions, before its text is made.
func (t *turn) do(s *step) {
	for _, a := range s.do {
		switch a {
		case OpenCase:
			t.openCase()
		case DeleteDraft:
			t.forget()
			t.st.Frames = t.st.Frames[len(t.st.Frames)-1:] // what was begun below is gone with it
			t.st.Frames[0].Aside = false
		case SendReply:
			t.sendReply()
		case NeverAsk:
			t.st.Never = true
			t.act(a, "")
		case CallBack, AskConsent:
			t.callBack(a)
		case PassOn:
			t.passOn()
		case Pause:
			t.paused = true
		default:
			t.act(a, "")
		}
	}
}

// passOn gives the team what the person wrote that is no complaint.
func (t *turn) passOn() {
	for _, p := range t.st.Early {
		t.effects = append(t.effects, Keep{Kind: KeptIdea, Text: p.Text, Media: p.Media})
	}
	t.st.Early, t.st.Owed = nil, false
	if s := t.version(t.top()).asking(AnswerStory); s != nil {
		t.st.drop(s.save)
	}
	t.act(PassOn, "")
}

// callBack asks staff to ring, or to ask somebody; the number that the person gave
// for it goes along.
func (t *turn) callBack(a Action) {
	number := ""
	if s := t.version(t.top()).asking(AnswerPhone); s != nil {
		if given := t.st.answer(s.save); given != nil {
			number = given.Value
		}
	}
	t.act(a, number)
}

func (t *turn) act(a Action, detail string) {
	t.effects = append(t.effects, Act{Action: a, Detail: detail, Case: t.about()})
}

// draft makes sure that what is kept now has a case to be kept on: the first
// answer of a flow that makes one begins a draft.
func (t *turn) draft() {
	f := t.top()
	if f == nil || t.version(f).stage != Making || f.Case != "" {
		return
	}
	if !t.st.Draft {
		t.beginDraft()
	}
	f.Case = t.st.Case
}

// beginDraft begins a draft; what was said before goes on it as the story's
// first part.
func (t *turn) beginDraft() {
	if v := t.set.flows[makingFlow]; v != nil && t.making() == nil {
		t.clearAnswers(v) // of the complaint before
		t.give()
	}
	t.st.Sent = t.st.Case
	t.st.Case, t.st.Draft, t.st.Owed = t.ev.Facts.NewRef, true, false
	since := t.now
	early := t.st.Early
	if len(early) > 0 {
		since = time.Unix(early[0].At, 0)
	}
	t.effects = append(t.effects, Begin{Ref: t.st.Case, Since: since})
	t.st.Early = nil
	t.saveGiven()
	field := t.set.fields[t.set.storyField]
	for _, p := range early {
		t.part(field, t.set.storyField, p)
	}
}

// openCase turns the draft into a case; one that is open stays so.
func (t *turn) openCase() {
	t.draft()
	if t.st.Case == "" || !t.st.Draft {
		return
	}
	t.st.Draft = false
	t.act(OpenCase, "")
}

// sendReply gives the handler what the person wrote while no question was open.
func (t *turn) sendReply() {
	for _, p := range t.st.Early {
		t.effects = append(t.effects, Keep{Kind: KeptReply, Text: p.Text, Media: p.Media, Case: t.about()})
	}
	t.st.Early, t.st.Owed = nil, false
	if s := t.version(t.top()).asking(AnswerStory); s != nil {
		t.st.drop(s.save) // it is sent: the next reply is another
	}
	t.act(SendReply, "")
}

// about is the case that the flow under way is about.
func (t *turn) about() string {
	if chosen := t.chosenCase(); chosen != "" {
		return chosen
	}
	if t.st.Notice != nil {
		return t.st.Notice.Case
	}
	return t.st.Case
}

// keep keeps the message beside the answers.
func (t *turn) keep(kind KeepKind) {
	if t.ev.Text == "" && len(t.ev.Media) == 0 {
		return
	}
	t.effects = append(t.effects, Keep{Kind: kind, Text: t.ev.Text, Media: t.ev.Media, Case: t.st.Case})
}

// keepRest keeps what came with an answer and is not in it: its files, and where the
// answer was read out of other words, those.
func (t *turn) keepRest(s *step, a answered) {
	if !a.loose {
		t.keepFiles(s)
		return
	}
	t.draft()
	t.keep(KeptBeside)
}

// keepFiles keeps the files that came with an answer that is no file.
func (t *turn) keepFiles(s *step) {
	if len(t.ev.Media) > 0 && s.answer.Kind != AnswerPhoto && !s.gathers() {
		t.effects = append(t.effects, Keep{Kind: KeptBeside, Media: t.ev.Media, Case: t.st.Case})
	}
}

// languageField is the field whose answer is the language that is spoken.
const languageField = "language"

// save keeps an answer in the session and on the case.
func (t *turn) save(s *step, value, day string) {
	t.draft()
	a := t.st.put(s.save)
	*a = Answer{Field: s.save}
	a.Value, a.More = value, false
	if s.answer.Kind == AnswerText || s.answer.Kind == AnswerWhen {
		a.Value, a.More = excerpt(value)
	}
	if s.answer.Kind == AnswerWhen {
		a.Day = day
	}
	if s.answer.Kind == AnswerPhoto {
		a.Files, a.Parts = uint16(len(t.ev.Media)), 1
	}
	e := Save{Field: s.save, Property: s.field.Property, Privacy: s.field.Privacy, Value: value, Day: day, Case: t.about()}
	if s.answer.Kind == AnswerPhoto {
		e.Media = t.ev.Media
	}
	if f := t.top(); s.field.Type == "consent" && f != nil {
		e.Shown = t.question(f, s)
	}
	t.effects = append(t.effects, e)
	if s.save == languageField {
		t.st.Language = value
		t.lang = t.set.language(value)
	}
}

// unsave takes an answer back.
func (t *turn) unsave(field string) {
	a := t.st.answer(field)
	if a == nil {
		return
	}
	left := a.leftOut()
	t.st.drop(field)
	if left {
		return
	}
	f := t.set.fields[field]
	t.effects = append(t.effects, Save{Field: field, Property: f.Property, Privacy: f.Privacy, Clear: true, Case: t.about()})
}
