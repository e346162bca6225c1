package workbook

import (
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/xuri/excelize/v2"
)

// Plain is a sheet of rows as they are: texts that never become formulas, numbers and moments.
type Plain struct {
	Name   string
	Heads  []string
	Widths []float64 // of the columns, in characters
	Rows   iter.Seq[[]any]
}

// WritePlain writes a workbook of such sheets, each with its header in sight and a filter over its columns.
func WritePlain(out io.Writer, sheets ...Plain) error {
	f := excelize.NewFile()
	defer f.Close()
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF1F4"}}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	body, err := f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	moment, err := f.NewStyle(&excelize.Style{CustomNumFmt: text("yyyy-mm-dd hh:mm:ss"), Alignment: &excelize.Alignment{Vertical: "top"}})
	if err != nil {
		return err
	}
	for i, s := range sheets {
		if i == 0 {
			err = f.SetSheetName("Sheet1", s.Name)
		} else {
			_, err = f.NewSheet(s.Name)
		}
		if err != nil {
			return err
		}
		if err := s.write(f, head, body, moment); err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	return f.Write(out)
}

func (s Plain) write(f *excelize.File, head, body, moment int) error {
	w, err := f.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	for i, width := range s.Widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	row := make([]any, len(s.Heads))
	for i, h := range s.Heads {
		row[i] = excelize.Cell{StyleID: head, Value: h}
	}
	if err := w.SetRow("A1", row); err != nil {
		return err
	}
	n := 1
	for values := range s.Rows {
		if n++; n > maxRows {
			return ErrTooManyRows
		}
		cells := make([]any, len(values))
		for i, v := range values {
			style := body
			if _, ok := v.(time.Time); ok {
				style = moment
			}
			cells[i] = excelize.Cell{StyleID: style, Value: v}
		}
		if err := w.SetRow(cellName(1, n), cells); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.AutoFilter(s.Name, "A1:"+cellName(len(s.Heads), max(n, 2)), nil)
}
