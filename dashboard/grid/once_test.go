package grid

import (
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// Sentences that differ in one day are one sentence with two days; others stay as they are.
func TestOnce(t *testing.T) {
	got := Once([]string{
		"到 2026 年 10 月 1 日 才满", "未报", "到 2027 年 1 月 1 日 才满", "未报", "到 2026 年 10 月 1 日 才满",
		"it ripens until 1 Oct 2026", "it ripens until 12 Jan 2027", "2024 年 1 月 1 日 至 2025 年 1 月 1 日", "2024 年 1 月 1 日 至 2026 年 1 月 1 日",
	})
	want := []string{"到 2026 年 10 月 1 日、2027 年 1 月 1 日 才满", "未报", "it ripens until 1 Oct 2026, 12 Jan 2027", "2024 年 1 月 1 日 至 2025 年 1 月 1 日", "2024 年 1 月 1 日 至 2026 年 1 月 1 日"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// A client of the CSV sees which numbers are not final without reading sentences.
func TestOpenInCSV(t *testing.T) {
	v := 3.0
	g := Grid{[]Head{{Text: "园区"}, {Text: "人数", Unit: metric.People, Number: true}, {Text: "缺口", Unit: metric.People, Number: true}}, [][]Cell{
		{{Text: "甲"}, {Text: "3*", Value: &v, Open: true, Note: "初步"}, {Text: "3", Value: &v}},
		{{Text: "乙"}, {Text: "3", Value: &v}, {Text: "3", Value: &v}},
	}}
	text, err := g.CSV(codes.Zh)
	want := "\uFEFF园区,人数（人）,缺口（人）,说明,未定的列\n甲,3,3,初步,人数（人）\n乙,3,3,,\n"
	if got := strings.ReplaceAll(string(text), "\r", ""); err != nil || got != want {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
}
