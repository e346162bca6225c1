package period

import (
	"slices"
	"testing"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// The numbers that all points share are told once; else each set is told with what it belongs to.
func TestOutputs(t *testing.T) {
	point := func(name string, rmse float64) metric.Point {
		return metric.Point{
			From: days.Date(2026, 1, 1), Labels: []codes.Text{{Zh: name, En: name}},
			Outputs: []metric.Output{{Name: "rmse", Value: rmse}, {Name: "n", Value: 5}},
		}
	}
	r := &metric.Result{Metric: &metric.Metric{}, Points: []metric.Point{point("甲", 0.66566), point("乙", 0.66566), {}}}
	if got := Outputs(r, codes.Zh); !slices.Equal(got, []string{"均方根误差 0.6657、个数 5"}) {
		t.Errorf("got %q", got)
	}
	r.Points = append(r.Points, point("丙", 1234.56), point("丁", 3))
	if got := Outputs(r, codes.Zh); !slices.Equal(got, []string{"甲、乙：均方根误差 0.6657、个数 5", "丙：均方根误差 1234.6、个数 5", "丁：均方根误差 3、个数 5"}) {
		t.Errorf("got %q", got)
	}
	if got := Outputs(r, codes.En); len(got) != 3 {
		t.Errorf("got %q", got)
	}
}
