package demo

import "math/rand/v2"

// plant is a spoilt cell to be: the row is a good one otherwise, of somebody who occurs nowhere
// else, so that the numbers do not depend on it.
type plant struct {
	field string
	raw   any
	rule  string
}

func (s *story) plantAll(fs []*file, r *rand.Rand) {
	_, _ = fs, r
}
