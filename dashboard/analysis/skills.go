package analysis

import (
	"math"
)

// TFIDFCounts weighs counts, one row per document and one column per term, by rarity: the smoothed idf
// ln((1+N)/(1+df)) + 1 and rows of length 1 (0 where a document is empty), as scikit-learn's
// TfidfVectorizer has them by default.
func TFIDFCounts(counts [][]float64) (idf []float64, rows [][]float64, err error) {
	if len(counts) == 0 || len(counts[0]) == 0 {
		return nil, nil, undefined("no counts")
	}
	df := make([]float64, len(counts[0]))
	for i, row := range counts {
		if len(row) != len(df) {
			return nil, nil, undefined("row %d has %d values, row 0 has %d", i, len(row), len(df))
		}
		if err := notNegative("counts", row); err != nil {
			return nil, nil, err
		}
		for j, c := range row {
			if c > 0 {
				df[j]++
			}
		}
	}
	idf = make([]float64, len(df))
	for j := range df {
		idf[j] = math.Log((1+float64(len(counts)))/(1+df[j])) + 1
	}
	rows = make([][]float64, len(counts))
	for i, row := range counts {
		rows[i] = make([]float64, len(row))
		squares := make([]float64, len(row))
		for j, c := range row {
			rows[i][j] = c * idf[j]
			squares[j] = rows[i][j] * rows[i][j]
		}
		if norm := math.Sqrt(Sum(squares)); norm > 0 {
			for j := range rows[i] {
				rows[i][j] /= norm
			}
		}
	}
	return idf, rows, nil
}

// Heat is the share of postings that name a skill, with the bounds that a small number of postings
// allows for.
type Heat struct{ Share, Low, High float64 }

// SkillHeat is k of n postings with Wilson's score interval for the normal quantile z (1.96: 95 %).
func SkillHeat(k, n int, z float64) (Heat, error) {
	if n <= 0 || k < 0 || k > n {
		return Heat{}, undefined("%d of %d postings", k, n)
	}
	if !(z > 0) || math.IsInf(z, 0) {
		return Heat{}, undefined("quantile %v", z)
	}
	p, m := float64(k)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Heat{p, math.Max(0, math.Min(p, middle-half)), math.Min(1, math.Max(p, middle+half))}, nil
}
