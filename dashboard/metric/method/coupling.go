package method

import (
	"fmt"
	"math"
	"slices"

	"yanzhen/dashboard/analysis"
)

// coupled is coupling coordination as a method: over the objects that the vectors run along (nodes,
// years), each metric is scaled between bounds, each system weighs its metrics to a level, and the
// levels are coupled. The value of an object is D, C or T; without a cut it is their mean.
//
//	systems   how many metrics each system has, in order; split: n is two systems, the first of n;
//	          neither: each metric is a system
//	eps       scaled to [eps, 1-eps]: 0.01
//	lower, upper   fixed bounds, one for each metric; base_years: those of the years, over a dimension
//	          those of all its values in all of these years, a panel. Neither: the least and the
//	          greatest of the objects, which move when one is added.
//	down      1 for each metric of which less is better, else 0
//	weights   entropy (of the objects, or of the base years), equal, or one for each metric
//	beta      the weights of the systems in T: equal
//	formula   classic, or modified (Wang et al. 2021); modified: 1 is the same
func coupled(part func(analysis.Coupling) float64) Method {
	return Method{
		Least: 2,
		Options: map[string]string{
			"split": "number", "systems": "list", "eps": "number", "lower": "list", "upper": "list", "base_years": "list", "down": "list",
			"weights": "entropy|equal|list", "beta": "list", "formula": "classic|modified", "modified": "number",
		},
		Each: func(v [][]float64, g Given) ([]float64, error) {
			c, err := couplings(v, g)
			out := make([]float64, len(c))
			for i := range c {
				out[i] = part(c[i])
			}
			return out, err
		},
		sum: mean, weighs: true,
		further: func(v [][]float64, g Given) ([]Output, error) {
			sizes, err := g.Systems(len(v))
			if err != nil {
				return nil, err
			}
			return weighted(v, g, sizes)
		},
	}
}

// Systems returns how many of n metrics each system has.
func (o Options) Systems(n int) ([]int, error) {
	var sizes []int
	switch split := int(o.Number("split", 0)); {
	case split > 0:
		sizes = []int{split, n - split}
	case o.List("systems") != nil:
		for _, s := range o.List("systems") {
			sizes = append(sizes, int(s))
		}
	default:
		for range n {
			sizes = append(sizes, 1)
		}
	}
	all := 0
	for _, s := range sizes {
		if s < 1 {
			return nil, Say("有 %d 个指标的系统", "a system of %d metrics", s)
		}
		all += s
	}
	if all != n || len(sizes) < 2 {
		return nil, Say("各系统共 %d 个指标，而指标有 %d 个；应有两个以上的系统，分完全部指标", "systems of %d metrics for %d metrics; there must be two systems or more that take all of them", all, n)
	}
	return sizes, nil
}

// couplings couples the systems of each object: v holds a vector along the objects for each metric.
func couplings(v [][]float64, g Given) ([]analysis.Coupling, error) {
	sizes, err := g.Systems(len(v))
	if err != nil {
		return nil, err // the declaration was held to the same rule
	}
	levels := make([][]float64, len(v[0])) // object x system
	at := 0
	for _, size := range sizes {
		level, err := g.level(v, at, size)
		if err != nil {
			return nil, err
		}
		for i, u := range level {
			levels[i] = append(levels[i], u)
		}
		at += size
	}
	couple := analysis.CouplingClassic
	if g.Number("modified", 0) != 0 || g.Word("formula", "classic") == "modified" {
		couple = analysis.CouplingModified
	}
	out := make([]analysis.Coupling, len(levels))
	for i, u := range levels {
		if out[i], err = couple(u, g.List("beta")); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// scaled are the metrics from at on, so many of them, between their bounds: a column for each, and the rows of objects
// that weights come from.
func (g Given) scaled(v [][]float64, at, size int) (columns, rows [][]float64, err error) {
	for j := at; j < at+size; j++ {
		c, err := g.scale(v[j], j)
		if err != nil {
			return nil, nil, err
		}
		columns = append(columns, c)
		of := c
		if g.Base != nil {
			if of, err = g.scale(g.Base[j], j); err != nil {
				return nil, nil, err
			}
		}
		for i, x := range of {
			if len(rows) <= i {
				rows = append(rows, nil)
			}
			rows[i] = append(rows[i], x)
		}
	}
	return columns, rows, nil
}

// level is the level of each object in the system of the metrics from at on, so many of them.
func (g Given) level(v [][]float64, at, size int) ([]float64, error) {
	columns, rows, err := g.scaled(v, at, size)
	if err != nil {
		return nil, err
	}
	weights, err := g.weights(at, size, rows)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(v[0]))
	for i := range out {
		var row []float64
		for _, c := range columns {
			row = append(row, c[i])
		}
		if out[i], err = analysis.Weighted(weights, row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// scale brings the j-th metric between its bounds.
func (g Given) scale(x []float64, j int) ([]float64, error) {
	eps := g.Number("eps", 0.01)
	better := analysis.More
	if down, _ := g.listed("down", j); down != 0 {
		better = analysis.Less
	}
	lo, fixed := g.listed("lower", j)
	hi, also := g.listed("upper", j)
	switch {
	case fixed && also:
		return analysis.MinMaxFixed(x, lo, hi, better, eps)
	case g.Base == nil:
		return analysis.MinMax(x, better, eps)
	case len(g.Base[j]) == 0:
		return nil, fmt.Errorf("%w: no number in the base years", analysis.ErrUndefined)
	}
	return analysis.MinMaxFixed(x, slices.Min(g.Base[j]), slices.Max(g.Base[j]), better, eps)
}

// listed is the j-th number of an option that is a list; false where it has none.
func (g Given) listed(name string, j int) (float64, bool) {
	if l := g.List(name); j < len(l) {
		return l[j], true
	}
	return 0, false
}

// weights are those of the metrics from at on, so many of them; rows are their scaled values by object.
func (g Given) weights(at, size int, rows [][]float64) ([]float64, error) {
	weights := make([]float64, size)
	switch {
	case g.List("weights") != nil:
		for j := range weights {
			weights[j], _ = g.listed("weights", at+j)
		}
		if s := analysis.Sum(weights); math.Abs(s-1) > 1e-9 {
			return nil, fmt.Errorf("%w: the weights of a system add up to %v, not 1", analysis.ErrUndefined, s)
		}
	case size == 1:
		weights[0] = 1
	case g.Word("weights", "entropy") == "equal":
		for j := range weights {
			weights[j] = 1 / float64(size)
		}
	default:
		weights, _, err := analysis.EntropyWeights(rows)
		return weights, err
	}
	return weights, nil
}
