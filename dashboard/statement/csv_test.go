package statement

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// The engine's CSV, as the pages write it: NULL is empty, and no text is a formula for a spreadsheet.
func TestCSVGuard(t *testing.T) {
	for in, want := range map[string]string{
		"\"name\",\"n\"\n\"=cmd|'/c calc'!A0\",-5\n":              "\"name\",\"n\"\n\"'=cmd|'/c calc'!A0\",-5\n",
		"\"+86\",\"-x\",\"@a\",\"\ta\",\"\ra\",\"a=b\",\"\",-1.5": "\"'+86\",\"'-x\",\"'@a\",\"'\ta\",\"'\ra\",\"a=b\",\"\",-1.5",
		"\\N,1,\\N\n\"\\N\",2,\"a\"\n":                            ",1,\n\"\\N\",2,\"a\"\n",
		"\"\"\"=a\"\"\",\"a\"\"\n=b,=c\"\n1,\"=d\"":               "\"\"\"=a\"\"\",\"a\"\"\n=b,=c\"\n1,\"'=d\"",
		"\"[1,2]\",2026-06-01,\\":                                 "\"[1,2]\",2026-06-01,\\",
		"":                                                        "",
	} {
		var out bytes.Buffer
		if err := copyCSV(&out, iotest.OneByteReader(strings.NewReader(in))); err != nil || out.String() != want {
			t.Errorf("%q: got %q, %v; want %q", in, out.String(), err, want)
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
	f.Fuzz(func(t *testing.T, s string) {
		var out bytes.Buffer
		if err := copyCSV(&out, strings.NewReader(s)); err != nil {
			t.Fatal(err)
		}
		plain := strings.NewReplacer("'", "", "\\N", "").Replace
		if plain(out.String()) != plain(s) {
			t.Errorf("%q became %q", s, out.String())
		}
		for _, bad := range []string{",\"=", "\n\"+"} {
			if strings.Contains(out.String(), bad) && strings.Count(s, "\"") < 2 {
				t.Errorf("%q became %q", s, out.String())
			}
		}
	})
}
