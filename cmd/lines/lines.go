// Package lines prints for a terminal: rows in columns that line up, and texts from files without what would move its cursor.
package lines

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Table prints rows in columns that line up on a terminal, where a Chinese character takes two
// places. Numbers stand to the right where every cell of a column below the heading is one.
type Table struct {
	w      io.Writer
	Indent string
	head   bool // the first row is a heading
	rows   [][]string
}

// New starts a table with a heading; none where no names are given.
func New(w io.Writer, heading ...string) *Table {
	t := &Table{w: w}
	if len(heading) > 0 {
		t.head = true
		t.rows = append(t.rows, heading)
	}
	return t
}

// Row adds a row. A control character, a line break above all, is shown as a space.
func (t *Table) Row(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = Plain(fmt.Sprint(c))
	}
	t.rows = append(t.rows, row)
}

// Flush prints the rows.
func (t *Table) Flush() error {
	var widths []int
	var text []bool // the column holds something that is no number
	for n, row := range t.rows {
		for i, c := range row {
			if i == len(widths) {
				widths, text = append(widths, 0), append(text, false)
			}
			widths[i] = max(widths[i], displayWidth(c))
			text[i] = text[i] || !(t.head && n == 0) && c != "" && strings.Trim(c, "0123456789,.+-%") != ""
		}
	}
	for _, row := range t.rows {
		var b strings.Builder
		b.WriteString(t.Indent)
		for i, c := range row {
			pad := strings.Repeat(" ", widths[i]-displayWidth(c))
			if text[i] {
				b.WriteString(c + pad)
			} else {
				b.WriteString(pad + c)
			}
			b.WriteString("  ")
		}
		if _, err := io.WriteString(t.w, strings.TrimRight(b.String(), " ")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// displayWidth is the number of places a text takes on a terminal.
func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case r >= 0x1F300 && r <= 0x1FAFF: // pictures
			n += 2
		default:
			switch width.LookupRune(r).Kind() {
			case width.EastAsianWide, width.EastAsianFullwidth:
				n += 2
			default:
				n++
			}
		}
	}
	return n
}

// Plain makes a text that came from a file fit for one line of a terminal: no line break and no
// escape sequence gets through.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return ' '
		}
		return r
	}, s)
}
