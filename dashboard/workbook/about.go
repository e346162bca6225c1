package workbook

import (
	"github.com/xuri/excelize/v2"
)

// about writes the first sheet: what the book is of, and a line with a link for each other sheet.
func (w *writer) about(name string, sheets []sheet, definitions string) error {
	if err := w.print(name); err != nil {
		return err
	}
	out, err := w.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, width := range []float64{16, 44, 40, 14} {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	looks := map[string]int{}
	for _, look := range []string{bold, head, link, quiet, wraps} {
		if looks[look], err = w.style(look, ""); err != nil {
			return err
		}
	}
	row := 0
	write := func(cells ...any) error {
		row++
		return out.SetRow(cellName(1, row), cells)
	}
	if err := write(excelize.Cell{Value: w.Title, StyleID: looks[bold]}); err != nil {
		return err
	}
	if w.Mark != "" {
		if err := write(excelize.Cell{Value: w.Mark, StyleID: looks[head]}); err != nil {
			return err
		}
	}
	for _, f := range w.Facts {
		value, err := w.value(f.Text)
		if !f.Day.IsZero() {
			value, err = w.value(f.Day)
		}
		if err != nil {
			return err
		}
		if err := write(excelize.Cell{Value: f.Label, StyleID: looks[quiet]}, value); err != nil {
			return err
		}
	}
	row++
	var heads []any
	for _, text := range []string{w.say("book_number"), w.say("book_sheet"), w.say("period"), w.say("book_rows")} {
		heads = append(heads, excelize.Cell{Value: text, StyleID: looks[head]})
	}
	if err := write(heads...); err != nil {
		return err
	}
	list := sheets
	if definitions != "" {
		list = append(list[:len(list):len(list)], sheet{name: definitions, title: definitions})
	}
	for i, s := range list {
		says := s.period
		if s.says != "" {
			says = s.says
		}
		rows := any(len(s.table.Rows))
		if s.title == definitions {
			rows = len(w.Definitions)
		}
		if err := write(i+1, excelize.Cell{Value: s.title, StyleID: looks[link]}, says, rows); err != nil {
			return err
		}
		if err := w.SetCellHyperLink(name, cellName(2, row), place(s.name, "A1"), "Location"); err != nil {
			return err
		}
	}
	return out.Flush()
}

// definitions writes the last sheet: what each metric of the book is.
func (w *writer) definitions(name string) error {
	if name == "" {
		return nil
	}
	if _, err := w.NewSheet(name); err != nil {
		return err
	}
	if err := w.print(name); err != nil {
		return err
	}
	out, err := w.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, width := range []float64{24, 22, 60, 34, 10, 14, 26, 30} {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	look, err := w.style(head, "")
	if err != nil {
		return err
	}
	var heads []any
	for _, text := range []string{
		w.say("measure_head"), w.say("book_name"), w.say("definition"), w.say("formula"), w.say("unit"), w.say("direction"), w.say("datasets"), w.say("book_dims"),
	} {
		heads = append(heads, excelize.Cell{Value: text, StyleID: look})
	}
	if err := out.SetRow("A1", heads); err != nil {
		return err
	}
	wrapped, err := w.style(wraps, "")
	if err != nil {
		return err
	}
	for i, d := range w.Definitions {
		var row []any
		for _, text := range []string{d.Title, d.Name, d.Text, d.Formula, d.Unit, d.Direction, d.Datasets, d.Dims} {
			row = append(row, excelize.Cell{Value: text, StyleID: wrapped})
		}
		if err := out.SetRow(cellName(1, i+2), row); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return w.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: place(name, "$1:$1"), Scope: name})
}
