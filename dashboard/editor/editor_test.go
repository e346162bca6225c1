package editor_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/configs"
	"yanzhen/dashboard"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/door"
	"yanzhen/dashboard/editor"
	"yanzhen/dashboard/metric/called"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/statement"
	"yanzhen/jobs/timed"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/codetable"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/unmasked"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// house is a server with the analyst's page, whose viewer a test chooses.
type house struct {
	*testing.T
	http *httptest.Server
	dir  string

	mu     sync.Mutex
	viewer *access.Viewer
	views  *unmasked.Views
	sets   *dataset.Catalog
	config dashboard.Config
	ledger *pipeline.Ledger // that may write
	stage  metrictest.Stage
}

func li() *access.Viewer {
	return &access.Viewer{Name: "li", Title: "李", Role: access.Analyst, May: access.Analyst.May(access.Joint), From: "10.0.0.7"}
}

func open(t *testing.T) *house {
	t.Helper()
	sets, cat := metrictest.Shipped(t)
	boards, err := board.Load(configs.FS, "boards")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := board.LoadMaps(configs.FS, sets.Lists)
	if err != nil {
		t.Fatal(err)
	}
	db := stagetest.Open(t, sets)
	stage := metrictest.NewStage(db, sets)
	var rows [][]string
	for i := range 60 {
		rows = append(rows, []string{fmt.Sprint(i), fmt.Sprintf("2026-%02d-15", 1+i%6), []string{"in", "in", "out"}[i%3], []string{"magnetic.motor", "superalloy.cast"}[i%2], fmt.Sprintf("企业%d", i%5), fmt.Sprintf("王小%d", i)})
	}
	stage.Load(t, "arrivals", []string{"person", "date", "direction", "node", "enterprise", "name"}, rows, "")
	if err := codetable.Publish(t.Context(), db, sets, "default"); err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	reader := warehousetest.OpenAs(t, "reader")
	h := &house{T: t, dir: t.TempDir(), viewer: li(), stage: stage}
	engine := &compute.Engine{Catalog: cat, DB: reader}
	trail, err := audit.Open(h.dir, 0, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trail.Close)
	h.views, h.sets = &unmasked.Views{DB: db}, sets
	h.views.Use(sets)
	desk := &statement.Desk{
		Analyst: func(ctx context.Context) (*warehouse.DB, error) {
			return warehouse.Open(ctx, warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "analyst", Database: "mart"})
		},
		Unmasked: func(ctx context.Context) (*warehouse.DB, error) {
			return unmasked.Open(ctx, warehousetest.Engine(t).Socket())
		},
		Plain:  h.views.Make,
		Reader: reader, Metrics: &called.Book{Engine: &compute.Engine{For: access.CommandLine("test"), Catalog: cat, DB: reader}}, Log: quiet,
	}
	t.Cleanup(desk.Close)
	var all []*dataset.Dataset
	for _, name := range sets.Names() {
		all = append(all, sets.Datasets[name])
	}
	room := &asking.Room{Desk: desk, Shelf: shelf.Shelf{Dir: h.dir}, Trail: trail, Log: quiet}
	book, err := account.Open(h.dir, account.Policy{Length: 12})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Add(account.New{Name: "li", Role: access.Analyst, By: "test"}); err != nil {
		t.Fatal(err)
	}
	clock := &timed.Clock{Room: room, Book: book, Dir: h.dir, Log: quiet}
	clock.Start(t.Context())
	t.Cleanup(clock.Stop)
	h.config, h.ledger = dashboard.Config{
		Catalog: cat, Boards: boards, Datasets: all, Chains: sets.Chains, Maps: maps, Engine: engine, Pipeline: &pipeline.Ledger{DB: db}, Log: quiet,
		Door: &door.Door{Book: book, Trail: trail, Dir: h.dir},
		Who: func(*http.Request) (*access.Viewer, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			return h.viewer, nil
		},
		Programs: dashboard.Programs{
			Editor: &editor.Editor{
				Desk: desk, Shelf: room.Shelf, Catalog: cat, Datasets: all, Trail: trail,
				Clock: editor.Clock{Next: timed.Next, Due: timed.Due, Ask: clock.Ask, Open: func(owner, file string) (*os.File, error) { return timed.Open(h.dir, owner, file) }},
			},
			SQL: room,
		},
		Zone: codes.Text{Zh: "示例区", En: "Sample zone"},
	}, &pipeline.Ledger{DB: db}
	server, err := dashboard.New(h.config)
	if err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(server)
	t.Cleanup(h.http.Close)
	t.Cleanup(server.Close)
	return h
}

func (h *house) as(v *access.Viewer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.viewer = v
}

// send asks as the page's script does; a body that is no string goes as JSON.
func (h *house) send(method, path string, body any, headers ...string) (*http.Response, string) {
	h.Helper()
	var in io.Reader
	if text, ok := body.(string); ok {
		in = strings.NewReader(text)
	} else if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			h.Fatal(err)
		}
		in = strings.NewReader(string(b))
	}
	r, err := http.NewRequest(method, h.http.URL+path, in)
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	return res, string(text)
}

type line struct {
	State   string
	Rows    int
	Cut     bool
	All     int
	Columns []statement.Column
	Fault   *struct {
		Text     string
		Name     string
		From, To int
	}
}

// run runs a statement and gives what is told at last.
func (h *house) run(id, sql string, params map[string]string) (last line) {
	h.Helper()
	res, text := h.send("POST", "/sql/run", map[string]any{"id": id, "sql": sql, "params": params})
	if res.StatusCode != http.StatusOK {
		h.Fatalf("%s: %d %s", sql, res.StatusCode, text)
	}
	var columns []statement.Column
	for one := range strings.Lines(text) {
		last = line{}
		if err := json.Unmarshal([]byte(one), &last); err != nil {
			h.Fatal(err, one)
		}
		if last.Columns != nil {
			columns = last.Columns
		}
	}
	last.Columns = columns
	return last
}

func TestEditor(t *testing.T) {
	h := open(t)
	for _, x := range []struct {
		name string
		test func(*house)
	}{{"rights", rights}, {"runs", runs}, {"refusals", refusals}, {"files", files}, {"shelf", shelved}, {"lineage", traced}, {"cursors", cursors}, {"leaves", leaves}, {"programs", programs}, {"agents", agents}, {"veiled", veiled}, {"unmasks", unmasks}, {"timed", clocked}, {"docs", documented}, {"browser", browsed}} {
		t.Run(x.name, func(t *testing.T) {
			h.T = t
			h.as(li())
			x.test(h)
		})
	}
}

// Who lacks a right, or is kept to a part of the rows, comes to no address of the page; another site's page to none that asks.
func rights(h *house) {
	for name, v := range map[string]*access.Viewer{
		"leader":  {Name: "wu", Role: access.Leader, May: access.Leader.May(access.Joint)},
		"rowless": {Name: "wu", Role: access.Analyst, May: access.SQL | access.View | access.Export},
		"sqlless": {Name: "wu", Role: access.Operator, May: access.Operator.May(access.Joint)},
		"scoped":  {Name: "wu", Role: access.Analyst, May: access.Analyst.May(access.Joint), Scopes: []access.Scope{{Dim: "chain", Values: []string{"magnetic"}}}},
		"nobody":  nil,
	} {
		h.as(v)
		for _, at := range []string{"GET /sql", "GET /sql/catalog", "POST /sql/run", "POST /sql/stop", "POST /sql/estimate", "GET /sql/rows/x?from=0&n=1", "GET /sql/stats/x?column=0", "POST /sql/export", "GET /sql/history", "GET /sql/saved", "POST /sql/saved", "POST /sql/saved/delete", "POST /sql/pin", "POST /sql/lineage", "POST /sql/timed", "POST /sql/timed/run", "GET /sql/timed/x.csv", "GET /audit/statements"} {
			method, path, _ := strings.Cut(at, " ")
			r, err := http.NewRequest(method, h.http.URL+path, strings.NewReader("{}"))
			if err != nil {
				h.Fatal(err)
			}
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			res, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				h.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusForbidden && !(v == nil && (res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusSeeOther)) {
				h.Errorf("%s at %s: %d", name, at, res.StatusCode)
			}
		}
	}
	exportless := li()
	exportless.May &^= access.Export
	h.as(exportless)
	if res, _ := h.send("POST", "/sql/export", "sql=select+1&format=csv", "Content-Type", "application/x-www-form-urlencoded"); res.StatusCode != http.StatusForbidden {
		h.Errorf("without the right of files: %d", res.StatusCode)
	}
	if _, text := h.send("GET", "/sql", nil); strings.Contains(text, "/sql/export") {
		h.Error("the page offers files to whom they are refused")
	}
	h.as(li())
	for _, path := range []string{"/sql/run", "/sql/stop", "/sql/export", "/sql/saved"} {
		if res, _ := h.send("POST", path, "{}", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); res.StatusCode != http.StatusForbidden {
			h.Errorf("%s from another site: %d", path, res.StatusCode)
		}
	}
}

func runs(h *house) {
	last := h.run("one", "select node, count() as n, null as x from arrivals where date >= {from:Date} group by node order by node", map[string]string{"from": "2026-01-01"})
	if last.State != "done" || last.Rows != 2 || fmt.Sprint(last.Columns) != "[{node LowCardinality(String)} {n UInt64} {x Nullable(Nothing)}]" {
		h.Errorf("%+v", last)
	}
	if _, text := h.send("GET", "/sql/rows/one?from=1&n=5", nil); text != `[["superalloy.cast", "30", null]]` {
		h.Error(text)
	}
	if _, text := h.send("GET", "/sql/stats/one?column=1", nil); !strings.Contains(text, `"distinct":1`) || !strings.Contains(text, `"mean":30`) {
		h.Error(text)
	}
	if last = h.run("two", "select number from numbers(1500000)", nil); !last.Cut || last.Rows != statement.MostRows || last.All != 1_500_000 {
		h.Errorf("%+v", last)
	}
	if last = h.run("three", "select '人', nod from arrivals", nil); last.State != "failed" || last.Fault == nil || last.Fault.From != 12 || last.Fault.To != 15 {
		h.Errorf("%+v %+v", last, last.Fault)
	}
	if _, text := h.send("POST", "/sql/estimate", map[string]any{"sql": "select * from metric('inflow', by := ['node'])"}); !strings.Contains(text, `"known":true,"rows":60`) {
		h.Error(text)
	}
	var all struct {
		Functions []struct{ Name string }
		Tables    []struct{ Name, About, Dataset string }
		Metrics   []struct{ Name string }
	}
	_, text := h.send("GET", "/sql/catalog?lang=en", nil)
	if err := json.Unmarshal([]byte(text), &all); err != nil || len(all.Functions) < 1000 || len(all.Tables) == 0 || len(all.Metrics) < 100 {
		h.Error(err, len(all.Functions), len(all.Tables), len(all.Metrics))
	}
	_, text = h.send("POST", "/sql/pin", map[string]any{"sql": "select * from metric('net_inflow', by := ['node'], grain := 'month', where := ['chain=magnetic'])", "kind": "bar"})
	var pinned struct{ YAML string }
	if err := json.Unmarshal([]byte(text), &pinned); err != nil {
		h.Fatal(err, text)
	}
	if b, err := board.Parse("x.yaml", []byte(pinned.YAML)); err != nil || b.Panels[0].Kind != board.Stack || b.Panels[0].Where["chain"][0] != "magnetic" {
		h.Error(err, pinned.YAML)
	}
	const flow = "metric('net_inflow', by := ['node'], grain := 'month')"
	for sql, what := range map[string]string{ // what a board would leave out is told
		"select * from " + flow + " where value > 10": "WHERE", "select node, value * 2 as v from " + flow: "*", "select * from " + flow + " limit 5": "LIMIT",
		"select sum(value) from " + flow: "(", "with x as (select * from " + flow + ") select * from x": "with", "select * from " + flow + " as m join arrivals as a on a.node = m.node": "JOIN",
	} {
		if res, text := h.send("POST", "/sql/pin?lang=zh", map[string]any{"sql": sql}); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "带不了语句里的 "+what) {
			h.Errorf("pinning %s: %d %s", sql, res.StatusCode, text)
		}
	}
	if res, text := h.send("POST", "/sql/pin", map[string]any{"sql": "select period, node, value -- as it is\nfrom " + flow + " order by value desc, period"}); res.StatusCode != http.StatusOK {
		h.Errorf("columns in some order: %d %s", res.StatusCode, text)
	}
	if res, text := h.send("POST", "/sql/pin", map[string]any{"sql": "select 1"}); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "metric(…)") {
		h.Error(res.StatusCode, text)
	}
	other := li()
	other.Name = "wang"
	h.as(other)
	for _, path := range []string{"/sql/rows/one?from=0&n=1", "/sql/stats/one?column=0"} {
		if res, text := h.send("GET", path, nil); res.StatusCode != http.StatusGone || strings.Contains(text, "superalloy") {
			h.Errorf("another sees %s: %d %s", path, res.StatusCode, text)
		}
	}
}

// What bad input gets is one sentence, in the reader's language.
func refusals(h *house) {
	for _, x := range []struct {
		method, path string
		body         any
		status       int
		says         string
	}{
		{"POST", "/sql/run", map[string]any{"sql": strings.Repeat("x", 10<<20)}, http.StatusRequestEntityTooLarge, "1 MB"},
		{"POST", "/sql/run", "{", http.StatusBadRequest, "could not be read"},
		{"POST", "/sql/run", map[string]any{"sql": "select 1", "id": "../x"}, http.StatusBadRequest, "could not be read"},
		{"POST", "/sql/saved", map[string]any{"sql": "select 1", "title": " "}, http.StatusUnprocessableEntity, "title"},
		{"POST", "/sql/saved/delete", map[string]any{"saved": 99}, http.StatusUnprocessableEntity, "not yours"},
		{"GET", "/sql/rows/none?from=0&n=1", nil, http.StatusGone, "gone"},
		{"GET", "/sql/rows/one?from=-1&n=1", nil, http.StatusBadRequest, "could not be read"},
		{"GET", "/sql/stats/one?column=77", nil, http.StatusBadRequest, "could not be read"},
	} {
		path := x.path + "?lang=en"
		if strings.Contains(x.path, "?") {
			path = x.path + "&lang=en"
		}
		res, text := h.send(x.method, path, x.body)
		var said struct{ Text string }
		if err := json.Unmarshal([]byte(text), &said); err != nil || res.StatusCode != x.status || !strings.Contains(said.Text, x.says) {
			h.Errorf("%s: %d %.200s", x.path, res.StatusCode, text)
		}
	}
	refusedLines(h)
	coded(h)
	for sql, want := range map[string]string{
		"select 1; select 2": "一次只能一条语句", "select 1 settings max_threads = 9": "SETTINGS", "select 1 into outfile '/tmp/x'": "",
		"select * from store.arrivals": "只能读 mart", "select * from metric('inflw')": "是不是 inflow？", "drop view arrivals": "单条查询", "": "空的", "select {a:Date}": "参数 a 没有给值",
	} {
		last := h.run("", sql, nil)
		if last.State != "failed" || last.Fault == nil || !strings.Contains(last.Fault.Text, want) || last.Fault.Text == "" {
			h.Errorf("%s: %+v %+v", sql, last, last.Fault)
		}
	}
}

// What is refused before it is asked stands in the trail too, without the statement.
func refusedLines(h *house) {
	fu := li()
	fu.Name = "fu"
	h.as(fu)
	h.send("POST", "/sql/run", map[string]any{"sql": "select 8151 -- " + strings.Repeat("x", 10<<20)})
	h.send("POST", "/sql/run", "{8151")
	h.send("POST", "/sql/export", url.Values{"sql": {"select 8151"}, "format": {"exe"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	fu = &access.Viewer{Name: "fu", Role: access.Leader, May: access.Leader.May(access.Joint), From: "10.0.0.9"}
	h.as(fu)
	h.send("POST", "/sql/run", map[string]any{"sql": "select 8151"})
	h.send("POST", "/sql/export?x=8151", url.Values{"sql": {"select 8151"}, "format": {"csv"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	h.send("GET", "/sql", nil)
	h.as(li())
	const want = "GET /sql 403 leader 10.0.0.9|POST /sql/export 403 leader 10.0.0.9|POST /sql/run 403 leader 10.0.0.9|POST /sql/export 400 analyst 10.0.0.7|POST /sql/run 400 analyst 10.0.0.7|POST /sql/run 413 analyst 10.0.0.7"
	var got string
	for range 50 {
		list, _, err := audit.Find(h.dir, audit.Query{Who: "fu", Did: "sql", Most: 20})
		if err != nil {
			h.Fatal(err)
		}
		var lines []string
		for _, e := range list {
			lines = append(lines, e.What+" "+e.Role+" "+e.From)
			if e.Result != "refused" {
				h.Errorf("%+v", e)
			}
		}
		if got = strings.Join(lines, "|"); len(lines) >= 6 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got != want {
		h.Errorf("the trail has\n%s, want\n%s", got, want)
	}
}

// A fault has the code that programs are told of it.
func coded(h *house) {
	for sql, want := range map[string]string{"select node\nfrm arrivals": "sql_syntax", "select nope from arrivals": "sql_unknown_column", "select * from nowhere": "sql_unknown_table", "select nofunc(1)": "sql_unknown_function"} {
		if last := h.run("", sql, nil); last.Fault == nil || last.Fault.Name != want {
			h.Errorf("%s: %+v, want %s", sql, last.Fault, want)
		}
	}
	if _, text := h.send("POST", "/sql/run", "{"); !strings.Contains(text, `"name":"bad_request"`) {
		h.Error(text)
	}
}

func files(h *house) {
	form := func(format string) string {
		return url.Values{"sql": {"select enterprise, toInt64(-1) as n from arrivals where person = {p:String} limit 1 union all select '=1+1', 2"}, "params": {`{"p": "x"}`}, "format": {format}}.Encode()
	}
	for _, f := range statement.Formats {
		res, text := h.send("POST", "/sql/export", form(f.Name), "Content-Type", "application/x-www-form-urlencoded")
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != f.Type || !strings.Contains(res.Header.Get("Content-Disposition"), f.Ending) || text == "" {
			h.Errorf("%s: %d %s %s", f.Name, res.StatusCode, res.Header, text[:min(len(text), 100)])
		}
		if f.Name == "csv" && text != "\uFEFF\"enterprise\",\"n\"\n\"'=1+1\",2\n" {
			h.Errorf("%q", text)
		}
	}
	asked, _, err := (shelf.Shelf{Dir: h.dir}).Find("li", "'=1+1', 2", 20)
	for _, a := range asked {
		if a.Rows != 1 {
			h.Errorf("a file in the history: %+v", a)
		}
	}
	if err != nil || len(asked) != len(statement.Formats) {
		h.Errorf("%d files are in the history, %v", len(asked), err)
	}
	for sql, status := range map[string]int{"select nope from arrivals": http.StatusUnprocessableEntity, "drop view arrivals": http.StatusUnprocessableEntity} {
		res, text := h.send("POST", "/sql/export", url.Values{"sql": {sql}, "format": {"csv"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
		if res.StatusCode != status || res.Header.Get("Content-Disposition") != "" || !strings.Contains(text, "<!doctype html>") {
			h.Errorf("%s: %d %s", sql, res.StatusCode, res.Header)
		}
	}
	if res, _ := h.send("POST", "/sql/export", url.Values{"sql": {"select 1"}, "format": {"exe"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded"); res.StatusCode != http.StatusBadRequest {
		h.Error(res.StatusCode)
	}
}

// What was asked is in one's own history, in everybody's for the auditor, and in the audit trail.
func shelved(h *house) {
	h.run("", "select 4711 as mine", nil)
	if _, text := h.send("GET", "/sql/history?q=4711", nil); !strings.Contains(text, "select 4711 as mine") || !strings.Contains(text, `"door":"page"`) {
		h.Error(text)
	}
	_, text := h.send("POST", "/sql/saved", map[string]any{"sql": "select {a:Int8}", "title": "共享的", "shared": true, "params": map[string]string{"a": "1"}})
	if !strings.Contains(text, `"n":1`) {
		h.Error(text)
	}
	other := li()
	other.Name = "wang"
	h.as(other)
	if _, text := h.send("GET", "/sql/history", nil); strings.Contains(text, "4711") {
		h.Error("another sees the history")
	}
	if _, text := h.send("GET", "/sql/saved", nil); !strings.Contains(text, "共享的") || !strings.Contains(text, `"mine":false`) {
		h.Error(text)
	}
	h.as(&access.Viewer{Name: "zhao", Role: access.Auditor, May: access.Audit})
	if res, text := h.send("GET", "/audit/statements?what=4711", nil); res.StatusCode != http.StatusOK || !strings.Contains(text, "select 4711 as mine") || !strings.Contains(text, "10.0.0.7") {
		h.Error(res.StatusCode, text)
	}
	found := false
	for range 50 {
		list, _, err := audit.Find(h.dir, audit.Query{Did: "sql", What: "4711", Most: 10})
		if err != nil {
			h.Fatal(err)
		}
		if found = len(list) == 1 && list[0].Who == "li" && list[0].Rows == 1; found {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if !found {
		h.Error("the audit trail does not tell")
	}
}

// The statements of docs/analyst.md run, and so do the examples of the page.
func documented(h *house) {
	text, err := os.ReadFile("../../docs/analyst.md")
	if err != nil {
		h.Fatal(err)
	}
	_, page := h.send("GET", "/sql?lang=zh", nil)
	var all []string
	for _, m := range regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		all = append(all, m[1])
	}
	for _, m := range regexp.MustCompile(`data-example="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		all = append(all, html.UnescapeString(m[1]))
	}
	if len(all) != 2+2*3 {
		h.Fatalf("%d statements", len(all))
	}
	for _, sql := range all {
		last := h.run("", sql, map[string]string{"from": "2026-01-01", "node": "magnetic.motor"})
		if last.State != "done" || last.Rows == 0 && !strings.Contains(sql, "vacancies") && !strings.Contains(sql, "codes_nodes") {
			h.Errorf("%s: %+v %+v", sql, last, last.Fault)
		}
	}
}

// A page that goes away, or a stop, ends the statement.
func leaves(h *house) {
	const long = `{"id":"long","sql":"select count() from numbers(990000000) where sleep(0.05) = 1"}`
	for _, how := range []string{"leaves", "stops"} {
		ctx, leave := context.WithCancel(h.Context())
		r, err := http.NewRequestWithContext(ctx, "POST", h.http.URL+"/sql/run", strings.NewReader(long))
		if err != nil {
			h.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			h.Fatal(err)
		}
		lines := bufio.NewScanner(res.Body)
		if !lines.Scan() {
			h.Fatal("nothing is told")
		}
		var states []string
		if how == "leaves" {
			leave()
		} else {
			if _, text := h.send("POST", "/sql/stop", map[string]string{"id": "long"}); text != `{"stopped":true}` {
				h.Error(text)
			}
			for lines.Scan() {
				var l line
				_ = json.Unmarshal(lines.Bytes(), &l)
				states = append(states, l.State)
			}
			if len(states) == 0 || states[len(states)-1] != "stopped" {
				h.Error(states)
			}
		}
		res.Body.Close()
		leave()
		gone := false
		for range 200 { // two seconds, on a quiet machine
			last := h.run("long", "select 1", nil)
			if gone = last.State == "done"; gone {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if !gone {
			h.Errorf("%s: the statement is still there", how)
		}
	}
}
