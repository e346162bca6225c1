package pipeline

import (
	"io"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// wire is a connection to the database that can be made to fail.
type wire struct {
	socket string
	cutUp  atomic.Int64 // bytes towards the database until the line is cut; negative: never
	deaf   atomic.Bool  // answers of the database are lost
}

func newWire(t *testing.T) *wire {
	t.Helper()
	w := &wire{socket: filepath.Join(t.TempDir(), "s")}
	w.cutUp.Store(-1)
	to := warehousetest.Engine(t).Socket()
	ln, err := net.Listen("unix", w.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			d, err := net.Dial("unix", to)
			if err != nil {
				c.Close()
				return
			}
			go w.carry(d, c, true)
			go w.carry(c, d, false)
		}
	}()
	return w
}

func (w *wire) carry(to, from net.Conn, up bool) {
	defer to.Close()
	defer from.Close()
	b := make([]byte, 4096)
	for {
		n, err := from.Read(b)
		if n > 0 {
			if up && w.cutUp.Load() >= 0 && w.cutUp.Add(int64(-n)) < 0 {
				w.cutUp.Store(0)
				return
			}
			if !up && w.deaf.Load() {
				return
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err == io.EOF || err != nil {
			return
		}
	}
}

func TestDatabaseAway(t *testing.T) {
	sound, _ := testLoader(t)
	w := newWire(t)
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: w.socket, User: embedded.Loader})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := &Loader{Ledger: &Ledger{DB: db}, Catalog: sound.Catalog, Key: testKey, Spool: t.TempDir(), Log: sound.Log}
	load(t, sound, 100, "2026-06")
	path := file(t, "人社局_引进与流出_2026年6月.csv", moves(9000, "2026-06"))

	// the line is cut while the rows go out
	l.fault = func(at string) {
		if at == "staging" {
			w.cutUp.Store(100_000)
		}
	}
	out, err := l.Load(t.Context(), Request{Path: path})
	if err == nil || out.State != Failed || !Temporary(err) {
		t.Errorf("line cut: got %+v, %v", out, err)
	}
	wantVisible(t, sound.DB, 100, pay(100))
	w.cutUp.Store(-1)

	// the row that publishes is written, and its acknowledgement lost
	l.fault = func(at string) {
		if at == "publish" {
			w.deaf.Store(true)
			time.AfterFunc(300*time.Millisecond, func() { w.deaf.Store(false) })
		}
	}
	out, err = l.Load(t.Context(), Request{Path: path})
	l.fault = nil
	w.deaf.Store(false)
	rows, _ := visible(t, sound.DB)
	switch {
	case err == nil && out.State == Published && rows == 9000:
	default:
		t.Errorf("acknowledgement lost: got %s, %v, and %d rows are visible", out.State, err, rows)
	}
	// whatever was said, the next attempt knows
	again, err := l.Load(t.Context(), Request{Path: path})
	if err != nil || again.State != Unchanged {
		t.Errorf("the same again: got %+v, %v", again, err)
	}
	wantVisible(t, sound.DB, 9000, pay(9000))
	if _, err := sound.Sweep(t.Context(), Retention{Superseded: time.Nanosecond}); err != nil {
		t.Fatal(err)
	}
	if got := warehousetest.TSV(t, sound.DB, warehouse.SQL("select count(), uniqExact(`_batch`) from store.moves")); got != "9000\t1" {
		t.Errorf("after the sweep: got %v", got)
	}
}
