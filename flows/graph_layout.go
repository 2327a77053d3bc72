package flows

import (
	"cmp"
	"math"
	"slices"
)

// The measures of the picture, in pixels.
const (
	boxWidth   = 256.0
	boxHeight  = 84.0
	endWidth   = 130.0
	endHeight  = 30.0
	bendWidth  = 26.0
	columnGap  = 34.0
	layerGap   = 92.0
	loopMargin = 46.0 // to the right of the boxes, for steps that lead to themselves
)

// layOut gives each node its layer, its place in it and its x: layers by the
// longest way from the first step, places so that few lines cross, and x so that
// lines run straight where they can.
func (g *flowGraph) layOut() {
	g.markBack()
	g.assignLayers()
	g.bendEdges()
	up, down := g.neighbours()
	g.orderLayers(up, down)
	g.placeNodes(up, down)
}

// markBack finds the edges that lead back to a step on the way to them.
func (g *flowGraph) markBack() {
	const onWay, done = 1, 2
	state := make([]int, len(g.nodes))
	out := make([][]int, len(g.nodes))
	for i, e := range g.edges {
		out[e.from] = append(out[e.from], i)
	}
	var visit func(n int)
	visit = func(n int) {
		state[n] = onWay
		for _, i := range out[n] {
			switch e := &g.edges[i]; state[e.to] {
			case onWay:
				e.back = true
			case done:
			default:
				visit(e.to)
			}
		}
		state[n] = done
	}
	for n := range g.nodes {
		if state[n] == 0 {
			visit(n)
		}
	}
}

// ends gives the upper and the lower node of an edge.
func (e graphEdge) ends() (upper, lower int) {
	if e.back {
		return e.to, e.from
	}
	return e.from, e.to
}

// assignLayers puts every node below all that lead to it.
func (g *flowGraph) assignLayers() {
	for moved := true; moved; {
		moved = false
		for _, e := range g.edges {
			upper, lower := e.ends()
			if upper != lower && g.nodes[lower].layer <= g.nodes[upper].layer {
				g.nodes[lower].layer = g.nodes[upper].layer + 1
				moved = true
			}
		}
	}
	for n := range g.nodes {
		g.addToLayer(n)
	}
}

func (g *flowGraph) addToLayer(n int) {
	layer := g.nodes[n].layer
	for len(g.layers) <= layer {
		g.layers = append(g.layers, nil)
	}
	g.layers[layer] = append(g.layers[layer], n)
}

// bendEdges puts a node in each layer that an edge crosses, so that room is left
// for its line.
func (g *flowGraph) bendEdges() {
	for i := range g.edges {
		e := &g.edges[i]
		upper, lower := e.ends()
		for layer := g.nodes[upper].layer + 1; layer < g.nodes[lower].layer; layer++ {
			e.bends = append(e.bends, len(g.nodes))
			g.nodes = append(g.nodes, graphNode{layer: layer})
			g.addToLayer(len(g.nodes) - 1)
		}
	}
}

// chain lists the nodes of an edge from top to bottom.
func (e graphEdge) chain() []int {
	upper, lower := e.ends()
	return append(append([]int{upper}, e.bends...), lower)
}

// neighbours lists for each node those in the layers above and below it.
func (g *flowGraph) neighbours() (up, down [][]int) {
	up, down = make([][]int, len(g.nodes)), make([][]int, len(g.nodes))
	for _, e := range g.edges {
		if e.from == e.to {
			continue
		}
		chain := e.chain()
		for i := 1; i < len(chain); i++ {
			down[chain[i-1]] = append(down[chain[i-1]], chain[i])
			up[chain[i]] = append(up[chain[i]], chain[i-1])
		}
	}
	return up, down
}

// sweeps is how often order and places are bettered; more changes little.
const sweeps = 12

// orderLayers orders each layer by the mean place of its neighbours, downwards
// and upwards in turn.
func (g *flowGraph) orderLayers(up, down [][]int) {
	place := make([]float64, len(g.nodes))
	number := func(layer []int) {
		for i, n := range layer {
			place[n] = float64(i)
		}
	}
	for _, layer := range g.layers {
		number(layer)
	}
	for sweep := range sweeps {
		to := up
		if sweep%2 == 1 {
			to = down
		}
		for i := range g.layers {
			layer := g.layers[i]
			if sweep%2 == 1 {
				layer = g.layers[len(g.layers)-1-i]
			}
			wish := make(map[int]float64, len(layer))
			for _, n := range layer {
				wish[n] = meanOf(to[n], place, place[n])
			}
			slices.SortStableFunc(layer, func(a, b int) int { return cmp.Compare(wish[a], wish[b]) })
			number(layer)
		}
	}
}

// meanOf is the mean value of nodes; without any, otherwise.
func meanOf(nodes []int, value []float64, otherwise float64) float64 {
	if len(nodes) == 0 {
		return otherwise
	}
	sum := 0.0
	for _, n := range nodes {
		sum += value[n]
	}
	return sum / float64(len(nodes))
}

func (n graphNode) width() float64 {
	switch {
	case n.step != nil:
		return boxWidth
	case n.end != "":
		return endWidth
	}
	return bendWidth
}

// placeNodes gives each node its x: near the mean of its neighbours, in the
// order of its layer, without overlap; the leftmost edge is 0.
func (g *flowGraph) placeNodes(up, down [][]int) {
	x := make([]float64, len(g.nodes))
	for _, layer := range g.layers {
		at := 0.0
		for _, n := range layer {
			x[n] = at + g.nodes[n].width()/2
			at += g.nodes[n].width() + columnGap
		}
	}
	for sweep := range sweeps {
		for i := range g.layers {
			if sweep%2 == 0 {
				g.spreadLayer(g.layers[i], x, up)
			} else {
				g.spreadLayer(g.layers[len(g.layers)-1-i], x, down)
			}
		}
	}
	left := math.Inf(1)
	for n := range g.nodes {
		left = min(left, x[n]-g.nodes[n].width()/2)
	}
	for n := range g.nodes {
		g.nodes[n].x = x[n] - left
	}
}

// spreadLayer moves the nodes of a layer towards their neighbours. Of the two
// ways to keep them apart, pushing right and pushing left, it takes the mean,
// which keeps them apart too.
func (g *flowGraph) spreadLayer(layer []int, x []float64, to [][]int) {
	apart := func(i int) float64 {
		return (g.nodes[layer[i-1]].width()+g.nodes[layer[i]].width())/2 + columnGap
	}
	right, left := make([]float64, len(layer)), make([]float64, len(layer))
	for i, n := range layer {
		right[i] = meanOf(to[n], x, x[n])
		left[i] = right[i]
		if i > 0 {
			right[i] = max(right[i], right[i-1]+apart(i))
		}
	}
	for i := len(layer) - 2; i >= 0; i-- {
		left[i] = min(left[i], left[i+1]-apart(i+1))
	}
	for i, n := range layer {
		x[n] = (right[i] + left[i]) / 2
	}
}
