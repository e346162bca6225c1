package dashboard

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/coverage"
	"yanzhen/dashboard/excluded"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
)

// excludedPage says what is not in the figures of some metrics, and why: rows that were refused, rows
// that are no data, rows that were there twice, submissions that others have replaced, and rows that
// the definition is not about.
type excludedPage struct {
	layout
	Metrics  string
	Of       string // the days that are asked for, in a sentence
	Period   string
	Empty    string
	Datasets []excluded.Row
	Rules    []excluded.Rule
	More     bool   // not every rule is listed
	Older    uint64 // of so many replaced submissions, the latest, is told; 0: of all
	Counted  []excluded.Counted
}

func (s *Server) excluded(a *ask) (http.HandlerFunc, error) {
	st := a.st
	ms, names, err := s.excludedOf(a)
	if err != nil {
		return nil, err
	}
	live, err := s.live(a.ctx, "", st.AsOf)
	if err != nil {
		return nil, err
	}
	replaced, err := s.Pipeline.Superseded(a.ctx, names, st.AsOf)
	if err != nil {
		return nil, err
	}
	older := uint64(0)
	if len(replaced) == pipeline.MostSuperseded {
		older = pipeline.MostSuperseded
	}
	live, replaced = s.behind(ms, names, st.Range, live), s.behind(ms, names, st.Range, replaced)
	var batches []uint32
	for _, l := range live {
		batches = append(batches, l.Batch)
	}
	refused, err := s.Pipeline.Refusals(a.ctx, batches)
	if err != nil {
		return nil, err
	}
	loc := st.Loc
	p := excludedPage{layout: s.layout(a.r, words.Get("excluded")), Older: older}
	for i, m := range ms {
		if i > 0 {
			p.Metrics += words.In(loc, "sep_list")
		}
		p.Metrics += m.Title.In(loc)
	}
	titles := func(dataset, column string) (string, string) {
		if d := s.declared(dataset); d != nil && d.Column(column) != nil {
			column = d.Column(column).Title.In(loc)
		}
		return s.datasetLinks([]string{dataset}, loc)[0].Title, column
	}
	if !st.Range.IsZero() {
		p.Of = words.In(loc, "excluded_of", st.Range.Label(loc))
	}
	p.Datasets = excluded.Rows(names, live, replaced, titles, loc)
	if len(p.Datasets) == 0 {
		p.Empty = words.In(loc, "no_data_yet")
	}
	p.Rules = excluded.Rules(refused, titles, loc)
	p.More = len(refused) == 2000
	if len(ms) > 0 && len(p.Datasets) > 0 {
		if err := s.counted(a.ctx, &p, ms, st); err != nil {
			return nil, err
		}
	}
	return s.html("excluded.html", p), nil
}

// excludedOf is what the page is asked about: metrics, and datasets by their names, theirs too; every dataset where none
// is named.
func (s *Server) excludedOf(a *ask) (ms []*metric.Metric, names []string, err error) {
	list := func(name string) []string {
		return strings.FieldsFunc(a.value(name), func(r rune) bool { return r == ',' })
	}
	for _, name := range list("metric") {
		m := s.Catalog.Metric(name)
		if m == nil {
			return nil, nil, address.Missing(words.Get("no_metric", name), s.metricNames()...)
		}
		ms = append(ms, m)
		names = append(names, m.Datasets()...)
	}
	for _, name := range list("dataset") {
		if s.declared(name) == nil {
			return nil, nil, address.Missing(words.Get("no_dataset", name), s.datasetNames()...)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		names = s.datasetNames()
	}
	slices.Sort(names)
	return ms, slices.Compact(names), nil
}

// behind are those of some submissions of datasets that metrics may count rows of in some days; without metrics, those that tell of
// these days.
func (s *Server) behind(ms []*metric.Metric, names []string, r days.Range, subs []pipeline.Live) []pipeline.Live {
	subs = slices.DeleteFunc(slices.Clone(subs), func(l pipeline.Live) bool { return !slices.Contains(names, l.Dataset) })
	if len(ms) == 0 {
		return coverage.Within(r, subs)
	}
	var asked []coverage.Asked
	for _, m := range ms {
		asked = append(asked, coverage.Asked{Metric: m, Days: r})
	}
	return coverage.Sources(s.Catalog, asked, subs)
}

// counted says how many sound rows each metric leaves aside.
func (s *Server) counted(ctx context.Context, p *excludedPage, ms []*metric.Metric, st address.State) error {
	last, err := s.homeDate(ctx, st)
	if err != nil || last.IsZero() {
		return err
	}
	period := excluded.Period(st.Range, last)
	p.Period = period.Label(st.Loc)
	p.Counted, err = excluded.Count(ctx, s.Engine, ms, metric.Query{From: period.From, To: period.To, AsOf: st.AsOf}, st.Loc)
	return err
}
