package batch

import (
	"slices"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/totals"
)

// counter counts the rows that say something, and leaves out totals and notes.
type counter struct {
	totals *rows.Totals
	cover  *cover // nil: there is nothing to add up
	tally  *tally
	counts *Counts
	named  bool // of a row, a text stands beside the first one
	full   rows.Full
	asked  source.Origin // the row that was last asked about by what it comes to
	next   step
}

func (s *counter) take(row *source.Row) bool {
	first := rows.First(row)
	if first < 0 {
		return true
	}
	s.counts.Read++
	if s.totals.Has(row, first) || s.totals.Spread || s.reconciles(row, s.cover) {
		s.counts.Excluded++
		s.tally.at = s.totals.At
		s.tally.footnote(row.Origin, s.totals.At, row.Cells[s.totals.At].Text)
		if s.cover != nil {
			s.cover.total(row, s.totals)
		}
		return true
	}
	switch {
	case s.asked == row.Origin:
	case s.totals.Like && (s.totals.Part || s.totals.Bare):
		s.tally.double(row, s.totals.At)
	case s.totals.Like:
		s.tally.beside.See(account.Suspected(row.Origin.Sheet, row.Origin.Cell(s.totals.At), row.Cells[s.totals.At].Text))
	}
	if s.cover == nil {
		return s.next.take(row)
	}
	before, refused := s.counts.Loaded, s.counts.Rejected
	ok := s.next.take(row)
	if s.counts.Loaded > before {
		quick := s.full.Quick(row, first)
		named := quick || rows.Holds(row, s.totals.Wordy, first, first)
		s.cover.row.Named = named
		if s.cover.Rows > 1 && s.totals.Known && (named || !s.named || s.totals.Like) {
			s.whole(row, first)
		}
		s.named = s.named || named
		if s.cover.row.Bare = !named && s.full.Bare(first); named && !quick {
			s.full.See(row, s.totals.Wordy, first)
		}
		s.cover.loaded(row, first)
	} else {
		s.cover.other(row)
		if s.counts.Rejected > refused {
			s.cover.refused(s.cover.figures(row))
		}
	}
	return ok
}

// reconciles reports whether a row that reads like a sum, in a dataset that declares no words for one, is the sum of rows
// above it, and nothing that names a row stands beside its label.
func (s *counter) reconciles(row *source.Row, k *cover) bool {
	t := s.totals
	if !t.Only || t.Known || k == nil || k.Rows == 0 {
		return false
	}
	fits, ok := k.Reconciles(totals.Stated{Key: t.Key, Says: t.Says, Figures: k.figures(row)})
	if fits && !ok {
		s.asked = row.Origin
		s.tally.double(row, t.At)
	}
	if ok {
		t.Sum, t.Like, t.Bare, t.Only = !totals.Mean(t.Key) || totals.Sum(t.Key), false, false, false
	}
	return ok
}

// whole tells of a row that was loaded whose figures are the sums of all rows before it: by its name, or because they
// can hardly be so by chance.
func (s *counter) whole(row *source.Row, first int) {
	n := s.cover.sumsUp()
	if n == 0 {
		return
	}
	for _, at := range s.totals.Wordy {
		if at < len(row.Cells) && totals.Whole(row.Cells[at].Text) {
			s.tally.double(row, at)
			return
		}
	}
	switch named := s.cover.row.Named; {
	case s.totals.Like:
		s.tally.double(row, s.totals.At)
	case totals.Telling(s.cover.last()) && (!named || s.cover.Rows > 2): // 1, 2, 3 is no sum
		s.tally.double(row, first)
	case n > 1 || !named:
		s.tally.suspect(row, first)
	}
}

// cover holds the sums that a file states against the rows that they may cover.
type cover struct {
	columns []*column
	row     totals.Row // that is added
	at      *source.Row
	words   *rows.Totals // where no words for totals are declared, only rows that are called sums are held against the others
	totals.Sums
}

// newCover covers the columns whose figures add up; nil: there are none. Below another header the old one goes on
// where the same columns have figures.
func newCover(columns []*column, old *cover, words *rows.Totals) *cover {
	k := &cover{words: words}
	for _, c := range columns {
		u, _ := cell.ParseUnit(c.Decl.Unit)
		if c.At < 0 || !bind.Measured(c.Decl) || u.Share() || u.Per != "" || u.Base == "岁" || u.Base == "年" || totals.Ratio(c.Decl.Title.Zh) {
			continue
		}
		c.sums, c.figures = true, true
		k.columns = append(k.columns, c)
	}
	switch {
	case len(k.columns) == 0:
		return nil
	case old != nil && slices.Equal(old.columns, k.columns):
		return old
	}
	k.So = make([]float64, len(k.columns))
	k.row.At = k.address
	return k
}

// spreadTotals holds the totals of a table against its rows before a row of it becomes several.
type spreadTotals struct {
	cover *cover
	*counter
	next step
}

// newSpreadTotals is a step for the cells that rows are spread from, each under its own heading; next itself where none of them
// adds up.
func newSpreadTotals(b *bind.Binding, u *dataset.Unpivot, columns []*column, header []string, w spreadTotals) (step, *cover) {
	var list []*column
	for _, s := range b.Spread {
		for v, at := range s.At {
			i := slices.IndexFunc(columns, func(c *column) bool { return c.Decl.Name == u.Values[v] })
			if at < 0 || i < 0 {
				continue
			}
			one, decl := *columns[i], *columns[i].Decl
			decl.Title = codes.Text{Zh: cell.Scrub(header[at]), En: cell.Scrub(header[at])}
			one.Decl, one.At = &decl, at
			one.point()
			list = append(list, &one)
		}
	}
	if w.cover = newCover(list, nil, w.totals); w.cover == nil {
		return w.next, nil
	}
	return &w, w.cover
}

func (s *spreadTotals) take(row *source.Row) bool {
	if first := rows.First(row); first >= 0 && !s.totals.Has(row, first) && !s.reconciles(row, s.cover) {
		s.cover.other(row)
	} else if first >= 0 {
		s.cover.total(row, s.totals)
		s.totals.Spread = true
	}
	loaded, refused := s.counts.Loaded, s.counts.Rejected
	ok := s.next.take(row)
	if !s.totals.Spread && s.counts.Rejected > refused {
		figures := s.cover.figures(row)
		for i := range figures { // each cell is a row: of those that could be read some were loaded, or all were refused
			if figures[i].OK && s.counts.Loaded > loaded {
				figures[i] = totals.Figure{At: figures[i].At, Blank: true}
			}
		}
		s.cover.refused(figures)
	}
	s.totals.Spread = false
	return ok
}

// loaded adds a row that was loaded, by the values that were kept while it was read.
func (k *cover) loaded(row *source.Row, first int) {
	k.row.Figure = k.row.Figure[:0]
	for _, c := range k.columns {
		k.row.Figure = append(k.row.Figure, c.last)
		c.last = 0
	}
	k.row.Column, k.row.Part, k.row.Indent = first, totals.Part(row.Cells[first].Text), k.words.Indent(row, first)
	k.row.Whole = k.Rows == 0 && slices.ContainsFunc(row.Cells, func(c source.Cell) bool { return totals.Whole(c.Text) })
	k.at = row
	k.Add(&k.row)
}

// address is where the row stands that is added, and what it says.
func (k *cover) address() string {
	at := k.at.Origin.Cell(k.row.Column)
	if k.at.Origin.Sheet != "" {
		at = k.at.Origin.Sheet + "!" + at
	}
	return at + " “" + account.Shown(k.at.Cells[k.row.Column].Text) + "”"
}

// last gives the figures of the row that was loaded last.
func (k *cover) last() []float64 {
	figures := make([]float64, len(k.columns))
	for i, c := range k.columns {
		figures[i] = c.last
	}
	return figures
}

// sumsUp is Before of the row that was loaded last.
func (k *cover) sumsUp() int { return k.Before(func(i int) float64 { return k.columns[i].last }) }

// other adds a row that was not loaded: whoever made the total counted it.
func (k *cover) other(row *source.Row) {
	k.Rows++
	for i, c := range k.columns {
		if s, ok := k.figure(row, c); ok {
			k.So[i] += s.Value
		}
		c.last = 0
	}
}

// refused says that the row that was added last was refused, whole or in part, and what of its figures was.
func (k *cover) refused(figures []totals.Figure) {
	if k.Rows > 0 {
		k.Refused(figures)
	}
}

// figure reads a cell of a column; false: it holds no number.
func (k *cover) figure(row *source.Row, c *column) (totals.Figure, bool) {
	in := c.text(row)
	if in == nil {
		var f *cell.Fault
		if in, f = c.Cell(row); f != nil || in == nil {
			return totals.Figure{Blank: f == nil}, false
		}
	}
	d, none, f := c.Number(in)
	if none || f != nil {
		return totals.Figure{Blank: f == nil}, false
	}
	return totals.Figure{Value: d.Float(), Within: d.Half(in.Text), OK: true}, true
}

// total remembers a row of totals, or one that names a part of the row above it.
func (k *cover) total(row *source.Row, is *rows.Totals) {
	text := row.Cells[is.At].Text
	if part := totals.Nested(text); !part && (!is.Sum || k.Full()) {
		return
	}
	if figures := k.figures(row); is.Sum {
		k.Total(account.Shown(text), figures)
	} else {
		k.Part(row.Origin.Cell(is.At)+" “"+account.Shown(text)+"”", figures)
	}
}

// figures are those of a row, by column.
func (k *cover) figures(row *source.Row) []totals.Figure {
	figures := make([]totals.Figure, len(k.columns))
	for i, c := range k.columns {
		figures[i], _ = k.figure(row, c)
		if figures[i].At = row.Origin.Cell(c.At); row.Origin.Sheet != "" {
			figures[i].At = row.Origin.Sheet + "!" + figures[i].At
		}
	}
	return figures
}

// judge tells of the sums that no run of rows from one total to another comes to.
func (k *cover) judge(a *account.Account) {
	k.Judge(func(i int) codes.Text {
		return codes.Text{Zh: k.columns[i].Decl.Title.Zh, En: k.columns[i].Decl.Name}
	}, func(i int, t codes.Text) {
		a.Say(t)
		a.Unsummed = append(a.Unsummed, account.Unsummed{Column: k.columns[i].Decl.Name, Text: t})
	})
	k.Unjudged(a.Say)
	tell := func(t codes.Text, sure bool) {
		if sure {
			a.Double(t)
		} else {
			a.Say(t)
		}
	}
	if !k.words.Known {
		k.SetIn(tell)
		return
	}
	k.Misnamed(a.Double)
	k.Doubled(tell)
}
