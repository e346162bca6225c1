package demo

import (
	"math"
	"time"
)

// What became of agreements with other countries: projects, days that experts were here, products.

// yields says for each country how many of a hundred agreements become projects; of others, half.
var yields = map[string]float64{"DE": 92, "JP": 88, "KR": 84, "SE": 86, "GB": 66, "FR": 64, "US": 42, "RU": 38, "SG": 70}

// fields are those of a node's chain and place in it.
var fields = map[string][]string{
	"superalloy": {"melting", "melting", "forming", "forming", "testing", "simulation"},
	"magnetic":   {"melting", "device", "device", "simulation", "energy"},
	"molybdenum": {"melting", "forming", "device", "energy", "testing"},
}

// tellAgreements makes four datasets, each row with the numbers of what it came of.
func tellAgreements(o *office, _ *people, _ []rec) {
	projects, days, products := *o, *o, *o
	projects.dataset, days.dataset, products.dataset = "joint_projects", "expert_days", "products"
	fresh := &people{r: o.r, used: o.pp.used}
	came := map[string][]*mover{} // foreigners who took a post here, by country
	for _, m := range o.movers {
		if m.passport {
			came[m.country] = append(came[m.country], m)
		}
	}
	odds := func(c country) float64 {
		if y, ok := yields[c.code]; ok {
			return y / 100
		}
		return 0.5
	}
	project := func(c country, field string, n, e int, agreement any, on time.Time) {
		if on.After(end) {
			return
		}
		ended := inside(on.AddDate(0, 12+o.r.IntN(22), 0))
		p := projects.add(on, rec{
			"code": projects.code("XM", on), "agreement": agreement, "title": c.zh + nodes[n].zh + []string{"联合攻关", "联合开发", "工艺验证", "样件试制"}[o.r.IntN(4)] + "项目", "country": c.code, "field": field, "node": nodes[n].code, "enterprise": o.es[e].name,
			"started_on": on, "ended_on": until(ended), "amount": float64(60 + 10*o.r.IntN(90)),
		})
		if o.r.Float64() > 0.55+0.4*odds(c) { // nobody came
			return
		}
		row := func() rec {
			return rec{"project": p["code"], "agreement": agreement, "country": c.code, "field": field, "node": nodes[n].code, "enterprise": o.es[e].name}
		}
		for range 1 + o.chance(5, 4, 2) {
			q := fresh.from(c)
			if here := came[c.code]; len(here) > 0 && o.r.Float64() < 0.5 {
				if m := here[o.r.IntN(len(here))]; m.in.Before(on) {
					q = m.person
				}
			}
			seldom := 0.3 + 0.5*o.r.Float64()
			for m := day(on.Year(), on.Month(), 1).AddDate(0, 1, 0); m.Before(ended) && !m.AddDate(0, 1, -1).After(end); m = m.AddDate(0, 1, 0) {
				spent := 2 + o.r.IntN(int(5+16*odds(c)))
				if o.r.Float64() < seldom {
					continue
				}
				r := row()
				r["month"], r["person"], r["name"], r["days"] = m, q.id, q.name, spent
				days.add(m, r)
			}
		}
		for range o.chance(100-55*odds(c), 38, 16+10*odds(c), 8) {
			on := inside(on.AddDate(0, 0, 170+o.r.IntN(480)))
			if on.After(end) {
				continue
			}
			kind := []string{"patent", "product", "standard", "process"}[o.chance(44, 26, 10, 20)]
			r := row()
			r["code"], r["kind"], r["produced_on"], r["revenue"] = products.code("CG", on), kind, on, nil
			r["title"] = nodes[n].zh + map[string]string{"patent": "制备方法及装置", "product": "新牌号产品", "standard": "试验方法国际标准", "process": "新工艺"}[kind]
			if kind == "product" || kind == "process" {
				r["revenue"] = math.Round(float64(80+o.r.IntN(1900))*10) / 10
			}
			products.add(on, r)
		}
	}
	for _, y := range []struct {
		from    time.Time
		days, n int
	}{{day(2022, 1, 1), 365, 7}, {day(2023, 1, 1), 365, 10}, {day(2024, 1, 1), 366, 13}, {day(2025, 1, 1), 365, 16}, {day(2026, 1, 1), 181, 9}} {
		for range y.n {
			on := inside(y.from.AddDate(0, 0, o.r.IntN(y.days)))
			c := countries[o.chance(18, 17, 16, 9, 9, 6, 6, 5, 5, 4, 3, 2, 2, 2)]
			n, e := o.place(o.r)
			field := fields[nodes[n].chain()][o.r.IntN(len(fields[nodes[n].chain()]))]
			a := o.add(on, rec{
				"code": o.code("XY", on), "title": "雁湖与" + c.zh + nodes[n].zh + "合作协议", "country": c.code, "field": field, "node": nodes[n].code, "partner": c.schools[o.r.IntN(len(c.schools))], "enterprise": o.es[e].name,
				"signed_on": on, "ended_on": on.AddDate(3+o.r.IntN(3), 0, 0),
			})
			if o.r.Float64() > odds(c) {
				continue // signed, and that was it
			}
			for range 1 + o.chance(60, 30, 10) {
				project(c, field, n, e, a["code"], inside(on.AddDate(0, 0, 35+o.r.IntN(200))))
			}
		}
		for range y.n / 6 { // projects that no agreement led to
			on := inside(y.from.AddDate(0, 0, o.r.IntN(y.days)))
			n, e := o.place(o.r)
			project(countries[o.chance(18, 17, 16, 9, 9, 6)], fields[nodes[n].chain()][0], n, e, nil, on)
		}
	}
}
