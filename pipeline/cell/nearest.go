package cell

import (
	"sort"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
)

// near is how many values of a list a fault names.
const near = 3

// nearest returns the names of a list that most resemble s, the nearest first; none where nothing is near.
func nearest(l *codes.List, s string) []string {
	type hit struct {
		name string
		d    float64
	}
	key := codes.Key(s)
	if key == "" || utf8.RuneCountInString(key) > 40 {
		return nil
	}
	var hits []hit
	for _, v := range l.Values {
		best := 1.0
		for _, name := range append([]string{v.Zh, v.Code, v.En}, v.Aliases...) {
			best = min(best, Distance(key, codes.Key(name)))
		}
		if best <= 0.5 {
			name := v.Zh
			if v.Code != v.Zh && len(v.Code) <= 3 {
				name = v.Code + " " + v.Zh
			}
			hits = append(hits, hit{name, best})
		}
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].d < hits[j].d })
	tied := 0
	for _, h := range hits {
		if h.d == hits[0].d {
			tied++
		}
	}
	if tied > near && hits[0].d >= 0.5 {
		return nil // 某国 resembles every 国
	}
	var names []string
	for _, h := range hits {
		if len(names) == near || len(names) > 0 && h.d > hits[0].d+0.34 {
			break
		}
		names = append(names, h.name)
	}
	return names
}

// Distance is the number of edits between a and b as a share of the longer, and less where one contains
// the other: 0 the same, 1 nothing in common.
func Distance(a, b string) float64 {
	m, n := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	if m == 0 || n == 0 || n > 60 {
		return 1
	}
	d := float64(codes.Edits(a, b)) / float64(max(m, n))
	if strings.Contains(a, b) || strings.Contains(b, a) {
		d = min(d, 0.5)
	}
	return d
}
