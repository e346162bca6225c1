// Package xmlscan walks the XML of a workbook part without building anything: encoding/xml spends most of a sheet's time
// and garbage on names and attributes that nobody looks at. It knows elements, text, CDATA and the five entities, in
// UTF-8, which is all that spreadsheet programs write; namespaces are taken off the names.
package xmlscan

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// Reader walks a document. It never holds more than one token.
type Reader struct {
	r     io.Reader
	buf   []byte
	pos   int
	end   int
	limit int // of one token, bytes
	err   error

	Name  []byte // of the current element, without prefix, valid until the next token
	Text  []byte // decoded, valid until the next token
	attrs []byte // raw attributes of the current start
	owed  bool
	plain []byte // scratch for decoded text
}

// Token is what Next stands on.
type Token uint8

const (
	EOF Token = iota
	Start
	End
	Text
)

// What ends a walk early, besides errors of the reader below.
var (
	ErrBroken = errors.New("not well-formed XML")
	ErrLong   = errors.New("an XML token is longer than the limit")
)

// New reads r; a token of more than limit bytes is an error.
func New(r io.Reader, limit int) *Reader {
	return &Reader{r: r, buf: make([]byte, 64<<10), limit: limit}
}

// fill reads more into the buffer, behind the bytes that are not used yet. False at the end or on an error.
func (x *Reader) fill() bool {
	if x.err != nil {
		return false
	}
	if x.pos > 0 {
		copy(x.buf, x.buf[x.pos:x.end])
		x.end -= x.pos
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= x.limit {
			x.err = ErrLong
			return false
		}
		grown := make([]byte, min(2*len(x.buf), x.limit))
		copy(grown, x.buf[:x.end])
		x.buf = grown
	}
	for range 100 {
		n, err := x.r.Read(x.buf[x.end:])
		x.end += n
		if err != nil {
			x.err = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	x.err = io.ErrNoProgress
	return false
}

// find returns the offset just behind the next occurrence of the text at or after pos+from. It reads
// on as needed.
func (x *Reader) find(what string, from int) (int, bool) {
	for {
		if i := bytes.Index(x.buf[min(x.pos+from, x.end):x.end], []byte(what)); i >= 0 {
			return x.pos + from + i + len(what), true
		}
		from = max(from, x.end-x.pos-len(what)+1)
		if !x.fill() {
			return 0, false
		}
	}
}

// broken ends the walk: a token was cut off or wrong.
func (x *Reader) broken() (Token, error) {
	if x.err == nil || x.err == io.EOF {
		x.err = ErrBroken
	}
	return EOF, x.err
}

// Next returns the next token. At the end of the input it is EOF without an error.
func (x *Reader) Next() (Token, error) {
	if x.owed {
		x.owed = false
		return End, nil
	}
	for {
		if x.pos == x.end && !x.fill() {
			if x.err == io.EOF {
				return EOF, nil
			}
			return EOF, x.err
		}
		if x.buf[x.pos] != '<' {
			return x.readText()
		}
		for x.end-x.pos < 2 {
			if !x.fill() {
				return x.broken()
			}
		}
		switch x.buf[x.pos+1] {
		case '?':
			stop, ok := x.find("?>", 2)
			if !ok {
				return x.broken()
			}
			x.pos = stop
		case '!':
			for x.end-x.pos < 9 && x.fill() {
			}
			rest := x.buf[x.pos:x.end]
			switch {
			case bytes.HasPrefix(rest, []byte("<!--")):
				stop, ok := x.find("-->", 4)
				if !ok {
					return x.broken()
				}
				x.pos = stop
			case bytes.HasPrefix(rest, []byte("<![CDATA[")):
				stop, ok := x.find("]]>", 9)
				if !ok {
					return x.broken()
				}
				x.Text = x.buf[x.pos+9 : stop-3]
				x.pos = stop
				return Text, nil
			default: // a DOCTYPE: no spreadsheet program writes one, and its entities are a way to attack
				return x.broken()
			}
		default:
			return x.readTag()
		}
	}
}

func (x *Reader) readText() (Token, error) {
	from := 0
	for {
		if i := bytes.IndexByte(x.buf[x.pos+from:x.end], '<'); i >= 0 {
			from += i
			break
		}
		from = x.end - x.pos
		if !x.fill() {
			if x.err != io.EOF {
				return EOF, x.err
			}
			break
		}
	}
	raw := x.buf[x.pos : x.pos+from]
	x.pos += from
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		x.Text = raw
		return Text, nil
	}
	x.plain = unescape(x.plain[:0], raw)
	x.Text = x.plain
	return Text, nil
}

func (x *Reader) readTag() (Token, error) {
	// the end of the tag: the first > outside quotes
	i, quote := x.pos+1, byte(0)
	for {
		for ; i < x.end; i++ {
			c := x.buf[i]
			if quote != 0 {
				if c == quote {
					quote = 0
				}
			} else if c == '>' {
				goto found
			} else if c == '"' || c == '\'' {
				quote = c
			}
		}
		i -= x.pos
		if !x.fill() {
			return x.broken()
		}
		i += x.pos
	}
found:
	tag := x.buf[x.pos+1 : i]
	x.pos = i + 1
	token := Start
	if len(tag) > 0 && tag[0] == '/' {
		token = End
		tag = tag[1:]
	} else if len(tag) > 0 && tag[len(tag)-1] == '/' {
		x.owed = true
		tag = tag[:len(tag)-1]
	}
	n := 0
	for n < len(tag) && !space(tag[n]) {
		n++
	}
	if n == 0 {
		return x.broken()
	}
	x.Name, x.attrs = tag[:n], tag[n:]
	if c := bytes.IndexByte(x.Name, ':'); c > 0 && c+1 < len(x.Name) {
		x.Name = x.Name[c+1:]
	}
	return token, nil
}

// Attr finds an attribute of the current start by its name without prefix. The value is valid
// until the next token.
func (x *Reader) Attr(name string) ([]byte, bool) {
	a := x.attrs
	for {
		eq := bytes.IndexByte(a, '=')
		if eq < 0 {
			return nil, false
		}
		key := a[:eq]
		for len(key) > 0 && space(key[0]) {
			key = key[1:]
		}
		for len(key) > 0 && space(key[len(key)-1]) {
			key = key[:len(key)-1]
		}
		if c := bytes.LastIndexByte(key, ':'); c >= 0 {
			key = key[c+1:]
		}
		for a = a[eq+1:]; len(a) > 0 && space(a[0]); {
			a = a[1:]
		}
		if len(a) == 0 || a[0] != '"' && a[0] != '\'' {
			return nil, false
		}
		stop := bytes.IndexByte(a[1:], a[0])
		if stop < 0 {
			return nil, false
		}
		if string(key) == name {
			value := a[1 : 1+stop]
			if bytes.IndexByte(value, '&') >= 0 {
				value = unescape(nil, value)
			}
			return value, true
		}
		a = a[stop+2:]
	}
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// Has reports whether the attributes of the current start hold a text, prefixes and quotes included.
func (x *Reader) Has(text string) bool { return bytes.Contains(x.attrs, []byte(text)) }

// AttrString is Attr as a string, "" where there is none.
func (x *Reader) AttrString(name string) string {
	v, _ := x.Attr(name)
	return string(v)
}

// AttrInt is Attr as a whole number; false where it is none.
func (x *Reader) AttrInt(name string) (int, bool) {
	v, ok := x.Attr(name)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(string(v))
	return n, err == nil
}

// AttrBool says whether an attribute is on, as XML Schema writes it and as old programs do.
func (x *Reader) AttrBool(name string) bool {
	v, _ := x.Attr(name)
	return string(v) == "1" || string(v) == "true" || string(v) == "on"
}

// unescape appends raw with its entities decoded and its line ends made \n. What is no
// entity stays as it is.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '\r':
			dst = append(dst, '\n')
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
		case '&':
			semi := bytes.IndexByte(raw[i:min(len(raw), i+12)], ';')
			if semi < 0 {
				dst = append(dst, c)
				continue
			}
			r, ok := entity(string(raw[i+1 : i+semi]))
			if !ok {
				dst = append(dst, c)
				continue
			}
			dst = utf8.AppendRune(dst, r)
			i += semi
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := 10, name[1:]
	if digits[0] == 'x' || digits[0] == 'X' {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, false
	}
	return rune(n), true
}

// Escapes turns _x000D_, as xlsx writes it, into the character it stands for, in place.
func Escapes(b []byte) []byte {
	if bytes.IndexByte(b, '_') < 0 {
		return b
	}
	out := b[:0]
	for i := 0; i < len(b); i++ {
		if b[i] == '_' && i+7 <= len(b) && b[i+1] == 'x' && b[i+6] == '_' {
			if n, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 16); err == nil && utf8.ValidRune(rune(n)) {
				// at most three bytes for seven: the write never overtakes the read
				out = utf8.AppendRune(out, rune(n))
				i += 6
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}
