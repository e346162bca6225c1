package draw

import (
	"fmt"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board/layout"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
)

// flowRoom is how wide the names beside the last column of a flow may be at a desk; on a phone they stand inside it.
func (f drawing) flowRoom() int {
	if f.Span < 8 {
		return 150
	}
	return 240
}

// flowGap is the room between the nodes of a flow: on a phone the lines that a name of the last column needs.
func (f drawing) flowGap() int {
	if f.Compact {
		return 11 * min(3, 1+int(layout.Widest(namesOf(f.Ranked(len(f.By)-1)), 10))/(flowBetween/2))
	}
	return 14
}

// flowBetween is how many pixels lie between two columns of three on a phone, for the names beside both.
const flowBetween = 132

// flowLimit is how many keys of a column have a name where the panel has no limit.
const flowLimit = 12

func (f drawing) sankeyHeight() int {
	longest := 0
	for d := range f.By {
		n := len(f.Keys(d))
		if d < len(f.By)-1 {
			n = min(n, f.AtMost(flowLimit)+1)
		}
		longest = max(longest, n)
	}
	return max(f.onPhone(520, 440), longest*(f.flowGap()+f.onPhone(16, 14)))
}

// sankey draws flows between the keys of two dimensions or more.
func (f drawing) sankey() *option {
	r := f.Results[0]
	nodes, links := f.flows()
	o := f.begin("item", r.Unit)
	o.Color = keyColours("")
	o.Tooltip.Formatter = "__fmt:flow"
	s := series{
		SingleSeries: charts.SingleSeries{
			Name: f.NameOf(0), Type: types.ChartSankey, Data: nodes, Links: links, Draggable: no,
			Left: "2", Right: px(f.onPhone(2, f.flowRoom()+8)), Top: "6", Bottom: px(f.onPhone(14, 8)),
			NodeWidth: opts.Int(f.onPhone(8, 10)), NodeGap: opts.Int(f.flowGap()),
			LineStyle: &opts.LineStyle{Color: "source", Opacity: opts.Float(0.22), Curveness: 0.5},
		},
		Label:    &label{Label: opts.Label{Show: yes, Formatter: "__fmt:text", FontSize: float32(f.onPhone(11, 12)), Color: "__c:ink"}, TextBorderColor: "__c:card", TextBorderWidth: halo},
		Emphasis: &emphasis{Emphasis: opts.Emphasis{Focus: "adjacency"}, LineStyle: &opts.LineStyle{Opacity: opts.Float(0.45)}},
	}
	o.Series = []series{s}
	return o
}

// named are, of each dimension, the keys that keep their name: the greatest, and all of a last one that has few.
func (f drawing) named() []map[string]bool {
	most := f.AtMost(flowLimit)
	if f.Compact {
		most = min(most, 8)
	}
	out := make([]map[string]bool, len(f.By))
	for d := range f.By {
		its := f.Ranked(d)
		out[d] = map[string]bool{}
		for i, it := range its {
			if d == len(f.By)-1 && len(its) <= 20 || i < most {
				out[d][it.Key] = true
			}
		}
	}
	return out
}

// flows are the nodes of a flow and what runs between them; what keeps no name runs through one node for the others.
func (f drawing) flows() (nodes []flowNode, links []flowLink) {
	type way struct{ from, to string }
	named := f.named()
	nodes, links = []flowNode{}, []flowLink{}
	seen := map[string]bool{}
	through := func(pt metric.Point, d int) string {
		k, name := panel.Key(pt, d), panel.Called(pt, d, f.Lang)
		if !named[d][k] {
			k, name = "\x00", f.say("other_keys")
		}
		id := fmt.Sprintf("%d:%s", d, k)
		if !seen[id] {
			seen[id] = true
			nodes = append(nodes, flowNode{SankeyNode: opts.SankeyNode{Name: id, Depth: &d}, Text: name, Label: f.flowLabel(d)})
		}
		return id
	}
	at := map[way]int{}
	for _, pt := range f.Results[0].Points {
		if pt.Value == nil || *pt.Value <= 0 {
			continue
		}
		for d := 0; d+1 < len(f.By); d++ {
			w := way{through(pt, d), through(pt, d+1)}
			i, ok := at[w]
			if !ok {
				i = len(links)
				at[w] = i
				links = append(links, flowLink{SankeyLink: opts.SankeyLink{Source: w.from, Target: w.to}})
			}
			links[i].Value += *pt.Value
		}
	}
	return nodes, links
}

// flowLabel is how the names of a column stand; nil where they stand as those of every other.
func (f drawing) flowLabel(d int) *label {
	last := d == len(f.By)-1
	if !f.Compact {
		if last {
			return &label{Label: opts.Label{LineHeight: 13}, Position: "right", Width: f.flowRoom(), Height: 13, Overflow: "break"}
		}
		return nil
	}
	out := &label{}
	if last {
		out.Position = "left"
	}
	if len(f.By) > 2 {
		// between the columns of a flow of three is room for three lines; the last two share one, the longer names with more
		out.Label, out.Width, out.Height, out.Overflow = opts.Label{FontSize: 10, LineHeight: 11}, 120, 33, "break"
		if d > 0 {
			its, others := layout.Widest(namesOf(f.Ranked(d)), 10), layout.Widest(namesOf(f.Ranked(3-d)), 10)
			out.Width = min(76, max(56, int(flowBetween*its/(its+others))))
		}
	}
	return out
}
