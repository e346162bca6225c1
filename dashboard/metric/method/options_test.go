package method

import (
	"strings"
	"testing"
)

// A number that an option cannot mean is told when the metric is declared, not as a number that is
// missing later.
func TestOptions(t *testing.T) {
	number := func(x float64) Option { return Option{Number: &x} }
	list := func(x ...float64) Option { return Option{List: x} }
	for _, c := range []struct {
		method string
		name   string
		x      Option
		want   string // part of the message; empty: let through
	}{
		{"mismatch", "alpha", number(0.5), ""},
		{"mismatch", "alpha", number(7), "alpha is 7: expected between 0 and 1"},
		{"mismatch", "alpha", number(1), "between 0 and 1"},
		{"mismatch", "alpha", number(0), "between 0 and 1"},
		{"holt", "alpha", number(1), ""},
		{"holt", "beta", number(-1), "between 0 and 1"},
		{"holt", "cycle", number(12), ""},
		{"holt", "cycle", number(0), "2 to 366"},
		{"holt", "cycle", number(4.5), "whole number"},
		{"holt", "cycle", number(1e9), "2 to 366"},
		{"mismatch", "eps", number(0), ""},
		{"mismatch", "eps", number(1), "less than 1"},
		{"mismatch", "z", number(-2), "between 0 and 10"},
		{"mismatch", "base_year", number(20.5), "a year such as 2020"},
		{"mismatch", "weights", list(1, 1), ""},
		{"mismatch", "weights", list(0.5, 0.5), "those of system 1 add up to 0.5, expected 1"},
		{"mismatch", "weights", list(1, 2, 3), "3 numbers for 2 metrics"},
		{"mismatch", "weights", list(-1, 2), "expected 0 or more"},
		{"mismatch", "lower", list(5), "1 numbers for 2 metrics"},
		{"mismatch", "beta", list(0, 0), "one above 0"},
		{"coupling", "beta", list(0.4, 0.6), ""},
		{"coupling", "beta", list(0.5, 0.5000001), "add up to 1.0000001"},
		{"coupling", "beta", list(0.2, 0.3, 0.5), "one for each system, 2"},
	} {
		err := Options{c.name: c.x}.Check(c.method, 2)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s of a %s, %+v: got %v, want %q", c.name, c.method, c.x, err, c.want)
		}
	}
	if err := (Options{"lower": list(0, 5), "upper": list(1, 5)}).Check("coupling", 2); err == nil || !strings.Contains(err.Error(), "for metric 2: expected lower to be less") {
		t.Errorf("got %v", err)
	}
}
