package dataset

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	"yanzhen/pipeline/codes"
)

// ClickHouse returns the type of the column in its table.
func (c *Column) ClickHouse() string { return c.clickHouse(c.Nullable()) }

func (c *Column) clickHouse(nullable bool) string {
	var t string
	switch c.Type {
	case Low, Code:
		if nullable {
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
	if nullable {
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

// TableColumn is a column of a table as ClickHouse has it (system.columns: name, type,
// is_in_sorting_key, is_in_partition_key).
type TableColumn struct {
	Name, Type string
	Sorted     bool // part of order by
	Divides    bool // part of partition by
}

// TableColumns returns all columns of the dataset's table, the declared ones first.
func (d *Dataset) TableColumns() []TableColumn {
	cols := make([]TableColumn, 0, len(d.Columns)+len(Reserved))
	for i := range d.Columns {
		c := &d.Columns[i]
		cols = append(cols, TableColumn{c.Name, c.ClickHouse(), slices.Contains(d.Order, c.Name), d.Partition != nil && d.Partition.Column == c.Name})
	}
	return append(cols,
		TableColumn{"_batch", "UInt32", true, false},
		TableColumn{"_file", "LowCardinality(String)", false, false},
		TableColumn{"_sheet", "LowCardinality(String)", false, false},
		TableColumn{"_row", "UInt32", false, false})
}

// Table is the name of the physical table.
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
	b.WriteString("`_batch`)\nsettings ")
	if nullable {
		b.WriteString("allow_nullable_key = 1, ")
	}
	for i, s := range Durable {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(s[0] + " = " + s[1])
	}
	b.WriteString("\n")
	return b.String()
}

// Durable are the settings of a table whose rows are on disk before the ledger says that they are
// published: what is inserted, the folder it lies in, and what a merge or a deletion makes of it,
// before the parts it was made of go.
var Durable = [][2]string{
	{"fsync_after_insert", "1"},
	{"fsync_part_directory", "1"},
	{"min_rows_to_fsync_after_merge", "1"},
}

func quote(name string) string { return "`" + name + "`" }

// View is the name of the masked view over the live rows.
func (d *Dataset) View() string { return "mart." + d.Name }

// Plain is the database of the views in which nothing is masked, for the role of package embedded that may read them.
const Plain = "plain"

// PlainDDL creates or replaces the view of the same rows in which names stand as they were sent; empty where the dataset
// masks nothing.
func (d *Dataset) PlainDDL() string {
	if !slices.ContainsFunc(d.Columns, func(c Column) bool { return c.Personal == PersonalName }) {
		return ""
	}
	return d.viewDDL(Plain, "")
}

// ViewDDL creates or replaces the view: the live rows without _batch, names masked to their first
// character (张*), persons as 16 hexadecimal digits, of which no client loses one as it does of a whole number of
// 64 bits. The view and each column carry what they mean as their comment. Whoever may read the view need not be able
// to read the table.
func (d *Dataset) ViewDDL() string { return d.viewDDL("mart", PersonalName) }

// Past is the database of the views of what was live at a moment.
const Past = "past"

// PastDDL creates or replaces the view of the rows that were live at the moment that a statement names,
// past.arrivals(as_of = '2026-07-01 08:00:00'), masked as those of mart. Where rows of that moment were swept since, or where it lies
// ahead, so that it would not stay what it is, it refuses.
func (d *Dataset) PastDDL(definer string) string {
	const at = "{as_of:DateTime64(6, 'UTC')}"
	sql := strings.Replace(d.viewDDL(Past, PersonalName), "select batch from meta.live where dataset = '"+d.Name+"'",
		"select batch from meta.live_at(as_of = "+at+") where dataset = '"+d.Name+"'"+
			" and throwIf("+at+" > now64(6), "+Literal(Both(Ahead))+") = 0"+
			" and throwIf(batch in (select batch from meta.ledger where state = 'swept'), "+Literal(Both(SweptSince))+") = 0", 1)
	head, rest, _ := strings.Cut(sql, "\n(\n") // the engine wants no columns of a view that has parameters
	_, rest, _ = strings.Cut(rest, "\n)\n")
	return head + "\n" + strings.Replace(rest, "definer = default", "definer = "+definer, 1)
}

// What PastDDL's view says where it refuses.
var (
	Ahead      = codes.Text{Zh: "as_of 不能晚于现在", En: "as_of lies ahead: name a moment that has passed"}
	SweptSince = codes.Text{Zh: "那时的数据已按保留期清理，查不到了", En: "rows of that moment were swept since"}
)

// viewDDL is the view of a database, in which columns that are personal in some way are masked.
func (d *Dataset) viewDDL(database string, masked Personal) string {
	var declared, selected []string
	for _, t := range d.TableColumns() {
		if t.Name == "_batch" {
			continue
		}
		from, kind := "rows."+quote(t.Name), t.Type
		c := d.Column(t.Name)
		if c != nil && c.Personal == PersonalName && c.Personal == masked {
			from = "if(empty(" + from + "), " + from + ", concat(substringUTF8(" + from + ", 1, 1), '*'))"
		} else if c != nil && c.Type == Person {
			from, kind = PersonSQL(from), strings.Replace(kind, "UInt64", "String", 1)
		}
		declared = append(declared, "    "+quote(t.Name)+" "+kind+" comment "+Literal(d.comment(t.Name, c, masked)))
		selected = append(selected, "    "+from+" as "+quote(t.Name))
	}
	return "create or replace view " + database + "." + d.Name + "\n(\n" + strings.Join(declared, ",\n") + "\n)\ndefiner = default sql security definer\nas\nselect\n" +
		strings.Join(selected, ",\n") + "\nfrom " + d.Table() + " as rows\nwhere rows.`_batch` in (select batch from meta.live where dataset = '" + d.Name + "')\n" +
		"comment " + Literal(Both(codes.Text{Zh: d.Title.Zh + "：" + d.About.Zh, En: d.Title.En + ": " + d.About.En})) + "\n"
}

// comment is what a column of the view means: its name, what is to be known of it, its unit and its code list.
func (d *Dataset) comment(name string, c *Column, masked Personal) string {
	if c == nil {
		return Both(reservedAbout[name])
	}
	zh, en := []string{c.Title.Zh}, []string{c.Title.En}
	add := func(z, e string) {
		zh, en = append(zh, strings.TrimRight(z, "。.")), append(en, strings.TrimRight(e, "。."))
	}
	if c.About != (codes.Text{}) {
		add(c.About.Zh, c.About.En)
	}
	if c.Unit != "" {
		add("单位 "+c.Unit, "unit "+c.Unit)
	}
	switch {
	case c.List != "" && c.Type == Code:
		add("代码见 codes_"+c.List, "codes: codes_"+c.List)
	case c.List != "" && c.Type != Bool:
		add("位次见 codes_"+c.List+".rank", "ranks: codes_"+c.List+".rank")
	}
	switch {
	case c.Personal == PersonalName && c.Personal == masked:
		add("只显示姓", "only the family name is shown")
	case c.Type == Person:
		add("加密散列，各数据集可据此关联", "keyed hash, by which datasets join")
	}
	return Both(codes.Text{Zh: strings.Join(zh, "；"), En: strings.Join(en, "; ")})
}

// reservedAbout says what the columns are that every view has besides the declared ones.
var reservedAbout = map[string]codes.Text{
	"_file":  {Zh: "来源文件", En: "the file it came from"},
	"_sheet": {Zh: "来源工作表", En: "the sheet it came from"},
	"_row":   {Zh: "在来源文件中的行号", En: "the row in that file"},
}

// Both writes a text in both languages, for a place that has room for one text only.
func Both(t codes.Text) string { return t.Zh + " / " + t.En }

// Literal writes a text as a string of SQL.
func Literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// PersonSQL writes the hash of a person as it is shown.
func PersonSQL(column string) string { return "lower(leftPad(hex(" + column + "), 16, '0'))" }

// Migrate returns the statements that make a table with these columns fit the declaration: none
// where it fits, the DDL where there is no table. Columns may be added (rows already there get NULL,
// an empty list or the column's default) and may become optional. Anything else is refused: the
// error names each column, what it is, what is declared and what to do.
func (d *Dataset) Migrate(existing []TableColumn) ([]string, error) {
	if len(existing) == 0 {
		return []string{d.DDL()}, nil
	}
	have := map[string]TableColumn{}
	sorted := false
	for _, t := range existing {
		have[t.Name] = t
		sorted = sorted || t.Sorted
	}
	var steps []string
	var errs []error
	refuse := func(column, zh, en string, a ...any) {
		errs = append(errs, fmt.Errorf("%s.%s: %s / %s", d.Table(), column, fmt.Sprintf(zh, a...), fmt.Sprintf(en, a...)))
	}
	const remedyZh = "请恢复原声明；确需更改时，还没有已发布的数据可用 yanzhen aside 重建表，否则用新的数据集名声明并重新装载来源文件"
	const remedyEn = "put the declaration back; if the change is meant and nothing of it is published yet, yanzhen aside makes the table anew, else declare it under a new dataset name and load the sources again"
	want := d.TableColumns()
	after := ""
	for _, w := range want {
		h, ok := have[w.Name]
		delete(have, w.Name)
		c := d.Column(w.Name)
		switch {
		case !ok && c == nil:
			refuse(w.Name, "表中没有该列；"+remedyZh, "the table lacks it; "+remedyEn)
		case !ok && (w.Sorted || w.Divides):
			refuse(w.Name, "表中没有该列，不能加入 order 或 partition；"+remedyZh, "the table lacks it and it cannot join order or partition; "+remedyEn)
		case !ok && c.Required:
			refuse(w.Name, "声明为 required %s，但已有的行没有值；请改为可空或给出 default", "is declared required %s but the rows already there have no value; make it optional or give a default", w.Type)
		case !ok:
			step := "alter table " + d.Table() + " add column if not exists " + quote(w.Name) + " " + w.Type
			if c.Default != "" {
				lit, err := c.DefaultSQL()
				if err != nil {
					errs = append(errs, fmt.Errorf("%s.%s: %w", d.Table(), w.Name, err))
					continue
				}
				step += " default " + lit
			}
			steps = append(steps, step+after)
		case h.Type != w.Type && c != nil && c.clickHouse(true) == w.Type && c.clickHouse(false) == h.Type && !h.Sorted && !h.Divides:
			steps = append(steps, "alter table "+d.Table()+" modify column "+quote(w.Name)+" "+w.Type)
		case h.Type != w.Type:
			refuse(w.Name, "表中是 %s，声明为 %s；"+remedyZh, "is %s in the table and declared %s; "+remedyEn, h.Type, w.Type)
		case sorted && h.Sorted != w.Sorted:
			refuse(w.Name, "表的排序键与声明的 order 不同；"+remedyZh, "the table's sorting key differs from the declared order; "+remedyEn)
		case sorted && h.Divides != w.Divides:
			refuse(w.Name, "表的分区键与声明的 partition 不同；"+remedyZh, "the table's partition key differs from the declared partition; "+remedyEn)
		}
		after = " after " + quote(w.Name)
	}
	for _, t := range existing {
		if _, left := have[t.Name]; left {
			refuse(t.Name, "表中有 %s 列而声明中没有；请重新声明，或备份后执行 alter table %s drop column %s", "is %s in the table and not declared; declare it again, or after a backup run: alter table %s drop column %s", t.Type, d.Table(), quote(t.Name))
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return steps, nil
}

// DefaultSQL is the column's default as SQL.
func (c *Column) DefaultSQL() (string, error) {
	switch c.Type {
	case Bool:
		switch strings.ToLower(c.Default) {
		case "1", "true", "是":
			return "true", nil
		case "0", "false", "否":
			return "false", nil
		}
	case Int8, Int16, Int32, Int64:
		if i, err := strconv.ParseInt(c.Default, 10, 64); err == nil {
			return strconv.FormatInt(i, 10), nil
		}
	case Float64:
		if x, err := strconv.ParseFloat(c.Default, 64); err == nil && x-x == 0 {
			return strconv.FormatFloat(x, 'g', -1, 64), nil
		}
	case Date:
		if t, err := time.Parse(time.DateOnly, c.Default); err == nil {
			return "toDate32('" + t.Format(time.DateOnly) + "')", nil
		}
	case String, Low, Code:
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(c.Default) + "'", nil
	}
	return "", fmt.Errorf("default %q 不是 %s 的值 / default %q is not a %s", c.Default, c.Type, c.Default, c.Type)
}
