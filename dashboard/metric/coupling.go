package metric

import "yanzhen/dashboard/analysis"

// coupling is the coordination of several systems over the objects that the vectors run along. The
// columns of v belong to the systems in order: the first split to the first, the rest to the second.
// Each column is scaled between its own least and greatest object, each system weighs its columns by
// entropy, and the value is the mean D of the objects.
func coupling(v [][]float64, o option) (float64, error) {
	split, eps := int(o("split", 1)), o("eps", 0.01)
	if split < 1 || split >= len(v) {
		return 0, analysis.ErrUndefined
	}
	var levels [2][]float64
	for s, columns := range [2][][]float64{v[:split], v[split:]} {
		rows := make([][]float64, len(columns[0]))
		for _, c := range columns {
			scaled, err := analysis.MinMax(c, false, eps)
			if err != nil {
				return 0, err
			}
			for i, x := range scaled {
				rows[i] = append(rows[i], x)
			}
		}
		weights, _, err := analysis.EntropyWeights(rows)
		if err != nil {
			return 0, err
		}
		for _, r := range rows {
			u, err := analysis.Weighted(weights, r)
			if err != nil {
				return 0, err
			}
			levels[s] = append(levels[s], u)
		}
	}
	couple := analysis.CouplingClassic
	if o("modified", 0) != 0 {
		couple = analysis.CouplingModified
	}
	degrees := make([]float64, len(levels[0]))
	for i := range degrees {
		c, err := couple([]float64{levels[0][i], levels[1][i]}, nil)
		if err != nil {
			return 0, err
		}
		degrees[i] = c.D
	}
	return analysis.Sum(degrees) / float64(len(degrees)), nil
}
