package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// TestOverlay loads public files that the product does not know, each through a declaration laid
// over the built-in ones, as an analyst writes it: every row is accounted for, and a sum over the
// view is the sum of the file as encoding/csv reads it.
func TestOverlay(t *testing.T) {
	data := "../../../shared/data"
	if _, err := os.Stat(data); err != nil {
		t.Skip("the real data are not here: ", data)
	}
	c := &cli{Dir: t.TempDir(), Configs: "testdata/overlay", Lang: "zh", out: io.Discard, log: slog.New(slog.DiscardHandler)}
	cfg, err := c.settings()
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if err := o.stand(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.turn.End() // commands come beside it, as beside a server
	for _, f := range []struct {
		dataset, file            string
		loaded, rejected, others uint64
		rule                     string // of the rejects
		column                   string // of the view, to be summed ...
		header                   string // ... and of the file
		check                    string // further SQL that gives true
	}{
		{dataset: "areas", file: "divisions/areas.csv", loaded: 2978, check: "select uniqExact(province) = 31 from mart.areas"},
		{dataset: "streets", file: "divisions/streets.csv", loaded: 41352, check: "select uniqExact(code) = 41352 from mart.streets"},
		// EL and UK are Greece and Britain; a blank contribution is no zero; two rows have no start
		{
			dataset: "h2020", file: "cordis/h2020_first20000.csv", loaded: 19998, rejected: 2, rule: "required",
			check: "select countIf(country = 'GR') = 805 and countIf(country = 'GB') = 1840 and countIf(contribution is null) = 1635 from mart.h2020",
		},
		// the industry stands in the file's name alone, and dates in two orders
		{
			dataset: "openings", file: "labour-market/JOLTS/vac/jolts_vac_tnf.csv", loaded: 231, column: "posts", header: "JTSJOL",
			check: "select min(month) = '2000-12-01' and any(industry) = 'tnf' from mart.openings",
		},
		{
			dataset: "unemployed", file: "labour-market/CPS/cps_U_fin.csv", loaded: 231, column: "people", header: "LNU03034199",
			check: "select min(month) = '2000-12-01' and max(month) = '2020-02-01' and any(industry) = 'fin' from mart.unemployed",
		},
		{
			dataset: "mobility", file: "mobility/matrix_2008_2012.csv", loaded: 74250, column: "people", header: "VALUE",
			check: "select countIf(mark = '..') = 720 and countIf(mark = 'F') = 3184 from mart.mobility",
		},
		{
			dataset: "apprentices", file: "apprentices/apprentice_pathway.csv", loaded: 376764, column: "figure", header: "VALUE",
			check: "select countIf(mark = '..') = 99264 and countIf(mark = 'F') = 98690 and countIf(figure is null and mark is null) = 0 from mart.apprentices",
		},
		{
			dataset: "regional", file: "regional/gdp_3sectors_31provinces_2015_2019.xlsx", loaded: 155,
			check: "select uniqExact(province) = 31 and uniqExact(year) = 5 and max(abs(gdp - primary_sector - secondary_sector - tertiary_sector) / gdp) < 0.01 from mart.regional",
		},
		// three sectors side by side become a row each; the total beside them does not
		{
			dataset: "gdp_sector", file: "regional/gdp_3sectors_31provinces_2015_2019.xlsx", loaded: 465,
			check: "select uniqExact(sector) = 3 and uniqExact(province, year) = 155 from mart.gdp_sector",
		},
		// thirty heads of provinces stand among the schools
		{dataset: "schools", file: "schools/moe_adult_heis_2025-06-20.xls", loaded: 248, others: 30, check: "select max(number) = 248 from mart.schools"},
		{dataset: "industries", file: "codes/gbt4754_2017_amended_2019.csv", loaded: 1958, check: "select countIf(level = 4) = 1374 from mart.industries"},
	} {
		t.Run(f.dataset, func(t *testing.T) {
			path := filepath.Join(data, f.file)
			out, err := o.loader.Load(t.Context(), pipeline.Request{Path: path, Dataset: f.dataset})
			n := out.Counts
			if n.Loaded != f.loaded || n.Rejected != f.rejected || n.Excluded != f.others || n.Read != f.loaded+f.rejected+f.others {
				t.Errorf("got %s, %v, want loaded %d, rejected %d, notes %d; rules %v", out.Identity("en"), err, f.loaded, f.rejected, f.others, out.Rules)
			}
			if f.rule != "" && out.Rules[f.rule] != f.rejected {
				t.Errorf("got rejects by rule %v, want %d of %s", out.Rules, f.rejected, f.rule)
			}
			if f.loaded == 0 {
				if out.State != pipeline.Failed || out.Problem == nil {
					t.Errorf("got %s, want it refused", out.State)
				}
				return
			}
			if out.State != pipeline.Published {
				t.Fatalf("got %s, %v, %+v", out.State, err, out.Problem)
			}
			if f.column != "" {
				want, got := sumOf(t, path, f.header), 0.0
				if err := o.reader.Row(t.Context(), warehouse.SQL(fmt.Sprintf("select sum(toFloat64(%s)) from mart.%s", f.column, f.dataset)), &got); err != nil {
					t.Fatal(err)
				}
				if want == 0 || math.Abs(got-want) > 1e-9*math.Abs(want) {
					t.Errorf("sum of %s: got %v, the file says %v", f.column, got, want)
				}
			}
			if f.check != "" {
				var yes uint8
				if err := o.reader.Row(t.Context(), warehouse.SQL("select toUInt8(("+f.check+"))"), &yes); err != nil || yes != 1 {
					t.Errorf("%s: got %d, %v", f.check, yes, err)
				}
			}
		})
	}
	t.Run("metrics", func(t *testing.T) { overlaid(t, o, data) })
}

// overlaid asks the metrics that stand beside those declarations: the numbers are published
// ones, or computed here from the files by themselves.
func overlaid(t *testing.T, o *office, data string) {
	load := func(dataset string, files ...string) {
		t.Helper()
		for _, path := range files {
			req := pipeline.Request{Path: path, Dataset: dataset}
			if !strings.HasPrefix(path, data) {
				req.Dataset = "" // a file of no telling name: its header says whose it is
			}
			out, err := o.loader.Load(t.Context(), req)
			if err != nil || out.State != pipeline.Published && out.State != pipeline.Unchanged || out.Dataset != dataset {
				t.Fatalf("%s: %s, %s, %v, %+v", path, out.Dataset, out.State, err, out.Problem)
			}
		}
	}
	glob := func(pattern string) []string {
		files, err := filepath.Glob(filepath.Join(data, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		return files
	}
	load("openings", glob("labour-market/JOLTS/vac/*.csv")...)
	load("unemployed", glob("labour-market/CPS/cps_U_*.csv")...)
	load("gdp_sector", glob("regional/*.xlsx")...)
	load("h2020", glob("cordis/*.csv")...)
	load("apprentices", glob("apprentices/apprentice_pathway.csv")...)
	series := filepath.Join(t.TempDir(), "a.csv")
	demand := []int{362, 385, 432, 341, 382, 409, 498, 387, 473, 513, 582, 474, 544, 582, 681, 557, 628, 707, 773, 592, 627, 725, 854, 661}
	head, line := "region", "all"
	for i, v := range demand {
		head += fmt.Sprintf(",%dQ%d", 2010+i/4, i%4+1)
		line += "," + strconv.Itoa(v)
	}
	if err := os.WriteFile(series, []byte(head+"\n"+line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	load("quarters", series)

	// region, year, four indicators
	panel := [][]float64{{100, 30, 50, 9}, {80, 44, 61, 8}, {130, 25, 47, 5}, {112, 33, 55, 7}, {91, 41, 70, 8.5}, {140, 29, 52, 4}, {125, 38, 66, 6}, {97, 45, 73, 7}, {155, 36, 58, 3.5}}
	table := "年份,地区,人才数,高校毕业生,产值,能耗\n"
	for i, r := range panel {
		table += fmt.Sprintf("%d,%c,%g,%g,%g,%g\n", 2018+i/3, 'A'+i%3, r[0], r[1], r[2], r[3])
	}
	indicators := filepath.Join(t.TempDir(), "b.csv")
	if err := os.WriteFile(indicators, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	load("indicators", indicators)

	engine := &compute.Engine{For: accesstest.Everything(), Catalog: o.metrics, DB: o.reader, Fresh: time.Hour}
	ask := func(name, from, to string, grain days.Grain, by string, where ...string) []metric.Point {
		t.Helper()
		q := metric.Query{Metric: name, Grain: grain}
		q.From, _ = metric.ParseDay(from)
		q.To, _ = metric.ParseDay(to)
		if by != "" {
			q.By = strings.Split(by, ",")
		}
		for _, w := range where {
			dim, value, _ := strings.Cut(w, "=")
			q.Where = append(q.Where, metric.Filter{Dim: dim, Values: []string{value}})
		}
		r, err := engine.Run(t.Context(), q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return r.Points
	}
	near := func(what string, p metric.Point, want, within float64) {
		t.Helper()
		if p.Value == nil || math.Abs(*p.Value-want) > within {
			t.Errorf("%s: got %s (%s), want %v", what, metric.Number(p.Value, metric.OwnUnit("x", "x", 9)), p.Why, want)
		}
	}
	one := func(name, from, to string, want, within float64, where ...string) {
		t.Helper()
		ps := ask(name, from, to, days.Total, "", where...)
		if len(ps) != 1 {
			t.Fatalf("%s: %d points", name, len(ps))
		}
		near(name, ps[0], want, within)
	}

	// mismatch of seventeen industries, October 2009, as the literature's data give it
	one("us_mismatch", "2009-10-01", "2009-11-01", 0.0901202675, 1e-9)
	one("us_mismatch_simple", "2009-10-01", "2009-11-01", 0.3362428942, 1e-9)
	months := ask("us_mismatch", "2000-12-01", "2020-03-01", days.Month, "")
	for _, p := range months {
		if p.Value == nil || *p.Value <= 0 || *p.Value > 0.2 {
			t.Errorf("mismatch of %s: %+v", p.From.Format("2006-01"), p)
		}
	}
	if len(months) != 231 {
		t.Errorf("got %d months", len(months))
	}

	// location quotients as published, to three digits; the three parts of shift-share are the change
	for at, want := range map[string]float64{"上海 第一产业": .0560, "上海 第二产业": .727, "上海 第三产业": 1.40, "云南 第一产业": 1.67, "北京 第一产业": .0680, "北京 第二产业": .415, "山东 第三产业": .950} {
		place, sector, _ := strings.Cut(at, " ")
		digit := math.Pow(10, math.Floor(math.Log10(want))-2)
		one("added_lq", "2015-01-01", "2016-01-01", want, 0.51*digit, "province="+place, "sector="+sector)
	}
	for y := 2016; y <= 2019; y++ {
		from, to, before := fmt.Sprint(y, "-01-01"), fmt.Sprint(y+1, "-01-01"), fmt.Sprint(y-1, "-01-01")
		parts := 0.0
		for _, name := range []string{"added_national", "added_mix", "added_regional"} {
			p := ask(name, from, to, days.Total, "", "province=浙江")
			if p[0].Value == nil {
				t.Fatalf("%s %d: %s", name, y, p[0].Why)
			}
			parts += *p[0].Value
		}
		now, was := ask("added", from, to, days.Total, "", "province=浙江"), ask("added", before, from, days.Total, "", "province=浙江")
		if change := *now[0].Value - *was[0].Value; math.Abs(parts-change) > 1e-6 {
			t.Errorf("shift-share of %d: the parts add up to %v, the change is %v", y, parts, change)
		}
	}

	// the rate of the whole country, weighted from its areas, is the published one, which rounds and
	// knows what is withheld of an area
	for _, p := range ask("certified_rate", "2008-01-01", "2020-01-01", days.Year, "", "apprentice_sex=1", "apprentice_trade=1") {
		var want float64
		sql := fmt.Sprintf("select toFloat64(figure) from mart.apprentices where year = %d and geo = 1 and sex = 1 and trade = 1 and measure = 4", p.From.Year())
		if err := o.reader.Row(t.Context(), warehouse.SQL(sql), &want); err != nil {
			t.Fatal(err)
		}
		near(fmt.Sprint("certified of ", p.From.Year()), p, want, 0.5)
	}

	// concentration and location quotients of a file that is read here once more
	money, parts, kinds, kindOf, all := map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}, 0.0
	file, err := os.Open(glob("cordis/*.csv")[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for _, r := range rows[1:] {
		if !strings.HasPrefix(r[6], "2017-") {
			continue
		}
		if v, err := strconv.ParseFloat(r[4], 64); err == nil {
			money[r[5]] += v
			total += v
		}
		if r[3] != "" && r[3] != "NA" {
			parts[r[5]]++
			kinds[r[3]]++
			kindOf[r[5]+r[3]]++
			all++
		}
	}
	hhi := 0.0
	for _, v := range money {
		hhi += v / total * v / total
	}
	one("eu_hhi", "2017-01-01", "2018-01-01", hhi, 1e-12)
	one("eu_share", "2017-01-01", "2018-01-01", money["UK"]/total*100, 1e-9, "partner_country=GB")
	for _, k := range []string{"HES", "PRC", "REC"} {
		one("eu_lq", "2017-01-01", "2018-01-01", kindOf["NO"+k]/parts["NO"]/(kinds[k]/all), 1e-9, "partner_country=NO", "activity="+k)
	}

	// coupling of a panel, by the book
	scaled := make([][]float64, len(panel))
	for j := range 4 {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, r := range panel {
			lo, hi = min(lo, r[j]), max(hi, r[j])
		}
		for i, r := range panel {
			x := (r[j] - lo) / (hi - lo)
			if j == 3 { // less is better
				x = 1 - x
			}
			scaled[i] = append(scaled[i], 0.01+0.98*x)
		}
	}
	spare := make([]float64, 4) // 1 - entropy
	for j := range spare {
		sum, entropy := 0.0, 0.0
		for _, r := range scaled {
			sum += r[j]
		}
		for _, r := range scaled {
			entropy -= r[j] / sum * math.Log(r[j]/sum) / math.Log(float64(len(panel)))
		}
		spare[j] = 1 - entropy
	}
	for i, r := range scaled {
		u1 := (spare[0]*r[0] + spare[1]*r[1]) / (spare[0] + spare[1])
		u2 := (spare[2]*r[2] + spare[3]*r[3]) / (spare[2] + spare[3])
		degree, development := 2*math.Sqrt(u1*u2)/(u1+u2), (u1+u2)/2
		y := 2018 + i/3
		for name, want := range map[string]float64{"panel_coupling_degree": degree, "panel_coupling_development": development, "panel_coupling": math.Sqrt(degree * development)} {
			one(name, fmt.Sprint(y, "-01-01"), fmt.Sprint(y+1, "-01-01"), want, 1e-12, "coupled_region="+string(rune('A'+i%3)))
		}
	}

	// four quarters ahead, as R's HoltWinters forecasts them
	points := ask("quarterly_forecast", "2016-01-01", "2017-01-01", days.Quarter, "")
	want := []float64{747.077592377, 798.388435685, 873.688877374, 743.097961854}
	if len(points) != 4 {
		t.Fatalf("got %d quarters of the forecast", len(points))
	}
	for i, p := range points {
		near(p.From.Format("2006-01"), p, want[i], 1e-6)
	}
}

// sumOf adds the numbers of a column of a CSV file; what is no number is none.
func sumOf(t *testing.T, path, header string) float64 {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = -1
	at, sum := -1, 0.0
	for {
		row, err := r.Read()
		if err == io.EOF {
			return sum
		}
		if err != nil {
			t.Fatal(err)
		}
		if at < 0 {
			for i, h := range row {
				if h == header {
					at = i
				}
			}
			if at < 0 {
				t.Fatalf("%s has no column %s", path, header)
			}
			continue
		}
		if v, err := strconv.ParseFloat(row[at], 64); err == nil {
			sum += v
		}
	}
}
