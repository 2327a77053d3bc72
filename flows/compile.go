package flows

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// Compile checks the sources and makes the Set that Step runs on. The error is
// Problems, all of them, if anything blocks.
func Compile(src *Sources, o Options) (*Set, error) {
	if len(o.Languages) == 0 {
		o.Languages = []string{"en"}
	}
	if ps := Check(src, CheckOptions{Languages: o.Languages}).Blocking(); len(ps) > 0 {
		return nil, ps
	}
	s := &Set{
		languages:  o.Languages,
		limits:     o.Limits,
		flows:      map[string]*version{},
		versions:   map[string]*version{},
		starts:     map[string]string{},
		fields:     map[string]FieldSource{},
		options:    map[string]map[string][]string{},
		urgentFlow: src.Urgent.Run,
	}
	for _, f := range src.Fields {
		s.fields[f.Name] = f
	}
	if err := s.compileWords(src, o); err != nil {
		return nil, err
	}
	if err := s.compilePlaces(src, o); err != nil {
		return nil, err
	}
	s.compileNations(src)
	for _, f := range src.Flows {
		if err := s.compileFlow(f, src.Wordings, o); err != nil {
			return nil, err
		}
	}
	s.commands = compileCommands(src.Commands)
	s.within = compileWithin(src.Commands, s.commands)
	s.urgent = indexPhrases(src.Urgent.Words)
	return s, nil
}

func (s *Set) compileFlow(f FlowSource, rewordings []WordingSource, o Options) error {
	f = withProvider(f, rewordings, o.Provider)
	v, err := compileVersion(f, wordingOf(f, rewordings, o.Provider), o.Languages, s.fields)
	if err != nil {
		return err
	}
	v.title = f.Title
	s.flows[f.Name], s.versions[v.hash] = v, v
	for _, w := range f.Start {
		s.starts[startWord(w.Text)] = f.Name
	}
	for _, st := range v.steps {
		s.learnOptions(st)
		if st.answer.Kind == AnswerStory && v.stage == Making && s.storyField == "" {
			s.storyField = st.save
		}
	}
	return nil
}

func startWord(text string) string {
	if text == startAny || text == startAnyCase {
		return text
	}
	return normalise(text)
}

// learnOptions keeps the labels of each option by its field, for texts that put
// an answer in words.
func (s *Set) learnOptions(st *step) {
	if st.save == "" || len(st.options) == 0 {
		return
	}
	labels := maps.Clone(s.options[st.save]) // another Set may share it
	if labels == nil {
		labels = map[string][]string{}
	}
	for _, o := range st.options {
		if _, known := labels[o.name]; !known {
			labels[o.name] = o.labels
		}
	}
	s.options[st.save] = labels
}

// compileVersion makes one version of a flow and its machine.
func compileVersion(f FlowSource, w wording, languages []string, fields map[string]FieldSource) (*version, error) {
	_, hash, err := structureOf(f).encode()
	if err != nil {
		return nil, err
	}
	v := &version{name: f.Name, hash: hash, stage: f.Stage, index: map[string]*step{}, source: f, words: w}
	for i, src := range f.Steps {
		st, err := compileStep(f, i, w, languages)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", src.Pos, err)
		}
		st.field = fields[st.save]
		if v.stage == Making && st.kind == Ask && len(st.remind) == 0 {
			st.remind = defaultRemind()
		}
		if st.passesOn() {
			st.remind = []time.Duration{untilPassedOn}
		}
		v.steps = append(v.steps, st)
		v.index[st.name] = st
	}
	if err := v.link(); err != nil {
		return nil, err
	}
	v.machine, err = newMachine(v.steps[0].name, v.describe())
	if err != nil {
		return nil, fmt.Errorf("flow %s: %w", f.Name, err)
	}
	return v, nil
}

// defaultRemind is when a question of a flow that makes a case is recalled if
// its file says nothing: a draft is never left without a word, nor pressed.
func defaultRemind() []time.Duration { return []time.Duration{24 * time.Hour, 72 * time.Hour} }

func compileStep(f FlowSource, at int, w wording, languages []string) (*step, error) {
	src := f.Steps[at]
	st := &step{
		name: src.Name, label: f.Name + "." + src.Name, at: at, kind: src.Kind, answer: src.Answer,
		save: src.Save, statement: src.Statement, run: src.Flow, remind: src.Remind,
	}
	for _, d := range src.Do {
		st.do = append(st.do, Action(d.Name))
	}
	if err := st.compileTexts(src, w, languages); err != nil {
		return nil, err
	}
	for i, b := range src.Next {
		e, err := compileEdge(src, b)
		if err != nil {
			return nil, err
		}
		e.event = fmt.Sprintf("%s/%d", src.Name, i+1)
		st.edges = append(st.edges, e)
	}
	if n := len(st.edges); n == 0 || !st.edges[n-1].always {
		to := toEnd
		if at+1 < len(f.Steps) {
			to = f.Steps[at+1].Name
		}
		st.edges = append(st.edges, edge{event: fmt.Sprintf("%s/%d", src.Name, n+1), to: to, always: true})
	}
	st.events = stepEvents{invalid: src.Name + "/invalid", more: src.Name + "/more", silence: src.Name + "/silence"}
	return st, nil
}

func (s *step) compileTexts(src StepSource, w wording, languages []string) (err error) {
	switch src.Kind {
	case Say:
		s.text, err = compileTexts(w, languages, src.Name+".say")
	case Ask:
		s.text, err = compileTexts(w, languages, src.Name+".ask")
	}
	if err != nil {
		return err
	}
	if _, ok := w[""][src.Name+".retry"]; ok {
		if s.retry, err = compileTexts(w, languages, src.Name+".retry"); err != nil {
			return err
		}
	}
	for _, o := range src.Options {
		labels := make([]string, len(languages))
		for i, language := range languages {
			labels[i] = w[language][src.Name+".options."+o.Name].Text
			if labels[i] == "" {
				labels[i] = w[""][src.Name+".options."+o.Name].Text
			}
		}
		s.options = append(s.options, option{name: o.Name, labels: labels})
	}
	return nil
}

func compileEdge(src StepSource, b BranchSource) (edge, error) {
	e := edge{to: b.To}
	switch {
	case b.When == "" || b.When == "else":
		e.always = true
	case namesAnswer(src, b.When):
		e.option = b.When
	default:
		c, err := parseCondition(b.When)
		if err != nil {
			return edge{}, fmt.Errorf("step %s: %w", src.Name, err)
		}
		e.when = c
	}
	return e, nil
}

// namesAnswer tells whether when is one of the answers that a step can have,
// rather than a condition.
func namesAnswer(src StepSource, when string) bool {
	if src.Answer.Kind == AnswerCase && when == noCase {
		return true
	}
	if src.Answer.Kind == AnswerYesNo && (when == "yes" || when == "no") {
		return true
	}
	if src.Kind == Measure {
		for _, v := range ScaleValues() {
			if when == v {
				return true
			}
		}
	}
	for _, o := range src.Options {
		if when == o.Name {
			return true
		}
	}
	return false
}

// link checks that every edge leads somewhere and adds the edges that the engine
// itself takes: back to an earlier question, and from a check to an answer and
// back.
func (v *version) link() error {
	for _, s := range v.steps {
		for _, e := range s.edges {
			if e.to != toEnd && !strings.HasPrefix(e.to, toFlow) && v.index[e.to] == nil {
				return fmt.Errorf("flow %s: step %s leads to %q, which is no step", v.name, s.name, e.to)
			}
		}
	}
	for _, s := range v.steps {
		if !s.asks() {
			continue
		}
		s.events.back = map[string]string{}
		s.events.change = map[string]string{}
		s.events.checked = map[string]string{}
		for _, other := range v.steps {
			if !other.asks() || other == s {
				continue
			}
			s.events.back[other.name] = s.name + "/back/" + other.name
			if s.answer.Kind == AnswerCheck && other.save != "" {
				s.events.change[other.name] = s.name + "/change/" + other.name
			}
		}
	}
	return nil
}
