package check

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

var update = flag.Bool("update", false, "write the golden files")

func share(v float64) *float64 { return &v }

var visits = &dataset.Dataset{
	Name:      "visits",
	Title:     codes.Text{Zh: "走访", En: "Visits"},
	Unit:      []string{"sender", "period"},
	Period:    &dataset.Span{Column: "day", Grain: "month"},
	Partition: &dataset.Partition{Column: "day", By: "year"},
	Order:     []string{"day"},
	Key:       []string{"who", "day"},
	Limits:    dataset.Limits{RejectedShare: share(0.2), ShrinkShare: share(0.5)},
	Columns: []dataset.Column{
		{Name: "who", Type: dataset.String, Required: true, Title: codes.Text{Zh: "对象", En: "Whom"}},
		{Name: "day", Type: dataset.Date, Title: codes.Text{Zh: "日期", En: "Day"}, Default: "2026-06-01"},
		{Name: "place", Type: dataset.Low, Title: codes.Text{Zh: "地点", En: "Place"}},
		{Name: "people", Type: dataset.Int32, Title: codes.Text{Zh: "人数", En: "People"}},
		{Name: "cost", Type: dataset.Float64, Title: codes.Text{Zh: "费用", En: "Cost"}},
	},
	SetChecks: []dataset.SetCheck{
		{Name: "once_each", Unique: []string{"who", "place"}, Reason: codes.Text{Zh: "同一地点走访两次", En: "visited twice at one place"}},
		{Name: "cheap", Expr: "avg(cost) < 100", Action: "warn", Reason: codes.Text{Zh: "平均费用过高", En: "dear on average"}},
		{Name: "crowded", Expr: "max(people) <= 50", Reason: codes.Text{Zh: "人数过多", En: "too many people"}},
	},
}

var (
	june = Scope{Batch: 7, From: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)}
	sums = []Sum{{"people", "toFloat64(ifNull(sum(toInt128(`people`)), 0))", 0}, {"cost", "toFloat64(ifNull(sumKahan(`cost`), 0))", 0}}
)

// The question is one query, and stays as it is until somebody means it to change.
func TestCompile(t *testing.T) {
	s := june
	s.Sums = sums
	got := compile(visits, s)
	text := got.statement.SQL + "\n"
	const golden = "testdata/visits.sql"
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), text); d != "" {
		t.Errorf("%s (go test -update writes it anew):\n%s", golden, d)
	}
	if d := cmp.Diff(map[string]string{"batch": "7", "from": "2026-06-01", "to": "2026-07-01"}, got.statement.Params); d != "" {
		t.Error(d)
	}
}

func TestRun(t *testing.T) {
	db := warehousetest.Open(t)
	if err := db.Exec(t.Context(), warehouse.SQL(visits.DDL())); err != nil {
		t.Fatal(err)
	}
	// other batches must not be looked at: batch 1 breaks every check
	insert := func(batch string, rows ...string) {
		t.Helper()
		for i := range rows {
			rows[i] = "select " + rows[i] + ", " + batch + ", 'f.xlsx', '六月', " + strconv.Itoa(i+2)
		}
		if err := db.Exec(t.Context(), warehouse.SQL("insert into store.visits select * from ("+strings.Join(rows, " union all ")+")")); err != nil {
			t.Fatal(err)
		}
	}
	insert("1", "'x', toDate32('2020-01-01'), 'p', 999, 9999.", "'x', toDate32('2020-01-01'), 'p', 999, 9999.")
	insert("7", "'a', toDate32('2026-06-02'), 'p', 3, 1.5", "'b', toDate32('2026-06-30'), null, null, 2.25", "'a', toDate32('2026-06-03'), null, 5, null")
	run := func(batch uint32, rows uint64, people, cost float64) (Result, error) {
		s := june
		s.Batch, s.Rows = batch, rows
		s.Sums = []Sum{{"people", sums[0].SQL, people}, {"cost", sums[1].SQL, cost}}
		return Run(t.Context(), db, visits, s)
	}
	got, err := run(7, 3, 8, 3.75)
	if err != nil || len(got.Failures) > 0 || got.MinDate.Format(time.DateOnly) != "2026-06-02" || got.MaxDate.Format(time.DateOnly) != "2026-06-30" {
		t.Errorf("sound batch: got %+v, %v", got, err)
	}
	for _, torn := range []struct {
		rows         uint64
		people, cost float64
		column       string
	}{{4, 8, 3.75, ""}, {3, 9, 3.75, "people"}, {3, 8, 3.7500001, "cost"}} {
		_, err := run(7, torn.rows, torn.people, torn.cost)
		if e, ok := err.(*Torn); !ok || e.Column != torn.column || e.Error() == "" {
			t.Errorf("torn in %q: got %v", torn.column, err)
		}
	}
	insert("8", "'a', toDate32('2026-06-02'), 'p', 3, 500.", "'a', toDate32('2026-06-02'), 'p', 60, 1.", "'c', toDate32('2026-07-01'), null, 1, 1.", "'c', toDate32('2206-06-01'), null, 1, 1.")
	got, err = run(8, 4, 65, 503)
	if err != nil {
		t.Fatal(err)
	}
	type short struct {
		Name, Measured string
		Hold           bool
		Examples       []string
	}
	var have []short
	for _, f := range got.Failures {
		if f.Reason.Zh == "" || f.Reason.En == "" {
			t.Errorf("no reason: %+v", f)
		}
		have = append(have, short{f.Name, f.Measured, f.Hold, f.Examples})
	}
	want := []short{
		{"period", "2", true, []string{"f.xlsx!六月:4", "f.xlsx!六月:5"}},
		{"cheap", "avg(cost) < 100", false, nil},
		{"crowded", "max(people) <= 50", true, nil},
		{"once_each", "2", true, []string{"f.xlsx!六月:2 = f.xlsx!六月:3", "f.xlsx!六月:4 = f.xlsx!六月:5"}},
		{"key", "1", false, []string{"f.xlsx!六月:2 = f.xlsx!六月:3"}},
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Error(d)
	}
	// no rows at all: nothing to find fault with
	if got, err := run(99, 0, 0, 0); err != nil || len(got.Failures) > 0 || !got.MaxDate.IsZero() {
		t.Errorf("empty batch: got %+v, %v", got, err)
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		read, loaded, rejected, before uint64
		want                           string
	}{
		{100, 80, 20, 0, ""},
		{100, 79, 21, 0, "rejected_share"},
		{100, 100, 0, 200, ""},
		{99, 99, 0, 200, "shrink_share"},
		{300, 300, 0, 200, ""},
		{100, 10, 90, 200, "rejected_share shrink_share"},
		{0, 0, 0, 0, ""},
	} {
		var names []string
		for _, f := range Limits(visits, c.read, c.loaded, c.rejected, c.before) {
			names = append(names, f.Name)
			if !f.Hold || f.Remedy.Zh == "" || f.Remedy.En == "" || f.Measured == "" {
				t.Errorf("%+v: not all is said: %+v", c, f)
			}
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
	none := &dataset.Dataset{}
	if got := append(Limits(none, 10, 1, 9, 100), Limits(none, 30, 20, 10, 0)...); len(got) > 0 {
		t.Errorf("no limits declared: got %+v", got)
	}
	if got := Limits(none, 29, 19, 10, 0); len(got) != 1 || got[0].Name != "rejected_share" || !strings.Contains(got[0].Reason.Zh, "上限 33.3 %") {
		t.Errorf("a third refused: got %+v", got)
	}
}

// How far the data go: to the last day there is, to the end of the last period where every date
// begins one, to the end of a year, and never beyond today for a period's sake.
func TestLastDay(t *testing.T) {
	db := warehousetest.Open(t)
	year := strconv.Itoa(time.Now().UTC().Year())
	for i, c := range []struct {
		typ    dataset.Type
		parse  string
		unit   string
		period *dataset.Span
		rows   string
		want   string // first … last
	}{
		{dataset.Date, "", "file", nil, "2015-01-01 2015-04-01 2015-07-01", "2015-01-01 … 2015-09-30"},
		{dataset.Date, "", "file", nil, "2015-01-01 2015-02-01", "2015-01-01 … 2015-02-28"},
		{dataset.Date, "", "file", nil, "2015-01-01 2017-01-01", "2015-01-01 … 2017-12-31"},
		{dataset.Date, "", "file", nil, "2015-01-01 2015-02-02", "2015-01-01 … 2015-02-02"},
		{dataset.Date, "", "file", nil, "2015-01-01", "2015-01-01 … 2015-01-01"},
		{dataset.Date, "period_start", "file", nil, "2015-04-01", "2015-04-01 … 2015-06-30"},
		{dataset.Date, "period_start", "sender", &dataset.Span{Column: "at", Grain: "month"}, "2015-04-01", "2015-04-01 … 2015-04-30"},
		{dataset.Date, "", "sender", &dataset.Span{Column: "at", Grain: "quarter"}, "2015-01-01 2015-04-01", "2015-01-01 … 2015-04-01"},
		{dataset.Date, "", "file", nil, "2015-01-01 " + year + "-01-01", "2015-01-01 … " + time.Now().UTC().Format(time.DateOnly)},
		{dataset.Int16, "", "sender", &dataset.Span{Column: "at", Grain: "year"}, "2015 2019", "2015-01-01 … 2019-12-31"},
		{dataset.Int32, "year", "file", nil, "2015", "2015-01-01 … 2015-12-31"},
	} {
		ds := &dataset.Dataset{
			Name: "d" + strconv.Itoa(i), Unit: []string{c.unit}, Period: c.period,
			Columns: []dataset.Column{{Name: "at", Type: c.typ, Parse: c.parse, Required: true}},
		}
		if err := db.Exec(t.Context(), warehouse.SQL(ds.DDL())); err != nil {
			t.Fatal(err)
		}
		rows := strings.Fields(c.rows)
		for j, r := range rows {
			if c.typ == dataset.Date {
				r = "toDate32('" + r + "')"
			}
			rows[j] = "select " + r + ", 7, 'f', '', " + strconv.Itoa(j+2)
		}
		if err := db.Exec(t.Context(), warehouse.SQL("insert into "+ds.Table()+" select * from ("+strings.Join(rows, " union all ")+")")); err != nil {
			t.Fatal(err)
		}
		s := Scope{Batch: 7, Rows: uint64(len(rows))}
		if c.period != nil && c.period.Grain == "year" {
			s.From, s.To = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		res, err := Run(t.Context(), db, ds, s)
		if got := res.MinDate.Format(time.DateOnly) + " … " + res.MaxDate.Format(time.DateOnly); err != nil || got != c.want {
			t.Errorf("%+v: got %s, %v", c, got, err)
		}
		if outside := len(res.Failures) > 0; outside != !s.From.IsZero() {
			t.Errorf("%+v: got %+v", c, res.Failures)
		}
	}
	for _, ds := range []*dataset.Dataset{
		{Unit: []string{"file"}, Columns: []dataset.Column{{Name: "a", Type: dataset.Date}, {Name: "b", Type: dataset.Date}}},
		{Unit: []string{"file"}, Undated: true, Columns: []dataset.Column{{Name: "a", Type: dataset.Date}}},
		{Unit: []string{"sender"}, Columns: []dataset.Column{{Name: "a", Type: dataset.Date}}},
	} {
		if c := BusinessDate(ds); c != nil {
			t.Errorf("%+v: got %s", ds, c.Name)
		}
	}
}
