package delimited

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/encoding/charmap"
)

// headroom is the space in front of a chunk, where the record that its predecessor cut off goes:
// most are short, so that no text is copied but they.
const headroom = 4 << 10

// chunk is a piece of the text in UTF-8, cut anywhere. Nothing writes to it once it is handed over
// but whoever took it, and he only to its headroom.
type chunk struct {
	buf     []byte // the text stands behind the headroom
	suspect bool   // some of it, or of a character that ends in it, could not be decoded
	nul     bool
	c1      bool // it holds characters from U+0080 to U+009F
	mixed   bool // some line of it may end otherwise than those of the text's beginning
	last    bool
	err     error // then nothing else counts
}

// chunks are read, decoded and looked through in a goroutine of their own, beside the one that
// divides them into cells.
type chunks struct {
	full chan chunk
	over chan struct{}
	gone sync.WaitGroup
}

func (t *Text) start() *chunks {
	c := &chunks{full: make(chan chunk, 2), over: make(chan struct{})}
	c.gone.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				c.hand(chunk{buf: make([]byte, headroom), err: fmt.Errorf("panic: %v", p)})
			}
		}()
		c.read(t)
	})
	return c
}

// stop returns once the file is no longer read.
func (c *chunks) stop() {
	close(c.over)
	c.gone.Wait()
}

func (c *chunks) hand(x chunk) bool {
	select {
	case c.full <- x:
		return true
	case <-c.over:
		return false
	}
}

func (c *chunks) read(t *Text) {
	r, left := t.reader(), t.size-int64(t.set.bom)
	full := cmp.Or(t.chunk, chunkBytes)
	var keep [utf8.UTFMax]byte
	cut := keep[:0] // the start of a character whose end is in the next chunk; a copy, for the chunk is handed over
	for last := false; !last; {
		size := full
		if t.set.table == nil { // one more, so that the end is seen
			size = int(min(int64(size), max(left, 0)+1))
		}
		buf := make([]byte, headroom+size)
		n, err := io.ReadFull(r, buf[headroom:])
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			last = true
		} else if err != nil {
			c.hand(chunk{buf: buf[:headroom], err: err})
			return
		}
		left -= int64(n)
		buf = buf[:headroom+n]
		b := buf[headroom-copy(buf[headroom-len(cut):], cut):]
		if cut = cut[:0]; !last {
			cut = append(cut, cutOff(b)...)
		}
		whole := b[:len(b)-len(cut)]
		s := unsafe.String(unsafe.SliceData(whole), len(whole))
		x := chunk{buf: buf, last: last, nul: bytes.IndexByte(whole, 0) >= 0, mixed: mixed(whole, t.nl), c1: hasC1(s)}
		if t.set.table == nil {
			x.suspect = !t.clean && !valid(whole)
		} else {
			x.suspect = strings.Contains(s, "\ufffd")
		}
		if !c.hand(x) {
			return
		}
	}
}

// mixed reports whether a line of b may end otherwise than in nl: in CR alone, or in LF where lines
// end in CR. A CR at the end of b may be one.
func mixed(b []byte, nl byte) bool {
	if nl == '\r' {
		return bytes.IndexByte(b, '\n') >= 0
	}
	for {
		i := bytes.IndexByte(b, '\r')
		switch {
		case i < 0:
			return false
		case i+1 == len(b) || b[i+1] != '\n':
			return true
		}
		b = b[i+2:]
	}
}

// hasC1 reports whether a text holds characters from U+0080 to U+009F: control characters that nobody
// types, but what the punctuation of Windows-1252 becomes where it is taken for ISO 8859-1.
func hasC1(s string) bool {
	for {
		i := strings.IndexByte(s, 0xc2)
		switch {
		case i < 0 || i+1 == len(s):
			return false
		case s[i+1] >= 0x80 && s[i+1] < 0xa0:
			return true
		}
		s = s[i+2:]
	}
}

// windows1252 reads the characters from U+0080 to U+009F as the punctuation that they were.
func windows1252(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x80 && r < 0xa0 {
			return charmap.Windows1252.DecodeByte(byte(r))
		}
		return r
	}, s)
}

// cutOff returns the bytes at the end of b that begin a character and do not end it.
func cutOff(b []byte) []byte {
	for i := 1; i <= 3 && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if c >= 0x80 && !utf8.FullRune(b[len(b)-i:]) {
				return b[len(b)-i:]
			}
			break
		}
	}
	return nil
}
