package compare

import (
	"slices"
	"testing"
	"testing/fstest"
)

// A part that only one side has is told once, by its name; elements of a list are known by theirs.
func TestChanged(t *testing.T) {
	read := func(text string) map[string]string {
		all, err := Read(fstest.MapFS{"boards/b.yaml": {Data: []byte(text)}})
		if err != nil {
			t.Fatal(err)
		}
		return all["boards"]["b"]
	}
	was := read("board: b\ntags: [x, y]\npanels:\n  - name: one\n    kind: kpi\n  - name: two\n    kind: line\n    note: {zh: 甲, en: A}\n")
	now := read("board: b\ntags: [x, z]\npanels:\n  - name: three\n    kind: bar\n    metrics: [m]\n  - name: one\n    kind: table\n  - name: two\n    kind: line\n")
	en := func(_, en string) string { return en }
	want := []string{`panels.one.kind: "kpi" -> "table"`, "panels.three  new", "panels.two.note  removed", `tags: "x, y" -> "x, z"`}
	if got := changed(now, was, en); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
