package analysis

import "math"

// Base is the logarithm a divergence is measured in.
type Base float64

// The bases.
const (
	Nats Base = math.E
	Bits Base = 2
)

// Cosine is the cosine of the angle between two vectors: 1 where they are proportional.
func Cosine(a, b []float64) (float64, error) {
	if len(a) != len(b) {
		return 0, undefined("one vector has %d values, the other %d", len(a), len(b))
	}
	if err := finite("first vector", a); err != nil {
		return 0, err
	}
	if err := finite("second vector", b); err != nil {
		return 0, err
	}
	// Scale first: squares of great numbers overflow.
	a, b = scaled(a), scaled(b)
	ab, aa, bb := make([]float64, len(a)), make([]float64, len(a)), make([]float64, len(a))
	for i := range a {
		ab[i], aa[i], bb[i] = a[i]*b[i], a[i]*a[i], b[i]*b[i]
	}
	norm := math.Sqrt(Sum(aa)) * math.Sqrt(Sum(bb))
	if norm == 0 {
		return 0, undefined("a vector is zero")
	}
	return math.Min(1, math.Max(-1, Sum(ab)/norm)), nil
}

func scaled(x []float64) []float64 {
	var most float64
	for _, v := range x {
		most = math.Max(most, math.Abs(v))
	}
	if most == 0 {
		return x
	}
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = v / most
	}
	return y
}

// JSDivergence is the Jensen-Shannon divergence of the shares p of a and q of b (Lin, "Divergence
// measures based on the Shannon entropy", 1991): half KL(p|m) plus half KL(q|m), m = (p+q)/2. In
// bits it is in [0, 1], in nats in [0, ln 2]. It is not the distance: that is its root.
func JSDivergence(a, b []float64, base Base) (float64, error) {
	p, q, err := twoShares("first vector", a, "second vector", b)
	if err != nil {
		return 0, err
	}
	if !(base > 1) {
		return 0, undefined("logarithm to the base %v", float64(base))
	}
	terms := make([]float64, 0, 2*len(p))
	for i := range p {
		m := (p[i] + q[i]) / 2
		if p[i] > 0 {
			terms = append(terms, p[i]/2*math.Log(p[i]/m))
		}
		if q[i] > 0 {
			terms = append(terms, q[i]/2*math.Log(q[i]/m))
		}
	}
	most := math.Ln2 / math.Log(float64(base))
	return math.Min(most, math.Max(0, Sum(terms)/math.Log(float64(base)))), nil
}

// JSDistance is the root of JSDivergence, which is a metric (Endres and Schindelin, 2003). This is
// what SciPy calls jensenshannon.
func JSDistance(a, b []float64, base Base) (float64, error) {
	d, err := JSDivergence(a, b, base)
	return math.Sqrt(d), err
}

// Bhattacharyya is the coefficient sum sqrt(p_i q_i): 1 - Mismatch with alpha 0.5.
func Bhattacharyya(a, b []float64) (float64, error) {
	p, q, err := twoShares("first vector", a, "second vector", b)
	if err != nil {
		return 0, err
	}
	terms := make([]float64, len(p))
	for i := range p {
		terms[i] = math.Sqrt(p[i] * q[i])
	}
	return unit(Sum(terms)), nil
}
