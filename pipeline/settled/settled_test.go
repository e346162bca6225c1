package settled_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// A second start makes no view again; one that another build replaced, that is gone or is declared otherwise now is made.
func TestStand(t *testing.T) {
	db := warehousetest.Open(t)
	start := func(title string) {
		t.Helper()
		c, err := dataset.Load(fstest.MapFS{"datasets/a.yaml": &fstest.MapFile{Data: []byte("name: a\ntitle: {zh: " + title + ", en: A}\nabout: {zh: 甲, en: A}\nunit: [file]\ncolumns:\n  - {name: b, title: {zh: 乙, en: B}, type: string}\n")}})
		if err != nil {
			t.Fatal(err)
		}
		if err := (&pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: c}).EnsureTables(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	one := func(sql string) string {
		t.Helper()
		var v string
		if err := db.Row(t.Context(), warehouse.SQL(sql), &v); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return v
	}
	made := func() string {
		t.Helper()
		return one("select arrayStringConcat(arraySort(groupArray(concat(database, '.', name, ' ', toString(uuid)))), '\n') from system.tables where database in ('mart', 'meta')")
	}
	start("甲")
	first := made()
	if !strings.Contains(first, "mart.a ") || !strings.Contains(first, "meta.live ") {
		t.Fatal(first)
	}
	start("甲")
	if again := made(); again != first {
		t.Errorf("made again at a second start:\n%s\nwas\n%s", again, first)
	}
	comment := "select comment from system.tables where database = 'mart' and name = 'a'"
	for name, sql := range map[string]string{
		"another build replaced it": "create or replace view mart.a (b String) definer = default sql security definer as select b from store.a",
		"it is gone":                "drop view mart.a",
	} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
		start("甲")
		if got := one(comment); got != "甲：甲 / A: A" {
			t.Errorf("%s: the view's comment is %q", name, got)
		}
	}
	start("丙")
	if got := one(comment); got != "丙：甲 / A: A" {
		t.Errorf("declared otherwise: the view's comment is %q", got)
	}
	if err := db.Exec(t.Context(), warehouse.SQL("drop table meta.damage")); err != nil {
		t.Fatal(err)
	}
	before := made()
	start("丙")
	if after := made(); !strings.Contains(after, "meta.damage ") || strings.Count(after, "\n") != strings.Count(before, "\n")+1 {
		t.Errorf("a table of the bookkeeping that is gone is not made:\n%s", after)
	}
}
