package warehouse

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// Querier answers a statement with Arrow: a *DB, or what a test puts before one to count.
type Querier interface {
	Query(ctx context.Context, s Statement) (array.RecordReader, error)
}

// Select reads the rows of s into structs, as Rows does, and returns them all: for answers that are
// known to be small.
func Select[T any](ctx context.Context, db Querier, s Statement) ([]T, error) {
	var list []T
	for v, err := range Rows[T](ctx, db, s) {
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// Rows reads the rows of s into structs, one after the other as they come. A result column goes to
// the field whose `db` tag is its name, also into a field of an embedded struct; a slice tagged
// `db:"k*"` takes the columns k0, k1, ... in their order. A NULL leaves the zero value; an
// sql.Null[T] tells it apart. A field without a column stays as it is, but a column without a field
// is an error, so that a query and its struct cannot drift apart; so is a value that does not fit.
//
// What a column may go to: text to a string; a truth value to a bool; a whole number to any number it
// fits into, or to a bool; a fraction to a float; a date or a moment to a time.Time in UTC, and a date
// also to a number, as its days since 1970; an array to a slice. A Date of the database comes as
// uint16 and a DateTime as uint32: in a time.Time they are days and seconds.
//
// The first error ends the rows.
func Rows[T any](ctx context.Context, db Querier, s Statement) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		rr, err := db.Query(ctx, s)
		if err != nil {
			yield(zero, err)
			return
		}
		defer rr.Release()
		for rr.Next() {
			cells, err := cellsOf(reflect.TypeFor[T](), rr.Record())
			if err != nil {
				yield(zero, fmt.Errorf("%s: %w", s.Tag, err))
				return
			}
			for row := range int(rr.Record().NumRows()) {
				var v T
				to := reflect.ValueOf(&v).Elem()
				for _, c := range cells {
					if err := c.read(to, row); err != nil {
						yield(zero, fmt.Errorf("%s: column %q: %w", s.Tag, c.column, err))
						return
					}
				}
				if !yield(v, nil) {
					return
				}
			}
		}
		if err := rr.Err(); err != nil {
			yield(zero, err)
		}
	}
}

// cell is a column of a record on its way to a field.
type cell struct {
	column string
	index  []int // of the field
	at     int   // where in a slice of several columns; -1: the field is the column's own
	of     int   // how many columns share the slice
	set    setter
}

// setter writes the value of a row into a field.
type setter func(to reflect.Value, row int) error

func (c cell) read(v reflect.Value, row int) error {
	to := v.FieldByIndex(c.index)
	if c.at >= 0 {
		if to.IsNil() {
			to.Set(reflect.MakeSlice(to.Type(), c.of, c.of))
		}
		to = to.Index(c.at)
	}
	return c.set(to, row)
}

func cellsOf(typ reflect.Type, rec arrow.Record) ([]cell, error) {
	fields := map[string]reflect.StructField{}
	for _, f := range reflect.VisibleFields(typ) {
		if tag := f.Tag.Get("db"); tag != "" {
			fields[tag] = f
		}
	}
	cells := make([]cell, rec.NumCols())
	shared := map[string]int{}
	for i := range cells {
		name := rec.ColumnName(i)
		f, ok := fields[name]
		to, at := f.Type, -1
		if !ok {
			several := strings.TrimRight(name, "0123456789") + "*"
			if f, ok = fields[several]; !ok || len(several) > len(name) {
				return nil, fmt.Errorf("column %q has no field in %s", name, typ)
			}
			to, at = f.Type.Elem(), shared[several]
			shared[several]++
		}
		set, err := setterOf(to, rec.Column(i))
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", name, err)
		}
		cells[i] = cell{column: name, index: f.Index, at: at, set: set}
	}
	for i, c := range cells {
		if c.at >= 0 {
			cells[i].of = shared[strings.TrimRight(c.column, "0123456789")+"*"]
		}
	}
	return cells, nil
}

var timeType = reflect.TypeFor[time.Time]()

// setterOf is how the values of a column get into a field of a type; a NULL leaves the field as it is.
func setterOf(to reflect.Type, col arrow.Array) (setter, error) {
	if to.Kind() == reflect.Struct && to.PkgPath() == "database/sql" && strings.HasPrefix(to.Name(), "Null[") {
		set, err := setterOf(to.Field(0).Type, col)
		if err != nil {
			return nil, err
		}
		return func(to reflect.Value, row int) error {
			if col.IsNull(row) {
				return nil
			}
			to.Field(1).SetBool(true)
			return set(to.Field(0), row)
		}, nil
	}
	set, err := valueOf(to, col)
	if err != nil {
		return nil, err
	}
	if set == nil {
		return nil, fmt.Errorf("%s does not fit a %s", col.DataType(), to)
	}
	return func(to reflect.Value, row int) error {
		if col.IsNull(row) {
			return nil
		}
		return set(to, row)
	}, nil
}

// valueOf is the one table of the Arrow types that are read; nil where the type does not fit.
func valueOf(to reflect.Type, col arrow.Array) (setter, error) {
	switch a := col.(type) {
	case *array.Null:
		return func(reflect.Value, int) error { return nil }, nil
	case *array.Dictionary:
		values, err := setterOf(to, a.Dictionary())
		return func(to reflect.Value, row int) error { return values(to, a.GetValueIndex(row)) }, err
	case *array.List:
		return list(to, a)
	// The bytes of a text belong to the record, which is released: they are copied.
	case *array.String:
		return text(to, func(row int) string { return strings.Clone(a.Value(row)) }), nil
	case *array.LargeString:
		return text(to, func(row int) string { return strings.Clone(a.Value(row)) }), nil
	case *array.Binary:
		return text(to, func(row int) string { return string(a.Value(row)) }), nil
	case *array.Boolean:
		if to.Kind() != reflect.Bool {
			return nil, nil
		}
		return func(to reflect.Value, row int) error { to.SetBool(a.Value(row)); return nil }, nil
	case *array.Uint8:
		return whole(to, a.Value), nil
	case *array.Uint16:
		if to == timeType {
			return moment(to, func(row int) time.Time { return time.Unix(int64(a.Value(row))*24*60*60, 0) }), nil
		}
		return whole(to, a.Value), nil
	case *array.Uint32:
		if to == timeType {
			return moment(to, func(row int) time.Time { return time.Unix(int64(a.Value(row)), 0) }), nil
		}
		return whole(to, a.Value), nil
	case *array.Uint64:
		return whole(to, a.Value), nil
	case *array.Int8:
		return whole(to, a.Value), nil
	case *array.Int16:
		return whole(to, a.Value), nil
	case *array.Int32:
		return whole(to, a.Value), nil
	case *array.Int64:
		return whole(to, a.Value), nil
	case *array.Float32:
		return fraction(to, func(row int) float64 { return float64(a.Value(row)) }), nil
	case *array.Float64:
		return fraction(to, a.Value), nil
	case *array.Date32:
		if to == timeType {
			return moment(to, func(row int) time.Time { return a.Value(row).ToTime() }), nil
		}
		return whole(to, a.Value), nil
	case *array.Timestamp:
		unit := a.DataType().(*arrow.TimestampType).Unit
		return moment(to, func(row int) time.Time { return a.Value(row).ToTime(unit) }), nil
	}
	return nil, fmt.Errorf("the Arrow type %s is not read here", col.DataType())
}

func list(to reflect.Type, a *array.List) (setter, error) {
	if to.Kind() != reflect.Slice {
		return nil, nil
	}
	values, err := setterOf(to.Elem(), a.ListValues())
	return func(to reflect.Value, row int) error {
		from, end := a.ValueOffsets(row)
		list := reflect.MakeSlice(to.Type(), int(end-from), int(end-from))
		for i := range list.Len() {
			if err := values(list.Index(i), int(from)+i); err != nil {
				return err
			}
		}
		to.Set(list)
		return nil
	}, err
}

func text(to reflect.Type, value func(int) string) setter {
	if to.Kind() != reflect.String {
		return nil
	}
	return func(to reflect.Value, row int) error { to.SetString(value(row)); return nil }
}

func fraction(to reflect.Type, value func(int) float64) setter {
	if to.Kind() != reflect.Float32 && to.Kind() != reflect.Float64 {
		return nil
	}
	return func(to reflect.Value, row int) error { to.SetFloat(value(row)); return nil }
}

func moment(to reflect.Type, value func(int) time.Time) setter {
	if to != timeType {
		return nil
	}
	return func(to reflect.Value, row int) error {
		to.Set(reflect.ValueOf(value(row).UTC()))
		return nil
	}
}

func whole[N ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64](to reflect.Type, value func(int) N) setter {
	misfit := func(n N) error { return fmt.Errorf("%v does not fit a %s", n, to) }
	switch to.Kind() {
	case reflect.Bool:
		return func(to reflect.Value, row int) error { to.SetBool(value(row) != 0); return nil }
	case reflect.Float32, reflect.Float64:
		return func(to reflect.Value, row int) error { to.SetFloat(float64(value(row))); return nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(to reflect.Value, row int) error {
			n := value(row)
			if n > 0 && int64(n) < 0 || to.OverflowInt(int64(n)) {
				return misfit(n)
			}
			to.SetInt(int64(n))
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(to reflect.Value, row int) error {
			n := value(row)
			if n < 0 || to.OverflowUint(uint64(n)) {
				return misfit(n)
			}
			to.SetUint(uint64(n))
			return nil
		}
	}
	return nil
}
