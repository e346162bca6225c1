package main

import (
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

const (
	surfaceSeed      = 20260630
	surfaceQuestions = 120
	surfaceLeast     = 40 // answers of each surface compared at the least, or nothing was shown
	surfacePages     = 2  // pages of one board, or all cards would be of the first
)

// surfaces asks random questions of every place where a figure stands: the engine, the panel as JSON,
// CSV and table, the card, and the compiled statement run by an analyst. They must all say the same.
//
// What a panel asks of the engine is worked out here once more from its declaration and the address.
func surfaces(t *testing.T, ctx context.Context, o *office, c *cli) {
	t.Logf("seed %d", surfaceSeed)
	s := newSurface(t, ctx, o, c)
	defer s.analyst.Close()
	var panels []shownAt
	for _, b := range s.boards {
		if s.last(b).IsZero() {
			continue // the demo zone has none of its data
		}
		for _, p := range b.Panels {
			if slices.ContainsFunc(p.Metrics, func(m string) bool { return o.metrics.Metric(m).Kind == metric.Forecasting }) {
				continue // expected figures and their intervals stand in a table of their own shape
			}
			if p.Kind == board.Spring {
				continue // days around the lunar new year: another question than a period's
			}
			panels = append(panels, shownAt{Board: b, Panel: p})
		}
	}
	s.statements()
	began := time.Now()
	for i := range surfaceQuestions {
		if i%len(panels) == 0 { // every panel before any comes again
			s.rng.Shuffle(len(panels), func(i, j int) { panels[i], panels[j] = panels[j], panels[i] })
		}
		a := panels[i%len(panels)]
		s.draw(&a)
		s.question(a)
		if s.faults > 30 {
			t.Fatal("and so on")
		}
	}
	t.Logf("%d questions in %v", surfaceQuestions, time.Since(began).Round(time.Second))
	for _, name := range []string{"JSON", "JSON drawing", "JSON table", "CSV", "HTML table", "card", "SQL", "SQL of the comparison", "API JSON", "API CSV", "API Arrow", "page of a point"} {
		t.Logf("%-22s %4d comparisons, %5d figures", name, s.shown[name], s.figures[name])
		least := surfaceLeast
		switch name {
		case "page of a point":
			least = 20
		case "JSON table":
			least = 5 // few panels are tables; what they carry is the markup asked for
		}
		if s.shown[name] < least {
			t.Errorf("%s: %d comparisons: too few to mean anything", name, s.shown[name])
		}
	}
}

// newSurface opens every surface; whoever asks closes the analyst.
func newSurface(t *testing.T, ctx context.Context, o *office, c *cli) *surface {
	h, err := asOperator(o, c)
	if err != nil {
		t.Fatal(err)
	}
	boards, err := board.Load(o.declare, "boards")
	if err != nil {
		t.Fatal(err)
	}
	analyst, err := o.as(ctx, embedded.Analyst)
	if err != nil {
		t.Fatal(err)
	}
	s := &surface{
		T: t, ctx: access.With(ctx, accesstest.Everything()), office: o, pages: h, boards: boards, catalog: o.metrics, analyst: analyst,
		engine: h.engine, // the pages': what they do not ask of it in the same words is asked here, and compared
		rng:    rand.New(rand.NewPCG(surfaceSeed, surfaceSeed)),
		shown:  map[string]int{}, figures: map[string]int{}, pagesOf: map[string]int{},
	}
	s.values = map[string][]string{}
	for param, dims := range surfaceFilters {
		s.values[param] = s.keys(dims)
	}
	return s
}

// statements runs what a definition shows of every metric, with its parameters, as an analyst: it is allowed, and where
// the statement is the number, it is the number that the engine says.
func (s *surface) statements() {
	ran, figures := 0, 0
	for _, m := range s.catalog.Metrics() {
		last, err := s.engine.DataDate(s.ctx, m.Datasets()...)
		if err != nil || last.IsZero() {
			continue // nothing of it is in the demo zone
		}
		r := s.run(metric.Query{Metric: m.Name, From: last.AddDate(-1, 0, 1), To: last.AddDate(0, 0, 1)})
		for i, st := range r.Asked {
			rows, err := warehouse.Select[figure](s.ctx, s.analyst, st)
			if err != nil {
				s.Errorf("%s, as an analyst: %v\n%s", m.Name, err, st.SQL)
				continue
			}
			ran++
			if len(r.Asked) > 1 || i > 0 || len(r.Points) != 1 || m.Kind == metric.MethodKind || m.Kind == metric.Forecasting || m.Kind == metric.Growth {
				continue // not the number yet
			}
			var got *float64
			for _, row := range rows {
				if v := row.Value.V; row.Value.Valid && !math.IsNaN(v) && !math.IsInf(v, 0) {
					got = &v
				}
			}
			want := r.Points[0].Value
			if (got == nil) != (want == nil || *want == 0 && len(rows) == 0) || got != nil && want != nil && !near(*got, *want) {
				s.Errorf("%s: its statement gives %s, the engine says %s\n%s", m.Name, show(got), show(want), st.SQL)
			}
			figures++
		}
	}
	// every value that occurs can be asked for: none is refused as unknown
	asked := map[string]bool{}
	for _, m := range s.catalog.Metrics() {
		for _, dim := range m.Dims() {
			id := strings.Join(m.Datasets(), " ") + " " + dim
			if d := s.catalog.Dimension(dim); d == nil || d.List == "" || asked[id] || m.Kind != metric.Flow && m.Kind != metric.Stock {
				continue
			}
			asked[id] = true
			var keys []string
			for _, pt := range s.run(metric.Query{Metric: m.Name, From: days.Date(2000, 1, 1), To: days.Date(2027, 1, 1), By: []string{dim}}).Points {
				keys = append(keys, pt.Keys[0])
			}
			if len(keys) == 0 {
				continue
			}
			if _, err := compile.Query(s.catalog, metric.Query{Metric: m.Name, From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1), Where: []metric.Filter{{Dim: dim, Values: keys}}}); err != nil {
				s.Errorf("%s cut by %s has a value that it refuses: %v", m.Name, dim, err)
			}
		}
	}
	s.Logf("%d statements of %d metrics run as an analyst, %d of them a number by themselves", ran, len(s.catalog.Metrics()), figures)
	if figures < 100 {
		s.Errorf("%d numbers: too few to mean anything", figures)
	}
}

// surfaceFilters are the filters of an address and what a metric may call them.
var surfaceFilters = map[string][]string{"chain": {"chain"}, "node": {"node"}, "province": {"origin_province", "province"}}

type surface struct {
	*testing.T
	ctx     context.Context
	office  *office
	pages   http.Handler
	boards  []*board.Board
	catalog *metric.Catalog
	engine  *compute.Engine
	analyst *warehouse.DB
	rng     *rand.Rand
	values  map[string][]string
	pagesOf map[string]int // board -> pages of it that were asked for
	faults  int
	forms   int // answers of the API that were asked for

	shown, figures map[string]int // answers and figures compared, per surface
}

// shownAt is a panel and what an address asks of it.
type shownAt struct {
	Board    *board.Board
	Panel    board.Panel
	From, To days.Day // zero: the panel's own period
	Grain    days.Grain
	Compare  string // as the address has it
	Where    map[string][]string
}

func (a shownAt) query() url.Values {
	q := url.Values{}
	if !a.From.IsZero() {
		q.Set("from", a.From.Format(time.DateOnly))
		q.Set("to", a.To.Format(time.DateOnly))
	}
	if a.Grain != days.Total {
		q.Set("grain", string(a.Grain))
	}
	if a.Compare != "" {
		q.Set("compare", a.Compare)
	}
	for k, vs := range a.Where {
		q[k] = vs
	}
	return q
}

func (a shownAt) String() string {
	return a.Board.Name + "/" + a.Panel.Name + "?" + a.query().Encode()
}

func (s *surface) wrong(a shownAt, format string, args ...any) {
	s.faults++
	s.Errorf("%s: %s", a, fmt.Sprintf(format, args...))
}

func (s *surface) run(q metric.Query) *metric.Result {
	r, err := s.engine.Run(s.ctx, q)
	if err != nil {
		s.Fatalf("%+v: %v", q, err)
	}
	return r
}

// keys are values that every metric which is cut by one of dims may be narrowed to.
func (s *surface) keys(dims []string) []string {
	var out []string
	for _, name := range []string{"enterprises_count", "inflow"} {
		m := s.catalog.Metric(name)
		i := slices.IndexFunc(dims, func(d string) bool { return slices.Contains(m.Dims(), d) })
		if i < 0 {
			continue
		}
		var have []string
		for _, pt := range s.run(metric.Query{Metric: name, From: days.Date(1990, 1, 1), To: days.Date(2026, 7, 1), By: []string{dims[i]}}).Points {
			if pt.Keys[0] != "" && (out == nil || slices.Contains(out, pt.Keys[0])) {
				have = append(have, pt.Keys[0])
			}
		}
		slices.Sort(have)
		out = have
	}
	if len(out) == 0 {
		s.Fatalf("no value of %v to filter by", dims)
	}
	return out
}

// last is the data date of a board; zero where none of its datasets is published.
func (s *surface) last(b *board.Board) days.Day {
	var sets []string
	for _, p := range b.Panels {
		for _, m := range p.Metrics {
			sets = append(sets, s.catalog.Metric(m).Datasets()...)
		}
	}
	d, err := s.engine.DataDate(s.ctx, sets...)
	if err != nil {
		s.Fatalf("board %s: %v", b.Name, err)
	}
	return d
}

// draw chooses a period, a grain and filters.
func (s *surface) draw(a *shownAt) {
	end := s.last(a.Board).AddDate(0, 0, 1)
	timed := a.Panel.Grain != days.Total
	if s.rng.IntN(4) > 0 {
		months := []int{1, 3, 6, 12, 24}[s.rng.IntN(5)]
		back := s.rng.IntN(12)
		a.To = days.Date(end.Year(), end.Month(), 1).AddDate(0, -back, 0)
		a.From = a.To.AddDate(0, -months, 0)
		if s.rng.IntN(4) == 0 { // days that begin no month
			a.From, a.To = a.From.AddDate(0, 0, s.rng.IntN(20)), a.To.AddDate(0, 0, -s.rng.IntN(8))
		}
	}
	if timed && (!a.From.IsZero() || s.rng.IntN(2) == 0) {
		a.Grain = []days.Grain{days.Ten, days.Month, days.Quarter, days.Half, days.Year}[s.rng.IntN(5)]
	}
	a.Compare = []string{"", "", "none", "yoy", "pop", "spring"}[s.rng.IntN(6)]
	a.Where = map[string][]string{}
	for range s.rng.IntN(3) {
		param := []string{"chain", "node", "province"}[s.rng.IntN(3)]
		vs := s.values[param]
		a.Where[param] = []string{vs[s.rng.IntN(len(vs))]}
		if other := vs[s.rng.IntN(len(vs))]; s.rng.IntN(3) == 0 && other != a.Where[param][0] {
			a.Where[param] = append(a.Where[param], other)
		}
	}
}

// ask is the question that metric i of a panel asks the engine.
func (s *surface) ask(a shownAt, i int) metric.Query {
	p := a.Panel
	m := s.catalog.Metric(p.Metrics[i])
	last := s.last(a.Board)
	r := days.Relative(p.Period, last)
	if !a.From.IsZero() {
		r = days.Range{From: a.From, To: a.To}
		if p.Period == "as_of" { // a state is that of the last day
			r.From = r.To.AddDate(0, 0, -1)
		}
	}
	q := metric.Query{Metric: m.Name, From: r.From, To: r.To, Grain: p.Grain, By: p.By, Compare: p.Compare}
	if p.Each != "" && i == len(p.Metrics)-1 {
		q.By = []string{p.By[0], p.Each}
	}
	if q.Grain != days.Total && a.Grain != days.Total {
		q.Grain = a.Grain
	}
	if a.Compare != "" {
		q.Compare = comparison(a, q)
	}
	for _, k := range slices.Sorted(maps.Keys(p.Where)) {
		q.Where = append(q.Where, metric.Filter{Dim: k, Values: p.Where[k]})
	}
	for _, param := range []string{"chain", "node", "province"} {
		for _, dim := range surfaceFilters[param] {
			if len(a.Where[param]) > 0 && slices.Contains(m.Dims(), dim) {
				q.Where = append(q.Where, metric.Filter{Dim: dim, Values: a.Where[param]})
				break
			}
		}
	}
	if p.Kind == board.Bar && len(p.Metrics) == 1 {
		q.Limit = p.Limit
	}
	return q
}

// comparison is what the figures of q are compared with under an address that says so.
func comparison(a shownAt, q metric.Query) metric.Compare {
	early := func(d days.Day) bool { // between the earliest lunar new year and the latest
		return d.Month() == time.January && d.Day() > 1 || d.Month() == time.February
	}
	switch {
	case a.Compare == "none", a.Panel.Kind == board.Triangle, a.Panel.Kind == board.Path:
		return metric.NoCompare
	case a.Compare == "pop" && q.Grain == days.Total && q.From.Year() < 2000: // from the beginning
		return metric.NoCompare
	case a.Compare == "spring" && q.Grain == days.Total && !early(q.From) && !early(q.To),
		a.Compare == "spring" && slices.Contains([]days.Grain{days.Quarter, days.Half, days.Year}, q.Grain):
		return metric.YearOnYear
	case a.Compare == "spring" && q.From.Year() < 2016:
		return metric.NoCompare // the table of lunar years begins in 2015
	}
	return metric.Compare(a.Compare)
}

func (s *surface) get(a shownAt, path, accept string) string {
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	s.pages.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		s.wrong(a, "GET %s: %d\n%.300s", path, w.Code, w.Body)
		return ""
	}
	return w.Body.String()
}

// final takes the stars off numbers that are not final.
func final(rows [][]string) [][]string {
	for _, row := range rows {
		for i, text := range row {
			row[i] = strings.TrimSuffix(text, "*")
		}
	}
	return rows
}

func (s *surface) question(a shownAt) {
	var rs []*metric.Result
	for i := range a.Panel.Metrics {
		rs = append(rs, s.run(s.ask(a, i)))
	}
	path := "/api/v1/panels/" + a.Board.Name + "/" + a.Panel.Name
	q := a.query().Encode()
	table := func(format string) string { return path + "?" + strings.TrimPrefix(q+"&format="+format, "&") }

	if text := s.get(a, path+"?"+q, "text/csv"); text != "" {
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll()
		if err != nil || len(rows) == 0 {
			s.wrong(a, "CSV: %d rows: %v", len(rows), err)
		} else {
			for _, words := range []string{"未定的列", "说明"} {
				if last := len(rows[0]) - 1; rows[0][last] == words {
					for i := range rows {
						rows[i] = rows[i][:last]
					}
				}
			}
			s.same(a, rs, "CSV", rows[1:], exact)
		}
	}
	markup := s.get(a, table("table"), "")
	s.same(a, rs, "HTML table", final(cells(markup)), printed)
	if text := s.get(a, path+"?"+q, ""); text != "" {
		s.json(a, rs, text, markup)
	}
	s.cards(a)
	for _, r := range rs[:min(len(rs), 2)] {
		s.sql(a, r)
		s.api(a, r)
	}
}

// writer writes a number as a surface does: in a column of a unit, or a change.
type writer struct {
	number func(v *float64, unit metric.Unit) string
	change func(v *float64, unit metric.Unit) string
	none   string // where there is no point
	folds  bool   // rows in which no figure stands are told below, not listed
}

var (
	exact = writer{
		func(v *float64, _ metric.Unit) string { return decimal(v) },
		func(v *float64, _ metric.Unit) string { return decimal(v) }, "", false,
	}
	printed = writer{metric.Number, func(v *float64, unit metric.Unit) string { return metric.FormatChange(v, unit, "zh") }, metric.None, true}
)

// listed are the rows of a table that a surface lists: keys is how many cells of a row are no figures, the last of ends neither.
func (w writer) listed(rows [][]string, keys, ends int) [][]string {
	left := slices.DeleteFunc(slices.Clone(rows), func(row []string) bool {
		return !slices.ContainsFunc(row[keys:len(row)-ends], func(text string) bool { return text != w.none })
	})
	if !w.folds || len(left) == 0 {
		return rows
	}
	return left
}

func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}

// same compares the rows of a surface with the results, a row by its period and keys.
func (s *surface) same(a shownAt, rs []*metric.Result, name string, got [][]string, w writer) {
	p := a.Panel
	var want [][]string
	figures := 0
	compare := slices.ContainsFunc(rs, func(r *metric.Result) bool { return r.Query.Compare != metric.NoCompare })
	value := func(row []string, pt *metric.Point, unit metric.Unit) []string {
		figures++
		if pt == nil {
			pt = &metric.Point{}
		}
		row = append(row, w.number(pt.Value, unit))
		if compare {
			row = append(row, w.number(pt.Base, unit), w.change(pt.Change, unit))
		}
		return row
	}
	steps := p.Kind == board.Funnel || p.Kind == board.KPI
	if steps {
		for i := range got { // name, value, unit, comparison: the words are not figures
			if len(got[i]) < 3 {
				s.wrong(a, "%s: the row %q is too short", name, got[i])
				return
			}
			if compare {
				if len(got[i]) < 6 {
					s.wrong(a, "%s: the row %q lacks its comparison", name, got[i])
					return
				}
				got[i] = []string{strconv.Itoa(i), got[i][1], got[i][3], got[i][4]} // and the unit of the change
				continue
			}
			got[i] = []string{strconv.Itoa(i), got[i][1]}
		}
		for i, r := range rs {
			if len(r.Points) == 0 {
				want = append(want, value([]string{strconv.Itoa(i)}, nil, r.Unit))
				continue
			}
			want = append(want, value([]string{strconv.Itoa(i)}, &r.Points[0], r.Unit))
		}
		want = w.listed(want, 1, 0)
		for i := range want {
			want[i][0] = strconv.Itoa(i)
		}
	} else {
		var lists *metric.Result
		if p.Each != "" {
			rs, lists = rs[:len(rs)-1], rs[len(rs)-1]
		}
		id := func(pt metric.Point) string {
			return pt.From.Format(time.DateOnly) + "\x00" + strings.Join(pt.Keys, "\x00")
		}
		var order []metric.Point
		at := make([]map[string]*metric.Point, len(rs))
		known := map[string]bool{}
		for i, r := range rs {
			at[i] = map[string]*metric.Point{}
			for j := range r.Points {
				pt := &r.Points[j]
				if at[i][id(*pt)] = pt; !known[id(*pt)] {
					known[id(*pt)] = true
					order = append(order, *pt)
				}
			}
		}
		if p.Kind == board.Table && p.Limit > 0 && len(order) > p.Limit {
			order = order[:p.Limit]
		}
		for _, pt := range order {
			var row []string
			if g := rs[0].Query.Grain; g != days.Total {
				row = append(row, named(pt, g))
			}
			for d := range pt.Keys {
				text := pt.Labels[d].In("zh")
				if text == "" {
					text = "未填"
				}
				row = append(row, text)
			}
			for i, r := range rs {
				row = value(row, at[i][id(pt)], r.Unit)
			}
			if lists != nil {
				row = append(row, greatest(lists, pt.Keys))
			}
			want = append(want, row)
		}
		keys, ends := 0, 0
		if rs[0].Query.Grain != days.Total {
			keys++
		}
		if len(order) > 0 {
			keys += len(order[0].Keys)
		}
		if lists != nil {
			ends++
		}
		want = w.listed(want, keys, ends)
	}
	lines := func(rows [][]string) []string {
		var out []string
		for _, r := range rows {
			out = append(out, strings.Join(r, " | "))
		}
		slices.Sort(out)
		return out
	}
	g, x := lines(got), lines(want)
	for i := range max(len(g), len(x)) {
		switch {
		case i >= len(g):
			s.wrong(a, "%s: the row %q is not there", name, x[i])
		case i >= len(x):
			s.wrong(a, "%s: the row %q is too much", name, g[i])
		case !alike(g[i], x[i]):
			s.wrong(a, "%s: row %q, the engine says %q", name, g[i], x[i])
		default:
			continue
		}
		break
	}
	if figures > 0 {
		s.shown[name]++
		s.figures[name] += figures
	}
}

// named is a period as a table names it: with its days where it is not whole.
func named(pt metric.Point, g days.Grain) string {
	d := pt.From
	first, next := days.Date(d.Year(), d.Month(), 1), days.Day{}
	var text string
	switch g {
	case days.Year:
		first = days.Date(d.Year(), 1, 1)
		next, text = first.AddDate(1, 0, 0), d.Format("2006")
	case days.Half:
		first = days.Date(d.Year(), (d.Month()-1)/6*6+1, 1)
		next, text = first.AddDate(0, 6, 0), d.Format("2006")+map[bool]string{true: "上半年", false: "下半年"}[d.Month() < time.July]
	case days.Quarter:
		first = days.Date(d.Year(), (d.Month()-1)/3*3+1, 1)
		next, text = first.AddDate(0, 3, 0), fmt.Sprintf("%dQ%d", d.Year(), (d.Month()+2)/3)
	case days.Ten:
		switch third := min((d.Day()-1)/10, 2); third {
		case 2:
			next, text = first.AddDate(0, 1, 0), d.Format("2006-01")+"下旬"
			first = first.AddDate(0, 0, 20)
		default:
			first = first.AddDate(0, 0, 10*third)
			next, text = first.AddDate(0, 0, 10), d.Format("2006-01")+[]string{"上旬", "中旬"}[third]
		}
	default:
		next, text = first.AddDate(0, 1, 0), d.Format("2006-01")
		if d.Month() == time.January && pt.To.After(next) { // with February, between which the lunar new year moves
			next, text = first.AddDate(0, 2, 0), text+"—02"
		}
	}
	if d.Equal(first) && !pt.Until.Before(next) {
		return text
	}
	return text + "（" + d.Format("01-02") + " 至 " + pt.Until.AddDate(0, 0, -1).Format("01-02") + "）"
}

// greatest names the three greatest values under keys.
func greatest(r *metric.Result, keys []string) string {
	var of []string
	for _, pt := range r.Points { // greatest first
		if n := len(pt.Keys) - 1; n == len(keys) && slices.Equal(pt.Keys[:n], keys) && pt.Value != nil && *pt.Value > 0 && len(of) < 3 {
			name := pt.Labels[n].In("zh")
			if name == "" {
				name = "未填"
			}
			of = append(of, name+" "+metric.Number(pt.Value, r.Unit))
		}
	}
	if len(of) == 0 {
		return "无"
	}
	return strings.Join(of, "、")
}

var (
	tableRow  = regexp.MustCompile(`(?s)<tr>(.*?)</tr>`)
	tableCell = regexp.MustCompile(`(?s)<t[hd][^>]*>(.*?)</t[hd]>`)
	anyTag    = regexp.MustCompile(`(?s)<svg.*?</svg>|<[^>]*>`)
)

// cells reads the body of a table.
func cells(markup string) [][]string {
	var out [][]string
	_, body, _ := strings.Cut(markup, "<tbody>")
	for _, tr := range tableRow.FindAllStringSubmatch(body, -1) {
		var row []string
		for _, td := range tableCell.FindAllStringSubmatch(tr[1], -1) {
			row = append(row, untagged(td[1]))
		}
		out = append(out, row)
	}
	return out
}

func untagged(markup string) string {
	return strings.TrimSpace(html.UnescapeString(anyTag.ReplaceAllString(markup, "")))
}

// drawnAsIs are the kinds whose drawing carries each value as it is.
var drawnAsIs = []board.Kind{board.Trend, board.Line, board.Bar, board.Column, board.OnMap, board.Triangle, board.Path}

// json compares the drawing, its sentence and its table.
func (s *surface) json(a shownAt, rs []*metric.Result, text, markup string) {
	p := a.Panel
	var got struct {
		Summary, Sentence, Table string
		Caption                  string // what a map cannot show
		Option                   struct{ Series json.RawMessage }
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		s.wrong(a, "JSON: %v", err)
		return
	}
	if p.Kind == board.Table && got.Sentence == "" {
		s.shown["JSON table"]++
		s.figures["JSON table"] += strings.Count(markup, "<td")
		if strings.TrimSpace(got.Table) != strings.TrimSpace(markup) {
			s.wrong(a, "JSON: its table is another than the table asked for")
		}
	}
	if p.Kind == board.KPI { // its drawing is the small trend
		if p.Spark.Period == "" {
			return
		}
		q := s.ask(a, 0)
		end := s.last(a.Board)
		if !a.From.IsZero() {
			end = a.To.AddDate(0, 0, -1)
		}
		r := days.Relative(p.Spark.Period, end)
		q.From, q.To, q.Grain, q.Compare = r.From, r.To, p.Spark.Grain, metric.NoCompare
		rs = []*metric.Result{s.run(q)}
	}
	if got.Sentence != "" {
		for _, r := range rs {
			for _, pt := range r.Points {
				if pt.Value != nil && *pt.Value != 0 {
					s.wrong(a, "JSON: %q, the engine says %v", got.Sentence, *pt.Value)
					return
				}
			}
		}
		return
	}
	s.shown["JSON"]++
	for _, r := range rs {
		var best *float64
		for _, pt := range r.Points {
			if pt.Value != nil && (best == nil || *pt.Value > *best) {
				best = pt.Value
			}
		}
		if best == nil {
			continue
		}
		s.figures["JSON"]++
		if want := metric.Format(best, r.Unit, "zh"); !strings.Contains(got.Summary, want) {
			s.wrong(a, "JSON: the sentence %q does not say %s", got.Summary, want)
		}
	}
	if !slices.Contains(drawnAsIs, p.Kind) && p.Kind != board.KPI || p.Limit > 0 && len(rs) > 1 {
		return
	}
	var series any
	dec := json.NewDecoder(strings.NewReader(string(got.Option.Series)))
	if err := dec.Decode(&series); err != nil {
		s.wrong(a, "JSON: series: %v", err)
		return
	}
	have := map[float64]bool{}
	numbers(series, have)
	s.shown["JSON drawing"]++
	for _, r := range rs {
		for _, pt := range r.Points {
			if pt.Value == nil || *pt.Value == 0 && pt.Base != nil && pt.Rows == 0 {
				continue // a place where only the figure compared with is
			}
			if p.Kind == board.KPI && pt.Open() {
				continue // the small trend leaves out what is not final
			}
			s.figures["JSON drawing"]++
			if p.Kind == board.OnMap && (*pt.Value == 0 || strings.Contains(got.Caption, metric.Number(pt.Value, r.Unit))) {
				continue
			}
			if !have[*pt.Value] && !slices.ContainsFunc(slices.Collect(maps.Keys(have)), func(v float64) bool { return near(v, *pt.Value) }) {
				s.wrong(a, "JSON: %v of %s %s %v is not drawn", *pt.Value, r.Query.Metric, pt.From.Format(time.DateOnly), pt.Keys)
				return
			}
		}
	}
}

// numbers gathers every number of a JSON value.
func numbers(v any, into map[float64]bool) {
	switch v := v.(type) {
	case float64:
		into[v] = true
	case []any:
		for _, x := range v {
			numbers(x, into)
		}
	case map[string]any:
		for _, x := range v {
			numbers(x, into)
		}
	}
}

var (
	cardPart = regexp.MustCompile(`<p class="part">[^<]* <b(?: title="[^"]*")?>([^<]*)</b>`)
	cardMain = regexp.MustCompile(`<p class="value"><b(?: title="[^"]*")?>(?:<a [^>]*>)?([^<]*)(?:</a>)?</b>(?:<span>([^<]*)</span>)?`)
	cardMove = regexp.MustCompile(`<p class="delta"><(?:span|a) class="[a-z]+"[^>]*>(.*?)</(?:span|a)>`)
)

// cards compares all cards of the first page on which a metric of the panel stands, under the same address.
func (s *surface) cards(a shownAt) {
	if s.shown["card"] > surfaceLeast {
		return // a page computes all its cards and panels: as many as make the point
	}
	for _, b := range s.boards {
		has := func(p board.Panel) bool {
			return p.Kind == board.KPI && slices.ContainsFunc(p.Metrics, func(m string) bool { return slices.Contains(a.Panel.Metrics, m) })
		}
		// the address is the board's: a day after its data is not asked for
		k := shownAt{Board: b, From: a.From, To: a.To, Compare: a.Compare, Where: a.Where}
		if s.pagesOf[b.Name] == surfacePages || !slices.ContainsFunc(b.Panels, has) || k.To.After(s.last(b).AddDate(0, 0, 1)) {
			continue
		}
		s.pagesOf[b.Name]++
		page := s.get(k, "/b/"+b.Name+"?"+k.query().Encode(), "")
		for _, k.Panel = range b.Panels {
			if k.Panel.Kind != board.KPI {
				continue
			}
			_, card, ok := strings.Cut(page, `data-card="`+k.Panel.Name+`"`)
			if !ok {
				s.wrong(k, "the page has no such card")
				continue
			}
			card, _, _ = strings.Cut(card, "</article>")
			s.card(k, card)
			s.shown["card"]++
		}
		return
	}
}

func (s *surface) card(k shownAt, card string) {
	var rs []*metric.Result
	for i := range k.Panel.Metrics {
		rs = append(rs, s.run(s.ask(k, i)))
	}
	var pt metric.Point
	if len(rs[0].Points) > 0 {
		pt = rs[0].Points[0]
	}
	s.figures["card"]++
	main := cardMain.FindStringSubmatch(card)
	if pt.Value == nil {
		if main != nil {
			s.wrong(k, "the card shows %s, the engine nothing", main[1])
		}
		return
	}
	want := metric.Format(pt.Value, rs[0].Unit, "zh")
	if main == nil {
		s.wrong(k, "the card shows no number, the engine says %s", want)
		return
	}
	got := strings.TrimSpace(untagged(main[1]) + " " + untagged(main[2]))
	if rs[0].Unit == metric.Percent {
		got = strings.ReplaceAll(got, " ", "")
	}
	if got != want {
		s.wrong(k, "the card shows %q, the engine says %q", got, want)
	}
	if pt.Change != nil {
		s.figures["card"]++
		move := cardMove.FindStringSubmatch(card)
		if want := metric.FormatChange(pt.Change, rs[0].Unit, "zh"); move == nil || !strings.HasSuffix(untagged(move[1]), want) || !strings.Contains(card, html.EscapeString(metric.Format(pt.Base, rs[0].Unit, "zh"))) {
			s.wrong(k, "the card says the change is %q, the engine %s from %s", move, want, metric.Format(pt.Base, rs[0].Unit, "zh"))
		}
	}
	parts := cardPart.FindAllStringSubmatch(card, -1)
	for i, r := range rs[1:] {
		want := metric.None
		if len(r.Points) > 0 {
			want, _ = metric.Said(r.Points[0].Value, r.Unit, "zh")
		}
		s.figures["card"]++
		if i >= len(parts) || untagged(parts[i][1]) != want {
			s.wrong(k, "part %d of the card: got %v, the engine says %s", i+1, parts, want)
		}
	}
}

// sql runs the compiled statement as an analyst, and for the comparison the one of a year before.
func (s *surface) sql(a shownAt, r *metric.Result) {
	switch r.Metric.Kind {
	case metric.Growth, metric.Forecasting, metric.MethodKind:
		return // more than one statement: what they return is not the number yet
	}
	q := r.Query
	compare := q.Compare
	q.Compare, q.Limit = metric.NoCompare, 0
	if slices.ContainsFunc(r.Points, func(pt metric.Point) bool { return pt.Partial }) {
		return // cut where the data end: the engine asks for fewer days
	}
	if compare == metric.Spring && q.Grain == days.Month {
		return // January and February together are not a month of a statement without comparison
	}
	s.statement(a, "SQL", q, r, func(pt metric.Point) (days.Day, *float64) {
		return pt.From, pt.Value
	})
	leap := func(d days.Day) bool { return d.Month() == time.February && d.Day() == 29 }
	if compare != metric.YearOnYear || leap(q.From) || leap(q.To) {
		return
	}
	q.From, q.To = q.From.AddDate(-1, 0, 0), q.To.AddDate(-1, 0, 0)
	s.statement(a, "SQL of the comparison", q, r, func(pt metric.Point) (days.Day, *float64) {
		return pt.From.AddDate(-1, 0, 0), pt.Base
	})
}

// figure is a row of what the engine asks, as an analyst gets it.
type figure struct {
	Period time.Time         `db:"_period"`
	Keys   []string          `db:"_k*"`
	Values []float64         `db:"_v*"`
	Value  sql.Null[float64] `db:"_value"`
	Why    string            `db:"_why"`
	N      uint64            `db:"_n"`
}

func (s *surface) statement(a shownAt, name string, q metric.Query, r *metric.Result, of func(metric.Point) (days.Day, *float64)) {
	st, err := compile.Query(s.catalog, q)
	if err != nil {
		s.wrong(a, "%s of %s: %v", name, q.Metric, err)
		return
	}
	rows, err := warehouse.Select[figure](s.ctx, s.analyst, st)
	if err != nil {
		s.wrong(a, "%s of %s as an analyst: %v\n%s", name, q.Metric, err, st.SQL)
		return
	}
	said := map[string]*float64{}
	for _, row := range rows {
		id := q.Grain.Start(row.Period).Format(time.DateOnly)
		for _, key := range row.Keys {
			id += "\x00" + key
		}
		said[id] = nil
		if v := row.Value.V; row.Value.Valid && !math.IsNaN(v) && !math.IsInf(v, 0) {
			said[id] = &v
		}
	}
	if len(r.Points) > 0 {
		s.shown[name]++
	}
	for _, pt := range r.Points {
		from, value := of(pt)
		got, ok := said[strings.Join(append([]string{q.Grain.Start(from).Format(time.DateOnly)}, pt.Keys...), "\x00")]
		s.figures[name]++
		switch {
		case ok && (got == nil) == (value == nil) && (got == nil || near(*got, *value) && metric.Format(got, r.Unit, "zh") == metric.Format(value, r.Unit, "zh")):
		case !ok && (value == nil || *value == 0): // no rows: nothing, or none
		default:
			s.wrong(a, "%s of %s %s %v: got %s (a row: %v), the engine says %s", name, q.Metric, from.Format(time.DateOnly), pt.Keys, show(got), ok, show(value))
			return
		}
	}
}

// near: a sum of amounts taken in another order differs in its last binary digit.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*math.Max(1, math.Abs(b)) }

// alike says that two rows are the same, their exact numbers but for the last binary digits.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	x, y := strings.Split(a, " | "), strings.Split(b, " | ")
	return slices.EqualFunc(x, y, func(a, b string) bool {
		v, err := strconv.ParseFloat(a, 64)
		w, err2 := strconv.ParseFloat(b, 64)
		return a == b || err == nil && err2 == nil && near(v, w)
	})
}
