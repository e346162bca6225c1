package pipeline

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xuri/excelize/v2"

	"yanzhen/configs"
	"yanzhen/pipeline/account"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// sheetOf is a sheet of a workbook: its name, and its rows with cells parted by commas.
type sheetOf struct{ name, text string }

// sheets writes a workbook.
func sheets(t testing.TB, name string, list ...sheetOf) string {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	for i, s := range list {
		if i == 0 {
			x.SetSheetName("Sheet1", s.name)
		} else if _, err := x.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for r, line := range strings.Split(strings.TrimSpace(s.text), "\n") {
			for c, text := range strings.Split(line, ",") {
				at, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err == nil {
					err = x.SetCellStr(s.name, at, text)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// A sheet that does not fit while its neighbours do is not left out in silence: the file is held, and
// published when somebody says so. A sheet of instructions holds nothing up.
func TestSheetMissed(t *testing.T) {
	l, _ := testLoader(t)
	bad := strings.Replace(moves(4, "2026-06"), "身份证号", "证件号码类型", 1)
	out := mustLoad(t, l, Request{Path: sheets(t, "甲局_引进与流出_2026年6月.xlsx", sheetOf{"1组", moves(3, "2026-06")}, sheetOf{"2组", bad}, sheetOf{"说明", "填表说明\n姓名要写全"})})
	if out.State != Held || out.Problem.Code != "sheet_missed" || !strings.Contains(out.Problem.Text.Zh, "“2组”") || strings.Contains(out.Problem.Text.Zh, "说明”") {
		t.Fatalf("got %s %+v", out.State, out.Problem)
	}
	run, ok, err := l.Run(t.Context(), out.Run)
	if err != nil || !ok {
		t.Fatal(err)
	}
	a := account.Decode(run.Account)
	told := strings.Join(a.Told("zh"), "\n")
	for _, want := range []string{"非空单元格 65 = 装入 21 + 拒收 0 + 未用 44（表头 7、未读取的工作表 37）", "2组（35 格；缺少必需的列 身份证号；表头是 A1 “", "说明（2 格；"} {
		if !strings.Contains(told, want) {
			t.Errorf("the run tells\n%s\nwant %s", told, want)
		}
	}
	if _, err := l.Accept(t.Context(), out.Run, Publish, Why{}); err != nil {
		t.Fatal(err)
	}
	wantVisible(t, l.DB, 3, pay(3))
	out = mustLoad(t, l, Request{Path: sheets(t, "甲局_引进与流出_2026年7月.xlsx", sheetOf{"名单", moves(3, "2026-07")}, sheetOf{"说明", "填表说明\n姓名要写全"})})
	if out.State != Published {
		t.Errorf("a sheet of instructions: got %s %+v", out.State, out.Problem)
	}
	if plan, err := l.Plan(t.Context(), Request{Path: sheets(t, "甲局_引进与流出_2026年8月.xlsx", sheetOf{"名单", moves(3, "2026-08")})}); err != nil || plan.Cells.Equation("en") != "non-empty cells 28 = loaded 21 + refused 0 + not used 7 (headings 7)" {
		t.Errorf("plan: %v, %v", plan.Cells, err)
	}
}

// Lists of people who left are no arrivals: a workbook with a sheet for each way, and a list headed 离职日期.
func TestDeparturesAreNoArrivals(t *testing.T) {
	cat, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows := func(date string, from, n int) string {
		var b strings.Builder
		b.WriteString("身份证号," + date + ",用人单位,产业链节点\n")
		for i := range n {
			fmt.Fprintf(&b, "%s,2026-06-%02d,青田新材料有限公司,精密铸造\n", person(from+i), i+1)
		}
		return b.String()
	}
	count := func(want string) {
		t.Helper()
		if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select countIf(direction = 'in') as i, countIf(direction = 'out') as o from mart.arrivals")); got != want {
			t.Errorf("in and out: got %q, want %q", got, want)
		}
	}
	mustLoad(t, l, Request{Path: sheets(t, "甲局_引进与流出_2026年6月.xlsx", sheetOf{"引进", rows("日期", 0, 3)}, sheetOf{"流出", rows("日期", 10, 6)})})
	count("3\t6")
	mustLoad(t, l, Request{Path: file(t, "乙局_引进与流出_2026年6月.csv", rows("离职日期", 20, 4))})
	for i, heading := range []string{"离职时间", "解除合同时间", "退出日期"} {
		mustLoad(t, l, Request{Path: file(t, []string{"壬局", "癸局", "子局"}[i]+"_引进与流出_2026年6月.csv", rows(heading, 80+2*i, 2))})
	}
	count("3\t16")
	next := 50
	for name, want := range map[string]string{ // what the name of a file says, behind its sender
		"丙局_引进与流出_2026年6月.csv": "in", "戊局_离岗人员_2026年6月.csv": "out", "离退休局_人员名单_2026年6月.csv": "in", "己局_引进人才离职名单_2026年6月.csv": "out",
		"庚局_人员减少_2026年6月.csv": "out", "辛局_新进人员_2026年6月.csv": "in",
	} {
		next += 2
		out := mustLoad(t, l, Request{Path: file(t, name, rows("日期", next, 2)), Dataset: "arrivals"})
		if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select groupUniqArray(direction) as d from mart.arrivals where _file = '"+name+"'")); got != "['"+want+"']" {
			t.Errorf("%s: got %s, want %s; %v", name, got, want, out.Problem)
		}
	}
	for _, f := range []struct {
		sheet sheetOf
		state State
	}{{sheetOf{"离岗", rows("日期", 40, 2)}, Published}, {sheetOf{"名单", "2026年6月辞职人员情况表\n" + rows("日期", 42, 2)}, Published}, {sheetOf{"引进", rows("离职日期", 44, 2)}, Failed}} {
		out, err := l.Load(t.Context(), Request{Path: sheets(t, "丁局_引进与流出_2026年6月.xlsx", f.sheet)})
		if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select groupUniqArray(direction) as d from mart.arrivals where _sheet = '"+f.sheet.name+"' and _file like '丁局%'")); f.state == Published && got != "['out']" || f.state == Failed && err == nil {
			t.Errorf("%s: got %s %s, %v %v", f.sheet.name, out.State, got, out.Problem, err)
		}
	}
	for i, f := range []struct {
		name, rows string
		state      State
	}{
		{"寅", "返乡人员名单\n" + rows("日期", 90, 2), Held},
		{"卯", "返乡人员名单\n" + rows("引进日期", 92, 2), Published},
		{"辰", "返乡创业人员名单\n" + rows("日期", 94, 2), Published},
		{"巳", strings.NewReplacer("产业链节点", "产业链节点,异动", "精密铸造", "精密铸造,增").Replace(rows("日期", 96, 3)), Published},
		{"午", strings.Replace(strings.NewReplacer("产业链节点", "产业链节点,标志", "精密铸造", "精密铸造,+").Replace(rows("日期", 100, 3)), "+", "-", 1), Held},
		{"未", strings.Replace(strings.NewReplacer("产业链节点", "产业链节点,异动", "精密铸造", "精密铸造,增").Replace(rows("引进日期", 104, 3)), "造,增", "造,减", 1), Held},
	} {
		if out, err := l.Load(t.Context(), Request{Path: file(t, f.name+"局_引进与流出_2026年6月.csv", f.rows)}); out.State != f.state {
			t.Errorf("%d: %s: %s %v %v", i, f.name, out.State, out.Problem, err)
		}
	}
	i := 0
	for _, d := range cat.Datasets["arrivals"].Columns {
		for _, title := range []string{"辞职人员", "人才外流", "人才流失情况", "离开青田人员", "解除劳动合同名单", "解除合同", "离青人员", "退休人员", "调出人员", "4月停保人员名单", "转出人员", "本月出", "人员减少", "3月离园人员名单", "退出人员", "调离情况", "社保停缴人员", "重点企业离退人员花名册", "清退人员名单", "企业减少用工人员明细", "企业减少用工明细表", "不再续聘人员名单", "合同期满不续签人员", "员工减少情况", "走"} {
			if len(d.DefaultBy) == 0 {
				continue
			}
			if got, _, _ := d.DefaultOf(nil, []string{title}); got != "out" {
				t.Errorf("%s: got %q", title, got)
			}
			for _, title := range []string{"人才引进名单", "返乡创业人员引进名单", "回流人才引进名单", "减少用工成本企业引进名单", "来", "续聘专家入职名单"} {
				if got, _, _ := d.DefaultOf(nil, []string{title}); got != "in" {
					t.Errorf("%s: got %q", title, got)
				}
			}
			i++
		}
	}
	if i == 0 {
		t.Error("no column says how its default is found")
	}
}

// A table that is of other months than its file, by its title or its sheet, is held; plan says so too.
func TestTitledOtherwise(t *testing.T) {
	cat, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows := "统计月份,统计区域,产业链节点,从业人数,求职人数,新招人数\n2026年6月,全县,精密铸造,1200,80,640\n"
	for i, f := range []struct {
		sheet, title string
		state        State
	}{
		{"Sheet1", "2026年1—6月劳动力资源累计表\n", Held},
		{"Sheet1", "劳动力资源（2026年第二季度）\n", Held},
		{"5月", "", Held},
		{"Sheet1", "本年累计\n", Held},
		{"6月", "2026年5月劳动力资源情况表\n", Held},
		{"Sheet1", "2026年劳动力资源情况表\n", Published},
		{"6月", "劳动力资源\n截至2026年6月30日\n", Published},
		{"Sheet1", "2026年6月劳动力资源表\n2026年第二季度\n", Published},
		{"Sheet1", "劳动力资源\n填报日期：2026年7月3日\n", Published},
		{"Sheet1", "根据《2025年5月工作要点》编制\n", Published},
	} {
		r := Request{Path: sheets(t, string([]rune("甲乙丙丁戊己庚辛壬癸")[i])+"局_劳动力资源_2026年6月.xlsx", sheetOf{f.sheet, f.title + rows})}
		plan, err := l.Plan(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if told := slices.ContainsFunc(plan.Problems, func(p *Problem) bool { return p.Code == "title_period" }); told != (f.state == Held) {
			t.Errorf("%s %s: plan says %v", f.sheet, f.title, plan.Problems)
		}
		if out, err := l.Load(t.Context(), r); out.State != f.state {
			t.Errorf("%s %s: %s %v %v", f.sheet, f.title, out.State, out.Problem, err)
		}
	}
}

// Of a table whose rows say no day another year in its title is another period too.
func TestTitledOfAnotherYear(t *testing.T) {
	cat, err := dataset.Load(fstest.MapFS{"datasets/t.yaml": {Data: []byte(`name: t
title: {zh: 分期台账, en: By period}
about: {zh: 一行一单位一期。, en: A unit and period a row.}
unit: [sender, period]
period: {column: month, grain: month}
columns:
  - {name: month, title: {zh: 期间, en: Period}, type: date, of: _period, required: true}
  - {name: firm, title: {zh: 单位名称, en: Firm}, type: string, required: true}
  - {name: amount, title: {zh: 产值, en: Output}, type: float64, unit: 万元}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, f := range []struct {
		rows  string
		state State
	}{
		{"2025年规上企业产值表\n单位名称,产值\n甲厂,5\n", Held},
		{"2025年6月企业产值\n单位名称,产值\n甲厂,5\n", Held},
		{"2026年1—6月企业产值（累计）\n单位名称,产值\n甲厂,5\n", Held},
		{"2026年规上企业产值表\n单位名称,产值\n甲厂,5\n", Published},
		{"2026年企业产值\n2025年规上企业\n单位名称,产值\n甲厂,5\n", Published},
		{"2025年年末在库企业产值\n单位名称,产值\n甲厂,5\n", Published},
		{"2025年规上企业产值表\n期间,单位名称,产值\n2026-06-01,甲厂,5\n", Published},
	} {
		r := Request{Dataset: "t", Path: sheets(t, string([]rune("甲乙丙丁戊己庚")[i])+"局_分期台账_2026年6月.xlsx", sheetOf{"Sheet1", f.rows})}
		if out, err := l.Load(t.Context(), r); out.State != f.state {
			t.Errorf("%q: %s %v %v", f.rows, out.State, out.Problem, err)
		}
	}
}

// A file of which a column that is not read, or a title, says that its rows are no such fact is held, with the cells.
func TestWhatSpeaksAgainstRows(t *testing.T) {
	cat, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	list := func(title, heading string, cells ...string) string {
		var b strings.Builder
		b.WriteString(title + "身份证号,日期,用人单位,产业链节点," + heading + "\n")
		for _, c := range cells {
			n++
			fmt.Fprintf(&b, "%s,2026-06-%02d,青田新材料有限公司,精密铸造,%s\n", person(n), n%28+1, c)
		}
		return b.String()
	}
	for i, tt := range []struct {
		text, told string // empty: published
	}{
		{list("", "状态", "在岗", "已离职"), "没有读取的“状态”列说有 1 行离开或终止：E3 “已离职”"},
		{list("", "变动原因", "新进", "辞职"), "E3 “辞职”"},
		{list("", "停薪时间", "", "2026-06-12"), "“停薪时间”列"},
		{list("", "是否报到", "是", "否"), "说有 1 行只是拟议，尚未发生：E3 “否”"},
		{list("2026年6月拟引进人才名单,,,,\n", "专业", "材料", "机械"), "“2026年6月拟引进人才名单”像是说"},
		{list("", "审核意见", "同意", "不予认定"), "E3 “不予认定”"},
		{list("", "专业", "材料", "机械"), ""},
		{list("", "流向,状态", "out,已离职", "in,在岗"), ""},
	} {
		out := mustLoad(t, l, Request{Path: file(t, fmt.Sprintf("甲%d局_引进与流出_2026年6月.csv", i), tt.text), Dataset: "arrivals"})
		if tt.told == "" && out.State != Published || tt.told != "" && (out.State != Held || out.Problem.Code != "against" || !strings.Contains(out.Problem.Text.Zh, tt.told)) {
			t.Errorf("%s: got %s %+v, want %q", tt.text, out.State, out.Problem, tt.told)
		}
		if i == 0 {
			if _, err := l.Accept(t.Context(), out.Run, Publish, Why{}); err != nil {
				t.Error(err)
			}
		}
	}
	for _, name := range cat.Names() {
		if cat.Datasets[name].Against == nil {
			t.Errorf("%s does not say what speaks against a row", name)
		}
	}
}

// A sheet of examples is not read beside others, one that is called void or a draft holds the file, and so does one
// whose figures stand below another heading than on the other sheets.
func TestSheetsThatAreNotMeant(t *testing.T) {
	l := rowsDeclared(t)
	one := "县,产值,人数\n甲,10.5,3\n乙,20,4\n"
	other := strings.NewReplacer("甲", "丙", "乙", "丁").Replace(one)
	for i, tt := range []struct {
		sheets []sheetOf
		code   string
		rows   uint64
	}{
		{[]sheetOf{{"北片", one}, {"填表示例", "县,产值,人数\n示例县,99,9\n"}}, "", 2},
		{[]sheetOf{{"填表示例", one}}, "", 2},
		{[]sheetOf{{"北片", one}, {"作废", other}}, "sheet_missed", 2},
		{[]sheetOf{{"北片", one}, {"南片", strings.Replace(other, "产值", "总产出", 1)}}, "sheet_headings", 4},
		{[]sheetOf{{"北片", one}, {"南片", "县,人数\n丙,3\n丁,4\n"}}, "", 4},
		{[]sheetOf{{"北片", one}, {"南片", other}}, "", 4},
		{[]sheetOf{{"企业", one}, {"企业2025", strings.Replace(one, ",20,", ",21,", 1)}}, "sheet_twice", 4},
		{[]sheetOf{{"2024年", one}, {"2025年", strings.Replace(one, ",20,", ",21,", 1)}}, "sheet_twice", 4},
		{[]sheetOf{{"企业", "县,产值,人数\n甲,10.5,3\n"}, {"企业2025", "县,产值,人数\n甲,10,3\n"}}, "sheet_twice", 2},
		{[]sheetOf{{"1月", one}, {"1-2月", strings.NewReplacer("10.5", "23", ",20,", ",41,").Replace(one)}}, "sheet_twice", 4},
		{[]sheetOf{{"企业2024", one}, {"企业2025", other}}, "", 4},
		{[]sheetOf{{"填报说明", "县,产值,人数\n某县,99,9\n"}, {"北片", one}}, "", 2},
		{[]sheetOf{{"本月", one}, {"上月", other}}, "sheet_missed", 2},
		{[]sheetOf{{"上月", other}}, "", 2},
		{[]sheetOf{{"当月", one}, {"累计", other}}, "sheet_missed", 2},
		{[]sheetOf{{"正式", one}, {"错误数据", other}}, "sheet_missed", 2},
		{[]sheetOf{{"明细", one + "丙,5,1\n"}, {"两片", "县,产值,人数\n北,30.5,7\n南,5,1\n"}}, "sheet_twice", 5},
		{[]sheetOf{{"产值", one + "县,产值,人数\n甲,62,3\n乙,121,4\n"}}, "tables_stacked", 4},
		{[]sheetOf{{"产值", one + "续表\n县,产值,人数\n丙,62,3\n丁,121,4\n"}}, "", 4},
		{[]sheetOf{{"产值", one + "\n" + one}}, "sheet_twice", 4},
		{[]sheetOf{{"明细", one + "丙,5,1\n"}, {"两片", "县,产值,人数\n北,30.5,7\n南,5,2\n"}}, "", 5},
	} {
		out := mustLoad(t, l, Request{Path: sheets(t, fmt.Sprintf("产值%d.xlsx", i), tt.sheets...), Dataset: "outputs"})
		if out.Counts.Loaded != tt.rows || (out.State == Published) != (tt.code == "") || out.Problem != nil && out.Problem.Code != tt.code {
			t.Errorf("%v: got %s, %d rows, %+v, want %s", tt.sheets, out.State, out.Counts.Loaded, out.Problem, tt.code)
		}
		if out.State == Published { // else the next would be another version of it
			if _, err := l.Withdraw(t.Context(), "outputs", out.Unit, Why{}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Rows that stand on two sheets of a workbook would count twice: a copy of a sheet, a summary of rows, a
// summary of sums. The file is held; what is told names the sheets.
func TestSheetTwice(t *testing.T) {
	l, _ := testLoader(t)
	row := func(n int, day, people string) string {
		return fmt.Sprintf("%s,张三,2026-06-%s,引进,part1,%s,1000\n", person(n), day, people)
	}
	one := movesHeader + row(1, "01", "3") + row(2, "02", "4")
	two := movesHeader + row(3, "03", "5") + row(4, "04", "6")
	both := movesHeader + row(1, "01", "3") + row(2, "02", "4") + row(3, "03", "5") + row(4, "04", "6")
	narrow := func(text string) string { return regexp.MustCompile(`(?m),[^,\n]*$`).ReplaceAllString(text, "") } // without 薪资
	sums := movesHeader + "证件,张三,2026-06-30,引进,part1,0,0\n"                                                      // refused
	for n, tt := range []struct {
		name   string
		sheets []sheetOf
		want   string
	}{
		{"a copy", []sheetOf{{"3月", one}, {"3月 (2)", one}}, "工作表“3月 (2)”的 2 行里有 2 行也在“3月”上"},
		{"a summary of rows", []sheetOf{{"汇总", both}, {"1组", one}, {"2组", two}}, "工作表“1组”的 2 行里有 2 行也在“汇总”上"},
		{"a summary behind", []sheetOf{{"1组", one}, {"2组", two}, {"汇总", both}}, "工作表“汇总”的 4 行里有 4 行也在“1组”、“2组”上"},
		{"a summary of sums", []sheetOf{{"1组", one}, {"2组", two}, {"汇总", movesHeader + row(7, "30", "18")}}, ""}, // pay is not theirs
		{"a summary of all sums", []sheetOf{{"1组", one}, {"2组", two}, {"汇总", movesHeader + strings.Replace(row(7, "30", "18"), ",1000\n", ",4000\n", 1)}}, "工作表“汇总”的“薪资”等各列之和，正是其余 2 个工作表之和（4000）"},
		{"a copy with a row changed", []sheetOf{{"3月", both}, {"3月 (2)", one + row(3, "03", "5") + row(4, "04", "7")}}, "工作表“3月 (2)”的 4 行里有 3 行也在“3月”上"},
		{"a summary of most rows", []sheetOf{{"1月", both + row(5, "05", "1")}, {"汇总", both + row(6, "06", "2")}}, "工作表“汇总”的 5 行里有 4 行也在“1月”上"},
		{"a summary before most rows", []sheetOf{{"汇总", both}, {"1月", both + row(5, "05", "1")}}, "工作表“1月”的 5 行里有 4 行也在“汇总”上"},
		{"two months with rows in common", []sheetOf{{"1月", one}, {"2月", one + row(3, "03", "5")}}, ""},
		{"a row in common, below a header", []sheetOf{{"名册", one}, {"增补", movesHeader + row(2, "02", "4") + row(3, "03", "5")}}, "工作表“增补”有 1 行也在“名册”等前面的工作表上，完全相同（第 2 行）"},
		{"a summary of rounded sums", []sheetOf{{"1组", one}, {"2组", two}, {"汇总", movesHeader + strings.Replace(row(7, "30", "18"), ",1000\n", ",4000.01\n", 1)}}, "看来是它们的汇总"},
		{"a copy in another unit", []sheetOf{{"甲", both}, {"乙", strings.ReplaceAll(strings.Replace(both, "薪资", "薪资（千元）", 1), ",1000\n", ",1\n")}}, "工作表“乙”的 4 行与“甲”的相同，只是数的写法或单位不同"},
		{"a copy in another spelling", []sheetOf{{"甲", both}, {"乙", strings.ReplaceAll(both, ",1000\n", ",1000.00\n")}}, "只是数的写法或单位不同"},
		{"a copy with other days written", []sheetOf{{"甲", both}, {"乙", strings.ReplaceAll(both, ",2026-06-0", ",2026/6/")}}, "工作表“乙”的 4 行里有 4 行也在“甲”上"},
		{"two versions", []sheetOf{{"初稿", both}, {"终稿", strings.ReplaceAll(both, ",1000\n", ",1200\n")}}, "工作表“终稿”的 4 行与“初稿”的是同样的行，只是数不同"},
		{"a table and its correction", []sheetOf{{"3月", both}, {"3月改", strings.Replace(both, ",1000\n", ",1200\n", 1)}}, "工作表“3月改”的 4 行与“3月”的是同样的行，只是数不同"},
		{"one figure changed", []sheetOf{{"甲", both}, {"乙", strings.Replace(both, ",1000\n", ",1200\n", 1)}}, "工作表“乙”的 4 行与“甲”的是同样的行，只是数不同"},
		{"one figure of a month changed", []sheetOf{{"5月", both}, {"6月", strings.Replace(both, ",1000\n", ",1200\n", 1)}}, ""},
		{"one figure of a month in digits changed", []sheetOf{{"202605", both}, {"202606", strings.Replace(both, ",1000\n", ",1200\n", 1)}}, ""},
		{"two works", []sheetOf{{"基建", both}, {"技改", strings.ReplaceAll(both, ",1000\n", ",1200\n")}}, ""},
		{"the same people paid otherwise", []sheetOf{{"甲", both}, {"乙", strings.ReplaceAll(both, ",1000\n", ",1200\n")}}, ""},
		{"a list to hang up", []sheetOf{{"甲", both}, {"公示", narrow(strings.ReplaceAll(both, ",2026-06-0", ",2026年6月"))}}, "工作表“公示”的 4 行与“甲”的是同样的行，只是列数不同"},
		{"a list of others", []sheetOf{{"甲", both}, {"公示", narrow(movesHeader + row(5, "01", "3") + row(6, "02", "4") + row(7, "03", "5") + row(8, "04", "6"))}}, ""},
		{"a list with other figures", []sheetOf{{"甲", both}, {"公示", narrow(strings.Replace(both, ",6,1000", ",7,1000", 1))}}, ""},
		{"months", []sheetOf{{"1组", one}, {"2组", two}}, ""},
		{"a row refused", []sheetOf{{"1组", one}, {"2组", sums}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := mustLoad(t, l, Request{Path: sheets(t, fmt.Sprintf("局%d_引进与流出_2026年6月.xlsx", n), tt.sheets...)})
			if tt.want == "" && out.State != Published || tt.want != "" && (out.State != Held || out.Problem.Code != "sheet_twice" || !strings.Contains(out.Problem.Text.Zh, tt.want)) {
				t.Errorf("got %s %+v, want %s", out.State, out.Problem, tt.want)
			}
			if said := fmt.Sprint(out.Cells.Said); tt.name == "two months with rows in common" && !strings.Contains(said, "“2月”有 2 行与前面的工作表上的完全相同，都计入了；若是重复，请删去（第 2, 3 行）") {
				t.Errorf("told %s", said)
			}
		})
	}
}

// The same table under another file name does not count beside the first: where the key of a row stands in
// another live file, the new one is held and asked about.
func TestKeyInAnotherFile(t *testing.T) {
	cat, err := dataset.Load(fstest.MapFS{"datasets/list.yaml": {Data: []byte(`name: list
title: {zh: 名单, en: List}
about: {zh: 一行一项, en: One a row}
unit: [file]
key: [code]
columns:
  - {name: code, title: {zh: 编号, en: Code}, type: string, required: true}
  - {name: amount, title: {zh: 金额, en: Amount}, type: float64}
`)}, "datasets/notes.yaml": {Data: []byte(`name: notes
title: {zh: 流水, en: Notes}
about: {zh: 一行一笔, en: One a row}
unit: [file]
columns:
  - {name: code, title: {zh: 编号, en: Code}, type: string, required: true}
  - {name: amount, title: {zh: 金额, en: Amount}, type: float64}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) Outcome {
		t.Helper()
		return mustLoad(t, l, Request{Path: file(t, name, text), Dataset: "list"})
	}
	sum := func(want string) {
		t.Helper()
		if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count() as n, sum(amount) as s from mart.list")); got != want {
			t.Errorf("rows and sum: got %q, want %q", got, want)
		}
	}
	if out := put("名单.csv", "编号,金额\nA1,1\nA2,2\n"); out.State != Published {
		t.Fatalf("got %s", out.State)
	}
	out := put("名单（修订）.csv", "编号,金额\nA1,1\nA2,3\nA3,4\n")
	if out.State != Held || out.Problem.Code != "key_elsewhere" || !strings.Contains(out.Problem.Text.Zh, "名单.csv 里有 2 行与本文件的“编号”相同") || !strings.Contains(out.Problem.Remedy.Zh, "yanzhen rollback list '名单.csv' --withdraw") {
		t.Fatalf("got %s %+v", out.State, out.Problem)
	}
	sum("2\t3")
	// what the remedy says
	if _, err := l.Withdraw(t.Context(), "list", "名单.csv", Why{}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Accept(t.Context(), out.Run, Publish, Why{}); err != nil {
		t.Fatal(err)
	}
	sum("3\t8")
	if out := put("名单二.csv", "编号,金额\nB1,10\n"); out.State != Published {
		t.Errorf("other keys: got %s %+v", out.State, out.Problem)
	}
	if out := put("名单（修订）.csv", "编号,金额\nA1,1\nA2,3\nA3,5\n"); out.State != Published {
		t.Errorf("the same name: got %s %+v", out.State, out.Problem)
	}
	sum("4\t19")

	// without a key what two files are called tells, where the rows agree
	for _, c := range []struct{ name, rows, held string }{
		{"一月.csv", "A,1\nB,2\n", ""},
		{"一月（定稿）.csv", "A,1\nB,3\nC,4\n", "按文件名是已发布的 一月.csv 的另一稿，它的 2 行里有 1 行本文件也有"},
		{"一月最终.csv", "D,1\nE,2\n", ""},    // other rows
		{"二月.csv", "A,1\nB,2\nC,9\n", ""}, // another month
		{"二月 0412.csv", "A,1\nB,2\nC,9\nD,8\n", "看来是已发布的 二月.csv 的另一稿，它的 3 行里有 3 行本文件也有"},
		{"最新名单.csv", "A,1\nB,2\nC,9\nG,7\nH,7\n", "看来是已发布的 二月.csv 的另一稿，它的 3 行里有 3 行本文件也有"},
		{"复件 一月.csv", "A,1\nB,2\n", "与已发布的 一月.csv 一字不差"},
		{"三月.csv", "A,1\nB,2\nC,9\nD,1\n", ""}, // most rows stood still
		{"四月.csv", "A,1\nB,2\nC,9\nD,1\n", ""}, // all of them
		{"甲问卷.csv", strings.Repeat("是,1\n否,2\n", 9), ""},
		{"乙问卷.csv", strings.Repeat("是,1\n否,2\n", 10), ""},
		{"甲.csv", "F,1\n", ""},
		{"乙.csv", "F,1\nG,1\nH,2\nI,3\n", ""}, // one row in common
	} {
		out := mustLoad(t, l, Request{Path: file(t, c.name, "编号,金额\n"+c.rows), Dataset: "notes"})
		if held := out.State == Held && (out.Problem.Code == "version_elsewhere" || out.Problem.Code == "same_bytes") && strings.Contains(out.Problem.Text.Zh, c.held); held != (c.held != "") || !held && out.State != Published {
			t.Errorf("%s: got %s %+v", c.name, out.State, out.Problem)
		}
	}
	// what two senders report in the same words is of two senders; the same bytes of both are asked about and never passed over
	for _, c := range []struct {
		sender, name, rows string
		state              State
	}{
		{"温溪镇", "统计.csv", "P,0\nQ,0\nR,0\nS,5\n", Published},
		{"北山镇", "统计二.csv", "P,0\nQ,0\nR,0\nS,7\n", Published},
		{"祯埠镇", "统计(1).csv", "P,0\nQ,0\nR,0\nS,5\n", Held},
	} {
		if out := mustLoad(t, l, Request{Path: file(t, c.name, "编号,金额\n"+c.rows), Dataset: "notes", Sender: c.sender}); out.State != c.state {
			t.Errorf("%s of %s: got %s %+v", c.name, c.sender, out.State, out.Problem)
		}
	}
	one := file(t, "最新名单.csv", "编号,金额\nA,1\nB,2\nC,9\nG,7\nH,7\n")
	if out := mustLoad(t, l, Request{Path: one, Dataset: "notes", Force: true}); out.State != Published {
		t.Errorf("by force: got %s", out.State)
	}
	if out := mustLoad(t, l, Request{Path: one, Dataset: "notes", Again: true}); out.State != Published {
		t.Errorf("once it is live beside the other: got %s %+v", out.State, out.Problem)
	}
	if out := mustLoad(t, l, Request{Path: file(t, "一月 - 副本.csv", "编号,金额\nA,1\nB,2\n"), Dataset: "notes"}); out.State != Unchanged {
		t.Errorf("a copy: got %s %+v", out.State, out.Problem)
	}
}

// A comma before the decimals far below the rows by which a column's numbers are judged: those above it that can be
// read both ways may all be wrong.
func TestLateComma(t *testing.T) {
	l, _ := testLoader(t)
	var b strings.Builder
	b.WriteString("品名,单价\n")
	for i := range 5001 {
		fmt.Fprintf(&b, "米%d,\"1,234\"\n", i)
	}
	out := mustLoad(t, l, Request{Path: file(t, "价格.csv", b.String()+"面,\"1234,5\"\n")})
	if out.State != Held || out.Problem.Code != "decimal_comma" || !strings.Contains(out.Problem.Text.Zh, "B5003 的数以逗号为小数点") || !strings.Contains(out.Problem.Text.Zh, "5001 个数（自 B2 起）") {
		t.Errorf("got %s %+v", out.State, out.Problem)
	}
	if out = mustLoad(t, l, Request{Path: file(t, "价格.csv", b.String()+"面,1234.5\n")}); out.State != Published {
		t.Errorf("points: got %s %+v", out.State, out.Problem)
	}
	x := excelize.NewFile() // of a sheet fewer rows are judged
	defer x.Close()
	for i := range 252 {
		row := []any{fmt.Sprintf("米%d", i), "1,234"}
		if i == 0 {
			row = []any{"品名", "单价"}
		} else if i > 240 {
			row[1] = "3,5"
		}
		if err := x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "价格二.xlsx")
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	out = mustLoad(t, l, Request{Path: name})
	if out.State != Held || out.Problem.Code != "decimal_comma" || !strings.Contains(out.Problem.Text.Zh, "Sheet1!B242 的数以逗号为小数点") || !strings.Contains(out.Problem.Text.Zh, "240 个数（自 Sheet1!B2 起）") {
		t.Errorf("a sheet: got %s %+v", out.State, out.Problem)
	}
}

// The same item in another month of the same sender counts once: the second file is held. Another sender may know the same
// item, a row without a key is nobody's copy, and a month sent again replaces itself.
func TestKeyInAnotherMonth(t *testing.T) {
	cat, err := dataset.Load(fstest.MapFS{"datasets/deals.yaml": {Data: []byte(`name: deals
title: {zh: 合同, en: Deals}
about: {zh: 一行一份, en: One a row}
unit: [sender, period]
period: {column: day, grain: month}
key: [code]
columns:
  - {name: code, title: {zh: 编号, en: Code}, type: string}
  - {name: day, title: {zh: 日期, en: Day}, type: date, required: true}
  - {name: amount, title: {zh: 金额, en: Amount}, type: float64}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	put := func(sender, month, codes string) Outcome {
		t.Helper()
		text := "编号,日期,金额\n"
		for _, c := range strings.Split(codes, " ") {
			text += strings.Trim(c, "-") + "," + month + "-05,1\n"
		}
		return mustLoad(t, l, Request{Path: file(t, sender+"_合同_"+month+".csv", text)})
	}
	for _, c := range []struct{ sender, month, codes, held string }{
		{"甲局", "2026-05", "A1 A2 -", ""},
		{"乙局", "2026-05", "A1 A2", ""},
		{"甲局", "2026-06", "A3 -", ""},
		{"甲局", "2026-07", "A4 A2", "甲局_合同_2026-05.csv 里有 1 行与本文件的“编号”相同"},
		{"甲局", "2026-05", "A1 A2 A5", ""},
		{"甲局", "2026-05", "A1 A3", "甲局_合同_2026-06.csv 里有 1 行与本文件的“编号”相同"},
	} {
		out := put(c.sender, c.month, c.codes)
		if c.held == "" && out.State != Published {
			t.Errorf("%s %s %s: got %s %+v", c.sender, c.month, c.codes, out.State, out.Problem)
		}
		if c.held != "" && (out.State != Held || out.Problem.Code != "key_elsewhere" || !strings.Contains(out.Problem.Text.Zh, c.held) || !strings.Contains(out.Problem.Remedy.Zh, "请按原来的期间重新报送")) {
			t.Errorf("%s %s %s: got %s %+v, want it held: %s", c.sender, c.month, c.codes, out.State, out.Problem, c.held)
		}
	}
}
