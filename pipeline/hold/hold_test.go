package hold

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/sheets"
)

// Sheets that are called by periods are asked about where no column says of which their rows are.
func TestSheetsOfPeriods(t *testing.T) {
	year := func(title string) dataset.Column {
		return dataset.Column{Name: "year", Title: codes.Text{Zh: title, En: "Year"}, Type: dataset.Int16}
	}
	for _, tt := range []struct {
		names []string
		dated bool
		other dataset.Column
		sum   float64 // of the other column, on each sheet
		want  int
	}{
		{[]string{"2025年", "2026年"}, false, dataset.Column{}, 0, 1},
		{[]string{"5月", "6月"}, false, dataset.Column{}, 0, 1},
		{[]string{"2026年5月", "2026年6月", "说明"}, false, dataset.Column{}, 0, 1},
		{[]string{"2025年", "2026年"}, true, dataset.Column{}, 0, 0},
		{[]string{"2026年"}, false, dataset.Column{}, 0, 0},
		{[]string{"东园", "西园"}, false, dataset.Column{}, 0, 0},
		{[]string{"2026年", "西园"}, false, dataset.Column{}, 0, 0},
		{[]string{"1月", "2月"}, false, dataset.Column{Name: "month", Title: codes.Text{Zh: "月份", En: "Month"}, Type: dataset.String, Of: "_sheet"}, 0, 0},
		{[]string{"2025年", "2026年"}, false, year("年份"), 2025, 0},
		{[]string{"2025年", "2026年"}, false, year("补贴年度"), 2025, 0},
		{[]string{"2025年", "2026年"}, false, year("年份"), 0, 1}, // a heading above nothing
		{[]string{"1月", "2月"}, false, year("入选年度"), 2026, 1},
		{[]string{"1月", "2月"}, false, year("月份"), 2026, 0},
		{[]string{"2025年", "2026年"}, false, dataset.Column{Name: "year", Title: codes.Text{Zh: "年份", En: "Year"}, Type: dataset.Int16, Of: "_file"}, 2026, 1},
		{[]string{"2025年", "2026年"}, false, year("出生年份"), 1990, 1},
		{[]string{"2025年", "2026年"}, false, year("年龄"), 35, 1},
	} {
		ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{{Name: "name", Type: dataset.String}, {Name: "day", Title: codes.Text{Zh: "日期", En: "Day"}, Type: dataset.Date}}}
		if tt.other.Name != "" {
			ds.Columns = append(ds.Columns, tt.other)
		}
		a := &account.Account{}
		var tables []sheets.Table
		for _, name := range tt.names {
			tables = append(tables, sheets.Table{Sheet: name, Rows: 1, Sums: map[string]float64{"year": tt.sum}})
			if !tt.dated {
				a.Absent = append(a.Absent, account.Absent{Sheet: name, Column: "day"})
			}
		}
		if got := Sheets(ds, tables, a); len(got) != tt.want {
			t.Errorf("%v, dated %v, %s: got %v, want %d", tt.names, tt.dated, tt.other.Title.Zh, got, tt.want)
		}
	}
}

// Figures below a heading that no column took are asked about where the sheet lacks what others have; numbers of rows, remarks
// and what is not read on those others either are not.
func TestSheetsOfOtherHeadings(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{{Name: "id", Type: dataset.String}, {Name: "sum", Title: codes.Text{Zh: "补贴金额", En: "Sum"}, Type: dataset.Float64}}}
	for _, tt := range []struct {
		offline, online []string // headings that no column took
		want            int
	}{
		{nil, []string{"总额"}, 1},
		{[]string{"序号"}, []string{"序号", "总额"}, 1},
		{[]string{"序号"}, []string{"序号"}, 0},
		{nil, []string{"序 号", "备注"}, 0},
		{[]string{"联系人"}, []string{"联系人"}, 0},
	} {
		a := &account.Account{Absent: []account.Absent{{Sheet: "线上", Column: "sum"}}}
		for sheet, headings := range map[string][]string{"线下": tt.offline, "线上": tt.online} {
			for i, h := range headings {
				a.Leave(account.Columns, account.Item{Sheet: sheet, At: string(rune('A' + i)), Text: h, Cells: 2})
			}
		}
		if got := Sheets(ds, []sheets.Table{{Sheet: "线下", Rows: 2}, {Sheet: "线上", Rows: 2}}, a); len(got) != tt.want {
			t.Errorf("%v, %v: got %v, want %d", tt.offline, tt.online, got, tt.want)
		}
	}
}

// A list that is hung up beside the one it was made from is asked about; rows that are alike by their day alone are not.
func TestSheetsOfFewerColumns(t *testing.T) {
	person := dataset.Column{Name: "id", Title: codes.Text{Zh: "证件号", En: "ID"}, Type: dataset.Person, Required: true}
	day := dataset.Column{Name: "day", Title: codes.Text{Zh: "日期", En: "Day"}, Type: dataset.Date, Required: true}
	sum := dataset.Column{Name: "sum", Title: codes.Text{Zh: "金额", En: "Sum"}, Type: dataset.Float64}
	kind := dataset.Column{Name: "kind", Title: codes.Text{Zh: "类别", En: "Kind"}, Type: dataset.String}
	note := dataset.Column{Name: "note", Title: codes.Text{Zh: "备注", En: "Note"}, Type: dataset.String}
	course := dataset.Column{Name: "course", Title: codes.Text{Zh: "活动", En: "Course"}, Type: dataset.String, Of: "_sheet"}
	for name, tt := range map[string]struct {
		columns       []dataset.Column
		sheets        [2]string
		first, second [][]string // rows of texts; empty where the sheet lacks the column
		crowd         int
		want          int
	}{
		"hung up without the figures":   {[]dataset.Column{person, day, sum}, [2]string{"名单", "公示"}, [][]string{{"1", "d", "5"}, {"2", "d", "6"}}, [][]string{{"1", "d", ""}, {"2", "d", ""}}, 0, 1},
		"hung up without the kind":      {[]dataset.Column{person, kind, sum}, [2]string{"名单", "公示"}, [][]string{{"1", "甲", "5"}, {"2", "甲", "6"}}, [][]string{{"1", "", "6"}, {"2", "", "5"}}, 0, 1},
		"another month":                 {[]dataset.Column{person, kind}, [2]string{"1月", "2月"}, [][]string{{"1", "甲"}, {"2", "甲"}}, [][]string{{"1", ""}, {"2", ""}}, 0, 0},
		"another lot":                   {[]dataset.Column{person, kind}, [2]string{"第一批", "第二批"}, [][]string{{"1", "甲"}, {"2", "甲"}}, [][]string{{"1", ""}, {"2", ""}}, 0, 0},
		"another season":                {[]dataset.Column{person, kind}, [2]string{"春季", "秋季"}, [][]string{{"1", "甲"}, {"2", "甲"}}, [][]string{{"1", ""}, {"2", ""}}, 0, 0},
		"another course":                {[]dataset.Column{person, kind, note}, [2]string{"党课", "消防培训"}, [][]string{{"1", "党课", "x"}, {"2", "党课", "x"}}, [][]string{{"1", "消防", ""}, {"2", "消防", ""}}, 0, 0},
		"another course of equal hours": {[]dataset.Column{person, kind, note, sum}, [2]string{"党课", "消防培训"}, [][]string{{"1", "党课", "x", "8"}, {"2", "党课", "x", "8"}}, [][]string{{"1", "消防", "", "8"}, {"2", "消防", "", "8"}}, 0, 0},
		"a course by its sheet":         {[]dataset.Column{person, course, note}, [2]string{"党课", "消防培训"}, [][]string{{"1", "x", "x"}, {"2", "x", "x"}}, [][]string{{"1", "x", ""}, {"2", "x", ""}}, 0, 0},
		"the same course, other order":  {[]dataset.Column{person, kind, note}, [2]string{"名单", "公示"}, [][]string{{"1", "党课", "x"}, {"2", "团课", "x"}}, [][]string{{"2", "团课", ""}, {"1", "党课", ""}}, 0, 1},
		"courses changed about":         {[]dataset.Column{person, kind, note}, [2]string{"名单", "公示"}, [][]string{{"1", "党课", "x"}, {"2", "团课", "x"}}, [][]string{{"1", "团课", ""}, {"2", "党课", ""}}, 0, 0},
		"the same key, another word":    {[]dataset.Column{person, kind, note, sum}, [2]string{"台账", "补贴发放"}, [][]string{{"1", "高级工", "x", "8"}, {"2", "技师", "x", "8"}}, [][]string{{"1", "三级", "", "8"}, {"2", "二级", "", "8"}}, 0, 1},
		"other people":                  {[]dataset.Column{person, day, sum}, [2]string{"名单", "公示"}, [][]string{{"1", "d", "5"}, {"2", "d", "6"}}, [][]string{{"1", "d", ""}, {"3", "d", ""}}, 0, 0},
		"one day, other rows":           {[]dataset.Column{day, kind, sum}, [2]string{"甲园", "乙园"}, [][]string{{"d", "", "1"}, {"d", "", "2"}, {"d", "", "3"}}, [][]string{{"d", "甲", "2"}, {"d", "甲", "2"}, {"d", "乙", "2"}}, 0, 0},
		"days, no figures of both":      {[]dataset.Column{day, kind, sum}, [2]string{"甲园", "乙园"}, [][]string{{"d", "", "1"}, {"e", "", "2"}}, [][]string{{"d", "甲", ""}, {"e", "甲", ""}}, 0, 0},
		"too many sheets lack too much": {[]dataset.Column{person, kind, sum}, [2]string{"名单", "公示"}, [][]string{{"1", "甲", "5"}, {"2", "甲", "6"}}, [][]string{{"1", "", "6"}, {"2", "", "5"}}, 120, 0},
	} {
		ds := &dataset.Dataset{Name: "d", Columns: tt.columns}
		if strings.Contains(name, "key") {
			ds.Key = []string{"id"}
		}
		a, tables := on(ds, tt.sheets, [2][][]string{tt.first, tt.second}, tt.crowd)
		if got := Sheets(ds, tables, a); len(got) != tt.want {
			t.Errorf("%s: got %v, want %d", name, got, tt.want)
		}
		if courses := strings.Contains(name, "course") && tt.want == 0; courses != strings.Contains(fmt.Sprint(a.Said), "若是同一张表，请删去") {
			t.Errorf("%s: told %v", name, a.Said)
		}
	}
}

// on are two sheets with rows of texts, which are empty where the sheet lacks the column, and so many other sheets that lack one.
func on(ds *dataset.Dataset, names [2]string, rows [2][][]string, crowd int) (*account.Account, []sheets.Table) {
	core := make([]bool, len(ds.Columns))
	for i, c := range ds.Columns {
		core[i] = c.Required
	}
	a, all := &account.Account{}, sheets.New().By(core)
	for range crowd {
		a.Absent = append(a.Absent, account.Absent{Sheet: "x", Column: "y"})
	}
	for n, rows := range rows {
		all.Begin(names[n])
		sums := map[string]float64{}
		for k, row := range rows {
			all.Row(k+2, func(yield func(string, bool) bool) {
				for i, text := range row {
					if !yield(text, ds.Columns[i].Measures()) {
						return
					}
				}
			})
			for i, text := range row {
				if v, err := strconv.ParseFloat(text, 64); err == nil && ds.Columns[i].Measures() {
					sums[ds.Columns[i].Name] += v
				}
			}
		}
		for i, text := range rows[0] {
			if text == "" {
				a.Absent = append(a.Absent, account.Absent{Sheet: names[n], Column: ds.Columns[i].Name})
			}
		}
		all.Sum(sums)
	}
	return a, all.Tables()
}

// Of many sheets with the same rows and other figures it is said in one sentence.
func TestSheetsOfOtherFiguresAreToldOnce(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Key: []string{"slip"}, Columns: []dataset.Column{
		{Name: "slip", Title: codes.Text{Zh: "单号", En: "Slip"}, Type: dataset.String, Required: true}, {Name: "sum", Title: codes.Text{Zh: "金额", En: "Sum"}, Type: dataset.Float64},
	}}
	a, all := &account.Account{}, sheets.New()
	for n, name := range []string{"甲口径", "乙口径", "丙口径", "丁口径"} {
		all.Begin(name)
		for k := range 3 {
			all.Row(k+2, func(yield func(string, bool) bool) {
				_ = yield(strconv.Itoa(k), false) && yield(strconv.Itoa(10*n+k*k), true)
			})
		}
		all.Sum(map[string]float64{"sum": float64(30*n + 5)})
	}
	if got := Sheets(ds, all.Tables(), a); len(got) > 0 || len(a.Said) != 1 || !strings.Contains(a.Said[0].Zh, "工作表“甲口径”“乙口径”“丙口径”“丁口径”的 3 行是同样的行") {
		t.Errorf("held %v, told %v", got, a.Said)
	}
}

// A sheet of corrections holds some of the rows of another with other figures: the old ones would count beside them.
func TestCorrectionsOfSomeRows(t *testing.T) {
	slip := dataset.Column{Name: "slip", Title: codes.Text{Zh: "单号", En: "Slip"}, Type: dataset.String, Required: true}
	sum := dataset.Column{Name: "sum", Title: codes.Text{Zh: "金额", En: "Sum"}, Type: dataset.Float64}
	ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{slip, sum}}
	for _, tt := range []struct {
		names [2]string
		later [][]string
		held  bool
	}{
		{[2]string{"原表", "更正"}, [][]string{{"b", "9"}}, true},
		{[2]string{"6月", "勘误"}, [][]string{{"b", "9"}, {"c", "8"}}, true},
		{[2]string{"6月", "更正"}, [][]string{{"x", "9"}}, false},
		{[2]string{"6月", "补充"}, [][]string{{"b", "9"}}, false},
	} {
		a, tables := on(ds, tt.names, [2][][]string{{{"a", "5"}, {"b", "6"}, {"c", "7"}}, tt.later}, 0)
		if got := Sheets(ds, tables, a); len(got) > 0 != tt.held || tt.held && !strings.Contains(got[0].Reason.Zh, "是同样的行，只是数不同") {
			t.Errorf("%v: got %v", tt, got)
		}
	}
}

// Two sheets that hold the same rows with other figures, by their days or numbers, are told; those of two periods, of two lots, of two
// parks that count the same kinds are not.
func TestSheetsOfOtherFigures(t *testing.T) {
	slip := dataset.Column{Name: "slip", Title: codes.Text{Zh: "单号", En: "Slip"}, Type: dataset.String, Required: true}
	day := dataset.Column{Name: "day", Title: codes.Text{Zh: "日期", En: "Day"}, Type: dataset.Date}
	sum := dataset.Column{Name: "sum", Title: codes.Text{Zh: "金额", En: "Sum"}, Type: dataset.Float64}
	park := dataset.Column{Name: "park", Title: codes.Text{Zh: "园区", En: "Park"}, Type: dataset.String, Of: "_sheet"}
	days := [2][][]string{{{"a", "1", "5"}, {"b", "2", "6"}, {"c", "2", "7"}}, {{"a", "1", "5.5"}, {"b", "2", "6.6"}, {"c", "2", "7.7"}}}
	kinds := [2][][]string{{{"a", "", "5"}, {"b", "", "6"}, {"c", "", "7"}}, {{"a", "", "15"}, {"b", "", "6"}, {"c", "", "9"}}}
	for _, tt := range []struct {
		names [2]string
		rows  [2][][]string
		told  bool
	}{
		{[2]string{"不含税", "含税"}, days, true},
		{[2]string{"计划数", "完成数"}, days, true},
		{[2]string{"1月", "2月"}, days, false},
		{[2]string{"第一批", "第二批"}, days, false},
		{[2]string{"东园", "西园"}, kinds, false},
		{[2]string{"东园", "西园"}, [2][][]string{days[0], {{"a", "1", "5"}, {"x", "2", "6"}, {"c", "3", "7"}}}, false},
		{[2]string{"东园", "西园"}, [2][][]string{days[0][:2], days[1][:2]}, false},
	} {
		a, tables := on(&dataset.Dataset{Name: "d", Columns: []dataset.Column{slip, day, sum}}, tt.names, tt.rows, 0)
		Sheets(&dataset.Dataset{Name: "d", Columns: []dataset.Column{slip, day, sum}}, tables, a)
		b, parks := on(&dataset.Dataset{Name: "d", Columns: []dataset.Column{slip, day, sum}}, tt.names, tt.rows, 0)
		if Sheets(&dataset.Dataset{Name: "d", Columns: []dataset.Column{slip, day, sum, park}}, parks, b); strings.Contains(fmt.Sprint(b.Said), "是同样的行，只是数不同") {
			t.Errorf("%v, told apart by the name of the sheet: told %v", tt.names, b.Said)
		}
		if told := strings.Contains(fmt.Sprint(a.Said), "是同样的行，只是数不同，都计入了"); told != tt.told {
			t.Errorf("%v: told %v", tt.names, a.Said)
		}
	}
}
