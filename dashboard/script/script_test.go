package script_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/script"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/stage"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Every line that cannot be read is told, all in one round, in both languages.
func TestParseFaults(t *testing.T) {
	_, err := script.Parse("metrics/x.test", `  1
clear now
lod arrivals
load arrivals
load arrivals 2026-01-01..2025-01-01
  person date
  1
eval inflow
eval inflow 2026-01-01
eval inflow 2026-01-01..2026-07-01 by
eval inflow 2026-01-01..2026-07-01 limit many where chain
eval inflow 2026-01-01..2026-07-01 month by chain
  2026-01 4
  2026-01 magnetic 4 growth=3
eval inflow 2026-01-01..2026-07-01
  expect success
eval inflow 2026-01-01..2026-07-01
  expect fail
  3
eval inflow 2026-01-01..2026-07-01
  expect fail regex: (
eval inflow 2026-01-01..2026-07-01 month
  2026-01
`)
	if err == nil {
		t.Fatal("no fault")
	}
	lines := strings.Split(err.Error(), "\n")
	var at []string
	for _, l := range lines {
		if !strings.Contains(l, " / ") {
			t.Errorf("in one language: %s", l)
		}
		at = append(at, strings.SplitN(l, ":", 3)[1])
	}
	if want := strings.Fields("1 2 3 4 5 7 8 9 10 11 11 13 14 16 19 21 23"); !slices.Equal(at, want) {
		t.Errorf("faults at %v, want %v\n%v", at, want, err)
	}
}

// What does not hold is told with the line, what was expected and what came, as the script would say it.
func TestFailures(t *testing.T) {
	sets, cat := metrictest.Shipped(t)
	st, err := stage.New(t.Context(), warehousetest.Open(t), sets)
	if err != nil {
		t.Fatal(err)
	}
	r := script.Runner{Engine: &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader"), Fresh: time.Hour}, Publish: st.Publish, Withdraw: st.Withdraw}
	const rows = `load arrivals
  person date       direction enterprise node
  1      2026-01-05 in        '甲 厂'    magnetic.motor
  2      2026-02-05 in        乙         superalloy.cast
`
	for _, c := range []struct{ text, want string }{
		{rows + "eval inflow 2026-01-01..2026-03-01\n  2\n", ""},
		{rows + "eval inflow 2026-01-01..2026-03-01\n  3\n", "x.test:6: eval inflow 2026-01-01..2026-03-01: another number\n    expected  3\n    got       2"},
		{
			rows + "eval inflow 2026-01-01..2026-03-01 month by enterprise\n  2026-01 '甲 厂' 2\n  2026-01 乙 0\n  2026-02 丙 1\n  2026-02 '甲 厂' 0\n",
			"x.test:6: eval inflow 2026-01-01..2026-03-01 month by enterprise: another number\n    expected  2026-01 '甲 厂' 2\n    got       2026-01 '甲 厂' 1\n" +
				"x.test:8: eval inflow 2026-01-01..2026-03-01 month by enterprise: the answer has no such point\n    expected  2026-02 丙 1\n    got       (nothing)\n" +
				"x.test:5: eval inflow 2026-01-01..2026-03-01 month by enterprise: the script does not list this point\n    expected  (nothing)\n    got       2026-02-01 乙 1",
		},
		{rows + "clear\neval inflow 2026-01-01..2026-03-01\n  2\n", "x.test:7: eval inflow 2026-01-01..2026-03-01: another number\n    expected  2\n    got       no_data"},
		{"eval inflow 2026-01-01..2026-03-01 week\n  expect fail\n", ""},
		{"eval inflow 2026-01-01..2026-03-01 week\n  expect fail msg: 没有粒度 \"week\"（可用的有 ten, month, quarter, half, year）\n", ""},
		{"eval inflow 2026-01-01..2026-03-01 week\n  expect fail regex: ^grain \"week\"\n", ""},
		{
			"eval inflow 2026-01-01..2026-03-01 week\n  expect fail msg: grain\n",
			"x.test:1: eval inflow 2026-01-01..2026-03-01 week: it is refused in other words\n    expected  expect fail msg: grain\n    got       expect fail msg: 没有粒度 \"week\"（可用的有 ten, month, quarter, half, year）\n" +
				"              expect fail msg: grain \"week\" (have ten, month, quarter, half, year)",
		},
		{rows + "eval inflow 2026-01-01..2026-03-01\n  expect fail\n", "x.test:5: eval inflow 2026-01-01..2026-03-01: it should be refused and was answered\n    expected  expect fail\n    got       2"},
	} {
		s, err := script.Parse("x.test", c.text)
		if err != nil {
			t.Fatal(err)
		}
		out, err := r.Run(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range out.Failures {
			got = append(got, f.In(s.File, codes.En))
		}
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.text, text, c.want)
		}
		if len(out.Evals) != 1 || out.Evals[0] != "inflow" {
			t.Errorf("evals %v", out.Evals)
		}
	}
	// rows that do not fit their dataset end the script, with the row's line
	for text, want := range map[string]string{
		"load nowhere\n  a\n  1\n":                           "x.test:1: 没有数据集 nowhere",
		"load arrivals\n  person colour\n  1 red\n":          "x.test:1: 数据集 arrivals 没有列 colour",
		"\nload arrivals\n  person date\n  1 2026-02-30\n":   "x.test:4: 列 date（date）不能是 2026-02-30",
		"load arrivals\n  person\n  1),(2\n":                 "x.test:3: 列 person（person）不能是 1),(2",
		"load arrivals\n  person skill_level\n  1 300\n":     "x.test:3: 列 skill_level（int8）不能是 300",
		"load vacancies\n  posted_on salary_from\n  - 1e4\n": "x.test:3: 列 posted_on（date）不能是 -",
	} {
		s, err := script.Parse("x.test", text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Run(t.Context(), s); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s ...", text, err, want)
		}
	}
}

// FuzzParse: whatever somebody types, a script is read or its lines are told.
func FuzzParse(f *testing.F) {
	f.Add("load arrivals 2026-01-01..2026-02-01\n  person date\n  1 '2026 01'\neval inflow 2026-01-01..2026-07-01 month by chain where node=a|b yoy limit 3\n  2026-01 magnetic 4 base=3 change=zero_base partial\n")
	f.Add("eval x 2026-01-01..2026-07-01\n  expect fail msg: no\nclear\n# note\n\t'")
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := script.Parse("x.test", text); err == nil && s == nil {
			t.Error("neither a script nor a fault")
		}
	})
}
