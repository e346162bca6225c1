package delimited

import "yanzhen/pipeline/codes"

// mostSlips is at how many rows is looked for texts that stand one column beside their own.
const mostSlips = 20_000

// Slipped says that the last cells of a row, or those before a blank that other rows have there too, stand one column beside their own:
// two of them or more are of a kind that no other row has there, and of the kind and with the ends of texts of their neighbour's column. It is
// to be asked about rows of as many cells as the others; nil: nothing says so.
func (p *Profile) Slipped(number int, cells []string) *Doubt {
	last := len(cells) - 1
	if p.slips >= mostSlips || len(cells) != len(p.blank) || last < 2 {
		return nil
	}
	p.slips++
	self, inSample := p.rows[number]
	if !inSample {
		self = -1
	}
	if n := p.beside(cells, last, -1, self); n > 1 { // a separator too many, and the last cell lost
		return slipped(last - n + 1)
	}
	for b, text := range cells {
		if text != "" || p.blank[b] < 2 {
			continue
		}
		if n := p.beside(cells, b-1, 1, self); n > 1 { // a cell lost, and a blank too many
			return slipped(b - n)
		}
	}
	return nil
}

// beside counts the cells from one on to the left that stand beside their own column, which lies by columns to the right.
func (p *Profile) beside(cells []string, from, by, self int) (n int) {
	for c := from; c >= 0 && c+by >= 0; c-- {
		s := look(cells[c])
		if s.kind == nothing || s.brief || !p.strange(c, s.kind, self) || p.ended(c+by, s, self) < 2 {
			break
		}
		n++
	}
	return n
}

// strange reports whether no other row of the sample holds a text of a kind in a column, and enough hold others.
func (p *Profile) strange(c int, k kind, self int) bool {
	of, all := p.has[c][k], len(p.cells)-p.has[c][nothing]
	if k == integer || k == decimal {
		of = p.has[c][integer] + p.has[c][decimal]
	}
	if self >= 0 { // it is one of them
		of, all = of-1, all-1
	}
	return of == 0 && all >= sampled
}

// ended counts the other rows of the sample in which a column holds a text of a kind with the same end.
func (p *Profile) ended(c int, s seen, self int) (n int) {
	for i, r := range p.cells {
		if i == self || c >= len(r) {
			continue
		}
		if k := r[c]; k.kind == s.kind && k.ends == s.ends && k.tail == s.tail || s.kind <= decimal && k.kind != nothing && k.kind <= decimal {
			n++
		}
	}
	return n
}

func slipped(cell int) *Doubt {
	return &Doubt{
		Rule: "moved_cells", Cell: cell, Lines: 1, Moved: true,
		Text: codes.Text{
			Zh: "从这一格起，几格的内容像是各自隔壁一列的，其他行没有这样的", En: "from this cell on, several hold what seems to belong into the column beside, as in no other row",
		},
		Remedy: codes.Text{Zh: "核对本行是否多打或漏打了一个分隔符", En: "look for a separator too many or too few in the row"},
	}
}
