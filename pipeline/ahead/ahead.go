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

// block is rows that are handed over together, with copies of their cells: a source uses its own again.
type block struct {
	rows   []source.Row
	cells  []source.Cell
	bytes  int    // of their texts
	err    error  // behind the rows
	defect string // behind the rows: what a panic said, and where
}

// Rows gives the rows of a source, and the error that ends them, in their order. A row is valid as long as a source's. Once the
// sequence has ended, also where it is left early, nothing reads the source any more.
func Rows(of iter.Seq2[source.Row, error]) iter.Seq2[source.Row, error] {
	return func(yield func(source.Row, error) bool) {
		w := &worker{full: make(chan *block, 1), free: make(chan *block, 4), over: make(chan struct{})}
		go w.read(of)
		defer func() {
			close(w.over)
			for range w.full { // until the worker has ended
			}
		}()
		var before *block
		for b := range w.full {
			for i := range b.rows {
				if !yield(b.rows[i], nil) {
					return
				}
			}
			switch {
			case b.defect != "":
				panic(b.defect)
			case b.err != nil:
				yield(source.Row{}, b.err)
				return
			}
			if before != nil {
				w.free <- before
			}
			before = b // its last row stays for one row more
		}
	}
}

type worker struct {
	full chan *block
	free chan *block
	over chan struct{} // closed when nobody wants more
}

func (w *worker) read(of iter.Seq2[source.Row, error]) {
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
		if b.rows = append(b.rows, row); len(b.rows) == mostRows || len(b.cells) >= mostCells || b.bytes >= mostBytes {
			if !w.hand(b) {
				b = &block{}
				return
			}
			b = w.block()
		}
	}
}

// block is an empty one.
func (w *worker) block() *block {
	select {
	case b := <-w.free:
		b.rows, b.cells, b.bytes = b.rows[:0], b.cells[:0], 0
		return b
	default:
		return &block{}
	}
}

func (w *worker) hand(b *block) bool {
	select {
	case w.full <- b:
		return true
	case <-w.over:
		return false
	}
}
