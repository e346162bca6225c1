package cause_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/target"
	"yanzhen/pipeline/days"
)

var arrivalsHeader = []string{"person", "date", "direction", "enterprise", "node"}

var halfOf2026 = [2]days.Day{days.Date(2026, 1, 1), days.Date(2026, 7, 1)}

// posts are vacancies of two half-years at three links of two chains and three employers.
func posts(t *testing.T, s metrictest.Stage) {
	t.Helper()
	s.Load(t, "vacancies", []string{"posted_on", "node", "needed", "applicants", "filled", "enterprise", "occupation"}, [][]string{
		{"2025-01-02", "magnetic.motor", "1", "1", "1", "甲", "电工"},
		{"2025-02-10", "magnetic.motor", "9", "7", "5", "甲", "电工"},
		{"2025-03-10", "superalloy.cast", "20", "10", "8", "乙", "铸造工"},
		{"2025-03-11", "superalloy.forge", "6", "9", "6", "丙", "锻造工"},
		{"2026-02-10", "magnetic.motor", "10", "9", "6", "甲", "电工"},
		{"2026-03-10", "superalloy.cast", "40", "12", "9", "乙", "铸造工"},
		{"2026-05-10", "superalloy.cast", "15", "5", "4", "丙", "铸造工"},
		{"2026-06-30", "superalloy.forge", "6", "10", "6", "丙", "锻造工"},
	}, "")
}

func why(t *testing.T, e *compute.Engine, q cause.Query) *cause.Division {
	t.Helper()
	c, err := cause.Divide(t.Context(), e, q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return c
}

func tell(p cause.Portion) string {
	num := func(v *float64) string {
		if v == nil {
			return "-"
		}
		return fmt.Sprintf("%.4g", *v)
	}
	return strings.Join([]string{num(p.Value), num(p.Base), num(p.Delta), num(p.Share)}, " ")
}

func of(c *cause.Division, key string) cause.Portion {
	for _, p := range c.Parts {
		if p.Key == key {
			return p
		}
	}
	return cause.Portion{}
}

func asks(name string, days [2]days.Day, where ...metric.Filter) metric.Query {
	return metric.Query{Metric: name, From: days[0], To: days[1], Where: where, Compare: metric.YearOnYear}
}

func TestDivide(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	posts(t, stage)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}

	// the gap: 2+10+0 = 12 before, 1+38+0 = 39 now
	c := why(t, e, cause.Query{Query: asks("post_gap", halfOf2026), By: "node", See: cause.ByChange})
	if got := tell(c.Whole); got != "39 12 27 -" || !c.Adds || c.Apart != "" {
		t.Errorf("the gap is %s, adds %v %s", got, c.Adds, c.Apart)
	}
	if got := tell(of(c, "superalloy.cast")); got != "38 10 28 1.037" || c.Parts[0].Key != "superalloy.cast" || c.Most != 0 {
		t.Errorf("casting is %s; first %s, most %d", got, c.Parts[0].Key, c.Most)
	}
	if got := tell(of(c, "magnetic.motor")); got != "1 2 -1 -0.03704" {
		t.Errorf("motors are %s", got)
	}
	if len(c.Parts) != 2 {
		t.Errorf("%d parts: what was nothing and is nothing has no part", len(c.Parts))
	}
	if in := c.Whole.Of; len(in) != 2 || in[0].Metric.Name != "post_demand" || *in[0].Value != 71 || *in[1].Base != 27 {
		t.Errorf("the gap is computed from %+v", in)
	}
	// by employer each gap is at least 0: they do not add up to the whole
	c = why(t, e, cause.Query{Query: asks("post_demand", halfOf2026, metric.Filter{Dim: "node", Values: []string{"superalloy.cast"}}), By: "enterprise", See: cause.ByLevel})
	if got := tell(of(c, "乙")); got != "40 20 40 0.7273" || !c.Adds {
		t.Errorf("demand of the second employer is %s", got)
	}
	c = why(t, e, cause.Query{Query: asks("post_gap", halfOf2026), By: "occupation", See: cause.ByChange})
	if c.Adds && math.Abs(*c.Whole.Value-39) > 0 {
		t.Error("what adds up must be the whole")
	}
	// months against the same months of the year before
	c = why(t, e, cause.Query{Query: asks("post_demand", halfOf2026), By: cause.ByPeriod, See: cause.ByChange})
	var months []string
	for _, p := range c.Parts {
		months = append(months, p.From.Format("2006-01")+" "+tell(p))
	}
	want := []string{"2026-01 0 1 -1 -0.02857", "2026-02 10 9 1 0.02857", "2026-03 40 26 14 0.4", "2026-04 0 0 0 0", "2026-05 15 0 15 0.4286", "2026-06 6 0 6 0.1714"}
	if !slices.Equal(months, want) || !c.Adds || c.Parts[c.Most].From.Month() != 5 {
		t.Errorf("months are %q, adds %v", months, c.Adds)
	}
	// each month with that of the half-year before, not with the month before it
	pop := asks("post_demand", halfOf2026)
	pop.Compare = metric.Previous
	c = why(t, e, cause.Query{Query: pop, By: cause.ByPeriod, See: cause.ByChange})
	if got := tell(c.Parts[2]); got != "40 0 40 0.5634" || !c.Adds {
		t.Errorf("March against September is %s, adds %v", got, c.Adds)
	}
	// a rate: no shares; ranked by its own change times its part of the denominator
	c = why(t, e, cause.Query{Query: asks("vacancies_filled_share", halfOf2026), By: "node", See: cause.ByChange})
	if c.Adds || c.Apart != cause.ApartRate || c.Parts[0].Key != "superalloy.cast" || c.Parts[0].Share != nil {
		t.Errorf("a rate: adds %v %q, first %+v", c.Adds, c.Apart, c.Parts[0])
	}
	if in := c.Parts[0].Of; len(in) != 2 || *in[0].Value != 13 || *in[1].Value != 55 || *in[0].Base != 8 {
		t.Errorf("posts filled at casting: %+v", in)
	}
	// one month of a rate is looked at over the last twelve, each beside the month before it, as the whole is
	pop = asks("vacancies_filled_share", [2]days.Day{days.Date(2026, 3, 1), days.Date(2026, 4, 1)})
	pop.Compare = metric.Previous
	c = why(t, e, cause.Query{Query: pop, By: cause.ByPeriod, See: cause.ByChange})
	if n := len(c.Parts); n != 12 || c.Whole.Base == nil || tell(c.Parts[n-1]) != tell(c.Whole) {
		t.Errorf("the last of %d months is %s, the whole %s", n, tell(c.Parts[n-1]), tell(c.Whole))
	}
	c = why(t, e, cause.Query{Query: asks("mismatch", halfOf2026), By: "chain", See: cause.ByChange})
	if c.Adds || c.Apart != cause.ApartRate {
		t.Errorf("a method adds up: %+v", c)
	}
	for _, m := range cat.Metrics() {
		for _, dim := range cause.Steps(m) {
			if !slices.Contains(m.Dims(), dim) {
				t.Errorf("%s: step %s is no dimension", m.Name, dim)
			}
		}
	}
	for name, want := range map[string]string{"post_gap": "node park", "service_days": "channel", "mismatch": "chain park"} {
		if m := cat.Metric(name); m != nil && strings.Join(cause.Steps(m), " ") != want {
			t.Errorf("%s is looked into by %v, want %s", name, cause.Steps(m), want)
		}
	}
	for _, bad := range []cause.Query{
		{Query: asks("nothing", halfOf2026), By: "node", See: cause.ByChange},
		{Query: asks("post_gap", halfOf2026), By: "colour", See: cause.ByChange},
		{Query: asks("mismatch", halfOf2026), By: "node", See: cause.ByChange},
		{Query: asks("gap_forecast", halfOf2026), By: "node", See: cause.ByChange},
		{Query: asks("post_gap", halfOf2026), By: "node", See: "colour"},
		{Query: asks("post_gap", halfOf2026), By: "node", See: cause.ByShortfall},
	} {
		if _, err := cause.Divide(t.Context(), e, bad); !errors.Is(err, metric.ErrInvalid) {
			t.Errorf("%s by %q seen by %q: got %v, want a refusal", bad.Query.Metric, bad.By, bad.See, err)
		}
	}
}

// A target of the whole is laid on its parts in proportion to the year before; parts add up to the whole's way to it.
func TestDivideShortfall(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	person := 0
	people := func(n int, year, month, node, who string) (rows [][]string) {
		for range n {
			person++
			rows = append(rows, []string{strconv.Itoa(person), year + "-" + month + "-15", "in", who, node})
		}
		return rows
	}
	stage.Load(t, "arrivals", arrivalsHeader, slices.Concat(
		people(20, "2025", "02", "magnetic.motor", "甲"), people(10, "2025", "04", "superalloy.cast", "乙"), people(30, "2025", "10", "magnetic.motor", "甲"), // half of the year by June
		people(24, "2026", "02", "magnetic.motor", "甲"), people(6, "2026", "06", "superalloy.cast", "乙"),
	), "")
	stage.Load(t, "targets", []string{"metric", "unit_name", "period", "tier", "target", "valid_from"}, [][]string{{"inflow", "人才办", "2026", "expected", "80", "2026-01-01"}}, "")
	list, err := (&target.Book{Engine: e}).Targets(t.Context(), target.Query{Date: days.Date(2026, 6, 30), Metric: "inflow", Tier: "expected"})
	if err != nil || len(list) != 1 || list[0].Behind == nil {
		t.Fatal(list, err)
	}
	aim := list[0]
	q := asks("inflow", [2]days.Day{aim.Range.From, aim.Date.AddDate(0, 0, 1)})
	c := why(t, e, cause.Query{Query: q, By: "node", See: cause.ByShortfall, Target: &aim})
	if math.Abs(*c.Whole.Delta+*aim.Behind) > 1e-9 {
		t.Errorf("the whole is off by %v, the target says %v", *c.Whole.Delta, *aim.Behind)
	}
	sum := 0.0
	for _, p := range c.Parts {
		sum += *p.Delta
	}
	if math.Abs(sum-*c.Whole.Delta) > 1e-9 || !c.Adds {
		t.Errorf("the parts are off by %v, the whole by %v", sum, *c.Whole.Delta)
	}
	if first := c.Parts[0]; first.Key != "superalloy.cast" || math.Abs(*first.Goal-*aim.Expected/3) > 1e-9 {
		t.Errorf("first is %s with goal %v of %v", first.Key, *first.Goal, *aim.Expected)
	}
	// one step further the goals are still those of the whole's target
	q.Where = []metric.Filter{{Dim: "node", Values: []string{"superalloy.cast"}}}
	in := why(t, e, cause.Query{Query: q, By: cause.ByPeriod, See: cause.ByShortfall, Target: &aim})
	if math.Abs(*in.Whole.Goal-*c.Parts[0].Goal) > 1e-9 || !in.Adds {
		t.Errorf("casting: goal %v, before %v", *in.Whole.Goal, *c.Parts[0].Goal)
	}
}
