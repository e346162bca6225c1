// Package ahead reads the rows of a source in a goroutine of its own, beside the one that makes values of their cells: the two
// take about as long for a workbook, and for a text the first is a quarter of all.
package ahead

import (
	"fmt"
	"iter"
	"runtime/debug"
	"slices"

	"yanzhen/pipeline/source"
)

// A block ends with so many rows, or so many cells. Four of them are there at once: one that is filled, one that is handed over,
// one that is read, and the one before it.
const (
	mostRows  = 256
	mostCells = 8192
	mostBytes = 1 << 20 // of their texts; one row may have more
)

// Row is a row with what was found out about it before its turn.
type Row[T any] struct {
	source.Row
	Told T
}

// block is rows that are handed over together, with copies of their cells: a source uses its own again.
type block[T any] struct {
	rows   []Row[T]
	cells  []source.Cell
	bytes  int    // of their texts
	err    error  // behind the rows
	defect string // behind the rows: what a panic said, and where
}

// Rows gives the rows of a source, and the error that ends them, in their order. A row is valid as long as a source's. look,
// where it is not nil, finds something out about each, in the goroutine that reads. Once the
// sequence has ended, also where it is left early, nothing reads the source any more.
func Rows[T any](of iter.Seq2[source.Row, error], look func(*source.Row, *T)) iter.Seq2[*Row[T], error] {
	return func(yield func(*Row[T], error) bool) {
		w := &worker[T]{full: make(chan *block[T], 1), free: make(chan *block[T], 4), over: make(chan struct{}), look: look}
		go w.read(of)
		defer func() {
			close(w.over)
			for range w.full { // until the worker has ended
			}
		}()
		var before *block[T]
		for b := range w.full {
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
	look func(*source.Row, *T)
}

func (w *worker[T]) read(of iter.Seq2[source.Row, error]) {
	b := w.block()
	defer close(w.full)
	defer func() {
		if p := recover(); p != nil {
			b.defect = fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
		w.hand(b)
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
		if w.look != nil {
			r := &b.rows[len(b.rows)-1]
			w.look(&r.Row, &r.Told)
		}
		if len(b.rows) == mostRows || len(b.cells) >= mostCells || b.bytes >= mostBytes {
			if !w.hand(b) {
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

func (w *worker[T]) hand(b *block[T]) bool {
	select {
	case w.full <- b:
		return true
	case <-w.over:
		return false
	}
}
