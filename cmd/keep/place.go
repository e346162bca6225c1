package keep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"yanzhen/pipeline/backup"
)

// place is where a directory is built before it gets its name: beside it, where it can be put in place of an empty one, or
// inside of it, where it cannot, as at the top of a disk.
type place struct {
	into   string
	half   string
	inside bool
	mode   fs.FileMode // of an empty directory that was taken away; 0: there was none
	lock   *os.File
}

const (
	halfPrefix = ".restoring-"
	lockName   = "restoring.lock"
	forgotten  = time.Hour // after which a folder without a lock is nobody's
)

var errFull = errors.New("not empty")

// empty returns errFull where a directory holds anything but what a file system makes of itself and what restores left.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.Name() != "lost+found" && !strings.HasPrefix(e.Name(), halfPrefix) {
			return errFull
		}
	}
	return err
}

// begin makes the folder to build in. Whether the end can be reached is tried here, before hours of work.
func begin(into string) (*place, error) {
	p := &place{into: into}
	if err := os.MkdirAll(filepath.Dir(into), 0o700); err != nil {
		return nil, err
	}
	for _, dir := range []string{filepath.Dir(into), into} {
		if err := sweep(dir); err != nil {
			return nil, err
		}
	}
	at := filepath.Dir(into)
	if info, err := os.Stat(into); err == nil {
		p.mode = info.Mode().Perm()
		if os.Remove(into) != nil { // a disk begins there, or the folder above is not ours
			at, p.inside = into, true
		}
	}
	var err error
	if p.half, err = os.MkdirTemp(at, halfPrefix+"*"); err == nil {
		p.lock, err = hold(filepath.Join(p.half, lockName), os.O_CREATE)
	}
	if err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, nil
}

// hold takes the lock of a folder that is being built; it ends with the process.
func hold(name string, flag int) (*os.File, error) {
	f, err := os.OpenFile(name, flag|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// sweep removes what restores left that were killed: they hold everything in plain.
func sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), halfPrefix) {
			continue
		}
		old := filepath.Join(dir, e.Name())
		lock, bad := hold(filepath.Join(old, lockName), 0)
		switch {
		case errors.Is(bad, fs.ErrNotExist): // it was killed before it had a lock, or has not got it yet
			if info, bad := e.Info(); bad != nil || time.Since(info.ModTime()) < forgotten {
				continue
			}
		case bad != nil: // one at work
			continue
		default:
			lock.Close()
		}
		if bad := os.RemoveAll(old); bad != nil {
			err = errors.Join(err, fmt.Errorf("一次中断的恢复留下了明文，删不掉 / an interrupted restore has left everything in plain, which cannot be removed: %w", bad))
		}
	}
	return err
}

// done gives what was built its name, once all of it is on the disk.
func (p *place) done() error {
	if err := errors.Join(os.Remove(p.lock.Name()), p.lock.Close()); err != nil {
		return err
	}
	p.lock = nil
	if err := backup.Settle(p.half); err != nil {
		return err
	}
	if p.inside {
		return p.up()
	}
	if err := os.Rename(p.half, p.into); err != nil {
		return err
	}
	p.half, p.mode = "", 0
	return backup.Named(p.into)
}

// up moves what was built inside of the directory to where it belongs; the store last, so that a directory with one is
// whole.
func (p *place) up() error {
	entries, err := os.ReadDir(p.half)
	if err != nil {
		return err
	}
	names := []string{}
	for _, e := range entries {
		if e.Name() != "engine" {
			names = append(names, e.Name())
		}
	}
	for _, name := range append(names, "engine") {
		if err := os.Rename(filepath.Join(p.half, name), filepath.Join(p.into, name)); err != nil {
			return err
		}
	}
	return backup.Settle(p.into)
}

// end removes what is left of what was built, and puts the empty directory back that was taken away.
func (p *place) end() (err error) {
	if p.lock != nil {
		p.lock.Close()
	}
	if p.half != "" {
		err = os.RemoveAll(p.half)
	}
	if p.mode != 0 && !p.inside {
		if bad := os.Mkdir(p.into, p.mode); !errors.Is(bad, fs.ErrExist) {
			err = errors.Join(err, bad)
		}
	}
	return err
}
