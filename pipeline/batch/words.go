package batch

import (
	"sort"
	"strings"

	"yanzhen/pipeline/codes"
)

// boolWords are the words for yes and no, in lower case.
var boolWords = map[string]bool{
	"是": true, "有": true, "对": true, "√": true, "✓": true, "✔": true, "☑": true, "y": true, "yes": true, "true": true, "t": true, "1": true, "1.0": true,
	"合格": true, "通过": true, "已通过": true, "及格": true, "在岗": true, "已就业": true, "就业": true,
	"否": false, "无": false, "没有": false, "不是": false, "×": false, "✗": false, "✘": false, "x": false, "n": false, "no": false, "false": false, "f": false, "0": false, "0.0": false,
	"不合格": false, "未通过": false, "不及格": false, "☐": false, "未就业": false, "离岗": false,
}

// boolText reads a word for yes or no. s is folded.
func boolText(s string) (bool, *fault) {
	b, ok := boolWords[strings.ToLower(s)]
	if !ok {
		return false, faultBool
	}
	return b, nil
}

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
			best = min(best, distance(key, []rune(codes.Key(name))))
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

// distance is the edit distance of a and b as a share of the longer, and less where one contains
// the other: 0 the same, 1 nothing in common.
func distance(a, b []rune) float64 {
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
