package pipeline

import (
	"testing"

	"yanzhen/configs"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/settled"
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
	// the chains are read again only where they differ, are not whole or are of other declarations
	was := live[0].Batch
	start := func() uint32 {
		t.Helper()
		if err := l.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		live, err := l.Live(t.Context(), "chains")
		if err != nil || len(live) != 1 {
			t.Fatalf("live units of chains: got %+v, %v", live, err)
		}
		return live[0].Batch
	}
	if is, err := settled.Declared(t.Context(), l.DB, cat.Datasets["chains"], "chains.csv", dataset.ChainsCSV(cat.Chains, cat.Lists)); err != nil || is != was || start() != was {
		t.Errorf("batch %d of the chains is not known to be what is declared: %d, %v", was, is, err)
	}
	if err := l.DB.Exec(t.Context(), warehouse.SQL("alter table store.chains delete where position = 1 settings mutations_sync = 2")); err != nil {
		t.Fatal(err)
	}
	mended := start()
	if mended == was {
		t.Error("a batch of the chains that lacks rows stays")
	}
	cat.Chains[0].Nodes[0].Title.En += " again"
	other := start()
	if other == mended {
		t.Error("chains that are declared otherwise are not read")
	}
	cat.Datasets["chains"].Digest += "again"
	if start() == other {
		t.Error("chains of a dataset that is declared otherwise are not read")
	}
	for _, name := range cat.Names() {
		if err := l.DB.Exec(t.Context(), warehouse.SQL("select count() from mart."+name)); err != nil {
			t.Errorf("view of %s: %v", name, err)
		}
	}
}
