package analysis

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

const shared = "../../../shared/data"

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

// The published American labour market: mismatch over 17 industries in October 2009, vacancies (JOLTS) and unemployed
// (CPS) in thousands.
func TestMismatchOfIndustries(t *testing.T) {
	var v, u []float64
	for _, industry := range [][2]float64{
		{244, 1302},
		{17, 302},
		{413, 1529},
		{55, 1772},
		{44, 1575},
		{80, 424},
		{483, 974},
		{69, 271},
		{67, 1271},
		{61, 631},
		{7, 85},
		{95, 548},
		{382, 782},
		{55, 222},
		{215, 1641},
		{50, 479},
		{70, 278},
	} {
		v, u = append(v, industry[0]), append(u, industry[1])
	}
	near(t, "M", must[float64](t)(Mismatch(v, u, .5)), 0.0901202675)
	near(t, "M^u", must[float64](t)(MismatchSimple(v, u)), 0.3362428942)
}

// The Beveridge curve of two decades.
func TestBeveridgeCurve(t *testing.T) {
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
	for _, row := range [][4]float64{ // employed in the city and in the country, 2008 and 2014, by sections of NACE Rev. 2 (Eurostat)
		{13004, 12121, 7073942, 7155807},
		{2931, 3154, 1572378, 1696961},
		{22492, 25484, 6248666, 6674652},
		{4503, 4798, 841848, 925648},
		{3361, 3372, 990439, 996498},
		{890, 1059, 220171, 232167},
		{12448, 14837, 3296029, 3992230},
		{34358, 42931, 5905168, 7127512},
		{6069, 6673, 1084708, 1123004},
	} {
		for i, to := range []*[]float64{&e0, &e1, &r0, &r1} {
			*to = append(*to, row[i])
		}
	}
	em := must[EstebanMarquillas](t)(ShiftShareEstebanMarquillas(e0, e1, r0, r1))
	near(t, "competitive", em.Competitive, 343.786851410)
	near(t, "allocation", em.Allocation, 1640.322871913)
	s := must[Shift](t)(ShiftShare(e0, e1, r0, r1))
	near(t, "sum", s.Regional, em.Competitive+em.Allocation)
	near(t, "total", s.National+s.Mix+s.Regional, s.Total)
}
