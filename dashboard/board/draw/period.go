package draw

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// counted is the end of what a point counts of its period: before the period's own end where the data, or the days
// asked for, end inside it.
func counted(pt metric.Point) metric.Day {
	if pt.Until.IsZero() || pt.To.Before(pt.Until) {
		return pt.To
	}
	return pt.Until
}

// Unfinished says that a point counts only a part of the period of the grain that it stands for.
func Unfinished(pt metric.Point, g metric.Grain) bool {
	if g == metric.Total {
		return pt.Partial
	}
	if pt.From.IsZero() || pt.To.IsZero() || pt.Forecast {
		return false
	}
	end := counted(pt)
	return !pt.From.Equal(g.Start(pt.From)) || end.Before(pt.To) || end.Before(g.Next(end.AddDate(0, 0, -1)))
}

// tickOf is the period of a point on an axis; one of which only a part is counted has a star.
func tickOf(pt metric.Point, g metric.Grain, loc codes.Lang) string {
	text := tick(pt.From, g, loc)
	if mergedMonths(pt, g) {
		text = fmt.Sprintf("%d-01—02", pt.From.Year())
	}
	if Unfinished(pt, g) {
		text += "*"
	}
	return text
}

// mergedMonths says that a point is of January and February together, between which the lunar new year moves.
func mergedMonths(pt metric.Point, g metric.Grain) bool {
	return g == metric.Month && pt.From.Month() == time.January && pt.To.After(pt.From.AddDate(0, 1, 0))
}

// periodOf is the period of a point in a table: where only a part is counted, with its first and last day.
func periodOf(pt metric.Point, g metric.Grain, loc codes.Lang) string {
	text := strings.TrimSuffix(tickOf(pt, g, loc), "*")
	if !Unfinished(pt, g) {
		return text
	}
	last := counted(pt).AddDate(0, 0, -1)
	return text + pick(loc, "（"+pt.From.Format("01-02")+" 至 "+last.Format("01-02")+"）", " ("+pt.From.Format("2 Jan")+" – "+last.Format("2 Jan")+")")
}

// axisTicks are the periods of results that begin on days, as an axis names them.
func axisTicks(rs []*metric.Result, days []metric.Day, g metric.Grain, loc codes.Lang) []string {
	out := make([]string, len(days))
	for i, d := range days {
		out[i] = tick(d, g, loc)
		for _, r := range rs {
			if at := slices.IndexFunc(r.Points, func(pt metric.Point) bool { return pt.From.Equal(d) }); at >= 0 {
				out[i] = tickOf(r.Points[at], g, loc)
				break
			}
		}
	}
	return out
}

// Remarks say below a figure which of its periods are unfinished and what each is compared with.
func (f Figure) Remarks() []string {
	rs, loc := f.Results, f.Lang
	var out []string
	add := func(text string) {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, r := range rs {
		if r == nil {
			continue
		}
		compare := r.Query.Compare
		if slices.ContainsFunc(r.Points, func(pt metric.Point) bool { return mergedMonths(pt, r.Query.Grain) }) {
			add(pick(loc, "1、2 月并为一期", "January and February are one period"))
		}
		var last *metric.Point
		seen := map[metric.Day]bool{}
		for i := range r.Points {
			pt := &r.Points[i]
			if last == nil || pt.From.After(last.From) {
				last = pt
			}
			if seen[pt.From] || !Unfinished(*pt, r.Query.Grain) {
				continue
			}
			seen[pt.From] = true
			part := board.Range{From: pt.From, To: counted(*pt)}.Label(loc)
			switch {
			case r.Query.Grain == metric.Total && pt.BaseFrom.IsZero():
			case pt.BaseFrom.IsZero():
				add("* " + pick(loc, "只含 "+part, part+" only"))
			default:
				add(map[bool]string{true: "", false: "* "}[r.Query.Grain == metric.Total] + part + pick(loc, "，与"+baseName(compare, loc)+"相同天数比", ", against the same days: ") +
					pick(loc, "（"+board.Range{From: pt.BaseFrom, To: pt.BaseTo}.Label(loc)+"）", board.Range{From: pt.BaseFrom, To: pt.BaseTo}.Label(loc)))
			}
		}
		if compare == metric.NoCompare || last == nil || last.BaseFrom.IsZero() || r.Query.Grain == metric.Total && Unfinished(*last, metric.Total) {
			continue
		}
		from, to := last.BaseFrom, last.BaseTo
		for _, pt := range r.Points {
			if !pt.BaseFrom.IsZero() && pt.BaseFrom.Before(from) {
				from = pt.BaseFrom
			}
		}
		add(pick(loc, "对比"+baseName(compare, loc)+"："+board.Range{From: from, To: to}.Label(loc), "compared with "+board.Range{From: from, To: to}.Label(loc)))
	}
	return out
}

// tick is a period on an axis.
func tick(d metric.Day, g metric.Grain, loc codes.Lang) string {
	switch g {
	case metric.Year:
		return fmt.Sprint(d.Year())
	case metric.Half:
		if loc == codes.En {
			return fmt.Sprintf("%d H%d", d.Year(), (int(d.Month())-1)/6+1)
		}
		return fmt.Sprintf("%d%s半年", d.Year(), []string{"上", "下"}[(int(d.Month())-1)/6])
	case metric.Quarter:
		return fmt.Sprintf("%dQ%d", d.Year(), (int(d.Month())-1)/3+1)
	case metric.Total:
		return d.Format("2006-01-02")
	case metric.Ten:
		i := min((d.Day()-1)/10, 2)
		return d.Format("2006-01") + pick(loc, []string{"上旬", "中旬", "下旬"}[i], []string{" 1–10", " 11–20", " 21–"}[i])
	}
	return d.Format("2006-01")
}
