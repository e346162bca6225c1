package lines

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	var b strings.Builder
	w := New(&b, "单位", "批次", "file")
	w.Row("区人社局|2026-05", 197, "引进\n与流出.xlsx")
	w.Row("a", 8, "\x1b[2Jb😀")
	w.Row("乙", 1234, "")
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "单位              批次  file\n" +
		"区人社局|2026-05   197  引进 与流出.xlsx\n" +
		"a                    8   [2Jb😀\n" +
		"乙                1234\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestDisplayWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "雁阵": 4, "（）": 4, "ａ": 2, "ｱ": 1, "é": 1, "e\u0301": 1, "😀": 2, "—": 1, "·": 1} {
		if got := displayWidth(s); got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
	}
}
