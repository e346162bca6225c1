// Package inflate unzips a part of a workbook in a goroutine of its own, beside the one that reads its XML.
package inflate

import (
	"fmt"
	"io"
	"runtime/debug"
)

const (
	piece  = 128 << 10 // bytes that are handed over at once
	pieces = 4
)

// Ahead reads r ahead, at most half a megabyte. Close it: that closes r, which nothing reads any more then.
func Ahead(r io.ReadCloser) io.ReadCloser {
	a := &ahead{from: r, full: make(chan part, pieces), free: make(chan []byte, pieces), over: make(chan struct{})}
	for range pieces {
		a.free <- make([]byte, piece)
	}
	go a.run()
	return a
}

type part struct {
	bytes []byte
	err   error // behind them

	defect string // of the program, raised where it is read
}

type ahead struct {
	from io.ReadCloser
	full chan part
	free chan []byte
	over chan struct{}
	part        // that is being read
	rest []byte // of it
}

func (a *ahead) run() {
	defer close(a.full)
	defer func() {
		if p := recover(); p != nil {
			a.full <- part{defect: fmt.Sprintf("%v\n%s", p, debug.Stack())} // there is room for as many as there are pieces
		}
	}()
	for {
		var b []byte
		select {
		case b = <-a.free:
		case <-a.over:
			return
		}
		n, err := 0, error(nil)
		for n < piece && err == nil { // not by io.ReadFull: an unexpected end is what damage is told by
			var more int
			more, err = a.from.Read(b[n:piece])
			n += more
		}
		if a.full <- (part{bytes: b[:n], err: err}); err != nil {
			return
		}
	}
}

// Read reads what is there, and waits where nothing is.
func (a *ahead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.bytes != nil {
			a.free <- a.bytes
		}
		next, ok := <-a.full
		if !ok {
			return 0, io.ErrClosedPipe
		}
		if next.defect != "" {
			panic(next.defect)
		}
		a.part = next
		a.rest = a.bytes
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// Close ends the reading.
func (a *ahead) Close() error {
	close(a.over)
	for range a.full { // until it has ended
	}
	return a.from.Close()
}
