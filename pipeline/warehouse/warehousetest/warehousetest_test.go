package warehousetest

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

func TestEmbedded(t *testing.T) {
	Run(t, func(t testing.TB, role string) *warehouse.DB { return OpenAs(t, role) })
}

// The same suite over a TCP port and an address, as a server would be reached.
func TestTCP(t *testing.T) {
	e, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("unix", e.Socket())
			if err != nil {
				c.Close()
				continue
			}
			go func() { _, _ = io.Copy(up, c); up.Close() }()
			go func() { _, _ = io.Copy(c, up); c.Close() }()
		}
	}()
	Run(t, func(t testing.TB, role string) *warehouse.DB {
		if role == embedded.Analyst {
			return nil
		}
		return dial(t, "http://"+role+":p%201%2F%40@"+l.Addr().String())
	})
}

// A server of one's own must pass too: YANZHEN_TEST_DSN names one as a user who may make databases.
func TestServer(t *testing.T) {
	dsn := os.Getenv("YANZHEN_TEST_DSN")
	if dsn == "" {
		t.Skip("opt-in: YANZHEN_TEST_DSN names no server")
	}
	Run(t, func(t testing.TB, role string) *warehouse.DB {
		if role == embedded.Analyst {
			if dsn := os.Getenv("YANZHEN_TEST_ANALYST_DSN"); dsn != "" {
				return dial(t, dsn)
			}
			return nil
		}
		return dial(t, dsn)
	})
}

// The engine holds a block of an insert whole: one is no larger than half a million rows and a record batch.
func TestBlocks(t *testing.T) {
	s := suite{db: OpenAs(t, embedded.Loader)}
	Reset(t, s.db)
	s.exec(t, "CREATE TABLE store.blocks (n UInt64) ENGINE = MergeTree ORDER BY n")
	if _, err := s.db.Insert(t.Context(), "store.blocks", numbers(100_000, 30)); err != nil {
		t.Fatal(err)
	}
	if n := one[uint64](t, s.db, "SELECT toUInt64(max(max_block_number)) FROM system.parts WHERE database = 'store' AND table = 'blocks'"); n < 5 {
		t.Errorf("3,000,000 rows in %d blocks", n)
	}
}

// The engine dies under a statement: its caller learns that the database is gone, and the same DB
// works again when the next engine is up.
func TestCrash(t *testing.T) {
	e, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: e.Socket(), User: embedded.Loader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	Reset(t, db)
	s := suite{db: db}
	s.exec(t, "CREATE TABLE store.kept (n UInt64) ENGINE = MergeTree ORDER BY n", "INSERT INTO store.kept VALUES (1)",
		"CREATE TABLE store.t (n UInt64) ENGINE = MergeTree ORDER BY n")
	query, insert := make(chan error, 1), make(chan error, 1)
	go func() {
		query <- db.Exec(t.Context(), warehouse.SQL("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)"))
	}()
	go func() {
		_, err := db.Insert(t.Context(), "store.t", numbers(10000, 1<<30))
		insert <- err
	}()
	for range 100 {
		if one[uint64](t, db, "SELECT count() FROM system.processes") >= 3 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := syscall.Kill(e.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]chan error{"query": query, "insert": insert} {
		if err := <-c; !errors.Is(err, warehouse.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
	var n uint64
	for range 5 { // a connection that the dead engine held may fail once
		if err = db.Row(t.Context(), warehouse.SQL("SELECT count() FROM store.kept"), &n); err == nil {
			break
		}
	}
	if err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
}

func dial(t testing.TB, dsn string) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
