package batch

import (
	"context"
	"slices"
	"unicode"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/batch/reading"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/totals"
	"yanzhen/pipeline/units"
)

// captions passes over lines in a table that say nothing but a unit (单位：万元): they are heard where another
// header follows.
type captions struct {
	r      *Reader
	totals *rows.Totals
	days   []int // the cells of columns of days
	next   step
}

// caption is such a line, and where it stands.
type caption struct {
	origin source.Origin
	at     int
	text   string
}

// unheard asks about the lines of units that no header followed.
func (r *Reader) unheard() {
	for _, c := range r.captions {
		r.tally.footnote(c.origin, c.at, c.text)
		r.binding.Among(r.ds, c.origin, c.at, c.text, r.tally.account)
	}
	r.captions = nil
}

func (s *captions) take(row *source.Row) bool {
	first := rows.First(row)
	if first < 0 {
		return s.next.take(row)
	}
	text := row.Cells[first].Text
	if s.r.binding.Spread == nil && totals.Noted(text) && totals.Note(row.Filled()) { // as everybody writes it, whatever the declaration calls one
		s.r.counts.Read++
		s.r.counts.Excluded++
		s.r.tally.at = first
		s.r.tally.footnote(row.Origin, first, text)
		return true
	}
	alone := rows.Second(row, first) < 0
	day := alone && s.r.binding.Width > 2 && row.Cells[first].Kind == source.Text && !slices.Contains(s.days, first) && rows.Dated(text)
	if (alone || rows.Footed(text)) && s.r.binding.Width > 1 && s.r.binding.Spread == nil && (day || rows.Foot(row, first) || alone && s.totals.Banner(row, first, s.r.binding.Width) && len(s.r.ds.Banners) == 0) &&
		(row.Doubt == nil || rows.Footed(text) || !rows.Run(text, s.r.binding.Width)) {
		s.r.counts.Read++
		s.r.counts.Excluded++
		s.r.tally.at = first
		s.r.tally.footnote(row.Origin, first, text)
		return true
	}
	if alone && s.aside(row, first) {
		s.r.counts.Read++
		s.r.counts.Excluded++
		s.r.tally.at = first
		s.r.tally.footnote(row.Origin, first, text)
		return true
	}
	if alone && units.Alone(text) {
		s.r.captions = append(s.r.captions, caption{row.Origin, first, text})
		s.r.counts.Read++
		s.r.counts.Excluded++
		s.r.tally.at, s.r.tally.why = first, account.Titles
		return true
	}
	if len(s.r.captions) > 0 && (row.Doubt == nil || row.Doubt.Names == nil) {
		s.r.unheard() // a row of data between it and whatever header comes
	}
	loaded := s.r.counts.Loaded
	ok := s.next.take(row)
	if alone && s.r.counts.Loaded > loaded && s.r.binding.Width > 1 && len(row.Filled()) == 1 {
		s.r.tally.Lone.Add(row.Origin.Sheet, row.Origin.Cell(first))
		s.r.tally.watch.Note(cell.Scrub(text))
	}
	return ok
}

// aside reports whether the only text of a row, at first, is a note: some words where nothing is read from, as below the numbers of rows.
// A line of text that lost its other cells is none.
func (s *captions) aside(row *source.Row, first int) bool {
	t := s.r.tally
	if row.Doubt != nil || s.r.binding.Spread != nil || s.r.binding.Width < 3 || row.Cells[first].Kind != source.Text || first < len(t.used) && t.used[first] || first >= s.r.binding.Width {
		return false
	}
	han := 0
	for _, r := range row.Cells[first].Text {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	return han >= fewestHan && !units.Alone(row.Cells[first].Text)
}

// fewestHan is how many Chinese characters a note has at least.
const fewestHan = 5

// bindAgain binds the rows that follow by another header, below lines that say units. False: it does not fit.
func (r *Reader) bindAgain(ctx context.Context, header []string, row int) bool {
	said := slices.Clone(r.titles)
	for _, c := range r.captions {
		said = append(said, c.text)
	}
	if r.captions = nil; (len(said) == 0 || r.binding.Spread != nil) && slices.Equal(header, r.header) {
		return true // the same: a page that begins
	}
	b, err := bind.Columns(r.ds, header, nil)
	if err != nil || b.Layout != "" || b.Spread != nil || r.binding.Spread != nil {
		return false
	}
	file, above := "", said
	if t, ok := r.src.(*source.Table); ok {
		file, above = t.File, append(t.Around(), said...)
	}
	if err := b.Under(r.ds, file, above); err != nil { // what stands above the first table speaks against it: it has titles of its own
		if b, _ = bind.Columns(r.ds, header, nil); b.Under(r.ds, "", said) != nil {
			return false
		}
	}
	for i := range b.Columns { // how the numbers of a column are written was told by all of the file
		if was, is := &r.binding.Columns[i], &b.Columns[i]; was.Either && is.Parse == "" {
			is.Either, is.Parse = true, was.Parse
		}
	}
	if err := r.frame.rebind(r.ds, b, &r.opt); err != nil {
		return false
	}
	old := r.tally
	old.finish(r, old.account)
	r.binding = b
	if err := r.chain(ctx, header, row); err != nil {
		return false
	}
	if old.cover != nil && old.cover != r.tally.cover {
		old.cover.judge(old.account)
	}
	return true
}

// rebind lets the columns read other cells. What they have built so far stays.
func (t *frame) rebind(ds *dataset.Dataset, b *bind.Binding, o *Options) error {
	rules := reading.NewMaker(ds, o.submission())
	for i, c := range t.columns {
		r, err := rules.Rule(i, &b.Columns[i])
		if err != nil {
			return err
		}
		r.Follow(&c.Rule)
		c.Rule = *r
		c.point()
	}
	t.share()
	t.ahead.again = true
	return nil
}

// dittos gives cells that repeat the one above them (同上, 〃) what it says.
type dittos struct {
	above  []source.Cell // of the last row of data, where the source keeps them as long as it is the row before
	kept   bool          // they are a copy
	merged *rows.Merged
	tally  *tally
	next   step
}

func (s *dittos) take(row *source.Row) bool {
	if len(row.Merged) > 0 {
		s.merged.Once(row, &s.tally.Odd)
	}
	out := row
	if s.tally.repeat {
		out = s.repeated(row)
	}
	excluded := s.tally.counts.Excluded
	ok := s.next.take(out)
	if s.tally.counts.Excluded == excluded {
		s.above, s.kept = out.Cells, false
		for _, m := range row.Across {
			s.tally.Across.Add(row.Origin.Sheet, row.Origin.Cell(m.Left))
		}
	} else {
		s.keep()
	}
	return ok
}

// keep copies the last row of data, for another row comes before the one that may repeat it.
func (s *dittos) keep() {
	if !s.kept {
		s.above, s.kept = slices.Clone(s.above), true
	}
}

// repeated is a row with what stands above in place of the cells that repeat it.
func (s *dittos) repeated(row *source.Row) *source.Row {
	out := row
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind != source.Text || !cell.Ditto(c.Text) || i >= len(s.tally.used) || !s.tally.used[i] {
			continue
		}
		if out == row {
			out = &source.Row{Origin: row.Origin, Cells: slices.Clone(row.Cells), Doubt: row.Doubt, Merged: row.Merged}
		}
		to := source.Cell{}
		if i < len(s.above) {
			to = s.above[i]
		}
		out.Cells[i] = to
		s.tally.Repeats.Add(row.Origin.Sheet, row.Origin.Cell(i))
	}
	return out
}
