package batch

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// Of a day whose cell shows the month alone the sender sees no day: a column of periods takes the month, and one of days is told of
// at the cell, but where it is a column of months and the first is meant.
func TestMonthsThatCellsShow(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	for i, format := range []string{`yyyy"年"m"月"`, "mmm-yy", "yyyy", "yyyy-mm-dd", `[$-804]yyyy"年"m"月";@`, ""} {
		at, _ := excelize.CoordinatesToCellName(1, i+2)
		day := time.Date(2025, 6, 18-i/4*17, 0, 0, 0, 0, time.UTC) // the first two: of June, 18; then 1
		if err := x.SetSheetRow("Sheet1", at, &[]any{day, day, day}); err != nil {
			t.Fatal(err)
		}
		style, err := x.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if format == "" {
			style, err = x.NewStyle(&excelize.Style{NumFmt: 57}) // yyyy年m月
		}
		if err != nil || x.SetCellStyle("Sheet1", at, "C"+at[1:], style) != nil {
			t.Fatal(err)
		}
	}
	if err := x.SetSheetRow("Sheet1", "A1", &[]any{"日期", "期间", "月份"}); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "t.xlsx")
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	r := readFile(t, `name: t
title: {zh: 试表, en: Trial}
about: {zh: 一行一条。, en: One a row.}
unit: [file]
columns:
  - {name: day, title: {zh: 日期, en: Day}, type: date}
  - {name: of, title: {zh: 期间, en: Period}, type: date, parse: period_start}
  - {name: month, title: {zh: 月份, en: Month}, type: date}
`, name)
	const want = "2025-06-18,2025-06-01,2025-06-18 2025-06-18,2025-06-01,2025-06-18 2025-06-18,2025-01-01,2025-06-18 " +
		"2025-06-18,2025-06-18,2025-06-18 2025-06-01,2025-06-01,2025-06-01 2025-06-01,2025-06-01,2025-06-01"
	if got := strings.Join(r.rows, " "); got != want {
		t.Errorf("got %s\n%s", got, r.told())
	}
	for cell, told := range map[string]bool{
		"A2": true, "A3": true, "A4": true, "A5": false, "A6": true, "A7": true, "B2": false, "B6": false,
		"C2": true, "C3": true, "C4": true, "C5": false, "C6": false, "C7": false,
	} {
		if strings.Contains(r.told(), cell+" [date_month]") != told {
			t.Errorf("%s: told %v, want %v\n%s", cell, !told, told, r.told())
		}
	}
}

// Sums and means of tables that declare no totals are known by what they come to, in tables of months side by side too; what comes
// to something else is asked about.
func TestSumsOfUndeclaredTables(t *testing.T) {
	const head = "name: t\ntitle: {zh: 试表, en: Trial}\nabout: {zh: 一行一条。, en: One a row.}\nunit: [file]\n"
	const long = head + "columns:\n  - {name: item, title: {zh: 户名, en: Item}, type: string, required: true}\n" +
		"  - {name: day, title: {zh: 日期, en: Day}, type: date}\n  - {name: power, title: {zh: 功率, en: Power}, type: float64}\n  - {name: n, title: {zh: 台数, en: N}, type: int32}\n"
	const wide = head + "unpivot: {columns: '^(?P<month>[0-9]+)月$', values: [power]}\ncolumns:\n  - {name: item, title: {zh: 户名, en: Item}, type: string, required: true}\n" +
		"  - {name: month, title: {zh: 月份, en: Month}, type: int8, required: true}\n  - {name: power, title: {zh: 功率, en: Power}, type: float64}\n"
	for _, tt := range []struct {
		name, yaml, text string
		rows             int
		told, asked      string
	}{
		{"months side by side", wide, "户名,1月,2月\n甲,10,2\n乙,4,5\n合计,14,7\n", 4, "A4 合计", ""},
		{"with groups", wide, "户名,1月,2月\n甲,10,2\n乙,4,5\n小计,14,7\n丙,1,3\n总 计,15,10\n", 6, "A4 小计（3 格）、A6 总 计", ""},
		{"a mean of months", wide, "户名,1月,2月\n甲,10,2\n乙,4,5\n平均,7,3.5\n", 4, "A4 平均", ""},
		{"the whole district", wide, "户名,1月,2月\n甲,1042,288\n乙,451,56\n全区,1493,344\n", 4, "A4 全区", ""},
		{"a machine that is called as a part is", "CODES", "编号,名称,台数,价值\nSB01,洒水车,1,10\nSB02,压缩车,1,20\nSB03,扫路车,1,20\nSB04,除雪车,3,50\n", 4, "", "B5 “除雪车”"},
		{"the same with digits that tell", "CODES", "编号,名称,台数,价值\nSB01,洒水车,1,1017\nSB02,压缩车,1,2033\nSB04,除雪车,2,3050\n", 3, "", "B4 “除雪车”"},
		{"small figures of two columns", long, "户名,功率,台数\n甲,10,1\n乙,20,1\n丙,20,1\n全区,50,3\n", 4, "", "A5 “全区”"},
		{"from two starts", long, "户名,功率,台数\n甲,1011,11\n乙,2022,23\n小计,3033,34\n丙,4077,45\n全区,4077,79\n", 4, "A4 小计", "A6 “全区”"},
		{"a name with a mean", long, "户名,功率\n甲,1\n乙,3\n平均岗,2\n", 3, "", "A4 “平均岗”"},
		{"a mean in English", long, "户名,功率\n甲,1\n乙,3\nAverage:,2\n", 2, "A4 Average:", ""},
		{"a sum called a mean too", long, "户名,功率\n甲,1\n乙,3\n合计/平均,4\n", 2, "A4 合计/平均", ""},
		{"an indicator", long, "户名,功率\n第一产业,1234\n第二产业,5678\n第三产业,9012\n生产总值,15924\n", 4, "", "A5 “生产总值”"},
		{"an indicator of a quarter", long, "户名,日期,台数\n甲,2026-03-01,12\n乙,2026-03-01,30\n社零总额,2026-03-01,42\n", 3, "", "A4 “社零总额”"},
		{"the same figure twice", long, "户名,台数\n高校毕业生,12\n人才总数,12\n", 2, "", ""},
		{"a label beside the name of a figure", "GROUPS", "组别,户名,台数\n资产总额,甲,1\n资产总额,乙,2\n资产总额,全部企业,3\n", 2, "B4 全部企业", ""},
		{"an indicator in English", long, "户名,台数\nStaff,12\nTotal revenue,500\n", 2, "", ""},
		{"the same, with declared totals", "KNOWN", "户名,台数\nStaff,12\nTotal revenue,500\nTotal,512\n", 2, "A4 Total", ""},
		{"the firms above", long, "户名,功率,台数\n甲馆,1042,28\n乙馆,451,6\n以上两馆,1493,34\n", 2, "A4 以上两馆", ""},
		{"the firms above that come to something else", long, "户名,功率,台数\n甲馆,1042,28\n乙馆,451,6\n以上两馆,1500,34\n", 3, "", "A4 “以上两馆”"},
		{"one that may be chance", wide, "户名,1月\n甲,1\n乙,2\n全区,3\n", 3, "", "A4 “全区”"},
		{"one that comes to something else", wide, "户名,1月,2月\n甲,10,2\n乙,4,5\n合计,14,8\n", 6, "", "A4 “合计”"},
		{"of power, which is no ratio", long, "户名,功率,台数\n甲,10,1\n乙,20,1\n合计,30,2\n", 2, "A4 合计", ""},
		{"a mean", long, "户名,功率,台数\n甲,10,1\n乙,21,2\n平均,15.5,1.5\n", 2, "A4 平均", ""},
		{"a mean of something else", long, "户名,功率,台数\n甲,10,1\n乙,21,2\n平均,17,1\n", 3, "", "A4 “平均”"},
		{"the whole district with a day", long, "户名,日期,功率,台数\n甲,2026-03-01,1042,28\n乙,2026-03-01,451,6\n全县,2026-03-01,1493,34\n", 2, "A4 全县", ""},
	} {
		switch tt.yaml {
		case "CODES":
			tt.yaml = strings.Replace(long, "columns:\n  - {name: item, title: {zh: 户名", "columns:\n  - {name: code, title: {zh: 编号, en: Code}, type: string}\n  - {name: worth, title: {zh: 价值, en: Worth}, type: float64}\n  - {name: item, title: {zh: 名称", 1)
		case "GROUPS":
			tt.yaml = strings.Replace(long, "columns:", "totals: [合计]\ncolumns:\n  - {name: part, title: {zh: 组别, en: Part}, type: string, fill_down: true}", 1)
		case "KNOWN":
			tt.yaml = strings.Replace(long, "columns:", "totals: [合计]\ncolumns:", 1)
		}
		r := readText(t, tt.yaml, tt.text)
		asked := ""
		for _, q := range r.account.Doubled {
			asked += q.Zh + "\n"
		}
		if strings.Count(asked, "\n") > 1 {
			t.Errorf("%s: asked twice: %s", tt.name, asked)
		}
		if len(r.rows) != tt.rows || !strings.Contains(r.told(), tt.told) || !strings.Contains(asked, tt.asked) || (asked == "") != (tt.asked == "") {
			t.Errorf("%s: got %d rows, want %d; asked %q; told\n%s", tt.name, len(r.rows), tt.rows, asked, r.told())
		}
	}
}

// A number below the heading of texts is what its cell shows, commas between thousands too; one that would be the number of a
// telephone is refused. Texts that read alike and are written differently are told with their cells.
func TestTextsThatReadAlike(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	grouped, money, words := "#,##0.00", 4, `#,##0"元"`
	for i, row := range []struct {
		code any
		name string
		as   *excelize.Style
	}{
		{"编号", "名称", nil},
		{1234.5, "第3期", &excelize.Style{CustomNumFmt: &grouped}},
		{1234.5, "第三期", &excelize.Style{NumFmt: 2}},
		{-1234567, "第十二标段", &excelize.Style{NumFmt: money}},
		{13812345678, "第12标段", &excelize.Style{NumFmt: 3}},
		{"1,234.50", "二〇二六年", nil},
		{"1-23", "2026 年", nil},
		{"12-3", "九龙公司", nil},
		{"A－01", "九龙湖公司", nil},
		{"a-01", "第三 期", nil},
		{1234567, "丁", &excelize.Style{CustomNumFmt: &words}},
	} {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := x.SetSheetRow("Sheet1", at, &[]any{row.code, row.name}); err != nil {
			t.Fatal(err)
		}
		if row.as == nil {
			continue
		}
		if style, err := x.NewStyle(row.as); err != nil || x.SetCellStyle("Sheet1", at, at, style) != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "t.xlsx")
	style, err := x.GetCellStyle("Sheet1", "A11")
	if err != nil || x.SetSheetRow("Sheet1", "C1", &[]any{"金额"}) != nil || x.SetSheetRow("Sheet1", "C11", &[]any{1234567}) != nil || x.SetCellStyle("Sheet1", "C11", "C11", style) != nil {
		t.Fatal(err)
	}
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	r := readFile(t, trial, name)
	if last := r.rows[len(r.rows)-1]; !strings.Contains(last, ",123.4567,") { // 万元
		t.Errorf("a number that shows as 1,234,567元: got %s", last)
	}
	var codes []string
	for _, row := range r.rows {
		codes = append(codes, strings.Split(row, ",-,")[0])
	}
	if got := strings.Join(codes, " "); got != "1,234.50 1234.50 -1,234,567.00 1,234.50 1-23 12-3 A－01 a-01 1,234,567元" {
		t.Errorf("got %s\n%s", got, r.told())
	}
	for _, want := range []string{
		"A5 [", "“编号”列有的文字读来一样、写法不同，按两个值读取：Sheet1!A2 “1,234.50” / Sheet1!A3 “1234.50”；Sheet1!A9 “A－01” / Sheet1!A10 “a-01”\n",
		"“名称”列有的文字读来一样、写法不同，按两个值读取：Sheet1!B2 “第3期” / Sheet1!B3 “第三期”；Sheet1!B6 “二〇二六年” / Sheet1!B7 “2026 年”；Sheet1!B2 “第3期” / Sheet1!B10 “第三 期”\n",
	} {
		if !strings.Contains(r.told()+"\n", want) {
			t.Errorf("told\n%s\nwant %s", r.told(), want)
		}
	}
}

// A text that stands alone in a row, in a cell merged across the table, heads the rows below it and is none of them.
func TestBannersAcross(t *testing.T) {
	name := sheet(t, "banners.xlsx", []string{"A2:D2", "A5:E5", "A7:B7"}, "编号|日期|名称|金额|人数", "公办", "A1|2026-03-01|甲|1|2", "A2|2026-03-01|乙|1|2", "民办", "A3|2026-03-01|丙|1|2", "A4||丁|3|1")
	r := readFile(t, trial, name)
	var codes []string
	for _, row := range r.rows {
		codes = append(codes, row[:2])
	}
	if got := strings.Join(codes, " "); got != "A1 A2 A3 A4" || !strings.Contains(r.told(), "合计与附注：Sheet1!A2 公办、Sheet1!A5 民办") {
		t.Errorf("got %s, told\n%s", got, r.told())
	}
	// one that is merged over a part of the table, with a figure far to the right of it, or in a column that repeats what stands above
	wide := sheet(t, "wide.xlsx", []string{"A2:F2", "A3:B3"}, "编号|日期|名称|甲|乙|丙|人数", "A1||||||7", "A2", "A3|2026-03-01|丙||||2")
	fills := strings.Replace(trial, "type: string, required: true}", "type: string, required: true, fill_down: true}", 1)
	filled := sheet(t, "fills.xlsx", []string{"A2:E2"}, "编号|日期|名称|金额|人数", "南园", "|2026-03-01|甲|1|2", "|2026-03-01|乙|1|2")
	for _, tt := range []struct{ yaml, file, codes string }{{trial, wide, "A1 A2 A3"}, {fills, filled, "南园 南园"}} {
		r, codes := readFile(t, tt.yaml, tt.file), []string{}
		for _, row := range r.rows {
			if code, rest, _ := strings.Cut(row, ","); tt.yaml == trial || strings.Contains(rest, "1,2") {
				codes = append(codes, code)
			}
		}
		if got := strings.Join(codes, " "); got != tt.codes {
			t.Errorf("got %s, told\n%s", got, r.told())
		}
	}
}

// What a line above gives units for by a part of a column's name is heard, and small money too; a currency unit that nobody knows is
// refused.
func TestUnitsByPartsOfNames(t *testing.T) {
	yaml := strings.NewReplacer("zh: 金额,", "zh: 电费金额,", "zh: 比率,", "zh: 用电量,", "unit: '%'", "unit: 千瓦时").Replace(trial)
	for _, tt := range []struct{ text, rows, told string }{
		{"台账,（电费：千元；电量：万千瓦时）,\n编号,电费金额,用电量\nA1,12.5,2\n", "A1 1.25 20000", "按表上方的“电费：千元”换算：电费金额"},
		{",计量单位：度,货币单位：角\n编号,电费金额,用电量\nA1,120000,20\n", "A1 1.2 20", "角"},
		{"货币单位：分,,\n编号,电费金额,用电量\nA1,1200000,20\n", "A1 1.2 20", "分"},
		{"货币单位：贯,,\n编号,电费金额,用电量\nA1,1200000,20\n", "", "“贯”不是认识的单位"},
		{"填报单位：电力局,,\n编号,电费金额,用电量\nA1,12,20\n", "A1 12 20", ""},
		{"电费总额：10000元,,\n编号,电费金额,用电量\nA1,12,20\n", "A1 12 20", ""},
		{"电：元；电费：千元；费：亿元,,\n编号,电费金额,用电量\nA1,12.5,2\n", "A1 1.25 2", "电费：千元"},              // the longest
		{"人：千元；备：万元,,\n编号,电费金额,人数,备注栏\nA1,12,3,x\n", "A1 12 -", ""},                       // a single character
		{"人数：亿元,,\n编号,电费金额,用电量,录用人数\nA1,12,20,3\n", "A1 12 20", ""},                       // of another kind
		{"电费：元/人,,\n编号,电费金额,用电量\nA1,12,20\n", "A1 12 20", ""},                             // a rate
		{"金额单位：分别见各列,,\n编号,电费金额,用电量\nA1,12,20\n", "A1 12 20", ""},                         // no 分
		{"金额单位：　　填报人：张三,,\n编号,电费金额,用电量\nA1,12,20\n", "A1 12 20", ""},                      // a blank
		{"金额单位：见表头,,\n编号,电费金额,用电量\nA1,12,20\n", "A1 12 20", ""},                           // elsewhere
		{"单位：家、万辆,,\n编号,电费金额,用电量\nA1,12,20\n", "A1 12 20", ""},                            // no money
		{"单位：家、万把元,,\n编号,电费金额,用电量\nA1,12,20\n", "", "“万把元”不是认识的单位"},                       // money
		{strings.Repeat("文", 2<<10) + "电费：千元,,\n编号,电费金额,用电量\nA1,12,20\n", "A1 12 20", ""}, // too long
	} {
		r := readText(t, yaml, tt.text)
		var got []string
		for _, row := range r.rows {
			cells := strings.Split(row, ",")
			got = append(got, cells[0]+" "+cells[3]+" "+cells[5])
		}
		told := ""
		if r.err != nil {
			told = r.err.Error()
		} else {
			told = r.told()
		}
		if s := strings.Join(got, " "); s != tt.rows || !strings.Contains(told, tt.told) {
			t.Errorf("%s: got %s, told\n%s", tt.text, s, told)
		}
	}
}

// Texts that say that another row is meant repeat what stands above or are refused; formulas in brackets are no codes; labels in
// English and of wholes are asked about where they come to what the rows say.
func TestMoreThatOthersWrite(t *testing.T) {
	r := readText(t, trial, "编号,名称,金额\n\"=(\"\"0071\"\")\",甲,1\n\"=(\"\"0072\"\"&A1)\",乙,2\nA3,〃〃〃,3\nA4,与上同,4\nA5,同第1行,5\n同第九号楼,丙,6\n")
	if got := strings.Join(r.rows, " "); !strings.HasPrefix(got, "0071,-,甲,1,") || !strings.Contains(got, " A3,-,乙,3") || strings.Contains(got, "A4") || strings.Contains(got, "A5") || strings.Contains(got, "0072") {
		t.Errorf("got %s\n%s", got, r.told())
	}
	if r := readText(t, trial, "编号,日期\nA1,2026-03-01 下午3:60\nA2,2026-03-01 下午3:59\n"); len(r.rows) != 1 || !strings.Contains(r.told(), "B2 [date]") {
		t.Errorf("an hour of 61 minutes: got %v\n%s", r.rows, r.told())
	}
	if r := readText(t, strings.Replace(trial, "unit: 万元", "unit: 千克", 1), "编号,金额\nA1,1000kg\n"); len(r.rows) != 1 || !strings.Contains(r.rows[0], ",1000,") {
		t.Errorf("kg: got %v\n%s", r.rows, r.told())
	}
	long := strings.Replace(trial, "totals: [合计, 小计, 注]\n", "", 1)
	for text, want := range map[string]string{
		"编号,金额\n甲,3\n乙,1\n社零总额,4\n":                      "A4 “社零总额”",
		"编号,金额\n甲,1011\n乙,2040\n以上合共,3051\n":             "A4 “以上合共”",
		"编号,金额,人数\n甲,1011,12\n乙,2040,23\n以上合共,3051,35\n": "",
		"编号,金额\n全公司,3050\n甲,1010\n乙,2040\n":              "A2 “全公司”",
		"编号,金额\nAcme,10\nBolt,20\nTotal payable,30\n":    "",
	} {
		r := readText(t, long, text)
		asked := ""
		for _, q := range r.account.Doubled {
			asked += q.Zh
		}
		if (asked == "") != (want == "") || !strings.Contains(asked, want) || want == "" && len(r.rows) != 2 {
			t.Errorf("%s: asked %q, %d rows; told\n%s", text, asked, len(r.rows), r.told())
		}
	}
}
