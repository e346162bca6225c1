package draw

import (
	"slices"

	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"

	"github.com/go-echarts/go-echarts/v2/opts"
)

// triangle puts cohorts below each other, a row per period in which people came and a column per metric; what has not
// come to pass yet is left empty, which gives the triangle. Columns of another unit than the last are not shaded.
func (f drawing) triangle() *option {
	days := starts(f.Results)
	last := f.Results[len(f.Results)-1]
	shaded := slices.Clone(f.Results)
	for i := range shaded {
		if shaded[i].Unit != last.Unit {
			shaded[i] = last
		}
	}
	font := f.onPhone(11, 12)
	m := matrix{
		cells: []cell{},
		rows:  period.Ticks(f.Results, days, f.Results[0].Query.Grain, f.Lang), font: float32(font),
		above: opts.AxisLabel{FontSize: font, Width: f.onPhone(60, 110)}, beside: opts.AxisLabel{FontSize: font},
	}
	m.lo, m.hi = panel.Extent(shaded...)
	switch {
	case m.lo > m.hi: // no cohort is judged yet: there is nothing to shade
		m.lo, m.hi = 0, 1
	case m.lo == m.hi:
		m.lo = m.hi - 1
	}
	for x, r := range f.Results {
		m.columns = append(m.columns, f.NameOf(x))
		for _, pt := range r.Points {
			if pt.Value == nil {
				continue
			}
			c := at(x, slices.IndexFunc(days, pt.From.Equal), *pt.Value, metric.Number(pt.Value, r.Unit))
			if r.Unit != last.Unit {
				c.VisualMap, c.ItemStyle = no, &opts.ItemStyle{Color: "__c:raised"}
			}
			m.cells = append(m.cells, c)
		}
	}
	return f.matrix(m)
}
