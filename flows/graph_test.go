package flows

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

const loopsAndEnds = `flow: loops
title: Loops & "ends" <of> it
stage: making
start: [loops]
steps:
  first:
    ask: Which "way" {name|friend} & <where>?
    options: {a: A, b: B, c: C, d: D, e: E}
    save: x
    next: {a: second, b: third, c: fourth, d: end, e: flow other}
  second: {ask: "Again?", answer: yes/no, save: y, next: {yes: second, no: first}}
  third: {measure: making.myway, next: {answer is negative: first, x is a: fourth, else: fourth}}
  fourth: {run: other, next: {x is a: third, else: fifth}}
  fifth: {say: "Anextremelylongwordwithoutanyspaceinit that goes on and on, and on & on.", next: {x is a: first, x is b: last, else: end}}
  last: {say: Bye.}
`

// A manager who reads the picture must see every step and every branch there is.
func TestGraphHasEveryStepAndBranch(t *testing.T) {
	f := &mustParse(t, loopsAndEnds).Flows[0]
	g := newFlowGraph(f)
	type way struct{ from, to, label string }
	name := func(n int) string {
		if g.nodes[n].step != nil {
			return g.nodes[n].step.Name
		}
		return g.nodes[n].end
	}
	var got []way
	for _, e := range g.edges {
		got = append(got, way{name(e.from), name(e.to), e.label})
	}
	want := []way{
		{"first", "second", "a"}, {"first", "third", "b"}, {"first", "fourth", "c"}, {"first", "end", "d"}, {"first", "flow other", "e"},
		{"second", "second", "yes"}, {"second", "first", "no"},
		{"third", "first", "answer is negative"}, {"third", "fourth", "x is a, else"},
		{"fourth", "third", "x is a"}, {"fourth", "fifth", "else"},
		{"fifth", "first", "x is a"}, {"fifth", "last", "x is b"}, {"fifth", "end", "else"},
		{"last", "end", ""},
	}
	if len(got) != len(want) {
		t.Fatalf("ways: %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("way %d: %v, want %v", i, got[i], want[i])
		}
	}
}

// Boxes on top of each other, or a step above the one that leads to it, make a
// picture that nobody can follow.
func TestLayoutRunsDownwardsWithoutOverlap(t *testing.T) {
	g := newFlowGraph(&mustParse(t, loopsAndEnds).Flows[0])
	g.layOut()
	for _, e := range g.edges {
		chain := e.chain()
		for i := 1; e.from != e.to && i < len(chain); i++ {
			if g.nodes[chain[i]].layer != g.nodes[chain[i-1]].layer+1 {
				t.Errorf("the edge %d-%d skips a layer: %v", e.from, e.to, chain)
			}
		}
	}
	for _, layer := range g.layers {
		for i := 1; i < len(layer); i++ {
			left, right := g.nodes[layer[i-1]], g.nodes[layer[i]]
			if gap := right.x - left.x - (left.width()+right.width())/2; gap < columnGap-0.01 {
				t.Errorf("nodes %d and %d are %.1f apart", layer[i-1], layer[i], gap)
			}
		}
	}
	var back []string
	for _, e := range g.edges {
		if e.back && e.from != e.to {
			back = append(back, g.nodes[e.from].step.Name)
		}
	}
	if got := strings.Join(back, " "); got != "second third fourth fifth" {
		t.Errorf("the steps that lead back are %q", got)
	}
}

// A browser shows nothing at all of a picture that is not well formed.
func TestSVGIsWellFormedAndTellsTheFlow(t *testing.T) {
	picture := SVG(&mustParse(t, loopsAndEnds).Flows[0])
	decoder := xml.NewDecoder(strings.NewReader(picture))
	var said strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok {
			said.WriteString(string(text) + "\n")
		}
	}
	for _, want := range []string{
		`Loops & "ends" <of> it`, "stage: making; flow loops, starts on: loops", "ask, choice", "ask, yes/no", "measure", "flow other",
		`Which "way" {name|friend} & <where>?`, "answer is negative", "x is a, else", "I was able to communicate",
		"first", "second", "third", "fourth", "fifth", "last", "end",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the picture does not say %q", want)
		}
	}
	if !strings.Contains(picture, stageColour(Making)) || strings.Contains(picture, stageColour(Outcomes)) {
		t.Error("the stage's colour is not the picture's")
	}
	if picture != SVG(&mustParse(t, loopsAndEnds).Flows[0]) {
		t.Error("the picture differs from run to run")
	}
}

// Quotes or brackets in a text would break the chart for everyone.
func TestMermaidEscapesWhatPeopleRead(t *testing.T) {
	chart := Mermaid(&mustParse(t, loopsAndEnds).Flows[0])
	for _, want := range []string{
		"flowchart TD\n",
		`n0("first<br/>ask, choice: Which #34;way#34; #123;name#124;friend#125; #38; #60;where#62;?")`,
		`n2{{"third<br/>measure: I was able`, `n3[["fourth<br/>run: flow other"]]`, `n5["last<br/>say: Bye."]`,
		`n0 -->|"a"| n1`, `n1 -->|"yes"| n1`, `n2 -->|"answer is negative"| n0`, "n5 --> n9\n", `n6(["end"])`, `n7(["flow other"])`,
	} {
		if !strings.Contains(chart, want) {
			t.Errorf("the chart has no %q:\n%s", want, chart)
		}
	}
}
