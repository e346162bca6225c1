package embedded

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func start(t testing.TB, cfg Config) *Engine {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	e, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// client speaks plain HTTP to a socket, as any client of ClickHouse would.
type client struct {
	http *http.Client
	base string
}

func dial(socket string) client {
	return client{&http.Client{Transport: &http.Transport{
		DisableCompression: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}, "http://engine/"}
}

type reply struct {
	status int
	header http.Header
	body   string
	err    error // of reading the body
}

func (r reply) code() string { return r.header.Get("X-ClickHouse-Exception-Code") }

func (c client) post(t testing.TB, user, params, body string) reply {
	t.Helper()
	return c.send(t, http.MethodPost, user, params, strings.NewReader(body), nil)
}

func (c client) send(t testing.TB, method, user, params string, body io.Reader, header http.Header) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.base+"?"+params, body)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if user != "" {
		name, key, _ := strings.Cut(user, ":")
		req.Header.Set("X-ClickHouse-User", name)
		req.Header.Set("X-ClickHouse-Key", key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, string(b), err}
}

// must fails the test unless the statement succeeded, and returns what it said.
func (c client) must(t testing.TB, user, sql string) string {
	t.Helper()
	r := c.post(t, user, "", sql)
	if r.err != nil || r.status != 200 {
		t.Fatalf("%s: %d %s %v", sql, r.status, r.body, r.err)
	}
	return r.body
}

func TestEndpoint(t *testing.T) {
	e := start(t, Config{})
	c := dial(e.Socket())
	for _, db := range []string{"store", "mart", "meta"} {
		c.must(t, Loader, "CREATE DATABASE "+db+" ENGINE = Atomic")
	}
	c.must(t, Loader, "CREATE TABLE store.t (a UInt64, name String) ENGINE = MergeTree ORDER BY a")
	c.must(t, Loader, "INSERT INTO store.t VALUES (1, '张三'), (2, '李四')")
	c.must(t, Loader, "CREATE VIEW mart.t DEFINER = default SQL SECURITY DEFINER AS SELECT a, concat(substringUTF8(name, 1, 1), '*') AS name FROM store.t")

	t.Run("private", func(t *testing.T) {
		info, err := os.Stat(e.Socket())
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("socket: %v %v, want 0600", info.Mode(), err)
		}
		if info, err = os.Stat(filepath.Dir(e.Socket())); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("directory of the socket: %v %v, want 0700", info.Mode(), err)
		}
	})

	t.Run("formats joined", func(t *testing.T) {
		const q = "SELECT number AS a, 'x\"' AS `b\nc` FROM numbers(300000)"
		for format, want := range map[string]func(string) (int, bool){
			"CSVWithNames": func(s string) (int, bool) { return strings.Count(s, "\n"), strings.Count(s, `"a"`) == 1 },
			"TSVWithNames": func(s string) (int, bool) { return strings.Count(s, "\n") + 1, strings.HasPrefix(s, "a\tb\\nc\n") },
			"JSONEachRow":  func(s string) (int, bool) { return strings.Count(s, "\n") + 2, true },
			"JSON":         func(s string) (int, bool) { return strings.Count(s, `"a":`) + 2, strings.Contains(s, `"rows": 300000`) },
			"JSONCompact": func(s string) (int, bool) {
				return strings.Count(s, "\n\t\t[") + 2, strings.Contains(s, `"rows": 300000`)
			},
			"Parquet":                    func(s string) (int, bool) { return 300002, strings.Count(s, "PAR1") == 2 && len(s) > 100000 },
			"RowBinaryWithNamesAndTypes": func(s string) (int, bool) { return (len(s)-3-4-7-7)/11 + 2, strings.Count(s, "UInt64") == 1 },
			"ArrowStream": func(s string) (int, bool) {
				return 300002, strings.HasSuffix(s, string(arrowEnd)) && strings.Count(s, string(arrowEnd)) == 1
			},
		} {
			r := c.post(t, Reader, "default_format="+format, q)
			if r.err != nil || r.status != 200 {
				t.Errorf("%s: %d %.200s %v", format, r.status, r.body, r.err)
				continue
			}
			if n, ok := want(r.body); n != 300002 || !ok {
				t.Errorf("%s: %d lines (want 300002), %v; %.80q", format, n, ok, r.body)
			}
			if got := r.header.Get("X-ClickHouse-Format"); got != format {
				t.Errorf("%s: X-ClickHouse-Format %q", format, got)
			}
		}
		r := c.post(t, Reader, "default_format=CSV", "SELECT 1 AS a FORMAT CSVWithNames SETTINGS max_threads = 1 -- end")
		if r.body != "\"a\"\n1\n" {
			t.Errorf("FORMAT in the query: %q", r.body)
		}
		if r := c.post(t, Reader, "default_format=CSVWithNames", "SELECT 1 AS a WHERE 0"); r.body != "\"a\"\n" {
			t.Errorf("header of an empty result: %q", r.body)
		}
	})

	t.Run("headers", func(t *testing.T) {
		r := c.post(t, Reader, "query_id=q-17", "SELECT count() FROM store.t")
		if r.header.Get("X-ClickHouse-Query-Id") != "q-17" || !strings.Contains(r.header.Get("X-ClickHouse-Summary"), `"read_rows":"`) {
			t.Errorf("%v", r.header)
		}
		r = c.post(t, Reader, "", "SELECT * FROM store.nothing")
		if r.status != 404 || r.code() != "60" || !strings.HasPrefix(r.body, "Code: 60. DB::Exception: ") {
			t.Errorf("%d %s %s", r.status, r.code(), r.body)
		}
	})

	t.Run("settings do not leak", func(t *testing.T) {
		const q = "SELECT getSetting('max_block_size'), currentDatabase()"
		before := c.must(t, Loader, q)
		r := c.post(t, Loader, "max_block_size=77&database=store", q)
		if r.body != "77\tstore\n" {
			t.Errorf("%q", r.body)
		}
		c.must(t, Loader, "SET max_block_size = 88")
		c.must(t, Loader, "USE store")
		c.must(t, Loader, "SET ROLE analyst")
		for range 8 {
			if after := c.must(t, Loader, q); after != before {
				t.Errorf("%q, before %q", after, before)
			}
		}
		if r := c.post(t, Loader, "no_such_setting=1", "SELECT 1"); r.code() != "115" {
			t.Errorf("%s %s", r.code(), r.body)
		}
		if r := c.post(t, Loader, url.Values{"a=1, b": {"1"}}.Encode(), "SELECT 1"); r.code() != "115" {
			t.Errorf("%s %s", r.code(), r.body)
		}
	})

	t.Run("compression", func(t *testing.T) {
		for _, enc := range []string{"gzip", "deflate", "zstd", "lz4"} {
			r := c.send(t, "POST", Reader, "", strings.NewReader("SELECT number FROM numbers(100000)"), http.Header{"Accept-Encoding": {enc}})
			if r.header.Get("Content-Encoding") != enc {
				t.Fatalf("%s: %v", enc, r.header)
			}
			// what comes back compressed goes in again as the body of an insert
			c.must(t, Loader, "CREATE OR REPLACE TABLE store.z (a UInt64) ENGINE = MergeTree ORDER BY a")
			in := c.send(t, "POST", Loader, "query="+url.QueryEscape("INSERT INTO store.z FORMAT TSV"), strings.NewReader(r.body), http.Header{"Content-Encoding": {enc}})
			if in.status != 200 || !strings.Contains(in.header.Get("X-ClickHouse-Summary"), `"written_rows":"100000"`) {
				t.Errorf("%s: %d %s %v", enc, in.status, in.body, in.header)
			}
			if sum := c.must(t, Reader, "SELECT sum(a) FROM store.z"); sum != "4999950000\n" {
				t.Errorf("%s: %s", enc, sum)
			}
		}
		for _, enc := range []string{"gzip", "deflate", "zstd", "lz4"} {
			r := c.send(t, "POST", Reader, "", strings.NewReader("SELECT 1"), http.Header{"Accept-Encoding": {enc}})
			c.must(t, Loader, "TRUNCATE TABLE store.z")
			c.send(t, "POST", Loader, "query="+url.QueryEscape("INSERT INTO store.z FORMAT TSV"), strings.NewReader(r.body), http.Header{"Content-Encoding": {enc}})
			if got := c.must(t, Reader, "SELECT sum(a) FROM store.z"); got != "1\n" {
				t.Errorf("%s: a small answer: %q", enc, got)
			}
			if r = c.send(t, "POST", Loader, "", strings.NewReader("SET max_threads = 1"), http.Header{"Accept-Encoding": {enc}}); r.body != "" || r.header.Get("Content-Encoding") != "" {
				t.Errorf("%s: an empty answer: %q", enc, r.body)
			}
		}
		r := c.send(t, "POST", Loader, "query="+url.QueryEscape("INSERT INTO store.z FORMAT TSV"), strings.NewReader("not gzip"), http.Header{"Content-Encoding": {"gzip"}})
		if r.code() != "271" {
			t.Errorf("%s %s", r.code(), r.body)
		}
	})

	t.Run("error under way", func(t *testing.T) {
		const q = "SELECT number, throwIf(number = 500000, 'too far') FROM numbers(1000000) SETTINGS max_threads = 1, max_block_size = 10000"
		for _, enc := range []string{"", "gzip"} {
			r := c.send(t, "POST", Reader, "default_format=CSVWithNames", strings.NewReader(q), http.Header{"Accept-Encoding": {enc}})
			if r.status != 200 || r.err == nil {
				t.Fatalf("%d %v, want a broken transfer", r.status, r.err)
			}
			body := r.body
			if enc == "gzip" {
				z, err := gzip.NewReader(strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				b, _ := io.ReadAll(z)
				body = string(b)
			}
			i := strings.Index(body, "\r\n__exception__\r\n"+r.header.Get("X-ClickHouse-Exception-Tag")+"\r\nCode: 395. ")
			if i < 0 {
				t.Errorf("no exception block: ...%q", body[max(0, len(body)-300):])
			}
		}
		// JSON goes through the pipe
		r := c.post(t, Reader, "default_format=JSONColumnsWithMetadata", "SELECT throwIf(number = 100, 'too far') FROM numbers(1000)")
		if r.code() != "395" {
			t.Errorf("%d %s %s", r.status, r.code(), r.body)
		}
		// nothing goes out before the end where the client says so
		r = c.post(t, Reader, "default_format=CSV&wait_end_of_query=1", q)
		if r.status == 200 || r.code() != "395" {
			t.Errorf("%d %s", r.status, r.code())
		}
		if r = c.post(t, Reader, "default_format=CSV&wait_end_of_query=1", "SELECT number FROM numbers(1000000)"); len(r.body) != 6888890 {
			t.Errorf("%d bytes", len(r.body))
		}
	})

	t.Run("inserts", func(t *testing.T) {
		c.must(t, Loader, "CREATE OR REPLACE TABLE store.i (a UInt64, s String) ENGINE = MergeTree ORDER BY a")
		for _, in := range [][2]string{
			{"INSERT INTO store.i FORMAT CSV", "1,x\n"},
			{"INSERT INTO store.i (a, s) VALUES", "(2, 'y')"},
			{"INSERT INTO store.i (a, s) VALUES (3, 'z')", ""},
			{"insert into store.i SETTINGS max_insert_threads = 1 format JSONEachRow;", `{"a": 4, "s": "雁"}`},
			{"", "INSERT INTO store.i FORMAT CSV\n5,v\n"},
			{"", "INSERT INTO store.i SELECT 6, 'w'"},
			{"INSERT INTO store.i", "(7, 'q')"},
		} {
			if r := c.post(t, Loader, "query="+url.QueryEscape(in[0]), in[1]); r.status != 200 {
				t.Errorf("%q %q: %s", in[0], in[1], r.body)
			}
		}
		if got := c.must(t, Reader, "SELECT groupArray(a), count() FROM (SELECT a FROM store.i ORDER BY a)"); got != "[1,2,3,4,5,6,7]\t7\n" {
			t.Errorf("%s", got)
		}
		if r := c.post(t, Loader, "query="+url.QueryEscape("INSERT INTO store.i FORMAT CSV"), "x,y\n"); r.status == 200 || r.code() == "" {
			t.Errorf("%d %s", r.status, r.body)
		}
	})

	t.Run("a request that breaks off", func(t *testing.T) {
		c.must(t, Loader, "CREATE OR REPLACE TABLE store.cut (a UInt64) ENGINE = MergeTree ORDER BY a")
		conn, err := net.Dial("unix", e.Socket())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /?query=%s&query_id=cut HTTP/1.1\r\nHost: x\r\nX-ClickHouse-User: loader\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1\n2\n\r\n", url.QueryEscape("INSERT INTO store.cut FORMAT TSV"))
		conn.(*net.UnixConn).CloseWrite()
		b, _ := io.ReadAll(conn)
		if !bytes.Contains(b, []byte("Code: 1000. ")) {
			t.Errorf("%s", b)
		}
		if got := c.must(t, Reader, "SELECT count() FROM store.cut"); got != "0\n" {
			t.Errorf("rows of a request that broke off: %s", got)
		}
	})

	t.Run("an Arrow stream cut between batches", func(t *testing.T) {
		c.must(t, Loader, "CREATE OR REPLACE TABLE store.arrow (a UInt64) ENGINE = MergeTree ORDER BY a")
		whole := c.post(t, Reader, "default_format=ArrowStream&output_format_arrow_compression_method=none", "SELECT number AS a FROM numbers(300000)").body
		params := "query=" + url.QueryEscape("INSERT INTO store.arrow (a) FORMAT ArrowStream")
		for _, cut := range []int{8, 100, 1000, len(whole) / 2, len(whole) - 1} { // 8: only the end mark
			if r := c.post(t, Loader, params, whole[:len(whole)-cut]); r.status == 200 {
				t.Errorf("cut by %d bytes: accepted", cut)
			}
		}
		c.must(t, Loader, "TRUNCATE TABLE store.arrow")
		r := c.post(t, Loader, params, whole)
		if r.status != 200 || !strings.Contains(r.header.Get("X-ClickHouse-Summary"), `"written_rows":"300000"`) {
			t.Errorf("whole: %s %v", r.body, r.header)
		}
	})

	t.Run("nothing reaches the next", func(t *testing.T) {
		const now = "SELECT getSetting('max_threads'), getSetting('max_execution_time'), currentDatabase(), getSetting('log_comment') FORMAT CSV"
		for _, role := range []string{Reader, Loader} {
			plain := c.must(t, role, now)
			plain = plain[:strings.LastIndex(plain, ",")]
			for range 2 {
				r := c.post(t, role, "max_threads=1&max_execution_time=7&database=mart&query_id="+role+"-own", now)
				if want := `1,7,"mart","` + role + "-own\"\n"; r.body != want {
					t.Errorf("%s: %q, want %q", role, r.body, want)
				}
				c.must(t, role, "SELECT 1 SETTINGS max_threads = 1, max_execution_time = 7")
				c.post(t, role, "", "SET max_threads = 1") // whether it may or not
				c.post(t, role, "", "USE mart")
				if got := c.must(t, role, now); !strings.HasPrefix(got, plain+",") || strings.Contains(got, "-own") {
					t.Errorf("%s: %q, want %q as at first", role, got, plain)
				}
			}
		}
		c.must(t, Loader, "CREATE TEMPORARY TABLE mine (a Int8)")
		c.must(t, Reader, "SELECT 1")
		for range 2 {
			if r := c.post(t, Loader, "", "SELECT * FROM mine"); r.code() != "60" {
				t.Errorf("a temporary table of another request: %s %s", r.code(), r.body)
			}
		}
	})

	t.Run("analyst", func(t *testing.T) {
		secret := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(secret, []byte("SECRET"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := c.must(t, Analyst, "SELECT name FROM mart.t ORDER BY a LIMIT 1"); got != "张*\n" {
			t.Errorf("masked view: %q", got)
		}
		for _, sql := range []string{
			"SHOW TABLES FROM mart", "SHOW DATABASES", "DESCRIBE TABLE mart.t", "EXPLAIN ESTIMATE SELECT * FROM mart.t",
			"WITH x AS (SELECT a FROM mart.t) SELECT * FROM x -- file('x')", "SELECT 'file', '张''三' FROM mart.t",
			"SELECT * FROM mart.t FORMAT JSON", "SELECT * FROM system.columns", "SELECT - - 1",
			"SELECT * FROM mart.t WHERE a IN (SELECT number FROM numbers(3)) FORMAT Parquet;",
		} {
			c.must(t, Analyst, sql)
		}
		for _, sql := range []string{
			"SELECT * FROM store.t", "SELECT * FROM meta.ledger", "EXPLAIN SELECT * FROM store.t", "DESCRIBE store.t", "SHOW CREATE TABLE store.t",
			"SELECT * FROM view(SELECT * FROM store.t)", "SELECT * FROM merge('store', '.*')", "CHECK TABLE store.t",
			"SELECT file('" + secret + "')", "SELECT `file`('" + secret + "')", "SELECT \"fi\\x6ce\"('" + secret + "')",
			"SELECT file/**/('" + secret + "')", "SELECT arrayMap(file, ['" + secret + "'])", "SELECT * APPLY file FROM (SELECT '" + secret + "')",
			"SELECT * APPLY(file) FROM (SELECT '" + secret + "')", "SELECT $a$'$a$, file('" + secret + "')", "SELECT - -file('" + secret + "')",
			"EXPLAIN SELECT file('" + secret + "')", "WITH x -> file(x) AS f SELECT f('" + secret + "')", "SELECT arrayMap(x -> file(x), ['" + secret + "'])",
			"SELECT '/*', file('" + secret + "'), '*/'", "SELECT 1 AS `'`, file('" + secret + "') AS `'`", "SELECT length(file('" + secret + "'))",
			"SELECT * FROM file('" + secret + "', 'RawBLOB')", "DESCRIBE TABLE file('" + secret + "')", "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
			"SELECT * FROM eval('SELECT 1') SETTINGS allow_experimental_eval_table_function = 1", "SELECT * FROM executable('ls', 'CSV', 'a String')",
			"SELECT * FROM remote('127.0.0.1', 'store', 't')", "SELECT * FROM s3('http://x/y', 'CSV')", "SELECT * FROM sqlite('/tmp/x', 't')",
			"SET ROLE loader", "SET ROLE loader; SELECT * FROM store.t", "SELECT 1; SET ROLE loader", "SELECT 1; SELECT 2", "USE store",
			"INSERT INTO mart.t VALUES (1, 'x')", "INSERT INTO FUNCTION file('/tmp/x', 'CSV', 'a Int8') VALUES (1)", "CREATE TABLE mart.x (a Int8) ENGINE = Memory",
			"CREATE TEMPORARY TABLE x (a Int8)", "DROP VIEW mart.t", "ALTER TABLE store.t DELETE WHERE 1", "SELECT 1 INTO OUTFILE '/tmp/yanzhen-x'",
			"SELECT 1 SETTINGS readonly = 0", "SELECT 1 SETTINGS max_memory_usage = 1", "SHOW PROCESSLIST", "SELECT query FROM system.processes",
			"SELECT * FROM `system`.`processes`", "SELECT * FROM system.stack_trace", "KILL QUERY WHERE query_id = 'x'", "SYSTEM SHUTDOWN", "bogus", "",
		} {
			r := c.post(t, Analyst, "", sql)
			if r.status == 200 || strings.Contains(r.body, "SECRET") {
				t.Errorf("%s: let through: %.200s", sql, r.body)
			}
		}
		for _, p := range []string{"database=store", "database=system", "readonly=0", "allow_ddl=1", "allow_introspection_functions=1", "additional_result_filter=1", "output_format_schema=/tmp/x", "format_template_row=/etc/hostname"} {
			if r := c.post(t, Analyst, p, "SELECT 1"); r.status == 200 {
				t.Errorf("%s: let through", p)
			}
		}
		for _, x := range [][2]string{{"300", "UInt8"}, {"2026-02-30", "Date"}, {"1949-10-01", "Date"}, {"[1,300]", "Array(UInt8)"}, {"1.25", "Decimal(4, 1)"}} {
			if r := c.post(t, Analyst, url.Values{"param_x": {x[0]}}.Encode(), "SELECT {x:"+x[1]+"}"); r.code() != "457" || !strings.Contains(r.body, "query parameter 'x'") {
				t.Errorf("%v: %d %s", x, r.status, r.body)
			}
		}
		if r := c.post(t, Analyst, "param_x=2026-02-28&param_y=44", "SELECT {x:Date}, {y:UInt8}"); r.body != "2026-02-28\t44\n" {
			t.Errorf("values that fit: %d %s", r.status, r.body)
		}
		if r := c.post(t, Analyst, "param_t=store.t", "SELECT * FROM {t:Identifier}"); r.status == 200 {
			t.Errorf("Identifier: let through")
		}
		if r := c.post(t, Analyst, "query="+url.QueryEscape("INSERT INTO mart.t FORMAT CSV"), "1,x\n"); r.status == 200 {
			t.Errorf("insert with a body: let through")
		}
		if r := c.send(t, "GET", Loader, "query="+url.QueryEscape("DROP TABLE store.t"), nil, nil); r.status == 200 {
			t.Errorf("GET may write")
		}
		for _, sql := range []string{"INSERT INTO store.t VALUES (3, 'x')", "DROP TABLE store.t", "CREATE TABLE store.y (a Int8) ENGINE = Memory", "SELECT * FROM file('/etc/hostname', 'RawBLOB')"} {
			if r := c.post(t, Reader, "", sql); r.status == 200 {
				t.Errorf("reader: %s: let through", sql)
			}
		}
		// no table function looks at, or makes, what lies outside
		names := strings.Fields(c.must(t, Loader, "SELECT name FROM system.table_functions"))
		outside := filepath.Join(t.TempDir(), "outside")
		if err := os.Mkdir(outside, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, name := range append(names, "`sqlite`", "SQLite", "/**/sqlite/**/") {
			path := "'" + outside + "/" + strings.Trim(name, "`/*") + "'"
			for _, args := range []string{path, path + ", 't'", path + ", 'RawBLOB', 'a String'", "'store', 't'"} {
				c.post(t, Analyst, "", "SELECT * FROM "+name+"("+args+") LIMIT 1")
			}
		}
		if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
			t.Errorf("made outside: %v %v", left, err)
		}
		for _, sql := range []string{"SELECT count() FROM numbers(3)", "SELECT * FROM generateSeries(1, 3)", "SELECT * FROM values('a Int8', 1, 2)", "SELECT name FROM merge('mart', '^t$') LIMIT 1", "SELECT format('{}', 1), 2 AS url, url + 1", "WITH remote AS (SELECT 1 AS a) SELECT a FROM remote"} {
			c.must(t, Analyst, sql)
		}
		if r := c.post(t, "someone", "", "SELECT 1"); r.status != 401 {
			t.Errorf("unknown user: %d", r.status)
		}
	})

	t.Run("stops", func(t *testing.T) {
		const long = "SELECT sum(cityHash64(number)) FROM numbers(1000000000000)"
		// what is asked for: a kill by id, while the engine works and nothing has been sent
		for _, sql := range []string{long, "SELECT * FROM numbers(1000000000000) FORMAT JSON", "INSERT INTO store.z SELECT number FROM numbers(1000000000000) WHERE cityHash64(number) = 1"} {
			got := make(chan reply, 1)
			go func() { got <- c.post(t, Loader, "query_id=slow", sql) }()
			begun := time.Now()
			for stopped := false; !stopped; {
				c.post(t, Loader, "", "KILL QUERY WHERE query_id = 'slow' SYNC")
				select {
				case r := <-got:
					if r.err == nil && r.code() != "394" {
						t.Errorf("%s: %d %s", sql, r.status, r.body)
					}
					stopped = true
				case <-time.After(100 * time.Millisecond):
				}
				if time.Since(begun) > 5*time.Second {
					t.Fatalf("%s: still running", sql)
				}
			}
		}
		// a client that goes away, in the middle of a result or before it
		for _, sql := range []string{long, "SELECT * FROM numbers(1000000000000)", "SELECT * FROM numbers(1000000000000) FORMAT JSON"} {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			req, _ := http.NewRequestWithContext(ctx, "POST", c.base+"?user=reader", strings.NewReader(sql))
			if res, err := c.http.Do(req); err == nil {
				_, _ = io.CopyN(io.Discard, res.Body, 1<<20)
				res.Body.Close()
			}
			cancel()
		}
		idle(t, c)
		begun := time.Now()
		if r := c.post(t, Reader, "max_execution_time=1", long); r.code() != "159" || time.Since(begun) > 3*time.Second {
			t.Errorf("max_execution_time: %s %s after %v", r.code(), r.body, time.Since(begun))
		}
		// an insert whose client sends nothing more
		pr, pw := io.Pipe()
		defer pw.Close()
		got := make(chan reply, 1)
		go func() {
			got <- c.send(t, "POST", Loader, "query_id=stalled&query="+url.QueryEscape("INSERT INTO store.z FORMAT TSV"), pr, nil)
		}()
		_, _ = pw.Write([]byte("1\n"))
		time.Sleep(100 * time.Millisecond)
		c.must(t, Loader, "KILL QUERY WHERE query_id = 'stalled'")
		select {
		case r := <-got:
			if r.err == nil && r.code() != "394" {
				t.Errorf("stalled insert: %d %s", r.status, r.body)
			}
		case <-time.After(5 * time.Second):
			t.Error("stalled insert: still running")
		}
		idle(t, c)
	})

	t.Run("one id at a time", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			req, _ := http.NewRequestWithContext(ctx, "POST", c.base+"?user=reader&query_id=twin", strings.NewReader("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)"))
			if res, err := c.http.Do(req); err == nil {
				res.Body.Close()
			}
		}()
		for range 50 {
			if c.must(t, Loader, "SELECT count() FROM system.processes WHERE Settings['log_comment'] = 'twin'") != "1\n" {
				time.Sleep(10 * time.Millisecond)
				continue
			}
			r := c.post(t, Reader, "query_id=twin", "SELECT 1")
			if r.code() == "216" {
				cancel()
				idle(t, c)
				return
			}
			break
		}
		cancel()
		t.Error("two statements ran under one id")
	})
}

// idle waits until the engine runs nothing but the question.
func idle(t *testing.T, c client) {
	t.Helper()
	var got string
	for range 50 {
		if got = c.must(t, Loader, "SELECT query FROM system.processes WHERE query NOT LIKE '%system.processes%'"); got == "" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("still running: %s", got)
}

// Who waits for a page comes before who asks in SQL, on the private socket too; a request may ask for less, not for more.
func TestRank(t *testing.T) {
	e := start(t, Config{MemoryLimit: 2 << 30})
	c := dial(e.Socket())
	const q = "SELECT getSetting('priority'), getSetting('max_threads') <= 2, getSetting('max_memory_usage')"
	for _, x := range []struct{ user, params, want string }{
		{Loader, "", "0\t"},
		{Reader, "", "1\t"},
		{Reader, "priority=0", "1\t"},
		{Reader, "priority=20", "20\t"},
		{Analyst, "", "10\t1\t536870912\n"},
		{Analyst, "priority=0&max_threads=64&max_memory_usage=0", "10\t1\t536870912\n"},
		{Analyst, "max_memory_usage=1000000&max_threads=1", "10\t1\t1000000\n"},
	} {
		if r := c.post(t, x.user, x.params, q); !strings.HasPrefix(r.body, x.want) {
			t.Errorf("%s %s: %q", x.user, x.params, r.body)
		}
	}
	// one that eats memory is stopped for itself, and the others go on
	r := c.post(t, Analyst, "", "SELECT groupArray(repeat(toString(number), 1000)) FROM numbers(10000000)")
	if r.code() != "241" || strings.Contains(r.body, "(total)") {
		t.Errorf("%d %s %.300s", r.status, r.code(), r.body)
	}
	c.must(t, Reader, "SELECT 1")
}

// While a reader's statement runs an analyst's reads next to nothing.
func TestStandsStill(t *testing.T) {
	e := start(t, Config{})
	c := dial(e.Socket())
	c.must(t, Loader, "CREATE DATABASE mart ENGINE = Atomic")
	read := func() uint64 {
		s := c.must(t, Loader, "SELECT sum(read_rows) FROM system.processes WHERE query LIKE '%cityHash64(number, 7)%' AND query NOT LIKE '%processes%'")
		n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	ended := make(chan reply, 1)
	go func() {
		ended <- c.post(t, Analyst, "query_id=endless", "SELECT sum(cityHash64(number, 7)) FROM numbers(100000000000)")
	}()
	for read() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	progress := func() uint64 {
		before := read()
		time.Sleep(time.Second)
		return read() - before
	}
	alone := progress()
	over := make(chan reply, 1)
	go func() {
		over <- c.post(t, Reader, "max_block_size=1", "SELECT sum(sleepEachRow(0.05)) FROM numbers(60)")
	}()
	for c.must(t, Loader, "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow(0.05)%' AND query NOT LIKE '%processes%'") == "0\n" {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(200 * time.Millisecond) // what was under way ends
	if beside := progress(); beside*4 > alone {
		t.Errorf("%d rows beside a reader's statement, %d alone", beside, alone)
	}
	<-over
	c.must(t, Loader, "KILL QUERY WHERE query_id = 'endless'")
	<-ended
}

// As many statements of analysts run as may, more wait for their turn, and where too many wait the next is refused in a
// sentence; pages have lanes of their own.
func TestQueue(t *testing.T) {
	e := start(t, Config{Analysts: 2})
	c := dial(e.Socket())
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			if r := c.post(t, Analyst, "quota_key="+strconv.Itoa(i%4), "SELECT sleep(0.02)"); r.status != 200 {
				t.Errorf("one of 32: %d %s", r.status, r.body)
			}
		})
	}
	all.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	long := func(who string) {
		all.Go(func() {
			req, err := http.NewRequestWithContext(ctx, "POST", c.base+"?user=analyst&quota_key="+who, strings.NewReader("SELECT sum(cityHash64(number)) FROM numbers(1000000000000) WHERE sleep(0.05) = 0"))
			if err != nil {
				t.Error(err)
				return
			}
			if res, err := c.http.Do(req); err == nil {
				res.Body.Close()
			}
		})
	}
	var r reply
	asked := func(who string) {
		quick, end := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer end()
		req, err := http.NewRequestWithContext(quick, "POST", c.base+"?user=analyst&quota_key="+who, strings.NewReader("SELECT 1"))
		if err != nil {
			t.Fatal(err)
		}
		if res, err := c.http.Do(req); err == nil {
			b, _ := io.ReadAll(res.Body)
			res.Body.Close()
			r = reply{status: res.StatusCode, header: res.Header, body: string(b)}
		}
	}
	for range 1 + 16 + 2 { // one person runs one, because the last place is kept, and fills a quarter of the queue
		long("li")
	}
	for range 200 {
		if asked("li"); r.code() == "202" {
			break
		}
	}
	if r.code() != "202" || r.status != 429 || !strings.Contains(r.body, "too many of your statements wait") {
		t.Errorf("one person's part of the queue is full: %d %s", r.status, r.body)
	}
	if r := c.post(t, Analyst, "quota_key=wang", "SELECT 1"); r.status != 200 || r.body != "1\n" {
		t.Errorf("another beside it: %d %s", r.status, r.body)
	}
	for i := range 64 { // with those of li more than there is room for
		long(strconv.Itoa(i))
	}
	for range 200 {
		if asked(""); strings.Contains(r.body, "try again in a moment") {
			break
		}
	}
	if r.code() != "202" || r.status != 429 || !strings.Contains(r.body, "try again in a moment") {
		t.Errorf("the queue is full: %d %s", r.status, r.body)
	}
	n := ""
	for range 500 { // who has his turn may not be in the engine's list yet
		if n = strings.TrimSpace(c.must(t, Reader, "SELECT count() FROM system.processes WHERE query LIKE '%cityHash64(number)%' AND query NOT LIKE '%processes%'")); n > "1" {
			break
		}
	}
	if n != "2" {
		t.Errorf("%s statements of analysts run, want 2", n)
	}
	cancel()
	all.Wait()
	for range 500 { // those that waited have gone too
		if r := c.post(t, Analyst, "", "SELECT 1"); r.status == 200 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the queue stays full")
}

// One process serves a directory; the second learns who does.
func TestBusy(t *testing.T) {
	dir := t.TempDir()
	e := start(t, Config{Dir: dir})
	_, err := Start(t.Context(), Config{Dir: dir})
	if !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), fmt.Sprint("pid ", os.Getpid())) {
		t.Errorf("%v", err)
	}
	if s, ok := Find(dir); !ok || s != e.Socket() {
		t.Errorf("Find: %q %v", s, ok)
	}
	e.Close()
	e.Close()
	if s, ok := Find(dir); ok {
		t.Errorf("Find after Close: %q", s)
	}
	start(t, Config{Dir: dir})
}

// A directory whose name leaves no room for a socket gets one elsewhere, and Find knows where.
func TestLongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("很长的目录名", 8))
	e := start(t, Config{Dir: dir})
	if len(e.Socket()) > maxSocketPath {
		t.Errorf("socket path of %d bytes", len(e.Socket()))
	}
	s, ok := Find(dir)
	if !ok || s != e.Socket() {
		t.Errorf("Find: %q %v", s, ok)
	}
	dial(s).must(t, Reader, "SELECT 1")
	e.Close()
	if _, err := os.Stat(filepath.Dir(s)); err == nil {
		t.Error("the short directory stayed")
	}
}

// The engine's process dies: the data stay, the next statement waits for the next process.
func TestCrash(t *testing.T) {
	e := start(t, Config{})
	c := dial(e.Socket())
	c.must(t, Loader, "CREATE DATABASE store ENGINE = Atomic")
	c.must(t, Loader, "CREATE TABLE store.t (a UInt64) ENGINE = MergeTree ORDER BY a")
	c.must(t, Loader, "INSERT INTO store.t SELECT number FROM numbers(1000000)")
	for range 3 {
		pid := e.PID()
		lost := make(chan reply, 1)
		go func() {
			lost <- c.post(t, Loader, "", "INSERT INTO store.t SELECT number FROM numbers(1000000000000) SETTINGS max_block_size = 100000, min_insert_block_size_rows = 100000")
		}()
		time.Sleep(300 * time.Millisecond)
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if r := <-lost; r.err == nil {
			t.Errorf("the statement of a killed engine ended with %d %s", r.status, r.body)
		}
		begun := time.Now()
		if got := c.must(t, Reader, "SELECT count() >= 1000000 FROM store.t WHERE a < 1000000"); got != "1\n" {
			t.Errorf("rows after a crash: %s", got)
		}
		t.Logf("answered %v after the crash", time.Since(begun).Round(time.Millisecond))
		for e.PID() == pid { // it answers a moment before its parent has heard that it is ready
			if time.Since(begun) > 10*time.Second {
				t.Fatal("same process")
			}
			time.Sleep(5 * time.Millisecond)
		}
		c.must(t, Loader, "CHECK TABLE store.t")
		c.must(t, Loader, "TRUNCATE TABLE store.t")
		c.must(t, Loader, "INSERT INTO store.t SELECT number FROM numbers(1000000)")
	}
}

// parentEnv makes this test binary the parent that TestKilled kills.
const parentEnv = "YANZHEN_TEST_PARENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentEnv); dir != "" {
		e, err := Start(context.Background(), Config{Dir: dir})
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println(e.PID())
		select {}
	}
	os.Exit(m.Run())
}

// Everything is killed in the middle of an insert, or only the parent is: the engine's process goes
// too, and the directory opens again with whole parts.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), parentEnv+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, _ := bufio.NewReader(out).ReadString('\n')
		pid, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			t.Fatalf("%q", line)
		}
		socket, ok := Find(dir)
		if !ok {
			t.Fatal("no socket")
		}
		c := dial(socket)
		if round == 0 {
			c.must(t, Loader, "CREATE DATABASE store ENGINE = Atomic")
			c.must(t, Loader, "CREATE TABLE store.t (a UInt64, b UInt64) ENGINE = MergeTree ORDER BY a")
			c.must(t, Loader, "CREATE TABLE store.ledger (n UInt64) ENGINE = MergeTree ORDER BY n")
		} else if got := c.must(t, Reader, "SELECT count(), sum(n) FROM store.ledger"); got != fmt.Sprintf("%d\t%d\n", round, round*(round-1)/2) {
			t.Errorf("round %d: ledger %q", round, got)
		} else {
			if got := c.must(t, Loader, "CHECK TABLE store.t SETTINGS check_query_single_value_result = 1"); got != "1\n" {
				t.Errorf("round %d: %q", round, got)
			}
			if got := c.must(t, Reader, "SELECT countIf(b != a + 1) FROM store.t"); got != "0\n" {
				t.Errorf("round %d: torn rows %q", round, got)
			}
		}
		c.must(t, Loader, fmt.Sprintf("INSERT INTO store.ledger VALUES (%d)", round))
		lost := make(chan reply, 1)
		go func() {
			lost <- c.post(t, Loader, "", "INSERT INTO store.t SELECT number, number + 1 FROM numbers(100000000000) SETTINGS max_block_size = 50000, min_insert_block_size_rows = 50000, min_insert_block_size_bytes = 1")
		}()
		time.Sleep(400 * time.Millisecond)
		if round%2 == 0 { // all at once, as when the machine loses power
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if r := <-lost; r.err == nil && r.status == 200 {
			t.Error("the insert ended well")
		}
		begun := time.Now()
		for syscall.Kill(pid, 0) == nil && !zombie(pid) {
			if time.Since(begun) > 15*time.Second {
				t.Fatal("the engine's process stayed")
			}
			time.Sleep(20 * time.Millisecond)
		}
		for ok := true; ok; _, ok = Find(dir) { // the kernel closes a dead process's files when it gets to it
			if time.Since(begun) > 15*time.Second {
				t.Fatal("Find: something answers")
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	c := dial(start(t, Config{Dir: dir}).Socket())
	if got := c.must(t, Reader, "SELECT count(), sum(n) FROM store.ledger"); got != "3\t3\n" {
		t.Errorf("ledger %q", got)
	}
}

// zombie tells whether a process ended that nobody waited for; in a container nobody may.
func zombie(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(b), ") Z ")
}

// A long export needs no more memory than a piece of it, in any format.
func TestMemory(t *testing.T) {
	e := start(t, Config{MemoryLimit: 1 << 30})
	c := dial(e.Socket())
	before := resident(t, e.PID())
	c.must(t, Reader, "SELECT 1")
	for _, format := range []string{"CSVWithNames", "JSON", "Native"} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", c.base+"?user=reader&default_format="+format, strings.NewReader("SELECT number, toString(number) AS s FROM numbers(10000000)"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if err != nil || n < 140<<20 {
			t.Errorf("%s: %d bytes: %v", format, n, err)
		}
		grown := resident(t, e.PID()) - before
		t.Logf("%s: %d MB sent, the engine grew by %d MB", format, n>>20, grown>>20)
		// allocator and threads keep some tens of MB on a busy machine; an answer held whole would be 150 to 460
		if grown > 128<<20 {
			t.Errorf("%s: %d MB sent, the engine grew by %d MB", format, n>>20, grown>>20)
		}
	}
	if r := c.post(t, Reader, "", "SELECT length(groupArray(number)) FROM numbers(300000000)"); r.code() != "241" {
		t.Errorf("MemoryLimit: %d %s", r.status, r.body)
	}
	c.must(t, Reader, "SELECT 1")
}

// resident is the peak memory of a process in bytes.
func resident(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("no /proc here")
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.Atoi(f[1])
			return kb << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

func TestNoLibrary(t *testing.T) {
	_, err := Start(t.Context(), Config{Dir: t.TempDir(), Lib: "/nowhere/libchdb.so"})
	if !errors.Is(err, ErrNoLibrary) || !strings.Contains(err.Error(), "make setup") || !strings.Contains(err.Error(), "/nowhere/libchdb.so") {
		t.Errorf("%v", err)
	}
	junk := filepath.Join(t.TempDir(), "libchdb.so")
	if err := os.WriteFile(junk, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	_, err = Start(t.Context(), Config{Dir: dir, Lib: junk})
	if !errors.Is(err, ErrNoLibrary) || !strings.Contains(err.Error(), junk) {
		t.Errorf("%v", err)
	}
	start(t, Config{Dir: dir}) // the directory was let go
}

// The three databases go into archives and come back. The library has no zip: .tar.gz, or a directory.
func TestBackup(t *testing.T) {
	backups := t.TempDir()
	e := start(t, Config{Backups: backups})
	c := dial(e.Socket())
	for _, db := range []string{"store", "mart", "meta"} {
		c.must(t, Loader, "CREATE DATABASE "+db+" ENGINE = Atomic")
	}
	c.must(t, Loader, "CREATE TABLE store.t (a UInt64) ENGINE = MergeTree ORDER BY a")
	c.must(t, Loader, "CREATE VIEW mart.t DEFINER = default SQL SECURITY DEFINER AS SELECT a FROM store.t")
	c.must(t, Loader, "INSERT INTO store.t SELECT number FROM numbers(1000)")
	for _, db := range []string{"store", "mart", "meta"} {
		c.must(t, Loader, fmt.Sprintf("BACKUP DATABASE %s TO File('%s/%s.tar.gz')", db, backups, db))
	}
	for _, sql := range []string{
		"BACKUP DATABASE store TO File('/tmp/yanzhen-elsewhere.tar.gz')",
		fmt.Sprintf("BACKUP DATABASE store TO File('%s/store.tar.gz')", backups), // never over an older one
	} {
		if r := c.post(t, Loader, "", sql); r.status == 200 {
			t.Errorf("%s: %s", sql, r.body)
		}
	}
	if r := c.post(t, Reader, "", fmt.Sprintf("BACKUP DATABASE store TO File('%s/x.tar.gz')", backups)); r.code() != "497" {
		t.Errorf("reader: %s", r.body)
	}
	e.Close()
	// into a new directory, as after a lost disk
	c = dial(start(t, Config{Backups: backups}).Socket())
	for _, db := range []string{"store", "mart", "meta"} {
		c.must(t, Loader, fmt.Sprintf("RESTORE DATABASE %s FROM File('%s/%s.tar.gz')", db, backups, db))
	}
	if got := c.must(t, Analyst, "SELECT count(), sum(a) FROM mart.t"); got != "1000\t499500\n" {
		t.Errorf("%q", got)
	}
}
