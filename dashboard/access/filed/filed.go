// Package filed keeps what several processes write in files: one at a time, and each file whole or not at all.
package filed

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
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

// mostList bounds the file of a list, in bytes.
const mostList = 64 << 20

// ReadList returns the list that a file has as JSON; none where there is no file. An error names the file without its folder.
func ReadList[T any](name string) (all []T, err error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && info.Size() > mostList {
		err = fmt.Errorf("%d bytes, more than %d", info.Size(), mostList)
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(name)
	}
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	return all, nil
}

// ChangeList puts what f makes of the list of a file in its place, as Change does.
func ChangeList[T any](name string, f func([]T) ([]T, error)) error {
	return Change(name, func() ([]byte, error) {
		all, err := ReadList[T](name)
		if err != nil {
			return nil, err
		}
		if all, err = f(all); err != nil {
			return nil, err
		}
		return json.MarshalIndent(all, "", " ")
	})
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
