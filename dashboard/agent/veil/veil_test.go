package veil

import (
	"slices"
	"strings"
	"testing"

	"yanzhen/configs"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/dataset"
)

func sets(t *testing.T) (*metric.Catalog, []*dataset.Dataset) {
	t.Helper()
	catalog, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := metric.LoadFS(configs.FS, catalog.Datasets, catalog.Lists)
	if err != nil {
		t.Fatal(err)
	}
	var all []*dataset.Dataset
	for _, name := range catalog.Names() {
		all = append(all, catalog.Datasets[name])
	}
	return metrics, all
}

// A declaration that names what is not there hides nothing that was meant: it is refused, with what is wrong in both languages.
func TestBadDeclarations(t *testing.T) {
	_, all := sets(t)
	for want, h := range map[string]Hide{
		"benefit":            {Datasets: []string{"benefits", "benefit"}},
		"arrivals.employer":  {Columns: []string{"arrivals.employer"}},
		`"enterprise"`:       {Columns: []string{"enterprise"}},
		"arrivals.":          {Columns: []string{"arrivals."}},
		"names":              {Marks: []dataset.Personal{"names"}},
		"agents.hide.below:": {Below: 1},
		"-3":                 {Below: -3},
		"101":                {Below: 101},
	} {
		v, err := New(h, all)
		if err == nil || v != nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), " / ") {
			t.Errorf("%+v: %v, want %s", h, err, want)
		}
	}
}

// A hidden column is no dimension of any metric whose keys come from it, whatever the dimension is called there; what rests on a
// hidden dataset is not there.
func TestHides(t *testing.T) {
	metrics, all := sets(t)
	v, err := New(Hide{Columns: []string{"arrivals.enterprise", "arrivals.node"}, Datasets: []string{"benefits"}, Marks: []dataset.Personal{dataset.PersonalName}}, all)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := New(Hide{}, all)
	if err != nil {
		t.Fatal(err)
	}
	gone, cut := 0, 0
	for _, m := range metrics.Metrics() {
		if bare.Metric(m) || !slices.Equal(bare.Dims(metrics, m), m.Dims()) {
			t.Errorf("%s loses something where nothing is hidden", m.Name)
		}
		if hidden := slices.Contains(m.Datasets(), "benefits") || slices.Contains(m.Lookups(), "benefits"); v.Metric(m) != hidden {
			t.Errorf("%s: hidden %v", m.Name, v.Metric(m))
		} else if hidden {
			gone++
		}
		left := v.Dims(metrics, m)
		if !slices.Contains(m.Datasets(), "arrivals") {
			if !slices.Equal(left, m.Dims()) {
				t.Errorf("%s of %v loses dimensions: %v of %v", m.Name, m.Datasets(), left, m.Dims())
			}
			continue
		}
		for _, dim := range []string{"enterprise", "node", "chain"} { // a chain is read off the node
			if slices.Contains(left, dim) && slices.Equal(m.Datasets(), []string{"arrivals"}) {
				t.Errorf("%s is cut by %s", m.Name, dim)
			}
		}
		if len(left) < len(m.Dims()) {
			cut++
		}
	}
	if gone == 0 || cut < 10 || slices.Contains(v.Dims(metrics, metrics.Metric("net_inflow")), "enterprise") || !slices.Contains(v.Dims(metrics, metrics.Metric("inflow")), "origin_province") {
		t.Errorf("%d metrics are gone, %d lose dimensions", gone, cut)
	}
	arrivals := metrics.Dataset("arrivals")
	for column, want := range map[string]bool{"enterprise": true, "name": true, "origin_province": false, "": true, "用人单位": true} {
		if v.Column(arrivals, column) != want {
			t.Errorf("%q: hidden %v", column, !want)
		}
	}
	if !v.Column(nil, "x") || bare.Column(nil, "x") || bare.Column(arrivals, "name") || !v.Rows() || bare.Rows() {
		t.Error("what is of no dataset, or where nothing is hidden")
	}
}

// The rule for agents hides whatever the rule for everybody hides, and what is under its own number.
func TestNeverLooser(t *testing.T) {
	_, all := sets(t)
	datasets := []string{"arrivals", "benefits", "vacancies", "labour"}
	for _, r := range []small.Rule{{}, {K: 3}, {K: 20}, {Method: small.Off}, {Method: small.CellKeys}, {K: 8, Datasets: map[string]int{"benefits": 30, "labour": 0, "arrivals": 2}}} {
		for _, below := range []int{0, 2, 10, 25} {
			v, err := New(Hide{Below: below}, all)
			if err != nil {
				t.Fatal(err)
			}
			got := v.Rule(r)
			for _, name := range datasets {
				was, is := r.Least([]string{name}), got.Least([]string{name})
				if is < was || name == "arrivals" && is < below {
					t.Errorf("%+v with %d: of %s %d, where everybody has %d", r, below, name, is, was)
				}
			}
			if below == 0 && got.Least(datasets) != r.Least(datasets) || r.Way() == small.CellKeys && got.Way() != small.CellKeys {
				t.Errorf("%+v with %d: %+v", r, below, got)
			}
		}
	}
}
