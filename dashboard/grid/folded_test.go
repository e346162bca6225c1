package grid

import (
	"strings"
	"testing"

	"yanzhen/pipeline/codes"
)

// Rows of nothing but dashes are said in words; one with a number, or with a word why there is none, stays.
func TestFolded(t *testing.T) {
	v := 3.0
	dash, number, owed := Cell{Text: "—"}, Cell{Text: "3", Value: &v}, Cell{Text: "未报"}
	g := Grid{Heads: []Head{{Text: "国家"}, {Text: "人数", Number: true}, {Text: "项目", Number: true}}}
	row := func(name string, cells ...Cell) { g.Rows = append(g.Rows, append([]Cell{{Text: name}}, cells...)) }
	row("德国", number, dash)
	row("法国", dash, dash)
	row("日本", dash, owed)
	row("巴西", dash, dash)
	got, left := g.Folded(codes.Zh)
	if len(got.Rows) != 2 || got.Rows[1][0].Text != "日本" || left != "2 行没有数，未列出：法国、巴西" || len(g.Rows) != 4 {
		t.Errorf("%d rows, %q", len(got.Rows), left)
	}
	g.Rows = g.Rows[1:2]
	if got, left := g.Folded(codes.Zh); len(got.Rows) != 1 || left != "" {
		t.Errorf("nothing else would stand there: %d rows, %q", len(got.Rows), left)
	}
	g.Rows = g.Rows[:0]
	row("德国", number, dash)
	for range 9 {
		row("法国", dash, dash)
	}
	if _, left := g.Folded(codes.En); !strings.HasPrefix(left, "9 rows") || strings.Count(left, "法国") != mostNamed {
		t.Error(left)
	}
}
