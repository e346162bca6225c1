package board

import (
	"errors"

	"yanzhen/dashboard/metric"
)

// Check holds boards against the catalog and the maps: metrics that are not there, dimensions a metric cannot be cut by,
// maps that are not there or show other values.
func Check(cat *metric.Catalog, boards []*Board, maps []*Map) error {
	var names []string
	for _, m := range cat.Metrics() {
		names = append(names, m.Name)
	}
	var faults []error
	for _, b := range boards {
		if err := b.Check(names, func(name string) ([]string, bool) {
			m := cat.Metric(name)
			switch {
			case m == nil:
				return nil, false
			case cat.Faulty(m): // told in its own file
				return cat.DimensionNames(), true
			}
			return m.Dims(), true
		}); err != nil {
			faults = append(faults, err)
		}
		faults = append(faults, b.CheckMaps(maps, func(dim string) string {
			if d := cat.Dimension(dim); d != nil {
				return d.List
			}
			return ""
		}))
	}
	return errors.Join(faults...)
}
