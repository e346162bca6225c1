// Package grid is what every reader of files hands over: cells, where they stand, and why a file, a sheet or a row
// cannot be read. It reads nothing itself.
package grid

import (
	"fmt"
	"strconv"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
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
	Nested  // a list, an object or bytes: no one value. Text holds how it begins
)

// Cell is one cell. Text is never normalised here; a number that its cell shows as a percentage is the
// text 12.3%, for 0.123 is not what its sender sees. In a text file whose bytes could not all be
// decoded it holds U+FFFD where they stood, and it may hold a NUL byte.
type Cell struct {
	Text   string
	Kind   Kind
	Form   numfmt.Form // of a Number or a Date
	Indent uint8       // how far the format of a Text sets it in
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

// Merge is a merged range, 1-based rows and 0-based columns, both ends inside.
type Merge struct{ Top, Left, Bottom, Right int }

// Refusal says why a file, a sheet or a row cannot be read, and what its sender can do.
type Refusal struct {
	File   string
	Sheet  string
	Row    int // 0: no row in particular
	Rule   string
	Text   codes.Text
	Remedy codes.Text
	// Cause is what a parser said beneath, for the log; nil: nothing. It is not unwrapped: a file that ends too early is not a
	// database that does
	Cause error
}

// Error is the refusal in Chinese, with its place, for logs.
func (r *Refusal) Error() string {
	place := Origin{r.File, r.Sheet, r.Row}.String()
	switch {
	case r.File == "" && r.Sheet == "" && r.Row > 0:
		place = fmt.Sprintf("第 %d 行", r.Row)
	case r.File == "":
		place = strings.TrimPrefix(place, "!")
	}
	if place != "" {
		place += ": "
	}
	return place + r.Text.Zh + "；" + r.Remedy.Zh
}

// Refuse says why, without a place.
func Refuse(rule string, text, remedy codes.Text) *Refusal {
	return &Refusal{Rule: rule, Text: text, Remedy: remedy}
}

// At sets the place of a refusal, and returns it.
func (r *Refusal) At(file, sheet string, row int) *Refusal {
	r.File, r.Sheet, r.Row = file, sheet, row
	return r
}

// kinds are those of numfmt, by its own.
var kinds = [...]Kind{numfmt.Number: Number, numfmt.Text: Text, numfmt.Date: Date, numfmt.Scaled: Scaled}

// KindOf is the kind of a cell that a number format has written.
func KindOf(k numfmt.Kind) Kind { return kinds[k] }

// Shows is the cell of a number that its format has written as a text.
func Shows(as *numfmt.Show, digits, text string, kind numfmt.Kind) Cell {
	c := Cell{Text: text, Kind: KindOf(kind)}
	if c.Kind == Date {
		c.Form = as.Form(digits)
	}
	return c
}

// Period is the cell of a day of which only the month, or the year, is shown, as the first day of that; false: the day is
// shown, or there is none.
func (c *Cell) Period() (first Cell, ok bool) {
	if c.Kind != Date || len(c.Text) < 10 {
		return first, false
	}
	switch c.Form {
	case numfmt.Month:
		return Cell{Text: c.Text[:8] + "01", Kind: Date}, true
	case numfmt.Year:
		return Cell{Text: c.Text[:5] + "01-01", Kind: Date}, true
	}
	return first, false
}

// Size prints a number of bytes.
func Size(n int64) string {
	switch {
	case n >= 1<<30:
		return strconv.FormatFloat(float64(n)/(1<<30), 'f', -1, 64) + " GiB"
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', -1, 64) + " MiB"
	case n >= 1<<10:
		return strconv.FormatFloat(float64(n)/(1<<10), 'f', -1, 64) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " B"
}
