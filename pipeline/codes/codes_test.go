package codes

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/configs"
)

func load(t testing.TB) *Lists {
	t.Helper()
	ls, err := Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	return ls
}

func TestFind(t *testing.T) {
	ls := load(t)
	for _, tt := range []struct{ list, text, want string }{
		{"talent_classes", "E", "E"},
		{"talent_classes", "Ｅ类", "E"},
		{"talent_classes", " e 类人才 ", "E"},
		{"talent_classes", "G", ""},
		{"talent_classes", "", ""},
		{"talent_classes", "D类、E类", ""},
		{"talent_classes", "省级领军人才（C类）", "C"},
		{"provinces", "江苏", "江苏"},
		{"provinces", "江苏省", "江苏"},
		{"provinces", "320000", "江苏"},
		{"provinces", "JiangSu", "江苏"},
		{"provinces", "内蒙古自治区", "内蒙古"},
		{"provinces", "广西壮族自治区", "广西"},
		{"provinces", "江 苏\u3000省", "江苏"},
		{"provinces", "苏州", ""},
		{"countries", "美国", "US"},
		{"countries", "USA", "US"},
		{"countries", "德意志联邦共和国", "DE"},
		{"countries", "EL", "GR"},
		{"countries", "UK", "GB"},
		{"countries", "na", "NA"},
		{"countries", "纳米比亚", "NA"},
		{"countries", "XK", "XK"},
		{"countries", "香港", "HK"},
		{"countries", "台湾地区", "TW"},
		{"countries", "韩国", "KR"},
		{"countries", "Viet Nam", "VN"},
		{"countries", "N/A", ""},
		{"countries", "火星", ""},
		{"education", "本科", "21"},
		{"education", "大学本科", "21"},
		{"education", "硕士研究生", "14"},
		{"education", "博士", "11"},
		{"education", "大专", "31"},
		{"education", "高职（专科）", "31"},
		{"education", "中专", "41"},
		{"education", "高中", "61"},
		{"education", "21", "21"},
		{"education", "研究生", "14"},
		{"skill_levels", "3", "L3"},
		{"skill_levels", "３级", "L3"},
		{"education", "本科（肄业）", ""},
		{"education", "硕士研究生/硕士", "14"},
		{"education", "博士/硕士", ""},
		{"education", "82", "83"},
		{"education", "72", "73"},
		{"skill_levels", "三级", "L3"},
		{"skill_levels", "高级工(三级)", "L3"},
		{"skill_levels", "三级／高级工", "L3"},
		{"skill_levels", "高级技师", "L1"},
		{"skill_levels", "首席技师", "chief"},
		{"skill_levels", "学徒工", "apprentice"},
		{"skill_levels", "高级工（四级）", ""},
		{"skill_levels", "国家职业资格二级", "L2"},
		{"directions", "流入", "in"},
		{"directions", "调出", "out"},
		{"directions", "离职", "out"},
		{"channels", "校招", "campus"},
		{"channels", "猎头", "agency"},
		{"employments", "柔性引才", "flexible"},
		{"cooperation_kinds", "外国专家", "expert"},
		{"cooperation_kinds", "联合实验室", "joint_lab"},
		{"scales", "中型企业", "medium"},
		{"ownerships", "外资(欧美)", "foreign"},
		{"ownerships", "外资（非欧美）", "foreign"},
		{"ownerships", "学校/下级学院", "institution"},
		{"yes_no", "√", "1"},
		{"yes_no", "×", "0"},
		{"yes_no", "ＴＲＵＥ", "1"},
		{"urgency", "急需", "1"},
		{"results", "不合格", "0"},
		{"employed", "失业", "0"},
		{"engagements", "柔性引才", "1"},
		{"yes_no", "也许", ""},
		{"sexes", "男", "M"},
		{"permit_classes", "A类", "A"},
		{"standard_roles", "牵头", "lead"},
		{"selection_levels", "国家级", "national"},
	} {
		got, ok := ls.Get(tt.list).Find(tt.text)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s %q: got %q %v, want %q", tt.list, tt.text, got, ok, tt.want)
		}
	}
}

func TestRanks(t *testing.T) {
	ls := load(t)
	// 及以上 runs towards A, not along the alphabet
	if got := ls.Get("talent_classes").AtLeast("E"); !slices.Equal(got, []string{"A", "B", "C", "D", "E"}) {
		t.Errorf("E and above: got %v", got)
	}
	levels := ls.Get("skill_levels")
	if got := levels.AtLeast("L3"); !slices.Equal(got, []string{"L3", "L2", "L1", "special", "chief"}) {
		t.Errorf("senior workers and above: got %v", got)
	}
	for text, want := range map[string]int{"学徒工": 1, "五级": 2, "初级工": 2, "四级": 3, "三级/高级工": 4, "技师": 5, "一级": 6, "特级技师": 7, "首席技师": 8} {
		if got, ok := levels.FindRank(text); !ok || got != want {
			t.Errorf("rank of %s: got %d %v, want %d", text, got, ok, want)
		}
	}
	if v, ok := levels.OfRank(4); !ok || v.Code != "L3" {
		t.Errorf("value of rank 4: got %v", v)
	}
	if _, ok := ls.Get("sexes").FindRank("男"); ok {
		t.Error("a list without ranks gives one")
	}
	if got := ls.Get("sexes").AtLeast("M"); got != nil {
		t.Errorf("a list without ranks orders its codes: %v", got)
	}
}

func TestShippedLists(t *testing.T) {
	ls := load(t)
	for name, n := range map[string]int{"countries": 250, "provinces": 34, "education": 40, "talent_classes": 6, "skill_levels": 9, "cooperation_kinds": 9, "channels": 8} {
		if got := len(ls.Get(name).Codes()); got != n {
			t.Errorf("%s: got %d values, want %d", name, got, n)
		}
	}
	if got := ls.Get("provinces").Label("浙江", "en"); got != "Zhejiang" {
		t.Errorf("label of 浙江: got %q", got)
	}
	if got := ls.Get("provinces").Label("nowhere", "zh"); got != "nowhere" {
		t.Errorf("label of an unknown code: got %q", got)
	}
	// every city lies in a province, and every province of GB/T 2260 is known by its number
	for _, c := range ls.Get("cities").Values {
		if _, ok := ls.Get("provinces").Value(c.Parent); !ok {
			t.Errorf("city %s lies in %q", c.Code, c.Parent)
		}
	}
	for n, want := range provinceOf {
		if want == "" || n == 83 {
			continue
		}
		if got, _ := ls.Get("provinces").Find(string([]byte{byte('0' + n/10), byte('0' + n%10)})); got != want {
			t.Errorf("province %d: got %q, want %q", n, got, want)
		}
	}
}

func TestCity(t *testing.T) {
	ls := load(t)
	for text, want := range map[string][2]string{
		"郑州": {"郑州", "河南"}, "郑州市": {"郑州", "河南"}, "丽水": {"丽水", "浙江"}, "上海": {"上海", "上海"}, "上海市": {"上海", "上海"},
		"吉林市": {"吉林市", "吉林"}, "恩施州": {"恩施", "湖北"}, "恩施土家族苗族自治州": {"恩施", "湖北"}, " 杭 州 ": {"杭州", "浙江"},
		"吉林": {}, "河南": {}, "日本": {}, "": {}, "市": {},
	} {
		city, province, ok := ls.City(text)
		if [2]string{city, province} != want || ok != (want[0] != "") {
			t.Errorf("City(%q): got %q %q %v, want %v", text, city, province, ok, want)
		}
	}
}

func TestValid(t *testing.T) {
	ls, err := Load(fstest.MapFS{"codes/classes.csv": {Data: []byte("# 类别 | Classes\ncode,zh,en,from,to\nF,己,F,2020-01-01,2025-01-01\nA,甲,A,,\n")}})
	if err != nil {
		t.Fatal(err)
	}
	f, _ := ls.Get("classes").Value("F")
	a, _ := ls.Get("classes").Value("A")
	for day, want := range map[string]bool{"2019-12-31": false, "2020-01-01": true, "2024-12-31": true, "2025-01-01": false} {
		d, _ := time.Parse(time.DateOnly, day)
		if got := f.Valid(d); got != want {
			t.Errorf("F on %s: got %v, want %v", day, got, want)
		}
		if !a.Valid(d) {
			t.Errorf("A on %s: got false", day)
		}
	}
}

func TestPlace(t *testing.T) {
	ls, err := Load(fstest.MapFS{"codes/parks.csv": {Data: []byte("# 园区 | Parks\ncode,zh,en,lon,lat\na,甲园,A,120.25,28.5\nb,乙园,B,,\n")}})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := ls.Get("parks").Value("a")
	b, _ := ls.Get("parks").Value("b")
	if a.Place == nil || *a.Place != (Place{Lon: 120.25, Lat: 28.5}) || b.Place != nil {
		t.Errorf("got %v and %v, want 120.25 28.5 and none", a.Place, b.Place)
	}
}

func TestBadLists(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"no title":     {"code,zh,en\na,甲,A\n", "codes/x.csv:1:"},
		"no heading":   {"# 甲 | A\n", "codes/x.csv:1: 没有表头"},
		"column":       {"# 甲 | A\ncode,zh,en,color\n", `unknown column "color"`},
		"column twice": {"# 甲 | A\ncode,zh,en,zh\n", `column "zh" occurs twice`},
		"no en":        {"# 甲 | A\ncode,zh\n", `column "en" is missing`},
		"blank":        {"# 甲 | A\ncode,zh,en\na,,A\n", "codes/x.csv:3: zh 为空"},
		"ragged":       {"# 甲 | A\ncode,zh,en\na,甲\n", "codes/x.csv"},
		"rank":         {"# 甲 | A\ncode,zh,en,rank\na,甲,A,high\n", "codes/x.csv:3: rank"},
		"date":         {"# 甲 | A\ncode,zh,en,from\na,甲,A,2026\n", "want a date like"},
		"dates":        {"# 甲 | A\ncode,zh,en,from,to\na,甲,A,2026-01-02,2026-01-02\n", "from is not before to"},
		"one degree":   {"# 甲 | A\ncode,zh,en,lon,lat\na,甲,A,120.2,\n", "codes/x.csv:3: lon、lat"},
		"no degrees":   {"# 甲 | A\ncode,zh,en,lon,lat\na,甲,A,28,120.2\n", "want degrees in both"},
		"code twice":   {"# 甲 | A\ncode,zh,en\na,甲,A\na,乙,B\n", "codes/x.csv:4: 代码 \"a\" 重复，先见于 codes/x.csv:3"},
		"two meanings": {"# 甲 | A\ncode,zh,en,aliases\na,甲,A1,\nb,乙,B,ａ\n", `codes/x.csv:4: 名称 "ａ" 同时指向`},
	} {
		_, err := Load(fstest.MapFS{"codes/x.csv": {Data: []byte(tt.text)}})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	ls := load(t)
	if err := ls.Add(&List{Name: "sexes"}); err == nil {
		t.Error("a second list sexes is taken")
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"高级工(三级)", "Ｅ类", "", "()", "/", "\xff", "江苏 省"} {
		f.Add(s)
	}
	ls := load(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range ls.Names() {
			l := ls.Get(name)
			if code, ok := l.Find(s); ok {
				if _, known := l.Value(code); !known {
					t.Errorf("%s: Find(%q) = %q, not a code", name, s, code)
				}
			}
		}
		ls.City(s)
		if Key(Key(s)) != Key(s) {
			t.Errorf("Key(%q) = %q changes again", s, Key(s))
		}
	})
}

// What would be passed over in the folder of the lists is told, and a fault keeps nothing else from being read.
func TestNamesOfFiles(t *testing.T) {
	good := &fstest.MapFile{Data: []byte("# 性别 | Sexes\ncode,zh,en\nM,男,Male\n")}
	l, err := Load(fstest.MapFS{"codes/a.csv": good, "codes/b.CSV": good, "codes/c.yaml": good, "codes/old/d.csv": good, "codes/README.md": good, "codes/.x.csv": good, "codes/e.csv": {Data: []byte("# 甲 | A\ncode,zh,en,alias\n")}, "codes/f.csv": {Data: []byte("# 甲 | A\ncode,zh,en\nx,甲\n")}})
	want := `codes/b.CSV:1: 扩展名是 .CSV，不会被读；代码表是 .csv / the file ends in .CSV and would not be read: a code list is a .csv
codes/c.yaml:1: 扩展名是 .yaml，不会被读；代码表是 .csv / the file ends in .yaml and would not be read: a code list is a .csv
codes/old:1: 不读目录中的目录，把其中的文件移到 codes 里 / a folder inside of a folder is not read: move its files into codes
codes/e.csv:2: 未知的列 "alias" (aliases?)，应为 code zh en aliases parent rank from to lon lat / unknown column "alias" (aliases?), want code zh en aliases parent rank from to lon lat
codes/f.csv:3: 不是合法的 CSV：wrong number of fields / not CSV: wrong number of fields`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if got := l.Names(); len(got) != 2 || got[0] != "a" || got[1] != "f" {
		t.Errorf("got lists %v", got)
	}
}
