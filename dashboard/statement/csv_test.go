package statement

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// The engine's CSV, as the pages write it: no text is a formula for a spreadsheet.
func TestCSVGuard(t *testing.T) {
	for in, want := range map[string]string{
		"\"name\",\"n\"\n\"=cmd|'/c calc'!A0\",-5\n":              "\"name\",\"n\"\n\"'=cmd|'/c calc'!A0\",-5\n",
		"\"+86\",\"-x\",\"@a\",\"\ta\",\"\ra\",\"a=b\",\"\",-1.5": "\"'+86\",\"'-x\",\"'@a\",\"'\ta\",\"'\ra\",\"a=b\",\"\",-1.5",
		"\"\",\"=\",\"\"\n\"=\"\"\",\"\"\"\"\"\"\n":               "\"\",\"'=\",\"\"\n\"'=\"\"\",\"\"\"\"\"\"\n",
		",1,\"a,\"\"=b\",,\"\"\"\",\"@\"":                         ",1,\"a,\"\"=b\",,\"\"\"\",\"'@\"",
		"\"\"\"=a\"\"\",\"a\"\"\n=b,=c\"\n1,\"=d\"":               "\"\"\"=a\"\"\",\"a\"\"\n=b,=c\"\n1,\"'=d\"",
		"\"[1,2]\",2026-06-01,\\":                                 "\"[1,2]\",2026-06-01,\\",
		"":                                                        "",
	} {
		var out bytes.Buffer
		for _, from := range []io.Reader{iotest.OneByteReader(strings.NewReader(in)), strings.NewReader(in)} {
			out.Reset()
			if err := copyCSV(&out, from); err != nil || out.String() != want {
				t.Errorf("%q: got %q, %v; want %q", in, out.String(), err, want)
			}
		}
	}
	if err := copyCSV(failing{}, strings.NewReader("1,2\n")); err == nil {
		t.Error("a writer that fails is not told")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func FuzzCSVGuard(f *testing.F) {
	f.Add("\"=a\",\\N\n")
	f.Add("=a;b\"=c;\";;\"=;+\"\"-")
	f.Fuzz(func(t *testing.T, s string) {
		var out bytes.Buffer
		if err := copyCSV(&out, strings.NewReader(s)); err != nil {
			t.Fatal(err)
		}
		var slow bytes.Buffer
		if err := copyCSV(&slow, iotest.OneByteReader(strings.NewReader(s))); err != nil || slow.String() != out.String() {
			t.Errorf("%q became %q, and %q in pieces", s, out.String(), slow.String())
		}
		// what the engine writes of these texts is what they are, but for the apostrophe
		texts := strings.Split(s, ";")
		var written strings.Builder
		for i, x := range texts {
			if i > 0 {
				written.WriteByte(",\n"[i%2])
			}
			written.WriteString("\"" + strings.ReplaceAll(x, "\"", "\"\"") + "\"")
		}
		out.Reset()
		if err := copyCSV(&out, strings.NewReader(written.String())); err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		for i, x := range texts {
			if i > 0 {
				want.WriteByte(",\n"[i%2])
			}
			if x != "" && strings.ContainsRune("=+-@\t\r", rune(x[0])) {
				x = "'" + x
			}
			want.WriteString("\"" + strings.ReplaceAll(x, "\"", "\"\"") + "\"")
		}
		if out.String() != want.String() {
			t.Errorf("%q became %q, want %q", written.String(), out.String(), want.String())
		}
	})
}
