package reload

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

// ErrOtherBuild says that a process runs on the directory of which nobody knows what it declares.
var ErrOtherBuild = errors.New("运行中的雁阵没有留下它的声明（可能是另一版本）：请重启它，或用 --configs 指明声明目录 / the running yanzhen has not left its declarations (another build?): start it again, or name the directory with --configs")

// Leave writes declarations down for whoever works beside this process: with others than its own the same file would become
// other rows. Where they cannot be written, on a full disk, none are left: the process works on, and who works beside it
// is told so.
func Leave(name string, fsys fs.FS, log *slog.Logger) {
	err := leave(name, fsys)
	if err == nil {
		return
	}
	log.Warn("the declarations could not be left for commands beside this process", "error", err)
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Error("older declarations could not be taken away", "error", err)
	}
}

// leave writes declarations to a file, whole or not at all.
func leave(name string, fsys fs.FS) error {
	text, err := Pack(fsys)
	if err != nil {
		return err
	}
	next := name + ".new"
	if err := os.WriteFile(next, text, 0o640); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return os.Rename(next, name)
}

// Left are the declarations that a process which runs has left in a file.
func Left(name string) (fs.FS, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrOtherBuild
	}
	if err != nil {
		return nil, err
	}
	r, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// Drain stops the jobs and waits for the loads at work. Where the server is to stop meanwhile, as ctx says, they have so
// long as they have then; the error says that it is.
func Drain(ctx context.Context, within time.Duration, stop func(context.Context) error, log *slog.Logger) error {
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), Longest)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(within):
			cancel()
		case <-drain.Done():
		}
	})()
	if err := stop(drain); err != nil {
		log.Warn("a load was abandoned; its rows stay hidden, and it is loaded again", "err", err)
	}
	return ctx.Err()
}
