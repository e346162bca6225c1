package days

import (
	"testing"

	"yanzhen/pipeline/codes"

	"pgregory.net/rapid"
)

func day(t *testing.T, s string) Day {
	t.Helper()
	d, ok := ParseDay(s)
	if !ok {
		t.Fatalf("%s is no day", s)
	}
	return d
}

func TestShift(t *testing.T) {
	const lastYear = "last year"
	for _, c := range []struct {
		grain              Grain
		from, to           string
		baseFrom, baseTill string
	}{
		{lastYear, "2026-01-01", "2026-07-01", "2025-01-01", "2025-07-01"},
		{lastYear, "2024-02-01", "2024-03-01", "2023-02-01", "2023-03-01"},
		{lastYear, "2024-02-01", "2024-02-29", "2023-02-01", "2023-03-01"}, // to 28 February: all of it in 2023
		{Month, "2026-03-01", "2026-04-01", "2026-02-01", "2026-03-01"},
		{Month, "2026-03-01", "2026-03-31", "2026-02-01", "2026-03-01"}, // 30 days of March: the whole of February
		{Month, "2026-03-01", "2026-03-11", "2026-02-01", "2026-02-11"},
		{Half, "2026-01-01", "2026-07-01", "2025-07-01", "2026-01-01"},
		{Total, "2026-01-01", "2026-07-01", "2025-07-01", "2026-01-01"},
		{Total, "2026-06-03", "2026-06-10", "2026-05-27", "2026-06-03"},
		{Year, "2026-01-01", "2026-07-01", "2025-01-01", "2025-07-01"},
	} {
		r := Range{day(t, c.from), day(t, c.to)}
		s := YearBefore
		if c.grain != lastYear {
			s = r.Before(c.grain)
		}
		if got := s.Of(r); ISO(got.From) != c.baseFrom || ISO(got.To) != c.baseTill {
			t.Errorf("%+v: from %s to %s", c, ISO(got.From), ISO(got.To))
		}
	}
}

// Periods tile the range: no gap, no overlap, borders where the grain has them.
func TestPeriodsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := Date(2000, 1, 1).AddDate(0, 0, rapid.IntRange(0, 15000).Draw(t, "from"))
		r := Range{from, from.AddDate(0, 0, rapid.IntRange(1, 2000).Draw(t, "days"))}
		grain := rapid.SampledFrom([]Grain{Total, Ten, Month, Quarter, Half, Year}).Draw(t, "grain")
		at := r.From
		for i, p := range r.Cut(grain) {
			if !p.From.Equal(at) || !p.From.Before(p.To) {
				t.Fatalf("%v begins at %v", p, at)
			}
			if i > 0 && !grain.Start(p.From).Equal(p.From) {
				t.Fatalf("%v is no border", p.From)
			}
			for d := p.From; grain != Total && d.Before(p.To); d = d.AddDate(0, 0, 13) {
				if !grain.Start(d).Equal(grain.Start(p.From)) || !grain.Of(d).Holds(p.From) {
					t.Fatalf("%v lies in another period than %v", d, p.From)
				}
			}
			at = p.To
		}
		if !at.Equal(r.To) {
			t.Fatalf("ends at %v, not %v", at, r.To)
		}
	})
}

// A range shifted back has as many periods, so that they can be compared one by one, and each is
// the shifted one: wherever the range begins and ends.
func TestShiftKeepsPeriods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grain := rapid.SampledFrom([]Grain{Total, Month, Quarter, Half, Year}).Draw(t, "grain")
		from := Date(2000, 1, 1).AddDate(0, 0, rapid.IntRange(0, 12000).Draw(t, "from"))
		r := Range{from, from.AddDate(0, 0, rapid.IntRange(1, 1500).Draw(t, "days"))}
		s := rapid.SampledFrom([]Shift{YearBefore, r.Before(grain)}).Draw(t, "shift")
		ps, bs := r.Cut(grain), s.Of(r).Cut(grain)
		if len(bs) != len(ps) {
			t.Fatalf("%v by %q: %d periods, %v back %d", r, grain, len(ps), s, len(bs))
		}
		for i, p := range ps {
			if bs[i] != s.Of(p) {
				t.Fatalf("%v by %q: period %v is compared with %v", r, grain, p, bs[i])
			}
			if !bs[i].To.Before(p.To) {
				t.Fatalf("%v by %q: period %v is compared with %v, which is not earlier", r, grain, p, bs[i])
			}
		}
	})
}

func TestNewYears(t *testing.T) {
	if _, err := ParseNewYears([]string{"2026-02-30"}); err == nil {
		t.Error("30 February is an eve")
	}
	n, err := ParseNewYears([]string{"2024-02-09", "2025-01-28", "2026-02-16"})
	if err != nil {
		t.Fatal(err)
	}
	if first, last := n.Years(); first != 2024 || last != 2026 {
		t.Errorf("the years are %d to %d", first, last)
	}
	if r, ok := n.Around(2026, 15, 15); !ok || r.Days() != 31 || ISO(r.From) != "2026-02-01" {
		t.Errorf("around 2026: %v, %v", r, ok)
	}
	for _, c := range []struct {
		from, to, want string
		missing        int
	}{
		{"2026-02-11", "2026-02-21", "2025-01-23/2025-02-02", 0}, // the eve is 384 days after the one before
		{"2025-11-01", "2025-12-01", "2024-10-13/2024-11-12", 0}, // the eve of 2026 is nearer
		{"2024-02-01", "2024-03-01", "", 2023},
		{"2026-12-01", "2027-01-01", "", 2027},
	} {
		got, missing := n.YearBefore(Range{day(t, c.from), day(t, c.to)})
		if got.String() != c.want || missing != c.missing {
			t.Errorf("%s to %s: got %s, missing %d", c.from, c.to, got, missing)
		}
	}
	months := Range{day(t, "2025-12-01"), day(t, "2026-02-01")}.WithNewYear()
	if got := JoinNewYear(months.Cut(Month)); len(got) != 2 || got[1].String() != "2026-01-01/2026-03-01" {
		t.Errorf("from December to January: %v", got)
	}
}

func TestRelative(t *testing.T) {
	for name, want := range map[string]string{
		"as_of": "2026-08-20/2026-08-21", "month": "2026-07", "quarter": "2026-Q2", "half": "2026-H1", "year": "2025", "year_3": "2022",
		"this_year": "2026-01-01/2026-08-21", "last_12m": "2025-09-01/2026-08-21", "24m": "2024-09-01/2026-08-21", "60m": "2021-09-01/2026-08-21",
		"all": "1990-01-01/2026-08-21", "unknown": "2025-09-01/2026-08-21",
	} {
		if got := Relative(name, Date(2026, 8, 20)).String(); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	// the last day of a month, of a half and of a year end them
	for name, want := range map[string]string{"month": "2026-06", "half": "2026-H1", "last_12m": "2025-07-01/2026-07-01", "year": "2025"} {
		if got := Relative(name, Date(2026, 6, 30)).String(); got != want {
			t.Errorf("%s on the last of June: got %s, want %s", name, got, want)
		}
	}
}

func TestGrainOf(t *testing.T) {
	for grain, want := range map[Grain]string{Ten: "2026-08-21/2026-09-01", Month: "2026-08", Quarter: "2026-Q3", Half: "2026-H2", Year: "2026"} {
		if got := grain.Of(Date(2026, 8, 31)).String(); got != want {
			t.Errorf("%s: got %s, want %s", grain, got, want)
		}
		if got := grain.Of(Date(2026, 8, 31)).Grain(); got != grain {
			t.Errorf("%s is %q", want, got)
		}
	}
}

func TestRelativeLabels(t *testing.T) {
	date := Date
	for _, c := range []struct {
		name     string
		data     Day
		from, to Day
		zh, en   string
	}{
		{"half", date(2026, 6, 30), date(2026, 1, 1), date(2026, 7, 1), "2026 年上半年", "H1 2026"},
		{"half", date(2026, 6, 29), date(2025, 7, 1), date(2026, 1, 1), "2025 年下半年", "H2 2025"},
		{"year", date(2026, 6, 30), date(2025, 1, 1), date(2026, 1, 1), "2025 年", "2025"},
		{"year", date(2025, 12, 31), date(2025, 1, 1), date(2026, 1, 1), "2025 年", "2025"},
		{"quarter", date(2026, 5, 31), date(2026, 1, 1), date(2026, 4, 1), "2026 年第 1 季度", "Q1 2026"},
		{"month", date(2026, 6, 30), date(2026, 6, 1), date(2026, 7, 1), "2026 年 6 月", "Jun 2026"},
		{"month", date(2024, 2, 28), date(2024, 1, 1), date(2024, 2, 1), "2024 年 1 月", "Jan 2024"},
		{"as_of", date(2026, 6, 30), date(2026, 6, 30), date(2026, 7, 1), "2026 年 6 月 30 日", "30 Jun 2026"},
		{"this_year", date(2026, 6, 30), date(2026, 1, 1), date(2026, 7, 1), "2026 年上半年", "H1 2026"},
		{"last_12m", date(2026, 6, 30), date(2025, 7, 1), date(2026, 7, 1), "2025 年 7 月—2026 年 6 月", "Jul 2025 – Jun 2026"},
		{"last_12m", date(2026, 6, 15), date(2025, 7, 1), date(2026, 6, 16), "2025-07-01 至 2026-06-15", "1 Jul 2025 – 15 Jun 2026"},
		{"36m", date(2026, 6, 30), date(2023, 7, 1), date(2026, 7, 1), "2023 年 7 月—2026 年 6 月", "Jul 2023 – Jun 2026"},
	} {
		got := Relative(c.name, c.data)
		if !got.From.Equal(c.from) || !got.To.Equal(c.to) {
			t.Errorf("%s of %s: got [%s, %s), want [%s, %s)", c.name, c.data.Format("2006-01-02"), got.From.Format("2006-01-02"), got.To.Format("2006-01-02"), c.from.Format("2006-01-02"), c.to.Format("2006-01-02"))
		}
		if got.Label(codes.Zh) != c.zh || got.Label(codes.En) != c.en {
			t.Errorf("%s of %s: says %q, %q, want %q, %q", c.name, c.data.Format("2006-01-02"), got.Label(codes.Zh), got.Label(codes.En), c.zh, c.en)
		}
	}
}
