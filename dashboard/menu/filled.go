package menu

import (
	"context"
	"sync"
	"time"

	"yanzhen/dashboard/board"
)

// Bounds.
const (
	firstWait = 2 * time.Second        // for what there is to see, where that was never known
	laterWait = 300 * time.Millisecond // where it is known as it was
	askFor    = time.Minute
)

// Filled knows on which boards there is something to see, as it was told last. Every page has a menu, also one that needs no
// database: it waits a little for what is new and does without. The zero value is ready.
type Filled struct {
	mu     sync.Mutex
	asking chan struct{}           // closed when an answer has come; nil: nobody asks
	has    func(*board.Board) bool // the last answer; nil: there was none
}

// Boards says of boards whether there is something to see on them; of all where nobody ever said. ask is called when the first
// board is asked of, once for all who ask meanwhile, and has a context that outlives theirs.
func (f *Filled) Boards(ctx context.Context, ask func(context.Context) (func(*board.Board) bool, error)) func(*board.Board) bool {
	has := sync.OnceValue(func() func(*board.Board) bool { return f.soon(ctx, ask) })
	return func(b *board.Board) bool {
		now := has()
		return now == nil || now(b)
	}
}

// soon is the newest answer, waited for a little.
func (f *Filled) soon(ctx context.Context, ask func(context.Context) (func(*board.Board) bool, error)) func(*board.Board) bool {
	f.mu.Lock()
	done, wait := f.asking, laterWait
	if f.has == nil {
		wait = firstWait
	}
	if done == nil {
		done = make(chan struct{})
		f.asking = done
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askFor)
			defer cancel()
			has, err := ask(ctx)
			f.mu.Lock()
			defer f.mu.Unlock()
			if err == nil {
				f.has = has
			}
			f.asking = nil
			close(done)
		}()
	}
	f.mu.Unlock()
	late := time.NewTimer(wait)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.has
}
