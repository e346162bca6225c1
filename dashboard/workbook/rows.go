package workbook

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// maxRows is what a sheet holds below its header.
const maxRows = 1<<20 - 1

// ErrTooManyRows: a sheet does not hold the rows of an answer.
var ErrTooManyRows = errors.New("too many rows for a sheet")

// Rows writes the rows of an answer as a workbook of one sheet: in is ClickHouse's JSONCompactEachRowWithNamesAndTypes,
// a line of names, one of types, then one a row. Numbers become numbers, whole numbers of more digits than a spreadsheet
// keeps become texts, days become days; no text becomes a formula.
func Rows(out io.Writer, in io.Reader, sheet string) error {
	lines := bufio.NewReaderSize(in, 1<<20)
	var names, types []string
	for _, to := range []*[]string{&names, &types} {
		line, err := lines.ReadBytes('\n')
		if err != nil && (err != io.EOF || len(line) == 0) {
			return err
		}
		if err := json.Unmarshal(line, to); err != nil {
			return err
		}
	}
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	day, err := f.NewStyle(&excelize.Style{CustomNumFmt: text("yyyy-mm-dd")})
	if err != nil {
		return err
	}
	moment, err := f.NewStyle(&excelize.Style{CustomNumFmt: text("yyyy-mm-dd hh:mm:ss")})
	if err != nil {
		return err
	}
	head := make([]any, len(names))
	for i, n := range names {
		head[i] = n
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	for row := 2; ; row++ {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if row-1 > maxRows {
				return ErrTooManyRows
			}
			var values []any
			dec := json.NewDecoder(bytes.NewReader(line))
			dec.UseNumber()
			if err := dec.Decode(&values); err != nil {
				return fmt.Errorf("row %d: %w", row-1, err)
			}
			for i := range values {
				values[i] = spreadsheet(values[i], types[min(i, len(types)-1)], day, moment)
			}
			if err := w.SetRow("A"+strconv.Itoa(row), values); err != nil {
				return err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Write(out)
}

func text(s string) *string { return &s }

// spreadsheet is a value as a cell holds it.
func spreadsheet(v any, kind string, day, moment int) any {
	for _, wrap := range []string{"LowCardinality(", "Nullable("} {
		if s, ok := strings.CutPrefix(kind, wrap); ok {
			kind = strings.TrimSuffix(s, ")")
		}
	}
	switch x := v.(type) {
	case nil, bool:
		return x
	case json.Number:
		return number(x.String())
	case string:
		switch {
		case kind == "Date" || kind == "Date32":
			if t, err := time.Parse(time.DateOnly, x); err == nil && t.Year() >= 1900 {
				return excelize.Cell{StyleID: day, Value: t}
			}
		case strings.HasPrefix(kind, "DateTime"):
			if t, err := time.Parse("2006-01-02 15:04:05", x[:min(len(x), 19)]); err == nil && t.Year() >= 1900 {
				return excelize.Cell{StyleID: moment, Value: t}
			}
		case strings.HasPrefix(kind, "UInt") || strings.HasPrefix(kind, "Int") || strings.HasPrefix(kind, "Decimal") || strings.HasPrefix(kind, "Float"):
			return number(x)
		}
		return x
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// number is a number where a spreadsheet keeps all its digits, else its text.
func number(s string) any {
	whole := strings.TrimLeft(s, "-")
	if len(whole) > 15 && strings.Trim(whole, "0123456789") == "" {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f-f != 0 {
		return s
	}
	return f
}
