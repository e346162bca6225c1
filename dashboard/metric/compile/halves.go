package compile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/expression"
	"yanzhen/dashboard/metric/sqltext"
	"yanzhen/dashboard/metric/stated"
)

// Few people have anything gathered of them: most of those who came never left. So what is asked of all people is counted
// without it, and what is asked of what was gathered is counted of those who have some; the two are added up. How many stayed is
// how many came, less those who left.

// halves takes a leaf apart that gathers something: what is counted of all people, and what of those of whom something is
// gathered. False where a value is not the sum of two such counts.
func (k *compiler) halves(lf *leaf) (all, some *leaf, ok bool) {
	g := lf.Gather
	if k.longhand || g == nil || g.Where == "" || lf.Once == nil || lf.some {
		return nil, nil, false
	}
	says := func(e sqlExpr) bool { return slices.Contains(e.Columns, g.As) }
	if slices.ContainsFunc(lf.And, says) {
		return nil, nil, false
	}
	for _, e := range lf.Dims {
		if says(e) {
			return nil, nil, false
		}
	}
	a, s := *lf, *lf
	a.Gather, s.some, s.each = nil, true, "0" // whoever is behind a number is counted among all
	gathers := false
	split := func(e sqlExpr) (of, in sqlExpr) {
		if !says(e) {
			return e, nothing
		}
		gathers = true
		of, in, fits := half(e, g.As)
		ok = ok && fits
		return of, in
	}
	ok = true
	a.Value, s.Value = split(lf.Value)
	if lf.parts != nil { // in place of the value
		a.parts, s.parts = nil, nil
		gathers, ok = false, true
	}
	for _, e := range lf.parts {
		of, in := split(e)
		a.parts, s.parts = append(a.parts, of), append(s.parts, in)
	}
	a.behind, s.behind = nil, nil
	for _, e := range lf.behind {
		of, in := split(e)
		a.behind, s.behind = append(a.behind, of), append(s.behind, in)
	}
	return &a, &s, ok && gathers
}

var (
	nothing = sqlExpr{Text: "0"}
	minus   = sqlToken{Kind: expression.Sign, Text: "-"}
)

// half takes a count of rows apart that holds one condition on days that were gathered: that one of them lies within two others,
// or that none does.
func half(e sqlExpr, gathered string) (all, some sqlExpr, ok bool) {
	name, args, ok := e.Call()
	if !ok || name != "countIf" || len(args) != 1 {
		return nothing, nothing, false
	}
	var rest, within []sqlToken
	none := false
	for _, cond := range expression.Conditions(args[0]) {
		if !slices.ContainsFunc(cond, func(t sqlToken) bool { return t.Kind == expression.Word && t.Text == gathered }) {
			if rest != nil {
				rest = append(rest, sqlToken{Kind: expression.Sign, Text: " and "})
			}
			rest = append(rest, cond...)
			continue
		}
		if within != nil {
			return nothing, nothing, false
		}
		if cond[0].Kind == expression.Word && strings.EqualFold(cond[0].Text, "not") {
			none, cond = true, expression.Trimmed(cond[1:])
		}
		days, end, call := expression.Arguments(cond, 1)
		if !call || end != len(cond) || cond[0].Text != metric.Within || expression.Joined(days[0]) != gathered {
			return nothing, nothing, false
		}
		within = cond
	}
	cond := within
	if rest != nil {
		cond = slices.Concat(rest, []sqlToken{{Kind: expression.Sign, Text: " and "}}, within)
	}
	if some = part(e, call("countIf", cond)); !none {
		return nothing, some, true
	}
	some = part(e, append([]sqlToken{minus}, some.Tokens...))
	if rest == nil {
		return expression.CountAll, some, true
	}
	return part(e, call("countIf", rest)), some, true
}

func call(name string, arg []sqlToken) []sqlToken {
	return slices.Concat([]sqlToken{{Kind: expression.Word, Text: name}, {Kind: expression.Sign, Text: "("}}, arg, []sqlToken{{Kind: expression.Sign, Text: ")"}})
}

// part is an expression of some of the words of another.
func part(of sqlExpr, tokens []sqlToken) sqlExpr {
	stands := func(name string) bool {
		return slices.ContainsFunc(tokens, func(t sqlToken) bool { return t.Kind == expression.Word && t.Text == name })
	}
	e := sqlExpr{Text: expression.Joined(tokens), Tokens: tokens}
	for _, c := range of.Columns {
		if stands(c) {
			e.Columns = append(e.Columns, c)
		}
	}
	for _, c := range of.Calls {
		if stands(c) {
			e.Calls = append(e.Calls, c)
		}
	}
	return e
}

// added writes the sum of two tables with the same columns: of the values of a leaf, of keys and of which tables they are.
func added(lf *leaf, keys []string, tables ...string) string {
	cols := slices.Clone(keys)
	sum := func(name string) { cols = append(cols, "sum("+name+") as "+name) }
	if lf.parts == nil {
		sum("_value")
	}
	for i := range slices.Concat(lf.parts, lf.behind) {
		sum(fmt.Sprintf("_v%d", i))
	}
	sum("_n")
	for i, table := range tables {
		tables[i] = "select " + strings.Join(slices.Concat(keys, values(lf), []string{"_n"}), ", ") + " from (\n" + sqltext.Indent(table) + "\n)"
	}
	var s sqltext.Text
	s.Clause("select", cols, ",")
	s.From(strings.Join(tables, "\nunion all\n"))
	s.Clause("group by", keys, ",")
	return s.String()
}

// values are the columns of the values of a leaf.
func values(lf *leaf) (cols []string) {
	if lf.parts == nil {
		cols = append(cols, "_value")
	}
	for i := range slices.Concat(lf.parts, lf.behind) {
		cols = append(cols, fmt.Sprintf("_v%d", i))
	}
	return cols
}

// untilRe is a condition on a day that every earlier day meets too.
var untilRe = regexp.MustCompile(`^addMonths\(([a-z][a-z0-9_]*), \d+\) <= ` + metric.DataDay + `$`)

// firsts is a leaf that counts the first rows of persons, over what is kept: they are as many as the persons. Those whose first
// row has a day up to some other are as many as those who have any row up to it.
func (k *compiler) firsts(lf *leaf, dims []string, tables stated.Tables) (*leaf, bool) {
	per := known(k.Catalog, lf)
	if per == "" || len(dims) > 0 || lf.Gather != nil || len(lf.And) > 0 || len(lf.behind) > 0 && lf.parts != nil || !slices.Equal(lf.Once.Keep.List(), []string{lf.Time.Text}) {
		return nil, false
	}
	rows := *lf
	rows.Once, rows.parts = nil, nil
	l, ok := k.events(&rows)
	if !ok {
		return nil, false
	}
	list := lf.parts
	if list == nil {
		list = append([]sqlExpr{lf.Value}, lf.behind...)
	}
	list = append(slices.Clone(list), expression.CountAll) // who is behind a number
	var asked []stated.Value
	for _, e := range list {
		name, args, call := e.Call()
		switch {
		case e.Text == nothing.Text, e.Text == "uniqExact("+per+")":
			asked = append(asked, stated.Value{Expr: e})
		case e.Text == "count()":
			asked = append(asked, stated.Value{Expr: sqlExpr{Text: "uniqExact(" + per + ")"}})
		case call && name == "countIf" && len(args) == 1:
			m := untilRe.FindStringSubmatch(expression.Joined(args[0]))
			if m == nil || m[1] != lf.Time.Text {
				return nil, false
			}
			until := strings.Replace(k.expandTokens(lf, args[0], ""), "("+m[1]+",", "("+stated.Day+",", 1)
			asked = append(asked, stated.Value{Expr: sqlExpr{Text: "uniqExact(" + per + ")"}, Until: until})
		default:
			return nil, false
		}
	}
	a, ok := k.Plan().Ask(l, nil, asked, tables)
	if !ok {
		return nil, false
	}
	*k.kept = true
	own := over(lf, a)
	var written []sqlExpr
	for _, v := range a.Values {
		written = append(written, sqlExpr{Text: v})
	}
	last := len(written) - 1
	if own.each = written[last].Text; lf.parts != nil {
		own.parts = written[:last]
	} else {
		own.Value, own.behind = written[0], written[1:last]
	}
	return own, true
}

// over is a leaf over what is kept, without its values.
func over(lf *leaf, a stated.Answer) *leaf {
	own := leaf{kept: "(\n" + sqltext.Indent(a.Source) + "\n)", Leaf: metric.Leaf{From: lf.From, Time: sqlExpr{Text: stated.Day}, Dims: map[string]sqlExpr{}, Datasets: lf.Datasets}}
	for dim, key := range a.Keys {
		own.Dims[dim] = sqlExpr{Text: key}
	}
	return &own
}
