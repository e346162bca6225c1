package dashboard

import (
	"context"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// drawn is a panel with its figures, before it is written as JSON, HTML or CSV.
type drawn struct {
	draw.Figure
	Range      days.Range
	Window     days.Window // of every point
	Grain      days.Grain  // of every point
	Metrics    []*metric.Metric
	DataDate   days.Day
	Unfiltered []string     // filters of the page that this panel's metrics do not have
	Remarks    []codes.Text // what became of the comparison that the page asks for

	// of a report date
	Marked  *grid.Grid // the table, with what moved since
	Revised *revisedLine
}

// grid is the table of a panel.
func (d *drawn) grid() grid.Grid {
	if d.Marked != nil {
		return *d.Marked
	}
	return d.Figure.Grid()
}

// behind is the last day for which the panel's own datasets are published; the page's data date where they have none.
func (d *drawn) behind() days.Day {
	var last days.Day
	for _, r := range d.Results {
		if r != nil && r.DataDate.After(last) {
			last = r.DataDate
		}
	}
	if last.IsZero() {
		return d.DataDate
	}
	return last
}

// period is the range of the figures and, where each point tells of more than its own period, of how much.
func (d *drawn) period(loc codes.Lang) string {
	text := d.Range.Label(loc)
	if d.Grain != d.Panel.Grain { // its title may speak of its own
		text += " · " + words.In(loc, "by_grain", words.In(loc, "grain_"+string(d.Grain)))
	}
	if d.Window != days.NoWindow {
		text += " · " + words.In(loc, "window_"+string(d.Window))
	}
	return text
}

// unit is the unit of a panel whose metrics share one.
func (d *drawn) unit(loc codes.Lang) string {
	if len(d.Metrics) == 0 || slices.ContainsFunc(d.Metrics, func(m *metric.Metric) bool { return m.Unit != d.Metrics[0].Unit }) {
		return ""
	}
	return d.Metrics[0].Unit.Word(loc)
}

func (d *drawn) note(loc codes.Lang) string {
	var parts []string
	if n := d.Panel.Note.In(loc); n != "" {
		parts = append(parts, n)
	}
	for _, t := range d.Remarks {
		parts = append(parts, t.In(loc))
	}
	if d.Panel.Kind != board.KPI {
		parts = append(parts, d.Figure.Remarks()...)
	}
	for _, f := range d.Unfiltered {
		parts = append(parts, words.In(loc, "unfiltered", words.Get("filter_"+f)))
	}
	for i := range parts[:max(0, len(parts)-1)] { // a full stop is of the last one only
		parts[i] = strings.TrimRight(parts[i], "。.")
	}
	return words.Join(loc, "sep_clause", parts)
}

// bind gives a panel the names that the catalog declares.
func (s *Server) bind(panel board.Panel) (draw.Figure, []*metric.Metric) {
	var ms []*metric.Metric
	p := draw.Figure{Panel: panel, Chains: s.Chains, Outline: board.FindMap(s.Maps, panel.Map)}
	for _, name := range p.Metrics {
		m := s.Catalog.Metric(name)
		ms = append(ms, m)
		p.Titles = append(p.Titles, m.Title)
	}
	for _, d := range p.By {
		t, order := codes.Text{Zh: d, En: d}, []string(nil)
		if dim := s.Catalog.Dimension(d); dim != nil {
			t, order = dim.Title, dim.Order
		}
		if len(order) == 0 {
			order = s.order[d]
		}
		p.DimTitles = append(p.DimTitles, t)
		p.KeyOrder = append(p.KeyOrder, order)
	}
	return p, ms
}

// draws begins a panel: bound to the catalog, without figures.
func (s *Server) draws(p board.Panel, st address.State, last days.Day) *drawn {
	f, ms := s.bind(p)
	f.Lang, f.Results = st.Loc, make([]*metric.Result, len(ms))
	return &drawn{Figure: f, Metrics: ms, DataDate: last, Grain: p.Grain}
}

// compute asks for every metric of a panel at once. last is the data date of the page.
func (s *Server) compute(ctx context.Context, p board.Panel, st address.State, last days.Day) (*drawn, error) {
	d := s.draws(p, st, last)
	if last.IsZero() {
		return d, nil
	}
	if p.Kind == board.Spring {
		return s.springs(ctx, d, st)
	}
	d.Range = rangeOf(p, st, last)
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
	if len(st.Where) > 0 && !slices.ContainsFunc(d.Results, func(r *metric.Result) bool {
		return r.Rows > 0 || r.Metric.Kind != metric.Flow && r.Metric.Kind != metric.Stock
	}) {
		d.Remarks = append(d.Remarks, words.Get("no_match")) // a 0 that says why
	}
	if st.Compare != metric.NoCompare && slices.ContainsFunc(d.Results, func(r *metric.Result) bool { return r.Query.Compare != metric.NoCompare }) && !d.DrawsBase() {
		d.Remarks = append(d.Remarks, words.Get("base_in_table"))
	}
	return d, nil
}

// trend asks for the first metric of a panel over the periods before its number.
func (s *Server) trend(ctx context.Context, p board.Panel, st address.State, last days.Day) (*drawn, error) {
	d := s.draws(p, st, last)
	if last.IsZero() {
		return d, nil
	}
	if p.Kind == board.Spring {
		return s.springs(ctx, d, st)
	}
	d.Range = days.Relative(p.Spark.Period, last)
	if !st.Range.IsZero() { // it keeps its length and ends where the number ends
		d.Range = days.Relative(p.Spark.Period, st.Range.Last())
	}
	d.Results = d.Results[:1]
	return d, s.answer(ctx, d, s.queries(d, st, finer(p.Spark.Grain, d.Range)))
}

// rangeOf is the period of a panel: that of the page where one is chosen, else its own.
func rangeOf(p board.Panel, st address.State, last days.Day) days.Range {
	if st.Range.IsZero() {
		return days.Relative(p.Period, last)
	}
	if p.Period != "as_of" {
		return st.Range
	}
	if st.Range.Last().After(last) {
		return days.Relative(p.Period, last)
	}
	return days.Range{From: st.Range.Last(), To: st.Range.To}
}

// queries are the questions behind the figures of d, one for each of its results, compared with nothing.
func (s *Server) queries(d *drawn, st address.State, grain days.Grain) []metric.Query {
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
func (s *Server) answer(ctx context.Context, d *drawn, queries []metric.Query) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, q := range queries {
		g.Go(func() (err error) {
			d.Results[i], err = s.Engine.Run(ctx, q)
			return err
		})
	}
	return g.Wait()
}

// narrow is the filters of a metric of d: the panel's own, and those of the page that the metric has.
func (s *Server) narrow(d *drawn, m *metric.Metric, st address.State) (out []metric.Filter) {
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
func (s *Server) compared(p board.Panel, m *metric.Metric, st address.State, q metric.Query) (metric.Compare, *codes.Text) {
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
