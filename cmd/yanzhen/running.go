package main

import (
	"bytes"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"yanzhen/cmd/reload"
	"yanzhen/pipeline/warehouse/embedded"
)

// snapshot is where the process that holds the directory leaves what it was started with.
func snapshot(cfg *config) string { return filepath.Join(cfg.Dir, "declared.zip") }

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
	return reload.Left(snapshot(cfg))
}
