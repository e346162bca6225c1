package palette

import (
	"math"
	"strings"
	"testing"
)

// The palette keeps text readable on what it stands on, in both themes (WCAG 2: 4.5 to 1; series 3 to 1).
func TestContrast(t *testing.T) {
	at := map[string][2]string{}
	for _, c := range palette {
		at[c.Token] = [2]string{c.Light, c.Dark}
	}
	for _, c := range []struct {
		fore, back string
		least      float64
	}{
		{"ink", "card", 7},
		{"text", "card", 7},
		{"text", "page", 7},
		{"mute", "card", 4.5},
		{"mute", "page", 4.5},
		{"accent", "card", 4.5},
		{"accent", "tint", 4.5},
		{"good", "card", 4.5},
		{"bad", "card", 4.5},
		{"warn", "wash", 4.5},
		{"ink", "q3", 4.5},
		{"ink", "q0", 4.5},
		{"s1", "card", 3},
		{"s3", "card", 3},
		{"s4", "card", 3},
		{"s5", "card", 3},
		{"s8", "card", 3},
	} {
		for theme, name := range []string{"light", "dark"} {
			if got := contrast(at[c.fore][theme], at[c.back][theme]); got < c.least {
				t.Errorf("%s: %s on %s is %.2f to 1, want %.1f", name, c.fore, c.back, got, c.least)
			}
		}
	}
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	part := func(i int) float64 {
		n := 0.0
		for _, c := range hex[i : i+2] {
			n = n*16 + float64(strings.IndexRune("0123456789abcdef", c))
		}
		if n /= 255; n <= 0.03928 {
			return n / 12.92
		}
		return math.Pow((n+0.055)/1.055, 2.4)
	}
	return 0.2126*part(1) + 0.7152*part(3) + 0.0722*part(5)
}
