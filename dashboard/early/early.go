// Package early lets the program ask what nobody has asked yet: one question at a time, at a place that it leaves as soon as
// somebody comes. What was broken off is asked again once nobody is there; what was refused is not asked twice. It knows
// nothing of pages and of figures.
package early

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"
)

// Bounds.
const (
	still       = 200 * time.Millisecond // nobody has come for so long: what a page asks for beside itself has begun
	tooLong     = 10 * time.Second       // a question that ran so long and failed is let be for a while
	aWhile      = 10 * time.Minute
	mostRefused = 1000 // questions that are remembered as refused; then all are forgotten
)

// Place is where the program asks. New makes one. It is safe for concurrent use.
type Place struct {
	one chan struct{} // has room for who asks

	mu      sync.Mutex
	people  int           // who is there
	changed chan struct{} // closed when the first comes or the last goes
	left    time.Time     // when the last went
	stop    context.CancelFunc
	gave    int // how often it gave way
	refused map[string]refusal
}

type refusal struct {
	err   error
	until time.Time // zero: for good
}

// New makes a place where nobody is.
func New() *Place {
	return &Place{one: make(chan struct{}, 1), changed: make(chan struct{}), refused: map[string]refusal{}}
}

// Somebody says that somebody has come, and gone again by the function returned: what runs is broken off at once.
func (p *Place) Somebody() (gone func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		p.stop()
		p.stop = nil
		p.gave++
	}
	if p.people++; p.people == 1 {
		p.turn()
	}
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.people--; p.people == 0 {
			p.left = time.Now()
			p.turn()
		}
	})
}

func (p *Place) turn() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Gave is how often a question was broken off for somebody.
func (p *Place) Gave() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gave
}

// Quiet waits until nobody is there.
func (p *Place) Quiet(ctx context.Context) error {
	for {
		p.mu.Lock()
		people, changed, wait := p.people, p.changed, still-time.Since(p.left)
		p.mu.Unlock()
		if people == 0 && wait <= 0 {
			return ctx.Err()
		}
		var over <-chan time.Time
		if people == 0 {
			t := time.NewTimer(wait)
			defer t.Stop()
			over = t.C
		}
		select {
		case <-changed:
		case <-over:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Ask runs a question once nobody is there, and again where somebody came meanwhile. One whose error is a
// verdict on it is not run again under its key, which tells what the answer stands on; one that was long at work before it
// failed is not for a while. Any other failure is of the moment and not remembered.
func (p *Place) Ask(ctx context.Context, key string, verdict func(error) bool, run func(context.Context) error) error {
	select {
	case p.one <- struct{}{}:
		defer func() { <-p.one }()
	case <-ctx.Done():
		return ctx.Err()
	}
	p.mu.Lock()
	no, known := p.refused[key]
	p.mu.Unlock()
	if known && (no.until.IsZero() || time.Now().Before(no.until)) {
		return no.err
	}
	for {
		if err := p.Quiet(ctx); err != nil {
			return err
		}
		began := time.Now()
		broken, err := p.try(ctx, run)
		switch {
		case err == nil:
			return nil
		case ctx.Err() == nil && broken:
			continue
		case ctx.Err() == nil && verdict(err):
			p.refuse(key, refusal{err: err})
		case !errors.Is(ctx.Err(), context.Canceled) && time.Since(began) > tooLong:
			p.refuse(key, refusal{err: err, until: time.Now().Add(aWhile)})
		}
		return err
	}
}

// try runs a question until somebody comes; broken says that somebody came.
func (p *Place) try(ctx context.Context, run func(context.Context) error) (broken bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p.mu.Lock()
	if p.people > 0 {
		p.mu.Unlock()
		return true, context.Canceled
	}
	p.stop = stop
	p.mu.Unlock()
	err = run(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	broken = p.stop == nil
	p.stop = nil
	return broken, err
}

func (p *Place) refuse(key string, no refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.refused) >= mostRefused {
		clear(p.refused)
	}
	p.refused[key] = no
}

// Last puts a statement behind those of people, by the settings of the engine: it stands still while one of theirs runs.
func Last(settings map[string]string) map[string]string {
	out := maps.Clone(settings)
	if out == nil {
		out = map[string]string{}
	}
	out["priority"] = "20" // a page's is 1, an analyst's 10
	return out
}

type key struct{}

// With is a context in which the program asks early, at a place; of none it is as if somebody asked.
func With(ctx context.Context, p *Place) context.Context { return context.WithValue(ctx, key{}, p) }

// At is the place at which a context asks; nil: somebody asks.
func At(ctx context.Context) *Place {
	p, _ := ctx.Value(key{}).(*Place)
	return p
}
