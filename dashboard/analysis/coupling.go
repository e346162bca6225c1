package analysis

import (
	"math"
)

// Better says which end of an indicator is the good one.
type Better uint8

const (
	More Better = iota
	Less
)

// MinMax brings a column to [eps, 1-eps], the good end to 1-eps. Eps keeps logarithms defined and is part of a result: state
// it. A constant column is undefined. Adding a year moves the bounds and with them every earlier
// value: MinMaxFixed does not.
func MinMax(x []float64, better Better, eps float64) ([]float64, error) {
	if err := finite("column", x); err != nil {
		return nil, err
	}
	lo, hi := x[0], x[0]
	for _, v := range x {
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	return MinMaxFixed(x, lo, hi, better, eps)
}

// MinMaxFixed is MinMax between bounds that were fixed in a base year. A value outside them is cut
// off at the bound.
func MinMaxFixed(x []float64, lo, hi float64, better Better, eps float64) ([]float64, error) {
	if err := finite("column", x); err != nil {
		return nil, err
	}
	if !(hi > lo) || math.IsInf(hi-lo, 0) {
		return nil, undefined("a constant column has no minimum and maximum to scale between (%v, %v)", lo, hi)
	}
	if !(eps >= 0 && eps < 0.5) {
		return nil, undefined("eps %v is not in [0, 0.5)", eps)
	}
	y := make([]float64, len(x))
	for i, v := range x {
		s := unit((v - lo) / (hi - lo))
		if better == Less {
			s = 1 - s
		}
		y[i] = eps + (1-2*eps)*s
	}
	return y, nil
}

// EntropyWeights gives each column its weight by the entropy method: P_ij = x_ij/sum_i x_ij,
// e_j = -sum P ln P/ln n, w_j = (1-e_j)/sum(1-e). X has one row per year or object, at least two,
// scaled to be not negative. A constant or empty column says nothing: its weight is 0 and its
// index is in dropped.
func EntropyWeights(x [][]float64) (weights []float64, dropped []int, err error) {
	if len(x) < 2 {
		return nil, nil, undefined("entropy weights need at least two rows, not %d", len(x))
	}
	n, width := float64(len(x)), len(x[0])
	spread := make([]float64, width)
	for j := range width {
		column := make([]float64, len(x))
		constant := true
		for i := range x {
			if len(x[i]) != width {
				return nil, nil, undefined("row %d has %d values, row 0 has %d", i, len(x[i]), width)
			}
			column[i] = x[i][j]
			constant = constant && column[i] == column[0]
		}
		if err := notNegative("column", column); err != nil {
			return nil, nil, err
		}
		if constant {
			dropped = append(dropped, j)
			continue
		}
		p, err := shares("column", column)
		if err != nil {
			return nil, nil, err
		}
		spread[j] = 1 - entropy(p)/math.Log(n)
	}
	total := Sum(spread)
	if len(dropped) == width || total <= 0 {
		return nil, dropped, undefined("every column is constant")
	}
	weights = make([]float64, width)
	for j := range spread {
		weights[j] = spread[j] / total
	}
	return weights, dropped, nil
}

// entropy is -sum p ln p in nats; 0 ln 0 is 0.
func entropy(p []float64) float64 {
	terms := make([]float64, len(p))
	for i, v := range p {
		if v > 0 {
			terms[i] = -v * math.Log(v)
		}
	}
	return Sum(terms)
}

// Weighted is the sum of w_i x_i.
func Weighted(w, x []float64) (float64, error) {
	if len(w) != len(x) {
		return 0, undefined("%d weights for %d values", len(w), len(x))
	}
	if err := notNegative("weights", w); err != nil {
		return 0, err
	}
	if err := finite("values", x); err != nil {
		return 0, err
	}
	terms := make([]float64, len(x))
	for i := range x {
		terms[i] = w[i] * x[i]
	}
	return Sum(terms), nil
}

// Coupling is the result of a coupling coordination analysis. C alone misleads: two systems that
// are equally poor have C = 1, so show T beside it.
type Coupling struct {
	C float64 // coupling
	T float64 // development: the weighted mean of the systems
	D float64 // coordination: sqrt(C T)
}

// CouplingClassic takes C = n (prod U)^(1/n) / sum U over the systems' levels U in [0, 1]; beta are
// the systems' weights in T (nil: equal). Where every system is at 0, D is 0 and C counts as 1 only
// by convention elsewhere: here it is 0, as in the worked tables.
func CouplingClassic(u, beta []float64) (Coupling, error) {
	t, err := development(u, beta)
	if err != nil {
		return Coupling{}, err
	}
	n, sum, product := float64(len(u)), Sum(u), 1.0
	if sum == 0 {
		return Coupling{}, nil
	}
	for _, v := range u {
		product *= math.Pow(v, 1/n)
	}
	c := unit(n * product / sum)
	return Coupling{c, t, math.Sqrt(c * t)}, nil
}

// CouplingModified takes the C of Wang, Kong, Ren et al., Journal of Natural Resources 36(3), 2021,
// pages 793-810: sqrt((1 - mean |U_i-U_j|) (prod U_i/max U)^(1/(n-1))), the mean over pairs and the
// product over the systems other than the greatest. It spreads over [0, 1] where the classic C
// crowds near 1.
func CouplingModified(u, beta []float64) (Coupling, error) {
	t, err := development(u, beta)
	if err != nil {
		return Coupling{}, err
	}
	greatest, n := u[0], len(u)
	for _, v := range u {
		greatest = math.Max(greatest, v)
	}
	if greatest == 0 {
		return Coupling{}, nil
	}
	var apart []float64
	product := 1.0
	for i := range u {
		product *= math.Pow(u[i]/greatest, 1/float64(n-1)) // the greatest contributes 1
		for j := range i {
			apart = append(apart, math.Abs(u[i]-u[j]))
		}
	}
	c := unit(math.Sqrt((1 - Sum(apart)/float64(len(apart))) * product))
	return Coupling{c, t, math.Sqrt(c * t)}, nil
}

func development(u, beta []float64) (float64, error) {
	if len(u) < 2 {
		return 0, undefined("coupling needs at least two systems, not %d", len(u))
	}
	if err := notNegative("levels", u); err != nil {
		return 0, err
	}
	for i, v := range u {
		if v > 1 {
			return 0, undefined("level %d is %v, above 1", i, v)
		}
	}
	if beta == nil {
		return Sum(u) / float64(len(u)), nil
	}
	if len(beta) != len(u) {
		return 0, undefined("%d weights for %d systems", len(beta), len(u))
	}
	if err := notNegative("weights", beta); err != nil {
		return 0, err
	}
	if s := Sum(beta); math.Abs(s-1) > 1e-9 {
		return 0, undefined("the weights of the systems add up to %v, not 1", s)
	}
	return Weighted(beta, u)
}
