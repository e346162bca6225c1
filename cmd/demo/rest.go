package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"time"
)

// What the other offices keep: projects, platforms, benefits, services, money, labour. Every
// dataset has a stream of its own, so that one more row of one leaves the others as they are.

// stretches are the periods most of these offices report by.
var stretches = []struct {
	period period
	days   int
	share  float64 // of a year
}{
	{year(2024), 366, 1}, {year(2025), 365, 1.15}, {halfYear(day(2026, 1, 1)), 181, 0.62},
}

// office is one dataset in the making.
type office struct {
	*story
	r       *rand.Rand
	dataset string
	n       int
}

func (o *office) add(on time.Time, r rec) rec {
	o.n++
	r["@"] = on
	o.rest[o.dataset] = append(o.rest[o.dataset], r)
	return r
}

func (o *office) code(mark string, on time.Time) string {
	return fmt.Sprintf("%s-%d-%04d", mark, on.Year(), o.n+1)
}

// some is a number of rows of a stretch, from that of a year.
func some(aYear int, share float64) int { return int(math.Round(float64(aYear) * share)) }

func (o *office) day(p period, days int) time.Time { return p.from.AddDate(0, 0, o.r.IntN(days)) }

// until gives a day only where the story has reached it.
func until(d time.Time) any {
	if d.After(end) {
		return nil
	}
	return d
}

// chance draws an index by weight.
func (o *office) chance(w ...float64) int {
	return pick(o.r, len(w), func(i int) float64 { return w[i] })
}

func (o *office) tens(lo, hi int) float64 { return float64(lo+o.r.IntN(hi-lo+1)) / 10 }

// tellRest makes the rows of every dataset here.
func (s *story) tellRest(seed uint64) {
	s.rest = map[string][]rec{}
	var chosen []rec // recognised people who are here at the end
	for _, t := range s.talents {
		if t["class"] != "F" && t["country"] == "CN" && t["left_on"] == nil && (t["valid_to"] == nil || t["valid_to"].(time.Time).After(end)) {
			chosen = append(chosen, t)
		}
	}
	born := &people{r: stream(seed, 30), used: s.pp.used}
	makers := []struct {
		dataset string
		tell    func(*office, *people, []rec)
	}{
		{"early", tellEarly},
		{"labour", tellLabour},
		{"platforms", tellPlatforms},
		{"projects", tellProjects},
		{"teams", tellTeams},
		{"benefits", tellBenefits},
		{"services", tellServices},
		{"funnel", tellFunnel},
		{"challenges", tellChallenges},
		{"postgraduates", tellPostgraduates},
		{"rd", tellStatistics},
		{"targets", tellTargets},
		{"awards", tellAwards},
		{"contracts", tellContracts},
		{"results", tellResults},
		{"patents", tellPatents},
		{"investments", tellInvestments},
		{"events", tellEvents},
		{"publicity", tellPublicity},
		{"research_projects", tellResearch},
		{"engagements", tellEngagements},
		{"benefits", tellAllowances},
		{"agreements", tellAgreements},
		{"early", tellBefore},
	}
	for i, m := range makers {
		m.tell(&office{story: s, r: stream(seed, uint64(31+i)), dataset: m.dataset}, born, chosen)
	}
	s.meet()
	s.engage()
	for _, rs := range s.rest {
		sort.SliceStable(rs, func(i, j int) bool { return rs[i]["@"].(time.Time).Before(rs[j]["@"].(time.Time)) })
	}
}

// meet makes most of those who took up a post in the funnel one of the newcomers of these days.
func (s *story) meet() {
	taken := map[string]bool{}
	for _, m := range s.movers {
		if !m.left.IsZero() || m.passport {
			taken[m.id] = true
		}
	}
	byDay := map[time.Time][]*mover{}
	for _, m := range s.movers {
		byDay[m.in] = append(byDay[m.in], m)
	}
	for _, r := range s.rest["funnel"] {
		started, ok := r["started_on"].(time.Time)
		if !ok || r["left_on"] != nil || hash("meets", r["person"].(string))%100 >= 85 {
			continue
		}
		signed, until := r["signed_on"].(time.Time), end
		if d, ok := r["recognised_on"].(time.Time); ok {
			until = d
		}
	days:
		for off := range 20 {
			for _, d := range []time.Time{started.AddDate(0, 0, off), started.AddDate(0, 0, -off)} {
				if d.Before(signed) || d.After(until) {
					continue
				}
				for _, m := range byDay[d] {
					if !taken[m.id] {
						taken[m.id] = true
						r["person"], r["name"], r["enterprise"], r["node"], r["started_on"] = m.id, m.name, s.es[m.ent].name, nodes[m.node].code, d
						break days
					}
				}
			}
		}
	}
}

// engage gives the contracts of those recognised as flexible to them, and some of the foreign ones to the
// experts on site.
func (s *story) engage() {
	var flexible, abroad []rec
	seen := map[any]bool{}
	for _, t := range s.talents {
		if t["flexible"] == true && !seen[t["person"]] {
			seen[t["person"]] = true
			flexible = append(flexible, t)
		}
	}
	for _, d := range s.rest["expert_days"] {
		if !seen[d["person"]] {
			seen[d["person"]] = true
			abroad = append(abroad, d)
		}
	}
	for _, r := range s.rest["engagements"] {
		from, field := &flexible, "recognised_on"
		if r["country"] != "CN" {
			from, field = &abroad, "month"
		}
		if hash("engaged", r["person"].(string))%100 >= 70 {
			continue
		}
		for i, t := range *from {
			on := r["started_on"].(time.Time)
			if d := t[field].(time.Time); t["country"] == "CN" != (r["country"] == "CN") || d.After(on.AddDate(0, 9, 0)) || d.AddDate(1, 6, 0).Before(on) {
				continue
			}
			r["person"], r["name"], r["country"], r["enterprise"], r["node"] = t["person"], t["name"], t["country"], t["enterprise"], t["node"]
			*from = slices.Delete(slices.Clone(*from), i, i+1)
			break
		}
	}
}

// tellEarly: who came in the half-year before the story, so that somebody has been here for three years.
func tellEarly(o *office, born *people, _ []rec) {
	for range 380 {
		d := day(2023, 1, 1).AddDate(0, o.r.IntN(6), 1+o.r.IntN(26))
		p := born.chinese(d.AddDate(-45, 0, 0), d.AddDate(-21, 0, 0))
		n, e := o.place(o.r)
		row := func(on time.Time, direction string) rec {
			return rec{
				"@": on, "person": p.id, "name": p.name, "date": on, "direction": direction, "origin_province": text(p.province), "origin_country": "CN", "school": text(p.school),
				"education": "21", "channel": "market", "employment": "full_time", "enterprise": o.es[e].name, "node": nodes[n].code, "occupation": nodes[n].occupations[0],
				"skill_level": 0, "first_local": direction == "in", "#by": "labour",
			}
		}
		o.add(d, row(d, "in"))
		if o.r.Float64() >= 0.42 {
			continue
		}
		x := o.r.Float64()
		out := inside(d.AddDate(0, 0, 40+int(x*1150)))
		switch {
		case out.After(end) || !out.After(d):
		case out.Before(begin):
			o.add(out, row(out, "out"))
		default:
			o.arrivals = append(o.arrivals, row(out, "out"))
		}
	}
}

// tellBefore: the two years before that, so that whole cohorts have been here for three years.
func tellBefore(o *office, _ *people, _ []rec) {
	fresh := &people{r: o.r, used: o.pp.used}
	for _, h := range []struct {
		from   time.Time
		n      int
		months [6]float64
	}{{day(2021, 7, 1), 1240, second}, {day(2022, 1, 1), 1010, first}, {day(2022, 7, 1), 1530, second}, {day(2023, 1, 1), 900, first}} {
		for range h.n {
			d := half{from: h.from, monthly: h.months}.someDay(o.r)
			p := fresh.chinese(d.AddDate(-44, 0, 0), d.AddDate(-21, 0, 0))
			n, e := o.place(o.r)
			occupation := nodes[n].occupations[o.r.IntN(len(nodes[n].occupations))]
			row := rec{
				"@": d, "person": p.id, "name": p.name, "date": d, "direction": "in", "origin_province": text(p.province), "origin_country": "CN", "school": text(p.school),
				"education": []string{"21", "31", "14", "47", "61"}[o.chance(38, 26, 8, 16, 12)], "channel": []string{"market", "campus", "fair", "referral", "agency", "return"}[o.chance(42, 22, 12, 11, 8, 5)],
				"employment": "full_time", "enterprise": o.es[e].name, "node": nodes[n].code, "occupation": occupation, "skill_level": 0, "first_local": true, "#by": "labour",
			}
			if row["education"].(string) > "40" {
				row["school"] = nil
			}
			o.add(d, row)
			if o.r.Float64() >= 0.40 {
				continue
			}
			x := o.r.Float64()
			out := inside(d.AddDate(0, 0, 60+int(x*1300)))
			if out.After(end) {
				continue
			}
			gone := rec{}
			for k, v := range row {
				gone[k] = v
			}
			gone["@"], gone["date"], gone["direction"], gone["channel"], gone["first_local"] = out, out, "out", nil, false
			if out.Before(begin) {
				o.add(out, gone)
			} else {
				o.arrivals = append(o.arrivals, gone)
			}
		}
	}
}

// labourBase is what a month of labour needs of each node.
func (s *story) employedAt(n int) float64 {
	sum := 0
	for _, e := range s.atNode[n] {
		sum += s.es[e].employees
	}
	return float64(sum)
}

func tellLabour(o *office, _ *people, _ []rec) {
	around := make([]float64, len(nodes)) // how many more the county and the city have
	for i := range around {
		around[i] = 0.25 + o.r.Float64()
	}
	for m := range 36 {
		month := begin.AddDate(0, m, 0)
		growth := 0.86 + 0.0035*float64(m)
		season := []float64{0.97, 1.07, 1.09, 1.04, 1, 1, 1.02, 1, 1, 0.98, 0.96, 0.95}[month.Month()-1]
		boom := 1 + 0.19*math.Cos(2*math.Pi*float64(m-4)/32)               // posts follow the trade, seekers go the other way
		apart := 1 + 0.24/(1+math.Exp((21-float64(m))/2.5))                // and from 2025 on there are more of both: they do not fit
		seeking := 1 / math.Pow(boom, 1.2) * (2*season + 1) / (3 * season) // who seeks has less of a season
		for i, n := range nodes {
			e := math.Round(o.employedAt(i) * growth)
			add := func(area string, times float64) {
				employed := int(math.Round(e * times))
				open := 0.031 * float64(employed) * season * boom * apart * (0.95 + 0.1*o.r.Float64())
				seekers := 0.033 * float64(employed) * season * seeking * apart * math.Sqrt(n.applicants(float64(m))) * (0.95 + 0.1*o.r.Float64())
				o.add(month, rec{"month": month, "area": area, "node": n.code, "employed": employed, "seekers": int(seekers), "hires": int(math.Min(open, seekers) * 0.6), "vacancies": int(open)})
			}
			add("zone", 1)
			add("county", 1+around[i])
			add("city", 2.4+3*around[i]+1.5*around[(i+5)%len(nodes)])
		}
	}
}

var platformKinds = []struct {
	code string
	n    int
	name string
}{
	{"academician_village", 2, "院士村"}, {"expert_station", 8, "专家工作站"}, {"doctoral_station", 9, "博士创新站"}, {"postdoc_station", 5, "博士后工作站"}, {"institute", 3, "研究院"}, {"engineering_centre", 7, "工程技术研究中心"},
}

func tellPlatforms(o *office, born *people, chosen []rec) {
	type platform struct {
		code           string
		opened, closed time.Time
		node           string
	}
	var ps []platform
	for _, k := range platformKinds {
		for i := range k.n {
			on := day(2018, 3, 1).AddDate(0, 0, o.r.IntN(3000))
			n, e := o.place(o.r)
			name := o.es[e].name + k.name
			switch k.code {
			case "institute":
				name = "雁湖" + []string{"高温合金", "磁性材料", "钼新材料"}[i] + "研究院"
				on = day(2019+i, 5, 12)
			case "academician_village":
				name = "雁湖" + []string{"东", "西"}[i] + "院士村"
			}
			p := platform{code: fmt.Sprintf("PT-%03d", o.n+1), opened: inside(on), node: nodes[n].code}
			r := o.add(p.opened, rec{"code": p.code, "name": name, "kind": k.code, "node": p.node, "opened_on": p.opened, "closed_on": nil, "host": o.es[e].name})
			if i == 5 { // one of each larger kind has been closed
				p.closed = day(2025, time.Month(1+o.r.IntN(11)), 9)
				if p.closed.Before(p.opened) {
					p.opened = p.closed.AddDate(-2, 0, 0)
					r["@"], r["opened_on"] = p.opened, p.opened
				}
				r["closed_on"] = p.closed
			}
			ps = append(ps, p)
		}
	}
	at := *o
	at.dataset = "residents"
	for _, y := range []struct {
		from time.Time
		days int
		n    int
	}{{day(2023, 1, 1), 365, 44}, {day(2024, 1, 1), 366, 36}, {day(2025, 1, 1), 365, 48}, {day(2026, 1, 1), 181, 27}} {
		for range y.n {
			on := y.from.AddDate(0, 0, o.r.IntN(y.days))
			p := ps[o.r.IntN(len(ps))]
			if p.opened.After(on) || !p.closed.IsZero() && !on.Before(p.closed) {
				continue
			}
			t := chosen[o.r.IntN(len(chosen))]
			r := rec{"platform": p.code, "person": t["person"], "name": t["name"], "class": t["class"], "node": p.node, "joined_on": on, "left_on": nil}
			if o.chance(4, 1) == 1 { // one in five is of class F
				q := born.chinese(day(1980, 1, 1), day(1998, 12, 31))
				r["person"], r["name"], r["class"] = q.id, q.name, "F"
			}
			if o.r.Float64() < 0.2 {
				r["left_on"] = until(on.AddDate(0, 0, 90+o.r.IntN(700)))
			}
			if left, ok := r["left_on"].(time.Time); !p.closed.IsZero() && (!ok || left.After(p.closed)) {
				r["left_on"] = p.closed
			}
			at.add(on, r)
		}
	}
}

func tellProjects(o *office, _ *people, chosen []rec) {
	for _, y := range stretches {
		for range some(26, y.share) {
			on := o.day(y.period, y.days)
			n, e := o.place(o.r)
			r := rec{
				"code": o.code("ZS", on), "name": o.es[e].name[len("雁湖"):] + nodes[n].zh + "产业化项目", "signed_on": on, "node": nodes[n].code, "enterprise": o.es[e].name,
				"investment": float64(1500 + 50*o.r.IntN(900)), "talent_clause": false, "talents": 0, "lead": nil,
			}
			if o.r.Float64() < 0.55+0.05*float64(on.Year()-2024) {
				r["talent_clause"] = true
				r["talents"] = o.chance(12, 30, 25, 15, 8)
				if r["talents"] != 0 {
					r["lead"] = chosen[o.r.IntN(len(chosen))]["person"]
				}
			}
			o.add(on, r)
		}
	}
}

// tellTeams: behind a lead come a project and a team.
func tellTeams(o *office, born *people, chosen []rec) {
	for k := range 22 {
		lead := chosen[(k*17+3)%len(chosen)]
		n, e := o.place(o.r)
		first := day(2024, 1, 1).AddDate(0, 0, o.r.IntN(760))
		project := any(nil)
		if ps := o.rest["projects"]; o.r.Float64() < 0.7 {
			project = ps[o.r.IntN(len(ps))]["code"]
		}
		for i := range 3 + o.r.IntN(7) {
			on := first.AddDate(0, 0, i*o.r.IntN(70))
			if on.After(end) {
				break
			}
			q := born.chinese(day(1978, 1, 1), day(2001, 12, 31))
			r := rec{
				"lead": lead["person"], "lead_name": lead["name"], "project": project, "member": q.id, "member_name": q.name, "role": []string{"核心成员", "研发骨干", "工程师", "助理"}[o.r.IntN(4)],
				"node": nodes[n].code, "enterprise": o.es[e].name, "joined_on": on, "left_on": nil,
			}
			if o.r.Float64() < 0.14 {
				r["left_on"] = until(on.AddDate(0, 0, 60+o.r.IntN(400)))
			}
			o.add(on, r)
		}
	}
}

func tellBenefits(o *office, _ *people, chosen []rec) {
	carded := 0
	for _, y := range stretches {
		o.applications(y.period, y.days, some(190, y.share), chosen, &carded, 24, 16, 22, 20, 10, 8)
	}
}

// applications are n of a period, of people from chosen, each kind as often as its odds say.
func (o *office) applications(p period, days, n int, chosen []rec, carded *int, odds ...float64) {
	kinds := []string{"housing", "schooling", "medical", "allowance", "settling", "project"}
	policy := []string{"雁湖人才安居办法", "人才子女入学办法", "人才医疗绿卡办法", "青年人才生活补贴办法", "高层次人才安家办法", "人才项目资助办法"}
	{
		for range n {
			on := o.day(p, days)
			k := o.chance(odds...)
			t := chosen[o.r.IntN(len(chosen))]
			if kinds[k] == "medical" { // a card each
				t = chosen[*carded%len(chosen)]
				*carded++
			}
			if kinds[k] == "schooling" {
				on = day(on.Year(), time.Month(4+o.r.IntN(3)), 1+o.r.IntN(28))
			}
			r := rec{
				"code": o.code("ZC", on), "person": t["person"], "kind": kinds[k], "policy": policy[k], "node": t["node"], "applied_on": on, "eligible": o.r.Float64() < 0.88, "approved_on": nil, "paid_on": nil,
				"requested": nil, "approved": nil, "paid": nil, "placed_on": nil, "subsidy_ends_on": nil,
			}
			money := []float64{o.tens(10, 60), 0, 0, o.tens(6, 30), o.tens(50, 500), o.tens(100, 2000)}[k]
			if money > 0 {
				r["requested"] = money
			}
			o.add(on, r)
			if r["eligible"] != true {
				continue
			}
			approved := on.AddDate(0, 0, 6+o.r.IntN(40))
			if approved.After(end) {
				continue
			}
			r["approved_on"] = approved
			if money > 0 {
				given := math.Round(money*(0.8+0.05*float64(o.r.IntN(5)))*10) / 10
				r["approved"] = given
				if paid := approved.AddDate(0, 0, 8+o.r.IntN(75)); !paid.After(end) && o.r.Float64() < 0.93 {
					r["paid_on"], r["paid"] = paid, given
					if o.r.Float64() < 0.1 { // a first part
						r["paid"] = math.Round(given*5) / 10
					}
				}
			}
			switch kinds[k] {
			case "housing":
				if o.r.Float64() < 0.82 {
					r["placed_on"] = until(approved.AddDate(0, 0, 15+o.r.IntN(120)))
				}
			case "schooling":
				if o.r.Float64() < 0.9 {
					r["placed_on"] = until(day(on.Year(), 6, 20).AddDate(0, 0, o.r.IntN(75)))
					if p, ok := r["placed_on"].(time.Time); ok && p.Before(approved) {
						r["placed_on"] = approved
					}
				}
			case "medical":
				r["placed_on"] = until(approved.AddDate(0, 0, 3+o.r.IntN(20)))
			case "allowance":
				r["subsidy_ends_on"] = inside(approved.AddDate(1+o.r.IntN(2), 0, 0))
			}
		}
	}
}

// allowanceLeavers: of a hundred holders, how many leave in the year before their allowance ends and in the year
// after it, by chain. Where pay is low the allowance was what kept them.
var allowanceLeavers = map[string][2]uint64{"superalloy": {2, 16}, "magnetic": {1, 2}, "molybdenum": {3, 46}}

// tellAllowances is the half-year before the others, and the living allowance of young graduates: for one or two
// years, after which some leave. Who holds one and when they leave is told by their number, so that
// nobody else's story changes.
func tellAllowances(o *office, _ *people, chosen []rec) {
	var early []rec
	for _, t := range chosen {
		if t["recognised_on"].(time.Time).Before(begin) {
			early = append(early, t)
		}
	}
	carded := 0
	o.applications(halfYear(begin), 184, 80, early, &carded, 34, 0, 22, 20, 14, 10)
	came := map[string]int{}
	for _, m := range o.movers {
		came[m.id]++
	}
	for _, m := range o.movers {
		x := hash("allowance", m.id)
		if m.kind != "graduate" || m.edu > "30" || came[m.id] > 1 || x%100 >= 8 {
			continue
		}
		applied := inside(m.in.AddDate(0, 0, 15+int(x/100%50)))
		approved := inside(applied.AddDate(0, 0, 12+int(x/5000%30)))
		if !approved.After(applied) {
			approved = applied.AddDate(0, 0, 9)
		}
		if applied.After(end) {
			continue
		}
		years := 1
		if x/150000%10 < 3 {
			years = 2
		}
		ends := inside(approved.AddDate(years, 0, 0))
		if !m.left.IsZero() && (!m.left.After(approved) || !m.left.After(ends) && hash("restless", m.id)%5 > 0) {
			continue // who means to leave does not ask for it, as a rule
		}
		amount := float64(years) * []float64{0.6, 1.0, 1.5, 2.4}[x/1500000%4]
		r := o.add(applied, rec{
			"code": o.code("SH", applied), "person": m.id, "kind": "allowance", "policy": "青年人才生活补贴办法", "node": nodes[m.node].code, "applied_on": applied, "eligible": true, "approved_on": nil, "paid_on": nil,
			"requested": amount, "approved": nil, "paid": nil, "placed_on": nil, "subsidy_ends_on": nil,
		})
		if approved.After(end) {
			continue
		}
		r["approved_on"], r["approved"], r["subsidy_ends_on"] = approved, amount, ends
		if paid := approved.AddDate(0, 0, 10+int(x/6000000%60)); !paid.After(end) {
			r["paid_on"], r["paid"] = paid, amount
		}
		if !m.left.IsZero() {
			continue // left of themselves
		}
		odds := allowanceLeavers[nodes[m.node].chain()]
		var out time.Time
		switch y := hash("leaves", m.id); {
		case y%100 < odds[0]:
			out = ends.AddDate(0, 0, -10-int(y/100%250))
		case y%100 < odds[0]+odds[1]: // soon after, most of them
			z := y / 100 % 1000
			out = ends.AddDate(0, 0, 6+int(z*z*290/1000000))
		default:
			continue
		}
		if out = inside(out); out.After(end) || !out.After(m.in) || out.Equal(ends) {
			continue
		}
		gone := rec{}
		for k, v := range m.row {
			gone[k] = v
		}
		gone["@"], gone["date"], gone["direction"], gone["channel"], gone["employment"], gone["first_local"], gone["#by"] = out, out, "out", nil, "full_time", false, "social"
		o.arrivals = append(o.arrivals, gone)
	}
}

func tellServices(o *office, _ *people, _ []rec) {
	matters := []string{"人才认定申请", "住房申请", "子女入学咨询", "社保转移", "政策咨询", "职称评审", "工作许可办理"}
	for _, y := range stretches {
		for range some(520, y.share) {
			on := o.day(y.period, y.days)
			channel := []string{"window", "hotline", "one_stop"}[o.chance(40, 35, 25)]
			r := rec{
				"code": o.code("FW", on), "channel": channel, "matter": matters[o.r.IntN(len(matters))], "opened_on": on, "promised_days": nil, "closed_on": nil, "visits": nil, "answered": nil, "satisfaction": nil,
			}
			o.add(on, r)
			if channel == "hotline" {
				answered := o.r.Float64() < 0.93
				r["answered"] = answered
				if !answered {
					continue
				}
			}
			promised := []int{1, 3, 5, 7, 10, 15}[o.chance(10, 25, 30, 15, 12, 8)]
			r["promised_days"] = promised
			took := o.r.IntN(promised + 1)
			if o.r.Float64() < 0.09 {
				took = promised + 1 + o.r.IntN(9)
			}
			if o.r.Float64() < 0.015 { // lies about
				continue
			}
			closed := afterWorkdays(on, took)
			if closed.After(end) {
				continue
			}
			r["closed_on"] = closed
			if channel != "hotline" {
				r["visits"] = 1 + o.chance(80, 15, 5)
				if channel == "one_stop" {
					r["visits"] = 1 + o.chance(94, 6)
				}
			}
			if o.r.Float64() < 0.6 {
				r["satisfaction"] = []string{"very", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"}[o.chance(58, 31, 7, 3, 1)]
			}
		}
	}
}

func tellFunnel(o *office, born *people, _ []rec) {
	for _, y := range stretches {
		o.approach(born, y.period, y.days, some(260, y.share), 0.15, 600)
	}
	// the years whose people have had the time to stay three years, or not
	for i, y := range []int{2022, 2023} {
		o.approach(born, year(y), 365, 150+40*i, 0.3, 1100)
	}
}

// approach is n people contacted in a period; so many of those who start leave again, within so many days.
func (o *office) approach(born *people, p period, days, n int, leave float64, within int) {
	for range n {
		on := o.day(p, days)
		q := born.chinese(day(1972, 1, 1), day(1999, 12, 31))
		n, e := o.place(o.r)
		r := rec{
			"person": q.id, "name": q.name, "enterprise": o.es[e].name, "node": nodes[n].code, "contacted_on": on, "signed_on": nil, "started_on": nil, "recognised_on": nil, "paid_on": nil, "left_on": nil,
		}
		o.add(on, r)
		d := on
		for _, step := range []struct {
			field    string
			odds     float64
			min, max int
		}{{"signed_on", 0.58, 7, 80}, {"started_on", 0.84, 5, 90}, {"recognised_on", 0.52, 30, 150}, {"paid_on", 0.86, 20, 110}} {
			d = d.AddDate(0, 0, step.min+o.r.IntN(step.max-step.min))
			if o.r.Float64() >= step.odds || d.After(end) {
				break
			}
			r[step.field] = d
		}
		if started, ok := r["started_on"].(time.Time); ok && o.r.Float64() < leave {
			left := started.AddDate(0, 0, 60+o.r.IntN(within))
			for _, f := range []string{"recognised_on", "paid_on"} {
				if x, ok := r[f].(time.Time); ok && x.After(left) {
					left = x.AddDate(0, 0, 30)
				}
			}
			r["left_on"] = until(left)
		}
	}
}

func tellChallenges(o *office, _ *people, _ []rec) {
	for _, y := range stretches {
		for range some(22, y.share) {
			on := o.day(y.period, y.days)
			n, e := o.place(o.r)
			r := rec{
				"code": o.code("JB", on), "title": nodes[n].zh + []string{"成品率提升", "新工艺开发", "在线检测方法", "寿命预测模型"}[o.r.IntN(4)], "enterprise": o.es[e].name, "node": nodes[n].code, "posted_on": on,
				"answered_on": nil, "accepted_on": nil, "amount": float64(20 + 5*o.r.IntN(60)), "university": nil,
			}
			o.add(on, r)
			answered := on.AddDate(0, 0, 20+o.r.IntN(120))
			if o.r.Float64() > 0.85 || answered.After(end) {
				continue
			}
			pr := provinces[o.r.IntN(8)]
			r["answered_on"], r["university"] = answered, pr.schools[o.r.IntN(len(pr.schools))]
			if o.r.Float64() < 0.75 {
				r["accepted_on"] = until(answered.AddDate(0, 0, 25+o.r.IntN(260)))
			}
		}
	}
}

func tellPostgraduates(o *office, born *people, _ []rec) {
	for _, y := range stretches {
		for range some(48, y.share) {
			on := day(y.period.from.Year(), 9, 1+o.r.IntN(20))
			if y.days < 200 || o.r.Float64() < 0.2 {
				on = day(y.period.from.Year(), 3, 1+o.r.IntN(20))
			}
			q := born.chinese(day(1997, 1, 1), day(2003, 12, 31))
			n, e := o.place(o.r)
			degree := []string{"master", "doctor"}[o.chance(78, 22)]
			r := rec{
				"person": q.id, "name": q.name, "university": []string{"浙江大学", "浙江大学", "浙江工业大学", "江西理工大学", "中南大学"}[o.r.IntN(5)], "degree": degree, "enterprise": o.es[e].name, "node": nodes[n].code,
				"entered_on": on, "left_on": nil,
			}
			if degree == "master" {
				r["left_on"] = until(on.AddDate(0, 10+o.r.IntN(15), 0))
			}
			o.add(on, r)
		}
	}
}

// tellStatistics is rd and the yearbook: registers of several years.
func tellStatistics(o *office, _ *people, _ []rec) {
	for y := 2024; y <= 2026; y++ {
		on := day(y, 1, 1)
		for _, e := range o.es {
			if e.employees < 100 {
				continue
			}
			employed := int(float64(e.employees) * (0.9 + 0.05*float64(y-2024)))
			people := int(float64(employed) * (0.06 + 0.09*o.r.Float64() + 0.008*float64(y-2024)))
			o.add(on, rec{
				"year": y, "enterprise": e.name, "node": nodes[e.node].code, "employed": employed, "rd_people": people,
				"rd_fte": math.Round(float64(people)*(0.62+0.25*o.r.Float64())*10) / 10, "phd": int(float64(people) * (0.02 + 0.05*o.r.Float64())),
			})
		}
	}
	book := *o
	book.dataset = "yearbook"
	for y := 2022; y <= 2026; y++ {
		k := float64(y - 2022)
		for _, item := range []struct {
			code, unit string
			value      float64
		}{
			{"residents", "人", 152300 + math.Round(k*2140+k*k*55)}, {"employed", "人", 68400 + math.Round(k*1870)}, {"eligible_evaluation", "家", 34 + 2*k}, {"talents_eligible", "人", 610 + math.Round(k*74)},
		} {
			book.add(day(y, 1, 1), rec{"year": y, "item": item.code, "value": item.value, "unit": item.unit})
		}
	}
}

func tellTargets(o *office, _ *people, _ []rec) {
	type aim struct {
		metric, title, unit, period, tier string
		target, weight, cap               float64
		from                              time.Time
		reason, scope                     string
	}
	aims := []aim{
		{"talent_stock", "E类及以上人才总量", "区委人才办", "2026", "base", 500, 0, 0, day(2026, 1, 1), "", ""},
		{"talent_stock", "E类及以上人才总量", "区委人才办", "2026", "expected", 530, 12, 120, day(2026, 1, 1), "", ""},
		{"talent_stock", "E类及以上人才总量", "区委人才办", "2026", "stretch", 560, 0, 0, day(2026, 1, 1), "", ""},
		{"talent_recognised", "新认定E类及以上人才", "区委人才办", "2026", "expected", 160, 10, 120, day(2026, 1, 1), "", ""},
		{"national_selections", "国家级人才计划入选", "区委人才办", "2026", "expected", 8, 10, 150, day(2026, 1, 1), "", ""},
		{"graduates_introduced", "引进35周岁以下大学生", "区人社局", "2026", "expected", 6500, 12, 120, day(2026, 1, 1), "", ""},
		{"graduates_introduced", "引进35周岁以下大学生", "区人社局", "2026", "expected", 6200, 12, 120, day(2026, 6, 1), "两家企业扩产延后，经管委会同意下调", ""},
		{"skilled_added", "引育技能人才", "区人社局", "2026H1", "expected", 2000, 8, 120, day(2026, 1, 1), "", ""},
		{"high_skilled_added", "新增高技能人才", "区人社局", "2026H1", "expected", 700, 8, 120, day(2026, 1, 1), "", ""},
		{"training_people", "培训人数", "区教育局", "2026", "expected", 5200, 6, 110, day(2026, 1, 1), "", ""},
		{"service_on_time", "按时办结率", "区人才服务中心", "2026", "expected", 95, 8, 105, day(2026, 1, 1), "", ""},
		{"satisfaction", "满意度", "区人才服务中心", "2026", "expected", 92, 6, 105, day(2026, 1, 1), "", ""},
		{"contract_amount", "技术合同成交额", "区科技局", "2026", "expected", 30000, 8, 120, day(2026, 1, 1), "", ""},
		{"joint_platforms", "联合实验室与技术转移中心", "区科技局", "2026", "expected", 42, 6, 120, day(2026, 1, 1), "", ""},
	}
	// the parks answer for their own part, each written as its office would
	for _, p := range []struct {
		unit, scope                    string
		graduates, recognised, skilled float64
	}{
		{"雁湖核心区管理办公室", "雁湖核心区", 360, 20, 45},
		{"高温合金产业园管理办公室", "园区：高温合金产业园", 1650, 40, 180},
		{"磁材小镇管理办公室", "园区=磁材小镇", 1480, 36, 150},
		{"钼业新材料园管理办公室", "所在园区＝钼业新材料园", 1100, 34, 95},
	} {
		aims = append(aims,
			aim{"graduates_introduced", "引进35周岁以下大学生", p.unit, "2026", "expected", p.graduates, 40, 120, day(2026, 1, 1), "", p.scope},
			aim{"talent_recognised", "新认定E类及以上人才", p.unit, "2026", "expected", p.recognised, 35, 120, day(2026, 1, 1), "", p.scope},
			aim{"high_skilled_added", "新增高技能人才", p.unit, "2026H1", "expected", p.skilled, 25, 120, day(2026, 1, 1), "", p.scope},
		)
	}
	for _, t := range aims {
		r := rec{"metric": t.metric, "title": t.title, "unit_name": t.unit, "period": t.period, "tier": t.tier, "target": t.target, "weight": nil, "cap": nil, "valid_from": t.from, "reason": text(t.reason), "scope": text(t.scope)}
		if t.weight > 0 {
			r["weight"], r["cap"] = t.weight, t.cap
		}
		o.add(t.from, r)
	}
}

func tellAwards(o *office, _ *people, chosen []rec) {
	kinds := []string{"outstanding", "young", "skilled", "other"}
	for _, y := range stretches {
		months := []time.Month{4, 9, 11}
		if y.days < 200 {
			months = months[:1]
		}
		for _, m := range months {
			on := day(y.period.from.Year(), m, 18)
			for range 13 + o.r.IntN(6) {
				k := o.chance(15, 40, 35, 10)
				t := chosen[o.r.IntN(len(chosen))]
				o.add(on, rec{"person": t["person"], "name": t["name"], "award": kinds[k], "awarded_on": on, "amount": []float64{o.tens(200, 500), o.tens(50, 150), o.tens(30, 80), o.tens(5, 30)}[k], "enterprise": t["enterprise"], "node": t["node"]})
			}
		}
	}
}

func tellContracts(o *office, _ *people, _ []rec) {
	for _, y := range stretches {
		for range some(90, y.share) {
			on := o.day(y.period, y.days)
			n, e := o.place(o.r)
			pr := provinces[o.r.IntN(10)]
			r := rec{
				"number": o.code("JSHT", on), "kind": []string{"development", "transfer", "licence", "consulting", "service"}[o.chance(45, 12, 8, 10, 25)], "signed_on": on, "amount": o.tens(50, 9000), "enterprise": o.es[e].name,
				"node": nodes[n].code, "partner": pr.schools[o.r.IntN(len(pr.schools))],
			}
			if o.n%9 == 4 { // the patent office sends it too
				r["#twice"] = true
			}
			o.add(on, r)
		}
	}
}

func tellResults(o *office, _ *people, _ []rec) {
	for _, y := range stretches {
		for range some(36, y.share) {
			on := o.day(y.period, y.days)
			n, e := o.place(o.r)
			r := rec{"code": o.code("CG", on), "title": nodes[n].zh + []string{"关键技术", "成套工艺", "新装备", "评价方法"}[o.r.IntN(4)], "achieved_on": on, "transferred_on": nil, "how": nil, "enterprise": o.es[e].name, "node": nodes[n].code}
			if d := on.AddDate(0, 0, o.r.IntN(420)); o.r.Float64() < 0.6 && !d.After(end) {
				r["transferred_on"], r["how"] = d, []string{"transferred", "licensed", "invested"}[o.chance(45, 40, 15)]
			}
			o.add(on, r)
		}
	}
}

func tellPatents(o *office, _ *people, _ []rec) {
	for k := range 640 {
		on := day(2012, 1, 1).AddDate(0, 0, int(5290*math.Sqrt(o.r.Float64())))
		if k == 0 {
			on = end
		}
		n, e := o.place(o.r)
		r := rec{"number": fmt.Sprintf("ZL%d1%07d.%d", on.Year()-2, 1000003+k*7919, k%10), "title": "一种" + nodes[n].zh + []string{"方法", "装置", "工艺", "材料"}[o.r.IntN(4)], "granted_on": on, "expired_on": nil, "enterprise": o.es[e].name, "node": nodes[n].code}
		if o.r.Float64() < 0.17 {
			r["expired_on"] = until(on.AddDate(2+o.r.IntN(8), 0, 0))
		}
		o.add(on, r)
	}
}

func tellInvestments(o *office, _ *people, _ []rec) {
	for y := 2020; y <= 2026; y++ {
		days := 365
		if y == 2026 {
			days = 181
		}
		for k := range 7 + o.r.IntN(4) {
			on := day(y, 1, 1).AddDate(0, 0, o.r.IntN(days))
			if y == 2026 && k == 0 {
				on = end
			}
			n := pick(o.r, len(nodes), func(i int) float64 { return nodes[i].weight })
			fund := float64(100 + 10*o.r.IntN(90))
			r := rec{
				"code": o.code("JJ", on), "enterprise": "雁湖" + []string{"启创", "新羽", "北雁", "领飞", "晨启", "羽芯", "云磁", "合炬"}[o.r.IntN(8)] + nodes[n].trade + "科技有限公司", "node": nodes[n].code, "invested_on": on,
				"fund_amount": fund, "social_amount": math.Round(fund * (0.8 + 4*o.r.Float64())), "stage": []string{"种子轮", "天使轮", "A轮", "B轮"}[o.chance(25, 40, 25, 10)], "closed_on": nil,
			}
			if o.r.Float64() < 0.3 {
				r["closed_on"] = until(on.AddDate(0, 8+o.r.IntN(60), 0))
			}
			o.add(on, r)
		}
	}
}

func tellEvents(o *office, _ *people, _ []rec) {
	kinds, names := []string{"salon", "contest", "fair", "forum", "roadshow"}, []string{"人才沙龙", "创新创业大赛", "专场招聘会", "材料产业论坛", "项目路演"}
	prize := *o
	prize.dataset = "contest_projects"
	for _, y := range stretches {
		for range some(46, y.share) {
			on := o.day(y.period, y.days)
			k := o.chance(40, 8, 25, 12, 15)
			people := []int{25 + o.r.IntN(60), 120 + o.r.IntN(300), 300 + o.r.IntN(1500), 80 + o.r.IntN(250), 40 + o.r.IntN(90)}[k]
			o.add(on, rec{"code": o.code("HD", on), "title": fmt.Sprintf("雁湖第%d期%s", o.n+1, names[k]), "kind": kinds[k], "held_on": on, "people": people})
		}
		if y.period.from.Year() < 2025 {
			continue
		}
		for k := range some(24, y.share) {
			on := day(y.period.from.Year(), []time.Month{3, 6, 10}[k%3], 26)
			if y.days < 200 {
				on = day(2026, []time.Month{3, 6}[k%2], 26)
			}
			n, e := o.place(o.r)
			r := rec{"code": prize.code("DS", on), "title": nodes[n].zh + "创业项目", "event": fmt.Sprintf("%d雁湖创新创业大赛", on.Year()), "won_on": on, "prize": []string{"一等奖", "二等奖", "三等奖", "优胜奖"}[o.chance(1, 2, 3, 4)], "registered_on": nil, "enterprise": nil, "node": nodes[n].code}
			if d := on.AddDate(0, 0, 4+o.r.IntN(420)); o.r.Float64() < 0.62 && !d.After(end) {
				r["registered_on"], r["enterprise"] = d, o.es[e].name
			}
			prize.add(on, r)
		}
	}
}

func tellPublicity(o *office, _ *people, _ []rec) {
	for _, y := range stretches {
		for range some(58, y.share) {
			on := o.day(y.period, y.days)
			k := o.chance(8, 22, 34, 36)
			o.add(on, rec{
				"title": []string{"引进一个人才带动一个项目", "企业出题人才答题", "把服务送到车间", "雁归雁湖"}[o.r.IntN(4)] + "：" + nodes[o.r.IntN(len(nodes))].zh, "level": []string{"national", "provincial", "city", "county"}[k],
				"medium": []string{"人民周刊", "省日报", "市日报", "雁湖发布"}[k], "published_on": on,
			})
		}
	}
}

func tellResearch(o *office, _ *people, _ []rec) {
	for _, y := range stretches[1:] {
		for range some(40, y.share) {
			on := o.day(y.period, y.days)
			n, e := o.place(o.r)
			o.add(on, rec{"code": o.code("KY", on), "title": nodes[n].zh + "关键技术研究", "approved_on": on, "lump_sum": o.r.Float64() < 0.28+0.2*float64(on.Year()-2025), "amount": float64(20 + 10*o.r.IntN(48)), "enterprise": o.es[e].name, "node": nodes[n].code})
		}
	}
}

func tellEngagements(o *office, born *people, _ []rec) {
	for _, y := range stretches {
		for range some(46, y.share) {
			on := o.day(y.period, y.days)
			n, e := o.place(o.r)
			r := rec{"code": o.code("RX", on), "country": "CN", "enterprise": o.es[e].name, "node": nodes[n].code, "started_on": on, "ended_on": on.AddDate(1+o.r.IntN(3), 0, -1), "days": 15 + 5*o.r.IntN(16), "amount": o.tens(30, 600)}
			if o.r.Float64() < 0.25 {
				q := born.foreign()
				r["person"], r["name"], r["country"], r["home"] = q.id, q.name, q.country, q.school
			} else {
				q := born.chinese(day(1960, 1, 1), day(1988, 12, 31))
				r["person"], r["name"], r["home"] = q.id, q.name, q.school
			}
			o.add(on, r)
		}
	}
}
