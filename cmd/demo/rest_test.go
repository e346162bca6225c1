package demo

import (
	"testing"
	"time"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Every indicator of the five parts has a value that can be believed, from the files as written.
func TestEveryIndicatorHasAValue(t *testing.T) {
	t.Parallel()
	truth := truthWritten(t)
	long := day(2020, 1, 1)
	for _, c := range []struct {
		metric   string
		from, to time.Time
		lo, hi   float64
	}{
		{"project_talent_share", h1, h1Ends, 30, 90},
		{"platforms_active", h1, h1Ends, 25, 34},
		{"talents_per_platform", h1, h1Ends, 1, 10},
		{"team_multiplier", h1, h1Ends, 2, 9},
		{"postgraduates", h1, h1Ends, 40, 150},
		{"challenge_rate", day(2025, 1, 1), h1, 20, 80},
		{"retention_12m", day(2025, 1, 1), h1, 60, 95},
		{"retention_24m", day(2024, 1, 1), day(2025, 1, 1), 50, 90},
		{"retention_36m", day(2023, 1, 1), day(2024, 1, 1), 50, 80},
		{"retention_36m", day(2021, 7, 1), day(2022, 1, 1), 50, 85},
		{"high_skilled_stock_share", h1, h1Ends, 25, 50},
		{"talents_per_10k", h1, h1Ends, 50, 500},
		{"rd_density", h1, h1Ends, 300, 1500},
		{"phd_share", h1, h1Ends, 1, 10},
		{"benefit_paid_share", h1, h1Ends, 50, 100},
		{"benefit_days_median", h1, h1Ends, 20, 80},
		{"service_on_time", h1, h1Ends, 80, 97},
		{"service_one_visit", h1, h1Ends, 70, 97},
		{"hotline_answered", h1, h1Ends, 85, 99},
		{"satisfaction", h1, h1Ends, 80, 97},
		{"housing_share", h1, h1Ends, 20, 90},
		{"schooling_share", day(2025, 1, 1), h1, 60, 95},
		{"medical_share", h1, h1Ends, 10, 60},
		{"events_held", h1, h1Ends, 20, 40},
		{"events_people", h1, h1Ends, 2000, 30000},
		{"contest_landed", day(2025, 1, 1), h1, 30, 80},
		{"publicity_count", h1, h1Ends, 25, 50},
		{"award_people", h1, h1Ends, 10, 19},
		{"award_amount", h1, h1Ends, 50, 400},
		{"award_mean", h1, h1Ends, 5, 30},
		{"contract_amount", h1, h1Ends, 10000, 60000},
		{"transfer_rate", h1, h1Ends, 25, 60},
		{"patents_per_10k", h1, h1Ends, 20, 45},
		{"fund_amount", h1, h1Ends, 1000, 10000},
		{"fund_projects", h1, h1Ends, 7, 10},
		{"fund_leverage", h1, h1Ends, 1, 5},
		{"startup_survival", long, h1Ends, 65, 99},
		{"certificates_per_subsidy", h1, h1Ends, 1, 20},
		{"station_arrivals", h1, h1Ends, 10, 200},
		{"coupling", h1, h1Ends, 0.2, 0.9},
		{"post_fill_90d", day(2025, 1, 1), h1, 5, 90},
		{"post_fill_days", h1, h1Ends, 20, 90},
		{"evaluation_share", h1, h1Ends, 20, 100},
		{"lump_sum_share", h1, h1Ends, 20, 80},
		{"funnel_contacted", h1, h1Ends, 140, 180},
		{"funnel_signed", h1, h1Ends, 50, 150},
		{"funnel_started", h1, h1Ends, 20, 110},
		{"funnel_recognised", day(2025, 1, 1), h1, 20, 150},
		{"funnel_paid", day(2025, 1, 1), h1, 20, 120},
		{"funnel_left", day(2025, 1, 1), h1, 3, 60},
	} {
		v, ok := truth.Value(c.metric, c.from, c.to, "", "")
		t.Logf("%s %v", c.metric, v)
		if !ok || v < c.lo || v > c.hi {
			t.Errorf("%s in [%s, %s): %v (%v), want %v to %v", c.metric, c.from.Format(time.DateOnly), c.to.Format(time.DateOnly), v, ok, c.lo, c.hi)
		}
		if _, ok := truth.Value(c.metric, c.from, c.to, "weather", "-"); ok {
			t.Errorf("%s is known by weather", c.metric)
		}
	}
	for _, metric := range []string{"platforms_active", "funnel_contacted", "fund_amount", "award_amount", "contract_amount", "postgraduates", "post_fill_days", "station_arrivals", "talent_lq"} {
		whole, _ := truth.Value(metric, h1, h1Ends, "", "")
		parts := 0.0
		for _, n := range nodes {
			v, _ := truth.Value(metric, h1, h1Ends, "node", n.code)
			parts += v
		}
		switch metric {
		case "post_fill_days", "talent_lq":
			if parts == whole {
				t.Errorf("%s of the nodes adds up, which it should not", metric)
			}
		default:
			if diff := parts - whole; diff > 1e-6 || diff < -1e-6 {
				t.Errorf("%s: %v of the nodes, %v in all", metric, parts, whole)
			}
		}
	}
	for _, c := range []struct {
		metric, by string
		want       bool
	}{{"fund_leverage", "stage", true}, {"service_on_time", "channel", true}, {"post_fill_90d", "occupation", true}, {"hotline_answered", "channel", false}, {"coupling", "node", false}, {"country_hhi", "country", false}} {
		if got := truth.Cuts(c.metric, h1, h1Ends, c.by); got != c.want {
			t.Errorf("%s by %s: %v, want %v", c.metric, c.by, got, c.want)
		}
	}
	// the traps: a contract of two offices, a case that lies about, a result that is too old or only invested, a company that died late
	numbers := map[string]int{}
	for _, r := range truth.Rows["contracts"] {
		numbers[r.text["number"]]++
	}
	twice := 0
	for _, n := range numbers {
		if n > 1 {
			twice++
		}
	}
	open := 0
	for _, r := range truth.Rows["services"] {
		if _, closed := r.days["closed_on"]; !closed && r.nums["promised_days"] > 0 {
			open++
		}
	}
	if twice < 3 || open < 3 {
		t.Errorf("%d contracts sent twice, %d open cases", twice, open)
	}
	before, _ := truth.Value("fund_projects", long, h1Ends, "", "")
	if n := len(truth.Rows["targets"]); n != 26 || before < 45 {
		t.Errorf("%d targets, %v investments", n, before)
	}
}

// The product's calendar and the one here were written down apart, and agree on every day.
func TestWorkdaysAgreeWithTheCalendar(t *testing.T) {
	t.Parallel()
	ls, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	list := ls.Get("holidays")
	for d := day(2020, 1, 2); d.Year() < 2027; d = d.AddDate(0, 0, 1) {
		want := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		if v, ok := list.Value(d.Format(time.DateOnly)); ok {
			want = v.Rank == 1
		}
		if got := workdays(d.AddDate(0, 0, -1), d) == 1; got != want {
			t.Errorf("%s: workday %v here, %v in the list", d.Format(time.DateOnly), got, want)
		}
	}
	if n := workdays(day(2026, 2, 13), day(2026, 3, 2)); n != 7 { // the festival with both working Saturdays
		t.Errorf("13 February to 2 March 2026: %d working days, want 7", n)
	}
	if _, err := dataset.CalendarCSV(ls); err != nil {
		t.Error(err)
	}
}

// Holders of an allowance leave in every chain, and more of them after its end than before.
func TestHoldersLeaveAfterTheEnd(t *testing.T) {
	t.Parallel()
	truth := truthWritten(t)
	for _, chain := range []string{"superalloy", "magnetic", "molybdenum"} {
		value := func(metric string) float64 {
			v, ok := truth.Value(metric, begin, h1Ends, "chain", chain)
			if !ok {
				t.Errorf("%s of %s has no value", metric, chain)
			}
			return v
		}
		judged, before, after := value("subsidy_ended"), value("subsidy_left_before_share"), value("subsidy_left_after_share")
		t.Logf("%s: %v judged, %.1f %% before, %.1f %% after", chain, judged, before, after)
		if judged < 25 || before <= 0 || after < before*1.5 || after > 60 {
			t.Errorf("%s: %v judged, %v %% left before and %v %% after", chain, judged, before, after)
		}
	}
}
