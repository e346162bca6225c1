package coverage

import (
	"strings"
	"testing"

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
		{&Dataset{Refused: 3}, "", "", "", false},
		{&Dataset{reported: true, Whole: duty.Coverage{Reported: 3, Due: 3}}, "报送 3/3", "3 of 3 senders", "", false},
		{
			&Dataset{reported: true, Whole: duty.Coverage{Reported: 3, Due: 3}, Days: july, Open: duty.Coverage{Reported: 1, Due: 3, Missing: []string{"乙", "丙"}}, Late: 2},
			"报送 3/3 · 2026 年 7 月初步 1/3 · 迟报 2 期", "3 of 3 senders · Jul 2026 provisional, 1 of 3 · 2 reports late", "2026 年 7 月 未报：乙、丙", true,
		},
	} {
		if zh, en := c.x.Reported(codes.Zh), c.x.Reported(codes.En); zh != c.zh || en != c.en {
			t.Errorf("got %q and %q, want %q and %q", zh, en, c.zh, c.en)
		}
		if got := c.x.Awaited(codes.Zh); got != c.awaited || c.x.Behind() != c.lateness {
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
