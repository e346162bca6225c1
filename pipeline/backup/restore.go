package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/control"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Files writes the files beside the store into a directory.
func (d *Depot) Files(ctx context.Context, m *Manifest, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range m.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := d.restoreFile(root, f); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func (d *Depot) restoreFile(root *os.Root, f File) error {
	r, c, err := d.get(f.Object)
	if err != nil {
		return err
	}
	defer c.Close()
	name := filepath.FromSlash(f.Name)
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	w, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Sync(), w.Close())
}

// Tables makes the tables of a backup in an engine that has none of them, and compares how many rows each has with what
// was copied.
func (d *Depot) Tables(ctx context.Context, m *Manifest, db *warehouse.DB, data string) error {
	for _, name := range []string{"store", "mart", "meta"} {
		if err := db.Exec(ctx, warehouse.Statement{Tag: "restore", SQL: "create database if not exists " + name + " engine = Atomic"}); err != nil {
			return err
		}
	}
	for _, t := range m.Tables {
		if err := d.table(ctx, t, db, data); err != nil {
			return fmt.Errorf("%s.%s: %w", t.Database, t.Name, err)
		}
	}
	return nil
}

func (d *Depot) table(ctx context.Context, t Table, db *warehouse.DB, data string) error {
	if err := db.Exec(ctx, warehouse.Statement{Tag: "restore", SQL: t.Create}); err != nil {
		return err
	}
	if len(t.Parts) == 0 {
		return nil
	}
	full := t.Database + ".`" + t.Name + "`"
	var paths []string
	if err := db.Row(ctx, warehouse.Statement{
		Tag: "restore", SQL: "select data_paths from system.tables where database = {d:String} and name = {t:String}",
		Params: map[string]string{"d": t.Database, "t": t.Name},
	}, &paths); err != nil {
		return err
	}
	if len(paths) != 1 {
		return errors.New("the table has no folder of its own")
	}
	for _, p := range t.Parts {
		r, c, err := d.get(p.Object)
		if err != nil {
			return err
		}
		err = unpack(ctx, r, filepath.Join(data, below(paths[0]), "detached", p.Name))
		if err = errors.Join(err, c.Close()); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	if err := db.Exec(ctx, warehouse.Statement{Tag: "restore", SQL: "alter table " + full + " attach partition all"}); err != nil {
		return err
	}
	var have uint64
	if err := db.Row(ctx, warehouse.Statement{Tag: "restore", SQL: "select count() from " + full}, &have); err != nil {
		return err
	}
	if have != t.Rows() {
		return fmt.Errorf("恢复出 %d 行，备份里有 %d 行 / %d rows came of it, the backup has %d", have, t.Rows(), have, t.Rows())
	}
	return nil
}

// Compared is what the ledger and the rows of a dataset say of each other.
type Compared struct {
	Dataset   string
	Units     int
	Published uint64 // rows that the ledger says are live
	Found     uint64 // rows of these batches that are there
	Sums      int    // control sums that were compared
	Faults    []string
	Before    []string // faults that the bookkeeping knew of when the copy was made
}

// Compare holds the rows of every live batch of every dataset against the ledger: how many there are, and every control
// sum that was written down when they were published. sets are the declared datasets; of one that is declared no more
// only the rows are counted.
func Compare(ctx context.Context, db *warehouse.DB, sets map[string]*dataset.Dataset) ([]Compared, error) {
	live, err := warehouse.Select[published](ctx, db, warehouse.Statement{Tag: "compare.live", SQL: `select dataset, unit, batch, loaded, sums from
(
    select * from meta.ledger where state in ('published', 'withdrawn') order by seq desc, batch desc limit 1 by dataset, unit
)
where state = 'published' order by dataset, unit`})
	if err != nil {
		return nil, err
	}
	damaged, err := warehouse.Select[struct {
		Batch uint32 `db:"batch"`
	}](ctx, db, warehouse.Statement{Tag: "compare.known", SQL: "select batch from (select batch, healed from meta.damage order by at desc limit 1 by batch) where not healed"})
	if err != nil {
		return nil, err
	}
	known := map[uint32]bool{}
	for _, d := range damaged {
		known[d.Batch] = true
	}
	of := map[string][]published{}
	for _, e := range live {
		of[e.Dataset] = append(of[e.Dataset], e)
	}
	var out []Compared
	for _, name := range sortedKeys(of) {
		c := Compared{Dataset: name, Units: len(of[name])}
		if err := c.compare(ctx, db, sets[name], of[name], known); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, c)
	}
	return out, nil
}

// published is a live batch as the ledger tells of it.
type published struct {
	Dataset string `db:"dataset"`
	Unit    string `db:"unit"`
	Batch   uint32 `db:"batch"`
	Loaded  uint64 `db:"loaded"`
	Sums    string `db:"sums"`
}

// found is what the table holds of a batch.
type found struct {
	Batch uint32    `db:"batch"`
	N     uint64    `db:"n"`
	Sums  []float64 `db:"sums"`
}

func (c *Compared) compare(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, live []published, known map[uint32]bool) error {
	if !plainName(c.Dataset) {
		return errors.New("not a name")
	}
	var sums []string
	var columns []*dataset.Column
	if ds != nil {
		for i := range ds.Columns {
			if sql := control.SQL(&ds.Columns[i]); sql != "" {
				sums = append(sums, sql)
				columns = append(columns, &ds.Columns[i])
			}
		}
	}
	if len(sums) == 0 {
		sums = []string{"toFloat64(0)"}
	}
	rows, err := warehouse.Select[found](ctx, db, warehouse.Statement{Tag: "compare", SQL: "select `_batch` as batch, count() as n, array(" + strings.Join(sums, ", ") + ") as sums from store.`" + c.Dataset + "` group by batch"})
	if err != nil {
		return err
	}
	of := map[uint32]found{}
	for _, r := range rows {
		of[r.Batch] = r
	}
	for _, e := range live {
		c.Published += e.Loaded
		have := of[e.Batch]
		c.Found += have.N
		if have.N != e.Loaded {
			c.fault(e, known, fmt.Sprintf("%s: %d ≠ %d", e.Unit, have.N, e.Loaded))
			continue
		}
		var sent map[string]float64
		if have.N == 0 || e.Sums == "" {
			continue
		}
		if err := json.Unmarshal([]byte(e.Sums), &sent); err != nil {
			c.fault(e, known, fmt.Sprintf("%s: 账簿里的控制总和读不出 / the sums in the ledger cannot be read: %v", e.Unit, err))
			continue
		}
		for k, col := range columns {
			want, ok := sent[col.Name]
			if !ok {
				continue
			}
			c.Sums++
			if got := have.Sums[k]; !check.Agree(col, want, got, e.Loaded) {
				c.fault(e, known, fmt.Sprintf("%s %s: %v ≠ %v", e.Unit, col.Name, got, want))
			}
		}
	}
	return nil
}

// fault notes what differs: as damage that the original had already, or as a fault.
func (c *Compared) fault(e published, known map[uint32]bool, text string) {
	if known[e.Batch] {
		c.Before = append(c.Before, text)
		return
	}
	c.Faults = append(c.Faults, text)
}

// Settle has everything that was written into a folder on the disk when it returns: a folder that gets its name before its
// files are there would be taken for whole after a power cut.
func Settle(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(settle(f), f.Close())
}

// Named has the name of a folder on the disk when it returns.
func Named(dir string) error { return syncDir(filepath.Dir(dir)) }
