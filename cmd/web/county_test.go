package main

import (
	"math"
	"slices"
	"testing"
)

// Two counties share a winding border: it loses points, lies no further off than allowed, and is the same in both.
func TestSimplify(t *testing.T) {
	var border []point
	for i := range 401 {
		y := float64(i) / 400
		border = append(border, point{0.02*math.Sin(9*y) + 0.0003*math.Sin(300*y), y})
	}
	up := slices.Clone(border)
	slices.Reverse(up)
	var west, east feature
	west.Geometry.polygons = [][][]point{{append(append([]point{{-1, 0}}, border...), point{-1, 1}, point{-1, 1}, point{-1, 0})}}
	east.Geometry.polygons = [][][]point{{append(append([]point{{1, 1}}, up...), point{1, 0}, point{1, 1})}}
	all := []feature{west, east}
	simplify(all, coarse)
	shared := func(f feature) (out []point) {
		ring := f.Geometry.polygons[0][0]
		if ring[0] != ring[len(ring)-1] {
			t.Errorf("a ring is open: %v to %v", ring[0], ring[len(ring)-1])
		}
		for _, p := range ring[1:] {
			if math.Abs(p[0]) < 0.5 {
				out = append(out, p)
			}
		}
		slices.SortFunc(out, func(a, b point) int { return int(1e9 * (a[1] - b[1])) })
		return out
	}
	w, e := shared(all[0]), shared(all[1])
	if !slices.Equal(w, e) {
		t.Errorf("the border differs:\n%v\n%v", w, e)
	}
	if len(w) < 4 || len(w) > 100 {
		t.Errorf("%d of 401 points are left", len(w))
	}
	for _, p := range border {
		off := math.Inf(1)
		for i := 1; i < len(w); i++ {
			off = math.Min(off, distance(p, w[i-1], w[i]))
		}
		if off > coarse {
			t.Errorf("%v lies %v from the border, more than %v", p, off, coarse)
		}
	}
	for _, corner := range []point{{-1, 0}, {-1, 1}} {
		if !slices.Contains(all[0].Geometry.polygons[0][0], corner) {
			t.Errorf("the corner %v is gone", corner)
		}
	}
}
