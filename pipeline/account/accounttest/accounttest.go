// Package accounttest counts the filled cells of a file with other readers than the product's, excelize
// and encoding/csv, so that a test can hold an account against what is really there.
package accounttest

import (
	"archive/zip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf "golang.org/x/text/encoding/unicode"
)

// Workbook counts the cells of all sheets of an xlsx that show something, or hold a formula without a result.
func Workbook(path string) (n uint64, err error) {
	x, err := excelize.OpenFile(path)
	if err != nil {
		return 0, err
	}
	defer x.Close()
	for _, sheet := range x.GetSheetList() {
		rows, err := x.Rows(sheet)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", sheet, err)
		}
		for row := 1; rows.Next(); row++ {
			cells, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				return 0, fmt.Errorf("%s:%d: %w", sheet, row, err)
			}
			for _, c := range cells {
				if Filled(c) {
					n++
				}
			}
		}
	}
	more, err := unresolved(path)
	return n + more, err
}

var reCell = regexp.MustCompile(`(?s)<c[ >][^<]*<f[^>]*(?:/>|>[^<]*</f>)(?:<v/>|<v></v>)?</c>`)

// unresolved counts the formulas whose result nobody computed, of which excelize shows nothing.
func unresolved(path string) (n uint64, err error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return 0, err
	}
	defer z.Close()
	for _, part := range z.File {
		if !strings.Contains(part.Name, "worksheets/") || !strings.HasSuffix(part.Name, ".xml") {
			continue
		}
		r, err := part.Open()
		if err != nil {
			return 0, err
		}
		text, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return 0, err
		}
		n += uint64(len(reCell.FindAll(text, -1)))
	}
	return n, nil
}

// Text counts the cells of a delimited text in the encoding of that name as source.File tells it.
func Text(path, encoding string, comma rune) (n uint64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var r io.Reader = f
	switch {
	case strings.HasPrefix(encoding, "UTF-8"):
	case strings.HasPrefix(encoding, "GB18030"):
		r = simplifiedchinese.GB18030.NewDecoder().Reader(f)
	case strings.HasPrefix(encoding, "UTF-16LE"):
		r = utf.UTF16(utf.LittleEndian, utf.IgnoreBOM).NewDecoder().Reader(f)
	default:
		return 0, fmt.Errorf("encoding %q is not known here", encoding)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return 0, err
	}
	records := csv.NewReader(strings.NewReader(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text))))
	records.Comma, records.FieldsPerRecord, records.ReuseRecord, records.LazyQuotes = comma, -1, true, true
	for {
		cells, err := records.Read()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		for _, c := range cells {
			if Filled(c) {
				n++
			}
		}
	}
}

// Filled reports whether a text shows anything: not blanks of any kind, not a byte-order mark.
func Filled(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsSpace(r) && !unicode.IsControl(r) && !strings.ContainsRune("\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff", r)
	})
}
