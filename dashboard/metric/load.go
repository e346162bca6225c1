package metric

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/metric/formula"
	"yanzhen/dashboard/roman"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// list is a file of metrics and dimensions.
type list struct {
	Dimensions []*Dimension `yaml:"dimensions"`
	Metrics    []*Metric    `yaml:"metrics"`
}

// LoadFS reads metrics/*.yaml of fsys. Datasets are those the metrics may read, nil one that is declared with a fault;
// lists name the keys of dimensions and may be nil. Every fault of every file is reported at once, with file and line.
// With an error comes the catalogue of what is declared, which knows the names but cannot be asked.
func LoadFS(fsys fs.FS, datasets map[string]*dataset.Dataset, lists *codes.Lists) (*Catalog, error) {
	l := &loader{Catalog: &Catalog{
		byName: map[string]*Metric{}, dimensions: map[string]*Dimension{}, datasets: datasets, lists: lists, latin: roman.New(lists), faulty: map[*Metric]bool{},
	}, state: map[*Metric]int{}}
	files := declare.Read[list](fsys, "metrics")
	for _, doc := range files.Docs {
		l.unread = l.unread || doc.Unread()
		for i, d := range doc.Value.Dimensions {
			if d == nil {
				continue // the reader told
			}
			d.file, d.at = doc.File, fmt.Sprintf("dimensions[%d]", i+1)
			l.dimension(d)
		}
		for i, m := range doc.Value.Metrics {
			if m == nil {
				continue
			}
			m.file, m.at = doc.File, fmt.Sprintf("metrics[%d]", i+1)
			l.metric(m)
		}
	}
	for _, m := range l.metrics {
		if !l.resolve(m) {
			l.faulty[m] = true
		}
	}
	err := files.Err()
	if list := l.List("spring_festival"); list != nil {
		var bad error
		if l.newYears, bad = days.ParseNewYears(list.Codes()); bad != nil {
			err = errors.Join(err, fmt.Errorf("spring_festival: %w", bad))
		}
	}
	return l.Catalog, err
}

type loader struct {
	*Catalog
	faults int             // told so far
	state  map[*Metric]int // 1: being resolved, 2: done, 3: failed
	path   []string
}

// fail tells what is wrong with a key of a metric, or with the metric where key is empty. It is false.
func (l *loader) fail(m *Metric, key, zh, en string, args ...any) bool {
	l.faults++
	at := m.at
	if key != "" {
		at += "." + key
	}
	m.file.Fault(at, zh, en, args...)
	return false
}

// textOf is what an error says, in both languages where it does.
func textOf(err error) codes.Text {
	if t, ok := errors.AsType[interface {
		error
		In(codes.Lang) string
	}](err); ok {
		return codes.Text{Zh: t.In(codes.Zh), En: t.In(codes.En)}
	}
	return codes.Text{Zh: err.Error(), En: err.Error()}
}

// dimension takes a dimension in.
func (l *loader) dimension(d *Dimension) {
	if d.Expr == "" {
		d.Expr = d.Name
	}
	f, first := d.file, l.dimensions[d.Name]
	switch {
	case !nameRule.MatchString(d.Name):
		f.Fault(d.at+".name", "是 %q，应为小写字母、数字与 _，字母开头", "is %q, want lower case letters, digits and _, a letter first", d.Name)
		return
	case first != nil:
		f.Fault(d.at+".name", "维度 %[1]s 已在 %[2]s 声明：用那一个（列名不同时写 dims: [{%[1]s: 表达式}]），或换个名称并用 expr 写列名",
			"dimension %[1]s is declared twice (first at %[2]s): use that one, as dims: [{%[1]s: expression}] where the column is called otherwise, or choose another name and give expr: the column", d.Name, where(first.file, first.at))
		return
	}
	if l.lists != nil {
		for i, name := range append([]string{d.List}, d.Also...) {
			if name == "" || l.lists.Get(name) != nil {
				continue
			}
			at := d.at + ".list"
			if i > 0 {
				at = fmt.Sprintf("%s.also[%d]", d.at, i)
			}
			f.Fault(at, "没有代码表 %q%s", "unknown code list %q%s", name, declare.Known(name, l.lists.Names()))
		}
	}
	l.dimensions[d.Name] = d
}

// where is the file and line of a declaration.
func where(f *declare.File, at string) string { return f.Name + ":" + strconv.Itoa(f.Line(at)) }

// metric takes a metric in.
func (l *loader) metric(m *Metric) {
	first := l.byName[m.Name]
	switch {
	case !nameRule.MatchString(m.Name) || slices.Contains([]string{"max", "min", "total"}, m.Name):
		l.fail(m, "name", "是 %q，应为小写字母、数字与 _，字母开头，且不是 max、min、total", "is %q, want lower case letters, digits and _, a letter first, and not max, min or total", m.Name)
	case first != nil:
		l.fail(m, "name", "指标 %s 已在 %s 声明，请换个名称", "metric %s is declared twice (first at %s): choose another name", m.Name, where(first.file, first.at))
	default:
		l.byName[m.Name] = m
		l.metrics = append(l.metrics, m)
	}
}

// resolve checks m after what it stands on. It returns false where m cannot be used; the faults
// are in the files.
func (l *loader) resolve(m *Metric) bool {
	switch l.state[m] {
	case 1:
		at := slices.Index(l.path, m.Name)
		round := strings.Join(append(slices.Clone(l.path[at:]), m.Name), " -> ")
		return l.fail(m, "", "以自己为基础: %s", "stands on itself: %s", round)
	case 2:
		return true
	case 3:
		return false
	}
	l.state[m] = 1
	l.path = append(l.path, m.Name)
	before := l.faults
	ok := l.define(m) && l.faults == before && l.checkCause(m) && l.checkRipe(m)
	l.path = l.path[:len(l.path)-1]
	if l.state[m] = 3; ok {
		l.state[m] = 2
	}
	return ok
}

// refer finds a metric that m stands on.
func (l *loader) refer(m *Metric, field, name string) *Metric {
	if name == "" {
		l.fail(m, field, "缺少 %[1]s", "%[1]s is missing", field)
		return nil
	}
	other := l.byName[name]
	if other == nil && l.unread {
		l.faults++ // it may be declared in the file that could not be read
		return nil
	}
	if other == nil {
		l.fail(m, field, "没有指标 %q%s", "names an unknown metric %q%s", name, declare.Known(name, slices.Collect(maps.Keys(l.byName))))
		return nil
	}
	if !l.resolve(other) {
		return nil
	}
	return other
}

var kinds = []Kind{Flow, Stock, Mean, Ratio, Formula, Growth, MethodKind, Forecasting}

func (l *loader) define(m *Metric) bool {
	if m.Like != "" {
		base := l.refer(m, "like", m.Like)
		if base == nil {
			return false
		}
		if m.Kind != "" && m.Kind != base.Kind {
			return l.fail(m, "kind", "是 %s，而 %s 是 %s", "is %s and not that of %s (%s)", m.Kind, m.Like, base.Kind)
		}
		if m.Kind = base.Kind; base.leaf == nil {
			return l.moveOver(m, base)
		}
		return l.defineLeaf(m, base.leaf)
	}
	if m.And != "" {
		l.fail(m, "and", "只能与 like 同用", "and belongs to like")
	}
	if m.Moved != "" {
		l.fail(m, "shift", "只能与 like 同用，写成另一个指标：like: 原指标", "shift belongs to like, in a metric of its own: like: the metric that is moved")
	}
	switch m.Kind {
	case Flow, Stock:
		return l.defineLeaf(m, nil)
	case Mean, Growth:
		return l.defineChange(m)
	case Ratio:
		if m.Unit == Percent && m.Scale != 100 {
			return l.fail(m, "scale", "百分数应写 scale: 100", "a percentage has scale: 100")
		}
		return l.overOthers(m, fmt.Sprintf("%s / %s * %s", m.Numerator, m.Denominator, strconv.FormatFloat(m.Scale, 'f', -1, 64)))
	case Formula:
		return l.overOthers(m, m.Formula)
	case MethodKind:
		return l.defineMethod(m)
	case Forecasting:
		return l.defineForecast(m)
	case "":
		return l.fail(m, "kind", "缺少 kind，应为 %[1]s 之一，或用 like", "kind is missing (have %[1]s), or like", join(kinds))
	}
	l.faults++ // a kind that there is not: the reader told
	return false
}

func join[T ~string](list []T) string {
	s := make([]string, len(list))
	for i, x := range list {
		s[i] = string(x)
	}
	return strings.Join(s, ", ")
}

// defineChange checks a metric of kind mean or growth.
func (l *loader) defineChange(m *Metric) bool {
	of := l.refer(m, "of", m.Of)
	if of == nil {
		return false
	}
	switch {
	case m.Kind == Mean && of.Kind != Stock:
		return l.fail(m, "of", "%s 不是存量，只有存量有期间平均", "%s: only a stock has a mean over a period", m.Of)
	case m.Kind == Mean:
	case m.Against != YearOnYear && m.Against != Previous:
		return l.fail(m, "against", "是 %q，应为 yoy 或 pop", "is %q, want yoy or pop", m.Against)
	case of.Kind == Growth:
		return l.fail(m, "of", "%s 本身是增长率", "%s: growth of a growth", m.Of)
	case m.Unit != Percent && of.Unit != Percent || of.Unit == Percent && m.Unit != PercentagePoints:
		return l.fail(m, "unit", "是 %s，数量的增长率应为 %%，百分数的应为 pp", "is %s: growth of a count is in %%, of a percentage in pp", m.Unit)
	}
	m.args = []*Metric{of}
	return l.inherit(m)
}

// overOthers checks a metric of kind ratio or formula, which is arithmetic over others.
func (l *loader) overOthers(m *Metric, text string) bool {
	if m.Kind == Ratio && (l.refer(m, "numerator", m.Numerator) == nil || l.refer(m, "denominator", m.Denominator) == nil) {
		return false
	}
	tree, names, err := formula.Parse(text)
	if err != nil {
		return l.fail(m, "formula", "%s", "%s", textOf(err))
	}
	if len(names) == 0 {
		return l.fail(m, "formula", "没有提到任何指标", "formula names no metric")
	}
	m.tree = tree
	for _, name := range names {
		name, total := strings.CutPrefix(name, "total(")
		arg := l.refer(m, "formula", strings.TrimSuffix(name, ")"))
		if arg == nil {
			return false
		}
		m.args, m.totals = append(m.args, arg), append(m.totals, total)
	}
	if !l.inherit(m) {
		return false
	}
	switch {
	case slices.Contains(m.totals, true) != (len(m.Whole) > 0):
		return l.fail(m, "formula", "total() 与 whole（total() 越过的维度）须同时写", "total() and whole, the dimensions it looks past, belong together")
	case !slices.Contains(m.totals, false):
		return l.fail(m, "formula", "total() 之外还须有一个指标", "formula needs a metric outside of total()")
	case m.Over != "" && len(m.Whole) > 0:
		return l.fail(m, "over", "over 与 whole 不能同时写", "over and whole exclude each other")
	}
	for i, dim := range m.Whole {
		if !slices.Contains(m.dims, dim) {
			return l.fail(m, fmt.Sprintf("whole[%d]", i+1), "%q 不是所有这些指标都有的维度，可用 %s", "whole %q is no dimension of all its metrics (have %s)", dim, strings.Join(m.dims, ", "))
		}
	}
	return true
}

// inherit gives m the dimensions all its args have, and their datasets.
func (l *loader) inherit(m *Metric) bool {
	if len(m.Cut) > 0 {
		return l.fail(m, "dims", "只用于 flow 或 stock；本指标的维度是所用指标共有的", "dims belong to a flow or a stock; it has those that all of its metrics have")
	}
	m.dims = slices.Clone(m.args[0].dims)
	for i, arg := range m.args {
		late := arg.Kind == MethodKind || arg.StandsOnMethods() // its numbers are no SQL
		if arg.Kind == Forecasting || arg.Kind == Growth && m.Kind != Growth || late && (m.Kind != MethodKind || arg.Kind != MethodKind) && m.Kind != Growth && (m.Kind != Formula && m.Kind != Ratio || m.Over != "" || len(m.Whole) > 0) {
			return l.fail(m, "", "不能用 %s 计算，它是 %s", "cannot compute with %s, which is a %s", arg.Name, arg.Kind)
		}
		if i > 0 {
			m.dims = slices.DeleteFunc(m.dims, func(d string) bool { return !slices.Contains(arg.dims, d) })
		}
		m.datasets = append(m.datasets, arg.datasets...)
		m.lookups = append(m.lookups, arg.lookups...)
	}
	slices.Sort(m.datasets)
	m.datasets = slices.Compact(m.datasets)
	slices.Sort(m.lookups)
	m.lookups = slices.Compact(m.lookups)
	series := m.Kind == MethodKind && (isGrain(m.Over) || m.Over == overPeriod)
	if m.Over != "" && !series && !slices.Contains(m.dims, m.Over) {
		return l.fail(m, "over", "%q 不是所有这些指标都有的维度，可用 %s", "over %q is no dimension of all its metrics (have %s)", m.Over, strings.Join(m.dims, ", "))
	}
	return true
}
