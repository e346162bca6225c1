package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"time"
)

// Recognised talents of class E and above: before the story by year, then by half-year. The last
// number is whatever brings the stock to published.
const (
	stock     = 473
	in2024    = 39
	in2025    = 193
	gone      = 19 // left the zone before the end
	expired   = 8  // recognition ran out
	promoted  = 3  // class E to D in 2026: an old row that ends and a new one
	fromClass = 6  // class F to E in 2025
)

func (s *story) recognise(r *rand.Rand) {
	type wave struct {
		from time.Time
		days int
		n    int
	}
	waves := []wave{
		{day(2020, 1, 1), 366, 40},
		{day(2021, 1, 1), 365, 48},
		{day(2022, 1, 1), 365, 52},
		{day(2023, 1, 1), 181, 30},
		{day(2023, 7, 1), 184, 28},
		{day(2024, 1, 1), 182, 17},
		{day(2024, 7, 1), 184, in2024 - 17},
		{day(2025, 1, 1), 181, 76},
		{day(2025, 7, 1), 184, in2025 - 76},
		{day(2026, 1, 1), 181, 0},
	}
	sum := 0
	for _, w := range waves {
		sum += w.n
	}
	waves[9].n = stock - sum + gone + expired
	programmes := []string{"雁湖英才计划", "省领军型团队", "市绿谷精英", ""}
	seen := 0
	row := func(p *person, class string, on time.Time) rec {
		n, e := s.place(r)
		if p.edu == "" {
			p.edu = []string{"11", "14", "21"}[pick(r, 3, func(i int) float64 { return []float64{38, 42, 20}[i] })]
		}
		sex := "男"
		if p.female {
			sex = "女"
		}
		t := rec{
			"@": on, "person": p.id, "name": p.name, "class": class, "recognised_on": on, "valid_to": nil, "sex": sex, "birth_year": nil,
			"education": p.edu, "enterprise": s.es[e].name, "node": nodes[n].code, "left_on": nil, "flexible": r.Float64() < 0.17,
			"programme": text(programmes[r.IntN(4)]), "country": p.country,
		}
		if !p.passport {
			t["birth_year"] = p.birth.Year()
		}
		s.talents = append(s.talents, t)
		return t
	}
	someone := func(on time.Time) *person {
		if r.Float64() < 0.06 {
			return s.pp.foreign()
		}
		return s.pp.chinese(on.AddDate(-58, 0, 0), on.AddDate(-29, 0, 0))
	}
	promos, ups := 0, 0
	for wi, w := range waves {
		for range w.n {
			on := inside(w.from.AddDate(0, 0, r.IntN(w.days)))
			class := "ABCDE"[pick(r, 5, func(i int) float64 { return []float64{1, 5, 13, 31, 50}[i] })]
			if wi > 3 && class == 'A' && r.Float64() < 0.7 {
				class = 'B'
			}
			p := someone(on)
			t := row(p, string(class), on)
			if class == 'E' || class == 'D' {
				t["valid_to"] = on.AddDate(10, 0, 0)
			}
			seen++
			switch {
			case wi < 2 && seen%11 == 0 && seen/11 <= expired: // ran out after some years
				t["valid_to"] = inside(day(2024+seen/11%2, time.Month(2+seen%10), 3+seen%20))
			case wi >= 1 && wi < 7 && seen%9 == 4 && gone > departed(s.talents):
				left := inside(day(2023, 10, 5).AddDate(0, 0, 52*departed(s.talents)+r.IntN(20)))
				if !left.After(on) {
					left = inside(on.AddDate(0, 5, 0))
				}
				t["left_on"] = left
			case wi == 5 && class == 'E' && promos < promoted:
				promos++
				up := day(2026, time.Month(2+promos), 8+promos)
				t["valid_to"] = up
				again := row(p, "D", up)
				again["valid_to"] = up.AddDate(10, 0, 0)
				again["enterprise"], again["node"], again["flexible"] = t["enterprise"], t["node"], t["flexible"]
			case wi == 8 && class == 'E' && ups < fromClass && !p.passport: // was of class F before
				ups++
				before := row(p, "F", day(2024, time.Month(3+ups), 5+ups))
				before["valid_to"], before["enterprise"], before["node"] = on, t["enterprise"], t["node"]
			}
		}
		if wi >= 4 { // class F is recognised too and counts in no number above
			for range 9 + r.IntN(4) {
				on := inside(w.from.AddDate(0, 0, r.IntN(w.days)))
				p := s.pp.chinese(on.AddDate(-38, 0, 0), on.AddDate(-24, 0, 0))
				p.edu = "14"
				row(p, "F", on)["flexible"] = false
			}
		}
	}
}

// cameFirst makes most recognised people of the story somebody who had come before: the number, the
// name and the post of a newcomer who is still here. Nothing is drawn, so that nobody else's story changes.
func (s *story) cameFirst() {
	rows := map[any]int{}
	for _, t := range s.talents {
		rows[t["person"]]++
	}
	free := map[string][]*mover{} // by education, in the order of coming
	times := map[string]int{}
	for _, m := range s.movers {
		times[m.id]++
	}
	for _, m := range s.movers {
		if !m.passport && m.left.IsZero() && times[m.id] == 1 && (m.kind == "graduate" || m.kind == "older") {
			free[m.edu] = append(free[m.edu], m)
		}
	}
	for _, ms := range free {
		sort.SliceStable(ms, func(i, j int) bool { return ms[i].in.Before(ms[j].in) })
	}
	taken := map[string]bool{}
	for _, t := range s.talents {
		on := t["recognised_on"].(time.Time)
		if t["country"] != "CN" || t["left_on"] != nil || rows[t["person"]] > 1 || hash("came", t["person"].(string))%100 >= 72 {
			continue
		}
		ms := free[t["education"].(string)]
		for k, wait := 0, 60+int(hash("wait", t["person"].(string))%400); k < len(ms); k++ {
			m := ms[k]
			if taken[m.id] || m.in.AddDate(0, 0, wait).Before(on) {
				continue
			}
			if !m.in.AddDate(0, 0, 30).Before(on) {
				break
			}
			taken[m.id] = true
			sex := "男"
			if m.female {
				sex = "女"
			}
			t["person"], t["name"], t["birth_year"], t["sex"] = m.id, m.name, m.birth.Year(), sex
			t["enterprise"], t["node"] = s.es[m.ent].name, nodes[m.node].code
			break
		}
	}
}

func departed(ts []rec) int {
	n := 0
	for _, t := range ts {
		if t["left_on"] != nil {
			n++
		}
	}
	return n
}

func (s *story) hire(r *rand.Rand) {
	for m := range 36 {
		from := begin.AddDate(0, m, 0)
		years := float64(m) / 12
		season := []float64{0.8, 1.3, 1.35, 1.1, 1.0, 1.05, 1.05, 1.0, 1.0, 0.9, 0.85, 0.75}[from.Month()-1]
		for i, e := range s.es {
			n := nodes[e.node]
			ratio := n.applicants(float64(m))
			for range 3 + e.employees/260 + (i+m)%2 {
				need := 1 + int(season*(1+0.08*years)*math.Pow(float64(e.employees), 0.42)*(0.3+0.3*r.Float64()))
				applicants := int(math.Round(float64(need) * ratio * (0.85 + 0.3*r.Float64())))
				filled := int(float64(min(need, applicants)) * (0.55 + 0.4*r.Float64()))
				on := from.AddDate(0, 0, 1+r.IntN(26))
				occ := n.occupations[r.IntN(len(n.occupations))]
				engineer := strings.HasSuffix(occ, "技术人员")
				v := rec{
					"@": on, "posted_on": on, "closed_on": nil, "enterprise": e.name, "node": n.code, "occupation": occ, "skill_level": nil,
					"education": "31", "needed": need, "filled": filled, "applicants": applicants, "urgent": ratio < 0.7 && r.Float64() < 0.7 || r.Float64() < 0.05,
				}
				lo := 5500 + 100*r.IntN(25) + int(300*years)
				if engineer {
					v["education"] = []string{"21", "21", "14", "11"}[r.IntN(4)]
					lo += 3500
				} else {
					v["skill_level"] = 2 + r.IntN(4)
					lo += 600 * (v["skill_level"].(int) - 2)
				}
				v["salary_from"], v["salary_to"] = lo, lo+1500+100*r.IntN(30)
				if c := on.AddDate(0, 0, 14+int(34*math.Pow(ratio, -0.75)*(0.5+r.Float64()))); !c.After(end) && filled > 0 && r.Float64() < 0.75 {
					v["closed_on"] = c
				}
				s.vacancies = append(s.vacancies, v)
			}
		}
	}
}

func (s *story) cooperate(r *rand.Rand) {
	number := 0
	add := func(kind string, on time.Time, title string, set func(rec)) {
		number++
		c := countries[pick(r, len(countries), func(i int) float64 { return countries[i].weight })]
		n, e := s.place(r)
		row := rec{
			"@": on, "code": fmt.Sprintf("YH-%d-%04d", on.Year(), number), "kind": kind, "title": strings.NewReplacer("%国", c.zh, "%链", chainZh[nodes[n].chain()], "%点", nodes[n].zh).Replace(title),
			"country": c.code, "node": nodes[n].code, "started_on": on, "ended_on": nil, "partner": c.schools[r.IntN(len(c.schools))], "enterprise": s.es[e].name,
			"people": nil, "amount": nil, "permit_class": nil, "role": nil,
		}
		set(row)
		s.cooperations = append(s.cooperations, row)
	}
	none := func(rec) {}
	months := func(lo, hi int) func(rec) {
		return func(c rec) {
			if to := inside(c["started_on"].(time.Time).AddDate(0, lo+r.IntN(hi-lo), 3)); true {
				c["ended_on"] = to
			}
		}
	}
	waves := []time.Time{day(2022, 1, 1), day(2023, 1, 1)}
	for _, h := range halves {
		waves = append(waves, h.from)
	}
	for wi, from := range waves {
		when := func() time.Time { return inside(from.AddDate(0, r.IntN(6), r.IntN(27))) }
		for range 2 + wi/3 {
			set := none
			if wi < 3 && r.Float64() < 0.4 {
				set = months(18, 36)
			}
			add("joint_lab", when(), "%国—雁湖%点联合实验室", set)
		}
		for range 1 + wi/4 {
			add("transfer_centre", when(), "%国（雁湖）%链技术转移中心", none)
		}
		if wi%2 == 0 {
			add("overseas_station", when(), "驻%国海外引才工作站", none)
			add("overseas_rd", when(), "%国%点研发中心", none)
		}
		for range 9 + 3*wi {
			add("expert", when(), "%点技术顾问", func(c rec) {
				c["people"] = 1
				c["permit_class"] = []string{"A", "B", "C"}[pick(r, 3, func(i int) float64 { return []float64{30, 60, 10}[i] })]
				months(11, 36)(c)
				if c["permit_class"] == "A" {
					c["ended_on"] = inside(c["started_on"].(time.Time).AddDate(5, 0, 0))
				}
			})
		}
		for range 2 + r.IntN(3) {
			add("delegation", when(), "赴%国招才引智代表团", func(c rec) {
				c["people"] = 5 + r.IntN(9)
				c["ended_on"] = c["started_on"].(time.Time).AddDate(0, 0, 6+r.IntN(5))
				c["amount"] = float64(18+r.IntN(40)) + 0.5*float64(r.IntN(2))
			})
		}
		for range 1 + r.IntN(3) {
			add("conference", when(), "中国—%国%链国际学术会议", func(c rec) {
				c["people"] = 80 + r.IntN(240)
				c["ended_on"] = c["started_on"].(time.Time).AddDate(0, 0, 2)
				c["amount"] = float64(30 + r.IntN(90))
			})
		}
		for range 1 + wi/3 {
			add("standard", when(), "%点国际标准（与%国联合提案）", func(c rec) {
				c["role"] = []string{"lead", "participate", "participate"}[r.IntN(3)]
			})
		}
		for range 2 + wi/4 {
			add("technology", when(), "引进%国%点技术", func(c rec) {
				c["amount"] = float64(120+r.IntN(2400)) + 0.25*float64(r.IntN(4))
			})
		}
	}
}

// National selections by year: the last is the record.
var national = []struct{ year, national, provincial int }{{2022, 3, 6}, {2023, 4, 7}, {2024, 5, 8}, {2025, 7, 11}, {2026, 9, 6}}

func (s *story) choose(r *rand.Rand) {
	used := map[string]bool{}
	for _, y := range national {
		i := 0
		for k := range y.national + y.provincial {
			var t rec
			for ; ; i++ { // the highest classes first
				t = s.talents[i]
				if c := t["class"].(string); !used[t["person"].(string)] && t["country"] == "CN" && t["left_on"] == nil && (c == "B" || c == "C" || c == "D") && t["recognised_on"].(time.Time).Year() < y.year {
					break
				}
			}
			used[t["person"].(string)] = true
			on := inside(day(y.year, time.Month(2+r.IntN(4)), 2+r.IntN(25)))
			level, programme := "national", []string{"国家级创新人才推进计划", "国家级创新人才推进计划", "国家级工程技术人才计划"}[k%3]
			if k >= y.national {
				level, programme = "provincial", []string{"省领军人才计划", "省青年拔尖人才计划"}[k%2]
			}
			s.selections = append(s.selections, rec{
				"@": on, "person": t["person"], "name": t["name"], "programme": programme, "level": level, "year": y.year, "selected_on": on,
				"enterprise": t["enterprise"], "node": t["node"],
			})
		}
	}
}

// posting is one advertised job as a job site would show it.
type posting struct {
	cells      []string // title, company, salary, mixed, place, experience, education, url
	city       string
	kind       string
	from, to   float64 // yuan a month, 0 where the advertisement gives none
	duplicated bool
}

func (s *story) post(r *rand.Rand) {
	places := []struct {
		city   string
		weight float64
		areas  []string
	}{
		{"丽水", 30, []string{"青田", "莲都", "缙云", "龙泉"}},
		{"温州", 18, []string{"瓯海", "鹿城", "瑞安"}},
		{"杭州", 16, []string{"滨江·长河", "余杭·未来科技城", "萧山"}},
		{"宁波", 12, []string{"鄞州", "北仑"}},
		{"金华", 9, []string{"婺城", "东阳"}},
		{"台州", 8, []string{"椒江", "黄岩"}},
		{"嘉兴", 6, []string{"南湖"}},
		{"上海", 6, []string{"嘉定", "松江"}},
		{"上饶", 3, []string{"信州"}},
	}
	skills := map[string][]string{
		"superalloy": {"真空感应熔炼", "定向凝固", "UG", "五轴加工", "热等静压", "无损检测", "X射线检测"},
		"magnetic":   {"烧结钕铁硼", "晶界扩散", "PLC", "AutoCAD", "电机设计", "Maxwell仿真", "磁性材料"},
		"molybdenum": {"磁控溅射", "粉末冶金", "钼靶材", "真空烧结", "XRD", "6S管理", "轧制工艺"},
	}
	for k := range 780 {
		n, e := s.place(r)
		ent := s.es[e]
		p := places[pick(r, len(places), func(i int) float64 { return places[i].weight })]
		company := ent.name
		if p.city != "丽水" {
			company = p.city + []string{"长空", "远山", "启航", "恒信", "新材"}[r.IntN(5)] + nodes[n].trade + "有限公司"
		}
		lo := 4 + r.IntN(12)
		hi := lo + 2 + r.IntN(6)
		post := posting{city: p.city, kind: "month", from: float64(lo) * 1000, to: float64(hi) * 1000}
		salary := fmt.Sprintf("%d千-%d千", lo, hi)
		switch x := r.IntN(20); {
		case hi >= 10 && lo < 10:
			salary = fmt.Sprintf("%d千-%s万", lo, trim(float64(hi)/10))
		case lo >= 10:
			salary = trim(float64(lo)/10) + "万-" + trim(float64(hi)/10) + "万"
			if x < 6 {
				salary += fmt.Sprintf("·%d薪", 13+r.IntN(3))
			}
		case x == 0:
			salary, post.kind, post.from, post.to = "面议", "negotiable", 0, 0
		case x == 1:
			salary, post.kind, post.from, post.to = fmt.Sprintf("%d-%d元/天", 200+10*lo, 240+10*hi), "day", 0, 0
		case x == 2:
			salary, post.kind, post.from, post.to = fmt.Sprintf("%d-%d元/时", 18+lo, 20+hi), "hour", 0, 0
		}
		var mixed []string
		pool := skills[nodes[n].chain()]
		at := r.IntN(len(pool))
		for i := range 2 + r.IntN(3) {
			mixed = append(mixed, pool[(at+i)%len(pool)])
		}
		mixed = append(mixed, []string{"民营", "国企", "上市公司", "合资"}[pick(r, 4, func(i int) float64 { return []float64{70, 10, 14, 6}[i] })],
			[]string{"20-99人", "100-299人", "300-499人", "500-999人", "1000-9999人"}[r.IntN(5)], []string{"新材料", "有色金属冶炼加工", "电子元器件", "机械制造"}[r.IntN(4)])
		area := p.areas[r.IntN(len(p.areas))]
		post.cells = []string{
			nodes[n].occupations[r.IntN(len(nodes[n].occupations))], company, salary, strings.Join(mixed, "|"), p.city + "·" + area,
			[]string{"经验不限", "1-3年", "3-5年", "5-10年", "无经验"}[r.IntN(5)], []string{"大专", "本科", "硕士", "学历不限", "中专/中技"}[r.IntN(5)],
			fmt.Sprintf("https://jobs.yanhu.example/detail/%06d", 100000+k*7),
		}
		s.postings = append(s.postings, post)
		if k%26 == 25 { // the site repeats itself
			again := s.postings[len(s.postings)-1-r.IntN(20)]
			for again.duplicated {
				again = s.postings[r.IntN(len(s.postings))]
			}
			again.duplicated = true
			s.postings = append(s.postings, again)
		}
	}
}

func trim(x float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0")
}
