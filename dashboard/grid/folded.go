package grid

import (
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// mostNamed is how many rows that are left out are named.
const mostNamed = 6

// Folded leaves out the rows in which no number stands, for who reads, and says which; "" where there are none. A table in which
// there is no number at all stays as it is.
func (g Grid) Folded(lang codes.Lang) (Grid, string) {
	var rows [][]Cell
	var names []string
	for _, row := range g.Rows {
		if !g.blank(row) {
			rows = append(rows, row)
			continue
		}
		var keys []string
		for i, c := range row {
			if !g.Heads[i].Number {
				keys = append(keys, c.Text)
			}
		}
		names = append(names, strings.Join(keys, " · "))
	}
	if len(names) == 0 || len(rows) == 0 {
		return g, ""
	}
	n, more := len(names), ""
	if n > mostNamed {
		names, more = names[:mostNamed], " …"
	}
	return Grid{Heads: g.Heads, Rows: rows}, words.In(lang, "rows_without", n, words.Whole(words.Join(lang, "sep_list", names)+more))
}

// blank says that a row has cells for numbers, and a dash in all of them.
func (g Grid) blank(row []Cell) bool {
	number := func(i int) bool { return i < len(g.Heads) && g.Heads[i].Number }
	any := false
	for i, c := range row {
		if number(i) && (c.Text != metric.None || c.Value != nil || c.Now != nil) {
			return false
		}
		any = any || number(i)
	}
	return any
}
