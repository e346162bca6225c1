package pipeline

import (
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"yanzhen/pipeline/version"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

func TestTableColumns(t *testing.T) {
	tables := map[string]int{}
	for _, sql := range statements(schemaSQL) {
		if table, columns := tableColumns(sql); table != "" {
			tables[table] = len(columns)
			for _, c := range columns {
				if c[0] == "" || c[1] == "" || strings.ContainsAny(c[0], " (") {
					t.Errorf("%s: column %q", table, c)
				}
			}
		}
	}
	for table, row := range map[string]string{"meta.ledger": entryColumns, "meta.runs": runColumns, "meta.rejects": rejectColumns} {
		if want := len(strings.Split(row, ", ")); tables[table] != want {
			t.Errorf("%s: got %d columns, want %d", table, tables[table], want)
		}
	}
}

// A directory that an earlier build made, with columns missing, opens and loads; its batch numbers
// are not given again.
func TestEnsureOldDirectory(t *testing.T) {
	db := warehousetest.Open(t)
	for _, sql := range []string{
		"create database if not exists meta engine = Atomic",
		"create table meta.batches (batch UInt32, claim String, at DateTime64(6, 'UTC')) engine = MergeTree order by batch",
		"insert into meta.batches values (70, 'x', now64(6))",
	} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
	for _, sql := range statements(schemaSQL) {
		for _, table := range []string{"meta.ledger", "meta.runs"} {
			if strings.HasPrefix(sql, "create table if not exists "+table+"\n") {
				var kept []string
				for _, line := range strings.Split(sql, "\n") {
					if f := strings.Fields(line); len(f) > 1 && (f[0] == "duplicates" || f[0] == "warnings" || f[0] == "min_date" || f[0] == "slot") {
						continue
					}
					kept = append(kept, line)
				}
				if err := db.Exec(t.Context(), warehouse.SQL(strings.Join(kept, "\n"))); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := db.Exec(t.Context(), warehouse.SQL("insert into meta.ledger (seq, at, batch, dataset, unit, state) values (1, now64(6), 70, 'moves', 'x', 'abandoned')")); err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: db}, Catalog: testCatalog(t), Key: testKey, Spool: t.TempDir()}
	for range 2 {
		if err := l.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	out := mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年6月.csv", moves(10, "2026-06"))})
	if out.State != Published || out.Batch <= 128 {
		t.Errorf("got %+v, want it published under a batch of the block after that of 70", out)
	}
	wantVisible(t, db, 10, pay(10))
	runs, err := l.Runs(t.Context(), RunFilter{Dataset: "moves"})
	if err != nil || len(runs) != 1 || runs[0].State != Published {
		t.Errorf("runs: %+v, %v", runs, err)
	}
}

func TestEnsureOtherType(t *testing.T) {
	db := warehousetest.Open(t)
	for _, sql := range []string{
		"create database if not exists meta engine = Atomic",
		"create table meta.batches (block UInt32, claim UInt8, at DateTime64(6, 'UTC')) engine = MergeTree order by block",
	} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
	l := &Loader{Ledger: &Ledger{DB: db}, Catalog: testCatalog(t), Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err == nil || !strings.Contains(err.Error(), "claim") || !strings.Contains(err.Error(), "UInt8") {
		t.Errorf("a column of another type: got %v", err)
	}
}

//go:embed testdata/schema-2026-11-22.sql
var schemaBefore string

// The program of now starts on a store that an earlier one wrote: its bookkeeping as it was on 2026-11-22, and a table that
// lacks a column. What was published then is visible and whole, and more is loaded. Then the store says that a newer program
// has been there: this one leaves it alone.
func TestUpgrade(t *testing.T) {
	db := warehousetest.Open(t)
	for _, sql := range append(statements(strings.ReplaceAll(schemaBefore, "{definer}", "default")),
		"create table store.moves (person UInt64, name Nullable(String), date Date32, direction LowCardinality(String), node LowCardinality(String), pay Nullable(Float64), `_batch` UInt32, `_file` LowCardinality(String), `_sheet` LowCardinality(String), `_row` UInt32) engine = MergeTree partition by toYear(date) order by (date, node, `_batch`)",
		"insert into store.moves values (1, '张*', '2026-05-02', 'in', 'part1', 100.5, 64, 'a.csv', '', 2), (2, '李*', '2026-05-03', 'out', 'part2', 200, 64, 'a.csv', '', 2), (3, '王*', '2026-05-03', 'in', 'part2', 9, 63, 'a.csv', '', 2)",
		"insert into meta.batches values (1, 'x', now64(6))",
		"create table meta.versions (version UInt32, program String, at DateTime64(6, 'UTC')) engine = MergeTree order by (version, at)",
		"insert into meta.versions values (1, 'yanzhen of before', '2026-06-01 00:00:00')",
		"insert into meta.ledger (seq, at, batch, dataset, unit, state, sender, period, read, loaded, sums, run) values (1, '2026-06-01 00:00:00', 64, 'moves', '甲局|2026-05', 'staging', '甲局', '2026-05', 0, 0, '', 'r1'), (2, '2026-06-01 00:00:01', 64, 'moves', '甲局|2026-05', 'published', '甲局', '2026-05', 2, 2, '{\"pay\":300.5}', 'r1')",
	) {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	l := &Loader{Ledger: &Ledger{DB: db}, Catalog: testCatalog(t), Key: testKey, Spool: t.TempDir()}
	for range 2 {
		if err := l.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := l.Verify(t.Context(), Deep); err != nil || len(found) > 0 {
		t.Errorf("%v %+v", err, found)
	}
	wantVisible(t, db, 2, 300.5)
	mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年6月.csv", moves(10, "2026-06"))})
	wantVisible(t, db, 12, 300.5+pay(10))
	written := func() (n uint64) {
		t.Helper()
		if err := db.Row(t.Context(), warehouse.SQL("select count() from meta.versions"), &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := written(); n != 2 {
		t.Errorf("%d versions are written down, want the one of before and this one: started twice", n)
	}
	var newer *version.Newer
	if err := version.CheckAs(t.Context(), db, 1); !errors.As(err, &newer) || newer.Store != version.Now || newer.Known != 1 || strings.Contains(err.Error(), "of before") {
		t.Errorf("a program of before, which knows nothing of withdrawn report dates, on the store of now: %v", err)
	}
	for _, sql := range []string{"insert into meta.versions values (99, 'yanzhen of 2031', now64(6))", "drop view mart.moves"} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Ensure(t.Context()); !errors.As(err, &newer) || newer.Store != 99 || !strings.Contains(err.Error(), "yanzhen of 2031") {
		t.Errorf("a store of a newer program: %v", err)
	}
	var n uint64
	if err := db.Row(t.Context(), warehouse.SQL("select count() from system.tables where database = 'mart' and name = 'moves'"), &n); err != nil || n != 0 || written() != 3 {
		t.Errorf("the refused program has changed something: %d %v", n, err)
	}
}

// Who changes the bookkeeping decides whether an older program could go wrong over it: then version.Now is one more. Then
// the new sum stands here.
func TestSchemaIsDecided(t *testing.T) {
	const decided = "2 a506a3c12dfa1d34"
	if got := fmt.Sprintf("%d %x", version.Now, sha256.Sum256([]byte(strings.Join(statements(schemaSQL), ";"))))[:18]; got != decided {
		t.Errorf("schema.sql is another: %q, decided was %q", got, decided)
	}
}

// What a cluster asks of the loader holds over distributed tables too: the tests of its bookkeeping run once more, in a process of
// their own, on an engine that is the one node of a cluster.
func TestOverDistributedTables(t *testing.T) {
	if warehousetest.Cluster.Name != "" {
		t.Skip("opt-in: this process is the one that runs over distributed tables")
	}
	const again = "^(TestEnsureOldDirectory|TestEnsureOtherType|TestFreeze|TestRollbackAndAsOf|TestDamage)$"
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+again, "-test.v")
	cmd.Env = append(os.Environ(), "YANZHEN_TEST_CLUSTER=1")
	out, err := cmd.CombinedOutput()
	if n := strings.Count(string(out), "\n--- PASS: "); err != nil || n < 5 {
		t.Errorf("%d tests passed, %v:\n%s", n, err, out)
	}
}
