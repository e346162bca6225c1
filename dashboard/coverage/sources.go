package coverage

import (
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
)

// Asked is a figure as it stands somewhere: its metric, the days that it tells of, and whether a filter narrows it.
type Asked struct {
	Metric   *metric.Metric
	Days     days.Range
	Narrowed bool
}

// AskedOf are the figures that some questions ask for; one that is nil asks for none.
func AskedOf(results []*metric.Result) []Asked {
	var out []Asked
	for _, r := range results {
		if r == nil {
			continue
		}
		q := r.Query
		own := days.Range{From: q.From, To: q.To}
		own.From = earlier(q.Window.Of(own, q.Grain).From, own.From)
		out = append(out, Asked{r.Metric, own, len(q.Where) > 0})
	}
	return out
}

func earlier(a, b days.Day) days.Day {
	if b.Before(a) {
		return b
	}
	return a
}

// Sources are those of some submissions that figures may count rows of, by the days that they were sent for and those of their
// rows: what was refused of them has no day of its own.
func Sources(c *metric.Catalog, asked []Asked, subs []pipeline.Live) []pipeline.Live {
	var out []pipeline.Live
	for _, l := range subs {
		if slices.ContainsFunc(asked, func(a Asked) bool {
			return slices.ContainsFunc(a.Metric.Leaves(), func(m *metric.Metric) bool {
				return slices.Contains(m.Datasets(), l.Dataset) && counts(c, m, a.Days, tells(l))
			})
		}) {
			out = append(out, l)
		}
	}
	return out
}

// Within are those of some submissions that tell of some days, or may.
func Within(r days.Range, subs []pipeline.Live) []pipeline.Live {
	return slices.DeleteFunc(slices.Clone(subs), func(l pipeline.Live) bool {
		t := tells(l)
		return !r.IsZero() && !t.IsZero() && !t.Overlaps(r)
	})
}

// counts says whether a metric of rows may count for some days what was sent of others; of no days at all it may.
func counts(c *metric.Catalog, m *metric.Metric, asked, told days.Range) bool {
	if asked.IsZero() || told.IsZero() {
		return true
	}
	asked = m.Shift().Of(asked)
	_, months := m.Lasts()
	switch {
	case m.Kind == metric.Stock && months > 0:
		told.To = told.To.AddDate(0, months, 0)
	case m.Kind == metric.Stock || !c.OnBusinessDate(m) && m.Shift() == days.Shift{}:
		return told.From.Before(asked.To) // what began then may still be, or end now
	}
	return told.Overlaps(asked)
}

// tells are the days that a submission tells of; zero where nothing says so.
func tells(l pipeline.Live) days.Range {
	r, _ := days.Parse(l.Period)
	if l.MinDate.Unix() == 0 || l.MinDate.IsZero() || l.MaxDate.IsZero() {
		return r
	}
	own := days.Range{From: l.MinDate, To: l.MaxDate.AddDate(0, 0, 1)}
	if r.IsZero() {
		return own
	}
	return days.Range{From: earlier(r.From, own.From), To: days.Latest(r.To, own.To)}
}
