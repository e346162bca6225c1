// Package template writes the workbook that a sender fills in: the headings of a dataset with their units, code lists as
// drop-downs, formats of numbers and days, and a sheet that says what belongs where. What comes back of it needs no guessing.
package template

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// Bounds of what is written.
const (
	MostRows  = 20_000 // that stand there already
	roomRows  = 5_000  // below them, made ready for new ones
	longPick  = 240    // bytes of a list that a cell's rule holds itself; longer ones stand on a sheet
	longNote  = 250    // characters of a hint, as the spreadsheet has it
	wideCells = 46     // characters of the widest column
)

// The sheets beside the one that is filled in.
var (
	notesSheet = source.OwnSheet(codes.Text{Zh: "填表说明", En: "Notes"})
	listsSheet = source.OwnSheet(codes.Text{Zh: "代码", En: "Codes"})
)

// ErrNone says that files of a dataset cannot be filled in by hand.
var ErrNone = errors.New("template: a dataset without headings of its own")

// Template is a workbook of one dataset.
type Template struct {
	Dataset *dataset.Dataset
	Lists   *codes.Lists
	Lang    codes.Lang
	Notes   []string   // what is said to whoever fills it in, before what is said of the columns
	Rows    [][]string // what stands there already, in the order of Columns; codes as in the store
}

// Columns are those that a sender fills in: what follows from another cell or from the file's name is left out.
func Columns(ds *dataset.Dataset) (out []*dataset.Column) {
	for i := range ds.Columns {
		if c := &ds.Columns[i]; c.Of == "" {
			out = append(out, c)
		}
	}
	return out
}

// Filled reports whether the rows of an earlier version can be written again: of numbers of persons only a hash is kept, and
// what came back without them would take them away.
func Filled(ds *dataset.Dataset) bool {
	return !slices.ContainsFunc(Columns(ds), func(c *dataset.Column) bool {
		return c.Type == dataset.Person || c.Personal == dataset.PersonalID || c.Personal == dataset.PersonalPhone
	})
}

// Heading is what stands above a column: its title, with the unit of its numbers where the title does not say it.
func Heading(c *dataset.Column, lang codes.Lang) string {
	if title := c.Title.In(lang); c.Unit == "" || strings.ContainsAny(title, "（(") {
		return title
	}
	if lang == codes.En {
		return c.Title.En + " (" + c.Unit + ")"
	}
	return c.Title.Zh + "（" + c.Unit + "）"
}

// Write writes the workbook. ErrNone: the headings of the dataset are not known, or its columns are turned into rows.
func (t *Template) Write(w io.Writer) error {
	if t.Dataset.Header == "none" || t.Dataset.Unpivot != nil || len(Columns(t.Dataset)) == 0 {
		return ErrNone
	}
	if len(t.Rows) > MostRows {
		return fmt.Errorf("template: %d rows, at most %d", len(t.Rows), MostRows)
	}
	f := excelize.NewFile()
	defer f.Close()
	b := &book{Template: t, file: f, sheet: sheetName(t.Dataset.Title.In(t.Lang)), styles: map[string]int{}, listed: map[string]string{}}
	if err := b.write(); err != nil {
		return fmt.Errorf("template of %s: %w", t.Dataset.Name, err)
	}
	_, err := f.WriteTo(w)
	return err
}

type book struct {
	*Template
	file   *excelize.File
	sheet  string
	styles map[string]int
	listed map[string]string // list -> where its names stand
}

func (b *book) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(b.Lang) }

func (b *book) write() error {
	if err := b.file.SetSheetName("Sheet1", b.sheet); err != nil {
		return err
	}
	columns := Columns(b.Dataset)
	for i, c := range columns {
		if err := b.column(i, c); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	for r, row := range b.Rows {
		for i, text := range row[:min(len(row), len(columns))] {
			if err := b.cell(columns[i], at(i, r+2), text); err != nil {
				return err
			}
		}
	}
	if err := b.file.SetRowHeight(b.sheet, 1, 30); err != nil {
		return err
	}
	if err := b.file.SetPanes(b.sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := b.notes(columns); err != nil {
		return err
	}
	return b.file.SetDocProps(&excelize.DocProperties{Creator: "雁阵 Yanzhen", Title: b.Dataset.Title.In(b.Lang), Identifier: b.Dataset.Name})
}

func at(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column+1, row)
	return name
}

// column writes a heading and makes the cells below it ready.
func (b *book) column(i int, c *dataset.Column) error {
	name, err := excelize.ColumnNumberToName(i + 1)
	if err != nil {
		return err
	}
	heading := Heading(c, b.Lang)
	head, err := b.style(map[bool]string{true: "must", false: "may"}[c.Required])
	if err != nil {
		return err
	}
	body, err := b.style(form(c))
	if err != nil {
		return err
	}
	wide := 6.0
	for _, r := range heading {
		wide++
		if r > 0xff {
			wide++
		}
	}
	last := at(i, 1+len(b.Rows)+roomRows)
	return errors.Join(
		b.file.SetColStyle(b.sheet, name, body),
		b.file.SetColWidth(b.sheet, name, name, min(max(wide, 13), wideCells)),
		b.file.SetCellStr(b.sheet, at(i, 1), heading),
		b.file.SetCellStyle(b.sheet, at(i, 1), at(i, 1), head),
		b.rule(c, at(i, 2)+":"+last),
	)
}

// form names how the cells of a column are written.
func form(c *dataset.Column) string {
	switch {
	case c.List != "":
		return "text"
	case c.Type == dataset.Date:
		return "date"
	case c.Type == dataset.Float64:
		return "number"
	case whole(c):
		return "whole"
	}
	return "text"
}

func whole(c *dataset.Column) bool {
	return c.List == "" && slices.Contains([]dataset.Type{dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64}, c.Type)
}

func (b *book) style(name string) (int, error) {
	if id, ok := b.styles[name]; ok {
		return id, nil
	}
	text, day, number := "@", "yyyy-mm-dd", "#,##0.####"
	line := []excelize.Border{{Type: "bottom", Color: "8A8F98", Style: 1}}
	font := &excelize.Font{Bold: true, Size: 11}
	heading := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	kinds := map[string]*excelize.Style{
		"must":   {Font: font, Border: line, Alignment: heading, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FCE4C4"}}},
		"may":    {Font: font, Border: line, Alignment: heading, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E4EAF2"}}},
		"text":   {CustomNumFmt: &text},
		"date":   {CustomNumFmt: &day},
		"number": {CustomNumFmt: &number},
		"whole":  {NumFmt: 1},
		"note":   {Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}},
		"title":  {Font: &excelize.Font{Bold: true, Size: 14}},
	}
	id, err := b.file.NewStyle(kinds[name])
	b.styles[name] = id
	return id, err
}

// rule lets the spreadsheet refuse what the loader would, and says why.
func (b *book) rule(c *dataset.Column, cells string) error {
	v := excelize.NewDataValidation(true)
	v.Sqref = cells
	switch {
	case c.List != "":
		names := Names(b.Lists.Get(c.List), b.Lang)
		if joined := strings.Join(names, ","); len(joined) <= longPick && !slices.ContainsFunc(names, func(n string) bool { return strings.ContainsAny(n, `,"`) }) {
			if err := v.SetDropList(names); err != nil {
				return err
			}
		} else {
			where, err := b.list(c, names)
			if err != nil {
				return err
			}
			v.SetSqrefDropList(where)
		}
		// lists have other names than those that are shown, and the loader knows them: a warning, no wall
		v.SetError(excelize.DataValidationErrorStyleWarning, c.Title.In(b.Lang), b.say("不在代码表里，确定要填吗？", "This is not in the code list. Keep it?"))
	case c.Type == dataset.Date:
		if err := v.SetRange(between(excelize.DataValidationTypeDate, 1, 109574)); err != nil { // 1900-01-01 to 2199-12-31
			return err
		}
		v.SetError(excelize.DataValidationErrorStyleWarning, c.Title.In(b.Lang), b.say("请填日期，如 2026-07-05。确定要填吗？", "Want a day, such as 2026-07-05. Keep it?"))
	case whole(c) || c.Type == dataset.Float64:
		kind := excelize.DataValidationTypeDecimal
		low, high := -1e15, 1e15
		if whole(c) {
			kind = excelize.DataValidationTypeWhole
			low, high = -9e15, 9e15
		}
		if c.Min != nil {
			low = *c.Min
		}
		if c.Max != nil {
			high = *c.Max
		}
		if err := v.SetRange(between(kind, low, high)); err != nil {
			return err
		}
		v.SetError(excelize.DataValidationErrorStyleStop, c.Title.In(b.Lang), b.say("请填数，不带单位", "Want a number without a unit")+limits(c, b.Lang))
	default:
		return nil
	}
	v.SetInput(clip(Heading(c, b.Lang), 30), clip(c.Rules(b.Lang), longNote))
	return b.file.AddDataValidation(b.sheet, v)
}

func between(kind excelize.DataValidationType, low, high float64) (a, z any, k excelize.DataValidationType, o excelize.DataValidationOperator) {
	return low, high, kind, excelize.DataValidationOperatorBetween
}

func limits(c *dataset.Column, lang codes.Lang) string {
	var s string
	if c.Min != nil {
		s += codes.Text{Zh: "，不小于 ", En: ", at least "}.In(lang) + strconv.FormatFloat(*c.Min, 'f', -1, 64)
	}
	if c.Max != nil {
		s += codes.Text{Zh: "，不大于 ", En: ", at most "}.In(lang) + strconv.FormatFloat(*c.Max, 'f', -1, 64)
	}
	return s
}

func clip(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

// Names are what a cell may hold that is chosen from a list, of the values that may still be used. Of no list there are none.
func Names(list *codes.List, lang codes.Lang) (out []string) {
	if list == nil {
		return nil
	}
	now := time.Now()
	for i := range list.Values {
		if v := &list.Values[i]; v.Valid(now) {
			out = append(out, list.Label(v.Code, lang))
		}
	}
	return out
}

// list writes names on the sheet of lists and says where they stand.
func (b *book) list(c *dataset.Column, names []string) (string, error) {
	if where, ok := b.listed[c.List]; ok {
		return where, nil
	}
	sheet := listsSheet.In(b.Lang)
	if len(b.listed) == 0 {
		if _, err := b.file.NewSheet(sheet); err != nil {
			return "", err
		}
	}
	column, err := excelize.ColumnNumberToName(len(b.listed) + 1)
	if err != nil {
		return "", err
	}
	title := b.Lists.Get(c.List)
	head, err := b.style("may")
	if err != nil {
		return "", err
	}
	err = errors.Join(
		b.file.SetCellStr(sheet, column+"1", b.say("代码表：", "Code list: ")+cmp.Or(b.say(title.Zh, title.En), title.Name)),
		b.file.SetCellStyle(sheet, column+"1", column+"1", head), b.file.SetColWidth(sheet, column, column, 28))
	for i, n := range names {
		err = errors.Join(err, b.file.SetCellStr(sheet, column+strconv.Itoa(i+2), n))
	}
	where := fmt.Sprintf("'%s'!$%s$2:$%s$%d", sheet, column, column, len(names)+1)
	b.listed[c.List] = where
	return where, err
}

// cell writes what stands there already.
func (b *book) cell(c *dataset.Column, at, text string) error {
	if text == "" {
		return nil
	}
	list := b.Lists.Get(c.List)
	switch {
	case list != nil && c.Type == dataset.Code:
		return b.file.SetCellStr(b.sheet, at, cmp.Or(list.Label(text, b.Lang), text))
	case list != nil:
		rank, err := strconv.Atoi(map[string]string{"true": "1", "false": "0"}[text])
		if err != nil {
			rank, err = strconv.Atoi(text)
		}
		if v, ok := list.OfRank(rank); err == nil && ok {
			return b.file.SetCellStr(b.sheet, at, list.Label(v.Code, b.Lang))
		}
	case c.Type == dataset.Date:
		if day, err := time.Parse(time.DateOnly, text); err == nil && day.Year() >= 1900 {
			style, err := b.style("date")
			return errors.Join(err, b.file.SetCellValue(b.sheet, at, day), b.file.SetCellStyle(b.sheet, at, at, style))
		}
	case whole(c) || c.Type == dataset.Float64:
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return b.file.SetCellFloat(b.sheet, at, v, -1, 64)
		}
	}
	return b.file.SetCellStr(b.sheet, at, text)
}

// notes writes the sheet that says what belongs where.
func (b *book) notes(columns []*dataset.Column) error {
	sheet := notesSheet.In(b.Lang)
	if _, err := b.file.NewSheet(sheet); err != nil {
		return err
	}
	title, err := b.style("title")
	if err != nil {
		return err
	}
	note, err := b.style("note")
	if err != nil {
		return err
	}
	lines := append([]string{b.Dataset.Title.In(b.Lang), b.Dataset.About.In(b.Lang)}, b.Notes...)
	lines = append(lines, b.say("只填第一张表，一行一条；不要改表头，不要插入标题行或合计行。橙色表头的列必填。", "Fill in the first sheet only, a line each; leave the headings, add no title and no total. Columns with an orange heading must be filled."))
	row := 1
	for _, text := range lines {
		if text == "" {
			continue
		}
		err = errors.Join(err, b.file.SetCellStr(sheet, at(0, row), text))
		row++
	}
	row++
	for i, text := range []string{b.say("第几列", "Column no."), b.say("表头", "Heading"), b.say("必填", "Must be filled"), b.say("怎么填", "What belongs there")} {
		head, e := b.style("may")
		err = errors.Join(err, e, b.file.SetCellStr(sheet, at(i, row), text), b.file.SetCellStyle(sheet, at(i, row), at(i, row), head))
	}
	for i, c := range columns {
		row++
		how := c.Rules(b.Lang)
		if names := Names(b.Lists.Get(c.List), b.Lang); len(names) > 0 {
			how = strings.TrimLeft(how+b.say("；可填：", "; one of: ")+clip(strings.Join(names, b.say("、", ", ")), 600), "；; ")
		}
		letter, e := excelize.ColumnNumberToName(i + 1)
		err = errors.Join(err, e, b.file.SetSheetRow(sheet, at(0, row), &[]any{letter, Heading(c, b.Lang), map[bool]string{true: b.say("是", "yes"), false: ""}[c.Required], how}))
	}
	return errors.Join(err,
		b.file.SetColWidth(sheet, "A", "A", 12), b.file.SetColWidth(sheet, "B", "B", 26), b.file.SetColWidth(sheet, "C", "C", 10), b.file.SetColWidth(sheet, "D", "D", 90),
		b.file.SetCellStyle(sheet, at(0, 1), at(0, 1), title), b.file.SetCellStyle(sheet, at(1, len(lines)+3), at(3, row), note))
}

// sheetName is a title as spreadsheets take it for the name of a sheet.
func sheetName(title string) string {
	title = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, title)
	if r := []rune(title); len(r) > 31 {
		title = string(r[:31])
	}
	return strings.TrimSpace(title)
}
