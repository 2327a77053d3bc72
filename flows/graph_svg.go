package flows

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// The frame around the picture.
const (
	headingHeight = 76.0
	margin        = 28.0

	letterWidth = 7.2 // of the usual letter, a little more than it is
	lineLetters = 30  // of a line in a box
)

// SVG draws a flow as a picture that stands alone in a browser: the title with
// the stage in its colour, a box for each step with its name, its kind and its
// first words, and an arrow for each branch. The whole text of a step shows when
// the pointer rests on its box.
func SVG(f *FlowSource) string {
	g := newFlowGraph(f)
	g.layOut()
	d := drawing{g: g, colour: stageColour(f.Stage)}
	d.drawHeading()
	top, bottom := d.ports()
	rank := map[int]int{}
	for i, e := range g.edges {
		d.drawEdge(e, top[i], bottom[i], rank[e.from])
		rank[e.from]++
	}
	for i := range g.nodes {
		d.drawNode(&g.nodes[i])
	}
	d.drawLabels()
	width, height := d.size()
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" role="img" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" `+
		`font-family="system-ui, sans-serif" font-size="13"><title>%s</title>`+
		`<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">`+
		`<path d="M0 0 10 5 0 10z" fill="#333"/></marker></defs>`+"\n"+`<rect width="100%%" height="100%%" fill="#fff"/>`+"\n%s</svg>\n",
		width, height, width, height, html.EscapeString(f.Title+" ("+f.Name+")"), d.out.String())
}

type drawing struct {
	g      *flowGraph
	colour string
	out    strings.Builder
	labels []edgeLabel
}

// edgeLabel is drawn after all lines and boxes, so that nothing runs over it.
type edgeLabel struct {
	x, y float64
	text string
}

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(&d.out, format, args...) }

func (d *drawing) size() (width, height float64) {
	right := 420.0 // the heading's
	for _, n := range d.g.nodes {
		right = max(right, n.x+n.width()/2)
	}
	layers := float64(len(d.g.layers))
	return right + 2*margin + loopMargin, headingHeight + margin + layers*(boxHeight+layerGap) - layerGap + margin
}

func (d *drawing) drawHeading() {
	f := d.g.flow
	width, _ := d.size()
	stage := string(f.Stage)
	if stage == "" {
		stage = "any stage"
	}
	details := "flow " + f.Name
	if f.Version > 0 {
		details += fmt.Sprintf(", version %d", f.Version)
	}
	if len(f.Start) > 0 {
		details += ", starts on: " + strings.Join(texts(f.Start), ", ")
	}
	details = shorten("stage: "+stage+"; "+details, int((width-2*margin)/letterWidth))
	d.printf(`<rect width="%.0f" height="%.0f" fill="%s"/>`, width, headingHeight, d.colour)
	d.printf(`<g fill="#fff"><text x="%.0f" y="32" font-size="20" font-weight="bold">%s</text>`, margin, html.EscapeString(f.Title))
	d.printf(`<text x="%.0f" y="56">%s</text></g>`+"\n", margin, html.EscapeString(details))
}

// top is the y of a layer.
func (d *drawing) top(layer int) float64 {
	return headingHeight + margin + float64(layer)*(boxHeight+layerGap)
}

func (n graphNode) height() float64 {
	if n.end != "" {
		return endHeight
	}
	return boxHeight
}

// ports gives each edge the x at which it touches its upper node's bottom and
// its lower node's top: side by side, in the order of where the lines come from.
func (d *drawing) ports() (tops, bottoms []float64) {
	edges := d.g.edges
	tops, bottoms = make([]float64, len(edges)), make([]float64, len(edges))
	above, below := map[int][]int{}, map[int][]int{}
	for i, e := range edges {
		if upper, lower := e.ends(); upper != lower {
			below[upper] = append(below[upper], i)
			above[lower] = append(above[lower], i)
		}
	}
	for n := range d.g.nodes {
		d.spreadPorts(n, below[n], bottoms, func(chain []int) int { return chain[1] })
		d.spreadPorts(n, above[n], tops, func(chain []int) int { return chain[len(chain)-2] })
	}
	return tops, bottoms
}

func (d *drawing) spreadPorts(n int, edges []int, ports []float64, neighbour func([]int) int) {
	node := d.g.nodes[n]
	at := func(edge int) float64 { return d.g.nodes[neighbour(d.g.edges[edge].chain())].x }
	slices.SortStableFunc(edges, func(a, b int) int {
		if at(a) < at(b) {
			return -1
		}
		return 1
	})
	gap := min(34, (node.width()-30)/float64(max(1, len(edges))))
	for i, edge := range edges {
		ports[edge] = node.x + margin + gap*(float64(i)-float64(len(edges)-1)/2)
	}
}

// stretch is the part of a line between two layers.
type stretch struct{ x, y, toX, toY float64 }

// curve is the stretch as a Bézier curve that leaves and arrives upright.
func (s stretch) curve() string {
	half := (s.y + s.toY) / 2
	return fmt.Sprintf(" C%.1f %.1f %.1f %.1f %.1f %.1f", s.x, half, s.toX, half, s.toX, s.toY)
}

// at is the point of the curve at t, from 0 to 1.
func (s stretch) at(t float64) (x, y float64) {
	half := (s.y + s.toY) / 2
	a, b, c, d := (1-t)*(1-t)*(1-t), 3*(1-t)*(1-t)*t, 3*(1-t)*t*t, t*t*t
	return (a+b)*s.x + (c+d)*s.toX, a*s.y + (b+c)*half + d*s.toY
}

// drawEdge draws the line of an edge through its bends, from its upper node's
// bottom to its lower node's top; one that leads back is dashed and its arrow
// points up. Rank is its place among the branches of its step.
func (d *drawing) drawEdge(e graphEdge, topPort, bottomPort float64, rank int) {
	upper, lower := e.ends()
	if upper == lower {
		d.drawLoop(upper, e.label)
		return
	}
	x, y := bottomPort, d.top(d.g.nodes[upper].layer)+d.g.nodes[upper].height()
	path := fmt.Sprintf("M%.1f %.1f", x, y)
	var parts []stretch
	for _, bend := range e.bends {
		part := stretch{x, y, d.g.nodes[bend].x + margin, d.top(d.g.nodes[bend].layer)}
		parts = append(parts, part)
		x, y = part.toX, part.toY+boxHeight
		path += part.curve() + fmt.Sprintf(" V%.1f", y)
	}
	last := stretch{x, y, topPort, d.top(d.g.nodes[lower].layer)}
	parts = append(parts, last)
	path += last.curve()
	along := 0.3 + 0.16*float64(rank%3)
	labelX, labelY := parts[0].at(along)
	style := `marker-end="url(#arrow)"`
	if e.back {
		labelX, labelY = last.at(1 - along)
		style = `marker-start="url(#arrow)" stroke-dasharray="5 4"`
	}
	d.printf(`<path d="%s" fill="none" stroke="#333" stroke-width="1.4" %s/>`+"\n", path, style)
	if e.label != "" {
		d.labels = append(d.labels, edgeLabel{labelX, labelY, e.label})
	}
}

// drawLoop draws the way from a step to itself, at its right side.
func (d *drawing) drawLoop(n int, label string) {
	x, y := d.g.nodes[n].x+margin+boxWidth/2, d.top(d.g.nodes[n].layer)
	d.printf(`<path d="M%.1f %.1f c40 0 40 40 0 40" fill="none" stroke="#333" stroke-width="1.4" stroke-dasharray="5 4" marker-end="url(#arrow)"/>`+"\n", x, y+22)
	if label != "" {
		d.labels = append(d.labels, edgeLabel{x + 24, y + 16, label})
	}
}

// drawNode draws the box of a step or the pill of an end; bends are not drawn.
func (d *drawing) drawNode(n *graphNode) {
	left, top := n.x+margin-n.width()/2, d.top(n.layer)
	switch {
	case n.step != nil:
		d.drawStep(n, left, top)
	case n.end != "":
		d.printf(`<g><rect x="%.1f" y="%.1f" width="%.0f" height="%.0f" rx="15" fill="#333"/>`, left, top, endWidth, endHeight)
		d.printf(`<text x="%.1f" y="%.1f" fill="#fff" text-anchor="middle">%s</text></g>`+"\n",
			n.x+margin, top+20, html.EscapeString(shorten(n.end, 17)))
	}
}

func (d *drawing) drawStep(n *graphNode, left, top float64) {
	round, fill := 3, "#fff"
	switch n.step.Kind {
	case Ask:
		round, fill = 16, "#f3f6fb"
	case Measure:
		round, fill = 16, "#fdf6e3"
	case Run:
		fill = "#eee"
	}
	d.printf(`<g><title>%s</title>`, html.EscapeString(n.words()))
	d.printf(`<rect x="%.1f" y="%.1f" width="%.0f" height="%.0f" rx="%d" fill="%s" stroke="%s" stroke-width="2"/>`,
		left, top, boxWidth, boxHeight, round, fill, d.colour)
	if n.step.Kind == Run {
		d.printf(`<path d="M%.1f %.1f v%.0f M%.1f %.1f v%.0f" stroke="%s" stroke-width="2"/>`,
			left+6, top, boxHeight, left+boxWidth-6, top, boxHeight, d.colour)
	}
	d.printf(`<text x="%.1f" y="%.1f" font-weight="bold">%s</text>`, left+14, top+22, html.EscapeString(shorten(n.step.Name, 18)))
	d.printf(`<text x="%.1f" y="%.1f" text-anchor="end" fill="%s" font-size="12">%s</text>`,
		left+boxWidth-14, top+22, d.colour, html.EscapeString(n.kind()))
	for i, line := range twoLines(n.words(), lineLetters) {
		d.printf(`<text x="%.1f" y="%.1f" fill="#333">%s</text>`, left+14, top+46+float64(i)*19, html.EscapeString(line))
	}
	d.printf("</g>\n")
}

// twoLines breaks the first words of a text into at most two lines.
func twoLines(words string, most int) []string {
	runes := []rune(words)
	if len(runes) <= most {
		return []string{words}
	}
	first := string(runes[:most])
	if space := strings.LastIndexByte(first, ' '); space > most/2 {
		first = first[:space]
	}
	return []string{first, shorten(strings.TrimSpace(words[len(first):]), most)}
}

// drawLabels writes the branches on their lines, on white, so that they can be
// read where lines cross.
func (d *drawing) drawLabels() {
	for _, label := range d.labels {
		d.printf(`<text x="%.1f" y="%.1f" text-anchor="middle" font-size="12" stroke="#fff" stroke-width="5" paint-order="stroke">%s<title>%s</title></text>`+"\n",
			label.x, label.y+4, html.EscapeString(shorten(label.text, 26)), html.EscapeString(label.text))
	}
}
