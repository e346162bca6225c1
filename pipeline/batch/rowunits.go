package batch

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/units"
)

// rowUnits reads the figures of one column in the units that another column of the file names row by row: 金额 beside 计价单位. Nil:
// there is no such column.
type rowUnits struct {
	at      int // where the units stand
	heading string
	last    string // the text that was looked at last, what it says, and whether that is a unit of the figures
	unit    cell.Unit
	fits    bool
	read    uint64   // figures that were read in the unit of their row
	strange uint64   // beside which stands another currency
	others  []string // the first figures beside which no such unit stands
	n       uint64   // how many those are
}

// eachRow stands for the column of units where it is read row by row, so that nothing is asked about it.
const eachRow = -2

// nameUnits says of each column in which units its rows are, if another column says that.
func (r *Reader) nameUnits() {
	for _, c := range r.frame.columns {
		c.units = nil
	}
	if i, at, heading := r.binding.RowUnits(r.ds); i >= 0 {
		r.frame.columns[i].units, r.tally.asking = &rowUnits{at: at, heading: heading, last: "\x00"}, eachRow
	}
}

// next takes the unit that a row names for its figure.
func (u *rowUnits) next(c *column, row *source.Row, address func() string) {
	if in := c.At; in >= len(row.Cells) || !row.Cells[in].Filled() {
		return
	}
	text := ""
	if u.at < len(row.Cells) {
		text = strings.TrimSpace(row.Cells[u.at].Text)
	}
	money := u.fits
	if text != u.last {
		u.last = strings.Clone(text)
		u.unit, money = units.Parse(text)
		money = money && u.unit.Money()
		if u.fits = money && bind.Takes(c.Decl, u.unit); u.fits {
			c.In(u.unit)
		} else {
			c.In(cell.Unit{})
		}
	}
	switch {
	case u.fits:
		u.read++
		return
	case money || u.unit.Money():
		u.strange++
	}
	if u.n++; u.n <= 3 {
		u.others = append(u.others, address())
	}
}

// tell tells that figures were read so, and asks about those beside which no unit stands that theirs may be.
func (u *rowUnits) tell(c *column, sheet string, a *account.Account) {
	if u == nil || u.read+u.strange == 0 {
		return // a column of firms, headed 单位
	}
	title := c.Decl.Title
	if u.read > 0 {
		a.Say(codes.Text{
			Zh: fmt.Sprintf("“%s”逐行按“%s”列写的单位换算，共 %d 个数", title.Zh, u.heading, u.read),
			En: fmt.Sprintf("%d figures of column %s were read in the units that the column %q names row by row", u.read, c.Decl.Name, u.heading),
		})
	}
	if u.n > 0 {
		at := strings.Join(u.others, "、")
		a.Asked = append(a.Asked, account.Ask{Sheet: sheet, At: c.At, Text: codes.Text{
			Zh: fmt.Sprintf("“%s”列给“%s”逐行写了单位，有 %d 行没有写，或不是它能换算的：%s；这些行按%s读取了", u.heading, title.Zh, u.n, at, c.Decl.Unit),
			En: fmt.Sprintf("the column %q names the units of column %s row by row, and %d rows have none, or one that cannot be converted: %s; they were read in %s", u.heading, c.Decl.Name, u.n, at, c.Decl.Unit),
		}})
	}
}
