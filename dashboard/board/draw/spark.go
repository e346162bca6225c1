package draw

import (
	"slices"

	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// spark draws the small trend of a card: a line without axes.
func (f drawing) spark() *option {
	r := f.Results[0]
	days := starts(f.Results)
	values := empty(len(days))
	final := slices.ContainsFunc(r.Points, func(pt metric.Point) bool { return pt.Value != nil && !pt.Open() })
	for i, d := range days {
		for _, pt := range r.Points {
			if pt.From.Equal(d) && (!pt.Open() || !final) { // what is not final is held against no other
				values[i] = val(pt.Value)
			}
		}
	}
	lone := true // a value between two that are missing has no line to show it
	for i := 1; i < len(values); i++ {
		lone = lone && (values[i] == nothing || values[i-1] == nothing)
	}
	o := f.begin("axis", r.Unit)
	o.Grid = &opts.Grid{Left: "1", Right: "4", Top: "5", Bottom: "3"}
	o.XAxis = []xAxis{{XAxis: opts.XAxis{Type: "category", Data: period.Ticks(f.Results, days, r.Query.Grain, f.Lang), Show: no}, BoundaryGap: no}}
	o.YAxis = []yAxis{{YAxis: opts.YAxis{Type: "value", Show: no, Scale: yes}}}
	o.Series = []series{{SingleSeries: charts.SingleSeries{
		Name: f.NameOf(0), Type: types.ChartLine, Data: lineData(values), Color: seriesColour(0),
		Symbol: "circle", SymbolSize: 5, ShowSymbol: opts.Bool(lone),
		LineStyle: &opts.LineStyle{Width: 1.5}, AreaStyle: &opts.AreaStyle{Opacity: opts.Float(0.08)},
	}}}
	if lone {
		o.Series[0].AllSymbols = yes
	}
	return o
}
