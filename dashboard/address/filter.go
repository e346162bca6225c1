package address

import (
	"slices"

	"yanzhen/dashboard/metric"
)

// Filter is a dimension that a page can be narrowed by: its name in the URL, and the names a metric may know it under.
type Filter struct {
	Param string
	dims  []string
}

// Filters are those there are, in the order in which pages offer them.
var Filters = []Filter{
	{"chain", []string{"chain"}},
	{"node", []string{"node"}},
	{"park", []string{"park"}},
	{"enterprise", []string{"enterprise"}},
	{"province", []string{"origin_province", "province"}},
	{"country", []string{"origin_country", "country"}},
}

// Of is what a metric calls the filter; "" where it has no such dimension.
func (f Filter) Of(m *metric.Metric) string {
	for _, d := range f.dims {
		if slices.Contains(m.Dims(), d) {
			return d
		}
	}
	return ""
}

// Param is the name in the URL of the filter that a dimension belongs to; "" where a page cannot be narrowed by it.
func Param(dim string) string {
	for _, f := range Filters {
		if slices.Contains(f.dims, dim) {
			return f.Param
		}
	}
	return ""
}
