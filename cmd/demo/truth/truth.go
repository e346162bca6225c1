// Package truth reads the demo's files back in plain Go, without a line of the loader or the engine,
// and says what must come of them: which rows are live, what their cells amount to, and the few
// numbers that were published. Only tests import it. How a metric is defined is not said here again:
// that is what the .test files beside the metrics are for.
package truth

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"yanzhen/cmd/demo"
)

// Truth holds the rows that are live once every file is loaded: those with a spoilt cell and exact
// copies that are dropped left out, resubmissions in place of what they replace.
type Truth struct {
	Rows map[string][]Row // by dataset
	// Fields are the columns of a dataset that every live sheet of it has.
	Fields map[string][]string
}

// Row is a row as it was written: cells by column of the dataset. A blank cell has no entry, nor has
// one that was spoilt in a row that loads without it.
type Row map[string]string

// copiesDropped are the datasets that drop exact copies of a row.
var copiesDropped = map[string]bool{"postings": true}

// Read reads the files of m back from m.Dir.
func Read(m *demo.Manifest) (*Truth, error) {
	t := &Truth{Rows: map[string][]Row{}, Fields: map[string][]string{}}
	type place struct {
		file, sheet string
		row         int
	}
	spoilt := map[place]demo.Planted{}
	for _, p := range m.Planted {
		spoilt[place{p.File, p.Sheet, p.Row}] = p
	}
	copies := map[string]bool{}
	for i := range m.Files {
		f := &m.Files[i]
		if m.Superseded(f.Name) {
			continue
		}
		grids, err := readGrids(filepath.Join(m.Dir, f.Name), f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		for _, sh := range f.Sheets {
			if sh.Hidden {
				continue
			}
			t.have(f.Dataset, sh.Fields)
			grid := grids[sh.Name]
			for n := sh.First; n <= sh.Last; n++ {
				p, bad := spoilt[place{f.Name, sh.Name, n}]
				if bad && !p.Warn {
					continue
				}
				if n > len(grid) {
					return nil, fmt.Errorf("%s!%s: %d rows, want %d", f.Name, sh.Name, len(grid), sh.Last)
				}
				if key := strings.Join(grid[n-1], "\x00"); copiesDropped[f.Dataset] {
					if copies[key] {
						continue
					}
					copies[key] = true
				}
				row := Row{}
				for c, field := range sh.Fields {
					if field == "" || field == p.Column || c >= len(grid[n-1]) {
						continue
					}
					if s := strings.TrimSpace(grid[n-1][c]); s != "" {
						row[field] = s
					}
				}
				t.Rows[f.Dataset] = append(t.Rows[f.Dataset], row)
			}
		}
	}
	return t, nil
}

// have notes that a sheet of the dataset has these columns and no others.
func (t *Truth) have(dataset string, fields []string) {
	known, seen := t.Fields[dataset]
	if !seen {
		known = fields
	}
	both := []string{}
	for _, f := range known {
		for _, g := range fields {
			if f == g && f != "" {
				both = append(both, f)
			}
		}
	}
	t.Fields[dataset] = both
}

// readGrids returns the cells of every visible sheet by name; a text file has one without a name.
func readGrids(path string, f *demo.File) (map[string][][]string, error) {
	if f.Format == "xlsx" {
		x, err := excelize.OpenFile(path)
		if err != nil {
			return nil, err
		}
		defer x.Close()
		grids := map[string][][]string{}
		for _, sh := range f.Sheets {
			if sh.Hidden {
				continue
			}
			if grids[sh.Name], err = x.GetRows(sh.Name, excelize.Options{RawCellValue: true}); err != nil {
				return nil, err
			}
		}
		return grids, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if f.Encoding == "gb18030" {
		if b, err = simplifiedchinese.GB18030.NewDecoder().Bytes(b); err != nil {
			return nil, err
		}
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff")))
	r.FieldsPerRecord = -1
	var g [][]string
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return map[string][][]string{"": g}, nil
		}
		if err != nil {
			return nil, err
		}
		g = append(g, line)
	}
}

// Person is an identity number in one form, however the sender writes it.
func Person(s string) string { return strings.ToUpper(narrow(strings.ReplaceAll(s, " ", ""))) }

// Number reads 1,200.5, full-width digits and 3.5万元.
func Number(s string) (float64, error) {
	s, scale := strings.ReplaceAll(narrow(s), ",", ""), 1.0
	if t, ok := strings.CutSuffix(s, "万元"); ok {
		s, scale = t, 10000
	}
	f, err := strconv.ParseFloat(s, 64)
	return math.Round(f*scale*100) / 100, err
}

// Yes reads what the offices write for yes and no.
func Yes(s string) (bool, error) {
	switch s {
	case "是", "合格", "已就业", "接通", "√", "柔性":
		return true, nil
	case "否", "不合格", "未就业", "未接通", "缺考", "全职":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither yes nor no", s)
}

// Day reads a date as it is written, or as the number of a workbook.
func Day(s string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	serial, err := strconv.ParseFloat(s, 64)
	if err != nil || serial < 30000 || serial > 80000 {
		return time.Time{}, fmt.Errorf("%q is no date", s)
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(serial)), nil
}

// narrow turns full-width digits, letters and points into ordinary ones.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, s)
}
