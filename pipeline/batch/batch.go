// Package batch turns rows into typed Arrow record batches. It is where a full-width digit
// becomes a digit and where a bad cell becomes a Reject with its address and a reason.
//
// A row whose every cell is blank is no row: it is not counted. Every other row is loaded,
// rejected, excluded (a declared total or note) or a duplicate, and Counts says how many of each.
//
// A cell is read or refused, never guessed at. An estimate (约300), a hidden digit (202x), a day
// whose month or year is not said, a number beyond its type or a long number that a workbook has
// rounded is a reject; a year and a month are no date. Numbers keep every digit they were written
// with. Text of the types low and strings is brought to one spelling (see tidy); type string keeps
// its own. Identity numbers leave this package only as keyed hashes (see hasher), and no reject or
// error quotes one (see show).
package batch

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// Reject is one cell that was refused (or one row, where Column is empty).
type Reject struct {
	Origin source.Origin
	Column string // name of the declared column
	Cell   string // address in the file, C17; empty where it has none
	Raw    string // as in the file, at most 200 bytes; masked where the column is personal, and wherever a long number stands
	Rule   string // short stable name: required, number, date, code, person_check_digit ...
	Reason dataset.Text
	Remedy dataset.Text
	Warn   bool // the row was loaded with NULL here
}

// Counts says where every row went: Read = Loaded + Rejected + Excluded + Duplicates, always.
type Counts struct {
	Read       uint64
	Loaded     uint64
	Rejected   uint64 // rows, not cells
	Excluded   uint64 // declared totals and notes
	Duplicates uint64 // exact copies, where the dataset drops them
}

// Options of a Reader.
type Options struct {
	Batch  uint32
	Key    []byte       // HMAC key for identity numbers; at least 32 bytes
	Lists  *codes.Lists // the code lists the dataset's columns name
	From   time.Time    // the period the submission speaks for, [From, To); zero: not known, not checked
	To     time.Time
	Today  time.Time        // birth dates after it do not exist; zero: the clock's
	Reject func(Reject)     // called in row order, from the reader's own goroutine; nil drops them
	Rows   int              // rows a record batch; 0 means 65,536
	Memory memory.Allocator // nil: Go's own
}

// Reader is an array.RecordReader over a source's rows with the columns of the dataset's table.
// It reads ahead in a goroutine of its own, one batch; Release stops it. A record is valid until
// the next one is asked for, unless it is retained.
type Reader struct {
	refs    atomic.Int64
	ds      *dataset.Dataset
	src     source.Source
	opt     Options
	schema  *arrow.Schema
	binding *Binding

	cols   []*column
	batch  *column
	file   *column
	sheet  *column
	row    *column
	all    []*column
	hash   *hasher
	today  int32
	from   int32
	to     int32
	checks []rowCheck
	vals   []dataset.Value
	totals []string
	lead   map[rune]bool // first characters of the totals, in both cases
	seen   map[[2]uint64]struct{}
	seeds  [2]maphash.Seed
	mem    *pool

	n       int // rows in the batch being filled
	filling bool
	counts  Counts
	bad     []Reject // of the row being read

	cancel context.CancelFunc
	out    chan arrow.Record
	done   chan struct{} // closed when the goroutine has ended
	once   sync.Once
	cur    arrow.Record
	err    error
}

type rowCheck struct {
	run  *dataset.RowCheckProgram
	decl *dataset.RowCheck
}

// NewReader binds the dataset's columns to the source's header, or to its first rows where a
// layout must be recognised, and starts to read. The error is a *BindError where the file does
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
	r := &Reader{ds: ds, src: src, opt: o, mem: newPool(o.Memory), schema: ds.ArrowSchema(),
		out: make(chan arrow.Record), done: make(chan struct{})}
	r.refs.Store(1)
	r.today = days(o.Today.Year(), int(o.Today.Month()), o.Today.Day())
	r.from, r.to = math.MinInt32, math.MaxInt32
	if !o.From.IsZero() && !o.To.IsZero() {
		r.from = days(o.From.Year(), int(o.From.Month()), o.From.Day())
		r.to = days(o.To.Year(), int(o.To.Month()), o.To.Day())
	}
	ctx, r.cancel = context.WithCancel(ctx)
	ready := make(chan error, 1)
	go r.run(ctx, ready)
	if err := <-ready; err != nil {
		r.cancel()
		<-r.done
		r.mem.close()
		return nil, err
	}
	return r, nil
}

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
		for _, c := range r.all {
			c.release()
		}
	}()
	bind := func(first [][]string) error {
		b, err := Bind(r.ds, r.src.Header(), first)
		if err == nil {
			r.binding = b
			err = r.prepare()
		}
		bound = true
		ready <- err
		return err
	}
	// a header that names every required column needs no look at the rows
	look := peekRows
	if h := r.src.Header(); len(r.ds.Layouts) == 0 {
		look = 0
	} else if h != nil {
		if b, err := Bind(r.ds, h, nil); err == nil && b.Layout == "" {
			look = 0
		}
	}
	var held []source.Row
	var first [][]string
	if look == 0 {
		if bind(nil) != nil {
			return
		}
	}
	for row, err := range r.src.Rows(ctx) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			if !bound {
				bound = true
				ready <- err
				return
			}
			r.err = err
			return
		}
		if bound {
			if !r.take(ctx, &row) {
				return
			}
			continue
		}
		texts := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			texts[i] = c.Text
		}
		first = append(first, texts)
		row.Cells = append([]source.Cell(nil), row.Cells...)
		if held = append(held, row); len(held) < look {
			continue
		}
		if bind(first) != nil || !r.takeAll(ctx, held) {
			return
		}
		held, first = nil, nil
	}
	if !bound && (bind(first) != nil || !r.takeAll(ctx, held)) {
		return
	}
	if err := ctx.Err(); err != nil {
		r.err = err
		return
	}
	if r.n > 0 {
		r.send(ctx)
	}
}

// peekRows is how many rows a layout is recognised by.
const peekRows = 50

func (r *Reader) takeAll(ctx context.Context, rows []source.Row) bool {
	for i := range rows {
		if i == 0 && r.binding.heading != nil && r.src.Header() == nil {
			texts := make([]string, len(rows[0].Cells))
			for j, c := range rows[0].Cells {
				texts[j] = c.Text
			}
			if r.binding.heading.IsHeading(texts) {
				continue
			}
		}
		if !r.take(ctx, &rows[i]) {
			return false
		}
	}
	return true
}

// prepare makes the columns once they are bound.
func (r *Reader) prepare() error {
	var errs []error
	for i := range r.ds.Columns {
		c, err := r.newColumn(i)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		r.cols = append(r.cols, c)
	}
	for i := range r.ds.Checks {
		p, err := dataset.CompileCheck(r.ds, r.ds.Checks[i].Expr)
		if err != nil {
			errs = append(errs, fmt.Errorf("dataset %s: check %s: %w", r.ds.Name, r.ds.Checks[i].Name, err))
			continue
		}
		r.checks = append(r.checks, rowCheck{p, &r.ds.Checks[i]})
		for _, k := range p.Columns() {
			if k < len(r.cols) {
				r.cols[k].track = true
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	r.vals = make([]dataset.Value, len(r.cols))
	n := len(r.cols)
	bare := func(i int, k kind, width int) *column {
		f := r.schema.Field(i)
		c := &column{name: f.Name, typ: f.Type, kind: k, width: width, at: -1}
		if k == kindDict {
			c.resetDict()
		}
		return c
	}
	r.batch, r.file, r.sheet, r.row = bare(n, kindInt, 4), bare(n+1, kindDict, 4), bare(n+2, kindDict, 4), bare(n+3, kindInt, 4)
	r.all = append(append(r.all, r.cols...), r.batch, r.file, r.sheet, r.row)
	r.lead = map[rune]bool{}
	for _, t := range r.ds.Totals {
		if t = dataset.HeaderKey(t); t != "" {
			r.totals = append(r.totals, t)
			first, _ := utf8.DecodeRuneInString(t)
			r.lead[first], r.lead[unicode.ToLower(first)] = true, true
		}
	}
	if r.ds.Duplicates == "drop" {
		r.seen = map[[2]uint64]struct{}{}
		r.seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}
	}
	return nil
}

func (r *Reader) newColumn(i int) (*column, error) {
	d := &r.ds.Columns[i]
	f := r.schema.Field(i)
	b := &r.binding.Columns[i]
	c := &column{decl: d, name: d.Name, typ: f.Type, null: f.Nullable, at: b.At,
		parse: parser(b.Parse), head: b.unit, min: d.Min, max: d.Max,
		phone: d.Personal == dataset.PersonalPhone, credit: d.Type == dataset.CreditCode,
		softly: d.Bad == "null" && f.Nullable}
	fail := func(zh, en string) error {
		return fmt.Errorf("dataset %s: column %s: %s / %s", r.ds.Name, d.Name, zh, en)
	}
	if d.Unit != "" {
		c.unit, _ = parseUnit(d.Unit)
	}
	if c.unit == (unit{}) {
		c.unit = c.head // nothing declared: the header's unit is the column's
	}
	if c.period = r.ds.Period != nil && r.ds.Period.Column == d.Name && r.from != math.MinInt32; c.period {
		first, _, _ := civil(r.from)
		last, _, _ := civil(r.to - 1)
		c.years = [2]int64{int64(first), int64(last)}
	}
	if len(d.Nulls) > 0 {
		c.nulls = map[string]bool{}
		for _, w := range d.Nulls {
			c.nulls[fold(w)] = true
		}
	}
	if d.List != "" {
		if r.opt.Lists != nil {
			c.list = r.opt.Lists.Get(d.List)
		}
		if c.list == nil {
			return nil, fail("没有代码表 "+d.List, "there is no code list "+d.List)
		}
	}
	c.city = func(string) (string, string, bool) { return "", "", false }
	if r.opt.Lists != nil {
		c.city = r.opt.Lists.City
	}
	c.lo, c.hi = math.MinInt64, math.MaxInt64
	switch d.Type {
	case dataset.String, dataset.CreditCode:
		c.kind = kindString
	case dataset.Low, dataset.Code:
		c.kind = kindDict
	case dataset.Strings:
		c.kind = kindList
	case dataset.Int8:
		c.kind, c.width, c.lo, c.hi = kindInt, 1, math.MinInt8, math.MaxInt8
	case dataset.Int16:
		c.kind, c.width, c.lo, c.hi = kindInt, 2, math.MinInt16, math.MaxInt16
	case dataset.Int32:
		c.kind, c.width, c.lo, c.hi = kindInt, 4, math.MinInt32, math.MaxInt32
	case dataset.Int64:
		c.kind, c.width = kindInt, 8
	case dataset.Float64:
		c.kind, c.width = kindFloat, 8
	case dataset.Bool:
		c.kind = kindBool
	case dataset.Date:
		c.kind, c.width = kindInt, 4
	case dataset.Person:
		c.kind, c.width = kindUint, 8
		if len(r.opt.Key) < 32 {
			return nil, fail("没有密钥，或不足 32 字节，证件号无法散列", "the key that identity numbers are hashed with is missing or shorter than 32 bytes")
		}
		if r.hash == nil {
			r.hash = newHasher(r.opt.Key)
		}
	default:
		return nil, fail("未知类型 "+string(d.Type), "unknown type "+string(d.Type))
	}
	if c.kind == kindInt && d.Type != dataset.Date {
		if d.Min != nil {
			c.lo = max(c.lo, int64(math.Ceil(*d.Min)))
		}
		if d.Max != nil {
			c.hi = min(c.hi, int64(math.Floor(*d.Max)))
		}
		c.beyond = faultRange(strconv.FormatInt(c.lo, 10), strconv.FormatInt(c.hi, 10))
		switch {
		case d.Min == nil && d.Max != nil:
			c.beyond = faultRange("", strconv.FormatInt(c.hi, 10))
		case d.Min != nil && d.Max == nil:
			c.beyond = faultRange(strconv.FormatInt(c.lo, 10), "")
		}
	}
	if c.kind == kindFloat {
		show := func(p *float64) string {
			if p == nil {
				return ""
			}
			return strconv.FormatFloat(*p, 'f', -1, 64)
		}
		c.beyond = faultRange(show(d.Min), show(d.Max))
	}
	c.resetDict()
	if c.parse != plainParser && !knownParser(c.parse) {
		return nil, fail("未知的解析器 "+b.Parse, "unknown parser "+b.Parse)
	}
	return c, nil
}

// take reads one row; false ends the reading.
func (r *Reader) take(ctx context.Context, row *source.Row) bool {
	firstText := -1
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind == source.NoCache || c.Kind != source.Blank && trim(c.Text) != "" {
			firstText = i
			break
		}
	}
	if firstText < 0 {
		return true
	}
	r.counts.Read++
	if len(r.totals) > 0 && r.total(row, firstText) {
		r.counts.Excluded++
		return true
	}
	if r.seen != nil && r.duplicate(row) {
		r.counts.Duplicates++
		return true
	}
	if !r.filling {
		for _, c := range r.all {
			c.alloc(r.mem, r.opt.Rows)
		}
		r.filling, r.n = true, 0
	}
	if r.fill(row) {
		r.counts.Loaded++
		r.n++
	} else {
		r.counts.Rejected++
	}
	if len(r.bad) > 0 {
		if r.opt.Reject != nil {
			for i := range r.bad {
				r.opt.Reject(r.bad[i])
			}
		}
		r.bad = r.bad[:0]
	}
	if r.n == r.opt.Rows || r.n&63 == 63 && r.full() {
		return r.send(ctx)
	}
	return true
}

func (r *Reader) full() bool {
	for _, c := range r.cols {
		if c.full(r.n) {
			return true
		}
	}
	return false
}

// total reports whether the row is a declared total or note: its first text is such a word, or
// begins with one that is followed by a sign, a blank or a digit. Where more words follow (合计人数,
// 注塑工) the row counts as a note only if every other required cell is blank, so that no row of
// data passes for one.
func (r *Reader) total(row *source.Row, at int) bool {
	text := row.Cells[at].Text
	first, _ := utf8.DecodeRuneInString(text)
	if !r.lead[first] && (first > ' ' && first < 0x7f && first != '*' && first != '\'' && first != '"' || unicode.Is(unicode.Han, first)) {
		return false
	}
	key := dataset.HeaderKey(text)
	for _, t := range r.totals {
		rest, ok := strings.CutPrefix(key, t)
		if !ok {
			continue
		}
		if rest == "" || strings.IndexAny(rest[:1], ":;,.()[]-0123456789") == 0 || strings.HasPrefix(rest, "：") || strings.HasPrefix(rest, "（") || strings.HasPrefix(rest, "、") {
			return true
		}
		others, filled := 0, 0
		for _, c := range r.cols {
			if !c.decl.Required || c.at < 0 || c.at == at {
				continue
			}
			others++
			if c.at < len(row.Cells) && row.Cells[c.at].Kind != source.Blank && trim(row.Cells[c.at].Text) != "" {
				filled++
			}
		}
		if filled == 0 && (others > 0 || utf8.RuneCountInString(t) > 1) {
			return true
		}
	}
	return false
}

// duplicate reports whether all cells of the row were read before, in a row of the same texts.
// Rows are told apart by 128 bits of hash.
func (r *Reader) duplicate(row *source.Row) bool {
	var key [2]uint64
	for i := range key {
		var h maphash.Hash
		h.SetSeed(r.seeds[i])
		for _, c := range row.Cells {
			h.WriteString(c.Text)
			h.WriteByte(byte(c.Kind) + 1)
			h.WriteByte(0)
		}
		key[i] = h.Sum64()
	}
	if _, ok := r.seen[key]; ok {
		return true
	}
	r.seen[key] = struct{}{}
	return false
}

// fill reads the row into row n of the batch; false where it is refused.
func (r *Reader) fill(row *source.Row) bool {
	good := true
	n := r.n
	if row.Origin.Sheet == "" && r.binding.width > 0 && len(row.Cells) > r.binding.width {
		for i := r.binding.width; i < len(row.Cells); i++ {
			if trim(row.Cells[i].Text) != "" {
				r.reject(row, nil, i, faultWidth, false)
				good = false
				break
			}
		}
	}
	for i, c := range r.cols {
		var out outcome
		var f *fault
		if c.at >= 0 && c.at < len(row.Cells) {
			out, f = r.read(c, n, &row.Cells[c.at])
		} else {
			out = blank
		}
		if f == nil && out == blank {
			f = r.fillBlank(c, n)
		}
		if f != nil {
			if c.decl.Of != "" && r.refused(c.at, row.Origin.Row) {
				good = false // the cell was refused already where it is read for itself
			} else if c.softly || f == faultZeroDate && c.null {
				c.setNull(n)
				r.reject(row, c, c.at, f, true)
			} else {
				r.reject(row, c, c.at, f, false)
				good = false
			}
		}
		if c.track {
			c.value(n, &r.vals[i])
		}
	}
	if !good {
		return r.drop()
	}
	for _, k := range r.checks {
		if !k.run.OK(r.vals) {
			r.rejectRow(row, k)
			good = false
		}
	}
	if !good {
		return r.drop()
	}
	r.batch.i32[n] = int32(r.opt.Batch)
	r.row.i32[n] = int32(row.Origin.Row)
	r.file.i32[n] = r.file.index(row.Origin.File)
	r.sheet.i32[n] = r.sheet.index(row.Origin.Sheet)
	return true
}

// drop forgets the warnings of a row that is refused: it was not loaded with NULL after all.
func (r *Reader) drop() bool {
	for i := range r.bad {
		r.bad[i].Warn = false
	}
	return false
}

// fillBlank writes what a blank cell means: the default, NULL or nothing; a fault where the cell
// is required.
func (r *Reader) fillBlank(c *column, n int) *fault {
	if c.decl.Required && c.decl.Default == "" {
		return faultRequired
	}
	if c.decl.Default != "" {
		head := c.head
		c.head = unit{} // a default is in the declared unit, whatever the header says
		defer func() { c.head = head }()
		out, f := r.read(c, n, &source.Cell{Text: c.decl.Default, Kind: source.Text})
		if f != nil || out == filled {
			return f
		}
		if c.kind == kindString || c.kind == kindDict { // a default that reads as "no value"
			if c.kind == kindString {
				c.setString(n, c.decl.Default)
			} else {
				c.setDict(n, c.decl.Default)
			}
			return nil
		}
	}
	c.setNull(n)
	return nil
}

// value is what a row check sees of row n.
func (c *column) value(n int, v *dataset.Value) {
	*v = dataset.Value{}
	if c.null && c.bits[n/8]&(1<<(n%8)) == 0 {
		v.Null = true
		return
	}
	switch c.kind {
	case kindString:
		v.S = string(c.data[c.offs[n]:c.offs[n+1]])
	case kindDict:
		if int(c.i32[n]) < len(c.values) {
			v.S = c.values[c.i32[n]]
		}
	case kindList:
		v.I = int64(c.offs[n+1] - c.offs[n])
	case kindFloat:
		v.F = c.f64[n]
	case kindUint:
		v.I = int64(c.u64[n])
	case kindBool:
		if c.fixed.Bytes()[n/8]&(1<<(n%8)) != 0 {
			v.I = 1
		}
	case kindInt:
		switch c.width {
		case 1:
			v.I = int64(c.i8[n])
		case 2:
			v.I = int64(c.i16[n])
		case 4:
			v.I = int64(c.i32[n])
		case 8:
			v.I = c.i64[n]
		}
	}
}

// address is the name of a cell: C17.
func address(at, row int) string {
	if at < 0 || row <= 0 {
		return ""
	}
	var b [8]byte
	i := len(b)
	for at++; at > 0 && i > 0; at = (at - 1) / 26 {
		i--
		b[i] = byte('A' + (at-1)%26)
	}
	return string(b[i:]) + strconv.Itoa(row)
}

// maxFaults is how many cells of one row are reported.
const maxFaults = 50

func (r *Reader) reject(row *source.Row, c *column, at int, f *fault, warn bool) {
	if r.opt.Reject == nil || len(r.bad) >= maxFaults {
		return
	}
	j := Reject{Origin: row.Origin, Cell: address(at, row.Origin.Row), Rule: f.rule, Reason: f.reason, Remedy: f.remedy, Warn: warn}
	personal, credit := dataset.Personal(""), false
	if c != nil {
		j.Column, personal, credit = c.name, c.decl.Personal, c.credit
		if c.decl.Type == dataset.Person && personal == "" {
			personal = dataset.PersonalID
		}
		if of := r.ds.Column(c.decl.Of); of != nil && c.decl.Of != "" && of.Personal != "" && personal == "" {
			personal = of.Personal // the same cell, read for another column
		}
	}
	if at >= 0 && at < len(row.Cells) {
		j.Raw = show(row.Cells[at].Text, personal, credit)
	}
	r.bad = append(r.bad, j)
}

// refused reports whether a reject of the cell stands already.
func (r *Reader) refused(at, row int) bool {
	for i := range r.bad {
		if !r.bad[i].Warn && r.bad[i].Cell != "" && r.bad[i].Cell == address(at, row) {
			return true
		}
	}
	return false
}

func (r *Reader) rejectRow(row *source.Row, k rowCheck) {
	if r.opt.Reject == nil {
		return
	}
	j := Reject{Origin: row.Origin, Rule: k.decl.Name, Reason: k.decl.Reason, Remedy: k.decl.Remedy}
	if cols := k.run.Columns(); len(cols) > 0 {
		c := r.cols[cols[0]]
		j.Cell = address(c.at, row.Origin.Row)
	}
	r.bad = append(r.bad, j)
}

// send hands the batch over; false where nobody wants it any more.
func (r *Reader) send(ctx context.Context) bool {
	cols := make([]arrow.Array, len(r.all))
	for i, c := range r.all {
		cols[i] = c.finish(r.n)
	}
	rec := array.NewRecord(r.schema, cols, int64(r.n))
	for _, a := range cols {
		a.Release()
	}
	r.filling, r.n = false, 0
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
		r.mem.close()
	})
}

// Binding says which cell each column is read from.
func (r *Reader) Binding() *Binding { return r.binding }

// Counts may be read once Next has returned false.
func (r *Reader) Counts() Counts { return r.counts }

// Sums returns the control sum of each numeric, boolean, date and person column, to compare with
// what ControlSQL computes of the same rows. May be read once Next has returned false.
func (r *Reader) Sums() map[string]float64 {
	sums := map[string]float64{}
	for _, c := range r.cols {
		if ControlSQL(c.decl) != "" {
			sums[c.name] = c.sum.float()
		}
	}
	return sums
}

// Dates returns the first and the last day loaded into a date column; false where there is none.
// May be read once Next has returned false.
func (r *Reader) Dates(column string) (first, last time.Time, ok bool) {
	for _, c := range r.cols {
		if c.name == column && c.sum.any {
			return time.Unix(c.sum.min*86400, 0).UTC(), time.Unix(c.sum.max*86400, 0).UTC(), true
		}
	}
	return first, last, false
}

// ControlSQL is the SQL expression (Float64, 0 for no rows) whose value over a batch's rows is the
// column's control sum; empty for a column that has none. Dates count as days since 1970-01-01,
// booleans as 0 and 1, identity hashes by their low 24 bits, NULL as nothing. All but floats are
// exact up to 2^53; floats depend on their order in the last places: compare with SumsAgree.
func ControlSQL(c *dataset.Column) string {
	name := "`" + c.Name + "`"
	switch c.Type {
	case dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64, dataset.Bool:
		return "toFloat64(ifNull(sum(toInt128(" + name + ")), 0))"
	case dataset.Date:
		return "toFloat64(ifNull(sum(toInt64(toInt32(" + name + "))), 0))"
	case dataset.Person:
		return "toFloat64(ifNull(sum(bitAnd(" + name + ", " + strconv.Itoa(1<<personBits-1) + ")), 0))"
	case dataset.Float64:
		return "toFloat64(ifNull(sumKahan(" + name + "), 0))"
	}
	return ""
}

// SumsAgree compares a column's control sum with the one of the table: equal for whole numbers,
// within 1e-9 of the greater for floats.
func SumsAgree(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b))
}
