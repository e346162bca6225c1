package compute_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse/warehousetest"
)

const shared = "../../../../shared/data/"

// published loads real files as their publishers left them, from the folder of real data beside the repository.
func published(t *testing.T, name string, files ...string) *compute.Engine {
	t.Helper()
	var paths []string
	for _, f := range files {
		if _, err := os.Stat(shared + f); err != nil {
			t.Skip("no such data here: ", err)
		}
		paths = append(paths, shared+f)
	}
	return loaded(t, name, paths...)
}

// loaded loads files under the declarations in testdata/overlay, the way an analyst would, and answers metrics over
// them.
func loaded(t *testing.T, name string, paths ...string) *compute.Engine {
	t.Helper()
	sets, cat := declared(t, "testdata/overlay")
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: stagetest.Open(t, sets)}, Catalog: sets, Key: []byte("0123456789abcdef0123456789abcdef"), Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, f := range paths {
		out, err := l.Load(t.Context(), pipeline.Request{Path: f, Dataset: name})
		if err != nil || out.State != pipeline.Published {
			t.Fatalf("%s: %s, %v, %+v, %v", f, out.State, err, out.Problem, out.Rules)
		}
	}
	return &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader"), Fresh: time.Hour}
}

func year(y int) (days.Day, days.Day) { return days.Date(y, 1, 1), days.Date(y+1, 1, 1) }

// three prints as the paper does: to three digits.
func three(x float64) string {
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// The location quotients of 31 provinces that were published for 2015.
func TestLocationQuotientsOfProvinces(t *testing.T) {
	e := published(t, "regional_gdp", "regional/gdp_3sectors_31provinces_2015_2019.xlsx")
	from, to := year(2015)
	r, err := e.Run(t.Context(), metric.Query{Metric: "sector_lq", From: from, To: to, By: []string{"province", "sector"}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, p := range r.Points {
		if p.Value == nil {
			t.Errorf("%v: %s", p.Keys, p.Why)
			continue
		}
		got[p.Keys[0]+" "+p.Keys[1]] = three(*p.Value)
	}
	if len(got) != 93 {
		t.Errorf("got %d quotients, want 93", len(got))
	}
	sectors := []string{"primary", "secondary", "tertiary"}
	for province, want := range map[string][3]string{
		"上海": {"0.056", "0.727", "1.4"}, "云南": {"1.67", "0.854", "1.01"}, "北京": {"0.068", "0.415", "1.68"}, "山东": {"1.06", "1.04", "0.95"},
	} {
		for i, s := range sectors {
			if g := got[province+" "+s]; g != want[i] {
				t.Errorf("%s, %s: got %s, want %s", province, s, g, want[i])
			}
		}
	}

	// the same figure, however it is asked for
	ask := func(q metric.Query) []metric.Point {
		t.Helper()
		q.From, q.To = from, to
		r, err := e.Run(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return r.Points
	}
	only := ask(metric.Query{Metric: "sector_lq", By: []string{"sector"}, Where: []metric.Filter{{Dim: "province", Values: []string{"云南"}}, {Dim: "sector", Values: []string{"primary"}}}})
	if len(only) != 1 || three(*only[0].Value) != "1.67" {
		t.Errorf("one province, one sector: got %+v", only)
	}
	if all := ask(metric.Query{Metric: "sector_lq", By: []string{"province"}, Limit: 1}); *all[0].Value != 1 {
		t.Errorf("all sectors of a province: got %v, want 1", *all[0].Value)
	}
	// the index of Krugman, from the shares themselves
	share := map[string]float64{}
	for _, p := range ask(metric.Query{Metric: "sector_gdp", By: []string{"province", "sector"}}) {
		for _, k := range []string{p.Keys[0] + p.Keys[1], p.Keys[0], "all" + p.Keys[1], "all"} {
			share[k] += *p.Value
		}
	}
	for _, p := range ask(metric.Query{Metric: "sector_krugman", By: []string{"province"}}) {
		want := 0.0
		for _, s := range sectors {
			want += math.Abs(share[p.Keys[0]+s]/share[p.Keys[0]] - share["all"+s]/share["all"])
		}
		if math.Abs(*p.Value-want) > 1e-12 {
			t.Errorf("Krugman of %s: got %v, want %v", p.Keys[0], *p.Value, want)
		}
	}
	// Theil's T of the provinces, by sector
	for _, p := range ask(metric.Query{Metric: "province_theil", By: []string{"sector"}}) {
		var mean, want float64
		for _, q := range ask(metric.Query{Metric: "sector_gdp", By: []string{"province"}, Where: []metric.Filter{{Dim: "sector", Values: p.Keys}}}) {
			mean += *q.Value / 31
		}
		for _, q := range ask(metric.Query{Metric: "sector_gdp", By: []string{"province"}, Where: []metric.Filter{{Dim: "sector", Values: p.Keys}}}) {
			want += *q.Value / mean * math.Log(*q.Value/mean) / 31
		}
		if math.Abs(*p.Value-want) > 1e-9 {
			t.Errorf("Theil of %s: got %v, want %v", p.Keys[0], *p.Value, want)
		}
	}
}

// The stay, in, out and net counts and rates that a statistical office published from its
// origin-destination matrix.
func TestPublishedMobility(t *testing.T) {
	e := published(t, "mobility", "mobility/matrix_2008_2012.csv")
	f, err := os.Open(shared + "mobility/published_measures_2008_2012.csv")
	if err != nil {
		t.Skip("no such data here: ", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	// both tables number the trades; all, Red Seal, selected, other Red Seal, not Red Seal
	trades := map[string]string{"1": "1", "2": "2", "3": "3", "19": "4", "20": "5"}
	indicator := map[string]string{"4": "flow_stay", "5": "flow_stay_rate", "6": "flow_in", "7": "flow_out", "8": "flow_net", "9": "flow_in_rate", "10": "flow_out_rate", "11": "flow_net_rate"}
	want := map[string]float64{} // indicator year place trade type
	for _, r := range rows[1:] {
		trade, ok := trades[r[2]]
		name, also := indicator[r[6]]
		geo, err := strconv.Atoi(r[1])
		if !ok || !also || err != nil || geo < 2 || r[3] != "1" || r[4] != "1" || r[7] == "" {
			continue
		}
		if want[fmt.Sprint(name, " ", r[0], " ", geo-1, " ", trade, " ", r[5])], err = strconv.ParseFloat(r[7], 64); err != nil {
			t.Fatal(err)
		}
	}
	type score struct{ n, exact int }
	scores := map[string]*score{}
	for _, name := range indicator {
		r, err := e.Run(t.Context(), metric.Query{
			Metric: name, From: days.Date(2008, 1, 1), To: days.Date(2013, 1, 1), Grain: days.Year, By: []string{"place", "trade", "mobility_type"},
			Where: []metric.Filter{{Dim: "mode", Values: []string{"1"}}, {Dim: "years_after", Values: []string{"1"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Points {
			w, ok := want[fmt.Sprint(name, " ", p.From.Year(), " ", p.Keys[0], " ", p.Keys[1], " ", p.Keys[2])]
			if !ok || p.Value == nil {
				continue
			}
			k := name + " of type " + p.Keys[2]
			if p.Keys[1] == "2" || p.Keys[1] == "5" {
				k += ", other trades"
			}
			if scores[k] == nil {
				scores[k] = &score{}
			}
			scores[k].n++
			near := 1e-9
			if p.Keys[2] != "1" && (p.Keys[1] == "2" || p.Keys[1] == "5") {
				near = 10 // sums of numbers rounded to 5
			}
			if slices.Contains([]string{"flow_stay_rate", "flow_in_rate", "flow_out_rate", "flow_net_rate"}, name) {
				near = 0.0501 // printed to one decimal
			}
			if math.Abs(*p.Value-w) <= near {
				scores[k].exact++
			}
		}
	}
	for k, s := range scores {
		t.Logf("%s: %d of %d", k, s.exact, s.n)
	}
	// Counts are rounded to 5 before they are added up, so some of the total (type 1) differ; of the
	// two parts all agree.
	for _, name := range indicator {
		for _, kind := range []string{"2", "3"} {
			k := name + " of type " + kind
			if s := scores[k]; s == nil || s.n < 165 || s.exact != s.n {
				t.Errorf("%s: %+v, want all of 165 to agree", k, s)
			}
		}
	}
	for _, name := range []string{"flow_in", "flow_out", "flow_net"} {
		for _, kind := range []string{"2", "3"} {
			if s := scores[name+" of type "+kind+", other trades"]; s == nil || s.exact != s.n {
				t.Errorf("%s of type %s, other trades: %+v", name, kind, s)
			}
		}
	}
}

// freiburg is how many were employed in a city and its country, by sections of NACE Rev. 2 (Eurostat).
const freiburg = `industry,e_Freiburg2008,e_Freiburg2014,e_Germany2008,e_Germany2014
B-E,13004,12121,7073942,7155807
F,2931,3154,1572378,1696961
G-I,22492,25484,6248666,6674652
J,4503,4798,841848,925648
K,3361,3372,990439,996498
L,890,1059,220171,232167
M-N,12448,14837,3296029,3992230
O-Q,34358,42931,5905168,7127512
R-U,6069,6673,1084708,1123004
`

// Freiburg 2008 to 2014: both of its published decompositions.
func TestShiftShareOfFreiburg(t *testing.T) {
	path := filepath.Join(t.TempDir(), "Freiburg.csv")
	if err := os.WriteFile(path, []byte(freiburg), 0o600); err != nil {
		t.Fatal(err)
	}
	e := loaded(t, "employment_pair", path)
	from, to := year(2014)
	get := func(name string, by ...string) map[string]float64 {
		r, err := e.Run(t.Context(), metric.Query{Metric: name, From: from, To: to, By: by})
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]float64{}
		for _, p := range r.Points {
			k := ""
			if len(p.Keys) > 0 {
				k = p.Keys[0]
			}
			m[k] = value(p)
		}
		return m
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: got %.9f, want %.9f", what, got, want)
		}
	}
	near("competitive", get("jobs_competitive")[""], 343.786851410)
	near("allocation", get("jobs_allocation")[""], 1640.322871913)
	near("regional", get("jobs_regional")[""], 343.786851410+1640.322871913)
	near("all parts", get("jobs_national")[""]+get("jobs_mix")[""]+get("jobs_regional")[""], get("jobs_total")[""])
	near("total", get("jobs_total")[""], get("city_jobs")[""]-100056)
	sum := 0.0
	parts := get("jobs_regional", "industry")
	for _, v := range parts {
		sum += v
	}
	if near("by industry", sum, get("jobs_regional")[""]); len(parts) != 9 {
		t.Errorf("got %d industries, want 9", len(parts))
	}
}

// The American labour market: the Beveridge curve of two decades and the mismatch of 17 industries.
func TestAmericanLabourMarket(t *testing.T) {
	dir := "labour-market/"
	files := []string{dir + "U.csv", dir + "E.csv", dir + "JOLTS/vac/jolts_vac_tnf.csv"}
	for _, industry := range []string{"acc", "art", "bus", "con", "edu", "fin", "hea", "inf", "mfgdur", "mfgnon", "min", "oth", "pub", "rea", "ret", "utl", "who"} {
		files = append(files, dir+"JOLTS/vac/jolts_vac_"+industry+".csv", dir+"CPS/cps_U_"+industry+".csv")
	}
	e := published(t, "monthly_series", files...)
	get := func(name string, from, to days.Day) float64 {
		t.Helper()
		return value(one(t, e, metric.Query{Metric: name, From: from, To: to}))
	}
	d := days.Date
	for _, c := range []struct {
		name     string
		from, to days.Day
		want     float64
	}{
		{"us_beveridge", d(2001, 1, 1), d(2008, 1, 1), -1.152666349},
		{"us_beveridge", d(2010, 1, 1), d(2020, 1, 1), -0.811896988},
		{"us_mismatch", d(2009, 10, 1), d(2009, 11, 1), 0.0901202675},
		{"us_mismatch_simple", d(2009, 10, 1), d(2009, 11, 1), 0.3362428942},
	} {
		if got := get(c.name, c.from, c.to); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s from %s: got %.9f, want %.9f", c.name, c.from.Format("2006-01"), got, c.want)
		}
	}
	if got := get("us_beveridge_r2", d(2010, 1, 1), d(2020, 1, 1)); math.Abs(got-.961256) > 1e-6 {
		t.Errorf("R2: got %v", got)
	}
}
