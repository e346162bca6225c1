package batch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/control"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

const goodRow = "11010519491231002X~张三~2026-06-01~本科~浙江大学~35~1200~是~Java~德国"

func TestRowsAndCounts(t *testing.T) {
	header := "身份证号~姓名~入职日期~学历~毕业院校~年龄~金额~柔性~技能~国别"
	for _, tt := range []struct {
		name string
		ds   func(*dataset.Dataset)
		row  string
		want Counts
		rule string
	}{
		{"good", nil, goodRow, Counts{Read: 1, Loaded: 1}, ""},
		{"blank", nil, "~~ ~\u00a0~~", Counts{}, ""},
		{"total", nil, "合计~~~~~35~1200", Counts{Read: 1, Excluded: 1}, ""},
		{"total, full width and blanks", nil, "　合 计：~~~~~35~1200", Counts{Read: 1, Excluded: 1}, ""},
		{"total not in the first column", nil, "~合计~~~~35~1200", Counts{Read: 1, Excluded: 1}, ""},
		{"note", nil, "注：本表由各单位填报", Counts{Read: 1, Excluded: 1}, ""},
		{"note of one character before words", nil, "注本表由各单位填报", Counts{Read: 1, Excluded: 1}, ""},
		{"words after a total", nil, "合计人数~~~~~35~1200", Counts{Read: 1, Excluded: 1}, ""},
		{"a row of data that begins like a note", func(ds *dataset.Dataset) { ds.Columns = ds.Columns[:3]; ds.Columns[1].Required = true }, "注塑工~张三", Counts{Read: 1, Rejected: 1}, "person_format"},
		{"a name that begins like a note", func(ds *dataset.Dataset) { ds.Columns = ds.Columns[1:3] }, "~注塑工~2026-06-01", Counts{Read: 1, Loaded: 1}, ""},
		{"required cell blank", nil, "~张三~2026-06-01", Counts{Read: 1, Rejected: 1}, "required"},
		{"required cell a null word", nil, "11010519491231002X~张三~—", Counts{Read: 1, Rejected: 1}, "required"},
		{"short row", nil, "11010519491231002X~张三", Counts{Read: 1, Rejected: 1}, "required"},
		{"long row", nil, goodRow + "~多出来的", Counts{Read: 1, Rejected: 1}, "row_width"},
		{"long row of blanks", nil, goodRow + "~~ ", Counts{Read: 1, Loaded: 1}, ""},
		{"row check", func(ds *dataset.Dataset) {
			ds.Checks = []dataset.RowCheck{{Name: "adult", Expr: "age >= 40", Reason: both("太年轻", "too young"), Remedy: both("核对", "check")}}
		}, goodRow, Counts{Read: 1, Rejected: 1}, "adult"},
		{"row check on a missing value passes", func(ds *dataset.Dataset) {
			ds.Checks = []dataset.RowCheck{{Name: "adult", Expr: "age >= 40", Reason: both("太年轻", "too young")}}
		}, "11010519491231002X~张三~2026-06-01", Counts{Read: 1, Loaded: 1}, ""},
		{"bad cell as NULL", func(ds *dataset.Dataset) { ds.Columns[5].Bad = "null" }, strings.Replace(goodRow, "~35~", "~约35~", 1), Counts{Read: 1, Loaded: 1}, "approximate!"},
		{"bad cell as NULL in a row refused for another", func(ds *dataset.Dataset) { ds.Columns[5].Bad = "null" }, strings.Replace(strings.Replace(goodRow, "~35~", "~约35~", 1), "2X~", "21~", 1), Counts{Read: 1, Rejected: 1}, "person_check_digit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ds := people()
			h := header
			if tt.ds != nil {
				tt.ds(ds)
			}
			got := load(t, ds, text(h, tt.row), Options{})
			if got.err != nil {
				t.Fatal(got.err)
			}
			rule := ""
			if len(got.rejects) > 0 {
				rule = got.rejects[0].Rule
				if got.rejects[0].Warn {
					rule += "!"
				}
			}
			if got.counts != tt.want || rule != tt.rule {
				t.Errorf("got %+v %q, want %+v %q; %+v", got.counts, rule, tt.want, tt.rule, got.rejects)
			}
		})
	}
}

// A row check asks nothing of a row that has a refused cell: there is no value to ask about.
func TestRowCheckBesideRefusedCell(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{
		{Name: "x", Title: both("文", "X"), Type: dataset.String},
		{Name: "n", Title: both("数", "N"), Type: dataset.Int32},
	}, Checks: []dataset.RowCheck{{Name: "k", Expr: "x != 'a' and n > 0", Reason: both("甲", "A"), Remedy: both("乙", "B")}}}
	got := load(t, ds, text("文~数", "hello~1", "bad\xff~2", "a~约3", "a~4", "b~5"), Options{})
	var rules []string
	for _, j := range got.rejects {
		rules = append(rules, j.Rule)
	}
	if s := strings.Join(rules, " "); got.err != nil || s != "encoding approximate k" || got.counts != (Counts{Read: 5, Loaded: 2, Rejected: 3}) {
		t.Errorf("got %s, %+v, %v", s, got.counts, got.err)
	}
}

func TestDefaults(t *testing.T) {
	ds := &dataset.Dataset{Name: "defaults", Columns: []dataset.Column{
		{Name: "a", Title: both("甲", "A"), Type: dataset.String, Required: true},
		{Name: "country", Title: both("国别", "Country"), Type: dataset.Code, List: "countries", Default: "中国"},
		{Name: "n", Title: both("数", "N"), Type: dataset.Int32, Default: "1"},
		{Name: "b", Title: both("是否", "B"), Type: dataset.Bool, Default: "否"},
		{Name: "d", Title: both("日期", "D"), Type: dataset.Date, Default: "2026-01-01"},
		{Name: "s", Title: both("文", "S"), Type: dataset.Low, Default: "无"},
	}}
	for name, src := range map[string]*table{"absent": text("甲", "x"), "blank": text("甲~国别~数~是否~日期~文", "x~~—~~ ~")} {
		got := load(t, ds, src, Options{})
		if len(got.rows) != 1 {
			t.Fatalf("%s: %+v %v", name, got.rejects, got.err)
		}
		r := got.rows[0]
		if s := fmt.Sprint(r["country"], r["n"], r["b"], r["d"], r["s"]); s != "CN1false2026-01-01无" {
			t.Errorf("%s: got %s", name, s)
		}
	}
}

func TestDuplicates(t *testing.T) {
	ds := people()
	ds.Columns[0].Required = false
	src := func() *table {
		return text("姓名~入职日期~毕业院校", "张三~2026-06-01~甲", "张三~2026-06-01~甲", "张三~2026-06-01~乙", "张三~2026-06-01~甲", "张三2026~06-01~甲")
	}
	if got := load(t, ds, src(), Options{}); got.counts != (Counts{Read: 5, Loaded: 4, Rejected: 1}) {
		t.Errorf("kept: got %+v", got.counts)
	}
	ds.Duplicates = "drop"
	if got := load(t, ds, src(), Options{}); got.counts != (Counts{Read: 5, Loaded: 2, Rejected: 1, Duplicates: 2}) {
		t.Errorf("dropped: got %+v", got.counts)
	}
}

// TestBatches reads across many batches with refused rows in between: nothing is lost, mixed up
// or left over, dictionaries grow and start anew.
func TestBatches(t *testing.T) {
	ds := &dataset.Dataset{Name: "many", Columns: []dataset.Column{
		{Name: "n", Title: both("数", "N"), Type: dataset.Int32, Required: true},
		{Name: "low", Title: both("低", "Low"), Type: dataset.Low},
		{Name: "text", Title: both("文", "Text"), Type: dataset.String},
		{Name: "items", Title: both("项", "Items"), Type: dataset.Strings},
		{Name: "f", Title: both("小数", "F"), Type: dataset.Float64},
		{Name: "b", Title: both("是否", "B"), Type: dataset.Bool},
		{Name: "d", Title: both("日期", "D"), Type: dataset.Date},
	}}
	src := &table{header: []string{"数", "低", "文", "项", "小数", "是否", "日期"}}
	const rows = 3000
	var sum, fsum float64
	type want struct{ low, text, items string }
	expect := map[int]want{}
	for i := range rows {
		cell := func(s string) source.Cell {
			k := source.Text
			if s == "" {
				k = source.Blank
			}
			return source.Cell{Text: s, Kind: k}
		}
		n := fmt.Sprint(i)
		if i%7 == 3 {
			n = "约" + n
		}
		w := want{low: fmt.Sprint("值", i%(i/100+1)), text: strings.Repeat("字", i%9), items: fmt.Sprintf("甲%d|乙%d", i%50, i%3)}
		if i%5 == 0 {
			w.low = ""
		}
		if i%11 == 0 {
			w.items = ""
		}
		src.rows = append(src.rows, []source.Cell{cell(n), cell(w.low), cell(w.text), cell(w.items), cell(fmt.Sprintf("%d.5", i)), cell([]string{"是", "否", ""}[i%3]), cell("2026-06-" + fmt.Sprintf("%02d", i%30+1))})
		if i%7 != 3 {
			expect[i] = w
			sum += float64(i)
			fsum += float64(i) + 0.5
		}
	}
	for _, size := range []int{1, 64, 1000, 1 << 16} {
		got := load(t, ds, src, Options{Rows: size, Batch: 42})
		if got.err != nil || int(got.counts.Loaded) != len(expect) || got.sums["n"] != sum || got.sums["f"] != fsum {
			t.Fatalf("batches of %d: %+v %v, sums %v, want %d rows, n %v, f %v", size, got.counts, got.err, got.sums, len(expect), sum, fsum)
		}
		for _, r := range got.rows {
			var i int
			fmt.Sscan(fmt.Sprint(r["n"]), &i)
			w := expect[i]
			str := func(v any) string {
				if v == nil {
					return ""
				}
				return fmt.Sprint(v)
			}
			items := "[" + strings.ReplaceAll(w.items, "|", " ") + "]"
			if str(r["low"]) != w.low || str(r["text"]) != w.text || fmt.Sprint(r["items"]) != items || fmt.Sprint(r["_row"]) != fmt.Sprint(i+2) || fmt.Sprint(r["_batch"]) != "42" || r["_file"] != "t.csv" {
				t.Fatalf("batches of %d, row %d: got %v, want %+v", size, i, r, w)
			}
			if b := r["b"]; i%3 == 0 && b != true || i%3 == 1 && b != false || i%3 == 2 && b != nil {
				t.Fatalf("row %d: bool %v", i, b)
			}
		}
	}
}

// TestDictionaryBound declares a column low that is not: its dictionary starts anew.
func TestDictionaryBound(t *testing.T) {
	const most = 20_000 // values that package reading carries over from one batch to the next
	ds := &dataset.Dataset{Name: "wide", Columns: []dataset.Column{{Name: "low", Title: both("低", "Low"), Type: dataset.Low}}}
	src := &table{header: []string{"低"}}
	for i := range 3*most + 100 {
		src.rows = append(src.rows, []source.Cell{{Text: fmt.Sprint("v", i), Kind: source.Text}})
	}
	r, err := NewReader(context.Background(), ds, src, Options{Rows: 4096})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	n, longest := 0, 0
	for r.Next() {
		d := r.Record().Column(0).(*array.Dictionary)
		dict := d.Dictionary().(*array.String)
		longest = max(longest, dict.Len())
		for i := range d.Len() {
			if got, want := dict.Value(d.GetValueIndex(i)), fmt.Sprint("v", n); got != want {
				t.Fatalf("row %d: got %s", n, got)
			}
			n++
		}
	}
	if n != len(src.rows) || longest > most+4096 {
		t.Errorf("%d rows, dictionary of %d", n, longest)
	}
}

func TestSums(t *testing.T) {
	ds := people()
	got := load(t, ds, text("身份证号~入职日期~年龄~金额~柔性",
		"11010519491231002X~2026-06-01~35~0.1~是", "53010219200508011X~1969-12-31~~0.2~否", "440882199102104195~1970-01-02~-5~~是"), Options{})
	want := map[string]float64{"date": 20605 - 1 + 1, "age": 30, "amount": 0.3, "flexible": 2}
	for name, w := range want {
		if math.Abs(got.sums[name]-w) > 1e-9 {
			t.Errorf("%s: got %v, want %v", name, got.sums[name], w)
		}
	}
	if len(got.sums) != 5 || got.sums["person"] <= 0 || got.sums["person"] != math.Trunc(got.sums["person"]) {
		t.Errorf("got %v", got.sums)
	}
	var s control.Exact
	for range 4 {
		s.Add(math.MaxInt64, 0)
	}
	if got, want := s.Float(), 4*float64(math.MaxInt64); got != want {
		t.Errorf("wide sum: got %v, want %v", got, want)
	}
	for range 8 {
		s.Add(math.MinInt64, 0)
	}
	if got, want := s.Float(), -4*float64(math.MaxInt64)-8+4; math.Abs(got-want) > 4096 {
		t.Errorf("wide negative sum: got %v, want %v", got, want)
	}
}

func TestErrorsAndCancel(t *testing.T) {
	broken := errors.New("the disk is gone")
	src := text("身份证号~入职日期", "11010519491231002X~2026-06-01")
	src.err = broken
	if got := load(t, people(), src, Options{}); !errors.Is(got.err, broken) || len(got.rows) != 0 {
		t.Errorf("got %v and %d rows, want the source's error and no unfinished batch", got.err, len(got.rows))
	}

	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	ctx, cancel := context.WithCancel(context.Background())
	r, err := NewReader(ctx, wide(), wideSource(10_000_000), Options{Key: testKey, Lists: testLists(t), Rows: 1024, Memory: mem})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if !r.Next() {
			t.Fatal(r.Err())
		}
	}
	cancel()
	for r.Next() {
	}
	if !errors.Is(r.Err(), context.Canceled) {
		t.Errorf("got %v", r.Err())
	}
	r.Release()

	// released in the middle, and before the first record
	for _, next := range []int{0, 2} {
		r, err := NewReader(context.Background(), wide(), wideSource(10_000_000), Options{Key: testKey, Lists: testLists(t), Rows: 1024, Memory: mem})
		if err != nil {
			t.Fatal(err)
		}
		for range next {
			r.Next()
		}
		start := time.Now()
		r.Release()
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("Release took %v", d)
		}
	}

	// a record outlives its reader when it is retained
	r, err = NewReader(context.Background(), wide(), wideSource(10), Options{Key: testKey, Lists: testLists(t), Memory: mem})
	if err != nil {
		t.Fatal(err)
	}
	r.Next()
	rec := r.Record()
	rec.Retain()
	r.Release()
	if rec.Column(0).Len() != 10 {
		t.Errorf("%d rows", rec.Column(0).Len())
	}
	rec.Release()

	if _, err := NewReader(context.Background(), people(), text("身份证号~入职日期"), Options{Key: []byte("short"), Lists: testLists(t)}); err == nil || !strings.Contains(err.Error(), "32") {
		t.Errorf("a short key: got %v", err)
	}
	// header only
	if got := load(t, people(), text("身份证号~入职日期"), Options{}); got.err != nil || got.counts != (Counts{}) {
		t.Errorf("header only: %+v %v", got.counts, got.err)
	}
}

// planted are numbers of people that must never come out again.
var planted = []string{"331121200002290015", "53010219200508011X", "440882199102104195", "13800138000", "6222021234567890123"}

// TestNothingPersonal puts identity, phone and bank numbers where they belong, mistyped, and where
// nobody expects them: no reject and no error shows one.
func TestNothingPersonal(t *testing.T) {
	ds := people()
	ds.Columns = append(ds.Columns, dataset.Column{Name: "credit", Title: both("信用代码", "Credit code"), Type: dataset.CreditCode},
		dataset.Column{Name: "birth", Title: both("出生", "Birth"), Type: dataset.Date, Of: "person", Parse: "id_birth_date"})
	var header []string
	for i := range ds.Columns {
		header = append(header, ds.Columns[i].Title.Zh)
	}
	shapes := []func(string) string{
		func(s string) string { return s },
		func(s string) string { return s[:len(s)-1] + "9" },
		func(s string) string { return s + "9" },
		func(s string) string { return s[:6] + " " + s[6:] },
		func(s string) string { return s[:3] + "-" + s[3:7] + "-" + s[7:] },
		func(s string) string { return "张三" + s + "先生" },
		func(s string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r + 0xfee0
				}
				return r
			}, s)
		},
		func(s string) string { return s[:10] + "\u00a0\u3000" + s[10:] },
		func(s string) string { return s + "x" },
		func(s string) string { return strings.ToLower(s) + "*" },
	}
	for at := range header {
		src := &table{header: header}
		for _, p := range planted {
			for _, shape := range shapes {
				row := make([]source.Cell, len(header))
				for i := range row {
					row[i] = source.Cell{Text: "约", Kind: source.Text}
				}
				row[at].Text = shape(p)
				src.rows = append(src.rows, row)
			}
		}
		got := load(t, ds, src, Options{})
		if got.err != nil {
			t.Fatal(got.err)
		}
		for _, j := range got.rejects {
			s := fmt.Sprintf("%+v", j)
			if p := leak(s); p != "" {
				t.Fatalf("column %s: a reject shows %s: %s", header[at], p, s)
			}
			if j.Column == "name" && strings.Contains(j.Raw, "张三") {
				t.Fatalf("a reject shows a name: %s", s)
			}
		}
	}
}

// leak finds nine digits of a planted number in a row, whatever stands between them.
func leak(s string) string {
	flat := strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - 0xfee0
		case r >= '0' && r <= '9':
			return r
		case cell.Space(r), cell.Dash(r), r == '-':
			return -1
		}
		return '.'
	}, s)
	for _, p := range planted {
		for i := 0; i+9 <= len(p); i++ {
			if strings.Contains(flat, p[i:i+9]) {
				return p
			}
		}
	}
	return ""
}

// TestCountsIdentity: whatever the rows, every one of them is accounted for.
func TestCountsIdentity(t *testing.T) {
	words := []string{"", " ", "合计", "注：x", "—", "11010519491231002X", "53010219200508011X", "2026-06-01", "2026-13-01", "约300", "35", "本科", "是", "202x", "张三", "１２", "#REF!", "x\x00y", "坏\ufffd"}
	lists := testLists(t)
	rapid.Check(t, func(rt *rapid.T) {
		ds := people()
		ds.Duplicates = rapid.SampledFrom([]string{"keep", "drop"}).Draw(rt, "duplicates")
		ds.Columns[5].Bad = rapid.SampledFrom([]string{"", "null"}).Draw(rt, "bad")
		src := &table{header: []string{"身份证号", "姓名", "入职日期", "学历", "毕业院校", "年龄"}}
		nonblank := 0
		for range rapid.IntRange(0, 40).Draw(rt, "rows") {
			row := make([]source.Cell, rapid.IntRange(0, 8).Draw(rt, "cells"))
			some := false
			for i := range row {
				row[i] = source.Cell{Text: rapid.SampledFrom(words).Draw(rt, "cell"), Kind: source.Kind(rapid.IntRange(0, 6).Draw(rt, "kind"))}
				some = some || row[i].Filled()
			}
			if some {
				nonblank++
			}
			src.rows = append(src.rows, row)
		}
		got := load(t, ds, src, Options{Rows: rapid.SampledFrom([]int{1, 3, 1000}).Draw(rt, "batch"), Lists: lists})
		if got.err != nil {
			rt.Fatal(got.err)
		}
		c := got.counts
		if c.Read != c.Loaded+c.Rejected+c.Excluded+c.Duplicates || int(c.Read) != nonblank || int(c.Loaded) != len(got.rows) {
			rt.Fatalf("%+v of %d rows, %d came out", c, nonblank, len(got.rows))
		}
		refused := map[int]bool{}
		for _, j := range got.rejects {
			if !j.Warn {
				refused[j.Origin.Row] = true
			}
		}
		if len(refused) != int(c.Rejected) {
			rt.Fatalf("%d rows rejected, %d have a reject", c.Rejected, len(refused))
		}
	})
}

// FuzzCell: no cell of any kind in a column of any type stops the reader; a number that is taken
// keeps its significant digits.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"300", "约300", "１，２３４．５", "1.2万", "(12)", "2026年9月1日", "45000", "3.31121E+17", "11010519491231002X", "本科", "#REF!", "10³", "⑴", "½", "٣", "1_000", "0x10", "\x00", "\xff", "2026-09-01T", "Java|", "['", "—"} {
		for k := range 7 {
			f.Add(s, uint8(k))
		}
	}
	lists := testLists(f)
	ds := people()
	ds.Totals = nil
	for i := range ds.Columns {
		ds.Columns[i].Required = false
		if ds.Columns[i].Type != dataset.Strings {
			ds.Columns[i].Bad = "null"
		}
	}
	ds.Columns = append(ds.Columns, dataset.Column{Name: "big", Title: both("大", "Big"), Type: dataset.Int64, Bad: "null"},
		dataset.Column{Name: "level", Title: both("级", "Level"), Type: dataset.Int8, List: "levels", Bad: "null"},
		dataset.Column{Name: "credit", Title: both("信用", "Credit"), Type: dataset.CreditCode, Bad: "null"})
	for p, types := range dataset.Parsers {
		ds.Columns = append(ds.Columns, dataset.Column{Name: "p_" + p, Title: both("p_"+p, "p_"+p), Type: types[0], Parse: p, Bad: "null"})
		if types[0] == dataset.Code {
			ds.Columns[len(ds.Columns)-1].List = "sexes"
		}
	}
	var header []string
	for i := range ds.Columns {
		header = append(header, ds.Columns[i].Title.Zh)
	}
	f.Fuzz(func(t *testing.T, s string, k uint8) {
		row := make([]source.Cell, len(header))
		for i := range row {
			row[i] = source.Cell{Text: s, Kind: source.Kind(k % 7)}
		}
		got := load(t, ds, &table{header: header, rows: [][]source.Cell{row}, sheet: "表"}, Options{Lists: lists})
		if got.err != nil {
			t.Fatal(got.err)
		}
		for _, j := range got.rejects {
			if !utf8.ValidString(j.Raw) && utf8.ValidString(s) || len(j.Raw) > 4*cell.MaxRaw {
				t.Fatalf("%q: raw %q", s, j.Raw)
			}
		}
		if len(got.rows) != 1 || source.Kind(k%7) != source.Text || strings.ContainsAny(strings.ToLower(cell.Fold(s)), "e") || strings.Contains(cell.Fold(s), "m2") {
			return
		}
		for _, col := range []string{"age", "big", "amount"} {
			if v := got.rows[0][col]; v != nil {
				if g, w := significant(strings.Split(strings.ToLower(fmt.Sprint(v)), "e")[0]), significant(cell.Fold(s)); g != w && len(w) < 16 {
					t.Fatalf("%s: %q became %v: digits %s, were %s", col, s, v, g, w)
				}
			}
		}
	})
}

// significant are the digits of a text without zeros at either end.
func significant(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return strings.Trim(b.String(), "0")
}

// TestLargeTexts: a text as large as a file is refused or cut into batches, not gathered.
func TestLargeTexts(t *testing.T) {
	ds := &dataset.Dataset{Name: "large", Columns: []dataset.Column{
		{Name: "s", Title: both("文", "S"), Type: dataset.String},
		{Name: "low", Title: both("低", "Low"), Type: dataset.Low},
		{Name: "items", Title: both("项", "Items"), Type: dataset.Strings},
	}}
	for col, tt := range []struct {
		size int
		rule string
	}{{1<<20 + 1, "too_long"}, {cell.MaxWord + 1, "too_long"}, {cell.MaxWord + 1, "too_long"}} {
		row := make([]source.Cell, 3)
		row[col] = source.Cell{Text: strings.Repeat("x", tt.size), Kind: source.Text}
		got := load(t, ds, &table{header: []string{"文", "低", "项"}, rows: [][]source.Cell{row}}, Options{})
		if len(got.rejects) != 1 || got.rejects[0].Rule != tt.rule || len(got.rejects[0].Raw) > 2*cell.MaxRaw {
			t.Errorf("column %d: got %+v", col, got.rejects)
		}
	}
	src := &table{header: []string{"文", "低", "项"}}
	big := strings.Repeat("字", 1<<18)
	for range 100 { // 75 MiB
		src.rows = append(src.rows, []source.Cell{{Text: big, Kind: source.Text}, {}, {}})
	}
	r, err := NewReader(context.Background(), ds, src, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	n, batches := 0, 0
	for r.Next() {
		n += int(r.Record().NumRows())
		batches++
	}
	if n != 100 || batches < 2 {
		t.Errorf("%d rows in %d batches", n, batches)
	}
}
