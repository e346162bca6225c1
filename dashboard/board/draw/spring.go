package draw

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// A panel of kind spring has one Result per metric and year, as metric.Engine.AroundEve gives them: the years of the
// first metric, latest first, then those of the next.

// springMetric is the metric of a panel that a result is of.
func springMetric(p Figure, r *metric.Result) int {
	for i, name := range p.Metrics {
		if name == r.Query.Metric {
			return i
		}
	}
	return 0
}

// fromEve is how many days a day lies after the eve; before it, negative.
func fromEve(r *metric.Result, d metric.Day) int { return int(d.Sub(r.Eve) / (24 * time.Hour)) }

// eveTick is a day counted from the eve: −7, 除夕, +7.
func eveTick(n int, loc codes.Lang) string {
	switch {
	case n == 0:
		return pick(loc, "除夕", "Eve")
	case n > 0:
		return "+" + strconv.Itoa(n)
	}
	return "−" + strconv.Itoa(-n)
}

// springName is a metric of a year.
func springName(p Figure, r *metric.Result, loc codes.Lang) string {
	return p.title(springMetric(p, r), loc) + " " + strconv.Itoa(r.Eve.Year()) + pick(loc, " 年", "")
}

func drawSpring(p Figure, rs []*metric.Result, loc codes.Lang) (json.RawMessage, error) {
	days := p.Around()
	var names []string
	for n := -days; n <= days; n++ {
		names = append(names, eveTick(n, loc))
	}
	c := charts.NewLine()
	var series l
	unit := rs[0].Unit
	years := map[int]int{} // results of a metric so far: the first is the latest year
	for _, r := range rs {
		at := springMetric(p, r)
		data := make(l, len(names))
		for i := range data {
			data[i] = "-"
		}
		for _, pt := range r.Points {
			if i := fromEve(r, pt.From) + days; i >= 0 && i < len(data) {
				data[i] = val(pt.Value)
			}
		}
		line := opts.LineStyle{Width: 2}
		style := m{}
		switch years[at] {
		case 1:
			line, style = opts.LineStyle{Width: 1.5, Type: "dashed"}, m{"opacity": 0.7}
		case 2:
			line, style = opts.LineStyle{Width: 1.5, Type: "dotted"}, m{"opacity": 0.6}
		}
		years[at]++
		c.AddSeries(springName(p, r, loc), lineData(len(names)), charts.WithLineStyleOpts(line))
		s := m{"data": data, "color": fmt.Sprintf("__c:s%d", at%8+1), "showSymbol": false, "lineStyle": style, "tooltip": m{"valueFormatter": formatter(r.Unit)}}
		if len(series) == 0 {
			s["markLine"] = m{
				"silent": true, "symbol": "none", "label": m{"show": false}, "lineStyle": m{"color": "__c:mute", "type": "solid", "width": 1},
				"data": l{m{"xAxis": eveTick(0, loc)}},
			}
		}
		series = append(series, s)
	}
	c.SetXAxis(names)
	c.SetGlobalOptions(legend(true, p), tooltip("axis", ""))
	every := days // names on the axis: both ends and the eve at the least
	for _, n := range []int{10, 7, 5} {
		if days%n == 0 {
			every = n
			break
		}
	}
	top := 42
	if len(series) > 3 && !p.Compact {
		top += 20
	}
	shown := dashedLegend(c.MultiSeries)
	var called []string
	for _, s := range c.MultiSeries {
		called = append(called, s.Name)
	}
	if lines := phoneLegend(p, called...); lines > 0 {
		shown["type"] = "plain"
		top += 24 * (lines - 1)
	}
	return finish(p, rs, loc, c, m{
		"legend":  shown,
		"grid":    m{"left": 2, "right": 18, "top": top, "bottom": 24, "containLabel": true},
		"xAxis":   l{m{"type": "category", "boundaryGap": false, "axisLabel": m{"interval": every - 1}, "name": pick(loc, "距除夕天数", "days from the eve"), "nameLocation": "middle", "nameGap": 26}},
		"yAxis":   l{m{"type": "value", "axisLabel": m{"formatter": axisFormatter(unit)}, "splitNumber": 4}},
		"tooltip": merge(tip(formatter(unit)), m{"axisPointer": m{"type": "line"}}),
		"series":  series,
	})
}

// tabulateSpring is a row per day, counted from the eve, and a column per metric and year.
func tabulateSpring(p Figure, rs []*metric.Result, loc codes.Lang) Grid {
	g := Grid{Heads: []Head{{Text: pick(loc, "距除夕天数", "Days from the eve")}, {Text: pick(loc, fmt.Sprintf("%d 年日期", rs[0].Eve.Year()), fmt.Sprintf("Date in %d", rs[0].Eve.Year()))}}}
	at := map[int]int{}
	for n := -p.Around(); n <= p.Around(); n++ {
		at[n] = len(g.Rows)
		g.Rows = append(g.Rows, []Cell{{Text: eveTick(n, loc)}, {Text: rs[0].Eve.AddDate(0, 0, n).Format("2006-01-02")}})
	}
	for i, r := range rs {
		g.Heads = append(g.Heads, Head{Text: springName(p, r, loc), Unit: r.Unit, Number: true})
		for j := range g.Rows {
			g.Rows[j] = append(g.Rows[j], Cell{Text: "—"})
		}
		for _, pt := range r.Points {
			if j, ok := at[fromEve(r, pt.From)]; ok {
				g.Rows[j][i+2] = forecastCell(pt, r.Unit, loc)
			}
		}
	}
	return g
}

// describeSpring says how far each year had come on the last of the days.
func describeSpring(p Figure, rs []*metric.Result, loc codes.Lang) []string {
	var out []string
	for _, r := range rs {
		for i := len(r.Points) - 1; i >= 0; i-- {
			if pt := r.Points[i]; pt.Value != nil {
				day := eveTick(fromEve(r, pt.From), loc)
				out = append(out, springName(p, r, loc)+" "+metric.Format(pt.Value, r.Unit, loc)+pick(loc, "（至 "+day+"）", " (to "+strings.ToLower(day)+")"))
				break
			}
		}
	}
	return out
}
