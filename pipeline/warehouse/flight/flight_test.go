package flight_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/flight/flightsql"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/flight"
	"yanzhen/pipeline/warehouse/greeting"
	"yanzhen/pipeline/warehouse/plain"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// gone is whether li has lost the right to come.
var gone struct {
	sync.Mutex
	li bool
}

func people(_ context.Context, c door.Caller) (door.Guest, error) {
	gone.Lock()
	defer gone.Unlock()
	switch {
	case (c.Token == "t-li" || c.Name == "li" && c.Password == "p:1/@") && !gone.li:
		return door.Guest{Name: "li"}, nil
	case c.Name == "zhao" && c.Password == "p3":
		return door.Guest{Name: "zhao", Export: true}, nil
	case c.Name == "broken":
		return door.Guest{}, errors.New("/var/secret/accounts is gone")
	}
	return door.Guest{}, door.ErrRefused
}

type opened struct {
	address string
	mu      sync.Mutex
	records []door.Statement

	strangers []string
}

func open(t *testing.T) *opened { return openWith(t, nil) }

func openWith(t *testing.T, conf *tls.Config) *opened {
	t.Helper()
	db := warehousetest.Open(t)
	for _, sql := range []string{
		"CREATE TABLE store.arrivals (n UInt64, name String, level Nullable(Int8), date Date32, node LowCardinality(String)) ENGINE = MergeTree ORDER BY n",
		"INSERT INTO store.arrivals SELECT number, '张三', if(number % 2 = 0, NULL, 3), '2026-01-01', if(number < 600, '精密铸造', 'mining') FROM numbers(1000)",
		"CREATE TABLE meta.secret (a UInt8) ENGINE = MergeTree ORDER BY a",
		"CREATE VIEW mart.arrivals (n UInt64, name String, level Nullable(Int8), date Date32, node LowCardinality(String)) " +
			"DEFINER = default SQL SECURITY DEFINER AS SELECT n, concat(substringUTF8(name, 1, 1), '*') AS name, level, date, node FROM store.arrivals",
	} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	analyst, err := warehouse.Open(t.Context(), warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "analyst", Database: "mart"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &opened{address: l.Addr().String()}
	s, err := flight.Serve(l, flight.Config{
		DB: analyst, Admit: people, TLS: conf, Exports: &door.Exports{Rows: 1_500_000, Time: time.Minute, AtOnce: 2},
		Record: func(x door.Statement) { o.mu.Lock(); defer o.mu.Unlock(); o.records = append(o.records, x) },
		Told: func(_ net.Addr, protocol string) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.strangers = append(o.strangers, protocol)
		},
		Names: func(context.Context) plain.Names { return plain.Names{Tables: []string{"arrivals"}} },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); analyst.Close() })
	return o
}

func (o *opened) client(t *testing.T) *flightsql.Client {
	t.Helper()
	c, err := flightsql.NewClient(o.address, nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// rows asks and counts what comes.
func rows(ctx context.Context, c *flightsql.Client, sql string) (n int64, err error) {
	info, err := c.Execute(ctx, sql)
	if err != nil {
		return 0, err
	}
	for _, e := range info.Endpoint {
		r, err := c.DoGet(ctx, e.Ticket)
		if err != nil {
			return n, err
		}
		for r.Next() {
			n += r.Record().NumRows()
		}
		err = r.Err()
		r.Release()
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func TestWhoComes(t *testing.T) {
	o := open(t)
	c := o.client(t)
	if _, err := rows(t.Context(), c, "select 1"); status.Code(err) != codes.Unauthenticated {
		t.Errorf("nobody: %v", err)
	}
	for _, who := range [][2]string{{"li", "p2"}, {"li", ""}, {"analyst", "x"}, {"loader", ""}, {strings.Repeat("x", 9000), "y"}} {
		if _, err := c.Client.AuthenticateBasicToken(t.Context(), who[0], who[1]); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%.20s: %v", who[0], err)
		}
	}
	if _, err := c.Client.AuthenticateBasicToken(t.Context(), "broken", "x"); status.Code(err) != codes.Unavailable || strings.Contains(err.Error(), "secret") {
		t.Errorf("accounts that are gone: %v", err)
	}
	for _, bad := range []string{"Bearer nope", "Basic !!!", "Basic", "Digest x"} {
		if _, err := rows(metadata.AppendToOutgoingContext(t.Context(), "authorization", bad), c, "select 1"); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%s: %v", bad, err)
		}
	}
	ctx, err := c.Client.AuthenticateBasicToken(t.Context(), "li", "p:1/@")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := rows(ctx, c, "select * from arrivals"); n != 1000 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	byToken := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer t-li")
	if n, err := rows(byToken, c, "select * from arrivals"); n != 1000 || err != nil {
		t.Errorf("by a token: %d %v", n, err)
	}
	gone.Lock()
	gone.li = true
	gone.Unlock()
	defer func() { gone.Lock(); gone.li = false; gone.Unlock() }()
	if _, err := rows(ctx, c, "select 1"); status.Code(err) != codes.Unauthenticated {
		t.Errorf("a session outlives its account: %v", err)
	}
	if _, err := rows(byToken, c, "select 1"); status.Code(err) != codes.Unauthenticated {
		t.Errorf("a token outlives its account: %v", err)
	}
}

func TestRefused(t *testing.T) {
	o := open(t)
	c := o.client(t)
	ctx, err := c.Client.AuthenticateBasicToken(t.Context(), "li", "p:1/@")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range warehousetest.Refusals {
		if _, err := rows(ctx, c, r.SQL); err == nil {
			t.Errorf("%s ran", r.Name)
		} else if strings.Contains(err.Error(), "store.") && !strings.Contains(r.SQL, "store") {
			t.Errorf("%s: says too much: %v", r.Name, err)
		}
	}
	if _, err := c.ExecuteUpdate(ctx, "insert into arrivals values (1)"); err == nil {
		t.Error("an update ran")
	}
	if _, err := c.BeginTransaction(ctx); err == nil {
		t.Error("a transaction began")
	}
	en := metadata.AppendToOutgoingContext(ctx, "accept-language", "en")
	if _, err := rows(en, c, "select * from arrival"); status.Code(err) != codes.NotFound || !strings.Contains(err.Error(), "did you mean arrivals?") {
		t.Errorf("%v", err)
	}
	if _, err := rows(ctx, c, "select groupArray(repeat(toString(number), 1000)) from numbers(10000000)"); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("memory: %v", err)
	}
	// an answer that fails under way is no whole answer
	if _, err := rows(ctx, c, "select throwIf(number = 3000000, 'too far') from numbers(4000000)"); err == nil {
		t.Error("a cut answer was taken for a whole one")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.records) < len(warehousetest.Refusals) || o.records[0].Guest != "li" {
		t.Errorf("%d recorded", len(o.records))
	}
}

// A statement that is too long is refused in words and written down, whether or not it was read; so are clients of other
// protocols.
func TestWrongHere(t *testing.T) {
	o := open(t)
	c := o.client(t)
	ctx, err := c.Client.AuthenticateBasicToken(t.Context(), "li", "p:1/@")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{door.MaxStatement + 1, 10 << 20, 40 << 20} {
		_, err := rows(ctx, c, "select '"+strings.Repeat("x", size)+"'")
		if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "语句超过 1 MB：") || !strings.Contains(err.Error(), "62") {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	if _, err := rows(t.Context(), c, "select '"+strings.Repeat("x", 10<<20)+"'"); status.Code(err) != codes.Unauthenticated {
		t.Errorf("who is not known is read: %v", err)
	}
	res, err := http.Get("http://" + o.address + "/?query=select+1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); res.StatusCode != 400 || res.Header.Get("X-ClickHouse-Exception-Code") != "48" || !strings.Contains(string(b), "database.listen") {
		t.Errorf("HTTP: %d %s", res.StatusCode, b)
	}
	native, err := net.Dial("tcp", o.address)
	if err != nil {
		t.Fatal(err)
	}
	defer native.Close()
	_, _ = native.Write([]byte("\x00\x11ClickHouse client"))
	if b, _ := io.ReadAll(native); len(b) < 5 || b[0] != 2 || !strings.Contains(string(b), "by HTTP to the port of database.listen") {
		t.Errorf("native: %q", b)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.records) != 3 || o.records[0].Code != 62 || o.records[1].Guest != "li" || len(o.records[0].SQL) > 400 {
		t.Errorf("recorded: %.400v", o.records)
	}
	if !slices.Equal(o.strangers, []string{greeting.HTTP, greeting.Native}) {
		t.Errorf("told of: %v", o.strangers)
	}
}

// Under TLS clients of Flight come in as without it, and others are told so inside it.
func TestTLS(t *testing.T) {
	lent := httptest.NewUnstartedServer(nil)
	lent.StartTLS()
	certificates, roots := lent.TLS.Certificates, lent.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	lent.Close()
	o := openWith(t, &tls.Config{Certificates: certificates, MinVersion: tls.VersionTLS12})
	conf := &tls.Config{RootCAs: roots, ServerName: "example.com"}
	c, err := flightsql.NewClient(o.address, nil, nil, grpc.WithTransportCredentials(credentials.NewTLS(conf)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, err := c.Client.AuthenticateBasicToken(t.Context(), "li", "p:1/@")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := rows(ctx, c, "select number from numbers(900000)"); n != 900_000 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	native, err := tls.Dial("tcp", o.address, conf)
	if err != nil {
		t.Fatal(err)
	}
	defer native.Close()
	_, _ = native.Write([]byte("\x00\x11ClickHouse client"))
	if b, _ := io.ReadAll(native); len(b) < 5 || b[0] != 2 || !strings.Contains(string(b), "by HTTP to the port of database.listen") {
		t.Errorf("native: %q", b)
	}
	res, err := http.Get("http://" + o.address + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); res.StatusCode != 400 || !strings.Contains(string(b), "grpc+tls://") {
		t.Errorf("HTTP without TLS: %d %s", res.StatusCode, b)
	}
	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: conf.Clone(), ForceAttemptHTTP2: true}}
	if res, err = browser.Get("https://" + o.address + "/"); err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); res.StatusCode != 400 || !strings.Contains(string(b), "database.listen") {
		t.Errorf("a browser: %d %s", res.StatusCode, b)
	}
	open, err := flightsql.NewClient(o.address, nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if _, err := open.Client.AuthenticateBasicToken(t.Context(), "li", "p:1/@"); err == nil || !strings.Contains(err.Error(), "grpc+tls://") {
		t.Errorf("without TLS: %v", err)
	}
}

func TestListing(t *testing.T) {
	o := open(t)
	c := o.client(t)
	ctx, err := c.Client.AuthenticateBasicToken(t.Context(), "li", "p:1/@")
	if err != nil {
		t.Fatal(err)
	}
	for _, included := range []bool{false, true} {
		info, err := c.GetTables(ctx, &flightsql.GetTablesOpts{IncludeSchema: included})
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.DoGet(ctx, info.Endpoint[0].Ticket)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Next() || r.Record().NumRows() != 1 || r.Record().Column(2).ValueStr(0) != "arrivals" {
			t.Errorf("tables: %v", r.Record())
		}
		r.Release()
	}
	// what adbc_get_info asks first: name, version, version of Arrow
	info, err := c.GetSqlInfo(ctx, []flightsql.SqlInfo{flightsql.SqlInfoFlightSqlServerName, flightsql.SqlInfoFlightSqlServerVersion, flightsql.SqlInfoFlightSqlServerArrowVersion})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.DoGet(ctx, info.Endpoint[0].Ticket)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if !r.Next() || r.Record().NumRows() != 3 {
		t.Errorf("what the server is: %v", r.Err())
	}
	_ = memory.DefaultAllocator
}

// A client that goes away takes its statement with it.
func TestCancel(t *testing.T) {
	o := open(t)
	c := o.client(t)
	ctx, err := c.Client.AuthenticateBasicToken(t.Context(), "li", "p:1/@")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	_, _ = rows(ctx, c, "select cityHash64(number) as h from numbers(900000000) where h = 1")
	db := warehousetest.OpenAs(t, "loader")
	for range 500 {
		var n uint64
		if err := db.Row(t.Context(), warehouse.SQL("select count() from system.processes where query like '%numbers(900000000)%' and query not like '%processes%'"), &n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the statement runs on")
}

// The Python driver of ADBC, as make clients fetches it, with the snippet of docs/connect.md.
func TestPythonClient(t *testing.T) {
	if os.Getenv("YANZHEN_CLIENTS") == "" {
		t.Skip("opt-in: make clients fetches the clients of Python and Java and runs them")
	}
	python, err := filepath.Abs("../../../.cache/clients/venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	o := open(t)
	text, err := os.ReadFile("../../../docs/connect.md")
	if err != nil {
		t.Fatal(err)
	}
	of := func(name string) string {
		_, snippet, _ := strings.Cut(string(text), "**"+name+"**")
		_, snippet, _ = strings.Cut(snippet, "```python\n")
		snippet, _, found := strings.Cut(snippet, "```")
		if !found || strings.Count(snippet, "\n") > 5 {
			t.Fatalf("the snippet: %q", snippet)
		}
		return strings.NewReplacer("HOST:8815", o.address, "SECRET", "p:1/@", "TOKEN", "t-li").Replace(snippet)
	}
	snippet := of("Python, ADBC Flight SQL")
	more := `
with db.cursor() as c:
    c.execute("select * from arrivals")
    assert c.fetch_arrow_table().num_rows == 1000
    c.execute("select count(level) from arrivals")
    assert c.fetchone() == (500,)
    for bad in ["select * from store.arrivals", "select * from file('/etc/passwd', 'LineAsString')"]:
        try:
            c.execute(bad); c.fetchall()
            raise SystemExit("ran: " + bad)
        except adbc_driver_flightsql.dbapi.Error as e:
            assert "store.arrivals" not in str(e).replace(bad, ""), e
names = db.adbc_get_objects(depth="tables").read_all().to_pylist()
assert "arrivals" in str(names), names
db.close()
print("ok")
`
	out, err := exec.CommandContext(t.Context(), python, "-W", "ignore", "-c", snippet+more).CombinedOutput()
	t.Logf("$ python -c %s\n%s", snippet+more, out)
	if err != nil || !strings.Contains(string(out), "600") || !strings.HasSuffix(strings.TrimSpace(string(out)), "ok") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = exec.CommandContext(t.Context(), python, "-W", "ignore", "-c", of("Python, ADBC Flight SQL, token")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "600") {
		t.Errorf("by a token: %v\n%s", err, out)
	}
}

// Who has the right takes more out than an ordinary answer has; rows are counted for the record.
func TestExports(t *testing.T) {
	o := open(t)
	c := o.client(t)
	as := func(name, password, header string) context.Context {
		t.Helper()
		ctx, err := c.Client.AuthenticateBasicToken(t.Context(), name, password)
		if err != nil {
			t.Fatal(err)
		}
		return metadata.AppendToOutgoingContext(ctx, "accept-language", "en", "x-yanzhen-export", header)
	}
	const many = "select number, toString(number) as s from numbers(1200000)"
	if n, err := rows(as("zhao", "p3", "0"), c, many); err == nil {
		t.Errorf("an ordinary answer has %d rows", n)
	}
	if _, err := rows(as("li", "p:1/@", "1"), c, many); status.Code(err) != codes.PermissionDenied || !strings.Contains(err.Error(), "has not the right") {
		t.Errorf("without the right: %v", err)
	}
	if n, err := rows(as("zhao", "p3", "1"), c, "select number from numbers(1600000)"); err == nil {
		t.Errorf("more than an export: %d rows", n)
	}
	if n, err := rows(as("zhao", "p3", "1"), c, many); err != nil || n != 1_200_000 {
		t.Errorf("%d rows, %v", n, err)
	}
	for range 500 {
		o.mu.Lock()
		last := o.records[len(o.records)-1]
		o.mu.Unlock()
		if last.Export && last.Rows == 1_200_000 && last.Bytes > 10<<20 && last.Code == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("recorded %+v", o.records[len(o.records)-1])
}
