// Package mirror keeps what another system holds, row by row in the order of its keys, in one file: what was read anew is laid
// over what was known, at the cost of reading both once. It knows nothing of where the rows come from and of what they mean.
package mirror

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// A row is its cells as texts; nil is one without a value.
type row = [][]byte

const (
	arena    = 32 << 20 // bytes of rows that are sorted in memory
	mostRuns = 2000     // files of sorted rows, 32 MiB each
	mostCell = 16 << 20 // bytes of a cell that is read back: more is damage
	mostRow  = 4096     // cells of a row
)

// ErrLarge is said of more rows than are sorted on disk.
var ErrLarge = errors.New("more rows than can be sorted")

// Sorter takes rows in any order and gives them back by key.
type Sorter struct {
	dir  string
	key  []int
	buf  []byte
	recs []record
	runs []string
	rows uint64
}

// record is a row in the buffer: its key in front of its cells.
type record struct{ at, key, end int }

// NewSorter sorts by the cells that stand at key. What does not fit into memory goes into files of dir, which is there.
func NewSorter(dir string, key []int) *Sorter { return &Sorter{dir: dir, key: key} }

// Rows is how many were added.
func (s *Sorter) Rows() uint64 { return s.rows }

// appendCell writes a cell: the length comes first, so that numbers without a sign stand in their order.
func appendCell(b, cell []byte) []byte {
	if cell == nil {
		return append(b, 0)
	}
	return append(binary.AppendUvarint(b, uint64(len(cell))+1), cell...)
}

func appendRow(b []byte, r row) []byte {
	b = binary.AppendUvarint(b, uint64(len(r)))
	for _, cell := range r {
		b = appendCell(b, cell)
	}
	return b
}

// Add takes a row; what it was handed may be written over afterwards.
func (s *Sorter) Add(r row) error {
	at := len(s.buf)
	for _, k := range s.key {
		s.buf = appendCell(s.buf, r[k])
	}
	key := len(s.buf)
	s.buf = appendRow(s.buf, r)
	s.recs = append(s.recs, record{at, key, len(s.buf)})
	s.rows++
	if len(s.buf) >= arena {
		return s.spill()
	}
	return nil
}

func (s *Sorter) sort() {
	slices.SortStableFunc(s.recs, func(a, b record) int {
		return cmp.Or(bytes.Compare(s.buf[a.at:a.key], s.buf[b.at:b.key]), cmp.Compare(a.at, b.at))
	})
}

func (s *Sorter) spill() (err error) {
	if len(s.runs) == mostRuns {
		return ErrLarge
	}
	s.sort()
	f, err := os.CreateTemp(s.dir, "run-")
	if err != nil {
		return err
	}
	s.runs = append(s.runs, f.Name())
	w := bufio.NewWriterSize(f, 256<<10)
	for _, r := range s.recs {
		if _, err = w.Write(s.buf[r.key:r.end]); err != nil {
			break
		}
	}
	s.buf, s.recs = s.buf[:0], s.recs[:0]
	return errors.Join(err, w.Flush(), f.Close())
}

// Close removes what lies on disk.
func (s *Sorter) Close() {
	for _, name := range s.runs {
		os.Remove(name)
	}
	s.runs, s.buf, s.recs = nil, nil, nil
}

// stream gives rows one after the other; io.EOF ends them.
type stream interface {
	next(r row) (row, error)
}

// memory is what lies in the buffer, sorted.
type memory struct {
	s  *Sorter
	at int
}

func (m *memory) next(r row) (row, error) {
	if m.at == len(m.s.recs) {
		return nil, io.EOF
	}
	rec := m.s.recs[m.at]
	m.at++
	return readRow(bytes.NewReader(m.s.buf[rec.key:rec.end]), r)
}

type onDisk struct{ r *bufio.Reader }

func (d onDisk) next(r row) (row, error) { return readRow(d.r, r) }

type byteReader interface {
	io.Reader
	io.ByteReader
}

// readRow reads a row into the cells of another that is no longer needed. The row without cells, with which a mirror ends, is
// io.EOF.
func readRow(b byteReader, r row) (row, error) {
	n, err := binary.ReadUvarint(b)
	if err != nil {
		return nil, err
	}
	if n > mostRow {
		return nil, ErrDamaged
	}
	if n == 0 {
		return nil, io.EOF
	}
	if uint64(cap(r)) < n {
		r = append(r[:cap(r)], make(row, n-uint64(cap(r)))...)
	}
	r = r[:n]
	for i := range r {
		size, err := binary.ReadUvarint(b)
		if err != nil {
			return nil, whole(err)
		}
		if size == 0 {
			r[i] = nil
			continue
		}
		if size--; size > mostCell {
			return nil, ErrDamaged
		}
		if r[i] == nil || uint64(cap(r[i])) < size {
			r[i] = make([]byte, size, size+16)
		}
		r[i] = r[i][:size]
		if _, err := io.ReadFull(b, r[i]); err != nil {
			return nil, whole(err)
		}
	}
	return r, nil
}

func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// source is a stream with the row that comes next.
type source struct {
	stream
	row   row
	key   []byte
	order int // of two with the same key the later stands
}

func (s *source) advance(key []int) error {
	r, err := s.next(s.row)
	if err != nil {
		return err
	}
	s.row, s.key = r, s.key[:0]
	for _, k := range key {
		if k >= len(r) {
			return ErrDamaged
		}
		s.key = appendCell(s.key, r[k])
	}
	return nil
}

type sources []*source

func (h sources) Len() int { return len(h) }
func (h sources) Less(i, j int) bool {
	return cmp.Or(bytes.Compare(h[i].key, h[j].key), cmp.Compare(h[i].order, h[j].order)) < 0
}
func (h sources) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *sources) Push(x any)   { *h = append(*h, x.(*source)) }
func (h *sources) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// Merge gives the rows of a mirror, nil where there is none, and those that were added, by key. Of one key the added row stands.
// twice are the added rows beyond the first of their key: a key that names several rows is none. Nothing may be added afterwards.
func (s *Sorter) Merge(old *Reader, f func(row [][]byte) error) (twice uint64, err error) {
	s.sort()
	var h sources
	var opened []*os.File
	defer func() {
		for _, f := range opened {
			f.Close()
		}
	}()
	add := func(st stream, order int) error {
		x := &source{stream: st, order: order}
		if err := x.advance(s.key); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		h = append(h, x)
		return nil
	}
	if old != nil {
		if err := add(old, 0); err != nil {
			return 0, err
		}
	}
	for i, name := range s.runs {
		f, err := os.Open(name)
		if err != nil {
			return 0, err
		}
		opened = append(opened, f)
		if err := add(onDisk{bufio.NewReaderSize(f, 64<<10)}, i+1); err != nil {
			return 0, err
		}
	}
	if err := add(&memory{s: s}, len(s.runs)+1); err != nil {
		return 0, err
	}
	heap.Init(&h)
	var key []byte
	var kept row // the latest of the key so far
	has, added := false, false
	for len(h) > 0 {
		x := h[0]
		fresh := x.order > 0
		if has && bytes.Equal(key, x.key) {
			if added && fresh {
				twice++
			}
		} else {
			if has {
				if err := f(kept); err != nil {
					return twice, err
				}
			}
			key, has = append(key[:0], x.key...), true
		}
		added = fresh
		kept, x.row = x.row, kept // the cells are lent back and forth
		if err := x.advance(s.key); errors.Is(err, io.EOF) {
			heap.Pop(&h)
		} else if err != nil {
			return twice, fmt.Errorf("sorted rows: %w", err)
		} else {
			heap.Fix(&h, 0)
		}
	}
	if has {
		return twice, f(kept)
	}
	return twice, nil
}
