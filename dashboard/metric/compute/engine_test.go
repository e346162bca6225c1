package compute_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/metric/refusal"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/warehouse"
)

func one(t *testing.T, e *compute.Engine, q metric.Query) metric.Point {
	t.Helper()
	r, err := e.Run(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Points) != 1 {
		t.Fatalf("got %d points, want 1: %+v", len(r.Points), r.Points)
	}
	return r.Points[0]
}

func value(p metric.Point) float64 {
	if p.Value == nil {
		return -1
	}
	return *p.Value
}

var arrivalsHeader = []string{"person", "date", "direction", "enterprise", "node"}

// A publish makes the answers over its dataset stale, at once, and no other.
func TestCache(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	in := metric.Query{Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1)}
	demand := metric.Query{Metric: "post_demand", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1)}
	vacanciesHeader := []string{"posted_on", "node", "needed", "enterprise", "occupation"}
	stage.Load(t, "arrivals", arrivalsHeader, [][]string{{"1", "2026-01-31", "in", "甲", "magnetic.motor"}}, "")
	stage.Load(t, "vacancies", vacanciesHeader, [][]string{{"2026-01-31", "magnetic.motor", "7", "甲", "电工"}}, "")
	ask := func(q metric.Query, want float64, statements int64) {
		t.Helper()
		before := db.N.Load()
		if got := value(one(t, e, q)); got != want {
			t.Errorf("%s: got %v, want %v", q.Metric, got, want)
		}
		if got := db.N.Load() - before; got != statements {
			t.Errorf("%s: %d statements, want %d", q.Metric, got, statements)
		}
	}
	ask(in, 1, 1)
	ask(demand, 7, 1)
	ask(in, 1, 0)
	stage.Load(t, "arrivals", arrivalsHeader, [][]string{{"2", "2026-01-30", "in", "甲", "magnetic.motor"}}, "")
	ask(in, 2, 1)
	ask(demand, 7, 0)
	stage.Clear(t)
	ask(in, -1, 1) // withdrawn: no data rather than zero
	if p := one(t, e, in); p.Why != metric.WhyNoData {
		t.Errorf("why %q, want %q", p.Why, metric.WhyNoData)
	}

	none := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db, Cells: -1}
	before := db.N.Load()
	one(t, none, in)
	one(t, none, in)
	if got := db.N.Load() - before; got != 2 {
		t.Errorf("without a cache: %d statements, want 2", got)
	}
	small := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db, Cells: 200}
	for range 3 {
		for _, dim := range []string{"chain", "node", "enterprise", "sex", "channel", "employment", "occupation", "skill_level"} {
			q := in
			q.By = []string{dim}
			if _, err := small.Run(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// The same question asked many times at once is one statement; it stops when nobody waits.
func TestTogether(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	stage.Load(t, "arrivals", arrivalsHeader, [][]string{{"1", "2026-01-31", "in", "甲", "magnetic.motor"}}, "")
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	q := metric.Query{Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1)}
	db.Gate = make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			c := t.Context()
			if i < 4 {
				c = ctx
			}
			r, err := e.Run(c, q)
			switch {
			case i < 4 && !errors.Is(err, context.Canceled):
				t.Errorf("cancelled: got %v", err)
			case i >= 4 && (err != nil || value(r.Points[0]) != 1):
				t.Errorf("got %v, %v", r, err)
			}
		})
	}
	for e.Waiting() < 12 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	close(db.Gate)
	wg.Wait()
	if got := db.N.Load(); got != 1 {
		t.Errorf("%d statements, want 1", got)
	}

	// everyone gone: the statement is cancelled, and the next asker gets an answer
	db.Gate, db.N = make(chan struct{}), atomic.Int64{}
	e = &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	ctx, cancel = context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := e.Run(ctx, q); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a deadline", err)
	}
	close(db.Gate)
	if got := value(one(t, e, q)); got != 1 {
		t.Errorf("after a cancelled one: got %v, want 1", got)
	}

	// a question that takes too long is told from work of another kind that does
	db.Gate, q.Grain = make(chan struct{}), days.Month
	late, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := e.Run(late, q); !errors.Is(err, refusal.ErrSlow) {
		t.Errorf("got %v, want a question that was too slow", err)
	}
	close(db.Gate)
}

// A figure can be computed again as of the day it was reported.
func TestAsOf(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	header := []string{"person", "class", "recognised_on", "enterprise", "node"}
	stage.Load(t, "talents", header, [][]string{{"1", "E", "2026-01-05", "甲", "magnetic.motor"}}, "")
	time.Sleep(5 * time.Millisecond)
	reported := time.Now()
	time.Sleep(5 * time.Millisecond)
	stage.Load(t, "talents", header, [][]string{{"2", "A", "2026-01-06", "甲", "magnetic.motor"}}, "")
	q := metric.Query{Metric: "talent_stock", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1)}
	if got := value(one(t, e, q)); got != 2 {
		t.Errorf("now: got %v, want 2", got)
	}
	q.AsOf = reported
	if got := value(one(t, e, q)); got != 1 {
		t.Errorf("as reported: got %v, want 1", got)
	}
	for _, name := range []string{"skilled_added", "mismatch", "outflow_rate", "talent_growth"} {
		if _, err := e.Run(t.Context(), metric.Query{Metric: name, From: q.From, To: q.To, Grain: days.Month, AsOf: reported}); err != nil {
			t.Errorf("%s as of: %v", name, err)
		}
	}
}

// What a filter says is a value, whatever it looks like.
func TestFilterValues(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	names := []string{"it's", `back\slash`, "tab\there", "line\nbreak", `"quoted"`, "') or 1=1 --", "{w0:String}", "甲（集团）", `\N`, "%"}
	var rows [][]string
	for i, n := range names {
		rows = append(rows, []string{fmt.Sprint(i), "2026-01-31", "in", n, "magnetic.motor"})
	}
	stage.Load(t, "arrivals", arrivalsHeader, rows, "")
	q := metric.Query{Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1), By: []string{"enterprise"}}
	for i := range names {
		q.Where = []metric.Filter{{Dim: "enterprise", Values: names[i : i+1]}}
		if p := one(t, e, q); p.Keys[0] != names[i] || value(p) != 1 {
			t.Errorf("%q: got %q %v", names[i], p.Keys, value(p))
		}
	}
	q.Where = []metric.Filter{{Dim: "enterprise", Values: names[:4]}, {Dim: "chain", Values: []string{"magnetic"}}}
	if r, err := e.Run(t.Context(), q); err != nil || len(r.Points) != 4 {
		t.Errorf("four names: got %v, %v", r, err)
	}
	q.Where = []metric.Filter{{Dim: "enterprise", Values: []string{"nobody"}}}
	if r, err := e.Run(t.Context(), q); err != nil || len(r.Points) != 0 {
		t.Errorf("an unknown name: got %v, %v", r, err)
	}
}

// recognised - left - expired is the change of the stock, whatever the rows.
func TestNetNewIsChangeOfStock(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db, Cells: -1}
	r := rand.New(rand.NewPCG(1, 2))
	date := func(from, to int) string {
		return days.Date(2023, 1, 1+from+r.IntN(to-from)).Format(time.DateOnly)
	}
	header := []string{"person", "class", "recognised_on", "valid_to", "left_on", "enterprise", "node", "flexible"}
	var rows [][]string
	for person := range 400 {
		on, validTo, left := date(0, 900), "-", "-"
		if r.IntN(3) == 0 {
			validTo = date(901, 1200)
		}
		if r.IntN(3) == 0 {
			left = date(901, 1200)
		}
		rows = append(rows, []string{fmt.Sprint(person), string("ABCDEF"[r.IntN(6)]), on, validTo, left, "甲", []string{"magnetic.motor", "superalloy.cast"}[r.IntN(2)], "0"})
	}
	stage.Load(t, "talents", header, rows, "2023-01-01..2026-12-31")
	for range 12 {
		from := days.Date(2023, 6, 1+r.IntN(900))
		to := from.AddDate(0, 0, 1+r.IntN(300))
		by := [][]string{nil, {"chain"}, {"class"}}[r.IntN(3)]
		get := func(name string, from, to days.Day) map[string]float64 {
			res, err := e.Run(t.Context(), metric.Query{Metric: name, From: from, To: to, By: by})
			if err != nil {
				t.Fatal(err)
			}
			m := map[string]float64{}
			for _, p := range res.Points {
				m[strings.Join(p.Keys, " ")] = value(p)
			}
			return m
		}
		net := get("talent_new_net", from, to)
		after, before := get("talent_stock", from, to), get("talent_stock", from.AddDate(0, 0, -1), from)
		for k, n := range net {
			if n != after[k]-before[k] {
				t.Errorf("%s..%s %q: net %v, stock from %v to %v", from.Format(time.DateOnly), to.Format(time.DateOnly), k, n, before[k], after[k])
			}
		}
		if len(after) > 0 && len(net) == 0 {
			t.Errorf("no points of talent_new_net")
		}
	}
}

// Random questions about moves, answered by plain Go over the same rows.
func TestAgainstPlainGo(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	r := rand.New(rand.NewPCG(3, 4))
	type move struct {
		person                                           int
		date                                             time.Time
		direction, enterprise, node, province, education string
		birth                                            time.Time
		first                                            bool
	}
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	header := []string{"person", "date", "direction", "enterprise", "node", "origin_province", "education", "birth_date", "first_local"}
	var moves []move
	var rows [][]string
	blank := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	for range 3000 {
		m := move{
			person: r.IntN(1500), date: days.Date(2023, 7, 1+r.IntN(1096)), direction: pick("in", "in", "out"), enterprise: pick("甲", "乙", "丙"),
			node: pick("magnetic.raw", "magnetic.motor", "superalloy.cast", "molybdenum.mine"), province: pick("浙江", "江西", "湖南", ""),
			education: pick("11", "14", "21", "22", "31", "41", ""), birth: days.Date(1980, 1, 1+r.IntN(10000)), first: r.IntN(4) > 0,
		}
		moves = append(moves, m)
		first := "0"
		if m.first {
			first = "1"
		}
		rows = append(rows, []string{fmt.Sprint(m.person), m.date.Format(time.DateOnly), m.direction, m.enterprise, m.node, blank(m.province), blank(m.education), m.birth.Format(time.DateOnly), first})
	}
	stage.Load(t, "arrivals", header, rows, "2023-07-01..2026-06-30")
	age := func(birth, on time.Time) int {
		n := on.Year() - birth.Year()
		if on.Month() < birth.Month() || on.Month() == birth.Month() && on.Day() < birth.Day() {
			n--
		}
		return n
	}
	dims := map[string]func(m move) string{
		"chain": func(m move) string { return strings.Split(m.node, ".")[0] }, "node": func(m move) string { return m.node },
		"enterprise": func(m move) string { return m.enterprise }, "origin_province": func(m move) string { return m.province },
		"education_group": func(m move) string {
			return map[string]string{"11": "doctor", "14": "master", "21": "bachelor", "22": "bachelor", "31": "college", "41": "other"}[m.education]
		},
	}
	graduate := func(m move) bool {
		return m.direction == "in" && m.first && slices.Contains([]string{"11", "14", "21", "31"}, m.education) && age(m.birth, m.date) <= 35
	}
	compute := func(name string, ms []move) float64 {
		people := map[int]bool{}
		moves := map[string]bool{} // one that several offices sent counts once
		in, out := 0, 0
		for _, m := range ms {
			if k := fmt.Sprint(m.person, m.date, m.direction); !moves[k] {
				moves[k] = true
				if m.direction == "in" {
					in++
				} else {
					out++
				}
			}
			if graduate(m) {
				people[m.person] = true
			}
		}
		return map[string]float64{"inflow": float64(in), "outflow": float64(out), "net_inflow": float64(in - out), "graduates_introduced": float64(len(people))}[name]
	}
	names := []string{"chain", "node", "enterprise", "origin_province", "education_group"}
	for range 40 {
		q := metric.Query{
			Metric: pick("inflow", "outflow", "net_inflow", "graduates_introduced"), From: days.Date(2023, 7, 1+r.IntN(1000)),
			Grain: days.Grain(pick("", "month", "quarter", "half", "year")),
		}
		q.To = q.From.AddDate(0, 0, 1+r.IntN(400))
		if end := days.Date(2026, 7, 1); q.To.After(end) {
			q.To = end
		}
		for range r.IntN(3) {
			if d := names[r.IntN(len(names))]; !slices.Contains(q.By, d) {
				q.By = append(q.By, d)
			}
		}
		if r.IntN(2) == 0 {
			d := names[r.IntN(len(names))]
			q.Where = append(q.Where, metric.Filter{Dim: d, Values: []string{dims[d](moves[r.IntN(len(moves))]), dims[d](moves[r.IntN(len(moves))])}})
		}
		if r.IntN(2) == 0 {
			q.Compare = metric.YearOnYear
		}
		res, err := e.Run(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		for _, p := range res.Points {
			if q.Compare == metric.NoCompare || p.From.Day() == 29 || p.To.Day() == 29 {
				continue
			}
			var before []move
			from, to := p.From.AddDate(-1, 0, 0), p.To.AddDate(-1, 0, 0)
			for _, m := range moves {
				if !m.date.Before(from) && m.date.Before(to) && !slices.ContainsFunc(q.Where, func(f metric.Filter) bool { return !slices.Contains(f.Values, dims[f.Dim](m)) }) {
					k := make([]string, len(q.By))
					for i, d := range q.By {
						k[i] = dims[d](m)
					}
					if slices.Equal(k, p.Keys) {
						before = append(before, m)
					}
				}
			}
			want := compute(q.Metric, before)
			switch {
			case !to.After(days.Date(2023, 7, 1)):
				if p.Base != nil || p.WhyChange != metric.WhyNoData {
					t.Errorf("%+v: %v: base %v, %s before there are data", q, p.From, p.Base, p.WhyChange)
				}
			case p.Base == nil || *p.Base != want:
				t.Errorf("%+v: %v %v: base %v, want %v", q, p.From, p.Keys, p.Base, want)
			case want == 0 && (p.Change != nil || p.WhyChange != metric.WhyZeroBase):
				t.Errorf("%+v: growth on zero is %v", q, p.Change)
			case want > 0 && math.Abs(*p.Change-(*p.Value/want-1)*100) > 1e-9:
				t.Errorf("%+v: %v from %v is %v %%", q, *p.Value, want, *p.Change)
			}
		}
		got := map[string]float64{}
		for _, p := range res.Points {
			got[p.From.Format(time.DateOnly)+" "+strings.Join(p.Keys, ",")] = value(p)
		}
		groups := map[string][]move{}
		for _, m := range moves {
			if m.date.Before(q.From) || !m.date.Before(q.To) || slices.ContainsFunc(q.Where, func(f metric.Filter) bool { return !slices.Contains(f.Values, dims[f.Dim](m)) }) {
				continue
			}
			start := q.Grain.Start(m.date)
			if q.Grain == days.Total || start.Before(q.From) {
				start = q.From
			}
			k := make([]string, len(q.By))
			for i, d := range q.By {
				k[i] = dims[d](m)
			}
			key := start.Format(time.DateOnly) + " " + strings.Join(k, ",")
			groups[key] = append(groups[key], m)
		}
		for k, ms := range groups {
			if v, ok := got[k]; compute(q.Metric, ms) != v && (ok || compute(q.Metric, ms) != 0) {
				t.Errorf("%+v: %s: got %v (%v), want %v", q, k, v, ok, compute(q.Metric, ms))
			}
		}
		for k, v := range got {
			if groups[k] == nil && v != 0 {
				t.Errorf("%+v: %s: got %v without rows", q, k, v)
			}
		}
	}
}

// Every metric answers when cut and filtered by all of its dimensions, over no rows too.
func TestEveryMetric(t *testing.T) {
	cat, _, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db, Fresh: time.Hour}
	for i, m := range cat.Metrics() {
		q := metric.Query{
			Metric: m.Name, From: days.Date(2025, 1, 1), To: days.Date(2026, 1, 1), Compare: []metric.Compare{"", "", metric.YearOnYear}[i%3],
			Grain: []days.Grain{days.Total, days.Month, days.Quarter, days.Half, days.Year}[i%5],
		}
		if m.Kind == metric.Forecasting {
			q.Compare = metric.NoCompare // it has none, wherever it stands in the list
		}
		for _, dim := range m.Dims() {
			if m.Kind != metric.MethodKind || dim != m.Over {
				q.By = append(q.By, dim)
			}
			values := []string{""}
			if d := cat.Dimension(dim); d == nil || d.List == "" {
				values = append(values, "x")
			}
			q.Where = append(q.Where, metric.Filter{Dim: dim, Values: values})
		}
		r, err := e.Run(t.Context(), q)
		if err != nil {
			t.Errorf("%s: %v", m.Name, err)
			continue
		}
		if len(r.Points) > 0 && len(q.By) > 0 {
			t.Errorf("%s over nothing: %+v", m.Name, r.Points)
		}
		q.By, q.Where = nil, nil
		if s, err := compile.Query(cat, q); err != nil || s.SQL == "" {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}

func TestDataDate(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	if d, err := e.DataDate(t.Context()); err != nil || !d.IsZero() {
		t.Errorf("of nothing: %v, %v", d, err)
	}
	stage.Load(t, "arrivals", arrivalsHeader, [][]string{{"1", "2026-06-27", "in", "甲", "magnetic.motor"}}, "")
	stage.Load(t, "vacancies", []string{"posted_on", "node", "needed", "enterprise", "occupation"}, [][]string{{"2026-05-31", "magnetic.motor", "7", "甲", "电工"}}, "")
	for want, sets := range map[string][]string{"2026-06-27": nil, "2026-05-31": {"vacancies", "talents"}} {
		if d, err := e.DataDate(t.Context(), sets...); err != nil || d.Format(time.DateOnly) != want {
			t.Errorf("%v: got %v, %v, want %s", sets, d, err, want)
		}
	}
	// The month is whole to its end though its last row is of the 27th; the quarter of vacancies is not.
	if p := one(t, e, metric.Query{Metric: "inflow", From: days.Date(2026, 6, 1), To: days.Date(2026, 7, 1)}); p.Partial {
		t.Errorf("June is partial")
	}
	if p := one(t, e, metric.Query{Metric: "post_demand", From: days.Date(2026, 4, 1), To: days.Date(2026, 7, 1)}); !p.Partial {
		t.Errorf("the quarter is whole")
	}
}

// The panels of a page ask the ledger for its last word once; a publish is seen after that.
func TestFresh(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	asked := &tagged{Querier: db.Querier, tag: "metric.live"}
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: asked, Fresh: 300 * time.Millisecond}
	stage.Load(t, "arrivals", arrivalsHeader, [][]string{{"1", "2026-01-31", "in", "甲", "magnetic.motor"}}, "")
	q := metric.Query{Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1)}
	one(t, e, q) // learns what is live
	time.Sleep(e.Fresh)
	before := asked.n.Load()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if r, err := e.Run(t.Context(), q); err != nil || value(r.Points[0]) != 1 {
				t.Errorf("got %v, %v", r, err)
			}
			if l, err := e.Live(t.Context(), time.Time{}); err != nil || l.Versions() == "" {
				t.Errorf("got %v, %v", l, err)
			}
		})
	}
	wg.Wait()
	if got := asked.n.Load() - before; got != 1 {
		t.Errorf("%d questions to the ledger for 20 panels and their versions, want 1", got)
	}
	was, err := e.Live(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	stage.Load(t, "arrivals", arrivalsHeader, [][]string{{"2", "2026-01-30", "in", "甲", "magnetic.motor"}}, "")
	time.Sleep(e.Fresh)
	if got := value(one(t, e, q)); got != 2 {
		t.Errorf("after a publish: got %v, want 2", got)
	}
	if now, err := e.Live(t.Context(), time.Time{}); err != nil || now.Versions() == was.Versions() || now.Version("arrivals") == was.Version("arrivals") {
		t.Errorf("after a publish: the versions are still %s, %v", now.Versions(), err)
	}

	// one that keeps its answers apart is the same in all but the rule, and hears of a publish with the first, however long it
	// would believe what it knows
	first := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db, Fresh: time.Hour, Timeout: 50 * time.Second, Duties: []duty.Duty{}, Office: time.UTC, Log: slog.Default()}
	apart := first.Apart(small.Rule{K: 1}, 100)
	mine, its := reflect.ValueOf(first).Elem(), reflect.ValueOf(apart).Elem()
	for i := range mine.NumField() {
		switch f := mine.Type().Field(i); {
		case !f.IsExported() || f.Name == "Small" || f.Name == "Cells":
		case mine.Field(i).IsZero() || !reflect.DeepEqual(mine.Field(i).Interface(), its.Field(i).Interface()):
			t.Errorf("%s is not that of the first", f.Name)
		}
	}
	if got := value(one(t, apart, q)); got != 2 {
		t.Errorf("apart: got %v, want 2", got)
	}
	stage.Load(t, "arrivals", arrivalsHeader, [][]string{{"3", "2026-01-30", "in", "甲", "magnetic.motor"}}, "")
	first.Doubt()
	if got := value(one(t, apart, q)); got != 3 {
		t.Errorf("apart, after the first was told of a publish: got %v, want 3", got)
	}
}

// tagged counts the statements of one tag.
type tagged struct {
	warehouse.Querier
	tag string
	n   atomic.Int64
}

func (c *tagged) Query(ctx context.Context, s warehouse.Statement) (array.RecordReader, error) {
	if s.Tag == c.tag {
		c.n.Add(1)
	}
	return c.Querier.Query(ctx, s)
}
