package rows

import (
	"slices"
	"strings"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// Full are the columns of words that every row of a table fills so far that has a text beside its first.
type Full struct {
	words  map[int]bool // the columns that are no remarks
	at     []int
	looked int
}

// NewFull looks at the columns of a table that are read from some cells, by column; -1: from none.
func NewFull(ds *dataset.Dataset, at []int) Full {
	f := Full{words: map[int]bool{}}
	for i := range ds.Columns {
		if title := ds.Columns[i].Title.Zh; at[i] >= 0 && !strings.Contains(title, "备注") && !strings.Contains(title, "说明") {
			f.words[at[i]] = true
		}
	}
	return f
}

// usual is how many rows tell which column of words every row fills.
const usual = 64

// Quick reports whether a row fills such a column, once enough rows were seen to know one: it has a name beside its first text.
func (f *Full) Quick(row *source.Row, first int) bool {
	return f.looked > usual && len(f.at) > 0 && f.at[0] < len(row.Cells) && f.at[0] != first && row.Cells[f.at[0]].Filled()
}

// Bare reports whether a row beside whose first text no other stands leaves blank what all rows before it fill.
func (f *Full) Bare(first int) bool {
	return (f.looked == 0 || len(f.at) > 0) && !slices.Contains(f.at, first)
}

// See notes which of the columns of words a row fills.
func (f *Full) See(row *source.Row, wordy []int, first int) {
	if f.looked++; f.looked == 1 {
		for _, at := range wordy {
			if at != first && f.words[at] {
				f.at = append(f.at, at)
			}
		}
	}
	if f.looked > usual && len(f.at) > 1 {
		f.at = f.at[:1]
	}
	for i := 0; i < len(f.at); {
		if at := f.at[i]; at >= len(row.Cells) || !row.Cells[at].Filled() {
			f.at = slices.Delete(f.at, i, i+1)
		} else {
			i++
		}
	}
}
