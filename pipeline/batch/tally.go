package batch

import (
	"slices"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/contrary"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/sheets"
	"yanzhen/pipeline/sieve"
	"yanzhen/pipeline/source"
)

// tally is the first step of a row: it counts the filled cells and, once the row has gone through, says
// where they went.
type tally struct {
	account *account.Account // of all rows, whatever header they stand below
	width   int              // number of columns of the file; 0: not known
	used    []bool           // by column of the file: something is read from it
	shared  []bool           // by column of the file: more than one column is read from it
	unused  []int            // the other columns within the width
	measure string           // the unit that a cell of the column asking has named
	asking  int              // an unused column headed 单位, whose cells may name the units of a row's figures; -1: none
	left    []uint64         // by column of the file: filled cells that nothing is read from
	says    map[int]string   // what the first of them says
	warned  []int            // cells of the row that were set empty
	why     account.Why      // what a row is that was left out, and which of its cells says so
	at      int
	spread  spreadCells
	oddCells
	repeat  bool           // a cell of the row reads as if it repeated the one above
	sheets  *sheets.Sheets // nil: sheets are not held against each other
	reads   []int          // the cells that columns are read from
	cover   *cover         // nil: no totals are held against their rows
	sums    []*rows.Across // columns that state the sums of their rows
	ds      *dataset.Dataset
	binding *bind.Binding
	head    int // the row of the header; 0: there is none
	counts  *Counts
	next    step
}

// oddCells are the cells that were read otherwise than they stand, or may have been.
type oddCells struct {
	account.Odd
	looks    rows.Looks
	beside   rows.Beside
	negative func() bool     // whether a figure of the row that was read last is below 0, in a column of amounts
	watch    *contrary.Watch // what stands beside the rows that are loaded; nil: nothing is looked for
	watched  []int
	texts    *sieve.Texts // what is known of those
}

// spreadCells are the filled cells of a row of a wide table that became rows of their own.
type spreadCells struct{ all, loaded, refused, out int }

func newTally(b *bind.Binding, a *account.Account, counts *Counts) *tally {
	s := &tally{account: a, counts: counts, width: b.Width, asking: b.UnitColumn(), says: map[int]string{}}
	mark := func(at int) {
		s.reach(at)
		s.used[at], s.shared[at] = true, s.used[at]
	}
	for i := range b.Columns {
		if at := b.Columns[i].At; at >= 0 && b.Columns[i].How != "spread" {
			mark(at)
			s.reads = append(s.reads, at)
		} else {
			s.reads = append(s.reads, -1)
		}
	}
	for _, p := range b.Spread {
		for _, at := range p.At {
			if at >= 0 {
				mark(at)
				s.reads = append(s.reads, at)
			}
		}
	}
	s.reach(b.Width - 1)
	for at, used := range s.used {
		if !used {
			s.unused = append(s.unused, at)
		}
	}
	return s
}

// figures tells from which columns of the file figures are read.
func (s *tally) figures() []bool {
	list := make([]bool, len(s.used))
	for i := range s.binding.Columns {
		if b := &s.binding.Columns[i]; b.At >= 0 && b.How == "header" && s.ds.Columns[i].Measures() {
			list[b.At] = true
		}
	}
	for _, p := range s.binding.Spread {
		for _, at := range p.At {
			if at >= 0 {
				list[at] = true
			}
		}
	}
	return list
}

func (s *tally) reach(at int) {
	for len(s.used) <= at {
		s.used, s.shared, s.left = append(s.used, false), append(s.shared, false), append(s.left, 0)
	}
}

func (s *tally) take(row *source.Row) bool {
	all, repeats := row.Look()
	s.repeat = repeats
	all -= len(row.Merged) // these stand in the cell above
	before := *s.counts
	s.warned, s.why, s.spread = s.warned[:0], account.Totals, spreadCells{}
	ok := s.next.take(row)
	for _, a := range s.sums {
		a.Look(row)
	}
	s.settle(row, all, &before)
	if s.watch != nil && s.counts.Loaded > before.Loaded {
		s.names(row) // of columns too that settle finds
	}
	if s.looks.Pass(row); s.counts.Loaded > before.Loaded {
		s.looks.See(row)
	}
	if s.sheets != nil && s.counts.Loaded > before.Loaded {
		s.sheets.Row(row.Origin.Row, rows.Texts(s.ds, row, s.reads))
	}
	return ok
}

// settle says where the filled cells of a row went that has gone through.
func (s *tally) settle(row *source.Row, all int, before *Counts) {
	now := s.counts
	loaded, rejected := now.Loaded > before.Loaded, now.Rejected > before.Rejected
	switch {
	case loaded && len(s.warned)+len(s.unused)+len(s.watched)+s.spread.all == 0 && len(row.Cells) <= len(s.used): // nearly every row
		s.account.Loaded += uint64(all)
	case all == 0:
	case !loaded && !rejected:
		s.leaveOut(row, all, before)
	default:
		rest := all - s.columns(row) - s.spread.all
		if loaded {
			s.look(row)
		}
		if s.spread.out > 0 {
			s.account.Leave(s.why, account.Item{Cells: uint64(s.spread.out)})
		}
		if !loaded {
			s.account.Refused += uint64(rest + s.spread.refused)
			return
		}
		refused := 0
		for _, at := range s.warned {
			if at < len(row.Cells) && row.Cells[at].Filled() {
				refused++
			}
		}
		s.account.Loaded += uint64(rest + s.spread.loaded - refused)
		s.account.Refused += uint64(s.spread.refused + refused)
	}
}

// leaveOut counts the cells of a row that was neither loaded nor refused.
func (s *tally) leaveOut(row *source.Row, all int, before *Counts) {
	it := account.Item{Cells: uint64(all)}
	switch {
	case s.counts.Duplicates > before.Duplicates:
		s.account.Leave(account.Copies, it)
	case s.counts.Excluded == before.Excluded:
		s.account.Leave(account.Empty, it)
	default:
		if s.why != account.Headings && s.at < len(row.Cells) {
			it.Sheet, it.At, it.Text = row.Origin.Sheet, row.Origin.Cell(s.at), account.Shown(row.Cells[s.at].Text)
		}
		s.account.Leave(s.why, it)
	}
}

// columns counts the filled cells of a row that no column is read from. In a line of text a cell beyond
// the header's width is none of them: the row is refused for it.
func (s *tally) columns(row *source.Row) (n int) {
	for _, at := range s.unused {
		if at >= len(row.Cells) {
			break
		}
		if row.Cells[at].Filled() {
			s.leave(row, at)
			n++
			if text := row.Cells[at].Text; at == s.asking && len(text) <= 12 && text != s.measure {
				s.measure = text
				if s.binding.UnitCell(s.ds, row.Origin, at, text, s.account); len(s.account.Asked) > 0 {
					s.asking = -1
				}
			}
		}
	}
	if s.width > 0 && row.Origin.Sheet == "" {
		return n
	}
	for at := len(s.used); at < len(row.Cells); at++ {
		if row.Cells[at].Filled() {
			for len(s.left) <= at {
				s.left = append(s.left, 0)
			}
			if s.watch != nil && s.left[at] == 0 {
				s.watch.Column(at, "") // beyond the header
				s.watch.Signs(at)
				s.watched = s.watch.Columns()
			}
			s.leave(row, at)
			n++
		}
	}
	return n
}

// leave counts a cell that nothing is read from, and keeps what the first of its column says.
func (s *tally) leave(row *source.Row, at int) {
	if s.left[at]++; s.left[at] == 1 && len(s.says) < 100 {
		s.says[at] = account.Shown(row.Cells[at].Text)
		s.binding.Beside(s.ds, row.Origin, at, row.Cells[at].Text, s.account)
	}
}

// look holds a row that was loaded against what stands beside it.
func (s *tally) look(row *source.Row) {
	for _, at := range s.watched {
		if at < len(row.Cells) && row.Cells[at].Filled() {
			s.watch.See(at, row.Cells[at].Text, s.texts.Of(at, row.Cells[at].Text), func() string {
				return account.Place(row.Origin.Sheet, row.Origin.Cell(at), "“"+account.Shown(row.Cells[at].Text)+"”")
			}, s.negative)
		}
	}
}

// names holds it against what stands in brackets behind the names it is called by.
func (s *tally) names(row *source.Row) {
	s.watch.SeeNames(s.counts.Loaded+s.counts.Rejected, func(at int) string {
		if at >= len(row.Cells) {
			return ""
		}
		return row.Cells[at].Text
	}, func(at int, said string) string {
		return account.Place(row.Origin.Sheet, row.Origin.Cell(at), account.Shown(said))
	})
}

// one says what became of a row that a row of a wide table was made into: how many of its cells are filled
// values, and how many of the row of the file had been warned of before it.
func (s *tally) one(filled, warned int, before *Counts) {
	s.spread.all += filled
	switch now := s.counts; {
	case now.Loaded > before.Loaded:
		s.spread.loaded += filled
	case now.Rejected > before.Rejected:
		s.spread.refused += filled
		s.warned = s.warned[:warned]
	default:
		s.spread.out += filled
	}
}

// warn remembers a cell that was set empty. What another column is read from too was not lost.
func (s *tally) warn(at int) {
	if at >= 0 && at < len(s.used) && !s.shared[at] && !slices.Contains(s.warned, at) {
		s.warned = append(s.warned, at)
	}
}

// footnote looks at a note below the rows for a unit (注：金额单位为万元): where it is not the one that a column of its
// kind was read in, somebody has to look.
func (s *tally) footnote(o source.Origin, at int, text string) {
	s.binding.Footnote(s.ds, o, at, text, s.account)
	s.watch.Note(cell.Scrub(text))
}

// suspect tells of a row that reads like a total and is loaded.
func (s *tally) suspect(row *source.Row, at int) {
	s.account.Suspect(row.Origin.Sheet, row.Origin.Cell(at), row.Cells[at].Text)
}

// double asks about a row that is the sum of others and is loaded.
func (s *tally) double(row *source.Row, at int) {
	s.account.DoubleAt(row.Origin.Sheet, row.Origin.Cell(at), row.Cells[at].Text)
}

// title counts a row that titles a table below another.
func (s *tally) title(row *source.Row) {
	at := rows.First(row)
	s.account.Leave(account.Titles, account.Item{Sheet: row.Origin.Sheet, At: row.Origin.Cell(at), Text: account.Shown(row.Cells[at].Text), Cells: uint64(len(row.Filled()))})
}

// heading counts a row that repeats the heading of a layout.
func (s *tally) heading(row *source.Row) {
	s.account.Leave(account.Headings, account.Item{Cells: uint64(len(row.Filled()))})
}

// Account says where the filled cells of the source's rows went, which headings no column took and which
// columns found no heading. May be read once Next has returned false.
func (r *Reader) Account() *account.Account {
	a := &account.Account{}
	if r.tally != nil {
		r.unheard()
		a.Add(r.tally.account)
		r.tally.finish(r, a)
		if r.lists != nil {
			r.lists.Says(a.Say)
		}
		if r.tally.cover != nil {
			r.tally.cover.judge(a)
		}
	}
	return a
}

// finish tells what is known of the rows below one header once all of them were read.
func (s *tally) finish(r *Reader, a *account.Account) {
	for _, x := range s.sums {
		x.Says(a.Say)
	}
	s.watch.Says(a.Oppose, a.Say)
	s.beside.Tell(s.counts.Loaded, a.Double, a.Say)
	s.Odd.Tell(a.Say)
	s.looks.Tell(a.Double, a.Say)
	sheet := ""
	if t, ok := r.src.(*source.Table); ok {
		sheet = t.Sheet
	}
	ask := a.Oppose
	if slices.Contains(s.ds.Against, contrary.None) {
		ask = a.Say
	}
	for _, c := range r.frame.columns {
		c.share.Tell(c.Decl.Title.Zh, c.Decl.Name, a.Say)
		c.Cut.Tell(c.Decl.Title, a.Say)
		c.Ask(a, sheet)
		c.blanks.Tell(c.Decl.Title, c.Blank.Text, a.Say)
		if t, ok := r.src.(*source.Table); ok && c.blanks.Filled() && c.Decl.List == "" {
			c.blanks.Oppose(c.Decl.Title, c.Blank.Text, contrary.Called(c.Blank.Text, c.Dict.Values(), t.Around()), ask)
		}
	}
	r.misses(a.Say)
	r.binding.Account(r.ds, source.Origin{Sheet: sheet, Row: s.head}, s.left, s.says, a)
}
