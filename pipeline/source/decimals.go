package source

import (
	"context"
	"strings"

	"yanzhen/pipeline/cell"
)

// judgedRows is how many rows of a text show how its numbers are written.
const judgedRows = 5000

// Decimals looks at the numbers of a text's first rows, column by column: whether a comma parts thousands
// or stands before the decimals is told by the column, not by a cell. Of a sheet, whose numbers are stored
// as such, it says nothing.
func (t *Table) Decimals(ctx context.Context) (seen []cell.Decimals) {
	if t.text == nil {
		return nil
	}
	n := 0
	for row, err := range t.Rows(ctx) {
		if err != nil {
			return seen // it comes again
		}
		for len(seen) < len(row.Cells) {
			seen = append(seen, cell.Decimals{})
		}
		for i := range row.Cells {
			if s := row.Cells[i].Text; len(s) > 2 && len(s) < 32 && strings.ContainsAny(s, ",.，") {
				seen[i].See(s)
			}
		}
		if n++; n == judgedRows {
			break
		}
	}
	return seen
}

// Late is a column of a text in which commas stand before decimals only below the rows that were judged.
type Late struct {
	Comma  string // address of the first such number
	Either string // of the first number that can be read both ways
	Count  int    // of these
}

// LateDecimals looks for such columns to the end of a text; of one that was judged to its end it says nothing.
func (f *File) LateDecimals(ctx context.Context) (out []Late) {
	for _, t := range f.tables {
		if t.text == nil {
			continue
		}
		notes := t.notes
		out = append(out, t.lateDecimals(ctx)...)
		t.notes = notes
	}
	return out
}

func (t *Table) lateDecimals(ctx context.Context) (out []Late) {
	var early []cell.Decimals
	var columns []Late
	n := 0
	for row, err := range t.Rows(ctx) {
		if err != nil {
			break // it was told where the rows were read
		}
		for len(columns) < len(row.Cells) {
			early, columns = append(early, cell.Decimals{}), append(columns, Late{})
		}
		n++
		for i := range row.Cells {
			s := row.Cells[i].Text
			if len(s) < 3 || len(s) > 31 || !strings.ContainsAny(s, ",.，") {
				continue
			}
			c := &columns[i]
			if cell.EitherWay(s) {
				if c.Count++; c.Count == 1 {
					c.Either = row.Origin.Cell(i)
				}
				continue
			}
			var d cell.Decimals
			switch d.See(s); {
			case n <= judgedRows:
				early[i].Comma += d.Comma
			case d.Comma > 0 && c.Comma == "":
				c.Comma = row.Origin.Cell(i)
			}
		}
	}
	for i, c := range columns {
		if early[i].Comma == 0 && c.Comma != "" && c.Count > 0 {
			out = append(out, c)
		}
	}
	return out
}
