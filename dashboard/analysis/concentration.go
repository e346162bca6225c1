package analysis

import (
	"cmp"
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

// weighted are the shares f of the weights w, and each value over their mean, x/mu with mu = sum f x. A value that is
// not zero must have a weight: left out in silence it would be missing.
func weighted(x, w []float64) (f, ratio []float64, err error) {
	if len(x) != len(w) {
		return nil, nil, undefined("%d weights for %d values", len(w), len(x))
	}
	if err := notNegative("values", x); err != nil {
		return nil, nil, err
	}
	if f, err = shares("weights", w); err != nil {
		return nil, nil, err
	}
	terms := make([]float64, len(x))
	for i := range x {
		if w[i] == 0 && x[i] != 0 {
			return nil, nil, undefined("value %d has the weight 0", i)
		}
		terms[i] = f[i] * x[i]
	}
	mean := Sum(terms)
	if mean == 0 {
		return nil, nil, undefined("every value is zero")
	}
	ratio = make([]float64, len(x))
	for i := range x {
		ratio[i] = x[i] / mean
	}
	return f, ratio, nil
}

// TheilTWeighted is TheilT of values that each stand for so many members, such as incomes per head of regions of so many
// people: sum f (x/mu) ln(x/mu), f the shares of the weights. Whole weights are repetitions.
func TheilTWeighted(x, w []float64) (float64, error) {
	f, ratio, err := weighted(x, w)
	if err != nil {
		return 0, err
	}
	for i, r := range ratio {
		if f[i] > 0 && r > 0 {
			f[i] *= r * math.Log(r)
		} else {
			f[i] = 0
		}
	}
	return math.Max(0, Sum(f)), nil
}

// TheilLWeighted is TheilL of values that each stand for so many members: sum f ln(mu/x).
func TheilLWeighted(x, w []float64) (float64, error) {
	f, ratio, err := weighted(x, w)
	if err != nil {
		return 0, err
	}
	for i, r := range ratio {
		switch {
		case w[i] == 0:
		case r == 0:
			return 0, undefined("value %d is zero", i)
		default:
			f[i] *= -math.Log(r)
		}
	}
	return math.Max(0, Sum(f)), nil
}

// GiniWeighted is Gini of values that each stand for so many members: half the mean difference of two members over the
// mean, sum f_i f_j |x_i-x_j| / (2 mu).
func GiniWeighted(x, w []float64) (float64, error) {
	f, ratio, err := weighted(x, w)
	if err != nil {
		return 0, err
	}
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ratio[a], ratio[b]) })
	below, terms := 0.0, make([]float64, len(x))
	for k, i := range order {
		terms[k] = f[i] * ratio[i] * (2*below + f[i] - 1)
		below += f[i]
	}
	return unit(Sum(terms)), nil
}
