package metric

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
		kind Kind
		name string
		x    Option
		want string // part of the message; empty: let through
	}{
		{MethodKind, "alpha", number(0.5), ""},
		{MethodKind, "alpha", number(7), "alpha is 7: expected between 0 and 1"},
		{MethodKind, "alpha", number(1), "between 0 and 1"},
		{MethodKind, "alpha", number(0), "between 0 and 1"},
		{Forecasting, "alpha", number(1), ""},
		{Forecasting, "beta", number(-1), "between 0 and 1"},
		{Forecasting, "cycle", number(12), ""},
		{Forecasting, "cycle", number(0), "2 to 366"},
		{Forecasting, "cycle", number(4.5), "whole number"},
		{Forecasting, "cycle", number(1e9), "2 to 366"},
		{MethodKind, "eps", number(0), ""},
		{MethodKind, "eps", number(1), "less than 1"},
		{MethodKind, "z", number(-2), "between 0 and 10"},
		{MethodKind, "base_year", number(20.5), "a year such as 2020"},
		{MethodKind, "weights", list(1, 1), ""},
		{MethodKind, "weights", list(0.5, 0.5), "those of system 1 add up to 0.5, expected 1"},
		{MethodKind, "weights", list(1, 2, 3), "3 numbers for 2 metrics"},
		{MethodKind, "weights", list(-1, 2), "expected 0 or more"},
		{MethodKind, "lower", list(5), "1 numbers for 2 metrics"},
		{MethodKind, "beta", list(0, 0), "one above 0"},
	} {
		err := (options{m: &Metric{Kind: c.kind, MethodSpec: MethodSpec{Options: map[string]Option{c.name: c.x}}}}).check(2)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s of a %s, %+v: got %v, want %q", c.name, c.kind, c.x, err, c.want)
		}
	}
	m := &Metric{Kind: MethodKind, MethodSpec: MethodSpec{Options: map[string]Option{"lower": list(0, 5), "upper": list(1, 5)}}}
	if err := (options{m: m}).check(2); err == nil || !strings.Contains(err.Error(), "for metric 2: expected lower to be less") {
		t.Errorf("got %v", err)
	}
}
