package dataset

import (
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
)

// ClickHouse returns the type of the column in its table.
func (c *Column) ClickHouse() string {
	var t string
	switch c.Type {
	case Low, Code:
		if c.Nullable() {
			return "LowCardinality(Nullable(String))"
		}
		return "LowCardinality(String)"
	case Strings:
		return "Array(LowCardinality(String))"
	case String, CreditCode:
		t = "String"
	case Int8:
		t = "Int8"
	case Int16:
		t = "Int16"
	case Int32:
		t = "Int32"
	case Int64:
		t = "Int64"
	case Float64:
		t = "Float64"
	case Bool:
		t = "Bool"
	case Date:
		t = "Date32"
	case Person:
		t = "UInt64"
	}
	if c.Nullable() {
		return "Nullable(" + t + ")"
	}
	return t
}

// low is what a LowCardinality column is in Arrow.
var low = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// Arrow returns the type of the column's arrays.
func (c *Column) Arrow() arrow.DataType {
	switch c.Type {
	case Low, Code:
		return low
	case Strings:
		return arrow.ListOfNonNullable(low)
	case Int8:
		return arrow.PrimitiveTypes.Int8
	case Int16:
		return arrow.PrimitiveTypes.Int16
	case Int32:
		return arrow.PrimitiveTypes.Int32
	case Int64:
		return arrow.PrimitiveTypes.Int64
	case Float64:
		return arrow.PrimitiveTypes.Float64
	case Bool:
		return arrow.FixedWidthTypes.Boolean
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Person:
		return arrow.PrimitiveTypes.Uint64
	}
	return arrow.BinaryTypes.String
}

// ArrowSchema is the schema of the record batches of the dataset: the declared columns in order,
// then _batch, _file, _sheet and _row.
func (d *Dataset) ArrowSchema() *arrow.Schema {
	fields := make([]arrow.Field, 0, len(d.Columns)+len(Reserved))
	for i := range d.Columns {
		c := &d.Columns[i]
		fields = append(fields, arrow.Field{Name: c.Name, Type: c.Arrow(), Nullable: c.Nullable()})
	}
	fields = append(fields,
		arrow.Field{Name: "_batch", Type: arrow.PrimitiveTypes.Uint32},
		arrow.Field{Name: "_file", Type: low},
		arrow.Field{Name: "_sheet", Type: low},
		arrow.Field{Name: "_row", Type: arrow.PrimitiveTypes.Uint32})
	return arrow.NewSchema(fields, nil)
}

// TableColumn is a column of a table as ClickHouse has it.
type TableColumn struct{ Name, Type string }

// TableColumns returns all columns of the dataset's table, the declared ones first.
func (d *Dataset) TableColumns() []TableColumn {
	cols := make([]TableColumn, 0, len(d.Columns)+len(Reserved))
	for i := range d.Columns {
		cols = append(cols, TableColumn{d.Columns[i].Name, d.Columns[i].ClickHouse()})
	}
	return append(cols,
		TableColumn{"_batch", "UInt32"},
		TableColumn{"_file", "LowCardinality(String)"},
		TableColumn{"_sheet", "LowCardinality(String)"},
		TableColumn{"_row", "UInt32"})
}

// Table is the name of the physical table, View of the masked view over its live rows.
func (d *Dataset) Table() string { return "store." + d.Name }

// DDL creates the dataset's table where it does not exist.
func (d *Dataset) DDL() string {
	var b strings.Builder
	b.WriteString("create table if not exists " + d.Table() + "\n(\n")
	for i, c := range d.TableColumns() {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString("    " + quote(c.Name) + " " + c.Type)
	}
	b.WriteString("\n)\nengine = MergeTree\n")
	if p := d.Partition; p != nil {
		by := "toYear("
		if p.By == "month" {
			by = "toYYYYMM("
		}
		b.WriteString("partition by " + by + quote(p.Column) + ")\n")
	}
	b.WriteString("order by (")
	nullable := false
	for _, name := range d.Order {
		b.WriteString(quote(name) + ", ")
		nullable = nullable || d.Column(name).Nullable()
	}
	b.WriteString("`_batch`)\n")
	if nullable {
		b.WriteString("settings allow_nullable_key = 1\n")
	}
	return b.String()
}

func quote(name string) string { return "`" + name + "`" }

// ViewDDL creates or replaces mart.<name>: the live rows, names masked to their first character
// (张**), without _batch. Whoever may read the view need not be able to read the table.
func (d *Dataset) ViewDDL() string {
	var b strings.Builder
	b.WriteString("create or replace view mart." + d.Name + "\ndefiner = default sql security definer\nas\nselect\n")
	for _, c := range d.TableColumns() {
		if c.Name == "_batch" {
			continue
		}
		if col := d.Column(c.Name); col != nil && col.Personal == PersonalName {
			b.WriteString("    if(lengthUTF8(" + quote(c.Name) + ") = 0, " + quote(c.Name) + ", concat(substringUTF8(" + quote(c.Name) + ", 1, 1), '**')) as " + quote(c.Name) + ",\n")
			continue
		}
		b.WriteString("    " + quote(c.Name) + ",\n")
	}
	s := strings.TrimSuffix(b.String(), ",\n")
	return s + "\nfrom " + d.Table() + "\nwhere `_batch` in (select batch from meta.live where dataset = '" + d.Name + "')\n"
}
