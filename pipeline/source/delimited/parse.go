package delimited

import (
	"errors"
	"math/bits"
	"slices"
	"strings"
)

// parser divides text into records. Its cells are slices of the text: only a cell with doubled or
// escaped characters is built anew.
type parser struct {
	comma      string
	quote      byte // 0: none
	escape     byte // 0: none
	told       bool // the quote is declared
	nl         byte
	mixed      bool // a line ends in CR, LF or both
	maxColumns int
	last       bool // nothing follows the text that is read
	cells      []string
	lines      int  // line ends inside quotes of the last record
	open       int  // of the last record: the line in it where a quote was opened that nothing closes
	stray      int  // of the last record: the first cell in which a quote stands where none can; -1: there is none
	broken     bool // it stands behind a quote that closed the cell, so that the cell may end elsewhere
	wide       int  // of the last record: a cell that holds both the delimiter and a line end; -1: there is none
}

var (
	errColumns  = errors.New("too many columns")
	errUnclosed = errors.New("unclosed quote")
)

// line returns the first line of s, without its end, and the length of both; 0 when s ends before
// the line does.
func (p *parser) line(s string) (line string, n int) {
	i := strings.IndexByte(s, p.nl)
	if p.mixed {
		i = strings.IndexAny(s, "\r\n")
	}
	switch {
	case i < 0 && !p.last:
		return "", 0
	case i < 0:
		line, n = s, len(s)
	case p.mixed && s[i] == '\r' && i+1 == len(s) && !p.last:
		return "", 0 // perhaps the first half of an end
	case p.mixed && s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n':
		return s[:i], i + 2
	default:
		line, n = s[:i], i+1
	}
	if p.nl == '\n' && line != "" && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return line, n
}

// record reads the first record of s into cells and returns its length, 0 when s ends before the
// record does (never if p.last says that nothing follows s).
func (p *parser) record(s string) (int, error) {
	p.cells, p.lines, p.stray, p.broken, p.wide = p.cells[:0], 0, -1, false, -1
	line, n := p.line(s)
	switch {
	case n == 0:
		return 0, nil // an open quote is found out only when the record is complete
	case p.escape != 0 && strings.IndexByte(line, p.escape) >= 0:
		return p.escaped(s)
	case p.quote != 0 && strings.IndexByte(line, p.quote) >= 0:
		return p.quoted(s)
	}
	cells := p.cells
	if len(p.comma) == 1 {
		cells, line = split(cells, line, p.comma[0])
	} else {
		for {
			i := strings.Index(line, p.comma)
			if i < 0 {
				break
			}
			cells = append(cells, line[:i])
			line = line[i+len(p.comma):]
		}
	}
	p.cells = append(cells, line)
	if len(p.cells) > p.maxColumns {
		return n, errColumns
	}
	return n, nil
}

// split cuts a line at each comma and returns what is behind the last one.
func split(cells []string, line string, comma byte) (more []string, rest string) {
	n, from, i := len(cells), 0, 0
	for cells = cells[:cap(cells)]; i+8 <= len(line); { // n of them count: to append would cost as much as the rest
		if n+8 > len(cells) {
			cells = slices.Grow(cells, 16)
			cells = cells[:cap(cells)]
		}
		n, from, i = cut(cells, n, line, from, i, comma)
	}
	cells = cells[:n]
	for ; i < len(line); i++ {
		if line[i] == comma {
			cells = append(cells, line[from:i])
			from = i + 1
		}
	}
	return cells, line[from:]
}

// cut is split from a byte of the line on, behind n cells of which the last ended before another byte, as far as there is room for
// cells. It looks at eight bytes at a time: most cells are no longer.
func cut(cells []string, n int, line string, from, i int, comma byte) (int, int, int) {
	const ones, lower = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	commas := ones * uint64(comma)
	for ; i+8 <= len(line) && n+8 <= len(cells); i += 8 {
		w := line[i : i+8]
		x := uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 | uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
		x ^= commas
		for m := ^((x&lower + lower) | x | lower); m != 0; m &= m - 1 { // the top bit of each byte that is 0
			at := i + bits.TrailingZeros64(m)>>3
			cells[n] = line[from:at]
			n++
			from = at + 1
		}
	}
	return n, from, i
}

// quoted reads a record with quotes. A cell that begins with a quote, perhaps behind blanks, ends at
// the next single quote; what stands between that and the delimiter is kept, as Excel does, and told
// in stray. But if the quotes enclose a line end, such a remainder means that the quote was never
// closed and swallowed the start of another: then errUnclosed.
func (p *parser) quoted(s string) (int, error) {
	pos := 0
	end, next := -1, -1 // of the line in which pos lies: its end, and the start of what follows
	for {
		if len(p.cells) > p.maxColumns {
			return pos, errColumns
		}
		text, from, err := p.enclosed(s, pos)
		switch {
		case err != nil:
			return len(s), err
		case from < 0:
			return 0, nil
		}
		isQuoted, inside := from > pos, 0
		if isQuoted {
			if pos = from; p.quote == '\'' && p.stray < 0 && !p.told && strings.IndexByte(text, '"') >= 0 {
				p.stray = len(p.cells) // perhaps it is the quote that was meant
			}
			if inside = strings.Count(text, string(rune(p.nl))); inside > 0 {
				p.lines += inside
				if p.wide < 0 && strings.Contains(text, p.comma) {
					p.wide = len(p.cells)
				}
			}
			if strings.HasPrefix(s[pos:], p.comma) {
				p.cells = append(p.cells, text)
				pos += len(p.comma)
				continue
			}
		}
		// what follows, up to the delimiter or the line end
		if end < pos {
			line, n := p.line(s[pos:])
			if n == 0 && !p.last {
				return 0, nil
			}
			end, next = pos+len(line), pos+n
		}
		rest := s[pos:end]
		i := strings.Index(rest, p.comma)
		if i >= 0 {
			rest = rest[:i]
		}
		switch {
		case !isQuoted:
			text = rest
			if p.stray < 0 && strings.IndexByte(text, p.quote) >= 0 && !guarded(text) {
				p.stray = len(p.cells)
			}
		case strings.TrimSpace(rest) != "":
			if inside > 0 {
				return pos, errUnclosed
			}
			text += rest
			p.broken = true
			if p.stray < 0 {
				p.stray = len(p.cells)
			}
		}
		p.cells = append(p.cells, text)
		if i < 0 {
			return next, nil
		}
		pos += i + len(p.comma)
	}
}

// enclosed reads the quoted cell that begins at pos. end is where what follows it begins: pos where no
// quote opens a cell there, -1 where s ends too soon to tell.
func (p *parser) enclosed(s string, pos int) (text string, end int, err error) {
	at := pos
	for at < len(s) && s[at] == ' ' && p.comma != " " {
		at++
	}
	if at == len(s) || s[at] != p.quote {
		return "", pos, nil
	}
	doubled, from := false, at+1
	for {
		i := strings.IndexByte(s[from:], p.quote)
		switch {
		case i < 0 && at > pos:
			return "", pos, nil
		case i < 0 && !p.last:
			return "", -1, nil
		case i < 0:
			p.open = p.lines
			return "", len(s), errUnclosed
		}
		if from += i + 1; from == len(s) || s[from] != p.quote {
			break
		}
		doubled = true
		from++
	}
	text = s[at+1 : from-1]
	switch {
	case at > pos && (strings.IndexByte(text, p.nl) >= 0 || !p.ends(s[from:])):
		return "", pos, nil // blanks and a quote that begin a text
	case from == len(s) && !p.last:
		return "", -1, nil // the next byte may be another quote
	}
	p.open = p.lines
	if doubled {
		q := string(rune(p.quote))
		text = strings.ReplaceAll(text, q+q, q)
	}
	return text, from, nil
}

// ends reports whether a cell ends before s, but for blanks.
func (p *parser) ends(s string) bool {
	if strings.HasPrefix(s, p.comma) {
		return true
	}
	s = strings.TrimLeft(s, " ")
	return s == "" || s[0] == '\n' || s[0] == '\r' || strings.HasPrefix(s, p.comma)
}

// guarded reports whether a text is ="00123" or =T("00123"), which spreadsheets leave alone.
func guarded(s string) bool {
	return len(s) >= 3 && s[0] == '=' && (s[1] == '"' && s[len(s)-1] == '"' || strings.HasPrefix(s, `=T("`) && strings.HasSuffix(s, `")`))
}

// escaped reads a record in which the declared or found escape stands: before a quote, a delimiter, a
// line end or itself it makes that a text; before anything else it is one itself.
func (p *parser) escaped(s string) (int, error) {
	var b []byte
	open, isQuoted, before := false, false, 0
	flush := func() {
		p.cells = append(p.cells, string(b))
		b, isQuoted, before = b[:0], false, p.lines
	}
	for i := 0; i < len(s); {
		c := s[i]
		if i+1 == len(s) && !p.last && (c == p.escape || c == p.quote || c == '\r') {
			return 0, nil
		}
		var d byte
		if i+1 < len(s) {
			d = s[i+1]
		}
		end := p.endOf(c, d)
		switch {
		case c == p.escape && i+1 < len(s) && (d == p.escape || d == p.quote && d != 0 || d == '\n' || d == '\r' || d == p.comma[0]):
			b = append(b, d)
			i += 2
		case open && c == p.quote && d == p.quote:
			b = append(b, d)
			i += 2
		case open && c == p.quote:
			open = false
			i++
		case open:
			if c == p.nl {
				if p.lines++; p.wide < 0 && strings.Contains(string(b), p.comma) {
					p.wide = len(p.cells)
				}
			}
			b = append(b, c)
			i++
		case c == p.quote && c != 0 && len(b) == 0 && !isQuoted:
			open, isQuoted, p.open = true, true, p.lines
			i++
		case strings.HasPrefix(s[i:], p.comma):
			flush()
			i += len(p.comma)
		case end > 0:
			flush()
			return i + end, nil
		default:
			if isQuoted && c != ' ' {
				if p.lines > before {
					return i, errUnclosed
				}
				p.broken = true
			}
			if p.stray < 0 && (p.broken || c == p.quote && c != 0) {
				p.stray = len(p.cells)
			}
			b = append(b, c)
			i++
		}
		if len(p.cells) > p.maxColumns {
			return i, errColumns
		}
	}
	switch {
	case !p.last:
		return 0, nil
	case open:
		return len(s), errUnclosed
	}
	flush()
	return len(s), nil
}

// endOf is the length of the line end that c begins before d; 0: it begins none.
func (p *parser) endOf(c, d byte) int {
	switch {
	case c == '\r' && d == '\n' && (p.nl == '\n' || p.mixed):
		return 2
	case c == p.nl, p.mixed && (c == '\n' || c == '\r'):
		return 1
	}
	return 0
}
