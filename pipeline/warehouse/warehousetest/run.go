package warehousetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"yanzhen/pipeline/warehouse"
)

// Opener opens a warehouse for a role (loader, reader, analyst); nil where the database under test
// has no user for it, and then what needs one is skipped.
type Opener func(t testing.TB, role string) *warehouse.DB

// Run is what every warehouse must do: the embedded engine and a server alike. It empties the
// databases store, mart and meta.
func Run(t *testing.T, open Opener) {
	db := open(t, "loader")
	Reset(t, db)
	s := suite{db: db, open: open}
	for _, c := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"types", s.types},
		{"values out of Query", s.query},
		{"dictionaries that differ", s.dictionaries},
		{"schema compared", s.schema},
		{"parameters", s.parameters},
		{"settings", s.settings},
		{"errors", s.errors},
		{"rows", s.rows},
		{"structs", s.structs},
		{"formats", s.formats},
		{"cut streams", s.cut},
		{"cancel", s.cancel},
		{"memory", s.memory},
		{"concurrent", s.concurrent},
		{"analyst", s.analyst},
		{"unavailable", s.unavailable},
	} {
		t.Run(c.name, c.run)
	}
}

type suite struct {
	db   *warehouse.DB
	open Opener
}

func (s suite) exec(t *testing.T, sqls ...string) {
	t.Helper()
	for _, text := range sqls {
		if err := s.db.Exec(t.Context(), warehouse.SQL(text)); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

func one[T any](t *testing.T, db *warehouse.DB, text string) T {
	t.Helper()
	var v T
	if err := db.Row(t.Context(), warehouse.SQL(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func code(err error) int {
	var e *warehouse.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// reader gives records in turn, and err after them.
type reader struct {
	schema  *arrow.Schema
	next    func() arrow.Record // nil at the end; the reader takes it over
	rec     arrow.Record
	err     error
	release func()
}

func (r *reader) Retain() {}
func (r *reader) Release() {
	if r.rec != nil {
		r.rec.Release()
		r.rec = nil
	}
	if r.release != nil {
		r.release()
	}
}
func (r *reader) Schema() *arrow.Schema { return r.schema }
func (r *reader) Next() bool {
	if r.rec != nil {
		r.rec.Release()
	}
	r.rec = r.next()
	return r.rec != nil
}
func (r *reader) Record() arrow.Record { return r.rec }
func (r *reader) Err() error           { return r.err }

var low = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// types: every type of the datasets goes in as Arrow and comes out as ClickHouse prints it.
func (s suite) types(t *testing.T) {
	s.exec(t, `CREATE TABLE store.types (
		i8 Int8, i16 Int16, i32 Int32, i64 Int64, u8 UInt8, u32 UInt32, u64 UInt64, f64 Float64, b Bool, bu UInt8,
		s String, l LowCardinality(String), ln LowCardinality(Nullable(String)), sn Nullable(String), fn Nullable(Float64), n8 Nullable(Int8),
		d Date32, dn Nullable(Date32), t3 DateTime64(3, 'UTC'), t6 DateTime64(6, 'UTC'), t3n Nullable(DateTime64(3, 'UTC')),
		a Array(LowCardinality(String)), ai Array(Int64), x UInt32 DEFAULT 7) ENGINE = MergeTree ORDER BY u64`)
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	rec := sample(mem)
	defer rec.Release()
	rr, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
	if err != nil {
		t.Fatal(err)
	}
	defer rr.Release()
	w, err := s.db.Insert(t.Context(), "store.types", rr)
	if err != nil || w.Rows != 3 {
		t.Fatalf("%+v %v", w, err)
	}
	got := s.text(t, "TSV", "SELECT * FROM store.types ORDER BY u64")
	want := `-128	-32768	-2147483648	-9223372036854775808	1	1	0	-0.1	true	1	雁阵 🪿 \'a\'\\\t\n\0		乙		0	-1	1950-02-03	1900-01-01	1969-12-30 23:59:59.999	1970-01-01 00:00:00.000001	1970-01-01 00:00:00.000	['技能1']	[0]	7
0	0	0	0	0	0	1	0	false	0		甲	\N	\N	\N	\N	1970-01-01	\N	1970-01-01 00:00:00.000	1970-01-01 00:00:00.000000	\N	[]	[]	7
127	32767	2147483647	9223372036854775807	255	4294967295	18446744073709551615	1e300	true	1	é́	甲	乙		0	-1	2299-12-31	1900-01-01	2025-12-31 23:59:59.999	2025-12-31 23:59:59.999999	1970-01-01 00:00:00.000	['技能2','技能2']	[0,1]	7
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}

	// and out again as Arrow, into a table of the same shape
	s.exec(t, "CREATE TABLE store.again AS store.types")
	out, err := s.db.Query(t.Context(), warehouse.SQL("SELECT * FROM store.types"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Release()
	if w, err := s.db.Insert(t.Context(), "store.again", out); err != nil || w.Rows != 3 {
		t.Fatalf("%+v %v", w, err)
	}
	if again := s.text(t, "TSV", "SELECT * FROM store.again ORDER BY u64"); again != want {
		t.Errorf("through Query and Insert\n%s\nwant\n%s", again, want)
	}
}

// sample has three rows of every type: the smallest and the largest values, text of every kind, and nulls.
func sample(mem memory.Allocator) arrow.Record {
	f := func(name string, typ arrow.DataType) arrow.Field {
		return arrow.Field{Name: name, Type: typ, Nullable: true}
	}
	ms := &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}
	us := &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	p := arrow.PrimitiveTypes
	// not in the order of the table: columns bind by name
	schema := arrow.NewSchema([]arrow.Field{
		f("u64", p.Uint64), f("i8", p.Int8), f("i16", p.Int16), f("i32", p.Int32), f("i64", p.Int64), f("u8", p.Uint8), f("u32", p.Uint32),
		f("f64", p.Float64), f("b", arrow.FixedWidthTypes.Boolean), f("bu", arrow.FixedWidthTypes.Boolean), f("s", arrow.BinaryTypes.String),
		f("l", low), f("ln", low), f("sn", arrow.BinaryTypes.String), f("fn", p.Float64), f("n8", p.Int8),
		f("d", arrow.FixedWidthTypes.Date32), f("dn", arrow.FixedWidthTypes.Date32), f("t3", ms), f("t6", us), f("t3n", ms),
		f("a", arrow.ListOfNonNullable(low)), f("ai", arrow.ListOf(p.Int64)),
	}, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	day := func(y int, m time.Month, d int) arrow.Date32 {
		return arrow.Date32FromTime(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
	}
	for row := range 3 {
		i := 0
		next := func() array.Builder { i++; return b.Field(i - 1) }
		pick := func(vs ...int64) int64 { return vs[row] }
		next().(*array.Uint64Builder).Append([]uint64{1, 0, math.MaxUint64}[row])
		next().(*array.Int8Builder).Append(int8(pick(0, math.MinInt8, math.MaxInt8)))
		next().(*array.Int16Builder).Append(int16(pick(0, math.MinInt16, math.MaxInt16)))
		next().(*array.Int32Builder).Append(int32(pick(0, math.MinInt32, math.MaxInt32)))
		next().(*array.Int64Builder).Append(pick(0, math.MinInt64, math.MaxInt64))
		next().(*array.Uint8Builder).Append(uint8(pick(0, 1, math.MaxUint8)))
		next().(*array.Uint32Builder).Append(uint32(pick(0, 1, math.MaxUint32)))
		next().(*array.Float64Builder).Append([]float64{0, -0.1, 1e300}[row])
		next().(*array.BooleanBuilder).Append(row > 0)
		next().(*array.BooleanBuilder).Append(row > 0)
		next().(*array.StringBuilder).Append([]string{"", "雁阵 🪿 'a'\\\t\n\x00", "é́"}[row])
		next().(*array.BinaryDictionaryBuilder).AppendString([]string{"甲", "", "甲"}[row])
		dict := next().(*array.BinaryDictionaryBuilder)
		str, fl, n8 := next().(*array.StringBuilder), next().(*array.Float64Builder), next().(*array.Int8Builder)
		d := next().(*array.Date32Builder)
		dn := next().(*array.Date32Builder)
		t3, t6, t3n := next().(*array.TimestampBuilder), next().(*array.TimestampBuilder), next().(*array.TimestampBuilder)
		d.Append([]arrow.Date32{day(1970, 1, 1), day(1950, 2, 3), day(2299, 12, 31)}[row])
		t3.Append(arrow.Timestamp(pick(0, -86400001, 1767225599999)))
		t6.Append(arrow.Timestamp(pick(0, 1, 1767225599999999)))
		if row == 0 {
			for _, nb := range []array.Builder{dict, str, fl, n8, dn, t3n} {
				nb.AppendNull()
			}
		} else {
			dict.AppendString("乙")
			str.Append("")
			fl.Append(0)
			n8.Append(-1)
			dn.Append(day(1900, 1, 1))
			t3n.Append(0)
		}
		list := next().(*array.ListBuilder)
		list.Append(true)
		for range row {
			list.ValueBuilder().(*array.BinaryDictionaryBuilder).AppendString(fmt.Sprint("技能", row))
		}
		ints := next().(*array.ListBuilder)
		ints.Append(true)
		for k := range row {
			ints.ValueBuilder().(*array.Int64Builder).Append(int64(k))
		}
	}
	return b.NewRecord()
}

func (s suite) text(t *testing.T, format, text string) string {
	t.Helper()
	r, err := s.db.Stream(t.Context(), format, warehouse.SQL(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return string(b)
}

func (s suite) query(t *testing.T) {
	mem := 0
	r, err := s.db.Query(t.Context(), warehouse.SQL("SELECT number AS n, toLowCardinality(toString(number % 3)) AS l FROM numbers(1000000)"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var n, sum uint64
	for r.Next() {
		rec := r.Record()
		for _, v := range rec.Column(0).(*array.Uint64).Uint64Values() {
			sum += v
			n++
		}
		if _, ok := rec.Column(1).(*array.String); !ok {
			t.Fatalf("LowCardinality came as %s", rec.Column(1).DataType())
		}
		mem++
	}
	if r.Err() != nil || n != 1000000 || sum != 499999500000 || mem < 2 {
		t.Errorf("%d rows, sum %d, in %d batches: %v", n, sum, mem, r.Err())
	}
	// an empty result has its columns
	e, err := s.db.Query(t.Context(), warehouse.SQL("SELECT 1 AS a WHERE 0"))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Release()
	if e.Schema().Field(0).Name != "a" {
		t.Errorf("%s", e.Schema())
	}
	for e.Next() {
		if e.Record().NumRows() > 0 {
			t.Error("rows of an empty result")
		}
	}
	if e.Err() != nil {
		t.Error(e.Err())
	}
	// an error in the middle reaches the reader
	m, err := s.db.Query(t.Context(), warehouse.SQL("SELECT number, throwIf(number = 500000, 'far') AS x FROM numbers(1000000) SETTINGS max_threads = 1, max_block_size = 10000"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Release()
	for m.Next() {
	}
	if code(m.Err()) != 395 {
		t.Errorf("error in the middle: %v, want code 395", m.Err())
	}
}

// Each batch has a dictionary of its own; the second one repeats, drops and adds values.
func (s suite) dictionaries(t *testing.T) {
	s.exec(t, "CREATE TABLE store.dict (n UInt32, l LowCardinality(String), a Array(LowCardinality(String))) ENGINE = MergeTree ORDER BY n")
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Uint32}, {Name: "l", Type: low}, {Name: "a", Type: arrow.ListOfNonNullable(low)}}, nil)
	batches := [][]string{{"a", "b", "a"}, {"c", "b", "d", "e"}, {"e"}, {"a", "b", "c", "d", "e", "f"}, {"a", "b", "c", "d", "e", "f", "g"}}
	var want, rest []string
	i, n := 0, uint32(0)
	r := &reader{schema: schema, next: func() arrow.Record {
		if i == len(batches) {
			return nil
		}
		b := array.NewRecordBuilder(mem, schema) // a new builder: a new dictionary
		defer b.Release()
		for _, v := range batches[i] {
			b.Field(0).(*array.Uint32Builder).Append(n)
			b.Field(1).(*array.BinaryDictionaryBuilder).AppendString(v)
			l := b.Field(2).(*array.ListBuilder)
			l.Append(true)
			l.ValueBuilder().(*array.BinaryDictionaryBuilder).AppendString(v + v)
			n++
			want = append(want, fmt.Sprintf("%s ['%s']", v, v+v))
		}
		i++
		return b.NewRecord()
	}}
	if _, err := s.db.Insert(t.Context(), "store.dict", r); err != nil {
		t.Fatal(err)
	}
	r.Release()
	rest = strings.Split(strings.TrimSuffix(strings.ReplaceAll(s.text(t, "TSV", "SELECT l, a FROM store.dict ORDER BY n"), "\t", " "), "\n"), "\n")
	if strings.Join(rest, ",") != strings.Join(want, ",") {
		t.Errorf("got  %v\nwant %v", rest, want)
	}
}

func (s suite) schema(t *testing.T) {
	s.exec(t, "CREATE TABLE store.strict (a UInt8, b Int32, d Date, s String, n Nullable(Int64), t DateTime64(3), e UInt8 DEFAULT 1, m UInt8 MATERIALIZED 2) ENGINE = MergeTree ORDER BY a")
	p := arrow.PrimitiveTypes
	good := []arrow.Field{
		{Name: "a", Type: p.Uint8},
		{Name: "b", Type: p.Int32},
		{Name: "d", Type: p.Uint16},
		{Name: "s", Type: arrow.BinaryTypes.String},
		{Name: "n", Type: p.Int64, Nullable: true},
		{Name: "t", Type: arrow.FixedWidthTypes.Timestamp_ms},
	}
	for _, c := range []struct {
		why    string
		change func([]arrow.Field) []arrow.Field
		names  []string // what the message must name
	}{
		{"", func(f []arrow.Field) []arrow.Field { return f }, nil},
		{"extra", func(f []arrow.Field) []arrow.Field { return append(f, arrow.Field{Name: "zz", Type: p.Int8}) }, []string{"zz"}},
		{"missing", func(f []arrow.Field) []arrow.Field { return f[1:] }, []string{"column a"}},
		{"case", func(f []arrow.Field) []arrow.Field { f[1].Name = "B"; return f }, []string{"column B", "column b"}},
		{"narrower", func(f []arrow.Field) []arrow.Field { f[0].Type = p.Uint16; return f }, []string{"column a", "uint16", "UInt8"}},
		{"signed", func(f []arrow.Field) []arrow.Field { f[0].Type = p.Int8; return f }, []string{"column a"}},
		{"unsigned of the same width", func(f []arrow.Field) []arrow.Field { f[1].Type = p.Uint32; return f }, []string{"column b"}},
		{"64 into 32", func(f []arrow.Field) []arrow.Field { f[1].Type = p.Int64; return f }, []string{"column b"}},
		{"date32 into Date", func(f []arrow.Field) []arrow.Field { f[2].Type = arrow.FixedWidthTypes.Date32; return f }, []string{"column d", "Date"}},
		{"text into a number", func(f []arrow.Field) []arrow.Field { f[0].Type = arrow.BinaryTypes.String; return f }, []string{"column a"}},
		{"number into text", func(f []arrow.Field) []arrow.Field { f[3].Type = p.Int64; return f }, []string{"column s"}},
		{"finer time", func(f []arrow.Field) []arrow.Field { f[5].Type = arrow.FixedWidthTypes.Timestamp_us; return f }, []string{"column t"}},
		{"computed", func(f []arrow.Field) []arrow.Field { return append(f, arrow.Field{Name: "m", Type: p.Uint8}) }, []string{"column m"}},
		{"twice", func(f []arrow.Field) []arrow.Field { return append(f, f[0]) }, []string{"column a", "twice"}},
	} {
		schema := arrow.NewSchema(c.change(append([]arrow.Field(nil), good...)), nil)
		r := &reader{schema: schema, next: func() arrow.Record { return nil }}
		_, err := s.db.Insert(t.Context(), "store.strict", r)
		if c.why == "" {
			if err != nil {
				t.Errorf("a schema that fits: %v", err)
			}
			continue
		}
		if !errors.Is(err, warehouse.ErrSchema) {
			t.Errorf("%s: %v", c.why, err)
			continue
		}
		for _, name := range c.names {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %v: does not name %q", c.why, err, name)
			}
		}
	}
	// a NULL where there is no place for one
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: p.Int64, Nullable: true}}, nil)
	s.exec(t, "CREATE TABLE store.nonull (n Int64) ENGINE = MergeTree ORDER BY n")
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{1, 2}, []bool{true, false})
	rec := b.NewRecord()
	defer rec.Release()
	rr, _ := array.NewRecordReader(schema, []arrow.Record{rec})
	defer rr.Release()
	if _, err := s.db.Insert(t.Context(), "store.nonull", rr); !errors.Is(err, warehouse.ErrSchema) || !strings.Contains(err.Error(), "column n") {
		t.Errorf("NULL: %v", err)
	}
	if n := one[uint64](t, s.db, "SELECT count() FROM store.nonull"); n != 0 {
		t.Errorf("%d rows of a refused insert", n)
	}
	if _, err := s.db.Insert(t.Context(), "store.nothing", rr); code(err) != 60 {
		t.Errorf("no table: %v", err)
	}
	if _, err := s.db.Insert(t.Context(), "store.x; DROP TABLE store.strict", rr); err == nil {
		t.Error("a table name that is none")
	}
}

func (s suite) parameters(t *testing.T) {
	s.exec(t, "CREATE TABLE store.p (s String) ENGINE = MergeTree ORDER BY s")
	for _, v := range []string{"'; DROP TABLE store.p; --", `\'`, `\N`, "\\", "a\tb\nc\r", "\x00", "{s:String}", "张三", "", `"`, "`", "%", strings.Repeat("长", 20000)} {
		var got string
		var n uint64
		if err := s.db.Row(t.Context(), warehouse.Statement{
			SQL:    "SELECT {s:String}, length({a:Array(String)})",
			Params: map[string]string{"s": v, "a": warehouse.Strings([]string{v, v})},
		}, &got, &n); err != nil || got != v || n != 2 {
			t.Errorf("%.40q came back as %.40q, %d: %v", v, got, n, err)
		}
		if err := s.db.Row(t.Context(), warehouse.Statement{
			SQL: "SELECT {a:Array(String)}[2]", Params: map[string]string{"a": warehouse.Strings([]string{"x", v})},
		}, &got); err != nil || got != v {
			t.Errorf("in an array: %.40q came back as %.40q: %v", v, got, err)
		}
		if err := s.db.Exec(t.Context(), warehouse.Statement{SQL: "INSERT INTO store.p SELECT {s:String}", Params: map[string]string{"s": v}}); err != nil {
			t.Errorf("%.40q: %v", v, err)
		}
	}
	if n := one[uint64](t, s.db, "SELECT count() FROM store.p"); n != 13 {
		t.Errorf("%d rows, want 13", n)
	}
	var day time.Time
	var list []int64
	if err := s.db.Row(t.Context(), warehouse.Statement{
		SQL:    "SELECT {d:Date32}, {i:Array(Int64)}",
		Params: map[string]string{"d": "1950-02-03", "i": "[-1,2]"},
	}, &day, &list); err != nil || day.Format(time.DateOnly) != "1950-02-03" || len(list) != 2 || list[0] != -1 {
		t.Errorf("%v %v %v", day, list, err)
	}
	if err := s.db.Exec(t.Context(), warehouse.Statement{SQL: "SELECT {i:Int64}", Params: map[string]string{"i": "1 OR 1"}}); err == nil {
		t.Error("a text is taken for a number")
	}
	if err := s.db.Exec(t.Context(), warehouse.SQL("SELECT {missing:Int64}")); code(err) == 0 {
		t.Errorf("a parameter without a value: %v", err)
	}
}

func (s suite) settings(t *testing.T) {
	var v string
	q := warehouse.Statement{SQL: "SELECT toString(getSetting('max_block_size'))", Settings: map[string]string{"max_block_size": "1234"}}
	if err := s.db.Row(t.Context(), q, &v); err != nil || v != "1234" {
		t.Errorf("%q %v", v, err)
	}
	if v := one[string](t, s.db, "SELECT toString(getSetting('max_block_size'))"); v == "1234" {
		t.Error("a setting stayed for the next statement")
	}
	for _, c := range []struct{ setting, value string }{{"max_execution_time", "1"}, {"max_memory_usage", "10000000"}} {
		begun := time.Now()
		err := s.db.Exec(t.Context(), warehouse.Statement{
			SQL: "SELECT number, count() FROM numbers(100000000000) GROUP BY number ORDER BY number LIMIT 1", Settings: map[string]string{c.setting: c.value},
		})
		if got := code(err); got != 159 && got != 241 {
			t.Errorf("%s: %v", c.setting, err)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%s: stopped after %v", c.setting, took)
		}
	}
	if err := s.db.Exec(t.Context(), warehouse.Statement{SQL: "SELECT 1", Settings: map[string]string{"no_such_setting_at_all": "1"}}); code(err) != 115 {
		t.Errorf("an unknown setting: %v", err)
	}
}

func (s suite) errors(t *testing.T) {
	err := s.db.Exec(t.Context(), warehouse.Statement{SQL: "SELECT * FROM store.nothing_here", ID: "my-query-1"})
	var e *warehouse.Error
	if !errors.As(err, &e) || e.Code != 60 || e.Name != "UNKNOWN_TABLE" || e.QueryID != "my-query-1" || !strings.Contains(e.Message, "nothing_here") {
		t.Errorf("%#v", err)
	}
	if err := s.db.Exec(t.Context(), warehouse.SQL("SELEC 1")); code(err) != 62 {
		t.Errorf("%v", err)
	}
	// values of the data stay out of messages
	s.exec(t, "CREATE TABLE store.people (id String) ENGINE = MergeTree ORDER BY id", "INSERT INTO store.people VALUES ('110101199003070017'), ('欧阳小雁')")
	for _, q := range []string{"SELECT toUInt8(id) FROM store.people", "SELECT toDate(id) FROM store.people", "SELECT CAST(id AS Enum8('x' = 1)) FROM store.people", "SELECT throwIf(1, id) FROM store.people", "SELECT id::Decimal(9, 2) FROM store.people WHERE id != '110101199003070017'"} {
		err := s.db.Exec(t.Context(), warehouse.SQL(q))
		if err == nil {
			t.Errorf("%s: no error", q)
		} else if strings.Contains(err.Error(), "欧阳小雁") || strings.Contains(err.Error(), "199003070017") {
			t.Errorf("%s: %v", q, err)
		}
	}
	if err := s.db.Row(t.Context(), warehouse.SQL("SELECT 1 WHERE 0"), new(uint8)); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("no row: %v", err)
	}
}

// Structs go in by Append and come out by Select, one row or several, fields of embedded structs too.
func (s suite) rows(t *testing.T) {
	s.exec(t, "CREATE TABLE meta.r (n UInt64, s LowCardinality(String), yes Bool, small UInt32, at DateTime64(6, 'UTC'), slot Nullable(DateTime64(3, 'UTC')), d Nullable(Date32)) ENGINE = MergeTree ORDER BY n")
	type Counts struct {
		N     uint64 `db:"n"`
		Small uint32 `db:"small"`
	}
	type row struct {
		S   string `db:"s"`
		Yes bool   `db:"yes"`
		Counts
		At   time.Time `db:"at" arrow:"us"`
		Slot time.Time `db:"slot" arrow:"ms" null:"y"`
		D    time.Time `db:"d" arrow:"date" null:"y"`
	}
	at := time.Date(2026, 6, 30, 1, 2, 3, 456789000, time.UTC)
	want := []row{
		{"雁", true, Counts{1, math.MaxUint32}, at, at.Truncate(time.Second), time.Date(1950, 1, 2, 0, 0, 0, 0, time.UTC)},
		{"'); DROP TABLE meta.r; --\\", false, Counts{2, 0}, at.Add(time.Hour), time.Time{}, time.Time{}},
		{"", true, Counts{math.MaxUint64, 1}, at, time.Time{}, time.Time{}},
	}
	if err := warehouse.Append(t.Context(), s.db, "meta.r", want[:2]...); err != nil {
		t.Fatal(err)
	}
	if err := warehouse.Append(t.Context(), s.db, "meta.r", want[2]); err != nil {
		t.Fatal(err)
	}
	if err := warehouse.Append[row](t.Context(), s.db, "meta.r"); err != nil {
		t.Errorf("no rows: %v", err)
	}
	got, err := warehouse.Select[row](t.Context(), s.db, warehouse.SQL("SELECT * FROM meta.r ORDER BY n"))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	type stray struct {
		N    uint64 `db:"n"`
		Nope string `db:"nope"`
	}
	for i := range 2 {
		if err := warehouse.Append(t.Context(), s.db, "meta.r", make([]stray, i+1)...); err == nil {
			t.Errorf("%d rows with a column that is not there", i+1)
		}
	}
	if err := warehouse.Append(t.Context(), s.db, "meta.r", struct {
		N []int `db:"n"`
	}{}); err == nil {
		t.Error("a field that cannot be written")
	}
}

// Every type that is read, into every kind of field that takes it; and what does not fit is an error.
func (s suite) structs(t *testing.T) {
	type all struct {
		Text   string            `db:"text"`
		List   []string          `db:"list"`
		Yes    bool              `db:"yes"`
		Also   bool              `db:"also"`
		I8     int               `db:"i8"`
		I64    int64             `db:"i64"`
		Big    uint64            `db:"big"`
		F32    float64           `db:"f32"`
		Whole  float64           `db:"whole"`
		Day    time.Time         `db:"day"`
		Day32  time.Time         `db:"day32"`
		Days   sql.Null[int32]   `db:"days"`
		Moment time.Time         `db:"moment"`
		Fine   time.Time         `db:"fine"`
		None   sql.Null[float64] `db:"none"`
		Some   sql.Null[float64] `db:"some"`
		Keys   []string          `db:"k*"`
		Unread string            `db:"unread"`
	}
	day, at := time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 30, 1, 2, 3, 0, time.UTC)
	want := all{
		Text: "雁", List: []string{"a", "b"}, Yes: true, Also: true, I8: -1, I64: math.MinInt64, Big: math.MaxUint64, F32: 0.5, Whole: 7,
		Day: day, Day32: time.Date(1930, 1, 1, 0, 0, 0, 0, time.UTC), Days: sql.Null[int32]{V: 1, Valid: true}, Moment: at, Fine: at.Add(456789 * time.Microsecond),
		Some: sql.Null[float64]{V: 3, Valid: true}, Keys: []string{"x", "", "z"},
	}
	got, err := warehouse.Select[all](t.Context(), s.db, warehouse.SQL(`SELECT toLowCardinality('雁') AS text, ['a', 'b'] AS list, true AS yes, toUInt8(1) AS also, toInt8(-1) AS i8, toInt64('-9223372036854775808') AS i64,
		toUInt64('18446744073709551615') AS big, toFloat32(0.5) AS f32, toUInt16(7) AS whole, toDate('2026-06-30') AS day, toDate32('1930-01-01') AS day32, toDate32('1970-01-02') AS days,
		toDateTime('2026-06-30 01:02:03', 'UTC') AS moment, toDateTime64('2026-06-30 01:02:03.456789', 6, 'UTC') AS fine, CAST(NULL AS Nullable(Float64)) AS none, toNullable(toUInt8(3)) AS some, 'x' AS k0, CAST(NULL AS Nullable(String)) AS k1, 'z' AS k2`))
	if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	for text, want := range map[string]string{
		"SELECT 1 AS nobody":                 `column "nobody" has no field`,
		"SELECT toFloat64(1) AS i8":          "does not fit a int",
		"SELECT 'x' AS day":                  "does not fit a time.Time",
		"SELECT toInt8(-1) AS big":           "-1 does not fit a uint64",
		"SELECT toInt64(5000000000) AS days": "5000000000 does not fit a int32",
		"SELECT map('a', 1) AS text":         "is not read here",
	} {
		if _, err := warehouse.Select[all](t.Context(), s.db, warehouse.Statement{SQL: text, Tag: "structs"}); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "structs: ") {
			t.Errorf("%s: got %v, want ... %s", text, err, want)
		}
	}
	// what breaks in the middle is told after the rows that came before it, and a reader may leave
	type n struct {
		N uint64 `db:"n"`
	}
	seen := 0
	for v, err := range warehouse.Rows[n](t.Context(), s.db, warehouse.SQL("SELECT number AS n FROM numbers(1000000000000)")) {
		if seen++; err != nil || v.N != uint64(seen-1) || seen == 100_000 {
			break
		}
	}
	if seen != 100_000 {
		t.Errorf("left at row %d", seen)
	}
	var last error
	for _, err := range warehouse.Rows[n](t.Context(), s.db, warehouse.SQL("SELECT number + throwIf(number = 500000, 'far') AS n FROM numbers(1000000) SETTINGS max_threads = 1, max_block_size = 10000")) {
		last = err
	}
	if code(last) != 395 {
		t.Errorf("error in the middle: %v, want code 395", last)
	}
}

func (s suite) formats(t *testing.T) {
	const q = "SELECT number AS n, concat('雁', toString(number)) AS s FROM numbers(200000)"
	csv := s.text(t, "CSVWithNames", q)
	if !strings.HasPrefix(csv, "\"n\",\"s\"\n0,\"雁0\"\n") || strings.Count(csv, "\n") != 200001 {
		t.Errorf("CSV: %d lines, %.60q", strings.Count(csv, "\n"), csv)
	}
	if pq := s.text(t, "Parquet", q); !strings.HasPrefix(pq, "PAR1") || !strings.HasSuffix(pq, "PAR1") || strings.Count(pq, "PAR1") != 2 {
		t.Errorf("Parquet: %d bytes", len(pq))
	}
	if js := s.text(t, "JSONEachRow", "SELECT 1 AS a"); js != "{\"a\":1}\n" {
		t.Errorf("%q", js)
	}
	r, err := s.db.Stream(t.Context(), "CSV", warehouse.SQL("SELECT number, throwIf(number = 500000, 'far') FROM numbers(1000000) SETTINGS max_threads = 1, max_block_size = 10000"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); code(err) != 395 {
		t.Errorf("error in the middle: %v, want code 395", err)
	}
}

// A reader that fails, and a context that ends, break the stream: the error is told, and what was
// told is the cause.
func (s suite) cut(t *testing.T) {
	s.exec(t, "CREATE TABLE store.cut (n UInt64) ENGINE = MergeTree ORDER BY n")
	broken := errors.New("the workbook ends in the middle")
	r := numbers(100000, 5)
	r.err = broken
	if _, err := s.db.Insert(t.Context(), "store.cut", r); !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r = numbers(100000, 1000)
	next := r.next
	i := 0
	r.next = func() arrow.Record {
		if i++; i == 3 {
			cancel()
			time.Sleep(10 * time.Millisecond)
		}
		return next()
	}
	if _, err := s.db.Insert(ctx, "store.cut", r); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want canceled", err)
	}
	r.Release()
	// a reader that panics, as arrow does on a bad batch
	if _, err := s.db.Insert(t.Context(), "store.cut", &reader{schema: r.schema, next: func() arrow.Record { panic("bad") }}); err == nil || !strings.Contains(err.Error(), "bad") {
		t.Errorf("%v", err)
	}
}

// numbers gives so many batches of n rows.
func numbers(n, batches int) *reader {
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Uint64}}, nil)
	var at uint64
	return &reader{schema: schema, next: func() arrow.Record {
		if batches == 0 {
			return nil
		}
		batches--
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		defer b.Release()
		fb := b.Field(0).(*array.Uint64Builder)
		fb.Reserve(n)
		for range n {
			fb.UnsafeAppend(at)
			at++
		}
		return b.NewRecord()
	}}
}

func (s suite) cancel(t *testing.T) {
	const long = "SELECT sum(cityHash64(number)) FROM numbers(1000000000000)"
	for name, run := range map[string]func(context.Context, warehouse.Statement) error{
		"Exec": s.db.Exec,
		"Row":  func(ctx context.Context, q warehouse.Statement) error { return s.db.Row(ctx, q, new(uint64)) },
		"Query": func(ctx context.Context, q warehouse.Statement) error {
			r, err := s.db.Query(ctx, q)
			if err == nil {
				r.Release()
			}
			return err
		},
		"Query of many rows": func(ctx context.Context, q warehouse.Statement) error {
			q.SQL = "SELECT number FROM numbers(1000000000000)"
			r, err := s.db.Query(ctx, q)
			if err != nil {
				return err
			}
			defer r.Release()
			for r.Next() {
			}
			return r.Err()
		},
	} {
		id := warehouse.NewID("cancel")
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		begun := time.Now()
		err := run(ctx, warehouse.Statement{SQL: long, ID: id})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > 2*time.Second {
			t.Errorf("%s: %v after %v", name, err, time.Since(begun))
		}
		killed := make(chan error, 1)
		go func() { killed <- run(t.Context(), warehouse.Statement{SQL: long, ID: id + "k"}) }()
		begun = time.Now()
		for over := false; !over; {
			if err := s.db.Kill(t.Context(), id+"k"); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-killed:
				if code(err) != 394 && !strings.Contains(fmt.Sprint(err), "394") {
					t.Errorf("%s killed: %v", name, err)
				}
				over = true
			case <-time.After(50 * time.Millisecond):
				if time.Since(begun) > 5*time.Second {
					t.Fatalf("%s: a killed query runs on", name)
				}
			}
		}
	}
	// a reader that is let go early ends its query
	r, err := s.db.Query(t.Context(), warehouse.SQL("SELECT number FROM numbers(1000000000000)"))
	if err != nil {
		t.Fatal(err)
	}
	r.Next()
	r.Release()
	var n uint64
	for range 40 {
		if n = one[uint64](t, s.db, "SELECT count() FROM system.processes WHERE query LIKE '%numbers(1000000000000)%' AND query NOT LIKE '%system.processes%'"); n == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%d statements still run", n)
}

// A hundred million bytes go in and come out while the heap of this process stays small.
func (s suite) memory(t *testing.T) {
	s.exec(t, "CREATE TABLE store.big (n UInt64) ENGINE = MergeTree ORDER BY n")
	peak := watchHeap()
	const rows, batches = 125_000, 100 // 100 MB
	w, err := s.db.Insert(t.Context(), "store.big", numbers(rows, batches))
	if err != nil || w.Rows != rows*batches {
		t.Fatalf("%+v %v", w, err)
	}
	if n := one[uint64](t, s.db, "SELECT count() FROM store.big"); n != rows*batches {
		t.Errorf("%d rows", n)
	}
	r, err := s.db.Stream(t.Context(), "Native", warehouse.SQL("SELECT n FROM store.big"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n, err := io.Copy(io.Discard, r)
	if err != nil || n < 8*rows*batches {
		t.Errorf("%d bytes: %v", n, err)
	}
	if grown := peak(); grown > 64<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
	s.exec(t, "DROP TABLE store.big SYNC")
}

// watchHeap returns a function that stops the watch and says by how many bytes the heap grew at most.
func watchHeap() func() uint64 {
	was := debug.SetGCPercent(100) // the collector's slack is not what is watched
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	base := m.HeapInuse
	var peak atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		debug.SetGCPercent(was)
		return max(peak.Load(), base) - base
	}
}

func (s suite) concurrent(t *testing.T) {
	s.exec(t, "CREATE TABLE store.c (g UInt32, n UInt64) ENGINE = MergeTree ORDER BY n")
	type pair struct {
		G uint32 `db:"g"`
		N uint64 `db:"n"`
	}
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := range 20 {
				var a, b uint64
				q := warehouse.Statement{
					SQL:    "SELECT {a:UInt64} + 1, toUInt64(getSetting('max_block_size'))",
					Params: map[string]string{"a": fmt.Sprint(g*1000 + i)}, Settings: map[string]string{"max_block_size": fmt.Sprint(1000 + g)},
				}
				if err := s.db.Row(t.Context(), q, &a, &b); err != nil || a != uint64(g*1000+i+1) || b != uint64(1000+g) {
					t.Errorf("%d.%d: %d %d %v", g, i, a, b, err)
					return
				}
				if i%5 == 0 {
					if err := warehouse.Append(t.Context(), s.db, "store.c", pair{uint32(g), uint64(i)}); err != nil {
						t.Errorf("%d.%d: %v", g, i, err)
						return
					}
				}
				if i%7 == 0 {
					runtime.GC()
				}
			}
		})
	}
	wg.Wait()
	if n := one[uint64](t, s.db, "SELECT count() FROM store.c"); n != 64 {
		t.Errorf("%d rows, want 64", n)
	}
}

func (s suite) analyst(t *testing.T) {
	a := s.open(t, "analyst")
	if a == nil {
		t.Skip("opt-in: no user for an analyst was given; over TCP there is none before that door opens")
	}
	s.exec(t, "CREATE TABLE store.secret (name String) ENGINE = MergeTree ORDER BY name", "INSERT INTO store.secret VALUES ('张三')",
		"CREATE VIEW mart.open DEFINER = default SQL SECURITY DEFINER AS SELECT concat(substringUTF8(name, 1, 1), '*') AS name FROM store.secret")
	if got := one[string](t, a, "SELECT name FROM mart.open"); got != "张*" {
		t.Errorf("%q", got)
	}
	for _, q := range []string{
		"SELECT * FROM store.secret", "SELECT * FROM meta.r", "INSERT INTO store.secret VALUES ('x')", "SELECT * FROM file('/etc/hostname', 'RawBLOB')",
		"SELECT file('/etc/hostname')", "SELECT arrayMap(file, ['/etc/hostname'])", "SET ROLE loader", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE store.secret",
		"DROP VIEW mart.open", "CREATE TABLE mart.x (a Int8) ENGINE = Memory", "SELECT 1 SETTINGS max_execution_time = 1", "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a Int8')",
	} {
		if err := a.Exec(t.Context(), warehouse.SQL(q)); code(err) == 0 {
			t.Errorf("%s: %v", q, err)
		}
	}
	if _, err := a.Insert(t.Context(), "store.secret", numbers(1, 1)); err == nil {
		t.Error("an analyst inserts")
	}
	// limits that the program sets for an analyst hold
	if err := a.Exec(t.Context(), warehouse.Statement{SQL: "SELECT sum(cityHash64(number)) FROM numbers(1000000000000)", Settings: map[string]string{"max_execution_time": "1"}}); code(err) != 159 {
		t.Errorf("%v", err)
	}
}

func (s suite) unavailable(t *testing.T) {
	for _, o := range []warehouse.Options{{Socket: t.TempDir() + "/none"}, {DSN: "http://loader:secret@127.0.0.1:1/"}} {
		_, err := warehouse.Open(t.Context(), o)
		if !errors.Is(err, warehouse.ErrUnavailable) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v", err)
		}
	}
	for _, dsn := range []string{"", "ftp://x", "://", "http://[::1"} {
		if _, err := warehouse.Open(t.Context(), warehouse.Options{DSN: dsn}); err == nil || errors.Is(err, warehouse.ErrUnavailable) {
			t.Errorf("%q: %v", dsn, err)
		}
	}
}
