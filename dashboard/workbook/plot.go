package workbook

import (
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/grid"
)

// How much a chart shows, and how large it is in rows and columns of the sheet.
const (
	mostSeries   = 12
	mostBars     = 30
	mostPoints   = 400
	plotRows     = 20
	plotColumns  = 10
	pixelsPerRow = 20
	pixelsPerCol = 64
	mostLower    = 6 // rows more, where a spreadsheet has lower ones
)

// plot is a chart of the spreadsheet's own. It is drawn from columns of the table, or where these do not stand as a chart
// wants them, from rows of its own to the right of it.
type plot struct {
	kind   excelize.ChartType
	title  string
	series []int    // columns of the values, from 1
	second []int    // those of another unit, which has an axis of its own
	names  []string // of its own columns, the first those of the rows; nil: it is drawn from the table
	rows   [][]any
	count  int // rows that are drawn
}

var plots = map[board.Kind]excelize.ChartType{
	board.Bar: excelize.Bar, board.Column: excelize.Col, board.Pie: excelize.Doughnut,
	board.Trend: excelize.Line, board.Line: excelize.Line, board.Stack: excelize.ColStacked,
}

// plan chooses the chart of a panel; nil where the spreadsheet has no such kind, or there is nothing to draw.
func (w *writer) plan(p Panel, g grid.Grid) *plot {
	kind, ok := plots[p.Kind]
	keys := slices.IndexFunc(g.Heads, func(h grid.Head) bool { return h.Number })
	if !ok || keys < 1 || keys > 2 || len(g.Rows) == 0 || p.Empty() != "" {
		return nil
	}
	var values []int
	for i := range g.Heads {
		if slices.ContainsFunc(g.Rows, func(row []grid.Cell) bool { return i < len(row) && row[i].Metric != "" && row[i].Value != nil }) {
			values = append(values, i)
		}
	}
	if len(values) == 0 {
		return nil
	}
	timed := !firstDay(g.Rows[0]).IsZero()
	c := &plot{kind: kind, title: p.Title.In(w.Lang)}
	if keys == 1 && !timed {
		for _, i := range values[:min(len(values), mostSeries)] {
			switch {
			case g.Heads[i].Unit == g.Heads[values[0]].Unit:
				c.series = append(c.series, i+1)
			case kind == excelize.Col: // bars that lie have one axis
				c.second = append(c.second, i+1)
			}
		}
		if c.count = len(g.Rows); c.count > mostBars {
			c.title = w.say("bracketed", c.title, w.say("book_chart_first", mostBars, len(g.Rows)))
			c.count = mostBars
		}
		return c
	}
	c.turn(g, keys, values)
	if c.count > mostPoints || len(c.names) < 2 {
		return nil
	}
	if n := len(c.names) - 1; n > mostSeries {
		c.title = w.say("bracketed", c.title, w.say("book_chart_first", mostSeries, n))
	}
	for i := range min(len(c.names)-1, mostSeries) {
		if keys == 1 && g.Heads[values[i]].Unit != g.Heads[values[0]].Unit {
			c.second = append(c.second, i+1)
			continue
		}
		c.series = append(c.series, i+1)
	}
	return c
}

// turn puts the values of a table into rows and columns of the chart's own: a row a period, the earliest first, or a first
// key; a column a measure, or a second key.
func (c *plot) turn(g grid.Grid, keys int, values []int) {
	c.names = []string{g.Heads[0].Text}
	rows, columns := map[string]int{}, map[string]int{}
	order := slices.Clone(g.Rows)
	slices.SortStableFunc(order, func(a, b []grid.Cell) int { return firstDay(a).Compare(firstDay(b)) })
	for _, row := range order {
		j, ok := rows[row[0].Text]
		if !ok {
			j = len(c.rows)
			rows[row[0].Text] = j
			c.rows = append(c.rows, []any{row[0].Text})
		}
		for n, i := range values {
			name := g.Heads[i].Text
			if keys == 2 {
				if n > 0 {
					break
				}
				name = row[1].Text
			}
			k, ok := columns[name]
			if !ok {
				k = len(c.names)
				columns[name] = k
				c.names = append(c.names, name)
			}
			for len(c.rows[j]) <= k {
				c.rows[j] = append(c.rows[j], nil)
			}
			if i < len(row) && row[i].Value != nil {
				c.rows[j][k] = row[i]
			}
		}
	}
	c.count = len(c.rows)
	for _, row := range c.rows { // a mark on the axis: what stands above it is not final
		if text := row[0].(string); slices.ContainsFunc(row, func(v any) bool { cell, ok := v.(grid.Cell); return ok && cell.Open }) && !strings.HasSuffix(text, "*") {
			row[0] = text + "*"
		}
	}
}

// own is the first of the chart's own columns, beside a table of so many.
func own(columns int) int { return columns + 2 + plotColumns + 1 }

// heads are the heads of the chart's own columns.
func (c *plot) heads(look int) []any {
	var out []any
	for _, name := range c.names {
		out = append(out, excelize.Cell{Value: name, StyleID: look})
	}
	return out
}

// beside puts the cells of the chart's own into a row of the table.
func (c *plot) beside(row, cells []any, columns int) []any {
	if len(cells) == 0 {
		return row
	}
	for len(row) < own(columns)-1 {
		row = append(row, nil)
	}
	return append(row, cells...)
}

// draw puts the chart beside the table whose heads stand in row at. It returns the last column that the chart covers.
func (w *writer) draw(s *sheet, at, columns int) (int, error) {
	c := s.plot
	first, shift := 1, 0
	if c.names != nil {
		first = own(columns)
		shift = first
	}
	chart := &excelize.Chart{
		Type: c.kind, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.title, Font: &excelize.Font{Bold: true, Size: 12}}}},
		Legend: excelize.ChartLegend{Position: "bottom"}, ShowBlanksAs: "gap",
		Dimension: excelize.ChartDimension{Width: plotColumns * pixelsPerCol, Height: plotRows * pixelsPerRow},
		XAxis:     excelize.ChartAxis{ReverseOrder: c.kind == excelize.Bar},
		YAxis:     excelize.ChartAxis{MajorGridLines: c.kind != excelize.Doughnut},
	}
	if len(c.series)+len(c.second) == 1 && c.kind != excelize.Doughnut {
		chart.Legend.Position = "none"
	}
	lines := func(list []int) (out []excelize.ChartSeries) {
		for _, i := range list {
			column := i + shift
			out = append(out, excelize.ChartSeries{
				Name:       place(s.name, absolute(column, at)),
				Categories: place(s.name, absolute(first, at+1)+":"+absolute(first, at+c.count)),
				Values:     place(s.name, absolute(column, at+1)+":"+absolute(column, at+c.count)),
			})
		}
		return out
	}
	chart.Series = lines(c.series)
	var more []*excelize.Chart
	if len(c.second) > 0 {
		more = append(more, &excelize.Chart{Type: excelize.Line, Series: lines(c.second), Legend: chart.Legend, ShowBlanksAs: "gap", YAxis: excelize.ChartAxis{Secondary: true}})
	}
	if c.kind == excelize.Doughnut {
		chart.Series, chart.HoleSize = chart.Series[:1], 55
	}
	return columns + 1 + plotColumns, w.AddChart(s.name, cellName(columns+2, at+1), chart, more...)
}
