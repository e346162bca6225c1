// Package warehousetest gives tests a real warehouse: the embedded engine in a temporary directory,
// started once per test process.
//
// The product's database names are fixed (store, mart, meta), so tests of one process share them:
// Open empties the three databases and fills none. A test that uses it must not call t.Parallel,
// and what one test wrote is gone when the next one opens. Tests of different packages run in
// different processes and share nothing.
package warehousetest

import (
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/cluster"
	"yanzhen/pipeline/warehouse/embedded"
)

// Cluster is one whose only node is the engine where $YANZHEN_TEST_CLUSTER is set, so that the tests of a package run over
// distributed tables; else none.
var Cluster = func() cluster.Plan {
	if os.Getenv("YANZHEN_TEST_CLUSTER") != "" {
		return cluster.Plan{Name: "office", Alone: true}
	}
	return cluster.Plan{}
}()

var (
	once     sync.Once
	engine   *embedded.Engine
	startErr error
)

// Engine is the engine of this test process. It ends with the process. The test is skipped, with
// the reason, only where $YANZHEN_TEST_NO_ENGINE says so; a missing library fails it.
func Engine(t testing.TB) *embedded.Engine {
	t.Helper()
	if why := os.Getenv("YANZHEN_TEST_NO_ENGINE"); why != "" {
		t.Skip("no engine here: " + why)
	}
	once.Do(func() {
		var dir string
		if dir, startErr = os.MkdirTemp("", "yanzhen-test-"); startErr != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		engine, startErr = embedded.Start(ctx, embedded.Config{Dir: dir, Temporary: true, Cluster: Cluster})
	})
	if startErr != nil {
		t.Fatal(startErr)
	}
	return engine
}

// Open returns a loader's warehouse whose databases store, mart and meta are new and empty.
func Open(t testing.TB) *warehouse.DB {
	t.Helper()
	db := OpenAs(t, embedded.Loader)
	Reset(t, db)
	return db
}

// OpenAs returns a warehouse for a role, on the databases as they are.
func OpenAs(t testing.TB, role string) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: Engine(t).Socket(), User: role, Cluster: Cluster})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Reset drops the three databases and makes them anew.
func Reset(t testing.TB, db *warehouse.DB) {
	t.Helper()
	for _, name := range []string{"mart", "store", "meta"} {
		for _, sql := range []string{"DROP DATABASE IF EXISTS " + name + " SYNC", "CREATE DATABASE " + name + " ENGINE = Atomic"} {
			if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TSV returns the rows of a statement as text: cells apart by a tab, rows by a line break, none after the last.
func TSV(t testing.TB, db *warehouse.DB, s warehouse.Statement) string {
	t.Helper()
	r, err := db.Stream(t.Context(), "TabSeparated", s)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(text), "\n")
}
