package draw

import (
	"fmt"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// Ref is where a click on a name leads: a filter on a dimension, or a period.
type Ref struct {
	Dim  string `json:"dim"`
	Key  string `json:"key"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Drill says what a click on a name of the drawing filters by. The names are those that the drawing's events carry:
// labels on axes and legends, node ids in a flow, places on a map.
func Drill(f panel.Figure) map[string]Ref {
	out := map[string]Ref{}
	for _, r := range f.Results {
		grain := r.Query.Grain
		for _, pt := range r.Points {
			if grain != days.Total {
				out[period.TickOf(pt, grain, f.Lang)] = Ref{Dim: "period", From: pt.From.Format("2006-01-02"), To: pt.To.Format("2006-01-02")}
			}
			for d, dim := range r.Query.By {
				for _, name := range (drawing{f}).clicked(pt, d) {
					out[name] = Ref{Dim: dim, Key: panel.Key(pt, d)}
				}
			}
		}
	}
	return out
}

// clicked are the names that stand in the drawing for dimension d of a point.
func (f drawing) clicked(pt metric.Point, d int) []string {
	k, name := panel.Key(pt, d), panel.Called(pt, d, f.Lang)
	switch f.Kind {
	case board.Sankey:
		return []string{name, fmt.Sprintf("%d:%s", d, k)}
	case board.Pie:
		return []string{name, brief(name)}
	case board.Graph:
		return []string{name, k}
	case board.OnMap:
		if f.Outline != nil {
			return append([]string{name}, f.Outline.Areas(k)...)
		}
	}
	return []string{name}
}
