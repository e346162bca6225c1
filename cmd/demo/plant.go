package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// plant is a cell to be spoilt. Its row is a good one otherwise, of somebody who occurs nowhere
// else, so that no number depends on it.
type plant struct {
	field string
	raw   any
	rule  string
	warn  bool // the row is not refused: its cell is taken as empty, and said so
}

// spoilt says where a plant goes: the first sheet of the file of that dataset, sender and period.
type spoilt struct {
	dataset, sender, period string
	plants                  []plant
}

// Makers of identity numbers that are wrong in one way.
type makeID string

const (
	badCheck  makeID = "check"  // one digit off
	badDay    makeID = "day"    // 30 February, checksum right
	shortened makeID = "short"  // a digit lost
	rounded   makeID = "float"  // went through Excel as a number
	rounded2  makeID = "float2" // and out as text: 3.31121E+17
)

var plants = []spoilt{
	{"arrivals", "区人社局", "2026年6月", []plant{
		{"person", badCheck, "person_check_digit", false},
		{"person", badDay, "person_date", false},
		{"person", shortened, "person_length", false},
		{"person", rounded, "precision", false},
		{"date", "202x年6月5日", "placeholder", false},
		{"date", "202x年6月", "placeholder", false},
		{"date", "0206-05-01", "date_year", false},
		{"date", day(2027, 1, 15), "period", false},
		{"date", noCacheCell("TODAY()"), "formula_not_computed", false},
		{"enterprise", errorCell("#REF!"), "error_cell", false},
		{"enterprise", "", "required", false},
		{"node", "钛合金锻件", "code", false},
		{"education", "大学本课", "code", false},
		{"skill_level", "九级工", "code", false},
		{"first_local", "可能", "code", false},
		{"direction", "路过", "code", false},
	}},
	{"arrivals", "社保中心", "2026年4月", []plant{{"date", "20260431", "date_exists", false}, {"person", rounded2, "precision", false}, {"date", "2026年4月", "date_day", false}}},
	{"arrivals", "社保中心", "2024年第二季度", []plant{{"date", "20240805", "period", false}, {"person", badCheck, "person_check_digit", false}}},
	{"arrivals", "区人社局", "2023年9月", []plant{{"date", "2023.9.31", "date_exists", false}, {"employment", "两头跑", "code", false}}},
	{"talents", "区委人才办", "2025年下半年", []plant{
		{"class", "E类及以上", "code", false}, {"education", "博导", "code", true}, {"class", "G类", "code", false}, {"recognised_on", "202x年9月1日", "placeholder", false}, {"valid_to", day(2019, 5, 5), "valid_after_recognised", false}, {"person", badCheck, "person_check_digit", false},
	}},
	{"talents", "区委人才办", "2024年下半年", []plant{{"class", "", "required", false}, {"recognised_on", day(2025, 2, 3), "period", false}}},
	{"vacancies", "区人力资源市场", "2026年6月", []plant{
		{"needed", "-3", "range", false},
		{"needed", "约300", "approximate", false},
		{"needed", "202x", "placeholder", false},
		{"needed", "12.5", "integer", false},
		{"needed", "若干", "number", false},
		{"filled", "99999", "filled_within_needed", false},
		{"posted_on", "2026/6/31", "date_exists", false},
		{"node", "高温合金", "code", false},
		{"urgent", "看情况", "code", false},
	}},
	{"vacancies", "区人力资源市场", "2024年10月", []plant{{"needed", "20余", "approximate", false}, {"posted_on", "0206/10/8", "date_year", false}}},
	{"trainings", "区教育局", "2026年3月", []plant{
		{"skill_level", "特高级", "code", false}, {"examined", "也许", "code", false}, {"started_on", "2026-03-32", "date_exists", false}, {"person", badCheck, "person_check_digit", false}, {"provider", "#N/A", "error_cell", false}, {"course", "", "required", false},
	}},
	{"certificates", "区技能鉴定中心", "2026年4月", []plant{{"certified_on", "2026年13月5日", "date_exists", false}, {"skill_level", "高级", "code", false}, {"person", badDay, "person_date", false}}},
	{"cooperations", "区科技局", "2026年", []plant{{"country", "某国", "code", false}, {"kind", "友好往来", "code", false}}},
	{"cooperations", "外办", "2025年下半年", []plant{{"title", "", "required", false}, {"people", -5, "range", true}, {"started_on", "2025年下半年", "date", false}, {"ended_on", day(2025, 1, 1), "ended_after_start", false}}},
	{"agreements", "外办", "2025年", []plant{{"country", "某国", "code", false}, {"signed_on", "2025年上半年", "date", false}, {"code", "", "required", false}, {"field", "综合", "code", true}}},
	{"joint_projects", "外办", "2025年", []plant{{"started_on", "2025-02-30", "date_exists", false}, {"ended_on", day(2021, 5, 1), "ended_after_start", false}, {"country", "中国", "abroad", false}}},
	{"expert_days", "外办", "2026年上半年", []plant{{"days", 45, "range", false}, {"month", day(2026, 4, 15), "first_of_month", false}, {"person", badCheck, "person_check_digit", false}, {"days", "半个月", "number", false}, {"project", "", "required", false}}},
	{"products", "外办", "2025年", []plant{{"kind", "论文", "code", false}, {"produced_on", "202x年6月1日", "placeholder", false}, {"revenue", "保密", "number", true}}},
	{"enterprises", "经发局", "2026年", []plant{
		{"credit_code", "oh", "credit_character", false}, {"credit_code", "digit", "credit_check_digit", false}, {"credit_code", "331121000012345", "credit_format", false}, {"node", "钴材料", "code", false}, {"employees", -20, "range", true},
	}},
	{"selections", "区委组织部", "2025年", []plant{{"level", "世界级", "code", false}, {"person", badCheck, "person_check_digit", false}}},
	{"labour", "区人社局", "2026年上半年", []plant{{"employed", "约3000", "approximate", false}, {"area", "邻县", "code", false}, {"month", "2026/6/15", "first_of_month", false}}},
	{"platforms", "区科技局", "2026年", []plant{{"kind", "实验小镇", "code", false}, {"opened_on", "202x年", "placeholder", false}}},
	{"benefits", "区人社局", "2026年上半年", []plant{{"kind", "水电", "code", false}, {"applied_on", "202x年3月5日", "placeholder", false}, {"person", badCheck, "person_check_digit", false}, {"requested", "面谈", "number", true}}},
	{"services", "区人才服务中心", "2026年上半年", []plant{{"channel", "微信群", "code", false}, {"opened_on", "2026-02-30", "date_exists", false}, {"satisfaction", "还行", "code", true}}},
	{"funnel", "区人才服务中心", "2026年上半年", []plant{{"node", "钛合金锻件", "code", false}, {"person", badDay, "person_date", false}}},
	{"contracts", "区科技局", "2025年", []plant{{"amount", "202x", "placeholder", false}, {"number", "", "required", false}}},
	{"events", "区人才服务中心", "2026年上半年", []plant{{"people", "200余", "approximate", false}, {"kind", "聚餐", "code", false}}},
	{"targets", "管委会办公室", "2026年", []plant{{"target", "若干", "number", false}}},
}

// personal columns that go with a person.
func (s *story) plantAll(fs []*file, r *rand.Rand) {
	for _, p := range plants {
		var f *file
		for _, g := range fs {
			if g.dataset == p.dataset && g.sender == p.sender && g.period == p.period {
				f = g // the resubmission, where there is one
			}
		}
		if f == nil {
			panic(fmt.Sprintf("demo: no file for %s %s %s", p.dataset, p.sender, p.period))
		}
		sh := &f.sheets[0]
		rows := slices.Clone(sh.rows)
		at := 2
		for i, pl := range p.plants {
			if pl.warn { // a row that counts, with one cell less
				k := len(rows) - 2 - i
				t := rec{}
				for f, v := range rows[k] {
					t[f] = v
				}
				pl.raw = ruin(pl, t, r)
				t[wrong] = pl
				rows[k] = t
				continue
			}
			t := rec{}
			for k := i*5 + 1; ; k++ { // a row that is not special itself
				from := sh.rows[k%len(sh.rows)]
				if c, ok := from["origin_country"]; ok && c != "CN" {
					continue
				}
				if c, ok := from["country"]; ok && p.dataset == "talents" && c != "CN" {
					continue
				}
				for k, v := range from {
					t[k] = v
				}
				break
			}
			if _, ok := t["person"]; ok {
				q := s.pp.chinese(day(1985, 1, 1), day(2002, 12, 31))
				t["person"] = q.id
				if _, ok := t["name"]; ok {
					t["name"] = q.name
				}
				if _, ok := t["birth_year"]; ok {
					t["birth_year"] = q.birth.Year()
					t["sex"] = "男"
					if q.female {
						t["sex"] = "女"
					}
				}
			}
			if code, ok := t["code"].(string); ok {
				t["code"] = code + "X"
			}
			if _, ok := t["credit_code"]; ok {
				t["credit_code"] = creditCode("91331121", fmt.Sprintf("MA2K%04d", 9000+i))
			}
			pl.raw = ruin(pl, t, r)
			t[wrong] = pl
			rows = slices.Insert(rows, min(at, len(rows)), t)
			at += 3 + r.IntN(6)
		}
		sh.rows = rows
	}
}

// ruin makes the text of a plant that depends on its row.
func ruin(p plant, t rec, r *rand.Rand) any {
	switch v := p.raw.(type) {
	case makeID:
		id := t["person"].(string)
		switch v {
		case badCheck:
			last := "0123456789X"[r.IntN(11)]
			for last == id[17] {
				last = "0123456789X"[r.IntN(11)]
			}
			return id[:17] + string(last)
		case badDay:
			id = id[:10] + "0230" + id[14:17]
			return id + string(identityCheck(id))
		case shortened:
			return id[:17]
		case rounded:
			return 331121199001010000.0
		case rounded2:
			return "3.31121E+17"
		}
	case int:
		return float64(v)
	case string:
		if p.field == "credit_code" {
			code := t["credit_code"].(string)
			switch v {
			case "oh": // the letter for the digit
				return strings.Replace(code, "0", "O", 1)
			case "digit":
				c := byte('0' + (code[17]-'0'+1)%10)
				if code[17] > '9' {
					c = '7'
				}
				return code[:17] + string(c)
			}
		}
	case time.Time:
		return v
	}
	return p.raw
}
