package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// bookColumns are how many columns the measured workbook has.
const bookColumns = 10

// writeBook writes so many rows of a text with the named columns as a workbook, its figures as numbers and all else as texts.
func writeBook(path, text string, rows int, columns []string) error {
	from, err := os.Open(text)
	if err != nil {
		return err
	}
	defer from.Close()
	r := csv.NewReader(from)
	at, err := places(r, columns)
	if err != nil {
		return err
	}
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	line := make([]any, len(columns))
	for i, c := range columns {
		line[i] = c
	}
	if err := w.SetRow("A1", line); err != nil {
		return err
	}
	for n := range rows {
		rec, err := r.Read()
		if err != nil {
			return err
		}
		for i, j := range at {
			line[i] = rec[j]
			if columns[i] == "salary" || columns[i] == "headcount" {
				if line[i], err = strconv.ParseFloat(rec[j], 64); err != nil {
					return err
				}
			}
		}
		if err := w.SetRow("A"+strconv.Itoa(n+2), line); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.SaveAs(path)
}

// book loads a workbook whole, and says how many rows a second that is.
func (b *bench) book(ctx context.Context, rows, times int) error {
	file := filepath.Join(b.dir, "bench.xlsx")
	if err := writeBook(file, filepath.Join(b.dir, "bench.csv"), rows, inOrder[:bookColumns]); err != nil {
		return err
	}
	st, err := os.Stat(file)
	if err != nil {
		return err
	}
	fmt.Printf("## Workbook: %d rows, %d columns, %.0f MB of xlsx\n\n%s%s", rows, bookColumns, float64(st.Size())/1e6, loadHead, loadRule)
	var all []took
	for range times {
		t, err := b.published(ctx, file, rows)
		if err != nil {
			return err
		}
		t.line("yanzhen: parse, check, hash, insert, verify, publish", rows)
		all = append(all, t)
	}
	fmt.Println()
	z := best(all)
	b.note("load.xlsx.rate", float64(rows)/z.wall.Seconds(), "rows/s")
	b.note("load.xlsx.peak", float64(mostBoth(all)>>20), "MiB")
	return nil
}
