package lines

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// Bar shows the rows read so far: a line that is drawn over on a terminal, a line every ten
// seconds elsewhere.
type Bar struct {
	w    *os.File
	name string
	unit string
	tty  bool
	last time.Time
	done bool
}

// NewBar begins one.
func NewBar(w *os.File, name, unit string) *Bar {
	return &Bar{w: w, name: Plain(name), unit: unit, tty: term.IsTerminal(int(w.Fd())), last: time.Now()}
}

// Rows says how many there are now.
func (b *Bar) Rows(n uint64) {
	wait := 10 * time.Second
	if b.tty {
		wait = 100 * time.Millisecond
	}
	if time.Since(b.last) < wait {
		return
	}
	b.last, b.done = time.Now(), true
	if b.tty {
		fmt.Fprintf(b.w, "\r%s  %d %s\x1b[K", b.name, n, b.unit)
		return
	}
	fmt.Fprintf(b.w, "%s  %d %s\n", b.name, n, b.unit)
}

// End clears the line.
func (b *Bar) End() {
	if b.tty && b.done {
		io.WriteString(b.w, "\r\x1b[K")
	}
}
