package account

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/units"
)

// Own is the first text of a column that gives its number in a unit of another size than the column's: 1200000元 under 万元.
type Own struct{ text string }

// See looks at the text of a number in a column of a unit.
func (o *Own) See(text string, column units.Unit) {
	if o.text != "" || text[len(text)-1]-'0' <= 9 {
		return
	}
	tail := strings.TrimLeft(strings.ToLower(codes.Key(text)), "¥￥+-0123456789., ")
	if base, exp, _, known := units.Tail(tail); known && base != "" && exp != column.Exp+column.Step {
		o.text = strings.Clone(text)
	}
}

// Ask asks about the figures beside it that give no unit. at is the letters of the column.
func (o *Own) Ask(a *Account, sheet, at string, index int, title codes.Text, unit string) {
	if o.text == "" {
		return
	}
	a.Asked = append(a.Asked, Ask{Sheet: sheet, At: index, Text: codes.Text{
		Zh: fmt.Sprintf("“%s”（%s 列）有的格自己写了单位（如“%s”），别的没有写，按%s读取", title.Zh, at, Shown(o.text), unit),
		En: fmt.Sprintf("some cells of column %s (%s) give a unit of their own (as %s) and others none, which were read in %s", title.En, at, Shown(o.text), unit),
	}})
}
