package states

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yanzhen/pipeline/warehouse"
)

// Keeper writes the tables of some definitions. It is safe for concurrent use; a nil one writes nothing.
type Keeper struct {
	DB *warehouse.DB          // that may make tables in meta
	Of map[string]*Definition // nil: nobody knows what is declared
	// Crowds are kept of datasets that have so many rows together.
	Crowds []*Crowd
	Least  uint64 // rows of a dataset from which on something is kept of it; 0: never, and what was kept goes
	Log    *slog.Logger

	Memory   int64            // bytes of the engine's that a statement may take; 0 is 1 GiB
	Part     uint64           // rows of a batch whose people are looked for at once; 0 is half a million
	Patience time.Duration    // how long a publication waits for what is kept of it at most; 0 is half a minute
	Turn     int              // batches of one turn of Catch; 0 is 20
	Now      func() time.Time // nil: time.Now

	dropped atomic.Bool       // nothing is left of what was kept
	left    atomic.Bool       // a publication left a batch to Catch
	mu      sync.Mutex        // held by Catch for its whole turn
	failed  map[try]time.Time // until when a batch that could not be kept is left alone, of those that once were published
	resting sync.Map          // what is kept, by its name: until when publications do not wait for it

	numbering sync.Mutex // held while people are given numbers
}

// Kept is something that is kept of batches: a Definition or a Crowd.
type Kept interface {
	Name() string
	Counts() string // the table of what stands under the number of a row of meta.states

	datasets() []string // of which it is kept, and whose rows are so many together
	ddl() []string
	fill(ctx context.Context, k *Keeper, w writing) error
}

// writing is what is being kept of a batch.
type writing struct {
	dataset, unit string
	batch         uint32
	loaded        uint64
	params        map[string]string // batch, state
	settings      map[string]string
	db            *warehouse.DB
}

func (w writing) exec(ctx context.Context, sql string, params map[string]string) error {
	return w.db.Exec(ctx, warehouse.Statement{Tag: "states." + w.dataset, SQL: sql, Params: params, Settings: w.settings})
}

// all is what is to be kept.
func (k *Keeper) all() (list []Kept) {
	for _, name := range slices.Sorted(maps.Keys(k.Of)) {
		list = append(list, k.Of[name])
	}
	for _, c := range k.Crowds {
		list = append(list, c)
	}
	return list
}

func (d *Definition) datasets() []string { return []string{d.Dataset} }

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
// kept later. So is what takes longer than a publication may wait for it: of a dataset in which that happened the next ones do
// not try for an hour.
func (k *Keeper) Publishing(ctx context.Context, dataset, unit string, batch uint32, rows uint64) {
	if k == nil || k.Least == 0 {
		return
	}
	for _, what := range k.all() {
		if slices.Contains(what.datasets(), dataset) {
			k.publishing(ctx, what, dataset, unit, batch, rows)
		}
	}
}

func (k *Keeper) publishing(ctx context.Context, what Kept, dataset, unit string, batch uint32, rows uint64) {
	var others uint64
	err := k.DB.Row(ctx, warehouse.Statement{
		Tag: "states.rows", SQL: "select sum(loaded) from meta.live where dataset in {datasets:Array(String)} and (dataset, unit) != ({dataset:String}, {unit:String})",
		Params: map[string]string{"datasets": warehouse.Strings(what.datasets()), "dataset": dataset, "unit": unit},
	}, &others)
	if err == nil && rows+others < k.Least {
		return
	}
	if until, ok := k.resting.Load(what.Name()); ok && k.now().Before(until.(time.Time)) {
		k.left.Store(true)
		return
	}
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, k.patience(rows, others))
		defer cancel()
		err = k.Write(ctx, what, dataset, unit, batch, rows)
	}
	if err != nil && ctx.Err() == nil {
		k.resting.Store(what.Name(), k.now().Add(again))
		k.left.Store(true)
		k.Log.Warn("nothing is kept of a batch beside its rows; it is tried again later, and so are the next ones of the dataset for an hour", "dataset", dataset, "batch", batch, "err", err)
	}
}

// patience is how long the publication of so many rows waits: a tenth where they are few beside the others, for all of these
// are looked through for its people.
func (k *Keeper) patience(rows, others uint64) time.Duration {
	p := cmp.Or(k.Patience, 30*time.Second)
	if rows < others/100 {
		p /= 10
	}
	return p
}

// Left says that a publication, which may not have ended, has left a batch to Catch since its last turn began.
func (k *Keeper) Left() bool { return k != nil && k.left.Load() }

func (k *Keeper) now() time.Time {
	if k.Now != nil {
		return k.Now()
	}
	return time.Now()
}

// limits of one statement: it writes what later ones save, and must not starve them. Many people are not put into order to see
// which parts of a table may hold them: every part holds some.
var limits = map[string]string{
	"max_execution_time": "600", "max_threads": "1", "max_partitions_per_insert_block": "0",
	"async_insert": "0", "insert_deduplicate": "0", "max_bytes_in_set": "0", "use_index_for_in_with_subqueries_max_values": "10000",
}

// mostTold bounds the rows of a batch whose people one statement holds in memory: some 128 MiB of a GiB.
const mostTold = 500_000

// Write keeps a batch of a unit of a dataset, of which so many rows were loaded. Where others are there, the batch is damaged or about to
// go, and nothing is kept of it. Nobody reads anything of it before all is written. Rows of other batches that were there
// before are looked at; of two batches written at once, one sees the other.
func (k *Keeper) Write(ctx context.Context, what Kept, dataset, unit string, batch uint32, loaded uint64) error {
	if err := k.whole(ctx, dataset, batch, loaded); err != nil {
		return err
	}
	if err := k.tables(ctx, what); err != nil {
		return err
	}
	r := row{Definition: what.Name(), Batch: batch, State: rand.Uint64() >> 1, Rows: loaded, At: k.now()}
	w := writing{dataset: dataset, unit: unit, batch: batch, loaded: loaded, settings: maps.Clone(limits), db: k.DB}
	w.params = map[string]string{"batch": strconv.FormatUint(uint64(batch), 10), "state": strconv.FormatUint(r.State, 10)}
	memory := cmp.Or(k.Memory, 1<<30)
	w.settings["max_memory_usage"], w.settings["max_bytes_before_external_group_by"] = strconv.FormatInt(memory, 10), strconv.FormatInt(memory/4, 10)
	if end, ok := ctx.Deadline(); ok { // the engine would go on for nobody
		w.settings["max_execution_time"] = strconv.Itoa(max(1, int(time.Until(end).Seconds())))
	}
	err := what.fill(ctx, k, w)
	if err != nil {
		err = fmt.Errorf("states of %s: %w", dataset, err)
	} else {
		err = k.whole(ctx, dataset, batch, loaded) // they may have gone meanwhile
	}
	if err != nil {
		return errors.Join(err, k.undo(ctx, what, r.State))
	}
	return warehouse.Append(ctx, k.DB, "meta.states", r)
}

// parts is in how many parts the people of a batch are looked for.
func (k *Keeper) parts(loaded uint64) int { return int(loaded/cmp.Or(k.Part, mostTold)) + 1 }

// fill writes the counts of a batch, and the rows of those who occur more than once.
func (d *Definition) fill(ctx context.Context, k *Keeper, w writing) (err error) {
	if w.params["others"], err = k.same(ctx, d.Dataset, w.unit, w.batch); err != nil {
		return err
	}
	if err := k.unsaid(ctx, d, w.batch); err != nil {
		return err
	}
	parts := k.parts(w.loaded)
	for _, g := range d.groups() {
		if err := w.exec(ctx, d.counting(g), w.params); err != nil {
			return err
		}
		for _, of := range d.Families[g[0]].Distinct {
			for part := range parts {
				own := maps.Clone(w.params)
				own["parts"], own["part"] = strconv.Itoa(parts), strconv.Itoa(part)
				if err := w.exec(ctx, d.recurring(g, of, parts), own); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// unsaid takes back which rows of a batch are of somebody who occurs more than once, where the batch was ever found damaged: they
// may not be the rows that are there now.
func (k *Keeper) unsaid(ctx context.Context, d *Definition, batch uint32) error {
	of := strconv.FormatUint(uint64(batch), 10)
	var words uint64
	err := k.DB.Row(ctx, warehouse.Statement{Tag: "states.damage", SQL: "select count() from meta.damage where batch = {batch:UInt32}", Params: map[string]string{"batch": of}}, &words)
	if err != nil || words == 0 {
		return err
	}
	return k.DB.Exec(ctx, warehouse.Statement{Tag: "states.damage", SQL: "alter table " + d.Several() + " delete where _batch = " + of + " settings mutations_sync = 2"})
}

// undo takes back counts that were not written to their end, so that what fails again and again leaves nothing behind. Nobody
// reads them meanwhile.
func (k *Keeper) undo(ctx context.Context, what Kept, state uint64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return k.DB.Exec(ctx, warehouse.Statement{Tag: "states.undo", SQL: "alter table " + what.Counts() + " delete where _state = " + strconv.FormatUint(state, 10)})
}

// whole says that as many rows of a batch are there as were loaded.
func (k *Keeper) whole(ctx context.Context, dataset string, batch uint32, loaded uint64) error {
	var n uint64
	err := k.DB.Row(ctx, warehouse.Statement{
		Tag: "states.rows", SQL: "select count() from store." + dataset + " where _batch = {batch:UInt32}",
		Params: map[string]string{"batch": strconv.FormatUint(uint64(batch), 10)},
	}, &n)
	if err == nil && n != loaded {
		err = fmt.Errorf("states of %s: batch %d has %d rows, and %d were loaded", dataset, batch, n, loaded)
	}
	return err
}

func (k *Keeper) tables(ctx context.Context, what Kept) error {
	for _, sql := range what.ddl() {
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
		Tag: "states.unit", SQL: `select batch from meta.ledger where dataset = {dataset:String} and state in ('published', 'held', 'submitted', 'withdrawn')
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
	Dataset string `db:"name"`
	Unit    string `db:"unit"`
	Batch   uint32 `db:"batch"`
	Loaded  uint64 `db:"loaded"`
	Live    bool   `db:"live"`
}

// try is what was to be kept of a batch.
type try struct {
	what  string
	batch uint32
}

// again is how long a batch that could not be kept is left alone: it may take minutes, and fail the next time too.
const again = time.Hour

// never is when a batch is tried again that needs more memory than a statement may take.
const never = 100 * 365 * 24 * time.Hour

// mostFaults ends a turn: they have a cause in common, and each leaves the engine something to clear away.
const mostFaults = 5

// Catch keeps what is not kept of batches that were ever published, one after the other and so many in a turn: those that are
// live first, of all datasets, then those that only earlier moments ask for; the latest first. It returns how many; one that
// fails does not keep the others waiting. One that needs more memory than a statement may take is told once and stays with its
// rows as long as the program runs. Of a dataset with too few rows nothing is kept. What former definitions kept goes, and all
// that was ever kept where nothing is to be kept any more.
func (k *Keeper) Catch(ctx context.Context) (n int, err error) {
	switch {
	case k == nil:
		return 0, nil
	case k.Least == 0:
		return 0, k.drop(ctx)
	case k.Of == nil && k.Crowds == nil:
		return 0, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed == nil {
		k.failed = map[try]time.Time{}
	}
	k.left.Store(false)
	n, faults := k.catch(ctx)
	if ctx.Err() != nil {
		return n, ctx.Err()
	}
	return n, errors.Join(append(faults, k.former(ctx))...)
}

func (k *Keeper) catch(ctx context.Context) (n int, faults []error) {
	rows, err := warehouse.Select[struct {
		Dataset string `db:"dataset"`
		Rows    uint64 `db:"rows"`
	}](ctx, k.DB, warehouse.SQL("select dataset, sum(loaded) as rows from meta.live group by dataset"))
	if err != nil {
		return 0, []error{err}
	}
	live := map[string]uint64{}
	for _, r := range rows {
		live[r.Dataset] = r.Rows
	}
	type one struct {
		missing
		of Kept
	}
	var all []one
	for _, what := range k.all() {
		var sum uint64
		for _, name := range what.datasets() {
			sum += live[name]
		}
		if sum < k.Least {
			continue
		}
		list, err := warehouse.Select[missing](ctx, k.DB, warehouse.Statement{
			Tag: "states.missing", SQL: `select any(dataset) as name, argMaxIf(unit, seq, state = 'published') as unit, batch, argMaxIf(loaded, seq, state = 'published') as loaded,
    batch in (select batch from meta.live where dataset in {datasets:Array(String)}) as live
from meta.ledger
where dataset in {datasets:Array(String)} and batch not in (select s.batch from ` + good + ` and s.definition = {definition:String})
  and batch not in (select batch from (select batch, healed from meta.damage order by at desc limit 1 by batch) where not healed)
group by batch
having countIf(state = 'published') > 0 and countIf(state in ('swept', 'abandoned')) = 0
order by batch desc`,
			Params: map[string]string{"datasets": warehouse.Strings(what.datasets()), "definition": what.Name()},
		})
		if err != nil {
			faults = append(faults, err)
		}
		for _, m := range list {
			all = append(all, one{m, what})
		}
	}
	slices.SortStableFunc(all, func(a, b one) int {
		switch {
		case a.Live && !b.Live:
			return -1
		case b.Live && !a.Live:
			return 1
		}
		return 0
	})
	for _, m := range all {
		if n >= cmp.Or(k.Turn, 20) || len(faults) >= mostFaults || n > 0 && k.left.Load() { // what was just left is live
			break
		}
		tried := try{m.of.Name(), m.Batch}
		if k.now().Before(k.failed[tried]) {
			continue
		}
		err := k.Write(ctx, m.of, m.Dataset, m.Unit, m.Batch, m.Loaded)
		if err == nil {
			n++
			delete(k.failed, tried)
			continue
		}
		faults = append(faults, err)
		if ctx.Err() != nil {
			break
		}
		k.failed[tried] = k.now().Add(again)
		var e *warehouse.Error
		if errors.As(err, &e) && e.Code == 241 && strings.HasPrefix(e.Message, "Query memory limit") { // its own limit, not the engine's
			k.failed[tried] = k.now().Add(never)
		}
	}
	return n, faults
}

// tablesOf finds the tables that keep something, of any definition, those that follow a condition.
func (k *Keeper) tablesOf(ctx context.Context, dataset, and string) (names []string, err error) {
	rows, err := warehouse.Select[struct {
		Name string `db:"name"`
	}](ctx, k.DB, warehouse.Statement{
		Tag:    "states.known",
		SQL:    "select name from system.tables where database = 'meta' and match(name, concat('^(state|several)_', {dataset:String}, '_[0-9a-f]{12}$|^crowd_[0-9a-f]{12}$'))" + and + " order by name",
		Params: map[string]string{"dataset": dataset},
	})
	for _, r := range rows {
		names = append(names, r.Name)
	}
	return names, err
}

// anyDataset matches the names of all datasets.
const anyDataset = "[a-z0-9_]+"

// drop removes all that was ever kept. It asks once whether there is any.
func (k *Keeper) drop(ctx context.Context) error {
	if k.dropped.Load() {
		return nil
	}
	names, err := k.tablesOf(ctx, anyDataset, "")
	if err != nil {
		return err
	}
	var list []string
	if len(names) > 0 {
		list = append(list, "truncate table if exists meta.states") // first: what it does not name nobody reads
	}
	for _, name := range append(names, "number_twins", "numbers", "number_claims") { // the claims last: a number is given once
		list = append(list, "drop table if exists meta."+name)
	}
	for _, sql := range list {
		if err := k.DB.Exec(ctx, warehouse.Statement{Tag: "states.drop", SQL: sql}); err != nil {
			return err
		}
	}
	k.dropped.Store(true)
	return nil
}

// grace is how long another definition is left in place: two processes may be of two minds while a declaration changes.
const grace = 24 * time.Hour

// former drops what is kept under definitions that nobody has written by for a day, also what a load left that was killed
// before meta.states named it: others are declared.
func (k *Keeper) former(ctx context.Context) error {
	before := k.now().Add(-grace).Unix()
	names, err := k.tablesOf(ctx, anyDataset, fmt.Sprintf(` and toUnixTimestamp(metadata_modification_time) < %[1]d
and replaceRegexpOne(name, '^several_', 'state_') not in (select definition from meta.states where at >= fromUnixTimestamp(%[1]d))`, before))
	if err != nil {
		return err
	}
	own := map[string]bool{}
	for _, what := range k.all() {
		own[what.Name()] = true
	}
	for _, name := range names {
		definition := name
		if of, ok := strings.CutPrefix(name, "several_"); ok {
			definition = "state_" + of
		}
		if own[definition] {
			continue
		}
		for _, sql := range []string{
			"alter table meta.states delete where definition = '" + definition + "' settings mutations_sync = 2",
			"drop table if exists meta." + name,
		} {
			if err := k.DB.Exec(ctx, warehouse.Statement{Tag: "states.former", SQL: sql}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Forget drops what is kept of batches whose rows are gone, under every definition, also where nothing is kept any more.
func (k *Keeper) Forget(ctx context.Context, dataset string, batches string) error {
	if k == nil {
		return nil
	}
	names, err := k.tablesOf(ctx, dataset, "")
	if err != nil || len(names) == 0 {
		return err
	}
	var list []string
	for _, name := range names {
		where := "_batch in (" + batches + ")"
		if !strings.HasPrefix(name, "several_") {
			where = "_state in (select state from meta.states where definition = '" + name + "' and batch in (" + batches + "))"
		}
		list = append(list, "alter table meta."+name+" delete where "+where)
	}
	list = append(list, "alter table meta.states delete where match(definition, '^state_"+dataset+"_[0-9a-f]{12}$|^crowd_[0-9a-f]{12}$') and batch in ("+batches+")")
	for _, sql := range list {
		if err := k.DB.Exec(ctx, warehouse.Statement{Tag: "states.forget", SQL: sql + " settings mutations_sync = 2, allow_nondeterministic_mutations = 1"}); err != nil {
			return err
		}
	}
	return nil
}
