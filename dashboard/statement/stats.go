package statement

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"math"
	"strconv"
	"sync"
)

// Stats is what the cells of a column amount to.
type Stats struct {
	Column
	Rows     uint64   `json:"rows"`
	Nulls    uint64   `json:"nulls"`
	Distinct uint64   `json:"distinct"` // of values that are there
	Min      string   `json:"min"`
	Max      string   `json:"max"`
	Mean     *float64 `json:"mean,omitempty"` // of numbers
	Sum      *float64 `json:"sum,omitempty"`
	Longest  int      `json:"longest"` // characters of the longest value
}

// counting is done one at a time: a column of a million values takes some memory.
var counting sync.Mutex

// Stats counts a column of the rows that are there; false: there is no such column.
func (r *Result) Stats(column int) (Stats, bool, error) {
	columns := r.Columns()
	if column < 0 || column >= len(columns) {
		return Stats{}, false, nil
	}
	counting.Lock()
	defer counting.Unlock()
	s := Stats{Column: columns[column]}
	number := numeric(s.Type)
	seen := map[uint64]struct{}{}
	seed := maphash.MakeSeed()
	sum, numbers, least, most := 0.0, 0, math.Inf(1), math.Inf(-1)
	err := r.walk(0, int(r.Rows()), func(line []byte) error {
		s.Rows++
		cell := element(line, column)
		if len(cell) == 0 || bytes.Equal(cell, []byte("null")) {
			s.Nulls++
			return nil
		}
		seen[maphash.Bytes(seed, cell)] = struct{}{}
		text := string(cell)
		if cell[0] == '"' {
			if err := json.Unmarshal(cell, &text); err != nil {
				return err
			}
		}
		n := 0
		for range text {
			n++
		}
		s.Longest = max(s.Longest, n)
		if number {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil || math.IsNaN(v) {
				return nil
			}
			if v < least {
				least, s.Min = v, text
			}
			if v > most {
				most, s.Max = v, text
			}
			sum += v
			numbers++
			return nil
		}
		if s.Rows-s.Nulls == 1 || text < s.Min {
			s.Min = text
		}
		if s.Rows-s.Nulls == 1 || text > s.Max {
			s.Max = text
		}
		return nil
	})
	s.Distinct = uint64(len(seen))
	if mean := sum / float64(numbers); numbers > 0 && !math.IsInf(sum, 0) {
		s.Sum, s.Mean = &sum, &mean
	}
	s.Min, s.Max = clip(s.Min), clip(s.Max)
	return s, true, err
}

func clip(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

// element is a cell of a row that the engine wrote as an array of JSON; nothing where the row has fewer.
func element(line []byte, k int) []byte {
	depth, begin, at := 0, -1, 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case '"':
			if depth == 1 && begin < 0 {
				begin = i
			}
			for i++; i < len(line) && line[i] != '"'; i++ {
				if line[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			if depth == 1 && begin < 0 {
				begin = i
			}
			depth++
		case ',', ']', '}':
			if c != ',' {
				depth--
			}
			if c == ',' && depth > 1 || c != ',' && depth > 0 {
				continue
			}
			if at == k {
				if begin < 0 {
					return nil
				}
				return bytes.TrimRight(line[begin:i], " ")
			}
			at, begin = at+1, -1
		case ' ':
		default:
			if depth == 1 && begin < 0 {
				begin = i
			}
		}
	}
	return nil
}
