package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"yanzhen/cmd/reload"
	"yanzhen/pipeline/warehouse/embedded"
)

// errOtherBuild says that a process runs on the directory of which nobody knows what it declares.
var errOtherBuild = errors.New("运行中的雁阵没有留下它的声明（可能是另一版本）：请重启它，或用 --configs 指明声明目录 / the running yanzhen has not left its declarations (another build?): start it again, or name the directory with --configs")

// snapshot is where the process that holds the directory leaves what it was started with.
func snapshot(cfg *config) string { return filepath.Join(cfg.Dir, "declared.zip") }

// leave writes the declarations down for whoever works beside this process: with others than its own the same file
// would become other rows. Where they cannot be written, on a full disk, none are left: the process works on, and who
// works beside it is told so.
func leave(cfg *config, fsys fs.FS, log *slog.Logger) {
	err := left(snapshot(cfg), fsys)
	if err == nil {
		return
	}
	log.Warn("the declarations could not be left for commands beside this process", "error", err)
	if err := os.Remove(snapshot(cfg)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Error("older declarations could not be taken away", "error", err)
	}
}

// left writes the declarations to a file, whole or not at all.
func left(name string, fsys fs.FS) error {
	text, err := reload.Pack(fsys)
	if err != nil {
		return err
	}
	next := name + ".new"
	if err := os.WriteFile(next, text, 0o640); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return os.Rename(next, name)
}

// running are the declarations of the process that holds the directory; nil where none does.
func running(cfg *config) (fs.FS, error) {
	if cfg.Database.DSN != "" { // no engine is held: a server is found by its address
		address, err := os.ReadFile(served(cfg))
		if err != nil {
			return nil, nil
		}
		c, err := net.DialTimeout("tcp", string(bytes.TrimSpace(address)), 2*time.Second)
		if err != nil {
			return nil, nil
		}
		c.Close()
	} else if _, ok := embedded.Find(filepath.Join(cfg.Dir, "engine")); !ok {
		return nil, nil
	}
	text, err := os.ReadFile(snapshot(cfg))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errOtherBuild
	}
	if err != nil {
		return nil, err
	}
	r, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", snapshot(cfg), err)
	}
	return r, nil
}
