package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// trial is a dataset with a column of every kind that what stands outside the cells may change.
const trial = `name: t
title: {zh: 试表, en: Trial}
about: {zh: 一行一条。, en: One a row.}
unit: [file]
totals: [合计, 小计, 注]
columns:
  - {name: code, title: {zh: 编号, en: Code}, type: string, required: true}
  - {name: day, title: {zh: 日期, en: Day}, type: date}
  - {name: name, title: {zh: 名称, en: Name}, type: low, parse: trim}
  - {name: amount, title: {zh: 金额, en: Amount}, type: float64, unit: 万元}
  - {name: n, title: {zh: 人数, en: People}, type: int64}
  - {name: rate, title: {zh: 比率, en: Rate}, type: float64, unit: '%'}
  - {name: memo, title: {zh: 备注栏, en: Memo}, type: string}
`

func declare(t testing.TB, yaml string) (*dataset.Catalog, *dataset.Dataset) {
	t.Helper()
	cat, err := dataset.Load(fstest.MapFS{"datasets/t.yaml": {Data: []byte(yaml)}})
	if err != nil {
		t.Fatal(err)
	}
	return cat, cat.Datasets["t"]
}

// outcome is what came of a file: the rows as they were loaded, what was refused, where the cells went.
type outcome struct {
	words   []string // by batch
	rows    []string
	rejects []Reject
	account *account.Account
	notes   []source.Note
	counts  Counts
	sums    []map[string]float64
	hidden  account.Hidden
	err     error
}

// readFile reads a file as a load does, with its rows read ahead and once more without: all that comes of it is the same. The rows
// are the values of the columns, joined by a comma, NULL as -.
func readFile(t testing.TB, yaml, name string) outcome {
	t.Helper()
	alone, r := readWith(t, yaml, name, true), readWith(t, yaml, name, false)
	if !reflect.DeepEqual(alone, r) {
		t.Errorf("%s: in one goroutine\n%v\n%s\nin two\n%v\n%s", name, alone.rows, alone.told(), r.rows, r.told())
	}
	return r
}

func readWith(t testing.TB, yaml, name string, alone bool) (r outcome) {
	t.Helper()
	cat, ds := declare(t, yaml)
	o := source.Options{Header: ds.Header, Deep: ds.HeaderRows}
	if ds.Unpivot != nil {
		o.Want = append(o.Want, source.Want{Fits: ds.Unpivot.Fits})
	}
	for i := range ds.Columns {
		c := &ds.Columns[i]
		o.Want = append(o.Want, source.Want{Names: c.Names(), Fits: c.Fits, Required: c.Required && (ds.Unpivot == nil || !ds.Unpivot.IsSpread(c.Name))})
	}
	f, err := source.Open(t.Context(), name, o)
	if err != nil {
		r.err = err
		return r
	}
	defer f.Close()
	r.account = f.Aside(t.Context())
	for _, table := range f.Tables() {
		b, err := NewReader(t.Context(), ds, table, Options{Alone: alone, Rows: 97, Lists: cat.Lists, Key: make([]byte, 32), Reject: func(x Reject) { r.rejects = append(r.rejects, x) }})
		if err != nil {
			r.err = err
			return r
		}
		for b.Next() {
			r.rows = append(r.rows, rowsOf(b.Record(), len(ds.Columns))...)
			r.words = append(r.words, wordsOf(b.Record()))
		}
		if r.err = b.Err(); r.err != nil {
			return r
		}
		r.account.Add(b.Account())
		r.counts.Add(b.Counts())
		r.sums = append(r.sums, b.Sums())
		r.hidden.Add(b.Hidden())
		b.Release()
	}
	r.notes = f.Notes()
	return r
}

func rowsOf(rec arrow.Record, columns int) []string {
	out := make([]string, rec.NumRows())
	for n := range out {
		cells := make([]string, columns)
		for i := range cells {
			if cells[i] = "-"; !rec.Column(i).IsNull(n) {
				cells[i] = rec.Column(i).ValueStr(n)
			}
		}
		out[n] = strings.Join(cells, ",")
	}
	return out
}

// wordsOf are the dictionaries of a batch, in the order of their words.
func wordsOf(rec arrow.Record) (words string) {
	for _, c := range rec.Columns() {
		if d, ok := c.(*array.Dictionary); ok {
			words += d.Dictionary().String()
		}
	}
	return words
}

// readText reads a text as a file.
func readText(t testing.TB, yaml, text string) outcome {
	t.Helper()
	name := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return readFile(t, yaml, name)
}

// told is all that was said of a file besides the rows, for a test to look in.
func (r *outcome) told() string {
	var b strings.Builder
	for _, x := range r.rejects {
		fmt.Fprintf(&b, "%s [%s] %s\n", x.Cell, x.Rule, x.Reason.Zh)
	}
	if r.account != nil {
		b.WriteString(r.account.Equation("zh") + "\n" + strings.Join(r.account.Lines("zh"), "\n"))
	}
	if r.err != nil {
		b.WriteString("\n" + r.err.Error())
	}
	return b.String()
}

// A unit of money beside a table whose columns declare none is told.
func TestUnitOfNoColumn(t *testing.T) {
	yaml := strings.Replace(trial, ", unit: 万元", "", 1)
	for text, want := range map[string]bool{"单位：万元,\n编号,金额\nA1,5\n": true, "编号,金额\nA1,5\n注：金额单位为元,\n": true, "单位：万元,\n编号,金额（万元）\nA1,5\n": false, "单位：人,\n编号,金额\nA1,5\n": false, "产值表,\n编号,金额\nA1,5\n": false, "单位：万元,\n编号,人数\nA1,5\n": false} {
		if r := readText(t, yaml, text); strings.Contains(r.told(), "金额的列没有声明单位") != want {
			t.Errorf("%q: told\n%s", text, r.told())
		}
	}
	rate := yaml + "  - {name: growth, title: {zh: 增速, en: Growth}, type: float64}\n"
	for text, want := range map[string]bool{"单位：万元,\n编号,增速\nA1,5\n": false, "单位：万元,\n编号,金额\nA1,5\n": true} {
		if r := readText(t, rate, text); strings.Contains(r.told(), "金额的列没有声明单位") != want {
			t.Errorf("%q: told\n%s", text, r.told())
		}
	}
	more := trial + "  - {name: index, title: {zh: 分值, en: Index}, type: float64}\n"
	for _, text := range []string{"编号,金额（元）,分值\nA1,5,6\n注：金额单位为元,,\n", "单位：万元,,\n编号,金额（万元）,分值\nA1,5,6\n", "单位：元,,\n编号,金额（元）,分值\nA1,5,6\n", "产值表（单位：亿元）,,\n编号,金额（万元）,分值\nA1,5,6\n"} {
		if r := readText(t, more, text); strings.Contains(r.told(), "金额的列没有声明单位") {
			t.Errorf("beside a column of money: told\n%s", r.told())
		}
	}
}

// Units that stand outside the cells of their column.
func TestUnitsOutsideTheCells(t *testing.T) {
	for _, tt := range []struct{ name, text, want, told string }{
		{"a line above", "单位：元,,\n编号,金额\nA1,50000\n", "A1,-,-,5,-,-,-", "按表上方的“单位：元”换算：金额"},
		{"a unit above that is the declared one", "单位：万元,,\n编号,金额\nA1,5\n", "A1,-,-,5,-,-,-", "-换算"},
		{"both the declared ones", "单位：万元、人,,\n编号,金额,人数\nA1,5,3\n", "A1,-,-,5,3,-,-", "-换算"},
		{"a line above, in two cells", "单位,元\n编号,金额\nA1,50000\n", "A1,-,-,5,-,-,-", "换算：金额"},
		{"the title", "产值一览表（亿元）,\n编号,金额\nA1,5\n", "A1,-,-,50000,-,-,-", "换算：金额"},
		{"a row of units below", "编号,金额,人数\n,元,人\nA1,50000,3\n", "A1,-,-,5,3,-,-", "表头 5"},
		{"a row of units below, in brackets", "编号,金额,比率\n单位,（亿元）,‰\nA1,5,50\n", "A1,-,-,50000,-,5,-", "表头 6"},
		{"behind a slash", "编号,金额/亿元\nA1,5\n", "A1,-,-,50000,-,-,-", ""},
		{"persons by the ten thousand", "编号,人数（万人）\nA1,5\n", "A1,-,-,-,50000,-,-", ""},
		{"persons by the ten thousand, above", "单位：万人,\n编号,人数\nA1,5\n", "A1,-,-,-,50000,-,-", "换算：人数"},
		{"parts of one", "编号,比率（小数）\nA1,0.5\n", "A1,-,-,-,-,50,-", ""},
		{"tens of persons", "编号,人数（十人）\nA1,5\n", "A1,-,-,-,50,-,-", ""},
		{"tenths", "编号,比率（成）\nA1,3\n", "A1,-,-,-,-,30,-", ""},
		{"money in a column of persons", "编号,人数（万元）\nA1,5\n", "", "人数"},
		{"a row of units with remarks", "编号,名称,金额\n（编号）,（文字）,（千元）\nA1,甲,50\n", "A1,-,甲,50,-,-,-", "C2 [unit_row] 是计量单位，不是数"},
		{"a row of units of which one is not known", "编号,金额,人数\n,元/标箱,人\nA1,50,3\n", "A1,-,-,50,3,-,-", "C2 [unit_row]"},
		{"a row of multipliers below", "编号,金额,人数\n,亿,\nA1,5,3\nA2,6,4\n", "A1,-,-,5,3,-,- A2,-,-,6,4,-,-", "B2 [unit_row] 是计量单位"},
		{"a row of multipliers below, asked about", "编号,金额,人数\n单位,（亿）,人\nA1,5,3\nA2,6,4\n", "A1,-,-,5,3,-,- A2,-,-,6,4,-,-", "C2 [unit_row]"},
		{"a multiplier in a row of data", "编号,名称,金额\nA1,甲,万\nA2,乙,6\n", "A2,-,乙,6,-,-,-", "C2 [number] 不是数字"},
		{"numbers of the columns below", "编号,名称,金额,人数\n甲,乙,1,2\nA1,甲,5,3\n", "A1,-,甲,5,3,-,-", "未用 8（表头 8）"},
		{"units and numbers of the columns below", "编号,名称,金额,人数\n,,元,人\n栏次,,1,2\nA1,甲,50000,3\n", "A1,-,甲,5,3,-,-", "未用 9（表头 9）"},
		{"in other brackets", "编号,金额〔百元〕\nA1,500\n", "A1,-,-,5,-,-,-", ""},
		{"below a footnote", "编号,金额（元）①,人数*\nA1,50000,3\n", "A1,-,-,5,3,-,-", ""},
		{"deals in a column of money", "编号,金额（笔）\nA1,5\n", "", "写的却是笔"},
		{"another currency", "编号,金额（KRW）\nA1,5\n", "", "不是认识的单位"},
		{"in English", "Unit: yuan,\n编号,金额\nA1,50000\n", "A1,-,-,5,-,-,-", "换算：金额"},
		{"at the end", "编号,金额元\nA1,50000\n", "A1,-,-,5,-,-,-", ""},
		{"per thousand", "编号,比率（‰）\nA1,50\n", "A1,-,-,-,-,5,-", ""},
		{"per thousand in a cell", "编号,比率\nA1,50‰\n", "A1,-,-,-,-,5,-", ""},
		{"a heading nobody knows", "编号,金额合计数\nA1,5\n", "A1,-,-,-,-,-,-", "未用的列：B1 金额合计数\n没有表头的列：日期、名称、金额、人数、比率、备注栏"},
		{"dollars above", "单位：万美元,\n编号,金额\nA1,5\n", "", "请换算后写“单位：万元”"},
		{"two that contradict", "单位：元,\n编号,金额（万元）\nA1,5\n", "", "不知道以哪个为准"},
		{"a note above", "注：金额以元为单位,\n编号,金额\nA1,50000\n", "A1,-,-,5,-,-,-", "换算：金额"},
		{"a remark above", "说明：表中金额均以元计,\n编号,金额\nA1,50000\n", "A1,-,-,5,-,-,-", "换算：金额"},
		{"behind an office above", "填报单位：青田县  金额：元,\n编号,金额\nA1,50000\n", "A1,-,-,5,-,-,-", "换算：金额"},
		{"firms above a column of persons", "填报单位：经发局　　填报日期：2027年1月4日　　单位：家,\n编号,人数\nA1,3\n", "A1,-,-,-,3,-,-", "表头以上的标题"},
		{"ten thousand firms above a column of persons", "单位：万家,\n编号,人数\nA1,3\n", "", "单位：万家"},
		{"a share above money", "单位：‰,\n编号,金额\nA1,5\n", "A1,-,-,5,-,-,-", "表边写的单位“‰”没有一列可用；“金额”仍按万元读取"},
		{"a share below money", "编号,金额\nA1,5\n单位：‰,\n", "A1,-,-,5,-,-,-", "表边写的单位“‰”没有一列可用；“金额”仍按万元读取"},
		{"a date, a sender and a telephone above", "填报单位：经发局,填报日期：2027年1月4日,电话：0578-6820000\n编号,金额,人数\nA1,5,3\n", "A1,-,-,5,3,-,-", "表头以上的标题"},
		{"households in a column of persons", "编号,人数（户）\nA1,3\n", "", "户"},
		{"households in a cell of persons", "编号,人数\nA1,3户\n", "", "B2 [unit] 单位与本列不符"},
		{"by the names of columns above", "（比率：‰　金额：亿元）,,\n编号,金额,比率\nA1,5,50\n", "A1,-,-,50000,-,5,-", "按表上方的“比率：‰”换算：比率"},
		{"an office above", "填报单位：万丰集团,\n编号,金额\nA1,5\n", "A1,-,-,5,-,-,-", "表头以上的标题：A1 填报单位：万丰集团"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readText(t, trial, tt.text)
			if got := strings.Join(r.rows, " "); got != tt.want {
				t.Errorf("got %s, want %s\n%s", got, tt.want, r.told())
			}
			if not, bad := strings.CutPrefix(tt.told, "-"); bad == strings.Contains(r.told(), not) {
				t.Errorf("told:\n%s\nwant %q", r.told(), tt.told)
			}
		})
	}
}

// A multiplier above a table that does not say of what is one of money, where there is any: 单位：亿 multiplies no heads.
func TestMultiplierAbove(t *testing.T) {
	yaml := strings.Replace(trial, "type: int64}", "type: int64, unit: 人}", 1) + "  - {name: weight, title: {zh: 重量, en: Weight}, type: float64, unit: 吨}\n"
	const asked = "没有写明是什么的单位，只按它读取金额；照原数读取："
	for _, tt := range []struct{ text, want, told string }{
		{"单位：亿,,\n编号,金额,人数\nA1,5,3\n", "A1,-,-,50000,3,-,-,-", asked + "人数"},
		{"单位：万,,\n编号,金额,人数,重量\nA1,5,3,2\n", "A1,-,-,5,3,-,-,2", asked + "人数、重量"},
		{"单位：万,,\n编号,金额（万元）,人数\nA1,5,3\n", "A1,-,-,5,3,-,-,-", asked + "人数"},
		{"单位：亿,,\n编号,金额（万元）,人数\nA1,5,3\n", "", "不知道以哪个为准"},
		{"单位：万,,\n编号,人数（万人）,金额\nA1,5,3\n", "A1,-,-,3,50000,-,-,-", "-" + asked},
		{"单位：万、人,,\n编号,金额,人数\nA1,5,3\n", "A1,-,-,5,3,-,-,-", "-" + asked},
		{"单位：万,,\n编号,金额\nA1,5\n", "A1,-,-,5,-,-,-,-", "-" + asked},
		{"单位：万,,\n编号,人数,重量\nA1,5,3\n", "A1,-,-,-,50000,-,-,30000", "换算：人数、重量"}, // no money: it is said of them
		{"单位：亿元,,\n编号,金额,人数\nA1,5,3\n", "A1,-,-,50000,3,-,-,-", "-" + asked},
	} {
		r := readText(t, yaml, tt.text)
		if not, bad := strings.CutPrefix(tt.told, "-"); strings.Join(r.rows, " ") != tt.want || bad == strings.Contains(r.told(), not) {
			t.Errorf("%q: got %v, told\n%s\nwant %s, %s", tt.text, r.rows, r.told(), tt.want, tt.told)
		}
	}
}

// A row of multipliers below the heading holds the file.
func TestMultipliersBelow(t *testing.T) {
	for text, want := range map[string]int{"编号,金额,人数\n,亿,\nA1,5,3\n": 1, "编号,金额,人数\n单位,（亿）,人\nA1,5,3\n": 1, "编号,金额,人数\nA0,亿,\nA1,5,3\n": 0, "编号,金额,人数\n合计,万,3\nA1,5,3\n": 0} {
		if r := readText(t, trial, text); len(r.account.Asked) != want {
			t.Errorf("%q: asked %v, told\n%s", text, r.account.Asked, r.told())
		}
	}
}

// A unit is heard in whatever words it is said, wherever units are: in a heading, as the group above it, in the title, in a line above
// or beside the table, in a note below it.
func TestWordsForUnits(t *testing.T) {
	for _, words := range []string{
		"金额以元列示", "以元计", "以元为单位", "按元填列", "按元填报", "以元填列", "按元计列", "以元表示", "以人民币元列示", "金额均以元为计量单位", "金额按元核算", "金额均为元", "资金单位：元", "单位：元", "金额单位为元", "金额统一以元反映", "本表按项目填报，金额以元计", "按月填报，金额以元计", "以户为单位，金额以元计",
	} {
		asked := func(r outcome) bool {
			return len(r.account.Asked) == 1 && strings.Contains(r.account.Asked[0].Zh, "元，而“金额”不是按它读取的") || len(r.account.Against) > 0
		}
		for name, text := range map[string]string{
			"heading": "编号,金额（%s）,人数\nA1,50000,3\n", "with others": "编号,金额（含税；%s）,人数\nA1,50000,3\n", "title": "兑付表（%s）,,\n编号,金额,人数\nA1,50000,3\n", "line": "%s,,\n编号,金额,人数\nA1,50000,3\n",
			"note": "编号,金额,人数\nA1,50000,3\n注：%s,,\n", "remark": "编号,金额,人数,备注\nA1,50000,3,%s\n",
		} {
			r := readText(t, trial, fmt.Sprintf(text, words))
			if name == "note" || name == "remark" && !strings.Contains(words, "项目") {
				if !asked(r) {
					t.Errorf("%s: %s: asked %v %v; told\n%s", words, name, r.account.Asked, r.account.Against, r.told())
				}
			} else if name != "remark" && strings.Join(r.rows, " ") != "A1,-,-,5,3,-,-" {
				t.Errorf("%s: %s: got %s; told\n%s", words, name, r.rows, r.told())
			}
		}
	}
	for _, words := range []string{
		"按月填报", "按季统计", "以项目为单位", "按人均计算", "以户为单位统计", "按比例填列", "以实际为准", "按批次列示", "以元月为起点", "按合同填报", "按权责发生制核算", "以上数据均为初步数", "数据为快报数", "以发票口径", "费用：无", "按单元填报",
	} {
		for name, text := range map[string]string{"heading": "编号,金额（%s）,人数\nA1,5,3\n", "title": "兑付表（%s）,,\n编号,金额,人数\nA1,5,3\n", "line": "%s,,\n编号,金额,人数\nA1,5,3\n", "note": "编号,金额,人数\nA1,5,3\n注：%s,,\n", "remark": "编号,金额,人数,备注\nA1,5,3,%s\n"} {
			if r := readText(t, trial, fmt.Sprintf(text, words)); strings.Join(r.rows, " ") != "A1,-,-,5,3,-,-" || len(r.account.Asked)+len(r.account.Against) > 0 {
				t.Errorf("%s: %s: got %s, asked %v %v; told\n%s", words, name, r.rows, r.account.Asked, r.account.Against, r.told())
			}
		}
	}
	// what the rows are listed by takes the unit from no column
	for _, title := range []string{
		"本表按月报送，金额：元", "人才补贴按月报送表（元）", "奖补按月结算表（元）", "按户编制（元）", "按年填表（元）", "以户为单位统计，金额以元列示", "企业用户统计表（元）", "用户填报表（元）", "2026年用人计划表（元）", "研发费用支出（元）统计表", "公用经费（元）合计表", "失业保险费用按月结算（元）",
	} {
		if r := readText(t, trial, title+",,\n编号,金额,人数\nA1,50000,3\n"); strings.Join(r.rows, " ") != "A1,-,-,5,3,-,-" {
			t.Errorf("%s: got %s; told\n%s", title, r.rows, r.told())
		}
	}
	days := strings.Replace(trial, "name: n, title: {zh: 人数, en: People}, type: int64", "name: n, title: {zh: 工期, en: Days}, type: int64, unit: 天", 1)
	for _, note := range []string{"注：本表按月报送", "注：按月填报", "注：按年统计"} {
		if r := readText(t, days, "编号,金额,工期\nA1,5,3\n"+note+",,\n"); strings.Join(r.rows, " ") != "A1,-,-,5,3,-,-" || len(r.account.Asked) > 0 {
			t.Errorf("%s: got %s, asked %v; told\n%s", note, r.rows, r.account.Asked, r.told())
		}
	}
	for header, want := range map[string]string{
		"金额/人（元）": "-", "金额/月（元）": "-", "金额/户（元）": "-", "金额/亩（万元）": "-",
		"金额/千元（含税）": "5", "金额（含税）/千元": "5", "金额，千元（不含税）": "5", "金额千元（含税）": "5", "金额以千元计": "5", "金额/千元（当月）": "5", "金额/（千元）": "5", "金额（含税）": "50", "金额/万元（含税）": "50", "金额/到位（含税）": "-",
	} {
		if r := readText(t, trial, "编号,"+header+"\nA1,50\n"); strings.Join(r.rows, " ") != "A1,-,-,"+want+",-,-,-" {
			t.Errorf("%s: got %s; told\n%s", header, r.rows, r.told())
		}
	}
}

// A line that takes rows out by a sign is asked about where the sign stands: beside the table, in brackets, before a figure.
func TestSignsBesideTheTable(t *testing.T) {
	for text, want := range map[string]string{
		"×为已注销企业,,\n编号,名称,金额\nA1,甲公司（×）,5\nA2,乙公司,5\n": "B3 “甲公司（×）”",
		"编号,名称,金额\nA1,＊甲公司,5\nA2,乙公司,5\n*为已注销企业,,\n":   "B2 “＊甲公司”",
	} {
		r := readText(t, trial, text)
		if len(r.account.Against) != 1 || !strings.Contains(r.account.Against[0].Zh, want) {
			t.Errorf("%q: asked %v; told\n%s", text, r.account.Against, r.told())
		}
	}
	x := excelize.NewFile()
	for i, row := range [][]any{{"▲为已注销企业"}, {"编号", "名称", "金额"}, {"A1", "甲公司", 5, "▲"}, {"A2", "乙公司", 5}} {
		if err := x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "a.xlsx")
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	if r := readFile(t, trial, name); len(r.account.Against) != 1 || !strings.Contains(r.account.Against[0].Zh, "D3 “▲”") {
		t.Errorf("beside: got %s, asked %v; told\n%s", r.rows, r.account.Against, r.told())
	}
	if r := readText(t, trial, "▲为已注销企业,,\n编号,名称,金额\nA1,甲公司,▲5\nA2,乙公司,5\n"); len(r.rows) != 1 && len(r.account.Against) == 0 {
		t.Errorf("before a figure: got %s, asked %v; told\n%s", r.rows, r.account.Against, r.told())
	}
}

// A unit above a table that measures what a column does in other steps refuses the file: 公顷 above a column of 亩.
func TestUnitsOfOtherSteps(t *testing.T) {
	yaml := strings.Replace(trial, "name: n, title: {zh: 人数, en: People}, type: int64", "name: n, title: {zh: 面积, en: Area}, type: float64, unit: 亩", 1)
	// the figures come in other steps by the header, the row below it, the line above the table or the cell itself
	for text, want := range map[string]string{
		"编号,面积（公里）\nA1,1.5\n": "1500", "单位：公里\n编号,面积\nA1,1.5\n": "1500", "编号,面积\n,（km）\nA1,1.5\n": "1500", "编号,面积\nA1,1.5公里\n": "1500",
		"编号,面积（m）\nA1,1.5\n": "1.5", "编号,面积\nA1,1500米\n": "1500", "编号,面积（亩）\nA1,1.5\n": "", "编号,面积\nA1,1.2万\n": "12000", "编号,面积\nA1,5m\n": "", "编号,面积（元）\nA1,5\n": "",
	} {
		r := readText(t, strings.Replace(trial, "title: {zh: 人数, en: People}, type: int64", "title: {zh: 面积, en: Area}, type: float64, unit: 米", 1), text)
		if got := strings.Join(r.rows, " "); got != strings.TrimSuffix("A1,-,-,-,"+want+",-,-", "A1,-,-,-,,-,-") {
			t.Errorf("metres: %q: got %s, want %s\n%s", text, got, want, r.told())
		}
	}
	// a word that counts things, in a column without a unit
	for text, want := range map[string]string{"编号,人数\nA1,3座\n": "", "编号,名称,金额\nA1,甲,3座\n": ""} {
		r := readText(t, trial, text)
		if got := strings.Join(r.rows, " "); got != want {
			t.Errorf("%q: got %s\n%s", text, got, r.told())
		}
	}
	if r := readText(t, strings.Replace(trial, "zh: 人数", "zh: 枪数", 1), "编号,枪数\nA1,3把\nA2,3元旦\n"); strings.Join(r.rows, " ") != "A1,-,-,-,3,-,-" {
		t.Errorf("3把: got %s\n%s", r.rows, r.told())
	}
	// a unit that only the declaration knows
	for text, want := range map[string]string{"编号,人数（座）\nA1,3\n": "3", "编号,人数\nA1,3座\n": "3", "编号,人数\nA1,3个\n": "3", "编号,人数\nA1,3元\n": "", "编号,人数（元）\nA1,3\n": ""} {
		r := readText(t, strings.Replace(trial, "en: People}, type: int64", "en: People}, type: int64, unit: 座", 1), text)
		if got := strings.Join(r.rows, " "); got != strings.TrimSuffix("A1,-,-,-,"+want+",-,-", "A1,-,-,-,,-,-") || want != "" && strings.Contains(r.told(), "限定") {
			t.Errorf("座: %q: got %s, want %s\n%s", text, got, want, r.told())
		}
	}
	if r := readText(t, trial, "编号,比率（百分点）\nA1,1.2\n"); !strings.Contains(r.told(), "限定了“百分点”") {
		t.Errorf("points: %s", r.told())
	}
	for line, refused := range map[string]bool{"（面积：公顷　金额：元）": true, "单位：公顷": true, "单位：亩、元": false, "面积：亩": false, "建筑面积：5000平方米": false, "面积：公顷数见附表": false} {
		r := readText(t, yaml, line+",,\n编号,金额,面积\nA1,50000,3\n")
		if (len(r.rows) == 0) != refused || refused && !strings.Contains(r.told(), "面积（亩）") {
			t.Errorf("%s: got %q\n%s", line, r.rows, r.told())
		}
	}
}

// Totals, subtotals, means and comparisons are no data, whatever they are called; what only sounds like one is.
func TestTotalsByWhatEverybodyWrites(t *testing.T) {
	for _, words := range []string{
		"东片小计", "青田县合计", "全区合计", "(合计)", "（小计）", "本页小计", "其中：规上", "其中:女", "合计/平均", "Total", "TOTAL:", "Grand Total", "总 数", "平均", "同比增长%", "比上年增长（%）", "小　计", "合　　计", "合计（元）", "一、二组合计", "合 计 数", "总计人数", "汇总", "共计2人", "1-3月累计", "- 合计 -", "【合计】", "  其中：女", "总 计 TOTAL", "Total (all)", "上年同期", "∑",
	} {
		r := readText(t, trial, "编号,名称,金额,人数\nA1,甲公司,1,10\n"+words+",,1,10\nA2,乙公司,2,20\n")
		if len(r.rows) != 2 || r.account.Unused[account.Totals] == nil {
			t.Errorf("%s: got %q\n%s", words, r.rows, r.told())
		}
		r = readText(t, trial, "编号,名称,金额,人数\nA1,甲公司,1,10\n3,"+words+",1,10\nA2,乙公司,2,20\n")
		if len(r.rows) != 2 {
			t.Errorf("%s behind a number: got %q\n%s", words, r.rows, r.told())
		}
	}
	// beside 其中山庄 a text tells
	if r := readText(t, trial, "编号,名称,金额,人数\nA1,甲公司,1,10\n其中山庄,乙公司,1,10\n"); len(r.rows) != 2 {
		t.Errorf("其中山庄: got %q", r.rows)
	}
	for _, words := range []string{"注塑机械厂", "小计算机公司", "青田县审计局", "李会计", "道达尔", "Totalenergies", "同济科技", "环宇公司", "平均律乐器", "增长极公司", "C3", "12", "计算数", "统计"} {
		r := readText(t, trial, "编号,名称,金额,人数\nA1,甲公司,1,10\n"+words+",乙公司,1,10\n")
		if len(r.rows) != 2 {
			t.Errorf("%s: got %q\n%s", words, r.rows, r.told())
		}
		r = readText(t, trial, "编号,名称,金额,人数\nA1,甲公司,1,10\n3,"+words+",1,10\n")
		if len(r.rows) != 2 {
			t.Errorf("%s behind a number: got %q\n%s", words, r.rows, r.told())
		}
	}
	// a group merged into the first column, the bare word in the second
	if r := readText(t, trial, "编号,名称,金额\n东片,甲,1\n东片,小计,1\n"); len(r.rows) != 1 {
		t.Errorf("behind a group: got %q", r.rows)
	}
	// a dataset that declares no totals leaves out a row that is called one, has no name beside it and is the sum of rows above it
	bare := strings.Replace(trial, "totals: [合计, 小计, 注]\n", "", 1)
	for _, tt := range []struct {
		text        string
		rows, asked int
	}{
		{"编号,名称,金额\nA1,甲,1\nA2,乙,2\n一组小计,,3\nB1,丙,4\n二组小计,1家,4\n总　计,,7\n", 3, 0},
		{"编号,日期,金额,人数\nA1,2026-07-01,1,3\nA2,2026-07-02,2,4\n7月计,2026-07-31,3,7\n", 2, 0},
		{"编号,名称,金额,人数\nA1,甲,1,3\nA2,乙,2,4\n合计,,3,8\n", 3, 1}, // it does not fit
		{"编号,名称,金额\nA1,甲,1\nA2,乙,2\n合计,丙厂,3\n", 3, 1},        // it has a name
		{"编号,名称,金额\nA1,甲,1\nA2,乙,2\n合计,,\n", 3, 1},           // it sums nothing
	} {
		if r := readText(t, bare, tt.text); len(r.rows) != tt.rows || len(r.account.Doubled) != tt.asked {
			t.Errorf("%s: got %q, asked %v\n%s", tt.text, r.rows, r.account.Doubled, r.told())
		}
	}
	// kinds of things are not called what no kind is
	kinds := strings.Replace(bare, "title: {zh: 编号,", "title: {zh: 行业,", 1)
	for text, asked := range map[string]string{"行业,日期,金额\n电子,2026-01-01,1\n纺织,2026-01-01,4\n化工,2026-01-01,5\n去年同期,2025-01-01,12\n": "A5 “去年同期”", "行业,日期,金额\n其他,2026-01-01,1\n新增长点,2026-01-01,4\n计划外,2026-01-01,9\n": ""} {
		r := readText(t, kinds, text)
		if got := fmt.Sprint(r.account.Doubled); asked == "" && len(r.account.Doubled) > 0 || !strings.Contains(got, asked) {
			t.Errorf("%s: asked %v\n%s", text, r.account.Doubled, r.told())
		}
	}
}

// A line of a total, a mean, a comparison or a part of another row is no data whatever number stands before it, in
// whatever column its label stands. Where words stand beside the label, or where it may be a name, somebody is asked.
func TestLabelsAnywhere(t *testing.T) {
	head := "编号,名称,金额,人数,备注栏\nA1,甲公司,1,10,\nA2,乙公司,2,20,新\nA3,丙公司,4,41,\n"
	for _, words := range []string{
		"全区平均", "全区合计", "上年同期", "去年同期数", "比上年增长", "比上年增长（%）", "同比", "环比增幅", "占全区比重", "占全区比重（%）", "另：区外企业合计", "以上小计", "人均", "户均", "中位数", "全区中位数", "最高值", "标准差", "年度计划数",
		"计划完成率", "完成率%", "累计", "本年累计", "其中：规上", "其中:女", "其中规上企业", "与上年同期相比", "较去年增加", "上月", "期末余额", "增减额", "增长率", "累计完成", "较目标差额", "距计划", "三家之和", "去重后", "全口径", "承前页", "平均每家", "汇  总", "结转下页", "差值", "涨幅", "样本数", "o/w women", "Net change", "Carried forward", "Prior year", "vs last year", "Sum of above", "排名", "加权平均", "平　均", "合 计", "１３、全区平均", "三、总计", "合計", "进度",
		"Total", "Zone total", "Average", "AVERAGE:", "of which: women", "Sub-total", "YoY", "YoY change", "Median", "Previous year", "Share of total", "Grand Total (all)", "Year-on-year growth",
	} {
		for at, line := range []string{"A13," + words + ",1.5,15,\n", "14," + words + ",1.5,15,\n", words + ",,1.5,15,\n", "—," + words + ",1.5,15,\n", words + ",A13,1.5,15,\n", "A13," + words + ",1.5,15,见附表\n"} {
			if r := readText(t, trial, head+line); len(r.rows) != 3 || len(r.account.Doubled) > 0 || r.account.Unused[account.Totals] == nil {
				t.Errorf("%s, place %d: got %q, asked %v\n%s", words, at, r.rows, r.account.Doubled, r.told())
			}
		}
		for at, line := range []string{words + ",青田县,1.5,15,\n", "青田县," + words + ",1.5,15,\n"} { // a name beside the label
			if r := readText(t, trial, head+line); len(r.rows) == 4 && len(r.account.Doubled) == 0 {
				t.Errorf("%s beside a name, %d: got %q\n%s", words, at, r.rows, r.told())
			}
		}
	}
	for _, words := range []string{"最高", "最低", "目标", "计划", "其中外地人", "另：零星企业", "每户企业", "构成", "不含丙办", "丁办（其中新签）", "全区", "三家企业", "女", "核定数", "合并抵消", "其余单位", "全域", "参考值", "All firms", "MAX", "Target"} {
		r := readText(t, trial, head+"A13,"+words+",1.5,15,\n")
		if len(r.rows) != 4 || len(r.account.Doubled) != 1 || !strings.Contains(r.told(), "B5 “"+strings.NewReplacer("（", "(", "）", ")").Replace(words)+"”像合计行") && !strings.Contains(r.told(), "B5 “"+words+"”像合计行") {
			t.Errorf("%s: got %q, asked %v\n%s", words, r.rows, r.account.Doubled, r.told())
		}
	}
	if r := readText(t, trial, head+"A13,青田县,1.5,15,合计\n"); len(r.account.Doubled) != 1 {
		t.Errorf("in a column of remarks: got %q\n%s", r.rows, r.told())
	}
	// the names of firms, persons, works; kinds of figures listed for each firm
	for _, words := range []string{
		"平均律文化", "合计通软件", "总计算科技", "中位数字传媒", "环比数据公司", "同比科技", "占比分析公司", "完成率咨询", "累计智能装备厂", "人均优选店", "其中文化", "总部经济园", "共计划公司", "小计时器厂", "汇总通科技", "上年味食品", "本月酒业公司", "去年今日酒店", "均瑶集团", "统计师事务所", "计明", "高总", "和平",
		"比亚迪", "增长极公司", "极差异文化", "目标科技", "计划生育协会", "最高人民法院", "全区通物流", "TotalEnergies", "Meanwell", "Maxwell", "Sumec Ltd", "Average Joe's Gym Ltd", "Targetti", "Allianz", "Growth Partners LLC", "排名第一教育", "进度条网络", "加减乘除教育", "线性代数", "天数智芯", "王数", "户均地产", "不含糊面馆", "和府捞面", "上年丰农场", "培训人数", "失业率", "调整科技",
	} {
		for at, line := range []string{"A13," + words + ",1.5,15,\n", "A13," + words + ",1.5,15,新\n", words + ",戊,1.5,15,\n"} {
			if r := readText(t, trial, head+line); len(r.rows) != 4 || len(r.account.Doubled) > 0 {
				t.Errorf("%s, place %d: got %q, asked %v\n%s", words, at, r.rows, r.account.Doubled, r.told())
			}
		}
	}
	if r := readText(t, trial, "编号,名称,金额\nA1,合计通软件,1\nA2,甲公司,2\n"); len(r.rows) != 2 {
		t.Errorf("a firm: got %q", r.rows)
	}
	if r := readText(t, trial, "编号,金额\n合计通软件,1\n总计算科技,2\n说明书印刷厂,3\n"); len(r.rows) != 3 {
		t.Errorf("firms in a table of two columns: got %q\n%s", r.rows, r.told())
	}
	if r := readText(t, trial, "编号,名称,金额\n甲公司,计划数,1\n甲公司,完成数,2\n甲公司,完成率,3.5\n乙公司,计划数,1\n乙公司,完成数,2\n乙公司,完成率,3\n"); len(r.rows) != 6 || len(r.account.Doubled) > 0 || !strings.Contains(r.told(), "像合计行") {
		t.Errorf("kinds of figures: got %q, asked %v\n%s", r.rows, r.account.Doubled, r.told())
	}
	if r := readText(t, trial, "编号,名称,金额\nA1,全市,1\nA2,全市,2\n"); len(r.rows) != 2 || len(r.account.Doubled) > 0 {
		t.Errorf("a table about one thing: got %q, asked %v", r.rows, r.account.Doubled)
	}
	wide := "name: t\ntitle: {zh: 试表, en: Trial}\nabout: {zh: 一行一条。, en: One a row.}\nunit: [file]\ntotals: [合计]\nunpivot: {columns: '^(?P<year>[0-9]{4})$', values: [value]}\ncolumns:\n  - {name: region, title: {zh: 地区, en: Region}, type: string, required: true}\n  - {name: year, title: {zh: 年份, en: Year}, type: int16}\n  - {name: value, title: {zh: 产值, en: Value}, type: float64}\n"
	if r := readText(t, wide, "region,2019,2020,2021\nall,1,2,4\n"); len(r.rows) != 3 || len(r.account.Doubled) > 0 {
		t.Errorf("a wide table about one thing: got %q, asked %v", r.rows, r.account.Doubled)
	}
	yaml := strings.Replace(trial, "title: {zh: 名称, en: Name}", "title: {zh: 指标, en: Name}", 1)
	if r := readText(t, yaml, "编号,指标,金额\nA1,人均产值,1\nA2,全区平均工资,2\nA3,产值增速,3\n"); len(r.rows) != 3 || len(r.account.Doubled) > 0 {
		t.Errorf("a list of kinds of figures: got %q\n%s", r.rows, r.told())
	}
}

// A total is held against the rows that it covers, and told where it fits none.
func TestTotalsAddUp(t *testing.T) {
	head := "编号,名称,金额,人数,比率\n"
	for _, tt := range []struct{ name, text, told string }{
		{"all fit", "A1,甲,1,10,5\nA2,乙,2,20,6\n一组小计,,3,30,5.7\nB1,丙,4,40,7\n二组小计,,4,40,7\n全区合计,,7,70,6.6\n合计,,7,70,\n", ""},
		{"one does not", "A1,甲,1,10,5\nA2,乙,2,20,6\n一组小计,,3,30,\nB1,丙,4,40,7\n二组小计,,5,40,\n合计,,7,71,\n", "C6 “二组小计”的金额写的是 5，其上各行（1 行）之和是 4\nD7 “合计”的人数写的是 71，其上各行（3 行）之和是 70"},
		{"the total stands first", "合计,,3,30,\nA1,甲,1,10,5\nA2,乙,2,20,6\n", ""},
		{"the total stands first and does not fit", "合计,,4,30,\nA1,甲,1,10,5\nA2,乙,2,20,6\n", "C2 “合计”的金额写的是 4，其下各行（2 行）之和是 3"},
		{"a refused row is part of it", "A1,甲,1,10,5\nA2,乙,2,二十,6\n合计,,3,,\n", "[number]"},
		{"a refused row is the difference", "A1,甲,1,10,5\nA2,乙,2,二十,6\n合计,,3,30,\n", "D4 “合计”的人数写的是 30，其上各行（2 行）之和是 10；差的 20 应是 D3 的数：这一格没有读出数来，该行被拒收"},
		{"a refused row is the difference in several columns", "A1,甲,1,10,5\nA2,乙,2,20,X\nA3,丙,4,5,6\n合计,,5,15,\n", "C5 “合计”的金额写的是 5，其上各行（3 行）之和是 7；差的 -2 正是 C3：该行被拒收，合计里没有它\nD5 “合计”的人数写的是 15，其上各行（3 行）之和是 35；差的 -20 正是 D3：该行被拒收，合计里没有它"},
		{"the total leaves out all that were refused", "A1,甲,1,10,5\nA2,乙,2,20,X\nA3,丙,4,5,X\nA4,丁,4,5,6\nA5,戊,4,5,6\nA6,己,4,5,6\n合计,,13,25,\n", "差的 -6 正是被拒收的 2 行之和，合计里没有它们"},
		{"refused rows are not all of the difference", "A1,甲,1,10,5\nA2,乙,二,20,6\nA3,丙,三,20,6\n合计,,9,50,\n", "之和是 1；其中 2 行被拒收，2 行的这一格没有读出数来"},
		{"a blank cell of a refused row is no difference", "A1,甲,1,10,5\nA2,乙,二,,6\nA3,丙,二,—,6\n合计,,1,30,\n", "D5 “合计”的人数写的是 30，其上各行（3 行）之和是 10\n"},
		{"one could not be read, another was refused that could", "A1,甲,1,10,5\nA2,乙,2,二十,6\nA3,丙,二,7,6\n合计,,3,30,\n", "之和是 17；其中 2 行被拒收，1 行的这一格没有读出数来"},
		{"rounded", "A1,甲,1.24,10,5\nA2,乙,2.33,20,6\n合计,,3.6,30,\n", ""},
		{"a part has its sum above it", "一,工业,3,30,\nA1,甲,1,10,5\nA2,乙,2,20,6\n二,服务业,4,40,\nB1,丙,4,40,7\n", "A2 “一”的各数正是其下 2 行之和，像是小计，按数据读取，会重复计数；请删去或写明“小计”\nA5 “二”的各数正是其下 1 行之和"},
		{"a part has its own figures", "一,甲,1,10,5\n二,乙,2,20,6\n三,丙,3.5,30,6\n", ""},
		{"all of it by another name", "A1,甲,0.1,10,5\nA2,乙,0.2,20,6\nA3,全市,0.3,30,\n", "B4 “全市”像合计行"},
		{"what is indented below a part", "A1,甲,1,10,5\n　其中：规上,,1,,\n　　　外资,,1,,\nA2,乙,2,20,6\n", "A4 “外资”像合计行"},
		{"in another unit", "A1,甲,10000元,10,5\nA2,乙,2,20,6\n合计,,30000元,30,\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readText(t, trial, head+tt.text)
			if !strings.Contains(r.told(), tt.told) || tt.told == "" && strings.Contains(r.told(), "之和") || strings.HasPrefix(tt.told, "[") && strings.Contains(r.told(), "之和") {
				t.Errorf("told:\n%s\nwant %q", r.told(), tt.told)
			}
		})
	}
}

// A total fits the rows above it where those that are sums of others are left out: what is wrong is told of them alone.
func TestTotalsOverParts(t *testing.T) {
	text := "编号,名称,金额,人数,比率\nA1,甲,1.25,10,5\nA2,乙,2.5,20,6\n北片计,,3.75,30,\nA3,丙,1,15,7\nA4,丁,3.75,25,7\n南片计,,4.75,40,\n以上共计,,%s,70,\n"
	for figure, wrong := range map[string]bool{"8.5": false, "17": false, "9.5": true} {
		r := readText(t, trial, fmt.Sprintf(text, figure))
		told := r.told()
		if !strings.Contains(told, "A4 “北片计”的各数正是其上 2 行之和") || strings.Contains(told, "“以上共计”的金额") != wrong || strings.Contains(told, "“以上共计”的人数") {
			t.Errorf("%s: told\n%s", figure, told)
		}
	}
}

// Rows that are sums of others and are read as data hold the file; what may be so by chance, or is a group that is
// named once, does not.
func TestSumsReadAsData(t *testing.T) {
	head := "编号,名称,金额,人数,比率\n"
	for _, tt := range []struct {
		name, text string
		want       int
	}{
		{"parts with the sums of their rows", "一、工业,,3,30,\n1,甲,1,10,5\n2,乙,2,20,6\n二、服务业,,4,40,\n1,丙,4,40,7\n", 2},
		{"parts in brackets", "（一）工业,,3,30,\n甲,,1,10,5\n乙,,2,20,6\n（二）服务业,,5,41,\n丙,,4,40,7\n", 2},
		{"parts whose sums differ", "一、工业,,3.5,31,\n甲,,1,10,5\n乙,,2,20,6\n二、服务业,,5,41,\n丙,,4,40,7\n", 2},
		{"parts in other numerals", "1、工业,,3,30,\nA1,甲,1,10,5\nA2,乙,2,20,6\n2、服务业,,4,40,\nA3,丙,1,15,7\nA4,丁,3,25,7\n", 2},
		{"parts without a number", "工业,,3,30,\nA1,甲,1,10,5\nA2,乙,2,20,6\n服务业,,4,40,\nA3,丙,1,15,7\nA4,丁,3,25,7\n", 2},
		{"parts within parts", "一、工业,,7,70,\n（一）轻工,,3,30,\nA1,甲,1,10,5\nA2,乙,2,20,6\n（二）机械,,4,40,\nA3,丙,1,15,7\nA4,丁,3,25,7\n二、其他,,5,9,\nA5,戊,4,5,\nA6,己,1,4,\n", 4},
		{"below their rows", "A1,甲,1,10,5\nA2,乙,2,20,6\n工业,,3,30,\nA3,丙,1,15,7\nA4,丁,3,25,7\n服务业,,4,40,\n", 2},
		{"a table without names", "工业,,3,30,\n甲,,1,10,5\n乙,,2,20,6\n服务业,,4,40,\n丙,,1,15,7\n丁,,3,25,7\n", 1},
		{"a name is missing", "A1,甲,1,10,5\nA2,,2,20,6\nA3,丙,2,20,7\nA4,丁,3,25,7\n", 0},
		{"names are missing", "A1,甲,1,10,5\nA2,,2,20,6\nA3,,2,20,7\nA4,,3,25,7\nA5,,1,1,\nA6,丁,1,1,\n", 0},
		{"no names", "A1,,1,1,\nA2,,1,1,\nA3,,2,2,\nA4,,4,4,\n", 0},
		{"parts within parts without names", "全县,,7.5,71,\n东片,,3.5,31,\n甲,,1.25,11,5\n乙,,2.25,20,6\n西片,,4,40,\n丙,,1,15,7\n丁,,3,25,7\n", 1},
		{"comparisons at the end that have no word for it", "A1,甲,1,10,5\nA2,乙,2,20,6\nA3,丙,4,40,7\n应有,,9,90,\n余下,,2,20,\n", 2},
		{"no name at the end, nor before", "A1,甲,1,10,5\nA2,,2,20,6\nA3,丙,4,40,7\nA4,,9,90,\n", 0},
		{"groups that are named once", "一,甲,1,10,5\n,乙,2,20,6\n二,丙,4,40,7\n,丁,4,41,7\n", 0},
		{"a numbered list", "一,甲,1,10,5\n二,乙,2,20,6\n三,丙,3,30,6\n", 0},
		{"a last row without a name", "A1,甲,12.5,10,5\nA2,乙,2,23,6\nA3,,14.5,33,\n", 1},
		{"a first row by another name", "全区,,14.5,33,\nA1,甲,12.5,10,5\nA2,乙,2,23,6\n", 1},
		{"a first row that is the sum", "青田,,18.5,43,\nA1,甲,12.5,10,5\nA2,乙,2,23,6\nA3,丙,4,10,6\n", 1},
		{"a series", "A1,甲,1000.25,10,5\nA2,乙,2000.5,20,6\nA3,丙,3000.75,30,6\n", 0},
		{"a last row beside which no name stands", "A1,甲,1,1,5\nA2,乙,1,1,6\nA9,,2,2,\n", 1},
		{"a first row beside which no name stands", "青田县,,2,2,\nA1,甲,1,1,5\nA2,乙,1,1,6\n", 1},
		{"by chance, in a table without names", "A1,,1,1,5\nA2,,1,1,6\nA9,,2,2,\n", 0},
		{"means at the end", "A1,甲,12.5,10,5\nA2,乙,22.5,23,6\nA3,丙,7.1,31,6\nA4,全域,14.03,21.3,6\n", 1},
		{"means of few digits", "A1,甲,1.5,10,5\nA2,乙,2.5,23,6\nA3,丙,3.5,31,6\nA4,丁,2.5,,6\n", 0},
		{"by chance", "A1,甲,1,1,5\nA2,乙,1,1,6\nA3,丙,2,2,7\nA4,丁,3,1,7\n", 0},
		{"round figures by chance", "A1,甲,,100,5\nA2,乙,,200,6\nA3,丙,,300,7\n", 0},
		{"what is indented below a part", "A1,甲,1,10,5\n　其中：规上,,1,,\n　　　外资,,1,,\nA2,乙,2,20,6\n", 1},
		{"what is indented below its sum", "农业园,甲,300,14,5\n　面粉线,乙,200,10,5\n　挂面线,丙,100,4,5\n工业园,丁,80,4,5\n　压铸线,戊,80,4,6\n", 2},
		{"what is indented below hundreds of sums", strings.Repeat("农业园,甲,300,14,5\n　面粉线,乙,200,10,5\n　挂面线,丙,100,4,5\n", 450), 1},
		{"indented twice", "全县,甲,7.5,71,\n　东片,乙,3.5,31,\n　　面粉线,丙,1.25,11,5\n　　挂面线,丁,2.25,20,6\n　西片,戊,4,40,\n　　压铸线,己,4,40,7\n", 3},
		{"a blank in front of some", "A1,甲,300,1,5\n A2,乙,300,1,6\nA3,丙,300,1,6\n A4,丁,300,1,6\n", 0},
		{"firms below the firm that owns them", "A1,甲,500,90,5\n　A2,乙,20,10,6\n　A3,丙,30,20,6\nA4,丁,60,7,6\n　A5,戊,10,3,6\n", 0},
		{"a name is set in behind a number", "1,农业园,300,14,5\n2,　面粉线,200,10,5\n3,　挂面线,100,4,5\n4,工业园,80,4,5\n5,　压铸线,80,4,6\n", 2},
		{"one figure indented by chance", "A1,甲,2,,5\n　A2,乙,1,,6\n　A3,丙,1,,6\nA4,丁,7,,6\n", 0},
		{"a bare row at the end of a table with a figure that fits by chance", "A1,甲,2,,5\n　A2,乙,1,,6\n　A3,丙,1,,6\nA4,丁,7,,6\n核算,,12,,\n", 1},
		{"persons and their daily rate", "甲,,2,200,\n乙,,1,100,\n丙,,1,100,\n丁,,1,100,\n戊,,1,100,\n", 0},
		{"a table without names, half of its parts of two rows", "农业,,300,14,\n面粉,,200,10,\n挂面,,100,4,\n工业,,80,4,\n压铸,,80,4,\n", 1},
		{"two alike, of one figure", "农业,,3,,\n面粉,,2,,\n挂面,,1,,\n工业,,8,,\n压铸,,8,,\n", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			yaml := strings.Replace(strings.Replace(trial, "type: string, required: true}", "type: string}", 1), "type: int64", "type: float64", 1)
			if r := readText(t, yaml, head+tt.text); len(r.account.Doubled) < tt.want || tt.want == 0 && len(r.account.Doubled) > 0 {
				t.Errorf("asked %v, want %d; told\n%s", r.account.Doubled, tt.want, r.told())
			}
		})
	}
}

// Rows that are sums under names of their own are asked about where it can hardly be chance, and told where it may be one; a row below
// which 其中 stands is one. What stands alone in its row and numbers a part of the table is no row.
func TestSumsByOtherNames(t *testing.T) {
	for _, tt := range []struct {
		name, text  string
		rows, asked int
		told        string
	}{
		{"the whole, first", "Q0,县本级,22,6\nA1,甲,5,1\nA2,乙,7,2\nA3,丙,10,3\n", 4, 1, "A2 “Q0”的各数正是其下 3 行之和"},
		{"a name, first", "Q0,东片,22,6\nA1,甲,5,1\nA2,乙,7,2\nA3,丙,10,3\n", 4, 0, "A2 “Q0”的各数正是其下 3 行之和"},
		{"one figure, first", "Q0,东片,22,6\nA1,甲,5,1\nA2,乙,7,2\nA3,丙,10,2\n", 4, 0, ""},
		{"since a total", "A1,甲,5,1\nA2,乙,7,2\n合计,,12,3\nA3,丙,8,3\nA4,丁,10,4\nZ,三园,18,7\n", 5, 0, "A7 “Z”像合计行"},
		{"since a total, of many digits", "A1,甲,5,1\nA2,乙,7,2\n合计,,12,3\nA3,丙,8.25,3\nA4,丁,1000.5,4\nZ,三园,1008.75,7\n", 5, 1, ""},
		{"a group and its parts", "P1,雁湖片区,12,3\n其中：甲,,5,1\nA2,乙,7,2\nP2,临江片区,28,5\n其中：丙,,8,2\nA4,丁,20,3\n", 4, 2, ""},
		{"a part that is none of a group", "A1,甲,12,3\n其中：女,,5,1\nA2,乙,9,2\nA3,丙,28,5\n其中：女,,8,2\nA4,丁,2,1\n", 4, 0, ""},
		{"titles of parts", "一、雁湖片区\nA1,甲,5,1\n—— 临江片区 ——\nA2,乙,7,2\n（二）其他\nA3,丙,9,2\n", 3, 0, "合计与附注：A2 一、雁湖片区、A4 —— 临江片区 ——、A6 （二）其他"},
		{"titles of parts in brackets", "【东片】,,,\nA1,甲,5,1\n【西片】,,,\nA2,乙,7,2\n", 2, 0, "合计与附注：A2 【东片】、A4 【西片】"},
		{"parts numbered above their sums, which stand below", "A1,甲,3,1\nA2,乙,4,2\n一、松口镇,,7,3\nA3,丙,5,3\nA4,丁,6,4\n二、北埠乡,,11,7\n汇总,,18,10\n", 6, 1, "A4 “一、松口镇”的各数正是其上 2 行之和"},
		{"rows that are numbered, one the sum of others", "一、甲厂,,3,1\n二、乙厂,,4,2\n三、丙厂,,7,3\n", 3, 0, "A4 “三、丙厂”像合计行"},
		{"a name, a blank and 计", "王设计,甲,5,1\nA2,乙,7,2\n城关镇 计,,12,3\n", 2, 0, "合计与附注：A4 城关镇 计"},
		{"proportional figures are one witness", "A1,甲,1.5,1\nA2,乙,3,2\nA3,丙,4.5,3\nA4,丁,6,4\n", 4, 0, ""},
		{"names that begin with a number", "三一重工,甲,5,1\n一、工业,乙,7,2\n二厂,,,\n", 3, 0, ""},
	} {
		r := readText(t, trial, "编号,名称,金额,人数\n"+tt.text)
		if len(r.rows) != tt.rows || len(r.account.Doubled) != tt.asked || tt.told != "" && !strings.Contains(r.told()+fmt.Sprint(r.account.Doubled), tt.told) || tt.told == "" && tt.asked == 0 && strings.Contains(r.told(), "像合计") {
			t.Errorf("%s: %d rows, asked %v; told\n%s", tt.name, len(r.rows), r.account.Doubled, r.told())
		}
	}
}

// A line among the rows that says another value than the default of a column without a heading holds the file.
func TestDefaultTurns(t *testing.T) {
	const table = "编号,名称,金额\nA1,甲,5\n%s,,\nA2,乙,6\n"
	by := `  - {name: way, title: {zh: 方向, en: Way}, type: low, default: 入库, default_by: [{title: '领用|出库', default: 出库}, {title: 入库, default: 入库}]}` + "\n"
	plain := `  - {name: way, title: {zh: 方向, en: Way}, type: low, default: 入库}` + "\n"
	for _, tt := range []struct {
		column, line string
		asked        bool
	}{{by, "领用情况", true}, {by, "入库情况", false}, {by, "东片", false}, {by, "注：本表不含已领用、报废物资", false}, {by, "本表不含领用物资", false}, {by, "二、领用物资", true}, {by, "本月领用", true}, {by, "领用", true}, {by, "二、返聘专家领用", false}, {by, "领用处", false}, {by, "二、退休教师（领用）", false}, {plain, "出库情况", true}, {plain, "东片", false}, {"", "领用情况", false}} {
		r := readText(t, trial+tt.column, fmt.Sprintf(table, tt.line))
		if (len(r.account.Stacked) > 0) != tt.asked {
			t.Errorf("%s: asked %v", tt.line, r.account.Stacked)
		}
	}
	if r := readText(t, trial+by, "编号,名称,金额,方向\nA1,甲,5,入库\n领用情况,,,\nA2,乙,6,出库\n"); len(r.account.Stacked) > 0 {
		t.Errorf("asked %v where each row says it", r.account.Stacked)
	}
}

// A remark that says of a figure below 0 why it is speaks against nothing; beside another figure it does.
func TestReversals(t *testing.T) {
	for row, asked := range map[string]int{"A2,乙,-5,,冲红": 0, "A2,乙,(5),,已退款": 0, "A2,乙,\"（5,000）\",,冲红": 0, "A2,乙,－5,,冲红": 0, "A2,乙,-5,,（2026年3月已退款）": 0, "A2,乙,5,,冲红": 1, "A2,乙,5,,(2026年3月已退款)": 1, "A2,乙,-5,,此单作废，已退款": 1, "A2,乙,-5,,冲红，作废": 1, "A2,乙,-5,,退回": 1, "A2,乙,5,,已退款": 1, "A2,乙,5,,冷冲压": 0} {
		if r := readText(t, trial, "编号,名称,金额,人数,备注\nA1,甲,5,,\n"+row+"\n"); len(r.account.Against) != asked {
			t.Errorf("%s: asked %v", row, r.account.Against)
		}
	}
	for row, asked := range map[string]int{"A2,5,-3.2,已核减": 1, "A2,5,-3.2%,冲红": 1, "A2,-5,3.2,冲红": 0} {
		if r := readText(t, trial, "编号,金额,比率,备注\nA1,5,2.1,\n"+row+"\n"); len(r.account.Against) != asked {
			t.Errorf("%s: asked %v", row, r.account.Against)
		}
	}
}

// Rows that are the sums of those set in below them are heard where no words for totals are declared, too.
func TestSetInWithoutTotals(t *testing.T) {
	yaml := strings.Replace(trial, "totals: [合计, 小计, 注]\n", "", 1)
	for text, asked := range map[string]int{"片一,甲,7,\n　甲店,乙,3,\n　乙店,丙,4,\n": 0, "片一,甲,7.25,31\n　甲店,乙,3.25,11\n　乙店,丙,4,20\n片二,甲,5,9\n": 1} {
		if r := readText(t, yaml, "编号,名称,金额,人数\n"+text); len(r.account.Doubled) != asked || !strings.Contains(r.told()+fmt.Sprint(r.account.Doubled), "A3 “甲店”起 2 行缩进的行，各数之和正是其上一行") {
			t.Errorf("asked %v; told\n%s", r.account.Doubled, r.told())
		}
	}
}

// Figures of months side by side below a title that says 累计 are told.
func TestCumulatedMonths(t *testing.T) {
	wide := `name: t
title: {zh: 试表, en: Trial}
about: {zh: 一行一镇一月。, en: A town and month a row.}
unit: [file]
unpivot: {columns: '^(?P<month>[0-9]{4}年[0-9]{1,2}月)$', values: [value]}
columns:
  - {name: town, title: {zh: 乡镇, en: Town}, type: string, required: true}
  - {name: month, title: {zh: 月份, en: Month}, type: date, parse: period_start, required: true}
  - {name: value, title: {zh: 产值, en: Output}, type: float64, required: true}
`
	const table = "乡镇,2026年1月,2026年2月\n甲,1,3\n"
	for title, want := range map[string]bool{"（累计数）,,\n": true, "产值表,,\n": false} {
		for _, yaml := range []string{wide, strings.Replace(wide, "zh: 产值", "zh: 累计产值", 1)} {
			if r := readText(t, yaml, title+table); strings.Contains(r.told(), "说的是累计数") != (want && yaml == wide) || len(r.rows) != 2 {
				t.Errorf("%s: told\n%s", title, r.told())
			}
		}
	}
}

// A column headed 合计 is held against the columns whose sums it states, row by row.
func TestSumsAcross(t *testing.T) {
	yaml := strings.Replace(trial, "columns:\n", "columns:\n  - {name: men, title: {zh: 男, en: Men}, type: int64}\n  - {name: women, title: {zh: 女, en: Women}, type: int64}\n", 1)
	wide := "name: t\ntitle: {zh: 试表, en: Trial}\nabout: {zh: 一行一条。, en: One a row.}\nunit: [file]\ntotals: [合计]\nheader_rows: 2\nunpivot: {columns: '^(?P<year>[0-9]{4})年/(?P<sector>.+)$', values: [value], skip: '合计$'}\ncolumns:\n  - {name: code, title: {zh: 县, en: County}, type: string, required: true}\n  - {name: year, title: {zh: 年份, en: Year}, type: int16, required: true}\n  - {name: sector, title: {zh: 产业, en: Sector}, type: low, required: true}\n  - {name: value, title: {zh: 产值, en: Value}, type: float64}\n"
	for _, tt := range []struct{ name, yaml, text, told string }{
		{"fit", yaml, "编号,男,女,合计\nA1,3,4,7\nA2,1,2,3\n", ""},
		{"one does not", yaml, "编号,男,女,合计\nA1,3,4,7\nA2,1,2,4\nA3,5,5,10\n", "“合计”列有 1 格与本行各数之和不符：D3"},
		{"in front", yaml, "编号,合计,男,女\nA1,7,3,4\nA2,4,1,2\n", "“合计”列有 1 格与本行各数之和不符：B3"},
		{"of other things", yaml, "编号,男,女,合计\nA1,3,4,17\nA2,1,2,14\nA3,5,5,10\n", "“合计”列有 2 格与本行各数之和不符：D2 D3；明细照常读取（多数不符"},
		{"a wide table", wide, "县,2025年,,,2026年,,\n,一产,二产,合计,一产,二产,合计\n甲,1,2,3,1,2,3\n乙,1.5,2,3.5,1.5,2,4\n合计,2.5,4,6.5,2.5,4,7\n", "“2026年/合计”列有 2 格与本行各数之和不符：G4 G5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readText(t, tt.yaml, tt.text)
			if len(r.rows) == 0 || !strings.Contains(r.told(), tt.told) || tt.told == "" && strings.Contains(r.told(), "“合计”列") {
				t.Errorf("got %q; told\n%s\nwant %s", r.rows, r.told(), tt.told)
			}
		})
	}
}

// A date in a column of words is what a spreadsheet has made of something else, and a number below 61 under a date format
// shows as a day of 1900.
func TestDatesWhereNoneBelong(t *testing.T) {
	x := excelize.NewFile()
	x.SetSheetRow("Sheet1", "A1", &[]any{"编号", "名称", "人数"})
	x.SetSheetRow("Sheet1", "A2", &[]any{"A1", "甲", 9})
	x.SetSheetRow("Sheet1", "A3", &[]any{"A2", 46086, 9})
	x.SetSheetRow("Sheet1", "A4", &[]any{"A3", "丙", 9})
	style, err := x.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	x.SetCellStyle("Sheet1", "B3", "B3", style)
	x.SetCellStyle("Sheet1", "C4", "C4", style)
	name := filepath.Join(t.TempDir(), "t.xlsx")
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	r := readFile(t, trial, name)
	if strings.Join(r.rows, " ") != "A1,-,甲,-,9,-,-" || !strings.Contains(r.told(), "B3 [date_in_text]") || !strings.Contains(r.told(), "C4 [number_format]") {
		t.Errorf("got %s\n%s", r.rows, r.told())
	}
}

// Long numbers all of which end in zeros have lost their last digits; one that does not speaks against it.
func TestNumbersCut(t *testing.T) {
	for rows, want := range map[string]bool{
		"910102199001010000\n910102198507124000\n":                    true,
		"910102199001010000\n910102198507124001\n":                    false,
		"910102199001010000\nA1\n":                                    false,
		"9101021990010000\nX10102199001010000\n9101021990020000\n7\n": true,
	} {
		r := readText(t, trial, "编号\n"+rows)
		if strings.Contains(r.told(), "第 15 位之后都是 0") != want || want && !strings.Contains(r.told(), "号码（A2、A") {
			t.Errorf("%q: told\n%s", rows, r.told())
		}
	}
}

// A column of units that is not the unit in which the figures beside it were read is asked about.
func TestColumnOfUnits(t *testing.T) {
	for rows, want := range map[string]string{
		"A1,123,元\nA2,5,万元\n":    "C2 说这一行的单位是元，而“金额”不是按它读取的",
		"A1,123,万元\nA2,5,千元\n":   "C3 说这一行的单位是千元，而“金额”不是按它读取的",
		"A1,123,万元\nA2,5,万元\n":   "",
		"A1,123,万\nA2,5,千\n":     "C3 说这一行的单位是千，而“金额”不是按它读取的",
		"A1,123,万\nA2,5,万\n":     "",
		"A1,123,统计局\nA2,5,三十局\n": "",
		"A1,123,甲厂\nA2,5,元元商店\n": "",
	} {
		for _, heading := range []string{"单位", "计价单位", "统计单位", "金额量级", "数量级", "单位倍率"} {
			r := readText(t, trial, "编号,金额,"+heading+"\n"+rows)
			got := ""
			for _, q := range r.account.Asked {
				got += q.Zh
			}
			if got != want {
				t.Errorf("%s, %q: asked %q, want %q", heading, rows, got, want)
			}
		}
	}
}

// A column of currencies says nothing of multiples.
func TestColumnOfCurrencies(t *testing.T) {
	for rows, want := range map[string]int{"A1,5,人民币\n": 0, "A1,5,元\n": 0, "A1,5,CNY\n": 0, "A1,5,美元\n": 1, "A1,5,USD\n": 1, "A1,5,千元\n": 1, "A1,5,万元\n": 0} {
		for _, heading := range []string{"金额", "金额（万元）"} {
			if r := readText(t, trial, "编号,"+heading+",币种\n"+rows); len(r.account.Asked) != want {
				t.Errorf("%s, %q: asked %v", heading, rows, r.account.Asked)
			}
		}
	}
}

// It is asked about beside a heading that gives a unit itself too.
func TestColumnOfUnitsBesideAUnit(t *testing.T) {
	for rows, want := range map[string]int{"A1,5,6,元\n": 1, "A1,5,6,万元\n": 0, "A1,5,6,人\n": 0, "A1,5,6,千\n": 1, "A1,5,6,万\n": 0, "A1,5,6,台\n": 0} {
		if r := readText(t, trial, "编号,金额（万元）,人数,计量单位\n"+rows); len(r.account.Asked) != want {
			t.Errorf("%q: asked %v", rows, r.account.Asked)
		}
	}
}

// A line among the rows, or a heading beside the table, that gives another unit than the figures were read in is asked about.
func TestUnitsAmongRowsAndBeside(t *testing.T) {
	for text, want := range map[string]string{
		"编号,金额（万元）,人数\nA1,5,6\n以下金额单位为元,,\nA2,50000,6\n": "A3 的“以下金额单位为元”说单位是元，而“金额”按表头的万元读取",
		"编号,金额（万元）,人数\nA1,5,6\n单位：万元,,\nA2,5,6\n":        "",
		"编号,金额（万元）,人数\nA1,5,6\n单位：人,,\nA2,5,6\n":         "",
		"编号,金额,人数,金额均为元\nA1,50000,6,\nA2,60000,6,\n":     "D1 的附注“金额均为元”说单位是元，而“金额”不是按它读取的",
		"编号,金额,人数,金额均为万元\nA1,5,6,\nA2,6,6,\n":            "",
		"编号,金额（万元）,人数,其他金额（元）\nA1,5,6,7\nA2,6,6,7\n":     "",
	} {
		got := ""
		for _, q := range readText(t, trial, text).account.Asked {
			got += q.Zh
		}
		if got != want {
			t.Errorf("%q: asked %q, want %q", text, got, want)
		}
	}
}

// A default of which a heading, a title or the file says the opposite is asked about.
func TestDefaultsOpposed(t *testing.T) {
	yaml := strings.Replace(trial, "columns:\n", "columns:\n  - {name: way, title: {zh: 方向, en: Way}, type: low, default: 入库}\n", 1)
	yaml = strings.Replace(yaml, "type: date}", "type: date, aliases: [出库日期, 入库日期, 报损日期, 登记日期]}", 1)
	for _, tt := range []struct {
		name, text string
		asked      bool
	}{
		{"a heading", "编号,出库日期\nA1,2026-03-01\n", true},
		{"a title", "防汛物资领用（出库）登记,\n编号,日期\nA1,2026-03-01\n", true},
		{"the word itself", "编号,入库日期\nA1,2026-03-01\n", false},
		{"the word itself below a title", "物资出库入库登记,\n编号,入库日期\nA1,2026-03-01\n", false},
		{"both", "物资出库与入库登记,\n编号,日期\nA1,2026-03-01\n", false},
		{"the cell says so", "编号,出库日期,方向\nA1,2026-03-01,出库\n", false},
		{"another word, which may mean the same", "编号,报损日期\nA1,2026-03-01\n", false},
		{"nothing", "2026年支出明细,\n编号,日期\nA1,2026-03-01\n", false},
		{"a blank cell below a title of another value", "防汛物资报损清单,,\n编号,日期,方向\nA1,2026-03-01,报损\nA2,2026-03-02,\n", true},
		{"a blank cell below the opposite", "防汛物资出库清单,,\n编号,日期,方向\nA1,2026-03-01,其他\nA2,2026-03-02,\n", true},
		{"a blank cell below a title of both", "防汛物资入库报损清单,,\n编号,日期,方向\nA1,2026-03-01,报损\nA2,2026-03-02,\n", false},
		{"a blank cell below a title of neither", "防汛物资清单,,\n编号,日期,方向\nA1,2026-03-01,报损\nA2,2026-03-02,\n", false},
		{"no blank cell", "防汛物资报损清单,,\n编号,日期,方向\nA1,2026-03-01,报损\n", false},
	} {
		r := readText(t, yaml, tt.text)
		if strings.Contains(tt.text, "清单") {
			if got := fmt.Sprint(r.account.Against); strings.Contains(got, "列“方向”有 1 格空着（C4 起），按缺省的“入库”计") != tt.asked {
				t.Errorf("%s: asked %s", tt.name, got)
			}
			continue
		}
		if told := strings.Contains(r.told(), "“报损日期”说的像是别的"); told != strings.Contains(tt.text, "报损") {
			t.Errorf("%s: told\n%s", tt.name, r.told())
		}
		if got := fmt.Sprint(r.account.Against); strings.Contains(got, "请加上“方向”一列") != tt.asked || len(r.rows) != 1 {
			t.Errorf("%s: got %q, asked %s\n%s", tt.name, r.rows, got, r.told())
		}
	}
}

// What a blank or absent cell means may follow from the headings, or from the title; where they contradict
// each other the file is refused.
func TestDefaultByWhatStandsOutside(t *testing.T) {
	yaml := strings.Replace(trial, "columns:\n", `columns:
  - name: way
    title: {zh: 流向, en: Way}
    type: low
    default: in
    default_by: [{header: '^(离职|流出)日期$', default: out}, {header: '^入职日期$', default: in}, {title: 流出, default: out}, {title: 引进, default: in}]
`, 1)
	yaml = strings.Replace(yaml, "type: date}", "type: date, aliases: [离职日期, 入职日期]}", 1)
	for _, tt := range []struct{ name, text, want, told string }{
		{"nothing says so", "编号,日期\nA1,2026-03-01\n", "in", ""},
		{"a heading", "编号,离职日期\nA1,2026-03-01\n", "out", "按“离职日期”，“流向”空着或没有这一列时为 out"},
		{"a title", "2026年流出人员名单,\n编号,日期\nA1,2026-03-01\n", "out", "按“2026年流出人员名单”"},
		{"a title of both", "引进与流出人员名单,\n编号,日期\nA1,2026-03-01\n", "in", ""},
		{"a title of people who came and left", "引进人才流出情况,\n编号,日期\nA1,2026-03-01\n", "out", "按“引进人才流出情况”"},
		{"a heading and a title", "引进人才名单,\n编号,离职日期\nA1,2026-03-01\n", "", "请加上“流向”一列"},
		{"two headings", "编号,入职日期,离职日期\nA1,2026-03-01,2026-04-01\n", "", "请加上“流向”一列"},
		{"the cell decides", "编号,离职日期,流向\nA1,2026-03-01,in\n", "in", ""},
		{"a blank cell", "编号,离职日期,流向\nA1,2026-03-01,\n", "out", ""},
		{"a blank cell and a contradiction", "编号,入职日期,离职日期,流向\nA1,2026-03-01,,in\nA2,2026-03-01,,\n", "in", "[required]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readText(t, yaml, tt.text)
			var got []string
			for _, row := range r.rows {
				got = append(got, strings.Split(row, ",")[0])
			}
			if strings.Join(got, " ") != tt.want || !strings.Contains(r.told(), tt.told) {
				t.Errorf("got %s, want %s, told\n%s\nwant %s", got, tt.want, r.told(), tt.told)
			}
		})
	}
}

// What a column that nothing is read from, a remark or a title says against the rows is asked about, or told where the
// dataset does not say what speaks against it.
func TestWhatSpeaksAgainstRows(t *testing.T) {
	all := strings.Replace(trial, "totals:", "against: [void, failed, planned, left, '~^借阅']\ntotals:", 1)
	none := strings.Replace(trial, "totals:", "against: [none]\ntotals:", 1)
	for _, tt := range []struct {
		name, yaml, text string
		asked            int
		told             string
	}{
		{"void", trial, "编号,金额,状态\nA1,1,正常\nA2,2,作废\nA3,2,已取消\n", 1, "没有读取的“状态”列说有 2 行作废或取消：C3 “作废”、C4 “已取消”；这些行仍按数据读取"},
		{"not approved", trial, "编号,金额,审核结果\nA1,1,审核未通过\nA2,2,通过\n", 1, "C2 “审核未通过”"},
		{"not yet, undeclared", trial, "编号,金额,状态\nA1,1,拟引进\nA2,2,未报到\n", 0, "“状态”列说有 2 行只是拟议，尚未发生"},
		{"not yet", all, "编号,金额,状态\nA1,1,拟引进人才\nA2,2,尚未报到\nA3,2,公示中\nA4,2,意向\n", 1, "说有 4 行只是拟议"},
		{"left", all, "编号,金额,变动原因\nA1,1,辞职\nA2,2,合同期满终止\nA3,2,新进\n", 1, "说有 2 行离开或终止"},
		{"by its heading", all, "编号,金额,离职时间\nA1,1,2026-03-01\nA2,2,\nA3,1,—\n", 1, "“离职时间”列说有 1 行离开或终止：C2 “2026-03-01”"},
		{"yes and no", all, "编号,金额,是否离职,是否在岗,是否通过\nA1,1,是,否,不\nA2,2,否,是,是\nA3,1,否,是,否\n", 3, "“是否在岗”列说有 1 行离开或终止：D2 “否”"},
		{"in the remarks", all, "编号,金额,备注栏\nA1,1,已离职\nA2,2,该员工停薪留职\nA3,2,见附件\n", 1, "“备注栏”列说有 2 行离开或终止：C2 “已离职”、C3 “该员工停薪留职”"},
		{"what is void, in the remarks", trial, "编号,金额,备注栏\nA1,1,合同已取消\n", 1, "C2 “合同已取消”"},
		{"a title", all, "拟引进人才名单,\n编号,金额\nA1,1\n", 1, "“拟引进人才名单”像是说其中各行只是拟议"},
		{"of its own", all, "编号,金额,去处\nA1,1,借阅中\n", 1, "不应计入"},
		{"in English", all, "编号,金额,Status\nA1,1,Cancelled\nA2,2,Active\nA3,1,Left\nA4,1,Not approved\n", 3, "C2 “Cancelled”"},
		{"nothing is looked for", none, "编号,金额,状态\nA1,1,作废\n", 0, "未用的列：C1 状态"},
		{"nothing of the kind", all, "编号,金额,状态,来源,离职时间,备注栏,联系单位,专业\nA1,1,在岗,校招,,离职率低,停车场公司,作物学\nA2,2,正常,社招,无,作废料回收,待业青年之家,退耕还林\nA3,3,已通过,外省迁入,/,终止于2027年,计划处,未来技术\n", 0, "未用的列"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readText(t, tt.yaml, tt.text)
			if r.err != nil || len(r.account.Against) != tt.asked || !strings.Contains(r.told(), tt.told) {
				t.Errorf("asked %v, want %d; told\n%s\nwant %s", r.account.Against, tt.asked, r.told(), tt.told)
			}
		})
	}
}

// A header that stands in the table again is no data; in another order, the rows below it follow it.
func TestHeaderAgain(t *testing.T) {
	for _, tt := range []struct{ name, text, want, told string }{
		{"the same", "编号,名称,金额,人数\nA1,甲,1,10\n编号,名称,金额,人数\nA2,乙,2,20\n", "A1,-,甲,1,10,-,- A2,-,乙,2,20,-,-", "[repeated_heading]"},
		{"another order", "编号,名称,金额,人数\nA1,甲,1,10\n编号,人数,名称,金额\nA2,20,乙,2\n", "A1,-,甲,1,10,-,- A2,-,乙,2,20,-,-", "[repeated_heading]"},
		{"names with blanks in them", "编号,名称,金额,人数\nA1,甲,1,10\n编 号,人　数,名 称,金 额\nA2,20,乙,2\n", "A1,-,甲,1,10,-,- A2,-,乙,2,20,-,-", "[repeated_heading]"},
		{"another unit", "编号,名称,金额,人数\nA1,甲,1,10\n编号,名称,金额（元）,人数\nA2,乙,20000,20\n", "A1,-,甲,1,10,-,- A2,-,乙,2,20,-,-", "[repeated_heading]"},
		{"a unit above it", "编号,名称,金额,人数\nA1,甲,1,10\n单位：元,,,\n编号,名称,金额,人数\nA2,乙,20000,20\n", "A1,-,甲,1,10,-,- A2,-,乙,2,20,-,-", "A3 单位：元"},
		{"behind the mark of an encoding", "编号,名称,金额,人数\nA1,甲,1,10\n\ufeff编号,人数,名称,金额\nA2,20,乙,2\n", "A1,-,甲,1,10,-,- A2,-,乙,2,20,-,-", "[repeated_heading]"},
		{"behind that mark, in quotes", "编号,名称,金额,人数\nA1,甲,1,10\n\ufeff\"编号\",\"人数\",\"名称\",\"金额\"\nA2,20,乙,2\n", "A1,-,甲,1,10,-,- A2,-,乙,2,20,-,-", "[repeated_heading]"},
		{"below a row of units, and its units again", "编号,名称,金额,人数\n,,元,人\nA1,甲,10000,10\n编号,名称,金额,人数\n,,元,人\nA2,乙,20000,20\n", "A1,-,甲,1,10,-,- A2,-,乙,2,20,-,-", "[repeated_heading]"},
		{"with units of its own below it", "编号,名称,金额,人数\nA1,甲,1,10\n编号,名称,金额,人数\n,,元,人\nA2,乙,20000,20\n", "A1,-,甲,1,10,-,- A2,-,乙,2,20,-,-", "[repeated_heading]"},
		{"other columns", "编号,名称,金额,人数\nA1,甲,1,10\n编号,备注栏,日期,名称\nA2,好,2026-03-01,乙\n", "A1,-,甲,1,10,-,- A2,2026-03-01,乙,-,-,-,好", ""},
		{"other names below few rows", "编号,名称,金额,人数\nA1,甲,1,10\nA2,乙,2,20\nA3,丙,3,30\n编号,企业,产值,工人\nA4,丁,4,40\n", "A1,-,甲,1,10,-,- A2,-,乙,2,20,-,- A3,-,丙,3,30,-,-", "[second_table]"},
		{"without a required column", "编号,名称,金额,人数\nA1,甲,1,10\n名称,金额,人数,日期\n乙,2,20,2026-03-01\n", "A1,-,甲,1,10,-,-", "[second_table]"},
		{"rows of data that say a name", "编号,名称,备注栏,人数\n编号,甲,x,10\nA2,名称,y,20\n", "编号,-,甲,-,10,-,x A2,-,名称,-,20,-,y", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readText(t, trial, tt.text)
			if got := strings.Join(r.rows, " "); got != tt.want && tt.want != "" || tt.want == "" && r.err == nil {
				t.Errorf("got %s, want %s\n%s", got, tt.want, r.told())
			}
			if !strings.Contains(r.told(), tt.told) {
				t.Errorf("told\n%s\nwant %s", r.told(), tt.told)
			}
			if want := uint64(strings.Count(strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(tt.text, ",,,", ""), "\n,,", "\n"), "\n", ","), ",")); r.err == nil && r.account.Cells() != want {
				t.Errorf("%s, want %d cells", r.account.Equation("zh"), want)
			}
		})
	}
}

// What stands above is the last row of data, however many totals and captions lie between, in texts and workbooks,
// whose readers write a row where an earlier one stood.
func TestRepeatsAcrossTotals(t *testing.T) {
	const text = "编号,名称,金额,人数\nA1,甲公司,1,10\n合计,,1,10\n小计,,1,10\nA2,同上,2,20\nA3,同上,3,〃\n单位：人,,,\nA4,同上,4,40\nA5,乙公司,5,50\nA6,丙公司,6,60\nA7,〃,7,70\n"
	book := excelize.NewFile()
	for i, line := range strings.Split(text, "\n") {
		cells := strings.Split(line, ",")
		if err := book.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "a.xlsx")
	if err := book.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	want := "A1,-,甲公司,1,10,-,- A2,-,甲公司,2,20,-,- A3,-,甲公司,3,20,-,- A4,-,甲公司,4,40,-,- A5,-,乙公司,5,50,-,- A6,-,丙公司,6,60,-,- A7,-,丙公司,7,70,-,-"
	for kind, r := range map[string]outcome{"text": readText(t, trial, text), "workbook": readFile(t, trial, name)} {
		if got := strings.Join(r.rows, " "); got != want {
			t.Errorf("%s: got %s, told\n%s", kind, got, r.told())
		}
	}
}

// 同上 and 〃 mean the cell above, and are told with their addresses.
func TestDittos(t *testing.T) {
	r := readText(t, trial, "编号,名称,金额,人数\nA1,甲公司,1,10\nA2,同上,〃,20\nA3,\"\"\"\",3,同上\nA4,乙公司,4,40\n")
	if got, want := strings.Join(r.rows, " "), "A1,-,甲公司,1,10,-,- A2,-,甲公司,1,20,-,- A3,-,甲公司,3,20,-,- A4,-,乙公司,4,40,-,-"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !strings.Contains(r.told(), "按上一行的值读取，共 4 格：B3 C3 B4 D4") {
		t.Errorf("told\n%s", r.told())
	}
	for _, mark := range []string{"ditto", "〃〃", "々", "仝上", "同", "同　上", "-〃-", "—〃—", "do.", "(同上)"} {
		if r := readText(t, trial, "编号,名称,金额\nA1,甲公司,1\nA2,"+mark+",2\n"); len(r.rows) != 2 || !strings.Contains(r.rows[1], "甲公司") {
			t.Errorf("%s: got %q, told\n%s", mark, r.rows, r.told())
		}
	}
	for _, mark := range []string{"同左", "同A1", "↑", "见上"} {
		if r := readText(t, trial, "编号,名称,金额\nA1,甲公司,1\nA2,"+mark+",2\n"); !strings.Contains(r.told(), "[elsewhere]") {
			t.Errorf("%s: got %q, told\n%s", mark, r.rows, r.told())
		}
	}
	if r := readText(t, trial, "编号,名称,金额\n同上,甲公司,1\nA2,同上公司,1\n"); len(r.rows) != 1 || !strings.Contains(r.told(), "[required]") {
		t.Errorf("nothing above: got %q, told\n%s", r.rows, r.told())
	}
}

// Columns named by dates are named by what their cells show, whatever the format.
func TestDatesAsNamesOfColumns(t *testing.T) {
	const months = `name: t
title: {zh: 分月, en: Monthly}
about: {zh: 一行一县一月。, en: A county and month a row.}
unit: [file]
unpivot: {columns: '^(?P<month>([0-9]{4}年[0-9]{1,2}月|[0-9]{4}[-/][0-9]{1,2}|[0-9]{1,2}月|[A-Z][a-z]{2}-[0-9]{2}))$', values: [value]}
columns:
  - {name: item, title: {zh: 地区, en: Item}, type: string, required: true}
  - {name: month, title: {zh: 月份, en: Month}, type: string, required: true}
  - {name: value, title: {zh: 数值, en: Value}, type: float64, required: true}
`
	for format, want := range map[string]string{
		`yyyy"年"m"月"`: "甲,2026年2月,1 甲,2026年3月,2", `yyyy年m月;@`: "甲,2026年2月,1 甲,2026年3月,2", `[$-804]yyyy\-mm`: "甲,2026-02,1 甲,2026-03,2", `yyyy/m`: "甲,2026/2,1 甲,2026/3,2",
		`m"月"`: "甲,2月,1 甲,3月,2", `mmm-yy`: "甲,Feb-26,1 甲,Mar-26,2",
	} {
		x := excelize.NewFile()
		style, err := x.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			t.Fatal(err)
		}
		for at, v := range map[string]any{"A1": "地区", "B1": 46054, "C1": 46082, "A2": "甲", "B2": 1, "C2": 2} {
			x.SetCellValue("Sheet1", at, v)
		}
		x.SetCellStyle("Sheet1", "B1", "C1", style)
		name := filepath.Join(t.TempDir(), "t.xlsx")
		if err := x.SaveAs(name); err != nil {
			t.Fatal(err)
		}
		if r := readFile(t, months, name); strings.Join(r.rows, " ") != want {
			t.Errorf("%s: got %s, want %s\n%s", format, r.rows, want, r.told())
		}
	}
}

// Cells below the first of a merged range mean what it says, within the range; a figure counts once.
func TestMergedRows(t *testing.T) {
	x := excelize.NewFile()
	for at, v := range map[string]any{
		"A1": "编号", "B1": "名称", "C1": "金额", "D1": "日期", "A2": "A1", "B2": "甲公司", "C2": 6, "D2": "2026-03-01", "A3": "A2", "A4": "A3", "D4": "2026-03-02", "A5": "A4", "B5": "", "C5": 1, "A6": "A5", "B6": "乙公司", "A7": "A6", "A8": "A7", "B8": "丙公司",
	} {
		x.SetCellValue("Sheet1", at, v)
	}
	for _, r := range [][2]string{{"B2", "B4"}, {"C2", "C4"}, {"D2", "D3"}, {"B6", "C7"}, {"B8", "C8"}} {
		if err := x.MergeCell("Sheet1", r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "t.xlsx")
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	r := readFile(t, trial, name)
	if !strings.Contains(r.told(), "跨列合并的单元格只按首列读取，其右各列为空，共 2 处：Sheet1!B6 Sheet1!B8") {
		t.Errorf("across columns: told\n%s", r.told())
	}
	want := "A1,2026-03-01,甲公司,6,-,-,- A2,2026-03-01,甲公司,-,-,-,- A3,2026-03-02,甲公司,-,-,-,- A4,-,-,1,-,-,- A5,-,乙公司,-,-,-,- A6,-,乙公司,-,-,-,- A7,-,丙公司,-,-,-,-"
	if got := strings.Join(r.rows, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, told := range []string{"其下 4 格按首行的值读取：Sheet1!B3 Sheet1!D3 Sheet1!B4 Sheet1!B7", "只在首行计一次，其下 2 格为空：Sheet1!C3 Sheet1!C4", "非空单元格 18 = 装入 14 + 拒收 0 + 未用 4（表头 4）"} {
		if !strings.Contains(r.told(), told) {
			t.Errorf("told\n%s\nwant %s", r.told(), told)
		}
	}
}

// A sex that the identity number tells otherwise is told with its address, without the number.
func TestSexAgainstIdentityNumber(t *testing.T) {
	ds := &dataset.Dataset{Name: "derived", Columns: []dataset.Column{
		{Name: "person", Title: both("身份证号", "ID"), Type: dataset.Person, Required: true, Personal: dataset.PersonalID},
		{Name: "sex", Title: both("性别", "Sex"), Type: dataset.Code, List: "sexes", Of: "person", Parse: "id_sex"},
	}}
	got := load(t, ds, text("身份证号~性别", "331121200002290015~男", "440882199102104195~女", "440882199102104195~", "EA1234567~女"), Options{})
	if len(got.rows) != 4 || len(got.rejects) != 1 {
		t.Fatalf("got %d rows, rejects %+v", len(got.rows), got.rejects)
	}
	if r := got.rejects[0]; r.Rule != "person_sex" || r.Cell != "B3" || !r.Warn || strings.Contains(fmt.Sprint(r), "440882") {
		t.Errorf("got %+v", r)
	}
}

// Figures of a column in percent none of which is above 1 may be meant as parts of one: told.
func TestPartsInAColumnOfPercent(t *testing.T) {
	if r := readText(t, trial, "编号,比率\nA1,50\nA2,0.5\nA3,70\n"); !strings.Contains(r.told(), "有 1 个数不超过 1（B3），其余都在 10 以上") {
		t.Errorf("one of others: told\n%s", r.told())
	}
	if r := readText(t, trial, "编号,比率\nA1,0.123\nA2,1\n"); strings.Join(r.rows, " ") != "A1,-,-,-,-,0.123,- A2,-,-,-,-,1,-" || !strings.Contains(r.told(), "列“比率”以 % 计，而所填的数都不超过 1（1 个小数）") {
		t.Errorf("got %s\n%s", r.rows, r.told())
	}
	for text, told := range map[string]string{"5.3%,0.12,5.3": "有 1 格自己写了 %，另有 1 个数不超过 1 而没有写（B3）", "5.3％,0.12,5.3": "有 1 格自己写了 %", "5.3% ,0.12,5.3": "有 1 格自己写了 %", "50%,0.12,70": "其余都在 10 以上", "0.5%,5.3,6": "", "0.5%,0.12%,0.3%": ""} {
		r := readText(t, trial, "编号,比率\nA1,"+strings.ReplaceAll(text, ",", "\nA1,")+"\n")
		if told == "" && strings.Contains(r.told(), "不超过 1") || !strings.Contains(r.told(), told) {
			t.Errorf("%s: told\n%s", text, r.told())
		}
	}
	if r := readText(t, trial, "编号,比率\nA1,0.5\nA2,2.5\nA3,12\n"); strings.Contains(r.told(), "不超过 1") {
		t.Errorf("told\n%s", r.told())
	}
}

// Units below and inside headers of several rows.
func TestUnitsInMergedHeaders(t *testing.T) {
	for _, tt := range []struct {
		name   string
		cells  map[string]any
		merges [][2]string
		want   string
	}{
		{"a row of units below merged names", map[string]any{"A1": "编号", "B1": "金额", "B2": "元", "C1": "人数", "C2": "人", "A3": "A1", "B3": 50000, "C3": 3}, [][2]string{{"A1", "A2"}}, "A1,-,-,5,3,-,-"},
		{"a row of units, nothing merged", map[string]any{"A1": "编号", "B1": "金额", "B2": "亿元", "C1": "名称", "A3": "A1", "B3": 5, "C3": "甲"}, nil, "A1,-,甲,50000,-,-,-"},
		{"the third row of a merged header", map[string]any{"A1": "编号", "B1": "计划", "C1": "", "B2": "金额", "C2": "人数", "B3": "元", "C3": "人", "A4": "A1", "B4": 50000, "C4": 3}, [][2]string{{"A1", "A3"}, {"B1", "C1"}}, "A1,-,-,5,3,-,-"},
		{"a unit in words in the group above", map[string]any{"A1": "编号", "B1": "兑付情况（金额以元列示）", "B2": "金额", "C2": "人数", "A3": "A1", "B3": 50000, "C3": 3}, [][2]string{{"A1", "A2"}, {"B1", "C1"}}, "A1,-,-,5,3,-,-"},
		{"a unit in words as the group above", map[string]any{"A1": "编号", "B1": "以千元计", "B2": "金额", "C2": "人数", "A3": "A1", "B3": 50, "C3": 3}, [][2]string{{"A1", "A2"}, {"B1", "C1"}}, "A1,-,-,5,3,-,-"},
		{"a line with a unit as the group above", map[string]any{"A1": "编号", "B1": "单位：千元", "B2": "金额", "C2": "比率", "A3": "A1", "B3": 50, "C3": 3}, [][2]string{{"A1", "A2"}, {"B1", "C1"}}, "A1,-,-,5,-,3,-"},
		{"how often is no unit", map[string]any{"A1": "编号", "B1": "兑付情况（按月填报）", "B2": "金额", "C2": "人数", "A3": "A1", "B3": 50, "C3": 3}, [][2]string{{"A1", "A2"}, {"B1", "C1"}}, "A1,-,-,50,3,-,-"},
		{"names below merged names", map[string]any{"A1": "编号", "B1": "收入情况", "B2": "金额", "C2": "人数", "A3": "A1", "B3": 5, "C3": 3}, [][2]string{{"A1", "A2"}, {"B1", "C1"}}, "A1,-,-,5,3,-,-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := excelize.NewFile()
			for at, v := range tt.cells {
				x.SetCellValue("Sheet1", at, v)
			}
			for _, m := range tt.merges {
				if err := x.MergeCell("Sheet1", m[0], m[1]); err != nil {
					t.Fatal(err)
				}
			}
			name := filepath.Join(t.TempDir(), "t.xlsx")
			if err := x.SaveAs(name); err != nil {
				t.Fatal(err)
			}
			if r := readFile(t, trial, name); strings.Join(r.rows, " ") != tt.want {
				t.Errorf("got %s, want %s\n%s", r.rows, tt.want, r.told())
			}
		})
	}
}

// What a spreadsheet has made of a code is refused, or told where it may be meant.
func TestDamagedCodes(t *testing.T) {
	for _, tt := range []struct{ name, text, want, told string }{
		{"a day of a month", "编号,金额\n3月1日,5\n", "", "A2 [date_in_text]"},
		{"day and month in English", "编号,金额\n1-Mar,5\n", "", "A2 [date_in_text]"},
		{"month and year in English", "编号,金额\nMar-26,5\n", "", "A2 [date_in_text]"},
		{"in a column that only cuts blanks off", "编号,名称\nA1,1-Mar\n", "", "B2 [date_in_text]"},
		{"a power in such a column", "编号,名称\nA1,1.23457E+11\n", "", "B2 [precision]"},
		{"in a note", "编号,备注栏\nA1,1-Mar\n", "", "B2 [date_in_text]"},
		{"a day in a note", "编号,备注栏\nA1,3月1日\n", "A1,-,-,-,-,-,3月1日", "B2 [date_in_text]"},
		{"a day and more in a note", "编号,备注栏\nA1,3月1日到岗\n", "A1,-,-,-,-,-,3月1日到岗", ""},
		{"a formula", "编号,金额\n\"=TEXT(1235,\"\"000000\"\")\",5\n", "", "A2 [formula]"},
		{"cells put together", "编号,金额,名称\nA1,5,=A1&B1\nA2,5,=汇总!C4\nA3,5,=SUM(C1:C3)\n", "", "C3 [formula]"},
		{"no formula", "编号,金额,名称\nA1,5,=甲=\nA2,5,=A型=\nA3,5,==\n", "A1,-,=甲=,5,-,-,- A2,-,=A型=,5,-,-,- A3,-,==,5,-,-,-", ""},
		{"other codes with a dash", "编号,备注栏\n12-Max,MAR-01\n", "12-Max,-,-,-,-,-,MAR-01", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readText(t, trial, tt.text)
			if got := strings.Join(r.rows, " "); got != tt.want || !strings.Contains(r.told(), tt.told) || tt.told == "" && len(r.rejects) > 0 {
				t.Errorf("got %q, want %q; told\n%s\nwant %s", got, tt.want, r.told(), tt.told)
			}
		})
	}
}

// A column of texts holds what its cells show, also where they are numbers.
func TestNumbersAsTexts(t *testing.T) {
	x := excelize.NewFile()
	x.SetSheetRow("Sheet1", "A1", &[]any{"编号", "名称", "金额"})
	cells := []struct {
		v            any
		format, want string
	}{
		{1.1, "0.00", "1.10"}, {20, "0.0", "20.0"}, {1.1, "General", "1.1"}, {5.67, "0", "6"}, {0.5, "# ?/?", ""}, {1234, "[DBNum1]0", ""}, {7, `"No."0.0`, "No.7.0"}, {0.5, "0.00%", "50.00%"}, {7, `"甲"`, "甲"}, {7, ";;;", ""}, {12, `"第"[DBNum1]General"号"`, "第一十二号"}, {12, `[DBNum2]General"元整"`, "壹拾贰元整"},
	}
	var want []string
	for i, c := range cells {
		for _, column := range "ABC" {
			at := fmt.Sprintf("%c%d", column, i+2)
			var v any = c.v
			if column == 'C' {
				v = 5
			}
			style, err := x.NewStyle(&excelize.Style{CustomNumFmt: &c.format})
			if err != nil {
				t.Fatal(err)
			}
			x.SetCellValue("Sheet1", at, v)
			if column != 'C' {
				x.SetCellStyle("Sheet1", at, at, style)
			}
		}
		if c.want != "" {
			want = append(want, c.want+",-,"+c.want+",5,-,-,-")
		}
	}
	name := filepath.Join(t.TempDir(), "t.xlsx")
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	if r := readFile(t, trial, name); strings.Join(r.rows, " ") != strings.Join(want, " ") || !strings.Contains(r.told(), "A6 [number_format]") || !strings.Contains(r.told(), "A7 [number_format]") {
		t.Errorf("got %s, want %s\n%s", r.rows, want, r.told())
	}
}

// A name that reads like a sum is none beside a code and a day, unless its figures are the sum of the rows above it.
func TestNamesLikeSums(t *testing.T) {
	for _, name := range []string{"共计五金经营部", "合计财税", "总计划", "小计量器具", "平均律琴行", "共计门市部", "小计五金", "合计之家"} {
		if r := readText(t, trial, "编号,日期,名称,金额,人数\nH01,2026-07-25,甲厂,56.52,119\nH02,2026-01-17,乙厂,50.02,59\nH03,2026-02-05,丙厂,9.4,173\nH04,2026-06-03,"+name+",63.21,5\n"); len(r.rows) != 4 || len(r.account.Doubled) > 0 {
			t.Errorf("%s: got %q, asked %v; told\n%s", name, r.rows, r.account.Doubled, r.told())
		}
	}
	for _, row := range []string{"H04,2026-06-03,共计五金,115.94,351", ",,合计企业,115.94,351", "H04,,小计五金,115.94,351", "H04,,合计企业,63.2,5", "H04,2026-06-03,其中出口,9.4,30", "H04,2026-06-03,全县,9.4,30"} {
		if r := readText(t, trial, "编号,日期,名称,金额,人数\nH01,2026-07-25,甲厂,56.52,119\nH02,2026-01-17,乙厂,50.02,59\nH03,2026-02-05,丙厂,9.4,173\n"+row+"\n"); len(r.rows) == 4 && len(r.account.Doubled) == 0 {
			t.Errorf("%s: got %q, nothing asked; told\n%s", row, r.rows, r.told())
		}
	}
}

// Words that stand alone where nothing is read from, below the numbers of rows, are a note; a number there is a row without its cells.
func TestNotesBesideTheColumns(t *testing.T) {
	const table = "序号,编号,名称,金额\n1,A1,甲,5\n2,A2,乙,5\n3,A3,丙,5\n"
	r := readText(t, trial, table+"第2行未计入合计,,,\n")
	if len(r.rows) != 3 || len(r.rejects) > 0 || !strings.Contains(r.told(), "合计与附注：A5 第2行未计入") || !strings.Contains(r.told(), "A3 “2”") {
		t.Errorf("a note: got %q; %s", r.rows, r.told())
	}
	for _, row := range []string{"4,,,", "四,,,", "第4笔,,,", "第四笔资金拨付", ",第四笔资金拨付,,"} {
		if r := readText(t, trial, table+row+"\n"); strings.Contains(r.told(), "合计与附注") {
			t.Errorf("%s: %s", row, r.told())
		}
	}
}

// What stands below a table and says that it is no row of it is none, whatever the declaration calls a note.
func TestNotesBelow(t *testing.T) {
	for _, note := range []string{"说明：数据为预计数,,", "备注：无,,", "填表人：张三,审核人：李四,联系电话：0578-6820000", "* 数据来源：统计局,,", "Note: preliminary,,", "填报说明：,,", "注1：按常住地统计,,"} {
		r := readText(t, trial, "编号,名称,金额\nA1,甲,5\n"+note+"\n")
		if len(r.rows) != 1 || len(r.rejects) > 0 || !strings.Contains(r.told(), "合计与附注：A3 ") || len(r.account.Asked) > 0 {
			t.Errorf("%s: got %q; %s", note, r.rows, r.told())
		}
	}
	for _, note := range []string{
		"（盖章）,,", "以上数据仅供参考,,", "数据截止2026年6月30日,,", "统计截至2026年6月底,,", "共2条记录,,", "共 2 条,第1页/共1页,", "第1页,,", "第 1 页 共 3 页,,", "Page 1 of 3,,", "2 rows,,", "(2 rows),,", "总记录数：2,,", "以下空白,,", "（以下空白）,,", "--- END ---,,", "续下页,,",
		"制表人,张三,", "制表人 张三,,", "单位负责人,李四,填表人,张三", "备 注,以上为初步数,", "填报人签字：,,", "打印时间：2026-03-01,,", "导出时间,2026-03-01 12:00:00,", "单位盖章,,", ",共2条记录,",
		"本表数据截至2026年6月底，不含外地分公司,,", "数据为快报数。,,", "2026年7月31日,,,", ",,,二〇二六年七月三十一日",
		"经办：张某,复核：李某,2026.4.1,", "经办人：张某,2026年4月1日,,", "单位负责人（签字）：,,,联系电话：", "填表人(签章)：张三,,审核人（签名）：,", "监督电话：0578-6821234,,,", "公示时间：2026年9月20日至9月26日,,,", "公示期：9月20日至9月26日,,,", "大写金额：壹佰万元整,,,", "合计大写：壹佰万元整,,,", "人民币大写：壹佰万元整,,,", "举报邮箱：a@b.cn,,,", "受理部门：县纪委,监督电话：0578-6821234,", "监督举报电话：0578-6821234；地址：县府路1号,,,", "异议受理单位：人社局,,,", "发放依据：青政办〔2026〕3号,,,", "公示网址：www.qingtian.gov.cn,,,",
		"* 为预计数，以决算为准,,,", "※表示已并网,,,", "★系上年数,,,", "★指已投产项目,,,",
	} {
		r := readText(t, trial, "编号,名称,金额,人数\nA1,甲,5,6\nA2,乙,5,6\n"+note+"\n")
		if len(r.rows) != 2 || len(r.rejects) > 0 || !strings.Contains(r.told(), "合计与附注：") {
			t.Errorf("%s: got %q; %s", note, r.rows, r.told())
		}
	}
	// a header of another table that begins as a signature does
	if r := readText(t, trial, "编号,金额,人数\nA1,5,6\n负责人,电话,年龄\n张三,5550101,45\n"); len(r.rejects) == 0 || !strings.Contains(r.told(), "A3 起的一行像是另一张表的表头") {
		t.Errorf("another table: got %q; %s", r.rows, r.told())
	}
	for _, row := range []string{"监督电话亭,甲,5,6", "公示栏,,5,6", "公示时间：长期,甲,5,6", "举报箱制作,,,", "大写字帖,,,", "服务业,,5,6", "监督单位,甲,,", "大金额：甲,乙,5,6", "人民路店,,,", "第1页,甲,5,6", "共青团,甲,,", "共青团县委,,,", "总记录,,,", "制表人,甲,5,6", "审核人,,5,", "审核,2026-04-01,,", "复核,2026年4月1日,,", "(2),甲,,", "Page,甲,5,", "2 rows,甲,5,6", "单位负责人,,,6", "表彰,甲,5,6", "第一页传媒公司,,,", "小计-2,甲,5,6", "截止阀,甲,5,6", "备注,,5,6", "2026年7月31日,甲,5,6", "*为民药店,,5,6", "*为民药店,,,", "★示范基地,,,", "★系列活动,,,", "●示范户,,,", "★指尖非遗项目,,,"} {
		r := readText(t, trial, "编号,名称,金额,人数\nA1,甲,5,6\n"+row+"\n")
		if len(r.rows) != 2 {
			t.Errorf("%s is data: got %q; %s", row, r.rows, r.told())
		}
	}
	for _, note := range []string{"东港片新增,,"} {
		if r := readText(t, trial, "编号,名称,金额\nA1,甲,5\n"+note+"\n"); !strings.Contains(r.told(), "只有一格有字的行按数据读取，共 1 行：A3；若是附注，请删去") {
			t.Errorf("%s: got %q; %s", note, r.rows, r.told())
		}
	}
	if r := readText(t, trial, "编号,名称,金额\n"+strings.Repeat("A1,,\n", 6)); strings.Contains(r.told(), "只有一格") {
		t.Errorf("many: %s", r.told())
	}
	for _, row := range []string{"说明书：上册,乙,6", "备注：一,乙,6", "数据中心,乙,6", "Note: one,乙,6"} {
		if r := readText(t, trial, "编号,名称,金额\nA1,甲,5\n"+row+"\n"); len(r.rows) != 2 {
			t.Errorf("%s: got %q; %s", row, r.rows, r.told())
		}
	}
}

// ¥5.00 in a column of 万元 is five yuan or fifty thousand: where the header says which, it is read so.
func TestYuanFormats(t *testing.T) {
	for header, want := range map[string]string{"金额": "", "金额（万元）": "A1,-,-,5,-,-,-", "金额（元）": "A1,-,-,0.0005,-,-,-"} {
		x := excelize.NewFile()
		x.SetSheetRow("Sheet1", "A1", &[]any{"编号", header})
		x.SetSheetRow("Sheet1", "A2", &[]any{"A1", 5})
		format := `"¥"#,##0.00`
		style, err := x.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			t.Fatal(err)
		}
		x.SetCellStyle("Sheet1", "B2", "B2", style)
		name := filepath.Join(t.TempDir(), "t.xlsx")
		if err := x.SaveAs(name); err != nil {
			t.Fatal(err)
		}
		if r := readFile(t, trial, name); strings.Join(r.rows, " ") != want || want == "" && !strings.Contains(r.told(), "B2 [unit] 格里显示 ¥") || strings.Contains(header, "万") != strings.Contains(r.told(), "“金额”（B 列）有的格以 ¥ 显示（如“¥5”）") {
			t.Errorf("%s: got %s, want %s\n%s", header, r.rows, want, r.told())
		}
	}
}

// A sum that shows in dollars is none of yuan.
func TestDollarFormats(t *testing.T) {
	x := excelize.NewFile()
	x.SetSheetRow("Sheet1", "A1", &[]any{"编号", "金额"})
	x.SetSheetRow("Sheet1", "A2", &[]any{"A1", 5})
	format := `$#,##0.00`
	style, err := x.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		t.Fatal(err)
	}
	x.SetCellStyle("Sheet1", "B2", "B2", style)
	name := filepath.Join(t.TempDir(), "t.xlsx")
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	if r := readFile(t, trial, name); len(r.rows) > 0 || !strings.Contains(r.told(), "B2 [") {
		t.Errorf("got %s\n%s", r.rows, r.told())
	}
}

// A unit in a note below the rows is asked about where the figures were not read in it.
func TestUnitInAFootnote(t *testing.T) {
	asked := map[string]string{
		"注：人数单位：百人": "", "二、其他（比率单位：‰）": "", "注：金额单位为元": "A3 的附注“注：金额单位为元”说单位是元，而“金额”不是按它读取的", "注：金额单位为万元": "", "注：单位：人": "", "注：数据为预计数": "", "注：以上金额以元为单位": "A3 的附注“注：以上金额以元为单位”说单位是元，而“金额”不是按它读取的",
	}
	for text, unit := range map[string]string{"单位：元": "元", "计量单位:元、人": "元", "货币单位：人民币亿元": "人民币亿元", "Unit: yuan": "yuan", "（元）": "元", "以元计": "元", "单位 元": "元", "注:以上金额均为元": "元"} {
		asked[text] = "A3 的附注“" + text + "”说单位是" + unit + "，而“金额”不是按它读取的"
	}
	for text, want := range asked {
		r := readText(t, trial, "编号,名称,金额\nA1,甲,50000\n"+text+",,\n")
		got := ""
		for _, q := range r.account.Asked {
			got += q.Zh
		}
		if got != want || len(r.rows) != 1 {
			t.Errorf("%s: got %q, want %q; %s", text, got, want, r.told())
		}
	}
	long := strings.Replace(trial, "title: {zh: 人数, en: People}, type: int64", "title: {zh: 长度, en: Length}, type: float64, unit: 米", 1)
	for text, want := range map[string]string{"注：长度单位：公里": "A3 的附注“注：长度单位：公里”给“长度”另写了单位", "注：长度单位：米": "", "注：管长单位：公里": ""} {
		r := readText(t, long, "编号,长度\nA1,1.5\n"+text+",\n")
		if got := fmt.Sprint(r.account.Asked); !strings.Contains(got, want) || (want == "") != (len(r.account.Asked) == 0) {
			t.Errorf("%s: asked %v; %s", text, got, r.told())
		}
	}
	if r := readText(t, strings.Replace(trial, "zh: 人数", "zh: 枪数", 1), "单位：万把次、万人次,\n编号,枪数\nA1,3\n"); !strings.Contains(r.told(), "“枪数”没有声明单位，照原数读取") {
		t.Errorf("no unit: %s", r.told())
	}
	if r := readText(t, trial, "编号,金额,人数\n,元/标箱,人\nA1,50,3\n"); len(r.account.Asked) != 1 || r.account.Asked[0].Zh != "B2 像是“金额”的单位“元/标箱”，不认识；这一列按万元读取了" {
		t.Errorf("a unit that nobody knows: asked %v", r.account.Asked)
	}
	if r := readText(t, trial, "编号,名称,金额\nNA,甲,1\nA2,乙,=1+1\n"); !strings.Contains(r.told(), "A2 [required] 必填，而所填的词表示没有值") || !strings.Contains(r.told(), "C3 [formula]") {
		t.Errorf("told\n%s", r.told())
	}
}

// A word for "no value" is a filled cell of which nothing is kept: the run tells which words, how often and where.
func TestWordsForNoValue(t *testing.T) {
	r := readText(t, strings.Replace(trial, "type: int64}", "type: int64, default: '0'}", 1), "编号,日期,名称,金额,人数,备注栏\n1,NA,甲,..,无,x\n2,,..,-,3,..\n3,2026-03-01,乙,..,,\n")
	want := []string{
		"列“日期”有 1 格写的是“没有值”的词，读作没有值：NA（1 格，B2 起）",
		"列“名称”有 1 格写的是“没有值”的词，读作没有值：..（1 格，C3 起）",
		"列“金额”有 3 格写的是“没有值”的词，读作没有值：..（2 格，D2 起）、-（1 格，D3 起）",
		"列“人数”有 1 格写的是“没有值”的词，读作空格子，即 0：无（1 格，E2 起）",
		"列“备注栏”有 1 格写的是“没有值”的词，读作没有值：..（1 格，F3 起）",
	}
	var got []string
	for _, s := range r.account.Said {
		got = append(got, s.Zh)
	}
	if r.err != nil || len(r.rows) != 3 || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%v, rows %q, got\n%s\nwant\n%s", r.err, r.rows, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if en := r.account.Said[2].En; en != "3 cells of the column Amount hold a word for no value and were read as no value: .. (2 cells, from D2), - (1 cells, from D3)" {
		t.Errorf("got %s", en)
	}
}

// Of a cell that is looked up in part, the part is what is said to be no value of the list.
func TestPartLookedUp(t *testing.T) {
	cat, err := dataset.Load(fstest.MapFS{
		"codes/regions.csv": {Data: []byte("# 片区 | Regions\ncode,zh,en,aliases\ne,东片,East,\nw,西片,West,\n")},
		"datasets/t.yaml":   {Data: []byte("name: t\ntitle: {zh: 试表, en: Trial}\nabout: {zh: 一行一条。, en: One a row.}\nunit: [file]\ncolumns:\n  - {name: a, title: {zh: 地点, en: Place}, type: code, list: regions, match: '^([^-]+)-'}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	src := &table{header: []string{"地点"}, rows: [][]source.Cell{{{Text: "南片-七号", Kind: source.Text}}, {{Text: "东片-七号", Kind: source.Text}}}}
	out := load(t, cat.Datasets["t"], src, Options{Lists: cat.Lists})
	if out.err != nil || len(out.rejects) != 1 {
		t.Fatalf("%v, rejects %+v", out.err, out.rejects)
	}
	one, rule := out.rejects[0].Reason.Zh+" -> "+out.rejects[0].Remedy.Zh, out.rejects[0].Reason.En
	if one != "其中的“南片”不在代码表“片区”里 -> 改为代码表里的值，是否为：e 东片、w 西片" || !strings.HasPrefix(rule, "南片 in it: ") || len(out.rows) != 1 {
		t.Errorf("got %s (%s), rows %v", one, rule, out.rows)
	}
}
