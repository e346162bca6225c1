package workbook

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// The looks of cells.
const (
	bold  = "bold"
	head  = "head"
	link  = "link"
	quiet = "quiet"
	wraps = "wraps"
	day   = "yyyy-mm-dd"
)

// style is the number of a look, or of a format of numbers. What is not final is grey and slanted.
func (w *writer) style(look string, open string) (int, error) {
	if id, ok := w.styles[look+open]; ok {
		return id, nil
	}
	s := excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}}
	switch look {
	case bold:
		s.Font = &excelize.Font{Bold: true, Size: 14}
	case head:
		s.Font = &excelize.Font{Bold: true}
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EDF3"}}
		s.Border = []excelize.Border{{Type: "bottom", Style: 1, Color: "8794A3"}}
		s.Alignment = &excelize.Alignment{Vertical: "center", WrapText: true}
	case link:
		s.Font = &excelize.Font{Color: "0B5CAD", Underline: "single"}
	case quiet:
		s.Font = &excelize.Font{Color: "5C6670"}
	case wraps:
		s.Alignment.WrapText = true
	case "":
	default:
		s.CustomNumFmt = &look
	}
	if open != "" {
		s.Font = &excelize.Font{Italic: true, Color: "5C6670"}
	}
	id, err := w.NewStyle(&s)
	if err != nil {
		return 0, err
	}
	w.styles[look+open] = id
	return id, nil
}

var reNumber = regexp.MustCompile(`^([+\-−]?)\d[\d,]*(?:\.(\d+))?(%?)`)

// format prints a number as a page did: its digits after the point, its sign, its percent. Percentages are numbers of
// hundredths, as they are in CSV and JSON, so their sign is a letter.
func format(printed string) string {
	m := reNumber.FindStringSubmatch(printed)
	if m == nil {
		return "General"
	}
	f := "#,##0"
	if n := len(m[2]); n > 0 {
		f += "." + strings.Repeat("0", n)
	}
	if m[3] != "" {
		f += `"%"`
	}
	if m[1] == "+" {
		f = "+" + f + ";-" + f
	}
	return f
}

// column is a column of a table as it is written; cells without a head are of its own making.
type column struct {
	text string
	cell func(row []grid.Cell) any
}

// columns are those of a table: its own, and beside them the first days of periods, why numbers are missing, and which are
// not final.
func (w *writer) columns(g grid.Grid) []column {
	var out []column
	heads := make([]string, len(g.Heads))
	for i, h := range g.Heads {
		heads[i] = h.Text
		if u := h.Unit.Word(w.Lang); h.Number && u != "" {
			heads[i] = words.In(w.Lang, "bracketed", h.Text, u)
		}
		out = append(out, column{heads[i], func(row []grid.Cell) any {
			if i >= len(row) || h.Number && row[i].Value == nil && row[i].Note != "" { // a column beside it says why
				return nil
			}
			return row[i]
		}})
	}
	if slices.ContainsFunc(g.Rows, func(row []grid.Cell) bool { return !firstDay(row).IsZero() }) {
		out = append(out, column{w.say("book_first_day"), func(row []grid.Cell) any { return firstDay(row) }})
	}
	if len(g.Reasons()) > 0 {
		out = append(out, column{w.say("why_missing"), func(row []grid.Cell) any {
			var why []string
			for _, c := range row {
				if c.Note != "" && !slices.Contains(why, c.Note) {
					why = append(why, c.Note)
				}
			}
			return words.Join(w.Lang, "sep_clause", why)
		}})
	}
	if slices.ContainsFunc(g.Rows, func(row []grid.Cell) bool { return slices.ContainsFunc(row, isOpen) }) {
		out = append(out, column{w.say("provisional"), func(row []grid.Cell) any {
			var open []string
			for i, c := range row {
				if c.Open && i < len(heads) {
					open = append(open, heads[i])
				}
			}
			return words.Join(w.Lang, "sep_list", open)
		}})
	}
	return out
}

func isOpen(c grid.Cell) bool { return c.Open }

// firstDay is the first day of the period that a row is of; zero where it is of none.
func firstDay(row []grid.Cell) days.Day {
	if len(row) == 0 || row[0].Metric != "" || len(row[0].Keys) != 1 {
		return days.Day{}
	}
	d, err := time.Parse(time.DateOnly, row[0].Keys[0])
	if err != nil {
		return days.Day{}
	}
	return d
}

// value is a cell as a spreadsheet takes it. A text stays a text, whatever it begins with.
func (w *writer) value(v any) (excelize.Cell, error) {
	var out excelize.Cell
	var err error
	switch v := v.(type) {
	case nil:
	case string:
		if v != "" {
			out.Value = v
		}
	case days.Day:
		if !v.IsZero() {
			out.Value = v
			out.StyleID, err = w.style(day, "")
		}
	case grid.Cell:
		if v.Value == nil {
			if v.Text == "—" {
				return out, nil
			}
			if d, bad := time.Parse(time.DateOnly, v.Text); bad == nil {
				return w.value(d)
			}
			return w.value(v.Text)
		}
		if math.IsNaN(*v.Value) || math.IsInf(*v.Value, 0) {
			return out, nil
		}
		open := ""
		if v.Open {
			open = "open"
		}
		out.Value = grid.Kept(*v.Value)
		out.StyleID, err = w.style(format(v.Text), open)
	}
	return out, err
}

// panel writes the sheet of a panel: its title, what is to be known, its table, its chart.
func (w *writer) panel(s *sheet, first string) error {
	if _, err := w.NewSheet(s.name); err != nil {
		return err
	}
	if err := w.print(s.name); err != nil {
		return err
	}
	out, err := w.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	columns := w.columns(s.table)
	if len(s.table.Rows) == 0 {
		columns = nil
	}
	widths := w.widths(s, columns)
	for i, width := range widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	at := len(s.facts) + 3 // title, facts, a line between, the heads
	if len(columns) > 0 {
		if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: at, TopLeftCell: cellName(1, at+1), ActivePane: "bottomLeft"}); err != nil {
			return err
		}
	}
	if err := w.top(out, s, first, widths); err != nil {
		return err
	}
	if err := w.table(out, s, columns, at); err != nil {
		return err
	}
	right := max(len(columns), 2)
	if s.plot != nil {
		if right, err = w.draw(s, at, len(columns)); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return w.repeat(s, at, len(columns), right)
}

// top writes what stands above a table.
func (w *writer) top(out *excelize.StreamWriter, s *sheet, first string, widths []float64) error {
	title, err := w.style(bold, "")
	if err != nil {
		return err
	}
	back, err := w.style(link, "")
	if err != nil {
		return err
	}
	// nothing beside a title, which would cut it
	if err := out.SetRow("A1", []any{excelize.Cell{Value: s.title, StyleID: title}}, excelize.RowOpts{Height: 22}); err != nil {
		return err
	}
	room := 0.0
	for _, width := range widths[1:] {
		room += width
	}
	for i, f := range s.facts {
		label, err := w.style(quiet, "")
		if err != nil {
			return err
		}
		value, err := w.value(f.Text)
		if !f.Day.IsZero() {
			value, err = w.value(f.Day)
		}
		if err != nil {
			return err
		}
		var opts excelize.RowOpts
		if lines := math.Ceil(wide(f.Text) / max(room, 1)); lines > 1 && len(widths) > 1 {
			opts.Height = min(15*lines, 180)
			if value.StyleID, err = w.style(wraps, ""); err != nil {
				return err
			}
			if len(widths) > 2 {
				if err := out.MergeCell(cellName(2, i+2), cellName(len(widths), i+2)); err != nil {
					return err
				}
			}
		}
		if err := out.SetRow(cellName(1, i+2), []any{excelize.Cell{Value: f.Label, StyleID: label}, value}, opts); err != nil {
			return err
		}
	}
	row := []any{excelize.Cell{Value: w.say("book_back"), StyleID: back}}
	if w.Mark != "" {
		look, err := w.style(quiet, "")
		if err != nil {
			return err
		}
		row = append(row, excelize.Cell{Value: w.Mark, StyleID: look})
	}
	if err := out.SetRow(cellName(1, len(s.facts)+2), row); err != nil {
		return err
	}
	return w.SetCellHyperLink(s.name, cellName(1, len(s.facts)+2), place(first, "A1"), "Location")
}

// table writes the heads of a table into row at, its rows below, and beside them what its chart is drawn from.
func (w *writer) table(out *excelize.StreamWriter, s *sheet, columns []column, at int) error {
	if len(columns) == 0 {
		return nil
	}
	look, err := w.style(head, "")
	if err != nil {
		return err
	}
	var heads []any
	for _, c := range columns {
		heads = append(heads, excelize.Cell{Value: c.text, StyleID: look})
	}
	if s.plot != nil {
		heads = s.plot.beside(heads, s.plot.heads(look), len(columns))
	}
	if err := out.SetRow(cellName(1, at), heads); err != nil {
		return err
	}
	rows := len(s.table.Rows)
	if s.plot != nil {
		rows = max(rows, len(s.plot.rows))
	}
	for j := range rows {
		var line []any
		if j < len(s.table.Rows) {
			for _, c := range columns {
				cell, err := w.value(c.cell(s.table.Rows[j]))
				if err != nil {
					return err
				}
				line = append(line, cell)
			}
		}
		if s.plot != nil && j < len(s.plot.rows) {
			var own []any
			for _, c := range s.plot.rows[j] {
				cell, err := w.value(c)
				if err != nil {
					return err
				}
				own = append(own, cell)
			}
			line = s.plot.beside(line, own, len(columns))
		}
		if err := out.SetRow(cellName(1, at+1+j), line); err != nil {
			return err
		}
	}
	return nil
}

// widths are how wide the columns of a sheet are, in digits.
func (w *writer) widths(s *sheet, columns []column) []float64 {
	out := []float64{14, 18}
	for i, c := range columns {
		width := wide(c.text) * 1.1
		for _, row := range s.table.Rows[:min(len(s.table.Rows), 400)] {
			switch v := c.cell(row).(type) {
			case string:
				width = max(width, wide(v))
			case grid.Cell:
				width = max(width, wide(v.Text))
			}
		}
		width = min(max(width+2, 9), 42)
		if i < len(out) {
			out[i] = max(out[i], width)
			continue
		}
		out = append(out, width)
	}
	return out
}

// wide is how many digits wide a text is.
func wide(text string) float64 {
	n := 0.0
	for _, r := range text {
		if n++; r >= 0x2E80 {
			n++
		}
	}
	return n
}

// print sets a sheet up for paper: A4, landscape, as wide as the sheet. It comes before anything is written: a stream begins
// with some of it.
func (w *writer) print(name string) error {
	size, landscape, wide, high, yes := 9, "landscape", 1, 0, true
	if err := w.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &size, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	if err := w.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	return w.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L" + strings.ReplaceAll(words.Clip(w.Title, 80), "&", "&&") + "&R&P / &N"})
}

// repeat has the heads of a table on every sheet of paper, and leaves off paper what only the chart is drawn from.
func (w *writer) repeat(s *sheet, at, columns, right int) error {
	if columns == 0 {
		return nil
	}
	row := strconv.Itoa(at)
	if err := w.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: place(s.name, "$"+row+":$"+row), Scope: s.name}); err != nil {
		return err
	}
	bottom := at + len(s.table.Rows)
	if s.plot != nil {
		bottom = max(bottom, at+plotRows+mostLower)
	}
	return w.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: place(s.name, "$A$1:"+absolute(right, bottom)), Scope: s.name})
}

// cellName is the name of a cell; both numbers begin with 1.
func cellName(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row) // fails only outside of a sheet
	return name
}

func absolute(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row, true)
	return name
}

// place is a reference to cells of a sheet.
func place(sheet, cells string) string {
	return "'" + strings.ReplaceAll(sheet, "'", "''") + "'!" + cells
}
