package draw

import (
	"cmp"
	"math"
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
)

// A pair is the values of two metrics in one place.
type pair struct{ a, b *float64 }

// pairs are those of both results, by their two keys.
func (f drawing) pairs() map[[2]string]pair {
	out := map[[2]string]pair{}
	for i, r := range f.Results {
		for _, pt := range r.Points {
			k := [2]string{panel.Key(pt, 0), panel.Key(pt, 1)}
			p := out[k]
			if i == 0 {
				p.a = pt.Value
			} else {
				p.b = pt.Value
			}
			out[k] = p
		}
	}
	return out
}

// difference is how much the first exceeds the second, one that is missing counting as 0.
func (p pair) difference() float64 {
	d := 0.0
	if p.a != nil {
		d += *p.a
	}
	if p.b != nil {
		d -= *p.b
	}
	return d
}

// difference draws a heatmap of two dimensions and two metrics: how much the first exceeds the second, shortages one way
// and surpluses the other, shaded alike on both sides.
func (f drawing) difference() *option {
	pairs := f.pairs()
	rows, columns := f.Shown(0), f.Shown(1)
	if f.Compact {
		return f.differences(f.listed(columns, rows))
	}
	m := matrix{columns: namesOf(columns), rows: namesOf(rows), cells: []cell{}}
	most := 1.0
	for x, column := range columns {
		for y, row := range rows {
			p := pairs[[2]string{row.Key, column.Key}]
			if p.a == nil && p.b == nil {
				continue
			}
			d := p.difference()
			most = math.Max(most, math.Abs(d))
			text := plain(d)
			if d > 0 {
				text = "+" + text
			}
			c := at(x, y, d, text)
			c.Tip = row.Name + " · " + column.Name + "  " + text + "\n" + f.titled(0, p.a) + "\n" + f.titled(1, p.b)
			m.cells = append(m.cells, c)
		}
	}
	m.beside, m.font = namesBeside(m.rows, 150, 12), 12
	m.lo, m.hi, m.above = -most, most, opts.AxisLabel{FontSize: 11, Width: 78}
	o := f.headed(m)
	o.Tooltip.Formatter = "__fmt:tip"
	o.Grid.Bottom = "40" // below the cells stands what the shades mean
	scale := &o.VisualMap[0]
	scale.Show, scale.Calculable, scale.Orient, scale.Left, scale.Bottom = yes, no, "horizontal", "center", "0"
	scale.ItemWidth, scale.ItemHeight = 10, 120
	scale.Text = []string{f.say("short_most", plain(most)), f.say("spare_most", plain(most))}
	scale.TextStyle = &opts.TextStyle{Color: "__c:mute", FontSize: 11}
	scale.InRange.Color = []string{"__c:d1", "__c:d2", "__c:d3", "__c:d4", "__c:d5"}
	return o
}

// titled is a value of metric i with its title.
func (f drawing) titled(i int, v *float64) string {
	return f.NameOf(i) + "  " + metric.Format(v, f.Results[i].Unit, f.Lang)
}

// listed are the places of a matrix one below the other, from what is most short to what is most to spare.
func (f drawing) listed(columns, rows []panel.Item) []panel.Item {
	pairs, out := f.pairs(), []panel.Item{}
	for _, row := range rows {
		for _, column := range columns {
			if p := pairs[[2]string{row.Key, column.Key}]; p.a != nil || p.b != nil {
				out = append(out, panel.Item{Name: row.Name + "\n" + column.Name, Sum: p.difference()})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b panel.Item) int { return cmp.Compare(b.Sum, a.Sum) })
	return out
}

// differences draws on a phone, which has no room for a dozen columns, a bar for each place of the matrix.
func (f drawing) differences(list []panel.Item) *option {
	bars := make([]bar, len(list))
	most, least := 0.0, 0.0
	for i, p := range list {
		colour, text, side := "__c:m5", "+"+plain(p.Sum), "right"
		if p.Sum <= 0 {
			colour, text, side = "__c:d1", plain(p.Sum), "left"
		}
		bars[i] = bar{BarData: opts.BarData{Value: p.Sum, ItemStyle: &opts.ItemStyle{Color: colour}, Label: &opts.Label{Position: side}}, Text: text}
		most, least = math.Max(most, p.Sum), math.Min(least, p.Sum)
	}
	o := f.begin("item", metric.Unit{})
	o.Tooltip.ValueFormatter, o.Tooltip.Formatter = "__fmt:text", "__fmt:cell"
	o.Grid = &opts.Grid{Left: "4", Right: "40", Top: "4", Bottom: "0", ContainLabel: yes}
	o.XAxis = []xAxis{{XAxis: opts.XAxis{Type: "value", Min: least - 0.3*(most-least), Max: most, Show: no}}}
	o.YAxis = []yAxis{f.namesBelow(namesOf(list), 136)}
	o.YAxis[0].AxisLabel.Height = f.namedHigh()
	o.YAxis[0].AxisLine, o.YAxis[0].AxisTick = &opts.AxisLine{OnZero: no, Show: no}, &opts.AxisTick{Show: no}
	o.Series = []series{{
		SingleSeries: charts.SingleSeries{Name: f.Title.In(f.Lang), Type: types.ChartBar, Data: bars, BarMaxWidth: "16"},
		Label:        &label{Label: opts.Label{Show: yes, Formatter: "__fmt:text", Color: "__c:text", FontSize: 11}},
	}}
	return o
}

// namedHigh is how high the name of a place is: each half of it takes two lines in English.
func (f drawing) namedHigh() int { return map[bool]int{true: 56, false: 28}[f.upright()] }
