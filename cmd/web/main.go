// Command web puts the npm parts of the pages where Go embeds them: dashboard/static/vendor gets the chart library
// and the map outlines, each with its compressed copies. It reads node_modules and the network is not asked.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

var parts = []struct{ from, to string }{
	{"echarts/dist/echarts.min.js", "echarts.min.js"},
	{"echarts4/map/json/china.json", "china.json"},
	{"@surbowl/world-geo-json-zh/world.zh.json", "world.json"},
}

func main() {
	if err := run("node_modules", "dashboard/static/vendor"); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

func run(modules, vendor string) error {
	if err := os.MkdirAll(vendor, 0o755); err != nil {
		return err
	}
	for _, p := range parts {
		text, err := os.ReadFile(filepath.Join(modules, filepath.FromSlash(p.from)))
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s is not there; run npm ci first", filepath.Join(modules, p.from))
		}
		if err != nil {
			return err
		}
		if filepath.Ext(p.to) == ".json" {
			var b bytes.Buffer
			if err := json.Compact(&b, text); err != nil {
				return fmt.Errorf("%s: %w", p.from, err)
			}
			text = b.Bytes()
		}
		to := filepath.Join(vendor, p.to)
		if err := write(to, text); err != nil {
			return err
		}
		fmt.Printf("%-20s %7d bytes\n", p.to, len(text))
	}
	return nil
}

// write puts a file and its .gz and .br copies, so that no request has to compress it.
func write(to string, text []byte) error {
	if old, err := os.ReadFile(to); err == nil && bytes.Equal(old, text) && exists(to+".br") && exists(to+".gz") {
		return nil
	}
	for ext, pack := range map[string]func(io.Writer) (io.WriteCloser, error){
		".gz": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) },
		".br": func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriterLevel(w, 10), nil },
	} {
		var b bytes.Buffer
		w, err := pack(&b)
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if err := os.WriteFile(to+ext, b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(to, text, 0o644)
}

func exists(name string) bool { _, err := os.Stat(name); return err == nil }
