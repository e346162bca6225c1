package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// person is somebody who does not exist. The identity number is well formed (real division at
// birth, checksum right) because the loader checks it; every given name carries the character 雁
// so that nobody takes the people for real ones.
type person struct {
	id       string
	passport bool
	name     string
	female   bool
	birth    time.Time // zero for passports: the number does not tell
	province string    // full name, empty for foreigners
	country  string    // ISO 3166-1 alpha-2
	edu      string    // GB/T 4658 code
	school   string
}

// province is an origin with its share among newcomers and counties to be born in.
type province struct {
	name     string
	weight   float64
	counties []string
	schools  []string
}

var provinces = []province{
	{"浙江省", 330, []string{"330106", "330203", "330302", "330381", "330402", "330683", "330702", "331002", "331102", "331121", "331122", "331181"}, []string{"浙江大学", "浙江工业大学", "宁波大学", "杭州电子科技大学", "中国计量大学", "温州大学", "丽水学院", "浙江机电职业技术大学", "丽水职业技术学院"}},
	{"江西省", 118, []string{"360102", "360403", "360702", "361102", "361002", "360202"}, []string{"江西理工大学", "南昌大学", "南昌航空大学", "华东交通大学", "江西冶金职业技术学院"}},
	{"安徽省", 104, []string{"340103", "340202", "340811", "341202", "341502"}, []string{"合肥工业大学", "安徽工业大学", "安徽大学", "安徽机电职业技术学院"}},
	{"河南省", 86, []string{"410102", "410302", "411302", "411502", "411602"}, []string{"河南科技大学", "郑州大学", "河南理工大学", "河南工业职业技术学院"}},
	{"江苏省", 72, []string{"320102", "320302", "320582", "320981", "320722"}, []string{"东南大学", "江苏大学", "南京理工大学", "江苏科技大学"}},
	{"湖北省", 44, []string{"420102", "420502", "421002", "421102"}, []string{"华中科技大学", "武汉科技大学", "武汉理工大学"}},
	{"湖南省", 41, []string{"430102", "430202", "430502", "431002"}, []string{"中南大学", "湖南大学", "湖南科技大学"}},
	{"福建省", 34, []string{"350102", "350203", "350502", "350702"}, []string{"福州大学", "厦门大学", "福建理工大学"}},
	{"贵州省", 30, []string{"520102", "520302", "520502"}, []string{"贵州大学", "贵州师范大学"}},
	{"四川省", 28, []string{"510104", "510703", "511302", "511702"}, []string{"四川大学", "电子科技大学", "西华大学"}},
	{"山东省", 26, []string{"370102", "370202", "370702", "371302"}, []string{"山东大学", "青岛科技大学", "济南大学"}},
	{"陕西省", 24, []string{"610102", "610302", "610402"}, []string{"西北工业大学", "西安交通大学", "西安建筑科技大学", "西安理工大学"}},
	{"广东省", 17, []string{"440103", "440303", "440604", "441302"}, []string{"华南理工大学", "广东工业大学"}},
	{"上海市", 15, []string{"310101", "310115"}, []string{"上海交通大学", "上海大学", "东华大学"}},
	{"重庆市", 13, []string{"500101", "500103", "500112"}, []string{"重庆大学", "重庆理工大学"}},
	{"山西省", 13, []string{"140105", "140213"}, []string{"太原理工大学", "中北大学"}},
	{"辽宁省", 12, []string{"210102", "210202", "210302"}, []string{"东北大学", "大连理工大学", "沈阳工业大学"}},
	{"河北省", 12, []string{"130102", "130302", "130602"}, []string{"燕山大学", "河北工业大学"}},
	{"云南省", 11, []string{"530102", "530302"}, []string{"昆明理工大学", "云南大学"}},
	{"广西壮族自治区", 11, []string{"450102", "450302"}, []string{"桂林电子科技大学", "广西大学"}},
	{"黑龙江省", 10, []string{"230102", "230602"}, []string{"哈尔滨工业大学", "哈尔滨工程大学"}},
	{"北京市", 8, []string{"110101", "110108"}, []string{"北京科技大学", "清华大学", "北京航空航天大学"}},
	{"甘肃省", 8, []string{"620102", "620502"}, []string{"兰州理工大学", "兰州大学"}},
	{"吉林省", 6, []string{"220102"}, []string{"吉林大学", "长春理工大学"}},
	{"天津市", 5, []string{"120101"}, []string{"天津大学", "天津职业技术师范大学"}},
	{"内蒙古自治区", 5, []string{"150102", "150202"}, []string{"内蒙古科技大学"}},
	{"海南省", 2, []string{"460105"}, []string{"海南大学"}},
	{"宁夏回族自治区", 2, []string{"640104"}, []string{"宁夏大学"}},
	{"新疆维吾尔自治区", 2, []string{"650102"}, []string{"新疆大学"}},
	{"青海省", 1, []string{"630102"}, []string{"青海大学"}},
	{"西藏自治区", 1, []string{"540102"}, []string{"西藏大学"}},
}

// country is where people and partners come from.
type country struct {
	code, zh string
	weight   float64
	schools  []string
	names    []string
}

var countries = []country{
	{"DE", "德国", 18, []string{"亚琛工业大学", "慕尼黑工业大学"}, []string{"MUSTER ANNA", "BEISPIEL KARL", "WILDGANS ERIKA"}},
	{"US", "美国", 17, []string{"密歇根大学", "俄亥俄州立大学"}, []string{"SAMPLE JOHN", "GOOSE EMILY", "WILDE MARK"}},
	{"JP", "日本", 16, []string{"东北大学（日本）", "东京工业大学"}, []string{"KARI TARO", "KARIGANE HANA"}},
	{"KR", "韩国", 9, []string{"浦项工科大学", "首尔大学"}, []string{"GIREOGI MIN", "HONG GIL DONG"}},
	{"GB", "英国", 9, []string{"伯明翰大学", "谢菲尔德大学"}, []string{"EXAMPLE JANE", "BRENT OLIVER"}},
	{"FR", "法国", 6, []string{"洛林大学", "里昂国立应用科学学院"}, []string{"EXEMPLE MARIE", "OIE PIERRE"}},
	{"RU", "俄罗斯", 6, []string{"莫斯科国立钢铁合金学院"}, []string{"GUSEV IVAN", "GUSEVA OLGA"}},
	{"SE", "瑞典", 5, []string{"瑞典皇家理工学院"}, []string{"GAS ERIK", "EXEMPEL ELSA"}},
	{"SG", "新加坡", 5, []string{"南洋理工大学", "新加坡国立大学"}, []string{"TAN YAN"}},
	{"AU", "澳大利亚", 4, []string{"昆士兰大学"}, []string{"SAMPLE RUBY"}},
	{"IT", "意大利", 3, []string{"都灵理工大学"}, []string{"OCA MARIO"}},
	{"UA", "乌克兰", 2, []string{"基辅理工学院"}, []string{"HUSAK PETRO"}},
	{"IN", "印度", 2, []string{"印度理工学院"}, []string{"HANSA RAVI"}},
	{"CA", "加拿大", 2, []string{"麦吉尔大学"}, []string{"SAMPLE NOAH"}},
}

var (
	surnames   = strings.Split("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙贺陶顾毛郝龚邵万钱严", "")
	givenChars = strings.Split("舟宁清远川澜岚朗哲安平诚恒睿泽楠彤欣悦瑶琪婷洁雯静敏瑾萱涵晨曦阳峰磊涛超鹏飞宇航帆铭锋钧铮锐钰鑫琛珂珩璟昊旻晟晖煜炜焕辰", "")
)

// people makes distinct people.
type people struct {
	r    *rand.Rand
	used map[string]bool
}

func newPeople(r *rand.Rand) *people { return &people{r: r, used: map[string]bool{}} }

// chinese returns somebody born in a province drawn by weight within [lo, hi].
func (p *people) chinese(lo, hi time.Time) *person {
	pr := provinces[pick(p.r, len(provinces), func(i int) float64 { return provinces[i].weight })]
	days := int(hi.Sub(lo).Hours() / 24)
	q := &person{province: pr.name, country: "CN", female: p.r.Float64() < 0.37}
	q.birth = lo.AddDate(0, 0, p.r.IntN(days+1))
	county := pr.counties[p.r.IntN(len(pr.counties))]
	q.id = p.identity(county, q.birth, q.female)
	q.name = p.chineseName()
	sp := pr
	if p.r.Float64() < 0.35 { // many study away from home
		sp = provinces[pick(p.r, len(provinces), func(i int) float64 { return provinces[i].weight })]
	}
	q.school = sp.schools[p.r.IntN(len(sp.schools))]
	return q
}

// foreign returns somebody with a passport.
func (p *people) foreign() *person {
	return p.from(countries[pick(p.r, len(countries), func(i int) float64 { return countries[i].weight })])
}

// from returns somebody with a passport of that country.
func (p *people) from(c country) *person {
	q := &person{country: c.code, passport: true, female: p.r.Float64() < 0.3}
	for {
		q.id = fmt.Sprintf("%c%08d", "CEGKLMPR"[p.r.IntN(8)], 10_000_000+p.r.IntN(89_999_999))
		if !p.used[q.id] {
			break
		}
	}
	p.used[q.id] = true
	q.name = c.names[p.r.IntN(len(c.names))]
	q.school = c.schools[p.r.IntN(len(c.schools))]
	return q
}

func (p *people) chineseName() string {
	return surnames[p.r.IntN(len(surnames))] + "雁" + givenChars[p.r.IntN(len(givenChars))]
}

// identity returns an 18-character number nobody else here has.
func (p *people) identity(county string, birth time.Time, female bool) string {
	for {
		seq := p.r.IntN(499)*2 + 1
		if female {
			seq++
		}
		id := county + birth.Format("20060102") + fmt.Sprintf("%03d", seq)
		id += string(identityCheck(id))
		if !p.used[id] {
			p.used[id] = true
			return id
		}
	}
}

// identityCheck is the 18th character of a GB 11643 number by its first 17.
func identityCheck(s string) byte {
	sum := 0
	for i := range 17 {
		sum += int(s[i]-'0') * []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}[i]
	}
	return "10X98765432"[sum%11]
}

const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditCode completes a GB 32100 code from registry, type, division (8 characters) and the
// first 8 of the organisation code, with both check characters.
func creditCode(head, org string) string {
	sum := 0
	for i, c := range []byte(org) {
		v := int(c - '0')
		if c >= 'A' {
			v = int(c-'A') + 10
		}
		sum += v * []int{3, 7, 9, 10, 5, 8, 4, 2}[i]
	}
	inner := "0123456789X"[(11-sum%11)%11]
	s := head + org + string(inner)
	sum = 0
	w := 1
	for i := range 17 {
		sum += strings.IndexByte(creditAlphabet, s[i]) * w
		w = w * 3 % 31
	}
	return s + string(creditAlphabet[(31-sum%31)%31])
}

// pick draws an index by weight.
func pick(r *rand.Rand, n int, weight func(int) float64) int {
	total := 0.0
	for i := range n {
		total += weight(i)
	}
	x := r.Float64() * total
	for i := range n {
		if x -= weight(i); x < 0 {
			return i
		}
	}
	return n - 1
}
