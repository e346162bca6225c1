package analysis

import (
	"math"
	"slices"
)

// HHI is the Herfindahl-Hirschman index, the sum of squared shares: from 1/n to 1. Times 10,000 it
// is the form competition authorities print.
func HHI(x []float64) (float64, error) {
	s, err := shares("values", x)
	if err != nil {
		return 0, err
	}
	for i := range s {
		s[i] *= s[i]
	}
	return unit(Sum(s)), nil
}

// HHINormalised is (H - 1/n)/(1 - 1/n): from 0 to 1 for any n of at least 2.
func HHINormalised(x []float64) (float64, error) {
	h, err := HHI(x)
	if err != nil {
		return 0, err
	}
	if len(x) < 2 {
		return 0, undefined("a single value is always concentrated")
	}
	n := 1 / float64(len(x))
	return unit((h - n) / (1 - n)), nil
}

// TheilT is Theil's T, mean (x/mu) ln(x/mu), GE(1): from 0 to ln n. Zeros contribute 0.
func TheilT(x []float64) (float64, error) {
	s, err := shares("values", x)
	if err != nil {
		return 0, err
	}
	return math.Max(0, math.Log(float64(len(s)))-entropy(s)), nil
}

// TheilL is Theil's L or mean log deviation, mean ln(mu/x), GE(0). Undefined where a value is zero.
// Some packages print this one under the bare name "theil".
func TheilL(x []float64) (float64, error) {
	s, err := shares("values", x)
	if err != nil {
		return 0, err
	}
	n := float64(len(s))
	for i, v := range s {
		if v == 0 {
			return 0, undefined("value %d is zero", i)
		}
		s[i] = -math.Log(v * n)
	}
	return math.Max(0, Sum(s)/n), nil
}

// Gini is the Gini coefficient of the values as a whole population: from 0 to 1-1/n.
func Gini(x []float64) (float64, error) {
	s, err := shares("values", x)
	if err != nil {
		return 0, err
	}
	slices.Sort(s)
	n := float64(len(s))
	for i := range s {
		s[i] *= 2*float64(i+1) - n - 1
	}
	return unit(Sum(s) / n), nil
}

// GiniNormalised is Gini times n/(n-1): from 0 to 1.
func GiniNormalised(x []float64) (float64, error) {
	g, err := Gini(x)
	if err != nil {
		return 0, err
	}
	if len(x) < 2 {
		return 0, undefined("a single value has no inequality")
	}
	n := float64(len(x))
	return unit(g * n / (n - 1)), nil
}
