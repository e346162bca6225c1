// Package batch turns rows into typed Arrow record batches. It is where a bad
// cell becomes a Reject with its address and a reason.
//
// A row whose every cell is blank is no row: it is not counted. Every other row is loaded,
// rejected, excluded (a declared total or note) or a duplicate, and Counts says how many of each.
//
// A cell is read or refused, never guessed at (see package cell). A number beyond its type is a reject.
// Text of the types low and strings is brought to one spelling (see cell.Tidy); type string keeps
// its own. Identity numbers leave this package only as keyed hashes (see hasher), and no reject or
// error quotes one (see cell.Quote).
package batch

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"regexp"
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

	"yanzhen/pipeline/cell"
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
	Reason codes.Text
	Remedy codes.Text
	Warn   bool // the row was loaded with NULL here
}

// Counts says where every row went: Read = Loaded + Rejected + Excluded + Duplicates, always.
type Counts struct {
	Read       uint64 `db:"read"`
	Loaded     uint64 `db:"loaded"`
	Rejected   uint64 `db:"rejected"`   // rows, not cells
	Excluded   uint64 `db:"excluded"`   // declared totals and notes
	Duplicates uint64 `db:"duplicates"` // exact copies, where the dataset drops them
}

// Add counts the rows of o too.
func (c *Counts) Add(o Counts) {
	c.Read += o.Read
	c.Loaded += o.Loaded
	c.Rejected += o.Rejected
	c.Excluded += o.Excluded
	c.Duplicates += o.Duplicates
}

// Balanced says that no row got lost.
func (c Counts) Balanced() bool { return c.Read == c.Loaded+c.Rejected+c.Excluded+c.Duplicates }

// Identity prints the equation every load obeys, for people: 读入 100 = 装入 97 + 拒收 2 + ...
func (c Counts) Identity(lang codes.Lang) string {
	if lang == codes.En {
		return fmt.Sprintf("read %d = loaded %d + rejected %d + totals and notes %d + duplicates %d", c.Read, c.Loaded, c.Rejected, c.Excluded, c.Duplicates)
	}
	return fmt.Sprintf("读入 %d = 装入 %d + 拒收 %d + 合计与注 %d + 重复 %d", c.Read, c.Loaded, c.Rejected, c.Excluded, c.Duplicates)
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
	Seen   *Seen            // the rows of the file's tables read before, where the dataset drops duplicates; nil: none
}

// Seen tells which rows were read before. The tables of one file share it, one after the other.
type Seen struct {
	rows  map[[2]uint64]struct{}
	seeds [2]maphash.Seed
}

// NewSeen returns a Seen that has seen nothing.
func NewSeen() *Seen {
	return &Seen{map[[2]uint64]struct{}{}, [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
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
	notes  []*regexp.Regexp
	seen   *Seen
	mem    *pool

	heading string

	filled []*column     // whose blank cells mean what stands above them
	topped []source.Cell // a row with those cells filled

	spread []dataset.Spread // of the binding
	wide   []source.Cell    // the row of the file with the keys and values of one spread behind it
	place  []int            // where the cells of wide beyond the file's columns stand

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
	r := &Reader{
		ds: ds, src: src, opt: o, mem: newPool(o.Memory), schema: ds.ArrowSchema(),
		out: make(chan arrow.Record), done: make(chan struct{}),
	}
	r.refs.Store(1)
	r.today = cell.Days(o.Today.Year(), int(o.Today.Month()), o.Today.Day())
	r.from, r.to = math.MinInt32, math.MaxInt32
	if !o.From.IsZero() && !o.To.IsZero() {
		r.from = cell.Days(o.From.Year(), int(o.From.Month()), o.From.Day())
		r.to = cell.Days(o.To.Year(), int(o.To.Month()), o.To.Day())
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
		if c.decl.FillDown && c.at >= 0 {
			r.filled = append(r.filled, c)
		}
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
	r.spread = r.binding.Spread
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
		if p, ok := strings.CutPrefix(t, "~"); ok {
			re, err := regexp.Compile(p)
			if err != nil {
				return fmt.Errorf("dataset %s: totals: %w", r.ds.Name, err)
			}
			r.notes = append(r.notes, re)
			continue
		}
		if t = dataset.HeaderKey(t); t != "" {
			r.totals = append(r.totals, t)
			first, _ := utf8.DecodeRuneInString(t)
			r.lead[first], r.lead[unicode.ToLower(first)] = true, true
		}
	}
	if r.ds.Duplicates == "drop" {
		if r.seen = r.opt.Seen; r.seen == nil {
			r.seen = NewSeen()
		}
		// the same texts under other headers are no copy
		r.heading = strings.Join(r.src.Header(), "\x00")
	}
	return nil
}

func (r *Reader) newColumn(i int) (*column, error) {
	d := &r.ds.Columns[i]
	f := r.schema.Field(i)
	b := &r.binding.Columns[i]
	c := &column{
		decl: d, name: d.Name, typ: f.Type, null: f.Nullable, at: b.At,
		parse: parser(b.Parse), head: b.unit, min: d.Min, max: d.Max,
		phone: d.Personal == dataset.PersonalPhone, credit: d.Type == dataset.CreditCode,
		softly: d.Bad == "null" && f.Nullable,
	}
	if b.How == "name" {
		c.of = d.Of
	}
	if c.parse == "decimal_comma" { // else a number like any other
		c.parse, c.comma = plainParser, true
	}
	fail := func(zh, en string) error {
		return fmt.Errorf("dataset %s: column %s: %s / %s", r.ds.Name, d.Name, zh, en)
	}
	if d.Match != "" {
		c.unmatched = cell.Unmatched(d)
	}
	if d.Unit != "" {
		c.unit, _ = cell.ParseUnit(d.Unit)
	}
	if c.unit == (cell.Unit{}) {
		c.unit = c.head // nothing declared: the header's unit is the column's
	}
	if c.period = r.ds.Period != nil && r.ds.Period.Column == d.Name && r.from != math.MinInt32; c.period {
		first, _, _ := cell.Civil(r.from)
		last, _, _ := cell.Civil(r.to - 1)
		c.years = [2]int64{int64(first), int64(last)}
	}
	words := d.Nulls
	if d.NullsOnly != nil {
		words, c.only = *d.NullsOnly, true
	}
	if len(words) > 0 {
		c.nulls = map[string]bool{}
		for _, w := range words {
			c.nulls[cell.Fold(w)] = true
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
	c.abroad = func(string) bool { return false }
	if r.opt.Lists != nil {
		c.city = r.opt.Lists.City
		if l := r.opt.Lists.Get("countries"); l != nil {
			c.abroad = func(text string) bool { code, ok := l.Find(text); return ok && code != "CN" }
		}
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
		c.beyond = cell.OutOfRange(strconv.FormatInt(c.lo, 10), strconv.FormatInt(c.hi, 10))
		switch {
		case d.Min == nil && d.Max != nil:
			c.beyond = cell.OutOfRange("", strconv.FormatInt(c.hi, 10))
		case d.Min != nil && d.Max == nil:
			c.beyond = cell.OutOfRange(strconv.FormatInt(c.lo, 10), "")
		}
	}
	if c.kind == kindFloat {
		show := func(p *float64) string {
			if p == nil {
				return ""
			}
			return strconv.FormatFloat(*p, 'f', -1, 64)
		}
		c.beyond = cell.OutOfRange(show(d.Min), show(d.Max))
	}
	c.resetDict()
	if c.parse != plainParser && !knownParser(c.parse) {
		return nil, fail("未知的解析器 "+b.Parse, "unknown parser "+b.Parse)
	}
	return c, nil
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
