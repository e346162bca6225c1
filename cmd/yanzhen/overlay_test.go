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
	"testing"

	"yanzhen/pipeline"
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
	if err := o.loader.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
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
		{
			dataset: "openings", file: "labour-market/JOLTS/vac/jolts_vac_tnf.csv", loaded: 231, column: "posts", header: "JTSJOL",
			check: "select min(month) = '2000-12-01' from mart.openings",
		},
		// 01/12/2000: the order of day and month is not told, so nothing is guessed
		{dataset: "unemployed", file: "labour-market/U.csv", rejected: 231, rule: "date_order"},
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
