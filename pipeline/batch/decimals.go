package batch

import (
	"context"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/source"
)

// judgedRows is how many rows of a text show how its numbers are written.
const judgedRows = 5000

// judge looks at the numbers of a text's first rows, before they are read: whether a comma parts
// thousands or stands before the decimals is told by the column, not by a cell.
func (r *Reader) judge(ctx context.Context) {
	t, ok := r.src.(*source.Table)
	if !ok || !t.IsText() {
		return
	}
	n := 0
	for row, err := range t.Rows(ctx) {
		if err != nil {
			return // it comes again
		}
		for len(r.commas) < len(row.Cells) {
			r.commas = append(r.commas, cell.Decimals{})
		}
		for i := range row.Cells {
			if s := row.Cells[i].Text; len(s) > 2 && len(s) < 32 && strings.ContainsAny(s, ",.，") {
				r.commas[i].See(s)
			}
		}
		if n++; n == judgedRows {
			return
		}
	}
}
