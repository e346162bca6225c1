package source

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"slices"

	"yanzhen/pipeline/source/ink"
	"yanzhen/pipeline/source/numfmt"
)

// SheetRows reads a sheet's XML, as read hands it on, in a workbook of one shared string and some styles.
func SheetRows(sheet string, read func(io.Reader) io.Reader) ([]Row, error) {
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
	r.RegisterDecompressor(zip.Store, func(r io.Reader) io.ReadCloser { return io.NopCloser(read(r)) })
	w := &workbook{
		parts: map[string]*zip.File{"s.xml": r.File[0]}, strings: []string{"x"}, limits: Limits{}.orDefault(),
		shows: []numfmt.Show{{}, numfmt.Builtin(14)}, indents: []uint8{0, 2}, struck: []bool{false, false, true}, runs: map[int]int{0: ink.PartStruck},
	}
	if _, err := w.merges("s.xml"); err != nil {
		return nil, err
	}
	var rows []Row
	w.scan(context.Background(), &Table{}, "s.xml", 0, func(row Row, e error) bool {
		if err = e; e == nil {
			row.Cells = slices.Clone(row.Cells)
			rows = append(rows, row)
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
