// Package turn lets one process at a time bring a data directory's tables to what is declared. A server gives its turn up once they
// stand, and commands then work beside it; a command that has an engine of its own keeps its turn until it ends, since who came beside
// it would lose the engine with it.
package turn

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Turn is a directory's, held by this process. It goes when the process does, however it ends.
type Turn struct{ lock *os.File }

// Take waits for the turn of a directory, which is made where it is absent; said is called where that takes a second. Where there can
// be no lock, as on a full disk, there are no turns: that must not keep anybody from reading. The error is that of the context.
func Take(ctx context.Context, dir string, said func()) (*Turn, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return &Turn{}, nil
	}
	name := filepath.Join(dir, "turn.lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644) // whoever comes first, also root
	if errors.Is(err, os.ErrPermission) {
		f, err = os.Open(name)
	}
	if err != nil {
		return &Turn{}, nil
	}
	tell := time.AfterFunc(time.Second, said)
	defer tell.Stop()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return &Turn{f}, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			f.Close()
			return &Turn{}, nil
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Held reports whether the turn is this process's.
func (t *Turn) Held() bool { return t != nil && t.lock != nil }

// End gives the turn up; safe to call twice, and on none.
func (t *Turn) End() {
	if t.Held() {
		t.lock.Close()
		t.lock = nil
	}
}
