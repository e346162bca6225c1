package analysis

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func table(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, name))
	if err != nil {
		t.Skip("no such data here: " + err.Error())
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// monthly reads a series; its dates are 2009-10-01 or 01/10/2009.
func monthly(t *testing.T, name string) map[string]float64 {
	t.Helper()
	m := map[string]float64{}
	for _, row := range table(t, "labour-market/"+name) {
		d, err := time.Parse(time.DateOnly, row[0])
		if err != nil {
			if d, err = time.Parse("02/01/2006", row[0]); err != nil {
				continue
			}
		}
		if v, err := strconv.ParseFloat(row[1], 64); err == nil {
			m[d.Format("2006-01")] = v
		}
	}
	return m
}

// The published American labour market: mismatch over 17 industries in October 2009 and the
// Beveridge curve of two decades.
func TestLabourMarket(t *testing.T) {
	var v, u []float64
	for _, industry := range []string{"acc", "art", "bus", "con", "edu", "fin", "hea", "inf", "mfgdur", "mfgnon", "min", "oth", "pub", "rea", "ret", "utl", "who"} {
		v = append(v, monthly(t, "JOLTS/vac/jolts_vac_"+industry+".csv")["2009-10"])
		u = append(u, monthly(t, "CPS/cps_U_"+industry+".csv")["2009-10"])
	}
	near(t, "M", must[float64](t)(Mismatch(v, u, .5)), 0.0901202675)
	near(t, "M^u", must[float64](t)(MismatchSimple(v, u)), 0.3362428942)

	all, employed, posts := monthly(t, "U.csv"), monthly(t, "E.csv"), monthly(t, "JOLTS/vac/jolts_vac_tnf.csv")
	for _, c := range []struct {
		from, to  string
		slope, r2 float64
		n         int
	}{{"2001-01", "2007-12", -1.152666349, .912245, 84}, {"2010-01", "2019-12", -0.811896988, .961256, 120}} {
		var us, vs []float64
		for month, x := range all {
			if month >= c.from && month <= c.to {
				l := x + employed[month]
				us, vs = append(us, x/l), append(vs, posts[month]/l)
			}
		}
		line := must[Line](t)(Beveridge(us, vs))
		near(t, "slope from "+c.from, line.Slope, c.slope)
		near(t, "R2 from "+c.from, line.R2, c.r2)
		if line.N != c.n {
			t.Errorf("n from %s: got %d, want %d", c.from, line.N, c.n)
		}
	}
}

// Freiburg 2008-2014, the example of an R package: the regional effect split in two.
func TestFreiburg(t *testing.T) {
	var e0, e1, r0, r1 []float64
	for _, row := range table(t, "regional/reat_Freiburg.csv") {
		for i, to := range map[int]*[]float64{1: &e0, 2: &e1, 4: &r0, 5: &r1} {
			x, err := strconv.ParseFloat(row[i], 64)
			if err != nil {
				t.Fatal(err)
			}
			*to = append(*to, x)
		}
	}
	em := must[EstebanMarquillas](t)(ShiftShareEstebanMarquillas(e0, e1, r0, r1))
	near(t, "competitive", em.Competitive, 343.786851410)
	near(t, "allocation", em.Allocation, 1640.322871913)
	s := must[Shift](t)(ShiftShare(e0, e1, r0, r1))
	near(t, "sum", s.Regional, em.Competitive+em.Allocation)
	near(t, "total", s.National+s.Mix+s.Regional, s.Total)
}
