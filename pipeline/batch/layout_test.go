package batch

import (
	"fmt"
	"testing"

	"yanzhen/pipeline/dataset"
)

func TestPositions(t *testing.T) {
	ds := &dataset.Dataset{Name: "bare", Header: "none", Columns: []dataset.Column{
		{Name: "a", Title: both("甲", "A"), Type: dataset.String, Position: 2, Required: true},
		{Name: "b", Title: both("乙", "B"), Type: dataset.Int32, Position: 1, Required: true},
	}}
	got := load(t, ds, text("", "7~x", "8~y"), Options{})
	if got.err != nil || len(got.rows) != 2 || got.rows[1]["a"] != "y" || fmt.Sprint(got.rows[1]["b"]) != "8" {
		t.Errorf("got %v %v", got.rows, got.err)
	}
}

func TestLayout(t *testing.T) {
	c := catalog(t)
	ds := c.Datasets["postings"]
	row := "电气工程师~甲公司~8千-1.1万~PLC|民营|20-99人|工业自动化~杭州·余杭~1-3年~本科~http://a.cn/"
	var lines []string
	for i := range 60 {
		lines = append(lines, row+fmt.Sprint(i))
	}
	withHeader := text("0~1~2~3~4~5~6~7", lines...)
	without := text("", lines...)
	asData := text("", append([]string{"0~1~2~3~4~5~6~7"}, lines...)...)
	for name, src := range map[string]*table{"heading as header": withHeader, "no heading": without, "heading as first row": asData} {
		got := load(t, ds, src, Options{Lists: c.Lists})
		if got.err != nil || got.layout != "zhilian" || got.counts != (Counts{Read: 60, Loaded: 60}) {
			t.Errorf("%s: got %+v layout %q err %v rejects %v", name, got.counts, got.layout, got.err, got.rejects)
		}
	}
	if got := load(t, ds, text("", "a~b", "c~d"), Options{Lists: c.Lists}); got.err == nil {
		t.Error("a file that fits nothing was read")
	}
}
