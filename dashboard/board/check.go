package board

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// panelCheck holds a panel against what its kind draws; Check holds it against the catalog.
type panelCheck struct {
	*Panel
	file *declare.File
}

// fault tells what is wrong with a key of the panel.
func (p panelCheck) fault(key, zh, en string, args ...any) {
	p.file.Fault(p.at+"."+key, zh, en, args...)
}

// given says whether the panel has a key.
func (p panelCheck) given(key string) bool { return p.file.Given(p.at + "." + key) }

func (p panelCheck) all() {
	if !slug.MatchString(p.Name) {
		p.fault("name", "是 %q，应为小写字母、数字、- 和 _，字母开头", "is %q, want small letters, digits, - and _, a letter first", p.Name)
	}
	p.kind()
	p.time()
	p.spring()
	if p.Span < 1 || p.Span > 12 {
		p.fault("span", "是 %d，应为 1 至 12 列", "is %d, want 1 to 12 columns", p.Span)
	}
	if p.Limit < 0 {
		p.fault("limit", "是 %d，应为 0（全部）或更多", "is %d, want 0 (all) or more", p.Limit)
	}
	p.levels()
	if p.Each != "" && (p.Kind != Table || len(p.Metrics) < 2 || len(p.By) != 1) {
		p.fault("each", "只用于按一个维度、有两个以上指标的表", "each is of a table by one dimension with two or more metrics")
	}
	p.maps()
	p.lists()
	p.finding()
}

// kind holds the number of metrics and dimensions against what the kind draws.
func (p panelCheck) kind() {
	by, known := kinds[p.Kind]
	if !known {
		return // the reader told
	}
	if len(p.By) < by[0] || len(p.By) > by[1] {
		p.fault("by", "%s 要 %d 至 %d 个维度，写了 %d 个", "kind %s takes %d to %d dimensions in by, got %d", p.Kind, by[0], by[1], len(p.By))
	}
	n := len(p.Metrics)
	switch {
	case n == 0:
		p.fault("metrics", "一个指标也没有", "metrics is empty")
	case p.Kind == Funnel && n < 2:
		p.fault("metrics", "漏斗要两个以上的指标", "a funnel needs two or more metrics")
	case slices.Contains([]Kind{Sankey, Pie, OnMap}, p.Kind) && n != 1:
		p.fault("metrics", "%s 只要一个指标，写了 %d 个", "kind %s takes exactly one metric, got %d", p.Kind, n)
	case p.Kind == Path && n != 2:
		p.fault("metrics", "路径要两个指标，横轴和纵轴，写了 %d 个", "a path takes exactly two metrics, the one across and the one up, got %d", n)
	case p.Kind == Triangle && n < 2:
		p.fault("metrics", "三角表要两个以上的指标，各一列", "a triangle needs two or more metrics, a column each")
	case p.Kind == Balance && n != 2:
		p.fault("metrics", "对比条要两个指标，右边和左边，写了 %d 个", "a balance takes exactly two metrics, right and left, got %d", n)
	case (p.Kind == Trend || p.Kind == Line) && len(p.By) == 1 && n != 1:
		p.fault("metrics", "按维度的趋势只要一个指标，写了 %d 个", "a trend by a dimension takes exactly one metric, got %d", n)
	case p.Kind == Heatmap && len(p.By) == 2 && n > 2:
		p.fault("metrics", "两个维度的热力图要一个指标，或两个相减，写了 %d 个", "a heatmap of two dimensions takes one metric, or two for their difference, got %d", n)
	case p.Kind == Spring && n > 3:
		p.fault("metrics", "spring 最多三个指标，写了 %d 个", "kind spring takes at most three metrics, got %d", n)
	}
}

// time holds the words of time against the kind.
func (p panelCheck) time() {
	if p.Grain == days.Total {
		switch p.Kind {
		case Trend, Line:
			p.fault("grain", "缺少，趋势要有 month、quarter、half 或 year", "a trend needs a grain (month, quarter, half or year)")
		case Path:
			p.fault("grain", "缺少，路径要有 month、quarter、half 或 year", "a path needs a grain (month, quarter, half or year)")
		case Triangle:
			p.fault("grain", "缺少，三角表的各批是 month、quarter、half 或 year", "a triangle needs a grain (month, quarter, half or year): its cohorts")
		}
	}
	if p.Period == "" && p.Kind != Spring {
		p.fault("period", "缺少，可用 %s", "is missing, have %s", strings.Join(days.RelativeNames(), " "))
	}
	if p.Spark.Period != "" && p.Spark.Grain == days.Total {
		p.fault("spark", "缺少 grain", "spark needs a grain")
	}
}

// spring holds what is said of the days around the lunar new year.
func (p panelCheck) spring() {
	if p.Kind != Spring {
		for _, key := range []string{"days", "years"} {
			if p.given(key) {
				p.fault(key, "只用于 spring，%s 没有", "kind %s has no days or years (spring has)", p.Kind)
			}
		}
		return
	}
	if p.Days < 1 || p.Days > 60 {
		p.fault("days", "是 %d，应为除夕前后 1 至 60 天", "is %d, want 1 to 60 before the eve and after it", p.Days)
	}
	if p.Years < 1 || p.Years > 3 {
		p.fault("years", "是 %d，应为 1 至 3", "is %d, want 1 to 3", p.Years)
	}
	for _, key := range []string{"grain", "period", "compare"} {
		if p.given(key) {
			p.fault(key, "spring 没有 grain、period 和 compare：它按年份并列除夕前后各天", "kind spring has no grain, period or compare: it shows days around the eve, in years")
		}
	}
}

// levels holds the named classes of a graph or a line: two at least, each beginning above the one before.
func (p panelCheck) levels() {
	if len(p.Levels) == 0 {
		return
	}
	switch {
	case p.Kind == Graph && len(p.Metrics) < 2:
		p.fault("levels", "用于图的第二个指标，而它只有一个", "levels are of the second metric of a graph, which has only one")
	case p.Kind != Graph && p.Kind != Line:
		p.fault("levels", "只用于 graph 和 line，%s 没有", "kind %s has no levels (graph and line have)", p.Kind)
	case len(p.Levels) < 2:
		p.fault("levels", "只有一级，应有两级以上", "levels has one level, want two or more")
	}
	for i, x := range p.Levels {
		if i > 1 && x.From <= p.Levels[i-1].From {
			p.fault(fmt.Sprintf("levels[%d].from", i+1), "是 %g，应大于 %g", "from %g must be above %g", x.From, p.Levels[i-1].From)
		}
	}
}

// maps holds the maps that a panel may be drawn on: each once, with one dimension and at most one metric.
func (p panelCheck) maps() {
	switch {
	case p.Kind == OnMap && p.Map == "":
		p.fault("map", "缺少，应为已声明的一张地图", "a map needs map: the name of one of the maps declared")
	case p.Kind != OnMap:
		for _, key := range []string{"map", "also"} {
			if p.given(key) {
				p.fault(key, "只用于 kind: map", "map and also are of a panel of kind map")
			}
		}
	}
	for i, v := range p.Also {
		key := fmt.Sprintf("also[%d]", i+1)
		switch {
		case v.Map == p.Map || slices.ContainsFunc(p.Also[:i], func(o View) bool { return o.Map == v.Map }):
			p.fault(key+".map", "地图 %s 已经可选", "map %s is already offered", v.Map)
		case len(v.By) != 1:
			p.fault(key+".by", "地图 %s 要一个维度，写了 %d 个", "map %s takes one dimension in by, got %d", v.Map, len(v.By))
		case len(v.Metrics) > 1:
			p.fault(key+".metrics", "地图 %s 只要一个指标，写了 %d 个", "map %s takes one metric, got %d", v.Map, len(v.Metrics))
		}
	}
}

// lists holds the lists that go with metrics against their number.
func (p panelCheck) lists() {
	for key, n := range map[string]int{"marks": len(p.Marks), "names": len(p.Names)} {
		if n > 0 && n != len(p.Metrics) {
			p.fault(key, "有 %[1]d 项，指标有 %[2]d 个", "%[3]s has %[1]d entries for %[2]d metrics", n, len(p.Metrics), key)
		}
	}
}

// Check holds a board against the catalog: every metric must exist and be cut by the panel's dimensions. dims
// returns the dimensions of a metric and whether there is such a metric; names are all metrics.
func (b *Board) Check(names []string, dims func(metric string) ([]string, bool)) error {
	f := b.file.Again()
	for _, panel := range b.Panels {
		views := []Panel{panel}
		for _, v := range panel.Also {
			views = append(views, panel.View(v.Map))
		}
		for _, p := range views {
			for i, m := range p.Metrics {
				have, ok := dims(m)
				if !ok {
					f.Fault(fmt.Sprintf("%s.metrics[%d]", p.at, i+1), "没有指标 %q%s", "there is no metric %q%s", m, declare.Known(m, names))
					continue
				}
				for _, d := range append(slices.Clone(p.Cuts(i)), slices.Sorted(maps.Keys(p.Where))...) {
					if !slices.Contains(have, d) {
						f.Fault(p.at, "指标 %s 不能按 %q 分组，可用 %s", "metric %s cannot be cut by %q (have %s)", m, d, strings.Join(have, ", "))
					}
				}
			}
		}
	}
	return f.Err()
}

func kindNames() []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		out = append(out, string(k))
	}
	return out
}

// InPlace holds a figure that is declared at a place of another file, beside no board, against what its kind wants. Its
// metrics and dimensions are for whoever declares it.
func InPlace(f *declare.File, at string, p *Panel) {
	p.at = at
	panelCheck{p, f}.all()
}
