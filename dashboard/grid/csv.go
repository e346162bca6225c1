package grid

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// CSV writes a Grid for a spreadsheet: UTF-8 with a byte order mark, CRLF, numbers unrounded. A text that a spreadsheet
// would take for a formula gets an apostrophe before it. Where a number is missing its cell is empty, and a last column
// says why. Where any number is not final a column after it names, row by row, the columns whose numbers are not.
func (g Grid) CSV(lang codes.Lang) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\uFEFF")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	heads := make([]string, len(g.Heads))
	for i, h := range g.Heads {
		heads[i] = Harmless(h.Text)
		if u := h.Unit.Word(lang); h.Number && u != "" {
			heads[i] = Harmless(words.In(lang, "bracketed", h.Text, u))
		}
	}
	reasons, open, names := len(g.Reasons()) > 0, g.Open(), slices.Clone(heads)
	if reasons {
		heads = append(heads, words.In(lang, "why_missing"))
	}
	if open {
		heads = append(heads, words.In(lang, "provisional"))
	}
	if err := w.Write(heads); err != nil {
		return nil, fmt.Errorf("write csv: %w", err)
	}
	for _, row := range g.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			switch {
			case c.Value != nil:
				cells[i] = decimal(*c.Value)
			case c.Text == "—", i < len(g.Heads) && g.Heads[i].Number && c.Note != "":
			default:
				cells[i] = Harmless(c.Text)
			}
		}
		why, notFinal := Said(row, names)
		if reasons {
			cells = append(cells, words.Join(lang, "sep_clause", why))
		}
		if open {
			cells = append(cells, words.Join(lang, "sep_list", notFinal))
		}
		if err := w.Write(cells); err != nil {
			return nil, fmt.Errorf("write csv: %w", err)
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// Said is what is to be said beside a row whose columns have names: why numbers are missing or not final, each once, and
// the names of those that are not final.
func Said(row []Cell, names []string) (why, notFinal []string) {
	for i, c := range row {
		if c.Note != "" && !slices.Contains(why, c.Note) {
			why = append(why, c.Note)
		}
		if c.Open && i < len(names) {
			notFinal = append(notFinal, names[i])
		}
	}
	return why, notFinal
}

// Open says whether any number of the grid is not final.
func (g Grid) Open() bool {
	return slices.ContainsFunc(g.Rows, func(row []Cell) bool { return slices.ContainsFunc(row, func(c Cell) bool { return c.Open }) })
}

// decimal writes a number as it is kept.
func decimal(v float64) string { return strconv.FormatFloat(Kept(v), 'f', -1, 64) }

// Kept is a number with the fifteen digits that a spreadsheet keeps: a sum of amounts is 119.8, and not
// 119.79999999999998 on the days on which it was added up in another order.
func Kept(v float64) float64 {
	if short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64); err == nil {
		return short
	}
	return v
}

// Harmless puts an apostrophe before a text that a spreadsheet would take for a formula.
func Harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
