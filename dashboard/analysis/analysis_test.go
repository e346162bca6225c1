package analysis

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// tolerance is what the methods must reproduce.
const tolerance = 1e-6

func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance*math.Max(1, math.Abs(want)) {
		t.Errorf("%s: got %.12g, want %.12g", name, got, want)
	}
}

func nearAll(t *testing.T, name string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %v, want %v", name, got, want)
	}
	for i := range got {
		near(t, name+"["+strconv.Itoa(i)+"]", got[i], want[i])
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// The running example: nodes 高温合金冶炼, 磁性材料, 钼新材料, 精密铸造, 检测服务.
var (
	vacancies = []float64{120, 80, 60, 90, 50}
	seekers   = []float64{60, 100, 90, 70, 80}
	phi       = []float64{1.2, 1, .8, 1.1, .9}
	zone0     = []float64{320, 210, 150, 280, 140}
	country0  = []float64{8200, 6100, 2300, 15400, 9800}
	zone1     = []float64{400, 260, 190, 290, 150}
	country1  = []float64{9000, 6700, 2900, 15600, 10100}
)

func TestMismatch(t *testing.T) {
	f := must[float64](t)
	near(t, "M .5", f(Mismatch(vacancies, seekers, .5)), 0.024004206)
	near(t, "M .65", f(Mismatch(vacancies, seekers, .65)), 0.022102080)
	near(t, "M^u", f(MismatchSimple(vacancies, seekers)), 0.2)
	m, mean, err := MismatchEfficiency(vacancies, seekers, phi, .5)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "M_phi", m, 0.060801009)
	near(t, "mean phi", mean, 1.049523701)
	// 0^0 with both 0 contributes 0
	near(t, "an empty market", f(Mismatch(append([]float64{0}, vacancies...), append([]float64{0}, seekers...), .5)), 0.024004206)
	near(t, "no market in common", f(Mismatch([]float64{1, 0}, []float64{0, 5}, .5)), 1)
}

func TestRegion(t *testing.T) {
	near(t, "Krugman", must[float64](t)(Krugman(zone0, country0)), 0.442105263)
	nearAll(t, "LQ", must[[]float64](t)(LocationQuotient(zone0, country0)), []float64{1.482926829, 1.308196721, 2.478260870, 0.690909091, 0.542857143})
	s := must[Shift](t)(ShiftShare(zone0, zone1, country0, country1))
	near(t, "total", s.Total, 190)
	near(t, "NS", s.National, 65.789473684)
	near(t, "IM", s.Mix, 33.138288921)
	near(t, "RS", s.Regional, 91.072237395)
	nearAll(t, "RS_i", s.ByIndustry, []float64{48.780488, 29.344262, .869565, 6.363636, 5.714286})
	em := must[EstebanMarquillas](t)(ShiftShareEstebanMarquillas(zone0, zone1, country0, country1))
	near(t, "the split adds up", em.Competitive+em.Allocation, s.Regional)
}

func TestConcentration(t *testing.T) {
	f := must[float64](t)
	near(t, "HHI", f(HHI(zone0)), 0.220661157)
	near(t, "HHI norm", f(HHINormalised(zone0)), 0.025826446)
	near(t, "Theil T", f(TheilT(zone0)), 0.051755747)
	near(t, "Theil L", f(TheilL(zone0)), 0.053128377)
	near(t, "Gini", f(Gini(zone0)), 0.178181818)
	near(t, "Gini norm", f(GiniNormalised(zone0)), 0.222727273)
}

func TestSimilarity(t *testing.T) {
	f := must[float64](t)
	near(t, "cosine of shares", f(Cosine(vacancies, seekers)), 0.909216874)
	near(t, "JSD nat", f(JSDivergence(vacancies, seekers, Nats)), 0.023842362)
	near(t, "JSD bit", f(JSDivergence(vacancies, seekers, Bits)), 0.034397257)
	near(t, "distance nat", f(JSDistance(vacancies, seekers, Nats)), 0.154409721)
	near(t, "similarity", 1-f(JSDivergence(vacancies, seekers, Bits)), 0.965602743)
	near(t, "Bhattacharyya", f(Bhattacharyya(vacancies, seekers)), 0.975995794)
	near(t, "as SciPy", f(JSDistance([]float64{1, 0}, []float64{.5, .5}, Nats)), 0.46450140402245893)
	near(t, "as SciPy, base 2", f(JSDistance([]float64{1, 0, 0}, []float64{0, 1, 0}, Bits)), 1)
}

func TestCoupling(t *testing.T) {
	f := must[Coupling](t)
	for _, c := range []struct {
		u       []float64
		c, t, d float64
		d2      float64
	}{
		{[]float64{.673, .4812}, 0.986096159, 0.5771, 0.754371323, 0.662342903},
		{[]float64{.549, .0593}, 0.593233541, 0.30415, 0.424772859, 0.267221188},
		{[]float64{.9875, .5573}, 0.960441259, 0.7724, 0.861304144, 0.661819758},
	} {
		k := f(CouplingClassic(c.u, nil))
		near(t, "C", k.C, c.c)
		near(t, "T", k.T, c.t)
		near(t, "D", k.D, c.d)
		near(t, "D with weights", f(CouplingClassic(c.u, []float64{.5, .5})).D, c.d)
		near(t, "modified D", f(CouplingModified(c.u, nil)).D, c.d2)
	}
	// equally poor: perfectly coupled, and D shows it
	poor := f(CouplingClassic([]float64{.002, .002}, nil))
	near(t, "C of equals", poor.C, 1)
	near(t, "D of equals", poor.D, 0.044721359549995794)
	near(t, "D of nothing", f(CouplingClassic([]float64{0, 0}, nil)).D, 0)

	x := must[[]float64](t)(MinMax([]float64{10, 30, 20}, More, .01))
	nearAll(t, "min-max", x, []float64{.01, .99, .5})
	nearAll(t, "min-max down", must[[]float64](t)(MinMax([]float64{10, 30, 20}, Less, 0)), []float64{1, 0, .5})
	nearAll(t, "fixed bounds", must[[]float64](t)(MinMaxFixed([]float64{5, 15, 50}, 10, 30, More, 0)), []float64{0, .25, 1})

	// by hand: columns (.25,.75) and (.5,.5 -> constant, dropped) and (1,0)
	w, dropped, err := EntropyWeights([][]float64{{1, 4, 1}, {3, 4, 0}})
	if err != nil {
		t.Fatal(err)
	}
	e := -(.25*math.Log(.25) + .75*math.Log(.75)) / math.Ln2
	nearAll(t, "entropy weights", w, []float64{(1 - e) / (2 - e), 0, 1 / (2 - e)})
	if len(dropped) != 1 || dropped[0] != 1 {
		t.Errorf("dropped %v, want [1]", dropped)
	}
}

func TestTightness(t *testing.T) {
	u, v := 15352.0/(15352+138432), 2406.0/(15352+138432)
	near(t, "u", u, .099828331)
	near(t, "v", v, .015645321)
	near(t, "u*", must[float64](t)(EfficientUnemployment(u, v)), .039520201)
	l := must[Line](t)(LeastSquares([]float64{1, 2, 3, 4}, []float64{2, 4, 5, 8}))
	near(t, "slope", l.Slope, 1.9)
	near(t, "intercept", l.Intercept, 0)
	near(t, "R2", l.R2, 18.05/18.75)
}

func TestSkills(t *testing.T) {
	// four postings over PLC, 机器人, 熔炼, 英语, 质检, 项目管理
	idf, words, err := TFIDFCounts([][]float64{{1, 0, 1, 0, 1, 0}, {1, 2, 0, 0, 0, 0}, {0, 0, 3, 0, 1, 0}, {0, 0, 0, 1, 0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	nearAll(t, "idf", idf, []float64{1.510825624, 1.916290732, 1.510825624, 1.916290732, 1.510825624, 1.916290732})
	nearAll(t, "row 2", words[1], []float64{.366739011, .930323867, 0, 0, 0, 0})
	_, rows, err := TFIDFCounts([][]float64{{3, 0, 1}, {2, 0, 0}, {3, 0, 0}, {4, 0, 0}, {3, 2, 0}, {3, 0, 2}})
	if err != nil {
		t.Fatal(err)
	}
	nearAll(t, "row 1", rows[0], []float64{.85151335, 0, .52433293})
	nearAll(t, "row 5", rows[4], []float64{.55422893, .83236428, 0})
	nearAll(t, "row 6", rows[5], []float64{.63035731, 0, .77630514})

	// Wilson's interval of 1 in 10 at 95 %: 0.0179, 0.4042
	h := must[Heat](t)(SkillHeat(1, 10, 1.959963984540054))
	near(t, "share", h.Share, .1)
	near(t, "low", h.Low, 0.017876213095072)
	near(t, "high", h.High, 0.404150027)
	if h := must[Heat](t)(SkillHeat(0, 7, 1.96)); h.Low != 0 || h.High <= 0 {
		t.Errorf("0 of 7: %+v", h)
	}
}

var (
	holtSeries = []float64{120, 132, 151, 163, 178, 190, 214, 233}
	quarterly  = []float64{362, 385, 432, 341, 382, 409, 498, 387, 473, 513, 582, 474, 544, 582, 681, 557, 628, 707, 773, 592, 627, 725, 854, 661}
)

func TestForecasts(t *testing.T) {
	years := must[[]CohortYear](t)(Cohort{Stock: 473, Quit: .04, Retire: .015, Inflow: 60, Demand: 520, Growth: .12}.Forecast(3))
	for i, want := range []float64{75.415, 113.187175, 161.112280375} {
		near(t, "gap", years[i].Gap, want)
	}
	f := must[Forecast](t)(Holt(holtSeries, Smoothing{Alpha: .6, Beta: .3}, 3))
	near(t, "a", f.Level, 230.019911351)
	near(t, "b", f.Trend, 16.831236638)
	near(t, "SSE", f.SSE, 209.408023639)
	nearAll(t, "Holt", f.Values, []float64{246.851147989, 263.682384626, 280.513621264})

	p := Smoothing{Alpha: .5, Beta: .1, Gamma: .3}
	add := must[Forecast](t)(HoltWinters(quarterly, 4, Additive, p, 4))
	nearAll(t, "additive", add.Values, []float64{747.077592377, 798.388435685, 873.688877374, 743.097961854})
	near(t, "additive SSE", add.SSE, 28305.632762205)
	mult := must[Forecast](t)(HoltWinters(quarterly, 4, Multiplicative, p, 4))
	nearAll(t, "multiplicative", mult.Values, []float64{741.590371764, 803.590498958, 918.417132426, 721.172824836})
	for _, f := range []Forecast{f, add, mult} {
		for h := range f.Values {
			if !(f.Low[h] < f.Values[h] && f.Values[h] < f.High[h]) {
				t.Errorf("interval %v..%v around %v", f.Low[h], f.High[h], f.Values[h])
			}
			if h > 0 && f.High[h]-f.Low[h] < f.High[h-1]-f.Low[h-1] && f.Season == nil {
				t.Errorf("the interval narrows with the horizon")
			}
		}
	}
	// an odd cycle
	odd := must[Forecast](t)(HoltWinters([]float64{1, 5, 3, 2, 6, 4, 3, 7, 5}, 3, Additive, p, 3))
	for h, want := range []float64{4, 8, 6} { // the start is off by half a cycle's trend, as R's is
		if math.Abs(odd.Values[h]-want) > .2 {
			t.Errorf("a series that is trend and season: got %v, want about 4 8 6", odd.Values)
		}
	}

	b := must[Backtest](t)(BackTest(quarterly, 12, 4, func(past []float64) (float64, error) {
		f, err := HoltWinters(past, 4, Additive, p, 1)
		if err != nil {
			return 0, err
		}
		return f.Values[0], nil
	}))
	if b.N != 12 || !(b.MAPE > 0 && b.MAPE < b.Naive) {
		t.Errorf("back-test %+v: the season with a trend should beat last year's value", b)
	}
	b = must[Backtest](t)(BackTest([]float64{100, 110, 121}, 1, 1, func(past []float64) (float64, error) { return past[len(past)-1] * 1.1, nil }))
	near(t, "naive MAPE", b.Naive, 100.0/11)
	near(t, "MAPE", b.MAPE, 0)
}

// What is undefined is an error, never NaN.
func TestUndefined(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	one := []float64{1, 2}
	for name, f := range map[string]func() error{
		"zero total":            func() error { _, err := HHI([]float64{0, 0}); return err },
		"empty":                 func() error { _, err := Gini(nil); return err },
		"negative":              func() error { _, err := TheilT([]float64{1, -1}); return err },
		"NaN":                   func() error { _, err := HHI([]float64{1, nan}); return err },
		"infinite":              func() error { _, err := Mismatch([]float64{1, inf}, one, .5); return err },
		"lengths":               func() error { _, err := Mismatch([]float64{1}, one, .5); return err },
		"no seekers":            func() error { _, err := Mismatch(one, []float64{0, 0}, .5); return err },
		"alpha":                 func() error { _, err := Mismatch(one, one, 1); return err },
		"alpha NaN":             func() error { _, err := Mismatch(one, one, nan); return err },
		"phi lengths":           func() error { _, _, err := MismatchEfficiency(one, one, []float64{1}, .5); return err },
		"phi zero":              func() error { _, _, err := MismatchEfficiency(one, one, []float64{0, 0}, .5); return err },
		"Theil L of a zero":     func() error { _, err := TheilL([]float64{0, 1}); return err },
		"normalised single":     func() error { _, err := HHINormalised([]float64{3}); return err },
		"Gini of a single":      func() error { _, err := GiniNormalised([]float64{3}); return err },
		"LQ lengths":            func() error { _, err := LocationQuotient(one, []float64{3}); return err },
		"LQ outside reference":  func() error { _, err := LocationQuotient([]float64{5, 1}, []float64{4, 9}); return err },
		"LQ empty industry":     func() error { _, err := LocationQuotient([]float64{0, 1}, []float64{0, 9}); return err },
		"shift lengths":         func() error { _, err := ShiftShare(one, one, one, []float64{1}); return err },
		"shift zero":            func() error { _, err := ShiftShare(one, one, []float64{0, 0}, one); return err },
		"shift new industry":    func() error { _, err := ShiftShare(one, one, []float64{0, 3}, one); return err },
		"split new industry":    func() error { _, err := ShiftShareEstebanMarquillas([]float64{0, 3}, one, one, one); return err },
		"constant column":       func() error { _, err := MinMax([]float64{7, 7}, More, 0); return err },
		"eps":                   func() error { _, err := MinMax(one, More, .5); return err },
		"bounds":                func() error { _, err := MinMaxFixed(one, 3, 3, More, 0); return err },
		"all columns constant":  func() error { _, _, err := EntropyWeights([][]float64{{1, 2}, {1, 2}}); return err },
		"one row":               func() error { _, _, err := EntropyWeights([][]float64{{1, 2}}); return err },
		"ragged":                func() error { _, _, err := EntropyWeights([][]float64{{1, 2}, {1}}); return err },
		"one system":            func() error { _, err := CouplingClassic([]float64{.5}, nil); return err },
		"level above 1":         func() error { _, err := CouplingModified([]float64{.5, 1.2}, nil); return err },
		"weights not 1":         func() error { _, err := CouplingClassic([]float64{.5, .5}, []float64{.5, .6}); return err },
		"weighted lengths":      func() error { _, err := Weighted(one, []float64{1}); return err },
		"cosine of nothing":     func() error { _, err := Cosine(one, []float64{0, 0}); return err },
		"base":                  func() error { _, err := JSDivergence(one, one, 1); return err },
		"constant unemployment": func() error { _, err := Beveridge([]float64{.1, .1}, []float64{.2, .3}); return err },
		"a rate of 0":           func() error { _, err := Beveridge([]float64{.1, 0}, []float64{.2, .3}); return err },
		"negative rate":         func() error { _, err := EfficientUnemployment(-1, 1); return err },
		"one point":             func() error { _, err := LeastSquares([]float64{1}, []float64{1}); return err },
		"no documents":          func() error { _, _, err := TFIDFCounts(nil); return err },
		"empty documents":       func() error { _, _, err := TFIDFCounts([][]float64{{}}); return err },
		"ragged counts":         func() error { _, _, err := TFIDFCounts([][]float64{{1}, {1, 2}}); return err },
		"no postings":           func() error { _, err := SkillHeat(0, 0, 1.96); return err },
		"more than all":         func() error { _, err := SkillHeat(3, 2, 1.96); return err },
		"fewer than 2 seasons":  func() error { _, err := HoltWinters(quarterly[:7], 4, Additive, Smoothing{}, 1); return err },
		"no season":             func() error { _, err := HoltWinters(quarterly, 1, Additive, Smoothing{}, 1); return err },
		"zero, multiplicative":  func() error { _, err := HoltWinters(make([]float64, 8), 4, Multiplicative, Smoothing{}, 1); return err },
		"smoothing":             func() error { _, err := Holt(holtSeries, Smoothing{Alpha: 1.1}, 1); return err },
		"short series":          func() error { _, err := Holt(holtSeries[:3], Smoothing{Alpha: .5}, 1); return err },
		"horizon":               func() error { _, err := Holt(holtSeries, Smoothing{Alpha: .5}, 0); return err },
		"more leave":            func() error { _, err := (Cohort{Stock: 1, Quit: .8, Retire: .3, Demand: 1}).Forecast(1); return err },
		"no demand":             func() error { _, err := (Cohort{Stock: 1}).Forecast(1); return err },
		"back-test": func() error {
			_, err := BackTest([]float64{0, 0}, 1, 1, func([]float64) (float64, error) { return 1, nil })
			return err
		},
	} {
		if err := f(); !errors.Is(err, ErrUndefined) {
			t.Errorf("%s: got %v, want an undefined", name, err)
		}
	}
}

// The worked examples: inputs and results computed elsewhere, for this project.
func TestWorkedExamples(t *testing.T) {
	text, err := os.ReadFile("testdata/worked_examples.json")
	if err != nil {
		t.Fatal(err)
	}
	var w struct {
		M5         float64                      `json:"mismatch_M_a0.5"`
		M65        float64                      `json:"mismatch_M_a0.65"`
		Mu         float64                      `json:"mismatch_Mu"`
		Mphi       float64                      `json:"mismatch_Mphi_a0.5"`
		PhiBar     float64                      `json:"phibar"`
		Tightness  []float64                    `json:"tightness"`
		Cosine     float64                      `json:"cosine"`
		JSDNat     float64                      `json:"jsd_nat"`
		JSDBits    float64                      `json:"jsd_bits"`
		JSDistance float64                      `json:"js_distance_nat"`
		BC         float64                      `json:"BC"`
		LQ         []float64                    `json:"LQ"`
		Krugman    float64                      `json:"krugman"`
		HHI        float64                      `json:"HHI"`
		HHINorm    float64                      `json:"HHI_norm"`
		TheilT     float64                      `json:"theil_T"`
		TheilL     float64                      `json:"theil_L"`
		Gini       float64                      `json:"gini"`
		GiniNorm   float64                      `json:"gini_norm"`
		Shift      struct{ NS, IM, RS float64 } `json:"shift_share"`
		CCDToy     map[string][]float64         `json:"ccd_toy"`
		CCD2       struct {
			Years map[string][]float64 `json:"U1_U2_C_T_D"`
		} `json:"ccd_eps0.002"`
		TFIDF struct {
			Vocab []string           `json:"vocab"`
			IDF   map[string]float64 `json:"idf_smooth"`
			Rows  [][]float64        `json:"matrix_l2"`
		} `json:"tfidf"`
		SKLearn [][]float64 `json:"sklearn_doc_tfidf"`
		Cohort  [][]float64 `json:"cohort_gap"`
		Holt    struct {
			X         []float64
			A, B, SSE float64
			F         []float64
		} `json:"holt_R"`
		HW struct {
			X         []float64
			Add, Mult struct {
				F4  []float64 `json:"f4"`
				SSE float64
			}
		} `json:"hw_quarterly"`
	}
	if err := json.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	f := must[float64](t)
	near(t, "M .5", f(Mismatch(vacancies, seekers, .5)), w.M5)
	near(t, "M .65", f(Mismatch(vacancies, seekers, .65)), w.M65)
	near(t, "M^u", f(MismatchSimple(vacancies, seekers)), w.Mu)
	m, mean, err := MismatchEfficiency(vacancies, seekers, phi, .5)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "M_phi", m, w.Mphi)
	near(t, "mean phi", mean, w.PhiBar)
	near(t, "cosine", f(Cosine(vacancies, seekers)), w.Cosine)
	near(t, "JSD nat", f(JSDivergence(vacancies, seekers, Nats)), w.JSDNat)
	near(t, "JSD bit", f(JSDivergence(vacancies, seekers, Bits)), w.JSDBits)
	near(t, "distance", f(JSDistance(vacancies, seekers, Nats)), w.JSDistance)
	near(t, "BC", f(Bhattacharyya(vacancies, seekers)), w.BC)
	nearAll(t, "LQ", must[[]float64](t)(LocationQuotient(zone0, country0)), w.LQ)
	near(t, "Krugman", f(Krugman(zone0, country0)), w.Krugman)
	near(t, "HHI", f(HHI(zone0)), w.HHI)
	near(t, "HHI norm", f(HHINormalised(zone0)), w.HHINorm)
	near(t, "Theil T", f(TheilT(zone0)), w.TheilT)
	near(t, "Theil L", f(TheilL(zone0)), w.TheilL)
	near(t, "Gini", f(Gini(zone0)), w.Gini)
	near(t, "Gini norm", f(GiniNormalised(zone0)), w.GiniNorm)
	s := must[Shift](t)(ShiftShare(zone0, zone1, country0, country1))
	nearAll(t, "shift-share", []float64{s.National, s.Mix, s.Regional}, []float64{w.Shift.NS, w.Shift.IM, w.Shift.RS})
	for year, v := range w.CCD2.Years {
		c := must[Coupling](t)(CouplingClassic(v[:2], nil))
		nearAll(t, "coupling "+year, []float64{c.C, c.T, c.D}, v[2:])
	}
	if len(w.CCD2.Years) != 4 || len(w.CCDToy) != 6 {
		t.Errorf("%d and %d coupling examples", len(w.CCD2.Years), len(w.CCDToy))
	}
	for _, pair := range []string{"0.549/0.0593", "0.673/0.4812", "0.9875/0.5573"} {
		var u [2]float64
		for i, text := range strings.Split(pair, "/") {
			u[i], _ = strconv.ParseFloat(text, 64)
		}
		c := must[Coupling](t)(CouplingClassic(u[:], nil))
		nearAll(t, "classic "+pair, []float64{c.C, c.T, c.D}, w.CCDToy[pair])
		c = must[Coupling](t)(CouplingModified(u[:], nil))
		nearAll(t, "modified "+pair, []float64{c.C, c.T, c.D}, w.CCDToy["wang "+pair])
	}
	terms := []string{"PLC", "机器人", "熔炼", "英语", "质检", "项目管理"}
	idf, words, err := TFIDFCounts([][]float64{{1, 0, 1, 0, 1, 0}, {1, 2, 0, 0, 0, 0}, {0, 0, 3, 0, 1, 0}, {0, 0, 0, 1, 0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	for i, term := range terms {
		near(t, "idf "+term, idf[i], w.TFIDF.IDF[term])
		for j, v := range w.TFIDF.Vocab {
			if v == term {
				for d := range words {
					near(t, "tf-idf "+term, words[d][i], w.TFIDF.Rows[d][j])
				}
			}
		}
	}
	_, rows, err := TFIDFCounts([][]float64{{3, 0, 1}, {2, 0, 0}, {3, 0, 0}, {4, 0, 0}, {3, 2, 0}, {3, 0, 2}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		nearAll(t, "scikit-learn", rows[i], w.SKLearn[i])
	}
	years := must[[]CohortYear](t)(Cohort{Stock: 473, Quit: .04, Retire: .015, Inflow: 60, Demand: 520, Growth: .12}.Forecast(len(w.Cohort)))
	for i, y := range years {
		nearAll(t, "cohort", []float64{y.Supply, y.Demand, y.Gap, y.Share}, w.Cohort[i])
	}
	h := must[Forecast](t)(Holt(w.Holt.X, Smoothing{Alpha: .6, Beta: .3}, 3))
	nearAll(t, "Holt", append([]float64{h.Level, h.Trend, h.SSE}, h.Values...), append([]float64{w.Holt.A, w.Holt.B, w.Holt.SSE}, w.Holt.F...))
	p := Smoothing{Alpha: .5, Beta: .1, Gamma: .3}
	add := must[Forecast](t)(HoltWinters(w.HW.X, 4, Additive, p, 4))
	nearAll(t, "additive", append(add.Values, add.SSE), append(w.HW.Add.F4, w.HW.Add.SSE))
	mult := must[Forecast](t)(HoltWinters(w.HW.X, 4, Multiplicative, p, 4))
	nearAll(t, "multiplicative", append(mult.Values, mult.SSE), append(w.HW.Mult.F4, w.HW.Mult.SSE))
}
