package compile

import (
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/stated"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// Keep says from how many rows of a dataset on answers may come from what is kept beside the rows; 0: never. Asked are sets
// of dimensions by which metrics are asked, by their names. What is to be kept follows from that and from the metrics. It is
// called before anybody asks.
func Keep(c *metric.Catalog, least uint64, asked map[string][][]string) *stated.Plan {
	if c.Use(nil); least == 0 {
		return nil
	}
	by := map[string][][]string{}
	for name, sets := range asked {
		if m := c.Metric(name); m != nil {
			for _, leaf := range m.Leaves() {
				by[leaf.Name] = append(by[leaf.Name], sets...)
			}
		}
	}
	var wants []stated.Want
	var tables []stated.Union
	for _, m := range byName(c) {
		if m.Kind != metric.Flow {
			continue
		}
		tables = append(tables, unions(c, m)...)
		k := &compiler{Catalog: c, params: map[string]string{}}
		if first := *leafOf(m); first.Once != nil && !first.Stock { // the rows that persons are told from
			per := known(c, &first)
			first.Once, first.Gather, first.And = nil, nil, nil
			if l, ok := k.events(&first); ok && per != "" {
				l.Keys = nil
				if e, ok := stated.Aggregate("uniqExact(" + per + ")"); ok {
					wants = append(wants, stated.Want{Leaf: l, Value: e})
				}
			}
		}
		if l, ok := k.events(leafOf(m)); ok {
			wants = append(wants, stated.Want{Leaf: l, Value: m.Rows().Value, By: by[m.Name]})
			if who := c.Persons(m); len(who) > 0 { // asked beside the value, where few people are not shown
				if e, ok := stated.Aggregate("uniqExact(" + strings.Join(who, ", ") + ")"); ok {
					wants = append(wants, stated.Want{Leaf: l, Value: e})
				}
			}
		}
	}
	plan := stated.Make(least, wants)
	plan.Crowds(tables)
	c.Use(plan)
	return plan
}

// events describes a leaf that counts events of one dataset; false where it counts otherwise.
func (k *compiler) events(lf *leaf) (stated.Leaf, bool) {
	if lf == nil || lf.Stock || lf.Once != nil || lf.Gather != nil || lf.Shift != 0 || lf.parts != nil || lf.From.Dataset == "" || lf.kept != "" {
		return stated.Leaf{}, false
	}
	l := stated.Leaf{Dataset: k.Dataset(lf.From.Dataset), Day: lf.Time, Where: slices.Concat(lf.Where, lf.And), Keys: map[string]stated.Key{}}
	for dim, e := range lf.Dims {
		text := e.Text
		if !slices.Contains(e.Columns, metric.LastDay) && !slices.Contains(e.Columns, metric.DataDay) {
			text = k.keyText(lf, dim, "")
		}
		l.Keys[dim] = stated.Key{Of: e, Text: text}
	}
	return l, true
}

// stated is the leaf over what is kept in place of rows, where that answers what is asked of it; else the leaf itself.
func (k *compiler) stated(lf *leaf, by []string, tables stated.Tables) *leaf {
	if k.kept == nil {
		return lf
	}
	dims := k.asked(by)
	if own, ok := k.crowded(lf, dims); ok {
		return own
	}
	if own, ok := k.firsts(lf, dims, tables); ok {
		return own
	}
	l, ok := k.events(lf)
	if !ok {
		return lf
	}
	asked := []stated.Value{{Expr: lf.Value}}
	for _, e := range lf.behind {
		asked = append(asked, stated.Value{Expr: e})
	}
	a, ok := k.Plan().Ask(l, dims, asked, tables)
	if !ok {
		return lf
	}
	*k.kept = true
	own := over(lf, a)
	own.Value = sqlExpr{Text: a.Values[0]}
	for _, v := range a.Values[1:] {
		own.behind = append(own.behind, sqlExpr{Text: v})
	}
	return own
}

// rows writes how many rows stand behind a number of the leaf.
func (lf *leaf) rows() string {
	if lf.each != "" {
		return "toUInt64(" + lf.each + ")"
	}
	if lf.kept != "" {
		return stated.Rows()
	}
	return "count()"
}

// apart says that metrics which one scan of rows would answer are each answered from what is kept, and how the rows behind
// all of them add up: false where that is not known.
func (k *compiler) apart(args []*metric.Metric, by []string) (rows string, ok bool) {
	if k.kept == nil {
		return "", false
	}
	var leaves []stated.Leaf
	for _, m := range args {
		zero, _ := m.Empty()
		lf := leafOf(m)
		if k.stated(lf, by, stated.One) == lf || zero == nil {
			return "", false
		}
		l, _ := k.events(lf)
		leaves = append(leaves, l)
	}
	return stated.Together(leaves)
}

// frugal: the engine makes room for as many people as it met when it was asked the same before, in each of the parts of a
// union, though each has its own. That took three times the processor and memory of the first time. And it puts the people whom
// rows are asked of into order, to see which parts of a table may hold them, where every part holds some: of a million people that
// took six times as long as reading the rows.
var frugal = map[string]string{"collect_hash_table_stats_during_aggregation": "0", "use_index_for_in_with_subqueries_max_values": "10000"}

// written is a statement as write writes it, over rows, and beside it over what is kept where that answers the same.
func written(c *metric.Catalog, q metric.Query, w metric.Timeline, tag string, write func(*compiler) string) warehouse.Statement {
	k := &compiler{Catalog: c, q: q, w: w, params: map[string]string{}}
	s := warehouse.Statement{SQL: write(k), Params: k.params, Settings: frugal, Tag: "metric." + tag}
	if w.Grain == days.Total && strings.Contains(s.SQL, " as _with") { // of many periods it would be many rows
		of := &compiler{Catalog: c, q: q, w: w, params: k.params, inner: &s.Inner}
		s.Outer = write(of)
		if c.Plan() != nil {
			var inner string
			of := &compiler{Catalog: c, q: q, w: w, params: k.params, inner: &inner, kept: new(bool)}
			if write(of); *of.kept {
				s.InnerKept = inner
			}
		}
	}
	if c.Plan() != nil {
		of := &compiler{Catalog: c, q: q, w: w, params: k.params, kept: new(bool)}
		if sql := write(of); *of.kept && strings.Contains(sql, "(@states ") { // apart may have asked in vain
			s.Kept = sql
		}
	}
	return s
}

// byName are all metrics in the order of their names.
func byName(c *metric.Catalog) []*metric.Metric {
	return slices.SortedFunc(slices.Values(c.Metrics()), func(a, b *metric.Metric) int { return strings.Compare(a.Name, b.Name) })
}
