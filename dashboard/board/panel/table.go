package panel

import (
	"cmp"
	"slices"
	"strings"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Grid puts the results of a panel side by side: a row per period and key, a column per metric, and columns for the
// comparison where one was asked for.
func (f Figure) Grid() grid.Grid {
	var lists *metric.Result
	if n := len(f.Results); f.Each != "" && n > 1 {
		f.Results, lists = f.Results[:n-1], f.Results[n-1]
	}
	if len(f.Results) == 0 {
		return grid.Grid{}
	}
	r := f.Results[0]
	switch {
	case f.Kind == board.Table && len(f.Results) == 1 && slices.ContainsFunc(r.Points, func(pt metric.Point) bool { return pt.Forecast }):
		return f.aheadGrid()
	case f.Kind == board.Spring:
		return f.springGrid()
	case f.Kind == board.Funnel || f.Kind == board.KPI && r.Query.Grain == days.Total:
		return f.stepsGrid()
	}
	t := f.newTable()
	if lists == nil && len(f.Results) <= 7 { // beside a list, or among many columns, there is room for the first bar only
		t.barred = len(f.Results)
	}
	for i := range f.Results {
		t.add(i)
	}
	if lists != nil {
		t.grid.Heads = append(t.grid.Heads, grid.Head{Text: f.NameOf(len(f.Results))})
		for j, pt := range t.points {
			t.grid.Rows[j] = append(t.grid.Rows[j], grid.Cell{Text: f.greatest(lists, pt.Keys)})
		}
	}
	if f.Kind == board.Table && f.Limit > 0 && len(t.grid.Rows) > f.Limit {
		// ranked by the first metric, as the engine gave them
		t.grid.Rows = t.grid.Rows[:f.Limit]
	}
	if t.timed {
		t.latestFirst()
	}
	return t.grid
}

// table is a Grid in the making, a row per period and key.
type table struct {
	Figure
	grid   grid.Grid
	timed  bool
	barred int            // the first so many columns of numbers have bars beside them
	points []metric.Point // of each row, the first that any result has
	at     map[string]int // row of a period and its keys
}

// newTable has the rows of all results with their periods and keys, without any number.
func (f Figure) newTable() *table {
	q := f.Results[0].Query
	t := &table{Figure: f, barred: 1, timed: q.Grain != days.Total, at: map[string]int{}}
	if t.timed {
		t.grid.Heads = append(t.grid.Heads, grid.Head{Text: f.say("period")})
	}
	for d := range q.By {
		t.grid.Heads = append(t.grid.Heads, grid.Head{Text: f.dim(d)})
	}
	for _, r := range f.Results {
		for _, pt := range r.Points {
			id := t.id(pt)
			if _, ok := t.at[id]; ok {
				continue
			}
			t.at[id] = len(t.points)
			t.points = append(t.points, pt)
			var row []grid.Cell
			if t.timed {
				row = append(row, grid.Cell{Text: period.Of(pt, q.Grain, f.Lang), Keys: []string{pt.From.Format("2006-01-02")}})
			}
			for d := range q.By {
				row = append(row, grid.Cell{Text: Called(pt, d, f.Lang)})
			}
			t.grid.Rows = append(t.grid.Rows, row)
		}
	}
	return t
}

// id is what the row of a point is found by.
func (t *table) id(pt metric.Point) string {
	k := strings.Join(pt.Keys, "\x1f")
	if t.timed {
		k = pt.From.Format("2006-01-02") + "\x1f" + k
	}
	return k
}

// add puts the columns of result i into a table.
func (t *table) add(i int) {
	r := t.Results[i]
	compared := r.Query.Compare != metric.NoCompare
	t.grid.Heads = append(t.grid.Heads, grid.Head{Text: t.NameOf(i), Unit: r.Unit, Number: true})
	none := []grid.Cell{{Text: "—"}}
	if compared {
		base, change := baseName(r.Query.Compare, t.Lang), compareName(r.Query.Compare, t.Lang)
		if len(t.Results) > 1 {
			base, change = t.say("of_metric", t.NameOf(i), base), t.say("of_metric", t.NameOf(i), change)
		}
		t.grid.Heads = append(t.grid.Heads, grid.Head{Text: base, Unit: r.Unit, Number: true}, grid.Head{Text: change, Unit: r.Unit.Change(), Number: true})
		none = []grid.Cell{{Text: "—"}, {Text: "—"}, {Text: "—"}}
	}
	_, most := Extent(r)
	cells := make([][]grid.Cell, len(t.points))
	for _, pt := range r.Points {
		c := damaged(t.valueCell(pt, r.Unit), period.Damaged(r, t.Lang))
		c.Metric, c.Keys = r.Query.Metric, pt.Keys
		if pt.Value != nil && most > 0 && i < t.barred {
			c.Share = max(0, *pt.Value/most)
		}
		row := []grid.Cell{c}
		if compared {
			row = append(row, t.baseCell(pt, r.Unit), t.changeCell(pt, r.Unit))
		}
		cells[t.at[t.id(pt)]] = row
	}
	for j := range t.points {
		if cells[j] == nil {
			cells[j] = none
		}
		t.grid.Rows[j] = append(t.grid.Rows[j], cells[j]...)
	}
}

// latestFirst turns the rows round, so that the latest period stands first.
func (t *table) latestFirst() {
	order := make([]int, len(t.grid.Rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return t.points[b].From.Compare(t.points[a].From) })
	rows := make([][]grid.Cell, len(t.grid.Rows))
	for i, j := range order {
		rows[i] = t.grid.Rows[j]
	}
	t.grid.Rows = rows
}

// greatest lists the three greatest values of a result that is cut once more than keys: 真空冶炼 120、定向凝固 80.
func (f Figure) greatest(r *metric.Result, keys []string) string {
	var below []metric.Point
	for _, pt := range r.Points {
		if len(pt.Keys) == len(keys)+1 && slices.Equal(pt.Keys[:len(keys)], keys) && pt.Value != nil && *pt.Value > 0 {
			below = append(below, pt)
		}
	}
	slices.SortStableFunc(below, func(a, b metric.Point) int { return cmp.Compare(*b.Value, *a.Value) })
	var out []string
	for _, pt := range below[:min(3, len(below))] {
		out = append(out, Called(pt, len(keys), f.Lang)+" "+metric.Number(pt.Value, r.Unit))
	}
	if len(out) == 0 {
		return f.say("none")
	}
	return words.Join(f.Lang, "sep_list", out)
}

// stepsGrid is one row per metric.
func (f Figure) stepsGrid() grid.Grid {
	g := grid.Grid{Heads: []grid.Head{{Text: f.say("measure_head")}, {Text: f.say("value_head"), Number: true}, {Text: f.say("unit")}}}
	compared := slices.IndexFunc(f.Results, func(r *metric.Result) bool { return r.Query.Compare != metric.NoCompare })
	if compared >= 0 {
		by := f.Results[compared].Query.Compare
		g.Heads = append(g.Heads, grid.Head{Text: baseName(by, f.Lang), Number: true}, grid.Head{Text: compareName(by, f.Lang), Number: true}, grid.Head{Text: f.say("change_unit_head")})
	}
	for i, r := range f.Results {
		var pt metric.Point
		if len(r.Points) > 0 {
			pt = r.Points[0]
		}
		row := []grid.Cell{{Text: f.NameOf(i)}, damaged(f.valueCell(pt, r.Unit), period.Damaged(r, f.Lang)), {Text: r.Unit.Word(f.Lang)}}
		switch {
		case compared >= 0 && r.Query.Compare == metric.NoCompare:
			row = append(row, grid.Cell{Text: "—"}, grid.Cell{Text: "—"}, grid.Cell{})
		case compared >= 0:
			row = append(row, f.baseCell(pt, r.Unit), f.changeCell(pt, r.Unit), grid.Cell{Text: r.Unit.Change().Word(f.Lang)})
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func (f Figure) valueCell(pt metric.Point, unit metric.Unit) grid.Cell {
	c := grid.Cell{Text: metric.Number(pt.Value, unit), Value: pt.Value, Note: period.WhyOpen(pt, f.Lang)}
	switch {
	case pt.Value == nil:
		c.Note = period.Why(pt, f.Lang)
		if pt.Why == metric.WhyUnreported {
			c.Text = c.Note
		} else if mark, ok := missing.Mark(pt.Why); ok {
			c.Text = mark
		}
	case pt.Open():
		c.Text, c.Open = c.Text+"*", true
	}
	return c
}

// damaged puts what is damaged behind a number beside it.
func damaged(c grid.Cell, text string) grid.Cell {
	if c.Value != nil && text != "" {
		c.Text, c.Note = strings.TrimSuffix(c.Text, "*")+"*", text
	}
	return c
}

func (f Figure) changeCell(pt metric.Point, unit metric.Unit) grid.Cell {
	if pt.Change == nil {
		if pt.Open() && pt.Value != nil {
			return grid.Cell{Text: "—"} // the number beside it says why
		}
		return grid.Cell{Text: "—", Note: missing.Text(pt.WhyChange, f.Lang)}
	}
	return grid.Cell{Text: metric.FormatChange(pt.Change, unit, f.Lang), Value: pt.Change}
}

func (f Figure) baseCell(pt metric.Point, unit metric.Unit) grid.Cell {
	c := grid.Cell{Text: metric.Number(pt.Base, unit), Value: pt.Base}
	if pt.Base == nil && pt.WhyChange != metric.WhyZeroBase {
		c.Note = missing.Text(pt.WhyChange, f.Lang)
		if mark, ok := missing.Mark(pt.WhyChange); ok {
			c.Text = mark
		}
	}
	return c
}

// comparison is what the texts of a comparison end with.
func comparison(c metric.Compare) string {
	if c == metric.Previous || c == metric.Spring {
		return string(c)
	}
	return string(metric.YearOnYear)
}

// baseName is what the figures of a comparison are compared with.
func baseName(c metric.Compare, lang codes.Lang) string {
	return words.In(lang, "basis_"+comparison(c))
}

// compareName is the name of a comparison.
func compareName(c metric.Compare, lang codes.Lang) string {
	return words.In(lang, "growth_"+comparison(c))
}

// BaseDays is what a result is compared with, and its days where they are known.
func (f Figure) BaseDays(r *metric.Result) string {
	name := baseName(r.Query.Compare, f.Lang)
	if base, ok := baseRange(r); ok {
		return f.say("bracketed", name, base.Label(f.Lang))
	}
	return name
}

// baseRange is the days that the compared values of a result count, from the first to the last.
func baseRange(r *metric.Result) (days.Range, bool) {
	var out days.Range
	for _, pt := range r.Points {
		if pt.BaseFrom.IsZero() {
			continue
		}
		if out.From.IsZero() || pt.BaseFrom.Before(out.From) {
			out.From = pt.BaseFrom
		}
		if pt.BaseTo.After(out.To) {
			out.To = pt.BaseTo
		}
	}
	return out, !out.From.IsZero()
}
