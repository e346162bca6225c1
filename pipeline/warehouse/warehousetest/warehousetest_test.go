package warehousetest

import (
	"testing"

	"yanzhen/pipeline/warehouse"
)

func TestOpen(t *testing.T) {
	db := Open(t)
	ctx := t.Context()
	for _, sql := range []string{
		"CREATE TABLE store.t (a UInt32, s LowCardinality(String), d Date32) ENGINE = MergeTree ORDER BY a",
		"INSERT INTO store.t VALUES (1, 'x', '1950-01-02')",
	} {
		if err := db.Exec(ctx, warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.InsertRows(ctx, "store.t", []string{"a", "s"}, [][]any{{uint32(2), "y"}, {uint32(3), "雁"}}); err != nil {
		t.Fatal(err)
	}
	var n uint64
	if err := db.Row(ctx, warehouse.SQL("SELECT count() FROM store.t"), &n); err != nil || n != 3 {
		t.Fatal(n, err)
	}
	rows, err := db.Rows(ctx, warehouse.Statement{SQL: "SELECT a, s, d FROM store.t WHERE s = {s:String}", Params: map[string]string{"s": "雁"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(rows)
	r, err := db.Query(ctx, warehouse.SQL("SELECT * FROM store.t"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
		t.Log(r.Record())
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	r2, err := db.Query(ctx, warehouse.SQL("SELECT a, s FROM store.t"))
	if err != nil {
		t.Fatal(err)
	}
	defer r2.Release()
	if err := db.Exec(ctx, warehouse.SQL("CREATE TABLE store.u (a UInt32, s LowCardinality(String)) ENGINE = MergeTree ORDER BY a")); err != nil {
		t.Fatal(err)
	}
	w, err := db.Insert(ctx, "store.u", r2)
	t.Log(w, err)
	if err != nil {
		t.Fatal(err)
	}
}
