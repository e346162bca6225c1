package hold

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/sheets"

	"golang.org/x/text/width"
)

var (
	reOfYear   = regexp.MustCompile(`^(?:19|20)\d\d年`)
	reMonths   = regexp.MustCompile(`^(1[0-2]|0?[1-9])(?:月份?)?(?:[-—–~至到](1[0-2]|0?[1-9]))?月份?(累计|合计)?$`)
	reQuarters = regexp.MustCompile(`^(前)?([1-4])(?:[-—–~至到]([1-4]))?季度(累计|合计)?$`)
	bare       = strings.NewReplacer(" ", "", "第", "")
)

var zeros = strings.NewReplacer("〇", "0", "○", "0", "零", "0")

// arabic writes Chinese numbers in digits: 二〇二六年三月 as 2026年3月.
func arabic(s string) string { return filename.Arabic(zeros.Replace(s)) }

// months are those that a sheet is called by, the first and the last, and the year where it says one: 3月, 1-3月, 2026年一季度, 上半年, 3月累计.
func months(sheet string) (year string, from, to int, ok bool) {
	name := arabic(bare.Replace(width.Fold.String(sheet)))
	year = reOfYear.FindString(name)
	name = name[len(year):]
	if m := reMonths.FindStringSubmatch(name); m != nil && strings.Contains(name, "月") {
		from, _ = strconv.Atoi(m[1])
		if to = from; m[2] != "" {
			to, _ = strconv.Atoi(m[2])
		} else if m[3] == "累计" {
			from = 1
		}
		return year, from, to, from <= to
	}
	if m := reQuarters.FindStringSubmatch(name); m != nil {
		n, _ := strconv.Atoi(m[2])
		last := n
		if m[3] != "" {
			last, _ = strconv.Atoi(m[3])
		}
		if m[1] != "" || m[4] == "累计" {
			n = 1
		}
		return year, 3*n - 2, 3 * last, n <= last
	}
	switch name {
	case "上半年":
		return year, 1, 6, true
	case "下半年":
		return year, 7, 12, true
	case "全年":
		return year, 1, 12, true
	}
	return "", 0, 0, false
}

// within asks about sheets of which one is called by months that another has too, 1月 beside 1-3月: the months of the first would
// count twice. Where the rows say which day they are of, or whose, and none stands on both, they may well be others: that is told.
// What loads the name of the sheet tells them apart.
func within(ds *dataset.Dataset, tables []sheets.Table, a *account.Account) []check.Failure {
	if slices.ContainsFunc(ds.Columns, func(c dataset.Column) bool { return c.Of == "_sheet" }) {
		return nil
	}
	for n := range tables {
		t := &tables[n]
		year, from, to, ok := months(t.Sheet)
		if !ok || from == to || t.Rows == 0 {
			continue
		}
		for i := range tables {
			other := &tables[i]
			of, first, last, ok := months(other.Sheet)
			if !ok || i == n || of != year || first < from || last > to || last-first == to-from || other.Rows == 0 {
				continue
			}
			if a != nil && t.Again[i] == 0 && other.Again[n] == 0 && tells(ds, t.Sheet, a) && tells(ds, other.Sheet, a) {
				a.Say(codes.Text{
					Zh: fmt.Sprintf("工作表“%s”按名字包含“%s”的月份，两张的各行都计入了；若是累计，请删去其中一张", t.Sheet, other.Sheet),
					En: fmt.Sprintf("by its name sheet %s covers the months of %s too, and the rows of both count: remove one of them if it cumulates", t.Sheet, other.Sheet),
				})
				continue
			}
			return []check.Failure{twice(
				fmt.Sprintf("工作表“%s”按名字包含“%s”的月份，看来是累计，会重复计数", t.Sheet, other.Sheet),
				fmt.Sprintf("by its name sheet %s covers the months of %s too: it seems to cumulate them and would count twice", t.Sheet, other.Sheet))}
		}
	}
	return nil
}
