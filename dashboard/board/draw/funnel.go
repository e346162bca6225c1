package draw

import (
	"fmt"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/metric"
)

// funnel draws metrics as steps, each a part of the one before.
func (f drawing) funnel() *option {
	names := make([]string, len(f.Results))
	steps := make([]bar, len(f.Results))
	var top, before *float64
	for i, r := range f.Results {
		names[i] = f.NameOf(i)
		v := first(r)
		text := f.say("not_yet_known")
		if v != nil {
			text = plain(*v)
			if i == 0 {
				top = v
			} else if top != nil && *top != 0 && before != nil && *before != 0 {
				text += f.reached(i, r, *v, *top, *before)
			}
		}
		before = v
		colour := fmt.Sprintf("__c:q%d", max(2, 5-i))
		if lost(r) {
			colour = "__c:s2"
		}
		steps[i] = bar{BarData: opts.BarData{Value: val(v), ItemStyle: &opts.ItemStyle{Color: colour}}, Text: text}
	}
	o := f.begin("item", f.Results[0].Unit)
	o.Grid = &opts.Grid{Left: "0", Right: "0", Top: "12", Bottom: "0", ContainLabel: yes}
	o.XAxis = []xAxis{{XAxis: opts.XAxis{Type: "value", Show: no}}}
	if top != nil && *top > 0 {
		o.XAxis[0].Max = *top
	}
	o.YAxis = []yAxis{f.namesBelow(names, f.onPhone(84, 130))}
	o.YAxis[0].AxisLine = &opts.AxisLine{Show: no}
	o.Series = []series{{
		SingleSeries:    charts.SingleSeries{Name: f.Title.In(f.Lang), Type: types.ChartBar, Data: steps, BarWidth: "20", ShowBackground: yes},
		BackgroundStyle: &itemStyle{ItemStyle: opts.ItemStyle{Color: "__c:q0"}, BorderRadius: opts.Int(2)},
		Label:           &label{Label: opts.Label{Show: yes, Formatter: "__fmt:text", FontSize: 12, Color: "__c:text"}, Position: []int{0, -16}},
	}}
	return o
}

// lost says that a step counts those lost on the way.
func lost(r *metric.Result) bool { return r.Metric != nil && r.Metric.Direction == "down" }

// reached says how much of the first step, and of the one before, a step is. One that more people reach than the one
// before, or that counts those lost, is no share of it.
func (f drawing) reached(i int, r *metric.Result, v, top, before float64) string {
	text := "   " + f.say("of_first_step", 100*v/top)
	if i > 1 && !f.Compact && v <= before && !lost(r) {
		text += f.say("of_step_before", 100*v/before)
	}
	return text
}
