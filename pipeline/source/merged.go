package source

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"yanzhen/pipeline/account"
)

// mergedLimit is how large a sheet may unzip to for its merged ranges to be looked for before its rows are
// read: they stand behind all of them. In a larger one only the first row of a range holds its value.
const mergedLimit = 64 << 20

// maxMerged is how many ranges of a sheet are heard.
const maxMerged = 1 << 16

// below finds the ranges that are merged below row after.
func (w *workbook) below(target string, after int) []merge {
	z := w.parts[strings.ToLower(strings.TrimPrefix(target, "/"))]
	if z == nil || z.UncompressedSize64 > mergedLimit {
		return nil
	}
	r, err := z.Open()
	if err != nil {
		return nil // told where the rows are read
	}
	defer r.Close()
	var all []merge
	const tag, attr = "mergeCell ", `ref="`
	buf := make([]byte, 256<<10)
	kept := 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		b := buf[:kept+n]
		for {
			i := bytes.Index(b, []byte(tag))
			if i < 0 {
				break
			}
			end := bytes.IndexByte(b[i:], '>')
			if end < 0 {
				break // it goes on in the next piece
			}
			element := b[i : i+end]
			b = b[i+end:]
			if k := bytes.Index(element, []byte(attr)); k >= 0 {
				ref, _, _ := bytes.Cut(element[k+len(attr):], []byte{'"'})
				if m, ok := mergeRef(string(ref)); ok && (m.bottom > m.top || m.right > m.left) && m.top > after && len(all) < maxMerged {
					all = append(all, m)
				}
			}
		}
		if err != nil {
			return all
		}
		if i := bytes.LastIndex(b, []byte(tag)); i >= 0 {
			b = b[i:]
		} else {
			b = b[max(0, len(b)-len(tag)):]
		}
		if kept = copy(buf, b); kept == len(buf) {
			return all // an element as long as that is none
		}
	}
}

// filler gives the cells below the first of a merged range its value, as long as the range lasts.
type filler struct {
	ranges []merge // by their first rows
	open   []openRange
	hidden account.Cells // values that a range hides
	n      int           // how many
}

type openRange struct {
	merge
	value Cell
}

func newFiller(ranges []merge) *filler {
	if len(ranges) == 0 {
		return nil
	}
	slices.SortFunc(ranges, func(a, b merge) int { return a.top - b.top })
	return &filler{ranges: ranges}
}

// fill fills a row and notes in it which cells were.
func (f *filler) fill(row *Row) {
	n := row.Origin.Row
	f.open = slices.DeleteFunc(f.open, func(o openRange) bool { return o.bottom < n })
	row.Merged, row.Across = nil, nil
	for i := range f.open {
		o := &f.open[i]
		for len(row.Cells) <= o.left {
			row.Cells = append(row.Cells, Cell{})
		}
		if c := &row.Cells[o.left]; !c.Filled() {
			*c = o.value
			row.Merged = append(row.Merged, o.left)
		} else {
			f.under(row, o.left)
		}
		f.beside(row, o.merge)
	}
	for len(f.ranges) > 0 && f.ranges[0].top <= n {
		m := f.ranges[0]
		if f.ranges = f.ranges[1:]; m.top == n && m.left < len(row.Cells) && row.Cells[m.left].Filled() {
			f.open = append(f.open, openRange{m, row.Cells[m.left]})
			if m.right > m.left {
				row.Across = append(row.Across, m.left)
				f.beside(row, m)
			}
		}
	}
}
