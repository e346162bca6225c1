package draw

import (
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// A line is one curve, or one row of bars, over the periods.
type line struct {
	name, mark string
	unit       metric.Unit
	values     []any
	base       []any  // what the values are compared with; nil where nothing is drawn
	open       []bool // which values are not final
}

// apart takes the values that are not final out of a line, into one of their own; nil where there are none.
func (s line) apart() (final, open []any) {
	final = slices.Clone(s.values)
	for i, v := range s.values {
		if !s.open[i] || v == nothing {
			continue
		}
		if open == nil {
			open = empty(len(s.values))
		}
		open[i], final[i] = v, nothing
	}
	return final, open
}

// trend draws metrics, or the keys of one dimension, over periods.
func (f drawing) trend() *option {
	begins := starts(f.Results)
	lines := f.lines(begins)
	units := f.units()
	grain := f.Results[0].Query.Grain
	if grain == days.Total {
		grain = f.Grain
	}
	o := f.begin("axis", f.Results[0].Unit)
	o.Tooltip.AxisPointer = &opts.AxisPointer{Type: "line"}
	o.XAxis = []xAxis{{
		XAxis:       opts.XAxis{Type: "category", Data: period.Ticks(f.Results, begins, grain, f.Lang)},
		BoundaryGap: yes, AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{HideOverlap: yes, Formatter: "__fmt:tick"}},
	}}
	o.YAxis = f.trendAxes(lines, units)
	o.Series = f.trendSeries(lines, units, len(begins))
	top := 14
	if len(o.Series) > 1 {
		top = 42 + f.legend(o)
	}
	if len(units) > 1 {
		top += 20
	}
	if len(o.Series) > len(lines) {
		o.dashes()
	}
	o.Grid = &opts.Grid{Left: "2", Right: "8", Top: px(top), Bottom: "4", ContainLabel: yes}
	f.layBands(o)
	return o
}

// lines are what a trend draws over the periods that begin on these days.
func (f drawing) lines(begins []days.Day) []line {
	along := func(name, mark string, r *metric.Result, points []metric.Point) line {
		s := line{name, mark, r.Unit, empty(len(begins)), empty(len(begins)), make([]bool, len(begins))}
		any := false
		for _, pt := range points {
			i := slices.IndexFunc(begins, pt.From.Equal)
			s.values[i], s.base[i], s.open[i] = val(pt.Value), val(pt.Base), pt.Open()
			any = any || pt.Base != nil
		}
		if !any || r.Query.Compare == metric.Previous {
			s.base = nil // the period before stands just to the left
		}
		return s
	}
	var out []line
	if len(f.By) == 1 {
		r := f.Results[0]
		for _, it := range f.Shown(0) {
			out = append(out, along(it.Name, f.mark(0), r, slices.DeleteFunc(slices.Clone(r.Points), func(pt metric.Point) bool { return panel.Key(pt, 0) != it.Key })))
		}
	} else {
		for i, r := range f.Results {
			out = append(out, along(f.NameOf(i), f.mark(i), r, r.Points))
		}
	}
	if len(out) > panel.ComparedLines {
		for i := range out {
			out[i].base = nil
		}
	}
	return out
}

// mark is what metric i of a trend is drawn as: bar, line or area.
func (f drawing) mark(i int) string {
	switch {
	case i < len(f.Marks):
		return f.Marks[i]
	case f.Kind != board.Line && len(f.By) == 0 && len(f.Results) == 1:
		return "bar"
	}
	return "line"
}

// units are those of the value axes: a second unit has an axis of its own, any further one shares the first.
func (f drawing) units() []metric.Unit {
	out := []metric.Unit{f.Results[0].Unit}
	for _, r := range f.Results[1:] {
		if !slices.Contains(out, r.Unit) && len(out) < 2 {
			out = append(out, r.Unit)
		}
	}
	return out
}

// trendSeries are the bars, then the lines, then what those are compared with.
func (f drawing) trendSeries(lines []line, units []metric.Unit, periods int) []series {
	var bars, curves, bases []series
	for i, s := range lines {
		one := charts.SingleSeries{
			Name: s.name, Color: seriesColour(i), YAxisIndex: max(0, slices.Index(units, s.unit)), SeriesTooltip: &opts.SeriesTooltip{ValueFormatter: formatter(s.unit)},
		}
		base := one
		if s.mark == "bar" {
			one.Type, one.Data, one.BarGap, one.BarMaxWidth = types.ChartBar, openBars(barData(s.values), s.open), "20%", "18"
			bars = append(bars, series{SingleSeries: one})
		} else {
			final, open := s.apart()
			one.Type, one.Data = types.ChartLine, lineData(final)
			one.Symbol, one.SymbolSize, one.ShowSymbol = "circle", 5, opts.Bool(periods <= 16)
			one.LineStyle = &opts.LineStyle{Width: 2}
			if s.mark == "area" {
				one.AreaStyle = &opts.AreaStyle{Opacity: opts.Float(0.10)}
			}
			curves = append(curves, series{SingleSeries: one})
			if open != nil {
				one.Name, one.Data, one.AreaStyle = f.say("open_series", s.name), lineData(open), nil
				one.Symbol, one.SymbolSize, one.ShowSymbol = "emptyCircle", 7, yes
				one.LineStyle = &opts.LineStyle{Width: 2, Type: "dashed"}
				curves = append(curves, series{SingleSeries: one})
			}
		}
		if s.base == nil {
			continue
		}
		base.Name, base.Type, base.Data = f.baseOf(s.name, len(lines)), types.ChartLine, lineData(s.base)
		base.Symbol, base.SymbolSize, base.ShowSymbol = "emptyCircle", 4, opts.Bool(periods <= 16)
		base.LineStyle = &opts.LineStyle{Width: 1.5, Type: "dashed", Opacity: opts.Float(0.65)}
		bases = append(bases, series{SingleSeries: base, ItemStyle: &itemStyle{ItemStyle: opts.ItemStyle{Opacity: opts.Float(0.65)}}})
	}
	return append(append(bars, curves...), bases...)
}

// baseOf is what the line is called that shows what another, one of lines, is compared with.
func (f drawing) baseOf(name string, lines int) string {
	if lines > 1 {
		return f.say("year_before", name) // how they were put side by side, the note says
	}
	return f.BaseDays(f.Results[0])
}

// trendAxes are the value axes. They begin at 0 under bars and areas, and where a thing is counted.
func (f drawing) trendAxes(lines []line, units []metric.Unit) []yAxis {
	bare := !slices.ContainsFunc(lines, func(s line) bool { return s.mark == "bar" || s.mark == "area" })
	var out []yAxis
	for i, u := range units {
		scale := bare && !u.Amount()
		y := yAxis{
			YAxis:     opts.YAxis{Type: "value", SplitNumber: 4, Scale: opts.Bool(scale)},
			AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{Formatter: axisFormatter(u)}},
		}
		if formatter(u) == "__fmt:pct" && !scale {
			y.Min, y.Max, y.Interval = 0, 100, 25 // by itself it takes 30, and 90 stands against 100
		}
		if len(units) > 1 {
			y.Name = u.Word(f.Lang)
			y.NameTextStyle = &opts.TextStyle{Align: []string{"left", "right"}[i], Padding: []int{0, 0, 4, 0}}
			y.AlignTicks = opts.Bool(i == 1)
			y.SplitLine = &opts.SplitLine{Show: opts.Bool(i == 0)}
		}
		out = append(out, y)
	}
	return out
}
