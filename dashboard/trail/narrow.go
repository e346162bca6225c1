package trail

import (
	"slices"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/grid"
	"yanzhen/pipeline/days"
)

// Narrow lets the names and periods of a table narrow the page to themselves, as a click on them in the drawing does. What
// the page is narrowed to already leads nowhere.
func Narrow(g grid.Grid, d *figures.Answer, st address.State) {
	drill := draw.Drill(d.Figure)
	var dims []string
	if len(d.Results) > 0 {
		if dims = d.Results[0].Query.By; d.Results[0].Query.Grain != days.Total {
			dims = append([]string{"period"}, dims...)
		}
	}
	for i, dim := range dims {
		if i >= len(g.Heads) || g.Heads[i].Number {
			return
		}
		for _, row := range g.Rows {
			if i >= len(row) {
				continue
			}
			ref, ok := drill[row[i].Text]
			if !ok && dim == "period" {
				ref, ok = drill[row[i].Text+"*"] // on an axis a star marks what is not whole
			}
			if !ok || ref.Dim != dim {
				continue
			}
			q := st.Query()
			if dim == "period" {
				q.Set("from", ref.From)
				q.Set("to", ref.To)
				q.Del("grain")
			} else {
				param := address.Param(dim)
				if param == "" || ref.Key == "" || slices.Equal(st.Where[param], []string{ref.Key}) {
					continue
				}
				q.Set(param, ref.Key)
			}
			row[i].URL = address.To("", q) + "#" + d.Panel.Name
		}
	}
}
