package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
	"yanzhen/pipeline/warehouse/warehousetest"
)

const killEnv = "YANZHEN_TEST_KILL" // point|data directory|file

// TestMain lets the test binary play the process that is killed.
func TestMain(m *testing.M) {
	if spec := os.Getenv(killEnv); spec != "" {
		if err := loadAndDie(spec); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(3) // it should have died
	}
	os.Exit(m.Run())
}

// loadAndDie loads a file and kills this very process at a named point.
func loadAndDie(spec string) error {
	part := strings.Split(spec, "|")
	point, dir, path := part[0], part[1], part[2]
	ctx := context.Background()
	engine, err := embedded.Start(ctx, embedded.Config{Dir: dir})
	if err != nil {
		return err
	}
	l, err := openLoader(ctx, engine, filepath.Join(dir, "spool"))
	if err != nil {
		return err
	}
	records := 0
	l.fault = func(at string) {
		if at == "insert" {
			if records++; records < 2 {
				return // in the middle: one record batch has gone out
			}
		}
		if at == point {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	out, err := l.Load(ctx, Request{Path: path})
	return fmt.Errorf("point %q was not reached: %+v, %w", point, out, err)
}

func openLoader(ctx context.Context, engine *embedded.Engine, spool string) (*Loader, error) {
	db, err := warehouse.Open(ctx, warehouse.Options{Socket: engine.Socket(), User: embedded.Loader})
	if err != nil {
		return nil, err
	}
	l := &Loader{Ledger: &Ledger{DB: db}, Key: testKey, Spool: spool, Log: slog.New(slog.DiscardHandler)}
	if l.Catalog, err = loadTestCatalog(); err != nil {
		return nil, err
	}
	return l, l.Ensure(ctx)
}

// A load is killed with signal 9 at six points, on an empty unit and on one that shows something.
// After each kill the database shows the old truth or the new one, to the last row and sum; the
// same load again succeeds, and after the sweep there is one copy.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts two engines for each kill")
	}
	dir := t.TempDir()
	const n = 6_000 // three record batches
	versions := make([]string, 2)
	for i := range versions {
		versions[i] = filepath.Join(t.TempDir(), "人社局_引进与流出_2026年6月.csv")
		text := moves(n-i, "2026-06")
		if err := os.WriteFile(versions[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, point := range []string{"staging", "insert", "inserted", "verified", "publish", "published"} {
		for i, path := range versions {
			t.Run(fmt.Sprintf("%s/%d", point, i), func(t *testing.T) {
				cmd := exec.Command(os.Args[0])
				cmd.Env = append(os.Environ(), killEnv+"="+strings.Join([]string{point, dir, path}, "|"))
				said, err := cmd.CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
					t.Fatalf("the loading process was not killed: %v\n%s", err, said)
				}
				engine := reopen(t, dir)
				defer engine.Close()
				l, err := openLoader(t.Context(), engine, filepath.Join(dir, "spool"))
				if err != nil {
					t.Fatal(err)
				}
				defer l.DB.Close()
				// old: what the version before left, nothing at first
				var oldRows uint64
				var oldPay float64
				if i == 1 {
					oldRows, oldPay = n, pay(n)
				}
				newRows, newPay := uint64(n-i), pay(n-i)
				rows, sum := visible(t, l.DB)
				isOld, isNew := rows == oldRows && sum == oldPay, rows == newRows && sum == newPay
				if point == "published" && !isNew || point != "published" && !isOld {
					t.Errorf("killed at %s: %d rows with pay %v are visible; old %d with %v, new %d with %v", point, rows, sum, oldRows, oldPay, newRows, newPay)
				}
				if point == "inserted" || point == "verified" || point == "publish" {
					hidden := warehousetest.TSV(t, l.DB, warehouse.SQL("select count() from store.moves where `_batch` not in (select batch from meta.live)"))
					if want := fmt.Sprint(newRows); hidden != want {
						t.Errorf("hidden rows after a kill at %s: got %s; want %s, or the test shows nothing", point, hidden, want)
					}
				}
				// the same again
				out, err := l.Load(t.Context(), Request{Path: path})
				if err != nil {
					t.Fatal(err)
				}
				want := Published
				if point == "published" {
					want = Unchanged
				}
				if out.State != want {
					t.Errorf("loaded again after a kill at %s: got %s, want %s", point, out.State, want)
				}
				wantVisible(t, l.DB, newRows, newPay)
				if _, err := l.Sweep(t.Context(), Retention{Superseded: time.Nanosecond}); err != nil {
					t.Fatal(err)
				}
				got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count(), uniqExact(`_batch`) from store.moves"))
				if want := fmt.Sprint(newRows, "\t1"); got != want {
					t.Errorf("after the sweep: got %v, want %s", got, want)
				}
				wantVisible(t, l.DB, newRows, newPay)
				// the killed run is in the history, with its true end
				runs, err := l.Runs(t.Context(), RunFilter{})
				if err != nil || len(runs) < 2 {
					t.Fatalf("runs: got %+v, %v", runs, err)
				}
				end := Failed
				if point == "published" {
					end = Published
				}
				if killed := runs[1]; killed.State != end || (end == Failed) != (killed.Code == "interrupted") || killed.Finished.IsZero() {
					t.Errorf("the killed run: got %+v, want it %s", killed, end)
				}
				if i == 1 { // the next point begins with an empty unit
					if _, err := l.Withdraw(t.Context(), "moves", "人社局|2026-06", Why{}); err != nil {
						t.Fatal(err)
					}
					if _, err := l.Sweep(t.Context(), Retention{Superseded: time.Nanosecond}); err != nil {
						t.Fatal(err)
					}
					wantVisible(t, l.DB, 0, 0)
				}
			})
		}
	}
}

// reopen starts an engine on a directory whose last engine died with its process: the lock is
// free once the kernel has cleared it away.
func reopen(t *testing.T, dir string) *embedded.Engine {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		engine, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
		if err == nil {
			return engine
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
