package batch

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/source"
)

func TestOrderedDates(t *testing.T) {
	column := func(parse string) *dataset.Dataset {
		return &dataset.Dataset{Name: "d", Columns: []dataset.Column{{Name: "date", Title: both("日期", "Date"), Type: dataset.Date, Parse: parse}}}
	}
	for _, c := range []struct{ parse, cell, want string }{
		{"day_month_year", "01/12/2000", "2000-12-01"},
		{"month_day_year", "01/12/2000", "2000-01-12"},
		{"day_month_year", "３１．１２．２０２５", "2025-12-31"},
		{"day_month_year", " 1-2-2026 ", "2026-02-01"},
		{"month_day_year", "12/31/2025", "2025-12-31"},
		{"day_month_year", "2026-02-01", "2026-02-01"},
		{"month_day_year", "2026年2月1日", "2026-02-01"},
		{"day_month_year", "-", "<nil>"},
		{"day_month_year", "12/31/2025", "date_exists"},
		{"month_day_year", "31/12/2025", "date_exists"},
		{"day_month_year", "01/12/1800", "date_year"},
		{"day_month_year", "00/00/0000", "zero_date"},
		{"day_month_year", "01/12/00", "date_year"},
		{"day_month_year", "01/12-2000", "date"},
		{"day_month_year", "1/2/3/2000", "date"},
		{"", "01/12/2000", "date_order"},
	} {
		got := load(t, column(c.parse), text("日期", c.cell, "2020-01-01"), Options{})
		what := "nothing"
		switch {
		case len(got.rejects) > 0:
			what = got.rejects[0].Rule
		case len(got.rows) == 2:
			what = fmt.Sprint(got.rows[0]["date"])
		}
		if what != c.want {
			t.Errorf("%s of %q: got %s, want %s", c.parse, c.cell, what, c.want)
		}
	}
	// what a workbook says is a date needs no order
	src := text("日期", "x")
	src.rows[0][0] = source.Cell{Text: "2026-02-01", Kind: source.Date}
	if got := load(t, column("day_month_year"), src, Options{}); len(got.rows) != 1 || got.rows[0]["date"] != "2026-02-01" {
		t.Errorf("a date cell: got %+v", got)
	}
}

// The words for "no value" can be taken from a column, so that the marks of a table stay marks.
func TestNullsOnly(t *testing.T) {
	marks := func(only ...string) *dataset.Dataset {
		return &dataset.Dataset{Name: "d", Columns: []dataset.Column{
			{Name: "status", Title: both("标记", "Status"), Type: dataset.Low, NullsOnly: &only},
			{Name: "text", Title: both("文字", "Text"), Type: dataset.String, NullsOnly: &only},
			{Name: "value", Title: both("数值", "Value"), Type: dataset.Float64},
		}}
	}
	lines := []string{"..~..~..", "F~F~1", "—~—~2", "NA~NA~3", "~~4"}
	got := load(t, marks(), text("标记~文字~数值", lines...), Options{})
	var have []string
	for _, r := range got.rows {
		have = append(have, fmt.Sprintf("%v %v %v", r["status"], r["text"], r["value"]))
	}
	if s := strings.Join(have, "; "); s != ".. .. <nil>; F F 1; — — 2; NA NA 3; <nil> <nil> 4" {
		t.Errorf("got %s, %+v", s, got.rejects)
	}
	got = load(t, marks("na"), text("标记~文字~数值", lines...), Options{})
	if len(got.rows) != 5 || got.rows[3]["status"] != nil || got.rows[3]["text"] != nil || got.rows[0]["status"] != ".." {
		t.Errorf("with na alone: got %+v, %+v", got.rows, got.rejects)
	}
}

// A word for "no value" may be a number or a date.
func TestNullsThatLookLikeValues(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{
		{Name: "n", Title: both("人数", "People"), Type: dataset.Int32, Nulls: []string{"9999"}},
		{Name: "f", Title: both("比率", "Rate"), Type: dataset.Float64, Nulls: []string{"-99.9"}},
		{Name: "d", Title: both("日期", "Date"), Type: dataset.Date, Nulls: []string{"1900-01-01"}},
	}}
	got := load(t, ds, text("人数~比率~日期", "9999~-99.9~1900-01-01", "9998~-99~1900-01-02"), Options{})
	var have []string
	for _, r := range got.rows {
		have = append(have, fmt.Sprint(r["n"], " ", r["f"], " ", r["d"]))
	}
	if s := strings.Join(have, "; "); s != "<nil> <nil> <nil>; 9998 -99 1900-01-02" {
		t.Errorf("got %s, %+v", s, got.rejects)
	}
}

// A pattern among the totals leaves out banner rows, and no row that does not meet it.
func TestTotalsPattern(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Totals: []string{"合计", "~^.+（[0-9]+所）$"}, Columns: []dataset.Column{
		{Name: "name", Title: both("学校", "School"), Type: dataset.String, Required: true},
		{Name: "place", Title: both("所在地", "Place"), Type: dataset.Low, Required: true},
	}}
	got := load(t, ds, text("学校~所在地", "北京市（23所）~", "北京大学~北京市", " 天津市（9所） ~", "某校（北京）~北京市", "合计~"), Options{})
	if got.counts != (Counts{Read: 5, Loaded: 2, Excluded: 3}) {
		t.Errorf("got %+v, %+v", got.counts, got.rejects)
	}
}

// Exact copies are dropped also where they stand on another sheet of the file; the same texts under
// other headers are no copies.
func TestDuplicatesAcrossTables(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Duplicates: "drop", Columns: []dataset.Column{
		{Name: "item", Title: both("品名", "Item"), Type: dataset.String, Required: true},
		{Name: "kind", Title: both("类别", "Kind"), Type: dataset.String},
	}}
	o := Options{Seen: rows.NewSeen()}
	for i, c := range []struct {
		src  *table
		want Counts
	}{
		{text("品名~类别", "钼~a", "钼~a", "铼~b"), Counts{Read: 3, Loaded: 2, Duplicates: 1}},
		{text("品名~类别", "铼~b~", "钨~c"), Counts{Read: 2, Loaded: 1, Duplicates: 1}}, // a blank more at its end
		{text("类别~品名", "钨~c"), Counts{Read: 1, Loaded: 1}},
	} {
		if got := load(t, ds, c.src, o); got.counts != c.want {
			t.Errorf("table %d: got %+v, want %+v", i+1, got.counts, c.want)
		}
	}
	if got := load(t, ds, text("品名~类别", "铼~b"), Options{}); got.counts.Loaded != 1 {
		t.Errorf("another file: got %+v", got.counts)
	}
}

// A row of data that was taken for a header is not quoted.
func TestBindErrorQuotes(t *testing.T) {
	_, err := bind.Columns(people(), []string{"欧阳张三", "11010519491231002X", "13800138000"}, nil)
	var be *bind.Error
	if !errors.As(err, &be) || strings.Contains(err.Error(), "欧阳") || strings.Contains(err.Error(), "1949") || strings.Contains(err.Error(), "1380") {
		t.Errorf("got %v", err)
	}
	if err == nil || !strings.Contains(err.Error(), "3 个表头") || !strings.Contains(err.Error(), "3 headers") {
		t.Errorf("got %v, want it to say how many headers there are", err)
	}
	long := strings.Repeat("很长的表头", 20)
	if _, err = bind.Columns(people(), []string{"身份证号", long, "欧阳张三13800138000"}, nil); err == nil {
		t.Fatal("a required column is missing, and nothing is said")
	}
	if s := err.Error(); strings.Contains(s, long) || strings.Contains(s, "欧阳") || strings.Contains(s, "1380") || !strings.Contains(s, "很长的表头") {
		t.Errorf("got %s", s)
	}
}

// An identity number where a code should stand is no hidden digit, and the name beside it is not kept.
func TestNumbersInOtherColumns(t *testing.T) {
	const row = "11010519491231002X~欧阳张三~2023-01-05~"
	got := load(t, people(), text("身份证号~姓名~入职日期~学历", row+"11010519491231002X", row+"欧阳张三11010519491231002X", row+"202x"), Options{})
	if len(got.rejects) != 3 {
		t.Fatalf("got %+v", got.rejects)
	}
	for i, want := range []string{"code", "code", "placeholder"} {
		if j := got.rejects[i]; j.Rule != want || strings.Contains(j.Raw, "欧阳") || strings.Contains(j.Raw, "1949") {
			t.Errorf("row %d: got %+v, want rule %s", i+1, j, want)
		}
	}
}

// A place that names no province is refused, or left blank with a warning; no place and a place
// abroad are just blank.
func TestUnknownPlace(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{
		{Name: "province", Title: both("来源地", "Origin"), Type: dataset.Low, Parse: "place_province"},
		{Name: "n", Title: both("人数", "People"), Type: dataset.Int32},
	}}
	lines := []string{"浙江省丽水市~1", "火星省~2", "全国~3", "~4"}
	for bad, want := range map[string]string{"": "浙江 <nil> <nil>", "null": "浙江 <nil> <nil> <nil>"} {
		ds.Columns[0].Bad = bad
		got := load(t, ds, text("来源地~人数", lines...), Options{})
		var have []string
		for _, r := range got.rows {
			have = append(have, fmt.Sprint(r["province"]))
		}
		if s := strings.Join(have, " "); s != want || len(got.rejects) != 1 || got.rejects[0].Rule != "place" || got.rejects[0].Cell != "A3" || got.rejects[0].Warn != (bad == "null") {
			t.Errorf("bad %q: got %s, %+v", bad, s, got.rejects)
		}
	}
}
