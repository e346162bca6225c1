// Package sheets tells which sheets of a workbook hold rows that stand on other sheets of it too: a copy of a sheet, a
// summary beside the months.
package sheets

import (
	"fmt"
	"hash/maphash"
	"iter"
	"maps"
	"slices"

	"yanzhen/pipeline/codes"
)

// Sheets tells which sheets of a workbook hold rows that stand on other sheets of it too. The tables of one
// file share it, one after the other. Beyond maxCompared rows of a file it compares no more.
type Sheets struct {
	seed   maphash.Seed
	first  map[uint64]place // hash of a row -> where it stood first
	named  map[uint64]place // the same of a row without its figures
	core   []bool           // which texts of a row every table has; nil: they are not compared by themselves
	words  []uint64         // the hashes of the other words of a row, while it is read
	cored  map[uint64]place // the table of these texts alone, and, in place of a row, the last one that has them too
	tables []Table
	most   int // rows of a table that are held against others
}

// place is a table, and the number of a row of it.
type place struct{ table, row int32 }

// copiesKept is how many copies of a table are kept by their numbers.
const copiesKept = 10

// maxCompared is how many different rows of a file are held against each other: about 60 MB.
const maxCompared = 500_000

// fewRows is how many rows of each table of a file are compared that has only one sheet: there is nearly always one table.
const fewRows = 2000

// Table is what is known of the rows of one sheet, or of those below a header that stands on it again.
type Table struct {
	Sheet   string
	Header  int // the row of that header; 0: it is the first of its sheet
	Rows    int
	Again   map[int]int // of those rows, how many stood on an earlier sheet, by its place in the file
	Alike   map[int]int // how many did but for the figures
	Core    map[int]int // how many different ones did by what every table has, of the first of a file
	Words   []uint64    // by text of a row: digests of the words beside what every table has, equal whatever the order of the rows
	Partial bool        // there were too many to compare all of them
	Copies  int         // of those rows, how many say all that one above them on the sheet does
	Shared  []int       // the first of the rows that stand on earlier sheets, by their numbers
	Copied  [][2]int    // the first of these: the number of the row, and of the one above
	Sums    map[string]float64
}

// Place names a table: by its sheet, and by its header where it is not the first on it.
func (t *Table) Place() codes.Text {
	switch {
	case t.Header == 0 && t.Sheet == "":
		return codes.Text{Zh: "前面的表", En: "the table above"}
	case t.Header == 0:
		return codes.Text{Zh: t.Sheet, En: t.Sheet}
	case t.Sheet == "":
		return codes.Text{Zh: fmt.Sprintf("第 %d 行起的表", t.Header), En: fmt.Sprintf("the table from row %d on", t.Header)}
	}
	return codes.Text{Zh: fmt.Sprintf("%s第 %d 行起", t.Sheet, t.Header), En: fmt.Sprintf("%s from row %d on", t.Sheet, t.Header)}
}

// New returns a Sheets that has seen nothing.
func New() *Sheets {
	return &Sheets{seed: maphash.MakeSeed(), first: map[uint64]place{}, named: map[uint64]place{}, most: maxCompared}
}

// Few is New for a file with one sheet, of which tables that stand below each other are compared where they are short.
func Few() *Sheets {
	s := New()
	s.most = fewRows
	return s
}

// coreRows is how many rows of a table are compared by what every table has.
const coreRows = 5000

// By has tables compared by those of their texts that every one has too, for a sheet may leave columns out. core says of each text
// that Row is given whether it is one.
func (s *Sheets) By(core []bool) *Sheets {
	if slices.Contains(core, true) {
		s.core, s.words, s.cored = core, make([]uint64, len(core)), map[uint64]place{}
	}
	return s
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
	s.tables = append(s.tables, Table{Sheet: sheet, Again: map[int]int{}, Alike: map[int]int{}, Core: map[int]int{}})
}

// Below begins the table below a header that stands on the sheet again. sums are those of all rows of the sheet so far.
func (s *Sheets) Below(header int, sums map[string]float64) {
	if s == nil || len(s.tables) == 0 {
		return
	}
	s.Sum(sums)
	if last := &s.tables[len(s.tables)-1]; last.Header == 0 || last.Rows > 0 { // else the next row of that header
		s.Begin(last.Sheet)
	}
	s.tables[len(s.tables)-1].Header = header
}

// Row counts a row that was loaded, by its number and the texts of the cells that columns are read from, in the order of the columns;
// those of figures are marked.
func (s *Sheets) Row(number int, texts iter.Seq2[string, bool]) {
	n := len(s.tables) - 1
	t := &s.tables[n]
	if t.Rows++; t.Rows > s.most {
		t.Partial = true
		return
	}
	var h, names, core maphash.Hash
	h.SetSeed(s.seed)
	names.SetSeed(s.seed)
	core.SetSeed(s.seed)
	i, cored := 0, s.core != nil && t.Rows <= coreRows
	for text, figure := range texts {
		if cored && i < len(s.core) {
			if s.words[i] = 0; s.core[i] {
				core.WriteString(text)
				core.WriteByte(0)
			} else if !figure {
				s.words[i] = maphash.String(s.seed, text)
			}
		}
		i++
		h.WriteString(text)
		h.WriteByte(0)
		if !figure {
			names.WriteString(text)
		}
		names.WriteByte(0)
	}
	at := place{int32(n), int32(number)}
	if was, seen := s.first[h.Sum64()]; seen && was.table != at.table && len(t.Shared) < copiesKept {
		t.Shared = append(t.Shared, number)
	}
	if above := t.count(s.first, h.Sum64(), at, t.Again); above > 0 {
		if t.Copies++; len(t.Copied) < copiesKept {
			t.Copied = append(t.Copied, [2]int{number, above})
		}
	}
	t.count(s.named, names.Sum64(), at, t.Alike)
	if cored {
		if t.Words == nil {
			t.Words = make([]uint64, len(s.core))
		}
		for k, h := range s.words {
			t.Words[k] += h * (core.Sum64() | 1) // of which row they are counts, and where it stands does not
		}
		was, seen := s.cored[core.Sum64()]
		switch {
		case !seen && len(s.cored) < maxCompared:
			s.cored[core.Sum64()] = place{at.table, at.table}
		case seen && was.row != at.table: // else it stood on this table before
			t.Core[int(was.table)]++
			s.cored[core.Sum64()] = place{was.table, at.table}
		}
	}
}

// count looks where a row stood first, and gives its number there where that is the same table; 0: it is another.
func (t *Table) count(first map[uint64]place, key uint64, at place, again map[int]int) int {
	was, seen := first[key]
	switch {
	case seen && was.table != at.table:
		again[int(was.table)]++
	case seen:
		return int(was.row)
	case len(first) < maxCompared:
		first[key] = at
	default:
		t.Partial = true
	}
	return 0
}

// Sum keeps the control sums of the table that was read last, of those of its sheet. Nothing happens where s is nil.
func (s *Sheets) Sum(sums map[string]float64) {
	if s == nil || len(s.tables) == 0 {
		return
	}
	own := maps.Clone(sums)
	n := len(s.tables) - 1
	for i := n; i > 0 && s.tables[i].Header > 0; i-- {
		for name, v := range s.tables[i-1].Sums {
			own[name] -= v
		}
	}
	s.tables[n].Sums = own
}
