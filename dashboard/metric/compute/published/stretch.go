package published

import (
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// Cover is the stretch of days that published data speak for.
type Cover struct {
	Last  days.Day // the last day for which the data are whole
	End   days.Day // the day after the last one covered, if not by everybody; zero: unknown
	Whole days.Day // the day after the last one for which all is there; zero: unknown
	Start days.Day // the first one covered; zero: unknown
	First days.Day // the least business date
}

// Cover: a dataset that comes by period covers the period to its end though its last row is of the 27th. A stock
// without periods is a register: it speaks for every day that most datasets have reached, since nobody sends a month
// without changes.
func (l Live) Cover(m *metric.Metric) Cover {
	var v Cover
	if _, only := l.Listed(m); only {
		return v
	}
	register := l.register()
	for _, name := range m.Datasets() {
		if l.covers[name] != nil && !l.datasets[name].max.IsZero() {
			v = v.and(l.stretch(m, name, register))
		}
	}
	if m.Flows() {
		return v
	}
	if v.End.IsZero() {
		v.End, v.Whole = register, register
	}
	if expired := l.expired(m); !expired.IsZero() && expired.Before(v.End) {
		v.End, v.Whole = expired, earlier(v.Whole, expired)
	}
	return v
}

// register is the day up to which a register speaks.
func (l Live) register() days.Day {
	end := l.reached
	if end.IsZero() {
		for _, c := range l.covers {
			end = days.Latest(end, c.End)
		}
	}
	return end
}

// stretch is what one dataset covers for m, where registers speak up to a day.
func (l Live) stretch(m *metric.Metric, name string, register days.Day) Cover {
	st, c := l.datasets[name], l.covers[name]
	v := Cover{Last: l.last(name), End: c.End, Whole: c.Whole, Start: c.Start}
	events := func(leaf *metric.Metric) bool {
		return leaf.Kind == metric.Flow && slices.Contains(leaf.Datasets(), name)
	}
	switch grain := l.sent(name).Grain; {
	case c.Dated:
	case !slices.ContainsFunc(m.Leaves(), events):
		v.End, v.Whole = register, register
	case grain != days.Total:
		v.End = earlier(grain.Next(st.max), register)
		v.Whole = v.End
	}
	lag, lead := moved(m, name)
	v.End, v.Whole, v.Last = lead.To(v.End), lead.To(v.Whole), lead.From(v.Last)
	if v.First = lag.Forward(st.min); !v.Start.IsZero() {
		v.Start = lag.Forward(v.Start)
	}
	return v
}

// and is what two datasets cover together: all is there for as far as both go, something for as far as either.
func (v Cover) and(o Cover) Cover {
	out := Cover{Last: earliest(v.Last, o.Last), End: days.Latest(v.End, o.End), Whole: earliest(v.Whole, o.Whole), Start: v.Start, First: earliest(v.First, o.First)}
	if !o.Start.IsZero() {
		out.Start = earliest(v.Start, o.Start)
	}
	return out
}

// earliest is the first of two days, or the second where there is no first one yet.
func earliest(a, b days.Day) days.Day {
	if a.IsZero() {
		return b
	}
	return earlier(a, b)
}

// earlier is the first of two days.
func earlier(a, b days.Day) days.Day {
	if b.Before(a) {
		return b
	}
	return a
}

// moved is how far the farthest metrics of m over a dataset look back, and how far ahead: there is no number for what
// lies before the one or beyond the other.
func moved(m *metric.Metric, name string) (lag, lead days.Shift) {
	for _, leaf := range m.Leaves() {
		if slices.Contains(leaf.Datasets(), name) {
			n := leaf.Shift().Months
			lag.Months, lead.Months = max(lag.Months, n), max(lead.Months, -n)
		}
	}
	return lag, lead
}

// expired is the day from which on every published row of a stock has ended by its own rule: what is asked of
// later days is not 0 but not known. Zero: there is no such day.
func (l Live) expired(m *metric.Metric) days.Day {
	var end days.Day
	for _, part := range m.Leaves() {
		dataset, months := part.Lasts()
		last := l.datasets[dataset].max
		if months == 0 || last.IsZero() {
			return days.Day{}
		}
		if day := days.Month.Start(last).AddDate(0, months+part.Shift().Months, min(last.Day(), 28)-1); day.After(end) {
			end = day
		}
	}
	return end
}
