// Package layout says where the nodes of an industry chain stand in a drawing, on which side of them their names, and how
// the links bend round these. It is pure.
package layout

import (
	"slices"

	"yanzhen/pipeline/dataset"
)

// Place is where a node of a chain stands: column by how far downstream it is, row among those as far.
type Place struct {
	Node dataset.Node
	Col  int
	Row  float64
}

// Chain puts the nodes of a chain in columns from upstream to downstream; rows are counted from the middle.
func Chain(c dataset.Chain) (out []Place, cols, rows int) {
	depth := map[string]int{}
	// the longest way from a source decides; a chain has no circles, so as many rounds as nodes are enough
	for range c.Nodes {
		for _, n := range c.Nodes {
			for _, to := range n.Feeds {
				depth[to] = max(depth[to], depth[n.Code]+1)
			}
		}
	}
	at := map[int]int{}
	for _, n := range c.Nodes {
		d := depth[n.Code]
		out = append(out, Place{Node: n, Col: d, Row: float64(at[d])})
		at[d]++
		cols, rows = max(cols, d+1), max(rows, at[d])
	}
	for i := range out {
		out[i].Row += float64(rows-at[out[i].Col]) / 2
	}
	return out, cols, rows
}

// Bend is how much the link from a place to a node curves, above 0 to the left of its way. One that passes a column curves
// outwards, round the nodes and names that stand there.
func (p Place) Bend(places []Place, to string, rows int) float32 {
	i := slices.IndexFunc(places, func(o Place) bool { return o.Node.Code == to })
	if i < 0 || places[i].Col-p.Col < 2 {
		return 0.04
	}
	if p.Row+places[i].Row >= float64(rows-1) {
		return -0.15
	}
	return 0.15
}

// Side is where the name of a node stands on an upright drawing: beside it, away from the links that leave it.
func (p Place) Side(rows int) string {
	if p.Row < float64(rows-1)/2 {
		return "left"
	}
	return "right"
}
