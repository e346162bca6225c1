package source

import (
	"context"
	"strings"

	"yanzhen/pipeline/cell"
)

// judgedRows is how many rows of a text show how its numbers are written.
const (
	judgedRows    = 5000
	judgedOfSheet = 200
)

func (t *Table) judged() int {
	if t.text == nil {
		return judgedOfSheet
	}
	return judgedRows
}

// Decimals looks at the numbers of the first rows, column by column: whether a comma parts thousands
// or stands before the decimals is told by the column, not by a cell. Of a sheet, most of whose numbers are stored
// as such, it looks at the texts of fewer rows.
func (t *Table) Decimals(ctx context.Context) (seen []cell.Decimals) {
	most, n := t.judged(), 0
	for row, err := range t.Rows(ctx) {
		if err != nil {
			return seen // it comes again
		}
		for len(seen) < len(row.Cells) {
			seen = append(seen, cell.Decimals{})
		}
		for i := range row.Cells {
			if s := row.Cells[i].Text; row.Cells[i].Kind == Text && len(s) > 2 && len(s) < 32 && strings.ContainsAny(s, ",.，") {
				if seen[i].See(s); seen[i].Comma == 1 && seen[i].At == "" {
					seen[i].At = row.Origin.Cell(i)
				}
			}
		}
		if n++; n == most {
			break
		}
	}
	return seen
}

// LateDecimals looks for such columns to the end of each table; of one that was judged to its end it says nothing.
func (f *File) LateDecimals(ctx context.Context) (out []cell.Late) {
	for _, t := range f.tables {
		notes := t.notes
		out = append(out, t.lateDecimals(ctx)...)
		t.notes = notes
	}
	return out
}

func (t *Table) lateDecimals(ctx context.Context) []cell.Late {
	late := cell.LateCommas{Judged: t.judged(), Sheet: t.Sheet}
	for row, err := range t.Rows(ctx) {
		if err != nil {
			break // it was told where the rows were read
		}
		late.Row(len(row.Cells))
		for i := range row.Cells {
			if c := &row.Cells[i]; c.Kind == Text {
				late.See(i, c.Text, func() string { return row.Origin.Cell(i) })
			}
		}
	}
	return late.Columns()
}
