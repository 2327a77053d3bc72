package flows

import (
	"slices"
	"strings"
	"time"

	"github.com/looplab/fsm"
)

// Where an edge may lead besides a step. A step cannot be named so: a name has
// no space, and "end" is refused as one.
const (
	toEnd  = "end"
	toFlow = "flow "
)

// version is one compiled structure of a flow, with the words it has now.
type version struct {
	name    string
	title   string
	hash    string
	stage   Stage
	steps   []*step
	index   map[string]*step
	machine *machine
	source  FlowSource // as compiled, for publishing and graphs
	words   wording
}

// step is one compiled step. Texts are by language, in the set's order.
type step struct {
	name      string
	label     string // "flow.step"
	at        int
	kind      Kind
	answer    AnswerSource
	options   []option
	save      string
	field     FieldSource
	statement string
	run       string
	edges     []edge
	do        []Action
	remind    []time.Duration
	text      []text
	retry     []text
	events    stepEvents
}

// stepEvents are the names of the step's events, made once.
type stepEvents struct {
	invalid, more, silence string
	back                   map[string]string // by the step gone back to
	change                 map[string]string // check: by the step to change
	checked                map[string]string // by the check step come back to
}

// option is one option with its labels by language.
type option struct {
	name   string
	labels []string
}

// edge is one way out of a step.
type edge struct {
	event  string
	to     string
	always bool
	option string    // taken when this is (among) the answer
	when   condition // else by condition
}

func (s *step) asks() bool { return s.kind == Ask || s.kind == Measure }

// says tells whether the step's text puts in what is known under a name.
func (s *step) says(name string) bool {
	for i := range s.text {
		for _, p := range s.text[i].plain {
			if p.name == name {
				return true
			}
		}
	}
	return false
}

// free tells whether any text could be an answer, so that a command may be one.
func (s *step) free() bool {
	return s.answer.Kind == AnswerText || s.answer.Kind == AnswerWhen || s.gathers()
}

// declinable tells whether a question with a few answers to choose from is left out
// without being told how: who wants to will, and the text stays short.
func (s *step) declinable() bool {
	return s.answer.Kind == AnswerYesNo || s.answer.Kind == AnswerChoice
}

// leaves tells whether an answer may lead to another flow for good.
func (s *step) leaves() bool {
	return s.asks() && slices.ContainsFunc(s.edges, func(e edge) bool { return strings.HasPrefix(e.to, toFlow) })
}

// gathers tells whether an answer is many messages until DONE.
func (s *step) gathers() bool { return s.answer.Kind == AnswerStory || s.answer.Kind == AnswerPoints }

// choose evaluates the edges in order; the last one always holds.
func (s *step) choose(answer string, get func(string) (string, bool)) *edge {
	for i := range s.edges {
		e := &s.edges[i]
		if e.always || e.option != "" && isAmong(e.option, answer) || e.option == "" && e.when.holds(get) {
			return e
		}
	}
	return &s.edges[len(s.edges)-1]
}

func isAmong(name, value string) bool {
	for one := range strings.SplitSeq(value, ",") {
		if one == name {
			return true
		}
	}
	return false
}

// asking finds the first step of an answer kind; nil: none.
func (v *version) asking(k AnswerKind) *step {
	for _, s := range v.steps {
		if s.answer.Kind == k {
			return s
		}
	}
	return nil
}

// ahead tells whether a step may still be come to from another, whatever is
// answered on the way.
func (v *version) ahead(from, to string) bool {
	seen := map[string]bool{}
	var look func(name string) bool
	look = func(name string) bool {
		s := v.index[name]
		if s == nil || seen[name] {
			return false
		}
		seen[name] = true
		for _, e := range s.edges {
			if e.to == to || look(e.to) {
				return true
			}
		}
		return false
	}
	return from == to || look(from)
}

// does tells whether a step of the flow does something.
func (v *version) does(a Action) bool {
	return slices.ContainsFunc(v.steps, func(s *step) bool { return slices.Contains(s.do, a) })
}

// measures tells whether the flow asks statements.
func (v *version) measures() bool {
	for _, s := range v.steps {
		if s.kind == Measure {
			return true
		}
	}
	return false
}

// tellsNews tells whether a text of the flow puts in the words of a notice.
func (v *version) tellsNews() bool {
	for _, s := range v.steps {
		if s.says("news") {
			return true
		}
	}
	return false
}

// describe lists every event of the version for its machine.
func (v *version) describe() []fsm.EventDesc {
	var out []fsm.EventDesc
	add := func(event, from, to string) {
		out = append(out, fsm.EventDesc{Name: event, Src: []string{from}, Dst: to})
	}
	for _, s := range v.steps {
		for _, e := range s.edges {
			add(e.event, s.name, e.to)
		}
		if !s.asks() {
			continue
		}
		add(s.events.invalid, s.name, s.name)
		add(s.events.silence, s.name, s.name)
		if s.gathers() {
			add(s.events.more, s.name, s.name)
		}
		for to, event := range s.events.back {
			add(event, s.name, to)
		}
		for to, event := range s.events.change {
			add(event, s.name, to)
		}
		for to, event := range s.events.checked {
			add(event, s.name, to)
		}
	}
	return out
}
