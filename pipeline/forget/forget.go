package forget

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/control"
	"yanzhen/pipeline/warehouse"
)

// Found is what a table holds of somebody.
type Found struct {
	Table   string
	Live    uint64 // rows that readers see
	Other   uint64 // rows of former, held and hidden versions
	Batches []uint32
}

// table is a table of rows and its columns of persons.
type table struct {
	name    string
	columns []string
}

// tables are those of the store that hold hashes of persons, also of datasets that are declared no more: of all types of columns
// that datasets have only a person is a UInt64.
func tables(ctx context.Context, db *warehouse.DB) (out []table, err error) {
	got, err := warehouse.Select[struct {
		Table   string   `db:"table"`
		Columns []string `db:"columns"`
	}](ctx, db, warehouse.Statement{
		Tag: "forget.tables",
		SQL: "select table, groupArray(name) as columns from (select table, name from system.columns where database = 'store' and type in ('UInt64', 'Nullable(UInt64)') and name not like '\\_%' order by table, position) group by table order by table",
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
	all, err := tables(ctx, db)
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

// Numbers are the hashes of keys as they are written.
func Numbers(keys []string) []uint64 { return Entry{Keys: keys}.numbers() }

// Delete writes the deletion into the book, and does it.
func Delete(ctx context.Context, l *pipeline.Loader, b Book, e Entry) (Entry, error) {
	if err := b.Change(func(all []Entry) []Entry { return append(all, e) }); err != nil {
		return e, err
	}
	return e, carry(ctx, l, b, &e)
}

// Resume goes on with deletions that were not done: the program ended in the middle of one, or the store is that of a backup.
func Resume(ctx context.Context, l *pipeline.Loader, b Book) (n int, rows uint64, err error) {
	all, err := b.Read()
	for i := range all {
		if e := &all[i]; !e.Done && err == nil {
			was := e.Rows
			err = carry(ctx, l, b, e)
			n, rows = n+1, rows+e.Rows-was
		}
	}
	return n, rows, err
}

// loading is how long a load at work is waited for: it may have read the book before.
const loading = 2 * time.Minute

// carry does a deletion to its end, from wherever it stands.
func carry(ctx context.Context, l *pipeline.Loader, b Book, e *Entry) error {
	keys := e.numbers()
	put := func() error {
		return b.Change(func(all []Entry) []Entry {
			for i := range all {
				if all[i].At.Equal(e.At) && slices.Equal(all[i].Keys, e.Keys) {
					all[i] = *e
				}
			}
			return all
		})
	}
	for until := time.Now().Add(loading); ; {
		busy, err := arriving(ctx, l.DB)
		if err != nil {
			return err
		}
		found, err := Find(ctx, l.DB, keys)
		if err != nil {
			return err
		}
		if e.Batches == nil {
			e.Batches = map[string][]uint32{}
		}
		for _, f := range found {
			e.Batches[f.Table] = append(e.Batches[f.Table], f.Batches...)
			slices.Sort(e.Batches[f.Table])
			e.Batches[f.Table] = slices.Compact(e.Batches[f.Table])
		}
		e.Rows += Rows(found)
		if len(found) > 0 {
			if err := put(); err != nil {
				return err
			}
		}
		if err := erase(ctx, l, found, keys); err != nil {
			return err
		}
		if err := account(ctx, l, *e); err != nil {
			return err
		}
		if !busy || time.Now().After(until) {
			break
		}
		select {
		case <-time.After(2 * time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := clear(b.Dir); err != nil {
		return err
	}
	e.Done, e.Batches = true, nil
	return put()
}

// arriving reports whether rows may be arriving in a load that began before.
func arriving(ctx context.Context, db *warehouse.DB) (bool, error) {
	var n uint64
	err := db.Row(ctx, warehouse.Statement{
		Tag: "forget.arriving",
		SQL: "select count() from (select batch from meta.ledger where at > now() - interval 1 hour group by batch having argMax(state, seq) = 'staging')",
	}, &n)
	return n > 0, err
}

// erase takes the rows away, and what is kept beside those of their batches, which is made anew.
func erase(ctx context.Context, l *pipeline.Loader, found []Found, keys []uint64) error {
	all, err := tables(ctx, l.DB)
	if err != nil {
		return err
	}
	var list []string
	for _, f := range found {
		for _, t := range all {
			if t.name == f.Table {
				list = append(list, "alter table store.`"+t.name+"` delete where "+t.where(keys)+" settings mutations_sync = 2")
			}
		}
		beside, err := besides(ctx, l.DB, f.Table)
		if err != nil {
			return err
		}
		batches := numbers(f.Batches)
		for _, name := range beside {
			if strings.HasPrefix(name, "several_") {
				list = append(list, "alter table meta.`"+name+"` delete where `_batch` in ("+batches+") settings mutations_sync = 2")
			} else {
				list = append(list, "alter table meta.`"+name+"` delete where `_state` in (select state from meta.states where definition = '"+name+"' and batch in ("+batches+")) settings mutations_sync = 2")
			}
		}
		if len(beside) > 0 {
			list = append(list, "alter table meta.states delete where batch in ("+batches+") settings mutations_sync = 2")
		}
	}
	for _, sql := range list {
		if err := l.DB.Exec(ctx, warehouse.Statement{Tag: "forget.erase", SQL: sql, Settings: map[string]string{"max_execution_time": "0"}}); err != nil {
			return err
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
		Params: map[string]string{"like": "^(state|several)_" + name + "_[0-9a-f]{12}$"},
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

// left is what a batch has after rows of it went.
type left struct {
	Batch uint32 `db:"batch"`
	Rows  uint64 `db:"n"`
	sums  []float64
}

// account writes into the ledger and the runs how many rows the batches have now and what their control sums are, with a word of
// why; what went counts as left out. What was live is published once more with these numbers, so that its history tells who
// did it and no figure of before is kept. It may be done again: what agrees is left alone.
func account(ctx context.Context, l *pipeline.Loader, e Entry) error {
	for _, name := range slices.Sorted(maps.Keys(e.Batches)) {
		for list := range slices.Chunk(e.Batches[name], most) {
			if err := accountOf(ctx, l, name, list, e); err != nil {
				return fmt.Errorf("ledger of %s: %w", name, err)
			}
		}
	}
	return nil
}

func accountOf(ctx context.Context, l *pipeline.Loader, name string, batches []uint32, e Entry) error {
	ds := l.Dataset(name)
	var columns []string
	sql := ""
	if ds != nil {
		for i := range ds.Columns {
			if c := control.SQL(&ds.Columns[i]); c != "" {
				sql, columns = sql+", "+c, append(columns, ds.Columns[i].Name)
			}
		}
	}
	got, err := warehouse.Select[struct {
		Batch uint32    `db:"batch"`
		Rows  uint64    `db:"n"`
		Sums  []float64 `db:"sums"`
	}](ctx, l.DB, warehouse.Statement{
		Tag: "forget.left",
		SQL: "select `_batch` as batch, count() as n, array(toFloat64(0)" + sql + ") as sums from store.`" + name + "` where `_batch` in (" + numbers(batches) + ") group by batch",
	})
	if err != nil {
		return err
	}
	have := map[uint32]left{}
	for _, g := range got {
		have[g.Batch] = left{g.Batch, g.Rows, g.Sums[1:]}
	}
	var rows, sums []string
	for _, b := range batches {
		h := have[b]
		rows = append(rows, strconv.FormatUint(h.Rows, 10))
		said := map[string]float64{}
		for i, c := range columns {
			if said[c] = 0; h.sums != nil {
				said[c] = h.sums[i]
			}
		}
		text, err := json.Marshal(said)
		if err != nil {
			return err
		}
		sums = append(sums, "'"+strings.ReplaceAll(string(text), "'", `\'`)+"'")
	}
	of, now := numbers(batches), func(values []string, or string) string {
		return "transform(batch, [" + numbers(batches) + "], [" + strings.Join(values, ", ") + "], " + or + ")"
	}
	loaded := "toUInt64(" + now(rows, "0") + ")"
	update := func(table, more string) string {
		return "alter table meta." + table + " update excluded = excluded + (loaded - " + loaded + "), loaded = " + loaded + more + " where batch in (" + of + ") and dataset = '" + name + "' and loaded > " + loaded + " settings mutations_sync = 2"
	}
	more := ", note = concat(note, if(note = '', '', '；'), '按删除个人的要求去掉 ', toString(loaded - " + loaded + "), ' 行')"
	if ds != nil {
		more += ", sums = " + now(sums, "sums")
	}
	for _, sql := range []string{update("ledger", more), update("runs", "")} {
		if err := l.DB.Exec(ctx, warehouse.Statement{Tag: "forget.ledger", SQL: sql}); err != nil {
			return err
		}
	}
	return again(ctx, l, name, batches, e)
}

// again publishes what is live of the batches once more.
func again(ctx context.Context, l *pipeline.Loader, name string, batches []uint32, e Entry) error {
	if l.Dataset(name) == nil {
		return nil
	}
	live, err := l.Live(ctx, name)
	if err != nil {
		return err
	}
	note := "按要求删除个人：" + e.Reason
	for _, u := range live {
		if !slices.Contains(batches, u.Batch) {
			continue
		}
		last, err := l.History(ctx, name, u.Unit)
		if err != nil {
			return err
		}
		if len(last) > 0 && last[0].Batch == u.Batch && last[0].By == e.By && strings.HasPrefix(last[0].Note, note) && last[0].At.After(e.At) {
			continue
		}
		if _, err := l.Republish(ctx, name, u.Batch, pipeline.Why{By: e.By, Reason: note, Over: &u.Batch}); err != nil {
			return err
		}
	}
	return nil
}

// clear removes files that were made of rows or hold what was sent, and are made anew: files that went back to senders, drafts, and
// what is known of sources.
func clear(dir string) error {
	for _, pattern := range []string{"returns/*", "drafts/*", "sources/*/mirror", "sources/*/rows", "sources/*/look-*"} {
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
