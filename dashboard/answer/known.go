package answer

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// registers are metrics that know the values of dimensions without a list best, those of employers first; then the metric that is
// asked is looked at.
var registers = []string{"enterprises_count", "inflow", "cooperation_projects"}

// mostNamed is how many values are told that there are.
const mostNamed = 60

// known refuses a filter on a value that occurs nowhere in what the asker sees: of a mistyped employer there are not 0 people. The
// catalog knows the values that have a list and has refused others before.
func (d Desk) known(ctx context.Context, r *metric.Result) error {
	for _, f := range r.Query.Where {
		if dim := d.Catalog.Dimension(f.Dim); r.DataDate.IsZero() || dim != nil && (dim.List != "" || len(dim.Labels) > 0) {
			continue
		}
		var have []string
		left := slices.DeleteFunc(slices.Clone(f.Values), func(v string) bool { return v == "" })
		for _, name := range append(slices.Clone(registers), r.Metric.Name) {
			m := d.Catalog.Metric(name)
			if len(left) == 0 || m == nil || !slices.Contains(m.Dims(), f.Dim) {
				continue
			}
			all, err := d.Engine.Run(ctx, metric.Query{Metric: name, From: days.Date(1990, 1, 1), To: r.DataDate.AddDate(0, 0, 1), By: []string{f.Dim}})
			if no := (*metric.Invalid)(nil); errors.As(err, &no) && !no.TooMuch {
				continue // not for this viewer, or not of so long a time
			}
			if err != nil {
				return err
			}
			for _, pt := range all.Points {
				have = append(have, pt.Keys...)
			}
			left = slices.DeleteFunc(left, func(v string) bool { return slices.Contains(have, v) })
		}
		if len(left) == 0 || len(have) == 0 {
			continue
		}
		slices.Sort(have)
		have = slices.DeleteFunc(slices.Compact(have), func(v string) bool { return v == "" })
		text := words.Get("bad_value", f.Dim, words.Clip(left[0], 80))
		if near := codes.Nearest(left[0], have); near != "" {
			text.Zh, text.En = text.Zh+"是不是 "+near+"？", text.En+" Did you mean "+near+"?"
		}
		if len(have) > mostNamed {
			have = append(have[:mostNamed], "…")
		}
		return address.Coded(http.StatusBadRequest, "no_value", text, have...)
	}
	return nil
}
