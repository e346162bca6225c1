// Package identity reads what says who a person is, the number of an identity card, of another document or of a telephone, as its
// keyed hash. It is pure, so that a cell can be read before its row's turn.
package identity

import (
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/keyed"
	"yanzhen/pipeline/source"
)

// Reader reads the cells of a column. It is for one goroutine.
type Reader struct {
	Hash    *keyed.Hasher
	Today   int32 // nobody was born after it
	Phone   bool
	Gone    map[uint64]bool // who was deleted
	NoValue cell.NoValues
}

// Said is what a cell was found to say: a hash, that it has no value, or a fault.
type Said struct {
	Text  string // of the cell; empty: nobody has looked
	Hash  uint64
	None  bool
	Fault *cell.Fault
}

// Of reports whether a cell says so.
func (s *Said) Of(c *source.Cell) bool {
	return s.Text != "" && c.Kind == source.Text && s.Text == c.Text // mostly of the same bytes, which need no look
}

// Ahead gives what reads the cell of a row at an index in another goroutine, with a hasher of its own.
func (r Reader) Ahead(hash *keyed.Hasher, at int) func(*source.Row, *Said) {
	r.Hash = hash
	return func(row *source.Row, said *Said) {
		*said = Said{}
		if at < len(row.Cells) && row.Cells[at].Kind == source.Text && len(row.Cells[at].Text) <= cell.MaxText {
			said.Text = row.Cells[at].Text
			said.Hash, said.None, said.Fault = r.Read(&row.Cells[at])
		}
	}
}

// Read reads a cell. The hash of somebody who was deleted is a fault.
func (r *Reader) Read(c *source.Cell) (hash uint64, none bool, f *cell.Fault) {
	hash, none, f = r.read(c)
	if len(r.Gone) > 0 && f == nil && r.Gone[hash] {
		return 0, false, cell.FaultForgotten
	}
	return hash, none, f
}

func (r *Reader) read(c *source.Cell) (hash uint64, none bool, f *cell.Fault) {
	s := c.Text
	if r.Phone || c.Kind != source.Text || !cell.TidyID(s) {
		if none, f = r.lacks(c); none || f != nil {
			return 0, none, f
		}
		if r.Phone {
			if s, f = cell.Phone(s); f != nil {
				return 0, false, f
			}
			return r.Hash.Text('p', s), false, nil
		}
		s = cell.Document(s)
	}
	id, other, f := cell.Identify(s, r.Today)
	switch {
	case f != nil:
		return 0, false, f
	case other:
		return r.Hash.Text('d', s), false, nil
	}
	return r.Hash.Bytes('i', id.Number[:]), false, nil
}

// lacks says why a cell cannot hold the number of a person.
func (r *Reader) lacks(c *source.Cell) (none bool, f *cell.Fault) {
	switch {
	case c.Kind == source.Number && cell.Lossy(c.Text):
		return false, cell.FaultPrecision
	case c.Kind == source.Date || c.Kind == source.Bool:
		return false, cell.FaultIDFormat
	}
	s := cell.Fold(c.Text)
	if r.NoValue.Says(s) {
		return true, nil
	}
	return false, cell.Broken(s)
}
