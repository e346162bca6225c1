package units

import (
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
)

// stems are what columns of words are numbered with.
const stems = "甲乙丙丁戊己庚辛壬癸"

// Ordinals reports whether a row of cells below a header numbers its columns and says nothing else: 甲 乙 1 2, 栏次 1 2 3=1+2,
// （1）（2）（3）. named is how many columns have a name. Fewer numbers than that, and 1 2 3 4 alone, may be data.
func Ordinals(cells []string, named int) bool {
	label, bracketed, words, next, n := false, 0, 0, 1, 0
	for _, c := range cells {
		k := codes.Key(c)
		if k == "" {
			continue
		}
		if n++; n == 1 && (k == "栏次" || k == "列次" || k == "栏号" || k == "列号") {
			label = true
			continue
		}
		inside := strings.Trim(k, "()[]")
		if inside == "" {
			return false
		}
		if inside != k || inside[0] == '-' { // (1) is -1 to a spreadsheet
			bracketed++
		}
		if i := strings.Index(stems, inside); i >= 0 && len(inside) == len("甲") {
			if next > 1 || i != words*len("甲") {
				return false
			}
			words++
			continue
		}
		number, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(inside, "-"), "栏"), "=")
		v, err := strconv.Atoi(number)
		if r := []rune(inside); len(r) == 1 && r[0] >= '①' && r[0] <= '⑳' {
			v, err = int(r[0]-'①')+1, nil
			bracketed++
		}
		if err != nil || v != next {
			return false
		}
		next++
	}
	switch {
	case n < 2 || n < named-1 || n > named || next == 1:
		return false
	case label, n > 4:
		return true
	}
	return n > 2 && (bracketed == n || words > 1) || n == 4 && words == 1
}
