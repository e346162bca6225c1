package source

import (
	"slices"

	"yanzhen/pipeline/account"
)

// maxMerged is how many ranges of a sheet are heard.
const maxMerged = 1 << 16

// filler gives the cells below the first of a merged range its value, as long as the range lasts.
type filler struct {
	ranges []merge // by their first rows
	open   []openRange
	hidden account.Cells // values that a range hides
	n      int           // how many
}

type openRange struct {
	merge
	value Cell
}

func newFiller(ranges []merge) *filler {
	if len(ranges) == 0 {
		return nil
	}
	slices.SortFunc(ranges, func(a, b merge) int { return a.Top - b.Top })
	return &filler{ranges: ranges}
}

// fill fills a row and notes in it which cells were.
func (f *filler) fill(row *Row) {
	n := row.Origin.Row
	f.open = slices.DeleteFunc(f.open, func(o openRange) bool { return o.Bottom < n })
	row.Merged, row.Across = nil, nil
	for i := range f.open {
		o := &f.open[i]
		for len(row.Cells) <= o.Left {
			row.Cells = append(row.Cells, Cell{})
		}
		if c := &row.Cells[o.Left]; !c.Filled() {
			*c = o.value
			row.Merged = append(row.Merged, o.Left)
		} else {
			f.under(row, o.Left)
		}
		f.beside(row, o.merge)
	}
	for len(f.ranges) > 0 && f.ranges[0].Top <= n {
		m := f.ranges[0]
		if f.ranges = f.ranges[1:]; m.Top == n && m.Left < len(row.Cells) && row.Cells[m.Left].Filled() {
			f.open = append(f.open, openRange{m, row.Cells[m.Left]})
			if m.Right > m.Left {
				row.Across = append(row.Across, m)
				f.beside(row, m)
			}
		}
	}
}
