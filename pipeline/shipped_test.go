package pipeline

import (
	"testing"

	"yanzhen/configs"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// The shipped declarations make a database, twice, and the chains stand in it.
func TestShippedDatasets(t *testing.T) {
	cat, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	for range 2 {
		if err := l.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	nodes := 0
	for _, c := range cat.Chains {
		nodes += len(c.Nodes)
	}
	got, err := warehouse.Select[struct {
		N uint64 `db:"n"`
	}](t.Context(), l.DB, warehouse.SQL("select uniqExact(node) as n from mart.chains"))
	if err != nil || got[0].N != uint64(nodes) {
		t.Errorf("nodes in the database: got %+v, %v; want %d", got, err, nodes)
	}
	live, err := l.Live(t.Context(), "chains")
	if err != nil || len(live) != 1 {
		t.Errorf("live units of chains: got %+v, %v", live, err)
	}
	for _, name := range cat.Names() {
		if err := l.DB.Exec(t.Context(), warehouse.SQL("select count() from mart."+name)); err != nil {
			t.Errorf("view of %s: %v", name, err)
		}
	}
}
