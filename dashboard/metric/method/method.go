// Package method holds the methods of regional analysis as a metric names them: what each takes, what it is told,
// and what it computes of vectors. It is pure.
package method

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"yanzhen/dashboard/analysis"
)

// Method is a function of package analysis as a metric: vectors in, along the values of a dimension
// (or along periods), and out of them one number (Scalar) or one for each value (Each).
type Method struct {
	Least, Most int               // metrics it takes; Most 0: any number
	Options     map[string]string // name -> number, list, or the words it may be parted by |
	Scalar      func(v [][]float64, g Given) (float64, error)
	Each        func(v [][]float64, g Given) ([]float64, error) // NaN: undefined for this one
	// sum adds what each gave over the chosen values where the answer is not cut by the dimension;
	// nil: the sum.
	sum func(v [][]float64, got []float64, chosen []int) (float64, error)
	// Reference: the last metric may be left out and `reference` named instead: the first metric past
	// that dimension, the whole of which each of its values is a part.
	Reference bool
	// Before: the method compares two times. The vectors are doubled: each metric before, then now.
	Before bool
	// Weighted: its number over values that each stand for so many members; nil: it takes no weights.
	Weighted func(x, w []float64) (float64, error)
	further  func(v [][]float64, g Given) ([]Output, error)
	outputs  []string // the names of what further gives, ...
	weighs   bool     // ... and also a weight for each metric
	// Matrix: as Each, but along `documents` too: documents x values in, the same out.
	Matrix func(v [][]float64, g Given) ([][]float64, error)
}

// Named finds a method; false where there is none of that name.
func Named(name string) (Method, bool) {
	m, ok := methods[name]
	return m, ok
}

// Names are the names of the methods, sorted.
func Names() []string { return slices.Sorted(maps.Keys(methods)) }

// Total is the number of the chosen values together, where Each gave got for all of them.
func (m Method) Total(v [][]float64, got []float64, chosen []int) (float64, error) {
	if m.sum != nil {
		return m.sum(v, got, chosen)
	}
	var parts []float64
	for _, j := range chosen {
		parts = append(parts, got[j])
	}
	return analysis.Sum(parts), nil
}

func two(f func(a, b []float64) (float64, error)) Method {
	return Method{Least: 2, Most: 2, Reference: true, Scalar: func(v [][]float64, _ Given) (float64, error) { return f(v[0], v[1]) }}
}

func single(f func(x []float64) (float64, error)) Method {
	return Method{Least: 1, Most: 1, Scalar: func(v [][]float64, _ Given) (float64, error) { return f(v[0]) }}
}

func weighing(f func(x []float64) (float64, error), weighted func(x, w []float64) (float64, error)) Method {
	m := single(f)
	m.Weighted = weighted
	return m
}

// efficient is mismatch with the efficiency of matching, whose mean it also gives.
func efficient(options map[string]string) Method {
	f := func(v [][]float64, g Given) (m, mean float64, err error) {
		return analysis.MismatchEfficiency(v[0], v[1], v[2], g.Number("alpha", 0.5))
	}
	return Method{
		Least: 3, Most: 3, Options: options, outputs: []string{"mean_efficiency"},
		Scalar: func(v [][]float64, g Given) (float64, error) {
			m, _, err := f(v, g)
			return m, err
		},
		further: func(v [][]float64, g Given) ([]Output, error) {
			_, mean, err := f(v, g)
			return []Output{{"mean_efficiency", mean}}, err
		},
	}
}

func jensenShannon(base analysis.Base, f func(a, b []float64, base analysis.Base) (float64, error)) Method {
	return two(func(a, b []float64) (float64, error) { return f(a, b, base) })
}

func shiftShare(part func(s analysis.Shift, i int) float64) Method {
	return Method{
		Least: 2, Most: 2, Reference: true, Before: true, Options: map[string]string{"base_year": "number"},
		Each: func(v [][]float64, _ Given) ([]float64, error) {
			s, err := analysis.ShiftShare(v[0], v[1], v[2], v[3])
			if err != nil {
				return nil, err
			}
			out := make([]float64, len(v[0]))
			for i := range out {
				out[i] = part(s, i)
			}
			return out, nil
		},
	}
}

func estebanMarquillas(part func(analysis.EstebanMarquillas) float64) Method {
	return Method{
		Least: 2, Most: 2, Reference: true, Before: true, Options: map[string]string{"base_year": "number"},
		Scalar: func(v [][]float64, _ Given) (float64, error) {
			s, err := analysis.ShiftShareEstebanMarquillas(v[0], v[1], v[2], v[3])
			return part(s), err
		},
	}
}

func share(of func(analysis.Heat) float64) Method {
	f := func(k, n float64, z float64) (float64, error) {
		if k != math.Trunc(k) || n != math.Trunc(n) {
			return 0, fmt.Errorf("%w: the interval is of counts, not of %v in %v", analysis.ErrUndefined, k, n)
		}
		h, err := analysis.SkillHeat(int(k), int(n), z)
		return of(h) * 100, err
	}
	m := Method{Least: 2, Most: 2, Options: map[string]string{"z": "number"}}
	m.Scalar = func(v [][]float64, g Given) (float64, error) {
		return f(analysis.Sum(v[0]), analysis.Sum(v[1]), g.Number("z", 1.96))
	}
	return m
}

var methods map[string]Method

func init() {
	alpha := map[string]string{"alpha": "number"}
	methods = map[string]Method{
		"mismatch": {Least: 2, Most: 2, Options: alpha, Reference: true, Scalar: func(v [][]float64, g Given) (float64, error) {
			return analysis.Mismatch(v[0], v[1], g.Number("alpha", 0.5))
		}},
		"mismatch_efficiency": efficient(alpha),
		"mismatch_simple":     two(analysis.MismatchSimple),
		"cosine":              two(analysis.Cosine),
		"bhattacharyya":       two(analysis.Bhattacharyya),
		"krugman":             two(analysis.Krugman),
		"js_divergence_nats":  jensenShannon(analysis.Nats, analysis.JSDivergence),
		"js_divergence_bits":  jensenShannon(analysis.Bits, analysis.JSDivergence),
		"js_distance_nats":    jensenShannon(analysis.Nats, analysis.JSDistance),
		"js_distance_bits":    jensenShannon(analysis.Bits, analysis.JSDistance),
		"hhi":                 single(analysis.HHI),
		"hhi_normalised":      single(analysis.HHINormalised),
		"theil_t":             weighing(analysis.TheilT, analysis.TheilTWeighted),
		"theil_l":             weighing(analysis.TheilL, analysis.TheilLWeighted),
		"gini":                weighing(analysis.Gini, analysis.GiniWeighted),
		"gini_normalised":     single(analysis.GiniNormalised),
		"beveridge_slope":     line(analysis.Beveridge, func(l analysis.Line) float64 { return l.Slope }),
		"beveridge_intercept": line(analysis.Beveridge, func(l analysis.Line) float64 { return l.Intercept }),
		"beveridge_r2":        line(analysis.Beveridge, func(l analysis.Line) float64 { return l.R2 }),
		"match_degree": two(func(a, b []float64) (float64, error) {
			bits, err := analysis.JSDivergence(a, b, analysis.Bits)
			return 1 - bits, err
		}),
		"efficient_unemployment": {Least: 2, Most: 2, Scalar: func(v [][]float64, _ Given) (float64, error) {
			return analysis.EfficientUnemployment(analysis.Sum(v[0]), analysis.Sum(v[1]))
		}},
		"location_quotient": {Least: 2, Most: 2, Reference: true, Each: locationQuotients, sum: locationQuotient},
		"share": {Least: 1, Most: 1, Each: func(v [][]float64, _ Given) ([]float64, error) {
			s, err := analysis.Shares(v[0])
			for i := range s {
				s[i] *= 100
			}
			return s, err
		}},
		"share_low":            share(func(h analysis.Heat) float64 { return h.Low }),
		"share_high":           share(func(h analysis.Heat) float64 { return h.High }),
		"shift_total":          shiftShare(func(s analysis.Shift, i int) float64 { return s.NationalBy[i] + s.MixBy[i] + s.ByIndustry[i] }),
		"shift_national":       shiftShare(func(s analysis.Shift, i int) float64 { return s.NationalBy[i] }),
		"shift_mix":            shiftShare(func(s analysis.Shift, i int) float64 { return s.MixBy[i] }),
		"shift_regional":       shiftShare(func(s analysis.Shift, i int) float64 { return s.ByIndustry[i] }),
		"shift_competitive":    estebanMarquillas(func(s analysis.EstebanMarquillas) float64 { return s.Competitive }),
		"shift_allocation":     estebanMarquillas(func(s analysis.EstebanMarquillas) float64 { return s.Allocation }),
		"coupling":             coupled(func(c analysis.Coupling) float64 { return c.D }),
		"coupling_degree":      coupled(func(c analysis.Coupling) float64 { return c.C }),
		"coupling_development": coupled(func(c analysis.Coupling) float64 { return c.T }),
		"tf_idf":               {Least: 1, Most: 1, Matrix: tfIDF},
		"idf":                  {Least: 1, Most: 1, Matrix: idf},
		"index":                index(),
		"regression":           line(analysis.LeastSquares, func(l analysis.Line) float64 { return l.Slope }),
		"elasticity":           line(analysis.Beveridge, func(l analysis.Line) float64 { return l.Slope }),
	}
}

// locationQuotients takes the values of a region and of the whole it lies in.
func locationQuotients(v [][]float64, _ Given) ([]float64, error) {
	lq := make([]float64, len(v[0]))
	for i := range lq {
		x, err := locationQuotient(v, nil, []int{i})
		switch {
		case errors.Is(err, errNoWhole):
			return nil, err
		case err != nil:
			x = math.NaN()
		}
		lq[i] = x
	}
	return lq, nil
}

var errNoWhole = fmt.Errorf("%w: the total is zero", analysis.ErrUndefined)

// locationQuotient is that of several industries taken together.
func locationQuotient(v [][]float64, _ []float64, chosen []int) (float64, error) {
	e, r := analysis.Sum(v[0]), analysis.Sum(v[1])
	if e == 0 || r == 0 {
		return 0, errNoWhole
	}
	var ei, ri float64
	for _, i := range chosen {
		ei, ri = ei+v[0][i], ri+v[1][i]
	}
	if len(chosen) == len(v[0]) {
		return 1, nil
	}
	q, err := analysis.LocationQuotient([]float64{ei, max(e-ei, 0)}, []float64{ri, max(r-ri, 0)})
	if err != nil {
		// Only what is left over may be absent from both.
		if ri == r && ei == e {
			return 1, nil
		}
		if ri == 0 {
			return 0, err
		}
		if ei > ri*(1+1e-12) || e-ei > (r-ri)*(1+1e-12) {
			return 0, err
		}
		return (ei / e) / (ri / r), nil
	}
	return q[0], nil
}

func tfIDF(v [][]float64, _ Given) ([][]float64, error) {
	_, rows, err := analysis.TFIDFCounts(v)
	return rows, err
}

func idf(v [][]float64, _ Given) ([][]float64, error) {
	x, _, err := analysis.TFIDFCounts(v)
	return [][]float64{x}, err
}
