package bind_test

import (
	"testing"
	"testing/fstest"

	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/dataset"
)

// A heading that was confirmed is a column where nothing declared is: no looser heading of the table, no heading that becomes rows, no
// cell without a heading at a column's position; and it counts in what it says.
func TestConfirmed(t *testing.T) {
	cat, err := dataset.Load(fstest.MapFS{"datasets/wide.yaml": {Data: []byte(`name: wide
title: {zh: 宽表, en: Wide}
about: {zh: 一行一项, en: One a row}
unit: [sender]
columns:
  - {name: place, title: {zh: 地区, en: Place}, type: string, position: 1}
  - {name: share, title: {zh: 比例, en: Share}, type: float64}
  - {name: year, title: {zh: 年份, en: Year}, type: int64}
  - {name: value, title: {zh: 数值, en: Value}, type: float64}
unpivot: {columns: '^(?P<year>20\d\d)年$', values: [value]}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	ds := cat.Datasets["wide"]
	with := ds.Confirmed([]dataset.Heading{{Text: "占比（%）", Column: "share"}, {Text: "2015年", Column: "share"}, {Text: "镇街", Column: "place"}})
	for _, c := range []struct {
		header       []string
		place, share int
		parts        bool
	}{
		{[]string{"镇街", "占比（%）", "2015年"}, 0, 1, true},
		{[]string{"镇街", "占比（%）", "1.比例", "2015年"}, 0, 2, false},
		{[]string{"镇街", "2015年", "2016年"}, 0, -1, false},
		{[]string{"", "镇街", "2015年"}, 0, -1, false},
		{[]string{"基本情况/地区", "镇街", "2015年"}, 0, -1, false},
	} {
		b, err := bind.Columns(with, c.header, nil)
		if err != nil {
			t.Errorf("%q: %v", c.header, err)
		} else if p, s := b.Columns[0].At, b.Columns[1]; p != c.place || s.At != c.share || s.Parts != c.parts {
			t.Errorf("%q: place at %d, share at %d, in percent %v", c.header, p, s.At, s.Parts)
		}
	}
	for _, h := range []string{"2015年", "1.比例", "基本情况/地区", "数值（万元）"} {
		if _, own := ds.Owner(h); !own {
			t.Errorf("%q is read as something already", h)
		}
	}
	if _, own := ds.Owner("镇街"); own {
		t.Error("镇街 is read as nothing")
	}
}
