package panel

import (
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
		where = append(where, period.Name(*best, r.Query.Grain, f.Lang))
	}
	for d := range best.Keys {
		where = append(where, Called(*best, d, f.Lang))
	}
	value := metric.Format(best.Value, r.Unit, f.Lang)
	if len(where) == 0 {
		return f.NameOf(i) + " " + value
	}
	return f.say("greatest_at", f.NameOf(i), value, words.Whole(strings.Join(where, " · ")))
}
