package compute_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/stage"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// What files tell of that are sent for no period: a table of periods lacks one that has no row; events may truly have
// none within a file, and what lies between two files nobody told of.
func TestFilesTell(t *testing.T) {
	sets, err := dataset.Load(fstest.MapFS{"datasets/sales.yaml": {Data: []byte(`name: sales
title: {zh: 成交, en: Sales}
about: {zh: 一行一笔。, en: One a row.}
unit: [file]
columns:
  - {name: day, title: {zh: 日期, en: Day}, type: date, required: true}
  - {name: kind, title: {zh: 类别, en: Kind}, type: low}
  - {name: n, title: {zh: 数, en: Number}, type: int64, required: true}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	own, err := metric.LoadFS(fstest.MapFS{"metrics/own.yaml": {Data: []byte(`dimensions:
  - {name: kind, title: {zh: 类别, en: Kind}}
metrics:
  - {name: sold, title: {zh: 成交, en: Sold}, definition: {zh: 甲。, en: X.}, unit: 人, direction: up, kind: flow, from: sales, time: day, value: sum(n), dims: [kind]}
  - {name: sold_a, title: {zh: 甲成交, en: Sold of a}, definition: {zh: 甲。, en: X.}, unit: 人, direction: up, kind: flow, from: sales, time: day, value: sum(n), where: kind = 'a'}
  - {name: sold_or_none, title: {zh: 成交数, en: Sold or none}, definition: {zh: 甲。, en: X.}, unit: 人, direction: up, kind: flow, from: sales, time: day, value: sum(n), empty: zero}
  - {name: ratio, title: {zh: 比, en: Ratio}, definition: {zh: 甲。, en: X.}, unit: "%", direction: up, kind: ratio, numerator: sold_a, denominator: sold, scale: 100}
`)}}, sets.Datasets, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		files  string // the days of each, and the kind behind a colon
		metric string
		grain  days.Grain
		want   string
	}{
		"a table of months":                {"01-01 02-01 04-01", "sold", days.Month, "26-01 1; 26-02 1 +0%; 26-03 unreported; 26-04 1 unreported"},
		"by last days, in two files":       {"01-31 02-28|04-30", "sold", days.Month, "26-01 1; 26-02 1 +0%; 26-03 unreported; 26-04 1 unreported"},
		"its quarter":                      {"01-01 02-01 04-01", "sold", days.Quarter, "26-01 2 (0/0); 26-04 1 +0%"},
		"a month with other rows":          {"01-01:a 02-01:b 03-01:a", "sold_a", days.Month, "26-01 1; 26-02 0 -100%; 26-03 1"},
		"a ratio over a missing month":     {"01-01:a 03-01:a", "ratio", days.Month, "26-01 100; 26-02 unreported; 26-03 100 unreported"},
		"said to be zero":                  {"01-01 03-01", "sold_or_none", days.Month, "26-01 1; 26-02 0 -100%; 26-03 1"},
		"a table of quarters":              {"01-01 07-01 10-01", "sold", days.Quarter, "26-01 1; 26-04 unreported; 26-07 1 unreported; 26-10 1 +0%"},
		"events, a month without any":      {"01-05 01-20 03-07", "sold", days.Month, "26-01 2; 26-02 0 -100%; 26-03 1"},
		"events, a month between files":    {"01-05 01-20|03-07 04-02", "sold", days.Month, "26-01 2; 26-02 unreported; 26-03 1 unreported; 26-04 1"},
		"events, a file that spans others": {"01-05 04-20|01-06|04-07", "sold", days.Month, "26-01 2; 26-02 0 -100%; 26-03 0; 26-04 2"},
		"undated, a table of months":       {"01-01 03-01", "sold", days.Quarter, "26-01 2 (0/0) unreported; 26-04 unreported; 26-07 unreported; 26-10 unreported"},
		"undated, events":                  {"01-05 03-07", "sold", days.Quarter, "26-01 2 unreported; 26-04 unreported; 26-07 unreported; 26-10 unreported"},
	} {
		t.Run(name, func(t *testing.T) {
			db := stagetest.Open(t, sets)
			st := metrictest.NewStage(db, sets)
			for i, file := range strings.Split(c.files, "|") {
				var rows [][]string
				for _, day := range strings.Fields(file) {
					day, kind, _ := strings.Cut(day, ":")
					rows = append(rows, []string{"2026-" + day, kind, "1"})
				}
				first, _ := days.ParseDay(rows[0][0])
				if strings.HasPrefix(name, "undated") {
					first = days.Day{} // nothing in the ledger says which days a file tells of
				}
				last, _ := days.ParseDay(rows[len(rows)-1][0])
				if err := st.Publish(t.Context(), stage.Table{Dataset: "sales", Columns: []string{"day", "kind", "n"}, Rows: rows, Sender: fmt.Sprint("f", i), First: first, Last: last}); err != nil {
					t.Fatal(err)
				}
			}
			z := &reporting{t: t, engine: &compute.Engine{For: accesstest.Everything(), Catalog: own, DB: warehousetest.OpenAs(t, "reader")}}
			q := over(c.metric, "2026-01-01", "2027-01-01", c.grain)
			q.Compare = metric.Previous
			if got := regexp.MustCompile(" (no_data|open_base|zero_base|open)").ReplaceAllString(z.ask(q), ""); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
