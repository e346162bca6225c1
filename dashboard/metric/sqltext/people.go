package sqltext

import (
	"fmt"
	"strings"
)

// People are those who occur in some rows, told by which texts each of them has there: few rows, however many people they are.
type People struct {
	Rows   string   // a table of rows with the columns Per and Take
	Per    string   // who it is
	Take   string   // the text that is gathered, in all rows
	As     string   // the list of them
	Names  []string // the texts, in quotes, where each part of Rows selects one of them; none: they are not known
	Counts string   // a condition on rows: a person counts in the period of such a row
	Period string   // of a row
	One    bool     // all rows that count are of one period
	Lines  []string // the periods of several grains that a period lies in which begins on the day _x; none: itself alone
}

// Table writes a row for all people of a period who have the same texts, with the columns _period, As, _with, which is the
// same for them, and _people; of several grains also _line, which of them it is.
func (p People) Table() (text string, columns, types []string) {
	with := "Array(String)"
	state, lists := "groupUniqArray("+p.Take+")", "arraySort(_with) as "+p.As
	from := p.Rows
	if p.Names != nil {
		var bits []string
		for i := range p.Names {
			bits = append(bits, fmt.Sprint(uint64(1)<<i))
		}
		for i, name := range p.Names { // the parts of the union select the bits in place of the texts
			from = strings.ReplaceAll(from, name+" as "+p.Take, "toUInt64("+bits[i]+") as "+p.Take)
		}
		state, with = "groupBitOr("+p.Take+")", "UInt64"
		lists = fmt.Sprintf("arrayFilter((_x, _i) -> bitTest(_with, _i), [%s], range(%d)) as %s", strings.Join(p.Names, ", "), len(p.Names), p.As)
	}
	counts, having := "max("+p.Counts+") as _counts", "having _counts"
	if !p.One {
		counts, having = "groupUniqArrayIf("+p.Period+", "+p.Counts+") as _periods", "having notEmpty(_periods)"
	}
	var each, same, s Text
	each.Clause("select", []string{p.Per, counts, state + " as _with"}, ",")
	each.Line("from " + from)
	each.Line("where " + p.Per + " is not null")
	each.Line("group by " + p.Per)
	each.Line(having)
	columns, types = []string{"_period", p.As, "_with", "_people"}, []string{"Date32", "Array(String)", with, "UInt64"}
	shown := []string{"_period", lists, "_with", "_people"}
	switch {
	case p.One:
		same.Clause("select", []string{p.Period + " as _period", "_with", "count() as _people"}, ",")
		same.From(each.String())
		same.Clause("group by", []string{"_period", "_with"}, ",")
	case p.Lines == nil:
		same.Clause("select", []string{"_period", "_with", "count() as _people"}, ",")
		same.From(each.String())
		same.Line("array join _periods as _period")
		same.Clause("group by", []string{"_period", "_with"}, ",")
	default: // who has the same periods and the same texts is one row, before rows are made of each grain
		var alike Text
		alike.Clause("select", []string{"arraySort(_periods) as _all", "_with", "count() as _alike"}, ",")
		alike.From(each.String())
		alike.Clause("group by", []string{"_all", "_with"}, ",")
		var lines []string
		for i, first := range p.Lines {
			lines = append(lines, fmt.Sprintf("arrayMap(_y -> (%d, _y), arrayDistinct(arrayMap(_x -> %s, _all)))", i, first))
		}
		same.Clause("select", []string{"_at.1 as _line", "_at.2 as _period", "_with", "sum(_alike) as _people"}, ",")
		same.From(alike.String())
		same.Line("array join arrayConcat(" + strings.Join(lines, ", ") + ") as _at")
		same.Clause("group by", []string{"_line", "_period", "_with"}, ",")
		columns, types, shown = append(columns, "_line"), append(types, "UInt8"), append(shown, "_line")
	}
	s.Clause("select", shown, ",")
	s.From(same.String())
	return "(\n" + Indent(s.String()) + "\n)", columns, types
}
