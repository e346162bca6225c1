package workbook

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// bars is a panel over keys, each with a number; nil is a missing one.
func bars(title string, keys []string, values []*float64) Panel {
	r := &metric.Result{Unit: metric.Percent, Query: metric.Query{Metric: "m", By: []string{"park"}, Grain: days.Total}}
	for i, k := range keys {
		r.Points = append(r.Points, metric.Point{Keys: []string{k}, Labels: []codes.Text{{Zh: k, En: k}}, Value: values[i], Why: metric.WhyUnreported})
	}
	p := board.Panel{Name: "p", Title: codes.Text{Zh: title, En: title}, Kind: board.Bar, Metrics: []string{"m"}, By: []string{"park"}}
	return Panel{Answer: &figures.Answer{
		Figure:   panel.Figure{Panel: p, Results: []*metric.Result{r}, Lang: codes.Zh, Titles: []codes.Text{{Zh: "占比", En: "Share"}}, DimTitles: []codes.Text{{Zh: "园区", En: "Park"}}},
		DataDate: days.Date(2026, 6, 30), Range: days.Range{From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1)},
	}}
}

func v(f float64) *float64 { return &f }

func written(t *testing.T, b Book) *excelize.File {
	t.Helper()
	if b.Lang == "" {
		b.Lang = codes.Zh
	}
	if b.At.IsZero() {
		b.At = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	}
	body, err := Write(b)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// A text stays a text whatever it begins with: no cell of a workbook is a formula.
func TestTextsAreTexts(t *testing.T) {
	evil := []string{`=HYPERLINK("http://x","y")`, "+1", "-2", "@SUM(1)", "\t=1", "\r=1", "123", "2026-06-30x", "<b>&\"'"}
	values := make([]*float64, len(evil))
	for i := range values {
		values[i] = v(float64(i))
	}
	p := bars("=1+1", evil, values)
	p.Coverage, p.Failed = "=2", ""
	q := bars("=3", nil, nil)
	q.Failed = "=4"
	f := written(t, Book{Title: "=5", Mark: "=6", Facts: []Fact{{Label: "=7", Text: "=8"}}, Panels: []Panel{p, q}, Definitions: []Definition{{Title: "=9", Text: "=10"}}})
	said := map[string]bool{}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, text := range row {
				cell := cellName(j+1, i+1)
				if formula, _ := f.GetCellFormula(sheet, cell); formula != "" {
					t.Errorf("%s!%s is the formula %q", sheet, cell, formula)
				}
				if kind, _ := f.GetCellType(sheet, cell); kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
					said[text] = true
				}
			}
		}
	}
	for _, want := range append([]string{"=1+1", "=2", "=3", "=4", "=5", "=6", "=7", "=8", "=9", "=10"}, evil[:4]...) {
		if !said[want] {
			t.Errorf("no cell is the text %q", want)
		}
	}
	if !said["123"] {
		t.Error("the key 123 is no text")
	}
}

// Numbers are numbers with the digits that their page has; a missing one is empty and says why in a column.
func TestNumbers(t *testing.T) {
	f := written(t, Book{Title: "甲", Panels: []Panel{bars("占比", []string{"甲", "乙"}, []*float64{v(38.949999), nil})}})
	sheet := f.GetSheetList()[1]
	panes, err := f.GetPanes(sheet)
	if err != nil || panes.YSplit < 3 {
		t.Fatalf("%v %v", panes, err)
	}
	read := func(column, row int, raw bool) string {
		text, err := f.GetCellValue(sheet, cellName(column, panes.YSplit+row), excelize.Options{RawCellValue: raw})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for _, c := range []struct {
		column, row int
		raw         bool
		want        string
	}{{2, 0, true, "占比（%）"}, {2, 1, true, "38.949999"}, {2, 1, false, "38.9%"}, {2, 2, true, ""}, {3, 0, true, "说明"}, {3, 2, true, "未报"}} {
		if got := read(c.column, c.row, c.raw); got != c.want {
			t.Errorf("column %d, row %d: %q, want %q", c.column, c.row, got, c.want)
		}
	}
}

// Names of sheets are those that a spreadsheet takes, and no two are the same.
func TestNames(t *testing.T) {
	titles := []string{"", "History", "a[b]:c*d?e/f\\g", "'quoted'", strings.Repeat("长", 40), strings.Repeat("长", 40), "Same", "same", "😀", "'''"}
	var panels []Panel
	for _, title := range titles {
		panels = append(panels, bars(title, []string{"甲"}, []*float64{v(1)}))
	}
	f := written(t, Book{Title: "甲", Panels: panels, Definitions: []Definition{{Title: "甲"}}})
	list := f.GetSheetList()
	if len(list) != len(titles)+2 {
		t.Fatalf("%d sheets: %q", len(list), list)
	}
	seen := map[string]bool{}
	for _, name := range list {
		if low := strings.ToLower(name); seen[low] || name == "" || utf8.RuneCountInString(name) > 31 || strings.ContainsAny(name, `[]:*?/\`) || strings.Trim(name, "'") != name || low == "history" {
			t.Errorf("a sheet is named %q", name)
		} else {
			seen[low] = true
		}
	}
}

// A sheet that has not all rows says so; a file too large is refused.
func TestBounds(t *testing.T) {
	keys, values := make([]string, MaxRows+5), make([]*float64, MaxRows+5)
	for i := range keys {
		keys[i], values[i] = strings.Repeat("k", 1+i%3)+days.ISO(days.Date(1900, 1, 1).AddDate(0, 0, i)), v(float64(i))
	}
	p := bars("长表", keys, values)
	f := written(t, Book{Title: "甲", Panels: []Panel{p}})
	sheet := f.GetSheetList()[1]
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	panes, _ := f.GetPanes(sheet)
	if n := len(rows) - panes.YSplit; n != MaxRows {
		t.Errorf("%d rows, want %d", n, MaxRows)
	}
	if said := strings.Join(rows[panes.YSplit-3], " "); !strings.Contains(said, "100005") {
		t.Errorf("the sheet does not say that rows are left out: %q", rows[:panes.YSplit])
	}
	var out limited
	if _, err := out.Write(make([]byte, maxBytes+1)); !errors.Is(err, ErrLarge) {
		t.Errorf("got %v", err)
	}
}

// What is of another unit has an axis of its own.
func TestTwoUnits(t *testing.T) {
	p := bars("两种单位", []string{"甲", "乙"}, []*float64{v(38.9), v(12)})
	p.Kind = board.Column
	people := *p.Results[0]
	people.Unit = metric.People
	p.Results = append(p.Results, &people)
	p.Panel.Metrics, p.Titles = []string{"m", "n"}, append(p.Titles, codes.Text{Zh: "人数", En: "People"})
	f := written(t, Book{Title: "甲", Panels: []Panel{p}})
	part, ok := f.Pkg.Load("xl/charts/chart1.xml")
	if !ok {
		t.Fatal("no chart")
	}
	text := string(part.([]byte))
	for piece, want := range map[string]int{"<barChart>": 1, "<lineChart>": 1, "<valAx>": 2, "<ser>": 2} {
		if n := strings.Count(text, piece); n != want {
			t.Errorf("%d times %s, want %d", n, piece, want)
		}
	}
}
