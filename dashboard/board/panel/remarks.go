package panel

import (
	"slices"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// Remarks say below a figure which of its periods are unfinished and what each is compared with, each once.
func (f Figure) Remarks() []string {
	var out []string
	for _, r := range f.Results {
		if r == nil {
			continue
		}
		for _, text := range f.remarks(r) {
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	if text := period.Veiled(f.Results, f.Lang); text != "" && f.Kind != board.Triangle {
		out = append(out, text)
	}
	return append(grid.Once(out), f.leftOut()...)
}

// remarks are those of one result.
func (f Figure) remarks(r *metric.Result) (out []string) {
	grain, compare := r.Query.Grain, r.Query.Compare
	out = period.Remarks(r, f.Lang)
	if f.Kind != board.Triangle { // whose later cells are blank by nature
		out = append(out, period.Absent(r, f.Lang)...)
	}
	if slices.ContainsFunc(r.Points, func(pt metric.Point) bool { return len(pt.Outputs) > 0 }) {
		out = append(out, f.say("outputs_elsewhere"))
	}
	if slices.ContainsFunc(r.Points, func(pt metric.Point) bool { return period.Merged(pt, grain) }) {
		out = append(out, f.say("merged_months"))
	}
	var last *metric.Point
	seen := map[days.Day]bool{}
	for i := range r.Points {
		pt := &r.Points[i]
		if last == nil || pt.From.After(last.From) {
			last = pt
		}
		if seen[pt.From] || !period.Unfinished(*pt, grain) {
			continue
		}
		seen[pt.From] = true
		if text := f.unfinished(*pt, r.Query); text != "" {
			out = append(out, text)
		}
	}
	if compare == metric.NoCompare || last == nil || last.BaseFrom.IsZero() || grain == days.Total && period.Unfinished(*last, days.Total) {
		return out
	}
	from, to := last.BaseFrom, last.BaseTo
	for _, pt := range r.Points {
		if !pt.BaseFrom.IsZero() && pt.BaseFrom.Before(from) {
			from = pt.BaseFrom
		}
	}
	return append(out, f.say("compared_with_"+comparison(compare), days.Range{From: from, To: to}.Label(f.Lang)))
}

// unfinished says which days an unfinished period counts and which it is compared with; "" for a whole that is compared
// with nothing. A star leads from the period on the axis to the sentence.
func (f Figure) unfinished(pt metric.Point, q metric.Query) string {
	part := days.Range{From: pt.From, To: period.Counted(pt)}.Label(f.Lang)
	star := "* "
	if q.Grain == days.Total {
		star = ""
	}
	switch {
	case pt.BaseFrom.IsZero() && q.Grain == days.Total:
		return ""
	case pt.BaseFrom.IsZero():
		return star + f.say("part_only", part)
	}
	return star + f.say("part_against_"+comparison(q.Compare), part, days.Range{From: pt.BaseFrom, To: pt.BaseTo}.Label(f.Lang))
}

// Listed is how many keys of the first dimension stand in the figure's table, and how many there are.
func (f Figure) Listed() (listed, all int) {
	if len(f.By) == 0 || len(f.Results) == 0 || f.Results[0] == nil {
		return 0, 0
	}
	listed = len(f.Keys(0))
	if all = max(listed, f.Results[0].Keys); f.Kind == board.Table && f.Limit > 0 {
		listed = min(listed, f.Limit)
	}
	return listed, all
}

// leftOut says how many of how many keys are shown, where some are not.
func (f Figure) leftOut() (out []string) {
	if len(f.By) == 0 || len(f.Results) == 0 || f.Results[0] == nil || len(f.Results[0].Points) == 0 {
		return nil
	}
	say := func(d, shown int) {
		all := len(f.Keys(d))
		if d == 0 {
			all = max(all, f.Results[0].Keys)
		}
		switch {
		case shown <= 0 || shown >= all:
		case f.Kind == board.Table:
			out = append(out, f.say("left_out_rows", shown, all))
		case len(f.By) == 1:
			out = append(out, f.say("left_out", shown, all))
		default:
			out = append(out, f.say("left_out_of", f.dim(d), shown, all))
		}
	}
	switch f.Kind {
	case board.Bar, board.Column, board.Trend, board.Line, board.Balance:
		say(0, len(f.Shown(0)))
	case board.Table:
		say(0, f.Limit)
	case board.Stack:
		if len(f.By) > 1 {
			say(0, len(f.Shown(0)))
		}
	case board.Heatmap:
		first, then := 0, 1
		if f.IsDifference() {
			first, then = 1, 0
		}
		for _, d := range []int{first, then} {
			if d < len(f.By) {
				say(d, len(f.Shown(d)))
			}
		}
	}
	return out
}
