package pipeline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// The handed cases of what stands outside the cells, loaded as their README says.
func TestCasesOutsideTheCells(t *testing.T) {
	root := "../../shared/data/cases"
	if _, err := os.Stat(root); err != nil {
		t.Skip("the shared data are not beside this tree")
	}
	cat, err := dataset.Load(os.DirFS(root + "/cfg"))
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ file, dataset, ask, want, told string }{
		{"H06_unit_line_above.xlsx", "t", "select groupArray(amount) as a from (select * from mart.t order by _row)", "[5,12]", "单位：元"},
		{"H07_subtotal.csv", "t", "select count() as r, sum(amount) as s, sum(n) as p from mart.t", "3\t7\t70", "一组小计"},
		{"H15_date_headers.xlsx", "mon", "select count() as n, arraySort(groupUniqArray(toString(month))) as m from mart.mon", "6\t['2026-01-01','2026-02-01','2026-03-01']", ""},
		{"H17_sheet_copy.xlsx", "t", "select count() as n from mart.t", "0", "会重复计数"},
		{"H19_merged_rows.xlsx", "t", "select countIf(name is null) as n, uniqExact(name) as u from mart.t", "0\t2", "按首行的值读取"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			out := mustLoad(t, l, Request{Path: filepath.Join(root, tt.file), Dataset: tt.dataset})
			told := strings.Join(out.Cells.Told("zh"), "\n")
			if out.Problem != nil {
				told += "\n" + out.Problem.Text.Zh
			}
			ask := strings.Replace(strings.Replace(tt.ask, "mart.t", "(select * from mart.t where _file = '"+tt.file+"')", 1), "mart.mon", "(select * from mart.mon where _file = '"+tt.file+"')", 1)
			if got := warehousetest.TSV(t, l.DB, warehouse.SQL(ask)); got != tt.want || !strings.Contains(told, tt.told) {
				t.Errorf("got %q, want %q; told %s\n%s", got, tt.want, told, ask)
			}
		})
	}
}
