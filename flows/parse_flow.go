package flows

import (
	"slices"
	"strconv"
	"strings"
)

// readFlow reads a flow and its steps in the order of the file.
func (r *sourceReader) readFlow(doc yamlNode) {
	f := FlowSource{Pos: doc.pos}
	var steps *yamlNode
	at := r.object(doc, "a flow", yamlKeys{
		"flow":    func(n yamlNode) { f.Pos, f.Name = n.pos, r.name(n, "flow"); r.flow = f.Name },
		"title":   func(n yamlNode) { f.Title = r.sentence(n, "title") },
		"owner":   func(n yamlNode) { f.Owner = r.sentence(n, "owner") },
		"version": func(n yamlNode) { f.Version = r.count(n, "version") },
		"stage": func(n yamlNode) {
			f.Stage = Stage(r.oneOf(n, "stage", string(Considering), string(Making), string(Informed), string(Outcomes), string(Reflecting)))
		},
		"start": func(n yamlNode) { f.Start = r.list(n, "start") },
		"steps": func(n yamlNode) { steps = &n },
	})
	if f.Name == "" {
		return
	}
	if steps == nil {
		if _, there := at["steps"]; !there {
			r.fail(f.Pos, "the flow has no steps")
		}
		return
	}
	if !r.define("flow", f.Name, f.Pos, ": reword it by a file that begins with wording_for: "+f.Name) {
		return
	}
	r.entries(*steps, "steps", func(key, value yamlNode) {
		f.Steps = append(f.Steps, r.readStep(key, value, false))
	})
	if steps.kind == yamlMap && len(f.Steps) == 0 {
		r.fail(steps.pos, "the flow has no steps")
	}
	r.src.Flows = append(r.src.Flows, f)
}

// readStep reads one step; extra steps of a provider say which step they follow.
func (r *sourceReader) readStep(key, value yamlNode, extra bool) StepSource {
	r.step = key.words
	defer func() { r.step = "" }()
	s := StepSource{Pos: key.pos, Name: r.name(key, "the step's name")}
	if s.Name == "end" {
		r.fail(key.pos, "a step may not be called end: end is where a flow ends")
	}
	var kinds []Kind
	keys := r.stepKeys(&s, &kinds)
	if extra {
		keys["after"] = func(n yamlNode) { s.After = r.name(n, "after") }
	}
	if s.At = r.object(value, "a step", keys); s.At == nil {
		return s
	}
	switch len(kinds) {
	case 0:
		r.fail(key.pos, "the step has none of say, ask, measure and run: one of them says what it does")
	case 1:
		s.Kind = kinds[0]
		r.fitStep(&s)
	default:
		s.Kind = kinds[0]
		r.fail(s.At[string(kinds[1])], "the step has %s and %s: make two steps of it", kinds[0], kinds[1])
	}
	if _, there := s.At["after"]; extra && !there {
		r.fail(key.pos, "an extra step needs after: and the step it follows")
	}
	return s
}

// stepKeys says how each key of a step is read into s.
func (r *sourceReader) stepKeys(s *StepSource, kinds *[]Kind) yamlKeys {
	kind := func(k Kind, read func(yamlNode)) func(yamlNode) {
		return func(n yamlNode) { *kinds = append(*kinds, k); read(n) }
	}
	return yamlKeys{
		"say":      kind(Say, func(n yamlNode) { s.Text = r.text(n, "say") }),
		"ask":      kind(Ask, func(n yamlNode) { s.Text = r.text(n, "ask") }),
		"measure":  kind(Measure, func(n yamlNode) { s.Statement = r.words(n, "measure") }),
		"run":      kind(Run, func(n yamlNode) { s.Flow = r.name(n, "run") }),
		"answer":   func(n yamlNode) { s.Answer = r.readAnswer(n) },
		"options":  func(n yamlNode) { s.Options = r.readOptions(n) },
		"save":     func(n yamlNode) { s.Save = r.name(n, "save") },
		"retry":    func(n yamlNode) { s.Retry = r.text(n, "retry") },
		"next":     func(n yamlNode) { s.Next = r.readNext(n) },
		"do":       func(n yamlNode) { s.Do = r.readActions(n) },
		"remind":   func(n yamlNode) { s.Remind = r.readRemind(n) },
		"supports": func(n yamlNode) { s.Supports = texts(r.list(n, "supports")) },
	}
}

// fitStep notes the keys that mean nothing on a step of this kind, and gives
// options alone their kind of answer.
func (r *sourceReader) fitStep(s *StepSource) {
	unfit := map[Kind][]string{
		Say:     {"answer", "options", "save", "retry", "remind"},
		Measure: {"answer", "options", "save"},
		Run:     {"answer", "options", "save", "retry", "remind"},
	}
	for _, key := range unfit[s.Kind] {
		if pos, there := s.At[key]; there {
			r.fail(pos, "%s means nothing on a step that %s", key, kindDoes(s.Kind))
		}
	}
	if s.Kind != Ask {
		return
	}
	_, answers := s.At["answer"]
	optionsAt, offers := s.At["options"]
	if offers && s.Answer.Kind == AnswerNone && !answers {
		s.Answer = AnswerSource{Pos: optionsAt, Kind: AnswerChoice}
	}
	chooses := s.Answer.Kind == AnswerChoice || s.Answer.Kind == AnswerSeveral
	switch {
	case !answers && !offers:
		r.fail(s.Pos, "the step asks, but has neither answer nor options")
	case chooses && !offers:
		r.fail(s.Answer.Pos, "the answer %q needs options", s.Answer.Kind)
	case offers && !chooses && s.Answer.Kind != AnswerNone:
		r.fail(optionsAt, "options mean nothing beside the answer %q", s.Answer.Kind)
	}
}

func kindDoes(k Kind) string {
	switch k {
	case Say:
		return "says something; ask: is the kind that waits for an answer"
	case Measure:
		return "measures: its question and answers are fixed"
	}
	return "runs a flow"
}

// readOptions reads options in the order of the file.
func (r *sourceReader) readOptions(n yamlNode) []OptionSource {
	var options []OptionSource
	r.entries(n, "options", func(key, value yamlNode) {
		o := OptionSource{Pos: key.pos, Name: key.words}
		if n.flow && value.kind == yamlNothing {
			r.fail(key.pos, "the option %q has no label; in braces each comma ends an option: write one option a line", key.words)
			return
		}
		r.name(key, "the option's name")
		if len(o.Name) > maxOptionName {
			r.fail(key.pos, "the option's name has more than %d characters and does not fit behind a button: shorten the name, not the label", maxOptionName)
		}
		o.Label = r.sentence(value, key.words)
		options = append(options, o)
	})
	if n.kind == yamlMap && len(n.pairs) == 0 {
		r.fail(n.pos, "options are missing")
	}
	return options
}

// maxOptionName keeps "visit.option" within the 64 bytes of a button's data.
const maxOptionName = 48

// readNext reads where to go: one target, or a target for each option or
// condition.
func (r *sourceReader) readNext(n yamlNode) []BranchSource {
	if n.kind == yamlWords {
		return []BranchSource{{Pos: n.pos, To: r.target(n)}}
	}
	var branches []BranchSource
	r.entries(n, "next", func(when, to yamlNode) {
		branches = append(branches, BranchSource{Pos: when.pos, When: strings.Join(strings.Fields(when.words), " "), To: r.target(to)})
	})
	for i, b := range branches {
		if b.When == elseBranch && i < len(branches)-1 {
			r.fail(branches[i+1].Pos, "nothing after else is ever reached: put else last")
		}
	}
	return branches
}

// elseBranch is the last entry of next: where to go when nothing else holds.
const elseBranch = "else"

// target reads "STEP", "end" or "flow NAME".
func (r *sourceReader) target(n yamlNode) string {
	words := strings.Fields(r.words(n, "next"))
	switch {
	case len(words) == 1 && isName(words[0]):
		return words[0]
	case len(words) == 2 && words[0] == "flow" && isName(words[1]):
		return words[0] + " " + words[1]
	case len(words) > 0:
		r.fail(n.pos, "%q is no place to go: write a step, end, or flow NAME", strings.Join(words, " "))
	}
	return ""
}

func (r *sourceReader) readActions(n yamlNode) []ActionSource {
	var actions []ActionSource
	for _, w := range r.list(n, "do") {
		actions = append(actions, ActionSource{Pos: w.Pos, Name: strings.Join(strings.Fields(w.Text), " ")})
	}
	return actions
}

// count reads a whole number above zero.
func (r *sourceReader) count(n yamlNode, what string) int {
	words := r.words(n, what)
	number, err := strconv.Atoi(words)
	if words != "" && (err != nil || number < 1) {
		r.fail(n.pos, "%s is a whole number above 0, not %q", what, words)
		return 0
	}
	return number
}

func texts(words []WordSource) []string {
	var list []string
	for _, w := range words {
		list = append(list, w.Text)
	}
	return slices.Clip(list)
}
