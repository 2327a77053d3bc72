package flows

import (
	"slices"
	"strings"
	"time"
)

// checkFlow checks one flow: each step, and how they hang together.
func (c *checker) checkFlow(f *FlowSource) {
	for i := range f.Steps {
		s := &f.Steps[i]
		c.checkStep(f, s)
		for _, b := range s.Next {
			c.checkTarget(f, s, b)
			c.checkBranch(f, s, b)
		}
	}
	c.checkReach(f)
	c.checkAsked(f)
}

// checkStep checks what a step points to beside other steps, and its texts.
func (c *checker) checkStep(f *FlowSource, s *StepSource) {
	told := func(key string) finding { return c.at(s.place(key), f.Name, s.Name) }
	if s.Kind == Measure && s.Statement != "" {
		c.checkStatement(told("measure"), s.Statement)
	}
	for _, id := range s.Supports {
		c.checkStatement(told("supports"), id)
	}
	switch {
	case !c.flowExists(s.Flow):
		told("run").meaning(s.Flow, sortedKeys(c.flows)).block("the step runs the flow %q, which does not exist", s.Flow)
	case s.Flow != "" && s.Flow == f.Name:
		told("run").block("the flow runs itself, for ever")
	}
	for _, action := range s.Do {
		if !slices.Contains(actionNames(), action.Name) {
			c.at(action.Pos, f.Name, s.Name).meaning(action.Name, actionNames()).
				block("the action %q is not known; it is one of %s", action.Name, strings.Join(actionNames(), ", "))
		}
	}
	c.checkSave(f, s)
	c.checkOptions(f, s)
	c.checkRemind(f, s)
	for _, w := range textsOfStep(f.Name, s) {
		c.checkText(w, w.text, c.languages[0])
	}
}

// place is where a key of the step stands; the step's own place without one.
func (s *StepSource) place(key string) Pos {
	if pos, ok := s.At[key]; ok {
		return pos
	}
	return s.Pos
}

func (c *checker) checkStatement(told finding, id string) {
	if _, ok := StatementByID(id); ok {
		return
	}
	var ids []string
	for _, st := range Statements() {
		ids = append(ids, st.ID)
	}
	told.meaning(id, ids).block("%q is none of the 21 statements", id)
}

// checkSave sees that every answer is kept, in a field that can hold it.
func (c *checker) checkSave(f *FlowSource, s *StepSource) {
	if s.Save == "" {
		if s.Kind == Ask && s.Answer.Kind != AnswerCheck && s.Answer.Kind != AnswerNone && s.At["save"] == (Pos{}) {
			c.at(s.Pos, f.Name, s.Name).block("the answer is not saved: add save: and a field")
		}
		return
	}
	told := c.at(s.place("save"), f.Name, s.Name)
	field, ok := c.fields[s.Save]
	switch {
	case !ok:
		told.meaning(s.Save, sortedKeys(c.fields)).block("the field %q is not declared under fields:", s.Save)
	case s.Answer.Kind == AnswerCheck:
		told.block("check saves nothing of its own: delete save:")
	case s.Answer.Kind != AnswerNone && field.Type != "" && !holdsAnswer(field.Type, s.Answer.Kind):
		told.block("the field %q is of type %s, and the answer %q is of type %s", s.Save, field.Type, s.Answer.Kind, fieldTypeOf(s.Answer.Kind))
	}
}

// holdsAnswer tells whether a field of that type can hold an answer. Consent is an
// option, or a yes, that is kept with the words shown.
func holdsAnswer(fieldType string, k AnswerKind) bool {
	return fieldType == fieldTypeOf(k) || fieldType == "consent" && (k == AnswerChoice || k == AnswerYesNo)
}

// fieldTypeOf is the type of field that holds an answer.
func fieldTypeOf(k AnswerKind) string {
	switch k {
	case AnswerChoice:
		return "option"
	case AnswerSeveral:
		return "options"
	case AnswerScale:
		return "number"
	case AnswerPhoto:
		return "files"
	}
	return string(k)
}

// The labels that WhatsApp shows whole.
const (
	mostButtons     = 3
	longestButton   = 20
	mostListRows    = 10
	longestListItem = 24
)

// checkOptions checks the labels of a step in the file's own language.
func (c *checker) checkOptions(f *FlowSource, s *StepSource) {
	seen := map[string]string{}
	for _, o := range s.Options {
		told := c.at(o.Pos, f.Name, s.Name)
		c.checkLabel(told, o.Label, len(s.Options))
		label := normalise(o.Label)
		if other, twice := seen[label]; twice && label != "" {
			told.block("the options %s and %s have the same label", other, o.Name)
		}
		seen[label] = o.Name
	}
}

// checkLabel checks one label, of so many options of its step.
func (c *checker) checkLabel(told finding, label string, options int) {
	length := len([]rune(label))
	switch word := normalise(label); {
	case label == "":
		return
	case isNetworkWord(label):
		told.block("the label %q never arrives when it is typed: the phone network takes it", label)
	case c.commands[word] != "":
		told.block("the label %q is the command %s: who types it would not choose it", label, c.commands[word])
	case word == "":
		told.block("the label %q has no letter or digit, so nobody can type it", label)
	case !slices.Contains(c.channels, WhatsApp):
	case options <= mostButtons && length > longestButton:
		told.warn("the label has %d characters, and a WhatsApp button shows %d: it becomes a list", length, longestButton)
	case options <= mostListRows && length > longestListItem:
		told.warn("the label has %d characters, and a WhatsApp list shows %d: people get numbers instead", length, longestListItem)
	}
}

// reminderTemplate is the template that any reminder may leave the window with.
const reminderTemplate = "reminder"

// checkRemind sees that a reminder of a day or more can be sent on WhatsApp,
// where the window is closed by then.
func (c *checker) checkRemind(f *FlowSource, s *StepSource) {
	if len(s.Remind) == 0 || slices.Max(s.Remind) < 24*time.Hour || !slices.Contains(c.channels, WhatsApp) {
		return
	}
	if _, any := c.templates[reminderTemplate]; !any && s.Text.Template == "" {
		c.at(s.place("remind"), f.Name, s.Name).
			block("a reminder after a day or more needs a template on WhatsApp: add template: to the text, or one named %s under templates:", reminderTemplate)
	}
}
