package account

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/totals"
)

// Cells keeps the addresses of the first cells of a kind, and counts the others.
type Cells struct {
	list []string
	more int
}

// maxListed is how many addresses of one kind are told.
const maxListed = 40

// Add takes a cell in. The sheet of a text file has no name.
func (p *Cells) Add(sheet, at string) {
	if len(p.list) == maxListed {
		p.more++
		return
	}
	if sheet != "" {
		at = sheet + "!" + at
	}
	p.list = append(p.list, at)
}

// Tell says something of them, with their number and their addresses; nothing where there are none.
func (p *Cells) Tell(say func(codes.Text), zh, en string) {
	if len(p.list) == 0 {
		return
	}
	at, n := strings.Join(p.list, " "), len(p.list)+p.more
	say(codes.Text{Zh: fmt.Sprintf(zh, n, at), En: fmt.Sprintf(en, n, at)})
}

// few is how many of a kind are odd; more of them are how a table is filled.
const few = 5

// TellFew is Tell where there are few of them.
func (p *Cells) TellFew(say func(codes.Text), zh, en string) {
	if len(p.list) <= few {
		p.Tell(say, zh, en)
	}
}

// Place is where a cell stands, and what it says.
func Place(sheet, at, said string) string {
	if sheet != "" {
		at = sheet + "!" + at
	}
	return at + " " + said
}

// Suspect tells of a row that reads like a total and is loaded, by the cell that reads so.
func (a *Account) Suspect(sheet, at, text string) { a.Say(Suspected(sheet, at, text)) }

// DoubleAt is Double for a row that reads like a total or is the sum of those before it, by the cell that says so.
func (a *Account) DoubleAt(sheet, at, text string) { a.Double(Suspected(sheet, at, text)) }

// Suspected says that a row reads like a total, by the cell that reads so.
func Suspected(sheet, at, text string) codes.Text {
	if sheet != "" {
		at = sheet + "!" + at
	}
	if text = Shown(text); totals.Sample(totals.Key(codes.Key(text))) {
		return codes.Text{
			Zh: at + " “" + text + "”像是表样里的示例行，按数据读取；若是，请删去该行",
			En: fmt.Sprintf("%s %q looks like the example of a form and was read as data: remove the row if it is one", at, text),
		}
	}
	return codes.Text{
		Zh: at + " “" + text + "”像合计行（或平均、比较、其中行），按数据读取；若是，请删去该行，或在数据集里声明 totals",
		En: fmt.Sprintf("%s %q reads like a total (or an average, a comparison, a part of another row) and was read as data: remove the row if it is one, or declare totals", at, text),
	}
}
