package demo

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Row is a row of one of the other datasets: texts and codes, days and numbers by column. A blank
// cell has no entry.
type Row struct {
	text map[string]string
	days map[string]time.Time
	nums map[string]float64
}

// forms says how each column is read: a day, a number, yes or no, an identity number, a text, or
// the words of a list.
var forms = map[string]map[string]string{
	"labour":            {"month": "day", "area": "area", "node": "node", "employed": "number", "seekers": "number", "hires": "number", "vacancies": "number"},
	"platforms":         {"code": "text", "kind": "kind", "node": "node", "park": "park", "opened_on": "day", "closed_on": "day"},
	"residents":         {"platform": "text", "person": "id", "class": "class", "node": "node", "joined_on": "day", "left_on": "day"},
	"teams":             {"lead": "id", "member": "id", "project": "text", "node": "node", "enterprise": "text", "joined_on": "day", "left_on": "day"},
	"benefits":          {"code": "text", "person": "id", "kind": "kind", "node": "node", "applied_on": "day", "eligible": "yes", "approved_on": "day", "paid_on": "day", "requested": "number", "approved": "number", "paid": "number", "placed_on": "day", "subsidy_ends_on": "day"},
	"services":          {"code": "text", "channel": "channel", "opened_on": "day", "promised_days": "number", "closed_on": "day", "visits": "number", "answered": "yes", "satisfaction": "satisfaction"},
	"funnel":            {"person": "id", "enterprise": "text", "node": "node", "contacted_on": "day", "signed_on": "day", "started_on": "day", "recognised_on": "day", "paid_on": "day", "left_on": "day"},
	"projects":          {"code": "text", "signed_on": "day", "node": "node", "park": "park", "enterprise": "text", "investment": "number", "talent_clause": "yes", "talents": "number"},
	"challenges":        {"code": "text", "enterprise": "text", "node": "node", "posted_on": "day", "answered_on": "day", "accepted_on": "day"},
	"postgraduates":     {"person": "id", "university": "text", "degree": "degree", "enterprise": "text", "node": "node", "entered_on": "day", "left_on": "day"},
	"rd":                {"year": "number", "enterprise": "text", "node": "node", "employed": "number", "rd_people": "number", "rd_fte": "number", "phd": "number"},
	"yearbook":          {"year": "number", "item": "item", "value": "number"},
	"targets":           {"metric": "text", "unit_name": "text", "scope": "text", "period": "text", "tier": "tier", "target": "number", "weight": "number", "cap": "number", "valid_from": "day", "reason": "text"},
	"awards":            {"person": "id", "award": "award", "awarded_on": "day", "amount": "number", "enterprise": "text", "node": "node"},
	"contracts":         {"number": "text", "kind": "kind", "signed_on": "day", "amount": "number", "enterprise": "text", "node": "node"},
	"results":           {"code": "text", "achieved_on": "day", "transferred_on": "day", "how": "how", "enterprise": "text", "node": "node"},
	"patents":           {"number": "text", "granted_on": "day", "expired_on": "day", "enterprise": "text", "node": "node"},
	"investments":       {"code": "text", "enterprise": "text", "node": "node", "invested_on": "day", "fund_amount": "number", "social_amount": "number", "stage": "text", "closed_on": "day"},
	"events":            {"code": "text", "kind": "kind", "held_on": "day", "people": "number"},
	"contest_projects":  {"code": "text", "node": "node", "won_on": "day", "registered_on": "day"},
	"publicity":         {"level": "level", "published_on": "day"},
	"research_projects": {"code": "text", "approved_on": "day", "lump_sum": "yes", "amount": "number", "enterprise": "text", "node": "node"},
	"agreements":        {"code": "text", "country": "country", "field": "field", "node": "node", "enterprise": "text", "signed_on": "day"},
	"joint_projects":    {"code": "text", "agreement": "text", "country": "country", "field": "field", "node": "node", "enterprise": "text", "started_on": "day", "amount": "number"},
	"expert_days":       {"month": "day", "person": "id", "project": "text", "agreement": "text", "country": "country", "field": "field", "node": "node", "enterprise": "text", "days": "number"},
	"products":          {"code": "text", "kind": "kind", "project": "text", "agreement": "text", "country": "country", "field": "field", "node": "node", "enterprise": "text", "produced_on": "day", "revenue": "number"},
	"engagements":       {"code": "text", "person": "id", "enterprise": "text", "node": "node", "started_on": "day", "ended_on": "day", "country": "country", "amount": "number"},
}

// registers are sent whole, so the period of their file is not the time they tell of.
var registers = map[string]bool{"platforms": true, "rd": true, "yearbook": true, "targets": true, "patents": true, "investments": true}

func (t *Truth) takeRow(dataset string, c *cells) {
	form, ok := forms[dataset]
	if !ok {
		c.fail("dataset", dataset)
		return
	}
	r := Row{map[string]string{}, map[string]time.Time{}, map[string]float64{}}
	for _, field := range c.fields {
		s := c.text(field)
		if s == "" {
			continue
		}
		switch kind := form[field]; kind {
		case "":
		case "day":
			r.days[field] = c.date(field)
		case "number":
			r.nums[field] = c.number(field)
		case "yes":
			r.nums[field] = 0
			if c.yes(field) {
				r.nums[field] = 1
			}
		case "id":
			r.text[field] = c.identity(field)
		case "text":
			r.text[field] = s
		default:
			r.text[field] = c.code(field, kind)
		}
	}
	if dataset == "products" {
		r.text["product_kind"] = r.text["kind"]
	}
	t.Rows[dataset] = append(t.Rows[dataset], r)
}

// addMonths is the same day n months on, or the last day of a shorter month.
func addMonths(d time.Time, n int) time.Time {
	first := day(d.Year(), d.Month(), 1).AddDate(0, n, 0)
	return first.AddDate(0, 0, min(d.Day(), first.AddDate(0, 1, -1).Day())-1)
}

// median is the mean of the two middle values, NaN of nothing.
func median(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// value is Value of the metrics over the other datasets; of a time before the first submission it
// knows nothing.
func (t *Truth) value(metric string, from, to time.Time, by, key string) (float64, bool) {
	ok := true
	last := to.AddDate(0, 0, -1)
	val := func(m string) float64 {
		v, known := t.Value(m, from, to, by, key)
		ok = ok && known
		return v
	}
	// rows of a dataset that the cut lets through; dims are the dimensions the metric has
	rows := func(dataset, dims string, keep func(Row) bool) []Row {
		switch known := strings.Fields(dims); {
		case by == "":
		case by == "chain" && slices.Contains(known, "node"):
		case !slices.Contains(known, by):
			ok = false
		}
		if since, sent := t.Since[dataset]; sent && !to.After(since) {
			ok = false // nobody had begun to send it
		}
		var out []Row
		for _, r := range t.Rows[dataset] {
			if by == "chain" {
				if chain, _, _ := strings.Cut(r.text["node"], "."); chain != key {
					continue
				}
			} else if by != "" && r.text[by] != key {
				continue
			}
			if keep(r) {
				out = append(out, r)
			}
		}
		return out
	}
	during := func(field string) func(Row) bool {
		return func(r Row) bool { d, has := r.days[field]; return has && !d.Before(from) && d.Before(to) }
	}
	standing := func(began, ended string) func(Row) bool {
		return func(r Row) bool {
			d, has := r.days[ended]
			return !r.days[began].After(last) && (!has || d.After(last))
		}
	}
	count := func(rs []Row, keep func(Row) bool) (n float64) {
		for _, r := range rs {
			if keep(r) {
				n++
			}
		}
		return n
	}
	sum := func(rs []Row, field string) (x float64) {
		for _, r := range rs {
			x += r.nums[field]
		}
		return x
	}
	distinct := func(rs []Row, fields ...string) float64 {
		seen := map[string]bool{}
		for _, r := range rs {
			k := ""
			for _, f := range fields {
				k += r.text[f] + "\x00"
			}
			seen[k] = true
		}
		return float64(len(seen))
	}
	has := func(field string) func(Row) bool { return func(r Row) bool { _, is := r.days[field]; return is } }
	knows := func(field string) func(Row) bool { return func(r Row) bool { _, is := r.nums[field]; return is } }
	both := func(a, b func(Row) bool) func(Row) bool { return func(r Row) bool { return a(r) && b(r) } }
	is := func(field string, codes ...string) func(Row) bool {
		return func(r Row) bool { return slices.Contains(codes, r.text[field]) }
	}
	share := func(rs []Row, keep func(Row) bool) (float64, bool) {
		return count(rs, keep) / float64(len(rs)) * 100, ok && len(rs) > 0
	}
	ratio := func(a, b, times float64) (float64, bool) { return a / b * times, ok && b != 0 }
	thisYear := func(r Row) bool { return int(r.nums["year"]) == last.Year() }
	yearbook := func(item string) float64 {
		if by != "" { // the yearbook is not cut
			ok = false
		}
		for _, r := range t.Rows["yearbook"] {
			if thisYear(r) && r.text["item"] == item {
				return r.nums["value"]
			}
		}
		return 0
	}
	const places = "node enterprise"
	const abroad = "country field node enterprise"

	switch metric {
	case "project_talent_share":
		return share(rows("projects", "park "+places, during("signed_on")), func(r Row) bool { return r.nums["talents"] >= 1 })
	case "platforms_active":
		return distinct(rows("platforms", "kind park node", standing("opened_on", "closed_on")), "code"), ok
	case "talents_per_platform":
		rs := rows("residents", "node", both(standing("joined_on", "left_on"), is("class", "A", "B", "C", "D", "E")))
		return ratio(distinct(rs, "person"), val("platforms_active"), 1)
	case "team_multiplier":
		rs := rows("teams", places, standing("joined_on", "left_on"))
		return ratio(distinct(rs, "lead", "member"), distinct(rs, "lead"), 1)
	case "postgraduates":
		return distinct(rows("postgraduates", "degree "+places, standing("entered_on", "left_on")), "person"), ok
	case "challenge_rate":
		return share(rows("challenges", places, during("posted_on")), has("accepted_on"))
	case "retention_12m":
		return t.retention(from, to, by, 12)
	case "retention_24m":
		return t.retention(from, to, by, 24)
	case "retention_36m":
		return t.retention(from, to, by, 36)
	case "high_skilled_stock_share":
		high, _ := t.Value("high_skilled_added", time.Time{}, to, "", "")
		all, _ := t.Value("skilled_added", time.Time{}, to, "", "")
		return ratio(high, all, 100*when(by == ""))
	case "talents_per_10k":
		rs := rows("labour", "node", func(r Row) bool { return r.text["area"] == "zone" && monthOf(r, last) })
		return ratio(val("talent_stock"), sum(rs, "employed"), 10000)
	case "rd_density":
		rs := rows("rd", places, thisYear)
		return ratio(sum(rs, "rd_fte"), sum(rs, "employed"), 10000)
	case "phd_share":
		rs := rows("rd", places, thisYear)
		return ratio(sum(rs, "phd"), sum(rs, "rd_people"), 100)

	case "benefit_paid_share":
		rs := rows("benefits", "kind node", during("approved_on"))
		return ratio(sum(rs, "paid"), sum(rs, "approved"), 100)
	case "benefit_days_median":
		var took []float64
		for _, r := range rows("benefits", "kind node", during("paid_on")) {
			took = append(took, float64(workdays(r.days["applied_on"], r.days["paid_on"])))
		}
		return median(took), ok && len(took) > 0
	case "subsidy_ended", "subsidy_left_before", "subsidy_left_after", "subsidy_left_before_share", "subsidy_left_after_share":
		last := map[string]Row{} // of each person the end that came last
		for _, r := range t.Rows["benefits"] {
			ends, known := r.days["subsidy_ends_on"]
			if known && has("approved_on")(r) && !ends.Before(from) && ends.Before(to) && ends.After(last[r.text["person"]].days["subsidy_ends_on"]) {
				last[r.text["person"]] = r
			}
		}
		left := map[string][]time.Time{}
		for _, m := range t.Moves {
			if !m.In {
				left[m.Person] = append(left[m.Person], m.Date)
			}
		}
		if by != "" && by != "node" && by != "chain" && by != "kind" {
			return 0, false
		}
		judged, before, after := 0.0, 0.0, 0.0
		for person, r := range last {
			ends := r.days["subsidy_ends_on"]
			chain, _, _ := strings.Cut(r.text["node"], ".")
			if addMonths(ends, 12).After(t.Known["arrivals"]) || by == "chain" && chain != key || by != "" && by != "chain" && r.text[by] != key {
				continue
			}
			judged++
			between := func(a, b time.Time) float64 {
				return oneIf(slices.ContainsFunc(left[person], func(d time.Time) bool { return d.After(a) && !d.After(b) }))
			}
			before += between(addMonths(ends, -12), ends)
			after += between(ends, addMonths(ends, 12))
		}
		switch metric {
		case "subsidy_left_before":
			return before, ok
		case "subsidy_left_after":
			return after, ok
		case "subsidy_left_before_share":
			return ratio(before, judged, 100)
		case "subsidy_left_after_share":
			return ratio(after, judged, 100)
		}
		return judged, ok
	case "service_on_time":
		due := rows("services", "channel", func(r Row) bool {
			closed, done := r.days["closed_on"]
			return during("opened_on")(r) && knows("promised_days")(r) && (done && !closed.After(last) || float64(workdays(r.days["opened_on"], last)) >= r.nums["promised_days"])
		})
		return share(due, func(r Row) bool {
			closed, done := r.days["closed_on"]
			return done && float64(workdays(r.days["opened_on"], closed)) <= r.nums["promised_days"]
		})
	case "service_one_visit":
		return share(rows("services", "channel", both(during("closed_on"), knows("visits"))), func(r Row) bool { return r.nums["visits"] == 1 })
	case "hotline_answered":
		return share(rows("services", "", both(during("opened_on"), both(is("channel", "hotline"), knows("answered")))), func(r Row) bool { return r.nums["answered"] == 1 })
	case "satisfaction":
		rs := rows("services", "channel", both(during("opened_on"), func(r Row) bool { return r.text["satisfaction"] != "" }))
		return share(rs, is("satisfaction", "very", "satisfied"))
	case "housing_share":
		rs := rows("benefits", "node", both(during("applied_on"), func(r Row) bool { return r.text["kind"] == "housing" && r.nums["eligible"] == 1 }))
		return ratio(distinct(slices.DeleteFunc(slices.Clone(rs), func(r Row) bool { return !has("placed_on")(r) }), "person"), distinct(rs, "person"), 100)
	case "schooling_share":
		return share(rows("benefits", "node", both(during("applied_on"), is("kind", "schooling"))), has("placed_on"))
	case "medical_share":
		rs := rows("benefits", "", func(r Row) bool {
			d, placed := r.days["placed_on"]
			return r.text["kind"] == "medical" && placed && !d.After(last)
		})
		return ratio(distinct(rs, "person"), val("talent_stock"), 100)
	case "events_held":
		return float64(len(rows("events", "kind", during("held_on")))), ok
	case "events_people":
		return sum(rows("events", "kind", during("held_on")), "people"), ok
	case "contest_landed":
		return share(rows("contest_projects", "node", during("won_on")), func(r Row) bool {
			return has("registered_on")(r) && !r.days["registered_on"].After(addMonths(r.days["won_on"], 12))
		})
	case "publicity_count":
		return float64(len(rows("publicity", "level", during("published_on")))), ok

	case "award_people":
		return distinct(rows("awards", "award "+places, during("awarded_on")), "person"), ok
	case "award_amount":
		return sum(rows("awards", "award "+places, during("awarded_on")), "amount"), ok
	case "award_mean":
		return ratio(val("award_amount"), val("award_people"), 1)
	case "contract_amount":
		once := map[string]bool{}
		total := 0.0
		for _, r := range rows("contracts", "kind "+places, during("signed_on")) {
			if !once[r.text["number"]] {
				total += r.nums["amount"]
			}
			once[r.text["number"]] = true
		}
		return total, ok
	case "transfer_rate":
		rs := rows("results", places, func(r Row) bool {
			d := r.days["achieved_on"]
			return !d.After(last) && addMonths(d, 36).After(last)
		})
		return share(rs, func(r Row) bool {
			return has("transferred_on")(r) && !r.days["transferred_on"].After(last) && is("how", "transferred", "licensed")(r)
		})
	case "patents_per_10k":
		return ratio(distinct(rows("patents", "", standing("granted_on", "expired_on")), "number"), yearbook("residents"), 10000)
	case "fund_amount":
		return sum(rows("investments", "stage "+places, during("invested_on")), "fund_amount"), ok
	case "fund_projects":
		return distinct(rows("investments", "stage "+places, during("invested_on")), "code"), ok
	case "fund_leverage":
		rs := rows("investments", "stage "+places, during("invested_on"))
		return ratio(sum(rs, "social_amount"), sum(rs, "fund_amount"), 1)
	case "startup_survival":
		var known time.Time // the register tells of days up to its latest investment
		for _, r := range t.Rows["investments"] {
			if r.days["invested_on"].After(known) {
				known = r.days["invested_on"]
			}
		}
		judged := rows("investments", "node", func(r Row) bool {
			return during("invested_on")(r) && !addMonths(r.days["invested_on"], 36).After(known)
		})
		return share(judged, func(r Row) bool {
			return !has("closed_on")(r) || r.days["closed_on"].After(addMonths(r.days["invested_on"], 36))
		})

	case "agreements_signed", "agreements_with_project", "agreements_with_days", "agreements_with_product", "agreement_project_share", "agreement_product_share":
		rs := rows("agreements", abroad, during("signed_on"))
		projects, days, products := t.numbers("joint_projects", "agreement"), t.numbers("expert_days", "agreement"), t.numbers("products", "agreement")
		project := func(r Row) bool { return projects[r.text["code"]] }
		stayed := both(project, func(r Row) bool { return days[r.text["code"]] })
		made := both(stayed, func(r Row) bool { return products[r.text["code"]] })
		switch metric {
		case "agreements_with_project":
			return count(rs, project), ok
		case "agreements_with_days":
			return count(rs, stayed), ok
		case "agreements_with_product":
			return count(rs, made), ok
		case "agreement_project_share":
			return share(rs, project)
		case "agreement_product_share":
			return share(rs, made)
		}
		return float64(len(rs)), ok
	case "joint_projects_started", "joint_projects_agreed", "projects_with_days", "projects_with_product":
		rs := rows("joint_projects", abroad, during("started_on"))
		field := "project"
		dataset, named := map[string]string{"projects_with_days": "expert_days", "projects_with_product": "products"}[metric]
		if metric == "joint_projects_agreed" {
			return count(rs, func(r Row) bool { return r.text["agreement"] != "" }), ok
		}
		if !named {
			return distinct(rs, "code"), ok
		}
		found := t.numbers(dataset, field)
		return count(rs, func(r Row) bool { return found[r.text["code"]] }), ok
	case "resident_days", "resident_experts", "projects_served", "days_per_project":
		rs := rows("expert_days", abroad, both(during("month"), func(r Row) bool { return r.nums["days"] > 0 }))
		switch metric {
		case "resident_experts":
			return distinct(rs, "person"), ok
		case "projects_served":
			return distinct(rs, "project"), ok
		case "days_per_project":
			return ratio(sum(rs, "days"), distinct(rs, "project"), 1)
		}
		return sum(rs, "days"), ok
	case "cooperation_products":
		return distinct(rows("products", "product_kind "+abroad, during("produced_on")), "code"), ok
	case "product_sales":
		return sum(rows("products", "product_kind "+abroad, during("produced_on")), "revenue"), ok
	case "person_records", "people_listed", "people_in_two", "people_matched_share":
		if by != "" && by != "person_list" {
			return 0, false
		}
		lists, here := map[string]map[string]bool{}, map[string]bool{}
		records := 0.0
		t.people(func(list, person string, on time.Time) {
			if lists[person] == nil {
				lists[person] = map[string]bool{}
			}
			lists[person][list] = true
			if !on.Before(from) && on.Before(to) {
				here[person] = true
				records += oneIf(by == "" || key == list)
			}
		})
		if metric == "person_records" {
			return records, ok
		}
		listed, two := 0.0, 0.0
		for person := range here {
			if by == "" || lists[person][key] {
				listed++
				two += oneIf(len(lists[person]) > 1)
			}
		}
		switch metric {
		case "people_in_two":
			return two, ok
		case "people_matched_share":
			return ratio(two, listed, 100)
		}
		return listed, ok
	case "station_arrivals":
		seen := map[string]bool{}
		for _, m := range t.Moves {
			chain, _, _ := strings.Cut(m.Node, ".")
			if !m.In || m.Channel != "overseas" || m.Date.Before(from) || !m.Date.Before(to) {
				continue
			}
			cut, known := map[string]string{"": key, "node": m.Node, "chain": chain, "park": m.Park, "enterprise": m.Enterprise}[by]
			if !known {
				return 0, false
			}
			if cut == key {
				seen[m.Person+m.Date.String()] = true
			}
		}
		return float64(len(seen)), ok
	case "coupling":
		return t.coupling(from, to, by)
	case "talent_lq":
		part := func(area string) float64 {
			return sum(rows("labour", "node", func(r Row) bool { return r.text["area"] == area && monthOf(r, last) }), "employed")
		}
		whole := func(area string) (x float64) {
			for _, r := range t.Rows["labour"] {
				if r.text["area"] == area && monthOf(r, last) {
					x += r.nums["employed"]
				}
			}
			return x
		}
		return ratio(part("zone")/whole("zone"), part("city")/whole("city"), 1)
	case "post_fill_90d", "post_fill_days":
		var wanted, filled float64
		var took []float64
		for _, v := range t.Vacancies {
			chain, _, _ := strings.Cut(v.Node, ".")
			if !v.Urgent || v.Posted.Before(from) || !v.Posted.Before(to) {
				continue
			}
			cut, known := map[string]string{"": key, "node": v.Node, "chain": chain, "park": v.Park, "enterprise": v.Enterprise, "occupation": v.Occupation}[by]
			if !known {
				return 0, false
			}
			if cut != key {
				continue
			}
			wanted += float64(v.Needed)
			if v.Closed.IsZero() {
				continue
			}
			days := v.Closed.Sub(v.Posted).Hours() / 24
			took = append(took, days)
			if days <= 90 {
				filled += float64(v.Filled)
			}
		}
		if metric == "post_fill_days" {
			return median(took), ok && len(took) > 0
		}
		return ratio(filled, wanted, 100)
	case "evaluation_share":
		return ratio(val("enterprises_authorised"), yearbook("eligible_evaluation"), 100)
	case "lump_sum_share":
		return share(rows("research_projects", places, during("approved_on")), func(r Row) bool { return r.nums["lump_sum"] == 1 })
	case "funnel_year1", "funnel_year2", "funnel_year3":
		months := 12 * int(metric[len(metric)-1]-'0')
		kept := rows("funnel", places, both(during("contacted_on"), func(r Row) bool {
			started, ok := r.days["started_on"]
			left, gone := r.days["left_on"]
			return ok && (!gone || left.After(addMonths(started, months)))
		}))
		for _, r := range kept {
			if addMonths(r.days["started_on"], months).After(t.Known["funnel"]) {
				return 0, false
			}
		}
		return distinct(kept, "person"), ok
	case "funnel_contacted", "funnel_signed", "funnel_started", "funnel_recognised", "funnel_paid", "funnel_left":
		stage := strings.TrimPrefix(metric, "funnel_") + "_on"
		return distinct(rows("funnel", places, both(during("contacted_on"), has(stage))), "person"), ok
	}
	return 0, false
}

// personDays names the column of the day of every list of people.
var personDays = map[string]string{
	"arrivals": "", "talents": "", "certificates": "", "trainings": "", "selections": "", "benefits": "applied_on", "funnel": "contacted_on", "residents": "joined_on", "teams": "joined_on", "engagements": "started_on",
	"postgraduates": "entered_on", "awards": "awarded_on", "expert_days": "month",
}

// people calls f for everybody who stands in a list, once a row.
func (t *Truth) people(f func(list, person string, on time.Time)) {
	for _, x := range t.Moves {
		f("arrivals", x.Person, x.Date)
	}
	for _, x := range t.Talents {
		f("talents", x.Person, x.Recognised)
	}
	for _, x := range t.Certificates {
		f("certificates", x.Person, x.On)
	}
	for _, x := range t.Trainings {
		f("trainings", x.Person, x.Started)
	}
	for _, x := range t.Selections {
		f("selections", x.Person, x.On)
	}
	for list, field := range personDays {
		for _, r := range t.Rows[list] {
			for _, who := range []string{"person", "lead", "member"} {
				if id := r.text[who]; id != "" && field != "" {
					f(list, id, r.days[field])
				}
			}
		}
	}
}

// numbers are the numbers that a column of a dataset names.
func (t *Truth) numbers(dataset, field string) map[string]bool {
	named := map[string]bool{}
	for _, r := range t.Rows[dataset] {
		named[r.text[field]] = true
	}
	delete(named, "")
	return named
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func when(yes bool) float64 {
	if yes {
		return 1
	}
	return math.NaN()
}

func monthOf(r Row, d time.Time) bool {
	m := r.days["month"]
	return m.Year() == d.Year() && m.Month() == d.Month()
}

// retention is the share of those who came in the period, at their first coming, who had not left
// within so many months; only of those whose months have passed.
func (t *Truth) retention(from, to time.Time, by string, months int) (float64, bool) {
	if by != "" {
		return 0, false
	}
	came := map[string]time.Time{}
	left := map[string][]time.Time{}
	for _, m := range t.Moves {
		if !m.In {
			left[m.Person] = append(left[m.Person], m.Date)
			continue
		}
		if d, had := came[m.Person]; !m.Date.Before(from) && m.Date.Before(to) && (!had || m.Date.Before(d)) {
			came[m.Person] = m.Date
		}
	}
	judged, stayed := 0.0, 0.0
	for p, d := range came {
		until := addMonths(d, months)
		if until.After(t.Known["arrivals"]) {
			continue
		}
		judged++
		if !slices.ContainsFunc(left[p], func(out time.Time) bool { return out.After(d) && !out.After(until) }) {
			stayed++
		}
	}
	return stayed / judged * 100, judged > 0
}

// coupling is the mean over the nodes of the coordination of industry and talent.
func (t *Truth) coupling(from, to time.Time, by string) (float64, bool) {
	if by != "" {
		return 0, false
	}
	level := func(metrics ...string) ([]float64, bool) {
		var columns [][]float64
		var weights []float64
		total := 0.0
		for _, m := range metrics {
			x := make([]float64, len(nodes))
			for i, n := range nodes {
				v, ok := t.Value(m, from, to, "node", n.code)
				if !ok {
					return nil, false
				}
				x[i] = v
			}
			lo, hi := slices.Min(x), slices.Max(x)
			if lo == hi {
				return nil, false
			}
			sum := 0.0
			for i := range x {
				x[i] = 0.01 + 0.98*(x[i]-lo)/(hi-lo)
				sum += x[i]
			}
			e := 0.0
			for _, v := range x {
				e -= v / sum * math.Log(v/sum) / math.Log(float64(len(x)))
			}
			columns, weights, total = append(columns, x), append(weights, 1-e), total+1-e
		}
		u := make([]float64, len(nodes))
		for j, x := range columns {
			for i := range u {
				u[i] += weights[j] / total * x[i]
			}
		}
		return u, true
	}
	industry, ok1 := level("enterprise_employees", "post_demand")
	talent, ok2 := level("inflow", "skilled_added")
	if !ok1 || !ok2 {
		return 0, false
	}
	mean := 0.0
	for i, a := range industry {
		b := talent[i]
		mean += math.Sqrt(2*math.Sqrt(a*b)/(a+b)*(a+b)/2) / float64(len(industry))
	}
	return mean, true
}

// Cuts reports whether Value knows the metric by that dimension: whether one of its keys has a value.
func (t *Truth) Cuts(metric string, from, to time.Time, by string) bool {
	keys := map[string]bool{"-": true}
	switch by {
	case "person_list":
		for list := range personDays {
			keys[list] = true
		}
	case "park":
		for code := range words["park"] {
			keys[code] = true
		}
	case "node", "chain", "occupation":
		for _, n := range nodes {
			keys[n.code], keys[n.chain()] = true, true
			for _, o := range n.occupations {
				keys[o] = true
			}
		}
	default:
		for _, rows := range t.Rows {
			for _, r := range rows {
				keys[r.text[by]] = true
			}
		}
	}
	for k := range keys {
		if _, ok := t.Value(metric, from, to, by, k); ok {
			return true
		}
	}
	return false
}
