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
