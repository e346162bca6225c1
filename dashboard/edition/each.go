package edition

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/document"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// moments are those for whom the sections come once each; none for a document that is for nobody in particular.
func (d *draft) moments(ctx context.Context) ([]brief.Moment, error) {
	switch d.Brief.Each {
	case brief.EachUnit:
		return d.units(ctx)
	case brief.EachTarget:
		return d.lagging(ctx)
	}
	return nil, nil
}

// targets are the expected targets on the day of the document.
func (d *draft) targets(ctx context.Context, at brief.Moment) ([]target.Target, error) {
	list, err := d.Desk.Targets.Targets(ctx, target.Query{Date: at.Date, Unit: at.Unit, Tier: "expected", AsOf: d.State.AsOf})
	return slices.DeleteFunc(list, func(t target.Target) bool { return t.Finished }), err
}

// late says whether a target lags behind its pace.
func late(t target.Target) bool {
	return t.Metric != nil && !t.Finished && !t.Reached && t.Open.Zh == "" && t.Behind != nil && *t.Behind > 0
}

// units are those that have targets, in their order, and those that only report.
func (d *draft) units(ctx context.Context) ([]brief.Moment, error) {
	at := d.moment()
	at.Unit = ""
	list, err := d.targets(ctx, at)
	if err != nil {
		return nil, err
	}
	live, err := d.Desk.Source.Engine.Live(ctx, d.State.AsOf)
	if err != nil {
		return nil, err
	}
	overdue, next, _ := d.Desk.Owed(live.Covers(), at)
	ranked := map[string]target.Responsible{}
	var names []string
	for _, r := range target.Ranking(list, "expected") {
		ranked[r.Unit] = r
		names = append(names, r.Unit)
	}
	var others []string
	lates := map[string]int{}
	for _, o := range overdue {
		lates[o.Sender]++
	}
	for _, o := range append(overdue, next...) {
		if !slices.Contains(names, o.Sender) && !slices.Contains(others, o.Sender) {
			others = append(others, o.Sender)
		}
	}
	slices.Sort(others)
	names = append(names, others...)
	if d.Unit != "" && !slices.Contains(names, d.Unit) {
		return nil, address.Missing(words.Get("doc_no_unit", d.Unit), names...)
	}
	var out []brief.Moment
	for _, name := range names {
		if d.Unit != "" && name != d.Unit {
			continue
		}
		m := d.moment()
		m.Unit = name
		r := ranked[name]
		m.Things = map[string][]brief.Part{
			"unit": document.Plain(d.Desk.Source.Who(name, d.loc)), "targets": m.Count(r.Targets, "/responsibility"), "reached": m.Count(r.Reached, "/responsibility"),
			"onpace": m.Count(r.OnPace, "/responsibility"), "behind": m.Count(r.Behind, "/responsibility"), "late": m.Count(lates[name], "/data/duties"),
		}
		out = append(out, m)
	}
	return out, nil
}

// lagging are the targets that lag, those furthest behind by their share of the target first.
func (d *draft) lagging(ctx context.Context) ([]brief.Moment, error) {
	at := d.moment()
	at.Unit = ""
	list, err := d.targets(ctx, at)
	if err != nil {
		return nil, err
	}
	var units []string
	for _, t := range list {
		if !slices.Contains(units, t.Unit) {
			units = append(units, t.Unit)
		}
	}
	if d.Unit != "" && !slices.Contains(units, d.Unit) {
		return nil, address.Missing(words.Get("doc_no_unit", d.Unit), units...)
	}
	list = slices.DeleteFunc(list, func(t target.Target) bool {
		return !late(t) || d.Unit != "" && t.Unit != d.Unit || d.Target != "" && t.Name != d.Target
	})
	far := func(t target.Target) float64 { return *t.Behind / max(1e-9, abs(*cmp.Or(t.Expected, &t.Target))) }
	slices.SortStableFunc(list, func(a, b target.Target) int { return cmp.Compare(far(b), far(a)) })
	var out []brief.Moment
	for _, t := range list {
		m := d.moment()
		m.Unit, m.Things = t.Unit, d.ordered(t, m)
		out = append(out, m)
	}
	return out, nil
}

func abs(v float64) float64 { return max(v, -v) }

// ordered is what a section may say of a target.
func (d *draft) ordered(t target.Target, at brief.Moment) map[string][]brief.Part {
	loc, unit := d.loc, t.Metric.Unit
	page := at.Link("/responsibility#" + t.Name)
	why := cmp.Or(trail.OfTarget(t, d.State), page)
	figure := func(v *float64, unit metric.Unit, url string) []brief.Part {
		if v == nil {
			return []brief.Part{{Text: metric.None, State: document.Missing}}
		}
		return value(metric.Format(v, unit, loc), v, url)
	}
	away := func(v *float64, url string) []brief.Part {
		if v == nil {
			return figure(v, unit, url)
		}
		return value(target.Distance(*v, unit, loc), v, url)
	}
	due := days.Label(t.Range.Last(), loc)
	if t.Range.Last().Before(d.Today) {
		due += words.In(loc, "sep_word") + words.In(loc, "doc_past")
	}
	scope := t.Scope.Title(d.Desk.Source.Catalog, loc)
	return map[string][]brief.Part{
		"unit": document.Plain(d.Desk.Source.Who(t.Unit, loc)), "measure": document.Plain(t.Metric.Title.In(loc)), "scope": document.Plain(scope),
		"period": document.Plain(t.Range.Label(loc)), "target": figure(&t.Target, unit, page), "actual": figure(t.Actual, unit, why),
		"percent": figure(t.Percent, metric.Percent, why), "gap": away(t.Behind, why), "pace": {{Text: t.Line(loc), URL: page}},
		"needed": away(t.PerMonth, page), "forecast": figure(t.Forecast, unit, page), "expected": figure(t.Expected, unit, page),
		"due": document.Plain(due), "day": document.Plain(days.Label(t.Date, loc)), "how": document.Plain(how(t, loc)),
	}
}

func how(t target.Target, loc codes.Lang) string {
	if t.How == "" {
		return ""
	}
	return words.In(loc, "how_"+t.How)
}

// value is a figure that leads somewhere.
func value(text string, v *float64, url string) []document.Run {
	r := document.Run{Text: text, URL: url}
	if v != nil {
		r.Value = strconv.FormatFloat(*v, 'g', -1, 64)
	} else {
		r.State = document.Missing
	}
	return []document.Run{r}
}
