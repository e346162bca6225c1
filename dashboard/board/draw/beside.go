package draw

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/opts"

	"yanzhen/dashboard/board/layout"
)

// frame is a rectangle in the picture, in pixels.
type frame struct{ left, top, right, bottom float64 }

// over is how much of a lies on b.
func (a frame) over(b frame) float64 {
	return math.Max(0, math.Min(a.right, b.right)-math.Max(a.left, b.left)) * math.Max(0, math.Min(a.bottom, b.bottom)-math.Max(a.top, b.top))
}

// A disc is a point of a map in its picture as it is drawn at a common width.
type disc struct{ x, y, r float64 }

// putBeside chooses for each point the side its words stand on, so that they lie on no other point or words and within
// the picture as it is drawn at a common width.
func (f Figure) putBeside(spots []spot, font float64) {
	width, height := f.mapWidth(), float64(f.mapHeight())
	inside := frame{4, 4, width - 4, height - 22} // below lies the licence
	discs := f.discs(spots, width, height)
	var taken []frame
	for _, d := range discs {
		taken = append(taken, frame{d.x - d.r - 3, d.y - d.r - 3, d.x + d.r + 3, d.y + d.r + 3})
	}
	for i := range spots {
		d := discs[i]
		w, h := layout.Measure(spots[i].Text, font)
		best, side := math.Inf(1), ""
		var at frame
		for _, c := range []struct {
			side      string
			left, top float64
		}{{"right", d.x + d.r + 6, d.y - h/2}, {"left", d.x - d.r - 6 - w, d.y - h/2}, {"bottom", d.x - w/2, d.y + d.r + 4}, {"top", d.x - w/2, d.y - d.r - 4 - h}} {
			words := frame{c.left, c.top, c.left + w, c.top + h}
			bad := 4 * (w*h - words.over(inside)) // what is cut off, or lies on the licence
			for j, o := range taken {
				if j != i {
					bad += words.over(o)
				}
			}
			if bad < best-1 {
				best, side, at = bad, c.side, words
			}
		}
		taken = append(taken, at)
		spots[i].Label = &label{Label: opts.Label{Align: map[string]string{"left": "right", "top": "center", "bottom": "center"}[side]}, Position: side}
	}
}

// discs are where points lie in a picture of a width and height.
func (f Figure) discs(spots []spot, width, height float64) []disc {
	b := f.Outline.Box()
	scale := math.Min(width/(1.08*(b.East-b.West)*b.Aspect()), (height-16)/(1.08*(b.North-b.South)))
	out := make([]disc, len(spots))
	for i, s := range spots {
		at := s.Value.([]any)
		lon, lat := at[0].(float64), at[1].(float64)
		out[i] = disc{width/2 + (lon-(b.East+b.West)/2)*b.Aspect()*scale, height/2 - (lat-(b.North+b.South)/2)*scale, float64(s.SymbolSize) / 2}
	}
	return out
}
