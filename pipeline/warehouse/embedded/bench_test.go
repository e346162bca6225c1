package embedded

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkPlace compares the engine in a process of its own with the engine in this process, both
// behind the same endpoint: what crash isolation costs.
func BenchmarkPlace(b *testing.B) {
	lib, err := FindLibrary("")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	in, err := openEngine(orders{Dir: dir, Lib: lib})
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		b.Fatal(err)
	}
	srv := in.server(context.Background())
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	places := []struct {
		name string
		c    client
	}{{"child", dial(start(b, Config{}).Socket())}, {"here", dial(filepath.Join(dir, "s"))}}
	csv := strings.Builder{}
	for i := range 400_000 {
		fmt.Fprintf(&csv, "%d,%d,text %d\n", i, i%97, i%1000)
	}
	for _, p := range places {
		p.c.must(b, Loader, "CREATE DATABASE store ENGINE = Atomic")
		p.c.must(b, Loader, "CREATE TABLE store.t (a UInt64, b UInt32, s String) ENGINE = MergeTree ORDER BY a")
		b.Run("select/"+p.name, func(b *testing.B) {
			for b.Loop() {
				p.c.must(b, Reader, "SELECT 1")
			}
		})
		b.Run("export/"+p.name, func(b *testing.B) {
			for b.Loop() {
				n := len(p.c.must(b, Reader, "SELECT number, number % 97 FROM numbers(2000000) FORMAT CSV"))
				b.SetBytes(int64(n))
			}
		})
		b.Run("insert/"+p.name, func(b *testing.B) {
			b.SetBytes(int64(csv.Len()))
			for b.Loop() {
				if r := p.c.post(b, Loader, "query="+url.QueryEscape("INSERT INTO store.t FORMAT CSV"), csv.String()); r.status != 200 {
					b.Fatal(r.body)
				}
			}
		})
	}
}
