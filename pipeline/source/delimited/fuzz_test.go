package delimited

import (
	"context"
	"encoding/csv"
	"io"
	"reflect"
	"strings"
	"testing"
)

// tokens reads a clean UTF-8 text in chunks of the given size.
func tokens(s string, comma byte, chunk int) ([][]string, error) {
	t := &Text{r: strings.NewReader(s), size: int64(len(s)), comma: string(rune(comma)), quote: '"', nl: '\n', limits: Limits{4096, 16 << 20}, chunk: chunk, clean: true}
	var out [][]string
	var failed error
	t.Scan(context.Background(), 0, func(r *Record, err error) bool {
		if err != nil {
			failed = err
			return false
		}
		out = append(out, append([]string(nil), r.Cells...))
		return true
	})
	return out, failed
}

// FuzzCSV holds the tokeniser to encoding/csv wherever that accepts the text.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "a,b\r\n\"x\r\ny\",2\r\n", "\"a\"\"b\",c\n", "a\n\nb\n", ",\n,,\n", "\"\",x\n", "é,中\n\"文\",\n", "a,b", "\"a\nb\"\n\"c\"",
		"a,\"b\n\nc\"\n", "\r\n\r\na\r\n", "a\rb,c\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
			return // a CR alone ends a line here
		}
		if hasC1(text) {
			return // they are read as what they were
		}
		if strings.HasSuffix(text, "\x1a") {
			return // how DOS ended a text
		}
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		var want [][]string
		for {
			record, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				return
			}
			if strings.TrimSpace(strings.Join(record, "")) != "" {
				want = append(want, record)
			}
		}
		got, err := tokens(text, ',', 7)
		if err != nil {
			t.Fatalf("%q: got %v, want %q", text, err, want)
		}
		if len(got) != len(want) {
			t.Fatalf("%q: got %d records %q, want %d %q", text, len(got), got, len(want), want)
		}
		for i := range want {
			// encoding/csv makes \n of \r\n inside quotes; here a cell stays as it is
			a, b := strings.ReplaceAll(strings.Join(got[i], "|"), "\r\n", "\n"), strings.Join(want[i], "|")
			if a != b || len(got[i]) != len(want[i]) {
				t.Fatalf("%q: got %q, want %q", text, got[i], want[i])
			}
		}
	})
}

// FuzzScan reads anything in any dialect: it ends, numbers its rows upwards, gives no empty record, and
// what it reads does not depend on how the text was cut, as long as no quote swallows lines.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		"a,b\n\"x,3\n4,\"y\"\n5,6\n", "a;b\r1;2\n3;4\r\n", "'a','b''c'\n'd\ne',\n", "a\\,b,c\\\nd\n", "\"\"x, y\",2\n\"48\"\",3\n", "a,b\n1,\"x,\n2,y\",3\n", "é\xc2\x96,\xff\n",
	} {
		f.Add(s, uint8(0), uint8(0))
	}
	f.Fuzz(func(t *testing.T, text string, dialect, usual uint8) {
		read := func(chunk int) (rows [][]string, lost bool) {
			x := &Text{r: strings.NewReader(text), size: int64(len(text)), comma: []string{",", ";", "\t", ", "}[dialect&3], quote: '"', nl: '\n', limits: Limits{64, 1 << 12}, chunk: chunk}
			if dialect&4 != 0 {
				x.quote = '\''
			}
			if dialect&8 != 0 {
				x.escape = '\\'
			}
			if dialect&16 != 0 {
				x.nl = '\r'
			}
			x.Expect(int(usual % 5))
			last := 0
			x.Scan(context.Background(), 0, func(r *Record, err error) bool {
				if err != nil {
					lost = true
					return false
				}
				if r.Row <= last || len(r.Cells) == 0 {
					t.Fatalf("%q: row %d of %d cells after row %d", text, r.Row, len(r.Cells), last)
				}
				last = r.Row
				lost = lost || r.Doubt != nil && r.Doubt.Lost
				rows = append(rows, append([]string(nil), r.Cells...))
				return true
			})
			return rows, lost
		}
		whole, lost := read(0)
		pieces, lostToo := read(7)
		if !lost && !lostToo && !reflect.DeepEqual(whole, pieces) {
			t.Fatalf("%q: got %q in one piece and %q in pieces", text, whole, pieces)
		}
	})
}
