package target

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
)

type period struct{ From, To metric.Day }

var periodRule = regexp.MustCompile(`^(\d{4})(?:年度?)?(?:[- ]?(?:[Hh]([12])|(上半年)|(下半年)|[Qq]([1-4])|第?([一二三四1-4])季度|-?(\d{1,2})月?))?$`)

// parsePeriod reads 2026, 2026H1, 2026Q2, 2026-06 and 2026年上半年, 2026年第二季度, 2026年6月.
func parsePeriod(text string) (period, bool) {
	m := periodRule.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return period{}, false
	}
	year, _ := strconv.Atoi(m[1])
	span := func(month, n int) (period, bool) {
		if month < 1 || month > 12 || year < 1970 || year > 2200 {
			return period{}, false
		}
		from := metric.Date(year, time.Month(month), 1)
		return period{from, from.AddDate(0, n, 0)}, true
	}
	switch {
	case m[2] == "1" || m[3] != "":
		return span(1, 6)
	case m[2] == "2" || m[4] != "":
		return span(7, 6)
	case m[5] != "":
		q, _ := strconv.Atoi(m[5])
		return span(3*q-2, 3)
	case m[6] != "":
		q := strings.Index("一二三四", m[6]) / 3
		if n, err := strconv.Atoi(m[6]); err == nil {
			q = n - 1
		}
		return span(3*q+1, 3)
	case m[7] != "":
		month, _ := strconv.Atoi(m[7])
		return span(month, 1)
	}
	return span(1, 12)
}
