package draft

import (
	"os"
	"path/filepath"
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
	if d, err := File(t.Context(), path, lists); err == nil && len(d.Columns) > 0 && d.Rows > 0 {
		t.Errorf("a sentence is drafted: %+v", d)
	}
}
