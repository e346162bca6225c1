package quality_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/quality"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Of two senders it is said what came, what came again, what was refused and for what, and which of what they owed came in time;
// what was due before the store took anything is judged of nobody.
func TestOf(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	send := func(sender, month, rows string) {
		t.Helper()
		path := filepath.Join(t.TempDir(), sender+"_引进与流出_"+month+".csv")
		if err := os.WriteFile(path, []byte("身份证号,日期,环节,薪资\n"+rows), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "moves"}); err != nil && !isProblem(err) {
			t.Fatal(err)
		}
	}
	good := func(month string) string {
		return fmt.Sprintf("110101199003070054,%s-01,a,1\n110101199003070054,%[1]s-02,a,2\n110101199003070054,%[1]s-03,b,3\n", month)
	}
	now := time.Now().UTC()
	l.Now = func() time.Time { return now.AddDate(0, 0, -5) }
	send("甲局", "2026-05", good("2026-05"))
	l.Now = nil
	send("甲局", "2026-06", good("2026-06")+"110101199003070054,2026-06-31,a,1\n") // no such day
	send("甲局", "2026-06", good("2026-06"))                                       // mended
	send("甲局", "2026-06", good("2026-06"))                                       // the same again is nothing new
	send("乙局", "2026-06", "没有身份证号,2026-06-01,a,1\n没有身份证号,2026-06-02,a,1\n")      // most of it refused: nothing is taken
	send("乙局", "2024-05", good("2024-05"))                                       // before the months that are asked for

	today := days.Date(now.Year(), now.Month(), now.Day())
	of := func(sender string, month time.Month, due days.Day, state duty.State, overdue bool) duty.Owed {
		return duty.Owed{Duty: duty.Duty{Dataset: "moves", Sender: sender, Every: days.Month}, Period: days.Month.Of(days.Date(2026, month, 1)), DueOn: due, State: state, Overdue: overdue}
	}
	owed := map[string][]duty.Owed{"moves": {
		of("甲局", 6, today.AddDate(0, 0, -2), duty.Complete, false),
		of("甲局", 5, today.AddDate(0, 0, -5), duty.Complete, false),
		of("甲局", 4, today.AddDate(0, 0, -6), duty.Complete, false), // due before anything was taken
		of("甲局", 7, today.AddDate(0, 0, 9), duty.Due, false),
		of("乙局", 6, today.AddDate(0, 0, 1), duty.Late, true),
	}}
	span := quality.Span{Months: days.Range{From: days.Date(2026, 1, 1), To: days.Date(2027, 1, 1)}, Office: time.UTC}
	got, err := quality.Of(t.Context(), l.DB, span, owed)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Since.Equal(today.AddDate(0, 0, -5)) || len(got.Senders) != 2 {
		t.Fatalf("%+v", got)
	}
	worst, other := got.Senders[0], got.Senders[1]
	if want := (quality.Tally{Due: 1, Missing: 1, Files: 1, Refused: 1, Read: 2, Rejected: 2}); worst.Name != "乙局" || worst.Tally != want {
		t.Errorf("%s %+v, want %+v", worst.Name, worst.Tally, want)
	}
	if want := (quality.Tally{Due: 2, OnTime: 1, Late: 1, Files: 3, Again: 1, Read: 10, Rejected: 1}); other.Name != "甲局" || other.Tally != want {
		t.Errorf("%s %+v, want %+v", other.Name, other.Tally, want)
	}
	if share, ok := other.Share(); !ok || share != 0.1 {
		t.Errorf("share %v %v", share, ok)
	}
	if len(other.Months) != 12 || other.Months[4].Files != 1 || other.Months[5].Files != 2 || other.Months[4].OnTime != 1 || other.Months[5].Late != 1 || other.Months[6] != (quality.Month{From: days.Date(2026, 7, 1)}) {
		t.Errorf("months %+v", other.Months)
	}
	if len(other.Whys) != 1 || other.Whys[0].Column != "date" || other.Whys[0].Cells != 1 || other.Whys[0].Reason.Zh == "" {
		t.Errorf("whys %+v", other.Whys)
	}
	if len(worst.Whys) != 1 || worst.Whys[0].Column != "person" || worst.Whys[0].Cells != 2 {
		t.Errorf("whys %+v", worst.Whys)
	}
	// Who asks for one sender hears of no other.
	span.Senders = []string{"乙局"}
	if got, err = quality.Of(t.Context(), l.DB, span, owed); err != nil || len(got.Senders) != 1 || got.Senders[0].Name != "乙局" {
		t.Fatalf("%+v %v", got, err)
	}
}

func isProblem(err error) bool {
	var p *pipeline.Problem
	return errors.As(err, &p)
}
