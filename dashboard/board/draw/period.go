package draw

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// counted is the day up to which a point counts its period, not included: before the period's own end where the data, or
// the days asked for, end inside it.
func counted(pt metric.Point) days.Day {
	if pt.Until.IsZero() || pt.To.Before(pt.Until) {
		return pt.To
	}
	return pt.Until
}

// Unfinished says that a point counts only a part of the period of the grain that it stands for.
func Unfinished(pt metric.Point, g days.Grain) bool {
	if g == days.Total {
		return pt.Partial
	}
	if pt.From.IsZero() || pt.To.IsZero() || pt.Forecast {
		return false
	}
	end := counted(pt)
	return !pt.From.Equal(g.Start(pt.From)) || end.Before(pt.To) || end.Before(g.Next(end.AddDate(0, 0, -1)))
}

// tickOf is the period of a point on an axis; one of which only a part is counted has a star.
func tickOf(pt metric.Point, g days.Grain, lang codes.Lang) string {
	text := tick(pt.From, g, lang)
	if mergedMonths(pt, g) {
		text = fmt.Sprintf("%d-01—02", pt.From.Year())
	}
	if Unfinished(pt, g) {
		text += "*"
	}
	return text
}

// mergedMonths says that a point is of January and February together, between which the lunar new year moves.
func mergedMonths(pt metric.Point, g days.Grain) bool {
	return g == days.Month && pt.From.Month() == time.January && pt.To.After(pt.From.AddDate(0, 1, 0))
}

// periodOf is the period of a point in a table: where only a part is counted, with its first and last day.
func periodOf(pt metric.Point, g days.Grain, lang codes.Lang) string {
	text := strings.TrimSuffix(tickOf(pt, g, lang), "*")
	if !Unfinished(pt, g) {
		return text
	}
	last := counted(pt).AddDate(0, 0, -1)
	day := func(d days.Day) codes.Text { return codes.Text{Zh: d.Format("01-02"), En: d.Format("2 Jan")} }
	return words.In(lang, "part_of_period", text, day(pt.From), day(last))
}

// axisTicks are the periods of results that begin on days, as an axis names them.
func axisTicks(rs []*metric.Result, days []days.Day, g days.Grain, lang codes.Lang) []string {
	out := make([]string, len(days))
	for i, d := range days {
		out[i] = tick(d, g, lang)
		for _, r := range rs {
			if at := slices.IndexFunc(r.Points, func(pt metric.Point) bool { return pt.From.Equal(d) }); at >= 0 {
				out[i] = tickOf(r.Points[at], g, lang)
				break
			}
		}
	}
	return out
}

// tick is a period on an axis.
func tick(d days.Day, g days.Grain, lang codes.Lang) string {
	switch g {
	case days.Year:
		return fmt.Sprint(d.Year())
	case days.Half:
		if d.Month() < time.July {
			return words.In(lang, "tick_half_1", d.Year())
		}
		return words.In(lang, "tick_half_2", d.Year())
	case days.Quarter:
		return fmt.Sprintf("%dQ%d", d.Year(), (int(d.Month())-1)/3+1)
	case days.Total:
		return d.Format("2006-01-02")
	case days.Ten:
		month := d.Format("2006-01")
		switch {
		case d.Day() <= 10:
			return words.In(lang, "tick_ten_1", month)
		case d.Day() <= 20:
			return words.In(lang, "tick_ten_2", month)
		}
		return words.In(lang, "tick_ten_3", month)
	}
	return d.Format("2006-01")
}

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
	return out
}

// remarks are those of one result.
func (f Figure) remarks(r *metric.Result) (out []string) {
	grain, compare := r.Query.Grain, r.Query.Compare
	if slices.ContainsFunc(r.Points, func(pt metric.Point) bool { return mergedMonths(pt, grain) }) {
		out = append(out, f.say("merged_months"))
	}
	var last *metric.Point
	seen := map[days.Day]bool{}
	for i := range r.Points {
		pt := &r.Points[i]
		if last == nil || pt.From.After(last.From) {
			last = pt
		}
		if seen[pt.From] || !Unfinished(*pt, grain) {
			continue
		}
		seen[pt.From] = true
		if text := f.unfinished(*pt, r.Query); text != "" {
			out = append(out, text)
		}
	}
	if compare == metric.NoCompare || last == nil || last.BaseFrom.IsZero() || grain == days.Total && Unfinished(*last, days.Total) {
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
	part := days.Range{From: pt.From, To: counted(pt)}.Label(f.Lang)
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
