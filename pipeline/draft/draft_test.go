package draft

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// What columns are is told by their headings and cells; what says who somebody is is left out, whatever its heading.
func TestFile(t *testing.T) {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.csv")
	text := "年度,证件,骨干,产值（亿元）,学历,手机号,是否达标,企业,企业,说明,产值(万元),空\n" +
		"2024,11010519491231002X,王小明,1.5,本科,13800138000,是,甲,乙,一段说明,15000,\n" +
		"2025,11010519491231002X,李建国,2,硕士,13800138001,否,乙,丙,又一段,20000,\n" +
		"合计,,,3.5,,,,,,,,\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := File(t.Context(), path, lists)
	if err != nil {
		t.Fatal(err)
	}
	if d.Rows != 2 || d.Day != "年度" || d.Grain != "year" {
		t.Errorf("%d rows, day %q, grain %q", d.Rows, d.Day, d.Grain)
	}
	want := map[string]struct {
		out  bool
		as   dataset.Type
		more string
	}{
		"年度": {as: dataset.Int16}, "证件": {as: dataset.Person}, "骨干": {out: true}, "产值（亿元）": {as: dataset.Float64, more: "亿元"},
		"学历": {as: dataset.Code, more: "education"}, "手机号": {out: true}, "是否达标": {as: dataset.Code, more: "yes_no"}, "企业": {as: dataset.String}, "企业#2": {as: dataset.String}, "产值(万元)": {out: true},
		"说明": {as: dataset.String}, "空": {out: true},
	}
	for _, c := range d.Columns {
		w := want[c.Header]
		if (c.Out != nil) != w.out || c.Out == nil && (c.Type != w.as || c.Unit+c.List != w.more) {
			t.Errorf("%s: %s %s%s, out: %v", c.Header, c.Type, c.Unit, c.List, c.Out)
		}
	}
	if err := os.WriteFile(path, []byte("一句话\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err := File(t.Context(), path, lists); err == nil && d.Rows > 0 || err != nil && !errors.Is(err, ErrNothing) {
		t.Errorf("a sentence: %+v, %v", d, err)
	}
}

// What accounts and cards are numbered by is personal under any heading, and is never added up; a column that is blank in
// some rows names none.
func TestNumbersThatName(t *testing.T) {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.csv")
	var b strings.Builder
	b.WriteString("编号,单号,银行账号,QQ,学号,备注,流水,预算（元）,法定代表人,法人单位名称,法人单位数,\"用工\n缺口\"\n")
	for i := range 6 {
		fmt.Fprintf(&b, "%s,D%d,62220212345678%05d,8812345%d,2024000%d,62220298765432%05d,99%012d,12345678901%02d,王小明,甲%d公司,%d,%d\n", []string{"", "A1", "A2", "A3", "A4", "A5"}[i], i, i, i, i, i, i, i, i, i, i)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := File(t.Context(), path, lists)
	if err != nil {
		t.Fatal(err)
	}
	want := []dataset.Type{dataset.String, dataset.String, "", "", "", "", dataset.String, dataset.Float64, "", dataset.String, dataset.Int32, dataset.Int32}
	for i, c := range d.Columns {
		if (c.Out != nil) != (want[i] == "") || c.Out == nil && c.Type != want[i] || c.Required != (c.Header == "单号") {
			t.Errorf("%q: %s, required %v, out: %v", c.Header, c.Type, c.Required, c.Out)
		}
	}
	if d.Key != "单号" || !d.People || d.Columns[11].Title.Zh != "用工缺口" {
		t.Errorf("key %q, people %v, title %q", d.Key, d.People, d.Columns[11].Title.Zh)
	}
}

// The unit that a line above the table gives is that of its sums of money, and of nothing else.
func TestMoneyAbove(t *testing.T) {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{"单位：万元": "万元", "单位：万元、元": "", "填报单位：甲局": "", "金额单位：元": "元"} {
		path := filepath.Join(t.TempDir(), "甲局_规上企业_2026年7月.csv")
		text := "规上企业经营情况,,,,\n" + line + ",,,,\n企业名称,营业收入,利润总额（亿元）,补助人数,利润率\n甲公司,1200,0.5,30,4.2\n乙公司,800,0.2,20,2.5\n丙公司,950,0.3,25,3.1\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := File(t.Context(), path, lists)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, c := range d.Columns {
			got[c.Title.Zh] = c.Unit
		}
		if got["营业收入"] != want || got["利润总额"] != "亿元" || got["补助人数"] != "" || got["利润率"] != "" {
			t.Errorf("%s: %v", line, got)
		}
	}
}

// A table without days is of the period that the file's name or its title says; a list whose days lie in many periods is of none.
func TestPeriod(t *testing.T) {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	const rows = "企业名称,在岗人数\n甲公司,12\n乙公司,8\n"
	dated := func(days ...string) string {
		text := "企业名称,走访日期,次数\n"
		for i, d := range days {
			text += fmt.Sprintf("甲%d公司,%s,%d\n", i, d, i)
		}
		return text
	}
	for _, c := range []struct {
		name, text, want string
	}{
		{"人社局_用工月报_2026年6月.csv", rows, "named month of 人社局"},
		{"人社局_用工调查_2026年上半年.csv", rows, "named half of 人社局"},
		{"人社局_用工季报_2026Q2.csv", rows, "named quarter of 人社局"},
		{"用工月报.csv", "青田县2026年6月企业用工情况,\n填报日期：2026年7月3日,\n" + rows, "named month of "},
		{"用工.csv", "填报日期：2026年7月3日,\n" + rows, "  of "},
		{"人社局_用工旬报_2026年6月上旬.csv", rows, "  of 人社局"},
		{"经发局_走访_2026年6月.csv", dated("2026-06-01", "2026-06-20"), "day month of 经发局"},
		{"经发局_走访_2026年上半年.csv", dated("2026-02-01", "2026-06-20"), "day month of 经发局"},
		{"经发局_走访.csv", dated("2026-06-01", "2026-06-20"), "day month of 经发局"},
		{"经发局_走访.csv", dated("2026-02-01", "2026-06-20"), "whole month of 经发局"},
		{"经发局_名册_2026年6月.csv", dated("2023-02-01", "2024-05-02", "2026-06-20"), "whole month of 经发局"},
		{"经发局_年报_2026年6月.csv", "年度,企业名称,产值\n2026,甲公司,1\n2026,乙公司,2\n", "day year of 经发局"},
		{"经发局_年报.csv", "年度,企业名称,产值\n2024,甲公司,1\n2026,乙公司,2\n", "whole year of 经发局"},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := File(t.Context(), path, lists)
		if err != nil {
			t.Fatal(err)
		}
		how := map[[3]bool]string{{true, false, false}: "named", {false, true, false}: "day", {false, true, true}: "whole"}[[3]bool{d.Named, d.Day != "", d.Whole}]
		if got := how + " " + d.Grain + " of " + d.Sender; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Who visited an enterprise, teaches a course or is asked about it is left out, and makes the table none of people; a person's own
// number or name does.
func TestPeople(t *testing.T) {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][2]string{
		"走访日期": {"2026-06-01", "2026-06-02"}, "走访次数": {"1", "2"}, "走访人": {"王小明、李建国", "陈海燕"}, "走访人员": {"王小明", "李建国"}, "陪同领导": {"欧阳", "诸葛"}, "联系电话": {"0578-6812345", "13800138000"},
		"联系人身份证号": {"11010519491231002X", "11010519491231002X"}, "身份证号": {"11010519491231002X", "11010519491231002X"}, "姓名": {"王小明", "李建国"}, "手机": {"13800138000", "13800138001"},
		"负责人": {"王小明", "李建国"}, "骨干": {"王小明", "李建国"}, "企业名称": {"甲公司", "乙公司"}, "项目名称": {"一号", "二号"}, "培训班名称": {"电工", "焊工"}, "授课老师": {"王小明", "李建国"}, "帮扶资金": {"1", "2"}, "教师人数": {"3", "4"},
	}
	for _, c := range []struct {
		headings string // those in brackets are left out
		people   bool
	}{
		{"走访日期,企业名称,[走访人],[联系电话]", false},
		{"走访日期,企业名称,走访次数,帮扶资金,教师人数,[走访人员],[陪同领导]", false},
		{"企业名称,[负责人],[联系电话]", false},
		{"项目名称,[负责人],[联系人身份证号]", false},
		{"培训班名称,[授课老师],[联系电话]", false},
		{"企业名称,身份证号,[联系电话]", true},
		{"企业名称,[姓名],[联系电话]", true},
		{"企业名称,[手机]", true},
		{"企业名称,[骨干]", true},
		{"走访日期,[负责人],[联系电话]", true},
	} {
		out := map[string]bool{}
		heads := strings.Split(c.headings, ",")
		for i, h := range heads {
			heads[i] = strings.Trim(h, "[]")
			out[heads[i]] = heads[i] != h
		}
		text := strings.Join(heads, ",") + "\n"
		for i := range 2 {
			row := make([]string, len(heads))
			for k, h := range heads {
				row[k] = values[h][i]
			}
			text += strings.Join(row, ",") + "\n"
		}
		path := filepath.Join(t.TempDir(), "甲局_表_2026年6月.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := File(t.Context(), path, lists)
		if err != nil {
			t.Fatal(err)
		}
		if d.People != c.people {
			t.Errorf("%s: of people %v", c.headings, d.People)
		}
		for _, col := range d.Columns {
			if (col.Out != nil) != out[col.Header] {
				t.Errorf("%s: %s is left out: %v", c.headings, col.Header, col.Out)
			}
		}
	}
}

// What the loader takes for no row of data is none here either: who signs below the table, and sums under any name.
func TestFeet(t *testing.T) {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "发改局_项目_2026年6月.csv")
	text := "项目,是否开工,开工日期,总投资\n甲,是,2026-06-01,100\n乙,否,2026-06-02,200\n全县合计,,,300\n其中：续建,,,100\n填表人：沈丽,审核人：周建国,,\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := File(t.Context(), path, lists)
	if err != nil {
		t.Fatal(err)
	}
	if d.Rows != 2 || d.Columns[1].List != "yes_no" || d.Day != "开工日期" || d.Columns[3].Type != dataset.Float64 {
		t.Errorf("%d rows, day %q, %+v", d.Rows, d.Day, d.Columns)
	}
}
