package draw

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
)

func (f drawing) barsHeight() int {
	per, legend := 30, 16
	if n := len(f.Results); n > 1 {
		per, legend = 16+12*n, 44
	}
	if len(f.Results) == 1 && f.Results[0].Query.Compare != metric.NoCompare {
		per, legend = 40, 44
	}
	return max(220, f.keyed()*per+legend+16)
}

// bars draws bars that lie, each below the one before.
func (f drawing) bars() *option {
	its := f.Shown(0)
	o := f.begin("axis", f.Results[0].Unit)
	o.Series = f.barSeries(its, "right", "16")
	o.XAxis = []xAxis{{
		XAxis:     opts.XAxis{Type: "value", SplitNumber: 4, SplitLine: &opts.SplitLine{Show: no}},
		AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{Show: no}},
	}}
	o.YAxis = []yAxis{f.namesBelow(namesOf(its), f.onPhone(116, min(200, 25+25*f.Span)))}
	o.YAxis[0].AxisLine = &opts.AxisLine{Show: no}
	f.layBars(o, 52, 0)
	return o
}

// columns draws bars that stand, in a row.
func (f drawing) columns() *option {
	its := f.Shown(0)
	o := f.begin("axis", f.Results[0].Unit)
	o.Series = f.barSeries(its, "top", "28")
	names := &axisLabel{AxisLabel: opts.AxisLabel{Overflow: "break", Width: 64}, Interval: zero}
	switch {
	case f.Compact:
		names.Width, names.FontSize = 44, 11
	case len(its) > 4 && f.Span < 6:
		names.Width = 46
	}
	if !f.Compact {
		names.HideOverlap = no
	}
	o.XAxis = []xAxis{{XAxis: opts.XAxis{Type: "category", Data: namesOf(its)}, AxisLabel: names}}
	o.YAxis = []yAxis{{
		YAxis:     opts.YAxis{Type: "value", SplitNumber: 4},
		AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{Formatter: axisFormatter(f.Results[0].Unit)}},
	}}
	f.layBars(o, 6, 16)
	return o
}

// namesBelow is an axis of names below each other, on two lines where they are wider than a width.
func (f drawing) namesBelow(names []string, width int) yAxis {
	label := &axisLabel{AxisLabel: namesBeside(names, width, 12), Interval: zero, LineHeight: 14, Height: 28}
	return yAxis{YAxis: opts.YAxis{Type: "category", Data: names, Inverse: yes}, AxisLabel: label}
}

// barSeries are the bars of each metric; those of a lone one have beside them what they are compared with, paler.
func (f drawing) barSeries(its []panel.Item, labels, widest string) []series {
	var out []series
	for i, r := range f.Results {
		values, base := empty(len(its)), empty(len(its))
		compared := false
		for j, it := range its {
			for _, pt := range r.Points {
				if panel.Key(pt, 0) == it.Key {
					values[j], base[j] = val(pt.Value), val(pt.Base)
					compared = compared || pt.Base != nil
				}
			}
		}
		out = append(out, series{
			SingleSeries: charts.SingleSeries{Name: f.NameOf(i), Type: types.ChartBar, Data: barData(values), Color: seriesColour(i), BarGap: "15%", BarMaxWidth: widest},
			Label:        &label{Label: opts.Label{Show: opts.Bool(len(f.Results) <= 2), Formatter: "__fmt:" + board.RowFormat(r.Unit), Color: "__c:text"}, Position: labels},
		})
		if compared && len(f.Results) == 1 {
			out = append(out, series{
				SingleSeries: charts.SingleSeries{Name: f.BaseDays(r), Type: types.ChartBar, Data: barData(base), Color: seriesColour(0), BarMaxWidth: widest},
				Label:        &label{Label: opts.Label{Show: yes, Formatter: "__fmt:" + board.RowFormat(r.Unit), Color: "__c:mute", FontSize: 11}, Position: labels},
				ItemStyle:    &itemStyle{ItemStyle: opts.ItemStyle{Opacity: opts.Float(0.4)}},
			})
		}
	}
	return out
}

// layBars leaves room right of bars and above them, and for the legend where there are several series.
func (f drawing) layBars(o *option, right, above int) {
	top := 6
	if len(o.Series) > 1 {
		top = 36 + f.legend(o)
	}
	o.Tooltip.AxisPointer = &opts.AxisPointer{Type: "shadow"}
	o.Grid = &opts.Grid{Left: "8", Right: px(right), Top: px(top + above), Bottom: "0", ContainLabel: yes}
}
