package batch

import (
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/source"
)

// merged looks after the cells that got their value from a range merged over several rows: words and days mean
// every row of it, a figure is counted once, in its first.
type merged struct {
	figures map[int]bool // the cells of the columns of figures
	tally   *tally
}

func newMerged(columns []*column, t *tally) *merged {
	s := &merged{figures: map[int]bool{}, tally: t}
	for _, c := range columns {
		if c.at >= 0 && bind.Measured(c.decl) {
			s.figures[c.at] = true
		}
	}
	return s
}

func (s *merged) once(row *source.Row) {
	for _, at := range row.Merged {
		if s.figures[at] {
			row.Cells[at] = source.Cell{}
			s.tally.Once.Add(row.Origin.Sheet, row.Origin.Cell(at))
		} else {
			s.tally.Below.Add(row.Origin.Sheet, row.Origin.Cell(at))
		}
	}
}
