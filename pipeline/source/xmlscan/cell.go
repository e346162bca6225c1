package xmlscan

import "bytes"

// Cell is a cell of a sheet as programs write nearly all of them: empty, with a value (v), or with a text (is, t) that has no
// formats of its own. Its bytes are valid until the next token.
type Cell struct {
	Ref   []byte // r; nil where there is none
	Type  []byte // t; nil where there is none
	Style int    // s
	Text  []byte // of the value or the text
}

// Cell reads the cell that begins where the next token does. What is no cell, or no such cell, or not whole in what has been read
// so far, is left where it is, to be read token by token, which gives the same of a cell at several times the cost.
func (x *Reader) Cell(c *Cell) bool {
	b := x.buf[x.pos:x.end]
	if x.owed || !begins(b, "<c") {
		return false
	}
	c.Text = nil
	n := c.attributes(b)
	switch {
	case n < 0:
		return false
	case begins(b[n:], "/>"):
		n += len("/>")
	case begins(b[n:], "></c>"):
		n += len("></c>")
	default:
		var more int
		if string(c.Type) == "inlineStr" {
			c.Text, more = x.text(b[n:], `><is><t`, "</t></is></c>")
		} else {
			c.Text, more = x.text(b[n:], "><v", "</v></c>")
		}
		if more == 0 {
			return false
		}
		n += more
	}
	x.pos += n
	return true
}

// Item reads a shared string that begins where the next token does, as Cell reads a cell.
func (x *Reader) Item() ([]byte, bool) {
	if x.owed {
		return nil, false
	}
	text, n := x.text(x.buf[x.pos:x.end], "<si><t", "</t></si>")
	x.pos += n
	return text, n > 0
}

// text reads a text between two others that b begins with, the first of which lacks what ends a tag; as many bytes as they have
// together, 0 where b begins otherwise or ends before.
func (x *Reader) text(b []byte, open, shut string) ([]byte, int) {
	if !begins(b, open) {
		return nil, 0
	}
	from := len(open)
	switch {
	case begins(b[from:], ">"):
		from++
	case begins(b[from:], ` xml:space="preserve">`):
		from += len(` xml:space="preserve">`)
	default:
		return nil, 0
	}
	n := bytes.IndexByte(b[from:], '<')
	if n < 0 || !begins(b[from+n:], shut) {
		return nil, 0
	}
	text := b[from : from+n : from+n]
	for _, c := range text {
		if c == '&' || c == '\r' {
			x.plain = unescape(x.plain[:0], text)
			text = x.plain
			break
		}
	}
	return text, from + n + len(shut)
}

// attributes reads those of a cell with whose tag b begins, and says where they end; -1 where others stand there, or one twice.
func (c *Cell) attributes(b []byte) int {
	c.Ref, c.Type, c.Style = nil, nil, 0
	styled := false
	i := len("<c")
	for i+4 < len(b) && b[i] == ' ' && b[i+2] == '=' && b[i+3] == '"' {
		name, from := b[i+1], i+4
		for i = from; i < len(b) && b[i] != '"' && b[i] != '&'; i++ {
		}
		if i == len(b) || b[i] == '&' {
			return -1
		}
		value := b[from:i:i]
		i++
		switch {
		case name == 'r' && c.Ref == nil:
			c.Ref = value
		case name == 't' && c.Type == nil:
			c.Type = value
		case name == 's' && !styled && len(value) > 0 && len(value) < 9:
			styled = true
			for _, d := range value {
				if d -= '0'; d > 9 {
					return -1
				}
				c.Style = 10*c.Style + int(d)
			}
		default:
			return -1
		}
	}
	return i
}

func begins(b []byte, with string) bool { return len(b) >= len(with) && string(b[:len(with)]) == with }
