package pipeline

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

// A statement of a load that the database takes and never ends, at two points: while the rows go in
// and at the ledger row that publishes. The load fails as something that may pass, the engine comes
// back, readers see the version before, and the same load again succeeds with one copy.
func TestStalled(t *testing.T) {
	engine, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir(), StuckAfter: 300 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: engine.Socket(), User: embedded.Loader, Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := &Loader{Ledger: &Ledger{DB: db}, Catalog: testCatalog(t), Key: testKey, Spool: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	load(t, l, 100, "2026-06")
	rows, want := uint64(100), pay(100)
	// a check that costs one row some twenty seconds, during which the engine looks at no kill
	const slow = "if(%s, editDistance(repeat('ab', 32000 + length(toString(%[2]s))), repeat('ba', 32000)), 0) >= 0"
	for i, c := range []struct{ table, when, column string }{
		{"store.moves", "ifNull(pay, 0) = 1005", "pay"},
		{"meta.ledger", "state = 'published' and loaded > 200", "loaded"},
	} {
		t.Run(c.table, func(t *testing.T) {
			if err := db.Exec(t.Context(), statementf("alter table %s add constraint slow check "+slow, c.table, c.when, c.column)); err != nil {
				t.Fatal(err)
			}
			n := 300 + i
			path := file(t, "人社局_引进与流出_2026年6月.csv", moves(n, "2026-06"))
			pid := engine.PID()
			began := time.Now()
			out, err := l.Load(t.Context(), Request{Path: path})
			var stalled *warehouse.Stalled
			if out.State != Failed || !Temporary(err) || !errors.As(err, &stalled) {
				t.Errorf("got %s, %v; want a failure that may pass", out.State, err)
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("the load waited %v", took)
			}
			for began = time.Now(); engine.PID() == pid; time.Sleep(10 * time.Millisecond) {
				if time.Since(began) > 10*time.Second {
					t.Fatal("the engine goes on with the statement")
				}
			}
			wantVisible(t, db, rows, want)
			if err := db.Exec(t.Context(), statementf("alter table %s drop constraint slow", c.table)); err != nil {
				t.Fatal(err)
			}
			out, err = l.Load(t.Context(), Request{Path: path})
			if err != nil || out.State != Published {
				t.Fatalf("the same again: %+v, %v", out, err)
			}
			rows, want = uint64(n), pay(n)
			wantVisible(t, db, rows, want)
			if _, err := l.Sweep(t.Context(), Retention{}); err != nil {
				t.Fatal(err)
			}
			wantVisible(t, db, rows, want)
		})
	}
}
