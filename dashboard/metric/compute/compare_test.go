package compute_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/days"
)

// What a state is compared with: under any window the state before, and of a lone day the end of the month before.
func TestStateAgainstThePeriodBefore(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	d := days.Date
	stage.Load(t, "talents", []string{"person", "class", "recognised_on", "enterprise", "node"}, [][]string{
		{"1", "E", "2025-01-05", "甲", "magnetic.motor"}, {"2", "A", "2026-02-06", "甲", "magnetic.motor"}, {"3", "A", "2026-03-12", "乙", "magnetic.raw"},
	}, "2025-01-01..2026-03-31")
	said := func(q metric.Query) string {
		t.Helper()
		q.Metric, q.Compare = "talent_stock", metric.Previous
		r, err := e.Run(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		var out []string
		for _, p := range r.Points {
			out = append(out, fmt.Sprintf("%v<%v", value(p), *p.Base))
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		q    metric.Query
		want string
	}{
		{metric.Query{From: d(2026, 3, 20), To: d(2026, 3, 21)}, "3<2"},
		{metric.Query{From: d(2026, 1, 1), To: d(2026, 4, 1), Grain: days.Month}, "1<1 2<1 3<2"},
		{metric.Query{From: d(2026, 1, 1), To: d(2026, 4, 1), Grain: days.Month, Window: days.Rolling12}, "1<1 2<1 3<2"},
		{metric.Query{From: d(2026, 3, 1), To: d(2026, 4, 1), Grain: days.Ten, Window: days.Rolling3}, "2<2 3<2 3<3"},
	} {
		if got := said(c.q); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.q, got, c.want)
		}
	}
	// three months that end with an unfinished year are the last there are
	r, err := e.Run(t.Context(), metric.Query{Metric: "talent_recognised", From: d(2025, 1, 1), To: d(2027, 1, 1), Grain: days.Year, Window: days.Rolling3})
	if err != nil || len(r.Points) != 2 {
		t.Fatalf("got %v, %v", r, err)
	}
	if p := r.Points[1]; !p.Since.Equal(d(2026, 1, 1)) || !p.Until.Equal(d(2026, 4, 1)) || value(p) != 2 || !p.Partial {
		t.Errorf("got %+v", p)
	}
}

// Day by day around the eve, counted up, against a plain count.
func TestAroundEve(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	// the eves are 28 January 2025 and 16 February 2026; somebody who comes twice is one person
	stage.Load(t, "arrivals", append(arrivalsHeader, "first_local", "education", "birth_date"), [][]string{
		{"1", "2025-01-26", "in", "甲", "magnetic.raw", "1", "21", "2000-01-01"},
		{"2", "2025-01-29", "in", "甲", "magnetic.raw", "1", "21", "2000-01-01"},
		{"1", "2026-02-14", "in", "甲", "magnetic.raw", "1", "21", "2000-01-01"},
		{"3", "2026-02-16", "in", "甲", "superalloy.raw", "1", "21", "2000-01-01"},
		{"1", "2026-02-17", "in", "甲", "magnetic.raw", "1", "21", "2000-01-01"},
	}, "2025-01-01..2026-02-17")
	said := func(q metric.Query, year, beside int) string {
		t.Helper()
		r, err := e.AroundEve(t.Context(), q, year, beside, beside)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if eve, ok := cat.NewYears().Eve(year); !ok || !r.Eve.Equal(eve) {
			t.Errorf("eve %v, want %v", r.Eve, eve)
		}
		var out []string
		for i, p := range r.Points {
			if want := r.Eve.AddDate(0, 0, i-beside); !p.From.Equal(want) {
				t.Errorf("day %v, want %v", p.From, want)
			}
			if out = append(out, fmt.Sprint(value(p))); p.Value == nil {
				out[i] = p.Why
			}
		}
		return strings.Join(out, " ")
	}
	people := metric.Query{Metric: "graduates_introduced"}
	raw := metric.Query{Metric: "inflow", Where: []metric.Filter{{Dim: "chain", Values: []string{"magnetic"}}}}
	for _, c := range []struct {
		q    metric.Query
		year int
		want string
	}{
		{people, 2025, "1 1 1 2 2"},
		{people, 2026, "1 1 2 2 2"},
		{raw, 2026, "1 1 1 2 2"},
		{people, 2027, ""},
		{people, 2024, "no_data no_data no_data no_data no_data"},
	} {
		if got := said(c.q, c.year, 2); got != c.want {
			t.Errorf("%s %d: got %q, want %q", c.q.Metric, c.year, got, c.want)
		}
	}
	// the data end with February, 12 days after the eve
	if r, err := e.AroundEve(t.Context(), people, 2026, 15, 15); err != nil || len(r.Points) != 15+1+12 {
		t.Errorf("to the end of February: %v, %v", r, err)
	}
	for _, c := range []struct {
		name  string
		year  int
		days  int
		error string
	}{{"inflow", 2014, 2, "2015 to 2030"}, {"inflow", 2026, 100, "100 days"}, {"nothing", 2026, 2, "unknown metric"}} {
		if _, err := e.AroundEve(t.Context(), metric.Query{Metric: c.name}, c.year, c.days, c.days); !errors.Is(err, metric.ErrInvalid) || !strings.Contains(err.Error(), c.error) {
			t.Errorf("%s %d: got %v, want %q", c.name, c.year, err, c.error)
		}
	}
	// metrics of every kind but a forecast can be asked so
	asked := map[metric.Kind]int{}
	for _, m := range cat.Metrics() {
		if asked[m.Kind]++; asked[m.Kind] > 4 {
			continue
		}
		if m.Kind == metric.Forecasting {
			if _, err := e.AroundEve(t.Context(), metric.Query{Metric: m.Name}, 2026, 1, 1); !errors.Is(err, metric.ErrInvalid) {
				t.Errorf("%s: got %v, want a refusal", m.Name, err)
			}
			continue
		}
		if _, err := e.AroundEve(t.Context(), metric.Query{Metric: m.Name}, 2026, 1, 1); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}

// A code that a dimension cannot have is refused with those it can; a name, which no list has, is not.
func TestUnknownKey(t *testing.T) {
	cat, _, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	ask := func(dim, value string) error {
		_, err := e.Run(t.Context(), metric.Query{Metric: "talent_stock", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1), Where: []metric.Filter{{Dim: dim, Values: []string{value}}}})
		return err
	}
	for _, c := range []struct{ dim, value, says string }{
		{"chain", "zzz", "magnetic 磁性材料"},
		{"class", "6", "A A类"},
		{"node", "magnetic", "magnetic.motor 永磁电机"},
		{"country", "Atlantis", "in all"},
	} {
		if err := ask(c.dim, c.value); !errors.Is(err, metric.ErrInvalid) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.value) {
			t.Errorf("%s=%s: got %v, want %s", c.dim, c.value, err, c.says)
		}
	}
	for _, c := range []struct{ dim, value string }{{"chain", "magnetic"}, {"chain", ""}, {"class", "A"}, {"enterprise", "谁也不是"}, {"node", "magnetic.motor"}} {
		if err := ask(c.dim, c.value); err != nil {
			t.Errorf("%s=%s: %v", c.dim, c.value, err)
		}
	}
}
