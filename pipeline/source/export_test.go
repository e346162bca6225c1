package source

import (
	"archive/zip"
	"bytes"
	"context"
	"io"

	"yanzhen/pipeline/source/numfmt"
)

// SheetRows reads a sheet's XML in a workbook of one shared string and gives its row numbers.
func SheetRows(sheet string) ([]int, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	p, err := z.CreateHeader(&zip.FileHeader{Name: "s.xml", Method: zip.Store})
	if err != nil {
		return nil, err
	}
	io.WriteString(p, sheet)
	z.Close()
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return nil, err
	}
	w := &workbook{parts: map[string]*zip.File{"s.xml": r.File[0]}, strings: []string{"x"}, shows: []numfmt.Show{{}, numfmt.Builtin(14)}, limits: Limits{}.orDefault()}
	if _, err := w.merges("s.xml"); err != nil {
		return nil, err
	}
	var rows []int
	w.scan(context.Background(), &Table{}, "s.xml", 0, func(row Row, e error) bool {
		if err = e; e == nil {
			rows = append(rows, row.Origin.Row)
		}
		return e == nil
	})
	return rows, err
}

// SetBehindLimit sets how large a sheet may be for what stands behind its rows to be looked for, until it is undone.
func SetBehindLimit(n uint64) (undo func()) {
	old := behindLimit
	behindLimit = n
	return func() { behindLimit = old }
}
