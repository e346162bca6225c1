package metric

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/analysis"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Backtest is how a forecast would have done on the periods there are: the mean absolute percentage
// error of forecasts one period ahead, beside that of the naive forecast (the value one season, or
// without a season one period, before).
type Backtest struct {
	Keys        []string
	MAPE, Naive float64 // percent
	N           int     // forecasts made
}

// Beats says whether the forecast is worth showing.
func (b Backtest) Beats() bool { return b.N > 0 && b.MAPE < b.Naive }

// maxHorizon bounds how many periods a forecast goes on.
const maxHorizon = 36

var forecasts = map[string]map[string]string{
	"holt":         {"alpha": "number", "beta": "number", "z": "number", "horizon": "number"},
	"holt_winters": {"alpha": "number", "beta": "number", "gamma": "number", "z": "number", "horizon": "number", "cycle": "number", "season": "additive|multiplicative"},
	"cohort":       {"quit": "number", "retire": "number", "inflow": "number", "growth": "number", "horizon": "number"},
}

// defineForecast checks a metric of kind forecast: of a metric by holt or holt_winters, or by cohort
// of args: [stock, demand]. It returns false after a fault.
func (l *loader) defineForecast(m *Metric) bool {
	known, ok := forecasts[m.Method]
	if !ok {
		return l.fail(m, "method", "没有预测方法 %q，可用 %s", "unknown method %q of a forecast (have %s)", m.Method, strings.Join(slices.Sorted(maps.Keys(forecasts)), ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(m.Options)) {
		o := m.Options[name]
		switch want, ok := known[name]; {
		case !ok:
			return l.fail(m, "options."+name, "方法 %s 没有选项 %q，可用 %s", "method %s has no option %q (have %s)", m.Method, name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		case want == "number" && o.Number == nil, want != "number" && !slices.Contains(strings.Split(want, "|"), o.Word):
			return l.fail(m, "options."+name, "应为%s", "expected %s", expected(want))
		}
	}
	if h := (options{m: m}).number("horizon", 4); h < 1 || h > maxHorizon || h != math.Trunc(h) {
		return l.fail(m, "options.horizon", "应为 1 至 %d 期", "option horizon: 1 to %d periods", maxHorizon)
	}
	if err := (options{m: m}).check(len(m.Args)); err != nil {
		return l.fail(m, "options", "%s", "%s", textOf(err))
	}
	names := []string{m.Of}
	if m.Method == "cohort" {
		if names = m.Args; len(names) != 2 {
			return l.fail(m, "args", "方法 cohort 用 args: [存量, 需求]", "method cohort takes args: [stock, demand]")
		}
	}
	for _, name := range names {
		arg := l.refer(m, "of", name)
		if arg == nil {
			return false
		}
		m.args = append(m.args, arg)
	}
	return l.inherit(m)
}

// expected says what an option may be: number, list, or one of words parted by |.
func expected(want string) codes.Text {
	switch want {
	case "number":
		return codes.Text{Zh: "数", En: "a number"}
	case "list":
		return codes.Text{Zh: "数的列表", En: "a list of numbers"}
	}
	return codes.Text{Zh: " " + strings.ReplaceAll(want, "|", "、") + " 之一", En: "one of " + strings.ReplaceAll(want, "|", ", ")}
}

// forecast answers a metric of kind forecast: what there was, and beyond the last whole period what
// is expected. An unfinished period is forecast like the ones after it.
func (a *asking) forecast(ctx context.Context) ([]Point, []Backtest, error) {
	grain := a.q.Grain
	if grain == days.Total {
		if grain = a.m.Every; grain == days.Total {
			return nil, nil, Refuse("预测要有粒度", "a forecast needs a grain")
		}
	}
	if a.m.Method == "cohort" {
		grain = days.Year
	}
	if a.cover.end.IsZero() || a.cover.first.IsZero() {
		return nil, nil, nil // no dates: nothing to go on from
	}
	// the last whole period ends here
	end := grain.Start(a.cover.end)
	if a.m.Method == "cohort" {
		end = a.cover.end
	}
	o := options{m: a.m}
	horizon := int(o.number("horizon", 4))
	for ends := end; horizon < maxHorizon; horizon++ {
		for range horizon {
			ends = grain.Next(ends)
		}
		if !ends.Before(a.q.To) {
			break
		}
		ends = end
	}
	if a.m.Method == "cohort" {
		return a.cohort(ctx, end, horizon)
	}
	start := grain.Start(a.cover.first)
	if !a.cover.start.IsZero() {
		start = a.cover.start
	}
	if start = grain.Start(start); !start.Before(end) {
		return nil, nil, nil
	}
	of := a.m.args[0]
	w := window{From: start, To: end, Grain: grain}
	t, err := a.sub(ctx, of, w, a.q.By, nil)
	if err != nil {
		return nil, nil, err
	}
	keys := map[string]bool{}
	for _, cells := range t {
		for k := range cells {
			keys[k] = true
		}
	}
	inner := &asking{Engine: a.Engine, q: a.q, m: of, live: a.live, cover: a.cover}
	ps := w.periods()
	ahead := window{From: end, To: end, Grain: grain}
	for range horizon {
		ahead.To = grain.Next(ahead.To)
	}
	next := ahead.periods()
	var points []Point
	var tests []Backtest
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		point := func(p days.Range) Point {
			pt := Point{From: p.From, To: p.To, Since: p.From, Keys: splitKeys(k, len(a.q.By))}
			for j, key := range pt.Keys {
				pt.Labels = append(pt.Labels, a.Catalog.Label(a.q.By[j], key))
			}
			return pt
		}
		var x []float64
		whole := true
		for i, p := range ps {
			c := inner.cell(t, i, k, p)
			if c.value != nil {
				x = append(x, *c.value)
			} else if len(x) > 0 {
				whole = false
			}
			if !p.From.Before(a.q.From) && p.From.Before(a.q.To) {
				pt := point(p)
				pt.Value, pt.Why, pt.Rows = c.value, c.why, c.n
				points = append(points, pt)
			}
		}
		f, test, err := a.m.carryOn(x, grain, horizon)
		if !whole {
			err = fmt.Errorf("%w: a period has no number", analysis.ErrUndefined)
		}
		if err != nil && !isUndefined(err) {
			return nil, nil, err
		}
		if err == nil && test.N > 0 {
			test.Keys = splitKeys(k, len(a.q.By))
			tests = append(tests, test)
		}
		for i, p := range next {
			pt := point(p)
			pt.Forecast = true
			if err != nil {
				pt.Why = WhyUndefined
			} else {
				pt.Value, pt.Lower, pt.Upper = &f.Values[i], &f.Low[i], &f.High[i]
			}
			points = append(points, pt)
		}
	}
	slices.SortStableFunc(points, func(x, y Point) int { return x.From.Compare(y.From) })
	return points, tests, nil
}

// carryOn forecasts one series.
func (m *Metric) carryOn(x []float64, grain days.Grain, horizon int) (analysis.Forecast, Backtest, error) {
	o := options{m: m}
	p := analysis.Smoothing{Alpha: o.number("alpha", 0.5), Beta: o.number("beta", 0.1), Gamma: o.number("gamma", 0.3), Z: o.number("z", 0)}
	cycle, least := 1, 4
	f := func(x []float64, horizon int) (analysis.Forecast, error) { return analysis.Holt(x, p, horizon) }
	if m.Method == "holt_winters" {
		cycle = int(o.number("cycle", 12/float64(max(grain.Months(), 1))))
		if grain == days.Ten {
			cycle = int(o.number("cycle", 36))
		}
		least = 2 * cycle
		f = func(x []float64, horizon int) (analysis.Forecast, error) {
			return analysis.HoltWinters(x, cycle, analysis.Seasonal(o.word("season", string(analysis.Additive))), p, horizon)
		}
	}
	got, err := f(x, horizon)
	if err != nil {
		return got, Backtest{}, err
	}
	b, err := analysis.BackTest(x, least, cycle, func(past []float64) (float64, error) {
		g, err := f(past, 1)
		if err != nil {
			return 0, err
		}
		return g.Values[0], nil
	})
	if isUndefined(err) { // too short a past to test it on; the forecast stands, untested
		return got, Backtest{}, nil
	}
	return got, Backtest{MAPE: b.MAPE, Naive: b.Naive, N: b.N}, err
}

// cohort rolls a stock and its demand on, year by year: the points are the gaps.
func (a *asking) cohort(ctx context.Context, end days.Day, years int) ([]Point, []Backtest, error) {
	now := window{From: end.AddDate(-1, 0, 0), To: end, Grain: days.Total}
	var tables [2]table
	for i, arg := range a.m.args {
		var err error
		if tables[i], err = a.sub(ctx, arg, now, a.q.By, nil); err != nil {
			return nil, nil, err
		}
	}
	keys := maps.Clone(tables[0][0])
	maps.Copy(keys, tables[1][0])
	o := options{m: a.m}
	var points []Point
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		c := analysis.Cohort{Quit: o.number("quit", 0), Retire: o.number("retire", 0), Inflow: o.number("inflow", 0), Growth: o.number("growth", 0)}
		if v := tables[0][0][k].value; v != nil {
			c.Stock = *v
		}
		if v := tables[1][0][k].value; v != nil {
			c.Demand = *v
		}
		list, err := c.Forecast(years)
		if err != nil && !isUndefined(err) {
			return nil, nil, err
		}
		for y := range years {
			from := end.AddDate(y, 0, 0)
			pt := Point{From: from, To: end.AddDate(y+1, 0, 0), Since: from, Keys: splitKeys(k, len(a.q.By)), Forecast: true}
			for j, key := range pt.Keys {
				pt.Labels = append(pt.Labels, a.Catalog.Label(a.q.By[j], key))
			}
			if err != nil {
				pt.Why = WhyUndefined
			} else {
				pt.Value = &list[y].Gap
			}
			points = append(points, pt)
		}
	}
	slices.SortStableFunc(points, func(x, y Point) int { return x.From.Compare(y.From) })
	return points, nil, nil
}
