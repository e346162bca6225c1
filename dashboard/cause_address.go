package dashboard

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// readTaps reads the parameters name=dim:value, of the dimensions dims.
func readTaps(name string, list, dims []string) ([]cause.Tap, error) {
	var out []cause.Tap
	for _, text := range list {
		dim, key, ok := strings.Cut(text, ":")
		if !ok || !slices.Contains(dims, dim) {
			var valid []string
			for _, d := range dims {
				valid = append(valid, d+":…")
			}
			return nil, address.Bad(words.Get("bad_value", name, text), valid...)
		}
		out = append(out, cause.Tap{Dim: dim, Key: key})
	}
	return out, nil
}

// inOrder refuses a dimension that is tapped twice, and what is tapped after a period.
func inOrder(taps []cause.Tap) error {
	for i, t := range taps {
		if slices.ContainsFunc(taps[:i], func(o cause.Tap) bool { return o.Dim == t.Dim || o.Dim == cause.ByPeriod }) {
			return address.Bad(words.Get("cause_after", t.String()))
		}
	}
	return nil
}

// causeAsk is everything that the address of a cause page says.
type causeAsk struct {
	cause.Way
	st      address.State
	Range   days.Range
	Compare metric.Compare
	Where   []cause.Tap // the filters that the number came with
	All     bool        // every row of the last step
}

func (a causeAsk) address() string {
	q := a.st.Query()
	q.Del("window")
	q.Del("map")
	q.Set("from", isoDay(a.Range.From))
	q.Set("to", isoDay(a.Range.To))
	q.Set("compare", string(cmp.Or(a.Compare, address.Uncompared)))
	if a.See != "" && a.See != cause.ByChange {
		q.Set("see", string(a.See))
	}
	for _, t := range a.Where {
		q.Add("where", t.String())
	}
	for _, t := range a.Taps {
		q.Add("tap", t.String())
	}
	if a.By != "" {
		q.Set("by", a.By)
	}
	if a.All {
		q.Set("all", "1")
	}
	return address.To("/cause/"+a.Metric.Name, q)
}

// with is the address after a change of what is asked, with the step ahead divided as usual.
func (a causeAsk) with(change func(*causeAsk)) string {
	a.By, a.All = "", false
	change(&a)
	return a.address()
}

// causeOf is the address at which the number of a card is explained; "" for what has no cause.
func causeOf(d *figures.Answer, st address.State) string {
	if len(d.Metrics) == 0 || d.Metrics[0].Kind == metric.Forecasting || d.Range.IsZero() {
		return ""
	}
	a := causeAsk{Way: cause.Way{Metric: d.Metrics[0]}, st: st, Range: d.Range, Compare: d.Panel.Compare}
	if r := d.Results[0]; r != nil {
		a.Compare = r.Query.Compare
	}
	a.Where = filtersOf(d.Panel)
	return a.address()
}

// causeOfTarget is the address at which the way to a target is explained.
func causeOfTarget(t target.Target, st address.State) string {
	if t.Metric == nil || t.Actual == nil || t.Metric.Kind == metric.Forecasting {
		return ""
	}
	st.Where, st.Grain = nil, days.Total
	a := causeAsk{Way: cause.Way{Metric: t.Metric, See: cause.ByShortfall}, st: st, Range: days.Range{From: t.Range.From, To: t.Date.AddDate(0, 0, 1)}, Compare: metric.YearOnYear}
	a.Where = scopeOf(t)
	return a.address()
}

// filtersOf are the filters that a panel declares.
func filtersOf(p board.Panel) []cause.Tap {
	var out []cause.Tap
	for _, dim := range slices.Sorted(maps.Keys(p.Where)) {
		for _, v := range p.Where[dim] {
			out = append(out, cause.Tap{Dim: dim, Key: v})
		}
	}
	return out
}

// scopeOf is the part of the zone that a target is measured over, as the filters of a cause.
func scopeOf(t target.Target) []cause.Tap {
	var out []cause.Tap
	for _, f := range t.Scope.Where {
		for _, v := range f.Values {
			out = append(out, cause.Tap{Dim: f.Dim, Key: v})
		}
	}
	return out
}

// isOf says that a target is of what the page is about, with no filter more or less.
func (a causeAsk) isOf(t target.Target) bool {
	scope := scopeOf(t)
	return len(a.st.Where) == 0 && len(scope) == len(a.Where) && !slices.ContainsFunc(scope, func(x cause.Tap) bool { return !slices.Contains(a.Where, x) })
}

// explain lets the numbers of a table lead to their causes, each to what its row stands for.
func explain(g grid.Grid, d *figures.Answer, st address.State) {
	for _, r := range d.Results {
		m := r.Metric
		if m == nil || m.Kind == metric.Forecasting || r.Query.Grain != days.Total || len(r.Query.By) == 0 ||
			slices.ContainsFunc(r.Query.By, func(dim string) bool { return !slices.Contains(m.Cuts(), dim) }) {
			continue
		}
		a := causeAsk{Way: cause.Way{Metric: m}, st: st, Range: days.Range{From: r.Query.From, To: r.Query.To}, Compare: r.Query.Compare}
		if a.Compare == metric.NoCompare && st.Compare != address.Uncompared {
			a.Compare = metric.YearOnYear
		}
		a.Where = filtersOf(d.Panel)
		for _, row := range g.Rows {
			for i := range row {
				c := &row[i]
				if c.Metric != m.Name || c.Value == nil || *c.Value == 0 || len(c.Keys) != len(r.Query.By) {
					continue
				}
				a.Taps = nil
				for j, dim := range r.Query.By {
					a.Taps = append(a.Taps, cause.Tap{Dim: dim, Key: c.Keys[j]})
				}
				c.URL = a.address()
			}
		}
	}
}

// causeParams are the parameters that only a cause page has.
var causeParams = []string{"see", "where", "tap", "by", "all", "format"}

// readCause reads what is asked of a metric.
func readCause(ask *ask, m *metric.Metric) (a causeAsk, err error) {
	q := ask.r.URL.Query()
	a.Metric, a.st = m, ask.st
	if m.Kind == metric.Forecasting {
		return a, address.Bad(words.Get("cause_forecast", m.Title), "/cause/"+m.Of)
	}
	if a.st.Window != days.NoWindow {
		return a, address.Bad(words.Get("cause_window"))
	}
	a.Range = a.st.Range
	if a.st.Compare != address.Uncompared {
		a.Compare = a.st.Compare
	}
	a.See = cause.ByChange
	if v := q.Get("see"); v != "" {
		if a.See, err = cause.ParseAspect(v); err != nil {
			return a, ask.bad("see", "change", "level", "target")
		}
	}
	if a.Where, err = readTaps("where", q["where"], m.Dims()); err != nil {
		return a, err
	}
	if a.Taps, err = readTaps("tap", q["tap"], append(m.Cuts(), cause.ByPeriod)); err != nil {
		return a, err
	}
	if err := inOrder(a.Taps); err != nil {
		return a, err
	}
	if a.By = q.Get("by"); a.By != "" && a.By != cause.ByPeriod && (!slices.Contains(m.Cuts(), a.By) || a.Tapped(a.By)) {
		return a, ask.bad("by", append(slices.DeleteFunc(m.Cuts(), a.Tapped), cause.ByPeriod)...)
	}
	if v := q.Get("all"); v != "" && v != "1" {
		return a, ask.bad("all", "1")
	}
	a.All = q.Get("all") == "1"
	if format := q.Get("format"); format != "" && format != "html" && format != "csv" {
		return a, ask.bad("format", "html", "csv")
	}
	return a, nil
}

// panel is the number of the page as a card would show it.
func (a causeAsk) panel(title codes.Text) board.Panel {
	p := board.Panel{Name: a.Metric.Name, Title: title, Kind: board.KPI, Metrics: []string{a.Metric.Name}, Compare: a.Compare, Where: map[string][]string{}}
	for _, t := range a.Where {
		p.Where[t.Dim] = append(p.Where[t.Dim], t.Key)
	}
	return p
}

// whole is the state of the page as that of a board.
func (a causeAsk) whole() address.State {
	st := a.st
	st.Range, st.Grain, st.Compare = a.Range, days.Total, cmp.Or(a.Compare, address.Uncompared)
	return st
}

// query is the question behind the number.
func (a causeAsk) query() metric.Query {
	q := metric.Query{Metric: a.Metric.Name, From: a.Range.From, To: a.Range.To, Compare: a.Compare, AsOf: a.st.AsOf}
	filter := func(dim, v string) {
		for i := range q.Where {
			if q.Where[i].Dim == dim {
				q.Where[i].Values = append(q.Where[i].Values, v)
				return
			}
		}
		q.Where = append(q.Where, metric.Filter{Dim: dim, Values: []string{v}})
	}
	for _, t := range a.Where {
		filter(t.Dim, t.Key)
	}
	for _, f := range address.Filters {
		if vs := a.st.Where[f.Param]; len(vs) > 0 {
			if dim := f.Of(a.Metric); dim != "" {
				q.Where = append(q.Where, metric.Filter{Dim: dim, Values: vs})
			}
		}
	}
	return q
}

// causeBoard is the page of charts with what was chosen, as far as it can be narrowed so.
func (s *Server) causeBoard(b *board.Board, a causeAsk) link {
	st := a.st
	st.Range, st.Grain = a.Range, days.Total
	st.Where = map[string][]string{}
	for k, vs := range a.st.Where {
		st.Where[k] = vs
	}
	for _, t := range a.Taps {
		switch p := address.Param(t.Dim); {
		case t.Dim == cause.ByPeriod:
			if from, err := metric.ParseDay(t.Key); err == nil {
				st.Range = days.Range{From: from, To: a.grainOf().Next(from)}
			}
		case p != "" && t.Key != "":
			st.Where[p] = []string{t.Key}
		}
	}
	return link{Text: b.Title.In(a.st.Loc), URL: address.To("/b/"+b.Name, st.Query())}
}

func (a causeAsk) grainOf() days.Grain {
	if a.st.Grain != days.Total {
		return a.st.Grain
	}
	return cause.Below(a.Metric, a.Range.From, a.Range.To)
}
