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
}

// Table writes a row for all people of a period who have the same texts, with the columns _period, As, _with, which is the
// same for them, and _people.
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
	var each, same, s Text
	if p.One {
		each.Clause("select", []string{p.Per, "max(" + p.Counts + ") as _counts", state + " as _with"}, ",")
	} else {
		each.Clause("select", []string{p.Per, "groupUniqArrayIf(" + p.Period + ", " + p.Counts + ") as _periods", state + " as _with"}, ",")
	}
	each.Line("from " + from)
	each.Line("where " + p.Per + " is not null")
	each.Line("group by " + p.Per)
	if p.One {
		each.Line("having _counts")
		same.Clause("select", []string{p.Period + " as _period", "_with", "count() as _people"}, ",")
	} else {
		each.Line("having notEmpty(_periods)")
		same.Clause("select", []string{"_period", "_with", "count() as _people"}, ",")
	}
	same.From(each.String())
	if !p.One {
		same.Line("array join _periods as _period")
	}
	same.Clause("group by", []string{"_period", "_with"}, ",")
	s.Clause("select", []string{"_period", lists, "_with", "_people"}, ",")
	s.From(same.String())
	return "(\n" + Indent(s.String()) + "\n)", []string{"_period", p.As, "_with", "_people"}, []string{"Date32", "Array(String)", with, "UInt64"}
}
