package bind

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Whatever stands in the header of a wide table, it is bound or refused: every cell of it goes to one
// place at the most, and nothing that is told of it has the digits of a person's number.
func FuzzBindWide(f *testing.F) {
	for _, s := range []string{"地区\n2015年/产值\n2015年/人口", "2015年/产值\n2015年/产值#2", "地区\n年份\n产值", "县\n332522197903120015年/产值", "2015年/", "/产值(万元)\n２０１５年/产值（亿元）", "((\n))/\n#2"} {
		f.Add(s)
	}
	ds, err := dataset.Parse("datasets/wide.yaml", []byte(`name: wide
title: {zh: 宽表, en: Wide}
about: {zh: 一行一格, en: A cell a row}
unit: [file]
unpivot: {columns: '^(?P<year>[0-9]+)年?/(?P<_>.*)$', skip: '合计$', values: [output, people]}
columns:
  - {name: county, title: {zh: 地区, en: County}, type: low}
  - {name: year, title: {zh: 年份, en: Year}, type: int16, required: true}
  - {name: output, title: {zh: 产值, en: Output}, type: float64, unit: 万元}
  - {name: people, title: {zh: 人口, en: People}, type: float64}
`), &codes.Lists{})
	if err != nil {
		f.Fatal(err)
	}
	person := regexp.MustCompile(`(^|[^0-9])[0-9]{18}($|[^0-9])`)
	f.Fuzz(func(t *testing.T, text string) {
		header := strings.Split(text, "\n")
		b, err := Columns(ds, header, nil)
		taken := map[int]bool{}
		for _, s := range b.Spread {
			for _, at := range s.At {
				if at < -1 || at >= len(header) || at >= 0 && taken[at] {
					t.Fatalf("%q: cell %d out of range or twice in %+v", header, at, b.Spread)
				}
				taken[at] = true
			}
		}
		if strings.Contains(text, "�") {
			return
		}
		told := fmt.Sprint(err)
		for _, x := range b.Extra {
			told += "\n" + x.Header
		}
		for _, c := range b.Columns {
			told += "\n" + c.Header
		}
		if person.MatchString(told) {
			t.Errorf("%q is told as %q", header, told)
		}
	})
}
