package pdf

import (
	"cmp"
	"slices"

	"yanzhen/dashboard/document"
	"yanzhen/dashboard/fonts"
)

// inside is the blank at either side of a cell.
func (s *sheet) inside() float64 { return 0.38 * s.style.size }

// sheet is a table whose columns have their widths and whose cells have their lines.
type sheet struct {
	*flow
	table    document.Table
	style    style
	wide     []float64
	pitch    float64
	above    float64 // the blank above and below what stands in a cell
	header   [][]line
	rows     [][][]line
	captions []line
	unit     []line
	notes    []line
	placed   bool // it goes on the page now: nothing else can stand before it
}

// remark is how what stands beside a table or a chart is set.
var remark = style{role: fonts.Song, size: noteSize}

// sheet finds how a table will stand on the paper.
func (f *flow) sheet(t document.Table) *sheet {
	s := &sheet{flow: f, table: t}
	s.fit()
	if t.Caption != "" {
		_, s.captions = f.caption(t.Caption, t.URL)
	}
	s.unit = broken(f.set(document.Plain(t.Unit), remark), wide, wide)
	s.notes = broken(f.set(document.Plain(t.Note), remark), wide, wide)
	for _, r := range t.Rows {
		s.rows = append(s.rows, s.row(r))
	}
	return s
}

// How much of a page a table may be that begins on the next one rather than go over two; and how many rows of one that would
// leave much of a page blank so must stand on either.
const (
	mostMoved  = 0.5
	fewestRows = 4
	muchBlank  = 0.2 // of a page, where no text goes on before the table: a short one rather goes over, too
)

// fewest is how many rows must stand on either page where so much is left of the first.
func (s *sheet) fewest(left float64) int {
	if s.placed && len(s.rows) < 2*fewestRows && left >= high*muchBlank {
		return 2
	}
	return fewestRows
}

// needs is how much room there must be for a table to begin where so much is left: for all of a short one, for the heads and two
// rows of a long one, and for a few of one between where much would stay blank.
func (s *sheet) needs(left float64) float64 {
	first, few, all := s.heads(), s.heads(), s.whole()
	for i, r := range s.rows {
		if i < 2 {
			first += s.high(r)
		}
		if i < s.fewest(left) {
			few += s.high(r)
		}
	}
	switch {
	case all > high*mostMoved:
		return first
	case left < all && left >= high*mostBlank && len(s.rows) >= 2*s.fewest(left):
		return few
	}
	return all
}

// heads is how high what stands above the rows is; whole, how high all of the table is.
func (s *sheet) heads() float64 {
	return 18*float64(len(s.captions)) + 16*float64(len(s.unit)) + s.top() + 4
}

func (s *sheet) whole() float64 { return s.heads() + s.highOf(s.rows) + 16*float64(len(s.notes)) + 9 }

// tighten lets the rows of a table stand closer where it fits into a room then, and answers what it needs at least.
func (s *sheet) tighten(room float64) float64 {
	pitch, above := s.pitch, s.above
	s.pitch, s.above = s.style.size*1.28, 2
	least := s.needs(room)
	if least > room {
		s.pitch, s.above = pitch, above
	}
	return least
}

// least is what a table needs at least, and leaves it as it stands.
func (s *sheet) least(room float64) float64 {
	pitch, above := s.pitch, s.above
	defer func() { s.pitch, s.above = pitch, above }()
	return s.tighten(room)
}

// table puts a table on pages: its head stands on each of them, and no row is divided but one that is higher than a page.
func (f *flow) table(t document.Table) {
	if len(t.Columns) == 0 {
		return
	}
	s := f.sheet(t)
	f.y += 9
	if by := slices.ContainsFunc(t.Rows, func(r document.Row) bool { return r.Lines > 0 }); by && s.whole() > high-f.y {
		t.Rows = slices.Clone(t.Rows)
		for i := range t.Rows {
			t.Rows[i].Lines = 0
		}
		s = f.sheet(t)
	}
	if s.needs(high-f.y) > high-f.y {
		s.placed = s.tighten(high-f.y) > high-f.y
	}
	rows := s.fewest(high - f.y)
	f.need(s.needs(high - f.y))
	f.lines(s.captions, style{role: fonts.Hei, size: captionSize}, 0, 18, inMiddle)
	f.lines(s.unit, remark, 0, 16, atRight)
	s.head()
	for i, r := range s.rows {
		if last := s.rows[i:]; i >= rows && len(last) == rows && s.y+s.highOf(last) > high { // no lone row on the next page
			s.rule(0, wide, 1, 0)
			s.turn()
			s.head()
		}
		s.put(r, s.styleOf(t.Rows[i]))
		if i < len(s.rows)-1 {
			f.rule(0, wide, 0.4, 0.7)
		}
	}
	f.rule(0, wide, 1, 0)
	f.y += 3
	f.lines(s.notes, remark, 0, 16, filled)
	f.y += 6
}

// head puts the heads of the columns between two rules; one rule where they have none.
func (s *sheet) head() {
	s.rule(0, wide, 1, 0)
	if s.headless() {
		return
	}
	s.cells(s.header, style{role: fonts.Hei, size: s.style.size})
	s.rule(0, wide, 0.5, 0)
}

// put puts a row on the page, or on the next one below the heads. Of one that is higher than a page, each page gets
// what fits.
func (s *sheet) put(cells [][]line, st style) {
	for {
		h := s.high(cells)
		if s.y+h <= high+0.01 {
			s.cells(cells, st)
			return
		}
		whole := high - s.top()
		if h > whole && s.y+3*s.pitch < high {
			n := max(1, int((high-s.y-2*s.above)/s.pitch))
			rest := make([][]line, len(cells))
			now := make([][]line, len(cells))
			for i, c := range cells {
				k := min(n, len(c))
				now[i], rest[i] = c[:k], c[k:]
			}
			s.cells(now, st)
			cells = rest
		}
		s.rule(0, wide, 1, 0)
		s.turn()
		s.head()
	}
}

func (s *sheet) highOf(rows [][][]line) (h float64) {
	for _, r := range rows {
		h += s.high(r)
	}
	return h
}

func (s *sheet) high(cells [][]line) float64 {
	n := 1
	for _, c := range cells {
		n = max(n, len(c))
	}
	return float64(n)*s.pitch + 2*s.above
}

// cells prints the cells of a row beside each other, each in the middle of the row's height.
func (s *sheet) cells(cells [][]line, st style) {
	h, y, x := s.high(cells), s.y, 0.0
	for i, c := range cells {
		at := map[document.Align]where{document.Centre: inMiddle, document.Right: atRight}[s.table.Columns[i].Align]
		s.y = y + (h-float64(len(c))*s.pitch)/2
		for _, l := range c {
			s.print(l, st, x+s.inside(), s.wide[i]-2*s.inside(), s.pitch, at)
			s.y += s.pitch
		}
		x += s.wide[i]
	}
	s.y = y + h
}

func (s *sheet) headless() bool {
	return !slices.ContainsFunc(s.header, func(c []line) bool { return len(c) > 0 })
}

// top is how high the heads are.
func (s *sheet) top() float64 {
	if s.headless() {
		return 0
	}
	return s.high(s.header)
}

func (s *sheet) styleOf(r document.Row) style {
	st := s.style
	if r.Total {
		st.role = fonts.Hei
	}
	return st
}

func (s *sheet) row(r document.Row) [][]line {
	st := s.styleOf(r)
	out := make([][]line, len(s.table.Columns))
	for i := range out {
		if i < len(r.Cells) {
			room := s.wide[i] - 2*s.inside()
			out[i] = broken(s.set(r.Cells[i].Runs, st), room, room)
		}
	}
	for len(out[0]) < r.Lines {
		out[0] = append(out[0], line{})
	}
	return out
}

// fit finds the size of the letters and the widths of the columns: as wide as what stands in them where that fits, else
// shared out so that no word is broken; letters are smaller where even that does not fit.
func (s *sheet) fit() {
	n := len(s.table.Columns)
	for size := float64(tableSize); ; size -= 0.5 {
		s.style, s.pitch, s.above = style{role: fonts.Song, size: size}, size*1.45, 3
		if s.tight {
			s.pitch, s.above = size*1.28, 2
		}
		natural, least := make([]float64, n), make([]float64, n)
		for i, c := range s.table.Columns {
			s.measure(document.Plain(c.Head), fonts.Hei, &natural[i], &least[i])
		}
		for _, r := range s.table.Rows {
			for i, c := range r.Cells[:min(n, len(r.Cells))] {
				s.measure(c.Runs, fonts.Song, &natural[i], &least[i])
			}
		}
		if figures := slices.Clone(least); sum(least) <= wide { // a figure stands on one line where there is room
			for i, c := range s.table.Columns {
				if c.Align == document.Right {
					figures[i] = natural[i]
				}
			}
			if sum(figures) <= wide {
				least = figures
			}
		}
		if sum(least) <= wide || size <= smallest {
			s.wide = s.shared(natural, least)
			break
		}
	}
	s.header = make([][]line, n)
	head := style{role: fonts.Hei, size: s.style.size}
	for i, c := range s.table.Columns {
		s.header[i] = broken(s.set(document.Plain(c.Head), head), s.wide[i]-2*s.inside(), s.wide[i]-2*s.inside())
	}
}

// measure finds how wide a cell is on one line, and how wide its longest word.
func (s *sheet) measure(runs []document.Run, role fonts.Role, natural, least *float64) {
	all := s.set(runs, style{role: role, size: s.style.size})
	word, line := 0.0, 0.0
	for _, c := range all {
		if c.cut {
			word = 0
		}
		if c.r != ' ' {
			word += c.wide
		}
		line += c.wide
		*least = max(*least, word+2*s.inside()+0.1)
	}
	*natural = max(*natural, line+2*s.inside()+0.1)
}

// shared shares the width out: by the weights of the columns where they have any, never less than a word needs.
func (s *sheet) shared(natural, least []float64) []float64 {
	n := len(natural)
	out := make([]float64, n)
	weighed := slices.ContainsFunc(s.table.Columns, func(c document.Column) bool { return c.Weight > 0 })
	want := make([]float64, n)
	for i, c := range s.table.Columns {
		want[i] = min(natural[i], wide/2)
		if weighed {
			want[i] = cmp.Or(c.Weight, 1)
		}
	}
	if weighed && sum(natural) <= wide {
		least = natural // weights share what no column needs
	}
	if sum(least) >= wide {
		for i := range out {
			out[i] = wide * least[i] / sum(least)
		}
		return out
	}
	// those whose part would be less than they need get that, and the others share what is left
	fixed := make([]bool, n)
	for {
		left, weight := float64(wide), 0.0
		for i := range out {
			if fixed[i] {
				left -= least[i]
			} else {
				weight += want[i]
			}
		}
		again := false
		for i := range out {
			if fixed[i] {
				out[i] = least[i]
				continue
			}
			if out[i] = left * want[i] / weight; out[i] < least[i] {
				fixed[i], again = true, true
			}
		}
		if !again {
			return out
		}
	}
}

func sum(all []float64) float64 {
	s := 0.0
	for _, v := range all {
		s += v
	}
	return s
}
