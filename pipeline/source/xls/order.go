package xls

import "slices"

// run is a stretch of a sheet's records that begins with a cell of a row, or with the sheet, and ends where one of another begins.
type run struct{ row, from, to int }

// walk goes over the records of a sheet, those of its cells in the order of their rows.
type walk struct {
	biff
	runs  []run // nil: they stand in that order
	begun bool  // the first of them
}

func (w *walk) next() bool {
	for w.runs != nil {
		if !w.begun {
			w.pos, w.begun = w.runs[0].from, true
		}
		if w.pos < w.runs[0].to {
			break
		}
		if len(w.runs) == 1 {
			w.id, w.data = biffEOF, nil
			return true
		}
		w.runs, w.begun = w.runs[1:], false
	}
	return w.biff.next()
}

// order finds in which order the cells of a sheet are to be read whose rows are not written from the first to the last, as some
// programs write what is merged first; nil where they are, as they nearly always are, or where the stream breaks off.
func (s *Sheet) order() []run {
	if s.looked {
		return s.runs
	}
	s.looked = true
	b := biff{stream: s.book.stream, pos: s.at}
	all, ordered := []run{{row: -1, from: s.at}}, true
	for depth := 0; ; {
		from := b.pos
		if !b.next() {
			return nil
		}
		last := &all[len(all)-1]
		switch b.id {
		case biffBOF:
			depth++
		case biffEOF:
			if depth--; depth > 0 {
				continue
			}
			last.to = from
			if ordered {
				return nil
			}
			slices.SortStableFunc(all, func(a, b run) int { return a.row - b.row })
			s.runs = all
			return s.runs
		default:
			if !cellRecord(b.id) {
				continue
			}
			if row := u16(b.data, 0); depth == 1 && row != last.row {
				ordered = ordered && row > last.row
				last.to = from
				all = append(all, run{row: row, from: from})
			}
		}
	}
}

// hiddenRows are those whose records may stand behind the cells, where these are read in another order than they stand in.
func (s *Sheet) hiddenRows(runs []run) map[int]bool {
	hidden := map[int]bool{}
	for _, r := range runs {
		for b := (biff{stream: s.book.stream, pos: r.from}); b.pos < r.to && b.next(); {
			if b.id == biffRow {
				hide(hidden, b.data)
			}
		}
	}
	return hidden
}

// hide remembers the row of a record that says that it is hidden.
func hide(hidden map[int]bool, row []byte) {
	if u16(row, 12)&0x20 != 0 && len(hidden) < 1<<16 {
		hidden[u16(row, 0)+1] = true
	}
}

// cellRecord reports whether a record is of one cell or of several beside each other, and begins with their row.
func cellRecord(id uint16) bool {
	switch id {
	case biffLabelSST, biffNumber, biffRK, biffMulRK, biffFormula, biffBoolErr, biffLabel, biffRString:
		return true
	}
	return false
}
