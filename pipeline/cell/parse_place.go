package cell

import (
	"strings"
	"unicode/utf8"
)

// Place is where a posting or a person is: short names of province and city, and the district as
// it was written. A municipality is province and city at once.
type Place struct{ Province, City, District string }

// CityFinder returns the short name and the province of a city by any of its names.
type CityFinder func(text string) (city, province string, ok bool)

// provinceWords gives every name of a province its short one.
var provinceWords = func() map[string]string {
	m := map[string]string{}
	for _, p := range strings.Fields("北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门") {
		m[p] = p
		if municipal(p) {
			m[p+"市"] = p
		} else {
			m[p+"省"] = p
		}
	}
	m["内蒙古自治区"], m["广西壮族自治区"], m["西藏自治区"], m["宁夏回族自治区"], m["新疆维吾尔自治区"] = "内蒙古", "广西", "西藏", "宁夏", "新疆"
	m["香港特别行政区"], m["澳门特别行政区"] = "香港", "澳门"
	return m
}()

// municipal are the provinces that are one city.
func municipal(p string) bool {
	switch p {
	case "北京", "上海", "天津", "重庆", "香港", "澳门":
		return true
	}
	return false
}

// PlaceOf reads a place as people write it, its parts in order from the widest:
//
//	上海·虹口·北外滩   上海-奉贤区   北京   杭州·余杭   浙江省丽水市青田县   广东 深圳 南山区
//
// 全国 and its like are no place; a place abroad is a city without a province.
func PlaceOf(s string, find CityFinder) (p Place) {
	parts := strings.FieldsFunc(Trim(s), func(r rune) bool {
		return r == '·' || r == '-' || r == '/' || r == '|' || r == ',' || r == '，' || r == '、' || r == '>' || r == '•' || r == '・' || Space(r) || Dash(r)
	})
	if len(parts) == 0 {
		return p
	}
	if strings.HasPrefix(parts[0], "中国") && len(parts[0]) > len("中国") {
		parts[0] = strings.TrimPrefix(parts[0], "中国")
	}
	switch parts[0] {
	case "全国", "不限", "全国各地", "异地", "远程", "中国", "其他", "其它":
		return p
	}
	rest := parts[1:]
	head := parts[0]
	// 浙江省丽水市青田县 and 丽水市青田县 in one word
	short, tail, ok := leadingProvince(head)
	if !ok {
		if short, city, district := leadingBoth(head, find); city != "" {
			p.Province, p.City, p.District = short, city, district
			if district == "" && len(rest) > 0 {
				p.District = rest[0]
			}
			return p
		}
	}
	if ok {
		p.Province = short
		if head = tail; head == "" && len(rest) > 0 {
			head, rest = rest[0], rest[1:]
			if municipal(short) {
				if provinceWords[head] == short { // 上海市-上海市
					head = ""
					if len(rest) > 0 {
						head = rest[0]
					}
				}
				if head != "市辖区" {
					p.City, p.District = short, head
					return p
				}
				p.City = short
				if len(rest) > 0 {
					p.District = rest[0]
				}
				return p
			}
		}
		if municipal(short) {
			p.City = short
			p.District = strings.TrimPrefix(strings.TrimPrefix(head, short+"市"), "市辖区")
			return p
		}
		if head == "" {
			return p
		}
	}
	city, tail := leadingCity(head)
	name, province, known := find(city)
	switch {
	case known && (p.Province == "" || p.Province == province):
		p.City, p.Province = name, province
	case p.Province != "": // the province says it is ours, though no table has the city
		p.City = city
	case strings.HasSuffix(city, "区") || strings.HasSuffix(city, "县"):
		p.District = head // 东城区: a district alone does not say its city
		return p
	default:
		p.City = city
	}
	switch {
	case tail != "":
		p.District = tail
	case len(rest) > 0:
		p.District = rest[0]
	}
	return p
}

// leadingProvince cuts the name of a province off the front. A short name counts only where it
// is the whole, or a municipality: 海南 and 北京朝阳区, but not 海南州 or 吉林市.
func leadingProvince(s string) (short, tail string, ok bool) {
	best := ""
	for name, p := range provinceWords {
		if strings.HasPrefix(s, name) && len(name) > len(best) && (name == s || name != p || municipal(p)) {
			best = name
		}
	}
	return provinceWords[best], s[len(best):], best != ""
}

// leadingBoth reads the short name of a province before the name of one of its cities, as in 安徽合肥 and 浙江丽水青田县.
func leadingBoth(s string, find CityFinder) (short, city, district string) {
	for name, p := range provinceWords {
		tail, ok := strings.CutPrefix(s, name)
		if !ok || name != p || municipal(p) {
			continue
		}
		for end := range tail { // the longest name wins
			if at, province, known := find(tail[:end]); known && province == p {
				short, city, district = p, at, tail[end:]
			}
		}
		if at, province, known := find(tail); known && province == p {
			return p, at, ""
		}
		if utf8.RuneCountInString(district) == 1 { // 长沙县, 衡阳县: a county called as its city
			district = tail
		}
	}
	return short, city, district
}

// leadingCity cuts 丽水市青田县 into 丽水市 and 青田县; a text without such a border is a city.
func leadingCity(s string) (city, tail string) {
	for _, end := range [...]string{"自治州", "地区", "盟", "市"} {
		if i := strings.Index(s, end); i > 0 {
			i += len(end)
			return s[:i], s[i:]
		}
	}
	return s, ""
}
