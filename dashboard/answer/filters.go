package answer

import (
	"net/http"
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
)

// Filters adds what is written as dimension:value to filters; several values of one dimension are any of them.
func Filters(m *metric.Metric, list []metric.Filter, texts []string) ([]metric.Filter, error) {
	for _, text := range texts {
		dim, value, ok := strings.Cut(text, ":")
		if !ok {
			return nil, address.Bad(words.Get("bad_value", "where", words.Clip(text, 80)), "dimension:value")
		}
		if !slices.Contains(m.Dims(), dim) {
			return nil, address.Coded(http.StatusBadRequest, "no_dimension", words.Get("answer_no_dim", m.Title, words.Clip(dim, 80)), m.Dims()...)
		}
		if i := slices.IndexFunc(list, func(f metric.Filter) bool { return f.Dim == dim }); i >= 0 {
			list[i].Values = append(slices.Clone(list[i].Values), value)
		} else {
			list = append(list, metric.Filter{Dim: dim, Values: []string{value}})
		}
	}
	return list, nil
}
