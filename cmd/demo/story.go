package demo

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"
)

// rec is one row as the story has it: column name of the dataset -> string, int, float64, bool,
// time.Time or nil. Writing it down, in the sender's words and shapes, comes later.
type rec map[string]any

// story is everything that happens in the zone over the three years.
type story struct {
	es     []enterprise
	atNode [][]int // enterprises of each node
	pp     *people

	enterprises  []rec
	talents      []rec
	arrivals     []rec
	vacancies    []rec
	trainings    []rec
	certificates []rec
	cooperations []rec
	selections   []rec
	postings     []posting
	rest         map[string][]rec // what the other offices keep, by dataset

	movers []*mover // everybody who came, in order
}

var (
	begin = day(2023, 7, 1)
	end   = day(2026, 6, 30) // last day of the story
)

// half is a half-year of the story with what is to happen in it.
type half struct {
	from      time.Time
	zh        string
	graduates int // 1.07
	skilled   int // 1.09
	high      int // 1.10
	monthly   [6]float64
}

// The last half-year is the published one; those before lead up to it.
var halves = []half{
	{day(2023, 7, 1), "2023年下半年", 2874, 1482, 459, second},
	{day(2024, 1, 1), "2024年上半年", 2196, 1391, 445, first},
	{day(2024, 7, 1), "2024年下半年", 3312, 1703, 562, second},
	{day(2025, 1, 1), "2025年上半年", 2587, 1668, 567, first},
	{day(2025, 7, 1), "2025年下半年", 3795, 1893, 651, second},
	{day(2026, 1, 1), "2026年上半年", 3016, 2016, 716, first},
}

// Newcomers by month: after the spring festival and at graduation.
var (
	first  = [6]float64{9, 7, 26, 18, 15, 25}
	second = [6]float64{27, 25, 18, 12, 10, 8}
)

// mover is a newcomer and the row that says so.
type mover struct {
	*person
	in    time.Time
	node  int
	ent   int
	skill int
	kind  string
	row   rec
	left  time.Time // first departure; zero: stays
}

func stream(seed, n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) }

func tell(seed uint64) (*story, error) {
	s := &story{pp: newPeople(stream(seed, 1))}
	s.es = found(stream(seed, 2))
	s.atNode = make([][]int, len(nodes))
	for i, e := range s.es {
		s.atNode[e.node] = append(s.atNode[e.node], i)
		s.enterprises = append(s.enterprises, rec{
			"credit_code": e.code, "name": e.name, "industry": nodes[e.node].industry, "chain": nodes[e.node].chain(),
			"node": nodes[e.node].code, "scale": e.scale, "employees": e.employees, "registered_on": e.registered,
			"authorised_evaluation": e.authorised,
		})
	}
	s.moves(stream(seed, 3))
	s.train(stream(seed, 4))
	if err := s.certify(stream(seed, 5)); err != nil {
		return nil, err
	}
	s.recognise(stream(seed, 6))
	s.cameFirst()
	s.hire(stream(seed, 7))
	s.cooperate(stream(seed, 8))
	s.choose(stream(seed, 9))
	s.post(stream(seed, 10))
	s.tellRest(seed)
	s.settle()
	for _, rs := range [][]rec{s.arrivals, s.talents, s.vacancies, s.trainings, s.certificates, s.cooperations, s.selections} {
		sort.SliceStable(rs, func(i, j int) bool { return rs[i]["@"].(time.Time).Before(rs[j]["@"].(time.Time)) })
	}
	return s, nil
}

// settle writes the park of its enterprise into every row that has one.
func (s *story) settle() {
	of := map[any]string{}
	for _, e := range s.es {
		of[e.name] = e.park
	}
	all := [][]rec{s.enterprises, s.arrivals, s.talents, s.vacancies, s.certificates}
	for _, rs := range s.rest {
		all = append(all, rs)
	}
	for _, rs := range all {
		for _, r := range rs {
			for _, field := range []string{"enterprise", "name", "host"} {
				if park, ok := of[r[field]]; ok {
					r["park"] = park
				}
			}
		}
	}
}

// place draws a node by weight and one of its enterprises by size.
func (s *story) place(r *rand.Rand) (n, e int) {
	n = pick(r, len(nodes), func(i int) float64 { return nodes[i].weight })
	return n, s.within(r, n)
}

func (s *story) within(r *rand.Rand, n int) int {
	at := s.atNode[n]
	return at[pick(r, len(at), func(i int) float64 { return float64(s.es[at[i]].employees + 60) })]
}

// within a half-year by month weights; days 2..27 keep events away from period ends, where two
// readings of "until" would differ.
func (h half) someDay(r *rand.Rand) time.Time {
	m := pick(r, 6, func(i int) float64 { return h.monthly[i] })
	return h.from.AddDate(0, m, 1+r.IntN(26))
}

func (s *story) moves(r *rand.Rand) {
	for hi, h := range halves {
		for k := range h.graduates {
			d := h.someDay(r)
			if hi == 5 && k < 3 {
				d = day(2026, 3, 12+k)
			}
			m := &mover{in: d, kind: "graduate"}
			edu := []string{"11", "14", "17", "21", "28", "31"}[pick(r, 6, func(i int) float64 { return []float64{3, 18, 0.4, 52, 0.6, 26}[i] })]
			age := 22 + pick(r, 14, func(i int) float64 { return []float64{16, 20, 15, 10, 8, 6, 5, 4, 4, 3, 3, 2, 2, 2}[i] })
			switch edu {
			case "11":
				age = 27 + r.IntN(9)
			case "14", "17":
				age = max(age, 24)
			case "31":
				age--
			}
			lo, hiBirth := d.AddDate(-age-1, 0, 1), d.AddDate(-age, 0, 0)
			if hi == 5 && k < 3 { // 35 years and 364 days: still 35
				edu, lo, hiBirth = "21", d.AddDate(-36, 0, 1), d.AddDate(-36, 0, 1)
			}
			m.person = s.pp.chinese(lo, hiBirth)
			m.edu = edu
			if edu == "31" && r.Float64() < 0.17 {
				m.skill = 3 + r.IntN(2)
			}
			s.arrive(r, m, true)
		}
		for k := range h.graduates * 42 / 100 {
			d := h.someDay(r)
			m := &mover{in: d}
			born := func(lo, hi int) *person { return s.pp.chinese(d.AddDate(-hi-1, 0, 1), d.AddDate(-lo, 0, 0)) }
			firstLocal := true
			kinds := []string{"worker", "older", "unfinished", "local", "school", "foreign"}
			m.kind = kinds[pick(r, 6, func(i int) float64 { return []float64{56, 15, 5, 11, 9, 4}[i] })]
			switch {
			case hi == 5 && k < 3: // 36 years to the day: no longer 35
				d = day(2026, 4, 14+k)
				m.in, m.kind = d, "older"
				m.person = s.pp.chinese(d.AddDate(-36, 0, 0), d.AddDate(-36, 0, 0))
				m.edu = "21"
			case m.kind == "worker":
				m.person = born(19, 48)
				m.edu = []string{"41", "44", "47", "61", "71"}[pick(r, 5, func(i int) float64 { return []float64{24, 14, 26, 18, 18}[i] })]
				if r.Float64() < 0.38 {
					m.skill = 1 + pick(r, 6, func(i int) float64 { return []float64{6, 26, 33, 26, 7, 2}[i] })
				}
			case m.kind == "older":
				m.person = born(36, 54)
				m.edu = []string{"11", "14", "21", "31"}[pick(r, 4, func(i int) float64 { return []float64{8, 20, 50, 22}[i] })]
			case m.kind == "unfinished":
				m.person = born(21, 31)
				m.edu = []string{"12", "15", "22", "23", "32", "33"}[r.IntN(6)]
			case m.kind == "local": // moved within the zone: not new here
				m.person = born(23, 34)
				m.edu = []string{"14", "21", "31"}[r.IntN(3)]
				firstLocal = false
			case m.kind == "school":
				m.person = born(18, 26)
				m.edu = []string{"41", "44", "61"}[r.IntN(3)]
			case m.kind == "foreign":
				m.person = s.pp.foreign()
				m.edu = []string{"11", "14", "21"}[r.IntN(3)]
			}
			s.arrive(r, m, firstLocal)
		}
		// People who had come before the story begins go on leaving.
		for range 640 - 70*hi {
			d := h.someDay(r)
			m := &mover{person: s.pp.chinese(d.AddDate(-46, 0, 0), d.AddDate(-24, 0, 0)), kind: "former"}
			m.edu = []string{"14", "21", "31", "47"}[r.IntN(4)]
			m.node, m.ent = s.place(r)
			s.leave(r, m, d)
		}
	}
}

func (s *story) arrive(r *rand.Rand, m *mover, firstLocal bool) {
	m.node, m.ent = s.place(r)
	channel := []string{"campus", "market", "fair", "agency", "referral", "policy", "return", "overseas"}
	w := []float64{12, 40, 16, 12, 12, 3, 5, 0}
	switch {
	case m.kind == "graduate" && (m.in.Month() >= 6 && m.in.Month() <= 9):
		w = []float64{58, 14, 10, 3, 4, 5, 5, 1}
	case m.kind == "graduate":
		w = []float64{32, 26, 18, 6, 6, 6, 5, 1}
	case m.kind == "foreign":
		w = []float64{0, 1, 0, 2, 2, 2, 0, 9}
	}
	if m.province != "浙江省" {
		w[6] = 0
	}
	employment := "full_time"
	if p := r.Float64(); p < 0.03 || (m.edu == "11" || m.kind == "foreign") && p < 0.35 {
		employment = "flexible"
	}
	n := nodes[m.node]
	m.row = rec{
		"@": m.in, "person": m.id, "name": m.name, "date": m.in, "direction": "in", "origin_province": text(m.province), "origin_country": m.country,
		"school": text(m.school), "education": m.edu, "channel": channel[pick(r, 8, func(i int) float64 { return w[i] })],
		"employment": employment, "enterprise": s.es[m.ent].name, "node": n.code, "occupation": n.occupations[r.IntN(len(n.occupations))],
		"skill_level": m.skill, "first_local": firstLocal,
	}
	if m.kind != "graduate" && m.edu >= "40" {
		m.row["school"] = nil
	}
	s.arrivals = append(s.arrivals, m.row)
	s.movers = append(s.movers, m)

	stay := 0.29
	if m.kind == "worker" || m.kind == "school" {
		stay = 0.36
	}
	if r.Float64() >= stay {
		return
	}
	x := r.Float64()
	d := m.in.AddDate(0, 0, 92+int(x*x*640))
	d = inside(d)
	if d.After(end) {
		return
	}
	s.leave(r, m, d)
	m.left = d
	if r.Float64() < 0.07 { // some come back, and are no newcomers then
		back := inside(d.AddDate(0, 0, 50+r.IntN(230)))
		if !back.After(end) {
			again := rec{}
			for k, v := range m.row {
				again[k] = v
			}
			again["@"], again["date"], again["first_local"], again["skill_level"], again["channel"] = back, back, false, 0, "market"
			s.arrivals = append(s.arrivals, again)
		}
	}
}

func (s *story) leave(r *rand.Rand, m *mover, d time.Time) {
	n := nodes[m.node]
	s.arrivals = append(s.arrivals, rec{
		"@": d, "person": m.id, "name": m.name, "date": d, "direction": "out", "origin_province": text(m.province), "origin_country": m.country,
		"school": text(m.school), "education": m.edu, "channel": nil, "employment": "full_time", "enterprise": s.es[m.ent].name, "node": n.code,
		"occupation": n.occupations[r.IntN(len(n.occupations))], "skill_level": m.skill, "first_local": false,
	})
}

// inside moves a day to 2..27 of its month.
func inside(d time.Time) time.Time {
	return day(d.Year(), d.Month(), min(max(d.Day(), 2), 27))
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

var providers = []string{"雁湖职业技术学院", "雁湖技师学院", "雁湖高级技工学校", "雁翔职业培训学校", "百工职业技能培训中心"}

func (s *story) train(r *rand.Rand) {
	var trainees []*person
	next := 0 // movers before it may be trained
	movers := append([]*mover(nil), s.movers...)
	sort.SliceStable(movers, func(i, j int) bool { return movers[i].in.Before(movers[j].in) })
	for m := range 36 {
		from := begin.AddDate(0, m, 0)
		season := []float64{0.85, 0.45, 1.1, 1.15, 1.1, 1.05, 0.95, 0.9, 1.05, 1.1, 1.15, 1.0}[from.Month()-1]
		count := int((300 + 3.2*float64(m)) * season)
		for next < len(movers) && movers[next].in.Before(from) {
			next++
		}
		for range count {
			var p *person
			where := -1
			switch x := r.Float64(); {
			case x < 0.09 && len(trainees) > 0:
				p = trainees[r.IntN(len(trainees))]
			case x < 0.22 && next > 0:
				mv := movers[next-1-r.IntN(min(next, 2000))]
				if mv.passport {
					continue
				}
				p, where = mv.person, mv.node
			default:
				d := from.AddDate(0, 0, -1)
				p = s.pp.chinese(d.AddDate(-52, 0, 0), d.AddDate(-19, 0, 0))
			}
			trainees = append(trainees, p)
			if where < 0 {
				where, _ = s.place(r)
			}
			n := nodes[where]
			level := 2 + pick(r, 5, func(i int) float64 { return []float64{34, 42, 19, 4, 1}[i] })
			occ := n.occupations[0]
			started := from.AddDate(0, 0, 1+r.IntN(26))
			ended := started.AddDate(0, 0, 12+r.IntN(40))
			row := rec{
				"@": started, "person": p.id, "name": p.name, "course": occ + "（" + skillZh[level] + "）培训", "provider": providers[pick(r, 5, func(i int) float64 { return []float64{40, 28, 14, 10, 8}[i] })],
				"node": n.code, "skill_level": level, "started_on": started, "ended_on": nil, "enrolled": true, "examined": false, "passed": false,
				"certified_on": nil, "employed_before": r.Float64() < 0.71, "employed_after_6m": nil, "subsidy": nil,
			}
			s.trainings = append(s.trainings, row)
			if ended.After(end) {
				continue
			}
			row["ended_on"] = ended
			examined := r.Float64() < 0.91
			passed := examined && r.Float64() < 0.84+0.002*float64(m)
			row["examined"], row["passed"] = examined, passed
			if half := ended.AddDate(0, 6, 0); !half.After(end) {
				p := 0.38
				if row["employed_before"].(bool) {
					p = 0.96
				} else if passed {
					p = 0.66 + 0.003*float64(m)
				}
				row["employed_after_6m"] = r.Float64() < p
			}
			certified := inside(ended.AddDate(0, 0, 8+r.IntN(24)))
			if certified.Before(ended) {
				certified = certified.AddDate(0, 1, 0)
			}
			if passed && r.Float64() < 0.54 && !certified.After(end) {
				row["certified_on"] = certified
				row["subsidy"] = []float64{0, 0, 1000, 1500, 2000, 3000, 4000}[level]
				s.certificates = append(s.certificates, rec{
					"@": certified, "person": p.id, "certified_on": certified, "skill_level": level, "occupation": occ, "node": n.code,
					"enterprise": s.es[s.within(r, where)].name,
				})
			}
		}
	}
}

var skillZh = []string{"无等级", "学徒工", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师"}

// certify adds certificates that no course led to, so that with the skilled newcomers each
// half-year has its number of skilled people, and of high-skilled ones among them.
func (s *story) certify(r *rand.Rand) error {
	for _, h := range halves {
		to := h.from.AddDate(0, 6, 0)
		in := func(d time.Time) bool { return !d.Before(h.from) && d.Before(to) }
		best := map[string]int{}
		for _, c := range s.certificates {
			if in(c["@"].(time.Time)) {
				best[c["person"].(string)] = max(best[c["person"].(string)], c["skill_level"].(int))
			}
		}
		add := func(id string, level, n int) {
			d := h.someDay(r)
			s.certificates = append(s.certificates, rec{
				"@": d, "person": id, "certified_on": d, "skill_level": level, "occupation": nodes[n].occupations[0], "node": nodes[n].code,
				"enterprise": s.es[s.within(r, n)].name,
			})
			best[id] = max(best[id], level)
		}
		both := 0
		for _, m := range s.movers {
			if !in(m.in) || m.skill < 2 || m.row["first_local"] != true {
				continue
			}
			best[m.id] = max(best[m.id], m.skill)
			if r.Float64() < 0.12 { // came skilled and was certified too: one person, at the higher level
				add(m.id, min(max(2, m.skill-1+r.IntN(3)), 6), m.node)
				both++
			}
		}
		high := 0
		for _, l := range best {
			if l >= 4 {
				high++
			}
		}
		needHigh, needLow := h.high-high, h.skilled-h.high-(len(best)-high)
		if needHigh < 0 || needLow < 0 || both == 0 {
			return fmt.Errorf("demo: %s: %d skilled of them %d high-skilled before any certificate of enterprises, want at most %d and %d", h.zh, len(best), high, h.skilled, h.high)
		}
		for k := range needHigh + needLow {
			level := 2 + pick(r, 2, func(i int) float64 { return []float64{40, 60}[i] })
			if k < needHigh {
				level = 4 + pick(r, 3, func(i int) float64 { return []float64{78, 18, 4}[i] })
			}
			n, _ := s.place(r)
			d := h.from
			add(s.pp.chinese(d.AddDate(-55, 0, 0), d.AddDate(-20, 0, 0)).id, level, n)
		}
	}
	return nil
}
