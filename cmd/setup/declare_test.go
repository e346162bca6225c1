package setup

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/cmd/lines"
	"yanzhen/cmd/people"
	"yanzhen/configs"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Every metric that is drafted of a table of people is one of people to the guard of few; of enterprises, visits and courses
// with somebody to ask, or who did them, none is.
func TestMetricsOfPeople(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		n      int
		people bool
	}{
		"ids":     {"日期,身份证号,补贴（元）,年龄\n2026-07-01,11010519491231002X,300,31\n2026-07-02,11010519491231002X,500,32\n", 3, true},
		"names":   {"日期,姓名,补贴（元）\n2026-07-01,张三,300\n2026-07-02,李四,500\n", 1, true},
		"lead":    {"日期,单位,负责人,补贴（元）\n2026-07-01,甲厂,张三,300\n2026-07-02,乙厂,李四,500\n", 2, false},
		"staff":   {"日期,企业名称,走访人,联系电话,补贴（元）\n2026-07-01,甲厂,张三、李四,13800138000,300\n2026-07-02,乙厂,李四,13800138001,500\n", 2, false},
		"courses": {"开班日期,培训班名称,授课老师姓名,补贴（元）\n2026-07-01,电工班,张三,300\n2026-07-02,焊工班,李四,500\n", 2, false},
		"phones":  {"日期,单位,手机,补贴（元）\n2026-07-01,甲厂,13800138000,300\n2026-07-02,乙厂,13800138001,500\n", 1, true},
		"contact": {"日期,企业,联系人,联系电话,补贴（元）\n2026-07-01,甲厂,张三,13800138000,300\n2026-07-02,乙厂,李四,13800138001,500\n", 2, false},
	} {
		dir, file := t.TempDir(), filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		d := &Desk{
			Out: io.Discard, Configs: dir, Invalid: func(err error) error { return err },
			Layers: func() (fs.FS, error) { return configs.Over(dir) },
			Table:  func(heads ...string) people.Table { return lines.New(io.Discard, heads...) },
		}
		if err := (&DeclareFlags{File: file, Name: "drafted", Title: "起草表"}).Declare(t.Context(), d); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		fsys, err := d.Layers()
		if err != nil {
			t.Fatal(err)
		}
		catalog, err := dataset.Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		metrics, err := metric.LoadFS(fsys, catalog.Datasets, catalog.Lists)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range metrics.Metrics() {
			if len(m.Datasets()) != 1 || m.Datasets()[0] != "drafted" {
				continue
			}
			n++
			if of := len(metrics.Persons(m)) > 0 || m.Unit == metric.People || m.Unit == metric.PersonTimes; of != c.people {
				t.Errorf("%s: %s is of people: %v", name, m.Name, of)
			}
		}
		if n != c.n {
			t.Errorf("%s: %d metrics, want %d", name, n, c.n)
		}
	}
}

// A monthly table without a column of days gets metrics and a page, each period with its own figure, and no pinyin for English.
func TestPeriodOfName(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "区人社局_企业用工月报_2026年6月.csv")
	if err := os.WriteFile(file, []byte("企业名称,用工类型,在岗人数,石雕师傅\n甲厂,长期,10,1\n乙厂,长期,20,2\n丙厂,临时,30,3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &Desk{Out: io.Discard, Configs: dir, Lang: codes.Zh, Invalid: func(err error) error { return err }, Layers: func() (fs.FS, error) { return configs.Over(dir) }}
	x, err := (&DeclareFlags{File: file}).draft(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if x.name != "enterprise_employment_monthly_report" || x.files["boards/"+x.name+".yaml"] == "" || strings.Count(x.files["metrics/"+x.name+".yaml"], "kind: stock") != 3 {
		t.Errorf("%s: %v", x.name, x.files)
	}
	if notes := strings.Join(d.lacks(x), "\n"); !strings.Contains(notes, "文件名或标题") || !strings.Contains(notes, "石雕师傅") || strings.Contains(notes, "在岗人数") {
		t.Errorf("told: %s", notes)
	}
	if text := x.files["datasets/"+x.name+".yaml"]; !strings.Contains(text, "of: _period") || !strings.Contains(text, `{zh: "石雕师傅", en: "石雕师傅"}`) || strings.Contains(strings.ToLower(text), "en: \"shi") {
		t.Error(text)
	}
}

// A table with a column for each month becomes one of a row a month and cell, so that months that are filled in later are read; a
// state at the end of each month is not added up over months.
func TestMonthsInColumns(t *testing.T) {
	for name, c := range map[string]struct{ text, kind, period string }{
		"商务局_外贸出口_2026年.csv":  {"2026年外贸出口,,,,,\n园区,1月,2月,3月,4月,全年合计\n东园,1,2,3,,6\n西园,4,5,6,,15\n", "kind: flow", "unit: [sender, period]\nperiod: {column: month, grain: year}"},
		"人社局_在岗人数_2026年.csv":  {"企业名称,成立日期,定员,1月,2月,3月\n甲厂,2020-01-02,9,1,2,3\n乙厂,2021-01-02,8,4,5,6\n", "kind: stock", "unit: [sender, period]\nperiod: {column: month, grain: year}"},
		"商务局_进口额.csv":         {"园区,2025年11月,2025年12月,2026年1月\n东园,1.5,2,3\n西园,4,5,6\n", "kind: flow", "unit: [sender]\n"},
		"商务局_出口额_2026年7月.csv": {"园区,05月份,06月份,07月份\n东园,1.5,2,3\n西园,4,5,6\n", "kind: flow", "unit: [sender, period]\nperiod: {column: month, grain: year}"},
	} {
		dir, file := t.TempDir(), filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		d := &Desk{Out: io.Discard, Configs: dir, Lang: codes.Zh, Invalid: func(err error) error { return err }, Layers: func() (fs.FS, error) { return configs.Over(dir) }}
		x, err := (&DeclareFlags{File: file, Name: "drafted"}).draft(t.Context(), d)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		metrics, table := x.files["metrics/drafted.yaml"], x.files["datasets/drafted.yaml"]
		if strings.Count(metrics, "- name: drafted_") != 1 || !strings.Contains(metrics, c.kind) || !strings.Contains(metrics, "every: month") {
			t.Errorf("%s: %s", name, metrics)
		}
		if !strings.Contains(table, c.period) || !strings.Contains(table, "unpivot: ") || strings.Count(table, "type: ") != 3 {
			t.Errorf("%s: %s", name, table)
		}
	}
}
