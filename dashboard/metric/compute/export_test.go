package compute

// Waiting is how many askers wait for a statement under way.
func (e *Engine) Waiting() (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.flights {
		n += f.waiters
	}
	return n
}
