package compute_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// village is a zone of many small cells: few people in each park, node and month.
type village struct {
	stage  metrictest.Stage
	cat    *metric.Catalog
	all    *compute.Engine // whoever may see everything
	few    *compute.Engine // whoever may not see few people
	frozen []time.Time
	r      *rand.Rand
	pairs  int
	shown  int
	hidden int
}

var (
	villageNodes = []string{"magnetic.motor", "magnetic.sintering", "superalloy.casting", "tungsten.powder"}
	villageParks = []string{"magnet", "alloy", "tungsten"}
)

func newVillage(t *testing.T, rule small.Rule) *village {
	t.Helper()
	sets, cat := metrictest.Shipped(t)
	nodes, parks := sets.Lists.Get("nodes").Codes(), sets.Lists.Get("parks").Codes()
	villageNodes, villageParks = nodes[:min(5, len(nodes))], parks[:min(3, len(parks))]
	db := stagetest.Open(t, sets)
	v := &village{cat: cat, stage: metrictest.NewStage(db, sets), r: rand.New(rand.NewPCG(7, 11))}
	for i, n := range []int{2500, 150, 60} { // what came before the first report date, between the two, and since
		v.publish(t, i, n)
		if i < 2 {
			time.Sleep(20 * time.Millisecond)
			at := time.Now().UTC().Truncate(time.Microsecond)
			v.frozen = append(v.frozen, at)
			if err := warehouse.Append(t.Context(), db, "meta.freezes", struct {
				Name string    `db:"name"`
				At   time.Time `db:"at" arrow:"us"`
				Note string    `db:"note"`
				By   string    `db:"by"`
				Seq  time.Time `db:"seq" arrow:"us"`
			}{fmt.Sprint("f", i), at, "", "test", at}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	v.all = &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader"), Fresh: time.Hour}
	v.few = &compute.Engine{For: leader(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader"), Fresh: time.Hour, Small: rule}
	return v
}

// skewed takes one of a list, the first most often.
func (v *village) skewed(list []string) string {
	return list[min(len(list)-1, int(v.r.ExpFloat64()*float64(len(list))/3))]
}

func (v *village) publish(t *testing.T, batch, n int) {
	day := func() string {
		return days.ISO(days.Date(2024, 1, 1).AddDate(0, 0, v.r.IntN(911)))
	}
	var moves, talents, cards, courses [][]string
	person := func() string { return strconv.Itoa(1 + v.r.IntN(2*n) + 10_000*batch) }
	edu := []string{"21", "31", "61", "14"}
	shops := []string{"甲", "乙", "丙", "丁", "戊", "己"}
	for range n {
		moves = append(moves, []string{person(), day(), []string{"in", "in", "out"}[v.r.IntN(3)], v.skewed(shops), v.skewed(villageNodes), v.skewed(villageParks), v.skewed(edu), []string{"1", "2"}[v.r.IntN(2)], "1", "1995-05-05"})
		talents = append(talents, []string{person(), v.skewed([]string{"E", "D", "F", "C"}), day(), v.skewed(shops), v.skewed(villageNodes), v.skewed(villageParks), []string{"1", "2"}[v.r.IntN(2)]})
		cards = append(cards, []string{person(), day(), strconv.Itoa(2 + v.r.IntN(5)), "电工", v.skewed(villageNodes), v.skewed(villageParks)})
		courses = append(courses, []string{person(), "焊接", "学校", day(), v.skewed(villageNodes), "1", strconv.Itoa(v.r.IntN(2))})
	}
	const span = "2024-01-01..2026-06-30"
	v.stage.Load(t, "arrivals", []string{"person", "date", "direction", "enterprise", "node", "park", "education", "sex", "first_local", "birth_date"}, moves, span)
	v.stage.Load(t, "talents", []string{"person", "class", "recognised_on", "enterprise", "node", "park", "sex"}, talents, span)
	v.stage.Load(t, "certificates", []string{"person", "certified_on", "skill_level", "occupation", "node", "park"}, cards, span)
	v.stage.Load(t, "trainings", []string{"person", "course", "provider", "started_on", "node", "examined", "passed"}, courses, span)
}

var villageMetrics = []string{
	"inflow", "outflow", "net_inflow", "inflow_people", "graduates_introduced", "graduates_bachelor", "graduates_bachelor_share",
	"talent_stock", "talent_stock_all", "talent_growth", "skilled_stock", "high_skilled_stock", "high_skilled_stock_share",
	"training_enrolments", "training_people", "training_examined", "training_passed", "skilled_added",
}

// ask answers a question for who may not see few people: by period and keys, the numbers that are shown. It also holds
// every one against what there is: a shown number is that number.
func (v *village) ask(t *testing.T, q metric.Query) map[string]float64 {
	t.Helper()
	got, err := v.few.Run(t.Context(), q)
	if err != nil {
		var no *metric.Invalid
		if errors.As(err, &no) {
			return nil
		}
		t.Fatalf("%+v: %v", q, err)
	}
	true_, err := v.all.Run(t.Context(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	key := func(p metric.Point) string { return days.ISO(p.From) + "|" + strings.Join(p.Keys, ",") }
	real := map[string]metric.Point{}
	for _, p := range true_.Points {
		real[key(p)] = p
	}
	shown := map[string]float64{}
	for _, p := range got.Points {
		is := real[key(p)]
		switch {
		case p.Value == nil && is.Value != nil:
			if _, ok := missing.Mark(p.Why); !ok && p.Why != metric.WhyUndefined && p.Why != metric.WhyZeroBase {
				t.Errorf("%+v %s: %v is not shown, and why is %q", q, key(p), *is.Value, p.Why)
			}
			v.hidden++
		case p.Value == nil:
		case is.Value == nil && *p.Value != 0:
			t.Errorf("%+v %s: %v is shown where there is nothing", q, key(p), *p.Value)
		case is.Value != nil && !near(*p.Value, *is.Value):
			t.Errorf("%+v %s: %v is shown as %v", q, key(p), *is.Value, *p.Value)
		case is.Value != nil && p.Rows != is.Rows && len(v.cat.Metric(q.Metric).Inputs()) == 0:
			t.Errorf("%+v %s: %d rows, shown as of %d", q, key(p), is.Rows, p.Rows)
		default:
			v.shown++
			shown[key(p)] = *p.Value
		}
		if m := v.cat.Metric(q.Metric); p.Value != nil && (m.Kind == metric.Flow || m.Kind == metric.Stock) && *p.Value > 0 && *p.Value < 5 {
			t.Errorf("%+v %s: %v of few people is shown", q, key(p), *p.Value)
		}
		if p.Value == nil && p.Change != nil || p.Base != nil && *p.Base > 0 && *p.Base < 5 && q.Metric != "net_inflow" && v.cat.Metric(q.Metric).Unit == metric.People {
			t.Errorf("%+v %s: a change or a base of few people is shown", q, key(p))
		}
	}
	return shown
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

// apart holds that the difference of two numbers, of which the first contains the second, is of no or of many people.
func (v *village) apart(t *testing.T, what string, whole, part float64) {
	t.Helper()
	v.pairs++
	if d := whole - part; d > 0 && d < 5 {
		t.Errorf("%s: %v - %v = %v", what, whole, part, d)
	}
}

// countable are the metrics whose numbers are of people and contain those of their parts.
func (v *village) countable(name string) bool {
	m := v.cat.Metric(name)
	return m.Kind == metric.Flow || m.Kind == metric.Stock
}

// round asks a few questions that belong together and holds their numbers against one another.
func (v *village) round(t *testing.T) {
	name := villageMetrics[v.r.IntN(len(villageMetrics))]
	m := v.cat.Metric(name)
	dims := slices.DeleteFunc([]string{"park", "node", "chain", "enterprise", "education_group", "sex", "class"}, func(d string) bool { return !slices.Contains(m.Dims(), d) })
	month := func(n int) days.Day { return days.Date(2024, time.Month(1+n), 1) }
	a := v.r.IntN(28)
	b := a + 1 + v.r.IntN(30-a)
	q := metric.Query{Metric: name, From: month(a), To: month(b), Grain: []days.Grain{days.Total, days.Month, days.Quarter, days.Half, days.Year, days.Ten}[v.r.IntN(6)]}
	if v.r.IntN(4) == 0 && q.Grain != days.Ten {
		q.Window = days.Windows[v.r.IntN(len(days.Windows))]
	}
	if v.r.IntN(4) == 0 {
		q.Compare = metric.YearOnYear
	}
	if v.r.IntN(5) == 0 {
		q.AsOf = v.frozen[v.r.IntN(2)]
	}
	if len(dims) == 0 {
		return
	}
	v.r.Shuffle(len(dims), func(i, j int) { dims[i], dims[j] = dims[j], dims[i] })
	if v.r.IntN(2) == 0 && len(dims) > 1 {
		q.Where = []metric.Filter{{Dim: dims[1], Values: v.values(t, name, dims[1])[:1]}}
	}
	whole := v.ask(t, q)
	cut := q
	cut.By = dims[:1]
	parts := v.ask(t, cut)
	if !v.countable(name) {
		return
	}
	what := fmt.Sprintf("%+v by %s", q, dims[0])
	for key, value := range parts { // a part, and what is left of the whole
		if w, ok := whole[key[:11]]; ok {
			v.apart(t, what+" "+key, w, value)
		}
	}
	sums := map[string]float64{}
	for key, value := range parts {
		sums[key[:11]] += value
	}
	for key, w := range whole {
		v.apart(t, what+" less its parts "+key, w, sums[key])
	}
	v.filtered(t, q, dims[0], parts, whole)
	v.grains(t, cut)
	v.times(t, q, whole)
	if !q.AsOf.IsZero() {
		now := q
		now.AsOf = time.Time{}
		for key, value := range v.ask(t, now) {
			if then, ok := whole[key]; ok {
				v.apart(t, what+" since the report "+key, value, then)
				v.apart(t, what+" taken back since the report "+key, then, value)
			}
		}
	}
	if of := v.cat.Refines(m); of != nil {
		wider := q
		wider.Metric = of.Name
		for key, value := range v.ask(t, wider) {
			if part, ok := whole[key]; ok {
				v.apart(t, what+" of "+of.Name+" "+key, value, part)
			}
		}
	}
}

// filtered holds one value of a dimension against all others together, and against itself as a key.
func (v *village) filtered(t *testing.T, q metric.Query, dim string, parts, whole map[string]float64) {
	values := v.values(t, q.Metric, dim)
	if len(values) < 2 || slices.ContainsFunc(q.Where, func(f metric.Filter) bool { return f.Dim == dim }) {
		return
	}
	at := v.r.IntN(len(values))
	one, others := q, q
	one.Where = append(slices.Clone(q.Where), metric.Filter{Dim: dim, Values: values[at : at+1]})
	others.Where = append(slices.Clone(q.Where), metric.Filter{Dim: dim, Values: slices.Delete(slices.Clone(values), at, at+1)})
	single := v.ask(t, one)
	for key, value := range single {
		if w, ok := whole[key]; ok {
			v.apart(t, fmt.Sprintf("%+v: %s is %s", q, dim, values[at]), w, value)
		}
	}
	for period := range whole {
		key := period + values[at]
		filtered, a := single[period]
		if cut, b := parts[key]; a && b && cut != filtered {
			t.Errorf("%+v %s: %v by the dimension, %v by the filter", q, key, cut, filtered)
		}
	}
	for key, value := range v.ask(t, others) {
		if w, ok := whole[key]; ok {
			v.apart(t, fmt.Sprintf("%+v: %s is not %s", q, dim, values[at]), w, value)
		}
	}
}

// grains holds the months of each key against its years: each of them, and a year less all that are shown.
func (v *village) grains(t *testing.T, q metric.Query) {
	m := v.cat.Metric(q.Metric)
	if m.Kind != metric.Flow {
		return
	}
	q.From, q.To, q.Window, q.Compare = days.Date(2024, 1, 1), days.Date(2026, 7, 1), days.NoWindow, metric.NoCompare
	fine, coarse := q, q
	fine.Grain, coarse.Grain = []days.Grain{days.Month, days.Quarter, days.Half, days.Ten}[v.r.IntN(4)], days.Year
	years, sums := v.ask(t, coarse), map[string]float64{}
	for key, value := range v.ask(t, fine) {
		year := key[:4] + "-01-01" + key[10:]
		sums[year] += value
		if whole, ok := years[year]; ok {
			v.apart(t, fmt.Sprintf("%+v %s in its year", fine, key), whole, value)
		}
	}
	for year, whole := range years {
		v.apart(t, fmt.Sprintf("%+v %s less its parts", fine, year), whole, sums[year])
	}
}

// times holds a stretch of time against a longer one.
func (v *village) times(t *testing.T, q metric.Query, _ map[string]float64) {
	m := v.cat.Metric(q.Metric)
	if m.Kind == metric.Stock && !m.Grows() {
		return
	}
	q.Grain, q.Window, q.Compare = days.Total, days.NoWindow, metric.NoCompare
	last := days.Date(2026, 7, 1)
	if !q.To.Before(last) {
		return
	}
	longer := q
	longer.To = days.Month.Next(q.To)
	for _, of := range []metric.Query{longer, {Metric: q.Metric, From: days.Year.Start(q.From), To: days.Year.Next(q.To.AddDate(0, 0, -1)), Where: q.Where, AsOf: q.AsOf}} {
		short, long := v.ask(t, q), v.ask(t, of)
		if len(short) == 1 && len(long) == 1 {
			for _, a := range short {
				for _, b := range long {
					v.apart(t, fmt.Sprintf("%+v in the time to %s", q, days.ISO(of.To)), b, a)
				}
			}
		}
	}
}

// values are those that a dimension of a metric has.
func (v *village) values(t *testing.T, name, dim string) []string {
	t.Helper()
	r, err := v.all.Run(t.Context(), metric.Query{Metric: name, From: days.Date(2024, 1, 1), To: days.Date(2026, 7, 1), By: []string{dim}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range r.Points {
		seen[p.Keys[0]] = true
	}
	list := slices.Sorted(maps.Keys(seen))
	v.r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// Who may not see few people sees no number of 1 to 4 of them, and can reckon none from two numbers of which one contains
// the other: by values, filters, periods, report dates and definitions. YANZHEN_TEST_FULL=1 looks at 10,000 pairs and more.
func TestFewPeople(t *testing.T) {
	v := newVillage(t, small.Rule{})
	rounds := 6
	if os.Getenv("YANZHEN_TEST_FULL") != "" {
		rounds = 320
	}
	for i := range rounds {
		v.round(t)
		if i%20 == 19 {
			fmt.Fprintln(os.Stderr, i+1, "rounds,", v.pairs, "pairs")
		}
		if t.Failed() {
			t.Fatalf("round %d", i)
		}
	}
	t.Logf("%d pairs; %d numbers shown, %d not", v.pairs, v.shown, v.hidden)
	if v.shown < v.hidden/4 || v.hidden == 0 {
		t.Errorf("%d numbers are shown and %d are not: nobody could read that", v.shown, v.hidden)
	}
}

// Who is kept to a part of the rows is told of no employer that only other parts have, hidden or not.
func TestFewOfAPart(t *testing.T) {
	v := newVillage(t, small.Rule{})
	hidden := 0
	for _, node := range villageNodes {
		q := metric.Query{Metric: "inflow", From: days.Date(2024, 4, 1), To: days.Date(2024, 7, 1), By: []string{"park", "enterprise"}}
		who := leader()
		who.Scopes = []access.Scope{{Dim: "node", Values: []string{node}}}
		got, err := v.few.Run(access.With(t.Context(), who), q)
		if err != nil {
			t.Fatal(err)
		}
		q.Where = []metric.Filter{{Dim: "node", Values: []string{node}}}
		there, err := v.all.Run(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		has := map[string]bool{}
		for _, pt := range there.Points {
			has[strings.Join(pt.Keys, ",")] = true
		}
		for _, pt := range got.Points {
			if !has[strings.Join(pt.Keys, ",")] {
				t.Errorf("who is kept to %s is told of %v: %v", node, pt.Keys, pt.Why)
			}
			if pt.Value == nil {
				hidden++
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing is hidden: the test looked at little")
	}
}

// The days around the new year are told to a leader as far as each step is of enough people, and are true.
func TestFewDaysAroundEve(t *testing.T) {
	v := newVillage(t, small.Rule{})
	q := metric.Query{Metric: "inflow"}
	got, err := v.few.AroundEve(t.Context(), q, 2025, 30, 30)
	if err != nil {
		t.Fatal(err)
	}
	real, err := v.all.AroundEve(t.Context(), q, 2025, 30, 30)
	if err != nil {
		t.Fatal(err)
	}
	last, shown := 0.0, 0
	for i, p := range got.Points {
		if p.Value == nil {
			continue
		}
		if *p.Value != *real.Points[i].Value {
			t.Errorf("%s: %v, is %v", days.ISO(p.From), *p.Value, *real.Points[i].Value)
		}
		if d := *p.Value - last; d > 0 && d < 5 {
			t.Errorf("%s: %v after %v", days.ISO(p.From), *p.Value, last)
		}
		if *p.Value > 0 {
			shown++
		}
		last = *p.Value
	}
	if shown < 3 {
		t.Errorf("%d of %d days are shown", shown, len(got.Points))
	}
}

// By cell keys the same people make the same number by whatever question; nobody stays nobody, few are none or five, and what
// is computed is computed of what is shown.
func TestCellKeys(t *testing.T) {
	v := newVillage(t, small.Rule{Method: small.CellKeys})
	from, to := days.Date(2025, 1, 1), days.Date(2026, 1, 1)
	ask := func(e *compute.Engine, q metric.Query) map[string]float64 {
		t.Helper()
		q.From, q.To = from, to
		r, err := e.Run(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]float64{}
		for _, p := range r.Points {
			if p.Value != nil {
				out[strings.Join(p.Keys, ",")] = *p.Value
			}
		}
		return out
	}
	moved := 0
	for _, name := range []string{"inflow", "inflow_people", "talent_stock", "skilled_stock", "training_people"} {
		by := ask(v.few, metric.Query{Metric: name, By: []string{"node"}})
		real := ask(v.all, metric.Query{Metric: name, By: []string{"node"}})
		for key, is := range real {
			got, ok := by[key]
			if !ok || got > 0 && got < 5 || is == 0 && got != 0 || is >= 7 && (got-is > 2 || is-got > 2) {
				t.Errorf("%s %s: %v became %v, %v", name, key, is, got, ok)
			}
			if got != is {
				moved++
			}
			for _, q := range []metric.Query{
				{Metric: name, Where: []metric.Filter{{Dim: "node", Values: []string{key}}}},
				{Metric: name, Where: []metric.Filter{{Dim: "node", Values: []string{key}}}, Grain: days.Year},
				{Metric: name, Where: []metric.Filter{{Dim: "node", Values: []string{key}}}, AsOf: time.Now()},
			} {
				if again := ask(v.few, q)[""]; again != got {
					t.Errorf("%s %s: %v by the dimension, %v by %+v", name, key, got, again, q)
				}
			}
		}
	}
	if moved == 0 {
		t.Error("no number was changed")
	}
	in, out, net := ask(v.few, metric.Query{Metric: "inflow"}), ask(v.few, metric.Query{Metric: "outflow"}), ask(v.few, metric.Query{Metric: "net_inflow"})
	if net[""] != in[""]-out[""] {
		t.Errorf("net %v of %v and %v", net, in, out)
	}
}
