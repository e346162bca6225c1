package states_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// moves is what is kept of the test dataset.
var moves = &states.Definition{
	Dataset:  "moves",
	Keys:     []string{"ifNull(toString(node), '')", "direction"},
	Distinct: [][]string{{"person"}, {"person", "date"}},
	Types:    map[string]string{"person": "UInt64", "date": "Date32"},
	Families: []states.Family{
		{Where: "direction = 'in'", Day: "date", Sets: [][]int{{}, {0}, {0, 1}}, Distinct: []int{0, 1}},
		{Where: "(people > 2) and (direction = 'in')", Day: "date", Sets: [][]int{{}, {0}, {0, 1}}, Distinct: []int{0, 1}},
		{Day: "date", Sets: [][]int{{}, {1}}, Distinct: []int{0}},
	},
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

// submission is a file of n moves in a month, in which people occur several times.
func submission(t *testing.T, r *rand.Rand, name string, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("身份证号,姓名,日期,流向,环节,人数,薪资\n")
	for range n {
		people := fmt.Sprint(r.IntN(6))
		if r.IntN(4) == 0 {
			people = ""
		}
		fmt.Fprintf(&b, "%s,张三,2026-06-%02d,%s,part%d,%s,%d\n", person(r.IntN(120)), r.IntN(9)+1, []string{"引进", "引进", "流出"}[r.IntN(3)], r.IntN(3), people, 1000+r.IntN(1<<20)%900)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// equal holds what is kept against the rows that are live at a moment, the zero moment being now: every family, every set,
// every way, by day and over all days.
func equal(t *testing.T, db *warehouse.DB, asOf time.Time, what string) {
	t.Helper()
	live, err := states.Read(t.Context(), db, map[string]*states.Definition{"moves": moves}, 1, asOf)
	if err != nil {
		t.Fatal(err)
	}
	from, params := "meta.live", map[string]string{}
	if !asOf.IsZero() {
		from, params["as_of"] = "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})", asOf.UTC().Format("2006-01-02 15:04:05.000000")
	}
	var kept, rows []string
	for i, f := range moves.Families {
		for n, set := range f.Sets {
			for _, on := range []string{"_on", "toDate32(0)"} {
				source, _ := moves.Source(i, set, f.Distinct)
				source, ok := live.Put(source)
				if !ok {
					t.Fatalf("%s: not everything is kept", what)
				}
				which := fmt.Sprintf("'%d %d %s' as f, ", i, n, on)
				keys := []string{"''", "''"}
				texts := slices.Clone(keys)
				for _, k := range set {
					keys[k], texts[k] = states.Key(k), moves.Keys[k]
				}
				numbers, counts := []string{states.Rows() + " as n", "0 as u0", "0 as u1"}, []string{"count() as n", "0 as u0", "0 as u1"}
				for j, w := range f.Distinct {
					numbers[j+1] = moves.Apart(w) + fmt.Sprint(" as u", j)
					counts[j+1] = "uniqExact(" + strings.Join(moves.Distinct[w], ", ") + fmt.Sprint(") as u", j)
				}
				where := f.Where
				if where == "" {
					where = "1"
				}
				kept = append(kept, "select "+which+on+" as g, "+keys[0]+" as a, "+keys[1]+" as b, "+strings.Join(numbers, ", ")+" from ("+source+") group by g, a, b")
				rows = append(rows, "select "+which+strings.Replace(on, "_on", "date", 1)+" as g, "+texts[0]+" as a, "+texts[1]+" as b, "+strings.Join(counts, ", ")+
					" from store.moves where _batch in (select batch from "+from+" where dataset = 'moves') and "+where+" group by g, a, b")
			}
		}
	}
	answer := func(list []string, params map[string]string) string {
		return warehousetest.TSV(t, db, warehouse.Statement{SQL: "select f, g, a, b, n, u0, u1 from (" + strings.Join(list, " union all ") + ") order by all", Params: params})
	}
	got, want := answer(kept, nil), answer(rows, params)
	if got != want {
		g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
		for i := range min(len(g), len(w)) {
			if g[i] != w[i] {
				t.Fatalf("%s: kept\n%s\nrows\n%s", what, g[i], w[i])
			}
		}
		t.Fatalf("%s: %d rows are kept, want %d", what, len(g), len(w))
	}
	if strings.Count(want, "\n") < 100 {
		t.Errorf("%s: nothing was compared: %s", what, want)
	}
}

// What is kept equals the rows after every way in which rows come and go.
func TestKept(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	db := warehousetest.Open(t)
	keeper := &states.Keeper{DB: db, Of: map[string]*states.Definition{"moves": moves}, Least: 1, Log: slog.Default()}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), States: keeper}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(11, 2))
	load := func(name string, n int) pipeline.Outcome {
		t.Helper()
		out, err := l.Load(t.Context(), pipeline.Request{Path: submission(t, r, name, n), Dataset: "moves", Force: true})
		if err != nil || out.State != pipeline.Published {
			t.Fatalf("%s: %+v, %v", name, out.Problem, err)
		}
		return out
	}
	first := load("甲局_引进与流出_2026年6月.csv", 300)
	equal(t, db, time.Time{}, "one submission")
	load("乙局_引进与流出_2026年6月.csv", 200)
	equal(t, db, time.Time{}, "two senders")
	then := time.Now()
	load("甲局_引进与流出_2026年6月.csv", 250)
	equal(t, db, time.Time{}, "one replaced")
	equal(t, db, then, "as of before it was")
	if _, err := l.Rollback(t.Context(), "moves", first.Unit, ""); err != nil {
		t.Fatal(err)
	}
	equal(t, db, time.Time{}, "rolled back")

	// a load that is killed before the ledger's row: rows and counts lie there, and nobody sees them
	if err := db.Exec(t.Context(), warehouse.SQL("insert into store.moves select * replace (toUInt32(4000000000) as _batch) from store.moves")); err != nil {
		t.Fatal(err)
	}
	var copied uint64
	if err := db.Row(t.Context(), warehouse.SQL("select count() from store.moves where _batch = 4000000000"), &copied); err != nil {
		t.Fatal(err)
	}
	if err := keeper.Write(t.Context(), moves, first.Unit, 4_000_000_000, copied); err != nil {
		t.Fatal(err)
	}
	equal(t, db, time.Time{}, "after a load that was killed")
	// one that is killed while it writes counts, and is made good later
	if err := db.Exec(t.Context(), warehouse.SQL("alter table meta.states delete where batch = "+fmt.Sprint(first.Batch)+" settings mutations_sync = 2")); err != nil {
		t.Fatal(err)
	}
	live, err := states.Read(t.Context(), db, keeper.Of, 1, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	source, _ := moves.Source(0, nil, nil)
	if _, ok := live.Put(source); ok {
		t.Error("a batch of which nothing is kept is answered for")
	}
	if n, err := keeper.Catch(t.Context()); n != 1 || err != nil {
		t.Errorf("made good: %d, %v", n, err)
	}
	equal(t, db, time.Time{}, "after it was made good")

	if _, err := l.Withdraw(t.Context(), "moves", first.Unit, ""); err != nil {
		t.Fatal(err)
	}
	equal(t, db, time.Time{}, "withdrawn")
	l.Now = func() time.Time { return time.Now().AddDate(3, 0, 0) }
	if n, err := l.Sweep(t.Context(), pipeline.Retention{}); n == 0 || err != nil {
		t.Fatalf("swept %d, %v", n, err)
	}
	equal(t, db, time.Time{}, "swept")
	if got := warehousetest.TSV(t, db, warehouse.SQL("select count() from meta.states where batch not in (select batch from meta.live) and batch < 4000000000")); got != "0" {
		t.Errorf("kept of batches that are gone: %s", got)
	}

	// rows of another number than were loaded: nothing is kept of them
	if err := keeper.Write(t.Context(), moves, first.Unit, 4_000_000_000, copied+1); err == nil {
		t.Error("a damaged batch is kept")
	}
	// what another definition kept goes with its batch, and all of it where nothing is to be kept
	others := "meta.several_moves_0123456789ab"
	if err := db.Exec(t.Context(), warehouse.SQL("create table "+others+" engine = MergeTree order by _batch as select toUInt32(7) as _batch union all select 8")); err != nil {
		t.Fatal(err)
	}
	off := &states.Keeper{DB: db, Log: slog.Default()}
	if err := off.Forget(t.Context(), "moves", "7"); err != nil {
		t.Fatal(err)
	}
	if got := warehousetest.TSV(t, db, warehouse.SQL("select _batch from "+others)); got != "8" {
		t.Errorf("another definition keeps %q", got)
	}
	if _, err := off.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := warehousetest.TSV(t, db, warehouse.SQL("select (select count() from system.tables where database = 'meta' and match(name, '^(state|several)_')), (select count() from meta.states)")); got != "0\t0" {
		t.Errorf("left where nothing is to be kept: %s", got)
	}
}
