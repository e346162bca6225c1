package compute_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/days"
)

// Windows, ten-day periods and comparisons aligned with the lunar new year, answered by plain Go over
// the same rows.
func TestWindows(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	r := rand.New(rand.NewPCG(5, 6))
	type move struct {
		person int
		date   time.Time
		chain  string
	}
	var moves []move
	var rows [][]string
	last := days.Date(2026, 5, 16)
	for i := range 4000 {
		m := move{i % 900, days.Date(2023, 7, 1+r.IntN(1051)), []string{"magnetic", "superalloy"}[r.IntN(2)]}
		if m.date.After(last) {
			continue
		}
		moves = append(moves, m)
		rows = append(rows, []string{fmt.Sprint(m.person), m.date.Format(time.DateOnly), "in", "甲", m.chain + ".raw", "1", "21", "2000-01-01"})
	}
	stage.Load(t, "arrivals", append(arrivalsHeader, "first_local", "education", "birth_date"), rows, "2023-07-01..2026-05-16")
	stage.Load(t, "vacancies", []string{"posted_on", "node", "needed", "enterprise", "occupation"}, [][]string{{"2026-06-16", "magnetic.motor", "7", "甲", "电工"}}, "2023-07-01..2026-06-16")
	// distinct people by chain: what adding up months would get wrong
	count := func(from, to time.Time, chain string) float64 {
		people := map[int]bool{}
		for _, m := range moves {
			if !m.date.Before(from) && m.date.Before(to) && (chain == "" || m.chain == chain) {
				people[m.person] = true
			}
		}
		return float64(len(people))
	}
	d := days.Date
	get := func(q metric.Query) []metric.Point {
		t.Helper()
		q.Metric = "graduates_introduced"
		res, err := e.Run(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		return res.Points
	}
	same := func(p metric.Point, from, to, baseFrom, baseTo time.Time) {
		t.Helper()
		chain := strings.Join(p.Keys, "")
		if p.Value == nil || *p.Value != count(from, to, chain) || !p.Since.Equal(from) {
			t.Errorf("%s %s: got %v since %v, want %v from %v", p.From.Format(time.DateOnly), chain, value(p), p.Since, count(from, to, chain), from)
		}
		if baseTo.IsZero() {
			return
		}
		if p.Base == nil || *p.Base != count(baseFrom, baseTo, chain) {
			t.Errorf("%s %s: base %v, want %v of %v..%v", p.From.Format(time.DateOnly), chain, p.Base, count(baseFrom, baseTo, chain), baseFrom, baseTo)
		}
	}
	back := func(day time.Time) time.Time { return day.AddDate(-1, 0, 0) }

	// cumulative January to N, by chain, against the same cut-off a year earlier
	ps := get(metric.Query{From: d(2025, 1, 1), To: d(2026, 4, 1), Grain: days.Month, By: []string{"chain"}, Compare: metric.YearToDateOnYear})
	if len(ps) != 30 {
		t.Fatalf("got %d points, want 30", len(ps))
	}
	for _, p := range ps {
		from := d(p.From.Year(), 1, 1)
		same(p, from, p.To, back(from), back(p.To))
	}
	// the unfinished quarter: to the end of May, which is as far as a month of data speaks
	ps = get(metric.Query{From: d(2026, 1, 1), To: d(2026, 7, 1), Grain: days.Quarter, Window: days.YearToDate, Compare: metric.YearOnYear})
	same(ps[1], d(2026, 1, 1), d(2026, 6, 1), d(2025, 1, 1), d(2025, 6, 1))
	if !ps[1].Partial || ps[0].Partial || !ps[1].To.Equal(d(2026, 7, 1)) {
		t.Errorf("partial: got %+v", ps)
	}
	// rolling, against the year before and against the months just before
	for _, c := range []struct {
		window days.Window
		months int
	}{{days.Rolling3, 3}, {days.Rolling12, 12}} {
		for _, p := range get(metric.Query{From: d(2025, 7, 1), To: d(2026, 3, 1), Grain: days.Month, Window: c.window, Compare: metric.Previous}) {
			from := p.To.AddDate(0, -c.months, 0)
			if base := from.AddDate(0, -c.months, 0); base.Before(d(2023, 7, 1)) {
				if p.Base != nil || p.WhyChange != metric.WhyNoData {
					t.Errorf("%v: a base that begins before the data: %v", p.From, p.Base)
				}
				same(p, from, p.To, base, time.Time{})
			} else {
				same(p, from, p.To, base, from)
			}
		}
	}
	p := get(metric.Query{From: d(2026, 5, 1), To: d(2026, 6, 1), Window: days.Rolling3, Compare: metric.YearOnYear})[0]
	same(p, d(2026, 3, 1), d(2026, 6, 1), d(2025, 3, 1), d(2025, 6, 1))

	// ten-day periods, against the ten days before: 21 to the end of the month is followed by 1 to 10
	ps = get(metric.Query{From: d(2026, 2, 1), To: d(2026, 4, 1), Grain: days.Ten, Compare: metric.Previous})
	if len(ps) != 6 {
		t.Fatalf("got %d ten-day periods, want 6", len(ps))
	}
	borders := []time.Time{d(2026, 1, 21), d(2026, 2, 1), d(2026, 2, 11), d(2026, 2, 21), d(2026, 3, 1), d(2026, 3, 11), d(2026, 3, 21), d(2026, 4, 1)}
	for i, p := range ps {
		same(p, borders[i+1], borders[i+2], borders[i], borders[i+1])
	}
	for _, p := range get(metric.Query{From: d(2025, 12, 11), To: d(2026, 3, 5), Grain: days.Ten, Compare: metric.YearOnYear, By: []string{"chain"}}) {
		same(p, p.From, p.To, back(p.From), back(p.To))
	}

	// January and February are one; the months after as usual
	ps = get(metric.Query{From: d(2026, 2, 1), To: d(2026, 5, 1), Grain: days.Month, Compare: metric.Spring})
	if len(ps) != 3 || !ps[0].From.Equal(d(2026, 1, 1)) || !ps[0].To.Equal(d(2026, 3, 1)) {
		t.Fatalf("merged: got %+v", ps)
	}
	for _, p := range ps {
		same(p, p.From, p.To, back(p.From), back(p.To))
	}
	// the fortnights around the eves of 16 February 2026 and 28 January 2025
	around, err := cat.AroundNewYear(2026, 14, 14)
	from, to := around.From, around.To
	if err != nil || !from.Equal(d(2026, 2, 2)) || !to.Equal(d(2026, 3, 3)) {
		t.Errorf("around: got %v, %v, %v", from, to, err)
	}
	same(get(metric.Query{From: from, To: to, Compare: metric.Spring})[0], from, to, d(2025, 1, 14), d(2025, 2, 12))
	// days before the eve that lie in the old year
	same(get(metric.Query{From: d(2024, 12, 29), To: d(2025, 1, 28), Compare: metric.Spring})[0], d(2024, 12, 29), d(2025, 1, 28), d(2024, 1, 10), d(2024, 2, 9))

	for _, c := range []struct {
		q    metric.Query
		want string
	}{
		{metric.Query{From: d(2031, 1, 1), To: d(2031, 3, 1), Compare: metric.Spring}, ""}, // after the data: no point, no error
		{metric.Query{From: d(2025, 1, 1), To: d(2026, 1, 1), Window: days.YearToDate, Compare: metric.Previous}, "yoy"},
		{metric.Query{From: d(2025, 1, 1), To: d(2026, 1, 1), Window: "r6"}, "r12"},
		{metric.Query{From: d(2012, 2, 1), To: d(2012, 3, 1), Compare: metric.Spring}, "2015 to 2030, not 2012"},
	} {
		c.q.Metric = "graduates_introduced"
		if _, err := e.Run(t.Context(), c.q); (err == nil) != (c.want == "") || err != nil && (!errors.Is(err, metric.ErrInvalid) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: got %v, want %q", c.q, err, c.want)
		}
	}
}

// A window does not sum a stock: January to March is the stock of the last day of March.
func TestWindowOfStock(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	header := []string{"person", "class", "recognised_on", "enterprise", "node"}
	stage.Load(t, "talents", header, [][]string{{"1", "E", "2025-01-05", "甲", "magnetic.motor"}, {"2", "A", "2026-02-06", "甲", "magnetic.motor"}}, "2025-01-01..2026-03-31")
	for _, w := range []days.Window{days.NoWindow, days.YearToDate, days.Rolling3, days.Rolling12} {
		res, err := e.Run(t.Context(), metric.Query{Metric: "talent_stock", From: days.Date(2026, 1, 1), To: days.Date(2026, 4, 1), Grain: days.Month, Window: w, Compare: metric.YearOnYear})
		if err != nil {
			t.Fatal(err)
		}
		var got []float64
		for _, p := range res.Points {
			got = append(got, value(p), *p.Base)
		}
		if fmt.Sprint(got) != "[1 1 2 1 2 1]" {
			t.Errorf("window %q: got %v, want [1 1 2 1 2 1]", w, got)
		}
	}
}

// Of a stock the greatest are those that are greatest at the end, not those that were there longest.
func TestLimitOfStock(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	header := []string{"person", "class", "recognised_on", "left_on", "enterprise", "node"}
	stage.Load(t, "talents", header, [][]string{
		{"1", "E", "2026-01-05", "2026-03-05", "甲", "magnetic.motor"}, {"2", "E", "2026-01-05", "2026-03-05", "甲", "magnetic.motor"}, {"3", "A", "2026-03-06", "-", "乙", "magnetic.raw"},
	}, "2026-01-01..2026-03-31")
	res, err := e.Run(t.Context(), metric.Query{Metric: "talent_stock", From: days.Date(2026, 1, 1), To: days.Date(2026, 4, 1), Grain: days.Month, By: []string{"node"}, Limit: 1})
	if err != nil || len(res.Points) != 3 || res.Points[0].Keys[0] != "magnetic.raw" {
		t.Errorf("got %+v, %v", res, err)
	}
}
