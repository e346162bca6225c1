package states_test

import (
	"bytes"
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

// read says what is kept of the batches that are live.
func read(t *testing.T, db *warehouse.DB, from string, params map[string]string) states.Live {
	t.Helper()
	return readOf(t, db, moves, from, params)
}

func readOf(t *testing.T, db *warehouse.DB, of states.Kept, from string, params map[string]string) states.Live {
	t.Helper()
	batches, err := warehouse.Select[struct {
		Number uint32 `db:"batch"`
		Loaded uint64 `db:"loaded"`
	}](t.Context(), db, warehouse.Statement{SQL: "select batch, loaded from " + from + " where dataset = 'moves'", Params: params})
	if err != nil {
		t.Fatal(err)
	}
	var list []states.Batch
	for _, b := range batches {
		list = append(list, states.Batch(b))
	}
	live, err := states.Read(t.Context(), db, []states.Kept{of}, 1, map[string][]states.Batch{"moves": list})
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// answered says that all is kept of what is live.
func answered(t *testing.T, db *warehouse.DB) bool {
	t.Helper()
	source, _ := moves.Source(0, nil, nil, states.One)
	_, ok := read(t, db, "meta.live", nil).Put(source)
	return ok
}

// equal holds what is kept against the rows that are live at a moment, the zero moment being now: every family, every set,
// every way, by day and over all days, read for one table and for many.
func equal(t *testing.T, db *warehouse.DB, asOf time.Time, what string) {
	t.Helper()
	from, params := "meta.live", map[string]string{}
	if !asOf.IsZero() {
		from, params["as_of"] = "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})", asOf.UTC().Format("2006-01-02 15:04:05.000000")
	}
	live := read(t, db, from, params)
	var kept, rows []string
	for i, f := range moves.Families {
		for n, set := range f.Sets {
			for _, way := range []struct {
				on   string
				many states.Tables
			}{{"_on", states.One}, {"toDate32(0)", states.One}, {"_on", states.Many}, {"toDate32(0)", states.Many}} {
				on, many := way.on, way.many
				source, _ := moves.Source(i, set, f.Distinct, many)
				source, ok := live.Put(source)
				if !ok {
					t.Fatalf("%s: not everything is kept", what)
				}
				which := fmt.Sprintf("'%d %d %s %v' as f, ", i, n, on, many)
				keys := []string{"''", "''"}
				texts := slices.Clone(keys)
				for _, k := range set {
					keys[k], texts[k] = states.Key(k), moves.Keys[k]
				}
				numbers, counts := []string{states.Rows() + " as n", "0 as u0", "0 as u1"}, []string{"count() as n", "0 as u0", "0 as u1"}
				for j, w := range f.Distinct {
					numbers[j+1] = moves.Apart(w, many, "") + fmt.Sprint(" as u", j)
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
	keeper := &states.Keeper{DB: db, Of: map[string]*states.Definition{"moves": moves}, Least: 1, Part: 120, Log: slog.Default()}
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
	if _, err := l.Republish(t.Context(), "moves", first.Batch, pipeline.Why{}); err != nil {
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
	if err := keeper.Write(t.Context(), moves, "moves", first.Unit, 4_000_000_000, copied); err != nil {
		t.Fatal(err)
	}
	equal(t, db, time.Time{}, "after a load that was killed")
	// one that is killed while it writes counts, and is made good later
	if err := db.Exec(t.Context(), warehouse.SQL("alter table meta.states delete where batch = "+fmt.Sprint(first.Batch)+" settings mutations_sync = 2")); err != nil {
		t.Fatal(err)
	}
	if answered(t, db) {
		t.Error("a batch of which nothing is kept is answered for")
	}
	if n, err := keeper.Catch(t.Context()); n != 1 || err != nil {
		t.Errorf("made good: %d, %v", n, err)
	}
	equal(t, db, time.Time{}, "after it was made good")

	// rows that changed unseen, and what was kept of them while they were wrong: told when they are found, and right when healed
	damage := func(healed bool) {
		t.Helper()
		if err := warehouse.Append(t.Context(), db, "meta.damage", pipeline.Damage{At: time.Now(), Dataset: "moves", Unit: first.Unit, Batch: first.Batch, Healed: healed}); err != nil {
			t.Fatal(err)
		}
	}
	change := func(how string) {
		t.Helper()
		for _, sql := range []string{"alter table store.moves update people = people + " + how + ", direction = if(direction = 'in', 'out', 'in') where _batch = " + fmt.Sprint(first.Batch), "alter table meta.states delete where batch = " + fmt.Sprint(first.Batch)} {
			if err := db.Exec(t.Context(), warehouse.SQL(sql+" settings mutations_sync = 2")); err != nil {
				t.Fatal(err)
			}
		}
	}
	change("1")
	if n, err := keeper.Catch(t.Context()); n != 1 || err != nil {
		t.Errorf("kept of wrong rows: %d, %v", n, err)
	}
	damage(false)
	if n, err := keeper.Catch(t.Context()); n != 0 || err != nil {
		t.Errorf("kept of a damaged batch: %d, %v", n, err)
	}
	if err := db.Exec(t.Context(), warehouse.SQL("alter table store.moves update people = people - 1, direction = if(direction = 'in', 'out', 'in') where _batch = "+fmt.Sprint(first.Batch)+" settings mutations_sync = 2")); err != nil {
		t.Fatal(err)
	}
	damage(true)
	if answered(t, db) {
		t.Error("what was kept of damaged rows answers after they were healed")
	}
	if n, err := keeper.Catch(t.Context()); n != 1 || err != nil {
		t.Errorf("kept of a healed batch: %d, %v", n, err)
	}
	equal(t, db, time.Time{}, "healed")

	if _, err := l.Withdraw(t.Context(), "moves", first.Unit, pipeline.Why{}); err != nil {
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
	if err := keeper.Write(t.Context(), moves, "moves", first.Unit, 4_000_000_000, copied+1); err == nil {
		t.Error("a damaged batch is kept")
	}
	untimely(t, db, l, keeper, func() pipeline.Outcome { return load("丙局_引进与流出_2026年6月.csv", 80) })
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

// replaced makes a dataset of which the batch that is live is kept, and not the one that it replaced, a large one.
func replaced(t *testing.T, db *warehouse.DB, keeper *states.Keeper) *states.Definition {
	t.Helper()
	d := &states.Definition{
		Dataset: "earlier", Distinct: [][]string{{"person"}}, Types: map[string]string{"person": "UInt64"},
		Families: []states.Family{{Day: "date", Sets: [][]int{{}}, Distinct: []int{0}}},
	}
	const large = 500_000
	if err := db.Exec(t.Context(), warehouse.SQL("create table store.earlier engine = MergeTree order by _batch as select toUInt32(if(number = 0, 92, 91)) as _batch, toDate32('2026-06-01') as date, number as person from numbers("+fmt.Sprint(large+1)+")")); err != nil {
		t.Fatal(err)
	}
	for i, batch := range []uint32{91, 92} {
		e := pipeline.Entry{Seq: uint64(1_000_000 + i), At: time.Now().UTC(), Batch: batch, Dataset: "earlier", Unit: "u", State: pipeline.Published, Counts: pipeline.Counts{Loaded: []uint64{large, 1}[i]}}
		if err := warehouse.Append(t.Context(), db, "meta.ledger", e); err != nil {
			t.Fatal(err)
		}
	}
	if err := keeper.Write(t.Context(), d, "earlier", "u", 92, 1); err != nil {
		t.Fatal(err)
	}
	return d
}

// untimely tries what takes longer than a publication waits, what fails, and when what nobody declares any more goes.
func untimely(t *testing.T, db *warehouse.DB, l *pipeline.Loader, keeper *states.Keeper, load func() pipeline.Outcome) {
	t.Helper()
	var told bytes.Buffer
	l.Now, keeper.Patience, keeper.Log = nil, time.Nanosecond, slog.New(slog.NewTextHandler(&told, nil))
	late := load()
	if answered(t, db) || strings.Count(told.String(), "\n") != 1 || !strings.Contains(told.String(), "tried again later") {
		t.Errorf("a publication that could not wait: %s", told.String())
	}
	// the next one does not wait either, and both are kept beside
	keeper.Patience = 0
	load()
	if answered(t, db) || strings.Count(told.String(), "\n") != 1 || !keeper.Left() {
		t.Errorf("a publication after one that could not wait: %s", told.String())
	}
	// a table that lacks a column: what was written before the fault goes, and the batch is left alone for an hour
	if err := db.Exec(t.Context(), warehouse.SQL("rename table "+moves.Several()+" to meta.elsewhere")); err != nil {
		t.Fatal(err)
	}
	if err := db.Exec(t.Context(), warehouse.SQL("create table "+moves.Several()+" (_batch UInt32) engine = MergeTree order by _batch")); err != nil {
		t.Fatal(err)
	}
	before := warehousetest.TSV(t, db, warehouse.SQL("select count() from "+moves.Counts()))
	if n, err := keeper.Catch(t.Context()); n != 0 || err == nil {
		t.Errorf("kept in a table without columns: %d, %v", n, err)
	}
	for _, sql := range []string{"drop table " + moves.Several(), "rename table meta.elsewhere to " + moves.Several()} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
	for range 50 { // the engine takes them out beside
		if warehousetest.TSV(t, db, warehouse.SQL("select count() from "+moves.Counts())) == before {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if got := warehousetest.TSV(t, db, warehouse.SQL("select count() from "+moves.Counts())); got != before {
		t.Errorf("%s rows of counts after a failure, %s before", got, before)
	}
	if n, err := keeper.Catch(t.Context()); n != 0 || err != nil {
		t.Errorf("tried again at once: %d, %v", n, err)
	}
	keeper.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	// what is live comes first, of all datasets; a turn has an end; what needs more memory than a statement may take is told
	// once, and tried again by another program only
	keeper.Turn, keeper.Memory, keeper.Part = 1, 4<<20, 0
	keeper.Of["earlier"] = replaced(t, db, keeper)
	for turn, fault := range []string{"", "MEMORY_LIMIT_EXCEEDED", ""} {
		n, err := keeper.Catch(t.Context())
		if n != min(1, 2-turn) || (err == nil) != (fault == "") || err != nil && !strings.Contains(err.Error(), fault) || !answered(t, db) {
			t.Errorf("turn %d keeps %d: %v", turn, n, err)
		}
		if turn == 1 {
			keeper.Now = func() time.Time { return time.Now().Add(20 * time.Hour) }
		}
	}
	more := &states.Keeper{DB: db, Of: keeper.Of, Least: 1, Log: slog.Default()}
	if n, err := more.Catch(t.Context()); n != 1 || err != nil {
		t.Errorf("kept with more memory: %d, %v", n, err)
	}
	equal(t, db, time.Time{}, fmt.Sprint("batch ", late.Batch, " kept later"))

	// under other declarations: for a day in place, then gone
	other := *moves
	other.Keys = []string{"direction", "ifNull(toString(node), '')"}
	next := &states.Keeper{DB: db, Of: map[string]*states.Definition{"moves": &other}, Least: 1, Log: slog.Default()}
	there := func() string {
		return warehousetest.TSV(t, db, warehouse.SQL("select count() from system.tables where database = 'meta' and name in ('"+strings.TrimPrefix(moves.Counts(), "meta.")+"', '"+strings.TrimPrefix(moves.Several(), "meta.")+"')"))
	}
	for _, x := range []struct {
		hours int
		left  string
	}{{20, "2"}, {52, "0"}} {
		next.Now = func() time.Time { return time.Now().Add(time.Duration(x.hours) * time.Hour) }
		if _, err := next.Catch(t.Context()); err != nil || there() != x.left {
			t.Errorf("%s tables of another definition are left after %d hours: %v", there(), x.hours, err)
		}
	}
}
