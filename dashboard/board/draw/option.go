// Package draw draws the figures of a panel: as an ECharts option, with what a click on a name in it leads to. It is the only
// importer of go-echarts.
package draw

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/opts"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/layout"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
)

// option is an ECharts option: go-echarts' types, with what those cannot say in beyond.go. It is written as JSON as it is.
// It holds no function: "__fmt:x" names a formatter and "__c:x" a colour that the page's script knows. Colours, fonts and
// lines of which it says nothing come from the script's theme.
type option struct {
	Aria      opts.Aria   `json:"aria"`
	Color     opts.Colors `json:"color,omitempty"`
	Title     *title      `json:"title,omitempty"`
	Legend    legend      `json:"legend"`
	Tooltip   tooltip     `json:"tooltip"`
	Grid      *opts.Grid  `json:"grid,omitempty"`
	XAxis     []xAxis     `json:"xAxis,omitempty"`
	YAxis     []yAxis     `json:"yAxis,omitempty"`
	VisualMap []visualMap `json:"visualMap,omitempty"`
	Geo       *geo        `json:"geo,omitempty"`
	Graphic   []writing   `json:"graphic,omitempty"`
	Series    []series    `json:"series"`
}

var (
	yes  = opts.Bool(true)
	no   = opts.Bool(false)
	zero = opts.Int(0)
)

// A drawing is a figure that is being drawn.
type drawing struct{ panel.Figure }

// say is a text of the catalogue in the reader's language.
func (f drawing) say(key string, args ...any) string { return words.In(f.Lang, key, args...) }

// onPhone is one of two numbers: that for a phone, or that for any other screen.
func (f drawing) onPhone(phone, other int) int {
	if f.Compact {
		return phone
	}
	return other
}

// Option writes the ECharts option of a figure. Values are written as they are, to the last digit. A panel of kind kpi is
// drawn as its small trend, a table has no option (nil).
func Option(f panel.Figure) (json.RawMessage, error) {
	o, err := drawing{f}.draw()
	if err != nil {
		return nil, fmt.Errorf("panel %s: %w", f.Name, err)
	}
	if o == nil {
		return nil, nil
	}
	out, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("panel %s: %w", f.Name, err)
	}
	return out, nil
}

func (f drawing) draw() (*option, error) {
	if len(f.Results) == 0 {
		return nil, errors.New("nothing to draw: no result was given")
	}
	if !f.DrawsBase() {
		f.Results = present(f.Results)
	}
	switch f.Kind {
	case board.KPI, board.Stack, board.Pie, board.Sankey, board.OnMap:
		f.Results = f.Results[:1] // they draw one metric
	case board.Path, board.Balance:
		if len(f.Results) != 2 {
			return nil, fmt.Errorf("a %s takes two results, got %d", f.Kind, len(f.Results))
		}
	case board.Table:
		return nil, nil
	}
	if f.Kind == board.OnMap && f.Outline == nil && !f.Compact {
		return nil, fmt.Errorf("map %q was not given", f.Map)
	}
	o := f.drawn()
	if o == nil {
		return nil, fmt.Errorf("kind %q cannot be drawn", f.Kind)
	}
	o.Aria = opts.Aria{Enabled: yes, Label: &opts.AriaLabel{Description: f.Describe()}}
	return o, nil
}

// drawn is the drawing of a kind; nil for one that is unknown.
func (f drawing) drawn() *option {
	switch f.Kind {
	case board.KPI:
		return f.spark()
	case board.Trend, board.Line:
		return f.trend()
	case board.Bar:
		return f.bars()
	case board.Column:
		return f.columns()
	case board.Stack:
		return f.stack()
	case board.Pie:
		return f.pie()
	case board.Funnel:
		return f.funnel()
	case board.Heatmap:
		return f.heatmap()
	case board.Path:
		return f.path()
	case board.Triangle:
		return f.triangle()
	case board.Balance:
		return f.balance()
	case board.Spring:
		return f.spring()
	case board.Sankey:
		return f.sankey()
	case board.OnMap:
		return f.onMap()
	case board.Graph:
		return f.graph()
	}
	return nil
}

// begin is an option without a legend, whose tooltip writes values of a unit. Trigger is axis or item.
func (f drawing) begin(trigger string, unit metric.Unit) *option {
	l := opts.Legend{Show: no, Type: "plain", Left: "0", Top: "0", ItemWidth: 12, ItemHeight: 8, Icon: "roundRect"}
	if f.Compact {
		l.Type, l.Right, l.TextStyle = "scroll", "14", &opts.TextStyle{FontSize: 11}
	}
	return &option{
		Legend: legend{Legend: l},
		Tooltip: tooltip{
			Tooltip:    opts.Tooltip{Show: yes, Trigger: trigger, ValueFormatter: formatter(unit)},
			RenderMode: "richText", Confine: true,
		},
	}
}

// names are what the series are called.
func (o *option) names() []string {
	out := make([]string, len(o.Series))
	for i, s := range o.Series {
		out[i] = s.Name
	}
	return out
}

// dashes shows in the legend which lines are dashed: those draw themselves, the others are a mark of their colour.
func (o *option) dashes() {
	var items []legendItem
	for _, s := range o.Series {
		icon := "roundRect"
		if s.LineStyle != nil && s.LineStyle.Type != "" {
			icon = "inherit"
		}
		items = append(items, legendItem{s.Name, icon})
	}
	o.Legend.Data, o.Legend.ItemWidth, o.Legend.Icon = items, 20, ""
}

// px is a length in pixels as go-echarts wants one.
func px(n int) string { return strconv.Itoa(n) }

// mostPlain is how many names a phone's legend shows at once; a longer one is turned a page at a time.
const mostPlain = 16

// legend shows the names of the series above the drawing, and returns how much more room they take than one line of them.
func (f drawing) legend(o *option) int {
	names := o.names()
	o.Legend.Show = yes
	switch {
	case f.Compact && len(names) > mostPlain:
		return 0
	case f.Compact:
		o.Legend.Type = "plain"
	}
	return legendLine * (layout.LegendLines(f.legendWidth(), names) - 1)
}

const legendLine = 24

// legendWidth is how wide a legend may be above a panel of its width.
func (f drawing) legendWidth() int {
	switch {
	case f.Compact:
		return 306
	case f.Span == 0:
		return 1090
	}
	return f.Span*95 - 50
}
