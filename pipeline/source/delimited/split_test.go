package delimited

import (
	"slices"
	"strings"
	"testing"
)

// A line must be cut as strings.Split does, wherever the delimiters stand among its bytes.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"", ",", ",,,,,,,,,", "a,b", "1234567,", "12345678,9", "青田县,第800材料,有限公司,,", "\x00\x2b\x2d\xac,\xff", "no delimiter at all", strings.Repeat("abc,", 40)} {
		f.Add(s, byte(','))
	}
	f.Add("a\tb\t\tc\x08\x0a", byte('\t'))
	f.Fuzz(func(t *testing.T, line string, comma byte) {
		cells, rest := split(nil, line, comma)
		if got, want := append(cells, rest), strings.Split(line, string([]byte{comma})); !slices.Equal(got, want) {
			t.Errorf("%q by %q: got %q, want %q", line, comma, got, want)
		}
	})
}
