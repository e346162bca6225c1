package warehouse

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
)

// The engine takes Arrow that does not fit and says nothing: 300 becomes 44 in UInt8, an extra
// column is dropped, a missing one is filled. So the schema of an insert is compared with the
// table's before a byte is sent.

// ErrSchema: the record batches do not fit the table.
var ErrSchema = errors.New("the columns do not fit the table")

type tableColumn struct {
	Name    string `db:"name"`
	Type    string `db:"type"`
	Default string `db:"default_kind"`
}

// columns are the table's columns by name.
func (db *DB) columns(ctx context.Context, table string) ([]tableColumn, error) {
	database, name, ok := strings.Cut(table, ".")
	where := "database = {db:String}"
	if !ok {
		database, name, where = "", table, "database = currentDatabase()"
	}
	params := map[string]string{"t": name}
	if ok {
		params["db"] = database
	}
	cols, err := Select[tableColumn](ctx, db, Statement{
		SQL:    "SELECT name, type, toString(default_kind) AS default_kind FROM system.columns WHERE " + where + " AND table = {t:String} ORDER BY position",
		Params: params, Tag: "columns",
	})
	if err != nil {
		return nil, err
	}
	if len(cols) == 0 {
		return nil, &Error{Code: 60, Name: "UNKNOWN_TABLE", Message: "table " + table + " does not exist"}
	}
	return cols, nil
}

// compare checks schema against the table, field by field: a column that the table does not have,
// one of the table without a default that is missing, a type that could lose a value. Every fault
// is in the error. strict[i] says that field i may hold no NULL.
func (db *DB) compare(ctx context.Context, table string, schema *arrow.Schema) (strict []bool, err error) {
	cols, err := db.columns(ctx, table)
	if err != nil {
		return nil, err
	}
	byName := map[string]tableColumn{}
	for _, c := range cols {
		byName[c.Name] = c
	}
	var faults []error
	fault := func(field, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%w %s: column %s: %s", ErrSchema, table, field, fmt.Sprintf(format, args...)))
	}
	seen := map[string]bool{}
	strict = make([]bool, schema.NumFields())
	for i, f := range schema.Fields() {
		c, ok := byName[f.Name]
		switch {
		case seen[f.Name]:
			fault(f.Name, "sent twice")
		case !ok:
			fault(f.Name, "the table has no such column")
		case c.Default == "MATERIALIZED" || c.Default == "ALIAS":
			fault(f.Name, "the table computes it (%s)", strings.ToLower(c.Default))
		default:
			if why := fits(f.Type, c.Type); why != "" {
				fault(f.Name, "%s", why)
			}
			strict[i] = !strings.HasPrefix(c.Type, "Nullable(") && !strings.HasPrefix(c.Type, "LowCardinality(Nullable(")
		}
		seen[f.Name] = true
	}
	for _, c := range cols {
		if !seen[c.Name] && c.Default == "" {
			fault(c.Name, "%s: missing from what is sent", c.Type)
		}
	}
	return strict, errors.Join(faults...)
}

// fits returns "" where every value of the Arrow type has its place in the ClickHouse type, else why not.
func fits(from arrow.DataType, to string) string {
	bare := to
	for _, wrap := range []string{"LowCardinality(", "Nullable("} {
		if s, ok := strings.CutPrefix(bare, wrap); ok {
			bare = strings.TrimSuffix(s, ")")
		}
	}
	if d, ok := from.(*arrow.DictionaryType); ok {
		from = d.ValueType
	}
	ok := false
	switch f := from.(type) {
	case *arrow.Uint8Type, *arrow.Uint16Type, *arrow.Uint32Type, *arrow.Uint64Type:
		bits := from.(arrow.FixedWidthDataType).BitWidth()
		kind, n := intType(bare)
		ok = kind == "UInt" && n >= bits || kind == "Int" && n > bits || floatBits(bare) > bits ||
			bits == 16 && bare == "Date" || bits == 32 && isDateTime(bare) || bits == 8 && bare == "Bool"
	case *arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type, *arrow.Int64Type:
		bits := from.(arrow.FixedWidthDataType).BitWidth()
		kind, n := intType(bare)
		ok = kind == "Int" && n >= bits || floatBits(bare) > bits
	case *arrow.BooleanType:
		ok = bare == "Bool" || bare == "UInt8"
	case *arrow.Float32Type:
		ok = floatBits(bare) >= 32
	case *arrow.Float64Type:
		ok = floatBits(bare) >= 64
	case *arrow.StringType, *arrow.LargeStringType, *arrow.BinaryType, *arrow.LargeBinaryType:
		ok = bare == "String"
	case *arrow.FixedSizeBinaryType:
		ok = bare == "FixedString("+strconv.Itoa(f.ByteWidth)+")" || bare == "String"
	case *arrow.Date32Type:
		ok = bare == "Date32"
	case *arrow.TimestampType:
		digits := map[arrow.TimeUnit]int{arrow.Second: 0, arrow.Millisecond: 3, arrow.Microsecond: 6, arrow.Nanosecond: 9}[f.Unit]
		n, is := dateTime64(bare)
		ok = is && n >= digits
	case *arrow.Decimal128Type:
		p, s, is := decimal(bare)
		ok = is && s >= int(f.Scale) && p-s >= int(f.Precision-f.Scale)
	case arrow.ListLikeType:
		if inner, is := strings.CutPrefix(bare, "Array("); is {
			return fits(f.Elem(), strings.TrimSuffix(inner, ")"))
		}
	}
	if ok {
		return ""
	}
	return fmt.Sprintf("%s does not fit into %s", from, to)
}

func intType(t string) (kind string, bits int) {
	for _, k := range []string{"UInt", "Int"} {
		if s, ok := strings.CutPrefix(t, k); ok {
			n, err := strconv.Atoi(s)
			if err != nil {
				return "", 0
			}
			return k, n
		}
	}
	return "", 0
}

func floatBits(t string) int {
	switch t {
	case "Float32":
		return 32
	case "Float64":
		return 64
	}
	return 0
}

func isDateTime(t string) bool { return t == "DateTime" || strings.HasPrefix(t, "DateTime(") }

// dateTime64 is the number of digits after the second of DateTime64(3, 'UTC').
func dateTime64(t string) (digits int, ok bool) {
	s, ok := strings.CutPrefix(t, "DateTime64(")
	if !ok {
		return 0, false
	}
	s, _, _ = strings.Cut(strings.TrimSuffix(s, ")"), ",")
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, err == nil
}

// decimal reads Decimal(precision, scale).
func decimal(t string) (precision, scale int, ok bool) {
	n, err := fmt.Sscanf(t, "Decimal(%d, %d)", &precision, &scale)
	return precision, scale, err == nil && n == 2
}

// noNulls refuses a NULL for a column that has no place for one; the engine would write 0 or ”.
func noNulls(table string, rec arrow.Record, strict []bool) error {
	for i, col := range rec.Columns() {
		if strict[i] && col.NullN() > 0 {
			for row := range col.Len() {
				if col.IsNull(row) {
					return fmt.Errorf("%w %s: column %s: no value in row %d of a batch, and the column is not Nullable", ErrSchema, table, rec.ColumnName(i), row)
				}
			}
		}
	}
	return nil
}
