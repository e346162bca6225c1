package draw

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board/layout"
	"yanzhen/dashboard/metric"
)

// matrix is cells in rows and columns, with the names of columns above and those of rows to the left.
type matrix struct {
	columns, rows []string
	cells         []cell
	lo, hi        float64 // the values that are shaded least and most
	above, beside opts.AxisLabel
	font          float32 // of the cells
}

// at is a cell in a column and a row, shaded by a value.
func at(x, y int, value float64, text string) cell {
	return cell{HeatMapData: opts.HeatMapData{Value: []any{x, y, value}}, Text: text}
}

// matrix draws cells in shades of one colour; a tooltip says a cell's row, column and text.
func (f drawing) matrix(m matrix) *option {
	o := f.begin("item", metric.Unit{})
	o.Tooltip.ValueFormatter, o.Tooltip.Formatter = "__fmt:text", "__fmt:cell"
	o.Grid = &opts.Grid{Left: "4", Right: "2", Top: "4", Bottom: "0", ContainLabel: yes}
	o.VisualMap = []visualMap{{
		VisualMap: opts.VisualMap{Show: no, Type: "continuous", Dimension: "2", InRange: &opts.VisualMapInRange{Color: []string{"__c:q0", "__c:q1", "__c:q2", "__c:q3"}}},
		Min:       &m.lo, Max: &m.hi,
	}}
	m.above.Overflow = "break"
	bare := opts.AxisLine{Show: no}
	ticks := opts.AxisTick{Show: no}
	o.XAxis = []xAxis{{
		XAxis:     opts.XAxis{Type: "category", Data: m.columns, Position: "top", AxisLine: &bare, AxisTick: &ticks},
		AxisLabel: &axisLabel{AxisLabel: m.above, Interval: zero},
	}}
	o.YAxis = []yAxis{{
		YAxis: opts.YAxis{Type: "category", Data: m.rows, Inverse: yes, AxisLine: &bare}, AxisTick: &ticks,
		AxisLabel: &axisLabel{AxisLabel: m.beside, Interval: zero, LineHeight: m.beside.FontSize + 2},
	}}
	o.Series = []series{{
		SingleSeries: charts.SingleSeries{Name: f.Title.In(f.Lang), Type: types.ChartHeatMap, Data: m.cells},
		Label:        &label{Label: opts.Label{Show: yes, Formatter: "__fmt:text", Color: "__c:ink", FontSize: m.font}},
		ItemStyle:    &itemStyle{ItemStyle: opts.ItemStyle{BorderColor: "__c:card", BorderWidth: 2}, BorderRadius: opts.Int(3)},
	}}
	return o
}

// namesBeside are the names of rows, as wide as the longest; where one is wider than a width, all take that and break.
func namesBeside(names []string, width, font int) opts.AxisLabel {
	label := opts.AxisLabel{FontSize: font}
	if layout.Widest(names, float64(font)) > float64(width) {
		label.Width, label.Overflow = width, "break"
	}
	return label
}
