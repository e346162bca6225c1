package forget_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/forget"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

var crowd = &states.Crowd{Parts: []states.Part{{Dataset: "moves", Person: "person", Day: "date"}}}

var kept = &states.Definition{
	Dataset: "moves", Keys: []string{"direction"}, Distinct: [][]string{{"person"}}, Types: map[string]string{"person": "UInt64"},
	Families: []states.Family{{Day: "date", Sets: [][]int{{}, {0}}, Distinct: []int{0}}},
}

const (
	gone   = "11010519491231002X"
	stays  = "110101199003070054"
	secret = "a key of thirty-two bytes or more"
)

// A person is in a live, a former and a held version, and in what is kept beside: afterwards no table holds the hash, the ledger
// agrees with the rows at every moment, every other row is there, and a file that names the person still is refused at the row.
func TestForget(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	db, dir := warehousetest.Open(t), t.TempDir()
	keeper := &states.Keeper{DB: db, Of: map[string]*states.Definition{"moves": kept}, Crowds: []*states.Crowd{crowd}, Least: 1, Log: slog.Default()}
	watch := &forget.Watch{Book: forget.Book{Dir: dir}, Log: slog.Default()}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: cat, Key: []byte(secret), Spool: t.TempDir(), States: keeper, Gone: watch.Keys}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	load := func(month string, pay int, persons ...string) pipeline.Outcome {
		t.Helper()
		text := "身份证号,日期,环节,薪资\n"
		for i, p := range persons {
			text += fmt.Sprintf("%s,%s-%02d,a,%d.5\n", p, month, i+1, pay)
		}
		path := filepath.Join(t.TempDir(), "人社局_引进与流出_"+month+".csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "moves"})
		var p *pipeline.Problem
		if err != nil && !errors.As(err, &p) {
			t.Fatal(err)
		}
		return out
	}
	first := load("2026-05", 100, gone, stays, stays)
	between := time.Now()
	time.Sleep(5 * time.Millisecond)
	load("2026-05", 200, gone, gone, stays, stays)
	held := load("2026-06", 2_000_000, gone, stays)
	load("2026-04", 300, stays)
	if held.State != pipeline.Held || first.State != pipeline.Published {
		t.Fatalf("%+v %+v", held, first)
	}
	tsv := func(sql string) string {
		t.Helper()
		return strings.TrimSpace(warehousetest.TSV(t, db, warehouse.SQL(sql)))
	}
	keys := forget.KeysOf(gone, []byte(secret), time.Now())
	if len(keys) != 1 || keys[0] != strings.ToLower(tsv("select any(lower(leftPad(hex(person), 16, '0'))) from (select person from store.moves group by person having count() = 4)")) {
		t.Fatalf("the keys of the number are %v", keys)
	}
	if got := forget.KeysOf(keys[0], []byte(secret), time.Now()); len(got) != 1 || got[0] != keys[0] {
		t.Errorf("a key stands for itself, not for %v", got)
	}
	if got := forget.KeysOf("王小明", []byte(secret), time.Now()); got != nil {
		t.Errorf("a name is no number: %v", got)
	}
	found, err := forget.Find(t.Context(), db, forget.Numbers(keys))
	if err != nil || len(found) != 1 || found[0].Live != 2 || found[0].Other != 2 || len(found[0].Batches) != 3 {
		t.Fatalf("found %+v, %v", found, err)
	}
	number := fmt.Sprint(forget.Numbers(keys)[0])
	bit := tsv("select number from meta.numbers where person = " + number)
	has := "select count() from " + crowd.Counts() + " where bitmapContains(_who, toUInt32(" + bit + "))"
	if tsv("select count() from meta.states") == "0" || bit == "" || tsv(has) == "0" {
		t.Fatal("nothing is kept beside the rows: the test looks at nothing")
	}

	e, err := forget.Delete(t.Context(), l, watch.Book, forget.Entry{At: time.Now().UTC(), By: "wang", Reason: "申请 3 号", Keys: keys})
	if err != nil || e.Rows != 4 || !e.Done || e.Batches != nil {
		t.Fatalf("%+v, %v", e, err)
	}
	if got := tsv(has); got != "0" {
		t.Errorf("the person is in %s bitmaps", got)
	}
	for _, at := range strings.Split(tsv("select concat(database, '.', table, ' ', name) from system.columns where database in ('store', 'meta') and type in ('UInt64', 'Nullable(UInt64)') order by 1"), "\n") {
		table, column, _ := strings.Cut(at, " ")
		if n := tsv("select count() from " + table + " where `" + column + "` = " + number); n != "0" {
			t.Errorf("%s holds the person %s times", at, n)
		}
	}
	if got := tsv("select count(), sum(pay) from store.moves"); got != "6\t2000903" {
		t.Errorf("the rows of others are %s", got) // 100.5 twice, 200.5 twice, 2000000.5, 300.5
	}
	if damage, err := l.Verify(t.Context(), pipeline.Deep); err != nil || len(damage) > 0 {
		t.Errorf("damage: %+v, %v", damage, err)
	}
	if got := tsv("select count() from meta.ledger where state in ('published', 'held') and (loaded != (select count() from store.moves where _batch = ledger.batch) or read != loaded + rejected + excluded + duplicates)"); got != "0" {
		t.Errorf("%s rows of the ledger do not agree", got)
	}
	was, err := l.AsOf(t.Context(), "moves", between)
	if err != nil || len(was) != 1 || was[0].Loaded != 2 || was[0].Batch != first.Batch {
		t.Errorf("as of before: %+v, %v", was, err)
	}
	last, err := l.History(t.Context(), "moves", "人社局|2026-05")
	if err != nil || len(last) == 0 || last[0].By != "wang" || !strings.Contains(last[0].Note, "申请 3 号") {
		t.Errorf("the history does not tell: %+v, %v", last, err)
	}

	again := load("2026-05", 200, gone, gone, stays, stays, stays)
	if again.State == pipeline.Failed || again.Rules["forgotten"] != 2 || again.Loaded != 3 {
		t.Errorf("a file that names the person still: %+v", again)
	}
	if got := tsv("select count() from store.moves where person = " + number); got != "0" {
		t.Errorf("the person is back: %s", got)
	}

	// the store of an older backup: the rows are there again, and are gone through at the start
	if err := db.Exec(t.Context(), warehouse.SQL("insert into store.moves select * replace (toUInt64("+number+") as person) from store.moves where _batch = "+fmt.Sprint(first.Batch)+" limit 1")); err != nil {
		t.Fatal(err)
	}
	all, _ := watch.Read()
	if err := watch.Merge(all); err != nil {
		t.Fatal(err)
	}
	if n, err := watch.Again(); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if n, rows, err := forget.Resume(t.Context(), l, watch.Book); n != 1 || rows != 1 || err != nil {
		t.Errorf("at the start: %d deletions, %d rows, %v", n, rows, err)
	}
	if n, _, err := forget.Resume(t.Context(), l, watch.Book); n != 0 || err != nil {
		t.Errorf("at the next start: %d deletions, %v", n, err)
	}
	if damage, err := l.Verify(t.Context(), pipeline.Deep); err != nil || len(damage) > 0 {
		t.Errorf("damage: %+v, %v", damage, err)
	}
}
