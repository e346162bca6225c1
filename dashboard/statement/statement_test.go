package statement

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric/called"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/warehousetest"
)

func desk(t *testing.T) *Desk {
	t.Helper()
	cat, stage, reader := metrictest.Office(t)
	stage.Load(t, "arrivals", []string{"person", "date", "direction", "node", "enterprise"}, [][]string{
		{"1", "2026-01-05", "in", "magnetic.motor", "=cmd()"}, {"2", "2026-02-05", "in", "magnetic.motor", "甲"}, {"3", "2026-02-07", "out", "superalloy.cast", "乙"},
	}, "")
	d := &Desk{
		Analyst: func(ctx context.Context) (*warehouse.DB, error) {
			return warehouse.Open(ctx, warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "analyst", Database: "mart"})
		},
		Reader:  warehousetest.OpenAs(t, "reader"),
		Metrics: &called.Book{Engine: &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: reader}},
	}
	t.Cleanup(d.Close)
	return d
}

func TestDesk(t *testing.T) {
	d := desk(t)
	for _, x := range []struct {
		name string
		test func(*testing.T, *Desk)
	}{{"run", testRun}, {"stop", testStop}, {"faults", testFaults}, {"metric", testMetric}, {"export", testExport}, {"bounds", testBounds}, {"kept", testKept}, {"fair", testFair}} {
		t.Run(x.name, func(t *testing.T) { x.test(t, d) })
	}
}

func quiet(Progress, *Result) {}

func given(t *testing.T, r *Result, from, n int) (rows [][]any) {
	t.Helper()
	var out bytes.Buffer
	if err := r.Give(&out, from, n); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
		t.Fatalf("%v: %s", err, out.Bytes()[:min(300, out.Len())])
	}
	return rows
}

// running is how many statements of a person the engine runs.
func running(t *testing.T, d *Desk, id string) bool {
	t.Helper()
	_, ok, err := d.look(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// A million rows are kept, no more, and any of them is given at once; what is asked is told as it goes.
func testRun(t *testing.T, d *Desk) {
	var told []Progress
	r, err := d.Run(t.Context(), Ask{Who: "li", SQL: "select number as n, toString(number) as s, if(number % 2, null, -9007199254740993) as big, [1, 2] as a from numbers(1000500)"},
		func(p Progress, _ *Result) { told = append(told, p) })
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows() != MostRows || !r.Cut() {
		t.Fatalf("%d rows, cut %v", r.Rows(), r.Cut())
	}
	if last := told[len(told)-1]; last.State != Done || last.Rows != MostRows {
		t.Errorf("told %+v", last)
	}
	if fmt.Sprint(r.Columns()) != "[{n UInt64} {s String} {big Nullable(Int64)} {a Array(UInt8)}]" {
		t.Error(r.Columns())
	}
	for _, from := range []int{0, 1, 127, 128, 777_777, 999_999} {
		rows := given(t, r, from, 2)
		if want := fmt.Sprint(from); len(rows) == 0 || rows[0][0] != want || rows[0][1] != want {
			t.Fatalf("from %d: %v", from, rows)
		}
	}
	if rows := given(t, r, 0, 1); rows[0][2] != "-9007199254740993" {
		t.Error("digits are lost", rows)
	}
	if rows := given(t, r, 1_000_000, 5); len(rows) != 0 {
		t.Error("rows after the last", rows)
	}
	if rows := given(t, r, 0, 1_000_000); len(rows) != mostSpan {
		t.Error("no bound", len(rows))
	}
	s, ok, err := r.Stats(2)
	if err != nil || !ok || s.Nulls != MostRows/2 || s.Distinct != 1 || s.Min != "-9007199254740993" || *s.Mean != -9007199254740993 {
		t.Errorf("%+v %v %v", s, ok, err)
	}
	if s, _, _ = r.Stats(0); s.Distinct != MostRows || s.Max != "999999" || *s.Mean != 499999.5 {
		t.Errorf("%+v", s)
	}
	if s, _, _ = r.Stats(1); s.Min != "0" || s.Max != "999999" || s.Mean != nil || s.Longest != 6 {
		t.Errorf("%+v", s)
	}
	if _, ok, _ = r.Stats(4); ok {
		t.Error("a column that is not there")
	}
	if d.Result("wang", r.ID) != nil || d.Result("li", r.ID) != r {
		t.Error("a result is one person's")
	}
}

// A stopped statement is gone from the engine when that is told, and so is one whose page went away. Others run on.
func testStop(t *testing.T, d *Desk) {
	const endless = "select count() from numbers(990000000) where sleep(0.05) = 1" // it reads on and on, and leaves the processors alone
	for _, how := range []string{"stop", "leave"} {
		ctx, leave := context.WithCancel(t.Context())
		id, seen := NewID(), map[State]bool{}
		started, ended := make(chan bool, 1), make(chan error, 1)
		go func() {
			_, err := d.Run(ctx, Ask{Who: "li", ID: id, SQL: endless}, func(p Progress, _ *Result) {
				seen[p.State] = true
				if p.Read > 0 {
					select {
					case started <- true:
					default:
					}
				}
			})
			ended <- err
		}()
		<-started
		if d.Stop("wang", id) {
			t.Error("another stopped it")
		}
		if !running(t, d, id) {
			t.Fatal("it does not run")
		}
		at := time.Now()
		if how == "stop" && !d.Stop("li", id) {
			t.Error("it was not there to stop")
		}
		if how == "leave" {
			leave()
		}
		err := <-ended
		if running(t, d, id) {
			t.Errorf("%s: the engine is still at it", how)
		}
		if !errors.Is(err, ErrStopped) || !seen[Stopping] || !seen[Stopped] {
			t.Errorf("%s: %v, told %v", how, err, seen)
		}
		t.Logf("%s: gone after %s", how, time.Since(at))
		leave()
	}
	var began []context.CancelFunc
	var all sync.WaitGroup
	for range mostEach {
		ctx, leave := context.WithCancel(t.Context())
		began = append(began, leave)
		up := make(chan bool, 1)
		all.Go(func() {
			_, _ = d.Run(ctx, Ask{Who: "li", SQL: endless}, func(Progress, *Result) {
				select {
				case up <- true:
				default:
				}
			})
		})
		<-up
	}
	if _, err := d.Run(t.Context(), Ask{Who: "li", SQL: "select 1"}, quiet); err == nil || !strings.Contains(err.Error(), "too many of your statements") {
		t.Error(err)
	}
	up, other := make(chan bool, 1), make(chan error, 1)
	go func() { // he is let in, to wait for a place that the others have
		_, err := d.Run(t.Context(), Ask{Who: "wang", SQL: "select 1"}, func(Progress, *Result) {
			select {
			case up <- true:
			default:
			}
		})
		other <- err
	}()
	<-up
	for _, leave := range began {
		leave()
	}
	all.Wait()
	if err := <-other; err != nil {
		t.Error(err)
	}
}

// What is refused is told in words of both languages, with its place where it has one.
func testFaults(t *testing.T, d *Desk) {
	for sql, want := range map[string]struct {
		text, place string
		code        int
	}{
		"select node count() form arrivals":                     {"是不是 FROM？", "form", 62},
		"select nod from arrivals":                              {"是不是 node？", "nod", 47},
		"select * from arrival":                                 {"是不是 arrivals？", "arrival", 60},
		"select uniqExac(1)":                                    {"是不是 uniqExact？", "uniqExac", 46},
		"select 1; select 2":                                    {"一次只能一条语句", "", 62},
		"select 1 format Parquet":                               {"FORMAT", "", 62},
		"select {a:Int8}":                                       {"参数 a 没有给值", "", 456},
		"select * from metric('inflw')":                         {"是不是 inflow？", "metric('inflw')", 36},
		"select valu from metric('inflow', by := ['node'])":     {"没有列 valu", "valu", 47},
		"select * from metric('inflow', by := ['node']) wher 1": {"", "wher", 62},
		strings.Repeat(" ", MostText) + "x":                     {"1 MB", "", 62},
		"":                                                      {"语句是空的", "", 62},
	} {
		_, err := d.Run(t.Context(), Ask{Who: "li", SQL: sql}, quiet)
		var f *Fault
		if !errors.As(err, &f) || f.Code != want.code || !strings.Contains(f.Zh, want.text) || f.En == "" {
			t.Errorf("%.80s: %v %+v", sql, err, f)
			continue
		}
		if got := sql[f.From:f.To]; want.place != "" && got != want.place {
			t.Errorf("%.80s: marked %q", sql, got)
		}
	}
	for _, x := range warehousetest.Refusals {
		for _, by := range []string{"run", "export", "estimate"} {
			var err error
			switch by {
			case "run":
				_, err = d.Run(t.Context(), Ask{Who: "li", SQL: x.SQL}, quiet)
			case "export":
				var out bytes.Buffer
				if _, err = d.Export(t.Context(), Ask{Who: "li", SQL: x.SQL}, Formats[0], &out, codes.Zh); out.Len() > len(ByteOrderMark) {
					t.Errorf("%s: %d bytes went out", x.Name, out.Len())
				}
			default:
				_, _, err = d.Estimate(t.Context(), Ask{Who: "li", SQL: x.SQL})
			}
			var f *Fault
			if !errors.As(err, &f) || f.Zh == "" || by != "estimate" && x.Code != 0 && f.Code != x.Code && x.Name != "meta" { // of meta there is no table here
				t.Errorf("%s by %s: %v", x.Name, by, err)
			}
		}
	}
}

// A metric is selected from, with parameters, and an estimate is made of what it reads.
func testMetric(t *testing.T, d *Desk) {
	a := Ask{Who: "li", SQL: "select period, node, value from metric('inflow', by := ['node'], grain := 'month', from := {since:Date}) where value >= {least:UInt8} order by 1", Params: map[string]string{"since": "2026-01-01", "least": "1"}}
	r, err := d.Run(t.Context(), a, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(given(t, r, 0, 10)); got != "[[2026-01-01 magnetic.motor 1] [2026-02-01 magnetic.motor 1]]" {
		t.Error(got)
	}
	e, ok, err := d.Estimate(t.Context(), a)
	if err != nil || !ok || e.Rows == 0 {
		t.Error(e, ok, err)
	}
	if _, _, err = d.Estimate(t.Context(), Ask{Who: "li", SQL: "select node form arrivals"}); err == nil {
		t.Error("estimated what is no statement")
	} else if f := new(Fault); !errors.As(err, &f) || f.From != len("select node ") {
		t.Errorf("%+v", f)
	}
}

// A file holds what the statement answers, in each format; no text of CSV becomes a formula, and none of a workbook is one.
func testExport(t *testing.T, d *Desk) {
	a := Ask{Who: "li", SQL: "select enterprise, toInt64(-5) as n, cast(null, 'Nullable(Int8)') as nothing from arrivals order by enterprise"}
	file := func(format string) []byte {
		f, ok := FormatOf(format)
		if !ok {
			t.Fatal(format)
		}
		var out bytes.Buffer
		if _, err := d.Export(t.Context(), a, f, &out, codes.Zh); err != nil {
			t.Fatal(format, err)
		}
		return out.Bytes()
	}
	const want = "\"enterprise\",\"n\",\"nothing\"\n\"'=cmd()\",-5,\n\"乙\",-5,\n\"甲\",-5,\n"
	if got := string(file("csv")); got != ByteOrderMark+want {
		t.Errorf("%q", got)
	}
	gb, err := simplifiedchinese.GB18030.NewDecoder().Bytes(file("csv_gb18030"))
	if err != nil || string(gb) != want {
		t.Errorf("%q %v", gb, err)
	}
	if got := string(file("jsonl")); !strings.Contains(got, `{"enterprise":"甲","n":-5,"nothing":null}`) {
		t.Error(got)
	}
	if got := file("parquet"); !bytes.HasPrefix(got, []byte("PAR1")) || !bytes.HasSuffix(got, []byte("PAR1")) {
		t.Errorf("%q", got)
	}
	if got := file("arrow"); !bytes.HasPrefix(got, []byte("ARROW1")) {
		t.Errorf("%q", got)
	}
	// of what is broken off it is known how many rows had gone out
	f, _ := FormatOf("csv")
	if rows, err := d.Export(t.Context(), Ask{Who: "li", SQL: "select number, repeat('x', 100) from numbers(900000)"}, f, &full{most: 1 << 20}, codes.Zh); err == nil || rows == 0 || rows >= 900_000 {
		t.Errorf("%d rows of what was broken off, %v", rows, err)
	}
	book := file("xlsx")
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(in)
		if in.Close(); bytes.Contains(text, []byte("<f>")) {
			t.Errorf("%s has a formula", f.Name)
		}
	}
}

// full takes so much and no more.
type full struct{ most int }

func (f *full) Write(p []byte) (int, error) {
	if f.most -= len(p); f.most < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

// testBounds: files have bounds that other doors share.
func testBounds(t *testing.T, d *Desk) {
	was := d.Exports
	d.Exports = &door.Exports{Rows: 5, Time: time.Minute, AtOnce: 1}
	defer func() { d.Exports = was }()
	take := func(sql string) int {
		t.Helper()
		_, err := d.Export(t.Context(), Ask{Who: "li", SQL: sql}, Formats[0], io.Discard, codes.Zh)
		var no *Fault
		switch {
		case err == nil:
			return 0
		case errors.As(err, &no):
			return no.Code
		}
		t.Fatal(err)
		return -1
	}
	leave, ok := d.Exports.Enter("another, by another door")
	if !ok {
		t.Fatal("no place")
	}
	if got := take("select 1"); got != 202 {
		t.Errorf("beside another's export: %d", got)
	}
	leave()
	if got := take("select number from numbers(5)"); got != 0 {
		t.Errorf("as many rows as may be: %d", got)
	}
	if got := take("select number from numbers(6)"); got != 396 {
		t.Errorf("too many rows: %d", got)
	}
}

// Results are let go of: those of a person beyond a few, and all in the end.
func testKept(t *testing.T, d *Desk) {
	var ids []string
	for i := range mostEach + 3 {
		r, err := d.Run(t.Context(), Ask{Who: "li", SQL: fmt.Sprint("select ", i)}, quiet)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	for i, id := range ids {
		if got := d.Result("li", id) != nil; got != (i >= 3) {
			t.Errorf("%d is kept: %v", i, got)
		}
	}
	d.Gone = time.Now
	if d.Result("li", ids[len(ids)-1]) != nil {
		t.Error("what somebody who was deleted since stands in is shown")
	}
	d.Gone = nil
	wide := "select repeat('长', 30000) as a, 1 as b"
	r, err := d.Run(t.Context(), Ask{Who: "li", SQL: wide}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if cell := given(t, r, 0, 1)[0][0].(string); len([]rune(cell)) != longCell+1 {
		t.Errorf("%d characters of a long cell", len([]rune(cell)))
	}
	if _, err = d.Run(t.Context(), Ask{Who: "li", SQL: "select " + strings.Join(slices.Repeat([]string{"1"}, mostWidth+1), ",")}, quiet); err == nil || !strings.Contains(err.Error(), "columns") {
		t.Error(err)
	}
}

func FuzzElement(f *testing.F) {
	f.Add(`["a,\"]", [1,{"x":"]"}], null, -1.5, ""]`, 2)
	f.Fuzz(func(t *testing.T, line string, k int) {
		var cells []json.RawMessage
		if json.Unmarshal([]byte(line), &cells) != nil || k < 0 || strings.ContainsAny(line, "\n\t\r") {
			_ = element([]byte(line), k)
			return
		}
		got := element([]byte(line), k)
		if k >= len(cells) {
			if len(got) != 0 {
				t.Errorf("%s: %q is no cell", line, got)
			}
			return
		}
		if !bytes.Equal(got, bytes.TrimSpace(cells[k])) {
			t.Errorf("%s: %q, want %q", line, got, cells[k])
		}
	})
}
