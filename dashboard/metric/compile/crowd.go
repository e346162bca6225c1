package compile

import (
	"maps"
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/sqltext"
	"yanzhen/dashboard/metric/stated"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
)

// union is the table in which a leaf tells people of one column apart, by some of its columns; false where it does otherwise.
func union(c *metric.Catalog, lf *leaf, per string, keys []string) (u stated.Union, ok bool) {
	if lf.kept != "" || lf.Stock || lf.Shift != 0 || len(lf.Where) > 0 || len(lf.From.Union) == 0 || len(lf.Time.Columns) != 1 || lf.Time.Text != lf.Time.Columns[0] {
		return u, false
	}
	u = stated.Union{Person: per, Day: lf.Time.Text, Keys: keys}
	for _, p := range lf.From.Union {
		u.Parts = append(u.Parts, stated.UnionPart{Dataset: c.Dataset(p.Dataset), Where: p.Where, Select: p.Select})
	}
	return u, true
}

// unions are the tables of a metric of rows in which people are told apart so that it can be asked of what is kept.
func unions(c *metric.Catalog, m *metric.Metric) (list []stated.Union) {
	lf := leafOf(m)
	if g := lf.Gather; g != nil && g.Where == "" && lf.Once != nil && len(lf.Once.Per.List()) == 1 {
		if u, ok := union(c, lf, lf.Once.Per.List()[0], []string{g.Take}); ok {
			list = append(list, u)
		}
	}
	if who := c.Persons(m); len(who) == 1 && lf.Once == nil && lf.Gather == nil && len(lf.And) == 0 {
		var keys []string
		for _, e := range lf.Dims {
			if len(e.Columns) == 1 && e.Text == e.Columns[0] {
				keys = append(keys, e.Text)
			}
		}
		slices.Sort(keys)
		if u, ok := union(c, lf, who[0], keys); ok {
			list = append(list, u)
		}
	}
	return list
}

// whole says that the periods of a statement are made of whole months.
func (k *compiler) whole() bool {
	begins := func(d days.Day) bool { return d.Day() == 1 }
	for _, p := range k.w.Spans {
		if !begins(p.From) || !begins(p.To) {
			return false
		}
	}
	return k.w.Spans != nil || begins(k.w.From) && begins(k.w.To) && k.w.Grain != days.Ten
}

// who is the leaf's people, with what is gathered of them, of what is kept in place of rows; false where that does not answer.
func (l *leafText) who() (c sqltext.Crowd, ok bool) {
	lf := l.lf
	if l.kept == nil || !l.whole() {
		return c, false
	}
	u, ok := union(l.Catalog, lf, lf.Once.Per.List()[0], []string{lf.Gather.Take})
	if !ok {
		return c, false
	}
	a, ok := l.Plan().Who(u)
	if !ok {
		return c, false
	}
	*l.kept = true
	c = sqltext.Crowd{Source: a.Source, Take: a.Keys[lf.Gather.Take], Merged: a.Merged, Counts: stated.Day + " >= {from:Date32} and " + stated.Day + " < {to:Date32}", Period: l.w.FirstDay(stated.Day)}
	for _, w := range l.lines {
		c.Lines = append(c.Lines, w.FirstDay(stated.Day))
	}
	return c, true
}

// crowded is a leaf that counts rows of several datasets, and people in them, over what is kept in place of the rows; false where
// that does not answer.
func (k *compiler) crowded(lf *leaf, dims []string) (*leaf, bool) {
	if len(lf.From.Union) == 0 || lf.Once != nil || lf.Gather != nil || lf.parts != nil || len(lf.And) > 0 || !k.whole() {
		return nil, false
	}
	values, per := append([]sqlExpr{lf.Value}, lf.behind...), ""
	for _, e := range values {
		if m := personsRe.FindStringSubmatch(e.Text); m != nil {
			per = m[1]
		}
	}
	if per == "" { // only rows are counted, whoever they are of
		for _, name := range slices.Sorted(maps.Keys(lf.From.Union[0].Select)) {
			if c := k.Dataset(lf.From.Union[0].Dataset).Column(lf.From.Union[0].Select[name]); per == "" && c != nil && c.Type == dataset.Person {
				per = name
			}
		}
	}
	var keys []string
	for _, dim := range dims {
		keys = append(keys, lf.Dims[dim].Text)
	}
	u, ok := union(k.Catalog, lf, per, keys)
	if !ok {
		return nil, false
	}
	a, ok := k.Plan().Who(u)
	if !ok {
		return nil, false
	}
	own := leaf{kept: "(\n" + sqltext.Indent(a.Source) + "\n)", Leaf: metric.Leaf{From: lf.From, Time: sqlExpr{Text: stated.Day}, Dims: map[string]sqlExpr{}, Datasets: lf.Datasets}}
	for _, e := range values {
		switch {
		case e.Text == "count()":
			e = sqlExpr{Text: stated.Rows()}
		case e.Text == "uniqExact("+per+")":
			e = sqlExpr{Text: "bitmapCardinality(" + a.Merged + ")"}
		case len(e.Columns) > 0 || len(e.Calls) > 0 || e.Text != "0":
			return nil, false
		}
		own.behind = append(own.behind, e)
	}
	own.Value, own.behind = own.behind[0], own.behind[1:]
	for _, dim := range dims {
		own.Dims[dim] = sqlExpr{Text: a.Keys[lf.Dims[dim].Text]}
	}
	*k.kept = true
	return &own, true
}
