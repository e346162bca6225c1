package metric

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestShift(t *testing.T) {
	d := func(s string) Day {
		v, err := ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		compare            Compare
		grain              Grain
		from, to           string
		baseFrom, baseTill string
	}{
		{YearOnYear, Total, "2026-01-01", "2026-07-01", "2025-01-01", "2025-07-01"},
		{YearOnYear, Month, "2024-02-01", "2024-03-01", "2023-02-01", "2023-03-01"},
		{YearOnYear, Total, "2024-02-01", "2024-02-29", "2023-02-01", "2023-03-01"}, // to 28 February: all of it in 2023
		{Previous, Month, "2026-03-01", "2026-04-01", "2026-02-01", "2026-03-01"},
		{Previous, Month, "2026-03-01", "2026-03-31", "2026-02-01", "2026-03-01"}, // 30 days of March: the whole of February
		{Previous, Month, "2026-03-01", "2026-03-11", "2026-02-01", "2026-02-11"},
		{Previous, Half, "2026-01-01", "2026-07-01", "2025-07-01", "2026-01-01"},
		{Previous, Total, "2026-01-01", "2026-07-01", "2025-07-01", "2026-01-01"},
		{Previous, Total, "2026-06-03", "2026-06-10", "2026-05-27", "2026-06-03"},
		{Previous, Year, "2026-01-01", "2026-07-01", "2025-01-01", "2025-07-01"},
	} {
		s := back(c.compare, window{From: d(c.from), To: d(c.to), Grain: c.grain})
		if got := day(s.from(d(c.from))); got != c.baseFrom {
			t.Errorf("%+v: from %s", c, got)
		}
		if got := day(s.to(d(c.to))); got != c.baseTill {
			t.Errorf("%+v: to %s", c, got)
		}
	}
}

// Periods tile the window: no gap, no overlap, borders where the grain has them.
func TestPeriodsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := Date(2000, 1, 1).AddDate(0, 0, rapid.IntRange(0, 15000).Draw(t, "from"))
		w := window{From: from, To: from.AddDate(0, 0, rapid.IntRange(1, 2000).Draw(t, "days")), Grain: rapid.SampledFrom([]Grain{Total, Ten, Month, Quarter, Half, Year}).Draw(t, "grain")}
		if err := w.check(); err != nil {
			t.Fatal(err)
		}
		at := w.From
		for i, p := range w.periods() {
			if !p.From.Equal(at) || !p.From.Before(p.To) {
				t.Fatalf("%v begins at %v", p, at)
			}
			if i > 0 && !w.Grain.Start(p.From).Equal(p.From) {
				t.Fatalf("%v is no border", p.From)
			}
			for d := p.From; w.Grain != Total && d.Before(p.To); d = d.AddDate(0, 0, 13) {
				if !w.Grain.Start(d).Equal(w.Grain.Start(p.From)) {
					t.Fatalf("%v lies in another period than %v", d, p.From)
				}
			}
			at = p.To
		}
		if !at.Equal(w.To) {
			t.Fatalf("ends at %v, not %v", at, w.To)
		}
	})
}

// A window shifted back has as many periods, so that they can be compared one by one, and each is
// the shifted one: wherever the window begins and ends.
func TestShiftKeepsPeriods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grain := rapid.SampledFrom([]Grain{Total, Month, Quarter, Half, Year}).Draw(t, "grain")
		from := Date(2000, 1, 1).AddDate(0, 0, rapid.IntRange(0, 12000).Draw(t, "from"))
		w := window{From: from, To: from.AddDate(0, 0, rapid.IntRange(1, 1500).Draw(t, "days")), Grain: grain}
		c := rapid.SampledFrom([]Compare{YearOnYear, Previous}).Draw(t, "compare")
		s := back(c, w)
		base := window{From: s.from(w.From), To: s.to(w.To), Grain: grain}
		ps, bs := w.periods(), base.periods()
		if len(bs) != len(ps) {
			t.Fatalf("%v %v: %d periods, base %v %d", c, w, len(ps), base, len(bs))
		}
		for i, p := range ps {
			if !bs[i].From.Equal(s.from(p.From)) || !bs[i].To.Equal(s.to(p.To)) {
				t.Fatalf("%v %v: period %v is compared with %v", c, w, p, bs[i])
			}
			if !bs[i].To.Before(p.To) {
				t.Fatalf("%v %v: period %v is compared with %v, which is not earlier", c, w, p, bs[i])
			}
		}
	})
}

func TestInvalidPeriods(t *testing.T) {
	c := catalog(t)
	for name, q := range map[string]Query{
		"no period":    {Metric: "inflow"},
		"local time":   {Metric: "inflow", From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("x", 3600)), To: Date(2026, 2, 1)},
		"not midnight": {Metric: "inflow", From: Date(2026, 1, 1).Add(time.Hour), To: Date(2026, 2, 1)},
		"backwards":    {Metric: "inflow", From: Date(2026, 2, 1), To: Date(2026, 1, 1)},
		"ancient":      {Metric: "inflow", From: Date(1900, 2, 1), To: Date(2026, 1, 1)},
		"far":          {Metric: "inflow", From: Date(2026, 2, 1), To: Date(9999, 1, 1)},
		"too many":     {Metric: "inflow", From: Date(1970, 1, 1), To: Date(2199, 1, 1), Grain: Month},
		"grain":        {Metric: "inflow", From: Date(2026, 1, 1), To: Date(2026, 2, 1), Grain: "week"},
		"compare":      {Metric: "inflow", From: Date(2026, 1, 1), To: Date(2026, 2, 1), Compare: "qoq"},
		"limit":        {Metric: "inflow", From: Date(2026, 1, 1), To: Date(2026, 2, 1), Limit: -1},
		"no values":    {Metric: "inflow", From: Date(2026, 1, 1), To: Date(2026, 2, 1), Where: []Filter{{Dim: "node"}}},
		"NUL":          {Metric: "inflow", From: Date(2026, 1, 1), To: Date(2026, 2, 1), Where: []Filter{{"node", []string{"a\x00b"}}}},
		"many values":  {Metric: "inflow", From: Date(2026, 1, 1), To: Date(2026, 2, 1), Where: []Filter{{"node", make([]string, 1001)}}},
	} {
		if _, err := c.Compile(q); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := ParseDay("2026-02-30"); !errors.Is(err, ErrInvalid) {
		t.Errorf("30 February: got %v", err)
	}
}
