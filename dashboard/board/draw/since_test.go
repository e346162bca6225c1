package draw

import (
	"testing"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// A month that was unfinished when it was reported is the same month now that it is over.
func TestSinceOfUnfinishedMonth(t *testing.T) {
	grid := func(value float64, until days.Day) grid.Grid {
		day := days.Date(2026, 6, 1)
		pt := metric.Point{From: day, To: days.Date(2026, 7, 1), Since: day, Until: until, Value: &value, Partial: until.Before(days.Date(2026, 7, 1))}
		r := &metric.Result{Query: metric.Query{Metric: "inflow", From: day, To: days.Date(2026, 7, 1), Grain: days.Month}, Unit: metric.People, Points: []metric.Point{pt}}
		return figure(Figure{Panel: board.Panel{Kind: board.Trend, Metrics: []string{"inflow"}, Grain: days.Month}}, []*metric.Result{r}, codes.Zh).Grid()
	}
	then := grid(12, days.Date(2026, 6, 29))
	cells, rows := then.Since(grid(15, days.Date(2026, 7, 1)))
	if now := then.Rows[0][1].Now; cells != 1 || rows != 0 || now == nil || now.Text != "15" {
		t.Errorf("got %d cells, %d rows, now %+v; want 15 beside 12", cells, rows, now)
	}
}
