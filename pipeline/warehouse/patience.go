package warehouse

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// DefaultPatience is how long a statement may go without progress where nobody says otherwise.
const DefaultPatience = 15 * time.Minute

// Stalled: the database took a statement and made no progress with it. It is ErrUnavailable too: the
// same may succeed later.
type Stalled struct{ After time.Duration }

func (e *Stalled) Error() string {
	return fmt.Sprintf("数据库接到语句后 %s 没有进展，已放弃 / the database took the statement and made no progress for %[1]s; it was given up", e.After)
}

// Unwrap says that the database did not answer.
func (e *Stalled) Unwrap() error { return ErrUnavailable }

// clock ends a statement that makes no progress. It runs from its making to pause, and between
// resume and pause.
type clock struct {
	after  time.Duration
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer // nil while nobody waits for the database
}

// wait gives a statement a clock. The context returned ends with ctx, or by *Stalled. The caller
// calls end, always.
func (db *DB) wait(ctx context.Context) (context.Context, *clock) {
	ctx, cancel := context.WithCancelCause(ctx)
	c := &clock{after: db.patience, cancel: cancel}
	c.resume()
	return ctx, c
}

// resume starts the time anew: something moved, or somebody waits for the database again.
func (c *clock) resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
	}
	c.timer = time.AfterFunc(c.after, func() { c.cancel(&Stalled{c.after}) })
}

// pause stops the time: the next move is not the database's.
func (c *clock) pause() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
}

func (c *clock) end() {
	c.pause()
	c.cancel(nil)
}

// ended is why a statement's context is over: *Stalled where its clock ran out, else the context's own error.
func ended(ctx context.Context) error {
	var s *Stalled
	if errors.As(context.Cause(ctx), &s) {
		return s
	}
	return ctx.Err()
}
