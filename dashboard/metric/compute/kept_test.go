package compute_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/stage/stagetest"

	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/configs"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// history is a store with submissions that were replaced, taken back and published again, in which people occur several
// times, and what is kept of it.
type history struct {
	t       *testing.T
	r       *rand.Rand
	db      *warehouse.DB
	sets    *dataset.Catalog
	keeper  *states.Keeper
	stage   metrictest.Stage
	batch   map[string]uint32 // of a unit: the last that came
	loaded  map[uint32]uint64 // rows of a batch
	last    uint64
	moments []time.Time
	frozen  []time.Time
}

// word writes a row of the ledger.
func (h *history) word(name, unit string, batch uint32, state pipeline.State) {
	h.t.Helper()
	h.last++
	e := pipeline.Entry{Seq: 1_000_000 + h.last, At: time.Now().UTC(), Batch: batch, Dataset: name, Unit: unit, State: state, Sender: "test", Counts: pipeline.Counts{Loaded: h.loaded[batch]}, MinDate: days.Date(2025, 1, 1), MaxDate: days.Date(2026, 6, 30)}
	if err := warehouse.Append(h.t.Context(), h.db, "meta.ledger", e); err != nil {
		h.t.Fatal(err)
	}
	time.Sleep(5 * time.Millisecond)
	h.moments = append(h.moments, time.Now().UTC().Truncate(time.Microsecond))
	time.Sleep(5 * time.Millisecond)
}

// submit publishes rows of a unit, of which something is kept before anybody sees them, as the loader does it.
func (h *history) submit(name, unit string, columns []string, n int, row func() []string) {
	h.t.Helper()
	var rows [][]string
	for range n {
		rows = append(rows, row())
	}
	h.stage.Load(h.t, name, columns, rows, "2025-01-01..2026-06-30") // under a unit of its own, of which it is taken
	var batch uint32
	if err := h.db.Row(h.t.Context(), warehouse.SQL("select max(batch) from meta.ledger where unit like 'test/%'"), &batch); err != nil {
		h.t.Fatal(err)
	}
	own := batch + 1000
	h.loaded[own] = uint64(n)
	for _, sql := range []string{
		fmt.Sprintf("insert into store.%[1]s select * replace (toUInt32(%[2]d) as _batch, '%[4]s_x.csv' as _file) from (select * from store.%[1]s where _batch = %[3]d)", name, own, batch, unit),
		fmt.Sprintf("alter table store.%s delete where _batch = %d settings mutations_sync = 2", name, batch),
		fmt.Sprintf("alter table meta.ledger delete where batch = %d settings mutations_sync = 2", batch),
	} {
		if err := h.db.Exec(h.t.Context(), warehouse.SQL(sql)); err != nil {
			h.t.Fatal(err)
		}
	}
	h.keeper.Publishing(h.t.Context(), name, unit, own, h.loaded[own])
	h.batch[unit] = own
	h.word(name, unit, own, pipeline.Published)
}

func (h *history) freeze(name string) {
	h.t.Helper()
	at := h.moments[len(h.moments)-1]
	if err := warehouse.Append(h.t.Context(), h.db, "meta.freezes", struct {
		Name string    `db:"name"`
		At   time.Time `db:"at" arrow:"us"`
		Note string    `db:"note"`
		By   string    `db:"by"`
		Seq  time.Time `db:"seq" arrow:"us"`
	}{name, at, "", "test", at}); err != nil {
		h.t.Fatal(err)
	}
	h.frozen = append(h.frozen, at)
}

func (h *history) fill() {
	pick := func(list ...string) string { return list[h.r.IntN(len(list))] }
	person := func() string { return strconv.Itoa(1 + h.r.IntN(260)) }
	day := func() string { return days.ISO(days.Date(2025, 1, 1).AddDate(0, 0, h.r.IntN(540))) }
	nodes, parks := h.sets.Lists.Get("nodes").Codes()[:3], h.sets.Lists.Get("parks").Codes()[:2]
	moves := func(unit string, n int) {
		h.submit("arrivals", unit, []string{"person", "date", "direction", "enterprise", "node", "park", "education", "sex", "first_local", "birth_date", "skill_level", "origin_province"}, n, func() []string {
			return []string{person(), day(), pick("in", "in", "out"), pick("甲", "乙", "丙"), pick(nodes...), pick(parks[0], parks[1], "-"), pick("21", "31", "14", "-"), pick("1", "2", "-"), pick("1", "1", "0"), pick("1995-05-05", "1980-01-01", "-"), pick("0", "2", "5", "-"), pick("33", "36", "-")}
		})
	}
	courses := func(unit string, n int) {
		h.submit("trainings", unit, []string{"person", "course", "provider", "started_on", "node", "examined", "passed"}, n, func() []string {
			return []string{person(), "焊接", "学校", day(), pick(nodes...), "1", strconv.Itoa(h.r.IntN(2))}
		})
	}
	cards := func(unit string, n int) {
		h.submit("certificates", unit, []string{"person", "certified_on", "skill_level", "occupation", "node", "park"}, n, func() []string {
			return []string{person(), day(), pick("2", "3"), "电工", pick(nodes...), pick(parks...)}
		})
	}
	cards("p", 90)
	cards("b", 60)
	moves("a", 260)
	courses("x", 150)
	moves("b", 200)
	h.freeze("f1")
	first := h.batch["a"]
	moves("a", 240) // replaced
	moves("c", 120)
	courses("y", 100)
	h.word("arrivals", "b", h.batch["b"], pipeline.Withdrawn)
	h.freeze("f2")
	h.word("arrivals", "a", first, pipeline.Published) // rolled back
	moves("d", 60)
	cards("p", 70) // replaced
	h.word("arrivals", "b", h.batch["b"], pipeline.Published)
	h.word("trainings", "y", h.batch["y"], pipeline.Withdrawn)
}

// via counts the statements that read what is kept.
type via struct {
	warehouse.Querier
	kept, all int
	before    func() // anything that asks what is live
}

func (v *via) Query(ctx context.Context, s warehouse.Statement) (array.RecordReader, error) {
	if s.Tag == "metric.live" && v.before != nil {
		v.before()
	}
	if s.Tag != "metric.live" {
		v.all++
		if strings.Contains(s.SQL, "meta.state_") || strings.Contains(s.SQL, "meta.crowd_") {
			v.kept++
		}
	}
	return v.Querier.Query(ctx, s)
}

// Whatever is asked, and whoever asks it: what is kept beside the rows answers as the rows do. YANZHEN_TEST_FULL=1 asks a
// thousand questions, YANZHEN_TEST_SEED=N others.
func TestKeptAsRows(t *testing.T) {
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	catalog := func(least uint64) *metric.Catalog {
		cat, err := metric.LoadFS(configs.FS, sets.Datasets, sets.Lists)
		if err != nil {
			t.Fatal(err)
		}
		compile.Keep(cat, least, map[string][][]string{"net_inflow": {{"park", "node"}, {"chain", "park"}}, "inflow_people": {{"park", "sex"}}, "graduates_bachelor_share": {{"education_group", "park"}}})
		return cat
	}
	cat, rows := catalog(1), catalog(0)
	db := stagetest.Open(t, sets)
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv("YANZHEN_TEST_SEED"), "29"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	h := &history{t: t, r: rand.New(rand.NewPCG(seed, 11)), db: db, sets: sets, stage: metrictest.NewStage(db, sets), batch: map[string]uint32{}, loaded: map[uint32]uint64{}}
	h.keeper = &states.Keeper{DB: db, Of: cat.Plan().Of, Crowds: cat.Plan().Crowd(), Least: 1, Log: slog.Default()}
	h.fill()
	var names []string
	for _, m := range cat.Metrics() {
		if !slices.ContainsFunc(m.Datasets(), func(d string) bool { return d != "arrivals" && d != "trainings" }) && len(m.Datasets()) > 0 {
			names = append(names, m.Name)
		}
	}
	reader, counted := warehousetest.OpenAs(t, "reader"), &via{Querier: warehousetest.OpenAs(t, "reader")}
	park := sets.Lists.Get("parks").Codes()[:1]
	viewers := []*access.Viewer{accesstest.Everything(), leader(), {Name: "part", Role: access.Leader, May: access.Leader.May(access.Joint), Scopes: []access.Scope{{Dim: "park", Values: park}}}}
	type pair struct{ kept, rows *compute.Engine }
	var engines []pair
	for _, v := range viewers {
		one := func(cat *metric.Catalog, db warehouse.Querier) *compute.Engine {
			return &compute.Engine{For: v, Catalog: cat, DB: db, Fresh: time.Hour, Small: small.Rule{K: 3}}
		}
		engines = append(engines, pair{one(cat, counted), one(rows, reader)})
	}
	rounds := 60
	if os.Getenv("YANZHEN_TEST_FULL") != "" {
		rounds = 1000
	}
	points, refused, stated, flows, people, stayed := 0, 0, 0, 0, 0, 0
	crowds := []string{"people_listed", "people_in_two", "people_matched_share", "people_sent", "sender_match_rate", "list_match_rate", "person_records"}
	stays := []string{"retention_12m", "retention_12m_judged", "retention_12m_kept", "retention_24m_kept"}
	for i := range rounds {
		m := cat.Metric(names[h.r.IntN(len(names))])
		if i%2 == 0 { // those that are asked most
			m = cat.Metric([]string{"inflow", "outflow", "net_inflow", "inflow_people", "graduates_introduced", "graduates_bachelor", "graduates_bachelor_share", "training_people"}[h.r.IntN(8)])
		}
		if i%3 == 0 { // people in several datasets
			m = cat.Metric(crowds[h.r.IntN(len(crowds))])
		}
		q := h.question(m)
		if i%6 == 0 { // of whole months, which their bitmaps answer
			q.From, q.To = q.From.AddDate(0, 0, 1-q.From.Day()), q.To.AddDate(0, 1, 1-q.To.Day())
			q.Grain, q.Window, q.Compare = []days.Grain{days.Month, days.Quarter, days.Half, days.Year}[h.r.IntN(4)], "", ""
		}
		if i%8 == 1 { // how many came, which what is kept says, less those who left
			q = h.question(cat.Metric(stays[h.r.IntN(len(stays))]))
			q.By, q.Where = nil, nil
		}
		e := engines[h.r.IntN(len(engines))]
		got, err1 := e.kept.Run(t.Context(), q)
		want, err2 := e.rows.Run(t.Context(), q)
		if fmt.Sprint(err1) != fmt.Sprint(err2) {
			t.Fatalf("%+v: %v, by the rows %v", q, err1, err2)
		}
		if err1 != nil {
			refused++
			continue
		}
		if a, b := said(got), said(want); a != b {
			t.Fatalf("%s asks %+v\nkept\n%s\nrows\n%s\n%s", e.kept.For.Name, q, a, b, got.SQL)
		}
		points += len(got.Points)
		if want.Stated {
			t.Errorf("%+v: nothing is kept, and still it is said to be read", q)
		}
		if m.Kind == metric.Flow {
			flows++
		}
		if got.Stated {
			stated++
			switch {
			case i%8 == 1:
				stayed++
			case i%3 == 0:
				people++
			}
		}
	}
	t.Logf("%d questions, %d refused, %d answered from what is kept (%d were of events, %d of people in several datasets, %d of who stayed), %d points; %d of %d statements", rounds, refused, stated, flows, people, stayed, points, counted.kept, counted.all)
	if stated < rounds/4 || people < rounds/12 || stayed < rounds/40 || points < 5*rounds || refused > rounds/3 || counted.kept < counted.all/4 {
		t.Errorf("too little was compared")
	}
	h.meanwhile(cat, rows, reader)
	h.later(cat, reader)
	h.unreadable(cat, reader)
}

// moved is a question that what is kept answers.
var moved = metric.Query{Metric: "net_inflow", From: days.Date(2025, 1, 1), To: days.Date(2026, 7, 1), Grain: days.Month, By: []string{"park"}}

func (h *history) run(e *compute.Engine, q metric.Query) *metric.Result {
	h.t.Helper()
	r, err := e.Run(h.t.Context(), q)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// meanwhile publishes or withdraws at each moment while an engine reads what is live: what it says afterwards is what the rows
// say, and stays so.
func (h *history) meanwhile(cat, rows *metric.Catalog, reader warehouse.Querier) {
	h.t.Helper()
	after := 1
	for n := 1; n <= after; n++ {
		db := &via{Querier: reader}
		e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
		h.run(e, moved)
		h.word("arrivals", "c", h.batch["c"], pipeline.Published) // so that all is read again
		calls := 0
		db.before = func() {
			if calls++; calls == n {
				h.word("arrivals", "b", h.batch["b"], []pipeline.State{pipeline.Withdrawn, pipeline.Published}[n%2])
			}
		}
		h.run(e, moved)
		after, db.before = max(after, calls), nil
		got, want := h.run(e, moved), h.run(&compute.Engine{For: accesstest.Everything(), Catalog: rows, DB: reader}, moved)
		if a, b := said(got), said(want); a != b || !got.Stated {
			h.t.Errorf("something was published before statement %d of %d: kept (%v)\n%s\nrows\n%s", n, after, got.Stated, a, b)
		}
	}
	if after < 6 {
		h.t.Errorf("only %d moments were tried", after)
	}
}

// later keeps something after an engine has read what is live: the engine notices, though nothing was published.
func (h *history) later(cat *metric.Catalog, reader warehouse.Querier) {
	h.t.Helper()
	if err := h.db.Exec(h.t.Context(), warehouse.SQL(fmt.Sprint("alter table meta.states delete where batch = ", h.batch["c"], " settings mutations_sync = 2"))); err != nil {
		h.t.Fatal(err)
	}
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: reader, Cells: -1}
	before := h.run(e, moved)
	if n, err := h.keeper.Catch(h.t.Context()); n != 2 || err != nil { // the counts and the people
		h.t.Fatalf("kept later: %d, %v", n, err)
	}
	after := h.run(e, moved)
	if before.Stated || !after.Stated || said(before) != said(after) {
		h.t.Errorf("before (%v)\n%s\nafter (%v)\n%s", before.Stated, said(before), after.Stated, said(after))
	}
}

// unreadable takes a table of counts away: the rows answer, and the operator is told once.
func (h *history) unreadable(cat *metric.Catalog, reader warehouse.Querier) {
	h.t.Helper()
	var told bytes.Buffer
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: reader, Cells: -1, Log: slog.New(slog.NewTextHandler(&told, nil))}
	before := h.run(e, moved)
	if err := h.db.Exec(h.t.Context(), warehouse.SQL("drop table "+cat.Plan().Of["arrivals"].Counts())); err != nil {
		h.t.Fatal(err)
	}
	for range 2 {
		if after := h.run(e, moved); !before.Stated || after.Stated || said(before) != said(after) {
			h.t.Errorf("before (%v)\n%s\nafter (%v)\n%s", before.Stated, said(before), after.Stated, said(after))
		}
	}
	if strings.Count(told.String(), "\n") != 1 {
		h.t.Errorf("the operator is told %q", told.String())
	}
}

// said are the points of an answer in every part.
func said(r *metric.Result) string {
	var b strings.Builder
	for _, p := range r.Points {
		fmt.Fprintf(&b, "%s %s %q %s %s %s %q %q %v %v %d %v\n", days.ISO(p.From), days.ISO(p.To), p.Keys, number(p.Value), number(p.Base), number(p.Change), p.Why, p.WhyChange, p.Partial, p.Record, p.Rows, p.Cover != nil)
	}
	return b.String()
}

func number(v *float64) string {
	if v == nil {
		return "-"
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

// question is a random one about m.
func (h *history) question(m *metric.Metric) metric.Query {
	from := h.r.IntN(15)
	q := metric.Query{Metric: m.Name, From: days.Date(2025, 1, 1).AddDate(0, from, 0), To: days.Date(2025, 1, 1).AddDate(0, from+1+h.r.IntN(18-from), 0), Grain: days.Grains[h.r.IntN(len(days.Grains))]}
	if h.r.IntN(5) == 0 {
		q.From, q.To = q.From.AddDate(0, 0, h.r.IntN(20)), q.To.AddDate(0, 0, -h.r.IntN(9))
	}
	if h.r.IntN(4) == 0 && q.Grain != days.Ten {
		q.Window = days.Windows[h.r.IntN(len(days.Windows))]
	}
	q.Compare = []metric.Compare{"", "", "", metric.YearOnYear, metric.Previous, metric.Spring, metric.YearToDateOnYear}[h.r.IntN(7)]
	dims := slices.Clone(m.Dims())
	slices.Sort(dims)
	h.r.Shuffle(len(dims), func(i, j int) { dims[i], dims[j] = dims[j], dims[i] })
	if len(dims) > 0 {
		q.By = slices.Clone(dims[:h.r.IntN(min(3, len(dims)+1))])
		if h.r.IntN(3) == 0 {
			if dim := dims[len(dims)-1]; dim == "park" || dim == "sex" || dim == "enterprise" || dim == "node" {
				q.Where = []metric.Filter{{Dim: dim, Values: map[string][]string{"park": {h.sets.Lists.Get("parks").Codes()[0], ""}, "sex": {"1"}, "enterprise": {"甲", "乙"}, "node": h.sets.Lists.Get("nodes").Codes()[:2]}[dim]}}
			}
		}
		if h.r.IntN(6) == 0 && len(q.By) > 0 {
			q.Limit = 2
		}
	}
	switch h.r.IntN(5) {
	case 0:
		q.AsOf = h.moments[h.r.IntN(len(h.moments))]
	case 1:
		q.AsOf = h.frozen[h.r.IntN(len(h.frozen))]
	}
	return q
}
