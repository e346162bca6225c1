package source

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
	"unsafe"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const (
	chunkBytes  = 1 << 20
	sniffBytes  = 64 << 10
	decideBytes = 16 << 20  // the encoding is decided on this much; what follows is checked as it is read
	asciiBytes  = 256 << 20 // or this much, while nothing but ASCII came
	badShare    = 50        // more than 1 byte in 50 undecodable: the guess was wrong or the file is
)

// charset is one of the encodings a text can have.
type charset struct {
	name  string
	bom   int
	table encoding.Encoding // nil: UTF-8
}

var (
	utf8Plain = charset{name: "UTF-8"}
	utf8BOM   = charset{name: "UTF-8 BOM", bom: 3}
	gb18030   = charset{name: "GB18030", table: simplifiedchinese.GB18030}
)

// text is an open text file.
type text struct {
	r     io.ReaderAt
	size  int64
	set   charset
	clean bool // all of it was seen to be valid UTF-8
	comma string
	nl    byte // '\n', or '\r' in files that have no other line end
	skip  int  // rows above the table: the sep= line
	limit Limits
	chunk int // bytes read at once; 0: chunkBytes
}

// reader gives the text as UTF-8, from behind the BOM.
func (t *text) reader() io.Reader {
	r := io.Reader(io.NewSectionReader(t.r, int64(t.set.bom), t.size-int64(t.set.bom)))
	if t.set.table != nil {
		r = transform.NewReader(r, t.set.table.NewDecoder())
	}
	return r
}

func (f *File) openText(ctx context.Context, size int64, o Options) error {
	t := &text{r: f.disk, size: size, limit: o.Limits}
	tail := make([]byte, min(size, 4096))
	if _, err := f.disk.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return err
	}
	if len(tail) == 4096 && allZero(tail) { // space was set aside for a copy that did not end
		return halfCopied.refuse("half_written")
	}
	if err := t.decide(ctx); err != nil {
		return err
	}
	sample := make([]byte, sniffBytes)
	n, err := io.ReadFull(t.reader(), sample)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return err
	}
	sample = sample[:n]
	t.nl = '\n'
	if bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(sample, '\r') >= 0 {
		t.nl = '\r'
	}
	t.sniffDelimiter(parser{nl: t.nl, last: int64(n)+int64(t.set.bom) >= size || n < sniffBytes}, string(sample), newWanted(o.Want))
	f.encoding, f.delimiter = t.set.name, t.comma
	table := &Table{File: f.name}
	table.scan = func(ctx context.Context, after int, yield func(Row, error) bool) { t.scan(ctx, table, after, yield) }
	f.tables = []*Table{table}
	return nil
}

// decide finds the encoding: a BOM, else UTF-16 by the NUL bytes of its separators, else UTF-8
// if all is valid, else whichever of UTF-8 and GB18030 leaves fewer bytes undecoded.
func (t *text) decide(ctx context.Context) error {
	b, err := head(t.r, sniffBytes)
	if err != nil {
		return err
	}
	little := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	big := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		t.set = utf8BOM
	case bytes.HasPrefix(b, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(b, []byte("\x00\x00\xfe\xff")):
		return encodingRefusal("UTF-32")
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		t.set = charset{"UTF-16LE BOM", 2, little}
		return nil
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		t.set = charset{"UTF-16BE BOM", 2, big}
		return nil
	case bytes.HasPrefix(b, []byte("\x84\x31\x95\x33")):
		t.set = charset{"GB18030 BOM", 4, simplifiedchinese.GB18030}
		return nil
	default:
		if zeros := bytes.Count(b, []byte{0}); zeros > 0 {
			var odd int
			for i := 1; i < len(b); i += 2 {
				if b[i] == 0 {
					odd++
				}
			}
			even := zeros - odd
			switch {
			case odd*20 < even && plausible(b, binary.BigEndian):
				t.set = charset{"UTF-16BE", 0, big}
				return nil
			case even*20 < odd && plausible(b, binary.LittleEndian):
				t.set = charset{"UTF-16LE", 0, little}
				return nil
			case zeros > 16 && zeros*50 > len(b):
				return refuse("binary", codes.Text{Zh: "不是文本文件：含有大量空字节", En: "not a text file: it is full of NUL bytes"}, saveAs)
			}
		}
		if control := controls(b); control*20 > len(b) {
			return refuse("binary", codes.Text{Zh: "不是文本文件：含有大量控制字符", En: "not a text file: it is full of control characters"}, saveAs)
		}
		t.set = utf8Plain
	}
	return t.score(ctx)
}

// plausible tells whether b reads as UTF-16: nine characters in ten are ASCII, Chinese or their
// punctuation, a line end is among them, and no NUL.
func plausible(b []byte, order binary.ByteOrder) bool {
	good, all, lines := 0, 0, 0
	for i := 0; i+1 < len(b); i += 2 {
		switch c := order.Uint16(b[i:]); {
		case c == 0:
			return false
		case c == '\n' || c == '\r':
			lines++
			good++
		case c == '\t', c >= 0x20 && c < 0x7f, c >= 0x4e00 && c <= 0x9fff, c >= 0x2000 && c <= 0x303f, c >= 0xff00 && c <= 0xffef, c == 0xa0, c == 0xb7:
			good++
		}
		all++
	}
	return lines > 0 && 10*good >= 9*all
}

func controls(b []byte) int {
	n := 0
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0 && c != 0x1a {
			n++
		}
	}
	return n
}

func encodingRefusal(name string) *Refusal {
	return refuse("encoding", codes.Text{
		Zh: "文件编码是 " + name + "，不能读取", En: "the encoding is " + name + ", which is not read",
	}, codes.Text{Zh: "请另存为 csv（UTF-8）后上报", En: "save it as csv (UTF-8)"})
}

// score decides between UTF-8 and GB18030.
func (t *text) score(ctx context.Context) error {
	var (
		buf           = make([]byte, chunkBytes)
		offset        = int64(t.set.bom)
		badUTF, badGB int
		seen          int64
		nonASCII      bool
		asGB          = simplifiedchinese.GB18030.NewDecoder()
		out           = make([]byte, 3*chunkBytes)
	)
	for offset < t.size {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := t.r.ReadAt(buf[:min(int64(len(buf)), t.size-offset)], offset)
		if err != nil && err != io.EOF {
			return err
		}
		if n == 0 {
			break
		}
		b := buf[:n]
		last := offset+int64(n) >= t.size
		// cut where no character is cut: before the last line end or, failing that, in front of
		// the last ASCII byte that is no second byte of GB18030
		if !last {
			if i := bytes.LastIndexByte(b, '\n'); i > 0 {
				b = b[:i+1]
			} else if i := bytes.LastIndexFunc(b, func(r rune) bool { return r < 0x30 }); i > 0 {
				b = b[:i+1]
			} else { // a line longer than this without a comma or a blank
				b = whole(b)
			}
		}
		offset += int64(len(b))
		seen += int64(len(b))
		ascii := isASCII(b)
		nonASCII = nonASCII || !ascii
		if !ascii {
			if !utf8.Valid(b) || badUTF > 0 {
				bad, _ := badUTF8(b)
				badUTF += bad
				if t.set.bom == 0 {
					if badGB == 0 && badUTF == bad && seen > int64(len(b)) {
						badGB += t.badGBBefore(offset-int64(len(b)), asGB, out)
					}
					badGB += undecodable(asGB, out, b)
				}
			}
		}
		if seen >= asciiBytes || seen >= decideBytes && nonASCII {
			break
		}
	}
	t.clean = badUTF == 0 && offset >= t.size
	if badUTF > 0 && t.set.bom == 0 && badGB < badUTF {
		t.set, t.clean = gb18030, false
		badUTF = badGB
	}
	return t.tolerable(int64(badUTF), seen, 0)
}

// whole is b without the character that its end cuts off: one of UTF-8 if b is UTF-8, else one of
// GB18030, whose characters begin at the start of b.
func whole(b []byte) []byte {
	if u := b[:len(b)-len(cutOff(b))]; len(u) > 0 && utf8.Valid(u) {
		return u
	}
	i := 0
	for i < len(b) {
		n := 1
		if b[i] > 0x80 && b[i] < 0xff {
			if n = 2; i+1 < len(b) && b[i+1] >= '0' && b[i+1] <= '9' {
				n = 4
			}
		}
		if i+n > len(b) {
			break
		}
		i += n
	}
	return b[:max(i, 1)]
}

// badGBBefore counts what GB18030 cannot decode of the valid UTF-8 before offset.
func (t *text) badGBBefore(offset int64, asGB *encoding.Decoder, out []byte) int {
	bad := 0
	r := io.NewSectionReader(t.r, 0, min(offset, 4<<20))
	buf := make([]byte, chunkBytes)
	for {
		n, err := io.ReadFull(r, buf)
		bad += undecodable(asGB, out, buf[:n])
		if err != nil {
			return bad
		}
	}
}

// undecodable counts the bytes a decoder replaces.
func undecodable(d *encoding.Decoder, out, b []byte) int {
	bad := 0
	for len(b) > 0 {
		d.Reset()
		nDst, nSrc, err := d.Transform(out, b, true)
		bad += bytes.Count(out[:nDst], []byte("\ufffd"))
		b = b[nSrc:]
		if err != nil && err != transform.ErrShortDst || nSrc == 0 {
			return bad + len(b)
		}
	}
	return bad
}

func isASCII(b []byte) bool {
	for len(b) >= 32 {
		if (binary.LittleEndian.Uint64(b)|binary.LittleEndian.Uint64(b[8:])|binary.LittleEndian.Uint64(b[16:])|binary.LittleEndian.Uint64(b[24:]))&0x8080808080808080 != 0 {
			return false
		}
		b = b[32:]
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// badUTF8 counts the bytes that belong to no character, and the runs of them.
func badUTF8(b []byte) (bad, runs int) {
	inRun := false
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			bad++
			if !inRun {
				runs++
			}
			inRun = true
		} else {
			inRun = false
		}
		b = b[n:]
	}
	return bad, runs
}

// tolerable refuses a text too many bytes of which could not be decoded.
func (t *text) tolerable(bad, of int64, row int) error {
	if bad*badShare <= of {
		return nil
	}
	r := refuse("encoding", codes.Text{
		Zh: fmt.Sprintf("文件编码无法确定：按 %s 读取，%d 字节中有 %d 处无法解码（超过百分之二）", t.set.name, of, bad),
		En: fmt.Sprintf("the encoding cannot be told: read as %s, %d of %d bytes cannot be decoded (more than 1 in 50)", t.set.name, bad, of),
	}, codes.Text{Zh: "请用 Excel 或 WPS 打开原表，另存为 xlsx 或 csv（UTF-8）", En: "open the original in Excel or WPS and save it as xlsx or csv (UTF-8)"})
	r.Row = row
	return r
}

// delimiters in the order they are believed when several fit equally.
var delimiters = []string{"\t", ",", ";", "|", "、"}

// sniffDelimiter chooses the delimiter that divides most rows of the sample into the same number
// of columns; one under which a row holds more wanted names goes first. The parser knows the line
// ends, and whether the sample is all there is.
func (t *text) sniffDelimiter(p parser, sample string, w *wanted) {
	t.comma = ","
	if rest, ok := strings.CutPrefix(sample, "sep="); ok && len(rest) > 1 && (rest[1] == '\r' || rest[1] == '\n') {
		t.comma, t.skip = rest[:1], 1
		return
	}
	best := -1.0
	for i, d := range delimiters {
		p.comma, p.maxColumns = d, 1<<16
		counts := map[int]int{}
		rows, names := 0, 0
		for s := sample; s != "" && rows < 5000; {
			n, err := p.record(s)
			if err != nil || n == 0 {
				break
			}
			s = s[n:]
			if filled(p.cells) == 0 {
				continue
			}
			if rows < headerRows && len(w.columns) > 0 {
				found, _ := w.score(texts(p.cells))
				names = max(names, found)
			}
			rows++
			counts[len(p.cells)]++
		}
		mode, most := 0, 0
		for width, n := range counts {
			if width > 1 && (n > most || n == most && width > mode) {
				mode, most = width, n
			}
		}
		if most == 0 {
			continue
		}
		score := float64(most)/float64(rows) - 0.01*float64(i)
		if names > 1 {
			score += float64(names)
		}
		if score > best {
			best, t.comma = score, d
		}
	}
}

// parser divides text into records. Its cells are slices of the text: only a cell with doubled
// quotes is built anew.
type parser struct {
	comma      string
	nl         byte
	maxColumns int
	last       bool // nothing follows the text that is read
	cells      []Cell
	lines      int // line ends inside quotes of the last record
	open       int // of the last record: the line in it where a quote was opened that nothing closes
}

var (
	errColumns  = errors.New("too many columns")
	errUnclosed = errors.New("unclosed quote")
)

// record reads the first record of s into cells and returns its length, 0 when s ends before the
// record does (never if p.last says that nothing follows s).
func (p *parser) record(s string) (int, error) {
	p.cells, p.lines = p.cells[:0], 0
	n, line := len(s), s
	if i := strings.IndexByte(s, p.nl); i >= 0 {
		n, line = i+1, s[:i]
	} else if !p.last {
		// an open quote is found out only when the record is complete
		return 0, nil
	}
	if strings.IndexByte(line, '"') >= 0 {
		return p.quoted(s)
	}
	if p.nl == '\n' && line != "" && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	if len(p.comma) == 1 {
		comma := p.comma[0]
		for {
			i := strings.IndexByte(line, comma)
			if i < 0 {
				break
			}
			p.add(line[:i])
			line = line[i+1:]
		}
	} else {
		for {
			i := strings.Index(line, p.comma)
			if i < 0 {
				break
			}
			p.add(line[:i])
			line = line[i+len(p.comma):]
		}
	}
	p.add(line)
	if len(p.cells) > p.maxColumns {
		return n, errColumns
	}
	return n, nil
}

func (p *parser) add(text string) {
	kind := Text
	if text == "" {
		kind = Blank
	} else if text[0] == '=' || text[0] == '\'' {
		text = cell.Unguarded(text)
	}
	p.cells = append(p.cells, Cell{text, kind})
}

// quoted reads a record with quotes. A cell that begins with a quote ends at the next single
// quote; what stands between that and the delimiter is kept, as Excel does. But if the quotes
// enclose a line end, such a remainder means that the quote was never closed and swallowed the
// start of another: then errUnclosed.
func (p *parser) quoted(s string) (int, error) {
	pos := 0
	lineEnd := -1 // the first line end at or after pos, len(s) where there is none
	for {
		if len(p.cells) > p.maxColumns {
			return pos, errColumns
		}
		text := ""
		inside := 0
		isQuoted := pos < len(s) && s[pos] == '"'
		if isQuoted {
			p.open = p.lines
			start := pos + 1
			from := start
			doubled := false
			for {
				i := strings.IndexByte(s[from:], '"')
				if i < 0 {
					if !p.last {
						return 0, nil
					}
					return len(s), errUnclosed
				}
				from += i + 1
				if from < len(s) && s[from] == '"' {
					doubled = true
					from++
					continue
				}
				break
			}
			if from == len(s) && !p.last {
				return 0, nil // the next byte may be another quote
			}
			text, pos = s[start:from-1], from
			if inside = strings.Count(text, string(rune(p.nl))); inside > 0 {
				p.lines += inside
			}
			if doubled {
				text = strings.ReplaceAll(text, `""`, `"`)
			}
			if strings.HasPrefix(s[pos:], p.comma) {
				p.add(text)
				pos += len(p.comma)
				continue
			}
		}
		// what follows, up to the delimiter or the line end
		if lineEnd < pos {
			if lineEnd = strings.IndexByte(s[pos:], p.nl); lineEnd >= 0 {
				lineEnd += pos
			} else if lineEnd = len(s); !p.last {
				return 0, nil
			}
		}
		rest := s[pos:lineEnd]
		i := strings.Index(rest, p.comma)
		if i >= 0 {
			rest = rest[:i]
		} else if p.nl == '\n' {
			rest = strings.TrimSuffix(rest, "\r")
		}
		switch {
		case !isQuoted:
			text = rest
		case rest != "":
			if inside > 0 && strings.TrimSpace(rest) != "" {
				return pos, errUnclosed
			}
			text += rest
		}
		p.add(text)
		if i < 0 {
			return min(lineEnd+1, len(s)), nil
		}
		pos += i + len(p.comma)
	}
}

// scan reads the rows. It holds a few chunks, or one record where that is longer; a chunk lives as
// long as a cell of it does.
func (t *text) scan(ctx context.Context, table *Table, after int, yield func(Row, error) bool) {
	var (
		p        = parser{comma: t.comma, nl: t.nl, maxColumns: t.limit.Columns}
		carry    string
		row      int // of the record, as Excel numbers them
		lines    int // more line ends seen than records
		bad      int64
		badRow   int
		read     int64
		width    = len(table.header)
		short    int
		long     int
		firstS   int
		firstL   int
		nuls     int
		firstN   int
		origin   = Origin{File: table.File}
		utf8Text = t.set.table == nil
		chunks   = t.start()
		done     bool
		suspect  bool
		nul      bool
	)
	defer chunks.stop()
	after = max(after, t.skip)
	refused := func(r *Refusal) { yield(Row{}, r.at(table.File, "", row)) }
	for !done {
		if err := ctx.Err(); err != nil {
			yield(Row{}, err)
			return
		}
		c := <-chunks.full
		// text carried over from the chunk before keeps the marks of that chunk
		suspect, nul, done = c.suspect || suspect && carry != "", c.nul || nul && carry != "", c.last
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
				suspect, nul, done = suspect || c.suspect, nul || c.nul, c.last
				read += int64(len(c.buf) - headroom)
				buf = append(buf, c.buf[headroom:]...)
			}
		}
		if c.err != nil {
			yield(Row{}, fmt.Errorf("source %s: reading: %w", table.File, c.err))
			return
		}
		s := unsafe.String(unsafe.SliceData(buf), len(buf)) // buf is not written to again
		p.last = done
		for s != "" {
			length, err := p.record(s)
			if err != nil {
				row++
				refused(t.explain(err, row, lines+row+p.open))
				return
			}
			if length == 0 {
				break
			}
			row++
			if length > t.limit.RecordBytes {
				refused(t.tooLong(s[:length], row, lines+row))
				return
			}
			record := s[:length]
			s = s[length:]
			lines += p.lines
			if suspect {
				before := bad
				if utf8Text {
					if !utf8.ValidString(record) {
						runs, _ := badUTF8([]byte(record))
						bad += int64(runs)
						for i := range p.cells {
							p.cells[i].Text = strings.ToValidUTF8(p.cells[i].Text, "\ufffd")
						}
					}
				} else {
					bad += int64(strings.Count(record, "\ufffd"))
				}
				if before == 0 && bad > 0 {
					badRow = row
				}
			}
			if row <= after {
				continue
			}
			if nul && strings.IndexByte(record, 0) >= 0 {
				if nuls++; nuls == 1 {
					firstN = row
				}
			}
			if blankCells(p.cells) || done && s == "" && record == "\x1a" { // how CP/M and DOS ended a text
				continue
			}
			if width > 0 && len(p.cells) != width {
				if len(p.cells) < width {
					if short++; short == 1 {
						firstS = row
					}
				} else if filled(p.cells[width:]) > 0 {
					if long++; long == 1 {
						firstL = row
					}
				}
			}
			origin.Row = row
			if !yield(Row{origin, p.cells}, nil) {
				return
			}
		}
		carry = s
		if len(carry) > t.limit.RecordBytes {
			row++
			refused(t.tooLong(carry, row, lines+row))
			return
		}
		if read > decideBytes && bad*badShare > read {
			break
		}
	}
	if err := t.tolerable(bad, max(read, 1), badRow); err != nil {
		r := err.(*Refusal)
		yield(Row{}, r.at(table.File, "", badRow))
		return
	}
	table.note("undecodable", int(bad), badRow, "%d 处字节无法解码，已以 U+FFFD 代替", "%d bytes could not be decoded and stand as U+FFFD")
	table.note("short_row", short, firstS, "%d 行的列数少于表头", "%d rows have fewer cells than the header")
	table.note("long_row", long, firstL, "%d 行的列数多于表头", "%d rows have more cells than the header")
	table.note("nul", nuls, firstN, "%d 行含有空字节（NUL）", "%d rows hold a NUL byte")
}

func blankCells(cells []Cell) bool {
	for _, c := range cells {
		if c.Kind != Blank && strings.TrimSpace(c.Text) != "" {
			return false
		}
	}
	return true
}

func (t *text) explain(err error, row, line int) *Refusal {
	if err == errColumns {
		return tooWide(t.limit.Columns)
	}
	return unclosed(line)
}

func unclosed(line int) *Refusal {
	return refuse("unclosed_quote", codes.Text{
		Zh: fmt.Sprintf("第 %d 行开始的双引号没有闭合", line), En: fmt.Sprintf("the quote opened on line %d is never closed", line),
	}, codes.Text{
		Zh: "请补上或删除这一行多余的双引号（单元格内的双引号应写成两个）", En: "close or delete that quote (a quote inside a cell is written twice)",
	})
}

// tooLong refuses a record longer than the limit, which is an open quote or no text at all.
func (t *text) tooLong(s string, row, line int) *Refusal {
	if i := strings.IndexByte(s, t.nl); i >= 0 && strings.IndexByte(s, '"') >= 0 {
		return unclosed(line)
	}
	return refuse("record_size", codes.Text{
		Zh: fmt.Sprintf("第 %d 行超过上限 %s", row, size(int64(t.limit.RecordBytes))),
		En: fmt.Sprintf("row %d is longer than %s", row, size(int64(t.limit.RecordBytes))),
	}, codes.Text{Zh: "请检查换行符是否丢失，或文件是否为文本表格", En: "check whether the line ends were lost, or whether this is a text table at all"})
}
