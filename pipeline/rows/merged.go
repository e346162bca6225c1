package rows

import (
	"yanzhen/pipeline/account"
	"yanzhen/pipeline/source"
)

// Merged looks after the cells that got their value from a range merged over several rows: words and days mean
// every row of it, a figure is counted once, in its first.
type Merged struct{ Figures map[int]bool } // the cells of the columns of figures

// Once takes a figure from all rows of a range but its first, and notes where it was.
func (m *Merged) Once(row *source.Row, odd *account.Odd) {
	for _, at := range row.Merged {
		if m.Figures[at] {
			row.Cells[at] = source.Cell{}
			odd.Once.Add(row.Origin.Sheet, row.Origin.Cell(at))
		} else {
			odd.Below.Add(row.Origin.Sheet, row.Origin.Cell(at))
		}
	}
}
