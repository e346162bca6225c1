package rows

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/sieve"
	"yanzhen/pipeline/source"
)

func declared(t testing.TB) *dataset.Dataset {
	t.Helper()
	cat, err := dataset.Load(fstest.MapFS{"datasets/t.yaml": {Data: []byte(`name: t
title: {zh: 试表, en: Trial}
about: {zh: 一行一条。, en: One a row.}
unit: [file]
totals: [合计, 小计, 注]
banners: ['^第?[一二三四]季度', '省$']
columns:
  - {name: team, title: {zh: 团队, en: Team}, type: string, required: true}
  - {name: member, title: {zh: 成员, en: Member}, type: string, split: '[、，,；;\n]'}
  - {name: role, title: {zh: 角色, en: Role}, type: low, split: '[、，,；;\n]'}
  - {name: part, title: {zh: 分组, en: Part}, type: low, of: _banner}
  - {name: grant, title: {zh: 资助, en: Grant}, type: float64}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	return cat.Datasets["t"]
}

func rowOf(texts ...string) *source.Row {
	row := &source.Row{Origin: source.Origin{File: "t.csv", Row: 2}}
	for _, s := range texts {
		kind := source.Text
		if strings.TrimSpace(s) == "" {
			kind = source.Blank
		}
		row.Cells = append(row.Cells, source.Cell{Text: s, Kind: kind})
	}
	return row
}

// Whatever a cell lists, each thing is one row, figures count once, nothing of the row is lost, and the row of the file
// stays as it was.
func FuzzSplit(f *testing.F) {
	for _, s := range [][3]string{{"张三、李四；王五、", "骨干、成员、成员", "30"}, {"赵六", "负责人", "20"}, {"、，", "", "5"}, {"甲\n乙", "丙、丁、戊", ""}, {"\xff、\x00", "；", "x"}, {"", "甲、乙", "1"}} {
		f.Add(s[0], s[1], s[2])
	}
	ds := declared(f)
	f.Fuzz(func(t *testing.T, members, roles, grant string) {
		l := &Lists{}
		l.Split(1, &ds.Columns[1])
		l.Split(2, &ds.Columns[2])
		l.Once(3)
		row := rowOf("甲队", members, roles, grant)
		before := []string{row.Cells[1].Text, row.Cells[2].Text, row.Cells[3].Text}
		var got []source.Row
		more, fault, _ := l.Each(row, func(r *source.Row) bool {
			c := *r
			c.Cells = append([]source.Cell(nil), r.Cells...)
			got = append(got, c)
			return true
		})
		parts := [2][]string{}
		for i, text := range []string{members, roles} {
			if row.Cells[i+1].Kind == source.Text {
				parts[i] = ds.Columns[i+1].Parts(text)
			}
		}
		n := max(1, len(parts[0]), len(parts[1]))
		uneven := len(parts[0]) > 1 && len(parts[1]) > 1 && len(parts[0]) != len(parts[1])
		if !more || uneven != (fault != nil) || fault == nil && len(got) != n || fault != nil && len(got) > 0 {
			t.Fatalf("%q %q: %d rows, fault %v, want %d", members, roles, len(got), fault, n)
		}
		for i, r := range got {
			for k, p := range parts {
				want := before[k]
				if len(p) > 1 {
					want = p[i]
				}
				if r.Cells[k+1].Text != want {
					t.Errorf("row %d: got %q, want %q", i, r.Cells[k+1].Text, want)
				}
			}
			if (r.Cells[3].Text == before[2]) != (i == 0 || before[2] == "") || r.Cells[0].Text != "甲队" {
				t.Errorf("row %d: got %q", i, r.Cells[3].Text)
			}
		}
		if row.Cells[1].Text != before[0] || row.Cells[2].Text != before[1] || row.Cells[3].Text != before[2] {
			t.Error("the row of the file was changed")
		}
		l.Says(func(codes.Text) {})
	})
}

// A banner is a row that says one thing, whatever it says, and its text stands for the rows below until the next one; no
// row of several texts is one, and neither is a row of totals, a foot, or a sum across changed by looking at it.
func FuzzRows(f *testing.F) {
	for _, s := range [][3]string{{"第一季度", "", ""}, {"浙江省", "浙江省", ""}, {"甲", "乙", "3"}, {"", "四季度合计", ""}, {"合计", "", "3"}, {"共2条记录", "", ""}, {"制表人", "张三", ""}, {"其中：规上", "", "1"}, {"\xff省", "", ""}, {"小计-2", "甲", "1"}, {"1", "合计", "1.5"}} {
		f.Add(s[0], s[1], s[2])
	}
	ds := declared(f)
	f.Fuzz(func(t *testing.T, a, b, c string) {
		row := rowOf(a, b, c)
		h := NewHeads(ds, nil, time.Time{})
		at, filled := h.Heading(row), row.Filled()
		if at >= 0 {
			for _, text := range filled {
				if strings.TrimSpace(text) != strings.TrimSpace(filled[0]) {
					t.Errorf("%q is a banner", filled)
				}
			}
			if got := h.Name("_banner", row); got == "" || !strings.Contains(filled[0], got) {
				t.Errorf("%q: the banner says %q", filled, got)
			}
		} else if h.Name("_banner", row) != "" {
			t.Errorf("%q: no banner, and it says something", filled)
		}
		first := First(row)
		if first < 0 {
			return
		}
		totals, err := NewTotals(ds, []int{0, 1, -1, -1, 2}, &sieve.Texts{})
		if err != nil {
			t.Fatal(err)
		}
		if totals.Has(row, first) && (totals.At < first || totals.At >= len(row.Cells) || totals.Like) {
			t.Errorf("%q: a total at %d, like %v", filled, totals.At, totals.Like)
		}
		Foot(row, first)
		for _, x := range NewAcross([]string{"甲", "乙", "合计"}, []bool{true, true, false}) {
			x.Look(row)
			x.Says(func(codes.Text) {})
		}
		if row.Cells[0].Text != a || row.Cells[1].Text != b || row.Cells[2].Text != c {
			t.Error("the row was changed")
		}
	})
}
