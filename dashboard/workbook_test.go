package dashboard

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// readBook opens the workbook at an address.
func (s *site) readBook(t *testing.T, path string) *excelize.File {
	t.Helper()
	r := s.get(t, path)
	if r.status != 200 || !strings.Contains(r.header.Get("Content-Disposition"), ".xlsx") {
		t.Fatalf("%s: %d %v %.300s", path, r.status, r.header, r.body)
	}
	if dir := os.Getenv("KEEP_BOOKS"); dir != "" {
		if err := os.WriteFile(dir+"/"+strings.NewReplacer("/", "_", "?", "_").Replace(path)+".xlsx", []byte(r.body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := excelize.OpenReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// titled finds the sheet of a title that has a table, and the row of its heads; 0 where it has none.
func titled(t *testing.T, f *excelize.File, title string) (sheet string, at int) {
	t.Helper()
	for _, name := range f.GetSheetList()[1:] {
		if text, err := f.GetCellValue(name, "A1"); err != nil || text != title {
			continue
		}
		panes, err := f.GetPanes(name)
		if err != nil {
			t.Fatal(err)
		}
		return name, panes.YSplit
	}
	return "", 0
}

// same says whether a cell is what stands in the CSV of its panel: a number to its last digit, a day, or a text.
func same(t *testing.T, f *excelize.File, sheet string, column, row int, want string) bool {
	t.Helper()
	cell, _ := excelize.CoordinatesToCellName(column, row)
	raw, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	kind, err := f.GetCellType(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	if formula, _ := f.GetCellFormula(sheet, cell); formula != "" {
		return false
	}
	isText := kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString
	if number, err := strconv.ParseFloat(want, 64); err == nil && !isText {
		got, err := strconv.ParseFloat(raw, 64)
		return err == nil && got == number
	}
	if day, err := time.Parse(time.DateOnly, want); err == nil && !isText {
		serial, err := strconv.ParseFloat(raw, 64)
		if err != nil {
			return false
		}
		got, err := excelize.ExcelDateToTime(serial, false)
		return err == nil && got.Equal(day)
	}
	if want == "" {
		return raw == ""
	}
	return isText && raw == strings.TrimPrefix(want, "'")
}

func (s *site) rows(t *testing.T, path string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.get(t, path).body, "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return rows
}

// holds compares a table of a workbook with the CSV of its panel, by the heads. It returns how many numbers it compared.
func (s *site) holds(t *testing.T, f *excelize.File, sheet string, at int, rows [][]string, begin int) int {
	t.Helper()
	heads, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	numbers := 0
	for i, h := range rows[0] {
		column := slices.Index(heads[at-1], strings.TrimPrefix(h, "'"))
		if i < len(heads[at-1]) && heads[at-1][i] == strings.TrimPrefix(h, "'") {
			column = i // two columns may have one head
		}
		if column < 0 {
			t.Errorf("%s: no column %q among %q", sheet, h, heads[at-1])
			continue
		}
		for j, row := range rows[1:] {
			if !same(t, f, sheet, column+1, begin+j, row[i]) {
				cell, _ := excelize.CoordinatesToCellName(column+1, begin+j)
				raw, _ := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
				t.Errorf("%s!%s (%s) is %q, its CSV has %q", sheet, cell, h, raw, row[i])
			}
			if _, err := strconv.ParseFloat(row[i], 64); err == nil {
				numbers++
			}
		}
	}
	return numbers
}

// A page as a workbook says what its panels' CSV says, to the last digit, with the types of a spreadsheet.
func (s *site) workbooksTest(t *testing.T) {
	numbers, charts := 0, 0
	for i, b := range s.Boards {
		lang := []codes.Lang{codes.Zh, codes.En}[i%2]
		f := s.readBook(t, "/b/"+b.Name+"/workbook.xlsx?lang="+string(lang))
		for _, name := range f.GetSheetList() {
			if n := len([]rune(name)); n > 31 || strings.ContainsAny(name, `[]:*?/\`) {
				t.Errorf("%s: a sheet is named %q", b.Name, name)
			}
			layout, err := f.GetPageLayout(name)
			if err != nil || *layout.Orientation != "landscape" || *layout.Size != 9 {
				t.Errorf("%s: paper of %s: %v %v", b.Name, name, layout.Orientation, err)
			}
			if props, err := f.GetSheetProps(name); err != nil || props.FitToPage == nil || !*props.FitToPage {
				t.Errorf("%s: %s is not fitted to its paper: %v", b.Name, name, err)
			}
		}
		f.Pkg.Range(func(part, _ any) bool {
			if strings.HasPrefix(part.(string), "xl/charts/chart") {
				charts++
			}
			return true
		})
		cards, cardsAt := titled(t, f, words.In(lang, "book_cards"))
		next := cardsAt + 1
		for _, p := range b.Panels {
			rows := s.rows(t, "/api/v1/panels/"+b.Name+"/"+p.Name+"?format=csv&lang="+string(lang))
			if p.Kind == board.KPI {
				if len(rows) < 2 {
					next++
					continue
				}
				if why := slices.Index(rows[0], words.In(lang, "why_missing")); why >= 0 { // of all cards together
					for k := range rows {
						rows[k] = slices.Delete(rows[k], why, why+1)
					}
				}
				numbers += s.holds(t, f, cards, cardsAt, rows, next)
				next += len(rows) - 1
				continue
			}
			sheet, at := titled(t, f, p.Title.In(lang))
			if sheet == "" {
				t.Errorf("%s/%s has no sheet", b.Name, p.Name)
				continue
			}
			if len(rows) > 1 {
				numbers += s.holds(t, f, sheet, at, rows, at+1)
			}
		}
	}
	t.Logf("%d numbers, %d charts", numbers, charts)
	if numbers < 500 || charts < 10 {
		t.Errorf("only %d numbers and %d charts were compared", numbers, charts)
	}
	f := s.readBook(t, "/api/v1/panels/inflow/education?format=xlsx&lang=en&chain=magnetic&from=2026-01-01&to=2026-07-01")
	first, err := f.GetRows(f.GetSheetList()[0])
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, row := range first {
		said = append(said, strings.Join(row, " "))
	}
	text := strings.Join(said, "\n")
	for _, want := range []string{"Sample zone", "Chain Magnetic", words.In(codes.En, "demo_long"), "2026-06-30"} {
		if !strings.Contains(text, want) {
			t.Errorf("the first sheet lacks %q:\n%s", want, text)
		}
	}
	if !strings.Contains(s.page(t, "/b/overview?chain=magnetic&lang=zh"), `href="/b/overview/workbook.xlsx?chain=magnetic&amp;lang=zh"`) {
		t.Error("the page does not lead to its workbook")
	}
}

// bookOfReport holds the workbook of a report date against the CSV of its panel, and its first sheet says that it is one.
func (s *site) bookOfReport(t *testing.T, at, freeze string) {
	f := s.readBook(t, "/b/chain/workbook.xlsx?lang=zh"+at)
	rows, err := f.GetRows(f.GetSheetList()[0])
	if err != nil {
		t.Fatal(err)
	}
	var first strings.Builder
	for _, row := range rows {
		first.WriteString(strings.Join(row, " ") + "\n")
	}
	for _, want := range []string{words.In(codes.Zh, "freezes") + " " + freeze, "已报的数字"} {
		if !strings.Contains(first.String(), want) {
			t.Errorf("the first sheet lacks %q:\n%s", want, first.String())
		}
	}
	b := s.find("chain")
	moved := false
	for _, name := range []string{"gaps", "graph"} {
		p, _ := b.Panel(name)
		rows := s.rows(t, "/api/v1/panels/chain/"+name+"?format=csv&lang=zh"+at)
		moved = moved || slices.ContainsFunc(rows[0], func(h string) bool { return strings.Contains(h, "现为") })
		sheet, row := titled(t, f, p.Title.In(codes.Zh))
		if s.holds(t, f, sheet, row, rows, row+1) == 0 {
			t.Errorf("%s: no number", name)
		}
	}
	if !moved {
		t.Error("no column says what the figures are now")
	}
}
