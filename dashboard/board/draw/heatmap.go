package draw

import (
	"math"
	"slices"

	"github.com/go-echarts/go-echarts/v2/opts"

	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

func (f drawing) heatmapHeight() int {
	rows, head := f.keyed(), 64
	if f.IsDifference() {
		shown := f.Shown(0)
		if f.Compact {
			return max(240, len(f.listed(f.Shown(1), shown))*(f.namedHigh()+8)+20)
		}
		rows, head = len(shown), 120
	}
	if f.upright() {
		head += uprightHead/2 + 5*rows
	}
	return max(240, rows*f.onPhone(40, 36)+head)
}

// heatmap draws two dimensions against each other, or one dimension against several metrics.
func (f drawing) heatmap() *option {
	if f.IsDifference() {
		return f.difference()
	}
	rows := f.Shown(0)
	m := matrix{rows: namesOf(rows), cells: []cell{}, hi: 1}
	if len(f.By) == 2 {
		f.cross(&m, rows)
	} else {
		f.sideBySide(&m, rows)
	}
	// the name of a column takes no more than the column's own width, so that the last one is not cut off at the edge
	width, beside, above := min(110, max(44, 1000*f.Span/12/max(1, len(m.columns))-8)), namesBeside(m.rows, 170, 12), 12
	if f.Compact {
		width, beside, above = 38, namesBeside(m.rows, 88, 11), 10
	}
	m.above, m.beside, m.font = opts.AxisLabel{FontSize: above, Width: width}, beside, float32(f.onPhone(10, 12))
	return f.headed(m)
}

// cross fills a matrix with two dimensions: shades go with the values.
func (f drawing) cross(m *matrix, rows []panel.Item) {
	columns := f.Shown(1)
	m.columns, m.lo, m.hi = namesOf(columns), 0, 0
	points := map[[2]string]metric.Point{}
	for _, pt := range f.Results[0].Points {
		points[[2]string{panel.Key(pt, 0), panel.Key(pt, 1)}] = pt
	}
	for y, row := range rows {
		for x, column := range columns {
			pt, ok := points[[2]string{row.Key, column.Key}]
			if !ok || pt.Value == nil {
				continue
			}
			m.hi, m.lo = math.Max(m.hi, *pt.Value), math.Min(m.lo, *pt.Value)
			m.cells = append(m.cells, at(x, y, *pt.Value, metric.Number(pt.Value, f.Results[0].Unit)))
		}
	}
}

// upright says that the heads of columns stand upright: English words are longer than a column of a phone is wide.
func (f drawing) upright() bool { return f.Compact && f.Lang == codes.En }

// headed draws a matrix whose heads take no more than their columns, or stand upright above them.
func (f drawing) headed(m matrix) *option {
	o := f.matrix(m)
	o.XAxis[0].AxisLabel.LineHeight = m.above.FontSize + 3
	if f.upright() {
		o.XAxis[0].AxisLabel.Width, o.XAxis[0].AxisLabel.Rotate = uprightHead, 90
		o.XAxis[0].AxisLabel.Height, o.XAxis[0].AxisLabel.LineHeight, o.YAxis[0].AxisLabel.Height, o.Grid.Top = 36, 12, 40, "8"
	}
	return o
}

// uprightHead is how high heads are that stand upright, in pixels.
const uprightHead = 96

// sideBySide fills a matrix with a column per metric. Each has its own scale: the shade says where a value stands among
// its own kind, the figure says what it is.
func (f drawing) sideBySide(m *matrix, rows []panel.Item) {
	for x, r := range f.Results {
		name := f.NameOf(x)
		if u := r.Unit.Word(f.Lang); u != "" && !f.Compact {
			name += "\n" + f.say("in_brackets", u)
		}
		m.columns = append(m.columns, name)
		lo, hi := panel.Extent(r)
		for _, pt := range r.Points {
			y := slices.IndexFunc(rows, func(it panel.Item) bool { return it.Key == panel.Key(pt, 0) })
			if y < 0 {
				continue
			}
			if pt.Value == nil {
				m.cells = append(m.cells, at(x, y, 0, "—"))
				continue
			}
			shade := 0.5
			if hi > lo {
				shade = (*pt.Value - lo) / (hi - lo)
			}
			c := at(x, y, shade, metric.Number(pt.Value, r.Unit))
			c.Raw = pt.Value
			m.cells = append(m.cells, c)
		}
	}
}
