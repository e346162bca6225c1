package mapping_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/dashboard/mapping"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// What was confirmed is read so of that sender, told, and of nobody else; a column's own heading stands above it, and no heading of
// a column's own stands for another.
func TestMapping(t *testing.T) {
	cat, err := dataset.Load(fstest.MapFS{"datasets/list.yaml": {Data: []byte(`name: list
title: {zh: 名单, en: List}
about: {zh: 一行一项, en: One a row}
unit: [sender]
columns:
  - {name: code, title: {zh: 编号, en: Code}, type: string, required: true}
  - {name: amount, title: {zh: 金额, en: Amount}, type: float64}
  - {name: note, title: {zh: 说明, en: Note}, type: string, aliases: ['~备注.*']}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	ds, book := cat.Datasets["list"], mapping.Book{Dir: t.TempDir()}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), Mapped: book.Known, Confirmed: book.State}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	load := func(file, text string) (pipeline.Outcome, error) {
		path := filepath.Join(t.TempDir(), file)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return l.Load(t.Context(), pipeline.Request{Path: path, Display: file, Dataset: "list", Quiet: true})
	}
	shows := func(what, want string) {
		t.Helper()
		if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select code, amount from mart.list order by code")); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	told := func(o pipeline.Outcome) (all string) {
		for _, n := range o.Notes {
			all += n.Zh + "\n"
		}
		return all
	}
	confirm := func(sender, heading, column string) error {
		_, err := book.Confirm(ds, mapping.Mapping{Sender: sender, Heading: heading, Column: column, By: "wang", At: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)})
		return err
	}
	for _, m := range [][3]string{{"甲局", "编号", "amount"}, {"甲局", "金额（万元）", ""}, {"甲局", "金额（万元）", "note"}, {"甲局", "2.金额", "note"}, {"甲局", "基本信息/金额", "note"}, {"甲局", "备注一", "amount"}, {"甲局", "~.*", "amount"}, {"", "合计数", "amount"}, {"甲局", " ", "amount"}} {
		if err := confirm(m[0], m[1], m[2]); err == nil {
			t.Errorf("%q is taken", m)
		}
	}
	if _, err := load("甲局_名单.csv", "项目代号,拨付数,说明\nA1,1,x\n"); err == nil {
		t.Fatal("nothing was to be read yet")
	}
	for _, m := range [][3]string{{"甲局", "项目代号", "code"}, {"甲局", "拨付数", "note"}, {"甲局", "拨付数", "amount"}} { // the last word counts
		if err := confirm(m[0], m[1], m[2]); err != nil {
			t.Fatal(err)
		}
	}
	out, err := load("甲局_名单.csv", "项目代号,拨付数,说明\nA1,1,x\n")
	if err != nil || !strings.Contains(told(out), "“项目代号”按 wang 在 2026-07-01 的确认读作“编号”") || !strings.Contains(told(out), "“拨付数”按") {
		t.Fatalf("%v: %s", err, told(out))
	}
	shows("mapped", "A1\t1")
	if out, err = load("甲局_名单.csv", "编号,项目代号,拨付数\nA2,B2,2\n"); err != nil || strings.Contains(told(out), "“项目代号”按") {
		t.Errorf("beside its own heading: %v, %s", err, told(out))
	}
	shows("beside its own heading", "A2\t2")
	if _, err = load("乙局_名单.csv", "项目代号,拨付数\nA1,1\n"); err == nil {
		t.Error("another sender's heading was read so")
	}
	if was, err := book.Withdraw(mapping.Mapping{Sender: "甲局", Dataset: "list", Heading: "项目代号"}); err != nil || was.Column != "code" || was.By != "wang" {
		t.Error(was, err)
	}
	if _, err = load("甲局_名单.csv", "项目代号,拨付数,说明\nA3,1,x\n"); err == nil {
		t.Error("read so after it was withdrawn")
	}
	if out, err = load("甲局_名单.csv", "编号,金额（万元）,拨付数\nA4,5,2\n"); err != nil || !strings.Contains(told(out), "“拨付数”未按 wang 的确认读作“金额”：表里这一列另有表头") {
		t.Errorf("beside a loose heading of its own: %v, %s", err, told(out))
	}
	shows("beside a loose heading of its own", "A4\t5")
	// a sheet that has the column's own heading takes nothing from one that has not
	here, said, err := book.Known(ds, "甲局", [][]string{{"编号", "金额"}, {"编号", "拨付数"}, {"编号", "拨付数", "金额"}})
	if err != nil || len(said) != 2 || here.Bind([]string{"编号", "金额"})[1] != 1 || here.Bind([]string{"编号", "拨付数"})[1] != 1 || here.Bind([]string{"编号", "拨付数", "金额"})[1] != 2 {
		t.Errorf("by table: %v, %v", said, err)
	}

	// a file whose mapping has changed is read again when it is seen again, live or refused
	const paid, later = "编号,实付,说明\nC1,7,x\n", "代号,实付\nD1,8\n"
	step := func(what string, state pipeline.State, want string) {
		t.Helper()
		out, err = load("丙局_名单.csv", paid)
		if err != nil || out.State != state {
			t.Fatalf("%s: %s, %v", what, out.State, err)
		}
		if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select ifNull(toString(amount), '-') from mart.list where code = 'C1'")); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	step("not mapped", pipeline.Published, "-")
	step("not mapped again", pipeline.Unchanged, "-")
	if err := confirm("丙局", "实付", "amount"); err != nil {
		t.Fatal(err)
	}
	step("mapped", pipeline.Published, "7")
	if said := warehousetest.TSV(t, l.DB, warehouse.SQL("select message_zh from meta.runs where run = '"+out.Run+"'")); !strings.Contains(said, "“实付”按 wang 在 2026-07-01 的确认读作“金额”") {
		t.Errorf("the run says %q", said)
	}
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, []byte(paid), 0o600); err != nil {
		t.Fatal(err)
	}
	if is, err := l.Catalog.Datasets["list"].IsFile(path, uint64(len(paid)), out.Fingerprint); err != nil || !is {
		t.Errorf("a run does not know its file: %v, %v", is, err)
	}
	step("mapped again", pipeline.Unchanged, "7")
	if _, err := book.Withdraw(mapping.Mapping{Sender: "丙局", Dataset: "list", Heading: "实付"}); err != nil {
		t.Fatal(err)
	}
	step("withdrawn", pipeline.Published, "-")
	if out, err = load("丁局_名单.csv", later); err == nil {
		t.Fatal("nothing was to be read of it")
	}
	if out, _ = load("丁局_名单.csv", later); out.State != pipeline.Unchanged {
		t.Fatalf("refused before: %s", out.State)
	}
	if err := confirm("丁局", "代号", "code"); err != nil {
		t.Fatal(err)
	}
	if out, err = load("丁局_名单.csv", later); err != nil || out.State != pipeline.Published {
		t.Errorf("refused before it was confirmed: %s, %v", out.State, err)
	}

	// a mapping that has outlived its declaration is told and not used
	changed := *ds
	changed.Columns = slices.Clone(ds.Columns[:2])
	changed.Columns[1].Aliases = []string{"代号"}
	if err := confirm("丁局", "附言", "note"); err != nil {
		t.Fatal(err)
	}
	here, said, err = book.Known(&changed, "丁局", [][]string{{"编号", "代号", "附言"}})
	if at := here.Bind([]string{"编号", "代号", "附言"}); err != nil || at[0] != 0 || at[1] != 1 || len(said) != 2 || !strings.Contains(said[0].Zh, "它现在按声明读取") || !strings.Contains(said[1].Zh, "数据集已没有这一列") {
		t.Errorf("outlived: %v, %v, %v", at, said, err)
	}
	for i := 0; ; i++ {
		if err := confirm("甲局", "列"+strings.Repeat("甲", i+1), "note"); err != nil {
			if i != 49 {
				t.Errorf("refused after %d: %v", i, err)
			}
			break
		}
	}
	if got := mapping.Suggest(ds, "金额数", []string{"amount", "note"}); got != "amount" {
		t.Errorf("suggested %q", got)
	}
}
