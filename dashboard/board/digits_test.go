package board

import (
	"testing"

	"yanzhen/dashboard/metric"
)

// What a unit says of charts is in the table that the browser gets.
func TestChartFormats(t *testing.T) {
	formats := ChartFormats()
	list := []metric.Unit{{}, metric.People, metric.PersonTimes, metric.Records, metric.Percent, metric.PercentagePoints, metric.OwnUnit("x", "x", 0), metric.OwnUnit("x", "x", metric.MaxDecimals)}
	for _, name := range []string{"个", "项", "件", "家", "万元", "亿元", "元", "天", "指数", "比", "倍", "人/个", "人年/万人"} {
		u, ok := metric.UnitNamed(name)
		if !ok {
			t.Errorf("no unit %s", name)
		}
		list = append(list, u)
	}
	for _, u := range list {
		if _, ok := formats[u.ChartFormat()]; !ok {
			t.Errorf("%v: no format %s", u, u.ChartFormat())
		}
	}
}

// Below each other, indices have all their digits; what is printed by other formats already has.
func TestRowFormat(t *testing.T) {
	for name, want := range map[string]string{"指数": "fixed3", "比": "ratio", "%": "pct", "天": "tenth", "人": "count", "万元": "wan"} {
		if u, ok := metric.UnitNamed(name); !ok || RowFormat(u) != want {
			t.Errorf("%s: %s, want %s", name, RowFormat(u), want)
		}
	}
}
