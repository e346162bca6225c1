package totals

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
)

// most is how many rows of totals of a table are held against the rows that they cover.
const most = 200

// Sums holds the figures that rows of totals state against the sums of the rows that they may cover.
type Sums struct {
	So     []float64 // of each column, the sum of the rows so far, those refused included
	Rows   int
	totals []statedTotal
	more   int // totals beyond most
	heads  []head
	top    head // the first row
}

// head is a row with figures that numbers a part of the table: 一、工业.
type head struct {
	at     string // its address and what it says
	figure []float64
	upto   []float64 // the sums with it
	rows   int       // the rows with it
	column int       // where its number stands
	listed bool      // the row below it begins in that column too: it is none of a group that is named once
	whole  bool      // it is called 全市 or the like, or has no name where the row below it has one
}

// statedTotal is a row of totals.
type statedTotal struct {
	text   string
	before []float64 // the sums up to it
	rows   int       // the rows up to it
	figure []Figure  // by column
}

// Figure is what a row of totals states in a column.
type Figure struct {
	At            string // its address
	Value, Within float64
	OK            bool // it holds a number
}

// Full says that no more rows of totals are remembered, and counts one more.
func (k *Sums) Full() bool {
	if len(k.totals) < most {
		return false
	}
	k.more++
	return true
}

// Total remembers a row of totals.
func (k *Sums) Total(text string, figures []Figure) {
	k.totals = append(k.totals, statedTotal{text: text, before: slices.Clone(k.So), rows: k.Rows, figure: figures})
}

// Head remembers a row that numbers a part of the table, in a column, and was added.
func (k *Sums) Head(at string, column int, figure []float64) {
	if len(k.heads) < most {
		k.heads = append(k.heads, head{at: at, column: column, figure: figure, upto: slices.Clone(k.So), rows: k.Rows})
	}
}

// Below says in which column the row begins that was added last, and is no head.
func (k *Sums) Below(column int) {
	if n := len(k.heads); n > 0 {
		if h := &k.heads[n-1]; h.rows == k.Rows-1 && h.column == column {
			h.listed = true
		}
	}
}

// Top remembers the first row, which was added; whole: it is called what names all of the table.
func (k *Sums) Top(at string, figure []float64, whole bool) {
	k.top = head{at: at, figure: figure, rows: k.Rows, whole: whole}
}

// Nameless says that the first row has no name, and the second has one.
func (k *Sums) Nameless() { k.top.whole = true }

// Doubled tells of the heads of parts whose figures are the sums of the rows of their part, or that stand for sums in
// numbered order, and of a first row that is the sum of all below it. sure: it is no chance.
func (k *Sums) Doubled(say func(t codes.Text, sure bool)) {
	part, numbered := 0, 0
	for n := range k.heads {
		if k.heads[n].listed && slices.ContainsFunc(k.heads[n].figure, func(v float64) bool { return v != 0 }) {
			numbered++
		}
	}
	for n, h := range k.heads {
		end, rows := k.So, k.Rows-h.rows
		if n+1 < len(k.heads) {
			next := k.heads[n+1]
			end, rows = slices.Clone(next.upto), next.rows-1-h.rows
			for i, v := range next.figure {
				end[i] -= v
			}
		}
		if rows > 0 {
			part++
		}
		switch {
		case rows > 0 && SumsUp(h.figure, func(i int) float64 { return end[i] - h.upto[i] }) > 0:
			say(codes.Text{
				Zh: fmt.Sprintf("%s的各数正是其下 %d 行之和，像是小计，按数据读取，会重复计数；请删去或写明“小计”", h.at, rows),
				En: fmt.Sprintf("%s: its figures are the sums of the %d rows below it; it looks like a subtotal, was read as data and counts twice: delete it or call it 小计", h.at, rows),
			}, h.listed || Telling(h.figure))
		case rows > 0 && h.listed && numbered > 1:
			say(codes.Text{
				Zh: fmt.Sprintf("%s像是其下 %d 行的小计（各数与之不符），按数据读取，会重复计数；请删去或写明“小计”", h.at, rows),
				En: fmt.Sprintf("%s looks like the subtotal of the %d rows below it (whose sums differ), was read as data and counts twice: delete it or call it 小计", h.at, rows),
			}, true)
		}
	}
	if t := &k.top; t.rows > 0 && k.Rows > 2 && part == 0 {
		if n := SumsUp(t.figure, func(i int) float64 { return k.So[i] - t.figure[i] }); n > 0 && (t.whole || k.Rows > 3 && Telling(t.figure)) {
			say(codes.Text{
				Zh: fmt.Sprintf("%s的各数正是其下 %d 行之和，像是合计，按数据读取，会重复计数；请删去或写明“合计”", t.at, k.Rows-t.rows),
				En: fmt.Sprintf("%s: its figures are the sums of the %d rows below it; it looks like a total, was read as data and counts twice: delete it or call it 合计", t.at, k.Rows-t.rows),
			}, true)
		}
	}
}

// Telling reports whether figures have so many digits that it is no chance where they are sums of others. The zeros at
// the ends of round figures are not counted.
func Telling(figures []float64) bool {
	digits := 0
	for _, v := range figures {
		s := strings.Trim(strings.Replace(figureText(v), ".", "", 1), "-0")
		digits += min(len(s), 15)
	}
	return digits >= 5
}

// SumsUp counts the figures other than 0 of a row, all of which are sums; 0: one is not.
func SumsUp(figure []float64, sum func(i int) float64) (n int) {
	for i, v := range figure {
		s := sum(i)
		if d := max(v-s, s-v); d > 1e-9*max(v, -v, s, -s) {
			return 0
		}
		if v != 0 {
			n++
		}
	}
	return n
}

// Judge tells of the sums that no run of rows from one total to another comes to: of which column, and what. name is what
// a column is called.
func (k *Sums) Judge(name func(i int) codes.Text, differs func(i int, t codes.Text)) {
	for n := range k.totals {
		t := &k.totals[n]
		for i, s := range t.figure {
			if !s.OK || k.fits(n, i, s) {
				continue
			}
			from, first := 0.0, 0 // a subtotal covers the rows since the last one, others all
			if n > 0 && strings.Contains(t.text, "小计") {
				from, first = k.totals[n-1].before[i], k.totals[n-1].rows
			}
			have, rows := t.before[i]-from, t.rows-first
			if t.rows == 0 {
				have, rows = k.So[i], k.Rows
			}
			called := name(i)
			zh := fmt.Sprintf("%s “%s”的%s写的是 %s，其下各行（%d 行）之和是 %s", s.At, t.text, called.Zh, figureText(s.Value), rows, figureText(have))
			if t.rows > 0 {
				zh = strings.Replace(zh, "其下", "其上", 1)
			}
			en := fmt.Sprintf("%s: %q gives %s for %s, the %d rows that it covers come to %s", s.At, t.text, figureText(s.Value), called.En, rows, figureText(have))
			differs(i, codes.Text{Zh: zh, En: en})
		}
	}
}

// Unjudged tells how many totals were not held against their rows, where there were more than are remembered.
func (k *Sums) Unjudged(say func(codes.Text)) {
	if k.more > 0 {
		say(codes.Text{
			Zh: fmt.Sprintf("前 %d 个合计行之后的 %d 个未与明细核对", most, k.more),
			En: fmt.Sprintf("%d totals after the first %d were not held against their rows", k.more, most),
		})
	}
}

// fits reports whether a stated figure is the sum of the rows between any two totals, the start or the end
// being one, of which it is one itself.
func (k *Sums) fits(n, column int, s Figure) bool {
	t := &k.totals[n]
	near := func(sum float64) bool {
		d := sum - s.Value
		if d < 0 {
			d = -d
		}
		size := max(sum, -sum, s.Value, -s.Value)
		return d <= s.Within+1e-9*size
	}
	here := t.before[column]
	if near(here) || near(k.So[column]-here) || near(k.So[column]) {
		return true
	}
	for m := range k.totals {
		other := k.totals[m].before[column]
		if m < n && near(here-other) || m > n && near(other-here) {
			return true
		}
	}
	return false
}

func figureText(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
