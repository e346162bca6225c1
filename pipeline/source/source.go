// Package source reads what strangers send, workbooks, delimited text in any encoding, and what programs write,
// as rows that know where they came from. It decides nothing about meaning.
package source

import (
	"context"
	"iter"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/glance"
	"yanzhen/pipeline/source/grid"
)

// What stands in a file, and where: see package grid.
type (
	Origin  = grid.Origin
	Kind    = grid.Kind
	Cell    = grid.Cell
	Refusal = grid.Refusal
	merge   = grid.Merge
)

// The kinds of a cell: see package grid.
const (
	Blank   = grid.Blank
	Text    = grid.Text
	Number  = grid.Number
	Date    = grid.Date
	Bool    = grid.Bool
	Error   = grid.Error
	Scaled  = grid.Scaled
	NoCache = grid.NoCache
	Nested  = grid.Nested
)

// Letters names a 0-based column as Excel does: 0 is A, 25 is Z, 26 is AA.
func Letters(column int) string { return grid.Letters(column) }

// Row is one row. Cells is valid until the row after the next is asked for; the strings in it stay valid.
// A row may be shorter or longer than the header.
type Row struct {
	Origin Origin
	Cells  []Cell
	Across []merge // cells that are merged with those on their right, which are blank
	Merged []int   // the cells that hold the value of a range merged over several rows, whose first row is above
	Said   int     // of a text file: how many cells say something, none of which repeats the one above; 0: nobody has looked
	Doubt  *Doubt  // of a text file: what speaks against the row; nil for nearly all
}

// Filled gives the texts of the cells that say something.
func (r *Row) Filled() (texts []string) {
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Filled() {
			texts = append(texts, strings.TrimFunc(c.Text, cell.Space))
		}
	}
	return texts
}

// Look counts the cells that say something, and tells whether one of them repeats the one above.
func (r *Row) Look() (n int, repeats bool) {
	if r.Said > 0 {
		return r.Said, false
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		if look := glance.First(c.Text); look == glance.Says && c.Kind != Blank {
			n++
		} else if c.Filled() {
			n++
			repeats = repeats || look == glance.Unsure && c.Kind == Text && cell.Ditto(c.Text)
		}
	}
	return n, repeats
}

// Source is a table in a file.
type Source interface {
	// Header returns the names of the columns, nil where the file has none. Merged header rows
	// are joined with "/"; a repeated name gets "#2".
	Header() []string
	// Rows yields the data rows in order, without the empty ones. An error ends the sequence;
	// it is a *Refusal, the context's error or one of reading the disk. Calling it again reads
	// the table again from its first data row.
	Rows(ctx context.Context) iter.Seq2[Row, error]
	Close() error
}
