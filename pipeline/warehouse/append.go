package warehouse

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Append adds rows to a bookkeeping table (database.table) in one insert, so that all of them appear
// or none; no rows are no error. A field goes to the column of its `db` tag, also a field of an
// embedded struct. A time.Time carries how it is kept in the tag `arrow`: date, ms or us; a zero
// value tagged `null:"y"` becomes NULL. The rows are on the disk when Append returns. It never
// retries.
func Append[T any](ctx context.Context, db *DB, table string, rows ...T) error {
	if len(rows) == 0 {
		return nil
	}
	columns, err := columnsOf(reflect.TypeFor[T]())
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	if len(rows) == 1 {
		err = appendOne(ctx, db, table, columns, reflect.ValueOf(rows[0]))
	} else {
		err = appendAll(ctx, db, table, columns, rows)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	return nil
}

// column is a field on its way to a column of a table.
type column struct {
	name  string
	index []int // of the field
	null  bool  // the zero value is NULL
	kind
}

// absent says that v becomes NULL.
func (c column) absent(v reflect.Value) bool {
	if t, ok := v.Interface().(time.Time); ok {
		return c.null && t.IsZero() // also where it has a time zone
	}
	return c.null && v.IsZero()
}

// kind is how a field is written.
type kind struct {
	arrow   arrow.DataType
	append  func(array.Builder, reflect.Value)
	literal func(reflect.Value) string
}

// kinds is the one table of the kinds of field that are written, by the tag `arrow` or else by the field's Go kind.
var kinds = map[string]kind{
	"string": {
		arrow.BinaryTypes.String,
		func(b array.Builder, v reflect.Value) { b.(*array.StringBuilder).Append(v.String()) },
		func(v reflect.Value) string { return literal(v.String()) },
	},
	"bool": {
		arrow.FixedWidthTypes.Boolean,
		func(b array.Builder, v reflect.Value) { b.(*array.BooleanBuilder).Append(v.Bool()) },
		func(v reflect.Value) string { return strconv.FormatBool(v.Bool()) },
	},
	"uint32": {
		arrow.PrimitiveTypes.Uint32,
		func(b array.Builder, v reflect.Value) { b.(*array.Uint32Builder).Append(uint32(v.Uint())) },
		func(v reflect.Value) string { return strconv.FormatUint(v.Uint(), 10) },
	},
	"uint64": {
		arrow.PrimitiveTypes.Uint64,
		func(b array.Builder, v reflect.Value) { b.(*array.Uint64Builder).Append(v.Uint()) },
		func(v reflect.Value) string { return strconv.FormatUint(v.Uint(), 10) },
	},
	"float64": {
		arrow.PrimitiveTypes.Float64,
		func(b array.Builder, v reflect.Value) { b.(*array.Float64Builder).Append(v.Float()) },
		func(v reflect.Value) string { return strconv.FormatFloat(v.Float(), 'g', -1, 64) },
	},
	"date": {
		arrow.FixedWidthTypes.Date32,
		func(b array.Builder, v reflect.Value) {
			b.(*array.Date32Builder).Append(arrow.Date32FromTime(timeOf(v)))
		},
		func(v reflect.Value) string { return literal(timeOf(v).Format(time.DateOnly)) },
	},
	"ms": {
		&arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"},
		func(b array.Builder, v reflect.Value) {
			b.(*array.TimestampBuilder).Append(arrow.Timestamp(timeOf(v).UnixMilli()))
		},
		func(v reflect.Value) string { return literal(timeOf(v).Format("2006-01-02 15:04:05.000")) },
	},
	"us": {
		&arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
		func(b array.Builder, v reflect.Value) {
			b.(*array.TimestampBuilder).Append(arrow.Timestamp(timeOf(v).UnixMicro()))
		},
		func(v reflect.Value) string { return literal(timeOf(v).Format("2006-01-02 15:04:05.000000")) },
	},
}

func timeOf(v reflect.Value) time.Time { return v.Interface().(time.Time).UTC() }

func columnsOf(typ reflect.Type) ([]column, error) {
	var columns []column
	for _, f := range reflect.VisibleFields(typ) {
		name := f.Tag.Get("db")
		if name == "" {
			continue
		}
		as := f.Tag.Get("arrow")
		if as == "" {
			as = f.Type.Kind().String()
		}
		k, ok := kinds[as]
		if !ok {
			return nil, fmt.Errorf("field %s has no Arrow type", f.Name)
		}
		columns = append(columns, column{name, f.Index, f.Tag.Get("null") != "", k})
	}
	return columns, nil
}

// appendOne writes the values into the statement: a load writes several single rows of bookkeeping,
// Insert first asks what the table looks like, and as parameters the values cost the engine half as
// much again.
func appendOne(ctx context.Context, db *DB, table string, columns []column, row reflect.Value) error {
	name, err := tableName(table)
	if err != nil {
		return err
	}
	names, values := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i], values[i] = quoteName(c.name), "NULL"
		if v := row.FieldByIndex(c.index); !c.absent(v) {
			values[i] = c.literal(v)
		}
	}
	done, err := db.turn(ctx, table)
	if err != nil {
		return err
	}
	defer done()
	return db.Exec(ctx, Statement{
		SQL: "insert into " + name + " (" + strings.Join(names, ", ") + ") values (" + strings.Join(values, ", ") + ")", // half the engine's time of insert select
		// the row was acknowledged when it is in a part of its own
		Settings: map[string]string{"async_insert": "0", "wait_end_of_query": "1", "max_insert_threads": "1", "insert_deduplicate": "0", "deduplicate_insert_select": "disable"},
		Tag:      table,
	})
}

// literal writes a text as the engine reads it in a statement, whatever is in it.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\x00", `\0`).Replace(s) + "'"
}

func appendAll[T any](ctx context.Context, db *DB, table string, columns []column, rows []T) error {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.name, Type: c.arrow, Nullable: c.null}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range rows {
		rv := reflect.ValueOf(row)
		for i, c := range columns {
			if v := rv.FieldByIndex(c.index); c.absent(v) {
				b.Field(i).AppendNull()
			} else {
				c.append(b.Field(i), v)
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	rr, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
	if err != nil {
		return err
	}
	defer rr.Release()
	_, err = db.Insert(ctx, table, rr)
	return err
}
