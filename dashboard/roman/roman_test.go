package roman

import (
	"strings"
	"testing"
	"unicode/utf8"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
)

func shipped(t testing.TB) *Writer {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	return New(lists)
}

func TestName(t *testing.T) {
	w := shipped(t)
	for name, want := range map[string]string{
		"雁湖永磁新磁材股份有限公司": "Yanhu Yongcixin Magnetic Materials Co., Ltd.",
		"雁湖钼化钼化工有限公司":   "Yanhu Muhua Molybdenum Chemicals Co., Ltd.",
		"甲铸造厂":          "Jia Casting Chang",
		"浙江中控技术股份有限公司":  "Zhejiang Zhongkong Technology Co., Ltd.",
		"雁湖职业技术学院":      "Yanhu Vocational and Technical College",
		"雁翔职业培训学校":      "Yanxiang Vocational Training School",
		"百工职业技能培训中心":    "Baigong Vocational Skills Training Centre",
		"大连理工大学":        "Dalian Ligong University",
		"ABC（中国）有限公司":   "ABC ( Zhongguo ) Co., Ltd.",
		"区人社局":          "District HR and Social Security Bureau",
		"磁材小镇管理办公室":     "Magnet Town Administration Office",
		"Siemens AG":    "Siemens AG",
		"":              "",
	} {
		if got := w.Name(name); got != want {
			t.Errorf("%s is written %q, want %q", name, got, want)
		}
	}
	if got := New(nil).Name("雁湖材料"); got != "Yanhu Cailiao" {
		t.Errorf("without a list: %q", got)
	}
	for i := range mostKept + 10 {
		w.Name("甲" + strings.Repeat("乙", i%7) + string(rune(0x4e00+i)))
	}
	if len(w.kept) > mostKept {
		t.Errorf("%d names are kept", len(w.kept))
	}
}

func FuzzName(f *testing.F) {
	w := shipped(f)
	f.Add("雁湖永磁新磁材股份有限公司")
	f.Fuzz(func(t *testing.T, name string) {
		if got := w.Name(name); utf8.ValidString(name) && !utf8.ValidString(got) {
			t.Errorf("%q is written %q", name, got)
		}
	})
}
