package codes

import (
	"testing"
	"time"
)

func TestDaysAndCivil(t *testing.T) {
	for d := time.Date(1799, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2105; d = d.AddDate(0, 0, 1) {
		n := Days(d.Year(), int(d.Month()), d.Day())
		if want := int32(d.Unix() / 86400); n != want {
			t.Fatalf("days(%v): got %d, want %d", d, n, want)
		}
		if y, m, dd := Civil(n); y != d.Year() || m != int(d.Month()) || dd != d.Day() {
			t.Fatalf("civil(%d): got %d-%d-%d, want %v", n, y, m, dd, d)
		}
	}
}
