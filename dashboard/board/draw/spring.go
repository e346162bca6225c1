package draw

import (
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
)

// spring draws metrics cumulatively over the days around the lunar new year, earlier years dashed and dotted.
func (f drawing) spring() *option {
	days := f.Around()
	var names []string
	for n := -days; n <= days; n++ {
		names = append(names, f.EveTick(n))
	}
	o := f.begin("axis", f.Results[0].Unit)
	years := map[int]int{} // results of a metric so far: the first is the latest year
	for _, r := range f.Results {
		i := f.MetricOf(r)
		o.Series = append(o.Series, f.springSeries(r, i, years[i], len(names)))
		years[i]++
	}
	o.Series[0].MarkLine = &markLine{
		MarkLines: opts.MarkLines{
			Data: []any{opts.MarkLineNameXAxisItem{XAxis: f.EveTick(0)}},
			MarkLineStyle: opts.MarkLineStyle{
				Symbol: []string{"none", "none"}, Label: &opts.Label{Show: no}, LineStyle: &opts.LineStyle{Color: "__c:mute", Type: "solid", Width: 1},
			},
		},
		Silent: yes,
	}
	every := days // names on the axis: both ends and the eve at the least
	for _, n := range []int{10, 7, 5} {
		if days%n == 0 {
			every = n
			break
		}
	}
	o.XAxis = []xAxis{{
		XAxis:       opts.XAxis{Type: "category", Data: names, Name: f.say("days_from_eve"), NameLocation: "middle", NameGap: 26},
		BoundaryGap: no, AxisLabel: &axisLabel{Interval: opts.Int(every - 1)},
	}}
	o.YAxis = []yAxis{{
		YAxis:     opts.YAxis{Type: "value", SplitNumber: 4},
		AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{Formatter: axisFormatter(f.Results[0].Unit)}},
	}}
	o.Tooltip.AxisPointer = &opts.AxisPointer{Type: "line"}
	o.dashes()
	o.Grid = &opts.Grid{Left: "2", Right: "18", Top: px(42 + f.legend(o)), Bottom: "24", ContainLabel: yes}
	return o
}

// springSeries is the line of metric i over a number of days, back years before the latest.
func (f drawing) springSeries(r *metric.Result, i, back, days int) series {
	values, open := empty(days), make([]bool, days)
	for _, pt := range r.Points {
		if at := panel.FromEve(r, pt.From) + f.Around(); at >= 0 && at < days {
			values[at], open[at] = val(pt.Value), pt.Open()
		}
	}
	style := &opts.LineStyle{Width: 2}
	switch back {
	case 1:
		style = &opts.LineStyle{Width: 1.5, Type: "dashed", Opacity: opts.Float(0.7)}
	case 2:
		style = &opts.LineStyle{Width: 1.5, Type: "dotted", Opacity: opts.Float(0.6)}
	}
	out := series{SingleSeries: charts.SingleSeries{
		Name: f.InYear(r), Type: types.ChartLine, Data: lineData(values), Color: seriesColour(i), ShowSymbol: no, LineStyle: style,
		SeriesTooltip: &opts.SeriesTooltip{ValueFormatter: formatter(r.Unit)},
	}}
	if slices.Contains(open, true) { // a day that is not final has a hollow dot
		data := lineData(values)
		for i := range data {
			if data[i].Symbol = "none"; open[i] {
				data[i].Symbol, data[i].SymbolSize = "emptyCircle", 5
			}
		}
		out.Data, out.ShowSymbol, out.AllSymbols = data, yes, yes
	}
	return out
}
