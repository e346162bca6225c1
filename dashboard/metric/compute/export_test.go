package compute

import (
	"context"

	"yanzhen/dashboard/metric"
)

// Waiting is how many askers wait for a statement under way.
func (e *Engine) Waiting() (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.flights {
		n += f.waiters
	}
	return n
}

// ScopeOf is the part of the rows that the viewer of a context may see of a metric.
func ScopeOf(e *Engine, ctx context.Context, m *metric.Metric) ([]metric.Filter, error) {
	return e.scope(ctx, m)
}
