package pipeline

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

var testKey = []byte("a key of thirty-two bytes or more")

func loadTestCatalog() (*dataset.Catalog, error) { return dataset.Load(os.DirFS("testdata/declared")) }

func testCatalog(t testing.TB) *dataset.Catalog {
	t.Helper()
	cat, err := loadTestCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// testLoader returns a loader over an empty database, and what it logs.
func testLoader(t testing.TB) (*Loader, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	cat := testCatalog(t)
	l := &Loader{
		Ledger: &Ledger{DB: made(t, "declared", cat)}, Catalog: cat, Key: testKey, Spool: t.TempDir(),
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l, &log
}

// made returns a warehouse with the tables of a catalog, empty. key names the catalog.
func made(t testing.TB, key string, cat *dataset.Catalog) *warehouse.DB {
	t.Helper()
	return warehousetest.Made(t, key, func(db *warehouse.DB) error {
		return (&Loader{Ledger: &Ledger{DB: db}, Catalog: cat}).EnsureTables(t.Context())
	})
}

// person makes a valid identity number of someone who does not exist.
func person(n int) string {
	s := fmt.Sprintf("1101011990%02d%02d%03d", n/280%12+1, n%28+1, n%1000)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

const movesHeader = "身份证号,姓名,日期,流向,环节,人数,薪资\n"

// moves writes n rows of dataset moves in a month, with pay 1000, 1001, ...
func moves(n int, month string) string {
	var b strings.Builder
	b.WriteString(movesHeader)
	for i := range n {
		fmt.Fprintf(&b, "%s,张三,%s-%02d,引进,part%d,%d,%d\n", person(i), month, i%28+1, i%5, i%7, 1000+i)
	}
	return b.String()
}

func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// seen returns rows and sum of pay that readers of the view see.
func visible(t testing.TB, db *warehouse.DB) (rows uint64, pay float64) {
	t.Helper()
	got, err := warehouse.Select[struct {
		Rows uint64  `db:"rows"`
		Pay  float64 `db:"pay"`
	}](t.Context(), db, warehouse.SQL("select count() as rows, sum(ifNull(m.pay, 0)) as pay from mart.moves as m"))
	if err != nil {
		t.Fatal(err)
	}
	return got[0].Rows, got[0].Pay
}

func wantVisible(t testing.TB, db *warehouse.DB, rows uint64, pay float64) {
	t.Helper()
	if r, p := visible(t, db); r != rows || p != pay {
		t.Errorf("visible: got %d rows with pay %v, want %d with %v", r, p, rows, pay)
	}
}

func statementf(format string, a ...any) warehouse.Statement {
	return warehouse.SQL(fmt.Sprintf(format, a...))
}

func mustLoad(t testing.TB, l *Loader, q Request) Outcome {
	t.Helper()
	out, err := l.Load(t.Context(), q)
	if err != nil {
		t.Fatalf("load %s: %v", q.Path, err)
	}
	return out
}

// sum of 1000, 1001, ... n terms
func pay(n int) float64 { return float64(1000*n + n*(n-1)/2) }

func TestLoadPublishes(t *testing.T) {
	l, log := testLoader(t)
	path := file(t, "人社局_引进与流出_2026年6月.csv", moves(100, "2026-06"))
	out := mustLoad(t, l, Request{Path: path})
	if out.State != Published || out.Dataset != "moves" || out.Unit != "人社局|2026-06" || out.Counts.Loaded != 100 || out.Batch == 0 {
		t.Fatalf("got %+v", out)
	}
	if got := out.MaxDate.Format(time.DateOnly); got != "2026-06-30" {
		t.Errorf("greatest date: got %s", got)
	}
	wantVisible(t, l.DB, 100, pay(100))
	// the same bytes again, under another name
	again := mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年6月 (1).csv", moves(100, "2026-06"))})
	if again.State != Unchanged || again.Batch != out.Batch {
		t.Errorf("the same content again: got %s, batch %d", again.State, again.Batch)
	}
	// a revision replaces its unit, another month stands beside it
	rev := mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年6月(修订).csv", moves(90, "2026-06"))})
	if rev.State != Published || rev.Before != 100 {
		t.Errorf("revision: got %+v", rev)
	}
	wantVisible(t, l.DB, 90, pay(90))
	mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年5月.csv", moves(10, "2026-05"))})
	wantVisible(t, l.DB, 100, pay(90)+pay(10))
	// what is known of it afterwards
	live, err := l.Live(t.Context(), "moves")
	if err != nil || len(live) != 2 || live[0].Unit != "人社局|2026-05" || live[1].Batch != rev.Batch {
		t.Errorf("live: got %+v, %v", live, err)
	}
	runs, err := l.Runs(t.Context(), RunFilter{})
	if err != nil || len(runs) != 4 {
		t.Fatalf("got %d runs, %v; want 4", len(runs), err)
	}
	run, ok, err := l.Run(t.Context(), rev.Run)
	if err != nil || !ok || run.State != Published || run.Loaded != 90 || run.Encoding == "" || run.Finished.IsZero() {
		t.Errorf("run: got %+v, %v", run, err)
	}
	fresh, err := l.Freshness(t.Context())
	if err != nil || len(fresh) != 1 || fresh[0].Rows != 100 || fresh[0].Units != 2 || fresh[0].MaxDate.Format(time.DateOnly) != "2026-06-30" {
		t.Errorf("freshness: got %+v, %v", fresh, err)
	}
	if strings.Contains(log.String(), "1101011990") || strings.Contains(log.String(), "张三") {
		t.Errorf("the log holds personal data:\n%s", log)
	}
	if left, _ := filepath.Glob(filepath.Join(l.Spool, "*")); len(left) > 0 {
		t.Errorf("left in the spool: %v", left)
	}
}

func TestPlanWritesNothing(t *testing.T) {
	l, log := testLoader(t)
	mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年6月.csv", moves(50, "2026-06"))})
	count := func() string {
		return warehousetest.TSV(t, l.DB, warehouse.SQL("select (select count() from meta.ledger) as l, (select count() from meta.runs) as r, (select count() from meta.rejects) as j, (select count() from store.moves) as s, (select count() from meta.batches) as b"))
	}
	before := count()
	text := moves(40, "2026-06") + person(90) + ",李四,2026-06-31,引进,part1,3,900\n合计,,,,,40,\n"
	p, err := l.Plan(t.Context(), Request{Path: file(t, "人社局_引进与流出_2026年6月(修订).csv", text)})
	if err != nil {
		t.Fatal(err)
	}
	if p.Dataset == nil || p.Dataset.Name != "moves" || p.Unit != "人社局|2026-06" || p.Encoding != "UTF-8" || p.Delimiter != "," {
		t.Errorf("got %+v", p)
	}
	if c := p.Counts; c.Read != 42 || c.Loaded != 40 || c.Rejected != 1 || c.Excluded != 1 {
		t.Errorf("counts: got %+v", c)
	}
	if len(p.Rejects) != 1 || p.Rejects[0].Cell != "C42" || p.Rejects[0].Reason.En == "" || p.Rejects[0].Remedy.Zh == "" {
		t.Errorf("rejects: got %+v", p.Rejects)
	}
	if p.Before == nil || p.Before.Loaded != 50 || len(p.Months) != 1 || p.Months[0] != (MonthCount{"2026-06", 50, 40}) {
		t.Errorf("what would change: got %+v, %+v", p.Before, p.Months)
	}
	if len(p.Rows) != planRows || strings.Contains(fmt.Sprint(p.Rows), "张三") || p.Rows[0][1] != "张**" || p.Rows[0][2] != "2026-06-01" || p.Rows[0][3] != "in" {
		t.Errorf("first rows: got %q", p.Rows[0])
	}
	if len(p.Tables) != 1 || p.Tables[0].HeaderRow != 1 || p.Tables[0].Binding.Columns[0].Header != "身份证号" {
		t.Errorf("mapping: got %+v", p.Tables)
	}
	if after := count(); after != before {
		t.Errorf("a plan has written: before %s, after %s", before, after)
	}
	if strings.Contains(log.String(), "李四") {
		t.Errorf("the log holds a name:\n%s", log)
	}
	wantVisible(t, l.DB, 50, pay(50))
}

func TestPlanBeforeAnythingIsThere(t *testing.T) {
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: testCatalog(t), Key: testKey, Spool: t.TempDir()}
	p, err := l.Plan(t.Context(), Request{Path: file(t, "人社局_引进与流出_2026年6月.csv", moves(5, "2026-06"))})
	if err != nil || p.Counts.Loaded != 5 || p.Before != nil || len(p.Problems) > 0 {
		t.Errorf("got %+v, %v", p, err)
	}
}
