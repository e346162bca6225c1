package sqltext

import (
	"fmt"
	"regexp"
	"strings"
)

// People are those who occur in some rows, told by which texts each of them has there: few rows, however many people they are.
type People struct {
	Rows   string   // a table of rows with the columns Per and Take
	Per    string   // who it is
	Take   string   // the text that is gathered, in all rows; empty: nothing is, and rows that do not count are left out
	As     string   // the list of them
	Names  []string // the texts, in quotes, where each part of Rows selects one of them; none: they are not known
	Look   string   // where they are not known: how all parts of Rows select them; empty: they are gathered as texts
	Counts string   // a condition on rows: a person counts in the period of such a row
	Period string   // of a row
	One    bool     // all rows that count are of one period
	Starts []string // the first days of all periods that a row which counts can be of, MostPeriods at most; none: they are gathered as days
	At     string   // which of Starts a row is of, from 0 on
	Lines  []string // the periods of several grains that a period lies in which begins on the day _x; none: itself alone
}

// wordBits is how many bits a number of the engine has, and MostPeriods how many periods are told as bits of a person.
const (
	wordBits    = 64
	MostPeriods = 4 * wordBits
)

// Table writes a row for all people of a period who have the same texts, with the columns _period, As, _with, which is the
// same for them, and _people; of several grains also _line, which of them it is. Where nothing is gathered neither
// list nor _with says anything. Texts that are looked for and are more than
// a number has bits make no rows.
func (p People) Table() (text string, columns, types []string) {
	g := p.texts()
	if p.Take == "" {
		p.Counts = "true" // who is asked has nothing but rows that count
	}
	var each, same, s Text
	marks, having, keys, all := p.periods()
	each.Clause("select", append(append([]string{p.Per}, marks...), g.state+" as _with"), ",")
	each.Line("from " + g.rows)
	each.Clause("where", append([]string{p.Per + " is not null"}, g.conds...), " and")
	each.Line("group by " + p.Per)
	each.Line("having " + having)
	columns, types = []string{"_period", p.As, "_with", "_people"}, []string{"Date32", "Array(String)", g.with, "UInt64"}
	shown := []string{"_period", g.lists, "_with", "_people"}
	if p.One {
		same.Clause("select", []string{p.Period + " as _period", "_with", "count() as _people"}, ",")
		same.From(each.String())
		same.Clause("group by", []string{"_period", "_with"}, ",")
	} else { // who has the same periods and the same texts is one row, before rows are made of each period
		var alike, days Text
		alike.Clause("select", append(append([]string{}, keys...), "_with", "count() as _alike"), ",")
		alike.From(each.String())
		alike.Clause("group by", append(append([]string{}, keys...), "_with"), ",")
		days.Clause("select", []string{all + " as _all", "_with", "_alike"}, ",")
		days.From(alike.String())
		periods, at := []string{"_period"}, "_all as _period"
		if p.Lines != nil {
			var lines []string
			for i, first := range p.Lines {
				lines = append(lines, fmt.Sprintf("arrayMap(_y -> (%d, _y), arrayDistinct(arrayMap(_x -> %s, _all)))", i, first))
			}
			periods, at = []string{"_at.1 as _line", "_at.2 as _period"}, "arrayConcat("+strings.Join(lines, ", ")+") as _at"
			columns, types, shown = append(columns, "_line"), append(types, "UInt8"), append(shown, "_line")
		}
		same.Clause("select", append(periods, "_with", "sum(_alike) as _people"), ",")
		same.From(days.String())
		same.Line("array join " + at)
		same.Clause("group by", append(columns[4:len(columns):len(columns)], "_period", "_with"), ",")
	}
	s.Line(g.names)
	s.Clause("select", shown, ",")
	s.From(same.String())
	return "(\n" + Indent(s.String()) + "\n)", columns, types
}

// texts are those of a person as they are gathered.
type texts struct {
	rows  string // where from
	state string // of a person
	with  string // its type
	lists string // what it shows
	conds []string
	names string // before the select: all that there are
}

func (p People) texts() texts {
	bits := "arrayFilter((_x, _i) -> bitTest(_with, _i), %s, range(%s)) as " + p.As
	switch {
	case p.Take == "":
		return texts{rows: p.Rows, state: "0", with: "UInt8", lists: "[] as " + p.As, conds: []string{p.Counts}}
	case p.Names != nil:
		rows := p.Rows
		for i, name := range p.Names { // the parts of the union select the bits in place of the texts
			rows = p.selecting(rows, name, fmt.Sprintf("toUInt64(%d)", uint64(1)<<i))
		}
		return texts{rows: rows, state: "groupBitOr(" + p.Take + ")", with: "UInt64", lists: fmt.Sprintf(bits, "["+strings.Join(p.Names, ", ")+"]", fmt.Sprint(len(p.Names)))}
	case p.Look != "":
		return texts{
			rows:  p.selecting(p.Rows, p.Look, "transform("+p.Look+", _names, arrayMap(_i -> bitShiftLeft(toUInt64(1), toUInt8(_i)), range(length(_names))), toUInt64(0))"),
			state: "groupBitOr(" + p.Take + ")", with: "UInt64", lists: fmt.Sprintf(bits, "_names", "length(_names)"),
			conds: []string{fmt.Sprintf("length(_names) <= %d", wordBits)},
			names: fmt.Sprintf("with (\n    select arraySort(groupUniqArray(%d)(%s))\n    from %s\n) as _names", wordBits+1, p.Take, strings.TrimSpace(Indent(p.Rows))),
		}
	}
	return texts{rows: p.Rows, state: "groupUniqArray(" + p.Take + ")", with: "Array(String)", lists: "arraySort(_with) as " + p.As}
}

// selecting are rows that select a number as Take in place of a text; a column whose name begins alike stays.
func (p People) selecting(rows, text, number string) string {
	return regexp.MustCompile(regexp.QuoteMeta(text+" as "+p.Take)+`\b`).ReplaceAllLiteralString(rows, number+" as "+p.Take)
}

// periods are those in which a person counts: what is told of him, where there is any, by what those are the same who have the
// same, and how a list of days is made of it.
func (p People) periods() (marks []string, having string, keys []string, all string) {
	switch {
	case p.One:
		return []string{"max(" + p.Counts + ") as _counts"}, "_counts", nil, ""
	case p.Starts == nil:
		return []string{"arraySort(groupUniqArrayIf(" + p.Period + ", " + p.Counts + ")) as _days"}, "notEmpty(_days)", []string{"_days"}, "_days"
	}
	var some, lists []string
	for from := 0; from < len(p.Starts); from += wordBits {
		own, at, counts := p.Starts[from:min(from+wordBits, len(p.Starts))], p.At, p.Counts
		if len(p.Starts) > wordBits {
			at = fmt.Sprintf("%s - %d", p.At, from)
			counts += fmt.Sprintf(" and %[1]s >= %[2]d and %[1]s < %[3]d", p.At, from, from+wordBits)
		}
		name := fmt.Sprintf("_m%d", from/wordBits)
		keys, some = append(keys, name), append(some, name+" != 0")
		marks = append(marks, fmt.Sprintf("groupBitOr(if(%s, bitShiftLeft(toUInt64(1), toUInt8(%s)), 0)) as %s", counts, at, name))
		lists = append(lists, fmt.Sprintf("arrayFilter((_x, _i) -> bitTest(%s, _i), cast(['%s'], 'Array(Date32)'), range(%d))", name, strings.Join(own, "', '"), len(own)))
	}
	if all = lists[0]; len(lists) > 1 {
		all = "arrayConcat(" + strings.Join(lists, ", ") + ")"
	}
	return marks, strings.Join(some, " or "), keys, all
}
