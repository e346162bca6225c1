package pipeline

import (
	"testing"
	"time"
)

// A start asks once for the last slots of all jobs, however many there are.
func TestLastSlots(t *testing.T) {
	l, _ := testLoader(t)
	day := func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
	for _, r := range []Run{
		{Kind: "job", Job: "slots-a", Slot: day(2024)},
		{Kind: "job", Job: "slots-a", Slot: day(2025)},
		{Kind: "job", Job: "slots-a", Slot: day(2031)},
		{Kind: "job", Job: "slots-b", Slot: day(2030)},
		{Kind: "load", Job: "slots-c", Slot: day(2025)},
	} {
		r.ID, r.Started, r.State = NewRun(day(2026)), day(2026), Published
		if err := l.PutRun(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.LastSlots(t.Context(), day(2026))
	if err != nil {
		t.Fatal(err)
	}
	for job, want := range map[string][2]time.Time{"slots-a": {day(2025), day(2031)}, "slots-b": {{}, day(2030)}, "slots-c": {}} {
		if s := got[job]; !s.Last.Equal(want[0]) || !s.Ahead.Equal(want[1]) {
			t.Errorf("%s: %s, ahead %s", job, s.Last, s.Ahead)
		}
	}
}
