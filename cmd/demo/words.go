package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// How a value is written down. A column of a layout names one of the shapes for its type; the
// empty shape is the plainest.

var nodeZh = func() map[string]string {
	m := map[string]string{}
	for _, n := range nodes {
		m[n.code] = n.zh
	}
	return m
}()

var countryZh = func() map[string]string {
	m := map[string]string{"CN": "中国"}
	for _, c := range countries {
		m[c.code] = c.zh
	}
	return m
}()

// words holds for each column of codes what offices write; the first is the plain word.
var words = map[string]map[string][]string{
	"direction":  {"in": {"引进", "增员"}, "out": {"流出", "减员"}},
	"employment": {"full_time": {"全职", "全职"}, "flexible": {"柔性", "柔性引才"}},
	"channel": {
		"campus": {"校园招聘", "校招"}, "market": {"社会招聘", "社招"}, "fair": {"招聘会", "现场招聘会"}, "agency": {"中介", "猎头"},
		"referral": {"推荐", "内推"}, "policy": {"人才政策", "政策引才"}, "return": {"返乡", "返乡就业"}, "overseas": {"海外引才站", "海外引才工作站"},
		"window": {"专窗", "人才专窗"}, "hotline": {"热线", "12345热线"}, "one_stop": {"一站式", "一站式平台"}, // of services
	},
	"education": {
		"11": {"博士研究生", "博士"}, "12": {"博士结业", "博士研究生结业"}, "14": {"硕士研究生", "硕士"}, "15": {"硕士结业", "硕士研究生结业"}, "17": {"研究生班", "研究生班毕业"},
		"21": {"大学本科", "本科"}, "22": {"本科结业", "大学本科结业"}, "23": {"本科肄业", "大学本科肄业"}, "28": {"大学普通班毕业", "大学普通班"},
		"31": {"大学专科", "大专"}, "32": {"大专结业", "大学专科结业"}, "33": {"大专肄业", "大学专科肄业"}, "41": {"中专", "中专"}, "44": {"职高", "职业高中"},
		"47": {"技校", "技工学校"}, "61": {"高中", "普通高中"}, "71": {"初中", "初中"},
	},
	"skill_level": {
		"0": {"无等级", "", ""}, "1": {"学徒工", "学徒工"}, "2": {"初级工", "五级", "初级工（五级）"}, "3": {"中级工", "四级", "中级工（四级）"}, "4": {"高级工", "三级", "三级/高级工"},
		"5": {"技师", "二级", "技师（二级）"}, "6": {"高级技师", "一级", "一级/高级技师"},
	},
	"kind": {
		"joint_lab": {"联合实验室", "国际联合实验室"}, "transfer_centre": {"技术转移中心", "国际技术转移中心"}, "overseas_station": {"海外引才工作站", "海外引才站"},
		"expert": {"外籍专家", "外国专家"}, "delegation": {"代表团", "出访团组"}, "conference": {"国际会议", "国际学术会议"}, "overseas_rd": {"境外研发中心", "海外研发中心"},
		"standard": {"国际标准", "国际标准制定"}, "technology": {"引进技术", "技术引进"},
		// of platforms, benefits, events and technology contracts
		"academician_village": {"院士村", "院士村"}, "expert_station": {"专家工作站", "院士专家工作站"}, "doctoral_station": {"博士创新站", "博士创新站"}, "postdoc_station": {"博士后工作站", "博士后科研工作站"},
		"institute": {"研究院", "产业研究院"}, "engineering_centre": {"工程中心", "工程技术研究中心"},
		"housing": {"住房", "人才住房"}, "schooling": {"子女教育", "子女入学"}, "medical": {"医疗", "医疗绿卡"}, "allowance": {"生活补贴", "生活补贴"}, "settling": {"安家费", "安家补助"}, "project": {"项目资助", "项目补助"},
		"salon": {"沙龙", "人才沙龙"}, "contest": {"大赛", "创业大赛"}, "fair": {"招聘会", "专场招聘会"}, "forum": {"论坛", "讲座"}, "roadshow": {"路演", "推介会"},
		// of products of cooperation
		"patent": {"专利", "发明专利"}, "product": {"新产品", "新产品"}, "process": {"新工艺", "工艺"},
		"development": {"技术开发", "委托开发"}, "transfer": {"技术转让", "技术转让"}, "licence": {"技术许可", "专利许可"}, "consulting": {"技术咨询", "技术咨询"}, "service": {"技术服务", "技术服务"},
	},
	"field":        {"melting": {"冶炼与材料制备", "材料制备"}, "forming": {"成形与加工工艺", "加工工艺"}, "testing": {"检测与评价", "检测评价"}, "simulation": {"仿真与数字化", "数字化"}, "energy": {"节能与回收利用", "绿色低碳"}, "device": {"器件与应用", "器件应用"}},
	"area":         {"zone": {"开发区", "本区"}, "county": {"全县", "县域"}, "city": {"全市", "市域"}},
	"degree":       {"master": {"硕士", "硕士研究生"}, "doctor": {"博士", "博士研究生"}},
	"satisfaction": {"very": {"非常满意", "很满意"}, "satisfied": {"满意", "满意"}, "neutral": {"一般", "一般"}, "dissatisfied": {"不满意", "不满意"}, "very_dissatisfied": {"非常不满意", "很不满意"}},
	"item":         {"residents": {"常住人口", "年末常住人口"}, "employed": {"从业人员", "从业人员"}, "eligible_evaluation": {"符合授权条件企业数"}, "talents_eligible": {"符合认定条件人才数"}},
	"tier":         {"base": {"保底目标"}, "expected": {"预期目标"}, "stretch": {"奋斗目标"}},
	"award":        {"outstanding": {"杰出人才奖"}, "young": {"青年英才奖"}, "skilled": {"技能大师奖"}, "other": {"其他"}},
	"how":          {"transferred": {"转让", "技术转让"}, "licensed": {"许可", "实施许可"}, "invested": {"作价投资", "作价入股"}},
	"permit_class": {"A": {"A类", "A"}, "B": {"B类", "B"}, "C": {"C类", "C"}},
	"role":         {"lead": {"主导", "牵头"}, "participate": {"参与", "参与制定"}},
	"level":        {"national": {"国家级", "国家级"}, "provincial": {"省级", "省级"}, "city": {"市级", "市级"}, "county": {"县级", "县级"}},
	"class":        {"A": {"A类", "A"}, "B": {"B类", "B"}, "C": {"C类", "C"}, "D": {"D类", "D"}, "E": {"E类", "E"}, "F": {"F类", "F"}},
	"park":         {"lake": {"雁湖核心区"}, "alloy": {"高温合金产业园"}, "magnet": {"磁材小镇"}, "moly": {"钼业新材料园"}, "port": {"临江制造园"}, "valley": {"青年创新谷"}},
	"chain":        {"superalloy": {"高温合金"}, "magnetic": {"磁性材料"}, "molybdenum": {"钼新材料"}},
}

var yesNo = map[string][2]string{
	"": {"是", "否"}, "pass": {"合格", "不合格"}, "seat": {"是", "缺考"}, "work": {"已就业", "未就业"}, "tick": {"√", ""}, "flex": {"柔性", "全职"}, "call": {"接通", "未接通"},
}

// write puts a value down in a shape: a string, a float64 or a time.Time for the file.
func write(field, shape string, v any) any {
	if shape == "raw" { // as the story has it
		return v
	}
	variant := 0
	if n, err := strconv.Atoi(shape); err == nil {
		variant = n
	}
	if ws, ok := words[field]; ok && v != nil && shape != "code" {
		w, ok := ws[fmt.Sprint(v)]
		if !ok {
			panic(fmt.Sprintf("demo: no word for %s %v", field, v))
		}
		return w[min(variant, len(w)-1)]
	}
	switch field {
	case "node":
		if s, ok := v.(string); ok && shape == "" {
			return nodeZh[s]
		}
	case "country", "origin_country":
		if s, ok := v.(string); ok && shape == "" {
			return countryZh[s]
		}
	case "origin_province":
		if s, ok := v.(string); ok && shape == "short" {
			return shortProvince(s)
		}
	}
	if id, ok := v.(string); ok && field == "person" && shape == "messy" {
		return messy(id)
	}
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		w := yesNo[shape]
		if v {
			return w[0]
		}
		return w[1]
	case time.Time:
		switch shape {
		case "real":
			return v
		case "slash":
			return v.Format("2006/1/2")
		case "zh":
			return v.Format("2006年1月2日")
		case "compact":
			return v.Format("20060102")
		case "dot":
			return v.Format("2006.1.2")
		}
		return v.Format("2006-01-02")
	case int:
		return number(float64(v), shape)
	case float64:
		return number(v, shape)
	}
	return v
}

func shortProvince(s string) string {
	for _, tail := range []string{"壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市"} {
		if t, ok := strings.CutSuffix(s, tail); ok {
			return t
		}
	}
	return s
}

func number(f float64, shape string) any {
	plain := strconv.FormatFloat(f, 'f', -1, 64)
	switch shape {
	case "wide":
		return wide(plain)
	case "comma":
		whole, frac, _ := strings.Cut(plain, ".")
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
		if frac != "" {
			whole += "." + frac
		}
		return whole
	case "money": // 1,500.00
		s := strconv.FormatFloat(f, 'f', 2, 64)
		return number2comma(s)
	case "wan": // yuan written as 0.15万元
		return strconv.FormatFloat(f/10000, 'f', -1, 64) + "万元"
	case "wanyuan": // already in 万元
		return plain + "万元"
	case "text":
		return plain
	}
	return f
}

func number2comma(s string) string {
	whole, frac, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole + "." + frac
}

// wide writes digits, letters and points in full width.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r - '!' + '！'
		}
		return r
	}, s)
}

// messy writes an identity number the way it is typed by hand: x in lower case, now and then
// blanks between its parts or full-width digits. It is the same number.
func messy(id string) string {
	if len(id) != 18 {
		return id
	}
	switch n := int(id[14]-'0')*100 + int(id[15]-'0')*10 + int(id[16]-'0'); {
	case n%23 == 5:
		return wide(id)
	case n%19 == 4:
		return id[:6] + " " + id[6:14] + " " + id[14:]
	}
	return strings.ToLower(id)
}
