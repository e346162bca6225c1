// Package word keeps what follows from the ledger for as long as the ledger says nothing new. It asks the ledger nothing.
package word

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// Answers keeps answers under the ledger's last word, and of several who ask the same at once lets one ask for all. What is
// kept is shared: nobody changes it.
//
// The word is learned before an answer under it is asked for. So an answer may hold what the ledger said later, and is asked
// for again under the next word; it never lacks what was said until then.
type Answers[T any] struct {
	mu   sync.Mutex
	kept map[string]*answer[T]
	tick uint64
}

type answer[T any] struct {
	done chan struct{}
	came time.Time // when it was asked for first
	v    T
	err  error
	used uint64
}

// most is how many answers are kept; of more, the one that was asked for longest ago goes. A question that is held against report
// dates goes through up to 26 moments (mostFreezes of compute), one behind the other: they have to have room.
const most = 32

// longest is how long a question may take. One that has taken patience may hang: who waits for it asks for himself too, once, and
// who comes does not wait for it.
const (
	longest  = time.Minute
	patience = 5 * time.Second
)

// Of is the answer to a question under a word: the one that is kept or under way, else what ask says. An error is not kept.
func (a *Answers[T]) Of(ctx context.Context, word, question string, ask func(context.Context) (T, error)) (none T, err error) {
	key := word + "\x00" + question
	x := a.join(ctx, key, ask)
	select { // what is kept is had without a clock
	case <-x.done:
		return x.v, x.err
	default:
	}
	slow := time.NewTimer(patience)
	defer slow.Stop()
	select {
	case <-x.done:
		return x.v, x.err
	case <-ctx.Done():
		return none, ctx.Err()
	case <-slow.C:
	}
	y := a.join(ctx, key, ask)
	select {
	case <-x.done:
		return x.v, x.err
	case <-y.done:
		return y.v, y.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// join finds the answer under a key, or begins to ask for it.
func (a *Answers[T]) join(ctx context.Context, key string, ask func(context.Context) (T, error)) *answer[T] {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tick++
	x := a.kept[key]
	if x == nil || x.hangs() {
		x = &answer[T]{done: make(chan struct{}), came: time.Now()}
		a.keep(key, x)
		go func() {
			// Not the first asker's context: the others wait for it too.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
			defer cancel()
			defer close(x.done)
			if x.v, x.err = safely(ctx, ask); x.err != nil {
				a.mu.Lock()
				if a.kept[key] == x {
					delete(a.kept, key)
				}
				a.mu.Unlock()
			}
		}()
	}
	x.used = a.tick
	return x
}

// hangs says that an answer should be there by now.
func (x *answer[T]) hangs() bool {
	select {
	case <-x.done:
		return false
	default:
		return time.Since(x.came) >= patience
	}
}

// safely makes an error of a panic, which would end the program here.
func safely[T any](ctx context.Context, ask func(context.Context) (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return ask(ctx)
}

func (a *Answers[T]) keep(key string, x *answer[T]) {
	if a.kept == nil {
		a.kept = map[string]*answer[T]{}
	}
	a.kept[key] = x
	for len(a.kept) > most {
		oldest := ""
		for k, x := range a.kept {
			if k != key && (oldest == "" || x.used < a.kept[oldest].used) {
				oldest = k
			}
		}
		delete(a.kept, oldest)
	}
}
