package board

import "slices"

// Classes part the positive values that occur into at most n groups of about as many, so that one great value does not
// make the others pale: the least of each. The bounds are values that occur; equal values are never parted.
func Classes(values []float64, n int) []float64 {
	var pos []float64
	for _, v := range values {
		if v > 0 {
			pos = append(pos, v)
		}
	}
	slices.Sort(pos)
	pos = slices.Compact(pos)
	var out []float64
	for i := range n {
		if len(pos) == 0 {
			break
		}
		v := pos[i*len(pos)/n]
		if len(out) == 0 || v > out[len(out)-1] {
			out = append(out, v)
		}
	}
	return out
}
