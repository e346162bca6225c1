package compute

import (
	"context"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// Statement is what Run would ask the database for q, without asking it: a row a period and keys, as compile.Query
// describes. What no single statement answers is refused: a method, a forecast, a growth, a comparison.
func (e *Engine) Statement(ctx context.Context, q metric.Query) (warehouse.Statement, error) {
	asked, err := e.start(ctx, q)
	if err != nil {
		return warehouse.Statement{}, err
	}
	m := asked.m
	switch {
	case m.StandsOnMethods(), m.Kind == metric.MethodKind, m.Kind == metric.Growth, m.Kind == metric.Forecasting:
		return warehouse.Statement{}, metric.Refuse("指标 %s 在库外计算（方法、增长或预测），语句里不能用；页面、命令行和接口给它的数", "metric %s is computed outside the database (a method, a growth or a forecast) and cannot stand in a statement; pages, the command line and the interface have its numbers", m.Name)
	case asked.Query.Compare != metric.NoCompare:
		return warehouse.Statement{}, metric.Refuse("语句里的指标不作对比：分别取两期再相比", "a metric in a statement has no comparison: take both periods and compare them")
	case !asked.Query.AsOf.IsZero():
		return warehouse.Statement{}, metric.Refuse("语句里的指标不回到过去的时点", "a metric in a statement is of now, not as of a moment")
	}
	nominal, _ := asked.Query.Timeline()
	r := asked.reach(nominal)
	if !r.line.From.Before(r.line.To) {
		return warehouse.Statement{}, metric.Refuse("数据只到 %s", "the data go to %s", days.ISO(asked.cover.End.AddDate(0, 0, -1)))
	}
	w := asked.Query.Widened(r.line, r.line.Periods())
	if asked.Query.Window != days.NoWindow && m.Flows() {
		for _, p := range w.Counted() {
			if first := asked.live.Begins(m); first.After(p.From) { // Run has no number there, and a statement has no place to say why
				return warehouse.Statement{}, metric.Refuse("窗口从 %s 起，数据从 %s 才有，不够一个窗口：把 from 往后移", "a window begins on %s and the data on %s, so that it would be short: let from be later", days.ISO(p.From), days.ISO(first))
			}
		}
	}
	return compile.Statement(e.Catalog, m, asked.Query, w), nil
}
