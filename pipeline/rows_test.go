package pipeline

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// rowsDeclared is a loader of datasets that read banners, titles and lists.
func rowsDeclared(t *testing.T) *Loader {
	t.Helper()
	cat, err := dataset.Load(fstest.MapFS{
		"datasets/seasons.yaml": {Data: []byte(`name: seasons
title: {zh: 季度, en: Seasons}
about: {zh: 一行一县一季度, en: "One county and quarter a row"}
unit: [file]
totals: [合计, 注]
banners: ['^第?[一二三四]季度']
columns:
  - {name: county, title: {zh: 县, en: County}, type: low, required: true}
  - {name: value, title: {zh: 产值, en: Output}, type: float64, required: true}
  - {name: quarter, title: {zh: 季度, en: Quarter}, type: low, of: _banner, match: '([一二三四])季度', required: true}
  - {name: year, title: {zh: 年份, en: Year}, type: int16, of: _title, match: '([0-9]{4})年', required: true}
`)},
		"datasets/teams.yaml": {Data: []byte(`name: teams
title: {zh: 团队, en: Teams}
about: {zh: 一行一人, en: One member a row}
unit: [file]
columns:
  - {name: team, title: {zh: 团队, en: Team}, type: string, required: true}
  - {name: member, title: {zh: 成员, en: Member}, type: string, split: '[、，,；;\n]', required: true}
  - {name: role, title: {zh: 角色, en: Role}, type: low, split: '[、，,；;\n]'}
  - {name: grant, title: {zh: 资助, en: Grant}, type: float64, unit: 万元}
`)},
		"datasets/degrees.yaml": {Data: []byte(`name: degrees
title: {zh: 学历构成, en: Degrees}
about: {zh: 一行一家一学历, en: "One firm and degree a row"}
unit: [file]
columns:
  - {name: firm, title: {zh: 企业, en: Firm}, type: string, required: true}
  - {name: degree, title: {zh: 学历构成, en: Degrees}, type: low, split: '[，,；;、]', match: '^([^0-9]+)[0-9]+人$', required: true}
  - {name: people, title: {zh: 人数, en: People}, type: int32, of: degree, match: '([0-9]+)人$', required: true}
`)},
		"datasets/outputs.yaml": {Data: []byte(`name: outputs
title: {zh: 产值, en: Outputs}
about: {zh: 一行一县, en: One county a row}
unit: [file]
totals: [合计, 小计]
columns:
  - {name: county, title: {zh: 县, en: County}, type: low, required: true}
  - {name: output, title: {zh: 产值, en: Output}, type: float64, unit: 亿元}
  - {name: people, title: {zh: 人数, en: People}, type: int32}
set_checks:
  - {name: sums, totals: [output], reason: {zh: 产值的合计与明细不符, en: The total of the output is not the sum of its rows}}
`)},
		"datasets/shifts.yaml": {Data: []byte(`name: shifts
title: {zh: 值班, en: Shifts}
about: {zh: 一行一岗一日一人, en: "One post, day and person a row"}
unit: [file]
totals: [合计]
unpivot: {columns: '^周(?P<day>[一二三四五])$', values: [person]}
columns:
  - {name: post, title: {zh: 岗位, en: Post}, type: string, required: true}
  - {name: day, title: {zh: 星期, en: Day}, type: low, required: true}
  - {name: person, title: {zh: 值班员, en: Person}, type: string, split: '[、，,；;\n]', required: true}
`)},
		"datasets/wide_outputs.yaml": {Data: []byte(`name: wide_outputs
title: {zh: 历年产值, en: Outputs by year}
about: {zh: 一行一县一年, en: One county and year a row}
unit: [file]
totals: [合计]
unpivot: {columns: '^(?P<year>[0-9]{4})年$', values: [output]}
columns:
  - {name: county, title: {zh: 县, en: County}, type: low, required: true}
  - {name: year, title: {zh: 年份, en: Year}, type: int16, required: true}
  - {name: output, title: {zh: 产值, en: Output}, type: float64, unit: 亿元}
set_checks:
  - {name: sums, totals: [output], action: warn, reason: {zh: 合计与明细不符, en: The total is not the sum of its rows}}
`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l
}

// A banner and a title give their text to the rows that stand below them; the cells are accounted for once.
func TestBannersAndTitles(t *testing.T) {
	l := rowsDeclared(t)
	text := `青田县等2026年产值,
县,产值
一季度,
青田,10
缙云,20
第二季度,
青田,11
缙云,22
合计,63
`
	for name, path := range map[string]string{
		"text":     file(t, "产值.csv", text),
		"workbook": sheets(t, "产值.xlsx", sheetOf{"Sheet1", text}),
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if _, err := l.Withdraw(t.Context(), "seasons", filepath.Base(path), Why{}); err != nil {
					t.Error(err)
				}
			}()
			out := mustLoad(t, l, Request{Path: path, Dataset: "seasons"})
			if out.State != Published || out.Counts.Loaded != 4 || out.Counts.Excluded != 3 || out.Counts.Read != 7 {
				t.Fatalf("got %s %+v %+v %v", out.State, out.Counts, out.Problem, out.Rules)
			}
			got := warehousetest.TSV(t, l.DB, warehouse.SQL("select year, quarter, county, value, _row from mart.seasons order by _row"))
			if want := "2026\t一\t青田\t10\t4\n2026\t一\t缙云\t20\t5\n2026\t二\t青田\t11\t7\n2026\t二\t缙云\t22\t8"; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			told := strings.Join(out.Cells.Told("zh"), "\n")
			if want := "非空单元格 15 = 装入 8 + 拒收 0 + 未用 7（表头 2、表头以上的标题 1、分组标题行 2、合计与附注 2）"; !strings.Contains(told, want) {
				t.Errorf("the run tells\n%s\nwant %s", told, want)
			}
		})
	}
}

// Rows above the first banner have none: they are refused with their address and the reason, and the others load.
func TestNoBannerAbove(t *testing.T) {
	l := rowsDeclared(t)
	out := mustLoad(t, l, Request{Path: file(t, "产值2.csv", "2026年产值,\n县,产值\n青田,10\n一季度,\n缙云,20\n"), Dataset: "seasons"})
	if out.Counts.Loaded != 1 || out.Counts.Rejected != 1 || out.Rules["match"]+out.Rules["required"] != 1 {
		t.Errorf("got %s %+v %v", out.State, out.Counts, out.Rules)
	}
}

// A cell that lists several things is a row for each; a figure beside it counts once, lists go together in order, and
// lists of different lengths refuse the row.
func TestCellsThatListSeveralThings(t *testing.T) {
	l := rowsDeclared(t)
	out := mustLoad(t, l, Request{Path: sheets(t, "团队.xlsx", sheetOf{"名单", "团队,成员,角色,资助\n甲队,张三、李四；王五、,骨干、成员、成员,30\n乙队,赵六,负责人,20\n丙队,钱七、孙八,成员,8\n丁队,周九、吴十,骨干、成员、顾问,5"}), Dataset: "teams"})
	if out.Counts.Loaded != 6 || out.Counts.Rejected != 1 || out.Rules["uneven"] != 1 {
		t.Fatalf("got %s %+v %v %+v", out.State, out.Counts, out.Rules, out.Problem)
	}
	if out.State == Held {
		if _, err := l.Accept(t.Context(), out.Run, Publish, Why{}); err != nil {
			t.Fatal(err)
		}
	}
	got := warehousetest.TSV(t, l.DB, warehouse.SQL("select team, member, role, ifNull(toString(grant), '-'), _row from mart.teams order by _row, member"))
	want := "甲队\t张三\t骨干\t30\t2\n甲队\t李四\t成员\t-\t2\n甲队\t王五\t成员\t-\t2\n乙队\t赵六\t负责人\t20\t3\n丙队\t孙八\t成员\t-\t4\n丙队\t钱七\t成员\t8\t4"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	told := strings.Join(out.Cells.Told("zh"), "\n")
	for _, want := range []string{"非空单元格 20 = 装入 12 + 拒收 4 + 未用 4（表头 4）", "2 行的“成员、角色”各含几项"} {
		if !strings.Contains(told, want) {
			t.Errorf("the run tells\n%s\nwant %s", told, want)
		}
	}
}

// In a wide table a cell of values may list several things too.
func TestCellsOfAWideTableThatListSeveralThings(t *testing.T) {
	l := rowsDeclared(t)
	out := mustLoad(t, l, Request{Path: sheets(t, "值班.xlsx", sheetOf{"表", "岗位,周一,周二,周三\n东门,甲、乙,丙,\n西门,丁,戊；己、,甲\n合计,2,2,1"}), Dataset: "shifts"})
	got := warehousetest.TSV(t, l.DB, warehouse.SQL("select post, day, person from mart.shifts order by _row, day, person"))
	want := "东门\t一\t乙\n东门\t一\t甲\n东门\t二\t丙\n西门\t一\t丁\n西门\t三\t甲\n西门\t二\t己\n西门\t二\t戊"
	if told := strings.Join(out.Cells.Told("zh"), "\n"); got != want || !strings.Contains(told, "2 行的“值班员”各含几项") || !strings.Contains(told, "非空单元格 15 = 装入 7 + 拒收 0 + 未用 8（表头 4、合计与附注 4）") {
		t.Errorf("got %s %+v\n%s\nwant\n%s\n%s", out.State, out.Problem, got, want, told)
	}
}

// 本科3人，硕士2人 is a row for each degree, and the number is read from the same part.
func TestCellOfNamesAndNumbers(t *testing.T) {
	l := rowsDeclared(t)
	out := mustLoad(t, l, Request{Path: file(t, "学历.csv", "企业;学历构成\n甲;本科3人，硕士2人\n乙;专科4人\n"), Dataset: "degrees"})
	if out.State != Published || out.Counts.Loaded != 3 {
		t.Fatalf("got %s %+v %v %+v", out.State, out.Counts, out.Rules, out.Problem)
	}
	if got, want := warehousetest.TSV(t, l.DB, warehouse.SQL("select firm, degree, people from mart.degrees order by _row, degree")), "甲\t本科\t3\n甲\t硕士\t2\n乙\t专科\t4"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A declared check of totals holds a file whose total is not the sum of its rows; other columns are told only.
func TestDeclaredTotals(t *testing.T) {
	l := rowsDeclared(t)
	out := mustLoad(t, l, Request{Path: file(t, "产值一.csv", "县,产值,人数\n甲,10.5,3\n乙,20,4\n合计,30.5,9\n"), Dataset: "outputs"})
	if out.State != Published || !strings.Contains(strings.Join(out.Cells.Told("zh"), "\n"), "C4 “合计”的人数写的是 9，其上各行（2 行）之和是 7") {
		t.Errorf("a wrong total of another column: got %s %+v %v", out.State, out.Problem, out.Cells.Told("zh"))
	}
	out = mustLoad(t, l, Request{Path: file(t, "产值二.csv", "县,产值,人数\n丙,10.5,3\n丁,20,4\n合计,31.5,7\n"), Dataset: "outputs"})
	if out.State != Held || out.Problem.Code != "sums" || !strings.Contains(out.Problem.Text.Zh, "产值的合计与明细不符；B4 “合计”的产值写的是 31.5，其上各行（2 行）之和是 30.5") {
		t.Fatalf("got %s %+v", out.State, out.Problem)
	}
	if _, err := l.Accept(t.Context(), out.Run, Publish, Why{}); err != nil {
		t.Fatal(err)
	}
}

// The totals of a wide table are held against its rows too, each column by itself.
func TestTotalsOfWideTables(t *testing.T) {
	l := rowsDeclared(t)
	out := mustLoad(t, l, Request{Path: file(t, "历年.csv", "县,2019年,2020年\n甲,1,2\n乙,3,4\n合计,4,6\n"), Dataset: "wide_outputs"})
	if out.State != Published || out.Counts.Loaded != 4 || len(out.Cells.Unsummed) > 0 {
		t.Errorf("right totals: got %s %+v %v", out.State, out.Counts, out.Cells.Told("zh"))
	}
	out = mustLoad(t, l, Request{Path: file(t, "历年2.csv", "县,2019年,2020年\n丙,1,2\n丁,3,约4\n合计,4,7\n"), Dataset: "wide_outputs"})
	told := strings.Join(out.Cells.Told("zh"), "\n")
	if out.Counts.Loaded != 3 || len(out.Cells.Unsummed) != 1 || !strings.Contains(told, "C4 “合计”的2020年写的是 7，其上各行（2 行）之和是 2；差的 5 应是 C3 的数：这一格没有读出数来，该行被拒收") {
		t.Errorf("got %s %+v\n%s", out.State, out.Counts, told)
	}
	warned := false
	for _, n := range out.Notes {
		warned = warned || strings.Contains(n.Zh, "合计与明细不符")
	}
	// what was loaded of a row is not what was refused of it
	out = mustLoad(t, l, Request{Path: file(t, "历年3.csv", "县,2019年,2020年\n戊,1,2\n己,3,约4\n合计,1,6\n"), Dataset: "wide_outputs"})
	if told := strings.Join(out.Cells.Told("zh"), "\n"); out.Counts.Loaded != 3 || !strings.Contains(told, "B4 “合计”的2019年写的是 1，其上各行（2 行）之和是 4") || strings.Contains(told, "B3") {
		t.Errorf("got %s %+v\n%s", out.State, out.Counts, told)
	}
	if !warned {
		t.Errorf("no warning among %v", out.Notes)
	}
}

// A table that is turned on its side is held.
func TestSideways(t *testing.T) {
	l := rowsDeclared(t)
	out := mustLoad(t, l, Request{Path: file(t, "产值横.csv", "县,甲,乙,丙\n产值,10.5,20,5\n人数,3,4,5\n"), Dataset: "outputs"})
	if out.State != Held || out.Problem.Code != "sideways" || !strings.Contains(out.Problem.Text.Zh, "第 2 行起有 2 行以列名开头") {
		t.Errorf("got %s %+v", out.State, out.Problem)
	}
	out = mustLoad(t, l, Request{Path: file(t, "产值竖.csv", "县,产值,人数\n产值,10.5,3\n乙,20,4\n"), Dataset: "outputs"})
	if out.State != Published {
		t.Errorf("a row of that name: got %s %+v", out.State, out.Problem)
	}
}

// A file whose rows hold the sums of others as if they were data is held with the question, and may be published.
func TestSumsAsData(t *testing.T) {
	l := rowsDeclared(t)
	path := file(t, "产值三.csv", "县,产值,人数\n一、北片,30.5,7\n甲,10.5,3\n乙,20,4\n二、南片,5,2\n丙,5,2\n")
	out := mustLoad(t, l, Request{Path: path, Dataset: "outputs"})
	if out.State != Held || out.Problem.Code != "counts_twice" || !strings.Contains(out.Problem.Text.Zh, "A2 “一、北片”的各数正是其下 2 行之和") || !strings.Contains(out.Problem.Text.Zh, "A5 “二、南片”") {
		t.Fatalf("got %s %+v", out.State, out.Problem)
	}
	if plan, err := l.Plan(t.Context(), Request{Path: path, Dataset: "outputs"}); err != nil || len(plan.Problems) != 1 || plan.Problems[0].Code != "counts_twice" {
		t.Errorf("plan: %v %v", plan.Problems, err)
	}
	if _, err := l.Accept(t.Context(), out.Run, Publish, Why{}); err != nil {
		t.Fatal(err)
	}
}

// Of years of submissions that were replaced the latest are told.
func TestSupersededBounded(t *testing.T) {
	l := rowsDeclared(t)
	if err := l.DB.Exec(t.Context(), warehouse.Statement{
		Tag: "test.ledger",
		SQL: "insert into meta.ledger (seq, at, batch, dataset, unit, state, loaded) select number + 1, now64(6) - 1, number + 1, 'outputs', 'a', 'published', 1 from numbers(" + strconv.Itoa(MostSuperseded+3) + ")",
	}); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{{}, time.Now().Add(time.Hour)} {
		old, err := l.Superseded(t.Context(), []string{"outputs"}, at)
		if err != nil || len(old) != MostSuperseded || old[0].Batch != MostSuperseded+2 || old[len(old)-1].Batch != 3 {
			t.Errorf("%d submissions, %v", len(old), err)
		}
	}
}
