package source_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"yanzhen/pipeline/source"
)

func TestRealXLS(t *testing.T) {
	golden := shared(t, "schools/moe_adult_heis_2025-06-20.golden.json")
	raw, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var want []struct {
		Index      int
		Name       string
		Code       any
		Department string
		Remark     string
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	f := open(t, shared(t, "schools/moe_adult_heis_2025-06-20.xls"), source.Options{Want: []source.Want{
		{Names: []string{"学校名称"}, Required: true}, {Names: []string{"学校标识码"}, Required: true}, {Names: []string{"主管部门"}},
	}})
	if f.Format != source.XLS {
		t.Errorf("got format %s, want xls", f.Format)
	}
	table := f.Tables()[0]
	t.Logf("%q", table.Header())
	if first, last := table.HeaderRows(); first != 3 || last != 3 || len(table.Header()) != 5 {
		t.Errorf("got header %q in rows %d to %d, want five names in row 3", table.Header(), first, last)
	}
	n, banners := 0, 0
	for _, r := range all(t, table) {
		if len(r.Cells) < 4 || r.Cells[1].Text == "" { // 浙江省（N所）
			if !strings.Contains(r.Cells[0].Text, "所）") {
				t.Errorf("%v: got %v, want a banner", r.Origin, r.Cells)
			}
			banners++
			continue
		}
		w := want[n]
		got := []string{r.Cells[0].Text, r.Cells[1].Text, r.Cells[2].Text, r.Cells[3].Text}
		if strings.Join(got, "|") != strings.Join([]string{strconv.Itoa(w.Index), w.Name, code(w.Code), w.Department}, "|") {
			t.Fatalf("%v: got %q, want %+v", r.Origin, got, w)
		}
		n++
	}
	if n != 248 || banners == 0 {
		t.Errorf("got %d schools and %d banners, want 248 and some", n, banners)
	}
}

// code is a code of the golden file, which has some as numbers.
func code(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return v.(string)
}

// compound is a compound file with one stream of at most 60 KiB.
func compound(name string, stream []byte) []byte {
	const free, endOfChain, fatSector = 0xffffffff, 0xfffffffe, 0xfffffffd
	for len(stream) < 4096 || len(stream)%512 != 0 { // shorter ones would go to the mini stream
		stream = append(stream, 0)
	}
	le := binary.LittleEndian
	var b []byte
	b = append(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"...)
	b = append(b, make([]byte, 16)...)
	for _, v := range []uint16{0x3e, 3, 0xfffe, 9, 6, 0, 0, 0} {
		b = le.AppendUint16(b, v)
	}
	for _, v := range []uint32{0, 1, 1, 0, 4096, endOfChain, 0, endOfChain, 0, 0} {
		b = le.AppendUint32(b, v)
	}
	for len(b) < 512 {
		b = le.AppendUint32(b, free)
	}
	n := uint32(len(stream) / 512)
	b = le.AppendUint32(b, fatSector)
	b = le.AppendUint32(b, endOfChain)
	for i := range n {
		next := uint32(i + 3)
		if i == n-1 {
			next = endOfChain
		}
		b = le.AppendUint32(b, next)
	}
	for len(b) < 1024 {
		b = le.AppendUint32(b, free)
	}
	entry := func(name string, kind byte, child, start, size uint32) {
		e := make([]byte, 128)
		for i, c := range name {
			le.PutUint16(e[2*i:], uint16(c))
		}
		le.PutUint16(e[64:], uint16(2*len(name)+2))
		e[66], e[67] = kind, 1
		le.PutUint32(e[68:], free)
		le.PutUint32(e[72:], free)
		le.PutUint32(e[76:], child)
		le.PutUint32(e[116:], start)
		le.PutUint32(e[120:], size)
		b = append(b, e...)
	}
	entry("Root Entry", 5, 1, endOfChain, 0)
	entry(name, 2, free, 2, uint32(len(stream)))
	b = append(b, make([]byte, 256)...)
	return append(b, stream...)
}

// rec is one BIFF record of 16-bit and 8-bit values, strings and floats.
func rec(id uint16, values ...any) []byte {
	var d []byte
	for _, v := range values {
		switch v := v.(type) {
		case int:
			d = binary.LittleEndian.AppendUint16(d, uint16(v))
		case uint32:
			d = binary.LittleEndian.AppendUint32(d, v)
		case byte:
			d = append(d, v)
		case float64:
			d = binary.LittleEndian.AppendUint64(d, math.Float64bits(v))
		case string:
			d = append(d, v...)
		}
	}
	b := binary.LittleEndian.AppendUint16(nil, id)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(d)))
	return append(b, d...)
}

// wide is a string as two bytes a character.
func wide(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

// oldBook is an xls: styles 0 General, 1 date, 2 a date of its own, shared strings 姓名, 高温合金 (cut
// by a CONTINUE record) and plain.
func oldBook(globals []byte, records ...[]byte) []byte {
	bof := func(kind int) []byte { return rec(0x809, 0x600, kind, 0, 0, uint32(0), uint32(0)) }
	head := slices.Concat(bof(5), globals,
		rec(0x41e, 164, 10, byte(1), wide(`yyyy"年"m"月`)),
		rec(0xe0, 0, 0), rec(0xe0, 0, 14), rec(0xe0, 0, 164),
		rec(0xfc, uint32(3), uint32(3), 2, byte(1), wide("姓名"), 4, byte(1), wide("高温")),
		rec(0x3c, byte(1), wide("合金"), 5, byte(8), 1, "plain", uint32(0)))
	bound := func(at int) []byte { return rec(0x85, uint32(at), byte(0), byte(0), byte(2), byte(1), wide("台账")) }
	at := len(head) + len(bound(0)) + len(rec(0xa))
	return slices.Concat(head, bound(at), rec(0xa), bof(0x10), slices.Concat(records...), rec(0xa))
}

func TestXLSCells(t *testing.T) {
	special := func(kind, v byte) string { return string([]byte{kind, 0, v, 0, 0, 0, 0xff, 0xff}) }
	stream := oldBook(nil,
		rec(0x208, 2, 0, 0, 0, 0, 0, 0x20, 0), // row 3 is hidden
		rec(0xfd, 0, 0, 0, uint32(0)), rec(0xfd, 0, 1, 0, uint32(1)), rec(0xfd, 0, 2, 0, uint32(2)),
		rec(0x203, 1, 0, 1, 46203.0), rec(0x203, 1, 1, 2, 46203.5), rec(0x203, 1, 2, 0, 46203.0),
		rec(0x27e, 2, 0, 0, uint32(1234<<2|3)), rec(0xbd, 2, 1, 0, uint32(5<<2|2), 1, uint32(46203<<2|2), 2),
		rec(0x006, 3, 0, 0, 1.5, 0, uint32(0), 0), rec(0x006, 3, 1, 0, special(0, 0), 0, uint32(0), 0), rec(0x207, 2, byte(1), wide("文本")), rec(0x006, 3, 2, 0, special(1, 1), 0, uint32(0), 0),
		rec(0x205, 4, 0, 0, byte(0x17), byte(1)), rec(0x205, 4, 1, 0, byte(0), byte(0)), rec(0x006, 4, 2, 0, special(2, 42), 0, uint32(0), 0),
		rec(0x204, 5, 1, 0, 2, byte(1), wide("标签")), rec(0x203, 5, 2, 1, 60.0),
		rec(0x809, 0x600, 0x20), rec(0x203, 9, 9, 0, 1.0), rec(0xa), // a chart
		rec(0xe5, 1, 0, 1, 0, 0),
	)
	f := open(t, write(t, "a.xls", compound("Workbook", stream)), source.Options{Header: "none"})
	var got strings.Builder
	for _, r := range all(t, f.Tables()[0]) {
		for i, c := range r.Cells {
			fmt.Fprintf(&got, "%s=%s/%d ", r.Origin.Cell(i), c.Text, c.Kind)
		}
	}
	want := "A1=姓名/1 B1=高温合金/1 C1=plain/1 " +
		"A2=2026-06-30/3 B2=2026-06-30 12:00:00/3 C2=46203/2 " +
		"A3=12.34/2 B3=5/2 C3=2026-06-30/3 " +
		"A4=1.5/2 B4=文本/1 C4=TRUE/4 " +
		"A5=#REF!/5 B5=FALSE/4 C5=#N/A/5 " +
		"A6=/0 B6=标签/1 C6=60/6 "
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	if n := f.Notes(); len(n) != 3 || n[0].Rule != "row_hidden" || n[0].Row != 3 || n[1].Rule != "merged_rows" || n[2].Rule != "merged_over" {
		t.Errorf("got %+v, want row 3 hidden, rows 1 and 2 merged, a value below that", n)
	}
}

// Rows that are not written from the first to the last, some in several pieces, are read in their order.
func TestXLSRowsInAnyOrder(t *testing.T) {
	text := string([]byte{0, 0, 0, 0, 0, 0, 0xff, 0xff})
	stream := oldBook(nil,
		rec(0x203, 2, 0, 0, 1.0), rec(0x006, 2, 1, 0, text, 0, uint32(0), 0), rec(0x207, 2, byte(1), wide("文本")),
		rec(0xfd, 0, 0, 0, uint32(0)), rec(0x203, 3, 0, 0, 4.0),
		rec(0x809, 0x600, 0x20), rec(0x203, 9, 9, 0, 1.0), rec(0xa), // a chart
		rec(0xfd, 0, 1, 0, uint32(1)), rec(0x208, 3, 0, 0, 0, 0, 0, 0x20, 0), rec(0x203, 1, 1, 0, 3.0), rec(0x203, 1, 0, 0, 2.0),
	)
	f := open(t, write(t, "a.xls", compound("Workbook", stream)), source.Options{})
	if got := plain(t, f.Tables()[0]); got != "姓名|高温合金\n2:2|3\n3:1|文本\n4:4\n" {
		t.Errorf("got %q", got)
	}
	if n := f.Notes(); len(n) != 1 || n[0].Rule != "row_hidden" || n[0].Row != 4 {
		t.Errorf("got %+v, want row 4 hidden", n)
	}
	forth := oldBook(nil, rec(0x203, 5, 0, 0, 1.0), rec(0x203, 4, 0, 0, 1.0))
	if r := refusal(t, write(t, "b.xls", compound("Workbook", forth[:len(forth)-4])), source.Options{Header: "none"}); r.Rule != "damaged" {
		t.Errorf("cut off: got %s", r.Rule)
	}
}

func TestXLSHeader(t *testing.T) {
	stream := oldBook(rec(0x22, 1), // 1904
		rec(0x204, 0, 0, 0, 1, byte(0), "a"), rec(0x204, 0, 1, 0, 1, byte(0), "b"),
		rec(0x204, 1, 1, 0, 1, byte(0), "c"), rec(0x204, 1, 2, 0, 1, byte(0), "d"),
		rec(0x203, 2, 0, 1, 46203.0-1462), rec(0x203, 2, 1, 0, 1.0), rec(0x203, 2, 2, 0, 2.0),
		rec(0xe5, 2, 0, 1, 0, 0, 0, 0, 1, 2),
		rec(0x7d, 0, 0, 2560, 0, 0), rec(0x7d, 1, 1, 2560, 0, 1), rec(0x7d, 2, 255, 0, 0, 0),
	)
	f := open(t, write(t, "a.xls", compound("Workbook", stream)), source.Options{})
	if got := plain(t, f.Tables()[0]); got != "a|b/c|b/d\n3:2026-06-30|1|2\n" {
		t.Errorf("got %q", got)
	}
	if n := f.Notes(); len(n) != 1 || n[0].Text.Zh != "2 个隐藏列，已照常读取（B、C 列）" {
		t.Errorf("got %+v, want B hidden and C without width", n)
	}
}

func TestXLSRefused(t *testing.T) {
	book := oldBook(nil, rec(0x203, 0, 0, 0, 1.0))
	for _, c := range []struct {
		name, rule string
		content    []byte
	}{
		{"encrypted", "password", compound("Workbook", oldBook(rec(0x2f, 1, 1)))},
		{"excel 95", "old_excel", compound("Book", book)},
		{"word", "not_a_table", compound("WordDocument", book)},
		{"powerpoint", "not_a_table", compound("PowerPoint Document", book)},
		{"message", "not_a_table", compound("__properties_version1.0", book)},
		{"no workbook", "damaged", compound("Workbook", []byte("nonsense"))},
		{"cut in the sheet", "damaged", compound("Workbook", append(book[:len(book)-4:len(book)-4], 0xff, 0xff, 0xff, 0xff))},
		{"a string that is not there", "damaged", compound("Workbook", oldBook(nil, rec(0xfd, 0, 0, 0, uint32(9))))},
		{"excel 4", "old_excel", []byte("\x09\x04\x06\x00\x00\x00\x10\x00")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := refusal(t, write(t, "台账.xls", c.content), source.Options{Header: "none"}); r.Rule != c.rule {
				t.Errorf("got %s (%v), want %s", r.Rule, r, c.rule)
			}
		})
	}
	// a workbook has no delimiter that could be to blame
	over := write(t, "台账.xls", compound("Workbook", oldBook(nil, rec(0x203, 0, 9, 0, 1.0))))
	r := refusal(t, over, source.Options{Header: "none", Limits: source.Limits{RecordBytes: 1 << 16, Columns: 5}})
	if r.Rule != "columns" || strings.Contains(r.Remedy.Zh, "分隔符") || !strings.Contains(r.Remedy.Zh, "行列是否颠倒") {
		t.Errorf("too many columns: %s, %s", r.Rule, r.Remedy.Zh)
	}
}

// Letters that a font strikes through and cells that are crossed out are told of their rows, and texts say how far they are set in.
func TestXLSLooks(t *testing.T) {
	fonts := slices.Concat(rec(0x31, 200, 0), rec(0x31, 200, 0), rec(0x31, 200, 0), rec(0x31, 200, 0), rec(0x31, 200, 8))
	xf := func(font int, to, indent byte, sides, diagonal uint32) []byte {
		return rec(0xe0, font, 0, 0, to, byte(0), indent, byte(0), sides, diagonal, 0)
	}
	stream := oldBook(slices.Concat(fonts, xf(0, 0, 0, 0, 0), xf(5, 1, 2, 0, 0), xf(0, 3, 2, 0, 0), xf(0, 0, 0, 3<<30, 1<<21), xf(0, 0, 0, 3<<30, 0)),
		rec(0x204, 0, 0, 0, 1, byte(0), "a"), rec(0x204, 0, 1, 0, 1, byte(0), "b"),
		rec(0x204, 1, 0, 1, 1, byte(0), "c"), rec(0x203, 1, 1, 0, 1.0),
		rec(0x204, 2, 0, 2, 1, byte(0), "d"), rec(0x203, 2, 1, 3, 1.0),
		rec(0x204, 3, 0, 4, 1, byte(0), "e"), rec(0x203, 3, 1, 0, 1.0),
		rec(0x06, 4, 0, 1, 0, 0, 0, 0xffff), rec(0x207, 1, byte(0), "f"), rec(0x203, 4, 1, 0, 1.0), // the text of a formula
	)
	f := open(t, write(t, "a.xls", compound("Workbook", stream)), source.Options{})
	var indents []uint8
	for _, r := range all(t, f.Tables()[0]) {
		indents = append(indents, r.Cells[0].Indent)
	}
	if !slices.Equal(indents, []uint8{2, 0, 0, 2}) {
		t.Errorf("set in by %v", indents)
	}
	if n := f.Notes(); len(n) != 1 || n[0].Rule != "row_struck" || !strings.Contains(n[0].Text.Zh, "第 2、3、5 行") {
		t.Errorf("got %+v, want rows 2, 3 and 5 struck", n)
	}
}

// The comments of an old workbook, the prompts of its cells, its text boxes and the heads of its pages are heard as those of a new one.
func TestXLSBeside(t *testing.T) {
	text := func(s string) string { // with its length and its flags before it
		return string(binary.LittleEndian.AppendUint16(nil, uint16(len([]rune(s))))) + "\x01" + wide(s)
	}
	object := func(kind, id int, says string) []byte {
		anchor := string(binary.LittleEndian.AppendUint16(nil, 0)) + "\x10\xf0" + "\x12\x00\x00\x00" + "\x00\x00\x01\x00\x00\x00" + "\x06\x00" + strings.Repeat("\x00", 10) // from row 7 on
		return slices.Concat(rec(0xec, anchor), rec(0x5d, 0x15, 0x12, kind, id, 0, uint32(0), uint32(0), uint32(0), uint32(0)),
			rec(0x1b6, 0, 0, 0, 0, 0, len([]rune(says)), 16, 0, 0), rec(0x3c, "\x01"+wide(says)), rec(0x3c, uint32(0), uint32(0), uint32(0), uint32(0)))
	}
	prompt := func(says string, flags uint32, top, bottom, column int) []byte {
		return rec(0x1be, flags, text("提示"), text("\x00"), text(says), text("\x00"), 3, 0, "\x1e\x00\x00", 0, 0, 1, top, bottom, column, column)
	}
	stream := oldBook(nil,
		rec(0x14, text("&C单位：千元")), rec(0x15, text("&C第 &P 页")),
		rec(0xfd, 0, 0, 0, uint32(0)), rec(0x204, 0, 1, 0, 2, byte(1), wide("金额")), rec(0x204, 0, 2, 0, 2, byte(1), wide("税额")),
		rec(0xfd, 1, 0, 0, uint32(2)), rec(0x203, 1, 1, 0, 5.0), rec(0x203, 1, 2, 0, 5.0),
		object(6, 1, "数据未审定，勿用"), object(0x19, 2, "李:\r法人已核"), object(0x19, 3, "应为86"), object(8, 4, ""),
		rec(0x1c, 1, 0, 0, 2, 1, byte(0), "x"), rec(0x1c, 1, 1, 0, 3, 1, byte(0), "x"),
		prompt("请以元为单位填写", 1<<18, 1, 20, 1), prompt("请以亿元为单位填写", 0, 1, 20, 2),
	)
	f := open(t, write(t, "a.xls", compound("Workbook", stream)), source.Options{})
	table, told := f.Tables()[0], ""
	all(t, table)
	for _, n := range f.Notes() {
		told += n.Text.Zh + "\n"
	}
	for _, want := range []string{"B2 的批注“应为86”说", "A2 “法人已核”", "第 7 行处的文本框“数据未审定，勿用”", "1 张图片", "页眉页脚“单位：千元”", "B 列的输入提示“提示 请以元为单位填写”给出了这一列的单位"} {
		if !strings.Contains(told, want) {
			t.Errorf("nothing says %s:\n%s", want, told)
		}
	}
	if h := table.Header(); len(h) < 3 || h[1] != "金额（元）" || h[2] != "税额" || !slices.Contains(table.Around(), "单位：千元") {
		t.Errorf("header %q, around %q", h, table.Around())
	}
	for cut := len(stream) - 900; cut < len(stream); cut += 7 { // whatever of it is there
		if f, err := source.Open(t.Context(), write(t, "cut.xls", compound("Workbook", stream[:cut])), source.Options{}); err == nil {
			f.Close()
		}
	}
}
