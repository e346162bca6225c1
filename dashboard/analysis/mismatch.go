package analysis

import "math"

// Mismatch is the index of Sahin, Song, Topa and Violante, "Mismatch Unemployment", American
// Economic Review 104(11), 2014: M = 1 - sum (v_i/v)^alpha (u_i/u)^(1-alpha), with v and u the
// sums of the vectors given (own sums). V are vacancies and U seekers per market, 0 < alpha < 1.
// M is in [0, 1], 0 exactly where the shares agree, does not change with scale, and does not fall
// where a market is split.
func Mismatch(v, u []float64, alpha float64) (float64, error) {
	p, q, err := twoShares("vacancies", v, "seekers", u)
	if err != nil {
		return 0, err
	}
	if !(alpha > 0 && alpha < 1) {
		return 0, undefined("alpha %v is not between 0 and 1", alpha)
	}
	terms := make([]float64, len(p))
	for i := range p {
		terms[i] = math.Pow(p[i], alpha) * math.Pow(q[i], 1-alpha)
	}
	return unit(1 - Sum(terms)), nil
}

// MismatchEfficiency is Mismatch with a matching efficiency phi per market (the paper's M_phi):
// 1 - sum (phi_i/mean)(v_i/v)^alpha (u_i/u)^(1-alpha), mean = (sum phi_i^(1/alpha) v_i/v)^alpha.
// It also answers that mean.
func MismatchEfficiency(v, u, phi []float64, alpha float64) (m, mean float64, err error) {
	p, q, err := twoShares("vacancies", v, "seekers", u)
	if err != nil {
		return 0, 0, err
	}
	if len(phi) != len(p) {
		return 0, 0, undefined("efficiencies has %d values, vacancies has %d", len(phi), len(p))
	}
	if err := notNegative("efficiencies", phi); err != nil {
		return 0, 0, err
	}
	if !(alpha > 0 && alpha < 1) {
		return 0, 0, undefined("alpha %v is not between 0 and 1", alpha)
	}
	terms := make([]float64, len(p))
	for i := range p {
		terms[i] = math.Pow(phi[i], 1/alpha) * p[i]
	}
	mean = math.Pow(Sum(terms), alpha)
	if mean == 0 || math.IsInf(mean, 0) {
		return 0, 0, undefined("the mean efficiency is %v", mean)
	}
	for i := range p {
		terms[i] = phi[i] / mean * math.Pow(p[i], alpha) * math.Pow(q[i], 1-alpha)
	}
	return unit(1 - Sum(terms)), mean, nil
}

// MismatchSimple is M^u of the same paper: half the sum of |u_i/u - v_i/v|, the share of seekers
// who would have to change market. In [0, 1].
func MismatchSimple(v, u []float64) (float64, error) {
	p, q, err := twoShares("vacancies", v, "seekers", u)
	if err != nil {
		return 0, err
	}
	return unit(absDifference(p, q) / 2), nil
}

func absDifference(p, q []float64) float64 {
	terms := make([]float64, len(p))
	for i := range p {
		terms[i] = math.Abs(p[i] - q[i])
	}
	return Sum(terms)
}

// unit takes the rounding off the ends of [0, 1].
func unit(x float64) float64 { return math.Min(1, math.Max(0, x)) }
