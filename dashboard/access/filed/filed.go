// Package filed keeps what several processes write in files: one at a time, and each file whole or not at all.
package filed

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Lock takes a lock that ends with the process.
func Lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		if err = unix.Flock(int(f.Fd()), unix.LOCK_EX); err != unix.EINTR {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// Change puts what f returns in place of a file. Nobody else changes it meanwhile, in this process or another, so f may read
// it; where f fails the file stays.
func Change(name string, f func() ([]byte, error)) error {
	unlock, err := Lock(name + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	text, err := f()
	if err != nil {
		return err
	}
	return Replace(name, text)
}

// Replace writes a file whole or not at all: it is on disk when Replace returns.
func Replace(name string, text []byte) error {
	next := name + ".new"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	if err := os.Rename(next, name); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
