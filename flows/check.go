package flows

import (
	"fmt"
	"slices"
	"strings"
)

// CheckOptions say what the sources have to be good for.
type CheckOptions struct {
	// Languages that people may choose; the first is that of the files. A
	// language after the first needs at least its wording files, its protected
	// texts and its urgent words. Empty: English.
	Languages []string
	// Channels the flows are used on. Empty: all of them.
	Channels []Channel
	// WhatsApp: an account sends on it, and its approved templates must be named.
	WhatsApp bool
}

// Check names all that is wrong with sources before they are published. It takes
// what Parse could read, and does not repeat what Parse told.
func Check(src *Sources, o CheckOptions) Problems {
	c := newChecker(src, o)
	for i := range src.Flows {
		c.checkFlow(&src.Flows[i])
	}
	c.checkStartWords()
	c.checkCommands()
	c.checkUrgent()
	c.checkTemplates(o.WhatsApp)
	c.checkPhrases()
	c.checkPlaces()
	c.checkWordings()
	c.checkLanguages()
	c.checkProtected()
	c.problems.sort()
	return c.problems
}

// checker holds the sources with what is looked up in them.
type checker struct {
	src       *Sources
	languages []string
	channels  []Channel
	problems  Problems

	flows     map[string]*FlowSource
	fields    map[string]FieldSource
	templates map[string]TemplateSource
	commands  map[string]string            // normalised word -> command
	values    map[string][]string          // field -> what it can be, if that is a closed list
	texts     map[string]map[string]worded // flow, "phrases" or "statements" -> key -> text
}

func newChecker(src *Sources, o CheckOptions) *checker {
	c := &checker{
		src: src, languages: o.Languages, channels: o.Channels,
		flows: map[string]*FlowSource{}, fields: map[string]FieldSource{}, templates: map[string]TemplateSource{},
		commands: map[string]string{}, values: map[string][]string{}, texts: map[string]map[string]worded{},
	}
	if len(c.languages) == 0 {
		c.languages = []string{"en"}
	}
	if len(c.channels) == 0 {
		c.channels = []Channel{SMS, WhatsApp, Telegram}
	}
	for i := range src.Flows {
		c.flows[src.Flows[i].Name] = &src.Flows[i]
	}
	for _, f := range src.Fields {
		c.fields[f.Name] = f
	}
	for _, t := range src.Templates {
		c.templates[t.Name] = t
	}
	for _, command := range src.Commands {
		for _, words := range command.Words {
			for _, w := range words {
				if word := normalise(w.Text); word != "" && c.commands[word] == "" {
					c.commands[word] = command.Name
				}
			}
		}
	}
	c.collectValues()
	c.collectTexts()
	return c
}

// collectValues learns from the steps that save to a field what it can be.
func (c *checker) collectValues() {
	learn := func(steps []StepSource) {
		for i := range steps {
			if s := &steps[i]; s.Save != "" {
				c.values[s.Save] = append(c.values[s.Save], answersOf(s)...)
			}
		}
	}
	for i := range c.src.Flows {
		learn(c.src.Flows[i].Steps)
	}
	for i := range c.src.Wordings {
		learn(c.src.Wordings[i].Extra)
	}
	for name, f := range c.fields {
		if f.Type == "yes/no" {
			c.values[name] = []string{"yes", "no"}
		}
	}
}

// answersOf lists the answers that a step can have, if that is a closed list.
func answersOf(s *StepSource) []string {
	switch {
	case s.Kind == Measure:
		return ScaleValues()
	case s.Answer.Kind == AnswerYesNo:
		return []string{"yes", "no"}
	}
	var names []string
	for _, o := range s.Options {
		names = append(names, o.Name)
	}
	return names
}

// finding is a problem that is being told: where, in which flow and step.
type finding struct {
	c *checker
	p Problem
}

func (c *checker) at(pos Pos, flow, step string) finding {
	return finding{c, Problem{Pos: pos, Flow: flow, Step: step}}
}

// meaning adds a guess at what was meant among the known words.
func (f finding) meaning(word string, known []string) finding {
	f.p.Meant = meantWord(word, known)
	return f
}

func (f finding) block(format string, args ...any) { f.tell(Block, format, args...) }
func (f finding) warn(format string, args ...any)  { f.tell(Warn, format, args...) }

func (f finding) tell(severity Severity, format string, args ...any) {
	f.p.Severity, f.p.Text = severity, fmt.Sprintf(format, args...)
	f.c.problems = append(f.c.problems, f.p)
}

// facts are the names that a text may use beside the declared fields.
func facts() []string {
	return []string{
		"provider", "public_name", "guardian", "deputy", "hours", "ref", "status", "stage", "answers", "handler", "decides", "due",
		"news", "sent", "count", "low", "high", "limit", "question", "options", "excerpt", "command", "name", "place",
		"proposed", "findings", "considered", "signatory", "point", "action", "owner", "body", "place_help", "help_lines", "process", "ombudsman", "ombudsman_months", "advocate", "code", "ways", "reach", "seen_by", "day_sent",
	}
}

// known lists every name that a text may use.
func (c *checker) known() []string { return append(facts(), sortedKeys(c.fields)...) }

// isKnown tells whether a text may use the name.
func (c *checker) isKnown(name string) bool {
	_, field := c.fields[name]
	return field || slices.Contains(facts(), name)
}

// flowExists tells whether a flow may be pointed to. One whose file could not be
// read is not missing: that file's own problem is told.
func (c *checker) flowExists(name string) bool {
	return name == "" || c.flows[name] != nil || slices.Contains(c.src.unread, name)
}

func (c *checker) checkStartWords() {
	first := map[string]string{}
	for _, f := range c.src.Flows {
		for _, w := range f.Start {
			told := c.at(w.Pos, f.Name, "")
			word := w.Text
			if !strings.HasPrefix(word, "*") {
				word = normalise(w.Text)
			}
			switch other, taken := first[word]; {
			case taken && other == f.Name:
				told.block("the start word %q is there twice", w.Text)
			case taken:
				told.block("the flow %s starts on %q too: one word starts one flow", other, w.Text)
			case c.commands[word] != "":
				told.block("the start word %q is the command %s, which comes first", w.Text, c.commands[word])
			case isNetworkWord(w.Text):
				told.block("the start word %q never arrives: the phone network takes it", w.Text)
			}
			first[word] = f.Name
		}
	}
}

func (c *checker) checkCommands() {
	for _, command := range c.src.Commands {
		if !c.flowExists(command.Run) {
			c.at(command.Pos, "", "").meaning(command.Run, sortedKeys(c.flows)).
				block("the command %s runs the flow %q, which does not exist", command.Name, command.Run)
		}
		for _, language := range sortedKeys(command.Words) {
			for _, w := range command.Words[language] {
				switch owner := c.commands[normalise(w.Text)]; {
				case normalise(w.Text) == "":
					c.at(w.Pos, "", "").block("the command %s has a word without letters", command.Name)
				case isNetworkWord(w.Text):
					c.at(w.Pos, "", "").block("the command word %q never arrives: the phone network takes it", w.Text)
				case owner != command.Name:
					c.at(w.Pos, "", "").block("the word %q is also the command %s", w.Text, owner)
				}
			}
		}
	}
}

func (c *checker) checkUrgent() {
	u := c.src.Urgent
	if u.Pos == (Pos{}) {
		return
	}
	if !c.flowExists(u.Run) {
		c.at(u.Pos, "", "").meaning(u.Run, sortedKeys(c.flows)).block("urgent words run the flow %q, which does not exist", u.Run)
	}
	for _, language := range c.languages {
		if len(u.Words[language]) == 0 {
			c.at(u.Pos, "", "").block("urgent words are missing in %q: danger told in that language would not be seen", language)
		}
	}
}

// checkTemplates sees that each template has its content sid; where nothing is sent on
// WhatsApp, that of no account does.
func (c *checker) checkTemplates(real bool) {
	for _, t := range c.src.Templates {
		for _, language := range c.languages {
			switch {
			case t.Content[language] == "":
				c.at(t.Pos, "", "").block("the template %s has no content in %q: set its content sid for %s in a templates.yaml among your flows", t.Name, language, language)
			case real && t.Sid(language) == "":
				c.at(t.Pos, "", "").block("the template %s has the content sid of no account in %q: put the one that Twilio shows for it (HX...) into a templates.yaml among your flows", t.Name, language)
			}
		}
		for _, name := range t.Variables {
			if !c.isKnown(name) {
				c.at(t.Pos, "", "").meaning(name, c.known()).block("the template %s uses %q, which is no fact and no field", t.Name, name)
			}
		}
	}
}

// networkWords never reach a conversation by SMS, or do more than they say:
// Twilio and the networks act on them when they stand alone.
func networkWords() []string {
	return []string{
		"stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout", "start", "yes", "unstop", "help", "info",
	}
}

func isNetworkWord(text string) bool { return slices.Contains(networkWords(), normalise(text)) }
