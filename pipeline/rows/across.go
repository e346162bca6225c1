package rows

import (
	"regexp"
	"strconv"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/totals"
)

// Across is a column that is headed 合计, and the columns of figures whose sums it states, row by row.
type Across struct {
	at     int
	parts  []int
	header string
	rows   int
	wrong  int
	cells  account.Cells
}

var reAgain = regexp.MustCompile(`#[0-9]+$`)

// NewAcross finds such columns: in a header of several rows those of its own group are its parts (2025年/合计), else the
// columns of figures that stand beside it without another between them. figures are the columns from which figures
// are read.
func NewAcross(header []string, figures []bool) (list []*Across) {
	groups, is := make([]string, len(header)), make([]bool, len(header))
	for at, name := range header {
		name = reAgain.ReplaceAllString(name, "")
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			groups[at], name = name[:i], name[i+1:]
		}
		switch totals.Key(dataset.HeaderKey(name)) {
		case "合计", "总计", "小计", "共计", "总和", "TOTAL", "SUM":
			is[at] = true
		}
	}
	for at, group := range groups {
		if !is[at] || len(list) == mostAcross {
			continue
		}
		a := &Across{at: at, header: header[at]}
		part := func(i int) bool { return !is[i] && figures[i] }
		if group != "" {
			for i := range header {
				if groups[i] == group && part(i) {
					a.parts = append(a.parts, i)
				}
			}
		} else {
			for i := at - 1; i >= 0 && part(i); i-- {
				a.parts = append(a.parts, i)
			}
			for i := at + 1; len(a.parts) < 2 && i < len(header) && part(i); i++ {
				a.parts = append(a.parts, i)
			}
		}
		if len(a.parts) > 1 {
			list = append(list, a)
		}
	}
	return list
}

// mostAcross is how many such columns of a table are looked at.
const mostAcross = 100

// Look holds what a row states against its parts.
func (a *Across) Look(row *source.Row) {
	if a.at >= len(row.Cells) {
		return
	}
	stated, within, ok := number(&row.Cells[a.at])
	if !ok {
		return
	}
	sum, some := 0.0, false
	for _, at := range a.parts {
		if at >= len(row.Cells) || !row.Cells[at].Filled() {
			continue
		}
		v, half, ok := number(&row.Cells[at])
		if !ok {
			return // a cell that is refused: nothing is known of the sum
		}
		sum, within, some = sum+v, within+half, true
	}
	if !some {
		return
	}
	a.rows++
	if d := max(sum-stated, stated-sum); d > within+1e-9*max(sum, -sum, stated, -stated) {
		a.wrong++
		a.cells.Add(row.Origin.Sheet, row.Origin.Cell(a.at))
	}
}

// number reads a cell as it stands, and half of its last digit; false: it holds no number.
func number(c *source.Cell) (v, half float64, ok bool) {
	text := c.Text
	if c.Kind == source.Text {
		text = strings.ReplaceAll(cell.Squeeze(cell.Fold(text)), ",", "")
	} else if c.Kind != source.Number {
		return 0, 0, false
	}
	d, f := cell.StoredNumber(text)
	if f != nil {
		return 0, 0, false
	}
	if c.Kind == source.Text && strings.Contains(text, ".") {
		half = d.Half(text) // whole numbers count things
	}
	return d.Float(), half, true
}

// Says tells of the cells that are not the sums of their rows; of a column that mostly is none, that once.
func (a *Across) Says(say func(codes.Text)) {
	header := strings.ReplaceAll(account.Shown(a.header), "%", "%%")
	zh, en := "“"+header+"”列有 %d 格与本行各数之和不符：%s；明细照常读取", "%d cells headed "+strconv.Quote(header)+" are not the sums of their rows: %s; the parts were read all the same"
	if 2*a.wrong > a.rows {
		zh, en = zh+"（多数不符，或许不是这些列的合计）", en+" (most are not: perhaps the column is the sum of others)"
	}
	a.cells.Tell(say, zh, en)
}
