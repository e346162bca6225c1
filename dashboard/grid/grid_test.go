package grid

import (
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// What moved stands beside what was reported, found by the words of its row and not by its place.
func TestSince(t *testing.T) {
	v := func(f float64) *float64 { return &f }
	heads := []Head{{Text: "园区"}, {Text: "人数", Unit: metric.People, Number: true}, {Text: "缺口", Unit: metric.People, Number: true}}
	then := Grid{heads, [][]Cell{
		{{Text: "磁材小镇"}, {Text: "1,204", Value: v(1204)}, {Text: "3", Value: v(3)}},
		{{Text: "核心区"}, {Text: "80", Value: v(80)}, {Text: "—"}},
		{{Text: "旧园"}, {Text: "7", Value: v(7)}, {Text: "1", Value: v(1)}},
	}}
	now := Grid{heads, [][]Cell{
		{{Text: "新园"}, {Text: "9", Value: v(9)}, {Text: "9", Value: v(9)}},
		{{Text: "核心区"}, {Text: "80", Value: v(80)}, {Text: "5", Value: v(5)}},
		{{Text: "磁材小镇"}, {Text: "1,187", Value: v(1187)}, {Text: "3", Value: v(3.0000000001)}},
	}}
	cells, rows := then.Since(now)
	if cells != 4 || rows != 1 {
		t.Errorf("got %d cells and %d rows, want 4 and 1", cells, rows)
	}
	text, err := then.WithNow(codes.Zh).CSV(codes.Zh)
	if err != nil {
		t.Fatal(err)
	}
	want := "\uFEFF园区,人数（人）,人数 现为（人）,缺口（人）,缺口 现为（人）\n磁材小镇,1204,1187,3,3\n核心区,80,80,,5\n旧园,7,,1,\n"
	if got := strings.ReplaceAll(string(text), "\r", ""); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	same := then
	if cells, rows := same.Since(then); cells != 0 || rows != 0 {
		t.Errorf("against itself: %d cells, %d rows", cells, rows)
	}
}

func TestUnits(t *testing.T) {
	people, money := metric.Unit{Name: "person", Zh: "人", En: "people"}, metric.Unit{Name: "wan", Zh: "万元", En: "CNY"}
	g := Grid{Heads: []Head{{Text: "园区"}, {Text: "批准", Unit: money, Number: true}, {Text: "兑现率", Unit: metric.Percent, Number: true}, {Text: "引进", Unit: people, Number: true}, {Text: "填补人数", Unit: people, Number: true}}}
	if got := g.Units("zh"); !slices.Equal(got, []string{"", "万元", "", "人", ""}) {
		t.Errorf("below the heads stand %q", got)
	}
	if got := g.Units("en"); !slices.Equal(got, []string{"", "CNY", "", "people", "people"}) {
		t.Errorf("in English %q", got)
	}
	g.Heads = append(g.Heads[:1], g.Heads[3])
	if got := g.Units("zh"); got != nil {
		t.Errorf("one unit, which the title says, stands below the heads too: %q", got)
	}
}
