package draw

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// springMetric is the metric of the panel that a result is of.
func (f Figure) springMetric(r *metric.Result) int {
	for i, name := range f.Metrics {
		if name == r.Query.Metric {
			return i
		}
	}
	return 0
}

// fromEve is how many days a day lies after the eve; before it, negative.
func fromEve(r *metric.Result, d days.Day) int { return int(d.Sub(r.Eve) / (24 * time.Hour)) }

// eveTick is a day counted from the eve: −7, 除夕, +7.
func (f Figure) eveTick(n int) string {
	switch {
	case n == 0:
		return f.say("eve")
	case n > 0:
		return "+" + strconv.Itoa(n)
	}
	return "−" + strconv.Itoa(-n)
}

// springName is what the line of a metric in a year is called.
func (f Figure) springName(r *metric.Result) string {
	return f.say("in_year", f.title(f.springMetric(r)), strconv.Itoa(r.Eve.Year()))
}

// spring draws metrics cumulatively over the days around the lunar new year, earlier years dashed and dotted.
func (f Figure) spring() *option {
	days := f.Around()
	var names []string
	for n := -days; n <= days; n++ {
		names = append(names, f.eveTick(n))
	}
	o := f.begin("axis", f.Results[0].Unit)
	years := map[int]int{} // results of a metric so far: the first is the latest year
	for _, r := range f.Results {
		i := f.springMetric(r)
		o.Series = append(o.Series, f.springSeries(r, i, years[i], len(names)))
		years[i]++
	}
	o.Series[0].MarkLine = &markLine{
		MarkLines: opts.MarkLines{
			Data: []any{opts.MarkLineNameXAxisItem{XAxis: f.eveTick(0)}},
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
	o.Legend.Show = yes
	o.dashes()
	top := 42
	if len(o.Series) > 3 && !f.Compact {
		top += 20
	}
	if lines := f.phoneLegend(o.names()); lines > 0 {
		o.Legend.Type = "plain"
		top += 24 * (lines - 1)
	}
	o.Grid = &opts.Grid{Left: "2", Right: "18", Top: px(top), Bottom: "24", ContainLabel: yes}
	return o
}

// springSeries is the line of metric i over a number of days, back years before the latest.
func (f Figure) springSeries(r *metric.Result, i, back, days int) series {
	values, open := empty(days), make([]bool, days)
	for _, pt := range r.Points {
		if at := fromEve(r, pt.From) + f.Around(); at >= 0 && at < days {
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
		Name: f.springName(r), Type: types.ChartLine, Data: lineData(values), Color: seriesColour(i), ShowSymbol: no, LineStyle: style,
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

// springGrid is a row per day, counted from the eve, and a column per metric and year.
func (f Figure) springGrid() grid.Grid {
	eve := f.Results[0].Eve
	g := grid.Grid{Heads: []grid.Head{{Text: f.say("days_from_eve_head")}, {Text: f.say("date_in_year", strconv.Itoa(eve.Year()))}}}
	rows := map[int]int{}
	for n := -f.Around(); n <= f.Around(); n++ {
		rows[n] = len(g.Rows)
		g.Rows = append(g.Rows, []grid.Cell{{Text: f.eveTick(n)}, {Text: eve.AddDate(0, 0, n).Format("2006-01-02")}})
	}
	for i, r := range f.Results {
		g.Heads = append(g.Heads, grid.Head{Text: f.springName(r), Unit: r.Unit, Number: true})
		for j := range g.Rows {
			g.Rows[j] = append(g.Rows[j], grid.Cell{Text: "—"})
		}
		for _, pt := range r.Points {
			if j, ok := rows[fromEve(r, pt.From)]; ok {
				g.Rows[j][i+2] = f.valueCell(pt, r.Unit)
			}
		}
	}
	return g
}

// describeSpring says how far each year had come on the last of the days.
func (f Figure) describeSpring() []string {
	var out []string
	for _, r := range f.Results {
		for i := len(r.Points) - 1; i >= 0; i-- {
			if pt := r.Points[i]; pt.Value != nil {
				day := strings.ToLower(f.eveTick(fromEve(r, pt.From)))
				out = append(out, f.say("as_far_as", f.springName(r)+" "+metric.Format(pt.Value, r.Unit, f.Lang), day))
				break
			}
		}
	}
	return out
}
