package embedded

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// endless is an expression over a column n that the engine computes for some twenty seconds without
// looking at a kill: the distance of two long texts in one row.
const endless = "editDistance(repeat('ab', n), repeat('ba', n))"

// A statement that does not stop when it is told to ends the engine's process. What was written
// before is there afterwards, what the statement was writing is not, and the engine answers.
func TestStuck(t *testing.T) {
	e := start(t, Config{StuckAfter: 500 * time.Millisecond})
	c := dial(e.Socket())
	c.must(t, Loader, "CREATE DATABASE store ENGINE = Atomic")
	c.must(t, Loader, "CREATE TABLE store.ledger (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1")
	c.must(t, Loader, "INSERT INTO store.ledger VALUES (1), (2)")
	c.must(t, Loader, "CREATE TABLE store.slow (n UInt64, CONSTRAINT c CHECK "+endless+" >= 0) ENGINE = MergeTree ORDER BY n")
	for name, stuck := range map[string]string{
		"select": "SELECT " + endless + " FROM (SELECT 32000 + number AS n FROM numbers(1))",
		"insert": "INSERT INTO store.slow SELECT 32000",
	} {
		t.Run(name, func(t *testing.T) {
			pid := e.PID()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"?query_id=stuck", strings.NewReader(stuck))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-ClickHouse-User", Loader)
			began := time.Now()
			if res, err := c.http.Do(req); err == nil {
				res.Body.Close()
				t.Fatalf("ended with %d before it was told to stop", res.StatusCode)
			}
			for e.PID() == pid {
				if time.Since(began) > 20*time.Second {
					t.Fatal("the engine goes on with a statement that does not stop")
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Logf("a new engine after %v", time.Since(began).Round(time.Millisecond))
			if got := c.must(t, Reader, "SELECT count(), sum(n) FROM store.ledger"); got != "2\t3\n" {
				t.Errorf("rows written before: %q, want 2 with sum 3", got)
			}
			if got := c.must(t, Reader, "SELECT count() FROM store.slow"); got != "0\n" {
				t.Errorf("rows of the statement that was ended: %q", got)
			}
			c.must(t, Loader, "INSERT INTO store.slow VALUES (3)")
			c.must(t, Loader, "TRUNCATE TABLE store.slow")
		})
	}
}

// What waits for a statement that does not stop is ended with it: here a DROP for the table that an
// insert holds, whose own client waits on.
func TestStuckHolds(t *testing.T) {
	e := start(t, Config{StuckAfter: 500 * time.Millisecond})
	c := dial(e.Socket())
	c.must(t, Loader, "CREATE DATABASE store ENGINE = Atomic")
	c.must(t, Loader, "CREATE TABLE store.slow (n UInt64, CONSTRAINT c CHECK "+endless+" >= 0) ENGINE = MergeTree ORDER BY n")
	pid := e.PID()
	held := make(chan reply, 1)
	go func() { held <- c.post(t, Loader, "", "INSERT INTO store.slow SELECT 32000") }()
	for c.must(t, Loader, "SELECT count() FROM system.processes WHERE query LIKE 'INSERT INTO store.slow%'") != "1\n" {
		time.Sleep(10 * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, c.base, strings.NewReader("DROP TABLE store.slow SYNC"))
	req.Header.Set("X-ClickHouse-User", Loader)
	if res, err := c.http.Do(req); err == nil {
		res.Body.Close()
		t.Fatal("the table was dropped under a running insert")
	}
	if r := <-held; r.err == nil {
		t.Errorf("the insert ended with %d %s", r.status, r.body)
	}
	for began := time.Now(); e.PID() == pid; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatal("the engine waits on")
		}
	}
	c.must(t, Loader, "DROP TABLE IF EXISTS store.slow SYNC")
}

// A statement that stops when it is told to costs nobody the engine.
func TestStops(t *testing.T) {
	e := start(t, Config{StuckAfter: 500 * time.Millisecond})
	c := dial(e.Socket())
	pid := e.PID()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, c.base, strings.NewReader("SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1"))
	if res, err := c.http.Do(req); err == nil {
		res.Body.Close()
		t.Fatal("ended")
	}
	time.Sleep(time.Second)
	if e.PID() != pid {
		t.Error("the engine was started anew for a statement that stops")
	}
	c.must(t, Reader, "SELECT 1")
}
