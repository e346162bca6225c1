package totals

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
)

// most is how many rows of totals of a table are held against the rows that they cover.
const most = 200

// Sums holds the figures that rows of totals state against the sums of the rows that they may cover.
type Sums struct {
	So      []float64 // of each column, the sum of the rows so far, those refused included
	Rows    int
	totals  []statedTotal
	lost    []lost
	more    int // totals beyond most
	heads   []head
	top     head      // the first row
	above   []float64 // of each column, the sum of the heads so far; the others are leaves
	leaves  int       // how many they are
	named   bool      // a row has a text besides its first one
	small   [][]float64
	heading []float64 // the sums of the heads of parts that tiles has found
	bare    []head    // the rows with figures since the last that is filled like the others, all of whose columns of words are blank
	bares   int       // how many such rows there are in all
	same    int       // how many rows at the top have the figures of the first
	worded  bool      // a row was added that is none
	mean    head      // the last row whose figures are the means of the rows before it
	last    []float64 // the figures of the row that was added last
	open    *nested   // a group of which not all rows have been added
	nested  []nested
	in      indents
}

// nested is a row that is the sum of the rows below it, the first of which says so: 其中：甲.
type nested struct {
	at   string // of the first of its parts, and what it says
	head []float64
	sum  []float64 // of the parts so far
	rows int
}

// Part begins a group at a row that was left out and names a part of the row above it, which was added.
func (k *Sums) Part(at string, figures []Figure) {
	if k.open = nil; k.Rows == 0 || len(k.nested) == most {
		return
	}
	g := nested{at: at, head: slices.Clone(k.last), rows: 1}
	for i := range figures {
		if !figures[i].OK {
			return
		}
		g.sum = append(g.sum, figures[i].Value)
	}
	k.open = &g
}

// group adds a row to the group that is open, until its parts come to the row above them.
func (k *Sums) group(figures []float64) {
	g := k.open
	for i, v := range figures {
		g.sum[i] += v
	}
	g.rows++
	if SumsUp(g.head, func(i int) float64 { return g.sum[i] }) > 0 {
		k.nested, k.open = append(k.nested, *g), nil
	}
}

// Before counts the figures other than 0 of a row that is about to be added, if all are the sums of the rows before it, or of those
// since the last total, two at least.
func (k *Sums) Before(figure func(i int) float64) (n int) {
	if n = k.since(figure, nil); n > 1 && len(k.top.figure) == len(k.So) {
		row := make([]float64, len(k.So))
		for i := range row {
			row[i] = figure(i)
		}
		if proportional([][]float64{k.top.figure, row}) {
			return 1
		}
	}
	if n == 0 && len(k.totals) > 0 {
		if t := &k.totals[len(k.totals)-1]; k.Rows > t.rows+1 {
			n = k.since(figure, t.before)
		}
	}
	return n
}

func (k *Sums) since(figure func(i int) float64, from []float64) (n int) {
	for i, so := range k.So {
		v := figure(i)
		if from != nil {
			so -= from[i]
		}
		if d := max(v-so, so-v); d > 1e-9*max(v, -v) {
			return 0
		}
		if v != 0 {
			n++
		}
	}
	return n
}

// head is a row with figures that may stand for others: it numbers a part of the table (一、工业), or has no name beside
// its first text where other rows have one.
type head struct {
	at       string // its address and what it says
	figure   []float64
	leaf     []float64 // the sums of the rows before it that are no heads
	leaves   int       // how many these are
	row      int
	column   int // where its first text stands
	numbered bool
	listed   bool // the row below it begins in that column too: it is none of a group that is named once
	whole    bool // it is called 全市 or the like, or has no name where the row below it has one
}

// mostBare is how many rows at the end of a table may be totals or comparisons that have no word for it.
const mostBare = 5

// mostAbove is how many rows without a name may stand above the first that has one and be heads.
const mostAbove = 8

// mostSmall is how many rows of a table without names are looked at for heads.
const mostSmall = 500

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
	Blank         bool // nothing is said there: the cell is empty, or says that there is none
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

// Row is a row that was loaded, for Add.
type Row struct {
	At     func() string // its address and what it says
	Column int           // where its first text stands
	Part   bool          // that numbers a part of the table
	Named  bool          // a text stands beside it
	Whole  bool          // a text of it names all that the table is about
	Bare   bool          // the columns of words that all others fill are blank
	Indent int           // how far its first text is set in
	Figure []float64     // it stays the caller's
}

// Add adds a row.
func (k *Sums) Add(r *Row) {
	if k.above == nil {
		k.above = make([]float64, len(k.So))
	}
	if k.Rows > 2 && k.isMean(r.Figure) {
		k.mean = head{at: r.At(), row: k.Rows + 1}
	}
	k.Rows++
	for i, v := range r.Figure {
		k.So[i] += v
	}
	if k.open != nil {
		k.group(r.Figure)
	}
	k.in.add(r, k.last)
	k.last = append(k.last[:0], r.Figure...)
	if k.same == k.Rows-1 && (k.Rows == 1 || slices.Equal(r.Figure, k.top.figure)) {
		k.same++
	}
	if k.Rows == 1 {
		k.top = head{at: r.At(), figure: slices.Clone(r.Figure), whole: r.Whole}
	} else if k.Rows == 2 && r.Named && !k.named {
		k.top.whole = true
	}
	if !r.Bare {
		k.bare, k.worded = k.bare[:0], true
	} else if slices.ContainsFunc(r.Figure, func(v float64) bool { return v != 0 }) {
		if k.bares++; len(k.bare) <= mostBare {
			k.bare = append(k.bare, head{at: r.At()})
		}
	}
	if n := len(k.heads); n > 0 && k.heads[n-1].row == k.Rows-1 && k.heads[n-1].column == r.Column {
		k.heads[n-1].listed = true
	}
	switch {
	case !k.named && r.Named:
		k.begin(r)
	case !k.named && len(k.small) < mostSmall:
		k.small = append(k.small, slices.Clone(r.Figure))
	}
	if (r.Part || !r.Named && (k.named || k.Rows <= mostAbove)) && len(k.heads) < most {
		leaf := k.leaf()
		for i, v := range r.Figure {
			leaf[i] -= v // it is in the sums already
		}
		k.heads = append(k.heads, head{
			at: r.At(), row: k.Rows, column: r.Column, numbered: r.Part, figure: slices.Clone(r.Figure), leaf: leaf, leaves: k.leaves,
		})
		if r.Part || k.named {
			for i, v := range r.Figure {
				k.above[i] += v
			}
			return
		}
	}
	k.leaves++
}

// isMean reports whether figures are the means of all rows before them, as they are rounded, and so many digits that it is
// no chance.
func (k *Sums) isMean(figure []float64) bool {
	n := float64(k.Rows)
	for i, v := range figure {
		if d := v*n - k.So[i]; v != 0 && v < 1e12 && (d > n || -d > n) { // nearly every row, without a division
			return false
		}
	}
	for i, v := range figure {
		if d := max(v-k.So[i]/n, k.So[i]/n-v); v != 0 && (d > 0.5 || d > half(v)) {
			return false
		}
	}
	return Telling(figure) && slices.ContainsFunc(figure, func(v float64) bool { return v != math.Trunc(v) })
}

// half is half of the last digit of a figure.
func half(v float64) float64 {
	s := figureText(v)
	i := strings.IndexByte(s, '.')
	if i < 0 {
		return 0.5
	}
	return 0.5000001 * math.Pow10(i+1-len(s))
}

// leaf gives the sums of the rows so far that are no heads.
func (k *Sums) leaf() []float64 {
	sums := slices.Clone(k.So)
	for i, v := range k.above {
		sums[i] -= v
	}
	return sums
}

// begin takes the rows above the first that has a name for heads, as far as they are few.
func (k *Sums) begin(first *Row) {
	k.named, k.small = true, nil
	if k.Rows > mostAbove+1 {
		k.heads = slices.DeleteFunc(k.heads, func(h head) bool { return !h.numbered })
		return
	}
	k.leaves = 0
	for i, v := range first.Figure {
		k.above[i] = k.So[i] - v
	}
	for i := range k.heads {
		k.heads[i].leaves = 0
		clear(k.heads[i].leaf)
	}
}

// Doubled tells of rows that are sums of others: the heads of parts, rows without a name whose figures are the sums of
// those below or above them, heads that are numbered whatever they sum up to, and a first row that is the sum of all
// below it. sure: it is no chance.
func (k *Sums) Doubled(say func(t codes.Text, sure bool)) {
	numbered, found := 0, 0
	if !k.named || len(k.heads) == most {
		k.heads = slices.DeleteFunc(k.heads, func(h head) bool { return !h.numbered })
	}
	for n := range k.heads {
		if h := &k.heads[n]; h.numbered && h.listed && slices.ContainsFunc(h.figure, func(v float64) bool { return v != 0 }) {
			numbered++
		}
	}
	for n := range k.heads {
		h := &k.heads[n]
		below := k.leaves
		if n+1 < len(k.heads) {
			below = k.heads[n+1].leaves
		}
		switch rows, figures, above := k.covers(n); {
		case figures > 0:
			found++
			zh, en := "其下", "below"
			if above {
				zh, en = "其上", "above"
			}
			say(codes.Text{
				Zh: fmt.Sprintf("%s的各数正是%s %d 行之和，像是小计，按数据读取，会重复计数；请删去或写明“小计”", h.at, zh, rows),
				En: fmt.Sprintf("%s: its figures are the sums of the %d rows %s it; it looks like a subtotal, was read as data and counts twice: delete it or call it 小计", h.at, rows, en),
			}, h.numbered && h.listed || Telling(h.figure) || !h.numbered && rows > 1 && figures > 1)
		case h.numbered && h.listed && below > h.leaves && numbered > 1:
			found++
			say(codes.Text{
				Zh: fmt.Sprintf("%s像是其下 %d 行的小计（各数与之不符），按数据读取，会重复计数；请删去或写明“小计”", h.at, below-h.leaves),
				En: fmt.Sprintf("%s looks like the subtotal of the %d rows below it (whose sums differ), was read as data and counts twice: delete it or call it 小计", h.at, below-h.leaves),
			}, true)
		}
	}
	if t := &k.top; found == 0 && k.Rows > 2 {
		sure := t.whole || k.Rows > 3 && Telling(t.figure)
		if n := SumsUp(t.figure, func(i int) float64 { return k.So[i] - float64(max(k.same, 1))*t.figure[i] }); n > 0 && (sure || n > 1 && k.Rows > 3 && slices.ContainsFunc(t.figure, func(v float64) bool { return v >= 10 })) {
			if sure {
				found++
			}
			say(codes.Text{
				Zh: fmt.Sprintf("%s的各数正是其下 %d 行之和，像是合计，按数据读取，会重复计数；请删去或写明“合计”", t.at, k.Rows-max(k.same, 1)),
				En: fmt.Sprintf("%s: its figures are the sums of the %d rows below it; it looks like a total, was read as data and counts twice: delete it or call it 合计", t.at, k.Rows-max(k.same, 1)),
			}, sure)
		}
	}
	found += k.tellNested(say)
	if k.mean.row > 0 && k.mean.row > k.Rows-3 {
		say(codes.Text{
			Zh: k.mean.at + "的各数正是其上各行的平均，像平均行，按数据读取；请删去或写明“平均”",
			En: k.mean.at + ": its figures are the means of the rows above it; it looks like an average and was read as data: delete it or call it 平均",
		}, true)
	}
	if found == 0 && len(k.bare) > 0 && len(k.bare) == k.bares && k.bares <= mostBare && k.Rows > k.bares+1 && k.worded {
		for _, h := range k.bare {
			found++
			say(codes.Text{
				Zh: h.at + "在表尾，没有其他行都有的文字，像合计、比较或附注，按数据读取，会重复计数；请删去或写明“合计”",
				En: h.at + " stands at the end without the texts that every other row has; it looks like a total or a comparison, was read as data and may count twice: delete it or call it 合计",
			}, true)
		}
	}
	n := k.tiles(0)
	if n == 0 && len(k.small) == k.Rows && k.Rows > 1 { // below a row that is the sum of all parts
		if n = k.tiles(1); n > 0 && SumsUp(k.small[0], func(i int) float64 { return k.heading[i] }) == 0 {
			n = 0
		}
	}
	if found == 0 && n > 1 {
		say(codes.Text{
			Zh: fmt.Sprintf("自%s起，表由 %d 段组成，每段首行的各数正是段内各行之和，像是小计，会重复计数；请删去或写明“小计”", k.top.at, n),
			En: fmt.Sprintf("from %s on the table is %d parts, each of which begins with the sums of its rows; they look like subtotals and count twice: delete them or call them 小计", k.top.at, n),
		}, true)
	}
}

// tellNested tells of the rows that are the sums of the groups below them, and counts them.
func (k *Sums) tellNested(say func(t codes.Text, sure bool)) int {
	for i := range k.nested {
		g := &k.nested[i]
		say(codes.Text{
			Zh: fmt.Sprintf("%s起 %d 行的各数之和正是其上一行，那一行像小计，按数据读取，首行却按“其中”略去，会重复计数；请删去小计行和“其中”二字", g.at, g.rows),
			En: fmt.Sprintf("%d rows from %s on come to the row above them, which looks like a subtotal and was read as data, while the first of them was left out as a part: delete the subtotal and the word 其中", g.rows, g.at),
		}, len(g.head) > 1 || len(k.nested) > 1 || Telling(g.head))
	}
	groups, sure := k.SetIn(say)
	if !sure { // said only: what else looks like a total is asked about
		return len(k.nested)
	}
	return len(k.nested) + groups
}

// SetIn tells of the rows that are the sums of those below them that are set in, and gives how many they are.
func (k *Sums) SetIn(say func(t codes.Text, sure bool)) (int, bool) {
	groups, sure := k.in.sums()
	for _, g := range groups {
		say(codes.Text{
			Zh: fmt.Sprintf("%s起 %d 行缩进的行，各数之和正是其上一行，那一行像小计，按数据读取，会重复计数；请删去或写明“小计”", g.at, g.rows),
			En: fmt.Sprintf("%d rows that are set in, from %s on, come to the row above them, which looks like a subtotal, was read as data and counts twice: delete it or call it 小计", g.rows, g.at),
		}, sure)
	}
	return len(groups), sure
}

// covers finds the rows that a head is the sum of: those from it to a later head or the end, or those above it from an
// earlier head or the start. How many they are, and how many figures other than 0 say so; 0: none.
func (k *Sums) covers(n int) (rows, figures int, above bool) {
	h, all := &k.heads[n], k.leaf()
	for m := n + 1; m <= len(k.heads); m++ {
		end, leaves := all, k.leaves
		if m < len(k.heads) {
			end, leaves = k.heads[m].leaf, k.heads[m].leaves
		}
		if leaves == h.leaves {
			continue
		}
		if f := SumsUp(h.figure, func(i int) float64 { return end[i] - h.leaf[i] }); f > 0 {
			return leaves - h.leaves, f, false
		}
	}
	for m := n - 1; m >= -1; m-- {
		from, leaves := make([]float64, len(h.figure)), 0
		if m >= 0 {
			from, leaves = k.heads[m].leaf, k.heads[m].leaves
		}
		if leaves == h.leaves {
			continue
		}
		f := SumsUp(h.figure, func(i int) float64 { return h.leaf[i] - from[i] })
		if f > 0 && (!h.numbered || h.leaves-leaves > 1 && (f > 1 || Telling(h.figure))) {
			return h.leaves - leaves, f, true
		}
	}
	return 0, 0, false
}

// tiles counts the parts of which a table without names consists, from a row on, each headed by the sums of its rows, of which most
// have two or more, or half where two figures of each say so; 0: it does not.
func (k *Sums) tiles(at int) (parts int) {
	if k.named || len(k.small) == 0 || len(k.small) != k.Rows {
		return 0
	}
	from, wide, alike := at, 0, false
	k.heading = make([]float64, len(k.So))
	for ; at < len(k.small); parts++ {
		for i, v := range k.small[at] {
			k.heading[i] += v
		}
		sum, end := make([]float64, len(k.So)), 0
		for i := at + 1; i < len(k.small); i++ {
			for c, v := range k.small[i] {
				sum[c] += v
			}
			if n := SumsUp(k.small[at], func(c int) float64 { return sum[c] }); n > 0 {
				end, alike = i+1, alike || n == 1
				break
			}
		}
		if end == 0 {
			return 0
		}
		if end-at > 2 {
			wide++
		}
		at = end
	}
	if 2*wide < parts || 2*wide == parts && (alike || proportional(k.small[from:])) {
		return 0
	}
	return parts
}

// proportional reports whether the figures of all rows stand in one proportion, as persons and their daily rate do: they are one
// witness and not several.
func proportional(rows [][]float64) bool {
	first := rows[0]
	return !slices.ContainsFunc(rows, func(row []float64) bool {
		for c, v := range row {
			if a, b := v*first[0], row[0]*first[c]; max(a-b, b-a) > 1e-9*max(a, -a, b, -b) {
				return true
			}
		}
		return false
	})
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

// mostLost is how many refused rows of a table are remembered.
const mostLost = 2000

// lost is a row that was refused: in So stand those of its figures that could be read.
type lost struct {
	row    int
	figure []Figure
}

// Refused says that the row that was added last was refused. figures are those of the row, by column.
func (k *Sums) Refused(figures []Figure) {
	if len(k.lost) < mostLost {
		k.lost = append(k.lost, lost{k.Rows, figures})
	}
}

// refused says what the rows from first on, up to last, that were refused have to do with a sum that is so much less than what is
// stated: that one of them is the difference, or how many they are. Nothing where more were refused than are remembered.
func (k *Sums) refused(i, first, last int, s Figure, gap float64) (t codes.Text) {
	if len(k.lost) == mostLost {
		return t
	}
	var unread, read []Figure
	lines, all := 0, 0.0
	for _, l := range k.lost {
		if l.row <= first || l.row > last {
			continue
		}
		lines++
		switch {
		case l.figure[i].Blank:
		case !l.figure[i].OK:
			unread = append(unread, l.figure[i])
		default:
			read, all = append(read, l.figure[i]), all+l.figure[i].Value
		}
	}
	near := func(v float64) bool { return math.Abs(gap+v) <= s.Within+1e-9*max(math.Abs(s.Value), math.Abs(v)) }
	out := figureText(math.Round(gap*1e6) / 1e6)
	one := slices.IndexFunc(read, func(f Figure) bool { return near(f.Value) })
	switch {
	case len(unread) == 1 && len(read) == 0: // else the total may as well leave out what could be read
		return codes.Text{
			Zh: fmt.Sprintf("；差的 %s 应是 %s 的数：这一格没有读出数来，该行被拒收", out, unread[0].At),
			En: fmt.Sprintf("; the %s between them should be %s, which could not be read: its row was refused", out, unread[0].At),
		}
	case len(unread) == 0 && one >= 0:
		return codes.Text{
			Zh: fmt.Sprintf("；差的 %s 正是 %s：该行被拒收，合计里没有它", out, read[one].At),
			En: fmt.Sprintf("; the %s between them are %s: its row was refused, and the total leaves it out", out, read[one].At),
		}
	case len(unread) == 0 && len(read) > 1 && near(all):
		return codes.Text{
			Zh: fmt.Sprintf("；差的 %s 正是被拒收的 %d 行之和，合计里没有它们", out, len(read)),
			En: fmt.Sprintf("; the %s between them are the %d rows that were refused, which the total leaves out", out, len(read)),
		}
	case len(unread)+len(read) > 0:
		return codes.Text{
			Zh: fmt.Sprintf("；其中 %d 行被拒收，%d 行的这一格没有读出数来", lines, len(unread)),
			En: fmt.Sprintf("; %d of them were refused, of %d this cell could not be read", lines, len(unread)),
		}
	}
	return t
}

// Judge tells of the sums that no run of rows from one total to another comes to: of which column, and what. name is what
// a column is called.
func (k *Sums) Judge(name func(i int) codes.Text, differs func(i int, t codes.Text)) {
	for n := range k.totals {
		t := &k.totals[n]
		for i, s := range t.figure {
			if !s.OK || k.fits(n, i, s) || k.fitsParts(t, i, s) {
				continue
			}
			from, first := 0.0, 0 // a subtotal covers the rows since the last one, others all
			if n > 0 && strings.Contains(t.text, "小计") {
				from, first = k.totals[n-1].before[i], k.totals[n-1].rows
			}
			have, last := t.before[i]-from, t.rows
			if t.rows == 0 {
				have, last = k.So[i], k.Rows
			}
			rows, why := last-first, k.refused(i, first, last, s, s.Value-have)
			called := name(i)
			zh := fmt.Sprintf("%s “%s”的%s写的是 %s，其下各行（%d 行）之和是 %s", s.At, t.text, called.Zh, figureText(s.Value), rows, figureText(have))
			if t.rows > 0 {
				zh = strings.Replace(zh, "其下", "其上", 1)
			}
			en := fmt.Sprintf("%s: %q gives %s for %s, the %d rows that it covers come to %s", s.At, t.text, figureText(s.Value), called.En, rows, figureText(have))
			zh, en = zh+why.Zh, en+why.En
			if !rePlain.MatchString(t.text) || reNamed.MatchString(t.text) {
				zh += fmt.Sprintf("；“%s”若是真名，在数据集里写 not_totals: [%s]", t.text, t.text)
				en += fmt.Sprintf("; if %s is a real name, write not_totals: [%s] in the dataset", t.text, t.text)
			}
			differs(i, codes.Text{Zh: zh, En: en})
		}
	}
}

// rePlain are totals that nothing is called.
var rePlain = regexp.MustCompile(`^.{0,16}(合[ 　]*计|小[ 　]*计|总[ 　]*计|共[ 　]*计|總計|合計|小計)[:：)）]?$`)

// reNamed are totals that may be called after something: A-合计, 丙·小计.
var reNamed = regexp.MustCompile(`^[^-—·•_ ]{1,12}[-—·•_]+(合计|小计|总计|汇总)$`)

// Misnamed asks about the totals that may be rows of data by their names, and are the sums of no rows.
func (k *Sums) Misnamed(ask func(codes.Text)) {
	for n := range k.totals {
		t := &k.totals[n]
		if !reNamed.MatchString(t.text) {
			continue
		}
		for i, s := range t.figure {
			if s.OK && !k.fits(n, i, s) {
				ask(codes.Text{
					Zh: fmt.Sprintf("%s “%s”按合计略去，却不是别的行之和，也可能是一行数据；真叫这个名字，在数据集里写 not_totals: [%s] 后重新装入", s.At, t.text, t.text),
					En: fmt.Sprintf("%s: %q was left out as a total and is the sum of no rows, so it may be a row of data: if that is its real name, write not_totals: [%s] in the dataset and load the file again", s.At, t.text, t.text),
				})
				break
			}
		}
	}
}

// Stated is what a row that reads like a total states.
type Stated struct {
	Key     string // its label, as Key leaves it
	Says    Label  // how surely that is one
	Figures []Figure
}

// Reconciles reports whether all figures of a row that is about to be added, one of them not 0, are what its label says of the
// rows above it: sums of them, back to the start or to one total, or the means of all; and whether that is sure: where the label may
// be a name (全区), digits that can be no chance say so, and nothing does of the name of a figure.
func (k *Sums) Reconciles(row Stated) (fits, sure bool) {
	mean := Mean(row.Key)
	fits = (!mean || Sum(row.Key)) && k.adds(row.Figures, row.Says) || mean && k.means(row.Figures)
	if row.Says == Sure || !fits {
		return fits, fits
	}
	var values []float64
	for _, f := range row.Figures {
		if f.OK {
			values = append(values, f.Value)
		}
	}
	fits = k.Rows > 1
	return fits, fits && row.Says == May && Telling(values)
}

// adds reports whether all figures that a row states, one of them not 0, are sums of rows before it. Those of a label that may be
// a name begin at one row.
func (k *Sums) adds(figures []Figure, says Label) bool {
	some := slices.ContainsFunc(figures, func(f Figure) bool { return f.OK && f.Value != 0 })
	if says == Sure {
		k.totals = append(k.totals, statedTotal{before: k.So, rows: k.Rows, figure: figures})
		defer func() { k.totals = k.totals[:len(k.totals)-1] }()
		for i, f := range figures {
			if f.OK && !k.fits(len(k.totals)-1, i, f) {
				return false
			}
		}
		return some
	}
	from := func(before []float64) bool {
		for i, f := range figures {
			so := k.So[i]
			if before != nil {
				so -= before[i]
			}
			if d := max(so-f.Value, f.Value-so); f.OK && d > f.Within+1e-9*max(so, -so, f.Value, -f.Value) {
				return false
			}
		}
		return true
	}
	return some && (from(nil) || slices.ContainsFunc(k.totals, func(t statedTotal) bool { return from(t.before) }))
}

// means reports whether all figures that a row states, one of them not 0, are the means of the rows before it, two at least.
func (k *Sums) means(figures []Figure) bool {
	some := false
	for i, f := range figures {
		mean := k.So[i] / float64(max(k.Rows, 1))
		if d := max(mean-f.Value, f.Value-mean); f.OK && d > f.Within+1e-9*max(mean, -mean) {
			return false
		}
		some = some || f.OK && f.Value != 0
	}
	return some && k.Rows > 1
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

// fitsParts reports whether a figure is the sum of the rows above it, or of all, without those that are sums of others themselves
// (北片计): that they are is told of them.
func (k *Sums) fitsParts(t *statedTotal, column int, s Figure) bool {
	have, last := t.before[column], t.rows
	if t.rows == 0 {
		have, last = k.So[column], k.Rows
	}
	parts := 0.0
	for n := range k.heads {
		if h := &k.heads[n]; h.row <= last {
			if _, figures, _ := k.covers(n); figures > 0 {
				parts += h.figure[column]
			}
		}
	}
	return parts != 0 && math.Abs(have-parts-s.Value) <= s.Within+1e-9*math.Abs(s.Value)
}

func figureText(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
