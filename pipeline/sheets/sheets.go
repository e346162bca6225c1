// Package sheets tells which sheets of a workbook hold rows that stand on other sheets of it too: a copy of a sheet, a
// summary beside the months.
package sheets

import (
	"hash/maphash"
	"iter"
)

// Sheets tells which sheets of a workbook hold rows that stand on other sheets of it too. The tables of one
// file share it, one after the other. Beyond maxCompared rows of a file it compares no more.
type Sheets struct {
	seed   maphash.Seed
	first  map[uint64]int32 // hash of a row -> the table in which it stood first
	named  map[uint64]int32 // the same of a row without its figures
	tables []Table
}

// maxCompared is how many different rows of a file are held against each other: about 60 MB.
const maxCompared = 500_000

// Table is what is known of the rows of one sheet.
type Table struct {
	Sheet   string
	Rows    int
	Again   map[int]int // of those rows, how many stood on an earlier sheet, by its place in the file
	Alike   map[int]int // how many did but for the figures
	Partial bool        // there were too many to compare all of them
	Sums    map[string]float64
}

// New returns a Sheets that has seen nothing.
func New() *Sheets {
	return &Sheets{seed: maphash.MakeSeed(), first: map[uint64]int32{}, named: map[uint64]int32{}}
}

// Tables are the tables that were read, in their order.
func (s *Sheets) Tables() []Table {
	if s == nil {
		return nil
	}
	return s.tables
}

// Begin begins the next table.
func (s *Sheets) Begin(sheet string) {
	s.tables = append(s.tables, Table{Sheet: sheet, Again: map[int]int{}, Alike: map[int]int{}})
}

// Row counts a row that was loaded, by the texts of the cells that columns are read from, in the order of the columns;
// those of figures are marked.
func (s *Sheets) Row(texts iter.Seq2[string, bool]) {
	n := len(s.tables) - 1
	t := &s.tables[n]
	t.Rows++
	var h, names maphash.Hash
	h.SetSeed(s.seed)
	names.SetSeed(s.seed)
	for text, figure := range texts {
		h.WriteString(text)
		h.WriteByte(0)
		if !figure {
			names.WriteString(text)
		}
		names.WriteByte(0)
	}
	t.count(s.first, h.Sum64(), int32(n), t.Again)
	t.count(s.named, names.Sum64(), int32(n), t.Alike)
}

// count looks where a row stood first.
func (t *Table) count(first map[uint64]int32, key uint64, n int32, again map[int]int) {
	at, seen := first[key]
	switch {
	case seen && at != n:
		again[int(at)]++
	case seen:
	case len(first) < maxCompared:
		first[key] = n
	default:
		t.Partial = true
	}
}

// Sum keeps the control sums of the table that was read last. Nothing happens where s is nil.
func (s *Sheets) Sum(sums map[string]float64) {
	if s != nil && len(s.tables) > 0 {
		s.tables[len(s.tables)-1].Sums = sums
	}
}
