package metric

import (
	"context"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Live is what the ledger says of the datasets, now or at a moment.
type Live struct {
	data states
	of   *Catalog
}

// Live asks the ledger what is published; the zero moment means now.
func (e *Engine) Live(ctx context.Context, asOf time.Time) (Live, error) {
	data, err := e.data(ctx, asOf)
	return Live{data, e.Catalog}, err
}

// Version changes with every publication and every withdrawal of a dataset.
func (l Live) Version(dataset string) string { return l.data[dataset].version }

// DataDate is the greatest published business date over all datasets; zero where there is none.
func (l Live) DataDate() Day {
	var last Day
	for _, s := range l.data {
		if s.max.After(last) {
			last = s.max
		}
	}
	return last
}

// End is the day after the last one that the data of m cover; zero where that is not known.
func (l Live) End(m *Metric) Day { return l.data.cover(l.of, m).end }

// Source writes what a statement reads to see the live rows of a dataset, with their condition and its parameters;
// the zero moment means now.
func Source(dataset string, asOf time.Time) (from string, params map[string]string) {
	k := &compiler{q: Query{AsOf: asOf}, params: map[string]string{}}
	from, live := k.source(dataset)
	if live != "" {
		from += "\nwhere " + live
	}
	return from, k.params
}

// Dataset returns the declaration of a dataset, nil where there is none.
func (c *Catalog) Dataset(name string) *dataset.Dataset { return c.datasets[name] }

// List returns a code list, nil where there is none.
func (c *Catalog) List(name string) *codes.List {
	if c.lists == nil {
		return nil
	}
	return c.lists.Get(name)
}
