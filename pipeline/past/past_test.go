package past_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/flight/flightsql"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/past"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/flight"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// What is named as of a moment stays what it was when others publish, masked like mart; what was swept since or lies ahead is refused
// in a sentence, and nothing else of the past can be read.
func TestPast(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	db := warehousetest.Open(t)
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	load := func(text string) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "人社局_引进与流出_2026-05.csv")
		if err := os.WriteFile(path, []byte("身份证号,日期,环节,薪资\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "moves"}); err != nil || out.State != pipeline.Published {
			t.Fatalf("%+v, %v", out, err)
		}
	}
	load("11010519491231002X,2026-05-01,a,1\n110101199003070054,2026-05-02,a,2\n")
	v := &past.Views{DB: db}
	v.Use(cat)
	analyst := analystOf(t)
	// at the ports of programs a moment is named alike
	admit := func(context.Context, door.Caller) (door.Guest, error) { return door.Guest{Name: "li"}, nil }
	write := func(ctx context.Context, sql string, _ map[string]string) (string, func(int) int, error) {
		return sql, nil, v.For(ctx, sql)
	}
	port, err := door.New(door.Config{Socket: warehousetest.Engine(t).Socket(), Admit: admit, Write: write})
	if err != nil {
		t.Fatal(err)
	}
	http1 := httptest.NewServer(port)
	defer http1.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wire, err := flight.Serve(listener, flight.Config{DB: analyst, Admit: admit, Write: write})
	if err != nil {
		t.Fatal(err)
	}
	defer wire.Close()
	client, err := flightsql.NewClient(listener.Addr().String(), nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	doors := map[string]func(sql string) string{
		"port": func(sql string) string {
			res, err := http.Post(http1.URL+"/?user=li&password=x", "text/plain", strings.NewReader(sql))
			if err != nil {
				return err.Error()
			}
			defer res.Body.Close()
			b, _ := io.ReadAll(res.Body)
			return strings.TrimSpace(string(b))
		},
		"flight": func(sql string) string {
			ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer x")
			info, err := client.Execute(ctx, sql)
			if err != nil {
				return err.Error()
			}
			r, err := client.DoGet(ctx, info.Endpoint[0].Ticket)
			if err != nil {
				return err.Error()
			}
			defer r.Release()
			out := ""
			for r.Next() {
				out += r.Record().Column(0).ValueStr(0)
			}
			return out
		},
	}
	ask := func(sql string) (string, error) {
		t.Helper()
		if err := v.For(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		var out string
		err := analyst.Row(t.Context(), warehouse.SQL(sql), &out)
		return out, err
	}
	at, err := ask("select toString(as_of) from past.moment")
	if err != nil || at == "" {
		t.Fatal(at, err)
	}
	both := "select concat(toString(count()), ' ', toString(sum(pay)), ' ', any(person)) from "
	first, err := ask(both + "past.moves(as_of = '" + at + "')")
	if err != nil || !strings.HasPrefix(first, "2 3 ") || len(first) != 20 {
		t.Fatal(first, err)
	}
	sum := "select concat(toString(count()), ' ', toString(sum(pay))) from past.moves(as_of = '" + at + "')"
	before := map[string]string{}
	for name, ask := range doors {
		if before[name] = ask(sum); before[name] != "2 3" {
			t.Errorf("%s: %s", name, before[name])
		}
	}
	load("11010519491231002X,2026-05-01,a,7\n")
	for name, ask := range doors {
		if got := ask(sum); got != before[name] {
			t.Errorf("%s after a publish: %s, before %s", name, got, before[name])
		}
		if got := ask("select toString(sum(pay)) from moves"); got != "7" {
			t.Errorf("%s, live: %s", name, got)
		}
	}
	if got, err := ask(both + "past.moves(as_of = '" + at + "')"); err != nil || got[:4] != first[:4] {
		t.Errorf("after a publish: %s, %v", got, err)
	}
	if got, err := ask(both + "mart.moves"); err != nil || !strings.HasPrefix(got, "1 7 ") {
		t.Errorf("live: %s, %v", got, err)
	}
	for sql, want := range map[string]string{
		both + "past.moves(as_of = '2999-01-01 00:00:00')": "as_of lies ahead",
		"select toString(count()) from meta.ledger":        "privileges",
		"select toString(count()) from store.moves":        "privileges",
	} {
		if got, err := ask(sql); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %s, %v", sql, got, err)
		}
	}
	if err := db.Exec(t.Context(), warehouse.SQL("insert into meta.ledger (seq, at, batch, dataset, unit, state) select 1000000, now64(6), batch, dataset, unit, 'swept' from meta.ledger where state = 'published' and dataset = 'moves' order by seq limit 1")); err != nil {
		t.Fatal(err)
	}
	if got, err := ask(both + "past.moves(as_of = '" + at + "')"); err == nil || !strings.Contains(err.Error(), "swept since") {
		t.Errorf("rows of then are gone: %s, %v", got, err)
	}

	// where something else is declared nothing shows the past by what was declared before, however it is written
	other, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	other.Datasets["moves"].Title.Zh = "另一个名字"
	if err := (&pipeline.Loader{Ledger: l.Ledger, Catalog: other}).EnsureTables(t.Context()); err != nil {
		t.Fatal(err)
	}
	now := "select toString(count()) from past/**/.moves(as_of = '" + at + "')"
	var out string
	if err := analyst.Row(t.Context(), warehouse.SQL(now), &out); err == nil || !strings.Contains(err.Error(), "past") {
		t.Errorf("by a view of before: %s, %v", out, err)
	}
	v.Use(other)
	if err := v.For(t.Context(), "select 1"); err != nil {
		t.Fatal(err)
	}
	if err := analyst.Row(t.Context(), warehouse.SQL(now), &out); err == nil || !strings.Contains(err.Error(), "swept since") {
		t.Errorf("by a view of now: %s, %v", out, err)
	}
}

// analystOf asks as who reads mart, whose views it names without their database.
func analystOf(t *testing.T) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "analyst", Database: "mart"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
