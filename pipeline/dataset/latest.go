package dataset

import (
	"sync"
	"sync/atomic"
)

// Latest is what is declared at the moment, of which something is made once. The zero value knows of nothing.
type Latest struct {
	mu    sync.Mutex // while it is made: one does, the others wait
	next  atomic.Pointer[Catalog]
	made  atomic.Pointer[Catalog]
	begun atomic.Bool
}

// Use says what is declared from now on.
func (l *Latest) Use(c *Catalog) { l.next.Store(c) }

// Begun reports whether anything was ever made.
func (l *Latest) Begun() bool { return l.begun.Load() }

// Make has it made of what is declared, unless that stands. Where it fails nothing is taken to stand: some may be of one catalog and
// some of another.
func (l *Latest) Make(do func(*Catalog) error) error {
	if c := l.next.Load(); c == nil || c == l.made.Load() {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.next.Load()
	if c == l.made.Load() {
		return nil
	}
	l.begun.Store(true)
	l.made.Store(nil)
	if err := do(c); err != nil {
		return err
	}
	l.made.Store(c)
	return nil
}
