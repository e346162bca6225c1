package forget

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline"
	"yanzhen/pipeline/check"
	"yanzhen/pipeline/control"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/warehouse"
)

// Found is what a table holds of somebody.
type Found struct {
	Table   string
	Live    uint64 // rows that readers see
	Other   uint64 // rows of former, held and hidden versions
	Batches []uint32
}

// numbersTable holds the numbers that people have beside their hashes (package states).
const numbersTable = "numbers"

// table is a table of rows and its columns of persons.
type table struct {
	name    string
	columns []string
}

// tables are those of the store that hold hashes of persons, also of datasets that are declared no more: of all types of columns
// that datasets have only a person is a UInt64. In meta they are those that are kept beside the rows.
func tables(ctx context.Context, db *warehouse.DB, database string) (out []table, err error) {
	which := "database = 'store' and name not like '\\_%'"
	if database == "meta" {
		which = "database = 'meta' and (match(table, '^several_.*_[0-9a-f]{12}$') and name like '\\_is\\_%' or table = '" + numbersTable + "' and name = 'person')"
	}
	got, err := warehouse.Select[struct {
		Table   string   `db:"table"`
		Columns []string `db:"columns"`
	}](ctx, db, warehouse.Statement{
		Tag: "forget.tables",
		SQL: "select table, groupArray(name) as columns from (select table, name from system.columns where " + which + " and type in ('UInt64', 'Nullable(UInt64)') order by table, position) group by table order by table",
	})
	for _, g := range got {
		out = append(out, table{g.Table, g.Columns})
	}
	return out, err
}

// where is the condition on rows of somebody.
func (t table) where(keys []uint64) string {
	var list, parts []string
	for _, k := range keys {
		list = append(list, "toUInt64("+strconv.FormatUint(k, 10)+")")
	}
	for _, c := range t.columns {
		parts = append(parts, "ifNull(`"+c+"` in ("+strings.Join(list, ", ")+"), 0)")
	}
	return strings.Join(parts, " or ")
}

// Find looks for rows of somebody in every version of every table.
func Find(ctx context.Context, db *warehouse.DB, keys []uint64) (out []Found, err error) {
	all, err := tables(ctx, db, "store")
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		got, err := warehouse.Select[struct {
			Live    uint64   `db:"live"`
			Other   uint64   `db:"other"`
			Batches []uint32 `db:"batches"`
		}](ctx, db, warehouse.Statement{
			Tag: "forget.find." + t.name,
			SQL: "select countIf(`_batch` in (select batch from meta.live)) as live, count() - live as other, arraySort(groupUniqArray(`_batch`)) as batches from store.`" + t.name + "` where " + t.where(keys),
		})
		if err != nil {
			return nil, fmt.Errorf("store.%s: %w", t.name, err)
		}
		if len(got) == 1 && got[0].Live+got[0].Other > 0 {
			out = append(out, Found{t.name, got[0].Live, got[0].Other, got[0].Batches})
		}
	}
	return out, nil
}

// Rows are all of what was found.
func Rows(found []Found) (n uint64) {
	for _, f := range found {
		n += f.Live + f.Other
	}
	return n
}

// Holds is how many rows there are of somebody, in all versions and beside them.
func Holds(ctx context.Context, db *warehouse.DB, keys []uint64) (uint64, error) {
	rows, err := Find(ctx, db, keys)
	if err != nil {
		return 0, err
	}
	beside, err := Beside(ctx, db, keys)
	return Rows(rows) + Rows(beside), err
}

// Numbers are the hashes of keys as they are written.
func Numbers(keys []string) []uint64 { return Entry{Keys: keys}.numbers() }

// Beside looks for somebody in the tables that are kept beside the rows: what a deletion left there that ended in its middle.
func Beside(ctx context.Context, db *warehouse.DB, keys []uint64) (out []Found, err error) {
	all, err := tables(ctx, db, "meta")
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		batch := "`_batch`"
		if t.name == numbersTable { // of no batch
			batch = "cast(null, 'Nullable(UInt32)')"
		}
		got, err := warehouse.Select[struct {
			Rows    uint64   `db:"n"`
			Batches []uint32 `db:"batches"`
		}](ctx, db, warehouse.Statement{
			Tag: "forget.beside", SQL: "select count() as n, arraySort(groupUniqArray(" + batch + ")) as batches from meta.`" + t.name + "` where " + t.where(keys),
		})
		if err != nil {
			return nil, fmt.Errorf("meta.%s: %w", t.name, err)
		}
		if len(got) == 1 && got[0].Rows > 0 {
			out = append(out, Found{Table: t.name, Other: got[0].Rows, Batches: got[0].Batches})
		}
	}
	return out, nil
}

// Delete writes the deletion into the book, and does it. It is not done where a load outlasts it: then it Waits.
func Delete(ctx context.Context, l *pipeline.Loader, b Book, e Entry) (Entry, error) {
	e.Reason, _ = mask.Mask{}.Text(e.Reason)
	if err := b.Change(func(all []Entry) []Entry { return append(all, e) }); err != nil {
		return e, err
	}
	return e, b.tried(ctx, &e, carry(ctx, l, b, &e, cmp.Or(b.Wait, 2*time.Minute)))
}

// Resume goes on with deletions that were not done: the program ended in the middle of one, a load outlasted it, or the store
// is that of a backup. It waits for no load. One that fails does not keep the others.
func Resume(ctx context.Context, l *pipeline.Loader, b Book) (n int, rows uint64, err error) {
	all, err := b.Read()
	if err != nil {
		return 0, 0, err
	}
	var faults []error
	for i := range all {
		if e := &all[i]; !e.Done {
			was := e.Rows
			faults = append(faults, b.tried(ctx, e, carry(ctx, l, b, e, 0)))
			n, rows = n+1, rows+e.Rows-was
		}
	}
	return n, rows, errors.Join(faults...)
}

// carry does a deletion to its end, from wherever it stands; one at a time in an installation.
func carry(ctx context.Context, l *pipeline.Loader, b Book, e *Entry, wait time.Duration) error {
	unlock, err := filed.Lock(filepath.Join(b.Dir, "forgetting.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	all, err := b.Read() // somebody else may have gone on with it meanwhile
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, e.same)
	if i < 0 {
		return nil
	}
	if *e = all[i]; e.Done {
		return nil
	}
	c := carrier{l, b, e}
	for until := time.Now().Add(wait); ; {
		if err := c.finish(ctx); err != nil {
			return err
		}
		busy, err := arriving(ctx, l)
		if err != nil {
			return err
		}
		if err := c.count(ctx, busy); err != nil {
			return err
		}
		if err := c.finish(ctx); err != nil {
			return err
		}
		if e.Waits = len(busy) > 0; !e.Waits {
			break
		}
		e.Failing = time.Time{}
		if err := c.put(); err != nil || !time.Now().Before(until) {
			return err
		}
		select {
		case <-time.After(min(2*time.Second, wait)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := c.unnumbered(ctx); err != nil {
		return err
	}
	if err := clear(b.Dir); err != nil {
		return err
	}
	n, err := exported(b.Dir)
	if e.Files += n; err != nil {
		return err
	}
	if b.Also != nil {
		if err := b.Also(); err != nil {
			return err
		}
	}
	e.Done, e.Failing = true, time.Time{}
	return c.put()
}

// carrier does a deletion.
type carrier struct {
	*pipeline.Loader
	book Book
	e    *Entry
}

// put writes the entry as it stands; what was taken back meanwhile stays so.
func (c carrier) put() error {
	return c.book.Change(func(all []Entry) []Entry {
		for i := range all {
			if c.e.same(all[i]) {
				c.e.Back = all[i].Back
				all[i] = *c.e
			}
		}
		return all
	})
}

// at is a step at which a test may end the deletion.
func (c carrier) at(step string) error {
	if c.book.fault != nil {
		return c.book.fault(step)
	}
	return nil
}

// arriving are the batches of loads at work. Their rows are left alone, so that their counts agree: a load reads the book once
// more before it publishes. What a process left behind that has died is no load at work.
func arriving(ctx context.Context, l *pipeline.Loader) (busy []uint32, err error) {
	got, err := warehouse.Select[struct {
		Batch uint32 `db:"batch"`
		Owner string `db:"owner"`
	}](ctx, l.DB, warehouse.Statement{
		Tag: "forget.arriving",
		SQL: "select batch, anyIf(note, state = 'staging') as owner from meta.ledger where batch in (select batch from meta.ledger where state = 'staging' and at > now() - interval 1 day) group by batch having argMax(state, seq) = 'staging'",
	})
	for _, g := range got {
		if l.Alive(g.Owner) {
			busy = append(busy, g.Batch)
		}
	}
	return busy, err
}

// count writes into the book what there is of somebody, batch by batch, and what the ledger is to say afterwards.
func (c carrier) count(ctx context.Context, busy []uint32) error {
	keys := c.e.numbers()
	if len(keys) == 0 {
		return nil
	}
	found, err := Find(ctx, c.DB, keys)
	if err != nil {
		return err
	}
	all, err := tables(ctx, c.DB, "store")
	if err != nil {
		return err
	}
	batches := map[string][]uint32{}
	for _, f := range found {
		f.Batches = slices.DeleteFunc(f.Batches, func(b uint32) bool { return slices.Contains(busy, b) })
		for list := range slices.Chunk(f.Batches, most) {
			parts, err := c.parts(ctx, all[slices.IndexFunc(all, func(t table) bool { return t.name == f.Table })], list, keys)
			if err != nil {
				return fmt.Errorf("store.%s: %w", f.Table, err)
			}
			c.e.Parts = append(c.e.Parts, parts...)
		}
		if len(f.Batches) > 0 {
			batches[f.Table] = f.Batches
		}
	}
	beside, err := Beside(ctx, c.DB, keys)
	if err != nil {
		return err
	}
	for _, f := range beside {
		if f.Table == numbersTable {
			continue
		}
		name := strings.TrimPrefix(f.Table, "several_")
		name = name[:strings.LastIndexByte(name, '_')]
		batches[name] = append(batches[name], f.Batches...)
		slices.Sort(batches[name])
		batches[name] = slices.Compact(batches[name])
	}
	if len(batches) == 0 {
		return nil
	}
	c.e.Batches, c.e.Counted = batches, time.Now().UTC()
	for _, p := range c.e.Parts {
		if p.Damaged && !slices.Contains(c.e.Damaged, p.Batch) {
			c.e.Damaged = append(c.e.Damaged, p.Batch)
		}
	}
	return c.put()
}

// parts counts what goes of batches of a table. One that is not what the ledger says, in rows or in a sum, stays as damaged as
// it is: the same is taken off on both sides.
func (c carrier) parts(ctx context.Context, t table, batches []uint32, keys []uint64) (out []Part, err error) {
	var columns []*dataset.Column
	sums := "array(toFloat64(0)"
	if ds := c.Dataset(t.name); ds != nil {
		for i := range ds.Columns {
			if s := control.SQL(&ds.Columns[i]); s != "" {
				sums, columns = sums+", "+s, append(columns, &ds.Columns[i])
			}
		}
	}
	ask := func(and string) (map[uint32]counted, error) {
		got, err := warehouse.Select[counted](ctx, c.DB, warehouse.Statement{
			Tag: "forget.count",
			SQL: "select `_batch` as batch, count() as n, " + sums + ") as sums from store.`" + t.name + "` where `_batch` in (" + numbers(batches) + ")" + and + " group by batch",
		})
		of := map[uint32]counted{}
		for _, g := range got {
			of[g.Batch] = g
		}
		return of, err
	}
	before, err := ask("")
	if err != nil {
		return nil, err
	}
	after, err := ask(" and not (" + t.where(keys) + ")")
	if err != nil {
		return nil, err
	}
	said, err := warehouse.Select[struct {
		Batch  uint32 `db:"batch"`
		Loaded uint64 `db:"n"`
		Sums   string `db:"said"`
	}](ctx, c.DB, warehouse.Statement{
		Tag: "forget.said", Params: map[string]string{"dataset": t.name},
		SQL: "select batch, argMax(loaded, seq) as n, argMax(sums, seq) as said from meta.ledger where dataset = {dataset:String} and loaded > 0 and batch in (" + numbers(batches) + ") group by batch",
	})
	if err != nil {
		return nil, err
	}
	ledger := map[uint32]int{}
	for i, s := range said {
		ledger[s.Batch] = i
	}
	for _, b := range batches {
		p := Part{Dataset: t.name, Batch: b, Rows: before[b].Rows - after[b].Rows}
		if i, ok := ledger[b]; ok {
			p.Loaded, p.Damaged = said[i].Loaded, before[b].Rows != said[i].Loaded
			if err := p.sum(columns, said[i].Sums, before[b], after[b]); err != nil {
				return nil, err
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// counted is what a batch has: rows, and behind a zero the control sums of its columns. Of no rows there are no sums.
type counted struct {
	Batch uint32    `db:"batch"`
	Rows  uint64    `db:"n"`
	Sums  []float64 `db:"sums"`
}

func (c counted) sum(column int) float64 {
	if c.Rows == 0 {
		return 0
	}
	return c.Sums[column+1]
}

// sum looks whether the sums are what the ledger says, and writes what they are to be.
func (p *Part) sum(columns []*dataset.Column, said string, before, after counted) error {
	sent := map[string]float64{}
	if json.Unmarshal([]byte(said), &sent) != nil {
		return nil // as Verify takes it: nothing is said of sums
	}
	for k, c := range columns {
		want, ok := sent[c.Name]
		p.Damaged = p.Damaged || ok && !check.Agree(c, want, before.sum(k), p.Loaded)
	}
	for k, c := range columns {
		want, ok := sent[c.Name]
		switch {
		case !ok:
		case p.Damaged:
			sent[c.Name] = want - (before.sum(k) - after.sum(k))
		default:
			sent[c.Name] = after.sum(k)
		}
	}
	text, err := json.Marshal(sent)
	p.Sums = string(text)
	return err
}

// finish deletes what the book says was counted: first the rows, then what the ledger says of them, then what is kept beside,
// of which is made anew what is right by the ledger; at last what is live is published once more. Each step may be done again.
func (c carrier) finish(ctx context.Context) error {
	if len(c.e.Batches) == 0 {
		return nil
	}
	if err := c.at("counted"); err != nil {
		return err
	}
	all, err := tables(ctx, c.DB, "store")
	if err != nil {
		return err
	}
	keys, of := c.e.numbers(), map[string][]Part{}
	for _, p := range c.e.Parts {
		of[p.Dataset] = append(of[p.Dataset], p)
	}
	for _, t := range all {
		for list := range slices.Chunk(of[t.name], most) {
			if len(keys) == 0 { // taken back in the middle: what went has gone
				break
			}
			if err := c.exec(ctx, "alter table store.`"+t.name+"` delete where `_batch` in ("+numbers(batchesOf(list))+") and ("+t.where(keys)+")"); err != nil {
				return err
			}
		}
	}
	if err := c.at("rows"); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		for list := range slices.Chunk(of[name], most) {
			if err := c.account(ctx, name, list); err != nil {
				return fmt.Errorf("ledger of %s: %w", name, err)
			}
		}
	}
	if err := c.at("ledger"); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(c.e.Batches)) {
		if err := c.empty(ctx, name, numbers(c.e.Batches[name])); err != nil {
			return fmt.Errorf("beside %s: %w", name, err)
		}
	}
	if err := c.at("beside"); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if err := c.again(ctx, name, of[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := c.at("published"); err != nil {
		return err
	}
	for _, p := range c.e.Parts {
		c.e.Rows += p.Rows
	}
	c.e.Parts, c.e.Batches, c.e.States = nil, nil, nil
	return c.put()
}

func batchesOf(parts []Part) (out []uint32) {
	for _, p := range parts {
		out = append(out, p.Batch)
	}
	return out
}

// exec changes rows, and returns when they are changed.
func (c carrier) exec(ctx context.Context, sql string) error {
	return c.DB.Exec(ctx, warehouse.Statement{Tag: "forget.erase", SQL: sql + " settings mutations_sync = 2", Settings: map[string]string{"max_execution_time": "0"}})
}

// empty takes away what is kept beside batches of a dataset. First goes what names it, so that nobody reads what is half there;
// by then the book knows the names.
func (c carrier) empty(ctx context.Context, name, batches string) error {
	beside, err := besides(ctx, c.DB, name)
	if err != nil || len(beside) == 0 {
		return err
	}
	of := "match(definition, '^state_" + name + "_[0-9a-f]{12}$|^crowd_[0-9a-f]{12}$') and batch in (" + batches + ")"
	got, err := warehouse.Select[struct {
		Definition string   `db:"definition"`
		States     []uint64 `db:"states"`
	}](ctx, c.DB, warehouse.Statement{Tag: "forget.states", SQL: "select definition, groupUniqArray(state) as states from meta.states where " + of + " group by definition"})
	if err != nil {
		return err
	}
	if len(got) > 0 {
		if c.e.States == nil {
			c.e.States = map[string][]uint64{}
		}
		for _, g := range got {
			list := append(c.e.States[g.Definition], g.States...)
			slices.Sort(list)
			c.e.States[g.Definition] = slices.Compact(list)
		}
		if err := c.put(); err != nil {
			return err
		}
	}
	if err := c.exec(ctx, "alter table meta.states delete where "+of); err != nil {
		return err
	}
	if err := c.at("named"); err != nil {
		return err
	}
	for _, t := range beside {
		where := "`_batch` in (" + batches + ")"
		if !strings.HasPrefix(t, "several_") {
			if len(c.e.States[t]) == 0 {
				continue
			}
			where = "`_state` in (" + numbers(c.e.States[t]) + ")"
		}
		if err := c.exec(ctx, "alter table meta.`"+t+"` delete where "+where); err != nil {
			return err
		}
	}
	return nil
}

// unnumbered takes away which number somebody had, when no row and no bitmap of theirs is left. Nobody else is ever given it.
func (c carrier) unnumbered(ctx context.Context) error {
	all, err := tables(ctx, c.DB, "meta")
	keys := c.e.numbers()
	if err != nil || len(keys) == 0 {
		return err
	}
	for _, t := range all {
		if t.name == numbersTable {
			return c.exec(ctx, "alter table meta."+t.name+" delete where "+t.where(keys))
		}
	}
	return nil
}

// besides are the tables that are kept beside a dataset's rows.
func besides(ctx context.Context, db *warehouse.DB, name string) ([]string, error) {
	got, err := warehouse.Select[struct {
		Name string `db:"name"`
	}](ctx, db, warehouse.Statement{
		Tag: "forget.besides", SQL: "select name from system.tables where database = 'meta' and match(name, {like:String}) order by startsWith(name, 'several_'), name",
		Params: map[string]string{"like": "^(state|several)_" + name + "_[0-9a-f]{12}$|^crowd_[0-9a-f]{12}$"},
	})
	var out []string
	for _, g := range got {
		out = append(out, g.Name)
	}
	return out, err
}

func numbers[T uint32 | uint64](list []T) string {
	var out []string
	for _, n := range list {
		out = append(out, strconv.FormatUint(uint64(n), 10))
	}
	return strings.Join(out, ", ")
}

// most batches whose accounts are written in one statement.
const most = 200

// account takes off the ledger and the runs what went of batches of a dataset, with a word of why; it counts as left out. It may be
// done again: what was taken off is not what was counted any more.
func (c carrier) account(ctx context.Context, name string, parts []Part) error {
	var batches, before, after, sums []string
	for _, p := range parts {
		if p.Loaded == 0 { // the ledger says nothing of it
			continue
		}
		batches = append(batches, strconv.FormatUint(uint64(p.Batch), 10))
		before = append(before, strconv.FormatUint(p.Loaded, 10))
		after = append(after, strconv.FormatUint(p.Loaded-min(p.Rows, p.Loaded), 10))
		sums = append(sums, "'"+strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(p.Sums)+"'")
	}
	if len(batches) == 0 {
		return nil
	}
	now := func(values []string, or string) string {
		return "transform(batch, [" + strings.Join(batches, ", ") + "], [" + strings.Join(values, ", ") + "], " + or + ")"
	}
	left := "toUInt64(" + now(after, "0") + ")"
	update := func(table, more string) string {
		return "alter table meta." + table + " update excluded = excluded + (loaded - " + left + "), loaded = " + left + more + " where batch in (" + strings.Join(batches, ", ") + ") and dataset = '" + name + "' and loaded > 0 and loaded = toUInt64(" + now(before, "0") + ")"
	}
	more := ", note = concat(note, if(note = '', '', '；'), '按删除个人的要求去掉 ', toString(loaded - " + left + "), ' 行'), sums = if(" + now(sums, "''") + " = '', sums, " + now(sums, "''") + ")"
	for _, sql := range []string{update("ledger", more), update("runs", "")} {
		if err := c.exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// again publishes what is live of the batches once more, so that their history tells who did it and no figure of before is kept.
// What is damaged is not published again; doctor says so of it as before.
func (c carrier) again(ctx context.Context, name string, parts []Part) error {
	if c.Dataset(name) == nil {
		return nil
	}
	live, err := c.Live(ctx, name)
	if err != nil {
		return err
	}
	note := "按要求删除个人：" + c.e.Reason
	for _, u := range live {
		i := slices.IndexFunc(parts, func(p Part) bool { return p.Batch == u.Batch })
		if i < 0 || parts[i].Damaged {
			continue
		}
		last, err := c.History(ctx, name, u.Unit)
		if err != nil {
			return err
		}
		if len(last) > 0 && last[0].Batch == u.Batch && last[0].By == c.e.By && strings.HasPrefix(last[0].Note, note) && last[0].At.After(c.e.Counted) {
			continue
		}
		_, err = c.Republish(ctx, name, u.Batch, pipeline.Why{By: c.e.By, Reason: note, Over: &u.Batch})
		var p *pipeline.Problem
		if errors.As(err, &p) { // it was damaged meanwhile, or another has taken its place
			if p.Code == "batch_gone" && !slices.Contains(c.e.Damaged, u.Batch) {
				c.e.Damaged = append(c.e.Damaged, u.Batch)
			}
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// clear removes files that were made of rows or hold what was sent, and are made anew: files that went back to senders, drafts, and
// what is known of sources.
func clear(dir string) error {
	for _, pattern := range []string{"returns/*", "drafts/*", "typed/*", "sources/*/mirror", "sources/*/rows", "sources/*/look-*"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, n := range names {
			if err := os.RemoveAll(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// exported removes what saved statements have written on the clock, which may show rows of somebody without a key to find them by,
// and what is being written: that is written anew. No link leads out of the directory.
func exported(dir string) (n int, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	for range 10 { // one that is being written gets its own name when it is whole
		names, gerr := fs.Glob(root.FS(), "exports/*/*")
		err = errors.Join(err, gerr)
		renamed := false
		for _, name := range names {
			info, lerr := root.Lstat(name)
			if lerr == nil && !info.Mode().IsRegular() {
				continue
			}
			if lerr == nil {
				lerr = root.Remove(name)
			}
			switch {
			case lerr == nil:
				n++
			case errors.Is(lerr, fs.ErrNotExist):
				renamed = true
			default:
				err = errors.Join(err, lerr)
			}
		}
		if !renamed || err != nil {
			return n, err
		}
	}
	return n, errors.New("exports are written while they are removed: run it again")
}
