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
	readFile = flag.String("read-file", "", "the file that it reads; empty: a text of its own. A workbook of that text's cells shows what workbooks cost")
)

// BenchmarkRead reads the file of the load into record batches, with every check on and no engine: the loader's own work, by
// the processor's time. The shortest of many short runs says most.
func BenchmarkRead(b *testing.B) {
	file := *readFile
	if file == "" {
		file = filepath.Join(b.TempDir(), "bench.csv")
		if _, err := writeLoadFile(file, *readRows); err != nil {
			b.Fatal(err)
		}
	}
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		b.Fatal(err)
	}
	ds, err := dataset.Parse("bench.yaml", benchYAML, sets.Lists)
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
