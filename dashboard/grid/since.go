package grid

import (
	"cmp"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Since puts beside each number of g, which was reported, what it is in now where that is something else. It returns
// how many cells moved and how many rows of now are not in g. Rows are found by what stands in them besides numbers.
func (g Grid) Since(now Grid) (cells, rows int) {
	id := func(g Grid, row []Cell) string {
		var said []string
		for i, c := range row {
			if i < len(g.Heads) && !g.Heads[i].Number && (i == 0 || !g.Heads[i-1].Number) {
				said = append(said, cmp.Or(strings.Join(c.Keys, "\x1e"), c.Text)) // a period's text says how far it has come
			}
		}
		return strings.Join(said, "\x1f")
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
			if (c.Value == nil) != (is.Value == nil) || c.Value != nil && metric.Less(*is.Value, *c.Value) != 0 && c.Text != is.Text {
				c.Now = &Cell{Text: is.Text, Value: is.Value}
				cells++
			}
		}
	}
	return cells, len(at)
}

// WithNow puts a column beside each one in which a number moved since it was reported: what it is now.
func (g Grid) WithNow(lang codes.Lang) Grid {
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
			out.Heads = append(out.Heads, Head{Text: words.In(lang, "moved_now", h.Text), Unit: h.Unit, Number: true})
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
