package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// declared parses a declaration whose columns and further keys are given.
func declared(t *testing.T, body string) *dataset.Dataset {
	t.Helper()
	ds, err := dataset.Parse("datasets/wide.yaml", []byte("name: wide\ntitle: {zh: 宽表, en: Wide}\nabout: {zh: 一行一格, en: A cell a row}\nunit: [file]\n"+body), &codes.Lists{})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// opened opens a file as the loader does.
func opened(t *testing.T, ds *dataset.Dataset, path string) *source.Table {
	t.Helper()
	o := source.Options{Header: ds.Header, Deep: ds.HeaderRows}
	if ds.Unpivot != nil {
		o.Want = append(o.Want, source.Want{Fits: ds.Unpivot.Fits})
	}
	for i := range ds.Columns {
		o.Want = append(o.Want, source.Want{Names: ds.Columns[i].Names(), Fits: ds.Columns[i].Fits})
	}
	f, err := source.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f.Tables()[0]
}

// sheet saves a workbook: rows of cells parted by |, and merged ranges.
func sheet(t *testing.T, name string, merged []string, rows ...string) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		for j, cell := range strings.Split(row, "|") {
			at, _ := excelize.CoordinatesToCellName(j+1, i+1)
			var v any = cell
			var n float64
			if _, err := fmt.Sscanf(cell+"\n", "%g\n", &n); err == nil && cell != "" {
				v = n
			}
			if cell != "" {
				if err := f.SetCellValue("Sheet1", at, v); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, m := range merged {
		from, to, _ := strings.Cut(m, ":")
		if err := f.MergeCell("Sheet1", from, to); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// Columns of the file become rows of the table: years, months, sectors, years over sectors (merged,
// or in two plain rows), several values a key, destinations of a matrix whose corner is blank. A
// refused cell has the address at which it stands in the file.
func TestUnpivot(t *testing.T) {
	const gdp = `
totals: [合计, 注]
unpivot: {columns: '^(?P<year>[0-9]{4})年?/(?P<sector>.+)$', skip: 合计$, values: [output]}
columns:
  - {name: region, title: {zh: 地区, en: Region}, type: low, required: true}
  - {name: year, title: {zh: 年份, en: Year}, type: int16, required: true}
  - {name: sector, title: {zh: 产业, en: Sector}, type: low, required: true}
  - {name: output, title: {zh: 产值, en: Output}, type: float64, unit: 亿元, max: 9999}
`
	const matrix = `
totals: [合计]
unpivot: {columns: '^(?P<to>.+)$', skip: '^合计$', values: [people]}
columns:
  - {name: origin, title: {zh: 起点, en: Origin}, type: low, required: true, position: 1}
  - {name: to, title: {zh: 讫点, en: Destination}, type: low, required: true}
  - {name: people, title: {zh: 人数, en: People}, type: int32, required: true}
`
	for _, c := range []struct {
		name, body string
		file       string
		want       string // rows, without the place
		counts     Counts
		refused    string // cell rule, ...
	}{
		{
			"a year over sectors, merged", gdp,
			sheet(t, "gdp.xlsx", []string{"A1:G1", "A2:A3", "B2:D2", "E2:G2"},
				"各地区生产总值（单位：亿元）", "地区|2015年|||2016年", "|第一产业|第二产业|合计|第一产业|第二产业|合计",
				"丽水|100|1,204|1304|110|1,300|1410", "青田|—|55|55|21|x5|26", "松阳||7|7|10000|8|10008", "合计|100|1266|1366|131|1308|1439", "注：快报数"),
			"丽水 2015 第一产业 100; 丽水 2015 第二产业 1204; 丽水 2016 第一产业 110; 丽水 2016 第二产业 1300; 青田 2015 第一产业 <nil>; 青田 2015 第二产业 55; 青田 2016 第一产业 21; 松阳 2015 第二产业 7; 松阳 2016 第二产业 8",
			Counts{Read: 15, Loaded: 9, Rejected: 2, Excluded: 4},
			"F5 placeholder, E6 range",
		},
		{
			"the same, not merged, years as numbers", "header_rows: 2" + gdp,
			sheet(t, "gdp.xlsx", nil, "地区|2015||2016", "|第一产业|第二产业|第一产业|第二产业", "丽水|1|2|3|4"),
			"丽水 2015 第一产业 1; 丽水 2015 第二产业 2; 丽水 2016 第一产业 3; 丽水 2016 第二产业 4",
			Counts{Read: 4, Loaded: 4},
			"",
		},
		{
			"a file that is long already", gdp,
			sheet(t, "gdp.xlsx", nil, "地区|年份|产业|产值", "丽水|2015|第一产业|1"), "丽水 2015 第一产业 1",
			Counts{Read: 1, Loaded: 1},
			"",
		},
		{
			"a unit in the headers", strings.Replace(gdp, "/(?P<sector>.+)$", "/(?P<sector>[^(]+)", 1),
			sheet(t, "gdp.xlsx", []string{"B1:C1"}, "地区|2015年", "|工业(万元)|农业(万元)", "丽水|12000|5000"),
			"丽水 2015 工业 1.2; 丽水 2015 农业 0.5",
			Counts{Read: 2, Loaded: 2},
			"",
		},
		{
			"origins in rows, destinations in columns, a blank corner", matrix,
			sheet(t, "m.xlsx", nil, "|浙江|江苏|安徽|合计", "浙江|0|12|5|17", "江苏|30||7|37", "安徽|41|约20|0|63", "合计|71|34|12|117"),
			"浙江 浙江 0; 浙江 江苏 12; 浙江 安徽 5; 江苏 浙江 30; 江苏 安徽 7; 安徽 浙江 41; 安徽 安徽 0",
			Counts{Read: 11, Loaded: 7, Rejected: 1, Excluded: 3},
			"C4 approximate",
		},
		{
			"several values a year", `
header_rows: 2
unpivot: {columns: '^(?P<year>[0-9]{4})/(?P<_>.+)$', values: [gdp, people]}
columns:
  - {name: region, title: {zh: 地区, en: Region}, type: low, required: true}
  - {name: year, title: {zh: 年份, en: Year}, type: int16, required: true}
  - {name: gdp, title: {zh: 产值, en: GDP}, type: float64}
  - {name: people, title: {zh: 人口, en: Population}, type: float64, aliases: [Pop]}
`,
			sheet(t, "v.xlsx", nil, "Region|2015||2016|", "|GDP|Pop|人口|产值", "A|1|10|11|2", "B|3|||"),
			"A 2015 1 10; A 2016 2 11; B 2015 3 <nil>",
			Counts{Read: 3, Loaded: 3},
			"",
		},
		{
			"months, and the year in the file's name", `
unpivot: {columns: '^(?P<month>[0-9]+)月$', values: [rate]}
columns:
  - {name: office, title: {zh: 单位, en: Office}, type: low, required: true}
  - {name: year, title: {zh: 年份, en: Year}, type: int16, required: true, of: _file, match: '([0-9]{4})年'}
  - {name: month, title: {zh: 月份, en: Month}, type: int8, required: true, min: 1, max: 12}
  - {name: rate, title: {zh: 就业率, en: Rate}, type: float64, unit: '%'}
`,
			sheet(t, "2024年就业.xlsx", nil, "单位|1月|2月|12月", "甲|12.3%|—|90", "乙||55.5|"),
			"甲 2024 1 12.3; 甲 2024 2 <nil>; 甲 2024 12 90; 乙 2024 2 55.5",
			Counts{Read: 4, Loaded: 4},
			"",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			ds := declared(t, c.body)
			got := load(t, ds, opened(t, ds, c.file), Options{})
			var rows, refused []string
			for _, r := range got.rows {
				var cells []string
				for _, col := range ds.Columns {
					cells = append(cells, fmt.Sprint(r[col.Name]))
				}
				rows = append(rows, strings.Join(cells, " "))
			}
			for _, r := range got.rejects {
				refused = append(refused, r.Cell+" "+r.Rule)
			}
			if s := strings.Join(rows, "; "); got.err != nil || s != c.want {
				t.Errorf("%v\ngot  %s\nwant %s", got.err, s, c.want)
			}
			if s := strings.Join(refused, ", "); s != c.refused || got.counts != c.counts {
				t.Errorf("got %s %+v, want %s %+v", s, got.counts, c.refused, c.counts)
			}
		})
	}
}

// A wide file that does not fit says which headers were looked for.
func TestUnpivotRefused(t *testing.T) {
	body := `
unpivot: {columns: '^(?P<year>[0-9]{4})/(?P<_>.+)$', values: [gdp, people]}
columns:
  - {name: region, title: {zh: 地区, en: Region}, type: low, required: true}
  - {name: year, title: {zh: 年份, en: Year}, type: int16, required: true}
  - {name: gdp, title: {zh: 产值, en: GDP}, type: float64}
  - {name: people, title: {zh: 人口, en: Population}, type: float64}
`
	for header, want := range map[string]string{
		"地区,2015年,2016年":             `no header fits unpivot.columns "^(?P<year>[0-9]{4})/(?P<_>.+)$"; the file's headers are 地区、2015年、2016年`,
		"地区,2015/产值,2015/工资":         `"工资" in the header "2015/工资" names none of unpivot.values: gdp, people`,
		"地区,2015/产值,2015/gdp":        `columns 2 (2015/产值) and 3 (2015/gdp) say the same`,
		"地区,2015/产值(万元),2016/产值(亿元)": `the headers of column gdp differ in their unit`,
	} {
		path := filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(path, []byte(header+"\n丽水,1,2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		ds := declared(t, body)
		got := load(t, ds, opened(t, ds, path), Options{})
		if got.err == nil || !strings.Contains(got.err.Error(), want) {
			t.Errorf("%s: got %v, want %s", header, got.err, want)
		}
	}
}

func TestPeriodStart(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{{Name: "date", Title: both("时期", "Period"), Type: dataset.Date, Parse: "period_start"}}}
	for cell, want := range map[string]string{
		"2015": "2015-01-01", "2015年": "2015-01-01", "2015年度": "2015-01-01", "２０１５": "2015-01-01",
		"2015年上半年": "2015-01-01", "2015下半年": "2015-07-01", "2015H2": "2015-07-01", "2015-h1": "2015-01-01",
		"2015Q3": "2015-07-01", "2015-Q4": "2015-10-01", "2015年第三季度": "2015-07-01", "2015年1季度": "2015-01-01", "Q2 2015": "2015-04-01", "2015 4Q": "2015-10-01",
		"2015-07": "2015-07-01", "201507": "2015-07-01", "2015年7月": "2015-07-01", "2015.07": "2015-07-01", "2015M07": "2015-07-01", "2015/7": "2015-07-01",
		"Jul 2015": "2015-07-01", "Sept-2015": "2015-09-01", "2015 January": "2015-01-01", "2015-07-14": "2015-07-14", "2015年7月14日": "2015-07-14",
		"": "<nil>", "—": "<nil>", "2015年13月": "date_exists", "20151": "period_text", "2015Q5": "period_text", "上半年": "period_text", "2015年1-6月": "period_text", "1815": "period_text", "1815-07": "date_year",
	} {
		got := load(t, ds, text("时期", cell, "2020-01-01"), Options{})
		what := "nothing"
		switch {
		case len(got.rejects) > 0:
			what = got.rejects[0].Rule
		case len(got.rows) == 2:
			what = fmt.Sprint(got.rows[0]["date"])
		case cell == "" && len(got.rows) == 1:
			what = "<nil>"
		}
		if what != want {
			t.Errorf("%q: got %s, want %s", cell, what, want)
		}
	}
}

// Of a number in a workbook October and January cannot be told apart: 2015.10 is 2015.1.
func TestPeriodStartOfNumbers(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{{Name: "date", Title: both("时期", "Period"), Type: dataset.Date, Parse: "period_start"}}}
	rows := text("时期", "2015", "2015.09", "2015.1", "2015.11", "201510", "20263", "46082")
	for _, row := range rows.rows {
		row[0].Kind = source.Number
	}
	got := load(t, ds, rows, Options{})
	var read []string
	for _, r := range got.rows {
		read = append(read, fmt.Sprint(r["date"]))
	}
	if s := strings.Join(read, " "); s != "2015-01-01 2015-09-01 2015-11-01 2015-10-01 2026-03-01" || len(got.rejects) != 2 || got.rejects[1].Raw != "20263" || got.rejects[0].Rule != "period_text" {
		t.Errorf("got %s, %+v", s, got.rejects)
	}
}

// A column may read a part of its cell, or of the name of the file or the sheet.
func TestMatch(t *testing.T) {
	ds := declared(t, `
columns:
  - {name: industry, title: {zh: 行业, en: Industry}, type: low, of: _file, match: '_([a-z]+)$', required: true}
  - {name: people, title: {zh: 人数, en: People}, type: int32, aliases: ['~^LNU[0-9]+$']}
  - {name: code, title: {zh: 代码, en: Code}, type: string, match: '^[A-Z][0-9]{2}'}
  - {name: year, title: {zh: 年份, en: Year}, type: int16, of: code, match: '@([0-9]{4})'}
`)
	got := load(t, ds, text("代码", "C13 农副食品加工业@2019", "—", "农业@2020"), Options{})
	var rules []string
	for _, r := range got.rejects {
		rules = append(rules, r.Column+" "+r.Cell+" "+r.Rule)
	}
	if len(got.rows) != 0 || len(rules) != 4 || rules[0] != "industry  match" {
		t.Errorf("a file name that does not fit: got %v, %v", got.rows, rules)
	}
	path := filepath.Join(t.TempDir(), "cps_U_fin.csv")
	if err := os.WriteFile(path, []byte("代码,LNU03034199\nC13 农副食品加工业@2019,7\n农业@2020,8\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got = load(t, ds, opened(t, ds, path), Options{})
	if len(got.rows) != 1 || fmt.Sprint(got.rows[0]["industry"], got.rows[0]["code"], got.rows[0]["year"], got.rows[0]["people"]) != "finC1320197" {
		t.Errorf("got %v", got.rows)
	}
	if len(got.rejects) != 1 || got.rejects[0].Cell != "A3" || !strings.Contains(got.rejects[0].Reason.En, "^[A-Z][0-9]{2}") {
		t.Errorf("got %+v", got.rejects)
	}
}

// A blank cell of a group means what stands above it; a total ends no group; the row of units under
// the header is part of it.
func TestFillDown(t *testing.T) {
	ds := declared(t, `
header_rows: 2
totals: [合计]
columns:
  - {name: region, title: {zh: 地区, en: Region}, type: low, required: true, fill_down: true}
  - {name: sector, title: {zh: 产业, en: Sector}, type: low, required: true}
  - {name: output, title: {zh: 产值, en: Output}, type: float64, unit: 亿元}
`)
	got := load(t, ds, opened(t, ds, sheet(t, "groups.xlsx", []string{"A3:A4"}, "地区|产业|产值", "||(万元)", "浙江|一产|12000", "|二产|13000", "合计||25000", "|三产|14000", "|| ", "江苏|一产|约1", "|二产|15000")), Options{})
	var rows []string
	for _, r := range got.rows {
		rows = append(rows, fmt.Sprint(r["region"], r["sector"], r["output"]))
	}
	if s := strings.Join(rows, " "); s != "浙江一产1.2 浙江二产1.3 浙江三产1.4 江苏二产1.5" || got.counts != (Counts{Read: 6, Loaded: 4, Rejected: 1, Excluded: 1}) {
		t.Errorf("got %s, %+v, %+v, %v", s, got.counts, got.rejects, got.err)
	}
}

func TestDecimalComma(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{
		{Name: "x", Title: both("数", "X"), Type: dataset.Float64, Parse: "decimal_comma"},
		{Name: "n", Title: both("数量", "N"), Type: dataset.Int32, Parse: "decimal_comma"},
	}}
	for cell, want := range map[string]string{
		"1.204,5": "1204.5", "1204,5": "1204.5", "7 300": "7300", "-2,5": "-2.5", "1.204": "1204", "12": "12", "12,3 %": "0.123", "—": "<nil>", "": "<nil>",
		"0.123": "decimal_comma", "1234.567": "decimal_comma", "-0.123": "decimal_comma", "123.456.789,5": "123456789.5",
		"12.3": "decimal_comma", "1,204.5": "decimal_comma", "1,2,3": "decimal_comma", "x": "number",
	} {
		got := load(t, ds, text("数~数量", cell+"~1.000"), Options{})
		what := "nothing"
		switch {
		case len(got.rejects) > 0:
			what = got.rejects[0].Rule
		case len(got.rows) == 1 && fmt.Sprint(got.rows[0]["n"]) == "1000":
			what = fmt.Sprint(got.rows[0]["x"])
		}
		if what != want {
			t.Errorf("%q: got %s, want %s; %+v", cell, what, want, got.rows)
		}
	}
}
