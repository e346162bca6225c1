package statement

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// csvGuard makes the engine's CSV like that of the pages as it passes: empty for NULL, and an apostrophe before a
// text that a spreadsheet would take for a formula. The engine writes texts in quotes and NULL as \N without.
type csvGuard struct {
	out   *bufio.Writer
	state csvState
}

type csvState byte

const (
	fieldStart csvState = iota
	inBare              // a number, a date
	quoteStart          // right behind the quote that opens a text
	inQuotes
	quoteEnd    // a quote that ends the text, or the first of two
	nullStarted // \ at the start of a field without quotes
)

// Write never keeps back more than a byte of an unfinished field.
func (g *csvGuard) Write(p []byte) (int, error) {
	for _, b := range p {
		g.next(b)
	}
	return len(p), nil // the buffer keeps a fault of the writer for Flush
}

func (g *csvGuard) next(b byte) {
	switch g.state {
	case fieldStart:
		switch b {
		case '"':
			g.state = quoteStart
		case '\\':
			g.state = nullStarted
			return
		case ',', '\n', '\r':
		default:
			g.state = inBare
		}
	case nullStarted:
		if g.state = inBare; b == 'N' {
			return
		}
		g.out.WriteByte('\\')
		g.bare(b)
	case quoteStart:
		if strings.IndexByte("=+-@\t\r", b) >= 0 {
			g.out.WriteByte('\'')
		}
		if g.state = inQuotes; b == '"' {
			g.state = quoteEnd
		}
	case inQuotes:
		if b == '"' {
			g.state = quoteEnd
		}
	case quoteEnd:
		if b == '"' {
			g.state = inQuotes
		} else {
			g.bare(b)
		}
	case inBare:
		g.bare(b)
	}
	g.out.WriteByte(b)
}

func (g *csvGuard) bare(b byte) {
	if g.state = inBare; b == ',' || b == '\n' {
		g.state = fieldStart
	}
}

// Close writes what is left. It does not close the writer below.
func (g *csvGuard) Close() error {
	if g.state == nullStarted {
		g.out.WriteByte('\\')
	}
	return g.out.Flush()
}

// copyCSV copies the engine's CSV through a guard.
func copyCSV(out io.Writer, in io.Reader) error {
	g := &csvGuard{out: bufio.NewWriter(out)}
	_, err := io.Copy(g, in)
	return errors.Join(err, g.Close())
}
