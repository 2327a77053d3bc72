package flows

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Run plays a transcript against a set. The problems name the lines that did not
// come true; fired are the edges and steps that were met.
func (tr *Transcript) Run(set *Set) (problems Problems, fired map[string]bool) {
	if tr.Language != "" && !slices.Contains(set.languages, tr.Language) {
		return Problems{{Pos: Pos{File: tr.File, Line: 1, Column: 1}, Severity: Block,
			Text: fmt.Sprintf("the language %q is not among those of the flows", tr.Language)}}, nil
	}
	w := NewSimulation(set, tr.Channel, tr.Language)
	w.Facts.Seed = tr.Seed
	heard := 0
	tell := func(pos Pos, format string, args ...any) {
		problems = append(problems, Problem{Pos: pos, Severity: Block, Text: fmt.Sprintf(format, args...)})
	}
	quiet := func(pos Pos) {
		for ; heard < len(w.Said); heard++ {
			tell(pos, "before this line the bot also said [%s] %q", w.Said[heard].Step, flatten(shownText(w.Said[heard])))
		}
	}
	for _, line := range tr.Lines {
		switch line.Kind {
		case LineBot:
			switch {
			case heard >= len(w.Said):
				tell(line.Pos, "the bot says nothing here; expected %q", line.Text)
			case !line.matches(w.Said[heard]):
				tell(line.Pos, "expected %q, but the bot says [%s] %q", line.Text, w.Said[heard].Step, flatten(shownText(w.Said[heard])))
				heard++
			default:
				heard++
			}
			continue
		case LineExpect:
			ok, err := w.Holds(line.Text)
			if err != nil {
				tell(line.Pos, "%v", err)
			} else if !ok {
				tell(line.Pos, "this is not so: %s", line.Text)
			}
			continue
		}
		quiet(line.Pos)
		if err := w.play(line); err != nil {
			tell(line.Pos, "%v", err)
			return problems, w.Fired
		}
	}
	quiet(Pos{File: tr.File, Line: tr.Lines[len(tr.Lines)-1].Pos.Line + 1, Column: 1})
	return problems, w.Fired
}

// play does what a line says that the person, the staff or the clock does.
func (w *Simulation) play(line TranscriptLine) error {
	switch line.Kind {
	case LineThem:
		return w.Write(line.Text)
	case LineLater:
		return w.PassText(line.Text)
	case LineFact:
		return w.Know(line.Text)
	case LineMove:
		return w.GoOn(Channel(line.Text))
	}
	kind, words, _ := strings.Cut(line.Text, " ")
	return w.Happen(kind, words)
}

// Unvisited lists the steps and branches that nothing in fired has met, as
// "flow.step" and "flow.step -> where".
func (s *Set) Unvisited(fired map[string]bool) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.flows)) {
		for _, st := range s.flows[name].steps {
			met := fired[name+" "+st.name]
			for i := range st.edges {
				met = met || fired[name+" "+st.edges[i].event]
			}
			if !met {
				out = append(out, st.label)
				continue
			}
			for i := range st.edges {
				if len(st.edges) > 1 && !fired[name+" "+st.edges[i].event] && !st.implied(i) {
					out = append(out, st.label+" -> "+st.edges[i].to)
				}
			}
		}
	}
	return out
}

// implied tells whether an edge is the one the compiler added behind branches
// that name every option, which can never be taken.
func (s *step) implied(i int) bool {
	if i != len(s.edges)-1 || s.answer.Kind != AnswerChoice && s.answer.Kind != AnswerYesNo {
		return false
	}
	named := 0
	for _, e := range s.edges[:i] {
		if e.option != "" {
			named++
		}
	}
	return named == max(len(s.options), 2*btoi(s.answer.Kind == AnswerYesNo))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
