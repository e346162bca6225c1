package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/control"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Damage is a live batch whose rows are not those that were published.
type Damage struct {
	At      time.Time `db:"at" arrow:"us"`
	Dataset string    `db:"dataset"`
	Unit    string    `db:"unit"`
	Batch   uint32    `db:"batch"`
	File    string    `db:"file"`
	Column  string    `db:"column"` // whose control sum differs; empty: the number of rows
	Want    float64   `db:"want"`
	Have    float64   `db:"have"`
	Healed  bool      `db:"healed"` // it was whole again, or is live no more
}

const damageColumns = "at, dataset, unit, batch, file, `column`, want, have, healed"

// Text says in a sentence what is missing of the batch.
func (d Damage) Text() (zh, en string) {
	if d.Column == "" {
		return fmt.Sprintf("%s（第 %d 批，%s）应有 %.0f 行，库中只有 %.0f 行", d.Unit, d.Batch, d.File, d.Want, d.Have),
			fmt.Sprintf("%s (batch %d, %s) should have %.0f rows and has %.0f", d.Unit, d.Batch, d.File, d.Want, d.Have)
	}
	return fmt.Sprintf("%s（第 %d 批，%s）的 %s 合计应为 %v，库中为 %v", d.Unit, d.Batch, d.File, d.Column, d.Want, d.Have),
		fmt.Sprintf("the sum of %s of %s (batch %d, %s) should be %v and is %v", d.Column, d.Unit, d.Batch, d.File, d.Want, d.Have)
}

// Damages returns the live batches that are known to be damaged.
func (l *Ledger) Damages(ctx context.Context) ([]Damage, error) {
	return warehouse.Select[Damage](ctx, l.DB, warehouse.Statement{
		Tag: "damage.list",
		SQL: "select " + damageColumns + ` from (select * from meta.damage order by at desc limit 1 by batch)
where not healed and batch in (select batch from meta.live) order by dataset, unit`,
	})
}

// Verify compares the rows of every live batch with what the ledger says was published: how many
// there are and, where deep is true, the control sum of every numeric column. What differs is
// written down as damage, and what was damaged and is no more as healed. It returns the damage
// there is. A store of 100 million rows is counted in under a second; the deep form reads it all.
func (l *Loader) Verify(ctx context.Context, deep Depth) ([]Damage, error) {
	live, err := warehouse.Select[Entry](ctx, l.DB, warehouse.Statement{
		Tag: "verify.live",
		SQL: "select " + entryColumns + ` from meta.ledger where state = 'published' and batch in (select batch from meta.live) order by seq desc limit 1 by batch`,
	})
	if err != nil {
		return nil, err
	}
	before, err := l.Damages(ctx)
	if err != nil {
		return nil, err
	}
	of := map[string][]Entry{}
	for _, e := range live {
		of[e.Dataset] = append(of[e.Dataset], e)
	}
	found := map[uint32]Damage{}
	for name, entries := range of {
		ds := l.Dataset(name)
		if ds == nil {
			continue
		}
		if err := l.verifyDataset(ctx, ds, entries, deep, found); err != nil {
			return nil, fmt.Errorf("verify %s: %w", name, err)
		}
	}
	known := map[uint32]Damage{}
	for _, d := range before {
		known[d.Batch] = d
		if _, still := found[d.Batch]; !still && (deep == Deep || d.Column == "") {
			d.At, d.Healed = l.now(), true
			if err := warehouse.Append(ctx, l.DB, "meta.damage", d); err != nil {
				return nil, err
			}
			delete(known, d.Batch)
		}
	}
	for b, d := range found {
		if old, ok := known[b]; !ok || old.Have != d.Have || old.Column != d.Column {
			if err := warehouse.Append(ctx, l.DB, "meta.damage", d); err != nil {
				return nil, err
			}
			_, en := d.Text()
			l.log().Error("a published batch is damaged", "dataset", d.Dataset, "unit", d.Unit, "batch", d.Batch, "what", en)
		}
		known[b] = d
	}
	l.broken.Store(&known)
	var out []Damage
	for _, d := range known {
		out = append(out, d)
	}
	return out, nil
}

// Depth is how closely Verify looks.
type Depth int

// The depths.
const (
	Quick Depth = iota // the number of rows
	Deep               // and every control sum
)

func (l *Loader) verifyDataset(ctx context.Context, ds *dataset.Dataset, entries []Entry, deep Depth, found map[uint32]Damage) error {
	var sums []*dataset.Column
	sql := "select `_batch` as batch, count() as n, array("
	if deep == Deep {
		for i := range ds.Columns {
			if c := control.SQL(&ds.Columns[i]); c != "" {
				if len(sums) > 0 {
					sql += ", "
				}
				sql += c
				sums = append(sums, &ds.Columns[i])
			}
		}
	}
	if len(sums) == 0 {
		sql += "toFloat64(0)"
	}
	got, err := warehouse.Select[struct {
		Batch uint32    `db:"batch"`
		N     uint64    `db:"n"`
		Sums  []float64 `db:"sums"`
	}](ctx, l.DB, warehouse.Statement{Tag: "verify." + ds.Name, SQL: sql + ") as sums from " + ds.Table() + " group by batch"})
	if err != nil {
		return err
	}
	rows := map[uint32]int{}
	for i, g := range got {
		rows[g.Batch] = i
	}
	for _, e := range entries {
		d := Damage{At: l.now(), Dataset: e.Dataset, Unit: e.Unit, Batch: e.Batch, File: e.File, Want: float64(e.Loaded)}
		i, ok := rows[e.Batch]
		if !ok || got[i].N != e.Loaded {
			if ok {
				d.Have = float64(got[i].N)
			}
			if e.Loaded > 0 {
				found[e.Batch] = d
			}
			continue
		}
		var sent map[string]float64
		if json.Unmarshal([]byte(e.Sums), &sent) != nil {
			continue
		}
		for k, s := range sums {
			if want, ok := sent[s.Name]; ok && !check.Agree(s, want, got[i].Sums[k], e.Loaded) {
				d.Column, d.Want, d.Have = s.Name, want, got[i].Sums[k]
				found[e.Batch] = d
				break
			}
		}
	}
	return nil
}

// damaged reports whether a batch was found damaged by the last look.
func (l *Loader) damaged(number uint32) bool {
	known := l.broken.Load()
	if known == nil {
		return false
	}
	_, ok := (*known)[number]
	return ok
}
