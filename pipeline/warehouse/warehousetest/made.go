package warehousetest

import (
	"maps"
	"slices"
	"testing"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

// made is what the last Made of this process has left: what for, all tables and views as they are written down, and the
// parts of those that had rows.
var made struct {
	key, tables string
	parts       map[string]string
}

// Made returns a loader's warehouse that holds what a function makes in new and empty databases, and nothing else. key says
// what that is: where the tables and views are still those that were made under the same key, only the rows that have come
// since are taken away, which costs a tenth of making some hundred tables. What cannot be taken back so (a table that was
// changed, a part set aside, a statement still under way) makes it begin anew.
func Made(t testing.TB, key string, make func(*warehouse.DB) error) *warehouse.DB {
	t.Helper()
	db := OpenAs(t, embedded.Loader)
	if key == made.key && cleared(t, db) {
		return db
	}
	made.key = ""
	Reset(t, db)
	if err := make(db); err != nil {
		t.Fatal(err)
	}
	if Cluster.Name == "" {
		made.key, made.tables, made.parts = key, tables(t, db), parts(t, db)
	}
	return db
}

// cleared takes the rows away that have come since the tables were made, and says whether all is as it was then.
func cleared(t testing.TB, db *warehouse.DB) bool {
	t.Helper()
	if tables(t, db) != made.tables {
		return false
	}
	now := parts(t, db)
	for name, was := range made.parts {
		if now[name] != was {
			return false
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if made.parts[name] != "" {
			continue
		}
		if err := db.Exec(t.Context(), warehouse.SQL("TRUNCATE TABLE "+name+" SYNC")); err != nil {
			t.Logf("%s: %v", name, err)
			return false
		}
	}
	return true
}

// tables is a digest of all tables and views, and of what of them is on its way or was set aside.
func tables(t testing.TB, db *warehouse.DB) (digest string) {
	t.Helper()
	const sql = `SELECT concat(hex(sipHash128(groupArray((database, name, made)))), ' ', toString((SELECT count() FROM system.detached_parts)), ' ',
    toString((SELECT countIf(NOT is_done) FROM system.mutations)), ' ', toString((SELECT countIf(query_id != queryID()) FROM system.processes)))
FROM (SELECT database, name, create_table_query AS made FROM system.tables WHERE database IN ('store', 'meta', 'mart') ORDER BY database, name)`
	if err := db.Row(t.Context(), warehouse.SQL(sql), &digest); err != nil {
		t.Fatal(err)
	}
	return digest
}

// parts are those with rows, by table.
func parts(t testing.TB, db *warehouse.DB) map[string]string {
	t.Helper()
	rows, err := warehouse.Select[struct {
		Name  string `db:"name"`
		Parts string `db:"parts"`
	}](t.Context(), db, warehouse.SQL("SELECT concat(database, '.`', table, '`') AS name, toString(arraySort(groupArray(name))) AS parts FROM system.parts WHERE active AND database IN ('store', 'meta', 'mart') GROUP BY database, table"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range rows {
		out[r.Name] = r.Parts
	}
	return out
}
