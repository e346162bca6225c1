package pipeline

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/stream"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// book writes a workbook of dataset moves and returns its bytes.
func book(t *testing.T, password string, change func(x *excelize.File)) []byte {
	t.Helper()
	x := excelize.NewFile()
	x.SetSheetRow("Sheet1", "A1", &[]any{"身份证号", "姓名", "日期", "流向", "环节", "人数", "薪资"})
	for r := range 5 {
		x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", r+2), &[]any{person(r), "张三", "2026-06-01", "引进", "a", 1, 1000 + r})
	}
	if change != nil {
		change(x)
	}
	var b bytes.Buffer
	if err := x.Write(&b, excelize.Options{Password: password}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// foreign are words of parsers, of the database and of the system, which are for the log alone.
var foreign = regexp.MustCompile(`(?i)flate|zip:|corrupt|EOF|xml|DB::|exception|code:|query|panic|runtime|errno|permission|no such`)

// changed is a workbook in whose first sheet the compressed bytes were changed, so that the sums of the archive are not reached.
func changed(t *testing.T, book []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.Clone(book)
	for _, f := range z.File {
		if at, err := f.DataOffset(); err == nil && f.Name == "xl/worksheets/sheet1.xml" {
			out[at] = 0xff // a block of a kind that there is not
			return out
		}
	}
	t.Fatal("no sheet")
	return nil
}

// What strangers send: a clear refusal, or the good rows load and the bad ones are listed; what
// was published stays, nothing panics or hangs, and memory is bounded.
func TestBadInput(t *testing.T) {
	l, log := testLoader(t)
	load(t, l, 100, "2026-06")
	good := book(t, "", nil)
	wide := strings.Repeat("列,", 100_000)
	header := strings.TrimSpace(movesHeader)
	row := func(n int) string { return person(n) + ",张三,2026-06-02,引进,a,1,1000\n" }
	bomb := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		r, _ := zip.NewReader(bytes.NewReader(good), int64(len(good)))
		for _, f := range r.File {
			w, _ := z.Create(f.Name)
			if f.Name == "xl/worksheets/sheet1.xml" {
				io.WriteString(w, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`)
				chunk := bytes.Repeat([]byte("身"), 1<<18)
				for range 100 {
					w.Write(chunk)
				}
				continue
			}
			src, _ := f.Open()
			io.Copy(w, src)
		}
		z.Close()
		return b.Bytes()
	}()
	cases := []struct {
		name   string // what is wrong
		file   string
		data   []byte
		state  State
		code   string // of the problem
		words  string // in the Chinese message
		bad    uint64 // rows refused
		loaded uint64
	}{
		{"empty", "a.csv", nil, Failed, "empty_file", "0 字节", 0, 0},
		{"blank", "a.csv", []byte("\n\n  \n"), Failed, "", "", 0, 0},
		{"header only", "a.csv", []byte(movesHeader), Failed, "no_rows", "没有数据行", 0, 0},
		{"totals only", "a.csv", []byte(movesHeader + "合计,,,,,5,\n"), Failed, "no_rows", "没有数据行", 0, 0},
		{"half a zip", "a.xlsx", good[:len(good)/2], Failed, "", "", 0, 0},
		{"zip without end", "a.xlsx", good[:len(good)-10], Failed, "", "", 0, 0},
		{"zip of something else", "a.xlsx", func() []byte {
			var b bytes.Buffer
			z := zip.NewWriter(&b)
			w, _ := z.Create("readme.txt")
			io.WriteString(w, "no workbook")
			z.Close()
			return b.Bytes()
		}(), Failed, "", "", 0, 0},
		{"encrypted, no password", "a.xlsx", book(t, "秘密", nil), Failed, "", "密码", 0, 0},
		{"a sheet whose bytes were changed", "a.xlsx", changed(t, good), Failed, "damaged", "损坏", 0, 0},
		{"zip bomb in one cell", "a.xlsx", bomb, Failed, "", "", 0, 0},
		{"100,000 columns", "a.csv", []byte(wide + "\n" + wide + "\n"), Failed, "columns", "列", 0, 0},
		{"one endless line", "a.csv", []byte(header + "\n" + strings.Repeat("long", 6<<20)), Failed, "record_size", "", 0, 0},
		{"unclosed quote", "a.csv", []byte(movesHeader + row(1) + person(2) + ",\"张三,2026-06-02,引进,a,1,1\n" + strings.Repeat(row(3), 50)), Published, "", "", 0, 52},
		{"unclosed quote, cells missing", "a.csv", []byte(movesHeader + row(1) + person(2) + ",\"张三,2026-06-02\n" + strings.Repeat(row(3), 50)), Published, "", "", 1, 51},
		{"NUL bytes", "a.csv", []byte(movesHeader + strings.Replace(row(1), "张三", "张\x00三", 1) + strings.Repeat(row(2), 59)), Published, "", "", 0, 60},
		{"picture named csv", "a.csv", append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), make([]byte, 4096)...), Failed, "", "", 0, 0},
		{"csv named xlsx", "a.xlsx", []byte(moves(60, "2026-06")), Published, "", "", 0, 60},
		{"workbook named csv", "a.csv", book(t, "", func(x *excelize.File) {
			for r := range 60 {
				x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", r+2), &[]any{person(r), "张三", "2026-06-03", "引进", "a", 1, 1000})
			}
		}), Published, "", "", 0, 60},
		{"web page named xls", "a.xls", []byte("<html><head><meta charset=\"utf-8\"></head><body><table><tr><td>身份证号</td></tr></table></body></html>"), Failed, "", "", 0, 0},
		{"formula errors", "a.xlsx", book(t, "", func(x *excelize.File) {
			for r := range 60 {
				x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", r+2), &[]any{person(r), "张三", "2026-06-04", "引进", "a", 1, 1000})
			}
			x.SetCellValue("Sheet1", "G4", nil)
			x.SetCellFormula("Sheet1", "G4", "A1/0")
			x.SetCellValue("Sheet1", "C6", "#REF!")
		}), Published, "", "", 2, 58},
		{"wrong header", "a.csv", []byte("姓名,单位\n甲,乙\n"), Failed, "", "身份证号", 0, 0},
		{"a header twice", "a.csv", []byte("身份证号,日期,日期,环节\n" + person(1) + ",2026-06-01,2026-06-02,a\n"), Failed, "header", "两个表头", 0, 0},
		{"every row bad", "a.csv", []byte(movesHeader + strings.Repeat("123,张三,昨天,引进,a,1,1\n", 30)), Failed, "no_good_rows", "30 行全部被拒收", 30, 0},
		{"bad cells among good rows", "a.csv", []byte(moves(60, "2026-06") + "110105194912310021,张三,2026-06-02,引进,a,1,1\n" + person(90) + ",张三,2026-13-02,引进,a,约300,1\n"), Published, "", "", 2, 60},
		{"ragged rows", "a.csv", []byte(moves(60, "2026-06") + "a,b\n" + strings.Repeat("x,", 20) + "\n"), Published, "", "", 2, 60},
		{"undecodable bytes", "a.csv", append([]byte(moves(60, "2026-06")), []byte(person(70)+",\xff\xfe\xfd,2026-06-02,引进,a,1,1\n")...), Published, "", "", 1, 60},
	}
	var peak runtime.MemStats
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // the collector's slack is not what is measured
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "人社局_引进与流出_2026年6月"+filepath.Ext(c.file))
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			before, sum := visible(t, l.DB)
			done := make(chan struct{})
			var out Outcome
			var err error
			go func() {
				defer close(done)
				out, err = l.Load(t.Context(), Request{Path: path, Dataset: "moves", Display: fmt.Sprintf("%d/%s", i, filepath.Base(path))})
			}()
			select {
			case <-done:
			case <-time.After(time.Minute):
				t.Fatal("the load hangs")
			}
			runtime.ReadMemStats(&peak)
			if c.state != "" && out.State != c.state {
				t.Fatalf("got %s, %v (%+v), want %s", out.State, err, out.Problem, c.state)
			}
			if s := out.Counts; s.Read != s.Loaded+s.Rejected+s.Excluded+s.Duplicates {
				t.Errorf("counts do not add up: %s", out.Identity("en"))
			}
			var p *Problem
			switch out.State {
			case Failed:
				if !errors.As(err, &p) || p != out.Problem || Temporary(err) {
					t.Fatalf("a refused file gives %T %v, want a *Problem", err, err)
				}
				if p.Text.Zh == "" || p.Text.En == "" || p.Remedy.Zh == "" || p.Remedy.En == "" {
					t.Errorf("not all is said: %+v", p)
				}
				if foreign.MatchString(p.Text.Zh + p.Remedy.Zh) {
					t.Errorf("a sender is told the words of a parser: %s; %s", p.Text.Zh, p.Remedy.Zh)
				}
				if c.code != "" && p.Code != c.code || !strings.Contains(p.Text.Zh, c.words) {
					t.Errorf("got %s %q, want %s with %q", p.Code, p.Text.Zh, c.code, c.words)
				}
				wantVisible(t, l.DB, before, sum)
			case Published:
				if out.Counts.Loaded != c.loaded && c.state != "" || out.Counts.Rejected != c.bad {
					t.Errorf("got %s, want loaded %d, rejected %d", out.Identity("en"), c.loaded, c.bad)
				}
				rejects, err := l.Rejects(t.Context(), out.Run, 0, 0)
				if err != nil || uint64(len(rejects)) != out.Stored || out.Stored < c.bad {
					t.Errorf("%d rejects are stored, %v; want %d", len(rejects), err, out.Stored)
				}
				for _, r := range rejects {
					if r.Row == 0 || r.Rule == "" || r.ReasonZh == "" || r.ReasonEn == "" || r.RemedyZh == "" || r.RemedyEn == "" {
						t.Errorf("not all is said of a reject: %+v", r)
					}
					if strings.Contains(r.Raw, "110105194912310021") {
						t.Errorf("a reject holds an identity number: %+v", r)
					}
				}
			}
			run, ok, err := l.Run(t.Context(), out.Run)
			if err != nil || !ok || run.State != out.State || run.MessageZh == "" || run.MessageEn == "" {
				t.Errorf("run: got %+v, %v", run, err)
			}
		})
	}
	if !strings.Contains(log.String(), "flate: corrupt input") {
		t.Error("the log does not say what was wrong with the changed sheet")
	}
	for _, mark := range []string{"1101011990", "11010519491231", "张三"} {
		if strings.Contains(log.String(), mark) {
			t.Errorf("the log holds personal data (%s)", mark)
		}
	}
	if heap := peak.HeapSys >> 20; heap > 512 {
		t.Errorf("the heap grew to %d MiB", heap)
	}
	// the right password opens it; the wrong one says so
	path := filepath.Join(t.TempDir(), "人社局_引进与流出_2026年5月.xlsx")
	if err := os.WriteFile(path, book(t, "秘密", func(x *excelize.File) {
		for r := range 5 {
			x.SetCellValue("Sheet1", fmt.Sprintf("C%d", r+2), "2026-05-01")
		}
	}), 0o600); err != nil {
		t.Fatal(err)
	}
	var p *Problem
	if _, err := l.Load(t.Context(), Request{Path: path, Password: "猜的"}); !errors.As(err, &p) || p.Code != "password" {
		t.Errorf("wrong password: got %v", err)
	}
	if out := mustLoad(t, l, Request{Path: path, Password: "秘密"}); out.State != Published || out.Counts.Loaded != 5 {
		t.Errorf("right password: got %+v", out)
	}
	if _, err := l.Load(t.Context(), Request{Path: t.TempDir()}); !errors.As(err, &p) {
		t.Errorf("a folder: got %v", err)
	}
	if _, err := l.Load(t.Context(), Request{Path: filepath.Join(t.TempDir(), "gone.csv")}); !errors.As(err, &p) || p.Code != "file_gone" {
		t.Errorf("no file: got %v", err)
	}
	// nothing of a refused file waits for anything: all of it is swept
	if _, err := l.Sweep(t.Context(), Retention{Held: time.Nanosecond, Superseded: time.Nanosecond}); err != nil {
		t.Fatal(err)
	}
	if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count() - (select count() from mart.moves) from store.moves")); got != "0" {
		t.Errorf("hidden rows after the sweep: got %v", got)
	}
}

// One byte in a thousand that cannot be decoded holds a text back; a person may publish its good rows.
func TestUndecodable(t *testing.T) {
	l, _ := testLoader(t)
	text := moves(60, "2026-06")
	for i := range 12 {
		text += person(70+i) + ",\xff三,2026-06-02,引进,a,1,1\n"
	}
	path := file(t, "人社局_引进与流出_2026年6月.csv", text)
	plan, err := l.Plan(t.Context(), Request{Path: path})
	if err != nil || len(plan.Problems) != 1 || plan.Problems[0].Code != "undecodable" {
		t.Errorf("plan: got %+v, %v", plan.Problems, err)
	}
	out := mustLoad(t, l, Request{Path: path})
	if out.State != Held || out.Problem.Code != "undecodable" || out.Counts.Rejected != 12 || !strings.Contains(out.Problem.Text.En, " 12 of ") {
		t.Fatalf("got %+v", out)
	}
	wantVisible(t, l.DB, 0, 0)
	if _, err := l.Republish(t.Context(), "moves", out.Batch, Why{}); err != nil {
		t.Fatal(err)
	}
	wantVisible(t, l.DB, 60, pay(60))
}

// A copy of a row on another sheet of the workbook is a copy too.
func TestDuplicatesAcrossSheets(t *testing.T) {
	l, _ := testLoader(t)
	x := excelize.NewFile()
	defer x.Close()
	x.NewSheet("二月")
	for _, sheet := range []string{"Sheet1", "二月"} {
		x.SetSheetRow(sheet, "A1", &[]any{"品名", "单价"})
		x.SetSheetRow(sheet, "A2", &[]any{"钼粉", 3.5})
		x.SetSheetRow(sheet, "A3", &[]any{"钨粉" + sheet, 4})
	}
	path := filepath.Join(t.TempDir(), "价格.xlsx")
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	out := mustLoad(t, l, Request{Path: path, Dataset: "prices"})
	if c := out.Counts; out.State != Published || c.Read != 4 || c.Loaded != 3 || c.Duplicates != 1 {
		t.Errorf("got %s, %s", out.State, out.Identity("en"))
	}
}

// A file that is mostly holes is refused before it is copied.
func TestHollow(t *testing.T) {
	l, _ := testLoader(t)
	path := file(t, "人社局_引进与流出_2026年6月.csv", movesHeader)
	if err := os.Truncate(path, 20<<30); err != nil {
		t.Skip("no sparse files here: ", err)
	}
	began := time.Now()
	_, err := l.Load(t.Context(), Request{Path: path})
	var p *Problem
	if !errors.As(err, &p) || p.Code != "half_written" || p.Remedy.En == "" {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	left, err := os.ReadDir(l.Spool)
	if err != nil || len(left) > 0 {
		t.Errorf("the spool holds %v, %v", left, err)
	}
}

// A load that the database fails, for which its file is not to blame: its sender is told so in a plain sentence with what to do,
// and the database's words stand in the log beside the number of the run, and nowhere else.
func TestTrouble(t *testing.T) {
	l, log := testLoader(t)
	l.fault = func(at string) {
		if at == "staging" {
			if err := l.DB.Exec(t.Context(), warehouse.Statement{SQL: "alter table store.moves drop column pay", Tag: "test"}); err != nil {
				t.Error(err)
			}
		}
	}
	out, err := l.Load(t.Context(), Request{Path: file(t, "人社局_引进与流出_2026年6月.csv", moves(60, "2026-06"))})
	if out.State != Failed || !Temporary(err) {
		t.Fatalf("got %+v, %v", out, err)
	}
	run, _, err2 := l.Run(t.Context(), out.Run)
	if told := run.MessageZh + run.RemedyZh; err2 != nil || foreign.MatchString(told+run.MessageEn) || !strings.Contains(told, "请稍后再装入一次") || run.RemedyEn == "" {
		t.Errorf("the run says %q, %q, %v", told, run.MessageEn, err2)
	}
	said := ""
	for _, line := range strings.Split(log.String(), "\n") {
		if strings.Contains(line, "run="+out.Run) && strings.Contains(line, " err=") {
			said = line
		}
	}
	if !strings.Contains(said, "the table has no such column") {
		t.Errorf("the log says %q; the error is %v", said, err)
	}
}

// More refused cells than are kept: the first ones are, and the number of the others is told.
func TestManyRejects(t *testing.T) {
	l, _ := testLoader(t)
	var b strings.Builder
	b.WriteString(moves(20_000, "2026-06"))
	for i := range stream.MaxRejects + 500 {
		fmt.Fprintf(&b, "%s,李四,2026-06-02,引进,a,约3,1\n", person(i))
	}
	out := mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年6月.csv", b.String())})
	if out.State != Published || out.Counts.Rejected != stream.MaxRejects+500 || out.Stored != stream.MaxRejects || out.Rejects != stream.MaxRejects+500 {
		t.Errorf("got %s, stored %d of %d", out.Identity("en"), out.Stored, out.Rejects)
	}
	if n := len(out.Notes); n == 0 || !strings.Contains(out.Notes[n-1].Zh+out.Notes[0].Zh, "另有 500 条") {
		t.Errorf("notes: got %+v", out.Notes)
	}
	page, err := l.Rejects(t.Context(), out.Run, 10, stream.MaxRejects-5)
	if err != nil || len(page) != 5 || page[4].Nr != stream.MaxRejects || page[4].Row != 20_001+stream.MaxRejects {
		t.Errorf("last page: got %d, %v", len(page), err)
	}
}

// A sheet's name is kept with every row and every refused cell: the number of a person in it is
// masked like one in a file's name.
func TestSheetNameOfAPerson(t *testing.T) {
	l, log := testLoader(t)
	number := person(7)
	name := filepath.Join(t.TempDir(), "人社局_引进与流出_2026年6月.xlsx")
	data := book(t, "", func(x *excelize.File) {
		x.SetSheetName("Sheet1", "六月 "+number)
		x.SetCellValue("六月 "+number, "F3", "很多")
		x.NewSheet("空 " + number)
	})
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	req := Request{Path: name, Dataset: "moves", Sender: number}
	p, err := l.Plan(t.Context(), req)
	if text := fmt.Sprintf("%+v %v", p, err); strings.Contains(text, number) {
		t.Errorf("plan: got %s", text)
	}
	out, err := l.Load(t.Context(), req)
	if err != nil || out.Counts.Loaded != 4 || out.Counts.Rejected != 1 {
		t.Fatalf("got %+v, %v", out.Counts, err)
	}
	if text := fmt.Sprintf("%+v", out); strings.Contains(text, number) || strings.Contains(log.String(), number) {
		t.Errorf("load: got %s, %s", text, log)
	}
	var rows uint64
	if err := l.Ledger.DB.Row(t.Context(), warehouse.SQL("select count() from mart.moves where _sheet like '六月 ***%'"), &rows); err != nil || rows != 4 {
		t.Errorf("got %d rows of the masked sheet, %v", rows, err)
	}
}
