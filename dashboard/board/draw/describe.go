package draw

import (
	"fmt"
	"strings"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// Describe says in one sentence what a figure shows, for readers who hear the page.
func (f Figure) Describe() string {
	parts := []string{f.Title.In(f.Lang)}
	if f.Finding != "" {
		parts = []string{f.Finding, parts[0]}
	}
	if f.Kind == board.Spring {
		parts = append(parts, f.describeSpring()...)
	} else {
		for i, r := range f.Results {
			if text := f.describe(i, r); text != "" {
				parts = append(parts, text)
			}
		}
	}
	return words.Join(f.Lang, "sep_clause", parts) + f.say("sep_end")
}

// describe says where result i is greatest; "" where it has no value.
func (f Figure) describe(i int, r *metric.Result) string {
	var best *metric.Point
	for j := range r.Points {
		if v := r.Points[j].Value; v != nil && (best == nil || *v > *best.Value) {
			best = &r.Points[j]
		}
	}
	if best == nil {
		return ""
	}
	var where []string
	if r.Query.Grain != days.Total {
		where = append(where, strings.TrimSuffix(period.TickOf(*best, r.Query.Grain, f.Lang), "*"))
	}
	for d := range best.Keys {
		where = append(where, called(*best, d, f.Lang))
	}
	value := metric.Format(best.Value, r.Unit, f.Lang)
	if len(where) == 0 {
		return f.title(i) + " " + value
	}
	return f.say("greatest_at", f.title(i), value, words.Whole(strings.Join(where, " · ")))
}

// Ref is where a click on a name leads: a filter on a dimension, or a period.
type Ref struct {
	Dim  string `json:"dim"`
	Key  string `json:"key"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Drill says what a click on a name of the drawing filters by. The names are those that the drawing's events carry:
// labels on axes and legends, node ids in a flow, places on a map.
func (f Figure) Drill() map[string]Ref {
	out := map[string]Ref{}
	for _, r := range f.Results {
		grain := r.Query.Grain
		for _, pt := range r.Points {
			if grain != days.Total {
				out[period.TickOf(pt, grain, f.Lang)] = Ref{Dim: "period", From: pt.From.Format("2006-01-02"), To: pt.To.Format("2006-01-02")}
			}
			for d, dim := range r.Query.By {
				for _, name := range f.clicked(pt, d) {
					out[name] = Ref{Dim: dim, Key: key(pt, d)}
				}
			}
		}
	}
	return out
}

// clicked are the names that stand in the drawing for dimension d of a point.
func (f Figure) clicked(pt metric.Point, d int) []string {
	k, name := key(pt, d), called(pt, d, f.Lang)
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
