package batch

import (
	"context"
	"fmt"
	"maps"
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

// TestPostings loads the files of the boards of postings as they are. The numbers of rows, of
// exact duplicates and of each kind of pay were counted apart from this code.
func TestPostings(t *testing.T) {
	c := catalog(t)
	ds := c.Datasets["postings"]
	for _, tt := range []struct {
		file   string
		layout string
		want   Counts
		rules  map[string]int
		kinds  map[string]int
		first  string // of the first row: title, salary, place, size, skills
	}{
		{
			"zhilian_2024_raw.csv", "zhilian",
			Counts{Read: 14251, Loaded: 13302, Duplicates: 949},
			map[string]int{},
			map[string]int{"day": 230, "hour": 4, "month": 12622, "negotiable": 440, "piece": 5, "week": 1},
			"Java开发工程师 8000 11000 month 上海 上海 虹口 private 20-99人 计算机软件 [Java]",
		},
		{
			"zhilian_3000_gb18030_crlf.csv", "zhilian",
			Counts{Read: 3000, Loaded: 2999, Duplicates: 1},
			map[string]int{},
			map[string]int{"day": 79, "month": 2816, "negotiable": 102, "piece": 1, "week": 1},
			"Java开发工程师 8000 11000 month 上海 上海 虹口 private 20-99人 计算机软件 [Java]",
		},
		// six names of companies were damaged before the workbook was published
		{
			"51job_manufacturing_shanghai_2018_noheader.xlsx", "wuyou",
			Counts{Read: 1514, Loaded: 1508, Rejected: 6},
			map[string]int{"company encoding": 6},
			map[string]int{"day": 9, "hour": 2, "month": 1468, "year": 29},
			"财务实习生(可留用+班车+住宿) <nil> <nil> day 上海 上海 奉贤区 listed 500-1000人 电气/电力/水利 []",
		},
		{
			"lagou_799_utf16le_bom.tsv", "",
			Counts{Read: 799, Loaded: 781, Duplicates: 18},
			map[string]int{"title entity": 1},
			map[string]int{"month": 781},
			"Senior Data Analyst 15000 30000 month 北京 北京 东城区 <nil> 150-500人 移动互联网 [数据分析 SQL 数据库]",
		},
	} {
		t.Run(tt.file, func(t *testing.T) {
			f := realFile(t, ds, "postings", tt.file)
			if len(f.Tables()) != 1 {
				t.Fatalf("%d tables", len(f.Tables()))
			}
			got := load(t, ds, f.Tables()[0], Options{Lists: c.Lists})
			if got.err != nil {
				t.Fatal(got.err)
			}
			if got.counts != tt.want {
				t.Errorf("got %+v, want %+v", got.counts, tt.want)
			}
			if got.layout != tt.layout {
				t.Errorf("layout %q, want %q", got.layout, tt.layout)
			}
			rules, kinds, nowhere := map[string]int{}, map[string]int{}, 0
			for _, j := range got.rejects {
				rules[j.Column+" "+j.Rule]++
			}
			for _, r := range got.rows {
				kinds[fmt.Sprint(r["salary_kind"])]++
				if r["city"] != nil && r["province"] == nil {
					nowhere++
				}
				kind := r["salary_kind"]
				if monthly := kind == "month" || kind == "year"; !monthly && (r["salary_from"] != nil || r["salary_to"] != nil) {
					t.Errorf("row %v: pay by the %v has a month's pay", r["_row"], kind)
				}
			}
			if !maps.Equal(rules, tt.rules) {
				t.Errorf("rejects: got %v, want %v", rules, tt.rules)
			}
			if !maps.Equal(kinds, tt.kinds) {
				t.Errorf("kinds of pay: got %v, want %v", kinds, tt.kinds)
			}
			if nowhere > 30 { // 日本, 老挝 ...
				t.Errorf("%d places without a province", nowhere)
			}
			r := got.rows[0]
			if first := fmt.Sprint(r["title"], " ", r["salary_from"], " ", r["salary_to"], " ", r["salary_kind"], " ", r["province"], " ", r["city"], " ", r["district"], " ", r["ownership"], " ", r["size"], " ", r["industry"], " ", r["skills"]); first != tt.first {
				t.Errorf("first row: got %s, want %s", first, tt.first)
			}
		})
	}
}
