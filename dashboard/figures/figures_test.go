package figures

import (
	"testing"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/pipeline/days"
)

// A trend has at least three periods; a range too short for its grain gets a finer one.
func TestFiner(t *testing.T) {
	for _, c := range []struct {
		grain  days.Grain
		months int
		want   days.Grain
	}{
		{days.Year, 36, days.Year},
		{days.Year, 35, days.Half},
		{days.Year, 12, days.Quarter},
		{days.Half, 18, days.Half},
		{days.Quarter, 8, days.Month},
		{days.Month, 1, days.Month},
		{days.Ten, 1, days.Ten},
	} {
		from := days.Date(2024, 1, 1)
		if got := finer(c.grain, days.Range{From: from, To: from.AddDate(0, c.months, 0)}); got != c.want {
			t.Errorf("%s over %d months: got %s, want %s", c.grain, c.months, got, c.want)
		}
	}
}

// The period of a page stands in place of a panel's own; a panel of one day shows the last day of it, or of the data.
func TestRangeOf(t *testing.T) {
	last := days.Date(2026, 6, 30)
	half := days.Range{From: days.Date(2025, 1, 1), To: days.Date(2025, 7, 1)}
	later := days.Range{From: days.Date(2026, 1, 1), To: days.Date(2027, 1, 1)}
	for _, c := range []struct {
		period string
		page   days.Range
		want   days.Range
	}{
		{"half", days.Range{}, days.Range{From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1)}},
		{"half", half, half},
		{"as_of", half, days.Range{From: days.Date(2025, 6, 30), To: half.To}},
		{"as_of", later, days.Range{From: last, To: days.Date(2026, 7, 1)}},
	} {
		d := Answer{DataDate: last}
		if got := d.rangeOf(board.Panel{Period: c.period}, address.State{Range: c.page}); got != c.want {
			t.Errorf("%s, page %v: got %v, want %v", c.period, c.page, got, c.want)
		}
	}
}

// All begins with the data; a course goes on to what only some have reported, a single number does not.
func TestRangeOfData(t *testing.T) {
	d := Answer{DataDate: days.Date(2026, 6, 30), first: days.Date(1978, 3, 1), reached: days.Date(2026, 8, 1)}
	for _, c := range []struct {
		panel board.Panel
		want  days.Range
	}{
		{board.Panel{Period: "all"}, days.Range{From: d.first, To: days.Date(2026, 7, 1)}},
		{board.Panel{Kind: board.Trend, Grain: days.Month, Period: "24m"}, days.Range{From: days.Date(2024, 7, 1), To: d.reached}},
		{board.Panel{Kind: board.KPI, Period: "half"}, days.Range{From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1)}},
	} {
		if got := d.rangeOf(c.panel, address.State{}); got != c.want {
			t.Errorf("%s %s: got %v, want %v", c.panel.Kind, c.panel.Period, got, c.want)
		}
	}
}
