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

// Write passes on all of p but what an unfinished field holds back, a byte at most.
func (g *csvGuard) Write(p []byte) (int, error) {
	from := 0 // what of p has not been passed on
	for i := 0; i < len(p); i++ {
		b := p[i]
		switch g.state {
		case fieldStart:
			switch b {
			case '"':
				g.state = quoteStart
			case '\\':
				g.out.Write(p[from:i])
				g.state, from = nullStarted, i+1
			case ',', '\n', '\r':
			default:
				g.state = inBare
			}
		case nullStarted:
			if g.state = inBare; b == 'N' {
				from = i + 1
				continue
			}
			g.out.WriteByte('\\')
			g.bare(b)
		case quoteStart:
			if strings.IndexByte("=+-@\t\r", b) >= 0 {
				g.out.Write(p[from:i])
				g.out.WriteByte('\'')
				from = i
			}
			if g.state = inQuotes; b == '"' {
				g.state = quoteEnd
			}
		case inQuotes:
			for i < len(p) && p[i] != '"' {
				i++
			}
			if i < len(p) {
				g.state = quoteEnd
			}
		case quoteEnd:
			if b == '"' {
				g.state = inQuotes
			} else {
				g.bare(b)
			}
		case inBare:
			for i < len(p) && p[i] != ',' && p[i] != '\n' {
				i++
			}
			if i < len(p) {
				g.state = fieldStart
			}
		}
	}
	_, err := g.out.Write(p[from:]) // what could not be written before is an error of this too
	return len(p), err
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
	g := &csvGuard{out: bufio.NewWriterSize(out, pieceBytes)}
	return errors.Join(pour(g, in), g.Close())
}

// pieceBytes is how much of an answer is held at a time.
const pieceBytes = 256 << 10

// pour copies an answer in large pieces.
func pour(out io.Writer, in io.Reader) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{in}, make([]byte, pieceBytes))
	return err
}
