package warehouse

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const pieceTag = "0123456789abcdef"

// endsWith is an answer of some text that fails.
func endsWith(text string) string {
	said := "Code: 395. DB::Exception: far: while executing. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)\n"
	return text + exceptionFrame + pieceTag + "\r\n" + said + "86 " + pieceTag + "\r\n__exception__\r\n"
}

// What comes before the block is given whole, whatever pieces it comes and is asked for in; the block is the error; what only
// looks like one is data.
func TestPieces(t *testing.T) {
	like := "a\r\n__exception__\r\nno tag\r\n\r\r\n__exc\r\n__exception__"
	for _, c := range []struct {
		name, body, want string
		code             int
	}{
		{"whole", like + "\r", like + "\r", 0},
		{"failed", endsWith(like), like, 395},
		{"failed at once", endsWith(""), "", 395},
		{"nothing", "", "", 0},
		{"cut in the mark", like + "\r\n__exception__\r\n" + pieceTag[:9], like + "\r\n__exception__\r\n" + pieceTag[:9], 0},
		{"cut in the block", endsWith(like)[:len(like)+70], like, 395},
	} {
		for size := 1; size < 200; size += 7 {
			for name, in := range map[string]io.Reader{"at once": strings.NewReader(c.body), "byte by byte": iotest.OneByteReader(strings.NewReader(c.body)), "with its end": iotest.DataErrReader(strings.NewReader(c.body))} {
				r := newPieces(io.NopCloser(in), pieceTag)
				var got strings.Builder
				buf := make([]byte, size)
				_, err := io.CopyBuffer(struct{ io.Writer }{&got}, struct{ io.Reader }{r}, buf)
				var said *Error
				if got.String() != c.want || errors.As(err, &said) != (c.code != 0) || said != nil && (said.Code != c.code || strings.Contains(said.Message, pieceTag)) {
					t.Fatalf("%s, %s, by %d: %q, %v; want %q, %d", c.name, name, size, got.String(), err, c.want, c.code)
				}
			}
		}
	}
	r := newPieces(io.NopCloser(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrUnexpectedEOF))), pieceTag)
	if b, err := io.ReadAll(r); string(b) != "abc" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%q, %v", b, err)
	}
	if err := failed("Code: 241. DB::Exception: too much (in x) (MEMORY_LIMIT_EXCEEDED)\n9 t\r\n__exception__\r\n"); err.(*Error).Name != "MEMORY_LIMIT_EXCEEDED" || err.(*Error).Message != "too much (in x)" {
		t.Errorf("%#v", err)
	}
}

func FuzzPieces(f *testing.F) {
	f.Add("a,b\r\n1,2\r\n", uint8(3), true)
	f.Add(exceptionFrame, uint8(40), false)
	f.Fuzz(func(t *testing.T, text string, size uint8, fails bool) {
		if strings.Contains(text, exceptionFrame+pieceTag) || strings.HasSuffix(text, "\r") {
			return
		}
		body := text
		if fails {
			body = endsWith(text)
		}
		var got strings.Builder
		_, err := io.CopyBuffer(struct{ io.Writer }{&got}, struct{ io.Reader }{newPieces(io.NopCloser(iotest.HalfReader(strings.NewReader(body))), pieceTag)}, make([]byte, int(size)+1))
		if got.String() != text || (err != nil) != fails {
			t.Fatalf("%q, %v; want %q", got.String(), err, text)
		}
	})
}
