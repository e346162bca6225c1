package pipeline

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

	"yanzhen/pipeline/warehouse"
)

// query reads the rows of a statement into structs: a result column goes to the field whose `db`
// tag is its name. A NULL leaves the zero value. A column without a field is an error, so that a
// query and its struct cannot drift apart.
func query[T any](ctx context.Context, db *warehouse.DB, s warehouse.Statement) ([]T, error) {
	rr, err := db.Query(ctx, s)
	if err != nil {
		return nil, err
	}
	defer rr.Release()
	typ := reflect.TypeFor[T]()
	byName := map[string]int{}
	for i := range typ.NumField() {
		if tag := typ.Field(i).Tag.Get("db"); tag != "" {
			byName[tag] = i
		}
	}
	var out []T
	for rr.Next() {
		rec := rr.Record()
		fields := make([]int, rec.NumCols())
		for c := range fields {
			f, ok := byName[rec.ColumnName(c)]
			if !ok {
				return nil, fmt.Errorf("%s: column %q has no field in %s", s.Tag, rec.ColumnName(c), typ)
			}
			fields[c] = f
		}
		for row := range int(rec.NumRows()) {
			var v T
			rv := reflect.ValueOf(&v).Elem()
			for c, f := range fields {
				if err := setField(rv.Field(f), rec.Column(c), row); err != nil {
					return nil, fmt.Errorf("%s: column %q: %w", s.Tag, rec.ColumnName(c), err)
				}
			}
			out = append(out, v)
		}
	}
	return out, rr.Err()
}

func setField(f reflect.Value, col arrow.Array, row int) error {
	if col.IsNull(row) {
		return nil
	}
	switch a := col.(type) {
	case *array.Dictionary:
		i := a.GetValueIndex(row)
		return setField(f, a.Dictionary(), i)
	case *array.String:
		return set(f, a.Value(row))
	case *array.Binary:
		return set(f, string(a.Value(row)))
	case *array.LargeString:
		return set(f, a.Value(row))
	case *array.Boolean:
		return set(f, a.Value(row))
	case *array.Uint8:
		return setUint(f, uint64(a.Value(row)))
	case *array.Uint16:
		return setUint(f, uint64(a.Value(row)))
	case *array.Uint32:
		return setUint(f, uint64(a.Value(row)))
	case *array.Uint64:
		return setUint(f, a.Value(row))
	case *array.Int32:
		return setUint(f, uint64(a.Value(row)))
	case *array.Int64:
		return setUint(f, uint64(a.Value(row)))
	case *array.Float64:
		return set(f, a.Value(row))
	case *array.Date32:
		return set(f, a.Value(row).ToTime().UTC())
	case *array.Timestamp:
		return set(f, a.Value(row).ToTime(a.DataType().(*arrow.TimestampType).Unit).UTC())
	case *array.List:
		from, to := a.ValueOffsets(row)
		out := reflect.MakeSlice(f.Type(), int(to-from), int(to-from))
		for i := from; i < to; i++ {
			if err := setField(out.Index(int(i-from)), a.ListValues(), int(i)); err != nil {
				return err
			}
		}
		f.Set(out)
		return nil
	}
	return fmt.Errorf("the Arrow type %s is not read here", col.DataType())
}

func set(f reflect.Value, v any) error {
	rv := reflect.ValueOf(v)
	if !rv.Type().ConvertibleTo(f.Type()) || rv.Kind() != f.Kind() {
		return fmt.Errorf("%s does not fit a %s", rv.Type(), f.Type())
	}
	f.Set(rv.Convert(f.Type()))
	return nil
}

func setUint(f reflect.Value, v uint64) error {
	switch f.Kind() {
	case reflect.Bool:
		f.SetBool(v != 0)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		f.SetUint(v)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		f.SetInt(int64(v))
	case reflect.Float64:
		f.SetFloat(float64(v))
	default:
		return fmt.Errorf("a whole number does not fit a %s", f.Type())
	}
	return nil
}

// What the fields of the bookkeeping structs are in Arrow, by the tag `arrow`; by the field's
// type where there is none.
var arrowTypes = map[string]arrow.DataType{
	"ms":   &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"},
	"us":   &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
	"date": arrow.FixedWidthTypes.Date32,
}

// literal writes a text as the engine reads it in a statement, whatever is in it.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\x00", `\0`).Replace(s) + "'"
}

// appendRow adds one row to a bookkeeping table in a single statement: a load writes several of
// them, and appendRows first asks what the table looks like. The values stand in the statement:
// as parameters they cost the engine half as much again.
func appendRow[T any](ctx context.Context, db *warehouse.DB, table string, row T) error {
	typ, rv := reflect.TypeFor[T](), reflect.ValueOf(row)
	var names, values []string
	for i := range typ.NumField() {
		f, v := typ.Field(i), rv.Field(i)
		name := f.Tag.Get("db")
		if name == "" {
			continue
		}
		var value string
		switch v := v.Interface().(type) {
		case time.Time:
			switch {
			case v.IsZero() && f.Tag.Get("null") != "":
				value = "NULL"
			case f.Tag.Get("arrow") == "date":
				value = literal(v.UTC().Format(time.DateOnly))
			case f.Tag.Get("arrow") == "ms":
				value = literal(v.UTC().Format("2006-01-02 15:04:05.000"))
			default:
				value = literal(v.UTC().Format("2006-01-02 15:04:05.000000"))
			}
		case uint32:
			value = strconv.FormatUint(uint64(v), 10)
		case uint64:
			value = strconv.FormatUint(v, 10)
		default:
			if rv.Field(i).Kind() != reflect.String {
				return fmt.Errorf("%s: field %s is not written here", table, f.Name)
			}
			value = literal(rv.Field(i).String())
		}
		names, values = append(names, "`"+name+"`"), append(values, value)
	}
	err := db.Exec(ctx, warehouse.Statement{
		SQL: "insert into " + table + " (" + strings.Join(names, ", ") + ") values (" + strings.Join(values, ", ") + ")", // half the engine's time of insert select
		// the row was acknowledged when it is in a part of its own
		Settings: map[string]string{"async_insert": "0", "wait_end_of_query": "1", "max_insert_threads": "1", "insert_deduplicate": "0", "deduplicate_insert_select": "disable"},
		Tag:      table,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	return nil
}

// appendRows adds one row for each struct to a bookkeeping table, in one insert, so that all of
// them appear or none. A zero time in a field marked null becomes NULL.
func appendRows[T any](ctx context.Context, db *warehouse.DB, table string, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	typ := reflect.TypeFor[T]()
	var fields []arrow.Field
	var index []int
	for i := range typ.NumField() {
		f := typ.Field(i)
		name := f.Tag.Get("db")
		if name == "" {
			continue
		}
		at, ok := arrowTypes[f.Tag.Get("arrow")]
		if !ok {
			switch f.Type.Kind() {
			case reflect.String:
				at = arrow.BinaryTypes.String
			case reflect.Bool:
				at = arrow.FixedWidthTypes.Boolean
			case reflect.Uint32:
				at = arrow.PrimitiveTypes.Uint32
			case reflect.Uint64:
				at = arrow.PrimitiveTypes.Uint64
			case reflect.Float64:
				at = arrow.PrimitiveTypes.Float64
			default:
				return fmt.Errorf("%s: field %s has no Arrow type", table, f.Name)
			}
		}
		fields = append(fields, arrow.Field{Name: name, Type: at, Nullable: f.Tag.Get("null") != ""})
		index = append(index, i)
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, row := range rows {
		rv := reflect.ValueOf(row)
		for c, i := range index {
			v := rv.Field(i)
			switch fb := b.Field(c).(type) {
			case *array.StringBuilder:
				fb.Append(v.String())
			case *array.BooleanBuilder:
				fb.Append(v.Bool())
			case *array.Uint32Builder:
				fb.Append(uint32(v.Uint()))
			case *array.Uint64Builder:
				fb.Append(v.Uint())
			case *array.Float64Builder:
				fb.Append(v.Float())
			case *array.Date32Builder:
				if t := v.Interface().(time.Time); t.IsZero() {
					fb.AppendNull()
				} else {
					fb.Append(arrow.Date32FromTime(t))
				}
			case *array.TimestampBuilder:
				t := v.Interface().(time.Time)
				if t.IsZero() {
					fb.AppendNull()
				} else if fields[c].Type.(*arrow.TimestampType).Unit == arrow.Millisecond {
					fb.Append(arrow.Timestamp(t.UnixMilli()))
				} else {
					fb.Append(arrow.Timestamp(t.UnixMicro()))
				}
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	rr, err := array.NewRecordReader(schema, []arrow.Record{rec})
	if err != nil {
		return err
	}
	defer rr.Release()
	if _, err := db.Insert(ctx, table, rr); err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	return nil
}
