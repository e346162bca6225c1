package states

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/warehouse"
)

// Keeper writes the tables of some definitions. It is safe for concurrent use; a nil one writes nothing.
type Keeper struct {
	DB    *warehouse.DB // that may make tables in meta
	Of    map[string]*Definition
	Least uint64 // rows of a dataset from which on something is kept of it; 0: never
	Log   *slog.Logger
}

// row is a row of meta.states: what is kept of a batch.
type row struct {
	Definition string    `db:"definition"`
	Batch      uint32    `db:"batch"`
	State      uint64    `db:"state"`
	Rows       uint64    `db:"rows"`
	At         time.Time `db:"at" arrow:"us"`
}

// Publishing keeps what is declared of a batch of so many rows that is about to be published under a unit, where the dataset
// is large enough with it. A fault is told to the operator and to nobody else: what is not kept is asked of the rows, and
// kept later.
func (k *Keeper) Publishing(ctx context.Context, dataset, unit string, batch uint32, rows uint64) {
	if k == nil || k.Least == 0 || k.Of[dataset] == nil {
		return
	}
	var others uint64
	err := k.DB.Row(ctx, warehouse.Statement{
		Tag: "states.rows", SQL: "select sum(loaded) from meta.live where dataset = {dataset:String} and unit != {unit:String}",
		Params: map[string]string{"dataset": dataset, "unit": unit},
	}, &others)
	if err == nil && rows+others < k.Least {
		return
	}
	if err == nil {
		err = k.Write(ctx, k.Of[dataset], unit, batch)
	}
	if err != nil {
		k.Log.Warn("nothing is kept of a batch beside its rows; it is tried again later", "dataset", dataset, "batch", batch, "err", err)
	}
}

// limits of one statement: it writes what later ones save, and must not starve them.
var limits = map[string]string{
	"max_execution_time": "600", "max_threads": "1", "max_bytes_before_external_group_by": "536870912", "max_partitions_per_insert_block": "0",
	"async_insert": "0", "insert_deduplicate": "0", "max_bytes_in_set": "0",
}

// Write keeps a batch of a unit. Nobody reads anything of it before all is written. Rows of other batches that were there
// before are looked at; of two batches written at once, one sees the other.
func (k *Keeper) Write(ctx context.Context, d *Definition, unit string, batch uint32) error {
	if err := k.tables(ctx, d); err != nil {
		return err
	}
	same, err := k.same(ctx, d.Dataset, unit, batch)
	if err != nil {
		return err
	}
	r := row{Definition: d.Name(), Batch: batch, State: rand.Uint64() >> 1, At: time.Now()}
	params := map[string]string{"batch": strconv.FormatUint(uint64(batch), 10), "state": strconv.FormatUint(r.State, 10), "others": same}
	for _, g := range d.groups() {
		list := []string{d.counting(g)}
		for _, of := range d.Families[g[0]].Distinct {
			list = append(list, d.recurring(g, of))
		}
		for _, sql := range list {
			if err := k.DB.Exec(ctx, warehouse.Statement{Tag: "states." + d.Dataset, SQL: sql, Params: params, Settings: limits}); err != nil {
				return fmt.Errorf("states of %s: %w", d.Dataset, err)
			}
		}
	}
	if err := k.DB.Row(ctx, warehouse.Statement{Tag: "states.rows", SQL: "select count() from store." + d.Dataset + " where _batch = {batch:UInt32}", Params: params}, &r.Rows); err != nil {
		return err
	}
	return warehouse.Append(ctx, k.DB, "meta.states", r)
}

func (k *Keeper) tables(ctx context.Context, d *Definition) error {
	for _, sql := range d.ddl() {
		if err := k.DB.Exec(ctx, warehouse.Statement{Tag: "states.tables", SQL: sql}); err != nil {
			return err
		}
	}
	return nil
}

// same are the other batches of a unit, as a list of SQL: no two of them are ever live at once. One that is being loaded, of
// which nobody knows the unit for good, is not among them.
func (k *Keeper) same(ctx context.Context, dataset, unit string, batch uint32) (list string, err error) {
	rows, err := warehouse.Select[struct {
		Batch uint32 `db:"batch"`
	}](ctx, k.DB, warehouse.Statement{
		Tag: "states.unit", SQL: `select batch from meta.ledger where dataset = {dataset:String} and state in ('published', 'held', 'withdrawn')
group by batch having countIf(unit != {unit:String}) = 0 and batch != {batch:UInt32} order by batch`,
		Params: map[string]string{"dataset": dataset, "unit": unit, "batch": strconv.FormatUint(uint64(batch), 10)},
	})
	list = "["
	for i, r := range rows {
		if i > 0 {
			list += ","
		}
		list += strconv.FormatUint(uint64(r.Batch), 10)
	}
	return list + "]", err
}

// missing is a batch of which nothing is kept.
type missing struct {
	Unit  string `db:"unit"`
	Batch uint32 `db:"batch"`
}

// Catch keeps what is not kept of batches that were ever published, one after the other: those that are live first, the
// latest first. It returns how many. Of a dataset with too few rows nothing is kept. What former definitions kept goes.
func (k *Keeper) Catch(ctx context.Context) (n int, err error) {
	if k == nil || k.Least == 0 {
		return 0, nil
	}
	large, err := warehouse.Select[struct {
		Dataset string `db:"dataset"`
	}](ctx, k.DB, warehouse.Statement{
		Tag: "states.large", SQL: "select dataset from meta.live group by dataset having sum(loaded) >= {least:UInt64} order by dataset",
		Params: map[string]string{"least": strconv.FormatUint(k.Least, 10)},
	})
	if err != nil {
		return 0, err
	}
	for _, one := range large {
		d := k.Of[one.Dataset]
		if d == nil {
			continue
		}
		list, err := warehouse.Select[missing](ctx, k.DB, warehouse.Statement{
			Tag: "states.missing", SQL: `select argMaxIf(unit, seq, state = 'published') as unit, batch
from meta.ledger
where dataset = {dataset:String} and batch not in (select batch from meta.states where definition = {definition:String})
group by batch
having countIf(state = 'published') > 0 and countIf(state in ('swept', 'abandoned')) = 0
order by batch in (select batch from meta.live where dataset = {dataset:String}) desc, batch desc`,
			Params: map[string]string{"dataset": one.Dataset, "definition": d.Name()},
		})
		if err != nil {
			return n, err
		}
		for _, m := range list {
			if err := k.Write(ctx, d, m.Unit, m.Batch); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, k.former(ctx)
}

// former drops what is kept under definitions that nobody has written by for a day: others are declared.
func (k *Keeper) former(ctx context.Context) error {
	list, err := warehouse.Select[struct {
		Definition string `db:"definition"`
	}](ctx, k.DB, warehouse.SQL("select definition from meta.states group by definition having max(at) < now() - interval 1 day order by definition"))
	if err != nil {
		return err
	}
	own := map[string]bool{}
	for _, d := range k.Of {
		own[d.Name()] = true
	}
	for _, f := range list {
		if own[f.Definition] || !nameRe.MatchString(f.Definition) {
			continue
		}
		for _, sql := range []string{
			"alter table meta.states delete where definition = '" + f.Definition + "' settings mutations_sync = 2",
			"drop table if exists meta." + f.Definition,
			"drop table if exists meta." + strings.Replace(f.Definition, "state_", "several_", 1),
		} {
			if err := k.DB.Exec(ctx, warehouse.Statement{Tag: "states.former", SQL: sql}); err != nil {
				return err
			}
		}
	}
	return nil
}

var nameRe = regexp.MustCompile(`^state_[a-z0-9_]+$`)

// Forget drops what is kept of batches whose rows are gone.
func (k *Keeper) Forget(ctx context.Context, dataset string, batches string) error {
	if k == nil || k.Least == 0 || k.Of[dataset] == nil {
		return nil
	}
	d := k.Of[dataset]
	if err := k.tables(ctx, d); err != nil {
		return err
	}
	for _, sql := range []string{
		"alter table " + d.Counts() + " delete where _state in (select state from meta.states where definition = '" + d.Name() + "' and batch in (" + batches + "))",
		"alter table " + d.Several() + " delete where _batch in (" + batches + ")",
		"alter table meta.states delete where definition = '" + d.Name() + "' and batch in (" + batches + ")",
	} {
		if err := k.DB.Exec(ctx, warehouse.Statement{Tag: "states.forget", SQL: sql + " settings mutations_sync = 2, allow_nondeterministic_mutations = 1"}); err != nil {
			return err
		}
	}
	return nil
}
