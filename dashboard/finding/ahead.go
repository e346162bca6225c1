package finding

import (
	"slices"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// ahead says which key is expected to have most in the next period, where even the lower end of what is expected is above
// nothing.
func (t *teller) ahead() string {
	r := t.result()
	var list []metric.Point
	for _, pt := range r.Points {
		switch {
		case !pt.Forecast || pt.Value == nil:
		case len(list) == 0 || pt.From.Before(list[0].From):
			list = []metric.Point{pt}
		case pt.From.Equal(list[0].From):
			list = append(list, pt)
		}
	}
	top, ok := t.winner(list, r.Unit, board.Most)
	who := t.keyed(top)
	switch {
	case !ok || who == "":
		return ""
	case top.Lower != nil && *top.Lower <= 0:
		return t.not(Unsure)
	}
	text := t.say("finding_first", who, t.named(t.at), t.word(r.Unit, board.Most), metric.Format(top.Value, r.Unit, t.Lang))
	return t.say("finding_ahead", days.Range{From: top.From, To: top.To}.Label(t.Lang), text)
}

// both says how two metrics of the latest period compare with a year before.
func (t *teller) both() string {
	if len(t.Results) < 2 {
		return ""
	}
	last, when := t.latest(t.Results[0])
	if len(last) != 1 {
		return ""
	}
	args := []any{when}
	moved := false
	for i, r := range t.Results[:2] {
		var pair [2]metric.Point
		for j, from := range []days.Day{last[0].From, last[0].From.AddDate(-1, 0, 0)} {
			k := slices.IndexFunc(r.Points, func(pt metric.Point) bool { return pt.From.Equal(from) })
			if k < 0 {
				return ""
			}
			if pair[j] = r.Points[k]; pair[j].Value == nil || !t.over(pair[j], r) {
				return t.not(Unsure)
			}
		}
		diff := *pair[0].Value - *pair[1].Value
		key, by := "rose", metric.Format(size(diff), r.Unit.Change(), t.Lang)
		if r.Unit.Change() != metric.PercentagePoints {
			by = metric.Format(size(diff), r.Unit, t.Lang)
		}
		switch {
		case by == metric.Format(new(float64), r.Unit.Change(), t.Lang) || by == metric.Format(new(float64), r.Unit, t.Lang):
			key = "stood"
		case diff < 0:
			key, moved = "fell", true
		default:
			moved = true
		}
		name := t.named(i)
		if i == 0 && t.Lang == codes.En {
			name = capital(name)
		}
		args = append(args, t.say("finding_"+key, name, by))
	}
	if !moved {
		return ""
	}
	return t.say("finding_both", args...)
}

// eve says how far a metric had come by the last of the days around the lunar new year, and by the same day a year before.
func (t *teller) eve() string {
	of := t.at
	var years []*metric.Result // the latest first
	for i, r := range t.Results {
		name := t.Metrics[i*len(t.Metrics)/len(t.Results)]
		if r.Metric != nil {
			name = r.Metric.Name
		}
		if name == t.Metrics[of] {
			years = append(years, r)
		}
	}
	if len(years) < 2 {
		return ""
	}
	now, before := years[0], years[1]
	var last metric.Point
	for _, pt := range now.Points {
		if pt.Value != nil && settled(pt) && pt.From.After(last.From) {
			last = pt
		}
	}
	after := panel.FromEve(now, last.From)
	i := slices.IndexFunc(before.Points, func(pt metric.Point) bool { return panel.FromEve(before, pt.From) == after })
	switch {
	case last.Value == nil, i < 0 || before.Points[i].Value == nil || !settled(before.Points[i]):
		return t.not(Unsure)
	case after <= 0:
		return ""
	case small(*before.Points[i].Value, now.Unit) || small(*last.Value, now.Unit):
		return t.not(Few)
	}
	change := 100 * (*last.Value / *before.Points[i].Value - 1)
	key := "more"
	switch {
	case *size(change) < noChange:
		key = "level"
	case change < 0:
		key = "less"
	}
	name := t.named(of)
	if t.Lang == codes.En {
		name = capital(name)
	}
	return t.say("finding_eve_"+key, name, metric.Number(size(change), metric.Percent), after, metric.Format(last.Value, now.Unit, t.Lang))
}
