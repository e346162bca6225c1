package board

import (
	"strconv"

	"yanzhen/dashboard/metric"
)

// ChartDigits is how charts print a number: so many digits after the point, then a sign.
type ChartDigits struct {
	Least int    `json:"least"`
	Most  int    `json:"most"`
	Sign  string `json:"sign"`
}

// ChartFormats are the ways in which charts print numbers. The browser's table is written from it.
func ChartFormats() map[string]ChartDigits {
	list := map[string]ChartDigits{
		"count": {0, 2, ""},
		"wan":   {0, 2, ""},
		"pct":   {1, 1, "%"},
		"tenth": {0, 1, ""},
		"index": {0, 3, ""},
		"ratio": {2, 2, ""},
	}
	for d := range metric.MaxDecimals + 1 {
		list["fixed"+strconv.Itoa(d)] = ChartDigits{d, d, ""}
	}
	return list
}

// RowFormat is the chart format of numbers that stand below each other: indices have all the digits they have in tables.
func RowFormat(u metric.Unit) string {
	if u.Fixed && u.Chart == "index" {
		return "fixed" + strconv.Itoa(u.Decimals)
	}
	return u.ChartFormat()
}
