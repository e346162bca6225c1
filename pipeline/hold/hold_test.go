package hold

import (
	"strconv"
	"testing"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/sheets"
)

// Sheets that are called by periods are asked about where no column says of which their rows are.
func TestSheetsOfPeriods(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{{Name: "name", Type: dataset.String}, {Name: "day", Title: codes.Text{Zh: "日期", En: "Day"}, Type: dataset.Date}}}
	for _, tt := range []struct {
		names []string
		dated bool
		want  int
	}{
		{[]string{"2025年", "2026年"}, false, 1},
		{[]string{"5月", "6月"}, false, 1},
		{[]string{"2026年5月", "2026年6月", "说明"}, false, 1},
		{[]string{"2025年", "2026年"}, true, 0},
		{[]string{"2026年"}, false, 0},
		{[]string{"东园", "西园"}, false, 0},
		{[]string{"2026年", "西园"}, false, 0},
	} {
		a := &account.Account{}
		var tables []sheets.Table
		for _, name := range tt.names {
			tables = append(tables, sheets.Table{Sheet: name, Rows: 1})
			if !tt.dated {
				a.Absent = append(a.Absent, account.Absent{Sheet: name, Column: "day"})
			}
		}
		if got := Sheets(ds, tables, a); len(got) != tt.want {
			t.Errorf("%v, dated %v: got %v, want %d", tt.names, tt.dated, got, tt.want)
		}
	}
}

// A list that is hung up beside the one it was made from is asked about; rows that are alike by their day alone are not.
func TestSheetsOfFewerColumns(t *testing.T) {
	person := dataset.Column{Name: "id", Title: codes.Text{Zh: "证件号", En: "ID"}, Type: dataset.Person, Required: true}
	day := dataset.Column{Name: "day", Title: codes.Text{Zh: "日期", En: "Day"}, Type: dataset.Date, Required: true}
	sum := dataset.Column{Name: "sum", Title: codes.Text{Zh: "金额", En: "Sum"}, Type: dataset.Float64}
	kind := dataset.Column{Name: "kind", Title: codes.Text{Zh: "类别", En: "Kind"}, Type: dataset.String}
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
		"other people":                  {[]dataset.Column{person, day, sum}, [2]string{"名单", "公示"}, [][]string{{"1", "d", "5"}, {"2", "d", "6"}}, [][]string{{"1", "d", ""}, {"3", "d", ""}}, 0, 0},
		"one day, other rows":           {[]dataset.Column{day, kind, sum}, [2]string{"甲园", "乙园"}, [][]string{{"d", "", "1"}, {"d", "", "2"}, {"d", "", "3"}}, [][]string{{"d", "甲", "2"}, {"d", "甲", "2"}, {"d", "乙", "2"}}, 0, 0},
		"days, no figures of both":      {[]dataset.Column{day, kind, sum}, [2]string{"甲园", "乙园"}, [][]string{{"d", "", "1"}, {"e", "", "2"}}, [][]string{{"d", "甲", ""}, {"e", "甲", ""}}, 0, 0},
		"too many sheets lack too much": {[]dataset.Column{person, kind, sum}, [2]string{"名单", "公示"}, [][]string{{"1", "甲", "5"}, {"2", "甲", "6"}}, [][]string{{"1", "", "6"}, {"2", "", "5"}}, 120, 0},
	} {
		ds := &dataset.Dataset{Name: "d", Columns: tt.columns}
		core := make([]bool, len(tt.columns))
		for i, c := range tt.columns {
			core[i] = c.Required
		}
		a, all := &account.Account{}, sheets.New().By(core)
		for range tt.crowd {
			a.Absent = append(a.Absent, account.Absent{Sheet: "x", Column: "y"})
		}
		for n, rows := range [][][]string{tt.first, tt.second} {
			all.Begin(tt.sheets[n])
			sums := map[string]float64{}
			for k, row := range rows {
				all.Row(k+2, func(yield func(string, bool) bool) {
					for i, text := range row {
						if !yield(text, tt.columns[i].Measures()) {
							return
						}
					}
				})
				for i, text := range row {
					if v, err := strconv.ParseFloat(text, 64); err == nil && tt.columns[i].Measures() {
						sums[tt.columns[i].Name] += v
					}
				}
			}
			for i, text := range rows[0] {
				if text == "" {
					a.Absent = append(a.Absent, account.Absent{Sheet: tt.sheets[n], Column: tt.columns[i].Name})
				}
			}
			all.Sum(sums)
		}
		if got := Sheets(ds, all.Tables(), a); len(got) != tt.want {
			t.Errorf("%s: got %v, want %d", name, got, tt.want)
		}
	}
}
