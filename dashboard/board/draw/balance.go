package draw

import (
	"math"

	"yanzhen/dashboard/metric"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// balance draws two metrics away from a common line: the first to the right, the second to the left.
func (f drawing) balance() *option {
	its := f.Shown(0)
	right, left := make([]bar, len(its)), make([]bar, len(its))
	most, least := 0.0, 0.0
	for i, it := range its {
		right[i].Value, left[i].Value = nothing, nothing
		net := 0.0
		if v := of(f.Results[1], it.Key); v != nil {
			net -= *v
			most, least = math.Max(most, -*v), math.Min(least, -*v)
			left[i].Value, left[i].Text = 0-*v, metric.Number(v, f.Results[1].Unit)
		}
		if v := of(f.Results[0], it.Key); v != nil {
			net += *v
			most, least = math.Max(most, *v), math.Min(least, *v)
			right[i].Value, right[i].Text = *v, f.withNet(metric.Number(v, f.Results[0].Unit), net)
		}
	}
	// the number beside the longest bar on the left lies on no name
	room := (most - least) * 0.16
	if f.Compact {
		room = (most - least) * 0.24
	}
	if room == 0 {
		room = 1
	}
	side := func(i int, data []bar, position string) series {
		return series{
			SingleSeries: charts.SingleSeries{Name: f.NameOf(i), Type: types.ChartBar, Data: data, Stack: "all", Color: seriesColour(i), BarMaxWidth: "15"},
			Label:        &label{Label: opts.Label{Show: yes, Formatter: "__fmt:text", Color: "__c:text", FontSize: 11}, Position: position},
		}
	}
	o := f.begin("item", metric.Unit{})
	o.Tooltip.ValueFormatter, o.Tooltip.Formatter = "__fmt:text", "__fmt:cell"
	o.Legend.Show = yes
	o.Grid = &opts.Grid{Left: "8", Right: px(f.onPhone(44, 110)), Top: "36", Bottom: "0", ContainLabel: yes}
	o.XAxis = []xAxis{{
		XAxis:     opts.XAxis{Type: "value", Min: least - room, Max: most, SplitLine: &opts.SplitLine{Show: no}},
		AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{Show: no}},
	}}
	o.YAxis = []yAxis{f.namesBelow(namesOf(its), f.onPhone(84, 120))}
	o.YAxis[0].AxisLine, o.YAxis[0].AxisTick = &opts.AxisLine{OnZero: no, Show: no}, &opts.AxisTick{Show: no}
	o.Series = []series{side(0, right, "right"), side(1, left, "left")}
	return o
}

// withNet puts behind a text what is left of both sides; on a phone there is no room for it.
func (f drawing) withNet(text string, net float64) string {
	sign := ""
	if net > 0 {
		sign = "+"
	}
	if f.Compact {
		return text
	}
	return f.say("net_of", text, sign+plain(net))
}
