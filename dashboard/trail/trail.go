// Package trail is what the address of a cause page says: which number is explained, what was tapped on the way, and how it
// is divided next. It is read strictly and written back; every number that has a cause gets its address here.
package trail

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

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

// Ask is everything that the address of a cause page says.
type Ask struct {
	cause.Way
	St      address.State
	Range   days.Range
	Compare metric.Compare
	Where   []cause.Tap // the filters that the number came with
	All     bool        // every row of the last step
}

// Address is where this is asked.
func (a Ask) Address() string {
	q := a.St.Query()
	q.Del("window")
	q.Del("map")
	q.Set("from", a.Range.From.Format(time.DateOnly))
	q.Set("to", a.Range.To.Format(time.DateOnly))
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

// With is the address after a change of what is asked, with the step ahead divided as usual.
func (a Ask) With(change func(*Ask)) string {
	a.By, a.All = "", false
	change(&a)
	return a.Address()
}

// Of is the address at which the number of a card is explained; "" for what has no cause.
func Of(d *figures.Answer, st address.State) string {
	if len(d.Metrics) == 0 || d.Metrics[0].Kind == metric.Forecasting || d.Range.IsZero() {
		return ""
	}
	a := Ask{Way: cause.Way{Metric: d.Metrics[0]}, St: st, Range: d.Range, Compare: d.Panel.Compare}
	if r := d.Results[0]; r != nil {
		a.Compare = r.Query.Compare
	}
	a.Where = filtersOf(d.Panel)
	return a.Address()
}

// OfPart is the address at which one part of the number of a card is explained: the one with a key of a dimension.
func OfPart(d *figures.Answer, st address.State, dim, key string) string {
	if len(d.Metrics) == 0 || !slices.Contains(d.Metrics[0].Cuts(), dim) || Of(d, st) == "" {
		return Of(d, st)
	}
	a := Ask{Way: cause.Way{Metric: d.Metrics[0], Taps: []cause.Tap{{Dim: dim, Key: key}}}, St: st, Range: d.Range, Compare: d.Panel.Compare, Where: filtersOf(d.Panel)}
	return a.Address()
}

// OfNarrowed is the address at which the number of a card is explained where a dimension has a key: also one of which there is
// nothing, which no step leads to.
func OfNarrowed(d *figures.Answer, st address.State, dim, key string) string {
	if len(d.Metrics) == 0 || !slices.Contains(d.Metrics[0].Dims(), dim) || Of(d, st) == "" {
		return Of(d, st)
	}
	a := Ask{Way: cause.Way{Metric: d.Metrics[0]}, St: st, Range: d.Range, Compare: d.Panel.Compare, Where: append(filtersOf(d.Panel), cause.Tap{Dim: dim, Key: key})}
	return a.Address()
}

// OfTarget is the address at which the way to a target is explained.
func OfTarget(t target.Target, st address.State) string {
	if t.Metric == nil || t.Actual == nil || t.Metric.Kind == metric.Forecasting {
		return ""
	}
	st.Where, st.Grain = nil, days.Total
	a := Ask{Way: cause.Way{Metric: t.Metric, See: cause.ByShortfall}, St: st, Range: days.Range{From: t.Range.From, To: t.Date.AddDate(0, 0, 1)}, Compare: metric.YearOnYear}
	a.Where = scopeOf(t)
	return a.Address()
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

// IsOf says that a target is of what the page is about, with no filter more or less.
func (a Ask) IsOf(t target.Target) bool {
	scope := scopeOf(t)
	return len(a.St.Where) == 0 && len(scope) == len(a.Where) && !slices.ContainsFunc(scope, func(x cause.Tap) bool { return !slices.Contains(a.Where, x) })
}

// Explain lets the numbers of a table lead to their causes, each to what its row stands for.
func Explain(g grid.Grid, d *figures.Answer, st address.State) {
	for _, r := range d.Results {
		m := r.Metric
		if m == nil || m.Kind == metric.Forecasting || r.Query.Grain != days.Total || len(r.Query.By) == 0 ||
			slices.ContainsFunc(r.Query.By, func(dim string) bool { return !slices.Contains(m.Cuts(), dim) }) {
			continue
		}
		a := Ask{Way: cause.Way{Metric: m}, St: st, Range: days.Range{From: r.Query.From, To: r.Query.To}, Compare: r.Query.Compare}
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
				c.URL = a.Address()
			}
		}
	}
}

// Params are the parameters that only a cause page has.
var Params = []string{"see", "where", "tap", "by", "all", "format"}

// Read reads what is asked of a metric by the query of an address, whose common parameters are st.
func Read(q url.Values, st address.State, m *metric.Metric) (a Ask, err error) {
	bad := func(name string, valid ...string) error {
		return address.Bad(words.Get("bad_value", name, q.Get(name)), valid...)
	}
	a.Metric, a.St = m, st
	if m.Kind == metric.Forecasting {
		return a, address.Bad(words.Get("cause_forecast", m.Title), "/cause/"+m.Of)
	}
	if a.St.Window != days.NoWindow {
		return a, address.Bad(words.Get("cause_window"))
	}
	a.Range = a.St.Range
	if a.St.Compare != address.Uncompared {
		a.Compare = a.St.Compare
	}
	a.See = cause.ByChange
	if v := q.Get("see"); v != "" {
		if a.See, err = cause.ParseAspect(v); err != nil {
			return a, bad("see", "change", "level", "target")
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
		return a, bad("by", append(slices.DeleteFunc(m.Cuts(), a.Tapped), cause.ByPeriod)...)
	}
	if v := q.Get("all"); v != "" && v != "1" {
		return a, bad("all", "1")
	}
	a.All = q.Get("all") == "1"
	if format := q.Get("format"); format != "" && format != "html" && format != "csv" {
		return a, bad("format", "html", "csv")
	}
	return a, nil
}

// Panel is the number of the page as a card would show it.
func (a Ask) Panel(title codes.Text) board.Panel {
	p := board.Panel{Name: a.Metric.Name, Title: title, Kind: board.KPI, Metrics: []string{a.Metric.Name}, Compare: a.Compare, Where: map[string][]string{}}
	for _, t := range a.Where {
		p.Where[t.Dim] = append(p.Where[t.Dim], t.Key)
	}
	return p
}

// Whole is the state of the page as that of a board.
func (a Ask) Whole() address.State {
	st := a.St
	st.Range, st.Grain, st.Compare = a.Range, days.Total, cmp.Or(a.Compare, address.Uncompared)
	return st
}

// Query is the question behind the number.
func (a Ask) Query() metric.Query {
	q := metric.Query{Metric: a.Metric.Name, From: a.Range.From, To: a.Range.To, Compare: a.Compare, AsOf: a.St.AsOf}
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
		if vs := a.St.Where[f.Param]; len(vs) > 0 {
			if dim := f.Of(a.Metric); dim != "" {
				q.Where = append(q.Where, metric.Filter{Dim: dim, Values: vs})
			}
		}
	}
	return q
}

// Grain is that of the periods the last step is divided into.
func (a Ask) Grain() days.Grain {
	if a.St.Grain != days.Total {
		return a.St.Grain
	}
	return cause.Below(a.Metric, a.Range.From, a.Range.To)
}
