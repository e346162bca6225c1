// Package grid is a table of figures, the twin of a chart: for reading aloud, printing, copying and spreadsheets.
package grid

import (
	"slices"

	"yanzhen/dashboard/metric"
)

// Head is a column of a Grid.
type Head struct {
	Text   string
	Unit   metric.Unit // zero for keys
	Number bool
}

// Cell is one cell: what is read, and for a number the exact value behind it.
type Cell struct {
	Text  string
	Value *float64
	Share float64 // of the greatest of its column, 0 to 1: how long a bar beside it is
	Note  string  // why a value is missing
	Now   *Cell   // of a figure as it was reported: what it is now, where that is something else

	Metric string   // of a number of a metric that is cut by dimensions
	Keys   []string // and the keys it is cut by, in the order of the query; of a period, its first day
	URL    string   // where the number is explained; who shows the grid fills it in
}

// Grid is the twin of a chart in rows and columns: for reading aloud, printing, copying.
type Grid struct {
	Heads []Head
	Rows  [][]Cell
}

// Reasons lists why numbers of the grid are missing, each once.
func (g Grid) Reasons() []string {
	var out []string
	for _, row := range g.Rows {
		for _, c := range row {
			if c.Note != "" && !slices.Contains(out, c.Note) {
				out = append(out, c.Note)
			}
		}
	}
	return out
}
