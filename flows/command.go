package flows

import "strings"

// command is a word that works at any moment.
type command struct {
	name     string
	do       commandDo
	run      string
	askFirst bool
	always   bool
}

// commandDo is what the engine itself does for a command.
type commandDo string

// The engine's own commands, as commands.yaml names them.
const (
	doBack    commandDo = "back"
	doMenu    commandDo = "menu"
	doSend    commandDo = "send"
	doPause   commandDo = "pause"
	doDelete  commandDo = "delete"
	doRestart commandDo = "restart"
	doSkip    commandDo = "skip"
	doDone    commandDo = "done"
	doUnsay   commandDo = "unsay"
)

// helpCommand is the name of the command that HELP and INFO of a channel mean.
const helpCommand = "help"

// leaveCommand is the name of the command that words like QUIT mean where the
// network does not take them: on Telegram, and in the middle of a sentence's end.
const leaveCommand = "leave"

// leaveWords are words that may mean "no more messages", or only "not this": who
// sends one is asked.
func leaveWords() []string {
	return []string{"stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"}
}

// within finds the command that a sentence asks for in other words.
type within struct {
	phrases phraseIndex
	by      map[string]*command // phrase -> command
}

func (w within) find(word string) *command { return w.by[w.phrases.first(word)] }

// is tells whether a whole message is one of the phrases: nothing more was said.
func (w within) is(word string) bool { return w.by[word] != nil }

// only tells whether a message asks for the command and tells nothing else: "I want to
// withdraw my complaint". Who said no more is not asked what to do with their words.
func (w within) only(word string) bool {
	phrase := w.phrases.first(word)
	return phrase != "" && strings.Count(word, " ")-strings.Count(phrase, " ") < tellingWords
}

func compileWithin(src []CommandSource, commands map[string]*command) within {
	w := within{phrases: phraseIndex{}, by: map[string]*command{}}
	for _, c := range src {
		for _, list := range c.Within {
			for _, one := range list {
				phrase := normalise(one.Text)
				w.phrases.add(phrase)
				for _, word := range c.Words {
					if len(word) > 0 {
						w.by[phrase] = commands[normalise(word[0].Text)]
					}
				}
			}
		}
	}
	return w
}

// compileCommands maps every word of every language to its command: a person
// who chose Welsh may still type STATUS.
func compileCommands(src []CommandSource) map[string]*command {
	out := map[string]*command{}
	for _, c := range src {
		one := &command{name: c.Name, do: commandDo(c.Do), run: c.Run, askFirst: c.AskFirst, always: c.Always}
		for _, list := range c.Words {
			for _, w := range list {
				out[normalise(w.Text)] = one
			}
		}
		switch c.Name {
		case helpCommand:
			out[helpCommand] = one
		case leaveCommand:
			for _, word := range leaveWords() {
				out[word] = one
			}
		}
	}
	return out
}

// command does what a command says; f is the question it interrupts, nil if none
// is open.
func (t *turn) command(c *command, f *Frame, s *step) error {
	switch {
	case f == nil && c.needsQuestion():
		t.phrase(phraseNothingHere)
		return t.first()
	case c.do == doSend && s != nil && s.answer.Kind == AnswerCheck:
		return t.accept(f, s, answered{ok: true, exact: true, value: checkSend})
	case c.do == doDone && !s.gathers():
		return t.again(f) // sent twice, after the story ended
	case c.always || c.askFirst && f != nil && s.free():
		return t.askBefore(c)
	}
	return t.perform(c, f, s)
}

// needsQuestion tells whether the command means something only while a question
// is open.
func (c *command) needsQuestion() bool {
	return c.do == doBack || c.do == doSkip || c.do == doPause || c.do == doDone
}

// askBefore asks whether the word is the command, or whether it is sure.
func (t *turn) askBefore(c *command) error {
	if !c.always {
		t.ask(Pending{Ask: AskCommand, Command: c.name, Text: t.ev.Text}, phraseAskCommand, phraseDoCommand, phraseIsAnswer)
		return nil
	}
	key := phraseSureDelete
	sent := t.st.Case != "" && !t.st.Draft
	switch {
	case c.do == doRestart && sent:
		key = phraseSureRestartNew
	case c.do == doRestart:
		key = phraseSureRestart
	case sent:
		key = phraseSureSent
	}
	t.ask(Pending{Ask: AskSure, Command: c.name, Text: t.ev.Text}, key, phraseYes, phraseNo)
	return nil
}

func (t *turn) perform(c *command, f *Frame, s *step) error {
	switch c.do {
	case doBack:
		return t.back(f, s)
	case doMenu:
		return t.beside(t.set.starts[startAny])
	case doSend:
		return t.sendNow(f)
	case doPause:
		t.phrase(phrasePaused)
		t.effects = append(t.effects, Remind{Visit: f.Visit})
		return nil
	case doDelete:
		return t.deleteAll(f)
	case doRestart:
		return t.restart(f)
	case doSkip:
		return t.skip(f, s)
	case doDone:
		return t.storyDone(f, s)
	case doUnsay:
		return t.unsay(f, s)
	}
	return t.beside(c.run)
}

// named finds a command by its name.
func (s *Set) named(name string) *command {
	for _, c := range s.commands {
		if c.name == name {
			return c
		}
	}
	return nil
}

// sendNow opens the case with what is known, once there is a story. What was
// said before any question was asked is one too.
func (t *turn) sendNow(f *Frame) error {
	if !t.st.Draft && len(t.st.Early) == 0 {
		if t.st.Case != "" {
			return t.beside(statusFlow)
		}
		t.phrase(phraseSendNoStory)
		return t.again(f)
	}
	if !t.st.Draft {
		t.beginDraft()
	}
	if !t.hasStory() {
		t.phrase(phraseSendNoStory)
		return t.again(f)
	}
	maker := t.making()
	if maker != nil {
		maker.Case = t.st.Case
		t.clearOffPath(maker)
	}
	t.openCase()
	t.phrase(phraseSent)
	if maker == nil || t.version(maker).index[maker.Step].leaves() {
		t.st.Frames = nil
		if t.set.Has(afterSending) {
			return t.begin(afterSending)
		}
		return nil
	}
	t.phrase(phraseSentMore)
	if top := t.top(); top == maker {
		if s := t.version(top).index[top.Step]; s.gathers() {
			return t.storyDone(top, s)
		}
	}
	return t.walk()
}

// making is the frame of the flow that makes the case; nil: none is under way.
func (t *turn) making() *Frame {
	for i := range t.st.Frames {
		if f := &t.st.Frames[i]; t.version(f).stage == Making && !t.sent(f) {
			return f
		}
	}
	return nil
}

// afterSending is the flow that offers a few questions to who has sent it at once.
const afterSending = "details"

// makingFlow is the flow that makes a complaint of words that were met elsewhere.
const makingFlow = "complain"

// statusFlow is the flow that tells where a case stands.
const statusFlow = "status"

// deleteAll erases what was not sent; what was sent is asked for, and a person
// answers.
func (t *turn) deleteAll(f *Frame) error {
	if t.st.Case != "" && !t.st.Draft {
		t.act(AskErasure, "")
		t.phrase(phraseDeleteAsked)
		return t.again(f)
	}
	t.forget()
	t.st.Frames = nil
	t.phrase(phraseDeleted)
	return nil
}

// forget drops every answer, the draft if there is one, and what was kept beside.
func (t *turn) forget() {
	t.act(DeleteDraft, "")
	if t.st.Draft {
		t.st.Case, t.st.Sent, t.st.Draft = t.st.Sent, "", false
	}
	t.st.Answers, t.st.Early, t.st.Measured, t.st.Owed = nil, nil, nil, false
}

func (t *turn) restart(f *Frame) error {
	if f == nil || !t.st.Draft && t.version(&t.st.Frames[0]).stage != Making {
		t.st.Frames = nil
		return t.begin(t.set.starts[startAny])
	}
	name := t.st.Frames[0].Flow
	t.forget()
	t.st.Frames = nil
	return t.begin(name)
}

// skip passes a question that may be left out. Once the case is sent, any may.
// A story that has parts is not left out: it ends.
func (t *turn) skip(f *Frame, s *step) error {
	a := t.st.answer(s.save)
	switch {
	case s.gathers() && a != nil && a.Parts > 0:
		return t.storyDone(f, s)
	case s.kind == Measure:
		return t.accept(f, s, answered{value: RatherNotSay})
	case s.answer.Optional, t.sent(f):
		return t.accept(f, s, answered{skipped: true})
	}
	t.phrase(phraseSkipNo)
	return t.again(f)
}
