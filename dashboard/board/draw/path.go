package draw

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// path draws one metric against another, a point per period, joined in the order of time.
func (f drawing) path() *option {
	o := f.begin("item", f.Results[1].Unit)
	o.Tooltip.Formatter = "__fmt:tip"
	o.Grid = &opts.Grid{Left: "4", Right: "26", Top: "34", Bottom: "26", ContainLabel: yes}
	across, up := f.pathAxis(0), f.pathAxis(1)
	o.XAxis = []xAxis{{XAxis: across, AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{Formatter: axisFormatter(f.Results[0].Unit)}}}}
	o.XAxis[0].NameLocation, o.XAxis[0].NameGap = "middle", 28
	o.YAxis = []yAxis{{
		YAxis:         opts.YAxis{Type: up.Type, Scale: up.Scale, Name: up.Name, SplitNumber: up.SplitNumber, SplitLine: up.SplitLine},
		NameTextStyle: &opts.TextStyle{Align: "left"},
		AxisLabel:     &axisLabel{AxisLabel: opts.AxisLabel{Formatter: axisFormatter(f.Results[1].Unit)}},
	}}
	o.Series = []series{{
		SingleSeries: charts.SingleSeries{
			Name: f.Title.In(f.Lang), Type: types.ChartLine, Data: f.waypoints(), Color: seriesColour(0),
			Symbol: "circle", SymbolSize: 7, ShowSymbol: yes, LineStyle: &opts.LineStyle{Width: 1.5}, LabelLayout: &opts.LabelLayout{HideOverlap: yes},
		},
		Smooth: 0.2,
		Label:  &label{Label: opts.Label{Formatter: "__fmt:text", FontSize: 11, Color: "__c:text"}, Position: "top", TextBorderColor: "__c:card", TextBorderWidth: halo},
	}}
	return o
}

// pathAxis is the axis of metric i with its name and unit.
func (f drawing) pathAxis(i int) opts.XAxis {
	name := f.NameOf(i)
	if u := f.Results[i].Unit.Word(f.Lang); u != "" {
		name = f.say("bracketed", name, u)
	}
	return opts.XAxis{Type: "value", Scale: yes, Name: name, SplitNumber: 4, SplitLine: &opts.SplitLine{Show: yes}}
}

// waypoints are the periods in which both metrics have a value. The ends and the beginnings of years are named; more
// names would lie on each other.
func (f drawing) waypoints() []waypoint {
	in := func(r *metric.Result, d days.Day) *float64 {
		for _, pt := range r.Points {
			if pt.From.Equal(d) {
				return pt.Value
			}
		}
		return nil
	}
	begins := starts(f.Results)
	grain := f.Results[0].Query.Grain
	names := period.Ticks(f.Results, begins, grain, f.Lang)
	out := []waypoint{}
	var years []bool // whether a point begins one
	for i, d := range begins {
		x, y := in(f.Results[0], d), in(f.Results[1], d)
		if x == nil || y == nil {
			continue
		}
		years = append(years, d.Equal(days.Year.Start(d)))
		out = append(out, waypoint{
			LineData: opts.LineData{Name: names[i], Value: []float64{*x, *y}},
			Tip:      names[i] + "\n" + f.titled(0, x) + "\n" + f.titled(1, y), Label: &label{Label: opts.Label{Show: no}},
		})
	}
	for i := range out {
		p := &out[i]
		last := i == len(out)-1
		if i == 0 || last || grain == days.Quarter && years[i] {
			p.Text, p.Label = p.Name, &label{Label: opts.Label{Show: yes}}
		}
		if last {
			p.SymbolSize, p.ItemStyle = 12, &opts.ItemStyle{Color: "__c:s2"}
			p.Label = &label{Label: opts.Label{Show: yes, FontWeight: "600", Color: "__c:ink"}, Position: "bottom"}
		}
	}
	return out
}
