package coverage

import (
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// What everybody has reported, what only some have, and what is late are told apart.
func TestReported(t *testing.T) {
	july := days.Month.Of(days.Date(2026, 7, 1))
	for _, c := range []struct {
		x        *Dataset
		zh, en   string
		awaited  string
		lateness bool
	}{
		{nil, "", "", "", false},
		{&Dataset{live: []pipeline.Live{{}}}, "", "", "", false},
		{&Dataset{reported: true, Whole: duty.Coverage{Reported: 3, Due: 3}}, "报送 3/3", "3 of 3 senders", "", false},
		{
			&Dataset{reported: true, Whole: duty.Coverage{Reported: 3, Due: 3}, Days: july, Open: duty.Coverage{Reported: 1, Due: 3, Missing: []string{"乙", "丙"}}, Late: 2},
			"报送 3/3 · 2026 年 7 月初步 1/3 · 迟报 2 期", "3 of 3 senders · Jul 2026 provisional, 1 of 3 · 2 reports late", "2026 年 7 月 未报：乙、丙", true,
		},
	} {
		if zh, en := c.x.Reported(codes.Zh), c.x.Reported(codes.En); zh != c.zh || en != c.en {
			t.Errorf("got %q and %q, want %q and %q", zh, en, c.zh, c.en)
		}
		if got := c.x.Awaited(strings.ToUpper, codes.Zh); got != c.awaited || c.x.Behind() != c.lateness {
			t.Errorf("awaited: got %q, late %v", got, c.x.Behind())
		}
	}
	if got := Year(days.Date(2026, 11, 28)); got != (days.Range{From: days.Date(2025, 12, 1), To: days.Date(2026, 12, 1)}) {
		t.Errorf("the year: %v", got)
	}
}

// The months of a row add up to a year, whatever is owed in them; the latest stands first.
func TestRowOf(t *testing.T) {
	year := Year(days.Date(2026, 11, 28))
	half := func(from string, state duty.State) duty.Owed {
		d, _ := days.ParseDay(from)
		return duty.Owed{Duty: duty.Duty{Sender: "甲", Every: days.Half, By: 10, Inferred: true}, Period: days.Half.Of(d), DueOn: d, State: state}
	}
	row := RowOf([]duty.Owed{half("2025-07-01", duty.Complete), half("2026-01-01", duty.Late)}, year, codes.Zh)
	var got []string
	months := 0
	for _, c := range row.Cells {
		got = append(got, c.State)
		months += c.Span
	}
	if want := ",,,,,late,complete"; strings.Join(got, ",") != want || months != 12 {
		t.Errorf("got %s over %d months, want %s", strings.Join(got, ","), months, want)
	}
	if row.Sender != "甲" || row.Every != "半年" || row.Origin != "推断" {
		t.Errorf("got %+v", row)
	}
}

// What a sender owes now is one line: the worst state, every period, the earliest day.
func TestBehindOf(t *testing.T) {
	of := func(month int, state duty.State, overdue bool) duty.Owed {
		p := days.Month.Of(days.Date(2026, time.Month(month), 1))
		return duty.Owed{Duty: duty.Duty{Sender: "甲"}, Period: p, DueOn: p.To.AddDate(0, 0, 10), State: state, Overdue: overdue}
	}
	b, ok := BehindOf([]duty.Owed{of(6, duty.Complete, false), of(7, duty.Partial, true), of(8, duty.Late, true), of(9, duty.Due, false), of(10, duty.Running, false)}, "引进", codes.Zh)
	want := Behind{Sender: "甲", Dataset: "引进", Periods: "2026 年 8 月、2026 年 7 月、2026 年 9 月", DueOn: "2026-08-11", State: "late", Text: "迟报 1 期、未报全 1 期、待报 1 期", N: 3, Overdue: 2}
	if !ok || b != want {
		t.Errorf("got %+v, want %+v", b, want)
	}
	if b, ok := BehindOf([]duty.Owed{of(6, duty.Complete, false), of(7, duty.Running, false)}, "引进", codes.Zh); ok {
		t.Errorf("nothing is owed: %+v", b)
	}
}
