package main

import (
	"context"
	"flag"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"yanzhen/configs"
	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

var (
	readRows = flag.Int("read-rows", 200_000, "rows of the file that BenchmarkRead reads")
	readFile = flag.String("read-file", "", "the file that it reads; empty: a text of its own, and the workbook that -rows loads")
)

// BenchmarkRead reads the file of the load into record batches, with every check on and no engine: the loader's own work, by
// the processor's time. The shortest of many short runs says most.
func BenchmarkRead(b *testing.B) {
	if *readFile != "" {
		read(b, *readFile)
		return
	}
	text := filepath.Join(b.TempDir(), "bench.csv")
	if _, err := writeLoadFile(text, *readRows); err != nil {
		b.Fatal(err)
	}
	b.Run("text", func(b *testing.B) { read(b, text) })
	b.Run("workbook", func(b *testing.B) {
		book := filepath.Join(b.TempDir(), "bench.xlsx")
		if err := writeBook(book, text, *readRows, inOrder[:bookColumns]); err != nil {
			b.Fatal(err)
		}
		read(b, book)
	})
}

func read(b *testing.B, file string) {
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		b.Fatal(err)
	}
	declared := benchYAML
	if filepath.Ext(file) == ".xlsx" {
		if declared, err = narrow("bench", inOrder[:bookColumns]); err != nil {
			b.Fatal(err)
		}
	}
	ds, err := dataset.Parse("bench.yaml", declared, sets.Lists)
	if err != nil {
		b.Fatal(err)
	}
	o := source.Options{Display: filepath.Base(file), Header: ds.Header}
	for i := range ds.Columns {
		c := &ds.Columns[i]
		o.Want = append(o.Want, source.Want{Names: append([]string{c.Title.Zh}, c.Names()...), Fits: c.Fits, Required: c.Required})
	}
	wall, cpu := time.Hour, time.Hour
	for b.Loop() {
		began, used := time.Now(), processor()
		f, err := source.Open(context.Background(), file, o)
		if err != nil {
			b.Fatal(err)
		}
		r, err := batch.NewReader(context.Background(), ds, f.Tables()[0], batch.Options{
			Key: []byte(strings.Repeat("k", 32)), Lists: sets.Lists, Reject: func(j batch.Reject) { b.Fatalf("%+v", j) },
		})
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
		}
		r.Release()
		if r.Err() != nil || r.Counts().Loaded != uint64(*readRows) {
			b.Fatal(r.Err(), r.Counts())
		}
		r.Account()
		f.Close()
		wall, cpu = min(wall, time.Since(began)), min(cpu, processor()-used)
	}
	b.ReportMetric(float64(wall)/float64(*readRows), "least-ns/row")
	b.ReportMetric(float64(cpu)/float64(*readRows), "least-cpu-ns/row")
}

func processor() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
