package source_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/jobs/alert/source"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// What failed or is held is found until what it was to bring has come; a job that failed until it is done again.
func TestRuns(t *testing.T) {
	metrictest.Office(t)
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "loader"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ledger := &pipeline.Ledger{DB: db}
	now := time.Now()
	put := func(ago time.Duration, r pipeline.Run) {
		t.Helper()
		r.Started = now.Add(-ago)
		r.ID = pipeline.NewRun(r.Started)
		if err := ledger.PutRun(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
	}
	load := func(file, sender, period string, state pipeline.State) pipeline.Run {
		return pipeline.Run{Kind: "load", Dataset: "arrivals", File: file, Sender: sender, Period: period, State: state}
	}
	put(9*time.Hour, load("甲_7月.xlsx", "甲", "2026-07", pipeline.Failed))
	put(8*time.Hour, load("乙_7月.xlsx", "乙", "2026-07", pipeline.Held))
	put(7*time.Hour, load("丙_7月.xlsx", "丙", "2026-07", pipeline.Failed))
	put(6*time.Hour, load("丙_7月_更正.xlsx", "丙", "2026-07", pipeline.Published)) // it has come otherwise
	put(5*time.Hour, load("丁_7月.xlsx", "丁", "2026-07", pipeline.Published))
	put(40*24*time.Hour, load("旧.xlsx", "戊", "2026-05", pipeline.Failed))
	put(4*time.Hour, pipeline.Run{Kind: "job", Job: "verify", State: pipeline.Failed, Code: "deadline"})
	put(5*time.Hour, pipeline.Run{Kind: "job", Job: "mail", State: pipeline.Failed, Code: "deadline"})
	put(3*time.Hour, pipeline.Run{Kind: "job", Job: "mail", State: pipeline.Failed, Code: "source_mailbox_refused"})
	put(2*time.Hour, pipeline.Run{Kind: "job", Job: "moves", State: pipeline.Failed, Code: "source_key", RemedyZh: "改正 key", RemedyEn: "correct key"})
	put(5*time.Hour, pipeline.Run{Kind: "job", Job: "sweep", State: pipeline.Failed, Code: "panic"})
	put(3*time.Hour, pipeline.Run{Kind: "job", Job: "sweep", State: pipeline.Published})
	z := source.Zone{Ledger: ledger, Titles: map[string]codes.Text{"arrivals": {Zh: "引进与流出", En: "Arrivals"}}, Dir: t.TempDir(), Post: &outbox.Post{}}
	look := func() string {
		var got []string
		for _, s := range z.All() {
			if k := s.Kinds[0]; k != "failed" && k != "job" && k != "damaged" {
				continue
			}
			list, err := s.Look(t.Context(), now)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range list {
				if !f.Until.IsZero() && !now.Before(f.Until) { // it is too old to be told of
					continue
				}
				got = append(got, f.Kind+" "+f.What.Zh)
				if strings.Contains(f.What.Zh+f.What.En, ".xlsx") || strings.Contains(f.What.En, "%!") || !strings.HasPrefix(f.Page, "/data/runs/") || strings.Contains(f.What.Zh, "source_key") && f.Do != (codes.Text{Zh: "改正 key", En: "correct key"}) {
					t.Errorf("%+v", f)
				}
			}
		}
		return strings.Join(got, "\n")
	}
	want := "held 乙 的《引进与流出》2026-07已装入但未发布，等人确认\nfailed 甲 的《引进与流出》2026-07没有装入\njob 任务 moves 没有完成（source_key），连续 1 次\njob 任务 mail 没有完成（source_mailbox_refused），连续 2 次\njob 任务 verify 没有完成（deadline），连续 1 次"
	if got := look(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	faults, err := ledger.JobFaults(t.Context(), 20)
	var said []string
	for _, r := range faults {
		said = append(said, r.Code)
	}
	if got := strings.Join(said, " "); err != nil || len(said) != 5 || !strings.Contains(got, "source_key") || !strings.Contains(got, "source_mailbox_refused") {
		t.Errorf("the list of faults has %s, %v", got, err)
	}
	put(time.Hour, load("甲_7月_改.xlsx", "甲", "2026-07", pipeline.Published))
	put(time.Hour, load("乙_7月.xlsx", "乙", "2026-07", pipeline.Published))
	put(time.Hour, pipeline.Run{Kind: "job", Job: "verify", State: pipeline.Published})
	put(time.Hour, pipeline.Run{Kind: "job", Job: "mail", State: pipeline.Published})
	put(time.Hour, pipeline.Run{Kind: "job", Job: "moves", State: pipeline.Unchanged})
	if got := look(); got != "" {
		t.Errorf("mended: %s", got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := z.All()[0].Look(ended, now); err == nil {
		t.Error("a ledger that cannot be asked is nothing found")
	}
}
