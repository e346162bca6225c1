package template

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanzhen/configs"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/units"
)

// A template that comes back needs no guessing: every heading of every shipped dataset is the column's own, in its unit, and
// the other sheets are known as the program's.
func TestComesBack(t *testing.T) {
	cat, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range cat.Names() {
		ds := cat.Datasets[name]
		for _, lang := range []codes.Lang{codes.Zh, codes.En} {
			file := filepath.Join(t.TempDir(), "a.xlsx")
			write(t, &Template{Dataset: ds, Lists: cat.Lists, Lang: lang}, file)
			f, err := source.Open(t.Context(), file, source.Options{Header: "none"})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if len(f.Tables()) != 1 || len(f.Notes()) != 0 {
				t.Errorf("%s %s: %d tables, %v", name, lang, len(f.Tables()), f.Notes())
			}
			var header []string
			for row, err := range f.Tables()[0].Rows(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range row.Cells {
					header = append(header, c.Text)
				}
				break
			}
			f.Close()
			b, err := bind.Columns(ds, header, nil)
			if err != nil || len(b.Extra) > 0 {
				t.Errorf("%s %s: %v, %v", name, lang, err, b.Extra)
				continue
			}
			at := 0
			for i := range ds.Columns {
				c, got := &ds.Columns[i], b.Columns[i]
				if c.Of != "" {
					continue
				}
				in, known := units.Parse(c.Unit)
				if got.How != "header" || got.At != at || got.Unit != "" && known && got.Measure != in {
					t.Errorf("%s %s: %s is %+v, want column %d", name, lang, c.Name, got, at)
				}
				at++
			}
		}
	}
}

func write(t *testing.T, w *Template, file string) {
	t.Helper()
	var b bytes.Buffer
	if err := w.Write(&b); err != nil {
		t.Fatalf("%s: %v", w.Dataset.Name, err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.SaveAs(file); err != nil {
		t.Fatal(err)
	}
}

// What was sent last stands there as its sender knows it: names of codes, days, numbers, and no formulas.
func TestFilledIn(t *testing.T) {
	cat, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	ds := cat.Datasets["labour"]
	var row, want []string
	for _, c := range Columns(ds) {
		text, shown := "=1+1", "=1+1"
		switch {
		case c.Type == dataset.Code:
			v := cat.Lists.Get(c.List).Values[0]
			text, shown = v.Code, v.Zh
		case c.Type == dataset.Date:
			text, shown = "2026-07-05", "2026-07-05"
		case c.Measures():
			text, shown = "12.5", "12.5"
			if whole(c) {
				text, shown = "12", "12"
			}
		}
		row, want = append(row, text), append(want, shown)
	}
	file := filepath.Join(t.TempDir(), "a.xlsx")
	write(t, &Template{Dataset: ds, Lists: cat.Lists, Lang: codes.Zh, Notes: []string{"甲"}, Rows: [][]string{row}}, file)
	f, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(rows) != 2 || strings.Join(rows[1], "|") != strings.Join(want, "|") {
		t.Errorf("%v %q, want %q", err, rows, want)
	}
	notes, err := f.GetRows(notesSheet.Zh)
	if err != nil || len(notes) < len(want) || notes[2][0] != "甲" {
		t.Errorf("%v %q", err, notes)
	}
	rules, err := f.GetDataValidations(f.GetSheetName(0))
	if err != nil || len(rules) == 0 {
		t.Errorf("%v %v", err, rules)
	}
	if err := (&Template{Dataset: &dataset.Dataset{Name: "x", Header: "none"}}).Write(&bytes.Buffer{}); !errors.Is(err, ErrNone) {
		t.Errorf("an export without headings: %v", err)
	}
	if Filled(cat.Datasets["arrivals"]) || !Filled(ds) {
		t.Error("numbers of persons cannot be written again, others can")
	}
}
