// Package settled tells a start that the views of a store stand as this build declares them, so that they are not made
// again: to replace some forty views is a third of what a start costs.
package settled

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Views are those of a store against those that a build declares. The mark of both is kept with the store, as the comment
// of meta.versions: it covers what the database holds as well as what was declared, so that a view which another build has
// replaced since, or which is gone, is noticed: by its identity and when it was last written, as the texts of a hundred views
// take five times as long. It is kept for the engine of this directory only: elsewhere another program
// might replace a view between the making and the mark.
type Views struct {
	db       *warehouse.DB
	declared []string
	kept     string // the mark, as the store has it
	now      string // the mark, as it would be
}

// Look compares the store with the statements that make its views. Where they differ, what shows the past by the older ones, and perhaps
// without a mask that was declared since, is dropped: package past makes it anew.
func Look(ctx context.Context, db *warehouse.DB, declared []string) (*Views, error) {
	v := &Views{db: db, declared: declared}
	if err := v.look(ctx); err != nil || !db.Own() || v.Same() {
		return v, err
	}
	return v, db.Exec(ctx, warehouse.Statement{Tag: "schema.views", SQL: "drop database if exists " + dataset.Past})
}

func (v *Views) look(ctx context.Context) error {
	v.kept, v.now = "", ""
	if !v.db.Own() {
		return nil // another program may replace a view meanwhile, and a node says nothing of the others: they are made at every start
	}
	rows, err := warehouse.Select[struct {
		Database string `db:"database"`
		Name     string `db:"name"`
		Made     string `db:"made"`
		Comment  string `db:"comment"`
	}](ctx, v.db, warehouse.Statement{Tag: "schema.views", SQL: `select database, name, if(engine = 'View', concat(toString(uuid), ' ', toString(metadata_modification_time)), '') as made, comment from system.tables
where database in ('mart', 'meta') and engine = 'View' or database = 'meta' and name = 'versions' order by database, name`})
	if err != nil {
		return err
	}
	h := sha256.New()
	for _, sql := range v.declared {
		h.Write([]byte(sql + "\x00"))
	}
	for _, r := range rows {
		if r.Made == "" {
			v.kept = r.Comment
			continue
		}
		h.Write([]byte(r.Database + "." + r.Name + "\x00" + r.Made + "\x00"))
	}
	v.now = hex.EncodeToString(h.Sum(nil))
	return nil
}

// Same reports whether every view is as it is declared.
func (v *Views) Same() bool { return v.kept != "" && v.kept == v.now }

// Keep writes down that every view has been brought to what is declared. It is called where that is so, and only there.
func (v *Views) Keep(ctx context.Context) error {
	if !v.db.Own() || v.Same() {
		return nil
	}
	if err := v.look(ctx); err != nil || v.Same() {
		return err
	}
	return v.db.Exec(ctx, warehouse.Statement{Tag: "schema.views", SQL: "alter table meta.versions modify comment " + dataset.Literal(v.now)})
}
