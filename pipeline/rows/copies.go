package rows

import (
	"hash/maphash"

	"yanzhen/pipeline/source"
)

// Seen tells which rows were read before, by 128 bits of hash. The tables of one file share it, one after the other.
type Seen struct {
	rows  map[[2]uint64]struct{}
	seeds [2]maphash.Seed
}

// NewSeen returns a Seen that has seen nothing.
func NewSeen() *Seen {
	return &Seen{map[[2]uint64]struct{}{}, [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

// Copy reports whether the same cells were seen below the same heading, and remembers them.
func (s *Seen) Copy(heading string, cells []source.Cell) bool {
	for len(cells) > 0 && cells[len(cells)-1].Kind == source.Blank {
		cells = cells[:len(cells)-1]
	}
	var key [2]uint64
	for i := range key {
		var h maphash.Hash
		h.SetSeed(s.seeds[i])
		h.WriteString(heading)
		for _, c := range cells {
			h.WriteString(c.Text)
			h.WriteByte(byte(c.Kind) + 1)
			h.WriteByte(0)
		}
		key[i] = h.Sum64()
	}
	if _, ok := s.rows[key]; ok {
		return true
	}
	s.rows[key] = struct{}{}
	return false
}
