package cell

import (
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
)

// firstOfRepublic is the year before the first of the Republic.
const firstOfRepublic = 1911

// republic writes the year of a date of the Republic as one of ours: 民国113年7月1日 as 2024年7月1日. Another text is as it was.
// s is folded.
func republic(s string) string {
	i := strings.Index(s, "民国")
	if i < 0 || i != 0 && s[:i] != "中华" {
		return s
	}
	rest := strings.TrimLeft(s[i+len("民国"):], " ")
	if strings.HasPrefix(rest, "元年") {
		rest = "1" + rest[len("元"):]
	}
	n := 0
	for n < len(rest) && rest[n]-'0' <= 9 {
		n++
	}
	y, err := strconv.Atoi(rest[:n])
	switch {
	case err != nil || n > 7 || n == 4 || n == 5: // 民国2024年 is a slip
		return s
	case n > 5: // 民国1130701
		y, rest = y/10000, "-"+rest[n-4:n-2]+"-"+rest[n-2:]
	default:
		rest = rest[n:]
	}
	return strconv.Itoa(firstOfRepublic+y) + rest
}

// ofRepublic reports whether a year, a month and a day are one of the Republic that does not say so: 113/07/01.
func ofRepublic(y, m, d, width int) bool {
	return width == 3 && y >= 60 && y <= 189 && m >= 1 && m <= 12 && d >= 1 && d <= codes.MonthLength(firstOfRepublic+y, m)
}
