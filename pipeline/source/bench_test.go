package source_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"yanzhen/pipeline/source"
)

const benchRows = 2_000_000

// benchFile writes rows of 16 columns, about 200 bytes each, Chinese among them, none quoted.
func benchFile(b *testing.B, rows int) (string, int64) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "bench.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "身份证号,姓名,日期,方向,来源省份,来源国家,学历,出生日期,渠道,用工,企业,节点,职业,技能等级,首次,备注")
	for i := range rows {
		fmt.Fprintf(w, "11010119900101%04d,张三%d,2026-%02d-%02d,引进,浙江省,CN,大学本科,1990-01-%02d,校园招聘,全日制,东阳市某某磁性材料有限公司%d,烧结钕铁硼,6-12-03-%02d,%d,是,说明文字%d\n",
			i%10000, i, i%12+1, i%28+1, i%28+1, i%4000, i%100, i%9, i)
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		b.Fatal(err)
	}
	stat, _ := os.Stat(path)
	return path, stat.Size()
}

func BenchmarkText(b *testing.B) {
	path, size := benchFile(b, benchRows)
	b.Run("source", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			f, err := source.Open(context.Background(), path, source.Options{})
			if err != nil {
				b.Fatal(err)
			}
			rows, cells := 0, 0
			for r, err := range f.Tables()[0].Rows(context.Background()) {
				if err != nil {
					b.Fatal(err)
				}
				rows++
				cells += len(r.Cells)
			}
			f.Close()
			if rows != benchRows || cells != 16*rows {
				b.Fatal(rows, cells)
			}
		}
	})
	b.Run("encoding_csv", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
			r.ReuseRecord = true
			rows := 0
			for {
				if _, err := r.Read(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
				rows++
			}
			f.Close()
			if rows != benchRows+1 {
				b.Fatal(rows)
			}
		}
	})
}
