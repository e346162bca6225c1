package dashboard

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

func (s *Server) dimTitle(dim string, loc codes.Lang) string {
	if dim == cause.ByPeriod {
		return words.In(loc, "cause_time")
	}
	if d := s.Catalog.Dimension(dim); d != nil && d.Title.Zh != "" {
		return d.Title.In(loc)
	}
	return dim
}

// partName is what a part is called.
func (s *Server) partName(a causeAsk, st cause.Step, i int) string {
	p := st.Parts[i]
	if st.By == cause.ByPeriod {
		return periodName(p, a.st.Loc)
	}
	return p.Label.In(a.st.Loc)
}

func periodName(p cause.Portion, loc codes.Lang) string {
	text := days.Range{From: p.From, To: p.To}.Label(loc)
	if p.Partial {
		text = words.In(loc, "unfinished", text)
	}
	return text
}

// moved says how far a number is from another: 多 130 人, 高 2.1 个百分点.
func moved(m *metric.Metric, delta float64, loc codes.Lang) string {
	up, down := "more", "less"
	switch {
	case m.Rate() && m.Unit.Name != "天":
		up, down = "higher", "lower"
	case slices.Contains([]string{"人", "人次", "个", "项", "件", "条", "家", "场", "篇", "批"}, m.Unit.Name):
		down = "fewer"
	}
	if delta < 0 {
		up = down
	}
	size := math.Abs(delta)
	return words.In(loc, "moved_"+up, metric.Format(&size, deltaUnit(m.Unit), loc))
}

func deltaUnit(unit metric.Unit) metric.Unit {
	if unit == metric.Percent {
		return metric.PercentagePoints
	}
	return unit
}

// signed is a difference with its sign: +130.
func signed(m *metric.Metric, delta *float64, loc codes.Lang) string {
	if delta == nil {
		return metric.None
	}
	size := math.Abs(*delta)
	text := metric.Format(&size, deltaUnit(m.Unit), loc)
	switch {
	case level(m, *delta):
		return text
	case *delta > 0:
		return "+" + text
	}
	return "−" + text
}

// short is a number beside one that has its unit: in English without the word.
func short(v *float64, unit metric.Unit, loc codes.Lang) string {
	if loc == codes.En {
		return metric.Number(v, unit)
	}
	return metric.Format(v, unit, loc)
}

// level reports whether a difference is none that could be read.
func level(m *metric.Metric, delta float64) bool {
	size := math.Abs(delta)
	return strings.Trim(metric.Number(&size, deltaUnit(m.Unit)), "0.,%") == ""
}

// against is what a number is compared with on the page.
func against(a causeAsk) codes.Text {
	switch {
	case a.See == cause.ByShortfall && a.Metric.Rate():
		return words.Get("cause_goal")
	case a.See == cause.ByShortfall:
		return words.Get("cause_pace")
	}
	return words.Get("than_" + string(a.Compare))
}

// clause says a number and its move: 岗位缺口 2,184 人，比上年同期多 130 人.
func clause(a causeAsk, name string, p cause.Portion) string {
	loc := a.st.Loc
	text := name + " " + metric.Format(p.Value, a.Metric.Unit, loc)
	if p.Value == nil {
		text = name + words.In(loc, "sep_colon") + metric.WhyText(p.Why, loc)
	}
	if p.Delta == nil || a.See == cause.ByLevel {
		return text
	}
	delta := *p.Delta
	if name == a.Metric.Title.In(loc) {
		delta = gone(a, delta)
	}
	if level(a.Metric, delta) {
		return text + words.In(loc, "cause_same", against(a))
	}
	return words.In(loc, "cause_than", words.Whole(text), against(a), moved(a.Metric, delta, loc))
}

// gone is the whole's way to its target, in whole people where it is behind, as the target's own line has it.
func gone(a causeAsk, delta float64) float64 {
	behind := a.See == cause.ByShortfall && (delta < 0) == (a.Metric.Direction != "down")
	if !behind || !slices.Contains([]string{"人", "人次", "个"}, a.Metric.Unit.Name) {
		return delta
	}
	return math.Copysign(math.Ceil(math.Abs(delta)-1e-9), delta)
}

// causeSentence says what a step shows: the whole, and the part that weighs most.
func (s *Server) causeSentence(a causeAsk, st cause.Step, name string) string {
	loc := a.st.Loc
	end, semi := words.In(loc, "sep_end"), words.In(loc, "sep_clause")
	text := clause(a, name, st.Whole)
	if st.Most < 0 || len(st.Parts) < 2 {
		return text + end
	}
	most := st.Parts[st.Most]
	d, whole := most.Delta, st.Whole.Delta
	part := s.partName(a, st, st.Most)
	switch {
	case a.See == cause.ByLevel && most.Value != nil:
		text += semi + part + " " + metric.Format(most.Value, a.Metric.Unit, loc)
		if most.Share != nil {
			text += words.In(loc, "cause_share", percent(*most.Share))
		}
		switch {
		case st.Adds:
			text += words.In(loc, "cause_most")
		case a.Metric.Direction == "up":
			text += words.In(loc, "cause_lowest")
		default:
			text += words.In(loc, "cause_highest")
		}
	case d == nil || whole == nil || level(a.Metric, *whole):
	case level(a.Metric, *d) || *d > 0 != (*whole > 0):
		if st.Apart == cause.ApartRate && st.By != cause.ByPeriod {
			text += semi + words.In(loc, "cause_mix")
		}
	case st.Apart == cause.ApartRate:
		text += semi + part + words.In(loc, "sep_word") + moved(a.Metric, *d, loc) + words.In(loc, "cause_weighs")
	default:
		text += semi + part + words.In(loc, "sep_word") + moved(a.Metric, *d, loc) + words.In(loc, "cause_most")
	}
	return text + end
}

func percent(share float64) string {
	v := share * 100
	switch {
	case v == 0:
		return "0%"
	case math.Abs(v) >= 9.5:
		return strings.Replace(fmt.Sprintf("%.0f%%", v), "-", "−", 1)
	}
	return strings.Replace(metric.Number(&v, metric.Percent), "-", "−", 1)
}

// found sums up the way that was gone.
func (s *Server) found(a causeAsk, steps []cause.Step) string {
	loc := a.st.Loc
	var way []string
	for i := range a.Taps {
		p := steps[i].Parts[steps[i].Chosen]
		text := s.partName(a, steps[i], steps[i].Chosen)
		var figure string
		switch {
		case a.See == cause.ByLevel || p.Delta == nil:
			figure = metric.Format(p.Value, a.Metric.Unit, loc)
		case level(a.Metric, *p.Delta):
			figure = words.In(loc, "cause_level")
		default:
			figure = moved(a.Metric, *p.Delta, loc)
		}
		way = append(way, words.In(loc, "bracketed", text, figure))
	}
	return clause(a, a.Metric.Title.In(loc), steps[0].Whole) + words.In(loc, "sep_colon") + strings.Join(way, " → ") + words.In(loc, "sep_end")
}

func ofText(in cause.Ingredient, loc codes.Lang) ofRow {
	row := ofRow{Title: in.Metric.Title.In(loc), Value: metric.Format(in.Value, in.Metric.Unit, loc)}
	if in.Base != nil {
		row.Base = metric.Format(in.Base, in.Metric.Unit, loc)
		if in.Value != nil {
			d := *in.Value - *in.Base
			row.Delta = signed(in.Metric, &d, loc)
		}
	}
	return row
}

// moodOf says whether a move is for the better.
func moodOf(m *metric.Metric, delta float64) (arrow, mood string) {
	switch {
	case level(m, delta):
		return "", "plain"
	case delta > 0:
		arrow = "▲"
	default:
		arrow = "▼"
	}
	switch {
	case m.Direction == "context":
		mood = "plain"
	case delta > 0 == (m.Direction == "up"):
		mood = "good"
	default:
		mood = "bad"
	}
	return arrow, mood
}
