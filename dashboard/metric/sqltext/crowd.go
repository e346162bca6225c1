package sqltext

import (
	"strconv"
	"strings"
)

// Crowd is what People are told from where it is kept which of them occur in which months.
type Crowd struct {
	Source string // a row of some people: the first day of a month _on, the text Take and the bitmap _who
	Take   string
	Merged string // an aggregate of such rows: the bitmap of those who are in any
	Counts string // a condition on rows: a person counts in the period of such a row
	Period string // of a row
	Lines  []string
}

// Table writes what p.Table writes. People with the same texts are found text by text: each divides those found before in those
// who have it too and those who have not.
func (c Crowd) Table(p People) (text string, columns, types []string) {
	columns, types = []string{"_period", p.As, "_with", "_people"}, []string{"Date32", "Array(String)", "UInt64", "UInt64"}
	period, group := []string{c.Period + " as _period"}, []string{"_period"}
	var each, fold, atoms, months, s Text
	from := "from _crowd"
	if p.Lines != nil {
		var lines []string
		for i, first := range c.Lines {
			lines = append(lines, "("+strconv.Itoa(i)+", "+first+")")
		}
		period, group = []string{"_at.1 as _line", "_at.2 as _period"}, []string{"_line", "_period"}
		from += "\narray join [" + strings.Join(lines, ", ") + "] as _at"
		columns, types = append(columns, "_line"), append(types, "UInt8")
	}
	months.Clause("select", append(period, c.Merged+" as _in"), ",")
	months.Line(from)
	months.Line("where " + c.Counts)
	months.Clause("group by", group, ",")

	each.Clause("select", []string{c.Take + " as _text", c.Merged + " as _all"}, ",")
	each.Line("from _crowd")
	each.Line("group by _text")
	each.Line("order by _text")
	fold.Line(`select arrayJoin(arrayFold(
    (_found, _one) -> arrayFilter(_x -> bitmapCardinality(_x.2) > 0, arrayConcat(
        arrayMap(_x -> (arrayPushBack(_x.1, _one.1), bitmapAnd(_x.2, _one.2)), _found),
        arrayMap(_x -> (_x.1, bitmapAndnot(_x.2, _one.2)), _found)
    )),
    groupArray((_text, _all)),
    [(cast([], 'Array(String)'), groupBitmapOrState(_all))]
)) as _same`)
	fold.From(each.String())
	atoms.Line("select _same.1 as " + p.As + ", _same.2 as _have, rowNumberInAllBlocks() as _with")
	atoms.From(fold.String())
	shown := []string{"_period", p.As, "_with", "bitmapAndCardinality(_have, _in) as _people"}
	if p.Lines != nil {
		shown = append(shown, "_line")
	}
	s.Line("with _crowd as (\n" + Indent(c.Source) + "\n)")
	s.Clause("select", shown, ",")
	s.From(atoms.String())
	s.WriteString(" as _texts")
	s.Line("cross join (\n" + Indent(months.String()) + "\n) as _months")
	s.Line("where _people > 0")
	return "(\n" + Indent(s.String()) + "\n)", columns, types
}
