package figures

import (
	"context"
	"strconv"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/finding"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// springs computes a panel of kind spring: each metric on the days around the latest eve of the lunar new year whose
// days have begun, and around those of the years before.
func (s Source) springs(ctx context.Context, d *Answer, st address.State) (*Answer, error) {
	p, end := d.Panel, d.DataDate
	if !st.Range.IsZero() && st.Range.Last().Before(end) {
		end = st.Range.Last()
	}
	first, last := s.Catalog.NewYears().Years()
	var years []int
	var eves []string
	for y := min(last, end.Year()+1); y >= first && y > 0 && len(years) < p.Springs(); y-- {
		around, err := s.Catalog.AroundNewYear(y, p.Around(), p.Around())
		if err != nil {
			return nil, err
		}
		if around.From.After(end) {
			continue // not begun
		}
		if len(years) == 0 {
			d.Range = around
		}
		years = append(years, y)
		eves = append(eves, days.Label(around.From.AddDate(0, 0, p.Around()), st.Loc))
	}
	if len(years) > 0 {
		d.Remarks = append(d.Remarks, words.Get("spring_eves", words.Join(st.Loc, "sep_list", eves), strconv.Itoa(first), strconv.Itoa(last)))
	} else {
		d.Remarks = append(d.Remarks, words.Get("spring_years", strconv.Itoa(first), strconv.Itoa(last)))
	}
	d.Results = make([]*metric.Result, len(d.Metrics)*len(years))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, m := range d.Metrics {
		where := s.narrow(d, m, st)
		for j, year := range years {
			g.Go(func() error {
				r, err := s.Engine.AroundEve(ctx, metric.Query{Metric: m.Name, Where: where, AsOf: st.AsOf}, year, p.Around(), p.Around())
				d.Results[i*len(years)+j] = r
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if len(d.Unfiltered) == 0 {
		d.Finding, d.Quiet = finding.Of(d.Figure)
	}
	return d, nil
}
