package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/codetable"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/settled"
	"yanzhen/pipeline/spool"
	"yanzhen/pipeline/trouble"
	"yanzhen/pipeline/version"
	"yanzhen/pipeline/warehouse"
)

// Ensure brings the database to what is declared: the databases, the bookkeeping, a table and a
// view for each dataset. What is missing is added in place; a table that differs in any other way
// is left alone, and the error says for each what to do. It then marks the runs of dead processes
// and loads the declared chains. Ensure may be called at every start.
func (l *Loader) Ensure(ctx context.Context) error {
	if err := l.EnsureTables(ctx); err != nil {
		return err
	}
	if err := l.ensureDurable(ctx); err != nil {
		return fmt.Errorf("settings of tables: %w", err)
	}
	if err := l.interrupted(ctx); err != nil {
		return err
	}
	if err := l.checkKey(ctx); err != nil {
		return fmt.Errorf("person key: %w", err)
	}
	if err := l.learnNames(ctx); err != nil {
		return fmt.Errorf("names: %w", err)
	}
	if _, err := l.Verify(ctx, Quick); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	l.clearSpool()
	err := l.LoadDeclared(ctx)
	if err != nil && Temporary(err) && !Away(err) && ctx.Err() == nil {
		// a full disk must not keep anybody from reading: the job of the declared data tries again
		l.log().Error("the declared chains and the calendar were not loaded; what was loaded before is served", "err", err)
		return nil
	}
	return err
}

// EnsureTables is the part of Ensure that makes databases, tables and views. It looks after no run,
// loads nothing and needs no key.
func (l *Loader) EnsureTables(ctx context.Context) error {
	definer := l.Definer
	if definer == "" {
		definer = "default"
	}
	if err := version.Check(ctx, l.DB); err != nil {
		return err
	}
	views := map[string]string{} // by dataset
	made := []string{strings.ReplaceAll(schemaSQL, "{definer}", definer)}
	for _, name := range l.Catalog.Names() {
		view := l.Catalog.Datasets[name].ViewDDL()
		if definer != "default" {
			view = strings.Replace(view, "definer = default", "definer = "+definer, 1)
		}
		views[name], made = view, append(made, view)
	}
	stand, err := settled.Look(ctx, l.DB, made)
	if err != nil {
		return err
	}
	if err := l.ensureMeta(ctx, definer, stand); err != nil {
		return fmt.Errorf("bookkeeping tables: %w", err)
	}
	changes, err := l.Changes(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, c := range changes {
		ds := l.Dataset(c.Dataset)
		if ds == nil {
			continue
		}
		if c.Refused != nil {
			faults = append(faults, c.Refused)
			continue
		}
		if len(c.SQL) == 0 && stand.Same() {
			continue
		}
		for _, sql := range append(c.SQL, views[ds.Name]) {
			if err := l.change(ctx, "schema."+ds.Name, sql); err != nil {
				faults = append(faults, fmt.Errorf("dataset %s: %w", ds.Name, err))
				break
			}
		}
	}
	if err := codetable.Publish(ctx, l.DB, l.Catalog, definer); err != nil {
		faults = append(faults, fmt.Errorf("code lists: %w", err))
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	if err := stand.Keep(ctx); err != nil {
		return err
	}
	if err := version.Mark(ctx, l.DB, l.now()); err != nil { // at last: an older program may go on with a store that this one cannot
		return fmt.Errorf("version of the store: %w", err)
	}
	return nil
}

// ensureDurable gives the tables of an earlier build the settings by which rows are on disk before
// they are published. Rows that lie there already are not touched.
func (l *Loader) ensureDurable(ctx context.Context) error {
	want := make([]string, len(dataset.Durable))
	for i, s := range dataset.Durable {
		want[i] = s[0] + " = " + s[1]
	}
	last := want[len(want)-1]
	tables, err := warehouse.Select[struct {
		Full string `db:"full"`
	}](ctx, l.DB, warehouse.Statement{
		Tag: "schema.durable",
		SQL: `select concat(database, '.', name) as full from system.tables
where (database in ('store', {rows:String}) or database = 'meta' and name in ('ledger', 'batches', 'keys', 'freezes')) and engine like '%MergeTree' and position(engine_full, {last:String}) = 0 order by full`,
		Params: map[string]string{"last": last, "rows": l.DB.Rows()},
	})
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := l.change(ctx, "schema.durable", "alter table "+t.Full+" modify setting "+strings.Join(want, ", ")); err != nil {
			return err
		}
	}
	return nil
}

// Change is what Ensure would do to the table of one dataset.
type Change struct {
	Dataset string
	New     bool        // the table is made
	Columns [][2]string // name and type of the columns that are added
	SQL     []string    // the statements, in order
	// Refused says why the table cannot be brought to its declaration in place. Ensure then leaves it
	// alone and fails.
	Refused error
	Gone    bool // no dataset of that name is declared any more; the table stays as it is
}

// Idle reports whether the table is as it is declared.
func (c Change) Idle() bool { return len(c.SQL) == 0 && c.Refused == nil && !c.Gone }

// Changes compares the tables with what is declared and changes nothing: one Change for each dataset
// declared, in order of name, then the tables that no dataset declares. It only reads.
func (l *Loader) Changes(ctx context.Context) ([]Change, error) {
	have, err := warehouse.Select[struct {
		Table   string `db:"table"`
		Name    string `db:"name"`
		Type    string `db:"type"`
		Sorted  bool   `db:"sorted"`
		Divides bool   `db:"divides"`
	}](ctx, l.DB, warehouse.Statement{Tag: "schema.columns", SQL: `select table, name, type, is_in_sorting_key = 1 as sorted, is_in_partition_key = 1 as divides
from system.columns where database = {rows:String} order by table, position`, Params: map[string]string{"rows": l.DB.Rows()}})
	if err != nil {
		return nil, err
	}
	keys, err := warehouse.Select[struct {
		Name      string `db:"name"`
		Sorting   string `db:"sorting_key"`
		Partition string `db:"partition_key"`
	}](ctx, l.DB, warehouse.Statement{Tag: "schema.tables", SQL: "select name, sorting_key, partition_key from system.tables where database = {rows:String} order by name", Params: map[string]string{"rows": l.DB.Rows()}})
	if err != nil {
		return nil, err
	}
	columns := map[string][]dataset.TableColumn{}
	for _, c := range have {
		columns[c.Table] = append(columns[c.Table], dataset.TableColumn{Name: c.Name, Type: c.Type, Sorted: c.Sorted, Divides: c.Divides})
	}
	order := map[string][2]string{}
	for _, k := range keys {
		order[k.Name] = [2]string{k.Sorting, k.Partition}
	}
	var out []Change
	for _, name := range l.Catalog.Names() {
		ds := l.Catalog.Datasets[name]
		c := Change{Dataset: name}
		if old := columns[name]; old == nil {
			c.New, c.SQL = true, []string{ds.DDL()}
		} else {
			sql, err := ds.Migrate(old)
			if c.Refused = errors.Join(err, sameKeys(ds, order[name])); c.Refused == nil {
				c.SQL = sql
			}
			for _, col := range ds.TableColumns() {
				if c.Refused == nil && !slices.ContainsFunc(old, func(t dataset.TableColumn) bool { return t.Name == col.Name }) {
					c.Columns = append(c.Columns, [2]string{col.Name, col.Type})
				}
			}
		}
		out = append(out, c)
	}
	for _, k := range keys {
		if l.Catalog.Datasets[k.Name] == nil && !aside(k.Name) {
			out = append(out, Change{Dataset: k.Name, Gone: true})
		}
	}
	return out, nil
}

// change runs a statement that changes a table, and tells the operator when the database lets it
// wait: a table may be held by a statement that is still at work.
func (l *Loader) change(ctx context.Context, tag, sql string) error {
	said := time.AfterFunc(20*time.Second, func() {
		what, _, _ := strings.Cut(sql, "\n")
		l.log().Warn("the database has been busy with this for 20 s; the start waits for it", "statement", what)
	})
	defer said.Stop()
	return l.DB.Exec(ctx, warehouse.Statement{SQL: sql, Tag: tag})
}

// ensureMeta makes the bookkeeping tables of schema.sql. A column that a table of an earlier build
// does not have yet is added, before the views that name it; a column of another type is a fault.
// Where the views stand already they are not made again, nor a table that is there.
func (l *Loader) ensureMeta(ctx context.Context, definer string, stand *settled.Views) error {
	have, err := warehouse.Select[struct {
		Table string `db:"table"`
		Name  string `db:"name"`
		Type  string `db:"type"`
	}](ctx, l.DB, warehouse.Statement{Tag: "schema.meta", SQL: "select table, name, type from system.columns where database = 'meta'"})
	if err != nil {
		return err
	}
	old := map[string]map[string]string{}
	for _, c := range have {
		if old[c.Table] == nil {
			old[c.Table] = map[string]string{}
		}
		old[c.Table][c.Name] = c.Type
	}
	for _, sql := range statements(strings.ReplaceAll(schemaSQL, "{definer}", definer)) {
		todo := []string{sql}
		table, columns := tableColumns(sql)
		if known := old[strings.TrimPrefix(table, "meta.")]; known != nil {
			for _, c := range columns {
				switch was, ok := known[c[0]]; {
				case !ok:
					todo = append(todo, "alter table "+table+" add column if not exists `"+c[0]+"` "+c[1])
				case was != c[1]:
					return fmt.Errorf("%s 的列 %s 在库中是 %s，本版程序要求 %s；请用建立此目录的版本，或从备份恢复 / column %[2]s of %[1]s is %[3]s, and this build wants %[4]s: use the build that made the directory", table, c[0], was, c[1])
				}
			}
		}
		if stand.Same() && (strings.HasPrefix(sql, "create or replace view ") || old[strings.TrimPrefix(table, "meta.")] != nil) {
			todo = todo[1:]
		}
		for _, sql := range todo {
			if err := l.change(ctx, "schema", sql); err != nil {
				return err
			}
		}
	}
	return nil
}

// tableColumns takes a "create table" of schema.sql apart, where each column has a line of its own:
// names and types in order. table is empty where the statement makes no table.
func tableColumns(sql string) (table string, columns [][2]string) {
	rest, ok := strings.CutPrefix(sql, "create table if not exists ")
	if !ok {
		return "", nil
	}
	head, rest, _ := strings.Cut(rest, "\n(\n")
	body, _, _ := strings.Cut(rest, "\n)")
	for _, line := range strings.Split(body, "\n") {
		name, kind, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(line), ","), " ")
		columns = append(columns, [2]string{strings.Trim(name, "`"), kind})
	}
	return head, columns
}

// statements cuts a file of statements, each ended by a semicolon at the end of a line.
func statements(text string) []string {
	var out []string
	for _, s := range strings.Split(text, ";\n") {
		var lines []string
		for _, line := range strings.Split(s, "\n") {
			if !strings.HasPrefix(line, "--") {
				lines = append(lines, line)
			}
		}
		if s = strings.TrimSpace(strings.Join(lines, "\n")); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// sameKeys says why a table whose sorting key and partition key these are cannot be brought to its declaration.
func sameKeys(ds *dataset.Dataset, keys [2]string) error {
	var faults []error
	plain := strings.NewReplacer("`", "", " ", "", "(", "", ")", "")
	want := plain.Replace(strings.Join(ds.Order, ",") + ",_batch")
	if len(ds.Order) == 0 {
		want = "_batch"
	}
	if got := plain.Replace(keys[0]); got != want {
		faults = append(faults, fmt.Errorf("数据集 %s：库中按 %s 排序，声明为 %s；不能原地更改。请改回 order；还没有已发布的数据可用 yanzhen aside %s 重建表 / dataset %s: the table is ordered by %s and declared %s: change order back; where nothing of it is published, yanzhen aside %s makes the table anew",
			ds.Name, keys[0], want, ds.Name, ds.Name, keys[0], want, ds.Name))
	}
	part := ""
	if p := ds.Partition; p != nil {
		if part = "toYear" + p.Column; p.By == "month" {
			part = "toYYYYMM" + p.Column
		}
	}
	if got := plain.Replace(keys[1]); got != part {
		faults = append(faults, fmt.Errorf("数据集 %s：库中的分区是 %q，与声明不同；不能原地更改。请改回 partition；还没有已发布的数据可用 yanzhen aside %s 重建表 / dataset %s: the table is partitioned by %q, unlike its declaration: change partition back; where nothing of it is published, yanzhen aside %s makes the table anew",
			ds.Name, keys[1], ds.Name, ds.Name, keys[1], ds.Name))
	}
	return errors.Join(faults...)
}

// LoadDeclared loads what is declared beside the datasets as data of its own: the industry chains
// and the calendar of working days. The same again is found unchanged and leaves no trace.
func (l *Loader) LoadDeclared(ctx context.Context) error {
	if l.Dataset("chains") != nil && len(l.Catalog.Chains) > 0 {
		if err := l.loadText(ctx, "chains", dataset.ChainsCSV(l.Catalog.Chains, l.Catalog.Lists)); err != nil {
			return err
		}
	}
	if l.Dataset("calendar") != nil {
		text, err := dataset.CalendarCSV(l.Catalog.Lists)
		if err != nil {
			return err
		}
		return l.loadText(ctx, "calendar", text)
	}
	return nil
}

// loadText loads CSV text of the program's own as a file of that dataset.
func (l *Loader) loadText(ctx context.Context, name, text string) error {
	if batch, err := settled.Declared(ctx, l.DB, l.Dataset(name), name+".csv", text); err != nil || batch != 0 && !l.damaged(batch) && l.wrongKey == nil {
		return err
	}
	if err := os.MkdirAll(l.Spool, 0o700); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	f, err := os.CreateTemp(l.Spool, spool.Name()+".csv")
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	path := f.Name()
	defer os.Remove(path)
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	out, err := l.Load(ctx, Request{Path: path, Display: name + ".csv", Dataset: name, Sender: "configs", Quiet: true})
	if err == nil && out.State == Held {
		err = out.Problem
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// clearSpool removes the copies that no living process owns: they hold what the senders sent,
// numbers of persons included.
func (l *Loader) clearSpool() {
	if err := spool.Clear(l.Spool); err != nil {
		l.log().Warn("a copy left in the spool by a process that has ended could not be removed", "err", trouble.Beneath(err))
	}
}
