package draw

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/layout"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/dataset"
)

// A graph draws industry chains from upstream to downstream, on a phone from above to below, one chain after the other.
// The size of a node is the first metric; its shade, or its level where there are levels, the second.
type graph struct {
	drawing
	chains []dataset.Chain
	widest int // in rows on a phone, in columns elsewhere

	greatest, darkest float64 // of the first metric, of the second
}

func (f drawing) newGraph() graph {
	g := graph{drawing: f, chains: f.drawnChains(), greatest: greatestOf(f.Results, 0), darkest: greatestOf(f.Results, 1)}
	for _, c := range g.chains {
		_, cols, rows := layout.Chain(c)
		if f.Compact {
			cols = rows
		}
		g.widest = max(g.widest, cols)
	}
	return g
}

// greatestOf is the greatest value of result i, 0 at the least.
func greatestOf(rs []*metric.Result, i int) float64 {
	if i >= len(rs) {
		return 0
	}
	_, most := panel.Extent(rs[i])
	return math.Max(0, most)
}

// value is that of metric i at a node; nil where there is none.
func (g graph) value(i int, code string) *float64 {
	if i >= len(g.Results) {
		return nil
	}
	return of(g.Results[i], code)
}

func (f drawing) graph() *option {
	g := f.newGraph()
	nodes, links := []node{}, []opts.GraphLink{}
	down := 0.0
	for _, c := range g.chains {
		places, cols, rows := layout.Chain(c)
		nodes = append(nodes, g.name(c, down, rows))
		if f.Compact {
			down += 0.8
		}
		for _, p := range places {
			x, y := float64(p.Col)+1, down+p.Row
			if f.Compact {
				// nearer to the middle than to the edge, where the names stand
				x, y = float64(g.widest)/2+0.9*(p.Row-float64(rows-1)/2), down+float64(p.Col)
			}
			n := g.node(p.Node, x, y)
			if f.Compact { // below it the links leave
				n.Label = &label{Label: opts.Label{Show: yes}, Position: p.Side(rows)}
				if 2*p.Row == float64(rows-1) { // in the middle, with more room beside it
					n.Label.Width = 76
				}
			}
			nodes = append(nodes, n)
			for _, to := range p.Node.Feeds {
				bend := p.Bend(places, to, rows)
				if f.Compact {
					bend = -bend // left of a way down is right
				}
				links = append(links, opts.GraphLink{Source: p.Node.Code, Target: to, LineStyle: &opts.LineStyle{Curveness: bend}})
			}
		}
		if f.Compact {
			down += float64(cols) + 0.1
		} else {
			down += float64(rows) + 0.15
		}
	}
	right := float64(g.widest)
	if !f.Compact {
		right += 0.4
	}
	o := f.begin("item", f.Results[0].Unit)
	o.Tooltip.Formatter = "__fmt:tip"
	top := 8
	s := charts.SingleSeries{
		Name: f.Title.In(f.Lang), Type: types.ChartGraph, Layout: "none", CoordSystem: "cartesian2d", Data: nodes, Links: links,
		EdgeSymbol: []string{"none", "arrow"}, EdgeSymbolSize: 7,
		LineStyle: &opts.LineStyle{Color: "__c:q2", Width: 1.2, Opacity: opts.Float(0.8)},
	}
	if len(f.Levels) > 0 {
		top += f.graphHead()
		o.Legend, s.Categories = g.levels()
	}
	o.Grid = &opts.Grid{Left: "0", Right: "0", Top: px(top), Bottom: "0"}
	o.XAxis = []xAxis{{XAxis: opts.XAxis{Type: "value", Show: no, Min: 0, Max: right}}}
	o.YAxis = []yAxis{{YAxis: opts.YAxis{Type: "value", Show: no, Min: -0.5, Max: math.Max(1, down-0.35), Inverse: yes}}}
	o.Series = []series{{SingleSeries: s, Label: &label{
		Label: opts.Label{Show: yes, Formatter: "__fmt:text", FontSize: float32(f.onPhone(11, 12)), Color: "__c:text", LineHeight: float32(f.onPhone(14, 15))}, TextBorderColor: "__c:card", TextBorderWidth: halo,
		Position: "bottom", Width: f.onPhone(64, 150), Overflow: "break",
	}}}
	return o
}

// name is the name of a chain, as a node that is not to be seen.
func (g graph) name(c dataset.Chain, down float64, rows int) node {
	y := down
	if !g.Compact {
		y += float64(rows-1) / 2
	}
	return node{
		GraphNode: opts.GraphNode{Name: "#" + c.Code, SymbolSize: 1, ItemStyle: &opts.ItemStyle{Color: "__c:card"}},
		Value:     []float64{0, y}, Text: c.Title.In(g.Lang),
		Label: &label{Label: opts.Label{Show: yes, FontSize: 13, FontWeight: "600", Color: "__c:ink"}, Position: "right", Offset: []int{-4, 0}, Width: 150},
	}
}

// node is a node of a chain where it stands.
func (g graph) node(n dataset.Node, x, y float64) node {
	v, w := g.value(0, n.Code), g.value(1, n.Code)
	size, shade := 12.0, 0.0
	if v != nil && g.greatest > 0 {
		size = 12 + 30*math.Sqrt(math.Max(0, *v)/g.greatest)
	}
	if w != nil && g.darkest > 0 {
		shade = math.Max(0, *w) / g.darkest
	}
	title := n.Title.In(g.Lang)
	lines := []string{g.segment(title, n.Segment)}
	for i := range g.Results {
		lines = append(lines, g.titled(i, g.value(i, n.Code)))
	}
	out := node{
		GraphNode: opts.GraphNode{Name: n.Code, SymbolSize: size}, Value: []float64{x, y}, Raw: val(v),
		Text: title, Tip: strings.Join(lines, "\n"),
	}
	levels := len(g.Levels)
	if levels == 0 {
		out.ItemStyle = &opts.ItemStyle{Color: fmt.Sprintf("__c:q%d", min(5, 1+int(math.Round(shade*4))))}
		return out
	}
	out.Category = levels // without a value
	if w != nil {
		at := board.LevelOf(g.Levels, *w)
		out.Category, out.Symbol = at, shape(levels, at)
		out.Text = title + "\n" + metric.Number(w, g.Results[1].Unit)
	}
	return out
}

// levels are the classes of nodes, the last for those without a value, and their legend.
func (g graph) levels() (legend, []category) {
	n := len(g.Levels)
	colours := onMarks(n)
	var classes []category
	var names []legendItem
	add := func(name, symbol string, style itemStyle) {
		style.BorderColor, style.BorderWidth = "__c:mute", 1
		classes = append(classes, category{GraphCategory: opts.GraphCategory{Name: name}, Symbol: symbol, ItemStyle: &style})
	}
	for i, x := range g.Levels {
		name := x.Name.In(g.Lang) + "  " + span(g.Levels, i)
		names = append(names, legendItem{name, shape(n, i)})
		add(name, shape(n, i), itemStyle{ItemStyle: opts.ItemStyle{Color: colours[i]}})
	}
	add(g.say("no_value"), "", itemStyle{ItemStyle: opts.ItemStyle{Color: "__c:card"}, BorderType: "dashed"})
	out := legend{
		Legend:  opts.Legend{Show: yes, Type: "plain", Left: "0", Top: "0", ItemWidth: 13, ItemHeight: 13, Data: names},
		ItemGap: 16, SelectedMode: no,
	}
	if g.Compact {
		out.ItemGap, out.TextStyle = 10, &opts.TextStyle{FontSize: 11}
	}
	return out, classes
}

// segment is the title of a node with where on its chain it stands.
func (g graph) segment(title, segment string) string {
	switch segment {
	case "up", "mid", "down":
		return g.say("segment_"+segment, title)
	}
	return title
}

// graphHead is how much room the legend of levels takes.
func (f drawing) graphHead() int {
	if f.Compact {
		return 22 * ((len(f.Levels) + 1) / 2)
	}
	return 30
}

func (f drawing) graphHeight() int {
	row, head := 72, 0
	if len(f.Levels) > 0 {
		row, head = 98, f.graphHead() // a figure stands below each name
	}
	rows := 0.0
	for _, c := range f.drawnChains() {
		_, cols, n := layout.Chain(c)
		if f.Compact {
			rows += float64(cols) + 0.9
		} else {
			rows += float64(n) + 0.15
		}
	}
	height := int(float64(row) * rows)
	if !f.Compact {
		height = max(220, height)
	}
	return height + head
}
