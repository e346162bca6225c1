package reload

import (
	"context"
	"sync/atomic"
	"time"
)

// Taker has a running server take up what was just written among its declarations, and knows since when it does not; where none
// runs nobody does.
type Taker struct {
	of  atomic.Pointer[Server]
	now atomic.Pointer[func(time.Duration) bool]
}

// Use says which server, and how long it lives.
func (t *Taker) Use(ctx context.Context, s *Server) {
	now := func(most time.Duration) bool { return s.Now(ctx, most) }
	t.of.Store(s)
	t.now.Store(&now)
}

// Now reports whether what was written is taken up within a time.
func (t *Taker) Now(most time.Duration) bool {
	now := t.now.Load()
	return now != nil && (*now)(most)
}

// Since is since when declarations are not taken up because something is wrong with them; zero: they are.
func (t *Taker) Since() (at time.Time) {
	if s := t.of.Load(); s != nil {
		at = s.Refuses()
	}
	return at
}
