// Package aim says of a number how far its target is: where it stands, whether it keeps pace, where it ends. It computes
// no number itself.
package aim

import (
	"context"
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
)

// Line is what a card says of its target.
type Line struct {
	Text, Percent, Pace, URL string
	Cause                    string // where the way to it is explained
	Forecast                 string // where it ends at this pace
	Behind                   bool
}

// Of is the line of the target that the number of a card has: that of the same part of the zone, measured over the
// same days, so that the two are one number. Where the targets are of other days it only says where they stand; nil
// where there is none.
func Of(ctx context.Context, book *target.Book, d *figures.Answer, st address.State) (*Line, error) {
	r := d.Results[0]
	if r == nil || len(r.Points) == 0 {
		return nil, nil
	}
	q := target.Query{Date: d.Range.Last(), Metric: d.Metrics[0].Name, Tier: "expected", AsOf: st.AsOf}
	list, err := book.Targets(ctx, q)
	if err == nil && d.DataDate.After(q.Date) {
		q.Date = d.DataDate // of the days since then there may be one
		var since []target.Target
		since, err = book.Targets(ctx, q)
		list = append(list, since...)
	}
	if err != nil {
		return nil, err
	}
	var other *target.Target
	own := target.Scope{Where: slices.SortedFunc(slices.Values(r.Query.Where), func(a, b metric.Filter) int { return strings.Compare(a.Dim, b.Dim) })}.Key()
	for i, t := range list {
		if t.Metric == nil || t.Scope.Fault.Zh != "" || t.Scope.Key() != own || t.Actual == nil {
			continue
		}
		state := t.Metric.Nature() == metric.Stock && !t.Metric.Flows()
		if t.Date.Equal(d.Range.Last()) && (state || t.Range.From.Equal(d.Range.From)) {
			return To(t, st), nil
		}
		if !t.Finished && other == nil {
			other = &list[i]
		}
	}
	if other == nil {
		return nil, nil
	}
	return &Line{Text: words.In(st.Loc, "target_elsewhere", other.Range.Label(st.Loc)), URL: "/responsibility#" + other.Name}, nil
}

// To is what is said of the way to a target.
func To(t target.Target, st address.State) *Line {
	loc := st.Loc
	l := &Line{
		Text: words.In(loc, "target_of", t.Range.Label(loc), metric.Format(&t.Target, t.Metric.Unit, loc)),
		Pace: t.Line(loc), URL: "/responsibility#" + t.Name, Behind: t.Behind != nil && *t.Behind > 0 && !t.Reached,
	}
	if t.Percent != nil {
		l.Percent = metric.Number(t.Percent, metric.Percent)
	}
	if t.Forecast != nil && t.How != "" && t.How != "hold" && t.Date.AddDate(0, 0, 1).Before(t.Range.To) {
		l.Forecast = words.In(loc, "target_forecast", metric.Format(t.Forecast, t.Metric.Unit, loc), words.In(loc, "how_"+t.How))
	}
	if t.Damaged.Zh != "" {
		l.Pace = words.In(loc, "open_damaged", t.Damaged)
	}
	if l.Behind {
		l.Cause = trail.OfTarget(t, st)
	}
	return l
}
