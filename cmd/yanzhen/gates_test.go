package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanzhen/cmd/people"
	"yanzhen/cmd/programs"
	"yanzhen/dashboard"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/token"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/frozen"
	"yanzhen/pipeline/warehouse"

	"github.com/apache/arrow/go/v17/arrow/flight/flightsql"
)

// gates asks random questions of random people by random doors: pages, panels in all their forms, drill-downs, documents, the
// API, agents, and SQL by the page, ClickHouse-HTTP and Flight. No door lets in whom another keeps out, shows a row of another
// part of the zone, a number that the engine hides from that person or one of 1 to 4 people; no two numbers, whichever doors
// they came by, differ by 1 to 4 people where one contains the other.
type gates struct {
	*surface
	doors  *programs.Doors
	server *dashboard.Server
	few    *compute.Engine // asked in the name of who looks
	guests []guest
	names  []string // of metrics of rows of the zone
	spread map[string][]string
	frozen time.Time

	full  bool
	seed  uint64
	most  time.Duration // for asking; 0: as long as it takes
	cases int           // that are asked, and as many pairs of numbers held against one another
	topic *topic
	wires map[string]*flightsql.Client // by token

	answers     map[string]int // door -> how often it answered
	refusals    map[string]int // door -> how often it refused
	numbers     int            // that were held against the engine
	hidden      int            // of them not shown
	pairs       int            // of numbers held against one another
	answerPairs int            // of answers, whose numbers these are
	took        map[string]time.Duration
	refused     map[string]int // status -> panels that were refused
}

// guest is somebody who comes in, as a person or with a token.
type guest struct {
	*access.Viewer
	secret string
	apart  []string // names of employers of other parts of the zone
}

func (g guest) String() string {
	return fmt.Sprint(g.Role, " ", g.Scopes, " ", strconv.FormatUint(uint64(g.May), 2))
}

// asks says whether somebody may write SQL: every door of it says the same.
func (g guest) asks() bool { return g.Can(access.SQL|access.Rows|access.Small) && g.Whole() && !g.Owes }

const (
	gateSeed  = 20261129
	gateCases = 50 // in an ordinary run, of one topic
	gatePairs = 10
	gateFull  = 10_000 // with YANZHEN_TEST_FULL=1
)

// gateFreeze is a report date of the zone, before the last file.
const gateFreeze = "门禁"

// noDoorShowsMore is the part of TestDemoZone.
func noDoorShowsMore(t *testing.T, ctx context.Context, o *office, c *cli) {
	began := time.Now()
	g := newGates(t, ctx, o, c)
	g.Logf("%d people, %v", len(g.guests), time.Since(began).Round(time.Millisecond))
	began = time.Now()
	told := began
	asked := 0
	want := gatePairs
	if g.full {
		want = g.cases
	}
	over := func() bool { return g.most > 0 && time.Since(began) > g.most }
	for ; (asked < g.cases || g.pairs < want) && asked < 3*g.cases && g.faults < 20 && !over(); asked++ {
		if g.topic == nil || g.topic.left == 0 {
			g.about()
		}
		g.topic.left--
		g.round(g.asks(), asked)
		if time.Since(told) > time.Minute {
			told = time.Now()
			fmt.Fprintln(os.Stderr, asked, "cases,", g.pairs, "pairs,", time.Since(began).Round(time.Second))
		}
	}
	g.against()
	g.columns()
	g.Logf("seed %d: %d cases, %d pairs of numbers out of %d pairs of answers, in %v; %d numbers, of which %d hidden", g.seed, asked, g.pairs, g.answerPairs, time.Since(began).Round(100*time.Millisecond), g.numbers, g.hidden)
	for _, door := range slices.Sorted(maps.Keys(gateDoors)) {
		g.Logf("%-16s %5d answered, %5d refused, %v", door, g.answers[door], g.refusals[door], g.took[door].Round(time.Millisecond))
		if g.answers[door] == 0 && gateDoors[door] != nil {
			g.Errorf("nobody was answered by %s", door)
		}
	}
	g.Logf("panels refused: %v", g.refused)
	if g.hidden == 0 || g.numbers < asked || !over() && (asked < g.cases || g.pairs < want) {
		g.Errorf("too little to mean anything")
	}
}

func newGates(t *testing.T, ctx context.Context, o *office, c *cli) *gates {
	g := &gates{surface: newSurface(t, ctx, o, c), full: os.Getenv("YANZHEN_TEST_FULL") != "", took: map[string]time.Duration{}, wires: map[string]*flightsql.Client{}, refused: map[string]int{}, spread: map[string][]string{}, answers: map[string]int{}, refusals: map[string]int{}}
	t.Cleanup(func() { g.analyst.Close() })
	g.seed, g.cases = gateSeed, gateCases
	if g.full {
		g.cases = gateFull
	}
	for name, to := range map[string]func(uint64){"YANZHEN_TEST_SEED": func(n uint64) { g.seed = n }, "YANZHEN_TEST_CASES": func(n uint64) { g.cases = int(n) }, "YANZHEN_TEST_MINUTES": func(n uint64) { g.most = time.Duration(n) * time.Minute }} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.ParseUint(text, 10, 32)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			to(n)
		}
	}
	g.rng = rand.New(rand.NewPCG(g.seed, gateSeed))
	t.Cleanup(func() {
		for _, c := range g.wires {
			c.Close()
		}
	})
	who, err := o.config.doors().Open(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { who.Trail.Close() })
	if g.server, err = o.pages(c, who, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.server.Close)
	listen, flight := o.config.Database.Listen, o.config.Database.Flight
	o.config.Database.Listen, o.config.Database.Flight = "127.0.0.1:0", "127.0.0.1:0"
	if g.doors, err = o.openDoors(ctx, who, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	o.config.Database.Listen, o.config.Database.Flight = listen, flight
	t.Cleanup(g.doors.Close)
	g.few = g.server.Engine
	g.frozen = g.freeze()
	for _, m := range o.metrics.Metrics() {
		last, err := g.engine.DataDate(ctx, m.Datasets()...)
		if err != nil {
			t.Fatal(err)
		}
		if !last.IsZero() && m.Kind != metric.Forecasting && m.Kind != metric.MethodKind {
			g.names = append(g.names, m.Name)
		}
	}
	g.invite(who)
	return g
}

// freeze makes sure that there is a report date.
func (g *gates) freeze() time.Time {
	type row struct {
		At time.Time `db:"at"`
	}
	find := warehouse.Statement{SQL: "select at from meta.freezes where name = {name:String} order by at limit 1", Params: map[string]string{"name": gateFreeze}, Tag: "test"}
	for range 2 {
		rows, err := warehouse.Select[row](g.ctx, g.office.reader, find)
		if err != nil {
			g.Fatal(err)
		}
		if len(rows) > 0 {
			return rows[0].At
		}
		if err := g.office.loader.Freeze(g.ctx, frozen.Date{Name: gateFreeze, At: time.Now(), Note: "test"}); err != nil {
			g.Fatal(err)
		}
	}
	g.Fatal("no report date")
	return time.Time{}
}

// invite makes accounts of every role, of the whole zone and of parts of it, and tokens with fewer rights.
func (g *gates) invite(who *people.Admitted) {
	parts := [][]access.Scope{nil}
	for _, dim := range []string{"park", "enterprise", "chain", "node"}[:map[bool]int{false: 2, true: 4}[g.full]] {
		list := g.spreadOf("inflow", dim)
		for range map[bool]int{false: 1, true: 3}[g.full] {
			parts = append(parts, []access.Scope{{Dim: dim, Values: []string{list[g.rng.IntN(len(list))]}}})
		}
	}
	rights := map[access.Role][][]string{
		access.Analyst:  {nil, {"view", "sql", "rows"}, {"view", "export", "sql", "rows"}, {"view", "small"}, {"view", "export"}, {"sql", "rows", "small"}},
		access.Operator: {nil, {"view", "export"}}, access.Leader: {nil, {"view"}}, access.Agent: {nil}, access.Administrator: {nil},
	}
	n, foreign := 0, map[string][]string{}
	for _, role := range slices.Sorted(maps.Keys(rights)) {
		for _, part := range parts {
			if role == access.Administrator && part != nil {
				continue
			}
			n++
			name := "gate" + strconv.Itoa(n)
			if _, ok, _ := who.Book.Find(name); !ok {
				if err := who.Book.Add(account.New{Name: name, Title: name, Role: role, By: "test", Scopes: part}); err != nil {
					g.Fatal(err)
				}
			} else if err := who.Door.Tokens.RevokeAll(name); err != nil { // of the run before
				g.Fatal(err)
			}
			for _, few := range rights[role] {
				if few != nil && part != nil && g.rng.IntN(3) > 0 {
					continue
				}
				secret, _, err := who.Door.Tokens.Make(token.New{Account: name, Name: fmt.Sprint(few), Rights: few, By: "test"})
				if err != nil {
					g.Fatal(err)
				}
				v, _, _, err := who.Door.Tokens.Who(secret, "127.0.0.1")
				if err != nil || v == nil {
					g.Fatal(role, part, few, err)
				}
				id := fmt.Sprint(v.Scopes)
				if _, ok := foreign[id]; !ok {
					foreign[id] = g.foreign(v)
				}
				g.guests = append(g.guests, guest{v, secret, foreign[id]})
			}
		}
	}
	for _, role := range []access.Role{access.Auditor, access.Security, access.Sender, access.Display} {
		g.guests = append(g.guests, guest{&access.Viewer{Name: string(role), Role: role, May: role.May(access.Joint)}, "", nil})
	}
}

// spreadOf are the values that a dimension of a metric has in the zone.
func (g *gates) spreadOf(name, dim string) []string {
	id := name + " " + dim
	if list, ok := g.spread[id]; ok {
		return list
	}
	r, err := g.engine.Run(g.ctx, metric.Query{Metric: name, From: days.Date(2023, 1, 1), To: days.Date(2026, 7, 1), By: []string{dim}})
	if err != nil {
		return nil
	}
	var list []string
	for _, pt := range r.Points {
		if pt.Keys[0] != "" {
			list = append(list, pt.Keys[0])
		}
	}
	slices.Sort(list)
	g.spread[id] = list
	return list
}

// foreign are the employers that occur only in parts of the zone that somebody may not see.
func (g *gates) foreign(v *access.Viewer) []string {
	if v.Whole() {
		return nil
	}
	type row struct {
		Name string `db:"enterprise"`
		Mine uint8  `db:"mine"`
	}
	mine, all := map[string]bool{}, map[string]bool{}
	for _, name := range g.office.catalog.Names() {
		ds := g.office.catalog.Datasets[name]
		if ds.Column("enterprise") == nil {
			continue
		}
		column, s := v.Scopes[0].Dim, v.Scopes[0]
		expr := column + " = {value:String}"
		if column == "chain" {
			column, expr = "node", "startsWith(node, concat({value:String}, '.'))"
		}
		if ds.Column(column) == nil {
			expr = "1" // it is not known where they belong
		}
		rows, err := warehouse.Select[row](g.ctx, g.office.reader, warehouse.Statement{SQL: "select toString(enterprise) as enterprise, max(toUInt8(" + expr + ")) as mine from " + ds.View() + " where toString(enterprise) != '' group by enterprise", Params: map[string]string{"value": s.Values[0]}, Tag: "test"})
		if err != nil {
			g.Fatal(name, err)
		}
		for _, r := range rows {
			all[r.Name] = true
			mine[r.Name] = mine[r.Name] || r.Mine == 1
		}
	}
	var out []string
	for name := range all {
		if !mine[name] && len([]rune(name)) > 5 && !slices.ContainsFunc(slices.Collect(maps.Keys(mine)), func(own string) bool { return mine[own] && strings.Contains(own, name) }) {
			out = append(out, name)
		}
	}
	return out
}

// fails tells what a case has found.
func (g *gates) fails(n int, who guest, door, what, format string, args ...any) {
	g.faults++
	g.Errorf("case %d, %v, %s, %s: %s", n, who, door, what, fmt.Sprintf(format, args...))
}

// seen is what somebody may see of a question, and what there is of it.
type seen struct {
	result  *metric.Result // of who looks; nil: it is refused
	refused bool
	shown   map[string]metric.Point
	hidden  map[string]float64
}

func pointKey(from days.Day, keys []string) string {
	return days.ISO(from) + "|" + strings.Join(keys, ",")
}

// sees asks the engine in the name of somebody, and holds that against all that there is.
func (g *gates) sees(n int, who guest, q metric.Query) seen {
	id := fmt.Sprintf("%s %+v", who.part(), q)
	s, ok := g.topic.seen[id]
	if !ok {
		s = g.looks(n, who, q)
		g.topic.seen[id] = s
	}
	return s
}

func (g *gates) looks(n int, who guest, q metric.Query) seen {
	s := seen{shown: map[string]metric.Point{}, hidden: map[string]float64{}}
	var no *metric.Invalid
	got, err := g.few.Run(access.With(g.ctx, who.Viewer), q)
	switch {
	case errorsAs(err, &no):
		s.refused = true
		return s
	case err != nil:
		g.fails(n, who, "engine", fmt.Sprintf("%+v", q), "%v", err)
		s.refused = true
		return s
	}
	s.result = got
	open := q
	for _, x := range who.Scopes {
		open.Where = append(slices.Clone(open.Where), metric.Filter{Dim: x.Dim, Values: x.Values})
	}
	there, err := g.there(open)
	if err != nil {
		if !errorsAs(err, &no) { // two filters that exclude one another, and the like
			g.fails(n, who, "engine", fmt.Sprintf("%+v", open), "%v", err)
		}
		return s
	}
	m := got.Metric
	people := g.ofPeople(m)
	for _, pt := range got.Points {
		key := pointKey(pt.From, pt.Keys)
		is := there[key]
		g.numbers++
		switch {
		case pt.Value == nil && is.Value != nil:
			if _, ok := missing.Mark(pt.Why); !ok && pt.Why != metric.WhyUndefined && pt.Why != metric.WhyZeroBase || who.Can(access.Small) {
				g.fails(n, who, "engine", fmt.Sprintf("%+v %s", q, key), "%v is hidden, because of %q", *is.Value, pt.Why)
			}
			g.hidden++
			s.hidden[key] = *is.Value
		case pt.Value == nil:
		case is.Value == nil && *pt.Value != 0 || is.Value != nil && !near(*pt.Value, *is.Value):
			g.fails(n, who, "engine", fmt.Sprintf("%+v %s", q, key), "shows %v where there is %s", *pt.Value, show(is.Value))
		case people && !who.Can(access.Small) && *pt.Value > 0 && *pt.Value < 5:
			g.fails(n, who, "engine", fmt.Sprintf("%+v %s", q, key), "shows %v people", *pt.Value)
		}
		s.shown[key] = pt
	}
	return s
}

// there is all that there is.
func (g *gates) there(q metric.Query) (map[string]metric.Point, error) {
	id := fmt.Sprintf("%+v", q)
	if there, ok := g.topic.truth[id]; ok {
		return there, nil
	}
	whole, err := g.engine.Run(access.With(g.ctx, accesstest.Everything()), q)
	if err != nil {
		return nil, err
	}
	there := map[string]metric.Point{}
	for _, pt := range whole.Points {
		there[pointKey(pt.From, pt.Keys)] = pt
	}
	g.topic.truth[id] = there
	return there, nil
}

func (g *gates) ofPeople(m *metric.Metric) bool {
	return (m.Kind == metric.Flow || m.Kind == metric.Stock) && (m.Unit == metric.People || m.Unit == metric.PersonTimes) && !slices.Contains(m.Datasets(), "vacancies")
}

// told is what a door told: by period and keys, the numbers.
type told struct {
	refused bool
	status  string // for people who read the test's log
	body    string
	points  map[string][3]*float64 // value, what it is compared with, the change
}

// gateDoors are the doors that answer any question about a metric.
var gateDoors = map[string]func(g *gates, who guest, q metric.Query) told{
	"API JSON":  func(g *gates, who guest, q metric.Query) told { return g.viaAPI(who, q, "json") },
	"API CSV":   func(g *gates, who guest, q metric.Query) told { return g.viaAPI(who, q, "csv") },
	"API Arrow": func(g *gates, who guest, q metric.Query) told { return g.viaAPI(who, q, "arrow") },
	"agent":     (*gates).viaAgent,
	"drill":     (*gates).viaDrill,
	"page SQL":  (*gates).viaPage,
	"HTTP SQL":  (*gates).viaHTTP,
	"Flight":    (*gates).viaFlight,
	"panel":     nil,
	"page":      nil,
	"document":  nil,
}

// round is one case: somebody asks something by one door.
func (g *gates) round(who guest, n int) {
	began := time.Now()
	door := ""
	switch at := g.rng.IntN(500); { // whole pages and documents ask for a hundred figures each
	case at == 0 && g.full:
		door = "page"
		g.page(who, n)
	case at == 1 && g.full:
		door = "document"
		g.document(who, n)
	case at < 60:
		door = "panel"
		g.panel(who, n)
	default:
		door = g.figure(who, n)
	}
	g.took[door] += time.Since(began)
}

// figure asks one question by one of the doors that answer any, and holds every number against what the engine shows.
func (g *gates) figure(who guest, n int) (door string) {
	cheap, dear := []string{"API JSON", "API CSV", "API Arrow", "agent"}, []string{"page SQL", "HTTP SQL", "Flight", "drill"}
	door = cheap[g.rng.IntN(len(cheap))]
	switch at := g.rng.IntN(50); { // what is asked in SQL is computed anew; a drill-down divides a number by all there is
	case at < 6:
		door = dear[at%3]
	case at == 6 && g.full, g.answers["drill"] == 0 && n > 10:
		door = "drill"
	}
	if n < 3*len(dear) && !g.full {
		door = dear[n%3]
	}
	q := g.draws()
	bySQL := door == "page SQL" || door == "HTTP SQL" || door == "Flight"
	if bySQL {
		q.Compare, q.AsOf = metric.NoCompare, time.Time{}
		if g.rng.IntN(3) > 0 { // somebody who may
			may := slices.DeleteFunc(slices.Clone(g.guests), func(x guest) bool { return !x.asks() })
			who = may[g.rng.IntN(len(may))]
		}
	}
	if door == "drill" {
		q.Compare = metric.NoCompare
		q.Window, q.Grain, q.AsOf = days.NoWindow, days.Total, time.Time{}
	}
	what := fmt.Sprintf("%+v", q)
	got := gateDoors[door](g, who, q)
	g.apartFrom(n, who, door, what, got.body, q)
	if got.status == "504" {
		return door // a busy machine
	}
	if got.refused {
		g.refusals[door]++
	} else {
		g.answers[door]++
	}
	may := who.Can(access.View)
	switch {
	case bySQL:
		may = who.asks() && (door != "page SQL" || who.Can(access.Export))
	case door == "API CSV" || door == "API Arrow":
		may = who.Can(access.View | access.Export)
	case door == "drill":
		may = who.Can(access.View)
	}
	if !may {
		if !got.refused {
			g.fails(n, who, door, what, "answers: %.300s", got.body)
		}
		return door
	}
	g.keeps(who, door, q, got)
	s := g.sees(n, who, q)
	switch {
	case s.refused && len(got.points) > 0:
		g.fails(n, who, door, what, "answers what the engine refuses: %.300s", got.body)
	case s.refused || bySQL && got.refused: // growths, methods and the like are computed outside of the database
		return door
	case got.refused && door != "drill": // a total has no parts
		g.fails(n, who, door, what, "refuses what the engine answers: %s %.300s", got.status, got.body)
	}
	g.held(n, who, door, what, q, got, s)
	return door
}

// apartFrom holds that an answer tells of nobody of another part whom the question has not named.
func (g *gates) apartFrom(n int, who guest, door, what, body string, q metric.Query) {
	for _, name := range who.apart {
		if strings.Contains(body, name) && !slices.ContainsFunc(q.Where, func(f metric.Filter) bool { return slices.Contains(f.Values, name) }) {
			g.fails(n, who, door, what, "tells of %s", name)
			return
		}
	}
}

// held holds the numbers of a door against those of the engine.
func (g *gates) held(n int, who guest, door, what string, q metric.Query, got told, s seen) {
	people := g.ofPeople(g.catalog.Metric(q.Metric))
	for key, have := range got.points {
		g.numbers++
		if h, ok := s.hidden[key]; ok {
			g.hidden++
			if have[0] != nil || have[2] != nil {
				g.fails(n, who, door, what, "%s: shows %s, change %s, where the engine hides %v", key, show(have[0]), show(have[2]), h)
			}
			continue
		}
		pt, ok := s.shown[key]
		switch {
		case people && !who.Can(access.Small) && have[0] != nil && *have[0] > 0 && *have[0] < 5:
			g.fails(n, who, door, what, "%s: shows %v people", key, *have[0])
		case have[0] == nil || *have[0] == 0 || pt.Partial:
		case !ok || pt.Value == nil || !near(*have[0], *pt.Value):
			g.fails(n, who, door, what, "%s: shows %v, the engine %s (there: %v)", key, *have[0], show(pt.Value), ok)
		case have[1] != nil && (pt.Base == nil || !near(*have[1], *pt.Base)):
			g.fails(n, who, door, what, "%s: shows the base %v, the engine %s", key, *have[1], show(pt.Base))
		}
	}
}

func (g *gates) differ(n int, who guest, doors, what string, d float64, either bool) {
	g.pairs++
	if either && d < 0 {
		d = -d
	}
	if d > 0 && d < 5 {
		g.fails(n, who, doors, what, "they differ by %v people", d)
	}
}

// answered is an address as somebody is answered.
func (g *gates) answered(who guest, r *http.Request) (int, string) {
	r.Header.Set("Accept-Encoding", "identity")
	w := httptest.NewRecorder()
	g.server.For(who.Viewer).ServeHTTP(w, r.WithContext(g.ctx))
	return w.Code, w.Body.String()
}

func (g *gates) at(who guest, path string) (int, string) {
	return g.answered(who, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
}

// fault tells of an answer that nobody should get.
func (g *gates) told(who guest, door, what string, code int, body string) told {
	if code >= 500 && code != http.StatusGatewayTimeout {
		g.fails(-1, who, door, what, "%d %.300s", code, body)
	}
	return told{refused: code != http.StatusOK, status: strconv.Itoa(code), body: body, points: map[string][3]*float64{}}
}

func (g *gates) viaAPI(who guest, q metric.Query, format string) told {
	v := url.Values{"from": {days.ISO(q.From)}, "to": {days.ISO(q.To)}, "lang": {"zh"}, "limit": {"100000"}, "format": {format}}
	if len(q.By) > 0 {
		v.Set("by", strings.Join(q.By, ","))
	}
	for name, value := range map[string]string{"grain": string(q.Grain), "window": string(q.Window), "compare": string(q.Compare)} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for _, f := range q.Where {
		for _, x := range f.Values {
			v.Add("where", f.Dim+":"+x)
		}
	}
	if !q.AsOf.IsZero() {
		v.Set("freeze", gateFreeze)
	}
	path := "/api/v1/metrics/" + q.Metric + "?" + v.Encode()
	code, body := g.at(who, path)
	out := g.told(who, "API "+format, path, code, body)
	if out.refused {
		return out
	}
	n := len(q.By)
	switch format {
	case "json":
		out.points = pointsOf(g.T, []byte(body))
	case "csv":
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil {
			g.Fatal(err)
		}
		for _, row := range rows[1:] {
			out.add(row, n)
		}
	case "arrow":
		for _, row := range arrowRows(g.T, []byte(body)) {
			out.add(row, n)
		}
	}
	return out
}

// add is a row of a file of the API: from, to, a key and its name each, value, text, base, change.
func (o told) add(row []string, n int) {
	from, err := time.Parse(time.DateOnly, row[0])
	if err != nil {
		return
	}
	var keys []string
	for i := range n {
		keys = append(keys, strings.TrimPrefix(row[2+2*i], "'"))
	}
	o.points[pointKey(from, keys)] = [3]*float64{number(row[2+2*n]), number(row[4+2*n]), number(row[5+2*n])}
}

func number(text string) *float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return &v
}

// pointsOf are those of an answer as JSON.
func pointsOf(t *testing.T, body []byte) map[string][3]*float64 {
	var a struct {
		Points []struct {
			From                string
			Keys                []string
			Value, Base, Change *float64
		}
	}
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatalf("%v: %.300s", err, body)
	}
	out := map[string][3]*float64{}
	for _, p := range a.Points {
		out[p.From+"|"+strings.Join(p.Keys, ",")] = [3]*float64{p.Value, p.Base, p.Change}
	}
	return out
}

func (g *gates) viaAgent(who guest, q metric.Query) told {
	args := map[string]any{"metric": q.Metric, "from": days.ISO(q.From), "to": days.ISO(q.To), "limit": 5000, "lang": "zh"}
	if len(q.By) > 0 {
		args["by"] = q.By
	}
	for name, value := range map[string]string{"grain": string(q.Grain), "window": string(q.Window), "compare": string(q.Compare)} {
		if value != "" {
			args[name] = value
		}
	}
	var where []string
	for _, f := range q.Where {
		for _, x := range f.Values {
			where = append(where, f.Dim+":"+x)
		}
	}
	if where != nil {
		args["where"] = where
	}
	if !q.AsOf.IsZero() {
		args["freeze"] = gateFreeze
	}
	return g.tool(who, "ask_metric", args)
}

// tool calls one of an agent.
func (g *gates) tool(who guest, name string, args map[string]any) told {
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": map[string]any{"name": name, "arguments": args}})
	if err != nil {
		g.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost/mcp", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	code, text := g.answered(who, r)
	out := g.told(who, "agent", string(body), code, text)
	if out.refused {
		return out
	}
	var res struct {
		Error  json.RawMessage
		Result struct {
			IsError bool
			Content []struct{ Text string }
		}
	}
	if err := json.Unmarshal([]byte(text), &res); err != nil {
		g.Fatalf("%v: %.300s", err, text)
	}
	if strings.Contains(text, "too_slow") {
		out.status = "504"
	}
	if out.refused = res.Error != nil || res.Result.IsError; out.refused || name != "ask_metric" {
		return out
	}
	out.points = pointsOf(g.T, []byte(res.Result.Content[0].Text))
	return out
}

// viaDrill looks at the page of what a number is made of, and takes its last step away as a file.
func (g *gates) viaDrill(who guest, q metric.Query) told {
	v := url.Values{"from": {days.ISO(q.From)}, "to": {days.ISO(q.To)}, "lang": {"zh"}, "compare": {"none"}, "see": {"level"}}
	for _, f := range q.Where {
		if len(f.Values) == 1 {
			v.Add("where", f.Dim+":"+f.Values[0])
		}
	}
	if len(q.By) > 0 {
		v.Set("by", q.By[0])
	}
	path := "/cause/" + q.Metric + "?" + v.Encode()
	code, page := g.at(who, path)
	out := g.told(who, "drill", path, code, page)
	if out.refused {
		return out
	}
	code, file := g.at(who, path+"&format=csv")
	if code != http.StatusOK {
		return out
	}
	out.body += file
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) == 0 {
		return out
	}
	if m := g.catalog.Metric(q.Metric); g.ofPeople(m) && !who.Can(access.Small) {
		for _, row := range rows[1:] {
			if x := number(row[1]); x != nil && *x > 0 && *x < 5 {
				g.fails(-1, who, "drill", path, "shows %v people: %v", *x, row)
			}
		}
	}
	return out
}

func errorsAs(err error, to **metric.Invalid) bool {
	for err != nil {
		if no, ok := err.(*metric.Invalid); ok {
			*to = no
			return true
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return false
		}
		err = u.Unwrap()
	}
	return false
}

// TestGates is the whole of it on a zone that is loaded already: YANZHEN_TEST_ZONE names the directory, a copy, for accounts are
// made in it. YANZHEN_TEST_FULL=1 asks 10,000 questions and holds at least as many pairs of numbers against one another;
// YANZHEN_TEST_CASES asks fewer at a time, YANZHEN_TEST_MINUTES no longer than that, and YANZHEN_TEST_SEED, a number, others.
func TestGates(t *testing.T) {
	dir := os.Getenv("YANZHEN_TEST_ZONE")
	if dir == "" {
		t.Skip("opt-in: YANZHEN_TEST_ZONE names a zone that is loaded; TestDemoZone has the short form")
	}
	c := &cli{Dir: dir, Lang: "zh", out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	cfg, err := c.settings()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Demo, cfg.Zone = true, demoZone
	o, err := c.open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if err := o.stand(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.turn.End() // commands come beside it, as beside a server
	noDoorShowsMore(t, t.Context(), o, c)
}
