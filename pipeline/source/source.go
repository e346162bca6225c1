// Package source reads what strangers send, xlsx, xls and delimited text in any encoding,
// as rows that know where they came from. It decides nothing about meaning.
package source

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/glance"
	"yanzhen/pipeline/source/numfmt"
)

// Origin is the place of a row: file, sheet (empty for text files) and 1-based row number, as
// Excel numbers the rows of the same file: empty rows count, a line break inside quotes does not.
type Origin struct {
	File  string
	Sheet string
	Row   int
}

// String prints the origin as people quote it: 引才台账.xlsx!2026年6月:17.
func (o Origin) String() string {
	s := o.File
	if o.Sheet != "" {
		s += "!" + o.Sheet
	}
	if o.Row > 0 {
		s += ":" + strconv.Itoa(o.Row)
	}
	return s
}

// Cell gives the address of the row's cell in the 0-based column, C17; empty for a negative
// column or a row without a number.
func (o Origin) Cell(column int) string {
	if column < 0 || o.Row <= 0 {
		return ""
	}
	return Letters(column) + strconv.Itoa(o.Row)
}

// Letters names a 0-based column as Excel does: 0 is A, 25 is Z, 26 is AA.
func Letters(column int) string {
	var b [8]byte
	i := len(b)
	for n := column + 1; n > 0 && i > 0; n = (n - 1) / 26 {
		i--
		b[i] = byte('A' + (n-1)%26)
	}
	return string(b[i:])
}

// Kind says what the file itself says a cell is.
type Kind uint8

// The kinds of a cell. Text files have only Blank and Text.
const (
	Blank Kind = iota
	Text
	Number  // Text holds the raw digits as stored
	Date    // Text holds 2006-01-02 or 2006-01-02 15:04:05; serials were converted with the workbook's epoch
	Bool    // Text holds TRUE or FALSE
	Error   // Text holds #REF!, #N/A ...
	Scaled  // a number whose format shows another one: in thousands, as a duration. Text holds the raw digits
	NoCache // a formula whose value was never computed
)

// kinds are those of numfmt, by its own.
var kinds = [...]Kind{numfmt.Number: Number, numfmt.Text: Text, numfmt.Date: Date, numfmt.Scaled: Scaled}

// Cell is one cell. Text is never normalised here; a number that its cell shows as a percentage is the
// text 12.3%, for 0.123 is not what its sender sees. In a text file whose bytes could not all be
// decoded it holds U+FFFD where they stood, and it may hold a NUL byte.
type Cell struct {
	Text string
	Kind Kind
	Form numfmt.Form // of a Number
}

// Shown is the text that a cell shows; false: its format shows a number otherwise than it is stored.
func (c *Cell) Shown() (string, bool) {
	if c.Kind != Number {
		return c.Text, true
	}
	return c.Form.Write(c.Text)
}

// Yuan reports whether the cell shows a number as an amount of yuan.
func (c *Cell) Yuan() bool { return c.Kind == Number && c.Form == numfmt.Yuan }

// Filled reports whether the cell says something: a formula without a result does, blanks of any kind do not.
func (c *Cell) Filled() bool {
	return c.Kind == Text && len(c.Text) > 0 && visible[c.Text[0]] || c.filled()
}

// visible are the first bytes of texts that say something, as nearly every text does: ASCII, and Chinese from U+4000.
var visible = func() (v [256]bool) {
	for b := range v {
		v[b] = b > ' ' && b < 0x7f || b >= 0xe4 && b <= 0xe9
	}
	return v
}()

func (c *Cell) filled() bool {
	switch {
	case c.Kind == NoCache:
		return true
	case c.Kind == Blank || c.Text == "":
		return false
	}
	return visible[c.Text[0]] || strings.ContainsFunc(c.Text, cell.Visible)
}

// Row is one row. Cells is valid until the row after the next is asked for; the strings in it stay valid.
// A row may be shorter or longer than the header.
type Row struct {
	Origin Origin
	Cells  []Cell
	Across []int  // the cells that are merged with those on their right, which are blank
	Merged []int  // the cells that hold the value of a range merged over several rows, whose first row is above
	Said   int    // of a text file: how many cells say something, none of which repeats the one above; 0: nobody has looked
	Doubt  *Doubt // of a text file: what speaks against the row; nil for nearly all
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
