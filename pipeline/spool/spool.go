// Package spool copies a file aside before it is read, so that what is loaded stays what was fingerprinted. A copy's name says which
// process made it.
package spool

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"yanzhen/pipeline/unfinished"
)

// Name is the pattern of a copy's name. It names this process, so that what a process left behind that was killed is known.
func Name() string {
	return fmt.Sprintf("load-%d.%s-*", os.Getpid(), unfinished.ProcessStart(os.Getpid()))
}

// Clear removes the copies from a folder that no living process owns.
func Clear(dir string) (err error) {
	if unfinished.ProcessStart(os.Getpid()) == "" {
		return nil // a system that does not tell who lives
	}
	names, _ := filepath.Glob(filepath.Join(dir, "load-*"))
	for _, n := range names {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(n), "load-"), "-")
		id, start, _ := strings.Cut(owner, ".")
		if pid, _ := strconv.Atoi(id); pid > 0 && unfinished.ProcessStart(pid) == start {
			continue
		}
		if e := os.Remove(n); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// Copy copies until the end or until the context ends. A piece is hashed while it is written.
func Copy(ctx context.Context, to io.Writer, from io.Reader) (n int64, sum [sha256.Size]byte, err error) {
	h := sha256.New()
	hashing, hashed := make(chan []byte), make(chan struct{})
	go func() {
		defer close(hashed)
		for p := range hashing {
			h.Write(p)
			hashed <- struct{}{}
		}
	}()
	defer func() {
		close(hashing)
		<-hashed
		h.Sum(sum[:0])
	}()
	buf := make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return n, sum, err
		}
		k, err := from.Read(buf)
		if k > 0 {
			hashing <- buf[:k]
			w, werr := to.Write(buf[:k])
			<-hashed
			if n += int64(w); werr != nil {
				return n, sum, werr
			}
		}
		if err == io.EOF {
			return n, sum, nil
		}
		if err != nil {
			return n, sum, err
		}
	}
}
