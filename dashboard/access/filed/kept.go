package filed

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// Kept is a file that this process has read and others may write: it is read again when another one lies in its place. Its
// first three fields are set before it is used.
type Kept[T any] struct {
	File string
	Most int64                        // bytes of the file
	Read func(text []byte) (T, error) // what a file says; not asked where there is none

	mu   sync.Mutex
	of   fs.FileInfo // of the file that was read; nil: none
	kept T
}

// Get is what the file says, nothing where there is none. The caller must not change it.
func (k *Kept[T]) Get() (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var none T
	info, err := os.Stat(k.File)
	if errors.Is(err, fs.ErrNotExist) {
		k.kept, k.of = none, nil
		return none, nil
	}
	if err != nil {
		return none, err
	}
	if k.of == nil || !os.SameFile(k.of, info) || k.of.Size() != info.Size() || !k.of.ModTime().Equal(info.ModTime()) {
		now, err := k.read()
		if err != nil {
			return none, err
		}
		k.kept, k.of = now, info
	}
	return k.kept, nil
}

// read reads the file; nothing where there is none.
func (k *Kept[T]) read() (was T, err error) {
	text, err := Limited(k.File, k.Most)
	if errors.Is(err, fs.ErrNotExist) {
		return was, nil
	}
	if err != nil {
		return was, err
	}
	return k.Read(text)
}

// Change reads the file anew and puts what f makes of it in its place, on the disk before Change returns. Nobody else changes
// it meanwhile, in this process or another.
func (k *Kept[T]) Change(f func(was T) ([]byte, error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return Change(k.File, func() ([]byte, error) {
		was, err := k.read()
		if err != nil {
			return nil, err
		}
		text, err := f(was)
		if err == nil {
			k.of = nil // read anew, whatever the clock of the file system says
		}
		return text, err
	})
}

// Limited reads a file of at most so many bytes.
func Limited(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s: larger than %d bytes", name, most)
	}
	return text, err
}
