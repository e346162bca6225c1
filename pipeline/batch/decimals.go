package batch

import (
	"context"
	"fmt"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
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

// decimals reads the numbers of the columns by how they are written. A column in which every number with
// a sign for decimals has a comma there has commas; in one that has both, and in that one too, a number
// that can be read both ways is refused.
func (b *Binding) decimals(ds *dataset.Dataset, seen []cell.Decimals) {
	for i := range b.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if bound.At < 0 || bound.At >= len(seen) || bound.Parse != "" || c.List != "" || seen[bound.At].Comma == 0 {
			continue
		}
		switch c.Type {
		case dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64, dataset.Float64:
		default:
			continue
		}
		if bound.either = true; seen[bound.At].Point > 0 {
			continue
		}
		bound.Parse = "decimal_comma"
		b.said = append(b.said, codes.Text{
			Zh: fmt.Sprintf("列“%s”的数以逗号为小数点（如 1234,5），按此读取", c.Title.Zh),
			En: fmt.Sprintf("the numbers of column %s have a comma before the decimals (as 1234,5) and were read so", c.Name),
		})
	}
}
