package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// everywhere are the tables in which nothing of a person may stand that was sent in a wrong place.
var everywhere = []string{"meta.ledger", "meta.runs", "meta.rejects", "meta.damage", "store.moves", "mart.moves", "store.register", "store.prices"}

// nowhere fails where one of the secrets stands in a table, or in what was said.
func nowhere(t *testing.T, l *Loader, said string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if i := strings.Index(said, secret); i >= 0 {
			t.Errorf("%s was said: …%s", secret, said[max(0, i-80):min(len(said), i+80)])
		}
		for _, table := range everywhere {
			got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count() from "+table+" where position(toString(tuple(*)), '"+secret+"') > 0"))
			if got != "0" {
				t.Errorf("%s stands in %s rows of %s", secret, got, table)
			}
		}
	}
}

// The number of a person in any column of text is hidden, however it is written and whatever the column is
// for, and the run tells in which cells; two that differ stay two.
func TestNumbersInTextColumns(t *testing.T) {
	l, log := testLoader(t)
	number, old, phone := person(7), "331082900101123", "13800138000"
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, phone)
	text := "编号,企业名称,职工人数\n1,甲公司" + phone + ",1\n2,乙公司 " + number[:6] + " " + number[6:14] + "-" + number[14:] + ",2\n" +
		phone + ",丙,3\n" + "13900139000,丁" + wide + ",4\n5,戊 0571-87052114,5\n6,己" + old + ",6\n7,庚公司2026年6月1日合同HT-2026-00123,7\n"
	out := mustLoad(t, l, Request{Path: file(t, "人社局_企业名录_2026年6月.csv", text), Dataset: "register"})
	if out.State != Published || out.Counts.Loaded != 7 {
		t.Fatalf("got %+v", out)
	}
	said := fmt.Sprintf("%+v %s", out, log)
	nowhere(t, l, said, phone, wide, number[6:14], old, "87052114", "13900139000")
	notes := fmt.Sprint(out.Notes)
	for _, want := range []string{"列“企业名称”有 5 格写了身份证号或电话号码，已遮盖：B2、B3、B5、B6、B7", "列“编号”有 2 格写了身份证号或电话号码，已遮盖：A4、A5"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes lack %q: %s", want, notes)
		}
	}
	got := warehousetest.TSV(t, l.DB, warehouse.SQL("select uniqExact(code), countIf(title = '庚公司2026年6月1日合同HT-2026-00123') from store.register"))
	if got != "7\t1" {
		t.Errorf("codes that differ, and the row without a number: got %s", got)
	}
	plan, err := l.Plan(t.Context(), Request{Path: file(t, "人社局_企业名录_2026年7月.csv", text), Dataset: "register"})
	if s := fmt.Sprintf("%+v", plan); err != nil || strings.Contains(s, phone) || !strings.Contains(s, "已遮盖") {
		t.Errorf("plan: %v, %s", err, s)
	}
	// words of a dictionary, too
	moved := movesHeader + person(1) + ",张三,2026-06-01,引进," + phone + ",1,1\n" + person(2) + ",李四 " + phone + ",2026-06-01,引进,甲,1,1\n" + person(3) + ",李四,2026-06-01," + phone + ",甲,1,1\n"
	out = mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年6月.csv", moved)})
	nowhere(t, l, fmt.Sprintf("%+v %s", out, log), phone)
	if notes := fmt.Sprint(out.Notes); !strings.Contains(notes, "列“环节”有 1 格") || !strings.Contains(notes, "列“姓名”有 1 格") {
		t.Errorf("notes: %s", notes)
	}
}

// A person who is named by the name of a file, a folder or a sheet, or by a refused cell, is named nowhere afterwards.
func TestPersonsInNames(t *testing.T) {
	l, log := testLoader(t)
	rows := func(names ...string) string {
		text := movesHeader
		for i, n := range names {
			text += fmt.Sprintf("%s,%s,2026-06-01,引进,甲,1,%d\n", person(i+1), n, i)
		}
		return text
	}
	said := ""
	for i, c := range []struct{ display, text string }{
		{"王小明_引进与流出_2026年6月.csv", rows("某")},                     // by its form
		{"欧阳秘密测试/人社局_引进与流出_2026年6月.csv", rows("欧阳秘密测试", "某")},    // by the file's own column
		{"科技局_引进与流出_2026年6月_闵秘测的表.csv", rows("某某", "闵秘测", "某某")}, // a surname that no list has
	} {
		out := mustLoad(t, l, Request{Path: file(t, fmt.Sprint("x", i, ".csv"), c.text), Display: c.display})
		if out.State != Published || !strings.Contains(out.File, "***") || !strings.Contains(fmt.Sprint(out.Notes), "人名") {
			t.Errorf("%s: got %+v", c.display, out)
		}
		said += fmt.Sprintf("%+v", out)
		again := mustLoad(t, l, Request{Path: file(t, fmt.Sprint("x", i, ".csv"), c.text), Display: c.display})
		if again.State != Unchanged || again.File != out.File {
			t.Errorf("%s again: got %s as %s, want the same under %s", c.display, again.State, again.File, out.File)
		}
	}
	path := filepath.Join(t.TempDir(), "财政局_引进与流出_2026年6月.xlsx")
	data := book(t, "", func(x *excelize.File) {
		x.SetSheetName("Sheet1", "陈小丽")
		x.SetCellValue("陈小丽", "D3", "欧阳秘密测试") // in the column of codes
	})
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out := mustLoad(t, l, Request{Path: path})
	said += fmt.Sprintf("%+v %s", out, log)
	if out.Counts.Rejected != 1 {
		t.Errorf("got %s", out.Identity("zh"))
	}
	for _, secret := range []string{"王小明", "欧阳秘密测试", "闵秘测", "陈小丽"} {
		if strings.Contains(said, secret) {
			t.Errorf("%s was said: %s", secret, said)
		}
	}
	for _, table := range []string{"meta.ledger", "meta.runs", "meta.rejects", "(select _file, _sheet from store.moves)"} {
		got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count() from "+table+" where multiSearchAny(toString(tuple(*)), ['王小明', '欧阳秘密测试', '闵秘测', '陈小丽'])"))
		if got != "0" {
			t.Errorf("a name stands in %s rows of %s", got, table)
		}
	}
	if got := l.Shown("收件/王小明_引进与流出.csv"); strings.Contains(got, "王小明") {
		t.Errorf("shown: %s", got)
	}
}

// A unit that was published under a name keeps it: the file is not another one because names are hidden now.
func TestNamesOfEarlierBuilds(t *testing.T) {
	l, _ := testLoader(t)
	out := mustLoad(t, l, Request{Path: file(t, "钼价.csv", "品名,单价\n钼,3\n"), Dataset: "prices"})
	if err := warehouse.Append(t.Context(), l.DB, "meta.ledger", Entry{Seq: 1, Batch: out.Batch, Dataset: "prices", Unit: "张伟.csv", State: Published, File: "张伟.csv", Sender: "高家"}); err != nil {
		t.Fatal(err)
	}
	if got := l.Shown("张伟.csv"); got == "张伟.csv" {
		t.Fatalf("got %s before the ledger was read", got)
	}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := l.Shown("张伟.csv"); got != "张伟.csv" {
		t.Errorf("got %s", got)
	}
	if got := l.Shown("高家_引进与流出.csv"); got != "高家_引进与流出.csv" {
		t.Errorf("a sender: got %s", got)
	}
	// a process that has not read the ledger when it started, as yanzhen load beside a server, and one that did before
	other := &Loader{Ledger: l.Ledger, Catalog: l.Catalog, Key: l.Key, Spool: l.Spool, Log: l.Log, Senders: []string{"厉宅"}}
	if got := other.begin(t.Context(), Request{Path: "高家_引进与流出.csv"}).display; got != "高家_引进与流出.csv" {
		t.Errorf("another process: got %s", got)
	}
	if err := warehouse.Append(t.Context(), l.DB, "meta.ledger", Entry{Seq: 2, Dataset: "prices", Unit: "x", State: Published, File: "x.csv", Sender: "黄宅"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"黄宅_引进与流出.csv", "厉宅_引进与流出.csv"} {
		if got := other.begin(t.Context(), Request{Path: name}).display; got != name {
			t.Errorf("a sender: got %s", got)
		}
	}
	if got := l.Shown("高兴_引进与流出.csv"); !strings.Contains(got, "***") {
		t.Errorf("nobody: got %s", got)
	}
}

// The person of a view is sixteen hexadecimal digits, of a table that an earlier build made too.
func TestPersonIsText(t *testing.T) {
	l, _ := testLoader(t)
	mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年6月.csv", moves(300, "2026-06"))})
	// as the view of an earlier build
	sql := strings.Replace(l.Dataset("moves").ViewDDL(), "lower(leftPad(hex(rows.`person`), 16, '0'))", "rows.`person`", 1)
	if err := l.DB.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
		t.Fatal(err)
	}
	const ask = "select toTypeName(any(person)), uniqExact(person), min(length(person)), countIf(match(person, '^[0-9a-f]{16}$')), countIf(reinterpretAsUInt64(reverse(unhex(person))) in (select person from store.moves)) from mart.moves"
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := warehousetest.TSV(t, l.DB, warehouse.SQL(ask)); got != "String\t300\t16\t300\t300" {
		t.Errorf("got %s", got)
	}
}
