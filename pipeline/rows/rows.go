// Package rows knows what stands above a row of a file and speaks for it, a banner or the titles of the table, which
// rows a row becomes whose cells list several things, which rows are totals, notes or the foot of a page, and which columns
// state the sums of others.
package rows

import (
	"fmt"
	"iter"
	"path"
	"regexp"
	"strings"
	"time"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// Texts are those of a row from which columns are read, days as they are written most simply, and whether each is a figure.
func Texts(ds *dataset.Dataset, row *source.Row, reads []int) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for i, at := range reads {
			text := ""
			if at >= 0 && at < len(row.Cells) {
				text = cell.Trim(row.Cells[at].Text)
			}
			if i < len(ds.Columns) && ds.Columns[i].Type == dataset.Date {
				text = cell.OneDate(text)
			}
			if !yield(text, i >= len(ds.Columns) || ds.Columns[i].Measures()) {
				return
			}
		}
	}
}

// Core says of each column of a dataset whether it is one of words or days that every table has.
func Core(ds *dataset.Dataset) []bool {
	core := make([]bool, len(ds.Columns))
	for i := range ds.Columns {
		c := &ds.Columns[i]
		core[i] = c.Required && !c.Measures()
	}
	return core
}

// Heads are the texts that speak for the rows of a table from outside of them.
type Heads struct {
	patterns []*regexp.Regexp
	titles   string // above the header, one a line
	period   string // the first day of the period that the file is for
	banner   string // the last row that headed those below it

	// Below finds the heading of another table among the rows that are refused.
	Below Headings
}

// NewHeads begins a table below some titles, in a file for the period that begins on a day; zero: it is not known.
func NewHeads(ds *dataset.Dataset, titles []string, from time.Time) *Heads {
	h := &Heads{titles: strings.Join(titles, "\n")}
	if !from.IsZero() {
		h.period = from.Format(time.DateOnly)
	}
	for _, p := range ds.Banners {
		h.patterns = append(h.patterns, regexp.MustCompile(p)) // it was checked where it is declared
	}
	return h
}

// Retitle takes the titles of a table that stands below another.
func (h *Heads) Retitle(titles []string) { h.titles = strings.Join(titles, "\n") }

// Heading takes a row that heads those below it: nothing else stands in it, and a declared banner fits its text. It
// gives the cell that says so; -1: it is another row.
func (h *Heads) Heading(row *source.Row) int {
	at, text := -1, ""
	for i := range row.Cells {
		c := &row.Cells[i]
		switch {
		case !c.Filled():
		case at < 0:
			at, text = i, cell.Trim(c.Text)
		case cell.Trim(c.Text) != text: // a merged cell may be written out
			return -1
		}
	}
	if at < 0 {
		return -1
	}
	for _, p := range h.patterns {
		if p.MatchString(text) {
			h.banner = text
			return at
		}
	}
	return -1
}

// Name is what a column reads that takes no cell: the name of the row's file without its extension, of its sheet, the
// titles above the table, the banner above the row, or the first day of the period.
func (h *Heads) Name(of string, row *source.Row) string {
	switch of {
	case "_sheet":
		return row.Origin.Sheet
	case "_title":
		return h.titles
	case "_banner":
		return h.banner
	case dataset.OfPeriod:
		return h.period
	}
	return strings.TrimSuffix(row.Origin.File, path.Ext(row.Origin.File))
}

// Lists are the columns of a table of which a cell may list several things, each a row of its own.
type Lists struct {
	columns []list
	once    []int // the cells of figures that are counted once, in the first of these rows
	row     source.Row
	parts   [][]string
	// Told is how many rows with more than one part there were, and the first of them.
	Told  int
	First source.Origin
}

type list struct {
	at int
	by *dataset.Column
}

// Split begins with a column whose cells, at an index, are lists.
func (l *Lists) Split(at int, c *dataset.Column) { l.columns = append(l.columns, list{at, c}) }

// Once says that a figure stands at an index, which means all that the row lists together.
func (l *Lists) Once(at int) {
	for _, c := range l.columns {
		if c.at == at {
			return // it is read from a part
		}
	}
	l.once = append(l.once, at)
}

// Any reports whether there is a list.
func (l *Lists) Any() bool { return len(l.columns) > 0 }

// Each hands on a row for each thing that the row lists: the first thing of each of its lists, then the second. Lists of
// one stand in every row. Where lists are of different lengths it hands on nothing and says the fault, and the column.
func (l *Lists) Each(row *source.Row, next func(*source.Row) bool) (more bool, fault *cell.Fault, column *dataset.Column) {
	n := 1
	l.parts = l.parts[:0]
	for _, c := range l.columns {
		var parts []string
		if c.at < len(row.Cells) && row.Cells[c.at].Kind == source.Text {
			parts = c.by.Parts(row.Cells[c.at].Text)
		}
		l.parts = append(l.parts, parts)
		switch {
		case len(parts) < 2:
		case n > 1 && len(parts) != n:
			return true, cell.Uneven(n, len(parts)), c.by
		default:
			n = len(parts)
		}
	}
	if n == 1 {
		return next(row), nil, nil
	}
	if l.Told++; l.Told == 1 {
		l.First = row.Origin
	}
	for i := range n {
		l.row = *row
		l.row.Cells = append([]source.Cell(nil), row.Cells...)
		for k, c := range l.columns {
			if parts := l.parts[k]; len(parts) > 1 {
				l.row.Cells[c.at] = source.Cell{Text: parts[i], Kind: source.Text}
			}
		}
		for _, at := range l.once {
			if i > 0 && at < len(l.row.Cells) {
				l.row.Cells[at] = source.Cell{}
			}
		}
		if !next(&l.row) {
			return false, nil, nil
		}
	}
	return true, nil, nil
}

// Says tells that rows became several, where some did.
func (l *Lists) Says(say func(codes.Text)) {
	if l.Told == 0 {
		return
	}
	var zh, en []string
	for _, c := range l.columns {
		zh, en = append(zh, c.by.Title.Zh), append(en, c.by.Name)
	}
	say(codes.Text{
		Zh: fmt.Sprintf("%d 行的“%s”各含几项，一项成一行（首见 %s）；同一行的金额、人数等只计入第一项", l.Told, strings.Join(zh, "、"), l.First),
		En: fmt.Sprintf("%d rows list several things in %s, each became a row (first %s); a figure beside them counts in the first only", l.Told, strings.Join(en, ", "), l.First),
	})
}

// Beyond is the index of a filled cell of a line of text beyond its header's width; -1: there is none. Where
// something stands beside the table of a sheet it is no part of the row.
func Beyond(row *source.Row, width int) int {
	if row.Origin.Sheet == "" {
		for i := width; i < len(row.Cells); i++ {
			if row.Cells[i].Filled() {
				return i
			}
		}
	}
	return -1
}
