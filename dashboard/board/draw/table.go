package draw

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// Head is a column of a Grid.
type Head struct {
	Text   string
	Unit   metric.Unit // zero for keys
	Number bool
}

// Cell is one cell: what is read, and for a number the exact value behind it.
type Cell struct {
	Text  string
	Value *float64
	Share float64 // of the greatest of its column, 0 to 1: how long a bar beside it is
	Note  string  // why a value is missing
	Now   *Cell   // of a figure as it was reported: what it is now, where that is something else

	Metric string   // of a number of a metric that is cut by dimensions
	Keys   []string // and the keys it is cut by, in the order of the query; of a period, its first day
	URL    string   // where the number is explained; who shows the grid fills it in
}

// Grid is the twin of a chart in rows and columns: for reading aloud, printing, copying.
type Grid struct {
	Heads []Head
	Rows  [][]Cell
}

// Tabulate puts the results of a panel side by side: a row per period and key, a column per metric, and columns for
// the comparison where one was asked for.
func (f Figure) Grid() Grid {
	p, rs, loc := f, f.Results, f.Lang
	var g Grid
	if len(rs) == 0 {
		return g
	}
	var lists *metric.Result
	if p.Each != "" && len(rs) > 1 {
		rs, lists = rs[:len(rs)-1], rs[len(rs)-1]
	}
	if p.Kind == board.Table && len(rs) == 1 && slices.ContainsFunc(rs[0].Points, func(pt metric.Point) bool { return pt.Forecast }) {
		return tabulateAhead(p, rs[0], loc)
	}
	if p.Kind == board.Spring {
		return tabulateSpring(p, rs, loc)
	}
	q := rs[0].Query
	dims := len(q.By)
	timed := q.Grain != metric.Total
	if p.Kind == board.Funnel || p.Kind == board.KPI && !timed {
		return tabulateSteps(p, rs, loc)
	}
	if timed {
		g.Heads = append(g.Heads, Head{Text: pick(loc, "期间", "Period")})
	}
	for d := range dims {
		g.Heads = append(g.Heads, Head{Text: p.dim(d, loc)})
	}
	type rowKey string
	id := func(pt metric.Point) rowKey {
		k := strings.Join(pt.Keys, "\x1f")
		if timed {
			k = pt.From.Format("2006-01-02") + "\x1f" + k
		}
		return rowKey(k)
	}
	at := map[rowKey]int{}
	var points []metric.Point
	for _, r := range rs {
		for _, pt := range r.Points {
			if _, ok := at[id(pt)]; !ok {
				at[id(pt)] = len(points)
				points = append(points, pt)
			}
		}
	}
	for _, pt := range points {
		var row []Cell
		if timed {
			row = append(row, Cell{Text: periodOf(pt, q.Grain, loc), Keys: []string{pt.From.Format("2006-01-02")}})
		}
		for d := range dims {
			row = append(row, Cell{Text: label(pt, d, loc)})
		}
		g.Rows = append(g.Rows, row)
	}
	for i, r := range rs {
		compare := r.Query.Compare != metric.NoCompare
		g.Heads = append(g.Heads, Head{Text: p.title(i, loc), Unit: r.Unit, Number: true})
		if compare {
			of := ""
			if len(rs) > 1 {
				of = p.title(i, loc) + pick(loc, " ", ", ")
			}
			g.Heads = append(g.Heads,
				Head{Text: of + baseName(r.Query.Compare, loc), Unit: r.Unit, Number: true},
				Head{Text: of + compareName(r.Query.Compare, loc), Unit: r.Unit.Change(), Number: true})
		}
		most := 0.0
		for _, pt := range r.Points {
			if pt.Value != nil {
				most = max(most, *pt.Value)
			}
		}
		found := make([]bool, len(points))
		cells := make([][]Cell, len(points))
		for _, pt := range r.Points {
			j := at[id(pt)]
			found[j] = true
			c := Cell{Text: number(pt.Value, r.Unit), Value: pt.Value, Metric: r.Query.Metric, Keys: pt.Keys}
			if pt.Value == nil {
				c.Note = metric.WhyText(pt.Why, loc)
			} else if most > 0 && (i == 0 || lists == nil && len(rs) <= 7) {
				// beside a list, or among many columns, there is room for the first bar only
				c.Share = max(0, *pt.Value/most)
			}
			cells[j] = []Cell{c}
			if compare {
				cells[j] = append(cells[j], baseCell(pt, r.Unit, loc), changeCell(pt, r.Unit, loc))
			}
		}
		for j := range points {
			if !found[j] {
				cells[j] = []Cell{{Text: "—"}}
				if compare {
					cells[j] = append(cells[j], Cell{Text: "—"}, Cell{Text: "—"})
				}
			}
			g.Rows[j] = append(g.Rows[j], cells[j]...)
		}
	}
	if lists != nil {
		g.Heads = append(g.Heads, Head{Text: p.title(len(rs), loc)})
		for j, pt := range points {
			g.Rows[j] = append(g.Rows[j], Cell{Text: greatest(lists, pt.Keys, loc)})
		}
	}
	if p.Kind == board.Table && p.Limit > 0 && len(g.Rows) > p.Limit {
		// ranked by the first metric, as the engine gave them
		g.Rows = g.Rows[:p.Limit]
	}
	if timed { // the latest period first
		order := make([]int, len(g.Rows))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return points[b].From.Compare(points[a].From) })
		rows := make([][]Cell, len(g.Rows))
		for i, j := range order {
			rows[i] = g.Rows[j]
		}
		g.Rows = rows
	}
	return g
}

// tabulateAhead is a row per key: the last period counted, then what is expected in those to come, each with its
// range, and how the forecast would have done so far. The greatest in the first period to come is first.
func tabulateAhead(p Figure, r *metric.Result, loc codes.Lang) Grid {
	var g Grid
	grain := r.Query.Grain
	if grain == metric.Total && r.Metric != nil {
		grain = r.Metric.Every
	}
	var counted metric.Day
	var ahead []metric.Day
	keys := map[string]map[metric.Day]metric.Point{}
	var order []string
	for _, pt := range r.Points {
		switch {
		case pt.Forecast && !slices.Contains(ahead, pt.From):
			ahead = append(ahead, pt.From)
		case !pt.Forecast && pt.From.After(counted):
			counted = pt.From
		}
		k := strings.Join(pt.Keys, "\x1f")
		if keys[k] == nil {
			keys[k] = map[metric.Day]metric.Point{}
			order = append(order, k)
		}
		keys[k][pt.From] = pt
	}
	slices.SortFunc(ahead, metric.Day.Compare)
	expected := func(k string) float64 {
		if v := keys[k][ahead[0]].Value; v != nil {
			return *v
		}
		return math.Inf(-1)
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(expected(b), expected(a)) })
	if p.Limit > 0 && len(order) > p.Limit {
		order = order[:p.Limit]
	}
	most := 0.0
	for _, k := range order {
		most = max(most, expected(k))
	}
	for d := range r.Query.By {
		g.Heads = append(g.Heads, Head{Text: p.dim(d, loc)})
	}
	if !counted.IsZero() {
		g.Heads = append(g.Heads, Head{Text: pick(loc, tick(counted, grain, loc)+"实际", tick(counted, grain, loc)+" counted"), Unit: r.Unit, Number: true})
	}
	for _, d := range ahead {
		name := tick(d, grain, loc)
		g.Heads = append(g.Heads, Head{Text: pick(loc, name+"预测", name+" expected"), Unit: r.Unit, Number: true}, Head{Text: pick(loc, name+"区间", name+" range")})
	}
	g.Heads = append(g.Heads, Head{Text: pick(loc, "回测误差", "Back-test")})
	for _, k := range order {
		pts := keys[k]
		var row []Cell
		for d := range r.Query.By {
			row = append(row, Cell{Text: label(pts[ahead[0]], d, loc)})
		}
		if !counted.IsZero() {
			row = append(row, forecastCell(pts[counted], r.Unit, loc))
		}
		for i, d := range ahead {
			pt := pts[d]
			c := forecastCell(pt, r.Unit, loc)
			if i == 0 && c.Value != nil && most > 0 {
				c.Share = max(0, *c.Value/most)
			}
			between := Cell{Text: "—"}
			if pt.Lower != nil && pt.Upper != nil {
				between.Text = number(pt.Lower, r.Unit) + pick(loc, "～", " to ") + number(pt.Upper, r.Unit)
			}
			row = append(row, c, between)
		}
		test := Cell{Text: pick(loc, "无从检验", "cannot be tested")}
		for _, b := range r.Backtest {
			if slices.Equal(b.Keys, pts[ahead[0]].Keys) && b.N > 0 {
				mape, naive := metric.Format(&b.MAPE, metric.Percent, loc), metric.Format(&b.Naive, metric.Percent, loc)
				test.Text = fmt.Sprintf(pick(loc, "%s（去年同季 %s）", "%s (a year before: %s)"), mape, naive)
			}
		}
		g.Rows = append(g.Rows, append(row, test))
	}
	return g
}

func forecastCell(pt metric.Point, unit metric.Unit, loc codes.Lang) Cell {
	c := Cell{Text: number(pt.Value, unit), Value: pt.Value}
	if pt.Value == nil {
		c.Note = metric.WhyText(pt.Why, loc)
	}
	return c
}

// greatest lists the three greatest values of a result that is cut once more than keys: 真空冶炼 120、定向凝固 80.
func greatest(r *metric.Result, keys []string, loc codes.Lang) string {
	var of []metric.Point
	for _, pt := range r.Points {
		if len(pt.Keys) == len(keys)+1 && slices.Equal(pt.Keys[:len(keys)], keys) && pt.Value != nil && *pt.Value > 0 {
			of = append(of, pt)
		}
	}
	slices.SortStableFunc(of, func(a, b metric.Point) int { return cmp.Compare(*b.Value, *a.Value) })
	var out []string
	for i, pt := range of {
		if i == 3 {
			break
		}
		out = append(out, label(pt, len(keys), loc)+" "+number(pt.Value, r.Unit))
	}
	if len(out) == 0 {
		return pick(loc, "无", "none")
	}
	return strings.Join(out, pick(loc, "、", ", "))
}

// tabulateSteps is one row per metric.
func tabulateSteps(p Figure, rs []*metric.Result, loc codes.Lang) Grid {
	g := Grid{Heads: []Head{{Text: pick(loc, "指标", "Measure")}, {Text: pick(loc, "数值", "Value"), Number: true}, {Text: pick(loc, "单位", "Unit")}}}
	compare := slices.ContainsFunc(rs, func(r *metric.Result) bool { return r.Query.Compare != metric.NoCompare })
	if compare {
		by := rs[slices.IndexFunc(rs, func(r *metric.Result) bool { return r.Query.Compare != metric.NoCompare })].Query.Compare
		g.Heads = append(g.Heads, Head{Text: baseName(by, loc), Number: true}, Head{Text: compareName(by, loc), Number: true}, Head{Text: pick(loc, "增减单位", "Unit of change")})
	}
	for i, r := range rs {
		var pt metric.Point
		if len(r.Points) > 0 {
			pt = r.Points[0]
		}
		c := Cell{Text: number(pt.Value, r.Unit), Value: pt.Value}
		if pt.Value == nil {
			c.Note = metric.WhyText(pt.Why, loc)
		}
		row := []Cell{{Text: p.title(i, loc)}, c, {Text: UnitName(r.Unit, loc)}}
		switch {
		case compare && r.Query.Compare == metric.NoCompare:
			row = append(row, Cell{Text: "—"}, Cell{Text: "—"}, Cell{})
		case compare:
			row = append(row, baseCell(pt, r.Unit, loc), changeCell(pt, r.Unit, loc), Cell{Text: UnitName(r.Unit.Change(), loc)})
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func changeCell(pt metric.Point, unit metric.Unit, loc codes.Lang) Cell {
	if pt.Change == nil {
		return Cell{Text: "—", Note: metric.WhyText(pt.WhyChange, loc)}
	}
	return Cell{Text: metric.FormatChange(pt.Change, unit, loc), Value: pt.Change}
}

func baseCell(pt metric.Point, unit metric.Unit, loc codes.Lang) Cell {
	c := Cell{Text: number(pt.Base, unit), Value: pt.Base}
	if pt.Base == nil && pt.WhyChange != metric.WhyZeroBase {
		c.Note = metric.WhyText(pt.WhyChange, loc)
	}
	return c
}

// baseName is what the figures of a comparison are compared with.
func baseName(c metric.Compare, loc codes.Lang) string {
	switch c {
	case metric.Previous:
		return pick(loc, "上期", "Previous period")
	case metric.Spring:
		return pick(loc, "上年同期（春节对齐）", "Last year, aligned to the lunar new year")
	}
	return pick(loc, "上年同期", "Same period last year")
}

// compareName is the name of a comparison.
func compareName(c metric.Compare, loc codes.Lang) string {
	switch c {
	case metric.Previous:
		return pick(loc, "环比", "Change")
	case metric.Spring:
		return pick(loc, "同比（春节对齐）", "YoY, aligned")
	}
	return pick(loc, "同比", "YoY")
}

// Reasons lists why numbers of the grid are missing, each once.
func (g Grid) Reasons() []string {
	var out []string
	for _, row := range g.Rows {
		for _, c := range row {
			if c.Note != "" && !slices.Contains(out, c.Note) {
				out = append(out, c.Note)
			}
		}
	}
	return out
}

// number writes a value for reading, without the word of its unit.
func number(v *float64, unit metric.Unit) string {
	if v == nil {
		return "—"
	}
	return metric.Number(v, unit)
}

// UnitName is a unit in words; "" for an index.
func UnitName(unit metric.Unit, loc codes.Lang) string { return unit.Word(loc) }

// Since puts beside each number of g, which was reported, what it is in now where that is something else. It returns
// how many cells moved and how many rows of now are not in g. Rows are found by what stands in them besides numbers.
func (g Grid) Since(now Grid) (cells, rows int) {
	id := func(g Grid, row []Cell) string {
		var words []string
		for i, c := range row {
			if i < len(g.Heads) && !g.Heads[i].Number && (i == 0 || !g.Heads[i-1].Number) {
				words = append(words, cmp.Or(strings.Join(c.Keys, "\x1e"), c.Text)) // a period's text says how far it has come
			}
		}
		return strings.Join(words, "\x1f")
	}
	at := map[string]int{}
	for i, row := range now.Rows {
		at[id(now, row)] = i
	}
	column := func(i int) int {
		if i < len(now.Heads) && now.Heads[i] == g.Heads[i] {
			return i
		}
		return slices.Index(now.Heads, g.Heads[i])
	}
	for _, row := range g.Rows {
		j, ok := at[id(g, row)]
		if ok {
			delete(at, id(g, row))
		}
		for i := range row {
			if i >= len(g.Heads) || !g.Heads[i].Number {
				continue
			}
			c := &row[i]
			is := Cell{Text: "—"}
			if k := column(i); ok && k >= 0 && k < len(now.Rows[j]) {
				is = now.Rows[j][k]
			} else if ok || c.Value == nil {
				continue
			}
			if (c.Value == nil) != (is.Value == nil) || c.Value != nil && *c.Value != *is.Value && c.Text != is.Text {
				c.Now = &Cell{Text: is.Text, Value: is.Value}
				cells++
			}
		}
	}
	return cells, len(at)
}

// WithNow puts a column beside each one in which a number moved since it was reported: what it is now.
func (g Grid) WithNow(loc codes.Lang) Grid {
	var out Grid
	moved := make([]bool, len(g.Heads))
	for _, row := range g.Rows {
		for i, c := range row {
			moved[i] = moved[i] || c.Now != nil
		}
	}
	out.Rows = make([][]Cell, len(g.Rows))
	for i, h := range g.Heads {
		out.Heads = append(out.Heads, h)
		if moved[i] {
			out.Heads = append(out.Heads, Head{Text: h.Text + pick(loc, " 现为", " now"), Unit: h.Unit, Number: true})
		}
		for j, row := range g.Rows {
			if i >= len(row) {
				continue
			}
			c := row[i]
			out.Rows[j] = append(out.Rows[j], c)
			if moved[i] && c.Now != nil {
				c = *c.Now
			}
			if moved[i] {
				out.Rows[j] = append(out.Rows[j], Cell{Text: c.Text, Value: c.Value})
			}
		}
	}
	return out
}

// CSV writes a Grid for a spreadsheet: UTF-8 with a byte order mark, CRLF, numbers unrounded. A text that a spreadsheet
// would take for a formula gets an apostrophe before it. Where a number is missing its cell is empty, and a last column
// says why.
func (g Grid) CSV(loc codes.Lang) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\uFEFF")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	heads := make([]string, len(g.Heads))
	for i, h := range g.Heads {
		heads[i] = harmless(h.Text)
		if u := UnitName(h.Unit, loc); h.Number && u != "" {
			heads[i] = harmless(h.Text) + pick(loc, "（"+u+"）", " ("+u+")")
		}
	}
	reasons := len(g.Reasons()) > 0
	if reasons {
		heads = append(heads, pick(loc, "缺数说明", "Why missing"))
	}
	if err := w.Write(heads); err != nil {
		return nil, fmt.Errorf("write csv: %w", err)
	}
	for _, row := range g.Rows {
		cells := make([]string, len(row))
		var why []string
		for i, c := range row {
			switch {
			case c.Value != nil:
				cells[i] = decimal(*c.Value)
			case c.Text == "—":
			default:
				cells[i] = harmless(c.Text)
			}
			if c.Note != "" && !slices.Contains(why, c.Note) {
				why = append(why, c.Note)
			}
		}
		if reasons {
			cells = append(cells, strings.Join(why, pick(loc, "；", "; ")))
		}
		if err := w.Write(cells); err != nil {
			return nil, fmt.Errorf("write csv: %w", err)
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// decimal writes a number with the fifteen digits that a spreadsheet keeps: a sum of amounts is 119.8, and not
// 119.79999999999998 on the days on which it was added up in another order.
func decimal(v float64) string {
	if short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64); err == nil {
		v = short
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
