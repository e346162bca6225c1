package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// table is a source of rows that stand in the test.
type table struct {
	header []string
	sheet  string
	rows   [][]source.Cell
	err    error // after the rows
}

func (t *table) Header() []string { return t.header }
func (t *table) Close() error     { return nil }
func (t *table) Rows(ctx context.Context) iter.Seq2[source.Row, error] {
	return func(yield func(source.Row, error) bool) {
		for i, cells := range t.rows {
			if !yield(source.Row{Origin: source.Origin{File: "t.csv", Sheet: t.sheet, Row: i + 2}, Cells: cells}, nil) {
				return
			}
		}
		if t.err != nil {
			yield(source.Row{}, t.err)
		}
	}
}

// text makes rows of text cells out of lines of cells parted by ~.
func text(header string, lines ...string) *table {
	t := &table{}
	if header != "" {
		t.header = strings.Split(header, "~")
	}
	for _, l := range lines {
		var row []source.Cell
		for _, c := range strings.Split(l, "~") {
			k := source.Text
			if c == "" {
				k = source.Blank
			}
			row = append(row, source.Cell{Text: c, Kind: k})
		}
		t.rows = append(t.rows, row)
	}
	return t
}

var testKey = []byte("a key of thirty-two bytes or more, for tests")

func testLists(t testing.TB) *codes.Lists {
	t.Helper()
	ls, err := codes.Load(fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []*codes.List{
		{Name: "education", Zh: "学历", En: "Education", Values: []codes.Value{
			{Code: "11", Zh: "博士研究生毕业", En: "Doctor", Aliases: []string{"博士", "博士研究生"}},
			{Code: "14", Zh: "硕士研究生毕业", En: "Master", Aliases: []string{"硕士", "硕士研究生"}},
			{Code: "21", Zh: "大学本科毕业", En: "Bachelor", Aliases: []string{"本科", "大学本科", "学士"}},
			{Code: "31", Zh: "大学专科毕业", En: "Associate", Aliases: []string{"大专", "专科"}},
		}},
		{Name: "countries", Zh: "国家和地区", En: "Countries", Values: []codes.Value{
			{Code: "CN", Zh: "中国", En: "China"}, {Code: "NA", Zh: "纳米比亚", En: "Namibia"}, {Code: "DE", Zh: "德国", En: "Germany"},
		}},
		{Name: "levels", Zh: "技能等级", En: "Skill levels", Ranked: true, Values: []codes.Value{
			{Code: "l3", Zh: "中级工", En: "Intermediate", Aliases: []string{"四级", "4"}, Rank: 3}, {Code: "l4", Zh: "高级工", En: "Senior", Aliases: []string{"三级", "3"}, Rank: 4},
		}},
		{Name: "results", Zh: "考核结果", En: "Results", Ranked: true, Values: []codes.Value{
			{Code: "1", Zh: "合格", En: "Passed", Rank: 1}, {Code: "0", Zh: "不合格", En: "Failed", Aliases: []string{"缺考"}, Rank: 0},
		}},
		{Name: "sexes", Zh: "性别", En: "Sexes", Values: []codes.Value{{Code: "M", Zh: "男", En: "Male"}, {Code: "F", Zh: "女", En: "Female"}}},
	} {
		if err := ls.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	return ls
}

// loaded is what came out of a reader.
type loaded struct {
	rows    []map[string]any
	rejects []Reject
	counts  Counts
	sums    map[string]float64
	layout  string
	binding *bind.Binding
	err     error
}

// load reads everything, on an allocator that finds leaks.
func load(t testing.TB, ds *dataset.Dataset, src source.Source, o Options) loaded {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	var out loaded
	o.Memory, o.Key = mem, testKey
	if o.Rows == 0 {
		o.Rows = 64
	}
	if o.Lists == nil {
		o.Lists = testLists(t)
	}
	o.Reject = func(j Reject) { out.rejects = append(out.rejects, j) }
	r, err := NewReader(context.Background(), ds, src, o)
	if err != nil {
		out.err = err
		return out
	}
	defer r.Release()
	out.binding = r.Binding()
	out.layout = out.binding.Layout
	for r.Next() {
		b, err := r.Record().MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var rows []map[string]any
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		if err := dec.Decode(&rows); err != nil {
			t.Fatal(err)
		}
		out.rows = append(out.rows, rows...)
	}
	out.counts, out.sums, out.err = r.Counts(), r.Sums(), r.Err()
	if c := out.counts; c.Read != c.Loaded+c.Rejected+c.Excluded+c.Duplicates {
		t.Errorf("counts do not add up: %+v", c)
	}
	if int(out.counts.Loaded) != len(out.rows) && out.err == nil {
		t.Errorf("%d rows came out, counted %d", len(out.rows), out.counts.Loaded)
	}
	return out
}

func both(zh, en string) codes.Text { return codes.Text{Zh: zh, En: en} }

// people is a dataset with a column of every type.
func people() *dataset.Dataset {
	return &dataset.Dataset{Name: "people", Title: both("人", "People"), Totals: []string{"合计", "注"}, Columns: []dataset.Column{
		{Name: "person", Title: both("身份证号", "Identity number"), Type: dataset.Person, Required: true, Personal: dataset.PersonalID},
		{Name: "name", Title: both("姓名", "Name"), Type: dataset.String, Personal: dataset.PersonalName},
		{Name: "date", Title: both("入职日期", "Date"), Type: dataset.Date, Required: true},
		{Name: "education", Title: both("学历", "Education"), Type: dataset.Code, List: "education"},
		{Name: "school", Title: both("毕业院校", "School"), Type: dataset.Low},
		{Name: "age", Title: both("年龄", "Age"), Type: dataset.Int8},
		{Name: "amount", Title: both("金额", "Amount"), Type: dataset.Float64, Unit: "元"},
		{Name: "flexible", Title: both("柔性", "Flexible"), Type: dataset.Bool},
		{Name: "skills", Title: both("技能", "Skills"), Type: dataset.Strings},
		{Name: "country", Title: both("国别", "Country"), Type: dataset.Code, List: "countries", Default: "CN"},
	}}
}
