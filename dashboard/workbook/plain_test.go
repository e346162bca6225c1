package workbook

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// A sheet holds what it is given: texts that look like formulas stay texts, moments are moments.
func TestPlain(t *testing.T) {
	var out bytes.Buffer
	at := time.Date(2026, 11, 28, 9, 30, 1, 0, time.UTC)
	rows := [][]any{{uint64(1), at, `=HYPERLINK("http://evil")`}, {uint64(2), at, "+1\n2"}}
	if err := WritePlain(&out, Plain{Name: "审计", Heads: []string{"n", "at", "what"}, Widths: []float64{5, 20, 40}, Rows: slices.Values(rows)}, Plain{Name: "b", Heads: []string{"x"}, Rows: slices.Values([][]any{})}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, want := range map[string]string{"A1": "n", "A2": "1", "B2": "2026-11-28 09:30:01", "C2": `=HYPERLINK("http://evil")`, "C3": "+1\n2"} {
		if got, err := f.GetCellValue("审计", cell); err != nil || got != want {
			t.Errorf("%s: %q %v, want %q", cell, got, err, want)
		}
	}
	if formula, err := f.GetCellFormula("审计", "C2"); err != nil || formula != "" {
		t.Errorf("a formula: %q %v", formula, err)
	}
	if list := f.GetSheetList(); !slices.Equal(list, []string{"审计", "b"}) {
		t.Error(list)
	}
}
