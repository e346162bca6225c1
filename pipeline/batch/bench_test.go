package batch

import (
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/ipc"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// wide is a dataset of sixteen columns like those the office loads.
func wide() *dataset.Dataset {
	col := func(name string, t dataset.Type, more func(*dataset.Column)) dataset.Column {
		c := dataset.Column{Name: name, Title: both(name, name), Type: t}
		if more != nil {
			more(&c)
		}
		return c
	}
	required := func(c *dataset.Column) { c.Required = true }
	return &dataset.Dataset{Name: "wide", Title: both("宽表", "Wide"), Totals: []string{"合计"}, Columns: []dataset.Column{
		col("person", dataset.Person, func(c *dataset.Column) { c.Required, c.Personal = true, dataset.PersonalID }),
		col("date", dataset.Date, required),
		col("left_on", dataset.Date, nil),
		col("direction", dataset.Low, required),
		col("province", dataset.Low, nil),
		col("education", dataset.Code, func(c *dataset.Column) { c.List = "education" }),
		col("channel", dataset.Low, nil),
		col("node", dataset.Low, nil),
		col("country", dataset.Code, func(c *dataset.Column) { c.List = "countries" }),
		col("enterprise", dataset.Low, nil),
		col("age", dataset.Int16, nil),
		col("needed", dataset.Int32, nil),
		col("amount", dataset.Float64, nil),
		col("salary", dataset.Float64, nil),
		col("flexible", dataset.Bool, nil),
		col("title", dataset.String, nil),
	}, Checks: []dataset.RowCheck{{Name: "order", Expr: "left_on >= date", Reason: both("离开早于到来", "left before arriving")}}}
}

// again yields n rows made of a few thousand rows that stand in memory.
type again struct {
	header []string
	rows   [][]source.Cell
	n      int
}

func (s *again) Header() []string { return s.header }
func (s *again) Close() error     { return nil }
func (s *again) Rows(ctx context.Context) iter.Seq2[source.Row, error] {
	return func(yield func(source.Row, error) bool) {
		for i := range s.n {
			if !yield(source.Row{Origin: source.Origin{File: "宽表.csv", Row: i + 2}, Cells: s.rows[i%len(s.rows)]}, nil) {
				return
			}
		}
	}
}

func wideSource(n int) *again {
	s := &again{n: n}
	ds := wide()
	for i := range ds.Columns {
		s.header = append(s.header, ds.Columns[i].Name)
	}
	provinces := []string{"浙江", "上海", "江苏", "安徽", "江西", "福建", "广东", "湖北"}
	for i := range 8192 {
		id := fmt.Sprintf("331121%04d%02d%02d%03d", 1960+i%45, 1+i%12, 1+i%28, i%1000)
		sum := 0
		for k := range 17 {
			sum += int(id[k]-'0') * [...]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}[k]
		}
		id += string("10X98765432"[sum%11])
		d := fmt.Sprintf("%04d-%02d-%02d", 2023+i%3, 1+i%12, 1+i%28)
		left := ""
		if i%4 == 0 {
			left = fmt.Sprintf("%04d-%02d-%02d", 2026, 1+i%6, 1+i%28)
		}
		row := []string{
			id, d, left, []string{"in", "out"}[i%2], provinces[i%8], []string{"本科", "硕士", "博士", "大专"}[i%4],
			[]string{"校园招聘", "社会招聘", "招聘会"}[i%3], fmt.Sprintf("magnetic.n%d", i%18), []string{"CN", "DE"}[i%50/49],
			fmt.Sprintf("青田第%d磁材有限公司", i%400), fmt.Sprint(20 + i%40), fmt.Sprint(i % 500), fmt.Sprintf("%d.%02d", i*7, i%100),
			fmt.Sprint(4000 + i%9000), []string{"是", "否"}[i%2], fmt.Sprintf("磁性材料研发工程师第%d岗", i),
		}
		cells := make([]source.Cell, len(row))
		for k, v := range row {
			cells[k] = source.Cell{Text: v, Kind: source.Text}
			if v == "" {
				cells[k].Kind = source.Blank
			}
		}
		s.rows = append(s.rows, cells)
	}
	return s
}

func benchLists(b *testing.B) *codes.Lists { return testLists(b) }

// BenchmarkLoad reads rows of 16 columns into record batches, with every check on; /ipc also
// writes them as the stream the engine takes.
func BenchmarkLoad(b *testing.B) {
	for _, mode := range []string{"build", "ipc"} {
		b.Run(mode, func(b *testing.B) {
			b.ReportAllocs()
			lists := benchLists(b)
			b.ResetTimer()
			var peak uint64
			cpu := cpuTime()
			r, err := NewReader(context.Background(), wide(), wideSource(b.N), Options{Key: testKey, Lists: lists, Reject: func(j Reject) { b.Fatalf("%+v", j) }})
			if err != nil {
				b.Fatal(err)
			}
			w := ipc.NewWriter(io.Discard, ipc.WithSchema(r.Schema()))
			for r.Next() {
				if mode == "ipc" {
					if err := w.Write(r.Record()); err != nil {
						b.Fatal(err)
					}
				}
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
			w.Close()
			r.Release()
			if r.Err() != nil || r.Counts().Loaded != uint64(b.N) {
				b.Fatal(r.Err(), r.Counts())
			}
			b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N), "cpu-ns/op")
			b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
		})
	}
}

// BenchmarkSteps reads what the steps before the columns change: copies dropped, blank cells filled from
// above, headers become rows. The figures are of a row of the file.
func BenchmarkSteps(b *testing.B) {
	copies := wide()
	copies.Duplicates = "drop"
	groups := wide()
	groups.Columns[4].FillDown, groups.Columns[8].FillDown = true, true
	years, err := dataset.Parse("datasets/years.yaml", []byte(`name: years
title: {zh: 各年产值, en: Output by year}
about: {zh: 一行一年, en: A year a row}
unit: [file]
totals: [合计]
unpivot: {columns: '^(?P<year>[0-9]{4})年/(?P<_>.+)$', values: [output, people]}
columns:
  - {name: county, title: {zh: 地区, en: County}, type: low, required: true}
  - {name: year, title: {zh: 年份, en: Year}, type: int16, required: true}
  - {name: output, title: {zh: 产值, en: Output}, type: float64}
  - {name: people, title: {zh: 人口, en: People}, type: int32}
`), &codes.Lists{})
	if err != nil {
		b.Fatal(err)
	}
	spread := &again{header: []string{"地区"}}
	for y := range 10 {
		spread.header = append(spread.header, fmt.Sprintf("%d年/产值", 2015+y), fmt.Sprintf("%d年/人口", 2015+y))
	}
	for i := range 1000 {
		row := []source.Cell{{Text: fmt.Sprint("县", i%90), Kind: source.Text}}
		for y := range 20 {
			row = append(row, source.Cell{Text: fmt.Sprint(i*20 + y), Kind: source.Text})
		}
		spread.rows = append(spread.rows, row)
	}
	for _, bb := range []struct {
		name string
		ds   *dataset.Dataset
		src  *again
		each uint64 // rows of the table that a row of the file becomes
	}{{"copies", copies, wideSource(0), 1}, {"filldown", groups, wideSource(0), 1}, {"unpivot", years, spread, 10}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			lists := benchLists(b)
			bb.src.n = b.N
			b.ResetTimer()
			cpu := cpuTime()
			r, err := NewReader(context.Background(), bb.ds, bb.src, Options{Key: testKey, Lists: lists, Reject: func(j Reject) { b.Fatalf("%+v", j) }})
			if err != nil {
				b.Fatal(err)
			}
			for r.Next() {
			}
			r.Release()
			if r.Err() != nil || r.Counts().Read != uint64(b.N)*bb.each {
				b.Fatal(r.Err(), r.Counts())
			}
			b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N), "cpu-ns/op")
		})
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
