package sought_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/sought"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Loads are found by each of their marks, in pages that neither repeat nor lose one while others are recorded, and of the
// senders only whom the asker may see.
func TestFind(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	put := func(n int, file, sender string, state pipeline.State, when time.Time) {
		t.Helper()
		r := pipeline.Run{ID: fmt.Sprintf("20260701-000000-%08d", n), Kind: "load", Dataset: "moves", File: file, Sender: sender, State: state, Started: when, Finished: when.Add(time.Second)}
		if n == 7 {
			r.Dataset = "other"
		}
		if err := l.PutRun(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
	}
	put(1, "人社局_引进.CSV", "人社局", pipeline.Published, at)
	put(2, "人社局_流出%.csv", "人社局", pipeline.Failed, at)
	put(3, "科技局_引进.xlsx", "科技局", pipeline.Published, at) // begun in one moment: their ids decide
	put(4, "it's.csv", "科技局", pipeline.Held, at.Add(time.Hour))
	put(5, "人社局_引进2.csv", "人社局", pipeline.Published, at.Add(24*time.Hour))
	put(6, "x.csv", "", pipeline.Unchanged, at.Add(25*time.Hour))
	put(7, "y.csv", "人社局", pipeline.Published, at.Add(26*time.Hour))
	job := pipeline.Run{ID: "job", Kind: "job", Job: "moves", State: pipeline.Published, Started: at.Add(time.Minute)}
	if err := l.PutRun(t.Context(), &job); err != nil {
		t.Fatal(err)
	}
	ids := func(q sought.Query) string {
		t.Helper()
		var out strings.Builder
		for pages := 0; ; pages++ {
			p, err := sought.Find(t.Context(), l.DB, q)
			if err != nil || pages > 10 {
				t.Fatal(err, pages)
			}
			for _, r := range p.Runs {
				out.WriteString(strings.TrimLeft(r.ID[16:], "0"))
			}
			if p.Next == "" {
				return out.String()
			}
			out.WriteString("|")
			if q.After == "" { // what is loaded between two pages moves nothing
				put(8, "late.csv", "人社局", pipeline.Published, at.Add(100*24*time.Hour))
			}
			q.After = p.Next
		}
	}
	day := func(n int) time.Time { return at.AddDate(0, 0, n) }
	for want, q := range map[string]sought.Query{
		"7654321": {Until: day(50)}, "531": {File: "引进"}, "51": {File: "引进", Sender: "人社"}, "1": {File: "引进.csv", Sender: "人社"}, "2": {File: "%"}, "4": {File: "it's"}, "": {File: "没有"},
		"76": {Since: day(1).Add(time.Minute), Until: day(50)}, "43": {Of: []string{"科技局"}}, "5": {State: pipeline.Published, Since: day(1), Until: day(1).Add(time.Hour)},
	} {
		q.Limit = 100
		if got := ids(q); got != want {
			t.Errorf("%+v: got %q, want %q", q, got, want)
		}
	}
	if got := ids(sought.Query{Of: []string{}, Limit: 10}); got != "" {
		t.Errorf("of no sender: got %q", got)
	}
	if got := ids(sought.Query{Limit: 2, Dataset: "moves"}); got != "65|43|21" {
		t.Errorf("pages: got %q", got)
	}
	if got := ids(sought.Query{Limit: 10, Since: day(1).Add(2 * time.Hour)}); got != "87" {
		t.Errorf("since: got %q", got)
	}
	for field, q := range map[string]sought.Query{
		"state": {State: "odd", Limit: 1}, "until": {Since: at, Until: at, Limit: 1}, "after": {After: "1'", Limit: 1}, "limit": {Limit: 1001}, "file": {File: strings.Repeat("长", 100), Limit: 1},
	} {
		var f *sought.Fault
		if _, err := sought.Find(t.Context(), l.DB, q); !errors.As(err, &f) || !strings.Contains(f.Field, field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if to, err := sought.Until("2026-07-01", time.FixedZone("", 8*3600)); err != nil || to.UTC().Format(time.RFC3339) != "2026-07-01T16:00:00Z" {
		t.Errorf("a day's end: %s, %v", to, err)
	}
}
