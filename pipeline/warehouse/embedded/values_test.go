package embedded

import "testing"

// A value that the engine would make another of is refused; what it refuses itself, and what fits, is left to it.
func TestFits(t *testing.T) {
	for _, x := range []struct {
		kind, value string
		want        bool
	}{
		{"UInt8", "255", true},
		{"UInt8", "256", false},
		{"UInt8", "300", false},
		{"Int8", "-128", true},
		{"Int8", "-129", false},
		{"Int8", "128", false},
		{"Int32", "99999999999", false},
		{"UInt64", "18446744073709551615", true},
		{"UInt64", "18446744073709551616", false},
		{"Int64", "-9223372036854775808", true},
		{"Nullable(UInt8)", "300", false},
		{"Nullable(UInt8)", `\N`, true},
		{"Array(UInt8)", "[1,300]", false},
		{"Array(UInt8)", "[1, 2]", true},
		{"Array(Array(Int8))", "[[1],[200]]", false},
		{"Array(String)", "['300']", true},
		{"UInt8", "1.5", true},
		{"UInt8", "x", true},
		{"String", "300", true},
		{"Float64", "1e400", true},
		{"Decimal(4, 1)", "123.4", true},
		{"Decimal(4,1)", "123.40", true},
		{"Decimal(4, 1)", "123.45", false},
		{"Decimal64(2)", "1.234", false},
		{"Decimal(4,1)", "123", true},
		{"Date", "2026-02-28", true},
		{"Date", "2026-02-30", false},
		{"Date", "2026-13-01", false},
		{"Date", "2024-02-29", true},
		{"Date", "1949-10-01", false},
		{"Date32", "1949-10-01", true},
		{"Date32", "1890-01-01", false},
		{"Date", "2200-01-01", false},
		{"Date", "2026/1/5", true},
		{"Date", "20260105", true},
		{"Date", "soon", true},
		{"Array(Date)", "['2026-01-01','2026-02-30']", false},
		{"DateTime", "2026-01-01 10:00:00", true},
		{"DateTime", "2026-01-01T25:00:00", false},
		{"DateTime64(3)", "2026-01-01 10:61:00", false},
		{"DateTime64(6, 'UTC')", "2026-07-01 08:00:00.123456", true},
		{"DateTime('Asia/Shanghai')", "2026-01-01 08:00", true},
		{"DateTime", "1767225600", true},
		{"DateTime", "1949-10-01 00:00:00", false},
	} {
		if got := fits(x.kind, x.value); got != x.want {
			t.Errorf("{x:%s} of %q: %v", x.kind, x.value, got)
		}
	}
}
