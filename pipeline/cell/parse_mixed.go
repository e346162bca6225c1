package cell

import "strings"

// Mixed is the column of a board of postings that strings together, parted by |, skills, the
// ownership and size of the company, and its industry:
//
//	Java|Python|民营|20-99人|计算机软件
//
// The size is the one part that no skill can look like; ownership stands before it and industry
// after it. Any of them may be missing.
type Mixed struct {
	Skills    []string // a part of parts
	Ownership string
	Size      string
	Industry  string
}

// ownershipWords are the kinds of company the boards name.
var ownershipWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("民营 国企 合资 外商独资 上市公司 股份制企业 事业单位 国家机关 其它 其他 代表处 港澳台公司 社会团体 银行 医院 学校 学校/下级学院 律师事务所 合伙企业 外资 民营公司 创业公司 非营利组织 政府机关 外企代表处 集体企业 私营 独资") {
		m[w] = true
	}
	return m
}()

// branches are ownership words that are also names of an industry or a skill: they count only
// where the size follows.
var branches = map[string]bool{"银行": true, "医院": true, "学校": true, "其它": true, "其他": true, "外资": true, "私营": true}

// industryTails end the names of industries, for the rare text that has neither size nor ownership.
var industryTails = []string{"互联网", "软件", "硬件", "服务", "制造", "制造业", "零售", "电子商务", "人工智能", "贸易/进出口", "新能源", "环保", "物联网", "游戏"}

// sizeWord reports whether a part is a head count: 20-99人, 10000人以上, 少于50人.
func sizeWord(s string) bool {
	s = strings.TrimPrefix(s, "少于")
	s, ok := strings.CutSuffix(strings.TrimSuffix(strings.TrimSuffix(s, "以上"), "以下"), "人")
	if !ok || s == "" {
		return false
	}
	a, b, ranged := strings.Cut(s, "-")
	return allDigits(a) && (!ranged || allDigits(b))
}

// SplitMixed cuts such a text up. s is trimmed, not folded: skills keep their spelling.
func SplitMixed(s string) (m Mixed) {
	var parts []string
	for part := range strings.SplitSeq(s, "|") {
		if part = Tidy(Trim(part)); part != "" {
			parts = append(parts, part)
		}
	}
	at := -1
	for i := len(parts) - 1; i >= 0; i-- {
		if sizeWord(parts[i]) {
			at = i
			break
		}
	}
	if at >= 0 {
		m.Size = parts[at]
		if at+1 < len(parts) {
			m.Industry = parts[len(parts)-1]
		}
		m.Skills = parts[:at]
		if at > 0 && ownershipWords[parts[at-1]] {
			m.Ownership, m.Skills = parts[at-1], parts[:at-1]
		}
		if at+2 < len(parts) { // something between size and industry is neither
			m.Skills = append(append([]string(nil), m.Skills...), parts[at+1:len(parts)-1]...)
		}
		return m
	}
	m.Skills = parts
	n := len(parts)
	switch {
	case n > 1 && ownershipWords[parts[n-2]] && !branches[parts[n-2]]:
		m.Ownership, m.Industry, m.Skills = parts[n-2], parts[n-1], parts[:n-2]
	case n > 0 && ownershipWords[parts[n-1]] && !branches[parts[n-1]]:
		m.Ownership, m.Skills = parts[n-1], parts[:n-1]
	case n > 0:
		for _, t := range industryTails {
			if strings.HasSuffix(parts[n-1], t) {
				m.Industry, m.Skills = parts[n-1], parts[:n-1]
				break
			}
		}
	}
	return m
}
