package batch

import (
	"context"
	"fmt"
	"math/bits"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/ahead"
	"yanzhen/pipeline/batch/reading"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/control"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/pool"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/units"
)

// Reader is an array.RecordReader over a source's rows with the columns of the dataset's table.
// It reads ahead in a goroutine of its own, one batch, and its rows in another; Release stops them. A record is valid until
// the next one is asked for, unless it is retained.
type Reader struct {
	refs    atomic.Int64
	ds      *dataset.Dataset
	src     source.Source
	opt     Options
	schema  *arrow.Schema
	binding *bind.Binding
	commas  []cell.Decimals // of a text, by column of the file
	mem     *pool.Pool

	first   step // that a row goes through
	frame   frame
	rejects rejects
	hidden  account.Hidden
	counts  Counts
	tally   *tally // nil until the columns are bound

	heads  *rows.Heads // that speak for the rows from outside of them
	lists  *listed     // nil: no cell lists several things
	header []string    // that the rows stand below
	between

	cancel context.CancelFunc
	out    chan arrow.Record
	done   chan struct{} // closed when the goroutine has ended
	once   sync.Once
	cur    arrow.Record
	err    error
}

// NewReader binds the dataset's columns to the source's header, or to its first rows where a
// layout must be recognised, and starts to read. The error is a *bind.Error where the file does
// not fit: it names every required column that no header fits, with the nearest header.
func NewReader(ctx context.Context, ds *dataset.Dataset, src source.Source, o Options) (*Reader, error) {
	if o.Rows <= 0 {
		o.Rows = 65_536
	}
	if o.Memory == nil {
		o.Memory = memory.DefaultAllocator
	}
	if o.Today.IsZero() {
		o.Today = time.Now()
	}
	r := &Reader{
		ds: ds, src: src, opt: o, mem: pool.New(o.Memory), schema: ds.ArrowSchema(),
		rejects: rejects{ds: ds, each: o.Reject},
		out:     make(chan arrow.Record), done: make(chan struct{}),
	}
	r.refs.Store(1)
	ctx, r.cancel = context.WithCancel(ctx)
	ready := make(chan error, 1)
	go r.run(ctx, ready)
	if err := <-ready; err != nil {
		r.cancel()
		<-r.done
		r.mem.Close()
		return nil, err
	}
	return r, nil
}

// peekRows is how many rows a layout is recognised by.
const peekRows = 50

// run reads the source to its end. It reports on ready once, when the columns are bound.
func (r *Reader) run(ctx context.Context, ready chan<- error) {
	bound := false
	defer close(r.done)
	defer close(r.out)
	defer func() {
		if p := recover(); p != nil { // a defect here must not stop the server
			r.err = fmt.Errorf("batch %s: %v\n%s", r.ds.Name, p, debug.Stack())
			if !bound {
				ready <- r.err
			}
		}
		r.frame.release()
	}()
	var held []source.Row
	var first [][]string
	bind := func() bool {
		bound = true
		err := r.bind(ctx, first)
		ready <- err
		if err != nil || !r.takeHeld(held) {
			return false
		}
		held, first = nil, nil
		return true
	}
	if t, ok := r.src.(*source.Table); ok {
		r.commas = t.Decimals(ctx)
	}
	look := r.look()
	if look == 0 && !bind() {
		return
	}
	all := ahead.Alone[found](r.src.Rows(ctx))
	if !r.opt.Alone {
		all = ahead.Rows(r.src.Rows(ctx), r.lookAhead())
	}
	for row, err := range all {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			if r.err = err; !bound {
				bound = true
				ready <- err
			}
			return
		}
		if bound {
			if r.frame.foresee(row); !r.pass(&row.Row) {
				return
			}
			continue
		}
		first = append(first, textsOf(&row.Row))
		row.Cells = slices.Clone(row.Cells)
		if held = append(held, row.Row); len(held) == look && !bind() {
			return
		}
	}
	if !bound && !bind() || !r.pass(nil) {
		return
	}
	if err := ctx.Err(); err != nil {
		r.err = err
		return
	}
	if r.frame.rows > 0 {
		r.send(ctx)
	}
}

// look is how many rows must be seen before the columns can be bound: none where a header names every
// required column.
func (r *Reader) look() int {
	if len(r.ds.Layouts) == 0 {
		return 0
	}
	if h := r.src.Header(); h != nil {
		if b, err := bind.Columns(r.ds, h, nil); err == nil && b.Layout == "" {
			return 0
		}
	}
	return peekRows
}

func textsOf(row *source.Row) []string {
	texts := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		texts[i] = c.Text
	}
	return texts
}

// bind finds the columns' cells.
func (r *Reader) bind(ctx context.Context, first [][]string) error {
	b, err := bind.Columns(r.ds, r.src.Header(), first)
	if err != nil {
		return err
	}
	var titles []string
	if t, ok := r.src.(*source.Table); ok {
		titles = t.Above()[1:]
		if err := b.Under(r.ds, t.File, t.Around()); err != nil {
			return err
		}
	}
	r.heads = rows.NewHeads(r.ds, titles, r.opt.From)
	b.Decimals(r.ds, r.commas)
	r.binding = b
	if t, ok := r.src.(*source.Table); ok && r.opt.Sheets != nil {
		r.opt.Sheets.Begin(t.Sheet)
	}
	if err := r.frame.prepare(r.ds, r.schema, b, &r.opt); err != nil {
		return err
	}
	row := 0
	if t, ok := r.src.(*source.Table); ok {
		_, row = t.HeaderRows()
	}
	return r.chain(ctx, r.src.Header(), row)
}

// chain puts the steps behind one another that a row goes through, below a header as it is bound, which stands in a row.
func (r *Reader) chain(ctx context.Context, header []string, row int) error {
	b := r.binding
	at := make([]int, len(r.frame.columns))
	for i, c := range r.frame.columns {
		at[i] = c.At
	}
	totals, err := rows.NewTotals(r.ds, at, &r.frame.texts)
	if err != nil {
		return err
	}
	cells, cover := &account.Account{}, (*cover)(nil)
	if r.tally != nil {
		cells, cover = r.tally.account, r.tally.cover
	}
	r.tally = newTally(b, cells, &r.counts)
	r.tally.sheets, r.tally.ds, r.tally.binding, r.tally.texts, r.tally.head = r.opt.Sheets, r.ds, b, &r.frame.texts, row
	r.tally.sums = rows.NewAcross(header, r.tally.figures())
	if t, ok := r.src.(*source.Table); ok {
		r.tally.watch = b.Watch(r.ds, r.tally.unused, t.File, t.Around())
		r.tally.watched = r.tally.watch.Columns()
		b.Beyond(r.ds, source.Origin{File: t.File, Sheet: t.Sheet, Row: row}, cells)
		r.sign()
	}
	if b.Spread == nil {
		r.tally.looks = rows.NewLooks(r.ds, r.tally.reads)
	}
	r.first = &loading{r, ctx}
	if r.ds.Duplicates == "drop" {
		if r.opt.Seen == nil {
			r.opt.Seen = rows.NewSeen()
		}
		r.first = &copies{seen: r.opt.Seen, heading: strings.Join(header, "\x00"), counts: &r.counts, next: r.first}
	}
	count := &counter{totals: totals, tally: r.tally, counts: &r.counts, next: r.first, full: rows.NewFull(r.ds, at)}
	if b.Spread == nil {
		count.cover = newCover(r.frame.columns, cover, totals)
		r.tally.cover = count.cover
	}
	r.first = count
	r.heads.Below = rows.Headings{Typed: b.Typed(r.ds)}
	if r.lists = nil; b.Spread != nil {
		r.list() // of the cells that are rows by then
		totals.Within(len(header))
		s := newUnpivot(b, r.ds.Unpivot)
		s.long, s.next, s.tally, r.rejects.spread = r.long, r.first, r.tally, s
		r.first = s
		r.first, r.tally.cover = newSpreadTotals(b, r.ds.Unpivot, r.frame.columns, header, spreadTotals{counter: count, next: s})
	}
	if b.Spread == nil {
		r.list()
	}
	fill := &fillDown{totals: totals, next: r.first}
	for _, c := range r.frame.columns {
		if c.Decl.FillDown && c.At >= 0 {
			fill.at = append(fill.at, c.At)
		}
	}
	if len(fill.at) > 0 {
		fill.above = make([]source.Cell, len(fill.at))
		r.first = fill
	}
	r.first = &doubting{
		refuse: r.ds.Damaged() == "refuse", load: r.ds.Damaged() == "load", matters: slices.ContainsFunc(r.frame.columns, func(c *column) bool { return c.At >= 0 && c.Decl.Selective() }),
		rebind: func(names []string, row int) bool { return r.bindAgain(ctx, names, row) },
		totals: totals, rejects: &r.rejects, counts: &r.counts, tally: r.tally, next: r.first,
	}
	if len(r.ds.Banners) > 0 {
		r.first = &headed{heads: r.heads, counts: &r.counts, tally: r.tally, next: r.first}
	}
	r.dittos = &dittos{merged: rows.NewMerged(r.ds, at, bind.Measured), tally: r.tally, next: &captions{r, totals, b.Days(r.ds), r.first}}
	r.first = r.dittos
	r.header = header
	r.tally.next, r.first = r.first, r.tally
	return nil
}

// sign has the columns of amounts tell whether they are below 0, for what stands beside the rows.
func (r *Reader) sign() {
	r.tally.negative = func() bool { return r.frame.negative }
	for i, c := range r.frame.columns {
		if r.tally.watch != nil && r.binding.Columns[i].How == "header" && c.Decl.Measures() && !c.Percent() {
			c.signed, c.figures = true, true
		}
	}
}

// list puts the step that makes of a row several, where a column says that its cells list several things.
func (r *Reader) list() {
	s := &listed{next: r.first}
	for _, c := range r.frame.columns {
		if c.Heads = r.heads; c.Decl.Split != "" && c.At >= 0 {
			s.Split(c.At, c.Decl)
		}
	}
	if !s.Any() {
		return
	}
	for _, c := range r.frame.columns {
		if c.At >= 0 && bind.Measured(c.Decl) {
			s.Once(c.At)
		}
	}
	s.refuse = func(row *source.Row, c *dataset.Column, f *cell.Fault) {
		r.counts.Read++
		r.counts.Rejected++
		r.rejects.refuse(row, r.frame.columns[slices.IndexFunc(r.frame.columns, func(x *column) bool { return x.Decl == c })], f)
		r.rejects.report()
	}
	r.lists, r.first = s, s
}

// takeHeld takes the rows that were seen before the columns were bound, without the heading of a layout.
func (r *Reader) takeHeld(rows []source.Row) bool {
	for i := range rows {
		if i == 0 && r.binding.Heading != nil && r.src.Header() == nil && r.binding.Heading.IsHeading(textsOf(&rows[0])) {
			r.tally.heading(&rows[i])
			continue
		}
		if !r.pass(&rows[i]) {
			return false
		}
	}
	return true
}

// long refuses a row that is longer than the header.
func (r *Reader) long(row *source.Row, at int) bool {
	r.counts.Read++
	r.counts.Rejected++
	r.rejects.width(row, at)
	r.rejects.report()
	return true
}

// loading is the last step: it fills the next row of the batch, and hands the batch over where it is full.
type loading struct {
	r   *Reader
	ctx context.Context
}

func (s *loading) take(row *source.Row) bool {
	r, t := s.r, &s.r.frame
	t.open(r.mem, r.opt.Rows)
	if r.fill(row) {
		r.counts.Loaded++
		t.rows++
	} else {
		r.counts.Rejected++
		r.rejects.unwarn()
		if said, ok := r.heads.Below.See(row); ok && r.binding.Spread == nil {
			r.tally.account.Stack(said)
		}
	}
	r.rejects.report()
	if t.rows == r.opt.Rows || t.rows&63 == 63 && t.full() {
		return r.send(s.ctx)
	}
	return true
}

// fill reads the row into the next row of the batch; false where it is refused.
func (r *Reader) fill(row *source.Row) bool {
	t, good := &r.frame, true
	t.ofUnits, t.negative = false, false
	if w := r.binding.Width; w > 0 && r.rejects.spread == nil && len(row.Cells) > w {
		if at := rows.Beyond(row, w); at >= 0 {
			r.rejects.width(row, at)
			good = false
		}
	}
	late, ok := t.late(row)
	if ok {
		t.foreseen(row, late)
		for rest := late; rest > 0; rest &= rest - 1 {
			good = r.cell(row, bits.TrailingZeros64(rest)) && good
		}
		t.learn(row, late)
	} else {
		for i := range t.columns {
			good = r.cell(row, i) && good
		}
	}
	if t.ofUnits {
		for _, odd := range r.rejects.units() {
			r.binding.Unknown(r.ds, bind.Odd{Sheet: odd.Origin.Sheet, Cell: odd.Cell, Column: odd.Column, Text: odd.Raw}, r.tally.account)
		}
	}
	if good = good && r.holds(row); good {
		if t.origin(&row.Origin); ok {
			t.hold()
		}
	}
	return good
}

// cell reads the cell of a column into the next row of the batch; false: the row is refused for it.
func (r *Reader) cell(row *source.Row, i int) bool {
	t, c := &r.frame, r.frame.columns[i]
	in := c.text(row)
	if in != nil && (c.words != nil && c.known(t, i, in.Text) || c.asIs && c.keep(t, i, in.Text)) {
		return true // nearly all words and texts
	}
	return r.read(row, i, in)
}

// read reads the cell of a column, in is it where it is text that is read as it stands; false: the row is refused for it.
func (r *Reader) read(row *source.Row, i int, in *source.Cell) bool {
	t, c := &r.frame, r.frame.columns[i]
	v, f := reading.Value{None: true}, (*cell.Fault)(nil)
	if in == nil {
		in, f = c.Cell(row)
	}
	switch {
	case f != nil || in == nil:
	case len(in.Text) > cell.MaxText:
		f = cell.FaultTooLong
	default:
		v, f = c.Read(in)
	}
	if v.None && f == nil {
		v, f = r.absent(row, c, in)
	}
	if f != nil {
		if f == cell.FaultNumber && in != nil && len(in.Text) <= 24 && (units.Row([]string{in.Text}) || units.Multipliers(row.Filled())) { // a row of units, perhaps
			r.tally.footnote(row.Origin, c.At, "单位："+strings.Trim(in.Text, "（）()"))
			t.ofUnits = true
		}
		if !r.forgives(row, c, f) {
			return false
		}
		v = reading.Value{None: true}
	}
	if v.Told != 0 {
		r.tell(row, c, v.Told)
	}
	switch {
	case v.None:
		c.null(t.rows)
	case c.figures:
		if f := c.figure(v, row); f < 0 && c.signed {
			t.negative = true
		}
		fallthrough
	default:
		c.put(t.rows, v)
	}
	if c.track {
		c.Seen(v, &t.seen[i])
	}
	return true
}

// holds reports whether the row passes the row checks.
func (r *Reader) holds(row *source.Row) bool {
	t, good := &r.frame, true
	for i := range t.checks {
		if k := &t.checks[i]; !k.run.OK(t.seen) {
			r.rejects.check(row, k)
			good = false
		}
	}
	for i := range t.sexes {
		if s := &t.sexes[i]; good && s.differs(row) {
			r.rejects.warn(row, s.sex, cell.FaultSex)
		}
	}
	return good
}

// tell says what is to be told of a cell that is loaded.
func (r *Reader) tell(row *source.Row, c *column, what reading.Notice) {
	if what&reading.Unprintable != 0 {
		r.rejects.odd(row, c)
	}
	if what&reading.Zeros != 0 {
		c.Cut.Stands(func() string { return r.rejects.address(row, c) })
	}
	if what&reading.Escaped != 0 {
		r.rejects.warn(row, c, cell.FaultEntity)
	}
	if what&reading.MonthOnly != 0 {
		r.rejects.warn(row, c, cell.FaultMonthShown)
	}
	if what&reading.MonthDay != 0 {
		r.rejects.warn(row, c, cell.FaultDateInText)
	}
	if what&reading.Hidden != 0 {
		r.hidden.Tell(c.Decl.Title, row.Origin.Sheet, r.rejects.address(row, c))
	}
}

// absent is what a cell without a value means: a blank one, or a word for "no value", which is counted.
func (r *Reader) absent(row *source.Row, c *column, in *source.Cell) (reading.Value, *cell.Fault) {
	v, f := c.Absent()
	switch {
	case (in == nil || !in.Filled()) && f == nil && c.At >= 0 && c.Decl.Default != "" && len(c.Decl.DefaultBy) == 0:
		c.blanks.Fill(func() string { return r.rejects.address(row, c) })
	case in == nil || !in.Filled():
	case f == cell.FaultRequired:
		f = cell.FaultRequiredWord
	case f == nil && c.Decl.Of == "" && c.Says(in.Text):
		c.blanks.See(in.Text, func() string { return r.rejects.address(row, c) })
	}
	return v, f
}

// forgives says what is wrong with a cell, and reports whether the row is loaded all the same.
func (r *Reader) forgives(row *source.Row, c *column, f *cell.Fault) bool {
	switch {
	case c.Decl.Of != "" && r.rejects.refused(row, c):
		return false // the cell was refused already where it is read for itself
	case c.softly || f == cell.FaultZeroDate && c.Decl.Nullable():
		r.rejects.warn(row, c, f)
		r.tally.warn(r.rejects.spread.own(c.At))
		return true
	}
	r.rejects.refuse(row, c, f)
	return false
}

// send hands the batch over; false where nobody wants it any more.
func (r *Reader) send(ctx context.Context) bool {
	rec := r.frame.finish(r.schema, r.opt.Batch)
	select {
	case r.out <- rec:
		return true
	case <-ctx.Done():
		rec.Release()
		r.err = ctx.Err()
		return false
	}
}

// Schema is the dataset's.
func (r *Reader) Schema() *arrow.Schema { return r.schema }

// Next moves to the next record batch. False at the end and on an error, which Err tells apart.
func (r *Reader) Next() bool {
	if r.cur != nil {
		r.cur.Release()
		r.cur = nil
	}
	rec, ok := <-r.out
	if !ok {
		<-r.done // what Err, Counts and Sums say is then final
		return false
	}
	r.cur = rec
	return true
}

// Record is the current batch, valid until Next.
func (r *Reader) Record() arrow.Record { return r.cur }

// Err is why the rows ended before the file did; nil where they did not. After Next returned false.
func (r *Reader) Err() error {
	select {
	case <-r.done:
		return r.err
	default:
		return nil
	}
}

// Retain adds a reference.
func (r *Reader) Retain() { r.refs.Add(1) }

// Release drops a reference; the last one stops the reading and waits until it has stopped. The
// source stays open: it is the caller's.
func (r *Reader) Release() {
	if r.refs.Add(-1) != 0 {
		return
	}
	r.once.Do(func() {
		r.cancel()
		for rec := range r.out {
			rec.Release()
		}
		<-r.done
		if r.cur != nil {
			r.cur.Release()
			r.cur = nil
		}
		r.mem.Close()
	})
}

// Binding says which cell each column is read from.
func (r *Reader) Binding() *bind.Binding { return r.binding }

// Counts may be read once Next has returned false.
func (r *Reader) Counts() Counts { return r.counts }

// Sums returns the control sum of each numeric, boolean, date and person column, to compare with
// what control.SQL computes of the same rows. May be read once Next has returned false.
func (r *Reader) Sums() map[string]float64 {
	sums := map[string]float64{}
	for _, c := range r.frame.columns {
		if control.SQL(c.Decl) != "" {
			sums[c.Decl.Name] = c.total()
		}
	}
	return sums
}

// Hidden says in which cells the numbers of persons were hidden. May be read once Next has returned false.
func (r *Reader) Hidden() account.Hidden { return r.hidden }

// Dates returns the first and the last day loaded into a date column; false where there is none.
// May be read once Next has returned false.
func (r *Reader) Dates(column string) (first, last time.Time, ok bool) {
	for _, c := range r.frame.columns {
		if d, is := c.builder.(*days); is && c.Decl.Name == column && d.any {
			return time.Unix(int64(d.first)*86400, 0).UTC(), time.Unix(int64(d.last)*86400, 0).UTC(), true
		}
	}
	return first, last, false
}
