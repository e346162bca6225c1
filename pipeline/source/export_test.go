package source

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
)

// Tokens reads text as the scan of a clean UTF-8 file does, in chunks of the given size.
func Tokens(s string, comma byte, chunk int) ([][]string, error) {
	t := &text{r: strings.NewReader(s), size: int64(len(s)), comma: string(comma), nl: '\n', limit: Limits{}.orDefault(), chunk: chunk, clean: true}
	table := &Table{}
	var out [][]string
	var failed error
	t.scan(context.Background(), table, 0, func(r Row, err error) bool {
		if err != nil {
			failed = err
			return false
		}
		out = append(out, texts(r.Cells))
		return true
	})
	return out, failed
}

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
	w := &workbook{parts: map[string]*zip.File{"s.xml": r.File[0]}, strings: []string{"x"}, shows: []show{{}, {as: asDate}}, limits: Limits{}.orDefault()}
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
