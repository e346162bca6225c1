package small

import "yanzhen/pipeline/days"

// Period is one of those that counts of events are given for: a year, a half, a quarter, a month, ten days. Each is a part
// of one of those before it.
type Period struct {
	Grain days.Grain
	From  days.Day
}

// Grains are those of periods, the longest first.
var Grains = []days.Grain{days.Year, days.Half, days.Quarter, days.Month, days.Ten}

// All is the time of which there are data, which all years are parts of.
var All = Period{Grain: days.Total}

// Within is the next longer period; false of all time.
func (p Period) Within() (Period, bool) {
	if p.Grain == days.Year {
		return All, true
	}
	for i, g := range Grains[1:] {
		if g == p.Grain {
			return Period{Grains[i], Grains[i].Start(p.From)}, true
		}
	}
	return Period{}, false
}

// Periods are the fewest that make up a stretch of days; end is the day after the last of which there are data, and what
// lies behind it counts as there; zero: none. False where the stretch cannot be made of them.
func Periods(r days.Range, end days.Day) ([]Period, bool) { return periods(0, r, end) }

func periods(level int, r days.Range, end days.Day) (list []Period, ok bool) {
	if !end.IsZero() && end.Before(r.To) {
		r.To = end
	}
	if !r.From.Before(r.To) {
		return nil, true
	}
	g := Grains[level]
	for d := g.Start(r.From); d.Before(r.To); d = g.Next(d) {
		p := days.Range{From: d, To: g.Next(d)}
		last := p.To
		if !end.IsZero() && end.Before(last) {
			last = end
		}
		if !d.Before(r.From) && !r.To.Before(last) {
			list = append(list, Period{g, d})
			continue
		}
		if level+1 == len(Grains) {
			return nil, false
		}
		inner := p
		if inner.From.Before(r.From) {
			inner.From = r.From
		}
		if r.To.Before(inner.To) {
			inner.To = r.To
		}
		more, ok := periods(level+1, inner, end)
		if !ok {
			return nil, false
		}
		list = append(list, more...)
	}
	return list, true
}
