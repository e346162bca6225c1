package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/warehouse"
)

//go:embed peers.py
var peersPy []byte

// peers are other programs that load a table, by what each calls itself and by its function in peers.py.
var (
	textPeers = []peer{{"DuckDB, into its file", "duckdb"}, {"chdb, into a table", "chdb"}, {"polars, to Parquet", "polars_eager"}, {"polars lazily, to Parquet", "polars_lazy"}, {"pandas, to Parquet", "pandas"}, {"dlt, Arrow into DuckDB", "dlt"}}
	bookPeers = []peer{{"polars (calamine), to Parquet", "polars_excel"}, {"calamine, rows alone", "calamine"}, {"pandas (calamine), to Parquet", "pandas_excel"}, {"openpyxl, rows alone", "openpyxl"}}
)

type peer struct{ name, function string }

// peers loads the same text and the same workbook by the product, which checks every cell, and by other programs, which check
// nothing, in turns. python is an interpreter that has them; the text has rows, the workbook as many for each ten columns.
func (b *bench) peers(ctx context.Context, python string, rows, times int) error {
	script := filepath.Join(b.dir, "peers.py")
	if err := os.WriteFile(script, peersPy, 0o600); err != nil {
		return err
	}
	text := filepath.Join(b.dir, "bench.csv")
	if _, err := writeLoadFile(text, rows); err != nil {
		return err
	}
	if err := b.besidePeers(ctx, python, script, text, textPeers, rows, times); err != nil {
		return err
	}
	book := filepath.Join(b.dir, "bench.xlsx")
	if err := writeBook(book, text, rows/2, inOrder[:bookColumns]); err != nil {
		return err
	}
	return b.besidePeers(ctx, python, script, book, bookPeers, rows/2, times)
}

func (b *bench) besidePeers(ctx context.Context, python, script, file string, peers []peer, rows, times int) error {
	st, err := os.Stat(file)
	if err != nil {
		return err
	}
	fmt.Printf("## Peers: %s, %d rows, %.0f MB\n\n| | wall s | CPU s | peak MiB | rows/s |\n|---|---|---|---|---|\n", filepath.Base(file), rows, float64(st.Size())/1e6)
	kind := strings.TrimPrefix(filepath.Ext(file), ".")
	best := make([]took, len(peers)+1)
	for range times {
		ours, err := b.published(ctx, file, rows)
		if err != nil {
			return err
		}
		best[0] = better(best[0], ours)
		for i, p := range peers {
			t, err := peerLoad(ctx, python, script, p.function, file, filepath.Join(b.dir, "peer"), rows)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			best[i+1] = better(best[i+1], t)
		}
	}
	for i, t := range best {
		name, figure := "yanzhen: every cell checked, published", "peers."+kind+".yanzhen"
		if i > 0 {
			name, figure = peers[i-1].name, "peers."+kind+"."+peers[i-1].function
		}
		fmt.Printf("| %s | %.2f | %.2f | %d | %.0f |\n", name, t.wall.Seconds(), t.cpu.Seconds(), t.both>>20, float64(rows)/t.wall.Seconds())
		b.note(figure+".wall", t.wall.Seconds(), "s")
		b.note(figure+".cpu", t.cpu.Seconds(), "s")
		b.note(figure+".peak", float64(t.both>>20), "MiB")
	}
	fmt.Printf("\nLeast of %d in turns; peers from the start of their process on.\n\n", times)
	return nil
}

// better is the one of less wall time; the first of all has none yet.
func better(a, c took) took {
	if a.wall == 0 || c.wall < a.wall {
		return c
	}
	return a
}

// published says what a whole load of a measured file takes; a workbook has fewer columns than a text.
func (b *bench) published(ctx context.Context, file string, rows int) (t took, err error) {
	name := "bench"
	if filepath.Ext(file) == ".xlsx" {
		if name, err = b.narrowed(ctx, bookColumns); err != nil {
			return t, err
		}
	}
	if err := b.loader.DB.Exec(ctx, warehouse.SQL("truncate table store."+name)); err != nil {
		return t, err
	}
	return b.measure(func() error {
		out, err := b.loader.Load(ctx, b.request(file, name))
		if err == nil && (out.State != pipeline.Published || out.Counts.Loaded != uint64(rows)) {
			err = fmt.Errorf("load ended %s with %s: %v", out.State, out.Identity("en"), out.Rules)
		}
		return err
	})
}

// peerLoad runs one peer in a process of its own and says what that took.
func peerLoad(ctx context.Context, python, script, function, file, out string, rows int) (t took, err error) {
	for _, left := range []string{out, out + ".p", out + ".wal"} {
		if err := os.RemoveAll(left); err != nil {
			return t, err
		}
	}
	cmd := exec.CommandContext(ctx, python, script, function, file, out)
	var said, wrong bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &wrong
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return t, fmt.Errorf("%w: %.1000s", err, wrong.String())
	}
	t.wall = time.Since(began)
	lines := strings.Fields(said.String())
	if n := len(lines); n == 0 || lines[n-1] != strconv.Itoa(rows) {
		return t, fmt.Errorf("has %.200q rows, want %d", said.String(), rows)
	}
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	t.cpu, t.both = cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), uint64(used.Maxrss)<<10
	return t, nil
}
