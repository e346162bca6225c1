package metric

import "yanzhen/dashboard/analysis"

// method is a function of package analysis as a metric: vectors in, one number out.
type method struct {
	args    int // 0: two or more
	options []string
	f       func(v [][]float64, option func(name string, otherwise float64) float64) (float64, error)
}

type option = func(name string, otherwise float64) float64

var methods = map[string]method{
	"mismatch": {2, []string{"alpha"}, func(v [][]float64, o option) (float64, error) {
		return analysis.Mismatch(v[0], v[1], o("alpha", 0.5))
	}},
	"mismatch_simple": {2, nil, func(v [][]float64, _ option) (float64, error) { return analysis.MismatchSimple(v[0], v[1]) }},
	"match_degree": {2, nil, func(v [][]float64, _ option) (float64, error) {
		bits, err := analysis.JSDivergence(v[0], v[1], analysis.Bits)
		return 1 - bits, err
	}},
	"cosine":   {2, nil, func(v [][]float64, _ option) (float64, error) { return analysis.Cosine(v[0], v[1]) }},
	"krugman":  {2, nil, func(v [][]float64, _ option) (float64, error) { return analysis.Krugman(v[0], v[1]) }},
	"hhi":      {1, nil, func(v [][]float64, _ option) (float64, error) { return analysis.HHI(v[0]) }},
	"theil_t":  {1, nil, func(v [][]float64, _ option) (float64, error) { return analysis.TheilT(v[0]) }},
	"theil_l":  {1, nil, func(v [][]float64, _ option) (float64, error) { return analysis.TheilL(v[0]) }},
	"coupling": {0, []string{"split", "eps", "modified"}, coupling},
	"gini":     {1, nil, func(v [][]float64, _ option) (float64, error) { return analysis.Gini(v[0]) }},
}
