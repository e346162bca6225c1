package door_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/greeting"
	"yanzhen/pipeline/warehouse/plain"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// gone says that chen is kept out.
var gone atomic.Bool

// people are who may come in these tests, by name and by token.
func people(_ context.Context, c door.Caller) (door.Guest, error) {
	switch {
	case c.Token == "t-li", c.Name == "li" && c.Password == "p 1/@":
		return door.Guest{Name: "li"}, nil
	case c.Name == "wang" && c.Password == "p2":
		return door.Guest{Name: "wang"}, nil
	case c.Name == "zhao" && c.Password == "p3":
		return door.Guest{Name: "zhao", Export: true}, nil
	case c.Name == "chen" && c.Password == "p4" && !gone.Load():
		return door.Guest{Name: "chen"}, nil
	case c.Name == "broken":
		return door.Guest{}, errors.New("the file of accounts is gone: /var/secret/accounts")
	}
	return door.Guest{}, door.ErrRefused
}

type opened struct {
	address   string
	mu        sync.Mutex
	records   []door.Statement
	strangers []string // what others spoke who came
}

func (o *opened) stranger(_ net.Addr, protocol string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.strangers = append(o.strangers, protocol)
}

func (o *opened) recorded() []door.Statement {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]door.Statement(nil), o.records...)
}

// open opens a door before an engine that has a few views.
func open(t testing.TB, conf *tls.Config) *opened {
	t.Helper()
	return openWith(t, conf, 0)
}

func openWith(t testing.TB, conf *tls.Config, patience time.Duration) *opened {
	t.Helper()
	db := warehousetest.Open(t)
	for _, sql := range []string{
		"CREATE DATABASE IF NOT EXISTS store ENGINE = Atomic", "CREATE DATABASE IF NOT EXISTS mart ENGINE = Atomic", "CREATE DATABASE IF NOT EXISTS meta ENGINE = Atomic",
		"CREATE TABLE store.arrivals (n UInt64, name String, level Nullable(Int8), date Date32) ENGINE = MergeTree ORDER BY n",
		"INSERT INTO store.arrivals SELECT number, '张三', if(number % 2 = 0, NULL, 3), '2026-01-01' FROM numbers(1000)",
		"CREATE TABLE meta.secret (a UInt8) ENGINE = MergeTree ORDER BY a",
		"CREATE VIEW mart.arrivals (n UInt64 COMMENT '编号 / Number', name String COMMENT '姓名 / Name', level Nullable(Int8) COMMENT '级 / Level', date Date32 COMMENT '日期 / Date') " +
			"DEFINER = default SQL SECURITY DEFINER AS SELECT n, concat(substringUTF8(name, 1, 1), '*') AS name, level, date FROM store.arrivals COMMENT '引进 / Arrivals'",
	} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	o := &opened{}
	d, err := door.New(door.Config{
		Socket: warehousetest.Engine(t).Socket(), Admit: people, Patience: patience, Told: o.stranger,
		Exports: &door.Exports{Rows: 1_500_000, Time: time.Minute, AtOnce: 2},
		Record:  func(s door.Statement) { o.mu.Lock(); defer o.mu.Unlock(); o.records = append(o.records, s) },
		Names: func(context.Context) plain.Names {
			return plain.Names{Tables: []string{"arrivals", "codes_provinces"}, Functions: []string{"count", "sum", "uniqExact"}}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := door.Listen("127.0.0.1:0", conf, o.stranger)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	server := d.Server(ctx)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { cancel(); server.Close() })
	o.address = l.Addr().String()
	return o
}

type reply struct {
	status int
	header http.Header
	body   string
}

// ask posts a statement as li.
func (o *opened) ask(t testing.TB, params, sql string) reply {
	t.Helper()
	return o.send(t, http.MethodPost, params, strings.NewReader(sql), http.Header{"X-ClickHouse-User": {"li"}, "X-ClickHouse-Key": {"p 1/@"}})
}

func (o *opened) send(t testing.TB, method, params string, body io.Reader, header http.Header) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+o.address+"/?"+params, body)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header[http.CanonicalHeaderKey(k)] = v
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(b)}
}

func TestWhoComes(t *testing.T) {
	o := open(t, nil)
	const q = "query=select+1"
	for name, c := range map[string]struct {
		params string
		header http.Header
		status int
	}{
		"nobody":           {q, nil, 401},
		"wrong password":   {q + "&user=li&password=p2", nil, 401},
		"no password":      {q + "&user=li", nil, 401},
		"a role's name":    {q + "&user=loader&password=x", nil, 401},
		"wrong token":      {q, http.Header{"Authorization": {"Bearer nope"}}, 401},
		"address":          {q + "&user=li&password=" + url.QueryEscape("p 1/@"), nil, 200},
		"headers":          {q, http.Header{"X-ClickHouse-User": {"wang"}, "X-ClickHouse-Key": {"p2"}}, 200},
		"basic":            {q, http.Header{"Authorization": {"Basic d2FuZzpwMg=="}}, 200},
		"token":            {q, http.Header{"Authorization": {"Bearer t-li"}}, 200},
		"accounts broken":  {q + "&user=broken&password=x", nil, 503},
		"name of a mile":   {q + "&user=" + strings.Repeat("x", 5000) + "&password=y", nil, 401},
		"ping for anybody": {"", nil, 200},
	} {
		r := o.send(t, http.MethodGet, c.params, nil, c.header)
		if r.status != c.status {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
		if strings.Contains(r.body, "secret") {
			t.Errorf("%s: tells what broke: %s", name, r.body)
		}
	}
	if r := o.send(t, "GET", q+"&lang=en", nil, nil); !strings.Contains(r.body, "the name, the password or the token is wrong") || r.header.Get("X-ClickHouse-Exception-Code") != "516" {
		t.Errorf("%v %s", r.header, r.body)
	}
}

// What clients send by default changes nothing and is not refused; what lifts a limit is clamped.
func TestDefaultsOfClients(t *testing.T) {
	o := open(t, nil)
	r := o.ask(t, "session_id=abc&session_timeout=60&async_insert=0&max_insert_block_size=5&send_progress_in_http_headers=1&max_execution_time=0&max_memory_usage=0&date_time_output_format=iso&role=loader&quota_key=q",
		"select getSetting('max_execution_time'), getSetting('max_memory_usage'), getSetting('max_threads') <= 2, currentDatabase(), getSetting('date_time_output_format'), getSetting('priority')")
	if r.body != "60\t1073741824\ttrue\tmart\tiso\t10\n" && r.body != "60\t1073741824\t1\tmart\tiso\t10\n" {
		t.Errorf("%d %q", r.status, r.body)
	}
	if got := r.header.Get("X-Yanzhen-Ignored"); got != "max_execution_time, max_insert_block_size, max_memory_usage" {
		t.Errorf("ignored: %q", got)
	}
	if r := o.ask(t, "max_threads=1&max_execution_time=5", "select getSetting('max_threads'), getSetting('max_execution_time')"); r.body != "1\t5\n" || r.header.Get("X-Yanzhen-Ignored") != "" {
		t.Errorf("%q %v", r.body, r.header)
	}
	// what would make the answer another is neither honoured nor left out in silence; its default is
	for _, set := range []string{"join_use_nulls=1", "session_timezone=Asia/Shanghai", "limit=10", "join_use_nulls=0&join_use_nulls=1", "count_distinct_implementation=uniqCombined", "additional_table_filters={'mart.arrivals':'n=1'}"} {
		name, _, _ := strings.Cut(set, "=")
		if r := o.ask(t, "lang=en&"+set, "select 1"); r.status != 403 || !strings.Contains(r.body, "the setting "+name+" changes") {
			t.Errorf("%s: %d %s", set, r.status, r.body)
		}
	}
	if r := o.ask(t, "join_use_nulls=0&session_timezone=UTC&limit=0&union_default_mode=", "select 1"); r.body != "1\n" {
		t.Errorf("defaults: %d %s", r.status, r.body)
	}
	// a client that asks which settings it may choose is told those that this door takes
	r = o.ask(t, "default_format=TSV", "SELECT name, value, readonly FROM system.settings LIMIT 10000")
	for _, line := range []string{`max_threads\t\d\t0`, `max_execution_time\t60\t0`, `output_format_json_quote_64bit_integers\t\d\t0`, `join_use_nulls\t0\t1`, `format_schema\t.*\t1`, `readonly\t1\t1`} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(r.body) {
			t.Errorf("settings: %q is not there: %d %.200s", line, r.status, r.body)
		}
	}
	if r := o.ask(t, "default_format=CSVWithNames", "select n, level from arrivals order by n limit 2"); r.body != "\"n\",\"level\"\n0,\n1,3\n" {
		t.Errorf("NULL in CSV: %q", r.body)
	}
	if r := o.ask(t, "param_a=x%27y", "select {a:String} as a format TSV"); r.body != "x\\'y\n" {
		t.Errorf("parameter: %q", r.body)
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = w.Write([]byte("-- a comment\nselect 7"))
	w.Close()
	if r := o.send(t, "POST", "user=wang&password=p2", &z, http.Header{"Content-Encoding": {"gzip"}}); r.body != "7\n" {
		t.Errorf("packed: %d %q", r.status, r.body)
	}
	if r := o.ask(t, "result_overflow_mode=break&max_result_rows=10&max_block_size=10", "select n from arrivals"); r.status != 200 {
		t.Errorf("rows: %d", strings.Count(r.body, "\n"))
	}
}

func TestRefused(t *testing.T) {
	o := open(t, nil)
	for _, c := range warehousetest.Refusals {
		for _, params := range []string{"", "default_format=Native", "param_t=store.arrivals"} {
			r := o.ask(t, params, c.SQL)
			got := r.header.Get("X-ClickHouse-Exception-Code")
			if r.status == 200 || c.Code != 0 && got != fmt.Sprint(c.Code) {
				t.Errorf("%s: %d %s %.200s", c.Name, r.status, got, r.body)
			}
			if strings.Contains(r.body, "store") && !strings.Contains(c.SQL, "store") || strings.Contains(r.body, "grant ") && !strings.Contains(c.SQL, "grant ") || strings.Contains(r.body, "/tmp/") && !strings.Contains(c.SQL, "/tmp/") {
				t.Errorf("%s: says too much: %s", c.Name, r.body)
			}
		}
	}
	for _, p := range []string{"database=store", "database=system"} {
		if r := o.ask(t, p, "select 1"); r.status != 403 {
			t.Errorf("%s: %d %s", p, r.status, r.body)
		}
	}
	for _, p := range []string{"additional_settings=1", "output_format_schema=/etc/passwd", "format_template_row=/etc/passwd", "readonly=0", "allow_ddl=1", "file_structure=x"} {
		if r := o.ask(t, p, "select 1"); r.body != "1\n" {
			t.Errorf("%s changed the answer: %d %s", p, r.status, r.body)
		}
	}
	if r := o.ask(t, "", "select 1 -- "+strings.Repeat("x", 2<<20)); r.status != 413 {
		t.Errorf("a statement of 2 MB: %d %s", r.status, r.body)
	}
	for _, sql := range []string{
		"explain estimate select * from arrivals", "explain ast select 1", "explain syntax select * from arrivals", "describe arrivals", "show tables",
		"select name, comment from system.tables where database = 'mart'", "select count(*) from system.tables", "select name, type, comment from system.columns where table = 'arrivals'",
	} {
		if r := o.ask(t, "", sql); r.status != 200 {
			t.Errorf("%s: %d %s", sql, r.status, r.body)
		}
	}
}

func TestWords(t *testing.T) {
	o := open(t, nil)
	for _, c := range []struct{ sql, zh, en string }{
		{"select node count() form arrivals", "语法错误，第 1 行第 18 个字符；是不是 FROM？", "syntax error in line 1, character 18; did you mean FROM?"},
		{"select nam from arrivals", "没有列 nam；是不是 name？", "there is no column nam; did you mean name?"},
		{"select * from arrival", "没有表 arrival；是不是 arrivals？", "there is no table arrival; did you mean arrivals?"},
		{"select * from provinces", "是不是 codes_provinces？", "did you mean codes_provinces?"},
		{"select uniqExac(n) from arrivals", "没有函数 uniqExac；是不是 uniqExact？", "there is no function uniqExac; did you mean uniqExact?"},
		{"select {a:Date}", "参数 a 没有给值", "the parameter a has no value"},
		{"select intDiv(1, 0)", "除以零", "division by zero"},
		{"select groupArray(repeat('x', 1000000)) from numbers(100000)", "内存超过上限", "more memory than it may"},
		{"select n from arrivals where date > 'abc'", "日期的写法不对", "this is no date"},
	} {
		for lang, want := range map[string]string{"zh": c.zh, "en": c.en} {
			r := o.ask(t, "lang="+lang, c.sql)
			if !strings.Contains(r.body, want) || !strings.HasPrefix(r.body, "Code: "+r.header.Get("X-ClickHouse-Exception-Code")+". DB::Exception: ") {
				t.Errorf("%s in %s: %s", c.sql, lang, r.body)
			}
			if lang == "en" && strings.ContainsAny(r.body, "的表列错") {
				t.Errorf("%s: two languages: %s", c.sql, r.body)
			}
		}
	}
	r := o.ask(t, "", "-- 说明\nselect *\nfrom arrivals wher name = '张三' and (")
	if !strings.Contains(r.body, "\n  ") || !strings.Contains(r.body, "^") {
		t.Errorf("no mark: %s", r.body)
	}
}

// endless runs a statement that does not end by itself and says how it ended.
func (o *opened) endless(t *testing.T, user, id string) chan string {
	t.Helper()
	ended := make(chan string, 1)
	go func() {
		req, _ := http.NewRequest("POST", "http://"+o.address+"/?max_block_size=1&query_id="+id+"&user="+user+"&password="+url.QueryEscape(map[string]string{"li": "p 1/@", "wang": "p2"}[user]),
			strings.NewReader("select sum(sleepEachRow(0.5)) from numbers(100)"))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			ended <- err.Error()
			return
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		ended <- fmt.Sprint(res.StatusCode, " ", string(b), err)
	}()
	return ended
}

// One stops one's own statement by its id and nobody else's.
// An address that is not there is no page of an unknown server: it says where statements go.
func TestElsewhere(t *testing.T) {
	o := open(t, nil)
	res, err := http.Get("http://" + o.address + "/play?lang=en")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); res.StatusCode != 404 || res.Header.Get("X-ClickHouse-Exception-Code") != "48" || !strings.Contains(string(b), "send statements to / by POST") {
		t.Errorf("%d %s", res.StatusCode, b)
	}
}

func TestKill(t *testing.T) {
	o := open(t, nil)
	db := warehousetest.OpenAs(t, "loader")
	busy := func() (n uint64) {
		if err := db.Row(t.Context(), warehouse.SQL("select count() from system.processes where query like '%sleepEachRow%' and query not like '%system.processes%'"), &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	wait := func(want uint64) {
		t.Helper()
		for range 500 {
			if busy() == want {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatalf("%d statements run, want %d", busy(), want)
	}
	mine, theirs := o.endless(t, "li", "q1"), o.endless(t, "wang", "q1")
	wait(2)
	if r := o.ask(t, "query_id=q1", "select 1"); r.header.Get("X-ClickHouse-Exception-Code") != "216" {
		t.Errorf("the same id twice: %d %s", r.status, r.body)
	}
	if r := o.ask(t, "", "KILL QUERY WHERE query_id = 'nope'"); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := o.ask(t, "", "KILL QUERY WHERE query_id = 'q1' SYNC"); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if got := <-mine; !strings.Contains(got, "394") {
		t.Errorf("mine ended with %s", got)
	}
	wait(1)
	select {
	case got := <-theirs:
		t.Errorf("another's statement ended too: %s", got)
	default:
	}
	if r := o.send(t, "POST", "user=wang&password=p2", strings.NewReader("KILL QUERY WHERE query_id = 'q1'"), nil); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	<-theirs
	wait(0)
}

// Whoever is kept out while a statement runs gets no more of its answer.
func TestLasting(t *testing.T) {
	o := open(t, nil)
	defer gone.Store(false)
	got := make(chan reply, 1)
	go func() {
		got <- o.send(t, "POST", "query_id=long", strings.NewReader("select sleep(3)"+strings.Repeat(" union all select sleep(3)", 19)), http.Header{"Authorization": {"Basic Y2hlbjpwNA=="}})
	}()
	db := warehousetest.Open(t)
	for n := uint64(0); n == 0; {
		if err := db.Row(t.Context(), warehouse.SQL("select count() from system.processes where query like '%sleep(3)%' and query not like '%processes%'"), &n); err != nil {
			t.Fatal(err)
		}
	}
	gone.Store(true)
	if r := <-got; r.header.Get("X-ClickHouse-Exception-Code") != "394" {
		t.Errorf("%d %.300s", r.status, r.body)
	}
}

// A client that reads by ranges reads parts of one answer; a long answer comes without a length.
func TestRanges(t *testing.T) {
	o := open(t, nil)
	h := http.Header{"Authorization": {"Bearer t-li"}}
	q := "query=" + url.QueryEscape("select generateUUIDv4() from numbers(1000) format CSV")
	head := o.send(t, "HEAD", q, nil, h)
	if head.header.Get("Content-Length") != "39000" || head.header.Get("Accept-Ranges") != "bytes" {
		t.Fatalf("%v", head.header)
	}
	part := func(r string) reply {
		return o.send(t, "GET", q, nil, http.Header{"Authorization": {"Bearer t-li"}, "Range": {r}})
	}
	one, two, both := part("bytes=0-38"), part("bytes=39-77"), part("bytes=0-77")
	if one.status != 206 || one.body+two.body != both.body {
		t.Errorf("%d %q %q", one.status, one.body+two.body, both.body)
	}
	if again := o.send(t, "GET", q, nil, h); strings.HasPrefix(again.body, one.body) {
		t.Error("a whole answer was not asked for anew")
	}
	if r := o.send(t, "GET", q, nil, http.Header{"Authorization": {"Basic d2FuZzpwMg=="}, "Range": {"bytes=0-38"}}); r.body == one.body {
		t.Error("one guest gets another's answer")
	}
	plain := "query=" + url.QueryEscape("select 1 as a")
	o.send(t, "GET", plain, nil, http.Header{"Authorization": {"Bearer t-li"}, "X-ClickHouse-Format": {"JSON"}})
	if r := o.send(t, "GET", plain, nil, http.Header{"Authorization": {"Bearer t-li"}, "X-ClickHouse-Format": {"CSVWithNames"}, "Range": {"bytes=0-"}}); r.body != "\"a\"\n1\n" {
		t.Errorf("a part of an answer in another format: %q", r.body)
	}
	long := o.send(t, "GET", "query="+url.QueryEscape("select repeat('x', 1000) from numbers(40000) format TSV"), nil, h)
	if long.status != 200 || len(long.body) != 40000*1001 || long.header.Get("Content-Length") != "" {
		t.Errorf("%d %d %q", long.status, len(long.body), long.header.Get("Content-Length"))
	}
	bad := o.send(t, "GET", "query="+url.QueryEscape("select throwIf(number = 500000, 'too far') from numbers(1000000) format CSV"), nil, h)
	if bad.status == 200 || bad.header.Get("X-ClickHouse-Exception-Code") != "395" {
		t.Errorf("an error under way: %d %s", bad.status, bad.body)
	}
}

// A client that neither sends its statement nor takes its answer gives its place back.
func TestSlowClients(t *testing.T) {
	o := openWith(t, nil, 300*time.Millisecond)
	const head = "POST / HTTP/1.1\r\nHost: x\r\nX-ClickHouse-User: wang\r\nX-ClickHouse-Key: p2\r\n"
	c, err := net.Dial("tcp", o.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = c.Write([]byte(head + "Content-Length: 100\r\n\r\nselect"))
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if b, err := io.ReadAll(c); err != nil || strings.Contains(string(b), "200 OK") {
		t.Errorf("half a statement: %v %.200s", err, b)
	}
	for range 4 {
		slow, err := net.Dial("tcp", o.address)
		if err != nil {
			t.Fatal(err)
		}
		defer slow.Close()
		sql := "select repeat('x', 1000) from numbers(900000) format TSV"
		_, _ = fmt.Fprintf(slow, "%sContent-Length: %d\r\n\r\n%s", head, len(sql), sql)
	}
	for range 200 {
		time.Sleep(50 * time.Millisecond)
		if r := o.send(t, "POST", "user=wang&password=p2", strings.NewReader("select 1"), nil); r.status == 200 && len(o.recorded()) >= 5 {
			return
		}
	}
	t.Errorf("the places are still taken: %+v", o.recorded())
}

func TestNativeIsTold(t *testing.T) {
	o := open(t, nil)
	c, err := net.Dial("tcp", o.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = c.Write([]byte("\x00\x11ClickHouse client"))
	b, _ := io.ReadAll(c)
	if len(b) < 5 || b[0] != 2 || !strings.Contains(string(b), "the native protocol is not spoken here") {
		t.Errorf("%q", b)
	}
	native, err := clickhouse.Open(&clickhouse.Options{Addr: []string{o.address}, Auth: clickhouse.Auth{Username: "li", Password: "p 1/@"}})
	if err != nil {
		t.Fatal(err)
	}
	defer native.Close()
	if err := native.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "native protocol") {
		t.Errorf("clickhouse-go over native: %v", err)
	}
	// a client of Flight, by gRPC
	conn, err := grpc.NewClient(o.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Invoke(t.Context(), "/arrow.flight.protocol.FlightService/GetFlightInfo", &emptypb.Empty{}, &emptypb.Empty{})
	if status.Code(err) != codes.Unimplemented || !strings.Contains(err.Error(), "Arrow Flight SQL to the port of database.flight") || !strings.Contains(err.Error(), "请连") {
		t.Errorf("gRPC: %v", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Contains(o.strangers, greeting.Native) || !slices.Contains(o.strangers, greeting.GRPC) {
		t.Errorf("told of: %v", o.strangers)
	}
}

func TestTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	conf := &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS12}
	roots := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	s.Close()
	o := open(t, conf)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"}}}
	res, err := client.Get("https://" + o.address + "/?user=wang&password=p2&query=select+5")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); string(b) != "5\n" {
		t.Errorf("%s", b)
	}
	conn, err := grpc.NewClient(o.address, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: roots, ServerName: "example.com"})))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Invoke(t.Context(), "/x/y", &emptypb.Empty{}, &emptypb.Empty{}); status.Code(err) != codes.Unimplemented {
		t.Errorf("gRPC under TLS: %v", err)
	}
	plainly, err := http.Get("http://" + o.address + "/ping")
	if err == nil {
		plainly.Body.Close()
		if plainly.StatusCode == 200 {
			t.Error("the port answers without TLS")
		}
	}
}

// What a guest asked is recorded with how it ended; nobody else's words are.
func TestRecorded(t *testing.T) {
	o := open(t, nil)
	o.ask(t, "", "select 1")
	o.ask(t, "", "select * from meta.secret")
	o.send(t, "POST", "user=li&password=wrong", strings.NewReader("select 2"), nil)
	o.ask(t, "", strings.Repeat("select 3, ", 200_000))
	req, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+o.address+"/", strings.NewReader("select number from numbers(3000000)"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"X-ClickHouse-User": {"li"}, "X-ClickHouse-Key": {"p 1/@"}, "Accept-Encoding": {"identity"}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(res.Body); err == nil || !strings.Contains(string(b[max(0, len(b)-400):]), "Code: 396. DB::Exception: 结果的行数超过上限：汇总后再取，或加 LIMIT (TOO_MANY_ROWS_OR_BYTES)\n") {
		t.Errorf("an answer over the limit: %v %s", err, b[max(0, len(b)-400):])
	}
	res.Body.Close()
	got := o.recorded()
	for range 100 { // the end of the answer may come before the record
		if len(got) == 4 {
			break
		}
		time.Sleep(20 * time.Millisecond)
		got = o.recorded()
	}
	if len(got) == 4 {
		if s := got[2]; s.Code != 62 || s.Status != 413 || !strings.HasPrefix(s.SQL, "select 3, ") || len(s.SQL) > 400 {
			t.Errorf("a statement that is too long: %+v", s)
		}
		if s := got[3]; s.Code != 396 || s.Rows == 0 || s.Rows > 1_000_000 { // the rows that went out until then
			t.Errorf("an answer that failed under way: %+v", s)
		}
		got = got[:2]
	}
	if len(got) != 2 || got[0].Guest != "li" || got[0].Status != 200 || got[0].Bytes == 0 || got[1].Code != 497 || got[1].SQL != "select * from meta.secret" {
		t.Errorf("%+v", got)
	}
}

// Who has the right takes more out than an ordinary answer has, in every format, within limits of its own; rows are
// counted for the record. Nobody else does, whatever a client wants.
func TestExports(t *testing.T) {
	o := open(t, nil)
	zhao, wang := http.Header{"X-ClickHouse-User": {"zhao"}, "X-ClickHouse-Key": {"p3"}}, http.Header{"X-ClickHouse-User": {"wang"}, "X-ClickHouse-Key": {"p2"}}
	const many, tooMany = "select number, toString(number) as s from numbers(1200000)", "select number from numbers(1600000)"
	send := func(params, sql string, who http.Header) reply {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+o.address+"/?lang=en&"+params, strings.NewReader(sql))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = who.Clone()
		req.Header.Set("Accept-Encoding", "identity")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			res.StatusCode = 0 // it was cut
		}
		return reply{res.StatusCode, res.Header, string(b)}
	}
	for _, x := range []struct {
		name, params, sql string
		who               http.Header
		ok                bool
		has               string
	}{
		{"an ordinary answer", "", many, zhao, false, ""},
		{"more than an export", "export=1", tooMany, zhao, false, ""},
		{"without the right", "export=1", many, wang, false, "has not the right"},
		{"without the right, by a limit", "max_result_rows=2000000", many, wang, false, ""},
		{"by a limit", "max_result_rows=1300000", many, zhao, true, ""},
	} {
		r := send(x.params, x.sql, x.who)
		if (r.status == 200) != x.ok || !strings.Contains(r.body, x.has) {
			t.Errorf("%s: %d, %d bytes, %.200s", x.name, r.status, len(r.body), r.body)
		}
	}
	for _, format := range []string{"CSVWithNames", "Parquet", "Arrow", "ArrowStream", "JSONEachRow", "JSON"} {
		before := len(o.recorded())
		r := send("export=1&wait_end_of_query=1&default_format="+format, many, zhao)
		if r.status != 200 || len(r.body) < 4<<20 {
			t.Errorf("%s: %d, %d bytes", format, r.status, len(r.body))
			continue
		}
		for len(o.recorded()) == before {
			time.Sleep(time.Millisecond)
		}
		if got := o.recorded()[before]; got.Rows != 1_200_000 || !got.Export || got.Bytes != int64(len(r.body)) {
			t.Errorf("%s: %d rows, export %t, %d of %d bytes recorded", format, got.Rows, got.Export, got.Bytes, len(r.body))
		}
	}
	// one at a time of an account
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+o.address+"/?export=1", strings.NewReader("select repeat('x', 1000) from numbers(1400000)")) // more than is under way when nobody reads
	if err != nil {
		t.Fatal(err)
	}
	req.Header = zhao.Clone()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if r := send("export=1", "select 1", zhao); r.status != 429 || !strings.Contains(r.body, "one of each account") {
		t.Errorf("a second export: %d %s", r.status, r.body)
	}
	if r := send("", "select 1", zhao); r.status != 200 {
		t.Errorf("a statement beside an export: %d %s", r.status, r.body)
	}
	cancel()
	res.Body.Close()
	for range 500 {
		if r := send("export=1", "select 1", zhao); r.status == 200 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("an export that was given up keeps its place")
}

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:1": true, "localhost:1": true, "[::1]:1": true, "0.0.0.0:1": false, ":1": false, "10.0.0.1:1": false, "x": false} {
		if door.Loopback(address) != want {
			t.Errorf("%s", address)
		}
	}
}

// clickhouse-go over HTTP, as Grafana's plugin uses it.
func TestGoClient(t *testing.T) {
	o := open(t, nil)
	db, err := clickhouse.Open(&clickhouse.Options{
		Addr: []string{o.address}, Protocol: clickhouse.HTTP, Auth: clickhouse.Auth{Username: "li", Password: "p 1/@"},
		Settings: clickhouse.Settings{"max_execution_time": 60}, Compression: &clickhouse.Compression{Method: clickhouse.CompressionLZ4},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n, levels uint64
	if err := db.QueryRow(t.Context(), "SELECT count(), count(level) FROM arrivals WHERE n < $1", 100).Scan(&n, &levels); err != nil || n != 100 || levels != 50 {
		t.Errorf("%d %d %v", n, levels, err)
	}
	var said *clickhouse.Exception
	if err := db.Exec(t.Context(), "INSERT INTO arrivals VALUES (1)"); !errors.As(err, &said) || said.Code != 497 {
		t.Errorf("insert: %v", err)
	}
}
