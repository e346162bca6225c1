// Package dataset holds what a table is: a declaration in YAML, parsed strictly and checked,
// from which the parsing, the checks, the DDL, the masks and the data dictionary all follow.
package dataset

import (
	"regexp"
	"slices"
	"strings"

	"yanzhen/pipeline/codes"
)

// Type says what a cell of a column becomes.
type Type string

// The types a column may have, with what they are in ClickHouse.
const (
	String     Type = "string"      // String
	Low        Type = "low"         // LowCardinality(String): fewer than about 10,000 values
	Code       Type = "code"        // LowCardinality(String): the code of a value of Column.List
	Int8       Type = "int8"        // Int8
	Int16      Type = "int16"       // Int16
	Int32      Type = "int32"       // Int32
	Int64      Type = "int64"       // Int64
	Float64    Type = "float64"     // Float64
	Bool       Type = "bool"        // Bool
	Date       Type = "date"        // Date32
	Person     Type = "person"      // UInt64: keyed hash of an identity number
	CreditCode Type = "credit_code" // String: GB 32100 code, check digits verified
	Strings    Type = "strings"     // Array(LowCardinality(String))
)

// Personal marks data about a person.
type Personal string

// The kinds of personal data a column may hold.
const (
	PersonalID    Personal = "id"    // identity number: only ever a keyed hash
	PersonalName  Personal = "name"  // masked in every view
	PersonalPhone Personal = "phone" // only ever a keyed hash
)

// Column is one column of a table.
type Column struct {
	Name      string      `yaml:"name"`
	Title     codes.Text  `yaml:"title"`
	About     codes.Text  `yaml:"about"`
	Type      Type        `yaml:"type"`
	List      string      `yaml:"list"`       // code list: Type Code stores the code, an integer type the rank, Bool whether it is 1
	Aliases   []string    `yaml:"aliases"`    // other headers that mean this column, besides both titles and the name; after a ~, a regular expression
	Position  int         `yaml:"position"`   // 1-based, for files without a header
	Of        string      `yaml:"of"`         // where no header of its own is there, take the cell of that column, or the name _file or _sheet ...
	Parse     string      `yaml:"parse"`      // ... and read it with this named parser (see Parsers)
	Match     string      `yaml:"match"`      // regular expression: of the text, its first group is read, or what it matches
	Required  bool        `yaml:"required"`   // the header must be there and the cell not blank
	Default   string      `yaml:"default"`    // what a blank or absent cell means
	DefaultBy []DefaultBy `yaml:"default_by"` // what it means instead, by what stands outside the cells
	Unit      string      `yaml:"unit"`       // 万元, 人: understood in headers and cells
	Nulls     []string    `yaml:"nulls"`      // further words that mean "no value" in this column
	Reach     `yaml:",inline"`

	// NullsOnly are the only words, besides a blank, that mean "no value" in this column: .. and the
	// other words that mean so elsewhere are values here. Nil: not said.
	NullsOnly *[]string `yaml:"nulls_only"`

	Min      *float64   `yaml:"min"`
	Max      *float64   `yaml:"max"`
	Personal Personal   `yaml:"personal"`
	Bad      string     `yaml:"bad"` // reject (default): the row is refused; null: the cell is, the row loads
	Why      codes.Text `yaml:"why"` // why personal data are kept here; a name may be stored only with a reason

	list     *codes.List
	compiled struct {
		match   *regexp.Regexp
		split   *regexp.Regexp
		aliases []*regexp.Regexp

		confirmed []string // headings of one sender's files; see Dataset.Confirmed
	}
}

// Reach says for how many rows a cell of a column speaks.
type Reach struct {
	FillDown bool   `yaml:"fill_down"` // a blank cell means what the cell above it says, as under a merged one
	Split    string `yaml:"split"`     // regular expression between the things that a cell lists, each of which is a row
}

// Parts are the things that a text lists, without blank ones; itself where the column is no list.
func (c *Column) Parts(text string) []string {
	if c.compiled.split == nil {
		return []string{text}
	}
	parts := c.compiled.split.Split(text, -1)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

// OfPeriod is what the column of the period takes in tables that name no day: the first day of the period that the file is
// for, as its name, its title or whoever sends it says.
const OfPeriod = "_period"

// Outside is what a column may take in place of a cell: the name of the file or of the sheet, the titles above the table,
// the banner above the row, the period.
var Outside = []string{"_file", "_sheet", "_title", "_banner", OfPeriod}

// FromOutside reports whether the column takes what stands outside of the row, where no header is its own.
func (c *Column) FromOutside() bool { return slices.Contains(Outside, c.Of) }

// ReadsNames reports whether what a file is called decides what its rows say: the same bytes under two names may then differ.
func (d *Dataset) ReadsNames() bool {
	return slices.ContainsFunc(d.Columns, func(c Column) bool { return c.ReadsName() || len(c.DefaultBy) > 0 })
}

// ReadsName reports whether the column's values are read out of the file's name or follow from its period, and are not that name.
func (c *Column) ReadsName() bool {
	return c.Of == OfPeriod || c.Of == "_file" && (c.Match != "" || c.Parse != "" && c.Parse != "trim")
}

// DefaultBy says what a blank or absent cell means where a heading, or the name of the sheet or a title above
// the table, fits: a list headed 离职日期 is one of people who left.
type DefaultBy struct {
	Header  string `yaml:"header"` // regular expression over each heading of the table
	Title   string `yaml:"title"`  // regular expression over the names of the sheet and of the file, behind its sender, and over each title above the header
	Default string `yaml:"default"`

	header, title *regexp.Regexp
}

// DefaultOf finds what a blank or absent cell means in a table: by its headings, and by the sheet's name and the
// titles above the header. Of a text that fits entries of different defaults nothing is known. said are the texts
// that decided; they are contrary where they say different things, and found is then empty. Both empty: nothing fits.
func (c *Column) DefaultOf(headings, titles []string) (found string, said []string, contrary bool) {
	look := func(text string, fits func(d *DefaultBy) *regexp.Regexp) {
		if one := c.saidBy(HeaderText(text), fits); one != "" {
			contrary = contrary || found != "" && found != one
			found, said = one, append(said, text)
		}
	}
	for _, h := range headings {
		look(h, func(d *DefaultBy) *regexp.Regexp { return d.header })
	}
	for _, t := range titles {
		look(t, func(d *DefaultBy) *regexp.Regexp { return d.title })
	}
	if contrary {
		found = ""
	}
	return found, said, contrary
}

// saidBy is the default of the entry that fits a text. Of two that fit what stands last decides, for 引进人才离职情况 is
// about people who left; where the text joins them (引进与流出) it says neither. Empty: nothing.
func (c *Column) saidBy(text string, fits func(d *DefaultBy) *regexp.Regexp) (one string) {
	first, last, many := len(text), -1, false
	for i := range c.DefaultBy {
		d := &c.DefaultBy[i]
		re := fits(d)
		if re == nil {
			continue
		}
		for _, at := range re.FindAllStringIndex(text, -1) {
			first, many = min(first, at[1]), many || one != "" && one != d.Default
			if at[0] > last || one == "" {
				one, last = d.Default, at[0]
			}
		}
	}
	if many && first < last && strings.ContainsAny(text[first:last], "与和及、/／,，+＋&＆或") || many && first >= last {
		return ""
	}
	return one
}

// Fits reports whether one of the column's alias patterns fits a header.
func (c *Column) Fits(header string) bool {
	if len(c.compiled.aliases) == 0 {
		return false
	}
	h := HeaderText(header)
	return h != "" && slices.ContainsFunc(c.compiled.aliases, func(re *regexp.Regexp) bool { return re.MatchString(h) })
}

// Matched is the part of a text that the column reads: what Match finds, the first group of it where
// it has one; the whole text where the column has no Match. False: Match does not fit.
func (c *Column) Matched(text string) (string, bool) {
	if c.compiled.match == nil {
		return text, true
	}
	m := c.compiled.match.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	return m[min(1, len(m)-1)], true
}

// Nullable says whether the table's column takes NULL.
func (c *Column) Nullable() bool {
	return !c.Required && c.Default == "" && c.Type != Strings
}

// Selective reports whether the column takes not every text: it is required, or of a type that not every
// text has.
func (c *Column) Selective() bool {
	switch c.Type {
	case String, Low, Strings:
		return c.Required
	}
	return true
}

// Damaged is what becomes of a text file whose rows or header speak against themselves: refuse or load as
// declared; empty: rows are refused where a selective column is read from them. A dataset without any loads
// them.
func (d *Dataset) Damaged() string {
	if d.Text.Damaged == "" && !slices.ContainsFunc(d.Columns, func(c Column) bool { return c.Selective() }) {
		return "load"
	}
	return d.Text.Damaged
}

// Span names a date column and a grain (month, quarter, half, year).
type Span struct {
	Column string `yaml:"column"`
	Grain  string `yaml:"grain"`
}

// Partition names the date column and the width (month or year) of the table's partitions.
type Partition struct {
	Column string `yaml:"column"`
	By     string `yaml:"by"`
}

// Sheets says which sheets of a workbook are read.
type Sheets struct {
	Pattern string `yaml:"pattern"` // regular expression on the name; empty: every sheet whose header fits
	Hidden  string `yaml:"hidden"`  // skip (default) or read
}

// Text says how the text files of a dataset are written, where that is not to be found out, and what
// becomes of rows that speak against themselves.
type Text struct {
	Delimiter string `yaml:"delimiter"`
	Quote     string `yaml:"quote"`    // one character, or none
	Escape    string `yaml:"escape"`   // one character, or none
	Encoding  string `yaml:"encoding"` // one of Encodings
	Damaged   string `yaml:"damaged"`  // refuse or load; empty: refuse where a required or typed column may have moved
}

// Encodings are those that a declaration may name.
var Encodings = []string{
	"utf-8", "gb18030", "utf-16le", "utf-16be", "big5", "shift_jis", "euc-jp", "euc-kr", "windows-1250", "windows-1251", "windows-1252",
	"windows-1253", "windows-1254", "windows-1257", "iso-8859-1", "iso-8859-2", "iso-8859-15", "koi8-r", "macintosh",
}

// Layout says where the columns stand in a file whose header names nothing. It fits a file by its
// width and by what its cells look like.
type Layout struct {
	Name    string             `yaml:"name"`
	About   codes.Text         `yaml:"about"`
	Width   int                `yaml:"width"`   // number of columns
	Heading []string           `yaml:"heading"` // a first row that reads exactly so is dropped, not data
	Match   map[int]string     `yaml:"match"`   // 1-based position -> regular expression its cells meet
	Share   float64            `yaml:"share"`   // of the non-blank cells that must meet it; default 0.8
	Columns map[string]Binding `yaml:"columns"` // name of a column -> where it stands

	match map[int]*regexp.Regexp
}

// Binding is where a column stands in a layout, and how it is read there.
type Binding struct {
	At    int    `yaml:"at"`    // 1-based
	Parse string `yaml:"parse"` // instead of the column's own parser; empty: that one
}

// Limits hold a load back instead of publishing it.
type Limits struct {
	RejectedShare *float64 `yaml:"rejected_share"` // of rows read
	ShrinkShare   *float64 `yaml:"shrink_share"`   // of the unit's rows before
}

// RowCheck is a condition every row must meet. Expr compares columns and constants.
type RowCheck struct {
	Name   string     `yaml:"name"`
	Expr   string     `yaml:"expr"`
	Reason codes.Text `yaml:"reason"`
	Remedy codes.Text `yaml:"remedy"`
}

// SetCheck is a condition on the whole hidden batch, compiled to SQL by package check.
type SetCheck struct {
	Name   string     `yaml:"name"`
	Unique []string   `yaml:"unique"` // these columns together occur once
	Expr   string     `yaml:"expr"`   // an aggregate expression that must be true
	Totals []string   `yaml:"totals"` // in a row of totals, these columns are the sums of the rows that it covers
	Action string     `yaml:"action"` // hold (default) or warn
	Reason codes.Text `yaml:"reason"`
}

// Dataset is one declared table.
type Dataset struct {
	Name       string     `yaml:"name"`
	Title      codes.Text `yaml:"title"`
	About      codes.Text `yaml:"about"`
	Unit       []string   `yaml:"unit"` // of sender, period, file, part
	Period     *Span      `yaml:"period"`
	Partition  *Partition `yaml:"partition"`
	Undated    bool       `yaml:"undated"` // its dates do not say how far the data go
	Order      []string   `yaml:"order"`
	Key        []string   `yaml:"key"`
	Sheets     Sheets     `yaml:"sheets"`
	Text       Text       `yaml:"text"`
	Header     string     `yaml:"header"` // auto (default), none, or optional: by name where the file has it, else by position
	Unpivot    *Unpivot   `yaml:"unpivot"`
	Totals     []string   `yaml:"totals"`     // with what a row of totals or notes begins; after a ~, a regular expression its first text meets
	Duplicates string     `yaml:"duplicates"` // keep (default) or drop
	Intake     `yaml:",inline"`
	Limits     Limits `yaml:"limits"`
	Stand      `yaml:",inline"`
	Facts      `yaml:",inline"`
	Columns    []Column   `yaml:"columns"`
	Checks     []RowCheck `yaml:"checks"`
	SetChecks  []SetCheck `yaml:"set_checks"`

	// File is the path of the declaration, for messages.
	File string `yaml:"-"`

	// Digest is a hash of the declaration and of the code lists it uses: part of a load's fingerprint, so that a changed
	// declaration loads the same file again.
	Digest string `yaml:"-"`
}

// Intake says what becomes of a submission beside its rows.
type Intake struct {
	AllOrNothing bool `yaml:"all_or_nothing"`
	Review       bool `yaml:"review"` // a person accepts it before it counts
}

// Stand says where the rows and columns of a table stand in a file.
type Stand struct {
	HeaderRows int      `yaml:"header_rows"` // how many rows high the header is; 0: as its merged cells show
	Layouts    []Layout `yaml:"layouts"`
	Banners    []string `yaml:"banners"` // regular expressions: a row with nothing but such a text heads those below it
}

// Facts says what may be said against a row beside the columns that are read, and which rows are data whatever they are called.
type Facts struct {
	Against   []string `yaml:"against"`    // of contrary.Groups, or none; after a ~, a regular expression; nil: void and failed
	NotTotals []string `yaml:"not_totals"` // names of rows that are no totals though they read so; after a ~, a regular expression
}

// Column returns the column of that name, or nil.
func (d *Dataset) Column(name string) *Column {
	for i := range d.Columns {
		if d.Columns[i].Name == name {
			return &d.Columns[i]
		}
	}
	return nil
}

// PeriodNamed reports whether the period stands in no row: a file has to say in its name, or above its table, which it is for.
func (d *Dataset) PeriodNamed() bool {
	return d.Period != nil && d.Column(d.Period.Column).Of == OfPeriod
}

// BusinessDate is the column whose greatest value tells how far the data go: that of the period, else
// of the partition. A dataset that is replaced by file and says neither has it in its only date column
// or, without any date, in its only column of years. Nil: it has none.
func (d *Dataset) BusinessDate() *Column {
	switch {
	case d.Undated:
		return nil
	case d.Period != nil:
		return d.Column(d.Period.Column)
	case d.Partition != nil:
		return d.Column(d.Partition.Column)
	case !slices.Equal(d.Unit, []string{"file"}):
		return nil
	}
	var date, year *Column
	dates, years := 0, 0
	for i := range d.Columns {
		switch c := &d.Columns[i]; {
		case c.Type == Date:
			date, dates = c, dates+1
		case (c.Type == Int16 || c.Type == Int32) && c.List == "" && (c.Parse == "year" || c.Name == "year"):
			year, years = c, years+1
		}
	}
	switch {
	case dates == 1:
		return date
	case dates == 0 && years == 1:
		return year
	}
	return nil
}
