package batch

import (
	"hash/maphash"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// kind is what the bytes of a column are, which several declared types may share.
type kind uint8

const (
	kindString kind = iota
	kindDict        // low, code
	kindList        // strings
	kindInt         // int8 to int64, date
	kindFloat
	kindBool
	kindUint // person
)

// maxDict is how many distinct values a dictionary may have carried over from earlier batches.
// Beyond it the next batch starts an empty one, so that a column declared low by mistake does not
// fill the memory.
const maxDict = 20_000

// entry is what a raw text of a dictionary, rank or bool column was found to mean.
type entry struct {
	text string
	i    int32 // index in the dictionary, rank, or 0 and 1
	null bool
	f    *cell.Fault
}

// column gathers one column of a record batch. A value is written at row n of the batch; a row
// that is refused afterwards is overwritten by the next one.
type column struct {
	decl  *dataset.Column
	name  string
	typ   arrow.DataType
	kind  kind
	width int // bytes a value, for the fixed ones
	null  bool
	at    int    // index of the cell, -1: the file has none
	of    string // _file or _sheet: the name is read, not a cell

	list      *codes.List
	city      cell.CityFinder
	above     source.Cell       // the last cell that was not blank, where blank ones mean the same
	abroad    func(string) bool // a country
	parse     parser
	unit      cell.Unit // declared
	head      cell.Unit // in brackets in the header
	lo, hi    int64
	min       *float64
	max       *float64
	beyond    *cell.Fault
	unmatched *cell.Fault // the text has not the part that is read; nil: all of it is read
	nulls     map[string]bool
	comma     bool     // a comma is the decimal sign
	only      bool     // no other word than nulls means "no value"
	period    bool     // the date, or year, must lie in the submission's period
	years     [2]int64 // first and last year of the period
	credit    bool
	phone     bool
	softly    bool // a bad cell becomes NULL and a warning
	track     bool // a row check reads the value

	// the batch being filled
	fixed *memory.Buffer
	valid *memory.Buffer
	bits  []byte
	i8    []int8
	i16   []int16
	i32   []int32
	i64   []int64
	u64   []uint64
	f64   []float64
	offs  []int32
	text  *memory.Buffer // string bytes
	data  []byte         // all of text
	room  int            // bytes of text that earlier batches took
	items []int32

	dict   map[string]int32
	memo   map[string]entry
	recent []entry // of memo, by hash of the text: most cells say what one shortly before said
	values []string
	last   int32 // what again returned
	size   int   // bytes of values and of the texts in memo
	cached arrow.Array
	fresh  bool // values changed since cached was made

	sum sums
}

// alloc makes room for rows values.
func (c *column) alloc(mem memory.Allocator, rows int) {
	if c.null {
		c.valid = memory.NewResizableBuffer(mem)
		c.valid.Resize(int(bitutil.BytesForBits(int64(rows))))
		c.bits = c.valid.Bytes()
		for i := range c.bits {
			c.bits[i] = 0xff
		}
	}
	n := rows * c.width
	switch c.kind {
	case kindString, kindList:
		n = (rows + 1) * 4
	case kindDict:
		n = rows * 4
	case kindBool:
		n = int(bitutil.BytesForBits(int64(rows)))
	}
	c.fixed = memory.NewResizableBuffer(mem)
	c.fixed.Resize(n)
	b := c.fixed.Bytes()
	switch c.kind {
	case kindString, kindList:
		c.offs = arrow.Int32Traits.CastFromBytes(b)
		c.offs[0] = 0
	case kindDict:
		c.i32 = arrow.Int32Traits.CastFromBytes(b)
	case kindFloat:
		c.f64 = arrow.Float64Traits.CastFromBytes(b)
	case kindUint:
		c.u64 = arrow.Uint64Traits.CastFromBytes(b)
	case kindBool:
		clear(b)
	case kindInt:
		switch c.width {
		case 1:
			c.i8 = arrow.Int8Traits.CastFromBytes(b)
		case 2:
			c.i16 = arrow.Int16Traits.CastFromBytes(b)
		case 4:
			c.i32 = arrow.Int32Traits.CastFromBytes(b)
		case 8:
			c.i64 = arrow.Int64Traits.CastFromBytes(b)
		}
	}
	switch c.kind {
	case kindString:
		c.text = memory.NewResizableBuffer(mem)
		c.text.Reserve(max(c.room, 1<<12))
		c.data = c.text.Buf()
	case kindList:
		c.items = c.items[:0]
	}
}

// release frees the buffers of a batch that will not be finished.
func (c *column) release() {
	for _, b := range []*memory.Buffer{c.fixed, c.valid, c.text} {
		if b != nil {
			b.Release()
		}
	}
	c.fixed, c.valid, c.text = nil, nil, nil
	if c.cached != nil {
		c.cached.Release()
		c.cached = nil
	}
}

func (c *column) setNull(n int) {
	if c.null {
		bitutil.ClearBit(c.bits, n)
	}
	switch c.kind {
	case kindString:
		c.offs[n+1] = c.offs[n]
	case kindList:
		c.offs[n+1] = c.offs[n]
		c.items = c.items[:min(int(c.offs[n]), len(c.items))]
	case kindDict:
		c.i32[n] = 0
	case kindInt:
		c.putInt(n, 0)
	case kindFloat:
		c.f64[n] = 0
	case kindUint:
		c.u64[n] = 0
	case kindBool:
		bitutil.ClearBit(c.fixed.Bytes(), n)
	}
}

func (c *column) set(n int) {
	if c.null {
		bitutil.SetBit(c.bits, n)
	}
}

func (c *column) putInt(n int, v int64) {
	switch c.width {
	case 1:
		c.i8[n] = int8(v)
	case 2:
		c.i16[n] = int16(v)
	case 4:
		c.i32[n] = int32(v)
	case 8:
		c.i64[n] = v
	}
}

func (c *column) setInt(n int, v int64) {
	c.set(n)
	c.putInt(n, v)
}

func (c *column) setFloat(n int, v float64) {
	c.set(n)
	c.f64[n] = v
}

func (c *column) setBool(n int, v bool) {
	c.set(n)
	bitutil.SetBitTo(c.fixed.Bytes(), n, v)
}

func (c *column) setUint(n int, v uint64) {
	c.set(n)
	c.u64[n] = v
}

func (c *column) setString(n int, s string) {
	c.set(n)
	from := int(c.offs[n])
	end := from + len(s)
	if end > len(c.data) {
		c.room = max(2*len(c.data), end)
		c.text.Reserve(c.room)
		c.data = c.text.Buf()
	}
	copy(c.data[from:end], s)
	c.offs[n+1] = int32(end)
}

// index returns the place of a value in the dictionary, adding it where it is new.
func (c *column) index(s string) int32 {
	if i, ok := c.dict[s]; ok {
		return i
	}
	s = strings.Clone(s) // the source's string may be a piece of a large buffer
	i := int32(len(c.values))
	c.values = append(c.values, s)
	c.size += len(s)
	c.dict[s] = i
	c.fresh = true
	return i
}

// again is index for a column that says the same in row after row.
func (c *column) again(s string) int32 {
	if len(c.values) == 0 || s != c.values[c.last] {
		c.last = c.index(s)
	}
	return c.last
}

func (c *column) setDict(n int, s string) {
	c.set(n)
	c.i32[n] = c.index(s)
}

// full reports whether the texts of the first n rows are as much as one batch should carry.
func (c *column) full(n int) bool {
	switch c.kind {
	case kindString:
		return c.offs[n] > 1<<25
	case kindList:
		return len(c.items) > 1<<23 || c.size > 1<<25
	}
	return c.size > 1<<25
}

// finish makes the array of the first n rows; the column is empty afterwards.
func (c *column) finish(n int) arrow.Array {
	c.sum.add(c, n)
	nulls := 0
	var valid *memory.Buffer
	if c.null {
		nulls = n - bitutil.CountSetBits(c.bits, 0, n)
		if nulls > 0 {
			c.valid.ResizeNoShrink(int(bitutil.BytesForBits(int64(n))))
			valid = c.valid
		}
	}
	var arr arrow.Array
	switch c.kind {
	case kindString:
		c.fixed.ResizeNoShrink((n + 1) * 4)
		c.text.ResizeNoShrink(int(c.offs[n]))
		d := array.NewData(c.typ, n, []*memory.Buffer{valid, c.fixed, c.text}, nil, nulls, 0)
		arr = array.MakeFromData(d)
		d.Release()
		c.text.Release()
		c.text, c.data = nil, nil
	case kindDict:
		c.fixed.ResizeNoShrink(n * 4)
		d := array.NewDataWithDictionary(c.typ, n, []*memory.Buffer{valid, c.fixed}, nulls, 0, c.dictionary().Data().(*array.Data))
		arr = array.MakeFromData(d)
		d.Release()
	case kindList:
		c.fixed.ResizeNoShrink((n + 1) * 4)
		k := int(c.offs[n])
		ib := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(append([]int32(nil), c.items[:k]...)))
		dt := c.typ.(*arrow.ListType).Elem()
		items := array.NewDataWithDictionary(dt, k, []*memory.Buffer{nil, ib}, 0, 0, c.dictionary().Data().(*array.Data))
		d := array.NewData(c.typ, n, []*memory.Buffer{valid, c.fixed}, []arrow.ArrayData{items}, nulls, 0)
		arr = array.MakeFromData(d)
		d.Release()
		items.Release()
		ib.Release()
	default:
		if c.kind == kindBool {
			c.fixed.ResizeNoShrink(int(bitutil.BytesForBits(int64(n))))
		} else {
			c.fixed.ResizeNoShrink(n * c.width)
		}
		d := array.NewData(c.typ, n, []*memory.Buffer{valid, c.fixed}, nil, nulls, 0)
		arr = array.MakeFromData(d)
		d.Release()
	}
	c.fixed.Release()
	if c.valid != nil {
		c.valid.Release()
	}
	c.fixed, c.valid = nil, nil
	if len(c.values) > maxDict || len(c.memo) > 2*maxDict || c.size > 1<<24 {
		c.resetDict()
	}
	return arr
}

// dictionary is the array of the values so far; the same array as long as none was added, so
// that the stream carries it once.
func (c *column) dictionary() arrow.Array {
	if c.cached != nil && !c.fresh {
		return c.cached
	}
	if c.cached != nil {
		c.cached.Release()
	}
	offs := make([]int32, len(c.values)+1)
	data := make([]byte, 0, c.size)
	for i, s := range c.values {
		data = append(data, s...)
		offs[i+1] = int32(len(data))
	}
	d := array.NewData(arrow.BinaryTypes.String, len(c.values), []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offs)), memory.NewBufferBytes(data)}, nil, 0, 0)
	c.cached = array.MakeFromData(d)
	d.Release()
	c.fresh = false
	return c.cached
}

// recents is how many meanings a column keeps at hand.
const recents = 1 << 11

var recentSeed = maphash.MakeSeed()

// near is where the meaning of a text stands if it was asked for recently; another's, or an empty
// one, if it was not.
func (c *column) near(text string) *entry {
	if c.recent == nil {
		c.recent = make([]entry, recents)
	}
	return &c.recent[maphash.String(recentSeed, text)%recents]
}

func (c *column) resetDict() {
	c.values, c.size, c.last = nil, 0, 0
	c.dict, c.memo = map[string]int32{}, map[string]entry{}
	clear(c.recent)
	c.fresh = true
}
