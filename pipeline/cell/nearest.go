package cell

import (
	"sort"
	"strings"

	"yanzhen/pipeline/codes"
)

// nearest returns up to n names of a list that most resemble s, the nearest first; none where
// nothing is near.
func nearest(l *codes.List, s string, n int) []string {
	type hit struct {
		name string
		d    float64
	}
	key := []rune(codes.Key(s))
	if len(key) == 0 || len(key) > 40 {
		return nil
	}
	var hits []hit
	for _, v := range l.Values {
		best := 1.0
		for _, name := range append([]string{v.Zh, v.Code, v.En}, v.Aliases...) {
			best = min(best, Distance(key, []rune(codes.Key(name))))
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
	if tied > n && hits[0].d >= 0.5 {
		return nil // 某国 resembles every 国
	}
	var names []string
	for _, h := range hits {
		if len(names) == n || len(names) > 0 && h.d > hits[0].d+0.34 {
			break
		}
		names = append(names, h.name)
	}
	return names
}

// Distance is the edit distance of a and b as a share of the longer, and less where one contains
// the other: 0 the same, 1 nothing in common.
func Distance(a, b []rune) float64 {
	if len(a) == 0 || len(b) == 0 || len(b) > 60 {
		return 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		prev := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := prev
			if x != y {
				cost++
			}
			prev = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	d := float64(row[len(b)]) / float64(max(len(a), len(b)))
	if sa, sb := string(a), string(b); strings.Contains(sa, sb) || strings.Contains(sb, sa) {
		d = min(d, 0.5)
	}
	return d
}
