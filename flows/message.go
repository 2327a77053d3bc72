package flows

import (
	"strings"
	"time"
)

// idle takes a message while no question is open.
func (t *turn) idle() error {
	word := normalise(t.ev.Text)
	if t.st.Pending != nil {
		if done, err := t.pending(nil, nil); done || err != nil {
			return err
		}
	}
	if c := t.commandIn(word, true); c != nil {
		switch {
		case t.set.commands[word] != nil, t.set.within.is(word):
		case t.set.within.only(word) && t.st.Case != "":
			t.keep(KeptBeside)
		default:
			t.early()
		}
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
	t.st.Owed = false
	if t.st.Case != "" && !t.st.Draft {
		if name, ok := t.set.starts[startAnyCase]; ok && len(t.st.Early) > 0 {
			return t.begin(name)
		}
	}
	return t.begin(t.set.starts[startAny])
}

// earlyRoom is how much of what a person says before they choose stays in the
// session, in bytes. Who tells more is telling a story: it goes on a draft, which
// nobody sees, or to the case that they have.
const earlyRoom = 4096

// early keeps a message as the first part of a story.
func (t *turn) early() {
	switch {
	case t.st.Draft:
		t.part(t.set.fields[t.set.storyField], t.set.storyField, Part{Text: t.ev.Text, Media: t.ev.Media})
		return
	case t.st.Case != "" && t.earlySize()+len(t.ev.Text) > earlyRoom:
		t.keep(KeptReply)
		return
	}
	t.st.Owed = true
	t.st.Early = append(t.st.Early, Part{At: t.now.Unix(), Text: t.ev.Text, Media: t.ev.Media})
	if t.st.Case == "" && t.earlySize() > earlyRoom {
		t.beginDraft()
		t.st.Owed = true
	}
}

// earlySize is how much Early holds: each message costs something, however short.
func (t *turn) earlySize() int {
	size := 0
	for _, p := range t.st.Early {
		size += len(p.Text) + 100
	}
	return size
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
	if c := t.commandIn(word, !s.free()); c != nil && !t.chooses(f, s, word) {
		if t.set.commands[word] == nil && !t.set.within.is(word) {
			t.keepSaid(s, word)
		}
		if !c.needsQuestion() && c.do != doUnsay && t.dropOffer() {
			return t.command(c, nil, nil)
		}
		return t.command(c, f, s)
	}
	if t.dangerous(word) {
		if t.dropOffer() {
			return t.idle()
		}
		return t.danger(f, s, word)
	}
	return t.read(f, s, word, away)
}

// chooses tells whether a word is an option as it is shown: that comes before a
// command found inside a sentence.
func (t *turn) chooses(f *Frame, s *step, word string) bool {
	_, exactCommand := t.set.commands[word]
	if exactCommand || len(s.options) == 0 {
		return false
	}
	a := t.parse(f, s, word)
	return a.ok && a.exact
}

// commandIn finds the command that a message is or, where within is true, that
// its words ask for. A message with a file is never one, and danger comes before
// what else a sentence asks for.
func (t *turn) commandIn(word string, within bool) *command {
	if word == "" || len(t.ev.Media) > 0 || t.ev.Choice != "" {
		return nil
	}
	if c := t.set.commands[word]; c != nil || !within {
		return c
	}
	if t.dangerous(word) {
		return nil
	}
	return t.set.within.find(word)
}

// dangerous tells whether a text holds a word that means danger.
func (t *turn) dangerous(word string) bool {
	return t.set.urgentFlow != "" && !t.running(t.set.urgentFlow) && t.set.urgent.in(word)
}

// Alarming tells whether a text that staff wrote down holds words that may mean danger.
func (s *Set) Alarming(text string) bool { return s.urgent.in(normalise(text)) }

// danger keeps the words, as story where they are one, and helps at once.
func (t *turn) danger(f *Frame, s *step, word string) error {
	if s.gathers() {
		if err := t.fire(f, s, s.events.more); err != nil {
			return err
		}
		t.storyPart(s)
	} else {
		t.keepSaid(s, word)
	}
	return t.beside(t.set.urgentFlow)
}

// keepSaid keeps a message that is no answer: with the story if it tells something,
// and where it answers news, as a reply.
func (t *turn) keepSaid(s *step, word string) {
	if t.replies(t.top(), s, word) {
		t.passOnWords()
		return
	}
	if t.tells(s, word) {
		t.tell()
		return
	}
	t.keep(KeptBeside)
}

// read reads the message as the answer to the open question.
func (t *turn) read(f *Frame, s *step, word string, away time.Duration) error {
	if s.answer.Kind == AnswerPoints && t.set.lists[t.lang].no[word] && len(t.ev.Media) == 0 {
		return t.skip(f, s) // "anything else?" "no"
	}
	if word != "" && s.free() && len(t.ev.Media) == 0 && t.set.starts[word] == t.set.starts[startAny] && (!s.gathers() || away > dayAway) {
		t.phrase(phraseWelcomeBack) // "hello" is said to somebody, and answers nothing
		return t.again(f)
	}
	a := t.parse(f, s, word)
	if a.ok && away > dayAway && !a.exact && !s.gathers() {
		return t.welcomeBack(f, s, a)
	}
	if a.ok {
		if s.gathers() {
			return t.storyMessage(f, s, away)
		}
		t.keepRest(s, a)
		return t.accept(f, s, a)
	}
	if t.replies(f, s, word) {
		return t.reply(f, s)
	}
	if t.tells(s, word) {
		return t.toldMore(f, away)
	}
	if s.kind == Measure && t.ev.Choice == "" && t.isTelling(word) && t.set.Has(makingFlow) {
		t.ask(Pending{Ask: AskRaise, Text: t.ev.Text, Media: t.ev.Media}, phraseAskRaise, phraseYes, phraseNo)
		return nil
	}
	if _, starts := t.set.starts[word]; t.light(f, s) && (starts && word != "" || t.isTelling(word)) {
		t.st.Frames = nil
		return t.idle()
	}
	if t.version(f).name == t.set.starts[startAny] && len(t.st.Frames) == 1 && strings.Contains(word, " ") && t.ev.Other == "" {
		t.st.Frames = nil // no choice, but something to be heard
		return t.idle()
	}
	if name, ok := t.set.starts[word]; ok && word != "" && !s.free() {
		return t.beside(name)
	}
	if away > dayAway {
		return t.welcomeBack(f, s, a)
	}
	return t.repair(f, s, a)
}

// tells tells whether a text that is no answer tells something: more of what
// the person began with, or words at a question of a flow that makes a case.
func (t *turn) tells(s *step, word string) bool {
	if s.says("excerpt") && (len(t.st.Early) > 0 || t.st.Draft) {
		return t.ev.Other == "" && t.ev.Choice == "" && (word != "" || len(t.ev.Media) > 0)
	}
	f := t.top()
	return t.version(f).stage == Making && s.answer.Kind == AnswerChoice && strings.Count(word, " ") >= 2 && !t.unsure(word)
}

// isTelling tells whether a text is long enough to be no failed choice.
func (t *turn) isTelling(word string) bool {
	return strings.Count(word, " ") >= tellingWords-1 && !t.unsure(word)
}

func (t *turn) unsure(word string) bool { return t.set.lists[t.lang].unsure[word] }

// dropOffer takes an offer off that was made and not taken up: it is not made again
// to who wants something else. false: something else is open.
func (t *turn) dropOffer() bool {
	f := t.top()
	if f == nil {
		return false
	}
	if s := t.version(f).index[f.Step]; s.at != 0 || !t.light(f, s) {
		return false
	}
	t.st.Frames = nil
	return true
}

// light tells whether the open question is an offer that nobody need answer: what
// is written there instead is taken as if nothing had been asked.
func (t *turn) light(f *Frame, s *step) bool {
	return s.answer.Optional && t.st.Notice == nil && len(t.st.Frames) == 1 && t.version(f).stage != Making &&
		(s.answer.Kind == AnswerYesNo || s.answer.Kind == AnswerChoice)
}

// tellingWords is how many words a text has that is no failed choice but
// something told, where nothing is being told yet.
const tellingWords = 5

// toldMore keeps what was told with the rest, thanks, and asks again.
func (t *turn) toldMore(f *Frame, away time.Duration) error {
	t.tell()
	f.Tries = 0
	t.phrase(phraseToldMore)
	if f.Heard && away <= restAfter && !strings.HasSuffix(strings.TrimSpace(t.ev.Text), "?") {
		return nil // who is telling something is not asked again and again
	}
	f.Heard = true
	return t.again(f)
}

// tell keeps the message as story: on the draft, or until there is one.
func (t *turn) tell() {
	if t.version(t.top()).stage == Making {
		t.part(t.set.fields[t.set.storyField], t.set.storyField, Part{Text: t.ev.Text, Media: t.ev.Media})
		return
	}
	t.early()
	t.st.Owed = false
}

// welcomeBack recalls the question after a day away. A text that might be the
// answer is asked about rather than taken, and never lost.
func (t *turn) welcomeBack(f *Frame, s *step, a answered) error {
	if a.ok && t.ev.Text != "" {
		t.ask(Pending{Ask: AskAnswer, Text: t.ev.Text, Media: t.ev.Media}, phraseAskAnswer, phraseYes, phraseNo)
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
			t.st.Tapped = t.ev.Choice
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
	if s.gathers() && t.ev.Choice == "" {
		t.storyPart(s)
		return nil
	}
	t.keep(KeptLate)
	return nil
}
