package compile_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/metric/sqltext"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// town publishes rows in which people occur on several days, in several lists and twice on one day.
func town(t *testing.T, stage metrictest.Stage, r *rand.Rand) {
	person := func() string { return strconv.Itoa(1 + r.IntN(300)) }
	day := func() string { return days.ISO(days.Date(2025, 1, 1).AddDate(0, 0, r.IntN(540))) }
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var moves, talents, cards, courses [][]string
	for range 900 {
		moves = append(moves, []string{person(), day(), pick("in", "in", "out"), pick("甲", "乙", "丙"), pick("magnetic.motor", "superalloy.part", ""), pick("magnet", "alloy", "-"), pick("21", "31", "14", ""), pick("1", "2", "-"), "1", pick("1995-05-05", "1980-01-01", "-"), pick("0", "2", "3", "5", "-")})
	}
	for range 300 {
		talents = append(talents, []string{person(), pick("E", "D", "F", "C"), day(), pick("甲", "乙"), pick("magnetic.motor", "superalloy.part"), pick("magnet", "alloy", "-"), pick("1", "2", "-")})
		cards = append(cards, []string{person(), day(), strconv.Itoa(2 + r.IntN(5)), "电工", pick("magnetic.motor", "superalloy.part", ""), pick("magnet", "")})
		courses = append(courses, []string{person(), "焊接", "学校", day(), pick("magnetic.motor", "superalloy.part"), "1", strconv.Itoa(r.IntN(2))})
	}
	const span = "2025-01-01..2026-06-30"
	stage.Load(t, "arrivals", []string{"person", "date", "direction", "enterprise", "node", "park", "education", "sex", "first_local", "birth_date", "skill_level"}, moves, span)
	stage.Load(t, "talents", []string{"person", "class", "recognised_on", "enterprise", "node", "park", "sex"}, talents, span)
	stage.Load(t, "certificates", []string{"person", "certified_on", "skill_level", "occupation", "node", "park"}, cards, span)
	stage.Load(t, "trainings", []string{"person", "course", "provider", "started_on", "node", "examined", "passed"}, courses, span)
}

// Of random questions about every metric of rows, the cheap form of its statement answers what the plain form does.
// YANZHEN_TEST_FULL=1 asks two thousand.
func TestCheapAsPlain(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	r := rand.New(rand.NewPCG(5, 8))
	town(t, stage, r)
	var names []string
	for _, m := range cat.Metrics() {
		if (m.Kind == metric.Flow || m.Kind == metric.Stock) && slices.ContainsFunc(m.Datasets(), func(d string) bool {
			return slices.Contains([]string{"arrivals", "talents", "certificates", "trainings"}, d)
		}) {
			names = append(names, m.Name)
		}
	}
	rounds := 30
	if os.Getenv("YANZHEN_TEST_FULL") != "" {
		rounds = 2000
	}
	cheaper, rows, inPlace := map[string]bool{}, 0, 0
	for i := range rounds {
		m := cat.Metric(names[i%len(names)])
		q := question(r, m)
		w, periods := q.Timeline()
		w = q.Widened(w, periods)
		cheap, plain := compile.Statement(cat, m, q, w), compile.Longhand(cat, m, q, w)
		if cheap.SQL == plain.SQL {
			continue
		}
		cheaper[m.Name] = true
		got, want := answer(t, db, cheap), answer(t, db, plain)
		if few := placed(t, db, cheap); few.SQL != "" {
			inPlace++
			if again := answer(t, db, few); !slices.Equal(again, want) {
				t.Fatalf("%+v\n%s\ngot  %q\nwant %q", q, few.SQL, again, want)
			}
		}
		if rows += len(want); !slices.Equal(got, want) {
			t.Fatalf("%+v\n%s\ngot  %q\n%s\nwant %q", q, cheap.SQL, got, plain.SQL, want)
		}
	}
	t.Logf("%d metrics are asked for in a cheaper form; %d rows", len(cheaper), rows)
	for _, name := range []string{"inflow", "people_listed", "people_sent"} {
		if !cheaper[name] && slices.Contains(names, name) && rounds >= len(names) {
			t.Errorf("%s is not asked for more cheaply", name)
		}
	}
	if inPlace == 0 && rounds >= len(names) {
		t.Error("no rows were put in place")
	}
	if rows < 50 {
		t.Errorf("%d rows: nothing was compared", rows)
	}
	cubes(t, cat, db, r, rounds/3)
}

// placed is a statement with what was gathered of people in place, which is asked for once; no text where there is none.
func placed(t *testing.T, db warehouse.Querier, s warehouse.Statement) warehouse.Statement {
	t.Helper()
	few, n := s, uint64(0)
	if few.SQL = s.Inner; few.SQL == "" {
		return few
	}
	for a, err := range warehouse.Rows[struct {
		Period int32  `db:"_period"`
		Why    string `db:"_why"`
		N      uint64 `db:"_n"`
	}](t.Context(), db, few) {
		if err != nil {
			t.Fatalf("%v\n%s", err, few.SQL)
		}
		few.SQL, n = strings.ReplaceAll(s.Outer, "{rows}", a.Why), n+a.N
	}
	if n == 0 {
		few.SQL = ""
	}
	return few
}

// cubes holds the tables of people who are chosen, made of one reading for all grains, to those of the plain statements, and
// so the tables of people who are in several lists.
func cubes(t *testing.T, cat *metric.Catalog, db warehouse.Querier, r *rand.Rand, rounds int) {
	names := []string{"retention_12m_kept", "subsidy_left_after", "inflow", "skilled_added", "retention_36m_kept", "high_skilled_added", "people_in_two", "people_listed", "people_sent", "person_records"}
	compared, together, inPlace, counted, forms := 0, 0, 0, 0, map[string]bool{}
	for i := range rounds {
		m := cat.Metric(names[i%len(names)])
		q := question(r, m)
		gathers := strings.HasPrefix(m.Name, "pe")
		dims := q.By[:min(len(q.By), 2)]
		q = metric.Query{Metric: m.Name, AsOf: q.AsOf, DataDays: map[string]days.Day{"arrivals": days.Date(2026, 6, 30), "benefits": days.Date(2026, 6, 30)}}
		from, to := days.Date(2025, 1, 1+r.IntN(60)), days.Date(2026, 7, 1)
		var lines []metric.Timeline
		grains := []days.Grain{days.Total, days.Year, days.Half, days.Quarter, days.Month, days.Ten}
		if gathers && os.Getenv("YANZHEN_TEST_FULL") == "" { // a union of many parts is dear to plan
			dims, grains = dims[:min(len(dims), 1)], []days.Grain{days.Total, grains[1+r.IntN(2)], grains[4+r.IntN(2)]}[:1+i%2*2]
		}
		if m.Name == "inflow" { // one is a function of the other
			dims = []string{"chain", "node"}
		}
		if m.Name == "person_records" && i%2 == 1 { // rows and persons, uncut
			dims = nil
		}
		if gathers { // periods as bits of one number, of several, and too many for that
			from, to = days.Date([]int{2025, 2020, 2017}[(i+i/9)%3], 1, 1+r.IntN(31)), days.Date(2026, 3, 11)
		}
		for _, g := range grains {
			lines = append(lines, metric.Timeline{From: from, To: to, Grain: g})
		}
		statements, own := compile.Cube(cat, m, q, lines, dims, "uniqExact(person)")
		if len(statements) == 1 {
			together++
		}
		got := map[string][]string{}
		for _, s := range statements {
			for _, form := range []string{" as _m0", " as _m1", ")) as _days", "as _names"} {
				forms[form] = forms[form] || strings.Contains(s.SQL+s.Inner, form)
			}
			if few := placed(t, db, s); few.SQL != "" {
				inPlace++
				if a, b := cells(t, db, s, own), cells(t, db, few, own); fmt.Sprint(a) != fmt.Sprint(b) {
					t.Fatalf("%s by %v: rows in place answer\n%v\nnot\n%v", m.Name, dims, b, a)
				}
			}
			people := s
			if strings.Contains(s.SQL, "_near") { // who it is stands there too
				people.SQL = strings.Replace(s.SQL, "toFloat64(count()) as _v0", "toFloat64(uniqExact(person)) as _v0", 1)
			}
			a, b := cells(t, db, s, own), cells(t, db, people, own)
			if fmt.Sprint(a) != fmt.Sprint(b) {
				t.Fatalf("%s by %v: rows are not people\n%s\n%v\n%v", m.Name, dims, s.SQL, a, b)
			}
			for table, list := range a {
				got[table] = append(got[table], list...)
			}
		}
		for n, w := range lines {
			for set := range 1 << len(dims) {
				plain := q
				for d, dim := range dims {
					if set&(1<<d) != 0 {
						plain.By = append(plain.By, dim)
					}
				}
				s := compile.Longhand(cat, m, plain, w)
				var want []string
				for _, list := range cells(t, db, s, -1) {
					for _, c := range list {
						want = append(want, strings.SplitN(c, "|", 2)[0])
					}
				}
				var have []string
				for _, c := range got[fmt.Sprint(n, " ", set)] {
					have = append(have, strings.SplitN(c, "|", 2)[0])
				}
				if strings.Contains(statements[0].SQL, "sum(_people)) as _v0") { // and the persons are those of the rows
					counted++
					for i, c := range have {
						have[i] = c[:strings.Index(c, "{")] + first(got[fmt.Sprint(n, " ", set)][i], "|[{") + c
					}
					persons := map[string]string{}
					for _, list := range cells(t, db, compile.LonghandPersons(cat, m, plain, w), -1) {
						for _, c := range list {
							persons[c[:strings.Index(c, "{")]] = first(c, "] {")
						}
					}
					for i, c := range want {
						period := c[:strings.Index(c, "{")]
						want[i] = period + persons[period] + c
					}
				}
				slices.Sort(want)
				slices.Sort(have)
				if compared += len(want); !slices.Equal(have, want) {
					t.Fatalf("%s by %v, %s from %s: got %q\nwant %q\n%s\n%v\n%s", m.Name, plain.By, w.Grain, days.ISO(from), have, want, s.SQL, plain.AsOf, statements[0].SQL)
				}
			}
		}
	}
	for _, form := range []string{" as _m0", " as _m1", ")) as _days", "as _names"} {
		if !forms[form] && (rounds > 20 || strings.HasPrefix(form, " as _m")) {
			t.Errorf("no statement was written with %q", form)
		}
	}
	if compared < 50 || together*2 < rounds || inPlace == 0 || counted == 0 {
		t.Errorf("%d numbers of tables compared, %d of %d tables in one reading, %d with rows in place", compared, together, rounds, inPlace)
	}
}

// first is the number after a text in a cell.
func first(cell, after string) string {
	_, rest, _ := strings.Cut(cell, after)
	number, _, _ := strings.Cut(rest, "}")
	return number
}

// cells are the rows of a statement of tables, by the table: period, keys and number, behind a bar the people. The number is
// the one at a place; below 0: _value.
func cells(t *testing.T, db warehouse.Querier, s warehouse.Statement, own int) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for a, err := range warehouse.Rows[struct {
		Period int32               `db:"_period"`
		Keys   []string            `db:"_k*"`
		V      []sql.Null[float64] `db:"_v*"`
		Value  sql.Null[float64]   `db:"_value"`
		Why    string              `db:"_why"`
		N      uint64              `db:"_n"`
	}](t.Context(), db, s) {
		if err != nil {
			t.Fatalf("%v\n%s\n%v", err, s.SQL, s.Params)
		}
		if own >= 0 {
			a.Value = a.V[own]
		}
		keys := slices.DeleteFunc(a.Keys, func(k string) bool { return k == "" })
		if strings.Contains(s.SQL, "any(_people)") || strings.Contains(s.SQL, "groupArray(list)") || strings.Contains(s.SQL, "groupArray(sender)") {
			a.N = 0 // as answer has it
		}
		out[a.Why] = append(out[a.Why], fmt.Sprint(a.Period, keys, a.Value, a.N, "|", a.V))
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

// question is a random one about m.
func question(r *rand.Rand, m *metric.Metric) metric.Query {
	from := r.IntN(15)
	to := from + 1 + r.IntN(18-from)
	q := metric.Query{
		Metric: m.Name, From: days.Date(2025, 1, 1).AddDate(0, from, 0), To: days.Date(2025, 1, 1).AddDate(0, to, 0),
		Grain: []days.Grain{days.Total, days.Total, days.Month, days.Quarter, days.Year, days.Ten}[r.IntN(6)], DataDays: map[string]days.Day{"arrivals": days.Date(2026, 6, 30)},
	}
	if r.IntN(3) == 0 && q.Grain != days.Ten {
		q.Window = days.Windows[r.IntN(len(days.Windows))]
	}
	dims := slices.Clone(m.Dims())
	sort.Strings(dims)
	r.Shuffle(len(dims), func(i, j int) { dims[i], dims[j] = dims[j], dims[i] })
	if len(dims) > 0 {
		q.By = dims[:r.IntN(min(3, len(dims)+1))]
		if r.IntN(3) == 0 {
			q.Where = []metric.Filter{{Dim: dims[len(dims)-1], Values: []string{"magnetic", "magnetic.motor", "magnet", "1", "甲", "E", "arrivals", "", "31", "undergraduate"}}}
		}
	}
	if r.IntN(4) == 0 {
		q.AsOf = days.Date(2100, 1, 1)
	}
	return q
}

// answer is what the engine says to a statement: period, keys and number of each row, sorted.
func answer(t *testing.T, db warehouse.Querier, s warehouse.Statement) (out []string) {
	t.Helper()
	for a, err := range warehouse.Rows[struct {
		Period int32             `db:"_period"`
		Keys   []string          `db:"_k*"`
		Value  sql.Null[float64] `db:"_value"`
		N      uint64            `db:"_n"`
	}](t.Context(), db, s) {
		if err != nil {
			t.Fatalf("%v\n%s\n%v", err, s.SQL, s.Params)
		}
		v := "-"
		if a.Value.Valid {
			v = strconv.FormatFloat(a.Value.V, 'g', -1, 64)
		}
		n := fmt.Sprint(a.N)
		if strings.Contains(s.SQL, "_with") || strings.Contains(s.SQL, "groupArray") {
			n = "" // rows of gathered lists are people there
		}
		out = append(out, fmt.Sprint(a.Period, a.Keys, v, " ", n))
	}
	slices.Sort(out)
	return out
}

// Texts that are looked for are bits of a number where it has so many, and the lists are those that are gathered as texts;
// where they are more there are no rows, so that another statement counts.
func TestLook(t *testing.T) {
	_, _, db := metrictest.Office(t)
	for most, rows := range map[int]bool{1: true, 64: true, 65: false} {
		text := "concat('s', toString(number % " + strconv.Itoa(most) + "))"
		p := sqltext.People{
			Rows: "(\n    select\n        toDate32('2026-01-01') as day,\n        " + text + " as sender,\n        cityHash64(number) % 50 as person\n    from numbers(300)\n)",
			Per:  "person", Take: "sender", As: "senders", Counts: "day is not null", Period: "toDate32('2026-01-01')", One: true,
		}
		var got [2][]string
		for i := range got {
			table, _, _ := p.Table()
			list, err := warehouse.Select[struct {
				Why string `db:"_why"`
			}](t.Context(), db, warehouse.SQL("select concat(toString(senders), ' ', toString(sum(_people))) as _why from "+table+" group by senders order by _why"))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				got[i] = append(got[i], r.Why)
			}
			p.Look = text
		}
		if len(got[0]) == 0 || rows && !slices.Equal(got[0], got[1]) || !rows && got[1] != nil {
			t.Errorf("%d texts: %q\nnot %q", most, got[1], got[0])
		}
	}
}
