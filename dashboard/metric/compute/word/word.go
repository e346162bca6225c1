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
	v    T
	err  error
	used uint64
}

// most is how many answers are kept; of more, the one that was asked for longest ago goes.
const most = 16

// longest is how long somebody else's question is waited for.
const longest = time.Minute

// Of is the answer to a question under a word: the one that is kept or under way, else what ask says. An error is not kept.
func (a *Answers[T]) Of(ctx context.Context, word, question string, ask func(context.Context) (T, error)) (T, error) {
	key := word + "\x00" + question
	a.mu.Lock()
	a.tick++
	x := a.kept[key]
	if x == nil {
		x = &answer[T]{done: make(chan struct{})}
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
	a.mu.Unlock()
	select {
	case <-x.done:
		return x.v, x.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
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
