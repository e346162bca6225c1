package dataset_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"yanzhen/configs"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

func exec(t *testing.T, db *warehouse.DB, sqls ...string) {
	t.Helper()
	for _, s := range sqls {
		if err := db.Exec(t.Context(), warehouse.SQL(s)); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func columns(t *testing.T, db *warehouse.DB, table string) []dataset.TableColumn {
	t.Helper()
	rows, err := warehouse.Select[struct {
		Name    string `db:"name"`
		Type    string `db:"type"`
		Sorted  bool   `db:"sorted"`
		Divides bool   `db:"divides"`
	}](t.Context(), db, warehouse.Statement{
		SQL:    "select name, type, is_in_sorting_key as sorted, is_in_partition_key as divides from system.columns where database = 'store' and table = {table:String} order by position",
		Params: map[string]string{"table": table},
	})
	if err != nil {
		t.Fatal(err)
	}
	var cols []dataset.TableColumn
	for _, r := range rows {
		cols = append(cols, dataset.TableColumn(r))
	}
	return cols
}

// a record of one row: every text "张三", every number 1, one element a list.
func oneRow(t *testing.T, alloc memory.Allocator, d *dataset.Dataset) array.RecordReader {
	t.Helper()
	schema := d.ArrowSchema()
	b := array.NewRecordBuilder(alloc, schema)
	defer b.Release()
	var fill func(b array.Builder)
	fill = func(b array.Builder) {
		switch b := b.(type) {
		case *array.StringBuilder:
			b.Append("张三")
		case *array.BinaryDictionaryBuilder:
			if err := b.AppendString("张三"); err != nil {
				t.Fatal(err)
			}
		case *array.ListBuilder:
			b.Append(true)
			fill(b.ValueBuilder())
		case *array.Int8Builder:
			b.Append(1)
		case *array.Int16Builder:
			b.Append(1)
		case *array.Int32Builder:
			b.Append(1)
		case *array.Int64Builder:
			b.Append(1)
		case *array.Uint32Builder:
			b.Append(1)
		case *array.Uint64Builder:
			b.Append(1 << 63)
		case *array.Float64Builder:
			b.Append(1)
		case *array.BooleanBuilder:
			b.Append(true)
		case *array.Date32Builder:
			b.Append(1)
		default:
			t.Fatalf("no value for %T", b)
		}
	}
	for _, f := range b.Fields() {
		fill(f)
	}
	rec := b.NewRecord()
	defer rec.Release()
	r, err := array.NewRecordReader(schema, []arrow.Record{rec})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What is derived from a declaration holds in the engine: the table is the one that TableColumns
// describes, takes the Arrow schema, needs no migration, and its view shows live rows with names masked.
func TestInTheEngine(t *testing.T) {
	db := warehousetest.Open(t)
	c, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, db, "create table meta.live (dataset String, batch UInt32) engine = MergeTree order by dataset")
	alloc := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer alloc.AssertSize(t, 0)
	for _, name := range c.Names() {
		d := c.Datasets[name]
		exec(t, db, d.DDL(), d.DDL(), d.ViewDDL(), d.ViewDDL())
		got := columns(t, db, name)
		if want := d.TableColumns(); !slices.Equal(got, want) {
			t.Errorf("%s: got columns %v, want %v", name, got, want)
		}
		if steps, err := d.Migrate(got); err != nil || steps != nil {
			t.Errorf("%s just created wants %q, %v", name, steps, err)
		}
		r := oneRow(t, alloc, d)
		if w, err := db.Insert(t.Context(), d.Table(), r); err != nil || w.Rows != 1 {
			t.Errorf("%s: insert: %v %v", name, w, err)
		}
		r.Release()
		if n := count(t, db, d.View()); n != 0 {
			t.Errorf("%s shows %d rows of a batch that is not live", d.View(), n)
		}
		exec(t, db, "insert into meta.live values ('"+name+"', 1)")
		if n := count(t, db, d.View()); n != 1 {
			t.Errorf("%s shows %d live rows, want 1", d.View(), n)
		}
		for _, col := range d.Columns {
			want := "张三"
			switch {
			case col.Personal == dataset.PersonalName:
				want = "张*"
			case col.Type != dataset.String:
				continue
			}
			var got string
			if err := db.Row(t.Context(), warehouse.SQL("select toString(assumeNotNull(`"+col.Name+"`)) from "+d.View()), &got); err != nil || got != want {
				t.Errorf("%s.%s: got %q %v, want %q", d.View(), col.Name, got, err, want)
			}
		}
	}
}

func count(t *testing.T, db *warehouse.DB, table string) uint64 {
	t.Helper()
	var n uint64
	if err := db.Row(t.Context(), warehouse.SQL("select count() from "+table), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// An older table with rows in it is brought to its declaration in place; the rows keep their
// values and take the new columns' defaults; once done, nothing is left to do.
func TestMigrateInTheEngine(t *testing.T) {
	db := warehousetest.Open(t)
	c, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	d := c.Datasets["arrivals"]
	var lines []string
	for line := range strings.SplitSeq(d.DDL(), "\n") {
		if strings.Contains(line, "`channel`") || strings.Contains(line, "`origin_country`") || strings.Contains(line, "`first_local`") {
			continue
		}
		lines = append(lines, strings.Replace(line, "`school` Nullable(String)", "`school` String", 1))
	}
	exec(t, db, strings.Join(lines, "\n"),
		"insert into store.arrivals (person, date, direction, school, enterprise, node, _batch, _file, _sheet, _row) values (1, '2026-06-01', 'in', '青田职专', '甲公司', 'magnetic.motor', 1, 'f', '', 2)")
	steps, err := d.Migrate(columns(t, db, "arrivals"))
	if err != nil || len(steps) != 4 {
		t.Fatalf("got %q %v, want four steps", steps, err)
	}
	exec(t, db, steps...)
	got := columns(t, db, "arrivals")
	if steps, err := d.Migrate(got); err != nil || steps != nil {
		t.Errorf("after the migration: got %q %v, want nothing", steps, err)
	}
	byName := func(a, b dataset.TableColumn) int { return cmp.Compare(a.Name, b.Name) }
	want := d.TableColumns()
	slices.SortFunc(got, byName)
	slices.SortFunc(want, byName)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var row string
	if err := db.Row(t.Context(), warehouse.SQL("select concat(school, ' ', origin_country, ' ', toString(first_local), ' ', ifNull(channel, 'NULL')) from store.arrivals"), &row); err != nil || row != "青田职专 CN true NULL" {
		t.Errorf("the row after the migration: got %q %v", row, err)
	}
}
