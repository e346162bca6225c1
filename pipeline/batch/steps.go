package batch

import (
	"yanzhen/pipeline/account"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/source"
)

// step takes a row and hands what becomes of it to the next step, the last of which (loading) fills the batch.
// Rows are handed on where they stand, never copied. False: nobody wants more rows.
type step interface {
	take(*source.Row) bool
}

// doubting refuses the rows of a text that speak against themselves, or lets them pass with a warning.
type doubting struct {
	refuse  bool // all of them; else those that may have moved, where moving matters
	load    bool // all that can be read
	matters bool // a column is required, or of a type that not every text has
	other   int  // the heading of another table, to which the rows belong; 0: none
	rebind  func(names []string, row int) bool
	totals  *rows.Totals
	rejects *rejects
	counts  *Counts
	tally   *tally
	next    step
}

func (s *doubting) take(row *source.Row) bool {
	d := row.Doubt
	if d == nil {
		if s.other == 0 {
			return s.next.take(row)
		}
		d = source.Besides(s.other)
	}
	if d.Names != nil {
		return s.heading(row, d)
	}
	if s.other > 0 {
		d = source.Besides(s.other)
	}
	first := rows.First(row)
	if first < 0 || !d.Lost && s.totals.Has(row, first) {
		return s.next.take(row)
	}
	one := s.rejects.doubt(row, d)
	if d.Lost || s.refuse || !s.load && s.matters && d.Moved {
		s.counts.Read++
		s.counts.Rejected++
		s.rejects.report()
		return true
	}
	one.Warn = true
	more := s.next.take(row)
	s.rejects.report() // where the row was left out further on
	return more
}

// heading takes a row that names columns again: those below are read by it, or by nothing where it does
// not fit. It is no row of data.
func (s *doubting) heading(row *source.Row, d *source.Doubt) bool {
	s.counts.Read++
	if s.other = 0; s.rebind(d.Names, row.Origin.Row) {
		s.counts.Excluded++
		s.tally.why = account.Headings
		s.rejects.doubt(row, d).Warn = true
	} else {
		s.counts.Rejected++
		s.other = row.Origin.Row
		s.rejects.doubt(row, source.Besides(s.other))
	}
	s.rejects.report()
	return true
}

// headed leaves out the rows that head those below them, for columns to take their text.
type headed struct {
	heads  *rows.Heads
	counts *Counts
	tally  *tally
	next   step
}

func (s *headed) take(row *source.Row) bool {
	at := s.heads.Heading(row)
	if at < 0 {
		return s.next.take(row)
	}
	s.counts.Read++
	s.counts.Excluded++
	s.tally.why, s.tally.at = account.Banners, at
	return true
}

// listed makes of a row whose cells list several things a row for each of them.
type listed struct {
	rows.Lists
	refuse func(row *source.Row, c *dataset.Column, f *cell.Fault)
	next   step
}

func (s *listed) take(row *source.Row) bool {
	more, fault, c := s.Each(row, s.next.take)
	if fault != nil {
		s.refuse(row, c, fault)
	}
	return more
}

// fillDown gives the blank cells of some columns what stands above them.
type fillDown struct {
	at     []int         // the cells of those columns
	above  []source.Cell // of each, the last that was filled
	totals *rows.Totals
	row    source.Row // that is handed on
	next   step
}

// take leaves out a row of totals or notes, whose first text is not that of the rows above it: it says
// nothing for the rows below.
func (s *fillDown) take(row *source.Row) bool {
	first := rows.First(row)
	if first < 0 || s.totals.Has(row, first) {
		return s.next.take(row)
	}
	cells := append(s.row.Cells[:0], row.Cells...)
	for i, at := range s.at {
		for len(cells) <= at {
			cells = append(cells, source.Cell{})
		}
		if c := &cells[at]; c.Filled() {
			s.above[i] = *c
		} else {
			*c = s.above[i]
		}
	}
	s.row = source.Row{Origin: row.Origin, Cells: cells}
	return s.next.take(&s.row)
}

// unpivot makes of a row of the file a row for each spread that has a cell filled: the cells of the file
// stand first, then the keys, then the values.
type unpivot struct {
	spread []dataset.Spread
	width  int                                // number of columns of the file
	keys   int                                // of each spread
	row    source.Row                         // that is handed on
	places []int                              // in the file, of the cells of that row beyond width
	long   func(row *source.Row, at int) bool // takes a row that is longer than the header
	tally  *tally
	next   step
}

func newUnpivot(b *bind.Binding, u *dataset.Unpivot) *unpivot {
	n := len(u.Keys()) + len(u.Values)
	return &unpivot{spread: b.Spread, width: b.Width, keys: len(u.Keys()), row: source.Row{Cells: make([]source.Cell, b.Width+n)}, places: make([]int, n)}
}

func (s *unpivot) take(row *source.Row) bool {
	if at := rows.Beyond(row, s.width); at >= 0 {
		return s.long(row, at)
	}
	s.row.Origin = row.Origin
	cells, keys, values := s.row.Cells[:s.width], s.row.Cells[s.width:s.width+s.keys], s.row.Cells[s.width+s.keys:]
	clear(cells)
	copy(cells, row.Cells)
	for i := range s.spread {
		p := &s.spread[i]
		filled := 0
		for v, at := range p.At {
			c := source.Cell{}
			if s.places[s.keys+v] = at; at >= 0 {
				if c = cells[at]; c.Filled() {
					filled++
				}
			}
			values[v] = c
		}
		if filled == 0 {
			continue
		}
		for k, text := range p.Keys {
			keys[k], s.places[k] = source.Cell{Text: text, Kind: source.Text}, p.First
		}
		before, warned := *s.tally.counts, len(s.tally.warned)
		ok := s.next.take(&s.row)
		if s.tally.one(filled, warned, &before); !ok {
			return false
		}
	}
	return true
}

// place is the index in the file's row of a cell that a column reads. Without an unpivot, which is nil then,
// it is the same.
func (s *unpivot) place(i int) int {
	if s != nil && i >= s.width && i-s.width < len(s.places) {
		return s.places[i-s.width]
	}
	return i
}

// own is place for a cell that is the column's alone; -1: it is a heading.
func (s *unpivot) own(i int) int {
	if s != nil && i >= s.width && i < s.width+s.keys {
		return -1
	}
	return s.place(i)
}

// copies leaves out the rows whose cells were all read before, in a row of the same texts under the same
// header.
type copies struct {
	seen    *rows.Seen
	heading string // the same texts under other headers are no copy
	counts  *Counts
	next    step
}

func (s *copies) take(row *source.Row) bool {
	if s.seen.Copy(s.heading, row.Cells) {
		s.counts.Duplicates++
		return true
	}
	return s.next.take(row)
}
