package board

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// faults are what is wrong with a panel, in sentences.
type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// faults says what is wrong with a panel by itself; Check holds it against the catalog.
func (p *Panel) faults() []string {
	var f faults
	if !slug.MatchString(p.Name) {
		f.add("name %q is not a name (small letters, digits, - and _)", p.Name)
	}
	if !p.Title.Complete() {
		f.add("title must be given in zh and en")
	}
	p.checkKind(&f)
	p.checkTime(&f)
	if p.Span < 1 || p.Span > 12 {
		f.add("span is %d, want 1 to 12 columns", p.Span)
	}
	if p.Limit < 0 {
		f.add("limit is %d, want 0 (all) or more", p.Limit)
	}
	p.checkLevels(&f)
	if p.Each != "" && (p.Kind != Table || len(p.Metrics) < 2 || len(p.By) != 1) {
		f.add("each is of a table by one dimension with two or more metrics")
	}
	p.checkMaps(&f)
	p.checkLists(&f)
	return f
}

// checkKind holds the number of metrics and dimensions against what the kind draws.
func (p *Panel) checkKind(f *faults) {
	by, known := kinds[p.Kind]
	switch {
	case !known:
		f.add("kind %q is unknown (have %s)", p.Kind, strings.Join(kindNames(), ", "))
	case len(p.By) < by[0] || len(p.By) > by[1]:
		f.add("kind %s takes %d to %d dimensions in by, got %d", p.Kind, by[0], by[1], len(p.By))
	}
	n := len(p.Metrics)
	if n == 0 {
		f.add("metrics is empty")
	}
	switch {
	case p.Kind == Funnel && n < 2:
		f.add("a funnel needs two or more metrics")
	case slices.Contains([]Kind{Sankey, Pie, OnMap}, p.Kind) && n != 1:
		f.add("kind %s takes exactly one metric, got %d", p.Kind, n)
	case p.Kind == Path && n != 2:
		f.add("a path takes exactly two metrics, the one across and the one up, got %d", n)
	case p.Kind == Triangle && n < 2:
		f.add("a triangle needs two or more metrics, a column each")
	case p.Kind == Balance && n != 2:
		f.add("a balance takes exactly two metrics, right and left, got %d", n)
	case (p.Kind == Trend || p.Kind == Line) && len(p.By) == 1 && n != 1:
		f.add("a trend by a dimension takes exactly one metric, got %d", n)
	case p.Kind == Heatmap && len(p.By) == 2 && n > 2:
		f.add("a heatmap of two dimensions takes one metric, or two for their difference, got %d", n)
	case p.Kind == Spring && n > 3:
		f.add("kind spring takes at most three metrics, got %d", n)
	}
}

// checkTime holds the words of time: grain, period, comparison, the days and years around the lunar new year.
func (p *Panel) checkTime(f *faults) {
	switch p.Grain {
	case days.Total:
		switch p.Kind {
		case Trend, Line:
			f.add("a trend needs a grain (month, quarter, half or year)")
		case Path:
			f.add("a path needs a grain (month, quarter, half or year)")
		case Triangle:
			f.add("a triangle needs a grain (month, quarter, half or year): its cohorts")
		}
	case days.Ten, days.Month, days.Quarter, days.Half, days.Year:
	default:
		f.add("grain %q is unknown (have ten, month, quarter, half, year)", p.Grain)
	}
	switch {
	case p.Kind != Spring && (p.Days != 0 || p.Years != 0):
		f.add("kind %s has no days or years (spring has)", p.Kind)
	case p.Kind == Spring && (p.Days < 0 || p.Days > 60):
		f.add("days is %d, want 1 to 60 before the eve and after it (30 when absent)", p.Days)
	case p.Kind == Spring && (p.Years < 0 || p.Years > 3):
		f.add("years is %d, want 1 to 3 (2 when absent)", p.Years)
	case p.Kind == Spring && (p.Grain != days.Total || p.Compare != metric.NoCompare || p.Period != ""):
		f.add("kind spring has no grain, period or compare: it shows days around the eve, in years")
	}
	switch p.Compare {
	case metric.NoCompare, metric.YearOnYear, metric.Previous, metric.Spring:
	default:
		f.add("compare %q is unknown (have yoy, pop, spring)", p.Compare)
	}
	if !slices.Contains(days.RelativeNames(), p.Period) && p.Kind != Spring {
		f.add("period %q is unknown (have %s)", p.Period, strings.Join(days.RelativeNames(), ", "))
	}
	if p.Spark.Period != "" {
		if !slices.Contains(days.RelativeNames(), p.Spark.Period) {
			f.add("spark.period %q is unknown (have %s)", p.Spark.Period, strings.Join(days.RelativeNames(), ", "))
		}
		if p.Spark.Grain == days.Total {
			f.add("spark needs a grain")
		}
	}
}

// checkLevels holds the named classes of a graph or a line: two at least, each beginning above the one before.
func (p *Panel) checkLevels(f *faults) {
	if len(p.Levels) == 0 {
		return
	}
	switch {
	case p.Kind == Graph && len(p.Metrics) < 2:
		f.add("levels are of the second metric of a graph, which has only one")
	case p.Kind != Graph && p.Kind != Line:
		f.add("kind %s has no levels (graph and line have)", p.Kind)
	case len(p.Levels) < 2:
		f.add("levels has one level, want two or more")
	}
	for i, x := range p.Levels {
		if !x.Name.Complete() {
			f.add("level %d: name must be given in zh and en", i+1)
		}
		if i > 1 && x.From <= p.Levels[i-1].From {
			f.add("level %d: from %g must be above %g", i+1, x.From, p.Levels[i-1].From)
		}
	}
}

// checkMaps holds the maps that a panel may be drawn on: each once, with one dimension and at most one metric.
func (p *Panel) checkMaps(f *faults) {
	switch {
	case p.Kind != OnMap && (p.Map != "" || len(p.Also) > 0):
		f.add("map and also are of a panel of kind map")
	case p.Kind == OnMap && p.Map == "":
		f.add("a map needs map: the name of one of the maps declared")
	}
	for i, v := range p.Also {
		switch {
		case v.Map == "":
			f.add("also %d: map is empty", i+1)
		case v.Map == p.Map || slices.ContainsFunc(p.Also[:i], func(o View) bool { return o.Map == v.Map }):
			f.add("also %d: map %s is already offered", i+1, v.Map)
		case len(v.By) != 1:
			f.add("also %d: map %s takes one dimension in by, got %d", i+1, v.Map, len(v.By))
		case len(v.Metrics) > 1:
			f.add("also %d: map %s takes one metric, got %d", i+1, v.Map, len(v.Metrics))
		}
	}
}

// checkLists holds the lists that go with metrics against their number, and the words in them.
func (p *Panel) checkLists(f *faults) {
	if p.Sort != "" && p.Sort != "key" && p.Sort != "value" {
		f.add("sort %q is unknown (have key, value)", p.Sort)
	}
	if len(p.Marks) > 0 && len(p.Marks) != len(p.Metrics) {
		f.add("marks has %d entries for %d metrics", len(p.Marks), len(p.Metrics))
	}
	for _, m := range p.Marks {
		if m != "bar" && m != "line" && m != "area" {
			f.add("mark %q is unknown (have bar, line, area)", m)
		}
	}
	if len(p.Names) > 0 && len(p.Names) != len(p.Metrics) {
		f.add("names has %d entries for %d metrics", len(p.Names), len(p.Metrics))
	}
}

// Check holds a board against the catalog: every metric must exist and be cut by the panel's dimensions. dims
// returns the dimensions of a metric and whether there is such a metric; names are all metrics.
func (b *Board) Check(names []string, dims func(metric string) ([]string, bool)) error {
	var faults []error
	var panels []Panel
	for _, p := range b.Panels {
		panels = append(panels, p)
		for _, v := range p.Also {
			panels = append(panels, p.View(v.Map))
		}
	}
	for _, p := range panels {
		for i, m := range p.Metrics {
			have, ok := dims(m)
			if !ok {
				faults = append(faults, fmt.Errorf("%s:%d: panel %s: there is no metric %q (have %s)", b.File, p.Line, p.Name, m, strings.Join(names, ", ")))
				continue
			}
			need := slices.Clone(p.Cuts(i))
			for d := range p.Where {
				need = append(need, d)
			}
			sort.Strings(need)
			for _, d := range need {
				if !slices.Contains(have, d) {
					faults = append(faults, fmt.Errorf("%s:%d: panel %s: metric %s cannot be cut by %q (have %s)", b.File, p.Line, p.Name, m, d, strings.Join(have, ", ")))
				}
			}
		}
	}
	return errors.Join(faults...)
}

func kindNames() []string {
	out := make([]string, 0, len(kinds))
	for k := range kinds {
		out = append(out, string(k))
	}
	sort.Strings(out)
	return out
}
