package draw

import (
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/metric"
)

// formatter names the function of the page's script that writes values of a unit.
func formatter(unit metric.Unit) types.FuncStr { return types.FuncStr("__fmt:" + unit.ChartFormat()) }

// axisFormatter is that of an axis.
func axisFormatter(unit metric.Unit) types.FuncStr {
	return types.FuncStr("__fmt:" + unit.AxisFormat())
}
