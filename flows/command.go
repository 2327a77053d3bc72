package flows

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
)

// helpCommand is the name of the command that HELP and INFO of a channel mean.
const helpCommand = "help"

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
		if c.Name == helpCommand {
			out[helpCommand] = one
		}
	}
	return out
}

// fits tells whether the command means anything at the question s; where it does
// not, the word is read as an answer.
func (c *command) fits(s *step) bool {
	switch c.do {
	case doDone:
		return s != nil && s.answer.Kind == AnswerStory
	case doSkip, doBack, doPause:
		return s != nil
	}
	return true
}

// command does what a command says; f is the question it interrupts, nil if none
// is open.
func (t *turn) command(c *command, f *Frame, s *step) error {
	if f != nil && (c.always || c.askFirst && s.free()) {
		return t.askBefore(c, f)
	}
	return t.perform(c, f, s)
}

// askBefore asks whether the word is the command, or whether it is sure.
func (t *turn) askBefore(c *command, f *Frame) error {
	if !c.always {
		t.ask(Pending{Ask: AskCommand, Command: c.name, Text: t.ev.Text}, phraseAskCommand, phraseDoCommand, phraseIsAnswer)
		return nil
	}
	key := phraseSureDelete
	switch {
	case c.do == doRestart:
		key = phraseSureRestart
	case t.st.Case != "" && !t.st.Draft:
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

// sendNow opens the case with what is known, once there is a story.
func (t *turn) sendNow(f *Frame) error {
	a := t.st.answer(t.set.storyField)
	switch {
	case t.st.Case != "" && !t.st.Draft:
		return t.beside(statusFlow)
	case (a == nil || a.Parts == 0) && len(t.st.Early) == 0:
		t.phrase(phraseSendNoStory)
		return t.again(f)
	}
	t.openCase()
	t.phrase(phraseSent)
	return t.again(f)
}

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

// forget drops every answer, and the draft if there is one.
func (t *turn) forget() {
	if t.st.Draft {
		t.act(DeleteDraft, "")
		t.st.Case, t.st.Draft = "", false
	}
	t.st.Answers, t.st.Early, t.st.Measured = nil, nil, nil
}

func (t *turn) restart(f *Frame) error {
	if t.st.Case != "" && !t.st.Draft || f == nil {
		t.st.Frames = nil
		return t.begin(t.set.starts[startAny])
	}
	name := t.st.Frames[0].Flow
	t.forget()
	t.st.Frames = nil
	return t.begin(name)
}

// skip passes a question that may be left out. Once the case is sent, any may.
func (t *turn) skip(f *Frame, s *step) error {
	sent := t.st.Case != "" && !t.st.Draft && t.version(f).stage == Making
	if !s.answer.Optional && s.kind != Measure && !sent {
		t.phrase(phraseSkipNo)
		return t.again(f)
	}
	if s.kind == Measure {
		return t.accept(f, s, answered{value: RatherNotSay})
	}
	return t.accept(f, s, answered{skipped: true})
}
