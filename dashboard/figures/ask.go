package figures

import (
	"context"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/finding"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// draws begins a panel: bound to the catalog, without figures.
func (s Source) draws(p board.Panel, st address.State, last days.Day) *Answer {
	f, ms := s.Bind(p)
	f.Lang, f.Results = st.Loc, make([]*metric.Result, len(ms))
	return &Answer{Figure: f, Metrics: ms, DataDate: last, Grain: p.Grain}
}

// Of asks for every metric of a panel at once. last is the data date of the page.
func (s Source) Of(ctx context.Context, p board.Panel, st address.State, last days.Day) (*Answer, error) {
	d := s.draws(p, st, last)
	if last.IsZero() {
		return d, nil
	}
	if err := s.ownDate(ctx, d, st); err != nil {
		return nil, err
	}
	if p.Kind == board.Spring {
		return s.springs(ctx, d, st)
	}
	d.Range = d.rangeOf(p, st)
	if p.Grain != days.Total {
		if d.Grain = st.Grain; d.Grain == days.Total {
			d.Grain = finer(p.Grain, d.Range)
		}
		if p.Kind != board.Triangle { // a cohort is of its own period
			d.Window = st.Window
		}
	}
	queries := s.queries(d, st, d.Grain)
	for i := range queries {
		var remark *codes.Text
		if queries[i].Compare, remark = s.compared(p, d.Metrics[i], st, queries[i]); remark != nil && !slices.Contains(d.Remarks, *remark) {
			d.Remarks = append(d.Remarks, *remark)
		}
	}
	if err := s.answer(ctx, d, queries); err != nil {
		return nil, err
	}
	if p.Period == "all" && st.Range.IsZero() {
		d.fromTheFirst()
	}
	if len(st.Where) > 0 && !slices.ContainsFunc(d.Results, func(r *metric.Result) bool {
		return r.Rows > 0 || r.Metric.Kind != metric.Flow && r.Metric.Kind != metric.Stock
	}) {
		d.Remarks = append(d.Remarks, words.Get("no_match")) // a 0 that says why
	}
	if st.Compare != metric.NoCompare && slices.ContainsFunc(d.Results, func(r *metric.Result) bool { return r.Query.Compare != metric.NoCompare }) && !d.DrawsBase() {
		d.Remarks = append(d.Remarks, words.Get("base_in_table"))
	}
	if len(d.Unfiltered) == 0 { // else it would be of more than the page shows
		d.Finding, d.Quiet = finding.Of(d.Figure)
	}
	return d, nil
}

// Trend asks for the first metric of a panel over the periods before its number.
func (s Source) Trend(ctx context.Context, p board.Panel, st address.State, last days.Day) (*Answer, error) {
	d := s.draws(p, st, last)
	if last.IsZero() {
		return d, nil
	}
	if err := s.ownDate(ctx, d, st); err != nil {
		return nil, err
	}
	if p.Kind == board.Spring {
		return s.springs(ctx, d, st)
	}
	d.Range = days.Relative(p.Spark.Period, d.DataDate)
	if !st.Range.IsZero() { // it keeps its length and ends where the number ends
		d.Range = days.Relative(p.Spark.Period, st.Range.Last())
	}
	d.Results = d.Results[:1]
	return d, s.answer(ctx, d, s.queries(d, st, finer(p.Spark.Grain, d.Range)))
}

// ownDate is the date of a panel: the last day for which all that its metrics stand on is whole, whatever the other
// panels of the page have come to.
func (s Source) ownDate(ctx context.Context, d *Answer, st address.State) error {
	live, err := s.Engine.Live(ctx, st.AsOf)
	if err != nil {
		return err
	}
	var own days.Day
	for _, m := range d.Metrics {
		if date := live.Date(m); !date.IsZero() && (own.IsZero() || date.Before(own)) {
			own = date
		}
		if first := live.First(m); !first.IsZero() && (d.first.IsZero() || first.Before(d.first)) {
			d.first = first
		}
		if to := live.Reached(m); to.After(d.reached) {
			d.reached = to
		}
	}
	if !own.IsZero() {
		d.DataDate = own
	}
	return nil
}

// rangeOf is the period of a panel: that of the page where one is chosen, else its own, which a course over periods
// goes on to what only some have reported.
func (d *Answer) rangeOf(p board.Panel, st address.State) days.Range {
	last := d.DataDate
	switch {
	case st.Range.IsZero():
		r := days.Relative(p.Period, last)
		if p.Period == "all" && !d.first.IsZero() && d.first.Before(r.To) {
			r.From = d.first
		}
		course := p.Kind == board.Trend || p.Kind == board.Line || p.Kind == board.Stack && len(p.By) == 1
		if course && p.Grain != days.Total && r.To.Equal(last.AddDate(0, 0, 1)) && d.reached.After(r.To) {
			r.To = d.reached
		}
		return r
	case p.Period != "as_of":
		return st.Range
	case st.Range.Last().After(last):
		return days.Relative(p.Period, last)
	}
	return days.Range{From: st.Range.Last(), To: st.Range.To}
}

// fromTheFirst takes the mark off what is only not whole because some of its data begin later: all there is was asked for.
func (d *Answer) fromTheFirst() {
	for _, r := range d.Results {
		for i := range r.Points {
			if c := r.Points[i].Cover; c != nil && c.Reported == c.Due && len(c.Lacks) == 0 {
				r.Points[i].Cover = nil
			}
		}
	}
}

// queries are the questions behind the figures of d, one for each of its results, compared with nothing.
func (s Source) queries(d *Answer, st address.State, grain days.Grain) []metric.Query {
	ms := d.Metrics[:len(d.Results)]
	out := make([]metric.Query, 0, len(ms))
	for i, m := range ms {
		q := metric.Query{Metric: m.Name, From: d.Range.From, To: d.Range.To, Grain: grain, By: d.Panel.Cuts(i), Window: d.Window, AsOf: st.AsOf}
		q.Where = s.narrow(d, m, st)
		if d.Panel.Kind == board.Bar && len(ms) == 1 {
			q.Limit = d.Panel.Limit
		}
		out = append(out, q)
	}
	return out
}

// answer asks the questions behind d, a few at a time.
func (s Source) answer(ctx context.Context, d *Answer, queries []metric.Query) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, q := range queries {
		g.Go(func() (err error) {
			if d.Results[i], err = s.Engine.Run(ctx, q); err == nil {
				access.Shown(ctx, len(d.Results[i].Points))
			}
			return err
		})
	}
	return g.Wait()
}

// narrow is the filters of a metric of d: the panel's own, and those of the page that the metric has.
func (s Source) narrow(d *Answer, m *metric.Metric, st address.State) (out []metric.Filter) {
	for _, dim := range slices.Sorted(maps.Keys(d.Panel.Where)) {
		out = append(out, metric.Filter{Dim: dim, Values: d.Panel.Where[dim]})
	}
	for _, f := range address.Filters {
		vs := st.Where[f.Param]
		if len(vs) == 0 {
			continue
		}
		dim := f.Of(m)
		if dim == "" {
			if !slices.Contains(d.Unfiltered, f.Param) {
				d.Unfiltered = append(d.Unfiltered, f.Param)
			}
			continue
		}
		out = append(out, metric.Filter{Dim: dim, Values: vs})
	}
	return out
}

// compared is what the figures of q are compared with, and what to say where that is not what the page asks for.
func (s Source) compared(p board.Panel, m *metric.Metric, st address.State, q metric.Query) (metric.Compare, *codes.Text) {
	because := func(c metric.Compare, text codes.Text) (metric.Compare, *codes.Text) { return c, &text }
	ask := st.Compare
	if ask == metric.NoCompare {
		if ask = p.Compare; ask == metric.Previous && q.Window == days.YearToDate {
			return because(metric.NoCompare, words.Get("base_ytd"))
		}
		return ask, nil
	}
	switch {
	case ask == address.Uncompared:
		return metric.NoCompare, nil
	case m.Kind == metric.Forecasting:
		return because(metric.NoCompare, words.Get("base_forecast"))
	case p.Kind == board.Triangle || p.Kind == board.Path:
		return because(metric.NoCompare, words.Get("base_none"))
	case ask == metric.Previous && q.Window == days.YearToDate:
		return because(metric.NoCompare, words.Get("base_ytd"))
	case ask == metric.Previous && q.Grain == days.Total && q.From.Add(q.From.Sub(q.To)).Year() < 1990:
		return because(metric.NoCompare, words.Get("base_all"))
	case ask == metric.Spring && !q.Festive() && p.Kind == board.KPI:
		return metric.YearOnYear, nil // the card names its comparison and the days
	case ask == metric.Spring && !q.Festive():
		return because(metric.YearOnYear, words.Get("base_whole"))
	case ask == metric.Spring:
		first, last := s.Catalog.NewYears().Years()
		if q.From.Year() <= first || q.To.After(days.Date(last, 9, 1)) {
			return because(metric.NoCompare, words.Get("base_years", first, last))
		}
	}
	return ask, nil
}

// finer is a grain that gives a range at least three periods.
func finer(g days.Grain, r days.Range) days.Grain {
	months := (r.To.Year()-r.From.Year())*12 + int(r.To.Month()) - int(r.From.Month())
	for _, step := range []struct {
		g days.Grain
		n int
		f days.Grain
	}{{days.Year, 12, days.Half}, {days.Half, 6, days.Quarter}, {days.Quarter, 3, days.Month}} {
		if g == step.g && months < 3*step.n {
			g = step.f
		}
	}
	return g
}
