package draw

import (
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/metric"
)

// formatter names the function of the page's script that writes values of a unit.
func formatter(unit metric.Unit) types.FuncStr { return types.FuncStr("__fmt:" + unit.ChartFormat()) }

// axisFormatter shortens large numbers, but not those whose digits after the point matter.
func axisFormatter(unit metric.Unit) types.FuncStr {
	switch {
	case unit.ChartFormat() == "wan":
		return "__fmt:money"
	case unit.Amount() && unit.Decimals <= 2:
		return "__fmt:short"
	}
	return formatter(unit)
}

// number writes a value for reading, without the word of its unit.
func number(v *float64, unit metric.Unit) string {
	if v == nil {
		return "—"
	}
	return metric.Number(v, unit)
}
