// Package workbook writes the answers of panels as a workbook: a sheet a panel, with what is to be known of its figures above
// them, and a chart of the spreadsheet's own where it has that kind.
package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// The bounds of a workbook. A sheet says when it has not all rows; a file that would be larger is refused with ErrLarge.
const (
	MaxRows  = 100_000 // of the table of one panel
	maxBytes = 64 << 20
)

// ErrLarge says that a workbook would be larger than one may be.
var ErrLarge = errors.New("the workbook is too large")

// Book is what a workbook tells.
type Book struct {
	Lang        codes.Lang
	Title       string
	Mark        string // that the figures are made up; empty: they are not
	Facts       []Fact // of the whole book, on its first sheet
	Panels      []Panel
	Definitions []Definition
	At          time.Time // when it is written
}

// Fact is a thing to be known with its name; a day is written as one.
type Fact struct {
	Label string
	Text  string
	Day   days.Day
}

// Panel is a panel with its figures.
type Panel struct {
	*figures.Answer
	Coverage string // who has reported
	Failed   string // why there are no figures
}

// Definition says what a metric is.
type Definition struct{ Title, Name, Text, Formula, Unit, Direction, Datasets, Dims string }

// sheet is what stands on one sheet.
type sheet struct {
	name, title, period, says string
	facts                     []Fact
	table                     grid.Grid
	plot                      *plot
}

// writer is a workbook in the making.
type writer struct {
	*excelize.File
	Book
	names  map[string]bool // of sheets, in small letters
	styles map[string]int
}

// Write writes a workbook whole.
func Write(b Book) ([]byte, error) {
	w := &writer{File: excelize.NewFile(), Book: b, names: map[string]bool{}, styles: map[string]int{}}
	defer w.Close()
	first := w.name(w.say("book_about"))
	sheets := w.sheets()
	last := ""
	if len(b.Definitions) > 0 {
		last = w.name(w.say("definition"))
	}
	if err := w.SetSheetName("Sheet1", first); err != nil {
		return nil, err
	}
	for i := range sheets {
		if err := w.panel(&sheets[i], first); err != nil {
			return nil, fmt.Errorf("sheet %s: %w", sheets[i].name, err)
		}
	}
	if err := w.definitions(last); err != nil {
		return nil, err
	}
	if err := w.about(first, sheets, last); err != nil {
		return nil, err
	}
	if err := w.SetDocProps(&excelize.DocProperties{Title: b.Title, Description: b.Mark, Created: b.At.UTC().Format(time.RFC3339), Modified: b.At.UTC().Format(time.RFC3339)}); err != nil {
		return nil, err
	}
	var out limited
	if _, err := w.WriteTo(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// limited is a buffer that takes no more than a workbook may have.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > maxBytes {
		return 0, ErrLarge
	}
	return l.Buffer.Write(p)
}

// say is a text of the catalogue in the reader's language.
func (w *writer) say(key string, args ...any) string { return words.In(w.Lang, key, args...) }

// longestName is how many characters a spreadsheet takes as the name of a sheet.
const longestName = 31

// name is a name for a sheet like a title, which no other sheet has.
func (w *writer) name(title string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`[]:*?/\`, r):
			return ' '
		case r < ' ' || r > 0xFFFF: // counted as two by a spreadsheet
			return -1
		}
		return r
	}, title)
	clean = strings.Trim(strings.Join(strings.Fields(clean), " "), "'")
	if clean == "" || strings.EqualFold(clean, "history") { // a name that Excel keeps for itself
		clean = strings.TrimSpace(w.say("book_panel") + " " + clean)
	}
	for n := 1; ; n++ {
		tail := ""
		if n > 1 {
			tail = " " + strconv.Itoa(n)
		}
		head := []rune(clean)
		head = head[:min(len(head), longestName-len(tail))]
		name := strings.TrimRight(string(head), " '") + tail
		if low := strings.ToLower(name); !w.names[low] {
			w.names[low] = true
			return name
		}
	}
}

// sheets are those of the panels: the cards together, then one of each other panel.
func (w *writer) sheets() []sheet {
	var out []sheet
	var cards []Panel
	for _, p := range w.Panels {
		if p.Kind == board.KPI && len(w.Panels) > 1 {
			cards = append(cards, p)
		}
	}
	if len(cards) > 0 {
		out = append(out, w.cards(cards))
	}
	for _, p := range w.Panels {
		if p.Kind != board.KPI || len(w.Panels) == 1 {
			out = append(out, w.sheet(p))
		}
	}
	return out
}

// sheet lays a panel out.
func (w *writer) sheet(p Panel) sheet {
	title := p.Title.In(w.Lang)
	s := sheet{name: w.name(title), title: title}
	fact := func(label, text string) {
		if text != "" {
			s.facts = append(s.facts, Fact{Label: label, Text: text})
		}
	}
	s.says = w.missing(p)
	if p.Failed == "" && !p.DataDate.IsZero() {
		s.period = p.Period(w.Lang)
		s.table = p.Grid().WithNow(w.Lang)
		if s.says == "" || len(s.table.Rows) > 0 {
			s.plot = w.plan(p, s.table)
		}
		fact(w.say("book_finding"), p.Finding)
		fact(w.say("period"), s.period)
		fact(w.say("unit"), p.Unit(w.Lang))
		s.facts = append(s.facts, Fact{Label: w.say("as_of"), Day: p.Behind()})
	}
	fact(w.say("book_coverage"), p.Coverage)
	fact(w.say("book_note"), w.note(p))
	fact(w.say("book_missing"), s.says)
	if len(s.table.Rows) > MaxRows {
		fact(w.say("book_rows"), w.say("book_cut", len(s.table.Rows), MaxRows))
		s.table.Rows = s.table.Rows[:MaxRows]
	}
	return s
}

// missing says why a panel has no figures; empty where it has.
func (w *writer) missing(p Panel) string {
	switch {
	case p.Failed != "":
		return p.Failed
	case p.DataDate.IsZero():
		return w.say("no_data_yet")
	}
	return p.Empty()
}

// note is what is to be known of the figures of a panel.
func (w *writer) note(p Panel) string {
	if p.Failed != "" {
		return ""
	}
	parts := []string{p.Note(w.Lang)}
	if p.Revised != nil {
		parts = append(parts, p.Revised.Text)
		parts = append(parts, p.Revised.Parts...)
	}
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return words.Join(w.Lang, "sep_clause", said)
}

// cards puts the tables of cards below each other, a column for each head that any of them has.
func (w *writer) cards(panels []Panel) sheet {
	s := sheet{name: w.name(w.say("book_cards")), title: w.say("book_cards")}
	s.table.Heads = []grid.Head{{Text: w.say("book_card")}}
	at := map[grid.Head]int{}
	grids := make([]grid.Grid, len(panels))
	for i, p := range panels {
		if p.Failed == "" && !p.DataDate.IsZero() {
			grids[i] = p.Grid().WithNow(w.Lang)
		}
		for _, h := range grids[i].Heads {
			if _, ok := at[h]; !ok {
				at[h] = len(s.table.Heads)
				s.table.Heads = append(s.table.Heads, h)
			}
		}
	}
	n := len(s.table.Heads)
	for _, text := range []string{w.say("period"), w.say("as_of"), w.say("book_coverage"), w.say("book_note")} {
		s.table.Heads = append(s.table.Heads, grid.Head{Text: text})
	}
	for i, p := range panels {
		begin := func() []grid.Cell {
			row := make([]grid.Cell, len(s.table.Heads))
			row[0].Text = p.Title.In(w.Lang)
			if p.Failed == "" && !p.DataDate.IsZero() {
				row[n].Text, row[n+1].Text = p.Period(w.Lang), days.ISO(p.Behind())
			}
			row[n+2].Text, row[n+3].Text = p.Coverage, w.note(p)
			return row
		}
		for _, cells := range grids[i].Rows {
			row := begin()
			for j, c := range cells {
				row[at[grids[i].Heads[j]]] = c
			}
			s.table.Rows = append(s.table.Rows, row)
		}
		if len(grids[i].Rows) == 0 {
			row := begin()
			row[0].Note = w.missing(p)
			s.table.Rows = append(s.table.Rows, row)
		}
	}
	return s
}
