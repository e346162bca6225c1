package batch

import (
	"math"
	"math/bits"
	"slices"

	"yanzhen/pipeline/ahead"
	"yanzhen/pipeline/batch/reading"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/identity"
	"yanzhen/pipeline/sieve"
	"yanzhen/pipeline/source"
)

// found is what was found out about a block of rows before their turn, in another goroutine: whatever does not depend on the rows
// before them, which is most of what a row costs.
type found struct {
	said   []identity.Said // by the cells of the first column of persons
	cells  []cells         // by column of the dataset
	late   []uint64        // by row, a bit for each column whose cell is to be read when the row's turn comes
	shapes [][]int64       // of the texts that are looked at for what they are
}

// cells are those of a column, by row.
type cells struct {
	v    []int64
	how  []reading.How
	most int64 // the greatest number of a text
}

// lookers find it out. They are for one goroutine beside the one that takes the rows in their order.
type lookers struct {
	columns []*reading.Looker // nil: the cells are read when their rows' turn comes
	at      []int             // the cells of the columns
	person  int               // the first column of persons; -1: there is none
	who     func(*source.Row, *identity.Said)
	texts   []shaped
}

// shaped is a cell whose text is looked at for what it is.
type shaped struct {
	at int
	of int // the column whose looker tells its shape; -1: none does
}

// mostAhead is how many columns can be looked at ahead.
const mostAhead = 64

// lookAhead makes lookers for the columns as they are bound; nil: they are not yet.
func (r *Reader) lookAhead() func([]ahead.Row[found], *found) {
	t := &r.frame
	if len(t.columns) == 0 || len(t.columns) > mostAhead {
		return nil
	}
	l := &lookers{columns: make([]*reading.Looker, len(t.columns))}
	l.person = slices.IndexFunc(t.columns, func(c *column) bool { return c.Decl.Type == dataset.Person && c.plain >= 0 && c.Typed() })
	if l.person >= 0 {
		l.who = t.columns[l.person].Ahead(r.opt.Key, &t.ahead.said)
	}
	asSent := r.binding.Spread == nil && r.lists == nil && !slices.ContainsFunc(t.columns, func(c *column) bool { return c.Decl.FillDown && c.At >= 0 })
	for i, c := range t.columns {
		if l.at = append(l.at, c.plain); asSent { // else a step puts other cells in the place of those
			l.columns[i] = c.Looker()
		}
		if words := c.Decl.Type == dataset.String || c.Decl.Type == dataset.Low; words && c.Decl.List == "" && c.plain >= 0 {
			s := shaped{c.plain, -1}
			if l.columns[i].Shapes() {
				s.of = i
			}
			l.texts = append(l.texts, s)
		}
		switch {
		case l.columns[i] == nil && i != l.person:
		case c.texts != nil, c.track, c.figures:
			t.ahead.eager = append(t.ahead.eager, i)
		}
	}
	t.ahead.texts = l.texts
	return l.look
}

// look looks at rows, column by column.
func (l *lookers) look(rows []ahead.Row[found], f *found) {
	n := len(rows)
	if f.cells == nil {
		f.cells, f.shapes = make([]cells, len(l.columns)), make([][]int64, len(l.texts))
	}
	f.late = resized(f.late, n)
	clear(f.late)
	for k, c := range l.columns {
		to := &f.cells[k]
		to.v, to.how, to.most = resized(to.v, n), resized(to.how, n), 0
		switch {
		case k == l.person:
			l.persons(rows, f, to)
		case c == nil:
			clear(to.how)
		default:
			to.look(rows, c, l.at[k])
		}
		if !slices.Contains(to.how, reading.Later) {
			continue
		}
		for i, how := range to.how {
			if how == reading.Later {
				f.late[i] |= 1 << k
			}
		}
	}
	for k, s := range l.texts {
		if s.of >= 0 {
			f.shapes[k] = f.cells[s.of].v
			continue
		}
		shapes := resized(f.shapes[k], n)
		for i := range rows {
			if r := &rows[i]; s.at < len(r.Cells) {
				shapes[i] = int64(sieve.Shape(r.Cells[s.at].Text))
			}
		}
		f.shapes[k] = shapes
	}
}

func resized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

func (to *cells) look(rows []ahead.Row[found], c *reading.Looker, at int) {
	v, how := to.v[:len(rows)], to.how[:len(rows)]
	for i := range rows {
		if r := rows[i].Cells; at < len(r) {
			v[i], how[i] = c.Look(&r[at])
		} else {
			v[i], how[i] = 0, c.Lacks()
		}
	}
	if slices.Contains(how, reading.Worded) {
		to.most = slices.Max(v)
	}
}

func (l *lookers) persons(rows []ahead.Row[found], f *found, to *cells) {
	f.said = resized(f.said, len(rows))
	for i := range rows {
		s := &f.said[i]
		l.who(&rows[i].Row, s)
		if to.v[i], to.how[i] = int64(s.Hash), reading.Later; s.Text != "" && !s.None && s.Fault == nil {
			to.how[i] = reading.Valued
		}
	}
}

// foresight is what a frame knows of the row being read that was found out before its turn.
type foresight struct {
	said  identity.Said // by a cell of it
	block *found        // that it is of; nil: nothing is known
	at    int           // in the block
	of    *source.Cell  // its first cell; nil: its cells are to be read
	again bool          // the columns are read from other cells than those that are looked at ahead
	texts []shaped      // whose shapes are found
	eager []int         // the columns whose cells somebody asks for before the next row is read, or that are laid in order
	doubt uint64        // a bit for each column some of whose words in the block have not been read
	laid  []place       // rows whose cells are still to be laid, column by column
}

// place is where a row stands in its block, and in the batch.
type place struct{ at, row int32 }

// foresee takes what was found out about a row whose turn it is.
func (t *frame) foresee(row *ahead.Row[found]) {
	a := &t.ahead
	if row.Told != a.block {
		t.lay()
		a.block = row.Told
		t.doubt()
	}
	if a.of = nil; a.block == nil {
		return
	}
	if a.at = row.At; a.block.said != nil {
		a.said = a.block.said[a.at]
	}
	if len(row.Cells) > 0 && len(row.Merged) == 0 && !a.again {
		a.of = &row.Cells[0]
	}
	for k, s := range a.texts {
		if s.at < len(row.Cells) {
			t.texts.Ahead(s.at, row.Cells[s.at].Text, uint64(a.block.shapes[k][a.at]))
		}
	}
}

// doubt finds the columns some of whose words in the block have not been read.
func (t *frame) doubt() {
	t.ahead.doubt = 0
	if t.ahead.block == nil {
		return
	}
	for k, c := range t.columns {
		if n := t.ahead.block.cells[k].most; n > 0 && !c.Dict.Learned(n) {
			t.ahead.doubt |= 1 << k
		}
	}
}

// late tells which columns' cells of a row are to be read, a bit for each; false: all of them, for nothing was found out about the
// row, or a step has put other cells in the place of its own.
func (t *frame) late(row *source.Row) (columns uint64, ok bool) {
	a := &t.ahead
	if a.of == nil || len(row.Cells) == 0 || &row.Cells[0] != a.of {
		return 0, false
	}
	columns = a.block.late[a.at]
	for rest := a.doubt &^ columns; rest > 0; rest &= rest - 1 {
		k := bits.TrailingZeros64(rest)
		f := &a.block.cells[k]
		if known := t.columns[k].Dict.Ahead(); f.how[a.at] == reading.Worded && (f.v[a.at] >= int64(len(known)) || known[f.v[a.at]] == 0) {
			columns |= 1 << k
		}
	}
	return columns, true
}

// foreseen keeps what the cells of a row were found to say, but for those of some columns.
func (t *frame) foreseen(row *source.Row, but uint64) {
	a := &t.ahead
	for _, k := range a.eager {
		if but>>k&1 == 0 {
			t.columns[k].ahead(t, k, row)
		}
	}
}

// ahead does what is to be done before the next row with a value that was found.
func (c *column) ahead(t *frame, k int, row *source.Row) {
	f := &t.ahead.block.cells[k]
	v := reading.Value{I: f.v[t.ahead.at]}
	switch f.how[t.ahead.at] {
	case reading.Empty:
		v.None = true
	case reading.Worded:
		v.I = int64(c.Dict.Ahead()[v.I] - 1)
	case reading.Stands:
		v.S = row.Cells[c.plain].Text
	}
	switch {
	case v.None && c.texts != nil:
		c.null(t.rows)
	case v.None:
	case c.texts != nil:
		c.put(t.rows, v)
	case c.figures:
		if f := c.figure(v, row); f < 0 && c.signed {
			t.negative = true
		}
	}
	if c.track {
		c.Seen(v, &t.seen[k])
	}
}

// learn keeps what was found about words that have been read since.
func (t *frame) learn(row *source.Row, late uint64) {
	a := &t.ahead
	for rest := late & a.doubt; rest > 0; rest &= rest - 1 {
		k := bits.TrailingZeros64(rest)
		f := &a.block.cells[k]
		if f.how[a.at] == reading.Worded {
			t.columns[k].Dict.Learn(f.v[a.at], row.Cells[t.columns[k].plain].Text)
			f.how[a.at] = reading.Later // it stands in the batch
		}
	}
}

// hold remembers that the row of the block was taken as the next one of the batch.
func (t *frame) hold() {
	t.ahead.laid = append(t.ahead.laid, place{int32(t.ahead.at), int32(t.rows)})
}

// lay puts into the batch what was found about the rows that were taken.
func (t *frame) lay() {
	a := &t.ahead
	if len(a.laid) == 0 {
		return
	}
	for k, c := range t.columns {
		if c.layer != nil {
			c.layer.lay(&a.block.cells[k], a.laid)
		}
	}
	a.laid = a.laid[:0]
}

// layer is a builder whose values have one width, so that they may be put out of order.
type layer interface {
	lay(from *cells, rows []place)
}

func (b *wholes[T]) lay(from *cells, rows []place) {
	for _, p := range rows {
		switch from.how[p.at] {
		case reading.Valued:
			b.set(int(p.row))
			b.v[p.row] = T(from.v[p.at])
		case reading.Empty:
			b.null(int(p.row))
		}
	}
}

func (b *floats) lay(from *cells, rows []place) {
	for _, p := range rows {
		switch from.how[p.at] {
		case reading.Valued:
			b.set(int(p.row))
			b.v[p.row] = math.Float64frombits(uint64(from.v[p.at]))
		case reading.Empty:
			b.null(int(p.row))
		}
	}
}

func (b *words) lay(from *cells, rows []place) {
	known := b.dict.Ahead()
	for _, p := range rows {
		switch from.how[p.at] {
		case reading.Worded:
			b.set(int(p.row))
			b.v[p.row] = known[from.v[p.at]] - 1
		case reading.Empty:
			b.null(int(p.row))
		}
	}
}
