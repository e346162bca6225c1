package panel

import (
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// MetricOf is the metric of the panel that a result is of.
func (f Figure) MetricOf(r *metric.Result) int {
	for i, name := range f.Metrics {
		if name == r.Query.Metric {
			return i
		}
	}
	return 0
}

// FromEve is how many days a day lies after the eve; before it, negative.
func FromEve(r *metric.Result, d days.Day) int { return int(d.Sub(r.Eve) / (24 * time.Hour)) }

// EveTick is a day counted from the eve: −7, 除夕, +7.
func (f Figure) EveTick(n int) string {
	switch {
	case n == 0:
		return f.say("eve")
	case n > 0:
		return "+" + strconv.Itoa(n)
	}
	return "−" + strconv.Itoa(-n)
}

// InYear is what the line of a metric in a year is called.
func (f Figure) InYear(r *metric.Result) string {
	return f.say("in_year", f.NameOf(f.MetricOf(r)), strconv.Itoa(r.Eve.Year()))
}

// springGrid is a row per day, counted from the eve, and a column per metric and year.
func (f Figure) springGrid() grid.Grid {
	eve := f.Results[0].Eve
	g := grid.Grid{Heads: []grid.Head{{Text: f.say("days_from_eve_head")}, {Text: f.say("date_in_year", strconv.Itoa(eve.Year()))}}}
	rows := map[int]int{}
	for n := -f.Around(); n <= f.Around(); n++ {
		rows[n] = len(g.Rows)
		g.Rows = append(g.Rows, []grid.Cell{{Text: f.EveTick(n)}, {Text: eve.AddDate(0, 0, n).Format("2006-01-02")}})
	}
	for i, r := range f.Results {
		g.Heads = append(g.Heads, grid.Head{Text: f.InYear(r), Unit: r.Unit, Number: true})
		for j := range g.Rows {
			g.Rows[j] = append(g.Rows[j], grid.Cell{Text: "—"})
		}
		for _, pt := range r.Points {
			if j, ok := rows[FromEve(r, pt.From)]; ok {
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
				day := strings.ToLower(f.EveTick(FromEve(r, pt.From)))
				out = append(out, f.say("as_far_as", f.InYear(r)+" "+metric.Format(pt.Value, r.Unit, f.Lang), day))
				break
			}
		}
	}
	return out
}
