package rows

import (
	"yanzhen/pipeline/account"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// Merged looks after the cells that got their value from a range merged over several rows: words and days mean
// every row of it, a figure is counted once, in its first.
type Merged struct{ figures map[int]bool } // the cells of the columns of figures

// NewMerged looks at the columns of a table that are read from some cells, by column; -1: from none. measured tells which hold figures.
func NewMerged(ds *dataset.Dataset, at []int, measured func(*dataset.Column) bool) *Merged {
	m := &Merged{figures: map[int]bool{}}
	for i := range ds.Columns {
		if at[i] >= 0 && measured(&ds.Columns[i]) {
			m.figures[at[i]] = true
		}
	}
	return m
}

// Once takes a figure from all rows of a range but its first, and notes where it was.
func (m *Merged) Once(row *source.Row, odd *account.Odd) {
	for _, at := range row.Merged {
		if m.figures[at] {
			row.Cells[at] = source.Cell{}
			odd.Once.Add(row.Origin.Sheet, row.Origin.Cell(at))
		} else {
			odd.Below.Add(row.Origin.Sheet, row.Origin.Cell(at))
		}
	}
}
