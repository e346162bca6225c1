package embedded

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// An engine whose process is stopped cannot end itself: its parent starts another.
func TestFrozen(t *testing.T) {
	e := start(t, Config{FrozenAfter: time.Second})
	c := dial(e.Socket())
	c.must(t, Loader, "CREATE DATABASE store ENGINE = Atomic")
	c.must(t, Loader, "CREATE TABLE store.t (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1")
	c.must(t, Loader, "INSERT INTO store.t VALUES (1), (2)")
	pid := e.PID()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); e.PID() == pid; time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			syscall.Kill(pid, syscall.SIGCONT)
			t.Fatal("nobody started another engine")
		}
	}
	if got := c.must(t, Reader, "SELECT sum(n) FROM store.t"); got != "3\n" {
		t.Errorf("rows after the freeze: %q", got)
	}
}

// A socket that still accepts while its engine dies is no reason to refuse a start.
func TestDyingSocket(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "engine.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	os.WriteFile(filepath.Join(dir, "endpoint"), []byte(`{"socket":"`+socket+`","pid":1}`), 0o600)
	lock, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, ok := Find(dir); !ok {
		t.Error("a served directory is not found")
	}
	// a copy of it names the socket of the original, and is served by nobody
	copied := t.TempDir()
	for _, name := range []string{"endpoint", "lock"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || os.WriteFile(filepath.Join(copied, name), b, 0o600) != nil {
			t.Fatal(name, err)
		}
	}
	if got, ok := Find(copied); ok {
		t.Errorf("a cold copy is taken for served, by %s", got)
	}
	lock.Close()
	if got, ok := Find(dir); ok {
		t.Errorf("found %s, whose owner is gone", got)
	}
}
