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
		case SendReply:
			t.sendReply()
		case NeverAsk:
			t.st.Never = true
			t.act(a, "")
		default:
			t.act(a, "")
		}
	}
}

func (t *turn) act(a Action, detail string) {
	t.effects = append(t.effects, Act{Action: a, Visit: t.st.Visit, Detail: detail})
}

// draft makes sure that what is kept now has a case to be kept on: the first
// answer of a flow that makes one begins a draft, and what was said before goes
// on it as the story's first part.
func (t *turn) draft() {
	f := t.top()
	if f == nil || t.version(f).stage != Making || t.st.Case != "" && t.st.Draft {
		return
	}
	if t.st.Case != "" && !t.fresh(f) {
		return
	}
	t.st.Case, t.st.Draft = t.ev.Facts.NewRef, true
	since := t.now
	early := t.st.Early
	if len(early) > 0 {
		since = time.Unix(early[0].At, 0)
	}
	t.effects = append(t.effects, Begin{Ref: t.st.Case, Since: since})
	t.st.Early = nil
	field := t.set.fields[t.set.storyField]
	for _, p := range early {
		t.part(field, t.set.storyField, p)
	}
}

// fresh tells whether the flow under way has saved nothing yet, so that an open
// case cannot be its own.
func (t *turn) fresh(f *Frame) bool {
	for _, s := range t.version(f).steps {
		if s.save != "" && t.st.answer(s.save) != nil {
			return false
		}
	}
	return true
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
	t.st.Early = nil
	t.act(SendReply, "")
}

// about is the case that the flow under way is about.
func (t *turn) about() string {
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

// languageField is the field whose answer is the language that is spoken.
const languageField = "language"

// save keeps an answer in the session and on the case.
func (t *turn) save(s *step, value string) {
	t.draft()
	a := t.st.put(s.save)
	*a = Answer{Field: s.save}
	a.Value, a.More = value, false
	if s.answer.Kind == AnswerText {
		a.Value, a.More = excerpt(value)
	}
	if s.answer.Kind == AnswerPhoto {
		a.Files, a.Parts = uint16(len(t.ev.Media)), 1
	}
	e := Save{Field: s.save, Property: s.field.Property, Privacy: s.field.Privacy, Value: value}
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
	t.effects = append(t.effects, Save{Field: field, Property: f.Property, Privacy: f.Privacy, Clear: true})
}
