package layout

import "math"

// Frame is a rectangle in a picture, in pixels.
type Frame struct{ Left, Top, Right, Bottom float64 }

// over is how much of a lies on b.
func (a Frame) over(b Frame) float64 {
	return math.Max(0, math.Min(a.Right, b.Right)-math.Max(a.Left, b.Left)) * math.Max(0, math.Min(a.Bottom, b.Bottom)-math.Max(a.Top, b.Top))
}

// A Disc is a point of a map in its picture, and how wide and high the words are that stand beside it.
type Disc struct{ X, Y, R, Width, Height float64 }

// Sides chooses for each point the side its words stand on, so that they lie on no other point or words and inside a frame.
func Sides(discs []Disc, inside Frame) []string {
	var taken []Frame
	for _, d := range discs {
		taken = append(taken, Frame{d.X - d.R - 3, d.Y - d.R - 3, d.X + d.R + 3, d.Y + d.R + 3})
	}
	sides := make([]string, len(discs))
	for i, d := range discs {
		w, h := d.Width, d.Height
		best := math.Inf(1)
		var at Frame
		for _, c := range []struct {
			side      string
			left, top float64
		}{{"right", d.X + d.R + 6, d.Y - h/2}, {"left", d.X - d.R - 6 - w, d.Y - h/2}, {"bottom", d.X - w/2, d.Y + d.R + 4}, {"top", d.X - w/2, d.Y - d.R - 4 - h}} {
			words := Frame{c.left, c.top, c.left + w, c.top + h}
			bad := 4 * (w*h - words.over(inside)) // what is cut off
			for j, o := range taken {
				if j != i {
					bad += words.over(o)
				}
			}
			if bad < best-1 {
				best, sides[i], at = bad, c.side, words
			}
		}
		taken = append(taken, at)
	}
	return sides
}
