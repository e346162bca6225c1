package pipeline

import (
	"strings"
	"testing"

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
