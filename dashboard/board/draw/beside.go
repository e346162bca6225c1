package draw

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/opts"

	"yanzhen/dashboard/board/layout"
)

// putBeside chooses for each point the side its words stand on, in the picture as it is drawn at a common width.
func (f drawing) putBeside(spots []spot, font float64) {
	width, height := f.mapWidth(), float64(f.mapHeight())
	inside := layout.Frame{Left: 4, Top: 4, Right: width - 4, Bottom: height - 22} // below lies the licence
	for i, side := range layout.Sides(f.discs(spots, width, height, font), inside) {
		spots[i].Label = &label{Label: opts.Label{Align: map[string]string{"left": "right", "top": "center", "bottom": "center"}[side]}, Position: side}
	}
}

// discs are where points lie in a picture of a width and height.
func (f drawing) discs(spots []spot, width, height, font float64) []layout.Disc {
	b := f.Outline.Box()
	scale := math.Min(width/(1.08*(b.East-b.West)*b.Aspect()), (height-16)/(1.08*(b.North-b.South)))
	out := make([]layout.Disc, len(spots))
	for i, s := range spots {
		at := s.Value.([]any)
		lon, lat := at[0].(float64), at[1].(float64)
		out[i] = layout.Disc{X: width/2 + (lon-(b.East+b.West)/2)*b.Aspect()*scale, Y: height/2 - (lat-(b.North+b.South)/2)*scale, R: float64(s.SymbolSize) / 2}
		out[i].Width, out[i].Height = layout.Measure(s.Text, font)
	}
	return out
}
