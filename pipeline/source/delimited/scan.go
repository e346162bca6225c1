package delimited

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unsafe"

	"yanzhen/pipeline/codes"
)

// scan is one reading of a text.
type scan struct {
	t       *Text
	p       parser
	row     int // of the last record, as Excel numbers them
	lines   int // more line ends seen than records
	rec     Record
	bad     int64 // what could not be decoded
	badRow  int
	nuls    tally
	ends    tally // lines that end otherwise
	quoted  tally // cells that hold delimiters and line ends
	open    tally // the last row, where no line end stands behind it
	c1s     tally
	suspect bool
	nul     bool
	c1      bool
	after   int
	yield   func(*Record, error) bool
}

// tally counts rows and keeps the numbers of the first.
type tally struct {
	n    int
	rows []int
}

const tallied = 20 // rows named in a note

func (c *tally) add(row int) {
	if c.n++; len(c.rows) < tallied {
		c.rows = append(c.rows, row)
	}
}

// Scan reads the records whose rows are numbered above after, empty ones left out. It holds a few
// chunks, or one record where that is longer; a chunk lives as long as a cell of it does. An error
// ends the sequence: a *Refusal, the context's or one of reading.
func (t *Text) Scan(ctx context.Context, after int, yield func(*Record, error) bool) {
	t.notes = nil
	s := &scan{t: t, after: max(after, t.skip), yield: yield}
	s.p = parser{comma: t.comma, quote: t.quote, escape: t.escape, told: t.told, nl: t.nl, maxColumns: t.limits.Columns}
	chunks := t.start()
	defer chunks.stop()
	var carry string
	var read int64
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		c := <-chunks.full
		// text carried over from the chunk before keeps the marks of that chunk
		kept := carry != ""
		s.suspect, s.nul, s.c1, s.p.mixed = c.suspect || s.suspect && kept, c.nul || s.nul && kept, c.c1 || s.c1 && kept, c.mixed || s.p.mixed && kept
		done = c.last
		read += int64(len(c.buf) - headroom)
		buf := c.buf
		if len(carry) <= headroom {
			buf = buf[headroom-copy(buf[headroom-len(carry):], carry):]
		} else {
			// a long record is looked at again only once twice as much of it is there
			buf = append(make([]byte, 0, 2*len(carry)+len(c.buf)), carry...)
			buf = append(buf, c.buf[headroom:]...)
			for !done && c.err == nil && len(buf) < 2*len(carry) {
				c = <-chunks.full
				s.suspect, s.nul, s.c1, s.p.mixed, done = s.suspect || c.suspect, s.nul || c.nul, s.c1 || c.c1, s.p.mixed || c.mixed, c.last
				read += int64(len(c.buf) - headroom)
				buf = append(buf, c.buf[headroom:]...)
			}
		}
		if c.err != nil {
			yield(nil, fmt.Errorf("reading: %w", c.err))
			return
		}
		text := unsafe.String(unsafe.SliceData(buf), len(buf)) // buf is not written to again
		s.p.last = done
		var more bool
		if carry, more = s.records(text); !more {
			return
		}
		if read > decideBytes && s.bad*badShare > read {
			break
		}
	}
	if err := t.tolerable(s.bad, max(read, 1), s.badRow); err != nil {
		yield(nil, err)
		return
	}
	s.note("undecodable", tally{int(s.bad), []int{s.badRow}}, "处字节无法解码，已以 U+FFFD 代替", "bytes could not be decoded and stand as U+FFFD")
	s.note("nul", s.nuls, "行含有空字节（NUL）", "rows hold a NUL byte")
	s.note("c1", s.c1s, "行含有 C1 控制字符（U+0080 至 U+009F），已按 Windows-1252 的标点读取", "rows hold C1 control characters (U+0080 to U+009F), read as the punctuation of Windows-1252")
	s.note("line_ends", s.ends, "行的换行符与其他行不同，已按换行读取", "rows end otherwise than the others and were read as rows")
	s.note("no_line_end", s.open, "行没有换行符，是文件的最后一行；文件若被截断，这一行可能不全", "row, the last of the file, has no line end: where the file was cut off it may not be whole")
	s.note("quoted_lines", s.quoted, "行的引号里既有分隔符又有换行，请核对引号是否成对", "rows have delimiters and line ends inside quotes: check that the quotes are paired")
}

// records hands over the records of a piece of text and returns what it cuts off; false: nobody wants
// more, or no more can be read.
func (s *scan) records(text string) (rest string, more bool) {
	p := &s.p
	for text != "" {
		n, err := p.record(text)
		long := n > s.t.limits.RecordBytes || err == nil && n == 0 && len(text) > s.t.limits.RecordBytes
		switch {
		case err == errColumns:
			limit := s.t.limits.Columns
			s.yield(nil, refuse("columns", s.row+1, codes.Text{
				Zh: fmt.Sprintf("超过 %d 列", limit), En: fmt.Sprintf("more than %d columns", limit),
			}, codes.Text{
				Zh: "请检查分隔符或行列是否颠倒，删除多余的列", En: "check the delimiter and whether rows and columns are swapped; delete what is not data",
			}))
			return "", false
		case err == nil && n == 0 && !long:
			return text, true
		case err != nil || long || p.broken:
			if long {
				err = errUnclosed
			}
			var ok bool
			if n, ok = s.doubtful(text, n, err); !ok {
				return "", false
			}
		default:
			if !s.record(text[:n], nil) {
				return "", false
			}
		}
		text = text[n:]
	}
	return "", true
}

// record hands over the record that p has read.
func (s *scan) record(raw string, d *Doubt) bool {
	p, r := &s.p, &s.rec
	s.row++
	r.Row, r.Line, r.Cells = s.row, s.row+s.lines, p.cells
	s.lines += p.lines
	if s.suspect {
		s.decoded(raw)
	}
	if s.c1 && hasC1(raw) {
		for i, c := range p.cells {
			p.cells[i] = windows1252(c)
		}
		s.c1s.add(s.row)
	}
	if s.row <= s.after {
		r.Gap = false
		return true
	}
	if s.nul && strings.IndexByte(raw, 0) >= 0 {
		s.nuls.add(s.row)
	}
	if p.mixed && raw != "" && raw[len(raw)-1] != s.t.nl {
		s.ends.add(s.row)
	}
	if c := p.cells[0]; c == "" || c[0] <= ' ' || c[0] >= 0xc2 && c[0] <= 0xe3 { // blanks of Unicode too begin so
		if blank(p.cells) || p.last && raw == "\x1a" { // how CP/M and DOS ended a text
			r.Gap = r.Gap || len(p.cells) == 1
			return true
		}
	}
	if p.last && raw != "" && raw[len(raw)-1] != '\n' && raw[len(raw)-1] != '\r' && s.row > s.after+1 {
		s.open.add(s.row)
	}
	if d == nil && (p.stray >= 0 || p.wide >= 0 || s.t.usual > 0 && len(p.cells) != s.t.usual) {
		d = s.doubt(raw)
	}
	r.Doubt = d
	ok := s.yield(r, nil)
	r.Gap = false
	return ok
}

// decoded counts what of a record could not be decoded, and marks it.
func (s *scan) decoded(raw string) {
	before := s.bad
	if s.t.set.table == nil {
		runs, _ := badUTF8([]byte(raw))
		if s.bad += int64(runs); runs > 0 {
			for i, c := range s.p.cells {
				s.p.cells[i] = strings.ToValidUTF8(c, "\ufffd")
			}
		}
	} else {
		s.bad += int64(strings.Count(raw, "\ufffd"))
	}
	if before == 0 && s.bad > 0 {
		s.badRow = s.row
	}
}

// doubt says what speaks against a record that could be read; nil: nothing does.
func (s *scan) doubt(raw string) *Doubt {
	p, usual := &s.p, s.t.usual
	if p.wide >= 0 {
		if usual > 0 && p.swallowed(raw, usual) {
			return swallows(s.row, s.row+s.lines-p.lines, p.lines+1)
		}
		s.quoted.add(s.row)
	}
	switch n := len(p.cells); {
	case usual > 0 && n != usual:
		d := uneven(n, usual, p.lines)
		if n == 1 {
			d.part(s.row)
		}
		return d
	case p.stray >= 0:
		return stray(p.stray)
	}
	return nil
}

// doubtful reads the first line of a text whose quotes do not fit: otherwise, where that gives a row of
// the usual size, or as it stands. Where its quotes are open it is lost, with the lines up to the next
// sound row. n and err are what the parser said. It returns the length of what was read; false: nobody wants more.
func (s *scan) doubtful(text string, n int, err error) (int, bool) {
	p := &s.p
	q := *p
	q.last, q.cells = true, nil
	line, first := q.line(text)
	far := inner
	if err != nil || len(p.cells) != s.t.usual {
		far = outer
	}
	if cells, ok := q.mend(line, s.t.usual, far); ok {
		p.cells, p.lines = append(p.cells[:0], cells...), 0
		return first, s.record(text[:first], mended(max(p.stray, 0)))
	}
	if err == nil {
		return n, s.record(text[:n], nil)
	}
	if strings.IndexByte(line, p.quote) < 0 || p.quote == 0 || first > s.t.limits.RecordBytes {
		s.yield(nil, tooLong(s.t.limits.RecordBytes, s.row+1))
		return 0, false
	}
	// the lines behind it, up to one that is a row by itself
	end, lost := first, 1
	q.last = p.last
	next := false
	for end < len(text) && lost < maxLost {
		m, err := q.record(text[end:])
		if err == nil && m == 0 {
			break // what comes is judged when it is there
		}
		if next = err == nil && !q.broken && !blank(q.cells) && (s.t.usual < 1 || len(q.cells) == s.t.usual); next {
			break
		}
		_, k := q.line(text[end:])
		if k == 0 {
			break
		}
		end += k
		lost++
	}
	at := s.row + 1 + s.lines
	p.cells, p.lines, p.stray, p.wide = append(p.cells[:0], line), 0, -1, -1
	d := unclosed(s.row+1, at, lost)
	if !s.record(text[:first], d) {
		return 0, false
	}
	s.row += lost - 1
	return end, true
}

// maxLost is how many lines an open quote costs at most before the next is tried by itself.
const maxLost = 10_000

func (s *scan) note(rule string, c tally, zh, en string) {
	if c.n == 0 {
		return
	}
	s.t.notes = append(s.t.notes, Note{Rule: rule, Count: c.n, Rows: c.rows, Text: codes.Text{
		Zh: strconv.Itoa(c.n) + " " + zh + "（第 " + c.named("、", " 等") + " 行）",
		En: strconv.Itoa(c.n) + " " + en + " (row " + c.named(", ", " ...") + ")",
	}})
}
