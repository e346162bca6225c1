package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

var errNoMount = errors.New("no tmpfs may be mounted here")

// diskBytes is the size of the disk that is filled.
const diskBytes = 256 << 20

// fullDisk fills the disk under the data directory while files arrive, starts the server on the full disk, and makes room
// again.
func (t *trial) fullDisk(ctx context.Context) error {
	disk := filepath.Join(t.dir, "full")
	if err := os.MkdirAll(disk, 0o700); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, fmt.Sprintf("size=%d", diskBytes)); err != nil {
		return fmt.Errorf("%w: %w", errNoMount, err)
	}
	defer func() { _ = unix.Unmount(disk, unix.MNT_DETACH) }()
	z, m, others, err := t.prepare(ctx, "full", "")
	if z != nil {
		defer z.kill()
	}
	if err != nil {
		return fmt.Errorf("full disk: %w", err)
	}
	ballast := filepath.Join(disk, "ballast")
	if err := fill(ballast); err != nil {
		return err
	}
	// what arrives now cannot even be put into the inbox: it lies on the same disk. What lies there waits
	for range 3 {
		for _, u := range m.units {
			_ = m.send(u) // a file that does not fit is not sent
		}
		for range 10 {
			if err := look(ctx, z, m); err != nil {
				return fmt.Errorf("on the full disk: %w", err)
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	z.kill()
	if err := z.start(ctx); err != nil {
		return fmt.Errorf("start on the full disk: %w", err)
	}
	if err := look(ctx, z, m); err != nil {
		return fmt.Errorf("after a start on the full disk: %w", err)
	}
	if err := os.Remove(ballast); err != nil {
		return err
	}
	for _, u := range m.units {
		if err := m.send(u); err != nil {
			return err
		}
	}
	if err := finish(ctx, z, m, others); err != nil {
		return fmt.Errorf("once there is room again: %w", err)
	}
	t.say("full disk: what was published was read on all along, the server started on it, and loading went on by itself once there was room; nothing lost, doubled or half")
	return nil
}

// fill writes a file until nothing fits any more.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for size := 1 << 20; size >= 512; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return nil
}
