package delimited

import "strings"

const (
	mendSteps = 4096     // tried at most to read a line otherwise
	mendBytes = 64 << 10 // a longer line is not tried
)

// How far mend goes from the rules of quotes.
const (
	inner = iota // every quote that opens a cell is closed; those between are text
	outer        // one that opens a cell may be text too
)

// mend reads a line whose quotes do not fit otherwise: so that each quote that opens a cell is closed
// before a delimiter or the end of the line, and every other quote is text; or else, as far as is
// allowed, so that a quote at the start of a cell is text. It is believed where just one such reading
// has the usual number of cells.
func (p *parser) mend(line string, usual, far int) ([]string, bool) {
	if usual < 1 || len(line) > mendBytes || p.quote == 0 {
		return nil, false
	}
	for how := inner; how <= far; how++ {
		m := mender{p: p, line: line, usual: usual, how: how}
		m.read(0)
		switch {
		case m.steps > mendSteps || len(m.found) > 1:
			return nil, false
		case len(m.found) == 1:
			return m.found[0], true
		}
	}
	return nil, false
}

type mender struct {
	p     *parser
	line  string
	usual int
	how   int
	cells []string
	found [][]string
	steps int
}

// read tries every way to read the line from pos on.
func (m *mender) read(pos int) {
	if m.steps++; m.steps > mendSteps || len(m.found) > 1 || len(m.cells) >= m.usual {
		return
	}
	rest := m.line[pos:]
	body := strings.TrimLeft(rest, " ")
	if m.p.comma == " " {
		body = rest
	}
	if body != "" && body[0] == m.p.quote {
		start := pos + len(rest) - len(body) + 1
		for at := start; ; at++ {
			i := strings.IndexByte(m.line[at:], m.p.quote)
			if i < 0 {
				break
			}
			if at += i; m.p.ends(m.line[at+1:]) {
				m.take(m.text(m.line[start:at]), at+1)
			}
		}
		if m.how == inner || m.whole(body) {
			return
		}
	}
	// up to the next delimiter
	end := len(rest)
	if i := strings.Index(rest, m.p.comma); i >= 0 {
		end = i
	}
	m.take(rest[:end], pos+end)
}

// whole reports whether what stands before the next delimiter is a cell between quotes.
func (m *mender) whole(s string) bool {
	if i := strings.Index(s, m.p.comma); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimRight(s, " ")
	return len(s) > 1 && s[len(s)-1] == m.p.quote
}

// take takes a cell that ends at, but for blanks, and reads on.
func (m *mender) take(text string, at int) {
	m.cells = append(m.cells, text)
	rest := m.line[at:]
	if !strings.HasPrefix(rest, m.p.comma) {
		at += len(rest) - len(strings.TrimLeft(rest, " "))
	}
	switch rest = m.line[at:]; {
	case rest == "":
		if len(m.cells) == m.usual {
			m.found = append(m.found, append([]string(nil), m.cells...))
		}
	case strings.HasPrefix(rest, m.p.comma):
		m.read(at + len(m.p.comma))
	}
	m.cells = m.cells[:len(m.cells)-1]
}

// text is what stands between two quotes: doubled ones are one, and so is one behind a backslash.
func (m *mender) text(s string) string {
	q := string(rune(m.p.quote))
	if !strings.Contains(s, q) {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, `\`+q, q), q+q, q)
}

// count is the number of cells of a line read for itself: a quote that is not closed in it is text.
func (p *parser) count(line string) int {
	n := 1
	for pos := 0; ; {
		if pos < len(line) && line[pos] == p.quote && p.quote != 0 {
			for at := pos + 1; ; {
				i := strings.IndexByte(line[at:], p.quote)
				if i < 0 {
					break
				}
				if at += i + 1; at < len(line) && line[at] == p.quote {
					at++
					continue
				}
				if p.ends(line[at:]) {
					pos = at
				}
				break
			}
		}
		i := strings.Index(line[pos:], p.comma)
		if i < 0 {
			return n
		}
		n++
		pos += i + len(p.comma)
	}
}

// swallowed reports whether the lines of a record are rows themselves, of which a quote too many in
// the first made one: every one of them has the usual number of cells.
func (p *parser) swallowed(record string, usual int) bool {
	if usual < 3 {
		return false
	}
	rows := 0
	for record != "" {
		q := *p
		q.last = true
		line, n := q.line(record)
		record = record[n:]
		if p.count(line) != usual {
			return false
		}
		rows++
	}
	return rows > 1
}
