package analysis

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// vector draws n counts of which one at least is positive.
func vector(t *rapid.T, name string, n int) []float64 {
	x := rapid.SliceOfN(rapid.OneOf(rapid.Just(0.), rapid.Float64Range(1e-3, 1e6)), n, n).Draw(t, name)
	x[rapid.IntRange(0, n-1).Draw(t, name+" positive")] = rapid.Float64Range(1e-3, 1e6).Draw(t, name+" value")
	return x
}

func scale(x []float64, k float64) []float64 {
	y := slices.Clone(x)
	for i := range y {
		y[i] *= k
	}
	return y
}

func permute(t *rapid.T, xs ...[]float64) [][]float64 {
	order := make([]int, len(xs[0]))
	for i := range order {
		order[i] = i
	}
	order = rapid.Permutation(order).Draw(t, "order")
	out := make([][]float64, len(xs))
	for k, x := range xs {
		for _, i := range order {
			out[k] = append(out[k], x[i])
		}
	}
	return out
}

func same(t *rapid.T, what string, a, b float64) {
	t.Helper()
	if math.IsNaN(a) || math.Abs(a-b) > 1e-9*math.Max(1, math.Abs(a)) {
		t.Fatalf("%s: %v and %v", what, a, b)
	}
}

// Every index of one vector: its bounds, and that neither scale nor order matters.
func TestOneVector(t *testing.T) {
	for name, m := range map[string]struct {
		f       func([]float64) (float64, error)
		highest func(n float64) float64
	}{
		"HHI":             {HHI, func(float64) float64 { return 1 }},
		"HHI normalised":  {HHINormalised, func(float64) float64 { return 1 }},
		"Theil T":         {TheilT, math.Log},
		"Theil L":         {TheilL, func(float64) float64 { return math.Inf(1) }},
		"Gini":            {Gini, func(n float64) float64 { return 1 - 1/n }},
		"Gini normalised": {GiniNormalised, func(float64) float64 { return 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				n := rapid.IntRange(2, 12).Draw(t, "n")
				x := vector(t, "x", n)
				v, err := m.f(x)
				if err != nil {
					if !errors.Is(err, ErrUndefined) || name != "Theil L" || !slices.Contains(x, 0) {
						t.Fatal(err)
					}
					return
				}
				if !(v >= 0 && v <= m.highest(float64(n))+1e-12) {
					t.Fatalf("%v is out of bounds", v)
				}
				w, _ := m.f(scale(x, rapid.Float64Range(1e-3, 1e3).Draw(t, "k")))
				same(t, "scale", v, w)
				w, _ = m.f(permute(t, x)[0])
				same(t, "order", v, w)
				equal := slices.Repeat([]float64{x[slices.Index(x, slices.Max(x))]}, n)
				w, _ = m.f(equal)
				least := 0.
				if name == "HHI" {
					least = 1 / float64(n)
				}
				same(t, "equal values", w, least)
			})
		})
	}
}

// Every index of two vectors: bounds, scale of either, order of both, 0 (or 1) where they agree.
func TestTwoVectors(t *testing.T) {
	bits := func(a, b []float64) (float64, error) { return JSDivergence(a, b, Bits) }
	for name, m := range map[string]struct {
		f         func(a, b []float64) (float64, error)
		lo, hi    float64
		agreement float64
	}{
		"mismatch .5":   {func(a, b []float64) (float64, error) { return Mismatch(a, b, .5) }, 0, 1, 0},
		"mismatch .65":  {func(a, b []float64) (float64, error) { return Mismatch(a, b, .65) }, 0, 1, 0},
		"simple":        {MismatchSimple, 0, 1, 0},
		"JSD":           {bits, 0, 1, 0},
		"JSD nats":      {func(a, b []float64) (float64, error) { return JSDivergence(a, b, Nats) }, 0, math.Ln2, 0},
		"cosine":        {Cosine, 0, 1, 1},
		"Bhattacharyya": {Bhattacharyya, 0, 1, 1},
		"Krugman":       {Krugman, 0, 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				n := rapid.IntRange(1, 12).Draw(t, "n")
				a, b := vector(t, "a", n), vector(t, "b", n)
				v, err := m.f(a, b)
				if err != nil {
					t.Fatal(err)
				}
				if !(v >= m.lo && v <= m.hi) {
					t.Fatalf("%v is not in [%v, %v]", v, m.lo, m.hi)
				}
				k := rapid.Float64Range(1e-3, 1e3).Draw(t, "k")
				w, _ := m.f(scale(a, k), b)
				same(t, "scale of the first", v, w)
				w, _ = m.f(a, scale(b, k))
				same(t, "scale of the second", v, w)
				p := permute(t, a, b)
				w, _ = m.f(p[0], p[1])
				same(t, "order", v, w)
				w, _ = m.f(a, scale(a, k))
				if math.Abs(w-m.agreement) > 1e-7 {
					t.Fatalf("of the same shares: %v", w)
				}
			})
		})
	}
}

// Splitting a market never lowers mismatch, and leaves it where the split is in proportion.
func TestDisaggregation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		v, u := vector(t, "v", n), vector(t, "u", n)
		alpha := rapid.Float64Range(.05, .95).Draw(t, "alpha")
		i := rapid.IntRange(0, n-1).Draw(t, "market")
		a, b := rapid.Float64Range(0, 1).Draw(t, "share of v"), rapid.Float64Range(0, 1).Draw(t, "share of u")
		split := func(x []float64, share float64) []float64 {
			y := append(slices.Clone(x), x[i]*(1-share))
			y[i] *= share
			return y
		}
		for name, f := range map[string]func(a, b []float64) (float64, error){
			"mismatch": func(a, b []float64) (float64, error) { return Mismatch(a, b, alpha) }, "simple": MismatchSimple,
		} {
			whole, err := f(v, u)
			if err != nil {
				t.Fatal(err)
			}
			parts, err := f(split(v, a), split(u, b))
			if err != nil {
				t.Fatal(err)
			}
			if parts < whole-1e-12 {
				t.Fatalf("%s fell from %v to %v", name, whole, parts)
			}
			alike, _ := f(split(v, a), split(u, a))
			same(t, name+" split in proportion", whole, alike)
		}
	})
}

// The three effects of shift-share add up, and the split of the regional one too.
func TestShiftShareAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 10).Draw(t, "n")
		positive := func(name string) []float64 {
			return rapid.SliceOfN(rapid.Float64Range(1, 1e5), n, n).Draw(t, name)
		}
		e0, e1, r0, r1 := positive("e0"), positive("e1"), positive("r0"), positive("r1")
		s, err := ShiftShare(e0, e1, r0, r1)
		if err != nil {
			t.Fatal(err)
		}
		size := Sum(e0) * (Sum(r1)/Sum(r0) + 1) * 1e5
		if math.Abs(s.National+s.Mix+s.Regional-s.Total) > 1e-9*size {
			t.Fatalf("%+v does not add up", s)
		}
		em, err := ShiftShareEstebanMarquillas(e0, e1, r0, r1)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(em.Competitive+em.Allocation-s.Regional) > 1e-9*size {
			t.Fatalf("%+v is not %v", em, s.Regional)
		}
	})
}

// The quotients of a region against itself are 1, and their mean weighted by the reference is 1.
func TestLocationQuotientMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 10).Draw(t, "n")
		e := vector(t, "e", n)
		r := slices.Clone(e)
		for i := range r {
			r[i] += rapid.Float64Range(1e-3, 1e6).Draw(t, "rest")
		}
		lq, err := LocationQuotient(e, r)
		if err != nil {
			t.Fatal(err)
		}
		share, _ := shares("reference", r)
		mean, _ := Weighted(share, lq)
		same(t, "mean", mean, 1)
	})
}

// Coupling: C, T and D in [0, 1]; D is never above the greatest system; order does not matter.
func TestCouplingBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 5).Draw(t, "n")
		u := rapid.SliceOfN(rapid.Float64Range(0, 1), n, n).Draw(t, "u")
		for name, f := range map[string]func(u, beta []float64) (Coupling, error){"classic": CouplingClassic, "modified": CouplingModified} {
			c, err := f(u, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range []float64{c.C, c.T, c.D} {
				if !(v >= 0 && v <= 1) {
					t.Fatalf("%s: %+v", name, c)
				}
			}
			if c.D > math.Sqrt(slices.Max(u))+1e-12 {
				t.Fatalf("%s: D %v above the root of the greatest %v", name, c.D, slices.Max(u))
			}
			other, _ := f(permute(t, u)[0], nil)
			same(t, name, c.D, other.D)
		}
	})
}

// Whatever the numbers, nothing answers NaN or panics.
func TestNeverNaN(t *testing.T) {
	odd := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.NaN(), math.Inf(1), math.Inf(-1), -1, math.MaxFloat64, math.SmallestNonzeroFloat64}))
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(odd, 0, 10).Draw(t, "a")
		b := rapid.SliceOfN(odd, 0, 10).Draw(t, "b")
		check := func(name string, v float64, err error) {
			if err == nil && math.IsNaN(v) {
				t.Fatalf("%s of %v and %v is NaN", name, a, b)
			}
			if err != nil && !errors.Is(err, ErrUndefined) {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for name, f := range map[string]func(a, b []float64) (float64, error){
			"simple": MismatchSimple, "cosine": Cosine, "Bhattacharyya": Bhattacharyya, "Krugman": Krugman,
			"mismatch": func(a, b []float64) (float64, error) { return Mismatch(a, b, .5) },
			"JSD":      func(a, b []float64) (float64, error) { return JSDivergence(a, b, Bits) },
		} {
			v, err := f(a, b)
			check(name, v, err)
		}
		for name, f := range map[string]func([]float64) (float64, error){"HHI": HHI, "T": TheilT, "L": TheilL, "Gini": Gini} {
			v, err := f(a)
			check(name, v, err)
		}
		lq, err := LocationQuotient(a, b)
		for _, v := range lq {
			check("LQ", v, err)
		}
	})
}
