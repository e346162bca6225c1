package batch

import (
	"unsafe"

	"yanzhen/pipeline/batch/reading"
	"yanzhen/pipeline/control"
	"yanzhen/pipeline/dataset"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// builder keeps the values of one column of the batch being filled, as Arrow lays them out. A value is put
// at a row of the batch; a row that is refused afterwards is overwritten by the next one.
type builder interface {
	alloc(mem memory.Allocator, rows int) // before the first row of each batch
	put(n int, v reading.Value)
	null(n int)               // NULL; nothing where the column takes none
	full(n int) bool          // the texts of the first n rows are as much as one batch should carry
	finish(n int) arrow.Array // of the first n rows, which it adds to the control sum
	release()                 // the buffers of a batch that will not be finished
	total() float64           // the control sum of all batches; 0 where the type has none
}

// builders holds that of every type.
var builders = map[dataset.Type]func(arrow.Field, *reading.Dictionary) builder{
	dataset.String:     newTexts,
	dataset.CreditCode: newTexts,
	dataset.Low:        newWords,
	dataset.Code:       newWords,
	dataset.Strings:    newLists,
	dataset.Int8:       newWholes[int8],
	dataset.Int16:      newWholes[int16],
	dataset.Int32:      newWholes[int32],
	dataset.Int64:      newWholes[int64],
	dataset.Float64:    newFloats,
	dataset.Bool:       newBools,
	dataset.Date:       newDays,
	dataset.Person:     newHashes,
}

// layout is what all builders share: the buffer of fixed width, and which rows have a value.
type layout struct {
	typ      arrow.DataType
	nullable bool
	fixed    *memory.Buffer
	valid    *memory.Buffer
	bits     []byte // of valid; nil: every row has a value
}

func layoutOf(f arrow.Field) layout { return layout{typ: f.Type, nullable: f.Nullable} }

// reserve makes room for rows values in size bytes.
func (l *layout) reserve(mem memory.Allocator, rows, size int) []byte {
	if l.nullable {
		l.valid = memory.NewResizableBuffer(mem)
		l.valid.Resize(int(bitutil.BytesForBits(int64(rows))))
		l.bits = l.valid.Bytes()
		for i := range l.bits {
			l.bits[i] = 0xff
		}
	}
	l.fixed = memory.NewResizableBuffer(mem)
	l.fixed.Resize(size)
	return l.fixed.Bytes()
}

// set and clear say that row n has a value, or none.
func (l *layout) set(n int) {
	if l.bits != nil {
		l.bits[n>>3] |= 1 << (n & 7)
	}
}

func (l *layout) clear(n int) {
	if l.bits != nil {
		bitutil.ClearBit(l.bits, n)
	}
}

func (l *layout) full(int) bool  { return false }
func (l *layout) total() float64 { return 0 }

func (l *layout) release() {
	for _, b := range []*memory.Buffer{l.fixed, l.valid} {
		if b != nil {
			b.Release()
		}
	}
	l.fixed, l.valid, l.bits = nil, nil, nil
}

// array makes the array of the first n rows, whose fixed part has size bytes. make is given which rows have
// a value, nil: all, and how many have none.
func (l *layout) array(n, size int, make func(valid *memory.Buffer, nulls int) *array.Data) arrow.Array {
	nulls := 0
	var valid *memory.Buffer
	if l.nullable {
		if nulls = n - bitutil.CountSetBits(l.bits, 0, n); nulls > 0 {
			l.valid.ResizeNoShrink(int(bitutil.BytesForBits(int64(n))))
			valid = l.valid
		}
	}
	l.fixed.ResizeNoShrink(size)
	d := make(valid, nulls)
	arr := array.MakeFromData(d)
	d.Release()
	l.release()
	return arr
}

// plain makes the array of a column that is nothing but its fixed part.
func (l *layout) plain(n, size int) arrow.Array {
	return l.array(n, size, func(valid *memory.Buffer, nulls int) *array.Data {
		return array.NewData(l.typ, n, []*memory.Buffer{valid, l.fixed}, nil, nulls, 0)
	})
}

// wholes builds whole numbers.
type wholes[T int8 | int16 | int32 | int64 | uint64] struct {
	layout
	v   []T
	sum control.Exact
}

func newWholes[T int8 | int16 | int32 | int64 | uint64](f arrow.Field, _ *reading.Dictionary) builder {
	return &wholes[T]{layout: layoutOf(f)}
}

func (b *wholes[T]) alloc(mem memory.Allocator, rows int) {
	b.v = arrow.GetData[T](b.reserve(mem, rows, rows*int(unsafe.Sizeof(T(0)))))
}

func (b *wholes[T]) put(n int, v reading.Value) {
	b.set(n)
	b.v[n] = T(v.I)
}

func (b *wholes[T]) null(n int) {
	b.clear(n)
	b.v[n] = 0
}

func (b *wholes[T]) finish(n int) arrow.Array {
	var low, high int64 // of two billion rows neither overflows
	for _, v := range b.v[:n] {
		low += int64(v) & (1<<32 - 1)
		high += int64(v) >> 32
	}
	b.sum.Add(high, 32)
	b.sum.Add(low, 0)
	return b.rows(n)
}

func (b *wholes[T]) rows(n int) arrow.Array { return b.plain(n, n*int(unsafe.Sizeof(T(0)))) }
func (b *wholes[T]) total() float64         { return b.sum.Float() }

// days builds dates, and knows the first and the last.
type days struct {
	wholes[int32]
	first, last int32
	any         bool
}

func newDays(f arrow.Field, _ *reading.Dictionary) builder {
	return &days{wholes: wholes[int32]{layout: layoutOf(f)}}
}

func (b *days) finish(n int) arrow.Array {
	for i, v := range b.v[:n] {
		switch {
		case b.bits != nil && !bitutil.BitIsSet(b.bits, i):
		case !b.any:
			b.first, b.last, b.any = v, v, true
		default:
			b.first, b.last = min(b.first, v), max(b.last, v)
		}
	}
	return b.wholes.finish(n)
}

// hashes builds the hashes of persons, whose control sum takes their low bits alone.
type hashes struct{ wholes[uint64] }

func newHashes(f arrow.Field, _ *reading.Dictionary) builder {
	return &hashes{wholes[uint64]{layout: layoutOf(f)}}
}

func (b *hashes) finish(n int) arrow.Array {
	var t int64
	for _, v := range b.v[:n] {
		t += int64(v & (1<<control.PersonBits - 1))
	}
	b.sum.Add(t, 0)
	return b.rows(n)
}

// floats builds decimal numbers.
type floats struct {
	layout
	v   []float64
	sum control.Close
}

func newFloats(f arrow.Field, _ *reading.Dictionary) builder { return &floats{layout: layoutOf(f)} }

func (b *floats) alloc(mem memory.Allocator, rows int) {
	b.v = arrow.GetData[float64](b.reserve(mem, rows, rows*8))
}

func (b *floats) put(n int, v reading.Value) {
	b.set(n)
	b.v[n] = v.Float()
}

func (b *floats) null(n int) {
	b.clear(n)
	b.v[n] = 0
}

func (b *floats) finish(n int) arrow.Array {
	for _, v := range b.v[:n] {
		b.sum.Add(v)
	}
	return b.plain(n, n*8)
}

func (b *floats) total() float64 { return b.sum.Float() }

// bools builds yes and no, a bit each.
type bools struct {
	layout
	v   []byte
	sum control.Exact
}

func newBools(f arrow.Field, _ *reading.Dictionary) builder { return &bools{layout: layoutOf(f)} }

func (b *bools) alloc(mem memory.Allocator, rows int) {
	b.v = b.reserve(mem, rows, int(bitutil.BytesForBits(int64(rows))))
	clear(b.v)
}

func (b *bools) put(n int, v reading.Value) {
	b.set(n)
	bitutil.SetBitTo(b.v, n, v.I != 0)
}

func (b *bools) null(n int) {
	b.clear(n)
	bitutil.ClearBit(b.v, n)
}

func (b *bools) finish(n int) arrow.Array {
	b.sum.Add(int64(bitutil.CountSetBits(b.v, 0, n)), 0)
	return b.plain(n, int(bitutil.BytesForBits(int64(n))))
}

func (b *bools) total() float64 { return b.sum.Float() }

// texts builds texts of any length, one after the other.
type texts struct {
	layout
	ends []int32 // ends[n] is where row n begins, ends[n+1] where it ends
	text *memory.Buffer
	data []byte // all of text
	room int    // bytes of text that earlier batches took
}

func newTexts(f arrow.Field, _ *reading.Dictionary) builder { return &texts{layout: layoutOf(f)} }

func (b *texts) alloc(mem memory.Allocator, rows int) {
	b.ends = arrow.GetData[int32](b.reserve(mem, rows, (rows+1)*4))
	b.ends[0] = 0
	b.text = memory.NewResizableBuffer(mem)
	b.text.Reserve(max(b.room, 1<<12))
	b.data = b.text.Buf()
}

func (b *texts) put(n int, v reading.Value) {
	b.set(n)
	from := int(b.ends[n])
	end := from + len(v.S)
	if end > len(b.data) {
		b.room = max(2*len(b.data), end)
		b.text.Reserve(b.room)
		b.data = b.text.Buf()
	}
	copy(b.data[from:end], v.S)
	b.ends[n+1] = int32(end)
}

func (b *texts) null(n int) {
	b.clear(n)
	b.ends[n+1] = b.ends[n]
}

func (b *texts) full(n int) bool { return b.ends[n] > 1<<25 }

func (b *texts) finish(n int) arrow.Array {
	arr := b.array(n, (n+1)*4, func(valid *memory.Buffer, nulls int) *array.Data {
		b.text.ResizeNoShrink(int(b.ends[n]))
		return array.NewData(b.typ, n, []*memory.Buffer{valid, b.fixed, b.text}, nil, nulls, 0)
	})
	b.release()
	return arr
}

func (b *texts) release() {
	b.layout.release()
	if b.text != nil {
		b.text.Release()
		b.text, b.data = nil, nil
	}
}

// words builds the places of words in a dictionary.
type words struct {
	layout
	v    []int32
	dict *reading.Dictionary
}

func newWords(f arrow.Field, d *reading.Dictionary) builder {
	return &words{layout: layoutOf(f), dict: d}
}

func (b *words) alloc(mem memory.Allocator, rows int) {
	b.v = arrow.GetData[int32](b.reserve(mem, rows, rows*4))
}

func (b *words) put(n int, v reading.Value) {
	b.set(n)
	b.v[n] = int32(v.I)
}

func (b *words) null(n int) {
	b.clear(n)
	b.v[n] = 0
}

func (b *words) finish(n int) arrow.Array {
	return b.array(n, n*4, func(valid *memory.Buffer, nulls int) *array.Data {
		return array.NewDataWithDictionary(b.typ, n, []*memory.Buffer{valid, b.fixed}, nulls, 0, b.dict.Strings())
	})
}

// lists builds lists of such places.
type lists struct {
	layout
	ends  []int32 // as in texts, of items
	items []int32
	dict  *reading.Dictionary
}

func newLists(f arrow.Field, d *reading.Dictionary) builder {
	return &lists{layout: layoutOf(f), dict: d}
}

func (b *lists) alloc(mem memory.Allocator, rows int) {
	b.ends = arrow.GetData[int32](b.reserve(mem, rows, (rows+1)*4))
	b.ends[0] = 0
	b.items = b.items[:0]
}

func (b *lists) put(n int, _ reading.Value) {
	b.set(n)
	b.items = append(b.items[:b.ends[n]], b.dict.Items...)
	b.ends[n+1] = int32(len(b.items))
}

func (b *lists) null(n int) {
	b.clear(n)
	b.ends[n+1] = b.ends[n]
}

func (b *lists) full(int) bool { return len(b.items) > 1<<23 }

func (b *lists) finish(n int) arrow.Array {
	return b.array(n, (n+1)*4, func(valid *memory.Buffer, nulls int) *array.Data {
		k := int(b.ends[n])
		places := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(append([]int32(nil), b.items[:k]...)))
		items := array.NewDataWithDictionary(b.typ.(*arrow.ListType).Elem(), k, []*memory.Buffer{nil, places}, 0, 0, b.dict.Strings())
		d := array.NewData(b.typ, n, []*memory.Buffer{valid, b.fixed}, []arrow.ArrayData{items}, nulls, 0)
		items.Release()
		places.Release()
		return d
	})
}
