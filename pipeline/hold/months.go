package hold

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/sheets"
)

var reMonths = regexp.MustCompile(`^(1[0-2]|0?[1-9])(?:月份?)?(?:[-—–~～至到](1[0-2]|0?[1-9]))?月份?(?:累计|合计)?$`)

// months are those of a year that a sheet is called by, the first and the last: 3月, 1-3月, 一季度, 上半年, 全年.
func months(sheet string) (from, to int, ok bool) {
	name := strings.NewReplacer(" ", "", "第", "", "1季度", "一季度", "2季度", "二季度", "3季度", "三季度", "4季度", "四季度").Replace(sheet)
	if m := reMonths.FindStringSubmatch(name); m != nil && strings.Contains(name, "月") {
		from, _ = strconv.Atoi(m[1])
		if to = from; m[2] != "" {
			to, _ = strconv.Atoi(m[2])
		}
		return from, to, from <= to
	}
	switch name {
	case "一季度":
		return 1, 3, true
	case "二季度":
		return 4, 6, true
	case "三季度":
		return 7, 9, true
	case "四季度":
		return 10, 12, true
	case "上半年":
		return 1, 6, true
	case "下半年":
		return 7, 12, true
	case "全年":
		return 1, 12, true
	}
	return 0, 0, false
}

// within asks about sheets of which one is called by months that another has too, 1月 beside 1-3月: the months of the first would
// count twice.
func within(tables []sheets.Table) []check.Failure {
	for n := range tables {
		from, to, ok := months(tables[n].Sheet)
		if !ok || from == to {
			continue
		}
		for i := range tables {
			a, b, ok := months(tables[i].Sheet)
			if !ok || i == n || a < from || b > to || b-a == to-from || tables[i].Rows == 0 || tables[n].Rows == 0 {
				continue
			}
			return []check.Failure{twice(
				fmt.Sprintf("工作表“%s”按名字包含“%s”的月份，看来是累计，会重复计数", tables[n].Sheet, tables[i].Sheet),
				fmt.Sprintf("by its name sheet %s covers the months of %s too: it seems to cumulate them and would count twice", tables[n].Sheet, tables[i].Sheet))}
		}
	}
	return nil
}
