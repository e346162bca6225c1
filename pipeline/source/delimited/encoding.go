package delimited

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"yanzhen/pipeline/codes"
)

const (
	chunkBytes  = 1 << 20
	sniffBytes  = 64 << 10
	decideBytes = 16 << 20  // the encoding is decided on this much; what follows is checked as it is read
	asciiBytes  = 256 << 20 // or this much, while nothing but ASCII came
	badShare    = 50        // more than 1 byte in 50 undecodable: the guess was wrong or the file is
	judgeBytes  = 256 << 10 // of lines with other characters than ASCII, by which an encoding is judged
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
	latin     = charset{name: "Windows-1252", table: charmap.Windows1252}
	utf16LE   = charset{name: "UTF-16LE", table: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	utf16BE   = charset{name: "UTF-16BE", table: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
)

// declarable are the encodings that a declaration may name; dataset.Encodings lists the same names.
var declarable = map[string]charset{
	"utf-8":        utf8Plain,
	"gb18030":      gb18030,
	"big5":         {name: "Big5", table: traditionalchinese.Big5},
	"shift_jis":    {name: "Shift_JIS", table: japanese.ShiftJIS},
	"euc-jp":       {name: "EUC-JP", table: japanese.EUCJP},
	"euc-kr":       {name: "EUC-KR", table: korean.EUCKR},
	"utf-16le":     utf16LE,
	"utf-16be":     utf16BE,
	"windows-1250": {name: "Windows-1250", table: charmap.Windows1250},
	"windows-1251": {name: "Windows-1251", table: charmap.Windows1251},
	"windows-1252": latin,
	"windows-1253": {name: "Windows-1253", table: charmap.Windows1253},
	"windows-1254": {name: "Windows-1254", table: charmap.Windows1254},
	"windows-1257": {name: "Windows-1257", table: charmap.Windows1257},
	"iso-8859-1":   {name: "ISO-8859-1", table: charmap.ISO8859_1},
	"iso-8859-2":   {name: "ISO-8859-2", table: charmap.ISO8859_2},
	"iso-8859-15":  {name: "ISO-8859-15", table: charmap.ISO8859_15},
	"koi8-r":       {name: "KOI8-R", table: charmap.KOI8R},
	"macintosh":    {name: "Macintosh", table: charmap.Macintosh},
}

// marks are the byte order marks, the longer of two that begin alike first.
var marks = []struct {
	mark string
	set  charset
	of   string // the declarable name
}{
	{"\xef\xbb\xbf", utf8BOM, "utf-8"},
	{"\xff\xfe\x00\x00", charset{name: "UTF-32"}, ""},
	{"\x00\x00\xfe\xff", charset{name: "UTF-32"}, ""},
	{"\xff\xfe", charset{"UTF-16LE BOM", 2, utf16LE.table}, "utf-16le"},
	{"\xfe\xff", charset{"UTF-16BE BOM", 2, utf16BE.table}, "utf-16be"},
	{"\x84\x31\x95\x33", charset{"GB18030 BOM", 4, simplifiedchinese.GB18030}, "gb18030"},
}

// decide finds the encoding: the declared one; a BOM, else UTF-16 by the NUL bytes of its separators,
// else UTF-8 if all is valid, else what the bytes make a plausible text in.
func (t *Text) decide(ctx context.Context, o Options) error {
	b, err := head(t.r, sniffBytes)
	if err != nil {
		return err
	}
	declared, strict := declarable[o.Encoding]
	t.strict = strict
	for _, m := range marks {
		if !bytes.HasPrefix(b, []byte(m.mark)) || strict && m.of != o.Encoding {
			continue
		}
		t.set = m.set
		switch {
		case m.of == "":
			return encodingRefusal(m.set.name)
		case m.of != "utf-8":
			return nil
		}
		return t.score(ctx, o)
	}
	if strict {
		t.set = declared
		if declared.table == nil {
			return t.score(ctx, o)
		}
		return nil
	}
	if set, r := wide(b); r != nil {
		return r
	} else if set != nil {
		t.set = *set
		return nil
	}
	if control := controls(b); control*20 > len(b) {
		return refuse("binary", 0, codes.Text{Zh: "不是文本文件：含有大量控制字符", En: "not a text file: it is full of control characters"}, saveAs)
	}
	t.set = utf8Plain
	return t.score(ctx, o)
}

var saveAs = codes.Text{
	Zh: "请在 Excel 或 WPS 中打开，另存为 .xlsx 或 .csv（UTF-8）后重新上报",
	En: "open it in Excel or WPS, save it as .xlsx or .csv (UTF-8) and send that",
}

// wide tells UTF-16 without a BOM by where its NUL bytes stand; nil: it is none.
func wide(b []byte) (*charset, *Refusal) {
	zeros, odd := bytes.Count(b, []byte{0}), 0
	if zeros == 0 {
		return nil, nil
	}
	for i := 1; i < len(b); i += 2 {
		if b[i] == 0 {
			odd++
		}
	}
	even := zeros - odd
	switch {
	case odd*20 < even && plausible(b, binary.BigEndian):
		return &utf16BE, nil
	case even*20 < odd && plausible(b, binary.LittleEndian):
		return &utf16LE, nil
	case zeros > 16 && zeros*50 > len(b):
		return nil, refuse("binary", 0, codes.Text{Zh: "不是文本文件：含有大量空字节", En: "not a text file: it is full of NUL bytes"}, saveAs)
	}
	return nil, nil
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
		case c == '\t', c >= 0x20 && c < 0x7f, c >= 0x4e00 && c <= 0x9fff, c >= 0x2000 && c <= 0x303f, c >= 0xff00 && c <= 0xffef, c >= 0xa0 && c <= 0xff:
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
	return refuse("encoding", 0, codes.Text{
		Zh: "文件编码是 " + name + "，不能读取", En: "the encoding is " + name + ", which is not read",
	}, codes.Text{Zh: "请另存为 csv（UTF-8）后上报", En: "save it as csv (UTF-8)"})
}

// score decides between UTF-8 and what a text that is none may be.
func (t *Text) score(ctx context.Context, o Options) error {
	var (
		buf      = make([]byte, chunkBytes)
		offset   = int64(t.set.bom)
		badUTF   int
		seen     int64
		nonASCII bool
		judged   []byte // lines with other characters than ASCII
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
		// cut where no character is cut: before the last line end or, failing that, in front of
		// the last ASCII byte that is no second byte of GB18030
		if offset+int64(n) < t.size {
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
		if !isASCII(b) {
			nonASCII = true
			if !valid(b) || badUTF > 0 {
				bad, _ := badUTF8(b)
				badUTF += bad
			}
			judged = gather(judged, b)
		}
		if seen >= asciiBytes || seen >= decideBytes && nonASCII {
			break
		}
	}
	t.clean = badUTF == 0 && offset >= t.size
	if badUTF > 0 && t.set.bom == 0 && !t.strict {
		if set := t.judge(judged, badUTF, o); set != nil {
			t.set, t.clean = *set, false
			return nil
		}
		if name, r := foreign(judged); name != "" && !mostlyUTF8(judged) {
			return r
		}
	}
	return t.tolerable(int64(badUTF), seen, 0)
}

// gather keeps the lines of b in which another character than ASCII stands, up to judgeBytes of them.
func gather(kept, b []byte) []byte {
	for len(b) > 0 && len(kept) < judgeBytes {
		line := b
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line = b[:i+1]
		}
		b = b[len(line):]
		if len(line) > judgeBytes {
			line = whole(line[:judgeBytes])
		}
		if !isASCII(line) {
			kept = append(kept, line...)
		}
	}
	return kept
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

// undecodable counts the bytes a decoder replaces.
func undecodable(d *encoding.Decoder, b []byte) int {
	bad := 0
	out := make([]byte, 64<<10)
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

// tolerable refuses a text too many bytes of which could not be decoded; of a declared encoding, any.
func (t *Text) tolerable(bad, of int64, row int) error {
	switch {
	case bad == 0:
		return nil
	case t.strict && row > 0:
		return refuse("encoding", row, codes.Text{
			Zh: fmt.Sprintf("声明的编码是 %s，第 %d 行的字节却不能这样解码", t.set.name, row),
			En: fmt.Sprintf("the encoding is declared to be %s, but the bytes of row %d cannot be decoded so", t.set.name, row),
		}, codes.Text{Zh: "核对声明里的 text.encoding，或请报送单位按该编码重新保存", En: "check text.encoding in the declaration, or have the file saved in that encoding"})
	case t.strict || bad*badShare <= of:
		return nil
	}
	return refuse("encoding", row, codes.Text{
		Zh: fmt.Sprintf("文件编码无法确定：按 %s 读取，%d 字节中有 %d 处无法解码（超过百分之二）", t.set.name, of, bad),
		En: fmt.Sprintf("the encoding cannot be told: read as %s, %d of %d bytes cannot be decoded (more than 1 in 50)", t.set.name, bad, of),
	}, codes.Text{Zh: "请用 Excel 或 WPS 打开原表，另存为 xlsx 或 csv（UTF-8）", En: "open the original in Excel or WPS and save it as xlsx or csv (UTF-8)"})
}

// head reads up to n bytes from the start.
func head(r io.ReaderAt, n int) ([]byte, error) {
	b := make([]byte, n)
	m, err := r.ReadAt(b, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return b[:m], nil
}
