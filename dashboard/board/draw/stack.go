package draw

import (
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
)

// stack draws one dimension stacked, over periods where the panel has no other dimension, else over the first.
func (f drawing) stack() *option {
	r := f.Results[0]
	over := len(f.By) - 1 // the dimension stacked
	var ticks, keys []string
	at := func(pt metric.Point) string { return panel.Key(pt, 0) }
	if over == 0 {
		days := starts(f.Results)
		ticks = period.Ticks(f.Results, days, r.Query.Grain, f.Lang)
		at = func(pt metric.Point) string { return pt.From.Format("2006-01-02") }
		for _, d := range days {
			keys = append(keys, d.Format("2006-01-02"))
		}
	} else {
		for _, it := range f.Shown(0) {
			ticks, keys = append(ticks, it.Name), append(keys, it.Key)
		}
	}
	o := f.begin("axis", r.Unit)
	o.Series = f.stackSeries(over, keys, at)
	o.Tooltip.AxisPointer = &opts.AxisPointer{Type: "shadow"}
	o.Grid = &opts.Grid{Left: "0", Right: "12", Top: px(42 + f.legend(o)), Bottom: "2", ContainLabel: yes}
	values := &axisLabel{AxisLabel: opts.AxisLabel{Formatter: axisFormatter(r.Unit)}}
	if over == 0 {
		o.XAxis = []xAxis{{XAxis: opts.XAxis{Type: "category", Data: ticks}, AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{HideOverlap: yes, Formatter: "__fmt:tick"}}}}
		o.YAxis = []yAxis{{YAxis: opts.YAxis{Type: "value", SplitNumber: 4}, AxisLabel: values}}
		return o
	}
	o.XAxis = []xAxis{{XAxis: opts.XAxis{Type: "value", SplitNumber: 4}, AxisLabel: values}}
	o.YAxis = []yAxis{f.namesBelow(ticks, f.onPhone(104, 150))}
	return o
}

// stackLimit is how many parts a bar has; where there are more the last is all others together.
const stackLimit = 8

// stackSeries are the parts of the bars: keys of dimension over, each along the keys of the other axis.
func (f drawing) stackSeries(over int, keys []string, at func(metric.Point) string) []series {
	its := f.Items(over)
	if f.hasOrder(over) {
		its = f.InOrder(over)
	}
	colours := keyColours(f.By[over])
	var out []series
	shown := its[:min(len(its), stackLimit)]
	if len(its) > stackLimit {
		shown = append(slices.Clone(its[:stackLimit-1]), panel.Item{Name: f.say("other_keys")})
	}
	for i, it := range shown {
		others := i == stackLimit-1 && len(its) > stackLimit
		values, open := empty(len(keys)), make([]bool, len(keys))
		for _, pt := range f.Results[0].Points {
			j := slices.Index(keys, at(pt))
			switch k := panel.Key(pt, over); {
			case j < 0 || !others && k != it.Key || others && slices.ContainsFunc(its[:stackLimit-1], func(x panel.Item) bool { return x.Key == k }):
			case others && values[j] != nothing && pt.Value != nil:
				values[j] = values[j].(float64) + *pt.Value
			case pt.Value != nil:
				values[j], open[j] = val(pt.Value), pt.Open()
			}
		}
		colour := colours[i%len(colours)]
		if others {
			colour = "__c:mute"
		}
		out = append(out, series{
			SingleSeries: charts.SingleSeries{Name: it.Name, Type: types.ChartBar, Data: openBars(barData(values), open), Stack: "all", Color: colour, BarMaxWidth: "26"},
			ItemStyle:    &itemStyle{BorderRadius: zero},
		})
	}
	return out
}
