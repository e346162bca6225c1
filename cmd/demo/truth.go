package demo

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Truth is every number of the demo zone, computed in plain Go from the written files: spoilt
// rows left out, resubmissions in place of what they replace. It shares no code with the loader.
type Truth struct {
	Talents      []Talent
	Moves        []Move
	Vacancies    []Vacancy
	Trainings    []Training
	Certificates []Certificate
	Cooperations []Cooperation
	Selections   []Selection
	Enterprises  []Enterprise
	Postings     []Posting // exact copies left out

	Rows  map[string][]Row     // the other datasets
	Known map[string]time.Time // last day each dataset tells of: the end of its latest submission
	Since map[string]time.Time // and the first, of datasets sent by period
}

// The rows as they are meant. A zero time is a blank cell. Persons are the numbers as written.
type (
	Talent struct {
		Person, Class, Enterprise, Node, Park, Country, Education, Programme string
		Recognised, ValidTo, Left                                            time.Time
		Flexible                                                             bool
	}
	Move struct {
		Person, Province, Country, School, Education, Channel, Enterprise, Node, Park, Occupation string
		Date, Birth                                                                               time.Time
		In, Flexible, First                                                                       bool
		Skill                                                                                     int
	}
	Vacancy struct {
		Enterprise, Node, Park, Occupation, Education string
		Posted, Closed                                time.Time
		Needed, Filled, Applicants                    int
		Urgent                                        bool
		SalaryFrom, SalaryTo                          float64
	}
	Training struct {
		Person, Course, Provider, Node                    string
		Skill                                             int
		Started, Ended, Certified                         time.Time
		Enrolled, Examined, Passed, Before, After, Judged bool // Judged: After is known
		Subsidy                                           float64
	}
	Certificate struct {
		Person, Node, Park, Enterprise, Occupation string
		On                                         time.Time
		Skill                                      int
	}
	Cooperation struct {
		Code, Kind, Country, Node, Enterprise, Permit, Role string
		Started, Ended                                      time.Time
		People                                              int
		Amount                                              float64
	}
	Selection struct {
		Person, Programme, Level, Node, Enterprise string
		Year                                       int
		On                                         time.Time
	}
	Enterprise struct {
		Code, Name, Chain, Node, Park, Scale string
		Employees                            int
		Registered                           time.Time
		Authorised                           bool
	}
	Posting struct {
		City, Experience, Education string
		From, To                    float64 // yuan a month; 0 where it is not paid by the month or negotiable
	}
)

// ReadTruth reads the files of m back from m.Dir.
func ReadTruth(m *Manifest) (*Truth, error) {
	t := &Truth{Rows: map[string][]Row{}, Known: map[string]time.Time{}, Since: map[string]time.Time{}}
	type place struct {
		file, sheet string
		row         int
	}
	wrong := map[place]Planted{}
	for _, p := range m.Planted {
		wrong[place{p.File, p.Sheet, p.Row}] = p
	}
	copies := map[string]bool{}
	for i := range m.Files {
		f := &m.Files[i]
		if m.Superseded(f.Name) {
			continue
		}
		if last := f.To.AddDate(0, 0, -1); last.After(t.Known[f.Dataset]) {
			t.Known[f.Dataset] = last
		}
		if since, had := t.Since[f.Dataset]; !registers[f.Dataset] && (!had || f.From.Before(since)) {
			t.Since[f.Dataset] = f.From
		}
		grids, err := readGrids(filepath.Join(m.Dir, f.Name), f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		for _, sh := range f.Sheets {
			if sh.Hidden {
				continue
			}
			grid := grids[sh.Name]
			for n := sh.First; n <= sh.Last; n++ {
				p, spoilt := wrong[place{f.Name, sh.Name, n}]
				if spoilt && !p.Warn {
					continue
				}
				if n > len(grid) {
					return nil, fmt.Errorf("%s!%s: %d rows, want %d", f.Name, sh.Name, len(grid), sh.Last)
				}
				if f.Dataset == "postings" {
					if k := strings.Join(grid[n-1], "\x00"); copies[k] {
						continue
					} else {
						copies[k] = true
					}
				}
				c := cells{fields: sh.Fields, line: grid[n-1], without: p.Column}
				t.take(f.Dataset, &c)
				if c.err != nil {
					return nil, fmt.Errorf("%s!%s:%d: %w", f.Name, sh.Name, n, c.err)
				}
			}
		}
	}
	return t, nil
}

// readGrids returns the cells of every visible sheet by name; a text file has one without a name.
func readGrids(path string, f *File) (map[string][][]string, error) {
	if f.Format == "xlsx" {
		x, err := excelize.OpenFile(path)
		if err != nil {
			return nil, err
		}
		defer x.Close()
		grids := map[string][][]string{}
		for _, sh := range f.Sheets {
			if sh.Hidden {
				continue
			}
			if grids[sh.Name], err = x.GetRows(sh.Name, excelize.Options{RawCellValue: true}); err != nil {
				return nil, err
			}
		}
		return grids, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if f.Encoding == "gb18030" {
		if b, err = simplifiedchinese.GB18030.NewDecoder().Bytes(b); err != nil {
			return nil, err
		}
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff")))
	r.FieldsPerRecord = -1
	var g [][]string
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return map[string][][]string{"": g}, nil
		}
		if err != nil {
			return nil, err
		}
		g = append(g, line)
	}
}

// cells reads one row by field; the first thing that cannot be read is its error.
type cells struct {
	fields  []string
	line    []string
	without string // a spoilt column
	err     error
}

func (c *cells) text(field string) string {
	for i, f := range c.fields {
		if f == field && i < len(c.line) && f != c.without {
			return strings.TrimSpace(c.line[i])
		}
	}
	return ""
}

// person is a number in one form, however the sender writes it.
func (c *cells) person() string { return c.identity("person") }

func (c *cells) identity(field string) string {
	return strings.ToUpper(narrow(strings.ReplaceAll(c.text(field), " ", "")))
}

// meant holds, for each column of codes, the code of every word.
var meant = func() map[string]map[string]string {
	m := map[string]map[string]string{"node": {}, "country": {}, "scale": {"大型": "large", "中型": "medium", "小型": "small", "微型": "micro"}}
	for field, codes := range words {
		m[field] = map[string]string{}
		for code, ws := range codes {
			m[field][code] = code
			for _, w := range ws {
				if w != "" {
					m[field][w] = code
				}
			}
		}
	}
	for code, zh := range nodeZh {
		m["node"][zh] = code
	}
	for code, zh := range countryZh {
		m["country"][zh], m["country"][code] = code, code
	}
	return m
}()

func (c *cells) code(field, list string) string {
	s := c.text(field)
	if s == "" {
		return ""
	}
	code, ok := meant[list][s]
	if !ok {
		c.fail(field, s)
	}
	return code
}

func (c *cells) fail(field, s string) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %q is not understood", field, s)
	}
}

func (c *cells) number(field string) float64 {
	s := strings.ReplaceAll(narrow(c.text(field)), ",", "")
	if s == "" {
		return 0
	}
	scale := 1.0
	if t, ok := strings.CutSuffix(s, "万元"); ok {
		s, scale = t, 10000
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		c.fail(field, s)
	}
	return math.Round(f*scale*100) / 100
}

// narrow turns full-width digits, letters and points into ordinary ones.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, s)
}

func (c *cells) int(field string) int { return int(c.number(field)) }

func (c *cells) yes(field string) bool {
	switch s := c.text(field); s {
	case "是", "合格", "已就业", "接通":
		return true
	case "否", "不合格", "未就业", "未接通", "":
		return false
	default:
		c.fail(field, s)
	}
	return false
}

func (c *cells) date(field string) time.Time {
	s := c.text(field)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{"2006-01-02", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	serial, err := strconv.ParseFloat(s, 64)
	if err != nil || serial < 30000 || serial > 80000 {
		c.fail(field, s)
	}
	return day(1899, 12, 30).AddDate(0, 0, int(serial))
}

func (c *cells) skill() int {
	s := c.code("skill_level", "skill_level")
	n, _ := strconv.Atoi(s)
	return n
}

func (c *cells) province() string { return shortProvince(c.text("origin_province")) }

// pay reads 8千 and 1.1万.
func (c *cells) pay(s string) float64 {
	for unit, times := range map[string]float64{"千": 1000, "万": 10000} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			f, err := strconv.ParseFloat(n, 64)
			if err != nil {
				c.fail("salary", s)
			}
			return math.Round(f * times)
		}
	}
	c.fail("salary", s)
	return 0
}

// born reads the birth date in an identity number; passports have none.
func born(id string) time.Time {
	if len(id) != 18 {
		return time.Time{}
	}
	t, _ := time.Parse("20060102", id[6:14])
	return t
}

func (t *Truth) take(dataset string, c *cells) {
	switch dataset {
	case "talents":
		t.Talents = append(t.Talents, Talent{
			Person: c.person(), Class: c.code("class", "class"), Enterprise: c.text("enterprise"), Node: c.code("node", "node"), Park: c.code("park", "park"), Country: c.code("country", "country"),
			Education: c.code("education", "education"), Programme: c.text("programme"), Recognised: c.date("recognised_on"), ValidTo: c.date("valid_to"), Left: c.date("left_on"), Flexible: c.yes("flexible"),
		})
	case "arrivals":
		t.Moves = append(t.Moves, Move{
			Person: c.person(), Province: c.province(), Country: c.code("origin_country", "country"), School: c.text("school"), Education: c.code("education", "education"),
			Channel: c.code("channel", "channel"), Enterprise: c.text("enterprise"), Node: c.code("node", "node"), Park: c.code("park", "park"), Occupation: c.text("occupation"), Date: c.date("date"), Birth: born(c.person()),
			In: c.code("direction", "direction") == "in", Flexible: c.code("employment", "employment") == "flexible", First: c.yes("first_local"), Skill: c.skill(),
		})
	case "vacancies":
		t.Vacancies = append(t.Vacancies, Vacancy{
			Enterprise: c.text("enterprise"), Node: c.code("node", "node"), Park: c.code("park", "park"), Occupation: c.text("occupation"), Education: c.code("education", "education"), Posted: c.date("posted_on"), Closed: c.date("closed_on"),
			Needed: c.int("needed"), Filled: c.int("filled"), Applicants: c.int("applicants"), Urgent: c.yes("urgent"), SalaryFrom: c.number("salary_from"), SalaryTo: c.number("salary_to"),
		})
	case "trainings":
		t.Trainings = append(t.Trainings, Training{
			Person: c.person(), Course: narrow(c.text("course")), Provider: c.text("provider"), Node: c.code("node", "node"), Skill: c.skill(), Started: c.date("started_on"), Ended: c.date("ended_on"), Certified: c.date("certified_on"),
			Enrolled: c.yes("enrolled"), Examined: c.yes("examined"), Passed: c.yes("passed"), Before: c.yes("employed_before"), After: c.yes("employed_after_6m"), Judged: c.text("employed_after_6m") != "", Subsidy: c.number("subsidy"),
		})
	case "certificates":
		t.Certificates = append(t.Certificates, Certificate{
			Person: c.person(), Node: c.code("node", "node"), Park: c.code("park", "park"), Enterprise: c.text("enterprise"), Occupation: c.text("occupation"), On: c.date("certified_on"), Skill: c.skill(),
		})
	case "cooperations":
		t.Cooperations = append(t.Cooperations, Cooperation{
			Code: c.text("code"), Kind: c.code("kind", "kind"), Country: c.code("country", "country"), Node: c.code("node", "node"), Enterprise: c.text("enterprise"), Permit: c.code("permit_class", "permit_class"),
			Role: c.code("role", "role"), Started: c.date("started_on"), Ended: c.date("ended_on"), People: c.int("people"), Amount: c.number("amount"),
		})
	case "selections":
		t.Selections = append(t.Selections, Selection{
			Person: c.person(), Programme: c.text("programme"), Level: c.code("level", "level"), Node: c.code("node", "node"), Enterprise: c.text("enterprise"), Year: c.int("year"), On: c.date("selected_on"),
		})
	case "enterprises":
		t.Enterprises = append(t.Enterprises, Enterprise{
			Code: c.text("credit_code"), Name: c.text("name"), Chain: c.code("chain", "chain"), Node: c.code("node", "node"), Park: c.code("park", "park"), Scale: c.code("scale", "scale"), Employees: c.int("employees"), Registered: c.date("registered_on"), Authorised: c.yes("authorised_evaluation"),
		})
	case "postings":
		p := Posting{Experience: c.text("experience"), Education: c.text("education")}
		p.City, _, _ = strings.Cut(c.text("place"), "·")
		if s, _, _ := strings.Cut(c.text("salary"), "·"); s != "面议" && !strings.Contains(s, "/") {
			lo, hi, _ := strings.Cut(s, "-")
			p.From, p.To = c.pay(lo), c.pay(hi)
		}
		t.Postings = append(t.Postings, p)
	default:
		t.takeRow(dataset, c)
	}
}

// Value computes one number by its metric's name over [from, to), of all rows (by "") or of those
// whose dimension by is key, both as the metrics know them (class E, node superalloy.cast,
// origin_province 江西, country DE). A move that two offices sent is one move; inflow_rows and
// outflow_rows count it twice. ok is false where the metric is not known, does not know the
// dimension, or has no value (a share of nothing).
func (t *Truth) Value(metric string, from, to time.Time, by, key string) (v float64, ok bool) {
	defer func() {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			v, ok = 0, false
		}
	}()
	ok = true
	in := func(d time.Time) bool { return !d.Before(from) && d.Before(to) }
	yearBefore := func(d time.Time) time.Time { return d.AddDate(-1, 0, 0) }
	share := func(a, b float64) (float64, bool) {
		if b == 0 {
			return 0, false
		}
		return a / b * 100, ok
	}
	val := func(m string, from, to time.Time) float64 { // another metric, the same cut
		v, known := t.Value(m, from, to, by, key)
		ok = ok && known
		return v
	}
	fits := func(dims map[string]string) bool {
		if by == "" {
			return true
		}
		if by == "chain" && dims["chain"] == "" {
			chain, _, _ := strings.Cut(dims["node"], ".")
			return chain == key
		}
		if v, known := dims[by]; known {
			return v == key
		}
		ok = false
		return false
	}
	people := map[string]bool{}
	rows := 0
	switch metric {
	case "talent_stock", "talent_stock_all", "talent_flexible", "flexible_share", "talent_recognised", "talent_left", "talent_expired":
		flexible := map[string]bool{}
		for _, p := range t.Talents {
			if metric != "talent_stock_all" && !slices.Contains([]string{"A", "B", "C", "D", "E"}, p.Class) || !fits(map[string]string{"class": p.Class, "node": p.Node, "park": p.Park, "enterprise": p.Enterprise, "country": p.Country, "education": p.Education, "education_group": group(p.Education)}) {
				continue
			}
			switch metric {
			case "talent_recognised":
				if in(p.Recognised) {
					people[p.Person] = true
				}
				continue
			case "talent_left":
				if !p.Left.IsZero() && in(p.Left) && (p.ValidTo.IsZero() || p.Left.Before(p.ValidTo)) {
					people[p.Person] = true
				}
				continue
			case "talent_expired":
				if !p.ValidTo.IsZero() && in(p.ValidTo) && (p.Left.IsZero() || !p.ValidTo.After(p.Left)) {
					people[p.Person] = true
				}
				continue
			}
			if last := to.AddDate(0, 0, -1); !p.Recognised.After(last) && (p.ValidTo.IsZero() || p.ValidTo.After(last)) && (p.Left.IsZero() || p.Left.After(last)) {
				people[p.Person] = true
				if p.Flexible {
					flexible[p.Person] = true
				}
			}
		}
		switch metric {
		case "talent_flexible":
			return float64(len(flexible)), ok
		case "flexible_share":
			return share(float64(len(flexible)), float64(len(people)))
		}
		return float64(len(people)), ok
	case "talent_growth":
		now, before := val("talent_stock", from, to), val("talent_stock", yearBefore(from), yearBefore(to))
		return share(now-before, before)
	case "talent_new_net":
		return val("talent_stock", from, to) - val("talent_stock", from, from), ok
	case "talent_stock_mean":
		return (val("talent_stock", from, from) + val("talent_stock", from, to)) / 2, ok
	case "outflow_rate":
		return share(val("talent_left", from, to), val("talent_stock_mean", from, to))
	case "graduates_introduced", "graduates_bachelor", "graduates_bachelor_share", "inflow", "outflow", "inflow_rows", "outflow_rows":
		bachelor := map[string]bool{}
		for _, m := range t.Moves {
			if !in(m.Date) || !fits(map[string]string{"node": m.Node, "park": m.Park, "enterprise": m.Enterprise, "origin_country": m.Country, "origin_province": m.Province, "education": m.Education, "education_group": group(m.Education), "channel": m.Channel}) {
				continue
			}
			switch metric {
			case "inflow", "inflow_rows":
				if m.In {
					people[m.Person+m.Date.Format("20060102")] = true
					rows++
				}
			case "outflow", "outflow_rows":
				if !m.In {
					people[m.Person+m.Date.Format("20060102")] = true
					rows++
				}
			default:
				if m.In && m.First && slices.Contains([]string{"11", "14", "17", "21", "28", "31"}, m.Education) && !m.Birth.IsZero() && fullYears(m.Birth, m.Date) <= 35 {
					people[m.Person] = true
					if m.Education != "31" {
						bachelor[m.Person] = true
					}
				}
			}
		}
		switch metric {
		case "inflow_rows", "outflow_rows":
			return float64(rows), ok
		case "graduates_bachelor":
			return float64(len(bachelor)), ok
		case "graduates_bachelor_share":
			return share(float64(len(bachelor)), float64(len(people)))
		}
		return float64(len(people)), ok
	case "net_inflow":
		return val("inflow", from, to) - val("outflow", from, to), ok
	case "high_skilled_share":
		return share(val("high_skilled_added", from, to), val("skilled_added", from, to))
	case "skilled_added", "high_skilled_added":
		// once a person: the row of the highest level, then the latest, then the arrival
		type row struct {
			skill                  int
			day                    time.Time
			path                   string
			node, park, enterprise string
		}
		best := map[string]row{}
		offer := func(person string, r row) {
			b, had := best[person]
			if !had || r.skill > b.skill || r.skill == b.skill && (r.day.After(b.day) || r.day.Equal(b.day) && r.path < b.path) {
				best[person] = r
			}
		}
		for _, m := range t.Moves {
			if in(m.Date) && m.In && m.First && m.Skill >= 2 {
				offer(m.Person, row{m.Skill, m.Date, "arrival", m.Node, m.Park, m.Enterprise})
			}
		}
		for _, c := range t.Certificates {
			if in(c.On) && c.Skill >= 2 {
				offer(c.Person, row{c.Skill, c.On, "certificate", c.Node, c.Park, c.Enterprise})
			}
		}
		n := 0
		for _, r := range best {
			if (metric == "skilled_added" || r.skill >= 4) && fits(map[string]string{"node": r.node, "park": r.park, "enterprise": r.enterprise, "skill_level": strconv.Itoa(r.skill), "path": r.path}) {
				n++
			}
		}
		return float64(n), ok
	case "national_selections", "provincial_selections":
		for _, s := range t.Selections {
			if in(s.On) && s.Level+"_selections" == metric && fits(map[string]string{"node": s.Node, "enterprise": s.Enterprise, "programme": s.Programme}) {
				rows++
			}
		}
		return float64(rows), ok
	case "training_due":
		last := to.AddDate(0, 0, -1)
		for _, x := range t.Trainings {
			if x.Enrolled && !x.Started.After(last) && (x.Ended.IsZero() || x.Ended.After(last)) &&
				fits(map[string]string{"node": x.Node, "provider": x.Provider, "course": x.Course, "skill_level": strconv.Itoa(x.Skill)}) {
				rows++
			}
		}
		return float64(rows), ok
	case "training_enrolments", "training_people", "training_examined", "training_passed", "training_certified", "training_pass_rate", "training_certified_rate", "training_placement", "training_followed", "training_placed", "training_subsidy", "certificates_per_subsidy":
		var enrolled, examined, passed, certified, jobless, placed, subsidy float64
		for _, x := range t.Trainings {
			if !in(x.Started) || !fits(map[string]string{"node": x.Node, "provider": x.Provider, "course": x.Course, "skill_level": strconv.Itoa(x.Skill)}) {
				continue
			}
			if x.Enrolled {
				enrolled++
				people[x.Person] = true
			}
			subsidy += x.Subsidy
			if x.Examined {
				examined++
			}
			if x.Passed {
				passed++
			}
			if !x.Certified.IsZero() {
				certified++
			}
			if !x.Ended.IsZero() && !x.Before && x.Judged {
				jobless++
				if x.After {
					placed++
				}
			}
		}
		switch metric {
		case "training_enrolments":
			return enrolled, ok
		case "training_people":
			return float64(len(people)), ok
		case "training_examined":
			return examined, ok
		case "training_passed":
			return passed, ok
		case "training_certified":
			return certified, ok
		case "training_pass_rate":
			return share(passed, examined)
		case "training_certified_rate":
			return share(certified, enrolled)
		case "training_followed":
			return jobless, ok
		case "training_placed":
			return placed, ok
		case "training_subsidy": // 万元
			return subsidy / 10000, ok
		case "certificates_per_subsidy":
			return certified / (subsidy / 10000), ok
		}
		return share(placed, jobless)
	case "cooperation_active", "foreign_experts", "joint_platforms", "overseas_stations", "overseas_rd",
		"cooperation_projects", "standards", "delegations", "delegation_people", "conferences", "technology_amount", "country_hhi":
		kinds := map[string][]string{
			"foreign_experts": {"expert"}, "joint_platforms": {"joint_lab", "transfer_centre"}, "overseas_stations": {"overseas_station"}, "overseas_rd": {"overseas_rd"},
			"standards": {"standard"}, "delegations": {"delegation"}, "delegation_people": {"delegation"}, "conferences": {"conference"}, "technology_amount": {"technology"},
		}[metric]
		last := to.AddDate(0, 0, -1)
		countries := map[string]float64{}
		var heads int
		var amount float64
		for _, c := range t.Cooperations {
			if kinds != nil && !slices.Contains(kinds, c.Kind) || !fits(map[string]string{"node": c.Node, "enterprise": c.Enterprise, "country": c.Country, "kind": c.Kind, "role": c.Role, "permit_class": c.Permit}) {
				continue
			}
			switch metric {
			case "cooperation_active", "foreign_experts", "joint_platforms", "overseas_stations", "overseas_rd": // in force on the last day
				if c.Started.After(last) || !c.Ended.IsZero() && !c.Ended.After(last) {
					continue
				}
			default:
				if !in(c.Started) {
					continue
				}
			}
			rows++
			countries[c.Country]++
			heads += c.People
			amount += c.Amount
		}
		switch metric {
		case "delegation_people":
			return float64(heads), ok
		case "technology_amount":
			return amount, ok
		case "country_hhi":
			h := 0.0
			for _, n := range countries {
				h += n / float64(rows) * (n / float64(rows))
			}
			return h, ok && rows > 0 && by != "country" // over the countries, so not of one
		}
		return float64(rows), ok
	case "post_demand", "post_supply", "post_gap", "post_filled", "tightness", "post_coverage", "vacancies_filled_share", "mismatch", "match_degree":
		v, u := map[string]float64{}, map[string]float64{}
		var demand, supply, filled float64
		for _, x := range t.Vacancies {
			if !in(x.Posted) || !fits(map[string]string{"node": x.Node, "park": x.Park, "enterprise": x.Enterprise, "occupation": x.Occupation}) {
				continue
			}
			demand, supply, filled = demand+float64(x.Needed), supply+float64(x.Applicants), filled+float64(x.Filled)
			v[x.Node] += float64(x.Needed)
			u[x.Node] += float64(x.Applicants)
		}
		switch metric {
		case "post_demand":
			return demand, ok
		case "post_supply":
			return supply, ok
		case "post_filled":
			return filled, ok
		case "post_coverage":
			return share(supply, demand)
		case "post_gap": // nodes with too many applicants do not make up for those with too few
			gap := 0.0
			for n := range v {
				gap += max(v[n]-u[n], 0)
			}
			return gap, ok
		case "tightness":
			return demand / supply, ok
		case "vacancies_filled_share":
			return share(filled, demand)
		}
		if by == "node" { // over all nodes, so not of one
			return 0, false
		}
		same, jsd := 0.0, 0.0
		half := func(a, m float64) float64 {
			if a == 0 {
				return 0
			}
			return a / 2 * math.Log2(a/m)
		}
		for n := range v {
			p, q := v[n]/demand, u[n]/supply
			same += math.Sqrt(p * q)
			jsd += half(p, (p+q)/2) + half(q, (p+q)/2)
		}
		if metric == "mismatch" {
			return 1 - same, ok
		}
		return 1 - jsd, ok
	case "postings_count", "postings_salary_median": // they carry no date
		var mid []float64
		for _, p := range t.Postings {
			if !fits(map[string]string{"city": p.City, "experience": p.Experience, "education": p.Education}) {
				continue
			}
			rows++
			if p.From > 0 {
				mid = append(mid, (p.From+p.To)/2)
			}
		}
		if metric == "postings_count" {
			return float64(rows), ok
		}
		if len(mid) == 0 {
			return 0, false
		}
		slices.Sort(mid)
		return (mid[(len(mid)-1)/2] + mid[len(mid)/2]) / 2, ok
	case "authorised_share":
		return share(val("enterprises_authorised", from, to), val("enterprises_count", from, to))
	case "enterprises_count", "enterprises_authorised", "enterprise_employees":
		codes := map[string]bool{}
		employees := 0
		for _, e := range t.Enterprises {
			if e.Registered.Before(to) && (metric != "enterprises_authorised" || e.Authorised) && fits(map[string]string{"node": e.Node, "park": e.Park, "chain": e.Chain, "scale": e.Scale}) {
				codes[e.Code] = true
				employees += e.Employees
			}
		}
		if metric == "enterprise_employees" {
			return float64(employees), ok
		}
		return float64(len(codes)), ok
	}
	return t.value(metric, from, to, by, key)
}

// group is the level of an education code.
func group(code string) string {
	switch {
	case code == "":
		return ""
	case code <= "13":
		return "doctor"
	case code < "20":
		return "master"
	case code < "30":
		return "bachelor"
	case code < "40":
		return "college"
	}
	return "other"
}
