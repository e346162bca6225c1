package demo

import (
	"testing"
	"time"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// The product's calendar and the one here were written down apart, and agree on every day.
func TestWorkdaysAgreeWithTheCalendar(t *testing.T) {
	t.Parallel()
	ls, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	list := ls.Get("holidays")
	for d := day(2020, 1, 2); d.Year() < 2027; d = d.AddDate(0, 0, 1) {
		want := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		if v, ok := list.Value(d.Format(time.DateOnly)); ok {
			want = v.Rank == 1
		}
		if got := workdays(d.AddDate(0, 0, -1), d) == 1; got != want {
			t.Errorf("%s: workday %v here, %v in the list", d.Format(time.DateOnly), got, want)
		}
	}
	if n := workdays(day(2026, 2, 13), day(2026, 3, 2)); n != 7 { // the festival with both working Saturdays
		t.Errorf("13 February to 2 March 2026: %d working days, want 7", n)
	}
	if _, err := dataset.CalendarCSV(ls); err != nil {
		t.Error(err)
	}
}
