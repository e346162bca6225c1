// Package stated decides which questions about rows are answered from what is kept beside them (pipeline/states), and what
// is kept so that they are. Both follow from what metrics and boards declare. It is pure: whether all that is live is kept,
// is asked where the question is.
package stated

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"yanzhen/dashboard/metric/expression"
	"yanzhen/dashboard/metric/sqltext"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/states"
)

// Leaf is events of a dataset that a metric counts.
type Leaf struct {
	Dataset *dataset.Dataset
	Day     expression.Expr   // of an event
	Where   []expression.Expr // which count
	Keys    map[string]Key    // its dimensions
}

// Key is what is cut by.
type Key struct {
	Of   expression.Expr
	Text string // as a text, never null
}

// Plan is what is kept, by dataset; nil: nothing is.
type Plan struct {
	Least  uint64 // rows of a dataset from which on it is used
	Of     map[string]*states.Definition
	at     map[string]int   // families by dataset, day and condition
	crowds map[string]crowd // by the name of one without keys
}

// plain says that an expression is of the columns of rows alone, and of nobody's number.
func (l Leaf) plain(e expression.Expr) bool {
	for _, name := range e.Columns {
		c := l.Dataset.Column(name)
		if c == nil || c.Type == dataset.Person {
			return false
		}
	}
	return !slices.ContainsFunc(e.Calls, func(f string) bool { return f == "arrayJoin" || f == "workdays" || f == "within" })
}

// condition joins what the leaf keeps rows by; false where it asks for more than their columns.
func (l Leaf) condition() (text string, ok bool) {
	var conds []string
	for _, e := range l.Where {
		if !l.plain(e) {
			return "", false
		}
		conds = append(conds, "("+e.Text+")")
	}
	slices.Sort(conds)
	return strings.Join(slices.Compact(conds), " and "), l.plain(l.Day)
}

func (l Leaf) family(condition string) string {
	return l.Dataset.Name + "\x00" + l.Day.Text + "\x00" + condition
}

// contains says that every row that o counts is one that l counts, as far as their texts say.
func (l Leaf) contains(o Leaf) bool { return len(expression.Without(l.Where, o.Where)) == 0 }

// excludes says that no row counts in both, since a column would have to be two texts.
func (l Leaf) excludes(o Leaf) bool {
	return slices.ContainsFunc(l.Where, func(e expression.Expr) bool {
		column, text, ok := strings.Cut(e.Text, " = ")
		return ok && sqltext.IsText(text) && slices.ContainsFunc(o.Where, func(x expression.Expr) bool {
			c, other, ok := strings.Cut(x.Text, " = ")
			return ok && c == column && sqltext.IsText(other) && other != text && len(e.Columns) == 1 && e.Columns[0] == column
		})
	})
}

// Together writes how many rows count in any of some leaves, of the numbers of each as _rows; false where that is not known.
func Together(leaves []Leaf) (sql string, ok bool) {
	disjoint := true
	for i, l := range leaves {
		if !slices.ContainsFunc(leaves, func(o Leaf) bool { return !l.contains(o) }) {
			return "max(_rows)", true
		}
		for _, o := range leaves[i+1:] {
			disjoint = disjoint && l.excludes(o)
		}
	}
	return "sum(_rows)", disjoint
}

// way is what an aggregate tells somebody apart by: none, where it counts rows; false where neither is so.
func (l Leaf) way(e expression.Expr) (columns []string, ok bool) {
	name, args, ok := e.Call()
	switch {
	case !ok:
		return nil, false
	case name == "count":
		return nil, len(args) == 1 && len(args[0]) == 0
	case name != "uniqExact":
		return nil, false
	}
	for _, a := range args {
		c := l.Dataset.Column(expression.Joined(a))
		if c == nil || c.Type == dataset.Strings || c.Type == dataset.Float64 {
			return nil, false
		}
		columns = append(columns, c.Name)
	}
	slices.Sort(columns)
	return slices.Compact(columns), true
}

// Want is one thing that is to be answered of a leaf.
type Want struct {
	Leaf
	Value expression.Expr
	By    [][]string // sets of dimensions that are asked for together; each alone is kept anyway
}

// family is one of states.Families on its way: the sets of texts of keys, and of columns by which somebody is told apart, by
// their joined names.
type family struct {
	of         *dataset.Dataset
	where, day string
	sets, ways map[string][]string
}

// Make says what is kept so that some wants are answered. What cannot be is left out.
func Make(least uint64, wants []Want) *Plan {
	p := &Plan{Least: least, Of: map[string]*states.Definition{}, at: map[string]int{}}
	families := map[string]*family{}
	for _, w := range wants {
		cond, ok := w.condition()
		way, fits := w.way(w.Value)
		if !ok || !fits {
			continue
		}
		id := w.family(cond)
		if families[id] == nil {
			families[id] = &family{w.Dataset, cond, w.Day.Text, map[string][]string{"": nil}, map[string][]string{}}
		}
		families[id].add(w, way)
	}
	own := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(families)) {
		f := families[id]
		for _, other := range families { // those counted on one day are counted alike, so that one pass counts them
			if other.of == f.of && other.day == f.day {
				maps.Copy(f.sets, other.sets)
				maps.Copy(f.ways, other.ways)
			}
		}
		own[f.of.Name] = append(own[f.of.Name], id)
	}
	for name, ids := range own {
		p.Of[name] = p.define(families, ids)
	}
	return p
}

// add notes what one want asks of a family.
func (f *family) add(w Want, way []string) {
	if way != nil {
		f.ways[strings.Join(way, ",")] = way
	}
	by := slices.Clone(w.By)
	for dim := range w.Keys {
		by = append(by, []string{dim})
	}
	for _, dims := range by {
		var texts []string
		for _, dim := range dims {
			if k, ok := w.Keys[dim]; ok && w.plain(k.Of) {
				texts = append(texts, k.Text)
			}
		}
		slices.Sort(texts)
		if len(texts) == len(dims) {
			f.sets[strings.Join(texts, "\x00")] = texts
		}
	}
}

// define is what is kept of one dataset, whose families are named in their order.
func (p *Plan) define(families map[string]*family, ids []string) *states.Definition {
	of := families[ids[0]].of
	d := &states.Definition{Dataset: of.Name, Types: map[string]string{}}
	keys, ways := map[string]bool{}, map[string][]string{}
	for _, id := range ids {
		for _, texts := range families[id].sets {
			for _, text := range texts {
				keys[text] = true
			}
		}
		maps.Copy(ways, families[id].ways)
	}
	d.Keys = slices.Sorted(maps.Keys(keys))
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		d.Distinct = append(d.Distinct, ways[way])
		for _, c := range ways[way] {
			d.Types[c] = bare(of.Column(c).ClickHouse())
		}
	}
	for _, id := range ids {
		f := families[id]
		one := states.Family{Where: f.where, Day: f.day}
		for _, texts := range f.sets {
			set := []int{}
			for _, text := range texts {
				set = append(set, slices.Index(d.Keys, text))
			}
			one.Sets = append(one.Sets, set)
		}
		slices.SortFunc(one.Sets, func(a, b []int) int { return cmp.Or(len(a)-len(b), slices.Compare(a, b)) })
		for i, way := range d.Distinct {
			if f.ways[strings.Join(way, ",")] != nil {
				one.Distinct = append(one.Distinct, i)
			}
		}
		p.at[id] = len(d.Families)
		d.Families = append(d.Families, one)
	}
	return d
}

// bare is a type without what says that it may be null or has few values.
func bare(kind string) string {
	for _, of := range []string{"LowCardinality(", "Nullable("} {
		if rest, ok := strings.CutPrefix(kind, of); ok {
			kind = strings.TrimSuffix(rest, ")")
		}
	}
	return kind
}

// Answer is how a question is asked of what is kept: what is read, what its day and its keys are called there, and the
// aggregates in place of those that were asked for.
type Answer struct {
	Source string
	Keys   map[string]string
	Values []string
}

// Tables is how many tables are made of one reading.
type Tables = states.Tables

// The ways to read.
const (
	One  = states.One
	Many = states.Many
)

// Day is the column of Answer.Source that stands for the day of a leaf.
const Day = "_on"

// Rows is how many rows stand behind an answer.
func Rows() string { return states.Rows() }

// Value is an aggregate that is asked for; of rows that meet a condition on Day, where there is one.
type Value struct {
	expression.Expr
	Until string
}

// Ask writes a question about a leaf, by some dimensions; false where what is kept does not answer it. tables says how many
// one reading gives.
func (p *Plan) Ask(l Leaf, dims []string, values []Value, tables states.Tables) (a Answer, ok bool) {
	if p == nil || p.Of[l.Dataset.Name] == nil {
		return a, false
	}
	cond, ok := l.condition()
	n, known := p.at[l.family(cond)]
	if !ok || !known {
		return a, false
	}
	d := p.Of[l.Dataset.Name]
	var keys, ways []int
	a.Keys = map[string]string{}
	for _, dim := range dims {
		k := slices.Index(d.Keys, l.Keys[dim].Text)
		if k < 0 || !l.plain(l.Keys[dim].Of) {
			return a, false
		}
		if a.Keys[dim] = states.Key(k); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	for _, v := range values {
		e := v.Expr
		if len(e.Tokens) == 0 { // what is asked beside a value was never taken apart
			if e, ok = Aggregate(e.Text); !ok {
				return a, false
			}
		}
		if len(e.Columns) == 0 && len(e.Calls) == 0 { // a number
			a.Values = append(a.Values, e.Text)
			continue
		}
		way, ok := l.way(e)
		switch w := slices.IndexFunc(d.Distinct, func(have []string) bool { return slices.Equal(have, way) }); {
		case !ok:
			return a, false
		case way == nil && v.Until == "":
			a.Values = append(a.Values, states.Rows())
		case way == nil:
			return a, false
		case w < 0:
			return a, false
		default:
			a.Values = append(a.Values, d.Apart(w, tables, v.Until))
			if !slices.Contains(ways, w) {
				ways = append(ways, w)
			}
		}
	}
	a.Source, ok = d.Source(n, keys, ways, tables)
	return a, ok
}

// Aggregate takes one apart that the program writes itself.
func Aggregate(text string) (expression.Expr, bool) {
	e, err := expression.Read(text, func(string) bool { return true })
	return e, err == nil
}
