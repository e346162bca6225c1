package formula

import (
	"fmt"
	"strings"
	"testing"
)

func TestFormula(t *testing.T) {
	x := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		text string
		args []*float64
		want string
		sql  string
	}{
		{"a - b * 2", []*float64{x(10), x(3)}, "4", "(_v0 - (_v1 * 2))"},
		{"(a - b) * 2", []*float64{x(10), x(3)}, "14", "((_v0 - _v1) * 2)"},
		{"a - b - c", []*float64{x(10), x(3), x(2)}, "5", "((_v0 - _v1) - _v2)"},
		{"a / b / c", []*float64{x(12), x(3), x(2)}, "2", "((_v0 / nullIf(_v1, 0)) / nullIf(_v2, 0))"},
		{"a / b", []*float64{x(1), x(0)}, "null zero", "(_v0 / nullIf(_v1, 0))"},
		{"a / 4", []*float64{x(1)}, "0.25", "(_v0 / 4)"},
		{"max(a - b, 0)", []*float64{x(1), x(3)}, "0", "if(isNull((_v0 - _v1)) or isNull(0), null, greatest((_v0 - _v1), 0))"},
		{"min(a, b)", []*float64{x(1), x(3)}, "1", "if(isNull(_v0) or isNull(_v1), null, least(_v0, _v1))"},
		{"-a + a", []*float64{x(7)}, "0", "(-(_v0) + _v0)"},
		{"a + b", []*float64{x(7), nil}, "null", "(_v0 + _v1)"},
		{"pow(a, 2) + b", []*float64{x(3), x(1)}, "10", "(if(isFinite(pow(_v0, 2)), pow(_v0, 2), null) + _v1)"},
		{"sqrt(a)", []*float64{x(9)}, "3", "if(isFinite(sqrt(_v0)), sqrt(_v0), null)"},
		{"sqrt(a)", []*float64{x(-9)}, "null undefined", "if(isFinite(sqrt(_v0)), sqrt(_v0), null)"},
		{"100 * ln(a / b)", []*float64{x(0), x(2)}, "null undefined", "(100 * if(isFinite(log((_v0 / nullIf(_v1, 0)))), log((_v0 / nullIf(_v1, 0))), null))"},
		{"ln(a / b)", []*float64{x(1), x(0)}, "null zero", "if(isFinite(log((_v0 / nullIf(_v1, 0)))), log((_v0 / nullIf(_v1, 0))), null)"},
		{"exp(ln(a))", []*float64{x(1)}, "1", "if(isFinite(exp(if(isFinite(log(_v0)), log(_v0), null))), exp(if(isFinite(log(_v0)), log(_v0), null)), null)"},
		{"exp(a)", []*float64{x(1e6)}, "null undefined", "if(isFinite(exp(_v0)), exp(_v0), null)"},
		{"log10(a)", []*float64{nil}, "null", "if(isFinite(log10(_v0)), log10(_v0), null)"},
	} {
		f, names, err := Parse(c.text)
		if err != nil || len(names) != len(c.args) {
			t.Fatalf("%s: %v %v", c.text, names, err)
		}
		v, why := f.Eval(c.args)
		got := "null"
		if v != nil {
			got = fmt.Sprint(*v)
		}
		got += map[Absent]string{ZeroBase: " zero", Undefined: " undefined"}[why]
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
		if sql := f.SQL(new(Conditions)); sql != c.sql {
			t.Errorf("%s: got %s, want %s", c.text, sql, c.sql)
		}
	}
	for _, bad := range []string{"", "a +", "* a", "(a", "a)", "max(a)", "max(a, b", "pow(a)", "sqrt(a, b)", "ln()", "1x", "a b", "a, b", strings.Repeat("(", 100) + "a"} {
		if _, _, err := Parse(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
