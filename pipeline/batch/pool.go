package batch

import (
	"sync"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// pool is an allocator that keeps freed buffers for the next batch, whose buffers have the same
// sizes. Buffers come back from whichever goroutine releases the record. After close it frees.
type pool struct {
	mem    memory.Allocator
	mu     sync.Mutex
	free   map[int][][]byte
	closed bool
}

func newPool(mem memory.Allocator) *pool { return &pool{mem: mem, free: map[int][][]byte{}} }

// spare is how many buffers of one size are kept.
const spare = 64

func (p *pool) Allocate(size int) []byte {
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

func (p *pool) Reallocate(size int, b []byte) []byte {
	if size <= len(b) {
		return b
	}
	n := p.Allocate(size)
	copy(n, b)
	p.Free(b)
	return n
}

func (p *pool) Free(b []byte) {
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

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.free {
		for _, b := range l {
			p.mem.Free(b)
		}
	}
	p.free, p.closed = nil, true
}
