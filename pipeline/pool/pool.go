// Package pool keeps the buffers that a record batch has freed for the next one, whose buffers have the same sizes.
package pool

import (
	"sync"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Pool is an allocator that keeps freed buffers for the next batch, whose buffers have the same
// sizes. Buffers come back from whichever goroutine releases the record. After Close it frees.
type Pool struct {
	mem    memory.Allocator
	mu     sync.Mutex
	free   map[int][][]byte
	closed bool
}

// New returns a pool over an allocator.
func New(mem memory.Allocator) *Pool { return &Pool{mem: mem, free: map[int][][]byte{}} }

// spare is how many buffers of one size are kept.
const spare = 64

// Allocate returns a buffer of a size, a kept one where there is one.
func (p *Pool) Allocate(size int) []byte {
	p.mu.Lock()
	if l := p.free[size]; len(l) > 0 {
		b := l[len(l)-1]
		p.free[size] = l[:len(l)-1]
		p.mu.Unlock()
		return b
	}
	p.mu.Unlock()
	return p.mem.Allocate(size)
}

// Reallocate returns a buffer of another size with the same content.
func (p *Pool) Reallocate(size int, b []byte) []byte {
	if size <= len(b) {
		return b
	}
	n := p.Allocate(size)
	copy(n, b)
	p.Free(b)
	return n
}

// Free keeps a buffer for the next batch.
func (p *Pool) Free(b []byte) {
	if len(b) == 0 {
		return
	}
	p.mu.Lock()
	if l := p.free[len(b)]; !p.closed && len(l) < spare {
		p.free[len(b)] = append(l, b)
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.mem.Free(b)
}

// Close frees what is kept, and from then on all that comes back.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.free {
		for _, b := range l {
			p.mem.Free(b)
		}
	}
	p.free, p.closed = nil, true
}
