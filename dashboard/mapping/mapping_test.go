package mapping_test

import (
	"os"
	"path/filepath"
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
  - {name: note, title: {zh: 说明, en: Note}, type: string}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	ds, book := cat.Datasets["list"], mapping.Book{Dir: t.TempDir()}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), Mapped: book.Known}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	load := func(file, text string) (pipeline.Outcome, error) {
		path := filepath.Join(t.TempDir(), file)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "list"})
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
		return book.Confirm(ds, mapping.Mapping{Sender: sender, Heading: heading, Column: column, By: "wang", At: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)})
	}
	for _, m := range [][3]string{{"甲局", "编号", "amount"}, {"甲局", "金额（万元）", ""}, {"甲局", "~.*", "amount"}, {"", "合计数", "amount"}, {"甲局", " ", "amount"}} {
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
	if err := book.Withdraw(mapping.Mapping{Sender: "甲局", Dataset: "list", Heading: "项目代号"}); err != nil {
		t.Error(err)
	}
	if _, err = load("甲局_名单.csv", "项目代号,拨付数,说明\nA3,1,x\n"); err == nil {
		t.Error("read so after it was withdrawn")
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
