package codetable_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codetable"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

func one[T any](t *testing.T, db *warehouse.DB, sql string) T {
	t.Helper()
	var v T
	if err := db.Row(t.Context(), warehouse.SQL(sql), &v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// The shipped lists are tables for an analyst, join with what was loaded, and explain themselves.
func TestShippedLists(t *testing.T) {
	db := warehousetest.Open(t)
	c, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: c}
	if err := l.EnsureTables(t.Context()); err != nil {
		t.Fatal(err)
	}
	analyst := warehousetest.OpenAs(t, "analyst")
	if got := one[string](t, analyst, "select zh from mart.codes where list = 'provinces' and code = '浙江'"); got != "浙江省" && got != "浙江" {
		t.Errorf("province 33 is %q", got)
	}
	if got := one[string](t, analyst, "select p.en from mart.codes_nodes n join mart.codes_chains p on p.code = n.parent where n.code = 'superalloy.cast'"); got == "" {
		t.Error("a node does not join its chain")
	}
	if n := one[uint64](t, analyst, "select countIf(rank is not null) from mart.codes_skill_levels where rank = 0"); n != 1 {
		t.Error("the lowest rank of a list is no rank")
	}
	if n := one[uint64](t, analyst, "select countIf(rank is not null) from mart.codes_provinces"); n != 0 {
		t.Error("a list without ranks has some")
	}
	for _, sql := range []string{
		"select comment from system.tables where database = 'mart' and name = 'arrivals'",
		"select comment from system.tables where database = 'mart' and name = 'codes_provinces'",
		"select comment from system.columns where database = 'mart' and table = 'arrivals' and name = 'direction'",
		"select comment from system.columns where database = 'mart' and table = 'codes' and name = 'parent'",
	} {
		if got := one[string](t, analyst, sql); !strings.Contains(got, " / ") {
			t.Errorf("%s: %q, want both languages", sql, got)
		}
	}
	if n := one[uint64](t, analyst, "select count() from system.columns where database = 'mart' and comment = ''"); n != 0 {
		t.Errorf("%d columns of mart say nothing of themselves", n)
	}
	if got := one[string](t, analyst, "select comment from system.columns where database = 'mart' and table = 'arrivals' and name = 'direction'"); !strings.Contains(got, "codes_directions") {
		t.Errorf("direction does not name its list: %q", got)
	}
}

// Lists follow their declarations; a dataset's view wins over a list's; nobody but the loader sees meta.codes.
func TestListsChange(t *testing.T) {
	db := warehousetest.Open(t)
	for _, sql := range []string{"create database if not exists meta engine = Atomic", "create database if not exists mart engine = Atomic"} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
	publish := func(lists map[string]string) {
		t.Helper()
		fsys := fstest.MapFS{}
		for name, text := range lists {
			fsys["codes/"+name+".csv"] = &fstest.MapFile{Data: []byte(text)}
		}
		fsys["datasets/codes_taken.yaml"] = &fstest.MapFile{Data: []byte("name: codes_taken\ntitle: {zh: 甲, en: A}\nabout: {zh: 甲, en: A}\nunit: [file]\ncolumns:\n  - {name: a, title: {zh: 乙, en: B}, type: string}\n")}
		c, err := dataset.Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		if err := codetable.Publish(t.Context(), db, c, "default"); err != nil {
			t.Fatal(err)
		}
	}
	tables := func() []string {
		t.Helper()
		rows, err := warehouse.Select[struct {
			Name string `db:"name"`
		}](t.Context(), db, warehouse.SQL("select name from system.tables where database = 'mart' order by name"))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range rows {
			names = append(names, r.Name)
		}
		return names
	}
	publish(map[string]string{"colours": "# 颜色 | Colours\ncode,zh,en\nr,红,it's red\n", "taken": "# 占用 | Taken\ncode,zh,en\nx,甲,A\n"})
	if got := tables(); !slices.Equal(got, []string{"codes", "codes_chains", "codes_colours", "codes_nodes"}) {
		t.Errorf("views: %v", got)
	}
	made := one[string](t, db, "select toString(uuid) from system.tables where database = 'mart' and name = 'codes_colours'")
	publish(map[string]string{"colours": "# 颜色 | Colours\ncode,zh,en\nr,红,it's red\n", "taken": "# 占用 | Taken\ncode,zh,en\nx,甲,A\n"})
	if again := one[string](t, db, "select toString(uuid) from system.tables where database = 'mart' and name = 'codes_colours'"); again != made {
		t.Error("the same declarations made the view anew")
	}
	publish(map[string]string{"colours": "# 颜色 | Colours\ncode,zh,en,rank\nr,红,red,2\ng,绿,green,1\n"})
	if got := one[string](t, db, "select arrayStringConcat(groupArray(concat(code, en, toString(rank)))) from (select * from mart.codes_colours order by position)"); got != "rred2ggreen1" {
		t.Errorf("after the change: %q", got)
	}
	publish(map[string]string{"shapes": "# 形状 | Shapes\ncode,zh,en\no,圆,round\n"})
	if got := tables(); !slices.Equal(got, []string{"codes", "codes_chains", "codes_nodes", "codes_shapes"}) {
		t.Errorf("views after a list went: %v", got)
	}
	var said *warehouse.Error
	if err := warehousetest.OpenAs(t, "analyst").Exec(t.Context(), warehouse.SQL("select * from meta.codes")); !errors.As(err, &said) {
		t.Errorf("an analyst reads meta.codes: %v", err)
	}
}

// Programs that start on one server at the same time do not take each other's rows away.
func TestPublishedAtOnce(t *testing.T) {
	db := warehousetest.Open(t)
	for _, sql := range []string{"create database if not exists meta engine = Atomic", "create database if not exists mart engine = Atomic"} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
	said := make(chan error)
	const programs = 8
	for i := range programs {
		c, err := dataset.Load(fstest.MapFS{"codes/colours.csv": &fstest.MapFile{Data: fmt.Appendf(nil, "# 颜色 | Colours\ncode,zh,en\nr,红,red %d\n", i)}})
		if err != nil {
			t.Fatal(err)
		}
		go func() { said <- codetable.Publish(t.Context(), db, c, "default") }()
	}
	for range programs {
		if err := <-said; err != nil {
			t.Error(err)
		}
	}
	if n := one[uint64](t, db, "select count() from meta.codes where list = 'colours'"); n != 1 {
		t.Errorf("%d rows of one value", n)
	}
	if n := one[uint64](t, db, "select count() from system.tables where database = 'meta' and startsWith(name, 'codes_next')"); n != 0 {
		t.Errorf("%d tables are left", n)
	}
}
