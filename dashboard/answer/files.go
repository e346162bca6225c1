package answer

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"yanzhen/dashboard/columnar"
	"yanzhen/dashboard/grid"
	"yanzhen/pipeline/codes"
)

// heads are the columns of a file: period, for each dimension its key and its label, then the number and what is to be known
// of it. They are the same whether anything stands in them or not.
func (a *Answer) heads() []grid.Head {
	out := []grid.Head{{Text: "from"}, {Text: "to"}}
	for _, dim := range a.Question.By {
		out = append(out, grid.Head{Text: dim}, grid.Head{Text: dim + "_label"})
	}
	unit := a.Result.Unit
	return append(out, grid.Head{Text: "value", Number: true, Unit: unit}, grid.Head{Text: "why"}, grid.Head{Text: "base", Number: true, Unit: unit},
		grid.Head{Text: "change", Number: true, Unit: unit.Change()}, grid.Head{Text: "why_change"}, grid.Head{Text: "open"})
}

func (a *Answer) row(p Point) []grid.Cell {
	text := func(s string) grid.Cell { return grid.Cell{Text: s} }
	number := func(v *float64) grid.Cell { return grid.Cell{Value: v} }
	out := []grid.Cell{text(p.From), text(p.To)}
	for i := range a.Question.By {
		out = append(out, text(p.Keys[i]), text(p.Labels[i]))
	}
	open := ""
	if p.Open != nil {
		open = p.Open.Text
	}
	return append(out, number(p.Value), text(p.Why), number(p.Base), number(p.Change), text(p.WhyChange), text(open))
}

// CSV writes the points as a table.
func (a *Answer) CSV() ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	heads := a.heads()
	var line []string
	for _, h := range heads {
		line = append(line, h.Text)
	}
	_ = w.Write(line)
	for _, p := range a.Points {
		line = line[:0]
		for i, c := range a.row(p) {
			switch {
			case !heads[i].Number:
				line = append(line, grid.Harmless(c.Text))
			case c.Value == nil:
				line = append(line, "")
			default:
				line = append(line, strconv.FormatFloat(*c.Value, 'f', -1, 64))
			}
		}
		_ = w.Write(line)
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// Arrow writes the points as an Arrow file whose metadata say what the numbers are.
func (a *Answer) Arrow(lang codes.Lang) ([]byte, error) {
	g := grid.Grid{Heads: a.heads()}
	for _, p := range a.Points {
		g.Rows = append(g.Rows, a.row(p))
	}
	facts := []columnar.Fact{
		{Name: "metric", Text: a.Metric.Name},
		{Name: "title", Text: a.Metric.Title},
		{Name: "definition", Text: a.Metric.Definition},
		{Name: "unit", Text: a.Metric.Unit},
		{Name: "from", Text: a.Question.From},
		{Name: "to", Text: a.Question.To},
		{Name: "where", Text: strings.Join(a.Question.Where, " ")},
		{Name: "as_of", Text: a.Question.AsOf},
		{Name: "data_date", Text: a.Data.Date},
		{Name: "data_version", Text: a.Data.Version},
		{Name: "notes", Text: strings.Join(a.Notes, "\n")},
		{Name: "link", Text: a.Link},
	}
	return columnar.Arrow(g, lang, facts)
}
