package source

import (
	"context"

	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/grid"
)

// sheetRows reads the rows of a sheet with a number above after, as packages ods and xls do. width is how many columns the table
// has; odd takes in what of rows and columns their cells do not say.
type sheetRows func(ctx context.Context, after, width int, odd *drawn.Odd, yield func(number int, cells []grid.Cell, err error) bool)

// scanSheet gives the rows of a sheet their place, and tells of what was odd when all of them were read.
func (t *Table) scanSheet(ctx context.Context, rows sheetRows, after int, yield func(Row, error) bool) {
	var odd drawn.Odd
	whole := true
	rows(ctx, after, len(t.header), &odd, func(number int, cells []grid.Cell, err error) bool {
		if err != nil {
			whole = false
			if r, ok := err.(*Refusal); ok {
				err = r.At(t.File, t.Sheet, r.Row)
			}
			return yield(Row{}, err)
		}
		whole = yield(Row{Origin: Origin{File: t.File, Sheet: t.Sheet, Row: number}, Cells: cells}, nil)
		return whole
	})
	if whole {
		t.tellOf(&odd)
	}
}
