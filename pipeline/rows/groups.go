package rows

import (
	"fmt"
	"slices"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// Groups finds the columns of names in which only the first row of each group is filled, as if a blank meant what stands
// above it. Only the sender knows, so it is told.
type Groups struct{ columns []*group }

// group is one that may be such a column.
type group struct {
	at     int
	title  codes.Text
	filled []string
	rows   int
	blanks int
	first  string // where the first blank one stands
}

// mostGroups is how many different names a column has at most that is looked at to its end.
const mostGroups = 200

// NewGroups looks at the columns of a table that are read from some cells, by column; -1: from none.
func NewGroups(ds *dataset.Dataset, at []int) (g Groups) {
	name := -1 // the first column by which a row is called: groups stand before it
	for i := range ds.Columns {
		if c := &ds.Columns[i]; at[i] >= 0 && c.Required && c.List == "" && (c.Type == dataset.String || c.Type == dataset.Low) && (name < 0 || at[i] < name) {
			name = at[i]
		}
	}
	for i := range ds.Columns {
		if c := &ds.Columns[i]; at[i] >= 0 && at[i] < name && !c.Required && !c.FillDown && (c.Type == dataset.Low || c.Type == dataset.Code) && !reRemark.MatchString(c.Title.Zh) {
			g.columns = append(g.columns, &group{at: at[i], title: c.Title})
		}
	}
	return g
}

// See looks at a row that was loaded.
func (g *Groups) See(row *source.Row) {
	for i := 0; i < len(g.columns); i++ {
		if c := g.columns[i]; !c.see(row) {
			g.columns = slices.Delete(g.columns, i, i+1)
			i--
		}
	}
}

// see reports whether the column may be one still.
func (c *group) see(row *source.Row) bool {
	c.rows++
	if c.at >= len(row.Cells) || !row.Cells[c.at].Filled() {
		if c.blanks++; c.blanks == 1 {
			c.first = row.Origin.Cell(c.at)
		}
		return c.rows > 1
	}
	text := row.Cells[c.at].Text
	if slices.Contains(c.filled, text) || len(c.filled) == mostGroups {
		return false // a name comes again: a blank is a blank
	}
	c.filled = append(c.filled, text)
	return true
}

// Tell tells of the columns that are so.
func (g *Groups) Tell(say func(codes.Text)) {
	for _, c := range g.columns {
		if len(c.filled) > 1 && c.blanks*4 >= c.rows {
			say(codes.Text{
				Zh: fmt.Sprintf("列“%s”像是每组只填首行：%d 格空着，自 %s 起，按没有值读取；若同上一行，请填上或合并单元格", c.title.Zh, c.blanks, c.first),
				En: fmt.Sprintf("the column %s seems to be filled in the first row of each group only: %d cells are blank, from %s on, and were read as no value; if they mean what stands above, fill or merge them", c.title.En, c.blanks, c.first),
			})
		}
	}
}
