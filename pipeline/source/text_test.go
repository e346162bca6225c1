package source_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/source"
)

func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// plain prints a table as header and rows, cells divided by |, with row numbers.
func plain(t testing.TB, s source.Source) string {
	t.Helper()
	var b strings.Builder
	if h := s.Header(); h != nil {
		fmt.Fprintf(&b, "%s\n", strings.Join(h, "|"))
	}
	for _, r := range all(t, s) {
		fmt.Fprintf(&b, "%d:", r.Origin.Row)
		for i, c := range r.Cells {
			if i > 0 {
				b.WriteByte('|')
			}
			b.WriteString(c.Text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// refusal opens and reads everything, and wants it refused.
func refusal(t testing.TB, path string, o source.Options) *source.Refusal {
	t.Helper()
	f, err := source.Open(context.Background(), path, o)
	if err == nil {
		defer f.Close()
		for _, table := range f.Tables() {
			for _, e := range table.Rows(context.Background()) {
				if e != nil {
					err = e
				}
			}
		}
	}
	var r *source.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("got %v, want a refusal", err)
	}
	if r.File != filepath.Base(path) || r.Text.Zh == "" || r.Text.En == "" || r.Remedy.Zh == "" || r.Remedy.En == "" {
		t.Errorf("got %+v, want a file, a text and a remedy in both languages", r)
	}
	return r
}

func encode(t testing.TB, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEncodings(t *testing.T) {
	const sheet = "姓名,学历,备注\n张三,本科,\"𠮷,㐱\"\n李四,硕士,ok\n"
	const want = "姓名|学历|备注\n2:张三|本科|𠮷,㐱\n3:李四|硕士|ok\n"
	bom := "\ufeff" + sheet
	for _, c := range []struct {
		encoding string
		content  []byte
	}{
		{"UTF-8", []byte(sheet)},
		{"UTF-8 BOM", []byte(bom)},
		{"GB18030", encode(t, simplifiedchinese.GB18030, sheet)},
		{"GB18030 BOM", encode(t, simplifiedchinese.GB18030, bom)},
		{"UTF-16LE", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), sheet)},
		{"UTF-16BE", encode(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), sheet)},
		{"UTF-16LE BOM", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), bom)},
		{"UTF-16BE BOM", encode(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), bom)},
	} {
		t.Run(c.encoding, func(t *testing.T) {
			f := open(t, write(t, "a.xlsx", c.content), source.Options{}) // the name is wrong on purpose
			if f.Encoding() != c.encoding {
				t.Errorf("got encoding %q, want %q", f.Encoding(), c.encoding)
			}
			if got := plain(t, f.Tables()[0]); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// A long text of ASCII before the first Chinese character must not decide for UTF-8.
func TestEncodingLate(t *testing.T) {
	sheet := "code,name\n" + strings.Repeat("1234567,abcdefgh\n", 200_000) + "1,高温合金\n"
	f := open(t, write(t, "a.csv", encode(t, simplifiedchinese.GB18030, sheet)), source.Options{})
	if f.Encoding() != "GB18030" {
		t.Errorf("got %q, want GB18030", f.Encoding())
	}
	rows := all(t, f.Tables()[0])
	if got := rows[len(rows)-1].Cells[1].Text; got != "高温合金" || len(rows) != 200_001 {
		t.Errorf("got %q in row %d, want 高温合金 in 200001", got, len(rows))
	}
}

// A line of several chunks with no comma, blank or line end in it is cut where no character is.
func TestEncodingLongLine(t *testing.T) {
	sheet := "备注\n" + strings.Repeat("高温合金钼", 300_000) + "\n"
	for _, c := range []struct {
		want string
		text []byte
	}{{"UTF-8", []byte(sheet)}, {"GB18030", encode(t, simplifiedchinese.GB18030, sheet)}} {
		f := open(t, write(t, "a.csv", c.text), source.Options{})
		if f.Encoding() != c.want {
			t.Errorf("got %q, want %s", f.Encoding(), c.want)
		}
		if rows := all(t, f.Tables()[0]); len(rows) != 1 || rows[0].Cells[0].Text != sheet[len("备注\n"):len(sheet)-1] {
			t.Errorf("%s: the text came out otherwise", c.want)
		}
	}
}

// A refusal is told of a place only where there is one.
func TestRefusalPlace(t *testing.T) {
	for want, r := range map[string]source.Refusal{
		"x；y":            {},
		"第 2 行: x；y":     {Row: 2},
		"六月:2: x；y":      {Sheet: "六月", Row: 2},
		"a.xlsx: x；y":    {File: "a.xlsx"},
		"a.xlsx!六月: x；y": {File: "a.xlsx", Sheet: "六月"},
		"a.csv:2: x；y":   {File: "a.csv", Row: 2},
	} {
		r.Text.Zh, r.Remedy.Zh = "x", "y"
		if got := r.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A few broken bytes load as U+FFFD and are told; many refuse the file.
func TestEncodingBroken(t *testing.T) {
	good := strings.Repeat("张三,本科,高温合金\n", 2000)
	f := open(t, write(t, "a.csv", []byte("姓名,学历,节点\n李\xff四,本科,高温合金\n"+good)), source.Options{})
	rows := all(t, f.Tables()[0])
	if got := rows[0].Cells[0].Text; got != "李\ufffd四" {
		t.Errorf("got %q, want U+FFFD for the byte", got)
	}
	if notes := f.Notes(); len(notes) != 1 || notes[0].Rule != "undecodable" || notes[0].Row != 2 || notes[0].Count != 1 {
		t.Errorf("got notes %+v, want one byte in row 2", notes)
	}
	bad := strings.Repeat("李\xff\xff\xff四,本科\n", 50)
	if r := refusal(t, write(t, "b.csv", []byte("姓名,学历\n"+bad)), source.Options{}); r.Rule != "encoding" {
		t.Errorf("got %v, want an encoding refused", r)
	}
}

func TestDelimiters(t *testing.T) {
	for _, c := range []struct{ name, delimiter, content, want string }{
		{"comma", ",", "a,b,c\n1,2|x,3\n4,5|y|z,6\n", "a|b|c\n2:1|2|x|3\n3:4|5|y|z|6\n"},
		{"tab", "\t", "a\tb\n1,5\t2\n3,5\t4\n", "a|b\n2:1,5|2\n3:3,5|4\n"},
		{"semicolon", ";", "a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", "a|b|c\n2:1,5|2,5|3,5\n3:1,5|2,5|3,5\n"},
		{"pipe", "|", "a|b\n1|2\n3|4\n", "a|b\n2:1|2\n3:3|4\n"},
		{"ideographic", "、", "姓名、学历\n张三、本科\n", "姓名|学历\n2:张三|本科\n"},
		{"one column", ",", "姓名\n张三\n李四\n", "姓名\n2:张三\n3:李四\n"},
		{"sep line", ";", "sep=;\r\na;b\r\n1;2\r\n", "a|b\n3:1|2\n"},
		{"title above", ",", "2026年6月台账\n\n姓名,学历\n张三,本科\n", "姓名|学历\n4:张三|本科\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := open(t, write(t, "a.csv", []byte(c.content)), source.Options{})
			if f.Delimiter() != c.delimiter {
				t.Errorf("got delimiter %q, want %q", f.Delimiter(), c.delimiter)
			}
			if got := plain(t, f.Tables()[0]); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestTextShapes(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"crlf", "a,b\r\n1,2\r\n", "a|b\n2:1|2\n"},
		{"cr only", "a,b\r1,2\r\"x\ry\",3\r", "a|b\n2:1|2\n3:x\ry|3\n"},
		{"no end", "a,b\n1,2", "a|b\n2:1|2\n"},
		{"quoted newline", "a,b\n\"x\ny\",2\n3,4\n", "a|b\n2:x\ny|2\n3:3|4\n"},
		{"doubled quote", "a,b\n\"say \"\"hi\"\"\",2\n", "a|b\n2:say \"hi\"|2\n"},
		{"bare quote", "a,b\n5\"2,x\n", "a|b\n2:5\"2|x\n"},
		{"text behind a quote", "a,b\n\"x\"y,2\n", "a|b\n2:xy|2\n"},
		{"ragged", "a,b,c\n1\n1,2,3,4\n1,2,3\n", "a|b|c\n2:1\n3:1|2|3|4\n4:1|2|3\n"},
		{"empty rows", "a,b\n\n,\n \n1,2\n\n", "a|b\n5:1|2\n"},
		{"dos end", "a,b\r\n1,2\r\n\x1a", "a|b\n2:1|2\n"},
		{"header only", "a,b\n", "a|b\n"},
		{"repeated names", "a,b,a,A ,\n1,2,3,4,\n", "a|b|a#2|A#3\n2:1|2|3|4|\n"},
		{"header with newline", "\"姓\n名\",b\n1,2\n", "姓\n名|b\n2:1|2\n"},
		{"nul", "a,b\nx\x00y,2\n", "a|b\n2:x\x00y|2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := open(t, write(t, "a.csv", []byte(c.content)), source.Options{})
			table := f.Tables()[0]
			if got := plain(t, table); got != c.want {
				t.Errorf("got\n%q want\n%q", got, c.want)
			}
			if again := plain(t, table); again != c.want { // Rows can be called again
				t.Errorf("second time: got\n%q want\n%q", again, c.want)
			}
		})
	}
}

// doubts reads a table and lists what speaks against its rows: row, rule, and lost where it was not read.
func doubts(t *testing.T, content string) string {
	t.Helper()
	f := open(t, write(t, "a.csv", []byte(content)), source.Options{})
	var out []string
	for r, err := range f.Tables()[0].Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if d := r.Doubt; d != nil {
			text := fmt.Sprintf("%d %s %d", r.Origin.Row, d.Rule, d.Lines)
			if d.Lost {
				text += " lost"
			}
			out = append(out, text)
			if d.Text.Zh == "" || d.Text.En == "" || d.Remedy.Zh == "" || d.Remedy.En == "" {
				t.Errorf("%s: got %+v, want a text and a remedy in both languages", text, d)
			}
		}
	}
	for _, n := range f.Notes() {
		out = append(out, fmt.Sprintf("%d %s x%d", n.Row, n.Rule, n.Count))
	}
	return strings.Join(out, ", ")
}

// Every line that is not what it seems is told with its row; a quote that is never closed costs the
// lines that nobody can read, and no more.
func TestTextDoubts(t *testing.T) {
	rest := "1,2,3\n1,2,3\n1,2,3\n"
	for _, c := range []struct{ name, content, want string }{
		{"clean", "a,b,c\n" + rest, ""},
		{"quoted lines", "a,b,c\n\"x\ny\",2,3\n" + rest, ""},
		{"fewer cells", "a,b,c\n1\n" + rest, "2 short_row 1"},
		{"more cells", "a,b,c\n1,2,3,4\n" + rest, "2 long_row 1"},
		{"a blank cell more", "a,b,c\n1,,2,\n" + rest, "2 long_row 1"},
		{"nul", "a,b,c\nx\x00,2,3\n" + rest, "2 nul x1"},
		{"a quote in a text", "a,b,c\n5\"2,x,3\n" + rest, "2 stray_quote 1"},
		{"a quote too many", "a,b,c\n\"\"x, y\",2,3\n" + rest, "2 mended_quote 1"},
		{"a quote not doubled", "a,b,c\n\"48\"\",\"2\",3\n" + rest, "2 mended_quote 1"},
		{"a quote at the start", "a,b,c\n\"x,2,3\n" + rest, "2 mended_quote 1"},
		{"a guard", "a,b,c\n=\"001\",2,3\n" + rest, ""},
		{"unclosed, cells missing", "a,b,c\n1,2,3\n\"x\n" + rest, "3 unclosed_quote 1 lost"},
		{"unclosed, lines that are no rows", "a,b,c\n1,2,3\n\"x\ny\nz,\"y\"\n" + rest, "3 unclosed_quote 3 lost"},
		{"rows made one", "a,b,c\n1,\"x,3\n4,y\",6\n" + rest, "2 swallowed_rows 2 lost"},
		{"a text with commas and lines", "a,b,c\n1,\"x, y\nz\",6\n" + rest, "2 quoted_lines x1"},
		{"no line end behind the last row", "a,b,c\n" + strings.TrimSpace(rest), "4 no_line_end x1"},
		{"rows of another kind below an empty line", "a,b,c\n" + strings.Repeat("x,y,z\n", 4) + "\nd,e,f\nw,1,2\n", "7 other_below x1, 7 empty_lines x1"},
		{"a line end alone", "a,b,c\n1,2,3\r4,5,6\n" + rest, "2 line_ends x1"},
	} {
		if got := doubts(t, c.content); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// What an open quote costs does not grow with the file.
func TestTextUnclosedFarFromTheEnd(t *testing.T) {
	content := "a,b\n1,2\n\"x,3,\n" + strings.Repeat("1,2\n", 300_000)
	f := open(t, write(t, "a.csv", []byte(content)), source.Options{Limits: source.Limits{RecordBytes: 1 << 20}})
	rows, lost := 0, 0
	for r, err := range f.Tables()[0].Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if rows++; r.Doubt != nil && r.Doubt.Lost {
			lost++
		}
	}
	if rows != 300_002 || lost != 1 {
		t.Errorf("got %d rows, %d lost; want 300002 and 1", rows, lost)
	}
}

func TestTextHeaders(t *testing.T) {
	want := []source.Want{
		{Names: []string{"name", "姓名"}, Required: true},
		{Names: []string{"education", "学历"}},
		{Names: []string{"salary", "工资"}},
	}
	for _, c := range []struct{ name, header, content, want string }{
		{"below a title", "auto", "台账,,\n单位：甲,日期：6月,\n＊姓　名,学历：,工资（元）\n张三,本科,1\n", "＊姓　名|学历：|工资（元）\n4:张三|本科|1\n"},
		{"reordered", "", "工资,姓名,x\n1,张三,y\n", "工资|姓名|x\n2:1|张三|y\n"},
		{"bom twice", "", "\ufeff\ufeff姓名,学历\n张三,本科\n", "姓名|学历\n2:张三|本科\n"},
		{"none", "none", "姓名,学历\n张三,本科\n", "1:姓名|学历\n2:张三|本科\n"},
		{"optional, there", "optional", "姓名,学历\n张三,本科\n", "姓名|学历\n2:张三|本科\n"},
		{"optional, numbered", "optional", "0,1,2\n张三,本科,1\n", "2:张三|本科|1\n"},
		{"optional, absent", "optional", "张三,本科,1\n李四,硕士,2\n", "1:张三|本科|1\n2:李四|硕士|2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := open(t, write(t, "a.csv", []byte(c.content)), source.Options{Header: c.header, Want: want})
			if got := plain(t, f.Tables()[0]); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestTextRefused(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 3<<20)
	for _, c := range []struct {
		name, rule string
		row        int
		content    string
		o          source.Options
	}{
		{"empty", "empty", 0, "", source.Options{}},
		{"blank", "empty", 0, "\n \n,,\n", source.Options{}},
		{"one long line", "record_size", 1, string(long), source.Options{Limits: source.Limits{RecordBytes: 2 << 20}}},
		{"a long line below", "record_size", 2, "a,b\n" + string(long), source.Options{Limits: source.Limits{RecordBytes: 2 << 20}}},
		{"many columns", "columns", 1, strings.Repeat("x,", 100_000) + "\n", source.Options{}},
		{"other names", "header", 0, "x,y\n1,2\n", source.Options{Want: []source.Want{{Names: []string{"姓名"}, Required: true}}}},
		{"no delimiter", "delimiter", 1, "x~1~y\nx~2~y\n", source.Options{Header: "optional", Positions: 3}},
		{"no delimiter, no header", "delimiter", 1, "x~1~y\nx~2~y\n", source.Options{Header: "none", Positions: 3}},
		{"a header of another width", "heading_width", 1, "a,b,x,y\n1,2\n1,2\n", source.Options{Want: []source.Want{{Names: []string{"a"}}, {Names: []string{"b"}}}}},
		{"declared otherwise", "encoding", 3, "a,b\n1,2\n\xff,2\n1,2\n", source.Options{Text: source.Dialect{Encoding: "utf-8"}}},
		{"declared otherwise, in a table", "encoding", 2, "a,b\n\x81\x20,2\n1,2\n", source.Options{Text: source.Dialect{Encoding: "gb18030"}}},
		{"pdf", "not_a_table", 0, "%PDF-1.7\n", source.Options{}},
		{"png", "not_a_table", 0, "\x89PNG\r\n\x1a\n", source.Options{}},
		{"html", "markup", 0, "\ufeff<html><table><tr><td>姓名</td></tr></table></html>", source.Options{}},
		{"html in utf-16", "markup", 0, string(encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "<html><table>")), source.Options{}},
		{"xml spreadsheet", "markup", 0, "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">", source.Options{}},
		{"json", "markup", 0, `[{"a":1}]`, source.Options{}},
		{"nul bytes", "binary", 0, strings.Repeat("\x00", 5000), source.Options{}},
		{"zeros behind", "half_written", 0, "a,b\n1,2\n" + strings.Repeat("\x00", 5000), source.Options{}},
		{"noise", "binary", 0, strings.Repeat("\x01\x02\x03\x04ab\x05\x06", 500), source.Options{}},
		{"gzip", "not_a_table", 0, "\x1f\x8b\x08\x00", source.Options{}},
		{"rar", "not_a_table", 0, "Rar!\x1a\x07\x00", source.Options{}},
		{"utf-32", "encoding", 0, "\xff\xfe\x00\x00a\x00\x00\x00", source.Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := refusal(t, write(t, "表.csv", []byte(c.content)), c.o)
			if r.Rule != c.rule || r.Row != c.row {
				t.Errorf("got rule %s in row %d (%v), want %s in row %d", r.Rule, r.Row, r, c.rule, c.row)
			}
		})
	}
}

func TestNotAFile(t *testing.T) {
	if r := refusal(t, t.TempDir(), source.Options{}); r.Rule != "not_a_file" {
		t.Errorf("got %v, want a folder refused", r)
	}
	if _, err := source.Open(context.Background(), filepath.Join(t.TempDir(), "none.csv"), source.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want that the file does not exist", err)
	}
}

// A line of 2 GB is refused after 16 MiB of it.
func TestHugeLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("a,b\n" + strings.Repeat("1,2\n", 40_000))
	f.Write(bytes.Repeat([]byte("x"), 1<<20))
	if err := f.Truncate(2 << 30); err != nil { // the rest is a hole
		t.Fatal(err)
	}
	f.WriteAt([]byte("x\n1,2\n"), 2<<30-6)
	f.Close()
	heap := peak(func() {
		if r := refusal(t, path, source.Options{}); r.Rule != "record_size" || r.Row != 40_002 {
			t.Errorf("got %v, want row 40002 refused for its size", r)
		}
	})
	if heap > 128<<20 {
		t.Errorf("got a heap of %d MiB, want at most 128", heap>>20)
	}
}

func TestCancelled(t *testing.T) {
	f := open(t, write(t, "a.csv", []byte("a,b\n"+strings.Repeat("1,2\n", 1_000_000))), source.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	var last error
	for _, err := range f.Tables()[0].Rows(ctx) {
		if n++; n == 1000 {
			cancel()
		}
		last = err
	}
	if !errors.Is(last, context.Canceled) || n > 600_000 {
		t.Errorf("got %v after %d rows, want a cancelled context soon", last, n)
	}
}

// A note that gives a unit does not speak for figures each of which says its own.
func TestNamed(t *testing.T) {
	for text, want := range map[string]bool{
		"A1,0.2万元\nA2,\nA3,1,500 元\n": false, // 1 stands alone in its cell
		"A1,0.2万元\nA2,\nA3,1500 元\n":  true, "A1,0.2万元\nA2,3\n": false, "A1,无\nA2,¥5元\n": true, "A1,无\nA2,\n": false, "A1,5万\n": false, "A1,约5万元\n": false,
	} {
		f := open(t, write(t, "a.csv", []byte("编号,金额\n"+text+"备注：以万元计,\n")), source.Options{})
		if got := f.Named(t.Context(), "", 1); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

// How the numbers of a column are written is told by all of its rows, also by those below the ones that are judged
// before it is read.
func TestLateDecimals(t *testing.T) {
	rows := func(early, late string) []byte {
		return []byte("编号,金额\n" + strings.Repeat("A1,"+early+"\n", 5001) + "A2," + late + "\n")
	}
	for _, tt := range []struct{ early, late, comma, either string }{
		{`"1,234"`, `"1234,5"`, "B5003", "B2"}, {"1.234", `"1.234,5"`, "B5003", "B2"}, {`"1,234"`, "1234.5", "", ""}, {"12.5", `"1234,5"`, "", ""}, {`"1234,5"`, `"1,234"`, "", ""},
	} {
		got := open(t, write(t, "a.csv", rows(tt.early, tt.late)), source.Options{}).LateDecimals(t.Context())
		if tt.comma == "" && len(got) > 0 || tt.comma != "" && (len(got) != 1 || got[0].Comma != tt.comma || got[0].Either != tt.either || got[0].Count != 5001) {
			t.Errorf("%s, then %s: got %+v", tt.early, tt.late, got)
		}
	}
}

// What a row says of its cells when it is cut is what a look at each of them gives.
func TestSaid(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.csv")
	text := "编号,名称,备注\n1,甲公司,北京\n2,,中国\n3,同上,x\n4,=\"\",x\n5,'0012,x\n6,\u3000,x\n7,ditto,x\n8,\"\"\"\",x\n9,仝上,x\n10,dittos,企业\n11, ,如皋\n12,-,d\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := source.Open(t.Context(), name, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sure := 0
	for row, err := range f.Tables()[0].Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Said == 0 {
			continue
		}
		sure++
		filled := 0
		for i := range row.Cells {
			if row.Cells[i].Filled() {
				filled++
			}
			if cell.Ditto(row.Cells[i].Text) {
				t.Errorf("row %d: %q repeats the cell above", row.Origin.Row, row.Cells[i].Text)
			}
		}
		if filled != row.Said {
			t.Errorf("row %d: %d cells are filled, %d are said to be", row.Origin.Row, filled, row.Said)
		}
	}
	if sure != 3 {
		t.Errorf("%d rows need no closer look, want 3", sure)
	}
}

// Blocks of a table side by side are named as such, not as a missing header.
func TestBlocksAbreast(t *testing.T) {
	want := source.Options{Want: []source.Want{{Names: []string{"编号"}, Required: true}, {Names: []string{"金额"}}, {Names: []string{"人数"}}}}
	for text, said := range map[string]string{
		"编号,金额,人数,编号,金额,人数\n1,2,3,4,5,6\n":     "第 1 行的列名写了 2 遍（每遍 3 列）：看来是 2 块并排的表",
		"编号,金额,,编号,金额,,编号,金额\n1,2,,4,5,,6,7\n": "第 1 行的列名写了 3 遍（每遍 2 列）：看来是 3 块并排的表",
		"甲,金,乙,金,甲,乙\n1,2,3,4,5,6\n":           "没有找到表头",
	} {
		if r := refusal(t, write(t, "a.csv", []byte(text)), want); !strings.Contains(r.Text.Zh, said) {
			t.Errorf("%q: got %s", text, r.Text.Zh)
		}
	}
}
