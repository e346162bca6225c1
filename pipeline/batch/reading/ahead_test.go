package reading

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"yanzhen/configs"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// TestLooker holds what a looker finds out about cells of every kind and text, well-formed, odd and damaged, in columns of every type,
// against what the rule reads: the same value, nothing to be told, no fault. Words of one number are one value, and all are the same
// value as long as the dictionary is.
func TestLooker(t *testing.T) {
	catalog, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	ds, err := dataset.Parse("t.yaml", []byte(`
name: t
title: {zh: 表, en: Table}
about: {zh: 表。, en: A table.}
unit: [period]
period: {grain: month, column: day}
partition: {column: day, by: year}
order: [day]
header: auto
columns:
  - {name: day, title: {zh: 日期, en: Day}, type: date, required: true}
  - {name: born, title: {zh: 出生, en: Born}, type: date}
  - {name: name, title: {zh: 名称, en: Name}, type: string}
  - {name: own, title: {zh: 全称, en: Own}, type: string, nulls: [未定]}
  - {name: field, title: {zh: 行业, en: Field}, type: low}
  - {name: way, title: {zh: 流向, en: Way}, type: code, list: directions}
  - {name: n, title: {zh: 人数, en: N}, type: int8, min: 0, max: 99}
  - {name: money, title: {zh: 金额, en: Money}, type: int64, unit: 万元}
  - {name: pay, title: {zh: 月薪, en: Pay}, type: float64, min: 0, default: '0'}
  - {name: share, title: {zh: 占比, en: Share}, type: float64}
`), catalog.Lists)
	if err != nil {
		t.Fatal(err)
	}
	header := make([]string, len(ds.Columns))
	for i := range ds.Columns {
		header[i] = ds.Columns[i].Title.Zh
	}
	b, err := bind.Columns(ds, header, nil)
	if err != nil {
		t.Fatal(err)
	}
	june := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	make1 := func() (rules []*Rule) {
		m := NewMaker(ds, Submission{Key: make([]byte, 32), Lists: catalog.Lists, From: june, To: june.AddDate(0, 1, 0), Today: june})
		for i := range ds.Columns {
			r, err := m.Rule(i, &b.Columns[i])
			if err != nil {
				t.Fatal(err)
			}
			rules = append(rules, r)
		}
		return rules
	}
	rng := rand.New(rand.NewPCG(1, 2))
	texts := strings.Split("2026-06-01|2026/06/30|2026.06.15|2026-6-1|20260601|2026-06-31|0000-00-00|2026-07-01|2026年6月|甲公司|甲公司（不计入）|合计|in|引进|out|x|同上|无|未定|—|N/A|#REF!|"+
		"0|-0|007|12|-5|99|100|127|128|1e3|1E15|999999999999999|1234567890123456|12345678901234567890|1.5|-0.0|0.1|1,234|１２|约300|1.2万|12%|.5|5.|NaN|Inf|+5|330102199003077771|13912345678|&amp;|\x00|a\x01b|\xef\xbf\xbd|\u3000| 甲 |'00123|=1+1|Ã¤|锟斤拷|"+strings.Repeat("长", 200), "|")
	kinds := []source.Kind{source.Text, source.Text, source.Text, source.Number, source.Date, source.Bool, source.Error, source.Blank, source.Scaled, source.NoCache, source.Nested}
	rules := make1()
	found := map[How]int{}
	for i, r := range rules {
		l := r.Looker()
		if l == nil {
			t.Errorf("%s is not looked at ahead", r.Decl.Name)
			continue
		}
		means := map[int64]Value{}
		for range 60_000 {
			c := source.Cell{Text: texts[rng.IntN(len(texts))], Kind: kinds[rng.IntN(len(kinds))]}
			if rng.IntN(3) == 0 {
				c.Text = fmt.Sprint(texts[rng.IntN(len(texts))], rng.IntN(5))
			}
			if c.Kind == source.Blank {
				c.Text = ""
			}
			v, how := l.Look(&c)
			found[how]++
			if how == Later {
				continue
			}
			in, f := r.Cell(&source.Row{Cells: append(make([]source.Cell, i), c)})
			var is Value
			switch {
			case f != nil:
			case in == nil:
				is, f = r.Absent()
			default:
				is, f = r.Read(in)
			}
			want := Value{I: v}
			switch how {
			case Empty:
				want = Value{None: true}
			case Stands:
				want = Value{S: c.Text}
			case Worded:
				if f == nil && !is.None && is.Told == 0 {
					r.Dict.Learn(v, c.Text)
				}
				want = is
				if was, ok := means[v]; ok {
					want = was
				}
				means[v] = is
				if a := r.Dict.Ahead(); v < int64(len(a)) && a[v] > 0 && (f != nil || is.None || is.Told != 0 || int64(a[v]-1) != is.I) {
					t.Fatalf("%s: %q has the number %d, which is known as %d, and is %+v, %v", r.Decl.Name, c.Text, v, a[v]-1, is, f)
				}
				f = nil
			}
			if f != nil || !reflect.DeepEqual(is, want) {
				t.Fatalf("%s: of %q (%v) was found %d, %d, and it is %+v, %v", r.Decl.Name, c.Text, c.Kind, how, v, is, f)
			}
		}
	}
	for _, how := range []How{Later, Valued, Worded, Stands, Empty} {
		if found[how] < 300 {
			t.Errorf("%d times it was found to be kept like %d", found[how], how)
		}
	}
}

// TestNumbered gives more texts than have numbers, and asks again for those that have.
func TestNumbered(t *testing.T) {
	s := texts{recent: make([]numbered, recents), all: map[string]int32{}}
	is := map[string]int32{}
	for i := range 3 * mostNumbered {
		text := fmt.Sprint("青田县第", i%(mostNumbered+5000), "公司")
		n := s.number(text)
		if was, ok := is[text]; ok && n != was && n != 0 {
			t.Fatalf("%s has the numbers %d and %d", text, was, n)
		}
		if n > mostNumbered || n == 0 && s.beyond == 0 {
			t.Fatalf("%s has the number %d", text, n)
		}
		is[text] = n
	}
	if s.number(strings.Repeat("长", longNumbered)) != 0 {
		t.Error("a long text has a number")
	}
}

// TestLearned: the numbers that are known in a row, until the dictionary begins anew.
func TestLearned(t *testing.T) {
	d := NewDictionary()
	d.recent = make([]slot, recents)
	learn := func(n int64, text string) {
		d.remember(text, meaning{i: d.place(text)})
		s, _ := d.near(text)
		s.point(&d.means[len(d.means)-1], int32(len(d.means)-1))
		d.Learn(n, text)
	}
	learn(1, "甲")
	learn(3, "丙")
	if !d.Learned(1) || d.Learned(2) || d.Learned(3) {
		t.Error("of 1 and 3 other numbers follow each other than 1")
	}
	d.Learn(2, "乙")
	if d.Learned(2) {
		t.Error("a text that was not read is known")
	}
	learn(2, "乙")
	if !d.Learned(3) || d.Learned(4) || d.Ahead()[3]-1 != 1 {
		t.Errorf("1, 2 and 3 are not known: %v", d.Ahead()[:4])
	}
	if d.reset(); d.Learned(1) || d.Ahead()[1] != 0 {
		t.Error("a dictionary that begins anew knows numbers")
	}
}
