package mask

import (
	"strings"
	"testing"
	"unicode/utf8"
)

var testKey = Mask{Key: []byte("a key of thirty-two bytes or more, for tests")}

// Numbers that belong to nobody: 11010519491231002X is the example of the standard, the others have a sequence that
// was never given out.
func TestNumbers(t *testing.T) {
	for text, hidden := range map[string]string{
		"11010519491231002X":                         "11010519491231002X",
		"身份证11010519491231002x，男":                    "11010519491231002x",
		"１１０１０５１９４９１２３１００２Ｘ":                         "１１０１０５１９４９１２３１００２Ｘ",
		"110105 1949 1231 002X":                      "110105 1949 1231 002X",
		"110105-19491231-0021? 110105-19491231-002X": "110105-19491231-002X",
		"1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X":        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
		"331082900101123":                            "331082900101123",
		"331082-900101-123":                          "331082-900101-123",
		"13800138000":                                "13800138000",
		"浙江某公司13800138000转张经理":                       "13800138000",
		"138 0013 8000":                              "138 0013 8000",
		"138-0013-8000":                              "138-0013-8000",
		"138.0013.8000":                              "138.0013.8000",
		"１３８００１３８０００":                                "１３８００１３８０００",
		"+86 13800138000":                            "13800138000",
		"8613800138000":                              "8613800138000",
		"008613800138000":                            "008613800138000",
		"0571-87052114":                              "0571-87052114",
		"(0579)8655123":                              "0579)8655123",
		"010 6505 1234":                              "010 6505 1234",
		"2026-06-01 13800138000":                     "13800138000",
		"11010519491231002X13800138000":              "11010519491231002X",
		"1380013800013900139000":                     "1380013800013900139000",
		"110105194912310021 不对 13800138000":          "13800138000",
		"13800138000.12 楼 13900139000":               "13900139000",
	} {
		spans := Numbers(text)
		found := false
		for _, p := range spans {
			found = found || text[p.From:p.To] == hidden
		}
		if !found {
			t.Errorf("%q: %q is not found in %v", text, hidden, spans)
		}
	}
	for _, text := range []string{
		"", "2026-06-01", "2026年6月1日至2026年12月31日", "20260601123456", "110105194912310021", "12345678901", "10000000000", "1380013800", "138001380001",
		"91330000MA27U0XX12", "ZL202610123456.7", "6222021234567890123", "合同HT-2026-001234567890", "1998-05-12 345", "150 160 170 180", "13800138000.50 元",
		"330106 2026 0601", "010-20260601", "0571-20260601", "9787302123456", "三一八〇〇", "192.168.100.200", "2026/06/01-2026/06/30", "1500.00 1600.00 1700.00",
	} {
		if spans := Numbers(text); spans != nil {
			t.Errorf("%q: found %v", text, spans)
		}
	}
}

func TestText(t *testing.T) {
	a, hid := testKey.Text("电话 13800138000")
	b, _ := testKey.Text("电话 138-0013-8000")
	c, _ := testKey.Text("电话 13800138001")
	if !hid || a != b || a == c || strings.Contains(a, "138") {
		t.Errorf("got %q, %q, %q", a, b, c)
	}
	if again, hid := testKey.Text(a); hid || again != a {
		t.Errorf("%q became %q", a, again)
	}
	if d, _ := (Mask{Key: []byte("another key, as long as the first one")}).Text("电话 13800138000"); d == a {
		t.Error("the mark does not depend on the key")
	}
}

func TestPeople(t *testing.T) {
	words := NewWords([]string{"引进与流出", "技能培训", "青田县人才办"})
	for name, want := range map[string]string{
		"张伟.xlsx": "张伟",
		"王小明_引进与流出_2026年6月.xlsx":      "王小明",
		"区人社局_引进与流出_2026年6月_李小红.xlsx": "李小红",
		"花名册（欧阳雪）.xlsx":               "欧阳雪",
		"诸葛孔明/2026年6月.csv":            "诸葛孔明",
		"张伟的工资表.xlsx":                 "张伟",
		"张伟简历.xlsx":                   "张伟",
		"2026年6月张伟.xlsx":              "张伟",
		"技能培训 陈 1.csv":                "",
		"人社局_引进与流出_2026年6月.xlsx":      "",
		"青田县人才办_技能培训.xlsx":            "",
		"高新区_引进与流出_2026年6月.xlsx":      "",
		"金华市_施工单位明细.xlsx":             "",
		"江南街道 汇总.xlsx":                "",
		"方案（终稿）.docx":                 "",
		"Sheet1":                      "",
		"一月":                          "",
		"导出20260630.csv":              "",
	} {
		if got := strings.Join(words.People(name), " "); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if words.Unknown("区人社局_引进与流出_2026年6月.csv") || !words.Unknown("区人社局_秘测_2026年6月.csv") {
		t.Error("what is known is not told from what is not")
	}
	if !words.Names("秘测三 6月.csv", "秘测三") || words.Names("安文街道_6月.csv", "安文") || !words.Names("Zhang Wei.csv", "Zhang Wei") {
		t.Error("a person who is named is not found, or one who is not is")
	}
}

func TestPersonal(t *testing.T) {
	for text, want := range map[string]bool{
		"张伟": true, "欧阳秘密测试": true, "王小明": true, "高级": false, "调动": false, "高新园区": false, "博后": false, "引进": false, "Sonstiges": false, "": false, "施工": false,
	} {
		if got := Personal(text); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func TestSigned(t *testing.T) {
	for in, want := range map[string]string{
		"填表人：张伟  联系电话：":      "填表人：张*  联系电话：",
		"单位负责人（签字）: 王小明":     "单位负责人（签字）: 王*",
		"制表：李四；审核人员：欧阳秘密测试。": "制表：李*；审核人员：欧*。",
		"单位：万元":      "单位：万元",
		"联系人：":       "联系人：",
		"注：本表由各镇街填报": "注：本表由各镇街填报",
	} {
		if got := Signed(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// What was masked has nothing left to mask, is text as before, and is the same again; what has no number is untouched.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"13800138000", "11010519491231002X", "张伟_2026年6月（修订）.xlsx", "１３８-００１３-８０００", "0571-87052114x", "331082900101123\x00", "\xff13800138000", "1X1x", "+86(138)0013 8000."} {
		f.Add(s)
	}
	words := NewWords(nil)
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 500 {
			return
		}
		got, hid := testKey.Text(s)
		if hid == (got == s) || len(s) < fewest && hid {
			t.Errorf("%q: %q, hidden %v", s, got, hid)
		}
		if utf8.ValidString(s) != utf8.ValidString(got) && utf8.ValidString(s) {
			t.Errorf("%q became %q, which is no text", s, got)
		}
		if again, more := testKey.Text(got); more && !strings.Contains(s, "***") {
			t.Errorf("%q: %q still holds a number: %q", s, got, again)
		}
		name := testKey.Name(s, words.People(s)...)
		if Numbers(name) != nil && !strings.Contains(s, "***") {
			t.Errorf("name %q: %q still holds a number", s, name)
		}
		words.Unknown(s)
		Personal(s)
	})
}

func BenchmarkText(b *testing.B) {
	for name, s := range map[string]string{"words": "浙江某某磁性材料股份有限公司研发部", "digits": "合同编号 HT-2026-00123，2026年6月1日至2027年5月31日"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				testKey.Text(s)
			}
		})
	}
}
