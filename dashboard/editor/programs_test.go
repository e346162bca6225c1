package editor_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/xuri/excelize/v2"

	"yanzhen/cmd/bridge"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/statement"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// answered is what /api/v1/sql answers with: rows or a problem.
type answered struct {
	Columns   []statement.Column
	Rows      [][]any
	Count     int
	Truncated bool
	Note      string
	Data      string `json:"data_version"`
	Code      string
	Detail    string
	At        *struct{ Line, Column, From, To int }
}

// program asks as a program does.
func (h *house) program(query string, body any, headers ...string) (*http.Response, string, answered) {
	h.Helper()
	res, text := h.send("POST", "/api/v1/sql"+query, body, append([]string{"Content-Type", "application/json", "Accept-Language", "en", "Authorization", "Bearer of a test", "Sec-Fetch-Site", ""}, headers...)...)
	var a answered
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	_ = d.Decode(&a)
	return res, text, a
}

// A program asks in SQL within the limits of the page: rows with their types, files, values of parameters, metrics; what it may
// not is refused with a code and the place.
func programs(h *house) {
	res, text, a := h.program("", map[string]any{
		"sql":    "select node, count() as n, toInt64(9007199254740993) as big, null as x, 1/0 as inf from arrivals where date >= {from:Date} and node in {nodes:Array(String)} and {yes:Bool} group by node order by node",
		"params": map[string]any{"from": "2026-01-01", "nodes": []string{"magnetic.motor", "superalloy.cast", "it's \\ x"}, "yes": true},
	})
	if res.StatusCode != 200 || a.Count != 2 || a.Truncated || a.Data == "" || fmt.Sprint(a.Rows[0]) != "[magnetic.motor 30 9007199254740993 <nil> <nil>]" || a.Columns[1].Type != "UInt64" {
		h.Errorf("%d %s", res.StatusCode, text)
	}
	if _, text, a := h.program("?limit=3", map[string]any{"sql": "select number from numbers(1000000)"}); a.Count != 3 || !a.Truncated || !strings.Contains(a.Note, "first 3 rows") {
		h.Error(text)
	}
	if _, text, a := h.program("", map[string]any{"sql": "select number from numbers(10001)"}); a.Count != 10_000 || !a.Truncated {
		h.Errorf("%.300s", text)
	}
	if _, text, a := h.program("", map[string]any{"sql": "select number from numbers(10000)"}); a.Count != 10_000 || a.Truncated {
		h.Errorf("%.300s", text)
	}
	if _, text, a := h.program("", "-- the net of a node\nselect node, value from metric('net_inflow', by := ['node'], from := '2026-01-01', to := '2026-07-01') order by node", "Content-Type", "text/plain"); a.Count != 2 {
		h.Error(text)
	}
	if res, text, a := h.program("", map[string]any{"sql": "select 1 where 0"}); res.StatusCode != 200 || a.Count != 0 || !strings.Contains(text, `"rows":[]`) || len(a.Columns) != 1 {
		h.Error(text)
	}
	programFiles(h)
	programRefusals(h)
	programRefused(h)
	programDocs(h)
	writesFirst(h)
	for name, may := range map[string]access.Right{
		"no SQL": access.View | access.Rows | access.Small | access.Export, "no rows": access.View | access.SQL | access.Small | access.Export,
		"no few": access.View | access.SQL | access.Rows | access.Export,
	} {
		v := li()
		v.May = may
		h.as(v)
		if res, text, a := h.program("", map[string]any{"sql": "select 1"}); res.StatusCode != http.StatusForbidden || a.Code != "forbidden" || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/problem+json") {
			h.Errorf("%s: %d %s", name, res.StatusCode, text)
		}
	}
	part := li()
	part.Scopes = []access.Scope{{Dim: "chain", Values: []string{"magnetic"}}}
	h.as(part)
	if res, _, _ := h.program("", map[string]any{"sql": "select 1"}); res.StatusCode != http.StatusForbidden {
		h.Errorf("of a part: %d", res.StatusCode)
	}
	fileless := li()
	fileless.May &^= access.Export
	h.as(fileless)
	if res, _, _ := h.program("?format=csv", map[string]any{"sql": "select 1"}); res.StatusCode != http.StatusForbidden {
		h.Errorf("files without the right: %d", res.StatusCode)
	}
	if res, _, _ := h.program("", map[string]any{"sql": "select 1"}, "Accept", "text/csv"); res.StatusCode != http.StatusForbidden {
		h.Errorf("files without the right, by Accept: %d", res.StatusCode)
	}
	h.as(li())
	_, history := h.send("GET", "/sql/history?q=numbers(10001)", nil)
	if !strings.Contains(history, `"door":"api"`) {
		h.Errorf("the history lacks it: %.400s", history)
	}
}

func programFiles(h *house) {
	const sql = "select node, count() as n from arrivals group by node order by node"
	read := map[string]func(string) string{
		"csv": func(text string) string {
			rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			return fmt.Sprint(rows, err)
		},
		"jsonl": func(text string) string { return text },
		"arrow": func(text string) string {
			f, err := ipc.NewFileReader(bytes.NewReader([]byte(text)))
			if err != nil {
				return err.Error()
			}
			defer f.Close()
			r, err := f.Record(0)
			if err != nil {
				return err.Error()
			}
			return fmt.Sprint(r.NumRows(), r.Schema().Field(1).Name)
		},
		"parquet": func(text string) string { return text[:4] + text[len(text)-4:] },
		"xlsx": func(text string) string {
			f, err := excelize.OpenReader(strings.NewReader(text))
			if err != nil {
				return err.Error()
			}
			defer f.Close()
			rows, err := f.GetRows(f.GetSheetName(0))
			return fmt.Sprint(rows, err)
		},
	}
	for form, want := range map[string]string{
		"csv": "[[node n] [magnetic.motor 30] [superalloy.cast 30]] <nil>", "jsonl": "{\"node\":\"magnetic.motor\",\"n\":30}\n{\"node\":\"superalloy.cast\",\"n\":30}\n",
		"arrow": "2n", "parquet": "PAR1PAR1", "xlsx": "[[node n] [magnetic.motor 30] [superalloy.cast 30]] <nil>",
	} {
		res, text, _ := h.program("?format="+form, map[string]any{"sql": sql})
		if res.StatusCode != 200 || read[form](text) != want {
			h.Errorf("%s: %d %s", form, res.StatusCode, read[form](text))
		}
	}
	if res, text, _ := h.program("", map[string]any{"sql": sql}, "Accept", "text/csv"); !strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") || strings.HasPrefix(text, statement.ByteOrderMark) {
		h.Errorf("by Accept: %v %q", res.Header, text)
	}
	// what fails when a part went out is broken off, and what fails before is told
	if res, text, a := h.program("?format=csv", map[string]any{"sql": "select throwIf(number = 5) from numbers(10)"}); res.StatusCode != 400 || a.Code != "sql_error" {
		h.Errorf("%d %s", res.StatusCode, text)
	}
	for _, query := range []string{"format=csv", "limit=1000000"} {
		const sql = "select throwIf(number = 150000), repeat('x', 20) from numbers(200000)"
		r, err := http.NewRequest("POST", h.http.URL+"/api/v1/sql?"+query, strings.NewReader(sql))
		if err != nil {
			h.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer of a test")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			continue
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err == nil && res.StatusCode == 200 {
			h.Errorf("%s: a part of %d bytes is taken for the whole: %q", query, len(text), text[max(0, len(text)-100):])
		}
	}
}

// programDocs runs what docs/connect.md and docs/api.md say of SQL.
func programDocs(h *house) {
	for file, lang := range map[string]string{"../../docs/connect.md": "sh", "../../docs/api.md": "python"} {
		text, err := os.ReadFile(file)
		if err != nil {
			h.Fatal(err)
		}
		ran := 0
		for _, m := range regexp.MustCompile("(?ms)^```"+lang+"\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(m[1], "/api/v1/sql") {
				continue
			}
			args := map[string][]string{"sh": {"sh", "-c"}, "python": {"python3", "-c"}}[lang]
			if _, err := exec.LookPath(args[0]); err != nil {
				h.Logf("%s is not there: its snippet was not run", args[0])
				ran++
				continue
			}
			say := strings.NewReplacer("HOST", strings.TrimPrefix(h.http.URL, "http://"), "TOKEN", "test").Replace(m[1])
			cmd := exec.CommandContext(h.Context(), args[0], args[1], say)
			cmd.Env = append(os.Environ(), "NO_PROXY=*", "no_proxy=*")
			out, err := cmd.CombinedOutput()
			if ran++; err != nil || !strings.Contains(string(out), "magnetic.motor") || !strings.Contains(string(out), "30") {
				h.Errorf("%s: %v\n%s\n%s", file, err, say, out)
			}
		}
		if ran == 0 {
			h.Errorf("%s has no snippet of /api/v1/sql", file)
		}
	}
}

func programRefusals(h *house) {
	for sql, want := range map[string]struct {
		status int
		code   string
		at     string // line:column, from-to; empty: none is told
	}{
		"select node -- 一\nfrm arrivals":                                 {400, "sql_syntax", "2:5 21-29"},
		"select nod from arrivals":                                       {400, "sql_unknown_column", "1:8 7-10"},
		"select * from arivals":                                          {400, "sql_unknown_table", "1:15 14-21"},
		"select cuont() from arrivals":                                   {400, "sql_unknown_function", "1:8 7-12"},
		"select * from metric('inflw')":                                  {400, "sql_argument", "1:15 14-29"},
		"select * from file('/etc/passwd', 'LineAsString')":              {403, "sql_not_permitted", ""},
		"select * from url('http://127.0.0.1:1/', 'CSV', 'a Int8')":      {403, "sql_not_permitted", ""},
		"select * from remote('127.0.0.1', 'mart', 'arrivals')":          {403, "sql_not_permitted", ""},
		"select 1 into outfile '/tmp/x.csv'":                             {403, "sql_not_permitted", ""},
		"select 1; select 2":                                             {400, "sql_syntax", ""},
		"select 1 settings max_execution_time = 0":                       {403, "sql_not_permitted", ""},
		"set max_memory_usage = 0":                                       {403, "sql_not_permitted", ""},
		"insert into arrivals values (1)":                                {403, "sql_not_permitted", ""},
		"select * from store.arrivals":                                   {403, "sql_not_permitted", ""},
		"select dictGet('x', 'y', 1)":                                    {400, "sql_argument", ""},
		"select * from system.users":                                     {403, "sql_not_permitted", ""},
		"set role default":                                               {403, "sql_not_permitted", ""},
		"select 1 format CSV":                                            {400, "sql_syntax", ""},
		"select * from arrivals where date >= {from:Date}":               {400, "sql_parameter", ""},
		"select sum(sleepEachRow(1)) from numbers(100) settings a = 'b'": {403, "sql_not_permitted", ""},
	} {
		res, text, a := h.program("", map[string]any{"sql": sql})
		at := ""
		if a.At != nil {
			at = fmt.Sprintf("%d:%d %d-%d", a.At.Line, a.At.Column, a.At.From, a.At.To)
		}
		if res.StatusCode != want.status || a.Code != want.code || want.at != "" && at != want.at || a.Detail == "" {
			h.Errorf("%s: %d %s at %s: %s", sql, res.StatusCode, a.Code, at, text)
		}
		for _, never := range []string{".go:", "goroutine", "DB::", "/work", "panic"} {
			if strings.Contains(text, never) {
				h.Errorf("%s tells of %s: %s", sql, never, text)
			}
		}
	}
	for _, x := range warehousetest.Refusals { // what other doors refuse too, by the same number
		codes := map[int][]string{497: {"sql_not_permitted", "sql_unknown_table"}, 164: {"sql_not_permitted"}, 62: {"sql_syntax"}}[x.Code]
		res, text, a := h.program("", map[string]any{"sql": x.SQL, "params": map[string]any{"t": "arrivals"}})
		if res.StatusCode < 400 || res.StatusCode >= 500 || codes != nil && !slices.Contains(codes, a.Code) {
			h.Errorf("%s: %d %.400s", x.Name, res.StatusCode, text)
		}
	}
	nasty := []any{"", "it's", `a\b`, "tab\tline\nend", "null\x00", "{x:String}", "'); drop view arrivals --", "\\N", "人🙂", "[1,2]"}
	res, text, a := h.program("", map[string]any{"sql": "select {list:Array(String)}", "params": map[string]any{"list": nasty}})
	if res.StatusCode != 200 || fmt.Sprintf("%q", a.Rows[0][0]) != fmt.Sprintf("%q", nasty) {
		h.Errorf("%d %q, want %q", res.StatusCode, a.Rows, nasty)
		h.Log(text)
	}
	for _, value := range nasty {
		res, text, a := h.program("", map[string]any{"sql": "select {s:String}", "params": map[string]any{"s": value}})
		if res.StatusCode != 200 || a.Rows[0][0] != value {
			h.Errorf("%q: %d %s", value, res.StatusCode, text)
		}
	}
	for name, x := range map[string]struct {
		query  string
		body   any
		kind   string
		status int
		code   string
	}{
		"a wrong type":         {"", map[string]any{"sql": "select {n:UInt8}", "params": map[string]any{"n": "many"}}, "", 400, "sql_parameter"},
		"a date that is none":  {"", map[string]any{"sql": "select {d:Date}", "params": map[string]any{"d": "yesterday"}}, "", 400, "sql_value"},
		"a value of a kind":    {"", map[string]any{"sql": "select {n:UInt8}", "params": map[string]any{"n": map[string]int{"x": 1}}}, "", 400, "sql_parameter"},
		"a list too deep":      {"", `{"sql": "select 1", "params": {"n": [[[[[[1]]]]]]}}`, "", 400, "sql_parameter"},
		"an unknown key":       {"", `{"sql": "select 1", "settings": {"x": 1}}`, "", 400, "broken_body"},
		"two bodies":           {"", `{"sql": "select 1"} {"sql": "select 2"}`, "", 400, "broken_body"},
		"nothing":              {"", "", "", 400, "broken_body"},
		"no statement":         {"", `{}`, "", 400, "broken_body"},
		"blanks":               {"", " \n ", "text/plain", 400, "broken_body"},
		"another kind":         {"", "sql=select+1", "application/x-www-form-urlencoded", 415, "bad_type"},
		"10 MB":                {"", "select '" + strings.Repeat("x", 10<<20) + "'", "text/plain", 413, "too_large"},
		"10 MB as JSON":        {"", map[string]any{"sql": strings.Repeat("x", 10<<20)}, "", 413, "too_large"},
		"more than 1 MB":       {"", "select '" + strings.Repeat("x", statement.MostText) + "'", "text/plain", 413, "too_large"},
		"an unknown parameter": {"?database=store", `{"sql": "select 1"}`, "", 400, "bad_request"},
		"an unknown format":    {"?format=native", `{"sql": "select 1"}`, "", 400, "bad_request"},
		"a limit":              {"?limit=1000001", `{"sql": "select 1"}`, "", 400, "bad_request"},
		"a limit of a file":    {"?limit=5&format=csv", `{"sql": "select 1"}`, "", 400, "bad_request"},
		"a time":               {"?timeout=3600", `{"sql": "select 1"}`, "", 400, "bad_request"},
		"too slow":             {"?timeout=1", `{"sql": "select sum(sleepEachRow(0.2)) from numbers(50)"}`, "", 422, "sql_too_slow"},
		"too many rows":        {"", map[string]any{"sql": "select sum(number) from numbers(3000000000)"}, "", 422, "sql_too_much"},
		"too much memory":      {"", `{"sql": "select length(groupArray(repeat('x', 1000000))) from numbers(5000)"}`, "", 422, "sql_memory"},
	} {
		kind := x.kind
		if kind == "" {
			kind = "application/json"
		}
		began := time.Now()
		res, text, a := h.program(x.query, x.body, "Content-Type", kind)
		if res.StatusCode != x.status || a.Code != x.code || a.Detail == "" || len(text) > 4000 {
			h.Errorf("%s: %d %.800s (%s)", name, res.StatusCode, text, time.Since(began))
		}
	}
}

// What is refused before it is asked stands in the trail, with why and without what was sent.
func programRefused(h *house) {
	yu := li()
	yu.Name = "yu"
	h.as(yu)
	defer h.as(li())
	var want []string
	for _, x := range []struct{ query, body, kind, code string }{
		{"", "{8151", "application/json", "broken_body"},
		{"", "", "text/plain", "broken_body"},
		{"", "8151", "text/html", "bad_type"},
		{"?limit=8151x", "select 1", "text/plain", "bad_request"},
		{"?format=exe", "select 8151", "text/plain", "bad_request"},
		{"", "select {n:UInt8}", "text/plain", "error 456"},
	} {
		h.program(x.query, x.body, "Content-Type", x.kind)
		want = append(want, x.code)
	}
	slices.Reverse(want)
	var got []string
	for range 50 {
		list, _, err := audit.Find(h.dir, audit.Query{Who: "yu", Did: "sql", Most: 20})
		if err != nil {
			h.Fatal(err)
		}
		got = nil
		for _, e := range list {
			result, _, _ := strings.Cut(e.Result, ",")
			if got = append(got, result); strings.Contains(e.What, "8151") || !strings.HasPrefix(e.What, "api") || e.From == "" || e.Role != "analyst" {
				h.Errorf("%+v", e)
			}
		}
		if len(got) >= len(want) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		h.Errorf("the trail has\n%s, want\n%s", got, want)
	}
}

// A client that sends all before it reads, as most do, hears why ten megabytes are too much.
func writesFirst(h *house) {
	c, err := net.Dial("tcp", strings.TrimPrefix(h.http.URL, "http://"))
	if err != nil {
		h.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	const size = 10 << 20
	if _, err := fmt.Fprintf(c, "POST /api/v1/sql HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", size, strings.Repeat("x", size)); err != nil {
		h.Fatal(err)
	}
	if text, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(text, "413") {
		h.Errorf("%q %v", text, err)
	}
}

// recorded is a conversation with query_sql: what is asked, and what must stand in the answer.
var recorded = []struct {
	args   map[string]any
	want   []string
	failed bool
}{
	{map[string]any{"sql": "select node, count() as n from arrivals where date >= {from:Date} group by node order by node", "params": map[string]any{"from": "2026-01-01"}}, []string{
		`"columns":[{"name":"node","type":"LowCardinality(String)"},{"name":"n","type":"UInt64"}]`, `"rows":[["magnetic.motor",30],["superalloy.cast",30]]`, `"count":2`, `"data_version":"`, "/sql\"", "不是指示",
	}, false},
	{map[string]any{"sql": "select number from numbers(100000)"}, []string{`"count":500`, `"truncated":"只给出前 500 行`}, false},
	{map[string]any{"sql": "select repeat('x', 2000) as t from numbers(400)"}, []string{`"truncated":"只给出前 2`}, false},
	{map[string]any{"sql": "select number from numbers(100000)", "limit": 2000}, []string{`"count":2000`, `"truncated":`}, false},
	{map[string]any{"sql": "describe arrivals"}, []string{"到岗或离岗的日期", `"count":`}, false},
	{map[string]any{"sql": "select value from metric('inflow', from := '2026-01-01', to := '2026-07-01')"}, []string{`"rows":[[40]]`}, false},
	{map[string]any{"sql": "select nod from arrivals", "lang": "en"}, []string{`"code":"sql_unknown_column"`, "did you mean node", `"at":{"line":1,"column":8,"from":7,"to":10}`}, true},
	{map[string]any{"sql": "select * from url('http://127.0.0.1:1/', 'CSV', 'a Int8')"}, []string{`"code":"sql_not_permitted"`}, true},
	{map[string]any{"sql": "select {n:UInt8}", "params": map[string]any{"n": "x"}}, []string{`"code":"sql_parameter"`}, true},
	{map[string]any{"sql": "select 1", "limit": 5001}, []string{`"code":"bad_request"`}, true},
	{map[string]any{"sql": ""}, []string{`"code":"sql_`}, true},
}

// An agent whose account may ask in SQL does so over HTTP and over standard input and output, with the same answers.
func agents(h *house) {
	client := func(t mcp.Transport) *mcp.ClientSession {
		s, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(h.Context(), t, nil)
		if err != nil {
			h.Fatal(err)
		}
		return s
	}
	fromServer, toClient := io.Pipe()
	fromClient, toServer := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- bridge.Server{Client: http.DefaultClient, URL: h.http.URL}.Pipe(h.Context(), fromClient, toClient)
	}()
	web := client(&mcp.StreamableClientTransport{Endpoint: h.http.URL + "/mcp"})
	defer web.Close()
	piped := client(&mcp.IOTransport{Reader: fromServer, Writer: toServer})
	for _, x := range recorded {
		var texts []string
		for _, s := range []*mcp.ClientSession{web, piped} {
			res, err := s.CallTool(h.Context(), &mcp.CallToolParams{Name: "query_sql", Arguments: x.args})
			if err != nil {
				h.Fatal(err)
			}
			text := res.Content[0].(*mcp.TextContent).Text
			texts = append(texts, text)
			if res.IsError != x.failed || len(text) > 60<<10 && x.args["limit"] == nil {
				h.Errorf("%v: failed %v, %d bytes: %.600s", x.args, res.IsError, len(text), text)
			}
			for _, want := range x.want {
				if !strings.Contains(text, want) {
					h.Errorf("%v lacks %s: %.1200s", x.args, want, text)
				}
			}
		}
		if texts[0] != texts[1] {
			h.Errorf("%v is answered otherwise over standard input and output: %.300s, %.300s", x.args, texts[0], texts[1])
		}
	}
	piped.Close()
	_ = toServer.Close()
	if err := <-done; err != nil {
		h.Error(err)
	}
	for name, may := range map[string]access.Right{"no rows": access.View | access.SQL | access.Small, "no few": access.View | access.SQL | access.Rows} {
		v := li()
		v.May = may
		h.as(v)
		if res, err := web.CallTool(h.Context(), &mcp.CallToolParams{Name: "query_sql", Arguments: map[string]any{"sql": "select 1"}}); err == nil && !res.IsError {
			h.Errorf("%s: answered", name)
		}
	}
	h.as(li())
	if _, text := h.send("GET", "/sql/history?q="+url.QueryEscape("numbers(400)"), nil); !strings.Contains(text, `"door":"agent"`) {
		h.Errorf("the history lacks it: %.300s", text)
	}
}
