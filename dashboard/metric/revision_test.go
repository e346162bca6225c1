package metric

import (
	"math"
	"testing"
)

// A sum taken in another order differs in its last digits: that is no move. Anything that a file can say is.
func TestLess(t *testing.T) {
	up := func(v float64) float64 { return math.Nextafter(v, math.Inf(1)) }
	for _, c := range []struct {
		now, reported float64
		moved         bool
	}{
		{0.1 + 0.2, 0.3, false},
		{up(1234567.89), 1234567.89, false},
		{-up(30968.1), -30968.1, false},
		{0, 0, false},
		{1234567.89, 1234567.88, true},
		{1e12 + 10_000, 1e12, true},
		{1e-12, 0, true}, // a figure that was none
		{5, -5, true},
	} {
		d := Less(c.now, c.reported)
		if v := (&Revision{Points: []Revised{{Reported: &c.reported, Now: &c.now, Difference: &d}}}).Changed(); v != c.moved {
			t.Errorf("%v after %v: moved %v, want %v", c.now, c.reported, v, c.moved)
		}
	}
}
