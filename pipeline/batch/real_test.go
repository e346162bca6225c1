package batch

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"yanzhen/configs"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// catalog is everything the project declares.
func catalog(t testing.TB) *dataset.Catalog {
	t.Helper()
	c, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// realFile opens a file of the folder of real data, or skips the test where there is none.
func realFile(t testing.TB, ds *dataset.Dataset, path ...string) *source.File {
	t.Helper()
	p := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, path...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("the real data are not here: %v", err)
	}
	o := source.Options{Header: ds.Header}
	for i := range ds.Columns {
		o.Want = append(o.Want, source.Want{Names: ds.Columns[i].Names(), Required: ds.Columns[i].Required})
	}
	f, err := source.Open(context.Background(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestPostings(t *testing.T) {
	c := catalog(t)
	ds := c.Datasets["postings"]
	for _, tt := range []struct {
		file   string
		layout string
		want   Counts
	}{
		{"zhilian_2024_raw.csv", "zhilian", Counts{Read: 14251, Loaded: 13302, Duplicates: 949}},
		{"zhilian_3000_gb18030_crlf.csv", "zhilian", Counts{Read: 3000, Loaded: 3000}},
		{"51job_manufacturing_shanghai_2018_noheader.xlsx", "wuyou", Counts{Read: 1514, Loaded: 1514}},
		{"lagou_799_utf16le_bom.tsv", "", Counts{Read: 799, Loaded: 799}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			f := realFile(t, ds, "postings", tt.file)
			if len(f.Tables()) != 1 {
				t.Fatalf("%d tables", len(f.Tables()))
			}
			src := f.Tables()[0]
			got := load(t, ds, src, Options{Lists: c.Lists})
			if got.err != nil {
				t.Fatal(got.err)
			}
			if got.counts != tt.want {
				t.Errorf("got %+v, want %+v", got.counts, tt.want)
			}
			rules := map[string]int{}
			for i, j := range got.rejects {
				rules[j.Column+" "+j.Rule]++
				if i < 15 {
					t.Logf("%+v", j)
				}
			}
			t.Log(rules)
			for i, r := range got.rows {
				if i < 3 {
					t.Log(r)
				}
			}
			kinds := map[any]int{}
			for _, r := range got.rows {
				kinds[r["salary_kind"]]++
				kinds[r["ownership"]]++
				if r["province"] == nil {
					kinds["no province"]++
				}
				if r["industry"] == nil {
					kinds["no industry"]++
				}
			}
			t.Log(kinds)
		})
	}
}
