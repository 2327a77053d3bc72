package flows

import (
	"fmt"
	"slices"
	"strings"
)

// flowGraph is a flow as it is drawn: its steps, and beside each step that
// leaves the flow an end of its own, so that no line crosses the whole picture
// to reach one.
type flowGraph struct {
	flow   *FlowSource
	nodes  []graphNode // the steps first, in the order of the file
	edges  []graphEdge
	layers [][]int // nodes from left to right; set by layOut
}

type graphNode struct {
	step  *StepSource // nil: an end, or a bend of a line
	end   string      // "end" or "flow NAME"
	layer int
	x     float64 // centre
}

// graphEdge is a way from one node to another. Several branches between the same
// two are one edge.
type graphEdge struct {
	from, to int
	label    string
	back     bool  // leads up, to a step that leads here
	bends    []int // nodes that stand for the edge in the layers it crosses, from top to bottom
}

func newFlowGraph(f *FlowSource) *flowGraph {
	g := &flowGraph{flow: f}
	for i := range f.Steps {
		g.nodes = append(g.nodes, graphNode{step: &f.Steps[i]})
	}
	for from := range f.Steps {
		ends := map[string]int{}
		for _, b := range branches(f, from) {
			to := stepIndex(f, b.To)
			if to < 0 && b.To != "" {
				if _, there := ends[b.To]; !there {
					ends[b.To] = len(g.nodes)
					g.nodes = append(g.nodes, graphNode{end: b.To})
				}
				to = ends[b.To]
			}
			if to >= 0 {
				g.connect(from, to, b.When)
			}
		}
	}
	return g
}

func (g *flowGraph) connect(from, to int, label string) {
	same := func(e graphEdge) bool { return e.from == from && e.to == to }
	if i := slices.IndexFunc(g.edges, same); i >= 0 {
		g.edges[i].label = strings.Trim(g.edges[i].label+", "+label, ", ")
		return
	}
	g.edges = append(g.edges, graphEdge{from: from, to: to, label: label})
}

// words is what a step says, asks, measures or runs.
func (n graphNode) words() string {
	switch n.step.Kind {
	case Measure:
		statement, _ := StatementByID(n.step.Statement)
		return statement.Text
	case Run:
		return "flow " + n.step.Flow
	}
	return strings.Join(strings.Fields(n.step.Text.Text), " ")
}

// kind is what a step does, and for a question what counts as an answer.
func (n graphNode) kind() string {
	if n.step.Kind == Ask && n.step.Answer.Kind != AnswerNone {
		return string(Ask) + ", " + string(n.step.Answer.Kind)
	}
	return string(n.step.Kind)
}

// shorten cuts words to at most so many characters, at a space where it can.
func shorten(words string, most int) string {
	runes := []rune(words)
	if len(runes) <= most {
		return words
	}
	short := string(runes[:most-1])
	if space := strings.LastIndexByte(short, ' '); space > most/2 {
		short = short[:space]
	}
	return strings.TrimRight(short, " ,.;:") + "…"
}

// stageColour is the colour of a stage, dark enough for white letters.
func stageColour(s Stage) string {
	switch s {
	case Considering:
		return "#1d5fa8"
	case Making:
		return "#7a3a8c"
	case Informed:
		return "#0b6e5f"
	case Outcomes:
		return "#a8441d"
	case Reflecting:
		return "#5a6410"
	}
	return "#4a5560"
}

// Mermaid draws a flow as a Mermaid flowchart: a box for each step, with what it
// does and its first words, and an arrow for each branch. The shape tells the
// kind: a box says, a rounded box asks, a hexagon measures, a framed box runs.
func Mermaid(f *FlowSource) string {
	g := newFlowGraph(f)
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for i, n := range g.nodes {
		opening, closing, label := `(["`, `"])`, mermaidText(n.end)
		if n.step != nil {
			opening, closing = mermaidShape(n.step.Kind)
			label = mermaidText(n.step.Name) + "<br/>" + mermaidText(n.kind()+": "+shorten(n.words(), 60))
		}
		fmt.Fprintf(&b, "  n%d%s%s%s\n", i, opening, label, closing)
	}
	for _, e := range g.edges {
		arrow := "-->"
		if e.label != "" {
			arrow = `-->|"` + mermaidText(e.label) + `"|`
		}
		fmt.Fprintf(&b, "  n%d %s n%d\n", e.from, arrow, e.to)
	}
	fmt.Fprintf(&b, "  classDef stage stroke:%s,stroke-width:2px\n", stageColour(f.Stage))
	for i := range f.Steps {
		fmt.Fprintf(&b, "  class n%d stage\n", i)
	}
	return b.String()
}

func mermaidShape(k Kind) (opening, closing string) {
	switch k {
	case Ask:
		return `("`, `")`
	case Measure:
		return `{{"`, `"}}`
	case Run:
		return `[["`, `"]]`
	}
	return `["`, `"]`
}

// mermaidText writes every character that Mermaid could read as its own as an
// entity.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\"#&<>`|{}[]()\\*_~;", r) {
			fmt.Fprintf(&b, "#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
