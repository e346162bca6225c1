// Package ahead reads the rows of a source in a goroutine of its own, and looks at them in another, beside the one that takes them
// in their order: the three take about as long.
package ahead

import (
	"fmt"
	"iter"
	"runtime/debug"
	"slices"

	"yanzhen/pipeline/source"
)

// A block ends with so many rows, or so many cells. Six of them are there at once: one that is filled, one that is looked at, one
// that waits before each who takes, one that is taken, and the one before it.
const (
	mostRows  = 256
	mostCells = 8192
	mostBytes = 1 << 20 // of their texts; one row may have more
)

// Row is a row, and where what was found out about it before its turn stands.
type Row[T any] struct {
	source.Row
	Told *T  // about the rows of its block; nil: nobody has looked
	At   int // of them
}

// block is rows that are handed over together, with copies of their cells: a source uses its own again.
type block[T any] struct {
	rows   []Row[T]
	cells  []source.Cell
	told   T      // about the rows
	bytes  int    // of their texts
	err    error  // behind the rows
	defect string // behind the rows: what a panic said, and where
}

// Rows gives the rows of a source, and the error that ends them, in their order. A row is valid as long as a source's. look,
// where it is not nil, finds something out about the rows of a block, in a goroutine beside the one that reads; what it is given to
// tell it in may hold what it told of a block before, and is used again as a source's cells are. Once
// the sequence has ended, also where it is left early, nothing reads the source any more.
func Rows[T any](of iter.Seq2[source.Row, error], look func([]Row[T], *T)) iter.Seq2[*Row[T], error] {
	return func(yield func(*Row[T], error) bool) {
		w := &worker[T]{full: make(chan *block[T], 1), free: make(chan *block[T], 6), over: make(chan struct{}), look: look}
		go w.read(of)
		seen := w.full
		if look != nil {
			seen = make(chan *block[T], 1)
			go w.see(seen)
		}
		defer func() {
			close(w.over)
			for range seen { // until the workers have ended
			}
		}()
		var before *block[T]
		for b := range seen {
			for i := range b.rows {
				if !yield(&b.rows[i], nil) {
					return
				}
			}
			switch {
			case b.defect != "":
				panic(b.defect)
			case b.err != nil:
				yield(nil, b.err)
				return
			}
			if before != nil {
				w.free <- before
			}
			before = b // its last row stays for one row more
		}
	}
}

// Alone gives the same of rows that are read when their turn comes.
func Alone[T any](of iter.Seq2[source.Row, error]) iter.Seq2[*Row[T], error] {
	return func(yield func(*Row[T], error) bool) {
		var row Row[T]
		for r, err := range of {
			if row.Row = r; !yield(&row, err) {
				return
			}
		}
	}
}

type worker[T any] struct {
	full chan *block[T]
	free chan *block[T]
	over chan struct{} // closed when nobody wants more
	look func([]Row[T], *T)
}

// see looks at blocks that were read, and hands them on.
func (w *worker[T]) see(to chan<- *block[T]) {
	defer close(to)
	for b := range w.full { // to the last, so that the other worker has ended too
		w.seen(b)
		w.hand(b, to)
	}
}

func (w *worker[T]) seen(b *block[T]) {
	defer func() {
		if p := recover(); p != nil {
			b.rows, b.defect = nil, fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
	}()
	for i := range b.rows {
		b.rows[i].Told, b.rows[i].At = &b.told, i
	}
	w.look(b.rows, &b.told)
}

func (w *worker[T]) read(of iter.Seq2[source.Row, error]) {
	b := w.block()
	defer close(w.full)
	defer func() {
		if p := recover(); p != nil {
			b.defect = fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
		w.hand(b, w.full)
	}()
	for row, err := range of {
		if err != nil {
			b.err = err
			return
		}
		from := len(b.cells)
		b.cells = append(b.cells, row.Cells...)
		for i := range row.Cells {
			b.bytes += len(row.Cells[i].Text)
		}
		row.Cells = b.cells[from:len(b.cells):len(b.cells)]
		if row.Across != nil {
			row.Across = slices.Clone(row.Across)
		}
		if row.Merged != nil {
			row.Merged = slices.Clone(row.Merged)
		}
		b.rows = append(b.rows, Row[T]{Row: row})
		if len(b.rows) == mostRows || len(b.cells) >= mostCells || b.bytes >= mostBytes {
			if !w.hand(b, w.full) {
				b = &block[T]{}
				return
			}
			b = w.block()
		}
	}
}

// block is an empty one.
func (w *worker[T]) block() *block[T] {
	select {
	case b := <-w.free:
		b.rows, b.cells, b.bytes = b.rows[:0], b.cells[:0], 0
		return b
	default:
		return &block[T]{}
	}
}

func (w *worker[T]) hand(b *block[T], to chan<- *block[T]) bool {
	select {
	case to <- b:
		return true
	case <-w.over:
		return false
	}
}
