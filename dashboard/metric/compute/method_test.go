package compute_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/configs"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/analysis"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse/warehousetest"
)

const methodsYAML = `
dimensions:
  - {name: node, title: {zh: 节点, en: Node}}
  - {name: enterprise, title: {zh: 单位, en: Employer}}
  - {name: occupation, title: {zh: 职业, en: Occupation}}
metrics:
  - &m {name: needed, title: {zh: 甲, en: A}, definition: {zh: 甲。, en: A.}, unit: 人, direction: up, every: year, kind: flow, from: vacancies, time: posted_on, value: sum(needed), dims: [node, enterprise, occupation]}
  - {name: applied, title: {zh: 乙, en: B}, definition: {zh: 乙。, en: B.}, unit: 人, direction: up, every: year, kind: flow, from: vacancies, time: posted_on, value: "sum(ifNull(applicants, 0))", dims: [node, enterprise, occupation]}
  - {name: filled, title: {zh: 丙, en: C}, definition: {zh: 丙。, en: C.}, unit: 人, direction: up, every: year, kind: flow, from: vacancies, time: posted_on, value: "sum(ifNull(filled, 0))", dims: [node, enterprise, occupation]}
`

func methodCatalog(t *testing.T, more string) (*metric.Catalog, *dataset.Catalog, error) {
	t.Helper()
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(methodsYAML, "&m ", "", 1)
	for _, line := range strings.Split(strings.TrimSpace(more), "\n") {
		text += "  - {title: {zh: 法, en: M}, definition: {zh: 法。, en: M.}, direction: context, every: year, kind: method, unit: 指数, " + strings.TrimSpace(line) + "}\n"
	}
	cat, err := metric.LoadFS(fstest.MapFS{"metrics/m.yaml": {Data: []byte(text)}}, sets.Datasets, sets.Lists)
	return cat, sets, err
}

// The worked numbers of the methods, as rows of a dataset asked for by a metric.
func TestMethods(t *testing.T) {
	cat, sets, err := methodCatalog(t, `
		name: m65, method: mismatch, args: [needed, applied], over: node, options: {alpha: 0.65}
		name: mphi, method: mismatch_efficiency, args: [needed, applied, filled], over: node, options: {alpha: 0.5}
		name: msimple, method: mismatch_simple, args: [needed, applied], over: node
		name: cos, method: cosine, args: [needed, applied], over: node
		name: jsn, method: js_divergence_nats, args: [needed, applied], over: node
		name: jsb, method: js_divergence_bits, args: [needed, applied], over: node
		name: jsd, method: js_distance_nats, args: [needed, applied], over: node
		name: conc, method: hhi, args: [needed], over: node
		name: lq, method: location_quotient, args: [needed, applied], over: node
		name: part, method: share, args: [needed], over: node
		name: heat, method: tf_idf, args: [needed], over: occupation, documents: enterprise
		name: rare, method: idf, args: [needed], over: occupation, documents: enterprise
		name: pair, method: coupling, args: [needed, applied, filled], over: node, options: {split: 1}
		name: pairc, method: coupling_degree, args: [needed, applied], over: node, options: {lower: [0, 0], upper: [200, 200], weights: equal, formula: modified, eps: 0}
		name: years, method: coupling, args: [needed, applied], over: period, options: {lower: [0, 0], upper: [1000, 10000], eps: 0}
		name: based, method: coupling_development, args: [needed, applied], over: period, options: {base_years: [2020, 2021], eps: 0}`)
	if err != nil {
		t.Fatal(err)
	}
	stage := metrictest.NewStage(stagetest.Open(t, sets), sets)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader")}
	header := []string{"posted_on", "node", "needed", "applicants", "filled", "enterprise", "occupation"}
	v, u, phi := []float64{120, 80, 60, 90, 50}, []float64{60, 100, 90, 70, 80}, []float64{12, 10, 8, 11, 9}
	var rows [][]string
	for i := range v {
		rows = append(rows, []string{"2026-01-10", fmt.Sprintf("n%d", i), fmt.Sprint(v[i]), fmt.Sprint(u[i]), fmt.Sprint(phi[i]), "甲", "工"})
	}
	for i, x := range [][2]int{{673, 4812}, {549, 593}, {987, 5573}} {
		rows = append(rows, []string{fmt.Sprintf("202%d-05-01", i), "magnetic.raw", fmt.Sprint(x[0]), fmt.Sprint(x[1]), "0", "甲", "工"})
	}
	for d, counts := range [][3]int{{3, 0, 1}, {2, 0, 0}, {3, 0, 0}, {4, 0, 0}, {3, 2, 0}, {3, 0, 2}} {
		for term, n := range counts {
			if n > 0 {
				rows = append(rows, []string{"2025-01-10", "magnetic.raw", fmt.Sprint(n), "0", "0", fmt.Sprintf("d%d", d+1), fmt.Sprintf("t%d", term+1)})
			}
		}
	}
	stage.Load(t, "vacancies", header, rows, "2020-01-01..2026-12-31")
	get := func(name string, year int, by ...string) map[string]float64 {
		t.Helper()
		from, to := days.Date(year, 1, 1), days.Date(year+1, 1, 1)
		r, err := e.Run(t.Context(), metric.Query{Metric: name, From: from, To: to, By: by})
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]float64{}
		for _, p := range r.Points {
			if p.Value == nil {
				t.Errorf("%s %v: %s", name, p.Keys, p.Why)
				continue
			}
			m[strings.Join(p.Keys, " ")] = *p.Value
		}
		return m
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: got %.9f, want %.9f", what, got, want)
		}
	}
	for name, want := range map[string]float64{
		"m65": 0.022102080, "mphi": 0.060801009, "msimple": 0.2, "cos": 0.909216874, "jsn": 0.023842362, "jsb": 0.034397257, "jsd": 0.154409721,
		"conc": 0.205, "lq": 1, "part": 100,
	} {
		if name == "conc" {
			want = (120.*120 + 80*80 + 60*60 + 90*90 + 50*50) / 160000
		}
		if got, ok := get(name, 2026)[""]; !ok {
			t.Errorf("%s: no number", name)
		} else {
			near(name, got, want)
		}
	}
	near("share", get("part", 2026, "node")["n0"], 30)

	heat := get("heat", 2025, "enterprise", "occupation")
	for k, want := range map[string]float64{"d1 t1": .85151335, "d1 t3": .52433293, "d5 t1": .55422893, "d5 t2": .83236428, "d6 t1": .63035731, "d6 t3": .77630514, "d2 t1": 1} {
		near(k, heat[k], want)
	}
	if len(heat) != 9 {
		t.Errorf("tf-idf: got %d numbers, want 9", len(heat))
	}
	near("idf", get("rare", 2025, "occupation")["t3"], math.Log(7./3)+1)

	// coupling over the nodes, from the functions themselves
	scaled := func(x []float64) []float64 {
		y, err := analysis.MinMax(x, analysis.More, 0.01)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	a, b, c := scaled(v), scaled(u), scaled(phi)
	second := make([][]float64, len(b))
	for i := range b {
		second[i] = []float64{b[i], c[i]}
	}
	w, _, err := analysis.EntropyWeights(second)
	if err != nil {
		t.Fatal(err)
	}
	byNode, mean := get("pair", 2026, "node"), 0.0
	for i := range a {
		d, err := analysis.CouplingClassic([]float64{a[i], w[0]*b[i] + w[1]*c[i]}, nil)
		if err != nil {
			t.Fatal(err)
		}
		near(fmt.Sprintf("D of n%d", i), byNode[fmt.Sprintf("n%d", i)], d.D)
		mean += d.D / float64(len(a))
	}
	near("mean D", get("pair", 2026)[""], mean)
	// with fixed bounds the level of n0 is (0.6, 0.3), whatever the others are
	near("modified C", get("pairc", 2026, "node")["n0"], math.Sqrt((1-0.3)*(0.3/0.6)))

	// the toy pairs of the literature, one a year
	r, err := e.Run(t.Context(), metric.Query{Metric: "years", From: days.Date(2020, 1, 1), To: days.Date(2023, 1, 1), Grain: days.Year})
	if err != nil || len(r.Points) != 3 {
		t.Fatalf("years: %v, %v", r, err)
	}
	near("2020", value(r.Points[0]), 0.754371323)
	near("2021", value(r.Points[1]), 0.424772859)
	// bounds of the base years: 2022 lies outside and is cut off, and no later year moves 2020
	r, err = e.Run(t.Context(), metric.Query{Metric: "based", From: days.Date(2020, 1, 1), To: days.Date(2023, 1, 1), Grain: days.Year})
	if err != nil || value(r.Points[0]) != 1 || value(r.Points[1]) != 0 || value(r.Points[2]) != 1 {
		t.Errorf("base years: got %+v, %v", r, err)
	}
	for q, want := range map[*metric.Query]string{
		{Metric: "heat"}: "occupation and enterprise", {Metric: "rare", By: []string{"occupation", "enterprise"}}: "cannot be cut",
		{Metric: "m65", By: []string{"node"}}: "cannot be cut",
	} {
		q.From, q.To = days.Date(2026, 1, 1), days.Date(2027, 1, 1)
		if _, err := e.Run(t.Context(), *q); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", q.Metric, err, want)
		}
	}
	// nothing to compute with: a reason, not a number
	p := one(t, e, metric.Query{Metric: "m65", From: days.Date(2023, 1, 1), To: days.Date(2024, 1, 1)})
	if p.Value != nil || p.Why != metric.WhyUndefined {
		t.Errorf("an empty year: got %+v", p)
	}
}

// What a method does not take is a fault of the file.
func TestBadMethods(t *testing.T) {
	for line, want := range map[string]string{
		"name: x, method: mismach, args: [needed, applied], over: node":                                       `is "mismach" (mismatch?)`,
		"name: x, method: mismatch, args: [needed], over: node":                                               "or one and reference",
		"name: x, method: mismatch, args: [needed, applied], over: node, options: {beta: 1}":                  `no option "beta"`,
		"name: x, method: mismatch, args: [needed, applied], over: node, options: {alpha: half}":              "expected a number",
		"name: x, method: mismatch, args: [needed, applied], over: period":                                    "cannot run over the periods",
		"name: x, method: coupling, args: [needed, applied], over: month":                                     "give it over: period",
		"name: x, method: coupling, args: [needed], over: node":                                               "2 metrics or more",
		"name: x, method: coupling, args: [needed, applied], over: node, options: {systems: [1, 2]}":          "systems of 3 metrics",
		"name: x, method: coupling, args: [needed, applied], over: node, options: {formula: third}":           "classic, modified",
		"name: x, method: hhi, args: [needed], over: node, reference: enterprise":                             "has no reference",
		"name: x, method: krugman, args: [needed], over: node, reference: node":                               "no other dimension",
		"name: x, method: tf_idf, args: [needed], over: node":                                                 "documents",
		"name: x, method: shift_mix, args: [needed, applied], over: month":                                    "give it over: period",
		"name: x, method: hhi, args: [needed], over: node, against: yoy":                                      "growth and shift-share",
		"name: x, method: location_quotient, args: [needed, applied], over: county":                           "over",
		"name: x, method: share, args: [needed], over: node, options: {z: [1, 2]}":                            "no option",
		"name: x, method: hhi, args: [m2], over: node":                                                        "unknown metric",
		"name: x, method: mismatch_efficiency, args: [needed, applied], over: node, options: {alpha: [0, 1]}": "takes 3 metrics",
	} {
		if _, _, err := methodCatalog(t, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", line, err, want)
		}
	}
}
