package statement

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
)

// csvGuard puts an apostrophe before a text that a spreadsheet would take for a formula, in the engine's CSV as it passes. The
// engine writes texts in quotes, a quote in one twice, and all else without; NULL is empty where it is asked with noNull.
type csvGuard struct {
	out    *bufio.Writer
	quoted bool // behind an odd number of quotes: within a text
	opened bool // the last byte opened a text
	last   byte // of what was passed on
}

// noNull is what makes the engine write NULL in CSV as the pages do.
var noNull = map[string]string{"format_csv_null_representation": ""}

// formulas are what a text begins with that is one for a spreadsheet.
const formulas = "=+-@\t\r"

// Write passes on all of p. It looks for what begins a formula, of which there is little, and only where a quote stands before
// it whether that opens a text: behind an even number of quotes, of which it is not the second of two.
func (g *csvGuard) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if g.opened && strings.IndexByte(formulas, p[0]) >= 0 {
		g.out.WriteByte('\'')
	}
	from, counted := 0, 0 // what of p has not been passed on, and whose quotes were not counted
	opens := func(at int) bool {
		g.quoted = g.quoted != (bytes.Count(p[counted:at], quote)%2 == 1)
		counted = at
		before := g.last
		if at > 0 {
			before = p[at-1]
		}
		return !g.quoted && before != '"'
	}
	for _, at := range g.suspects(p) {
		if opens(at) {
			g.out.Write(p[from : at+1])
			g.out.WriteByte('\'')
			from = at + 1
		}
	}
	end := len(p) - 1
	g.opened = p[end] == '"' && opens(end)
	g.quoted = g.quoted != (bytes.Count(p[counted:], quote)%2 == 1)
	g.last = p[end]
	_, err := g.out.Write(p[from:]) // what could not be written before is an error of this too
	return len(p), err
}

var quote = []byte{'"'}

// suspects are the places of quotes behind which a formula might begin, in order.
func (g *csvGuard) suspects(p []byte) (list []int) {
	for i := range len(formulas) {
		for at := 1; at < len(p); at++ {
			next := bytes.IndexByte(p[at:], formulas[i])
			if next < 0 {
				break
			}
			if at += next; p[at-1] == '"' {
				list = append(list, at-1)
			}
		}
	}
	slices.Sort(list)
	return list
}

// copyCSV copies the engine's CSV through a guard. While a piece is looked at the next is read, so that the engine writes on.
func copyCSV(out io.Writer, in io.Reader) error {
	type piece struct {
		bytes []byte
		err   error
	}
	full, free, done := make(chan piece), make(chan []byte, 2), make(chan struct{})
	defer close(done)
	for range 2 {
		free <- make([]byte, pieceBytes)
	}
	go func() { // it ends with in, or at the next piece where nobody wants it
		for {
			var p piece
			select {
			case p.bytes = <-free:
			case <-done:
				return
			}
			var n int
			n, p.err = in.Read(p.bytes)
			p.bytes = p.bytes[:n]
			select {
			case full <- p:
			case <-done:
				return
			}
			if p.err != nil {
				return
			}
		}
	}()
	g := &csvGuard{out: bufio.NewWriterSize(out, pieceBytes)}
	for {
		p := <-full
		if _, err := g.Write(p.bytes); err != nil {
			return err
		}
		if p.err == io.EOF {
			return g.out.Flush()
		}
		if p.err != nil {
			return errors.Join(p.err, g.out.Flush())
		}
		free <- p.bytes[:cap(p.bytes)]
	}
}

// pieceBytes is how much of an answer is held at a time.
const pieceBytes = 256 << 10

// pour copies an answer in large pieces.
func pour(out io.Writer, in io.Reader) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{in}, make([]byte, pieceBytes))
	return err
}
