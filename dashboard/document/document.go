// Package document is a finished document as plain data: a title, facts, and blocks of text, tables and charts, whose numbers
// carry the addresses they lead to. It holds no figure that is still to be asked for and knows no form of paper; writers beside
// it (docx, pdf) and a page make the paper.
package document

import (
	"iter"
	"strings"
	"time"
)

// Document is what a reader gets. Everything in it is written in Lang; a writer adds no words of its own but page numbers.
type Document struct {
	Name     string // of the declaration; the name of a file begins with it
	Title    string
	Subtitle string // empty: none
	Issuer   string // who issues it; empty: nobody is named
	Lang     string // zh or en
	Mark     string // stands on every page: that the figures are made up; empty: they are not
	Facts    []Fact // zone, period, date of the data, freeze, when it was written: on the first page, in this order
	Blocks   []Block
	Notes    []Note    // what the measures of the document are, after its last block
	Heads    Heads     // the headings that a writer needs
	Base     string    // what an address that begins with / stands on, without a / at its end; empty: such an address leads nowhere
	Written  time.Time // goes into the file's properties, so that the same document is the same bytes
}

// Heads are the headings of parts that a writer lays out itself.
type Heads struct{ Notes string }

// Fact is a thing to be known with its name.
type Fact struct{ Label, Text string }

// Note is a measure and what it is. URL leads to its definition.
type Note struct{ Term, Text, URL string }

// Block is one of Heading, Paragraph, Table, Chart and PageBreak.
type Block interface{ block() }

// Heading heads what follows it, and stands in a document's outline.
type Heading struct {
	Level int // 1 to 3; the title of the document is above them
	Runs  []Run
}

// Paragraph is running text.
type Paragraph struct {
	Runs  []Run
	Place Place
}

// Place is how a paragraph stands on the paper.
type Place string

// The places of a paragraph.
const (
	Body  Place = ""      // its first line indented by two characters
	Flush Place = "flush" // from the left edge: to whom it goes
	End   Place = "end"   // at the right edge: who signs, and the day
	Small Place = "small" // a remark
)

// Table is a table that a reader can work on. Each row has a cell for each column.
type Table struct {
	Caption string
	Unit    string // what stands above its right corner; empty: nothing
	Columns []Column
	Rows    []Row
	Note    string // below it
	URL     string // the panel it came from
}

// Headed says whether any column has a head.
func (t Table) Headed() bool {
	for _, c := range t.Columns {
		if c.Head != "" {
			return true
		}
	}
	return false
}

// Widths divides a width among the columns by their weights, to the last unit of it.
func (t Table) Widths(whole int) []int {
	sum := 0.0
	weight := func(c Column) float64 {
		if c.Weight > 0 {
			return c.Weight
		}
		return 1
	}
	for _, c := range t.Columns {
		sum += weight(c)
	}
	out := make([]int, len(t.Columns))
	rest, left := whole, sum
	for i, c := range t.Columns {
		out[i] = int(float64(rest) * weight(c) / left)
		rest -= out[i]
		left -= weight(c)
	}
	if n := len(out); n > 0 {
		out[n-1] += rest
	}
	return out
}

// Column is the head of a column and how its cells stand.
type Column struct {
	Head   string
	Align  Align
	Weight float64 // its part of the width, against the other columns; 0 is 1
}

// Align is where the text of a cell stands.
type Align string

// The alignments.
const (
	Left   Align = ""
	Centre Align = "centre"
	Right  Align = "right"
)

// Row is a row of a table.
type Row struct {
	Cells []Cell
	Total bool // it sums up the others
	Lines int  // at least so many lines high on paper where there is room: somebody fills it in by hand
}

// Cell is one cell.
type Cell struct{ Runs []Run }

// Chart is a picture with its words.
type Chart struct {
	Caption       string
	Note          string // below it
	Alt           string // what it shows, for who does not see it
	SVG           []byte
	PNG           []byte  // the same, for readers without SVG; nil: none
	Width, Height float64 // in CSS pixels
	URL           string  // the panel it came from
}

// PageBreak begins a page.
type PageBreak struct{}

func (Heading) block()   {}
func (Paragraph) block() {}
func (Table) block()     {}
func (Chart) block()     {}
func (PageBreak) block() {}

// Run is a stretch of text. One with a URL is a number or a name that leads to where it comes from.
type Run struct {
	Text  string
	URL   string // absolute, or begins with / and stands on the document's Base
	State State
	Value string // of a number: itself to the last digit, as JSON writes it; empty: it is none
}

// State is what is to be known of a number beside itself. The words for it are runs of their own.
type State string

// The states of a number.
const (
	Final   State = ""
	Open    State = "open"    // it may still change
	Missing State = "missing" // there is none
)

// Link is where a run, table, chart or note with an address leads, whole; empty: nowhere.
func (d *Document) Link(url string) string {
	if strings.HasPrefix(url, "/") {
		if d.Base == "" {
			return ""
		}
		return d.Base + url
	}
	return url
}

// Runs goes through every run of the document in the order it is read.
func (d *Document) Runs() iter.Seq[Run] {
	return func(yield func(Run) bool) {
		all := func(runs []Run) bool {
			for _, r := range runs {
				if !yield(r) {
					return false
				}
			}
			return true
		}
		for _, b := range d.Blocks {
			switch b := b.(type) {
			case Heading:
				if !all(b.Runs) {
					return
				}
			case Paragraph:
				if !all(b.Runs) {
					return
				}
			case Table:
				for _, row := range b.Rows {
					for _, c := range row.Cells {
						if !all(c.Runs) {
							return
						}
					}
				}
			}
		}
	}
}

// Text is what runs say.
func Text(runs []Run) string {
	var out strings.Builder
	for _, r := range runs {
		out.WriteString(r.Text)
	}
	return out.String()
}

// Plain is text without an address.
func Plain(text string) []Run { return []Run{{Text: text}} }
