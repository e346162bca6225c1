package source_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"yanzhen/pipeline/source"
)

// shared is a file of the folder of real data beside the repository.
func shared(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("real data not here: %v", err)
	}
	return path
}

func open(t testing.TB, path string, o source.Options) *source.File {
	t.Helper()
	f, err := source.Open(context.Background(), path, o)
	if err != nil {
		t.Fatalf("Open(%s): %v", filepath.Base(path), err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// all reads a table to its end.
func all(t testing.TB, s source.Source) []source.Row {
	t.Helper()
	var rows []source.Row
	for r, err := range s.Rows(context.Background()) {
		if err != nil {
			t.Fatalf("after %d rows: %v", len(rows), err)
		}
		rows = append(rows, source.Row{Origin: r.Origin, Cells: append([]source.Cell(nil), r.Cells...)})
	}
	return rows
}

func TestRealFiles(t *testing.T) {
	for _, c := range []struct {
		name      string
		o         source.Options
		encoding  string
		delimiter string
		rows      int
		columns   int
		header    string // of the first column
		first     string // address and text of the first cell
	}{
		{"postings/zhilian_2024_raw.csv", source.Options{Header: "optional", Want: []source.Want{{Names: []string{"职位"}}, {Names: []string{"公司"}}}}, "UTF-8 BOM", ",", 14251, 0, "", "A2 Java开发工程师"},
		{"postings/zhilian_3000_gb18030_crlf.csv", source.Options{Header: "optional", Want: []source.Want{{Names: []string{"职位"}}}}, "GB18030", ",", 3000, 0, "", "A2 Java开发工程师"},
		{"postings/lagou_799_utf16le_bom.tsv", source.Options{}, "UTF-16LE BOM", "\t", 799, 0, "positionName", ""},
		{"postings/51job_manufacturing_shanghai_2018_noheader.xlsx", source.Options{Header: "optional", Want: []source.Want{{Names: []string{"职位"}}, {Names: []string{"公司"}}}}, "", "", 1514, 0, "", "A1 https://jobs.51job.com/all/96232934.html"},
		{"regional/gdp_3sectors_31provinces_2015_2019.xlsx", source.Options{}, "", "", 155, 6, "年份", "A2 2015"},
		{"regional/reat_Freiburg.csv", source.Options{}, "UTF-8", ",", 9, 8, "industry", "A2 Produzierendes Gewerbe ohne Baugewerbe (B-E)"},
		{"divisions/provinces.csv", source.Options{}, "UTF-8", ",", 31, 2, "code", "A2 11"},
		{"divisions/cities.csv", source.Options{}, "UTF-8", ",", 342, 3, "code", ""},
		{"divisions/areas.csv", source.Options{}, "UTF-8", ",", 2978, 4, "code", "A2 110101"},
		{"divisions/streets.csv", source.Options{}, "UTF-8", ",", 41352, 5, "code", ""},
		{"codes/gbt4754_2017_amended_2019.csv", source.Options{}, "UTF-8", ",", 1958, 0, "", ""},
		{"codes/occupations_2022.csv", source.Options{}, "UTF-8", ",", 8 + 79 + 450 + 1639, 5, "code", "A2 1"},
		{"cordis/h2020_first20000.csv", source.Options{}, "UTF-8", ",", 20000, 15, "rcn", "A2 221856"},
		{"apprentices/apprentice_pathway.csv", source.Options{}, "UTF-8", ",", 376764, 8, "", ""},
		{"mobility/matrix_2008_2012.csv", source.Options{}, "UTF-8", ",", 74250, 0, "", ""},
		{"mobility/published_measures_2008_2012.csv", source.Options{}, "UTF-8", ",", 46800, 0, "", ""},
	} {
		t.Run(filepath.Base(c.name), func(t *testing.T) {
			f := open(t, shared(t, c.name), c.o)
			if f.Encoding() != c.encoding || f.Delimiter() != c.delimiter {
				t.Errorf("got encoding %q and delimiter %q, want %q and %q", f.Encoding(), f.Delimiter(), c.encoding, c.delimiter)
			}
			if len(f.Tables()) != 1 {
				t.Fatalf("got %d tables, want 1", len(f.Tables()))
			}
			table := f.Tables()[0]
			if c.columns > 0 && len(table.Header()) != c.columns {
				t.Errorf("got header %q, want %d columns", table.Header(), c.columns)
			}
			if c.header != "" && (len(table.Header()) == 0 || table.Header()[0] != c.header) {
				t.Errorf("got header %q, want %q first", table.Header(), c.header)
			}
			if c.o.Header == "optional" && table.Header() != nil {
				t.Errorf("got header %q, want none", table.Header())
			}
			rows := all(t, table)
			if len(rows) != c.rows {
				t.Errorf("got %d rows, want %d", len(rows), c.rows)
			}
			if got := rows[0].Origin.Cell(0) + " " + rows[0].Cells[0].Text; c.first != "" && got != c.first {
				t.Errorf("got first cell %q, want %q", got, c.first)
			}
			t.Logf("%q %v", table.Header(), f.Notes())
		})
	}
}

// The 58 files of the labour market: two columns under a header, 231 months, empty columns behind.
func TestRealLabourMarket(t *testing.T) {
	root := shared(t, "labour-market")
	files := 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".csv" {
			return err
		}
		files++
		f := open(t, path, source.Options{})
		table := f.Tables()[0]
		if len(table.Header()) != 2 {
			t.Errorf("%s: got header %q, want two columns", filepath.Base(path), table.Header())
		}
		if rows := all(t, table); len(rows) != 231 {
			t.Errorf("%s: got %d rows, want 231", filepath.Base(path), len(rows))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files != 58 {
		t.Errorf("got %d files, want 58", files)
	}
}
