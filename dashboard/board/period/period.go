// Package period says what the period of a point is called on an axis and in a table, and what is not final about its
// number.
package period

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

// Counted is the day up to which a point counts its period, not included: before the period's own end where the data, or
// the days asked for, end inside it.
func Counted(pt metric.Point) days.Day {
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
	end := Counted(pt)
	return !pt.From.Equal(g.Start(pt.From)) || end.Before(pt.To) || end.Before(g.Next(end.AddDate(0, 0, -1)))
}

// TickOf is the period of a point on an axis; one of which only a part is counted has a star.
func TickOf(pt metric.Point, g days.Grain, lang codes.Lang) string {
	text := Tick(pt.From, g, lang)
	if Merged(pt, g) {
		text = codes.Text{Zh: fmt.Sprintf("%d-01—02", pt.From.Year()), En: fmt.Sprintf("Jan–Feb %d", pt.From.Year())}.In(lang)
	}
	if Unfinished(pt, g) || pt.Open() {
		text += "*"
	}
	return text
}

// Merged says that a point is of January and February together, between which the lunar new year moves.
func Merged(pt metric.Point, g days.Grain) bool {
	return g == days.Month && pt.From.Month() == time.January && pt.To.After(pt.From.AddDate(0, 1, 0))
}

// Of is the period of a point in a table: where only a part is counted, with its first and last day.
func Of(pt metric.Point, g days.Grain, lang codes.Lang) string {
	text := strings.TrimSuffix(TickOf(pt, g, lang), "*")
	if !Unfinished(pt, g) {
		return text
	}
	last := Counted(pt).AddDate(0, 0, -1)
	day := func(d days.Day) codes.Text { return codes.Text{Zh: d.Format("01-02"), En: d.Format("2 Jan")} }
	return words.In(lang, "part_of_period", text, day(pt.From), day(last))
}

// Ticks are the periods of results that begin on days, as an axis names them.
func Ticks(rs []*metric.Result, days []days.Day, g days.Grain, lang codes.Lang) []string {
	out := make([]string, len(days))
	for i, d := range days {
		out[i] = Tick(d, g, lang)
		for _, r := range rs {
			if at := slices.IndexFunc(r.Points, func(pt metric.Point) bool { return pt.From.Equal(d) }); at >= 0 {
				out[i] = TickOf(r.Points[at], g, lang)
				break
			}
		}
	}
	return out
}

// Name is the period of a point in a sentence.
func Name(pt metric.Point, g days.Grain, lang codes.Lang) string {
	if Merged(pt, g) || g == days.Total || g == days.Ten {
		return strings.TrimSuffix(TickOf(pt, g, lang), "*")
	}
	from := g.Start(pt.From)
	return days.Range{From: from, To: g.Next(from)}.Label(lang)
}

// Tick is a period on an axis: in Chinese short, in English as everywhere.
func Tick(d days.Day, g days.Grain, lang codes.Lang) string {
	if lang == codes.En && g != days.Total && g != days.Ten {
		from := g.Start(d)
		return days.Range{From: from, To: g.Next(from)}.Label(lang)
	}
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
		return codes.Text{Zh: d.Format("2006-01-02"), En: days.Label(d, lang)}.In(lang)
	case days.Ten:
		month := codes.Text{Zh: d.Format("2006-01"), En: d.Format("Jan 2006")}.In(lang)
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
