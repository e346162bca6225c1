package filename

import (
	"regexp"
	"strings"

	"golang.org/x/text/width"

	"yanzhen/pipeline/days"
)

var (
	reOfDay   = regexp.MustCompile(`^\d{1,2}[日号]`)
	reUntil   = regexp.MustCompile(`截[至止]`)
	reFilling = regexp.MustCompile(`(?:填报|填表|制表|报送|上报|打印|编制|印发|更新)(?:日期|时间|于)?`)
)

// Titled is the one period of a width that a file is for: what is given with it or by its name, else what its titles say,
// 2026年6月企业用工情况. Zero: none of that width is said, or several are. A day is no month: 填报日期：2026年7月3日 says
// when a table was filled in.
func Titled(given days.Range, grain days.Grain, titles []string) days.Range {
	if given.Grain() == grain {
		return given
	}
	var found days.Range
	for _, text := range titles {
		text = width.Narrow.String(text)
		r, words, ok := days.Find(text)
		if !ok || r.Grain() != grain {
			continue
		}
		before, after, _ := strings.Cut(text, words)
		if reFilling.MatchString(before) || reOfDay.MatchString(after) && !reUntil.MatchString(before) {
			continue
		}
		if !found.IsZero() && found != r {
			return days.Range{}
		}
		found = r
	}
	return found
}
