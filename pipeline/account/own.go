package account

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/units"
)

// Own is the first text of a column that gives its number in a unit of another size than the column's: 1200000元 under 万元.
type Own struct {
	text string
	yuan string // the first number that shows as ¥50,000 below a heading in 万元
}

// Yuan takes a number that shows in yuan, below a heading that may say that its column counts in 万元: it is read by the heading
// then, and told. True: the heading says nothing of the kind.
func (o *Own) Yuan(header units.Unit, text string) bool {
	headed := header.Money() && header.Exp > 0
	if headed && o.yuan == "" {
		o.yuan = strings.Clone(text)
	}
	return !headed
}

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
	if o.yuan != "" {
		a.Say(codes.Text{
			Zh: fmt.Sprintf("“%s”（%s 列）有的格以 ¥ 显示（如“¥%s”），表头的单位却不是元，按表头的单位读取", title.Zh, at, Shown(o.yuan)),
			En: fmt.Sprintf("some cells of column %s (%s) show in yuan (as ¥%s) below a heading in another unit, and were read in that of the heading", title.En, at, Shown(o.yuan)),
		})
	}
	if o.text == "" {
		return
	}
	a.Asked = append(a.Asked, Ask{Sheet: sheet, At: index, Text: codes.Text{
		Zh: fmt.Sprintf("“%s”（%s 列）有的格自己写了单位（如“%s”），别的没有写，按%s读取", title.Zh, at, Shown(o.text), unit),
		En: fmt.Sprintf("some cells of column %s (%s) give a unit of their own (as %s) and others none, which were read in %s", title.En, at, Shown(o.text), unit),
	}})
}
