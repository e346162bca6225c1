package totals

import "slices"

// Indent is how far a text is set in by blanks: a wide blank counts as two.
func Indent(text string) (n int) {
	if text == "" || text[0] > ' ' && (text[0] < 0xc2 || text[0] > 0xe3) { // nearly all
		return 0
	}
	for _, r := range text {
		switch r {
		case ' ', '\u00a0', '\u2002':
			n++
		case '\u3000', '\u2003', '\t':
			n += 2
		default:
			return n
		}
	}
	return n
}

// indents finds rows that are the sums of those below them that are set in further: 农业园区 over 　面粉线 and 　挂面线.
type indents struct {
	last   int // how far the row before is set in
	open   []indented
	found  []indented
	wide   int // of the rows above two or more, how many are their sum
	misfit int // and how many are not
}

// indented is a row with those below it that are set in, so far.
type indented struct {
	in   int
	head []float64
	at   string // of the first of them, and what it says
	sum  []float64
	rows int
}

// add takes a row; last are the figures of the one before it.
func (x *indents) add(r *Row, last []float64) {
	if r.Indent == 0 && len(x.open) == 0 {
		x.last = 0
		return
	}
	x.close(r.Indent)
	if r.Indent > x.last && len(last) == len(r.Figure) {
		x.open = append(x.open, indented{in: x.last, head: slices.Clone(last), at: r.At(), sum: make([]float64, len(r.Figure))})
	}
	if n := len(x.open); n > 0 {
		for i, v := range r.Figure {
			x.open[n-1].sum[i] += v
		}
		x.open[n-1].rows++
	}
	x.last = r.Indent
}

// close judges the groups whose head is set in at least as far as the row that comes.
func (x *indents) close(in int) {
	for n := len(x.open); n > 0 && x.open[n-1].in >= in; n-- {
		g := x.open[n-1]
		x.open = x.open[:n-1]
		fits := SumsUp(g.head, func(i int) float64 { return g.sum[i] }) > 0
		switch {
		case fits:
			if len(x.found) < most {
				x.found = append(x.found, g)
			}
			if g.rows > 1 {
				x.wide++
			}
		case g.rows > 1 && slices.ContainsFunc(g.head, func(v float64) bool { return v != 0 }):
			x.misfit++
		}
	}
}

// sums are the groups whose heads are their sums; nil: none of several rows is. sure: it is no chance, and most are.
func (x *indents) sums() (groups []indented, sure bool) {
	x.close(0)
	if x.wide == 0 {
		return nil, false
	}
	if x.wide <= x.misfit {
		return x.found, false
	}
	for _, g := range x.found {
		figures := SumsUp(g.head, func(i int) float64 { return g.sum[i] })
		sure = sure || g.rows > 1 && (figures > 1 || Telling(g.head))
	}
	return x.found, sure || x.wide > 1
}
