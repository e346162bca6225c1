package draw

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

type (
	m = map[string]any
	l = []any
)

// Draw writes the ECharts option of a panel. There is one Result per metric of the panel, in their order. The
// option holds no function: "__fmt:x" names a formatter and "__c:x" a colour that the page's loader knows. Values
// are written as they are, to the last digit. A panel of kind kpi is drawn as its small trend, a table has no
// option (nil).
func (f Figure) Option() (json.RawMessage, error) {
	p, rs, loc := f, f.Results, f.Lang
	if len(rs) == 0 {
		return nil, fmt.Errorf("panel %s: nothing to draw: no result was given", p.Name)
	}
	if !p.DrawsBase() {
		rs = present(rs)
	}
	switch p.Kind {
	case board.KPI:
		return drawSpark(p, rs[0], loc)
	case board.Trend, board.Line:
		return drawTrend(p, rs, loc)
	case board.Bar:
		return drawBars(p, rs, loc, false)
	case board.Column:
		return drawBars(p, rs, loc, true)
	case board.Stack:
		return drawStack(p, rs[0], loc)
	case board.Pie:
		return drawPie(p, rs[0], loc)
	case board.Funnel:
		return drawFunnel(p, rs, loc)
	case board.Heatmap:
		if len(p.By) == 2 && len(rs) == 2 {
			return drawDifference(p, rs, loc)
		}
		return drawHeatmap(p, rs, loc)
	case board.Path:
		if len(rs) != 2 {
			return nil, fmt.Errorf("panel %s: a path takes two results, got %d", p.Name, len(rs))
		}
		return drawPath(p, rs, loc)
	case board.Triangle:
		return drawTriangle(p, rs, loc)
	case board.Balance:
		if len(rs) != 2 {
			return nil, fmt.Errorf("panel %s: a balance takes two results, got %d", p.Name, len(rs))
		}
		return drawBalance(p, rs, loc)
	case board.Spring:
		return drawSpring(p, rs, loc)
	case board.Sankey:
		return drawSankey(p, rs[0], loc)
	case board.OnMap:
		if p.Compact && !p.Drawn() {
			// a phone has no room for a map of many: the ranked bars say the same
			p.Kind, p.Limit = board.Bar, min(nonzero(p.Limit, 12), 12)
			return drawBars(p, rs, loc, false)
		}
		return drawMap(p, rs[0], loc)
	case board.Graph:
		return drawGraph(p, rs, loc)
	case board.Table:
		return nil, nil
	}
	return nil, fmt.Errorf("panel %s: kind %q cannot be drawn", p.Name, p.Kind)
}

// Height is how many CSS pixels high a panel wants to be.
func (f Figure) Height() int {
	p, rs := f, f.Results
	keys := 0
	for _, r := range rs {
		keys = max(keys, len(firstKeys(r)))
	}
	if p.Limit > 0 {
		keys = min(keys, p.Limit)
	}
	per := 30
	if len(rs) > 1 {
		per = 16 + 12*len(rs)
	}
	legend := 16
	if len(rs) > 1 {
		legend = 44
	}
	if p.Kind == board.Bar && len(rs) == 1 && rs[0].Query.Compare != metric.NoCompare {
		per, legend = 40, 44
	}
	switch p.Kind {
	case board.KPI:
		return 44
	case board.Bar:
		return max(220, keys*per+legend+16)
	case board.Funnel:
		return max(220, len(rs)*58+20)
	case board.Heatmap:
		cell := 36
		if p.Compact {
			cell = 40
		}
		if len(p.By) == 2 && len(rs) == 2 {
			_, ys := differing(p, rs, codes.Zh)
			return max(240, len(ys)*cell+120)
		}
		return max(240, keys*cell+64)
	case board.Triangle:
		return max(240, len(starts(rs))*32+40)
	case board.Balance:
		return max(220, min(max(keys, 1), nonzero(p.Limit, 14))*27+52)
	case board.Path:
		if p.Compact {
			return 320
		}
		return 380
	case board.OnMap:
		if p.Compact && !p.Drawn() {
			return max(220, min(keys, 12)*30+32)
		}
		return mapHeight(p)
	case board.Sankey:
		last := 0
		for d := range p.By {
			n := len(items(Figure{}, rs, d, codes.Zh, 0))
			if d < len(p.By)-1 {
				n = min(n, nonzero(p.Limit, 12)+1)
			}
			last = max(last, n)
		}
		if p.Compact {
			return max(520, last*26)
		}
		return max(440, last*28)
	case board.Graph:
		p.Chains = chainsIn(p, rs)
		head := 0
		if len(p.Levels) > 0 {
			head = graphHead(p)
		}
		if p.Compact {
			return int(float64(graphRow(p))*graphRows(p)) + head
		}
		return max(220, int(float64(graphRow(p))*graphRows(p))) + head
	case board.Pie:
		return pieRing + 24*min(keys, nonzero(p.Limit, 7)+1) + 8
	case board.Table:
		return 0
	}
	if p.Compact {
		return 280
	}
	return 320
}

// Empty says why there is nothing to draw, or returns "" where there is something.
func (f Figure) Empty() string {
	p, rs, loc := f, f.Results, f.Lang
	points, values := 0, 0
	nonzero := false
	why := ""
	for _, r := range rs {
		for _, pt := range r.Points {
			points++
			if pt.Value != nil {
				values++
				nonzero = nonzero || *pt.Value != 0
			} else if why == "" {
				why = pt.Why
			}
		}
	}
	switch {
	case p.Kind == board.Spring && values == 0:
		return pick(loc, fmt.Sprintf("除夕前后 %d 天还没有已发布的数据。", p.Around()), fmt.Sprintf("Nothing is published for the %d days around the lunar new year.", p.Around()))
	case points == 0 || values == 0 && (why == "" || why == "no_rows"):
		return pick(loc, "该范围内没有记录。", "No records in this range.")
	case values == 0:
		return Why(why, loc)
	case !nonzero && (p.Kind == board.Sankey || p.Kind == board.Pie || p.Kind == board.OnMap || p.Kind == board.Funnel || p.Kind == board.Spring):
		return pick(loc, "该范围内各项均为 0。", "Every value in this range is 0.")
	}
	return ""
}

// Why says in words why a value is missing.
func Why(code string, loc codes.Lang) string {
	switch code {
	case "zero_base":
		return pick(loc, "基数（分母）为 0，没有比值可算。", "The base is 0: there is no ratio to compute.")
	case "undefined":
		return pick(loc, "该范围内此指标没有定义（分母为 0）。", "The measure is undefined in this range (its denominator is 0).")
	}
	return pick(loc, "该范围内没有记录。", "No records in this range.")
}

func pick(loc codes.Lang, zh, en string) string {
	if loc == codes.En {
		return en
	}
	return zh
}

func nonzero(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// exact puts back what the typed builders drop: float64 values that they keep as float32, zeros and empty texts
// that they omit, and keys they do not know.
type exact struct {
	charts.BaseConfigurationVisitor
	patch m
	err   *error
}

// Visit is called by go-echarts with the finished option.
func (e exact) Visit(option map[string]any) {
	// colours, fonts and lines come from the page's theme
	for _, k := range []string{"color", "toolbox"} {
		delete(option, k)
	}
	if _, ok := e.patch["title"]; !ok {
		delete(option, "title")
	}
	for k, v := range e.patch {
		old, err := generic(option[k])
		if err != nil {
			*e.err = err
			return
		}
		option[k] = merge(old, v)
	}
}

// generic turns a typed option into maps and lists; numbers keep their text.
func generic(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	var out any
	err = dec.Decode(&out)
	return out, err
}

// merge lays b over a: maps key by key, lists of equal length element by element, anything else is replaced.
func merge(a, b any) any {
	switch b := b.(type) {
	case m:
		a, ok := a.(m)
		if !ok {
			return b
		}
		for k, v := range b {
			a[k] = merge(a[k], v)
		}
		return a
	case l:
		a, ok := a.(l)
		if !ok || len(a) != len(b) {
			return b
		}
		out := make(l, len(b))
		for i := range b {
			out[i] = merge(a[i], b[i])
		}
		return out
	}
	return b
}

type chart interface {
	Validate()
	Accept(charts.ConfigurationVisitor)
	JSON() map[string]any
}

func finish(p Figure, rs []*metric.Result, loc codes.Lang, c chart, patch m) (json.RawMessage, error) {
	var err error
	patch["aria"] = m{"enabled": true, "label": m{"description": figure(p, rs, loc).Describe()}}
	c.Validate()
	c.Accept(exact{patch: patch, err: &err})
	option := c.JSON()
	if err != nil {
		return nil, fmt.Errorf("panel %s: %w", p.Name, err)
	}
	out, err := json.Marshal(option)
	if err != nil {
		return nil, fmt.Errorf("panel %s: %w", p.Name, err)
	}
	return out, nil
}

// val is a value as ECharts reads it: the number, or "-" where there is none.
func val(v *float64) any {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return "-"
	}
	return *v
}

// formatter names the formatter of a unit.
func formatter(unit metric.Unit) string { return "__fmt:" + unit.ChartFormat() }

// axisFormatter shortens large numbers, but not those whose digits after the point matter.
func axisFormatter(unit metric.Unit) string {
	if unit.Amount() && unit.Decimals <= 2 {
		return "__fmt:short"
	}
	return formatter(unit)
}

// label is a key as people read it.
func label(pt metric.Point, i int, loc codes.Lang) string {
	if i < len(pt.Labels) {
		if t := pick(loc, pt.Labels[i].Zh, pt.Labels[i].En); t != "" {
			return t
		}
	}
	if i < len(pt.Keys) && pt.Keys[i] != "" {
		return pt.Keys[i]
	}
	return pick(loc, "未填", "Not given")
}

func key(pt metric.Point, i int) string {
	if i < len(pt.Keys) {
		return pt.Keys[i]
	}
	return ""
}

// item is a key of one dimension with what it adds up to.
type item struct {
	key, label string
	sum        float64
	order      int
}

func firstKeys(r *metric.Result) map[string]bool {
	out := map[string]bool{}
	for _, pt := range r.Points {
		out[key(pt, 0)] = true
	}
	return out
}

// items lists the keys of dimension i over all results, ranked by value (of the first result) or by key, cut to limit.
func items(p Figure, rs []*metric.Result, i int, loc codes.Lang, limit int) []item {
	at := map[string]int{}
	var out []item
	for n, r := range rs {
		for _, pt := range r.Points {
			k := key(pt, i)
			j, ok := at[k]
			if !ok {
				j = len(out)
				at[k] = j
				out = append(out, item{key: k, label: label(pt, i, loc), order: j})
			}
			if n == 0 && pt.Value != nil {
				out[j].sum += *pt.Value
			}
		}
	}
	if p.Sort == "key" {
		sort.SliceStable(out, func(a, b int) bool { return p.before(i, out[a].key, out[b].key) })
	} else {
		sort.SliceStable(out, func(a, b int) bool { return out[a].sum > out[b].sum })
	}
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out
}

// before orders two keys of dimension i as people expect them, unknown ones last.
func (p Figure) before(i int, a, b string) bool {
	if i < len(p.KeyOrder) && len(p.KeyOrder[i]) > 0 {
		at := func(k string) int {
			if n := slices.Index(p.KeyOrder[i], k); n >= 0 {
				return n
			}
			return len(p.KeyOrder[i])
		}
		if at(a) != at(b) {
			return at(a) < at(b)
		}
	}
	if (a == "") != (b == "") {
		return b == ""
	}
	return a < b
}

// starts lists the beginnings of the periods of all results, in order.
func starts(rs []*metric.Result) []metric.Day {
	var out []metric.Day
	for _, r := range rs {
		for _, pt := range r.Points {
			if !slices.ContainsFunc(out, pt.From.Equal) {
				out = append(out, pt.From)
			}
		}
	}
	slices.SortFunc(out, metric.Day.Compare)
	return out
}

// Name is what metric i of a panel is called.
func (p Figure) title(i int, loc codes.Lang) string {
	if i < len(p.Names) && p.Names[i].Zh != "" {
		return p.Names[i].In(loc)
	}
	if i < len(p.Titles) && p.Titles[i].Zh != "" {
		return p.Titles[i].In(loc)
	}
	if i < len(p.Metrics) {
		return p.Metrics[i]
	}
	return p.Title.In(loc)
}

func (p Figure) dim(i int, loc codes.Lang) string {
	if i < len(p.DimTitles) && p.DimTitles[i].Zh != "" {
		return p.DimTitles[i].In(loc)
	}
	if i < len(p.By) {
		return p.By[i]
	}
	return ""
}

// ordered dimensions take one colour from dark to light instead of a colour each.
var ordered = map[string]bool{"class": true, "skill_level": true, "education": true, "age_group": true, "age_band": true, "age": true, "salary_band": true}

// inOrder says that the keys of dimension i have an order of their own.
func (p Figure) inOrder(i int) bool {
	return ordered[p.By[i]] || i < len(p.KeyOrder) && len(p.KeyOrder[i]) > 0
}

func (p Figure) colours(n int, dim string) l {
	tokens := []string{"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"}
	if ordered[dim] {
		tokens = []string{"q5", "q4", "q3", "q2", "q1", "s7", "s8", "s2"}
	}
	out := make(l, len(tokens))
	for i, t := range tokens {
		out[i] = "__c:" + t
	}
	return out
}

func legend(show bool, p Figure) charts.GlobalOpts {
	typ := "plain"
	if p.Compact {
		typ = "scroll"
	}
	return charts.WithLegendOpts(opts.Legend{Show: opts.Bool(show), Top: "0", Left: "0", Type: typ, ItemWidth: 12, ItemHeight: 8, Icon: "roundRect"})
}

func tooltip(trigger, format string) charts.GlobalOpts {
	return charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: trigger})
}

// tip is the part of a tooltip that the builders lack: rich text instead of HTML, kept inside the chart.
func tip(format string) m {
	return m{"renderMode": "richText", "confine": true, "valueFormatter": format}
}

func barData(n int) []opts.BarData   { return make([]opts.BarData, n) }
func lineData(n int) []opts.LineData { return make([]opts.LineData, n) }

func drawSpark(p Figure, r *metric.Result, loc codes.Lang) (json.RawMessage, error) {
	days := starts([]*metric.Result{r})
	ticks := axisTicks([]*metric.Result{r}, days, r.Query.Grain, loc)
	data := make(l, len(days))
	for i, d := range days {
		data[i] = "-"
		for _, pt := range r.Points {
			if pt.From.Equal(d) {
				data[i] = val(pt.Value)
			}
		}
	}
	// a lone value has no line to show it
	lone := true
	for i := 1; i < len(data); i++ {
		lone = lone && (data[i] == "-" || data[i-1] == "-")
	}
	c := charts.NewLine()
	c.SetGlobalOptions(legend(false, p), tooltip("axis", ""))
	c.SetXAxis(ticks).AddSeries(p.title(0, loc), lineData(len(days)),
		charts.WithLineChartOpts(opts.LineChart{ShowSymbol: opts.Bool(lone)}),
		charts.WithLineStyleOpts(opts.LineStyle{Width: 1.5}))
	return finish(p, []*metric.Result{r}, loc, c, m{
		"grid":    m{"left": 1, "right": 4, "top": 5, "bottom": 3},
		"xAxis":   l{m{"type": "category", "show": false, "boundaryGap": false}},
		"yAxis":   l{m{"type": "value", "show": false, "scale": true}},
		"tooltip": tip(formatter(r.Unit)),
		"series":  l{m{"data": data, "symbol": "circle", "symbolSize": 5, "color": "__c:s1", "areaStyle": m{"opacity": 0.08}}},
	})
}

func drawTrend(p Figure, rs []*metric.Result, loc codes.Lang) (json.RawMessage, error) {
	days := starts(rs)
	grain := rs[0].Query.Grain
	if grain == metric.Total {
		grain = p.Grain
	}
	ticks := axisTicks(rs, days, grain, loc)
	type line struct {
		name, mark string
		unit       metric.Unit
		data       l
		base       l // the compared values, where there are any
	}
	var lines []line
	fill := func(r *metric.Result, keep func(metric.Point) bool) (data, base l) {
		data, base = make(l, len(days)), make(l, len(days))
		for i := range data {
			data[i], base[i] = "-", "-"
		}
		any := false
		for _, pt := range r.Points {
			if keep(pt) {
				i := slices.IndexFunc(days, pt.From.Equal)
				data[i], base[i] = val(pt.Value), val(pt.Base)
				any = any || pt.Base != nil
			}
		}
		if !any || r.Query.Compare == metric.Previous {
			base = nil // the period before stands just to the left
		}
		return data, base
	}
	mark := func(i int) string {
		switch {
		case i < len(p.Marks):
			return p.Marks[i]
		case p.Kind == board.Line:
			return "line"
		case len(p.By) == 0 && len(rs) == 1:
			return "bar"
		}
		return "line"
	}
	if len(p.By) == 1 {
		for _, it := range items(p, rs, 0, loc, nonzero(p.Limit, 8)) {
			data, base := fill(rs[0], func(pt metric.Point) bool { return key(pt, 0) == it.key })
			lines = append(lines, line{it.label, mark(0), rs[0].Unit, data, base})
		}
	} else {
		for i, r := range rs {
			data, base := fill(r, func(metric.Point) bool { return true })
			lines = append(lines, line{p.title(i, loc), mark(i), r.Unit, data, base})
		}
	}
	compared := 0
	for _, s := range lines {
		if s.base != nil && len(lines) <= comparedLines {
			compared++
		}
	}
	// a second axis for a second unit
	units := []metric.Unit{rs[0].Unit}
	for _, r := range rs[1:] {
		if !slices.Contains(units, r.Unit) && len(units) < 2 {
			units = append(units, r.Unit)
		}
	}
	bars, curves := charts.NewBar(), charts.NewLine()
	var barPatch, linePatch l
	for i, s := range lines {
		axis := max(0, slices.Index(units, s.unit))
		patch := m{"data": s.data, "color": fmt.Sprintf("__c:s%d", i%8+1), "yAxisIndex": axis, "tooltip": m{"valueFormatter": formatter(s.unit)}}
		if s.mark == "bar" {
			bars.AddSeries(s.name, barData(len(days)), charts.WithBarChartOpts(opts.BarChart{BarGap: "20%"}))
			patch["barMaxWidth"] = 18
			barPatch = append(barPatch, patch)
			continue
		}
		curves.AddSeries(s.name, lineData(len(days)), charts.WithLineStyleOpts(opts.LineStyle{Width: 2}))
		patch["symbol"], patch["symbolSize"], patch["showSymbol"] = "circle", 5, len(days) <= 16
		if s.mark == "area" {
			patch["areaStyle"] = m{"opacity": 0.10}
		}
		linePatch = append(linePatch, patch)
	}
	for i, s := range lines {
		if s.base == nil || compared == 0 {
			continue
		}
		name := baseName(rs[0].Query.Compare, loc)
		if len(lines) > 1 {
			name = s.name + pick(loc, "·上年同期", ", a year before") // how they were put side by side, the note says
		} else if r, ok := baseRange(rs[0]); ok {
			name += pick(loc, "（"+r.Label(loc)+"）", " ("+r.Label(loc)+")")
		}
		curves.AddSeries(name, lineData(len(days)), charts.WithLineStyleOpts(opts.LineStyle{Width: 1.5, Type: "dashed"}))
		linePatch = append(linePatch, m{
			"data": s.base, "color": fmt.Sprintf("__c:s%d", i%8+1), "yAxisIndex": max(0, slices.Index(units, s.unit)), "tooltip": m{"valueFormatter": formatter(s.unit)},
			"symbol": "emptyCircle", "symbolSize": 4, "showSymbol": len(days) <= 16, "lineStyle": m{"opacity": 0.65}, "itemStyle": m{"opacity": 0.65},
		})
	}
	bars.SetGlobalOptions(legend(len(lines)+compared > 1, p), tooltip("axis", ""))
	bars.SetXAxis(ticks)
	bars.Overlap(curves)
	if len(units) > 1 {
		bars.ExtendYAxis(opts.YAxis{})
	}
	yaxes := l{}
	for i, u := range units {
		y := m{"type": "value", "axisLabel": m{"formatter": axisFormatter(u)}, "splitNumber": 4, "scale": allMark(lines, func(x line) bool { return x.mark != "bar" && x.mark != "area" }) && !u.Amount()}
		if formatter(u) == "__fmt:pct" && y["scale"] == false {
			y["min"], y["max"] = 0, 100
		}
		if len(units) > 1 {
			y["name"] = UnitName(u, loc)
			y["nameTextStyle"] = m{"align": []string{"left", "right"}[i], "padding": l{0, 0, 4, 0}}
			y["alignTicks"] = i == 1
			y["splitLine"] = m{"show": i == 0}
		}
		yaxes = append(yaxes, y)
	}
	top := 14
	if len(lines)+compared > 1 {
		top = 42
	}
	if len(lines) > 1 && compared > 0 && !p.Compact {
		top += 24 // the legend takes a second line
	}
	if len(units) > 1 {
		top += 20
	}
	if areas := bands(p.Levels, rs, loc); areas != nil && len(linePatch) > 0 {
		linePatch[0].(m)["markArea"] = areas
		y := yaxes[0].(m)
		y["min"], y["max"] = reach(areas)
		y["splitLine"] = m{"show": false}
	}
	o := m{
		"grid":    m{"left": 2, "right": 8, "top": top, "bottom": 4, "containLabel": true},
		"xAxis":   l{m{"type": "category", "axisLabel": m{"hideOverlap": true, "formatter": "__fmt:tick"}, "boundaryGap": true}},
		"yAxis":   yaxes,
		"tooltip": merge(tip(formatter(rs[0].Unit)), m{"axisPointer": m{"type": "line"}}),
		"series":  append(barPatch, linePatch...),
	}
	if compared > 0 {
		o["legend"] = dashedLegend(bars.MultiSeries)
	}
	return finish(p, rs, loc, bars, o)
}

// dashedLegend shows in the legend which lines are dashed: those draw themselves, the others are a mark of their colour.
func dashedLegend(series []charts.SingleSeries) m {
	var data l
	for _, s := range series {
		icon := "roundRect"
		if s.LineStyle != nil && s.LineStyle.Type != "" {
			icon = "inherit"
		}
		data = append(data, m{"name": s.Name, "icon": icon})
	}
	return m{"data": data, "itemWidth": 20, "icon": nil}
}

// comparedLines is of how many lines at most the compared ones are drawn beside them.
const comparedLines = 3

// DrawsBase says whether the drawing of a panel shows what its figures are compared with; else only its table does.
func (f Figure) DrawsBase() bool {
	p, rs := f, f.Results
	if len(rs) == 0 || rs[0] == nil {
		return false
	}
	switch p.Kind {
	case board.KPI, board.Table:
		return true
	case board.Bar, board.Column:
		return len(rs) == 1
	case board.Trend, board.Line:
		n := len(rs)
		if len(p.By) == 1 {
			n = min(len(firstKeys(rs[0])), nonzero(p.Limit, 8))
		}
		return n <= comparedLines && rs[0].Query.Compare != metric.Previous
	}
	return false
}

// present leaves out the keys that only the compared values have.
func present(rs []*metric.Result) []*metric.Result {
	out := slices.Clone(rs)
	for i, r := range rs {
		if r == nil || r.Query.Compare == metric.NoCompare || len(r.Query.By) == 0 {
			continue
		}
		there := map[string]bool{}
		for _, pt := range r.Points {
			if pt.Rows > 0 || pt.Value != nil && *pt.Value != 0 {
				there[strings.Join(pt.Keys, "\x1f")] = true
			}
		}
		c := *r
		c.Points = slices.DeleteFunc(slices.Clone(r.Points), func(pt metric.Point) bool { return !there[strings.Join(pt.Keys, "\x1f")] })
		out[i] = &c
	}
	return out
}

// baseRange is the days that the compared values of a result count, from the first to the last.
func baseRange(r *metric.Result) (board.Range, bool) {
	var out board.Range
	for _, pt := range r.Points {
		if pt.BaseFrom.IsZero() {
			continue
		}
		if out.From.IsZero() || pt.BaseFrom.Before(out.From) {
			out.From = pt.BaseFrom
		}
		if pt.BaseTo.After(out.To) {
			out.To = pt.BaseTo
		}
	}
	return out, !out.From.IsZero()
}

func allMark[T any](xs []T, ok func(T) bool) bool {
	for _, x := range xs {
		if !ok(x) {
			return false
		}
	}
	return true
}

func drawBars(p Figure, rs []*metric.Result, loc codes.Lang, vertical bool) (json.RawMessage, error) {
	limit := p.Limit
	if p.Compact && limit == 0 {
		limit = 15
	}
	its := items(p, rs, 0, loc, limit)
	names := make([]string, len(its))
	for i, it := range its {
		names[i] = it.label
	}
	c := charts.NewBar()
	var patch l
	var base l // of a lone metric: what it is compared with
	for i, r := range rs {
		data, before, any := make(l, len(its)), make(l, len(its)), false
		for j, it := range its {
			data[j], before[j] = "-", "-"
			for _, pt := range r.Points {
				if key(pt, 0) == it.key {
					data[j], before[j] = val(pt.Value), val(pt.Base)
					any = any || pt.Base != nil
				}
			}
		}
		if any && len(rs) == 1 {
			base = before
		}
		c.AddSeries(p.title(i, loc), barData(len(its)), charts.WithBarChartOpts(opts.BarChart{BarGap: "15%"}),
			charts.WithLabelOpts(opts.Label{Show: opts.Bool(len(rs) <= 2), Position: map[bool]string{true: "top", false: "right"}[vertical]}))
		s := m{"data": data, "color": fmt.Sprintf("__c:s%d", i%8+1), "label": m{"formatter": formatter(r.Unit), "color": "__c:text"}, "barMaxWidth": 16}
		if vertical {
			s["barMaxWidth"] = 28
		}
		patch = append(patch, s)
	}
	if base != nil {
		name := baseName(rs[0].Query.Compare, loc)
		if r, ok := baseRange(rs[0]); ok {
			name += pick(loc, "（"+r.Label(loc)+"）", " ("+r.Label(loc)+")")
		}
		c.AddSeries(name, barData(len(its)), charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: map[bool]string{true: "top", false: "right"}[vertical]}))
		patch = append(patch, m{
			"data": base, "color": "__c:s1", "label": m{"formatter": formatter(rs[0].Unit), "color": "__c:mute", "fontSize": 11}, "barMaxWidth": patch[0].(m)["barMaxWidth"],
			"itemStyle": m{"opacity": 0.4},
		})
	}
	c.SetXAxis(names)
	c.SetGlobalOptions(legend(len(patch) > 1, p), tooltip("axis", ""))
	value := m{"type": "value", "axisLabel": m{"formatter": axisFormatter(rs[0].Unit)}, "splitNumber": 4, "min": nil}
	delete(value, "min")
	width := 150
	switch {
	case p.Compact:
		width = 104
	case p.Span >= 6:
		width = 200
	case p.Span < 5:
		width = 110
	}
	category := m{"type": "category", "data": names}
	top := 6
	if len(patch) > 1 {
		top = 36
	}
	var shown []string
	for _, s := range c.MultiSeries {
		shown = append(shown, s.Name)
	}
	wrapped := 0
	if len(patch) > 1 {
		wrapped = phoneLegend(p, shown...)
		top += 24 * max(0, wrapped-1)
	}
	grid := m{"left": 8, "right": 52, "top": top, "bottom": 0, "containLabel": true}
	o := m{"grid": grid, "series": patch, "tooltip": merge(tip(formatter(rs[0].Unit)), m{"axisPointer": m{"type": "shadow"}})}
	if vertical {
		width := 64
		if len(its) > 4 && p.Span < 6 {
			width = 46
		}
		category["axisLabel"] = m{"interval": 0, "overflow": "break", "width": width, "hideOverlap": false}
		if p.Compact {
			category["axisLabel"] = m{"interval": 0, "overflow": "break", "width": 44, "fontSize": 11}
		}
		grid["right"], grid["top"] = 6, top+16
		o["xAxis"], o["yAxis"] = l{category}, l{value}
	} else {
		category["inverse"] = true
		category["axisLabel"] = m{"width": width, "overflow": "truncate", "interval": 0}
		category["axisLine"] = m{"show": false}
		value["axisLabel"] = m{"show": false}
		value["splitLine"] = m{"show": false}
		o["xAxis"], o["yAxis"] = l{value}, l{category}
	}
	if wrapped > 0 {
		o["legend"] = m{"type": "plain"}
	}
	return finish(p, rs, loc, c, o)
}

func drawStack(p Figure, r *metric.Result, loc codes.Lang) (json.RawMessage, error) {
	over := 0 // the dimension stacked
	var ticks []string
	var keys []string // of the other axis
	byTime := len(p.By) == 1
	if byTime {
		days := starts([]*metric.Result{r})
		ticks = axisTicks([]*metric.Result{r}, days, r.Query.Grain, loc)
		for _, d := range days {
			keys = append(keys, d.Format("2006-01-02"))
		}
	} else {
		over = 1
		for _, it := range items(p, []*metric.Result{r}, 0, loc, p.Limit) {
			ticks, keys = append(ticks, it.label), append(keys, it.key)
		}
	}
	sorted := p
	if p.inOrder(over) {
		sorted.Sort = "key"
	}
	its := items(sorted, []*metric.Result{r}, over, loc, 8)
	c := charts.NewBar()
	colour := p.colours(len(its), p.By[over])
	var patch l
	for i, it := range its {
		data := make(l, len(keys))
		for j := range data {
			data[j] = "-"
		}
		for _, pt := range r.Points {
			k := key(pt, 0)
			if byTime {
				k = pt.From.Format("2006-01-02")
			}
			if key(pt, over) == it.key {
				if j := slices.Index(keys, k); j >= 0 {
					data[j] = val(pt.Value)
				}
			}
		}
		c.AddSeries(it.label, barData(len(keys)), charts.WithBarChartOpts(opts.BarChart{Stack: "all"}))
		patch = append(patch, m{"data": data, "color": colour[i%len(colour)], "barMaxWidth": 26, "itemStyle": m{"borderRadius": 0}})
	}
	c.SetXAxis(ticks)
	c.SetGlobalOptions(legend(true, p), tooltip("axis", ""))
	value := m{"type": "value", "axisLabel": m{"formatter": axisFormatter(r.Unit)}, "splitNumber": 4}
	category := m{"type": "category", "data": ticks, "axisLabel": m{"hideOverlap": true, "formatter": "__fmt:tick"}}
	top := 42 + 24*(legendLines(p, its)-1)
	o := m{
		"grid":    m{"left": 0, "right": 12, "top": top, "bottom": 2, "containLabel": true},
		"tooltip": merge(tip(formatter(r.Unit)), m{"axisPointer": m{"type": "shadow"}}),
		"series":  patch, "xAxis": l{category}, "yAxis": l{value},
	}
	if !byTime {
		category["inverse"] = true
		category["axisLabel"] = m{"width": map[bool]int{true: 104, false: 150}[p.Compact], "overflow": "truncate", "interval": 0}
		o["xAxis"], o["yAxis"] = l{value}, l{category}
	}
	return finish(p, []*metric.Result{r}, loc, c, o)
}

// legendLines is about how many lines a legend takes above a panel of its width.
func legendLines(p Figure, its []item) int {
	if p.Compact {
		return 1 // it scrolls
	}
	return linesIn(nonzero(p.Span, 12)*95-50, its)
}

// phoneLegend is how many lines the names of a few series take on a phone, where they are better read on lines of
// their own than a page at a time; 0 says that there are too many.
func phoneLegend(p Figure, names ...string) int {
	if !p.Compact || len(names) > 6 {
		return 0
	}
	its := make([]item, len(names))
	for i, n := range names {
		its[i].label = n
	}
	return linesIn(320, its)
}

func linesIn(room int, its []item) int {
	lines, at := 1, 0
	for _, it := range its {
		w := 40
		for _, c := range it.label {
			if c < 0x2e80 {
				w += 7
			} else {
				w += 12
			}
		}
		if at > 0 && at+w > room {
			lines, at = lines+1, 0
		}
		at += w
	}
	return lines
}

func drawPie(p Figure, r *metric.Result, loc codes.Lang) (json.RawMessage, error) {
	sorted := p
	if p.Sort == "" && p.inOrder(0) {
		sorted.Sort = "key"
	}
	its := items(sorted, []*metric.Result{r}, 0, loc, 0)
	total := 0.0
	for _, it := range its {
		total += it.sum
	}
	var data l
	most := nonzero(p.Limit, 7)
	rest := 0.0
	for i, it := range its {
		if i >= most {
			rest += it.sum
			continue
		}
		data = append(data, m{"name": brief(it.label), "value": it.sum, "text": share(brief(it.label), it.sum, total)})
	}
	if rest > 0 {
		name := pick(loc, "其他", "Other")
		data = append(data, m{"name": name, "value": rest, "text": share(name, rest, total)})
	}
	c := charts.NewPie()
	c.AddSeries(p.title(0, loc), make([]opts.PieData, len(data)), charts.WithLabelOpts(opts.Label{Show: opts.Bool(true)}))
	c.SetGlobalOptions(legend(false, p), tooltip("item", ""), charts.WithTitleOpts(opts.Title{Title: plain(total)}))
	colour := p.colours(len(data), p.By[0])
	// the ring above, its parts as a list below: no label can be cut off
	return finish(p, []*metric.Result{r}, loc, c, m{
		"color":   colour,
		"tooltip": merge(tip(formatter(r.Unit)), m{"formatter": "__fmt:text"}),
		"title": m{
			"text": plain(total), "subtext": UnitName(r.Unit, loc), "left": "50%", "top": 78, "itemGap": 2, "textAlign": "center",
			"textStyle": m{"fontSize": 24, "fontWeight": 600, "color": "__c:ink"}, "subtextStyle": m{"fontSize": 12, "color": "__c:mute"},
		},
		"legend": m{"show": true, "type": "plain", "orient": "vertical", "left": "center", "top": pieRing, "itemGap": 7, "formatter": "__fmt:name", "icon": "roundRect"},
		"series": l{m{
			"data": data, "radius": l{66, 94}, "center": l{"50%", 106}, "padAngle": 1, "startAngle": 90,
			"label": m{"show": false}, "labelLine": m{"show": false},
		}},
	})
}

// pieRing is how high the ring of a pie is; its list comes below.
const pieRing = 216

// brief is the beginning of a label that explains itself: "A类 国内外顶尖人才" is "A类", "Class A: top talent" is "Class A".
func brief(s string) string {
	if head, _, ok := strings.Cut(s, ": "); ok {
		return head
	}
	if head, tail, ok := strings.Cut(s, " "); ok && len([]rune(head)) <= 3 && strings.IndexFunc(tail, func(r rune) bool { return r > 0x2e80 }) >= 0 {
		return head
	}
	return s
}

func share(name string, v, total float64) string {
	if total == 0 {
		return name
	}
	return fmt.Sprintf("%s   %s   %.1f%%", name, plain(v), 100*v/total)
}

// plain is a number with thousands separators and at most four decimals.
func plain(v float64) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', -1, 64)
	whole, frac, _ := strings.Cut(s, ".")
	if len(frac) > 2 {
		s = strconv.FormatFloat(math.Abs(v), 'f', 2, 64)
		whole, frac, _ = strings.Cut(s, ".")
	}
	var b strings.Builder
	if v < 0 {
		b.WriteString("−")
	}
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if frac != "" {
		b.WriteByte('.')
		b.WriteString(frac)
	}
	return b.String()
}

// first is the value of a result without dimensions and periods.
func first(r *metric.Result) *float64 {
	if len(r.Points) == 0 {
		return nil
	}
	return r.Points[0].Value
}

func drawFunnel(p Figure, rs []*metric.Result, loc codes.Lang) (json.RawMessage, error) {
	names := make([]string, len(rs))
	data := make(l, len(rs))
	var top, before *float64
	for i, r := range rs {
		names[i] = p.title(i, loc)
		v := first(r)
		text := pick(loc, "尚不能判定", "not yet known")
		if v != nil {
			text = plain(*v)
			if i == 0 {
				top = v
			} else if top != nil && *top != 0 && before != nil && *before != 0 {
				text += pick(loc, fmt.Sprintf("   占首步 %.1f%%", 100**v / *top), fmt.Sprintf("   %.1f%% of first", 100**v / *top))
				// a step that more people reach than the one before, or that counts those lost, is no share of it
				if i > 1 && !p.Compact && *v <= *before && (r.Metric == nil || r.Metric.Direction != "down") {
					text += pick(loc, fmt.Sprintf("，上一步 %.1f%%", 100**v / *before), fmt.Sprintf(", %.1f%% of previous", 100**v / *before))
				}
			}
		}
		before = v
		colour := fmt.Sprintf("__c:q%d", max(2, 5-i))
		if r.Metric != nil && r.Metric.Direction == "down" {
			colour = "__c:s2" // those lost on the way
		}
		data[i] = m{"value": val(v), "text": text, "itemStyle": m{"color": colour}}
	}
	c := charts.NewBar()
	c.SetXAxis(names)
	c.AddSeries(p.Title.In(loc), barData(len(rs)), charts.WithLabelOpts(opts.Label{Show: opts.Bool(true)}))
	c.SetGlobalOptions(legend(false, p), tooltip("item", ""))
	max0 := m{}
	if top != nil && *top > 0 {
		max0 = m{"max": *top}
	}
	return finish(p, rs, loc, c, m{
		"grid":    m{"left": 0, "right": 0, "top": 12, "bottom": 0, "containLabel": true},
		"tooltip": tip(formatter(rs[0].Unit)),
		"xAxis":   l{merge(m{"type": "value", "show": false}, max0)},
		"yAxis":   l{m{"type": "category", "data": names, "inverse": true, "axisLine": m{"show": false}, "axisLabel": m{"width": map[bool]int{true: 84, false: 130}[p.Compact], "overflow": "break", "interval": 0}}},
		"series": l{m{
			"data": data, "barWidth": 20, "showBackground": true, "backgroundStyle": m{"color": "__c:q0", "borderRadius": 2},
			"label": m{"position": l{0, -16}, "formatter": "__fmt:text", "fontSize": 12, "color": "__c:text"},
		}},
	})
}

func drawHeatmap(p Figure, rs []*metric.Result, loc codes.Lang) (json.RawMessage, error) {
	ys := items(p, rs, 0, loc, p.Limit)
	var xnames []string
	var data l
	yn := make([]string, len(ys))
	for i, it := range ys {
		yn[i] = it.label
	}
	low, high := 0.0, 1.0
	if len(p.By) == 2 {
		most := max(12, p.Limit)
		if p.Compact {
			most = 7 // as many columns as have room for their names
		}
		xs := items(Figure{Panel: board.Panel{Sort: p.Sort}, KeyOrder: p.KeyOrder}, rs, 1, loc, most)
		at := map[[2]string]metric.Point{}
		high = 0
		for _, pt := range rs[0].Points {
			at[[2]string{key(pt, 0), key(pt, 1)}] = pt
		}
		for _, x := range xs {
			xnames = append(xnames, x.label)
		}
		for y, yi := range ys {
			for x, xi := range xs {
				pt, ok := at[[2]string{yi.key, xi.key}]
				if !ok || pt.Value == nil {
					continue
				}
				high = math.Max(high, *pt.Value)
				low = math.Min(low, *pt.Value)
				data = append(data, m{"value": l{x, y, *pt.Value}, "text": number(pt.Value, rs[0].Unit)})
			}
		}
	} else {
		// each column has its own scale: the shade says where a value stands among its own kind, the figure says what it is
		for x, r := range rs {
			name := p.title(x, loc)
			if u := UnitName(r.Unit, loc); u != "" && !p.Compact {
				name += "\n" + pick(loc, "（"+u+"）", "("+u+")")
			}
			xnames = append(xnames, name)
			lo, hi := math.Inf(1), math.Inf(-1)
			for _, pt := range r.Points {
				if pt.Value != nil {
					lo, hi = math.Min(lo, *pt.Value), math.Max(hi, *pt.Value)
				}
			}
			for _, pt := range r.Points {
				y := slices.IndexFunc(ys, func(it item) bool { return it.key == key(pt, 0) })
				if y < 0 {
					continue
				}
				if pt.Value == nil {
					data = append(data, m{"value": l{x, y, 0}, "text": "—"})
					continue
				}
				shade := 0.5
				if hi > lo {
					shade = (*pt.Value - lo) / (hi - lo)
				}
				data = append(data, m{"value": l{x, y, shade}, "raw": *pt.Value, "text": number(pt.Value, r.Unit)})
			}
		}
	}
	c := charts.NewHeatMap()
	c.SetXAxis(xnames)
	c.AddSeries(p.Title.In(loc), make([]opts.HeatMapData, len(data)), charts.WithLabelOpts(opts.Label{Show: opts.Bool(true)}))
	c.SetGlobalOptions(legend(false, p), tooltip("item", ""), charts.WithVisualMapOpts(opts.VisualMap{}))
	// the name of a column takes no more than the column's own width, so that the last one is not cut off at the edge
	width, fs, head, xw := 170, 12, 12, min(110, max(44, 1000*p.Span/12/max(1, len(xnames))))
	if p.Compact {
		width, fs, head, xw = 86, 11, 10, 38
	}
	return finish(p, rs, loc, c, m{
		"grid":      m{"left": 0, "right": 2, "top": 0, "bottom": 0, "containLabel": true},
		"tooltip":   merge(tip("__fmt:text"), m{"formatter": "__fmt:cell"}),
		"visualMap": l{m{"show": false, "type": "continuous", "min": low, "max": high, "dimension": 2, "inRange": m{"color": l{"__c:q0", "__c:q1", "__c:q2", "__c:q3"}}}},
		"xAxis":     l{m{"type": "category", "data": xnames, "position": "top", "axisLine": m{"show": false}, "axisTick": m{"show": false}, "axisLabel": m{"interval": 0, "fontSize": head, "lineHeight": head + 3, "overflow": "break", "width": xw}}},
		"yAxis":     l{m{"type": "category", "data": yn, "inverse": true, "axisLine": m{"show": false}, "axisTick": m{"show": false}, "axisLabel": m{"width": width, "overflow": map[bool]string{true: "break", false: "truncate"}[p.Compact], "fontSize": fs, "interval": 0}}},
		"series":    l{m{"data": data, "label": m{"formatter": "__fmt:text", "color": "__c:ink", "fontSize": fs}, "itemStyle": m{"borderColor": "__c:card", "borderWidth": 2, "borderRadius": 3}}},
	})
}

// sankeyLabel is the room for the names beside the last column of a flow; on a phone they stand inside it.
const sankeyLabel = 128

func drawSankey(p Figure, r *metric.Result, loc codes.Lang) (json.RawMessage, error) {
	type link struct{ from, to string }
	most := nonzero(p.Limit, 12)
	if p.Compact {
		most = min(most, 8)
	}
	other := pick(loc, "其他", "Other")
	// only the greatest of the first dimension keep their name; the last dimension is kept whole
	keep := make([]map[string]bool, len(p.By))
	for d := range p.By {
		its := items(Figure{}, []*metric.Result{r}, d, loc, 0)
		keep[d] = map[string]bool{}
		for i, it := range its {
			if d == len(p.By)-1 && len(its) <= 20 || i < most {
				keep[d][it.key] = true
			}
		}
	}
	sums := map[link]float64{}
	var order []link
	var nodes l
	var typed []opts.SankeyNode
	seen := map[string]bool{}
	node := func(pt metric.Point, d int) string {
		k, name := key(pt, d), label(pt, d, loc)
		if !keep[d][k] {
			k, name = "\x00", other
		}
		id := fmt.Sprintf("%d:%s", d, k)
		if !seen[id] {
			seen[id] = true
			depth := d
			typed = append(typed, opts.SankeyNode{Name: id, Depth: &depth})
			n := m{"name": id, "depth": d, "text": name}
			if d == len(p.By)-1 {
				n["label"] = m{"position": "right", "width": sankeyLabel, "overflow": "truncate"}
			}
			nodes = append(nodes, n)
		}
		return id
	}
	for _, pt := range r.Points {
		if pt.Value == nil || *pt.Value <= 0 {
			continue
		}
		for d := 0; d+1 < len(p.By); d++ {
			k := link{node(pt, d), node(pt, d+1)}
			if _, ok := sums[k]; !ok {
				order = append(order, k)
			}
			sums[k] += *pt.Value
		}
	}
	var links l
	var typedLinks []opts.SankeyLink
	for _, k := range order {
		typedLinks = append(typedLinks, opts.SankeyLink{Source: k.from, Target: k.to, Value: float32(sums[k])})
		links = append(links, m{"source": k.from, "target": k.to, "value": sums[k]})
	}
	c := charts.NewSankey()
	c.AddSeries(p.title(0, loc), typed, typedLinks, charts.WithLabelOpts(opts.Label{Show: opts.Bool(true)}))
	c.SetGlobalOptions(legend(false, p), tooltip("item", ""))
	s := m{
		"data": nodes, "links": links, "left": 2, "right": sankeyLabel + 8, "top": 6, "bottom": 8, "nodeWidth": 10, "nodeGap": 14, "draggable": false,
		"label":     m{"formatter": "__fmt:text", "fontSize": 12, "color": "__c:text"},
		"lineStyle": m{"color": "source", "opacity": 0.22, "curveness": 0.5},
		"emphasis":  m{"focus": "adjacency", "lineStyle": m{"opacity": 0.45}},
	}
	if p.Compact {
		s["label"] = m{"formatter": "__fmt:text", "fontSize": 11, "color": "__c:text"}
		s["nodeGap"], s["nodeWidth"], s["right"] = 10, 8, 2
		for _, n := range nodes {
			if n := n.(m); n["depth"] == len(p.By)-1 {
				n["label"] = m{"position": "left"}
			}
			// between the columns of a flow of three or more there is room for two short lines, no more
			if n := n.(m); len(p.By) > 2 && n["depth"] != 0 {
				n["label"] = merge(n["label"], m{"width": 74, "height": 24, "overflow": "break", "lineOverflow": "truncate", "fontSize": 10, "lineHeight": 12})
			}
		}
	}
	return finish(p, []*metric.Result{r}, loc, c, m{
		"color": p.colours(0, ""), "series": l{s}, "tooltip": merge(tip(formatter(r.Unit)), m{"formatter": "__fmt:flow"}),
	})
}

// place is where a node of a chain stands: column by how far downstream it is, row among those as far.
type place struct {
	node dataset.Node
	col  int
	row  float64
}

// layout puts the nodes of a chain in columns from upstream to downstream; rows are counted from the middle.
func layout(c dataset.Chain) (out []place, cols, rows int) {
	depth := map[string]int{}
	// the longest way from a source decides; a chain has no circles, so as many rounds as nodes are enough
	for range c.Nodes {
		for _, n := range c.Nodes {
			for _, to := range n.Feeds {
				depth[to] = max(depth[to], depth[n.Code]+1)
			}
		}
	}
	at := map[int]int{}
	for _, n := range c.Nodes {
		d := depth[n.Code]
		out = append(out, place{node: n, col: d, row: float64(at[d])})
		at[d]++
		cols, rows = max(cols, d+1), max(rows, at[d])
	}
	for i := range out {
		out[i].row += float64(rows-at[out[i].col]) / 2
	}
	return out, cols, rows
}

// drawGraph draws each chain from upstream to downstream: size is the first metric, shade the second.
func drawGraph(p Figure, rs []*metric.Result, loc codes.Lang) (json.RawMessage, error) {
	value := func(i int, k string) *float64 {
		if i >= len(rs) {
			return nil
		}
		for _, pt := range rs[i].Points {
			if key(pt, 0) == k {
				return pt.Value
			}
		}
		return nil
	}
	greatest := func(i int) (most float64) {
		if i < len(rs) {
			for _, pt := range rs[i].Points {
				if pt.Value != nil {
					most = math.Max(most, *pt.Value)
				}
			}
		}
		return most
	}
	p.Chains = chainsIn(p, rs)
	most, shadeHi := greatest(0), greatest(1)
	widest := 0
	for _, c := range p.Chains {
		_, cols, rows := layout(c)
		if p.Compact {
			cols = rows
		}
		widest = max(widest, cols)
	}
	var typed []opts.GraphNode
	var typedLinks []opts.GraphLink
	var nodes, links l
	down := 0.0
	for _, c := range p.Chains {
		places, cols, rows := layout(c)
		head := m{"name": "#" + c.Code, "symbolSize": 1, "itemStyle": m{"color": "__c:card"}, "text": c.Title.In(loc), "label": m{"show": true, "fontSize": 13, "fontWeight": 600, "color": "__c:ink", "position": "right", "offset": l{-4, 0}}}
		if p.Compact {
			head["value"] = l{0, down}
			down += 0.8
		} else {
			head["value"] = l{0, down + float64(rows-1)/2}
		}
		nodes = append(nodes, head)
		typed = append(typed, opts.GraphNode{Name: "#" + c.Code})
		for _, pl := range places {
			k := pl.node.Code
			size, shade := 12.0, 0.0
			v := value(0, k)
			if v != nil && most > 0 {
				size = 12 + 30*math.Sqrt(math.Max(0, *v)/most)
			}
			if w := value(1, k); w != nil && shadeHi > 0 {
				shade = math.Max(0, *w) / shadeHi
			}
			x, y := float64(pl.col)+1, down+pl.row
			if p.Compact {
				x, y = pl.row+float64(widest-rows)/2+0.5, down+float64(pl.col)
			}
			lines := []string{pl.node.Title.In(loc) + segment(pl.node.Segment, loc)}
			for i, r := range rs {
				lines = append(lines, p.title(i, loc)+"  "+metric.Format(value(i, k), r.Unit, loc))
			}
			node := m{
				"name": k, "value": l{x, y}, "raw": val(v), "symbolSize": size, "text": pl.node.Title.In(loc), "tip": strings.Join(lines, "\n"),
				"itemStyle": m{"color": fmt.Sprintf("__c:q%d", min(5, 1+int(math.Round(shade*4))))},
			}
			if n := len(p.Levels); n > 0 {
				at := n // without a value
				if w := value(1, k); w != nil {
					at = level(p.Levels, *w)
					node["symbol"] = shape(n, at)
					node["text"] = pl.node.Title.In(loc) + "\n" + number(w, rs[1].Unit)
				}
				node["category"] = at
				delete(node, "itemStyle")
			}
			typed = append(typed, opts.GraphNode{Name: k})
			nodes = append(nodes, node)
			for _, to := range pl.node.Feeds {
				typedLinks = append(typedLinks, opts.GraphLink{Source: k, Target: to})
				links = append(links, m{"source": k, "target": to})
			}
		}
		if p.Compact {
			down += float64(cols) + 0.1
		} else {
			down += float64(rows) + 0.15
		}
	}
	c := charts.NewGraph()
	c.AddSeries(p.Title.In(loc), typed, typedLinks, charts.WithLabelOpts(opts.Label{Show: opts.Bool(true)}))
	c.SetGlobalOptions(legend(false, p), tooltip("item", ""))
	right := float64(widest) + 0.4
	if p.Compact {
		right = float64(widest)
	}
	top := 8
	var categories l
	legend := m{"show": false}
	if n := len(p.Levels); n > 0 {
		top += graphHead(p)
		colours := diverging(n)
		var names l
		for i, x := range p.Levels {
			name := x.Name.In(loc) + "  " + span(p.Levels, i)
			names = append(names, name)
			categories = append(categories, m{"name": name, "symbol": shape(n, i), "itemStyle": m{"color": colours[i], "borderColor": "__c:mute", "borderWidth": 1}})
		}
		none := pick(loc, "无数据", "no data")
		categories = append(categories, m{"name": none, "itemStyle": m{"color": "__c:card", "borderColor": "__c:mute", "borderWidth": 1, "borderType": "dashed"}})
		legend = m{"show": true, "type": "plain", "left": 0, "top": 0, "itemWidth": 13, "itemHeight": 13, "itemGap": 16, "icon": nil, "data": names, "selectedMode": false}
		if p.Compact {
			legend["itemGap"], legend["textStyle"] = 10, m{"fontSize": 11}
		}
		for i, name := range names {
			names[i] = m{"name": name, "icon": shape(n, i)}
		}
	}
	return finish(p, rs, loc, c, m{
		"tooltip": merge(tip(formatter(rs[0].Unit)), m{"formatter": "__fmt:tip"}),
		"legend":  legend,
		"grid":    m{"left": 0, "right": 0, "top": top, "bottom": 0},
		"xAxis":   l{m{"type": "value", "show": false, "min": 0, "max": right}},
		"yAxis":   l{m{"type": "value", "show": false, "min": -0.5, "max": math.Max(1, down-0.35), "inverse": true}},
		"series": l{m{
			"layout": "none", "coordinateSystem": "cartesian2d", "categories": categories, "data": nodes, "links": links, "edgeSymbol": l{"none", "arrow"}, "edgeSymbolSize": 7,
			"label":     m{"position": "bottom", "formatter": "__fmt:text", "fontSize": map[bool]int{true: 11, false: 12}[p.Compact], "color": "__c:text", "width": map[bool]int{true: 100, false: 150}[p.Compact], "overflow": "break"},
			"lineStyle": m{"color": "__c:q2", "width": 1.2, "opacity": 0.8, "curveness": 0.04},
		}},
	})
}

// segment is where on its chain a node stands, in words.
func segment(code string, loc codes.Lang) string {
	switch code {
	case "up":
		return pick(loc, "（上游）", " (upstream)")
	case "mid":
		return pick(loc, "（中游）", " (midstream)")
	case "down":
		return pick(loc, "（下游）", " (downstream)")
	}
	return ""
}

// graphRow is how high a row of nodes is: with levels a figure stands below each name.
func graphRow(p Figure) int {
	if len(p.Levels) > 0 {
		return 98
	}
	return 72
}

// graphHead is how much room the legend of a graph takes.
func graphHead(p Figure) int {
	if p.Compact {
		return 22 * ((len(p.Levels) + 1) / 2)
	}
	return 30
}

// chainsIn are the chains that the results speak of: with one chain chosen, only that one is drawn.
func chainsIn(p Figure, rs []*metric.Result) []dataset.Chain {
	if len(p.Chains) == 0 {
		return chainsOf(rs)
	}
	var out []dataset.Chain
	for _, c := range p.Chains {
		if slices.ContainsFunc(rs, func(r *metric.Result) bool {
			return slices.ContainsFunc(r.Points, func(pt metric.Point) bool {
				return slices.ContainsFunc(c.Nodes, func(n dataset.Node) bool { return n.Code == key(pt, 0) })
			})
		}) {
			out = append(out, c)
		}
	}
	return out
}

// chainsOf makes chains of the keys alone where none are declared to the panel: each node feeds the next.
func chainsOf(rs []*metric.Result) []dataset.Chain {
	var out []dataset.Chain
	seen := map[string]bool{}
	for _, r := range rs {
		for _, pt := range r.Points {
			k := key(pt, 0)
			if k == "" || seen[k] {
				continue
			}
			seen[k] = true
			name, _, _ := strings.Cut(k, ".")
			i := slices.IndexFunc(out, func(c dataset.Chain) bool { return c.Code == name })
			if i < 0 {
				i = len(out)
				out = append(out, dataset.Chain{Code: name, Title: codes.Text{Zh: name, En: name}})
			}
			n := dataset.Node{Code: k, Title: codes.Text{Zh: label(pt, 0, codes.Zh), En: label(pt, 0, codes.En)}}
			if had := out[i].Nodes; len(had) > 0 {
				had[len(had)-1].Feeds = []string{k}
			}
			out[i].Nodes = append(out[i].Nodes, n)
		}
	}
	return out
}

// graphRows is how many rows all chains take together.
func graphRows(p Figure) float64 {
	total := 0.0
	for _, c := range p.Chains {
		_, cols, rows := layout(c)
		if p.Compact {
			total += float64(cols) + 0.9
		} else {
			total += float64(rows) + 0.15
		}
	}
	return total
}
