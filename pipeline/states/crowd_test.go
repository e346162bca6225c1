package states_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// movers are the people of the test dataset, read twice as two lists.
var movers = &states.Crowd{
	Keys: []string{"list", "sender"},
	Parts: []states.Part{
		{Dataset: "moves", Person: "person", Day: "date", Keys: []string{"'all'", "splitByChar('_', _file)[1]"}},
		{Dataset: "moves", Where: "direction = 'in' or people > 2", Person: "person", Day: "date", Keys: []string{"'some'", "splitByChar('_', _file)[1]"}},
	},
}

// crowd holds what is kept of people against the rows that are live at a moment, the zero moment being now: how many rows and
// people there are in each month, list and of each sender, and in all stretches of these.
func crowd(t *testing.T, db *warehouse.DB, asOf time.Time, what string) {
	t.Helper()
	from, params := "meta.live", map[string]string{}
	if !asOf.IsZero() {
		from, params["as_of"] = "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})", asOf.UTC().Format("2006-01-02 15:04:05.000000")
	}
	source, ok := readOf(t, db, movers, from, params).Put(movers.Source([]int{0, 1}) + "\x00" + movers.Merged())
	if !ok {
		t.Fatalf("%s: not everything is kept", what)
	}
	source, merged, _ := strings.Cut(source, "\x00")
	var rows []string
	for i, p := range movers.Parts {
		where := []string{"1", "(" + p.Where + ")"}[i]
		rows = append(rows, "select toDate32(toStartOfMonth(date)) as _on, "+p.Keys[0]+" as a, "+p.Keys[1]+" as b, person from store.moves where _batch in (select batch from "+from+" where dataset = 'moves') and "+where)
	}
	answer := func(keys, n, people, of string, params map[string]string) string {
		return warehousetest.TSV(t, db, warehouse.Statement{SQL: "select " + keys + ", " + n + " as n, " + people + " as people from (" + of + ") group by grouping sets ((), (_on), (a), (b), (a, b), (_on, a), (_on, a, b)) order by all", Params: params})
	}
	got := answer("_on, _key0 as a, _key1 as b", "sum(_rows)", "bitmapCardinality("+merged+")", source, nil)
	want := answer("_on, a, b", "count()", "uniqExact(person)", strings.Join(rows, " union all "), params)
	if got != want {
		t.Fatalf("%s: kept\n%s\nrows\n%s", what, got, want)
	}
	if strings.Count(want, "\n") < 8 {
		t.Errorf("%s: nothing was compared: %s", what, want)
	}
}

// Who occurs in which rows equals the rows after every way in which these come and go; also where two processes number the same
// people at once, and after one was killed in between.
func TestCrowd(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	db := warehousetest.Open(t)
	one := func() *states.Keeper {
		return &states.Keeper{DB: db, Crowds: []*states.Crowd{movers}, Least: 1, Part: 120, Log: slog.Default()}
	}
	keeper := one()
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), States: keeper}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(11, 3))
	load := func(name string, n int) pipeline.Outcome {
		t.Helper()
		out, err := l.Load(t.Context(), pipeline.Request{Path: submission(t, r, name, n), Dataset: "moves", Force: true})
		if err != nil || out.State != pipeline.Published {
			t.Fatalf("%s: %+v, %v", name, out.Problem, err)
		}
		return out
	}
	first := load("甲局_引进与流出_2026年6月.csv", 300)
	crowd(t, db, time.Time{}, "one submission")
	other := load("乙局_引进与流出_2026年6月.csv", 40)
	crowd(t, db, time.Time{}, "two senders")
	then := time.Now()
	load("甲局_引进与流出_2026年6月.csv", 250)
	crowd(t, db, time.Time{}, "one replaced")
	crowd(t, db, then, "as of before it was")
	if _, err := l.Republish(t.Context(), "moves", first.Batch, pipeline.Why{}); err != nil {
		t.Fatal(err)
	}
	crowd(t, db, time.Time{}, "rolled back")
	if _, err := l.Withdraw(t.Context(), "moves", other.Unit, pipeline.Why{}); err != nil {
		t.Fatal(err)
	}
	crowd(t, db, time.Time{}, "withdrawn")
	if _, err := l.Republish(t.Context(), "moves", other.Batch, pipeline.Why{}); err != nil {
		t.Fatal(err)
	}

	exec := func(sql string) {
		t.Helper()
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
	number := func(sql string) int {
		t.Helper()
		n, err := strconv.Atoi(strings.TrimSpace(warehousetest.TSV(t, db, warehouse.SQL(sql))))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	const taken = "select count() - uniqExact(number) from meta.numbers"
	// killed after it had given numbers, before it read them back: who has two has one
	exec("insert into meta.number_claims select max(next), max(next) + 1000, now64(6) from meta.number_claims")
	exec("insert into meta.numbers select person, toUInt32((select max(next) - 1000 from meta.number_claims) + rowNumberInAllBlocks()) from (select distinct person from meta.numbers where person % 3 = 0)")
	load("丙局_引进与流出_2026年6月.csv", 200)
	crowd(t, db, time.Time{}, "after numbers that nobody used")
	if number("select count() from meta.number_twins") == 0 {
		t.Error("nobody has two numbers: the test looks at nothing")
	}
	exec("alter table meta.states delete where batch = " + fmt.Sprint(first.Batch) + " settings mutations_sync = 2")
	if _, ok := readOf(t, db, movers, "meta.live", nil).Put(movers.Source(nil)); ok {
		t.Error("a batch of which nothing is kept is answered for")
	}
	if n, err := keeper.Catch(t.Context()); n != 1 || err != nil {
		t.Fatalf("made good: %d, %v", n, err)
	}
	crowd(t, db, time.Time{}, "after it was made good")

	// many processes at once, on a store that has no numbers yet
	exec("truncate table meta.states")
	for _, name := range []string{"numbers", "number_claims", "number_twins", strings.TrimPrefix(movers.Counts(), "meta.")} {
		exec("truncate table meta." + name)
	}
	rows, err := warehouse.Select[struct {
		Unit   string `db:"unit"`
		Batch  uint32 `db:"batch"`
		Loaded uint64 `db:"loaded"`
	}](t.Context(), db, warehouse.SQL("select unit, batch, loaded from meta.live"))
	if err != nil || len(rows) < 3 {
		t.Fatal(rows, err)
	}
	var all sync.WaitGroup
	for _, b := range rows {
		for range 3 {
			all.Go(func() {
				if err := one().Write(context.WithoutCancel(t.Context()), movers, "moves", b.Unit, b.Batch, b.Loaded); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if n := number(taken); n != 0 {
		t.Errorf("%d numbers were given twice", n)
	}
	crowd(t, db, time.Time{}, "many at once")
	t.Logf("%d numbers of people who have several", number("select uniqExact(number) from meta.number_twins"))

	l.Now = func() time.Time { return time.Now().AddDate(3, 0, 0) }
	if n, err := l.Sweep(t.Context(), pipeline.Retention{}); n == 0 || err != nil {
		t.Fatalf("swept %d, %v", n, err)
	}
	if _, err := keeper.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	crowd(t, db, time.Time{}, "swept")
	if got := number("select count() from meta.states where batch not in (select batch from meta.live)"); got != 0 {
		t.Errorf("kept of %d batches that are gone", got)
	}
	if _, err := (&states.Keeper{DB: db, Log: slog.Default()}).Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := number("select count() from system.tables where database = 'meta' and match(name, '^(state_|several_|crowd_|number)')"); got != 0 {
		t.Errorf("%d tables are left where nothing is to be kept", got)
	}
}
