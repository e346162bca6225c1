package lineage

import (
	"strings"
	"testing"
)

// What is written in a way that is not read is told, and nothing that comes in, however deep or broken, is answered by a guess or
// by going on without end. What the engine itself writes is read in package editor.
func TestUnread(t *testing.T) {
	deep := "SELECT __table1.x AS x FROM mart.t AS __table1"
	for i := range 200 {
		n := string(rune('a'+i%26)) + strings.Repeat("z", i)
		deep = "SELECT __table" + n + ".x AS x FROM (" + deep + ") AS __table" + n
	}
	for _, text := range []string{"", "SELECT", "SELECT (", ")", "SELECT __table1.x AS x FROM big AS __table1", "SELECT __table1.x AS x FROM (SELECT 1 AS y) AS __table1", "(SELECT 1 AS a) UNION ALL (SELECT 1 AS a, 2 AS b)", deep} {
		if out, err := Read(text, nil); err == nil {
			t.Errorf("%.80s: %v", text, out)
		}
	}
	if _, err := Commons("with " + strings.Repeat("a as (select 1), ", MostCommons+1) + "b as (select 1) select 1"); err == nil {
		t.Error("more named parts than are looked at")
	}
	list, err := Commons("with 5 as five, `the big` as (select ')' as x, [1, 2] as y), -- (\n other as (select 1) select * from other")
	if err != nil || len(list) != 2 || list[0] != (Common{"the big", "select ')' as x, [1, 2] as y"}) || list[1].Body != "select 1" {
		t.Errorf("%q %v", list, err)
	}
	if got := With(list[:1], "with z as (select 1) select 2"); strings.Contains(got, "the big") {
		t.Error(got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("SELECT __table1.node AS `a.node`, (SELECT max(mart.arrivals.date) AS m FROM mart.arrivals) AS dd FROM mart.arrivals AS __table1", "with a as (select 1) select * from a")
	f.Add("(SELECT 1 AS a) UNION ALL (SELECT __table2.b AS b FROM (SELECT 2 AS b) AS __table2)", "with 1 as x, ( select")
	f.Fuzz(func(t *testing.T, resolved, sql string) {
		_, _ = Read(resolved, map[string][]Output{"a": {{Name: "x"}}})
		list, _ := Commons(sql)
		_ = With(list, sql)
	})
}
