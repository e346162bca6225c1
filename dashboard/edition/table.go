package edition

import (
	"cmp"
	"context"
	"slices"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/document"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/picture"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// usualRows is how many rows a list has where nobody says.
const usualRows = 20

func (d *draft) table(ctx context.Context, t brief.Table, at brief.Moment) (document.Table, error) {
	at.State.Range = brief.Over(t.Period, d.of)
	var out document.Table
	var err error
	switch {
	case t.Show == brief.TableTargets:
		out, err = d.targetTable(ctx, t, at)
	case t.Show == brief.TableUnits:
		out, err = d.unitTable(ctx, at)
	case t.Show == brief.TableReports:
		out, err = d.reportTable(ctx, t, at)
	case t.Show == brief.TableOrder:
		out = d.orderTable(at)
	case t.By != "":
		out, err = d.byTable(ctx, t, at)
	default:
		out, err = d.metricTable(ctx, t, at)
	}
	out.Caption = t.Caption.In(d.loc)
	if note := t.Note.In(d.loc); note != "" {
		out.Note = words.Join(d.loc, "sep_clause", slices.DeleteFunc([]string{note, out.Note}, func(s string) bool { return s == "" }))
	}
	return out, err
}

func (d *draft) say(key string, args ...any) string { return words.In(d.loc, key, args...) }

func plain(text string) document.Cell { return document.Cell{Runs: document.Plain(text)} }

func row(cells ...document.Cell) document.Row { return document.Row{Cells: cells} }

// metricTable has a row for each metric.
func (d *draft) metricTable(ctx context.Context, t brief.Table, at brief.Moment) (document.Table, error) {
	out := document.Table{Columns: []document.Column{
		{Head: d.say("doc_measure"), Weight: 2.4},
		{Head: at.State.Range.Label(d.loc), Align: document.Right, Weight: 1.4},
	}}
	if t.Compare != metric.NoCompare {
		out.Columns = append(out.Columns, document.Column{Head: d.say("brief_against_" + string(t.Compare)), Align: document.Right, Weight: 1.4},
			document.Column{Head: d.say("doc_change"), Align: document.Right, Weight: 1.5})
	}
	var reasons []string
	for i, name := range t.Metrics {
		r := brief.Rule{Metrics: t.Metrics[i : i+1], Where: t.Where, Period: t.Period, Compare: t.Compare}
		a, pt, err := d.Desk.Figure(ctx, r, 0, at)
		if err != nil {
			return out, err
		}
		m, url := a.Metrics[0], trail.Of(a, at.State)
		title := d.Desk.Source.Catalog.Metric(name).Title.In(d.loc)
		if i < len(t.Names) {
			title = t.Names[i].In(d.loc)
		}
		text, why := metric.Format(pt.Value, m.Unit, d.loc), period.WhyOpen(pt, d.loc)
		if pt.Value == nil {
			text, why = missing.Text(pt.Why, d.loc), ""
			if text == "" {
				text = missing.Text(metric.WhyNoData, d.loc)
			}
		} else if why != "" {
			text += "*"
			if !slices.Contains(reasons, why) {
				reasons = append(reasons, why)
			}
		}
		cells := []document.Cell{plain(title), {Runs: value(text, pt.Value, url)}}
		if t.Compare != metric.NoCompare {
			cells = append(cells, document.Cell{Runs: value(metric.Format(pt.Base, m.Unit, d.loc), pt.Base, url)},
				document.Cell{Runs: value(metric.FormatChange(pt.Change, m.Unit, d.loc), pt.Change, url)})
		}
		out.Rows = append(out.Rows, row(cells...))
	}
	out.Note = d.starred(reasons)
	return out, nil
}

// starred says what the stars in a table mean.
func (d *draft) starred(reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	return d.say("doc_missing_star", words.Whole(words.Join(d.loc, "sep_clause", grid.Once(reasons))))
}

// byTable has a row for each value of a dimension: that of a panel of the same words.
func (d *draft) byTable(ctx context.Context, t brief.Table, at brief.Moment) (document.Table, error) {
	p := board.Panel{
		Name: "table", Kind: board.Table, Metrics: t.Metrics, Names: t.Names, By: []string{t.By}, Where: t.Where,
		Period: t.Period, Compare: t.Compare, Limit: t.Limit,
	}
	a, err := d.Desk.Source.Of(ctx, p, at.State, at.Last)
	if err != nil {
		return document.Table{}, err
	}
	g := a.Grid()
	trail.Explain(g, a, at.State)
	out := document.Table{}
	shared := a.Unit(d.loc)
	if shared != "" && !a.Metrics[0].Unit.Sign {
		out.Unit = d.say("doc_unit_of", shared)
	}
	for _, h := range g.Heads {
		c := document.Column{Head: h.Text, Weight: 1}
		if h.Number {
			c.Align = document.Right
			if w := h.Unit.Word(d.loc); shared == "" && w != "" && !h.Unit.Sign {
				c.Head = d.say("doc_named_unit", h.Text, w)
			}
		} else {
			c.Weight = 1.6
		}
		out.Columns = append(out.Columns, c)
	}
	elsewhere := d.elsewhere(a, t.By, at)
	if dim := d.Desk.Source.Catalog.Dimension(t.By); dim != nil && len(dim.Order) > 0 && t.Limit == 0 {
		slices.SortStableFunc(g.Rows, func(x, y []grid.Cell) int { return place(dim.Order, x) - place(dim.Order, y) })
	}
	for _, cells := range g.Rows {
		if t.Limit > 0 && len(out.Rows) == t.Limit {
			break
		}
		out.Rows = append(out.Rows, row(d.gridRow(g, cells, elsewhere)...))
	}
	if reasons := g.Reasons(); len(reasons) > 0 {
		out.Note = d.starred(reasons)
	}
	return out, nil
}

// place is where the key of a row stands in an order, behind it where it does not.
func place(order []string, cells []grid.Cell) int {
	for _, c := range cells {
		if len(c.Keys) == 1 && c.Metric != "" {
			if i := slices.Index(order, c.Keys[0]); i >= 0 {
				return i
			}
		}
	}
	return len(order)
}

// elsewhere says where a number of an answer is explained that has no cause of its own, such as 0: the metric narrowed to its
// key.
func (d *draft) elsewhere(a *figures.Answer, by string, at brief.Moment) func(metric string, keys []string) string {
	return func(metric string, keys []string) string {
		for i, m := range a.Metrics {
			one := *a
			one.Metrics, one.Results = a.Metrics[i:i+1], a.Results[i:i+1]
			switch {
			case m.Name != metric:
			case len(keys) == 1 && keys[0] != "":
				return trail.OfNarrowed(&one, at.State, by, keys[0])
			default:
				return trail.Of(&one, at.State)
			}
		}
		return ""
	}
}

// gridRow is a row of a grid: a number beside another one leads to the same.
func (d *draft) gridRow(g grid.Grid, cells []grid.Cell, elsewhere func(metric string, keys []string) string) []document.Cell {
	var out []document.Cell
	url := ""
	for i, c := range cells {
		if i >= len(g.Heads) || !g.Heads[i].Number {
			out = append(out, plain(c.Text))
			continue
		}
		if c.Metric != "" {
			if url = c.URL; url == "" {
				url = elsewhere(c.Metric, c.Keys)
			}
		}
		out = append(out, document.Cell{Runs: value(c.Text, c.Value, url)})
	}
	return out
}

// targetTable has a row for each target: those of the unit that the section is for, or of all.
func (d *draft) targetTable(ctx context.Context, t brief.Table, at brief.Moment) (document.Table, error) {
	list, err := d.targets(ctx, at)
	out := document.Table{Columns: []document.Column{
		{Head: d.say("doc_sum"), Weight: 1.5},
		{Head: d.say("doc_measure"), Weight: 2.6},
		{Head: d.say("doc_target"), Align: document.Right, Weight: 1.1},
		{Head: d.say("doc_actual"), Align: document.Right, Weight: 1.1},
		{Head: d.say("doc_percent"), Align: document.Right, Weight: 0.9},
		{Head: d.say("doc_pace"), Weight: 1.7},
	}}
	if at.Unit != "" {
		out.Columns = out.Columns[1:]
	}
	for _, x := range list {
		if t.Limit > 0 && len(out.Rows) == t.Limit {
			break
		}
		out.Rows = append(out.Rows, d.targetRow(x, at))
	}
	return out, err
}

func (d *draft) targetRow(x target.Target, at brief.Moment) document.Row {
	page := at.Link("/responsibility#" + x.Name)
	name, unit := x.Name, metric.Unit{}
	if x.Metric != nil {
		name, unit = x.Metric.Title.In(d.loc), x.Metric.Unit
	}
	if len(x.Scope.Where) > 0 {
		name = d.say("doc_named_unit", name, x.Scope.Title(d.Desk.Source.Catalog, d.loc))
	}
	name += " · " + x.Range.Label(d.loc)
	why := trail.OfTarget(x, d.State)
	if why == "" {
		why = page
	}
	cells := []document.Cell{
		plain(name),
		{Runs: value(metric.Format(&x.Target, unit, d.loc), &x.Target, page)},
		{Runs: value(metric.Format(x.Actual, unit, d.loc), x.Actual, why)},
		{Runs: value(metric.Number(x.Percent, metric.Percent), x.Percent, why)},
		{Runs: []document.Run{{Text: x.Line(d.loc), URL: page}}},
	}
	if at.Unit == "" {
		cells = slices.Insert(cells, 0, plain(d.Desk.Source.Who(x.Unit, d.loc)))
	}
	return row(cells...)
}

// unitTable has a row for each responsible unit.
func (d *draft) unitTable(ctx context.Context, at brief.Moment) (document.Table, error) {
	list, err := d.targets(ctx, at)
	out := document.Table{Columns: []document.Column{{Head: d.say("doc_sum"), Weight: 2}}}
	for _, key := range []string{"targets", "reached", "onpace", "behind", "bynow"} {
		out.Columns = append(out.Columns, document.Column{Head: d.say("doc_" + key), Align: document.Right})
	}
	page := at.Link("/responsibility")
	for _, r := range target.Ranking(list, "expected") {
		cells := []document.Cell{plain(d.Desk.Source.Who(r.Unit, d.loc))}
		for _, n := range []int{r.Targets, r.Reached, r.OnPace, r.Behind} {
			cells = append(cells, document.Cell{Runs: at.Count(n, "/responsibility")})
		}
		out.Rows = append(out.Rows, row(append(cells, document.Cell{Runs: value(metric.Number(r.ByNow, metric.Percent), r.ByNow, page)})...))
	}
	return out, err
}

// reportTable has a row for each report that is overdue, and then for what is due next.
func (d *draft) reportTable(ctx context.Context, t brief.Table, at brief.Moment) (document.Table, error) {
	out := document.Table{Columns: []document.Column{
		{Head: d.say("doc_sum"), Weight: 1.4},
		{Head: d.say("doc_dataset"), Weight: 1.4},
		{Head: d.say("doc_period"), Weight: 1.2},
		{Head: d.say("doc_due_on"), Weight: 1.3},
		{Head: d.say("doc_state"), Weight: 0.9},
	}}
	live, err := d.Desk.Source.Engine.Live(ctx, d.State.AsOf)
	if err != nil {
		return out, err
	}
	overdue, next, _ := d.Desk.Owed(live.Covers(), at)
	most := t.Limit
	if most == 0 {
		most = usualRows
	}
	all := append(slices.Clone(overdue), next...)
	if len(all) > most {
		out.Note = d.say("doc_more", len(all)-most)
		all = all[:most]
	}
	page := at.Link("/data/duties")
	for i, o := range all {
		state := "overdue"
		if i >= len(overdue) {
			state = "upcoming"
		}
		cells := []document.Cell{
			plain(d.Desk.Source.Who(o.Sender, d.loc)), plain(d.Desk.Datasets[o.Dataset].In(d.loc)), plain(o.Period.Label(d.loc)),
			{Runs: []document.Run{{Text: days.Label(o.DueOn, d.loc), URL: page}}},
			plain(d.say("doc_" + state)),
		}
		if at.Unit != "" {
			cells = cells[1:]
		}
		out.Rows = append(out.Rows, row(cells...))
	}
	if at.Unit != "" {
		out.Columns = out.Columns[1:]
	}
	return out, nil
}

// orderTable is the form that goes to the unit which answers for a target.
func (d *draft) orderTable(at brief.Moment) document.Table {
	x := at.Things
	out := document.Table{Columns: []document.Column{{Weight: 1.7}, {Weight: 2.3}}}
	add := func(head string, runs []document.Run) {
		if text := document.Text(runs); text != "" && text != metric.None {
			out.Rows = append(out.Rows, row(plain(head), document.Cell{Runs: runs}))
		}
	}
	measure := document.Text(x["measure"])
	if scope := document.Text(x["scope"]); scope != "" {
		measure = d.say("doc_named_unit", measure, scope)
	}
	add(d.say("doc_matter"), document.Plain(measure))
	add(d.say("doc_sum"), x["unit"])
	add(d.say("doc_target_period"), x["period"])
	add(d.say("doc_target"), x["target"])
	actual := slices.Concat(x["actual"], document.Plain(d.say("sep_comma")), x["percent"])
	add(d.say("doc_actual_to", document.Text(x["day"])), actual) // an order stands on one page
	add(d.say("doc_expected"), x["expected"])
	add(d.say("doc_gap"), x["gap"])
	add(d.say("doc_needed"), x["needed"])
	if by := document.Text(x["how"]); by != "" {
		add(d.say("doc_forecast", by), x["forecast"])
	}
	add(d.say("doc_due"), x["due"])
	for i, key := range []string{"measures", "signed"} {
		r := row(plain(d.say("doc_"+key)), plain(""))
		r.Lines = []int{6, 3}[i]
		out.Rows = append(out.Rows, r)
	}
	return out
}

// chart draws a panel of a board as long as it is there, up to the last day of the document.
func (d *draft) chart(ctx context.Context, c brief.Chart, at brief.Moment) (document.Chart, error) {
	p := c.Found
	p.Span = chartSpan
	if p.Period != "as_of" || c.Period != "" {
		over := c.Period
		if over == "" && c.Board != "" {
			over = p.Period
		}
		at.State.Range = brief.Over(over, d.of)
	}
	a, err := d.Desk.Source.Of(ctx, p, at.State, at.Last)
	if err != nil {
		return document.Chart{}, err
	}
	caption := c.Caption.In(d.loc)
	if caption == "" {
		caption = p.Title.In(d.loc)
	}
	of := a.Period(d.loc)
	if unit := a.Unit(d.loc); unit != "" {
		of = words.Join(d.loc, "sep_comma", []string{of, unit})
	}
	out := document.Chart{
		Caption: d.say("doc_named_unit", caption, words.Whole(of)), Alt: a.Describe(),
		Note: words.Join(d.loc, "sep_clause", slices.DeleteFunc([]string{c.Note.In(d.loc), a.Note(d.loc)}, func(s string) bool { return s == "" })),
		URL:  d.panelLink(c, a, at),
	}
	if why := a.Empty(); why != "" {
		out.Alt = why
		return out, nil
	}
	if d.Studio == nil {
		return out, nil
	}
	if out.SVG, err = d.Studio.SVG(ctx, a, picture.Sheet, "light"); err != nil {
		return out, err
	}
	out.Width, out.Height = float64(picture.Width(a, picture.Sheet)), float64(picture.Height(a, picture.Sheet))
	return out, err
}

// chartSpan is the breadth of a panel that is drawn as wide as a column of text.
const chartSpan = 7

// panelLink is the panel on its page, with the same period and moment; of a chart without a page, where its first metric is
// explained.
func (d *draft) panelLink(c brief.Chart, a *figures.Answer, at brief.Moment) string {
	if c.Board == "" {
		return cmp.Or(trail.Of(a, at.State), "/data/metrics#"+c.Found.Metrics[0])
	}
	return address.To("/b/"+c.Board, at.State.Query()) + "#" + c.Found.Name
}
