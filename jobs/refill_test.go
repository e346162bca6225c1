package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/jobs/backfill"
	"yanzhen/jobs/paused"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/fetch"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// told is how the periods of a backfill stand: 2025-01 done, 2025-02 failed ...
func told(b backfill.Backfill) string {
	var out []string
	for _, p := range b.Periods {
		out = append(out, p.Period+" "+p.State)
	}
	return strings.Join(out, ", ")
}

// filled waits until no backfill is open and returns the latest.
func (b *bench) filled() backfill.Backfill {
	b.t.Helper()
	for range 600 {
		all, err := b.Backfills("")
		if err != nil {
			b.t.Fatal(err)
		}
		if !all[0].Open() {
			return all[0]
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("the backfill did not end\n%s", b.log)
	panic("unreachable")
}

func (b *bench) batches() string {
	b.t.Helper()
	return warehousetest.TSV(b.t, b.Loader.DB, warehouse.SQL("select period, loaded, batch from meta.live order by period"))
}

// Of files: the periods' files are read again, each by itself; a bad one keeps no other back; what falls due meanwhile runs after;
// one that the program ended in the middle of goes on; what is stopped is left.
func TestBackfillFiles(t *testing.T) {
	b := newBench(t, nil, inbox)
	const name = "人社局_引进与流出_2025年%d月.csv"
	for m := 1; m <= 4; m++ {
		text := moves(fmt.Sprintf("2025-%02d", m), m)
		if m == 2 {
			text = "坏了\n"
		}
		b.write(fmt.Sprintf(name, m), text)
	}
	b.start()
	b.end()
	before := b.batches()
	plan, err := b.PlanBackfill(t.Context(), "moves", "2025-01", "2025-05")
	if err != nil {
		t.Fatal(err)
	}
	if got := told(plan); got != "2025-01 waiting, 2025-02 waiting, 2025-03 waiting, 2025-04 waiting, 2025-05 none" {
		t.Errorf("planned: %s", got)
	}
	if got := plan.Periods[2].Text.Zh + plan.Periods[1].Text.Zh; !strings.Contains(got, "1 个重新读入（3 行）") || !strings.Contains(got, "1 个会被拒收") {
		t.Errorf("the plan says %s", got)
	}
	if b.batches() != before {
		t.Error("a plan changed something")
	}
	for what, ask := range map[string][2]string{"早于": {"2025-05", "2025-01"}, "期间应如": {"2025-01", "?"}, "没有可回填": {"2019-01", "2019-02"}} {
		if _, err := b.Backfill(t.Context(), "moves", ask[0], ask[1], "wang", "重读"); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%v: %v, want %s", ask, err, what)
		}
	}
	if _, err := b.Backfill(t.Context(), "moves", "2025-01", "2025-05", "wang", " "); err == nil {
		t.Error("a backfill without a reason began")
	}
	if _, err := b.Backfill(t.Context(), "moves", "2025-01", "2025-05", "wang", "新程序重读"); err != nil {
		t.Fatal(err)
	}
	done := b.filled()
	if got := told(done); got != "2025-01 done, 2025-02 failed, 2025-03 done, 2025-04 done, 2025-05 none" {
		t.Errorf("became: %s\n%+v", got, done)
	}
	after := b.batches()
	if strings.Count(after, "\n") != strings.Count(before, "\n") || after == before || strings.TrimSpace(b.rows()) != "8" {
		t.Errorf("before\n%safter\n%s%s rows", before, after, b.rows())
	}
	for range 4 {
		if r := b.end(); !r.Slot.IsZero() || r.Job != "moves" {
			t.Errorf("the run of a period: %+v", r)
		}
	}

	j := b.Job("moves")
	if !b.lend(j) || b.lend(j) {
		t.Fatal("a job is lent once")
	}
	if _, err := b.Run("moves"); err == nil || !strings.Contains(err.Error(), "回填") {
		t.Errorf("by hand meanwhile: %v", err)
	}
	slot := time.Date(2026, 7, 7, 6, 30, 0, 0, time.UTC)
	if !b.fire(j, firing{slot: slot, missed: 1, trigger: ByClock}) {
		t.Error("what is due meanwhile is lost")
	}
	b.quiet()
	b.giveBack(j)
	if r := b.end(); !r.Slot.Equal(slot) {
		t.Errorf("what was due meanwhile: %+v", r)
	}

	if err := b.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	book := backfill.Book{Dir: b.Dir}
	half := done
	half.ID, half.Ended = "half", time.Time{}
	half.Periods = []backfill.Period{{Period: "2025-01", State: backfill.Done}, {Period: "2025-03", State: backfill.Running}, {Period: "2025-04", State: backfill.Waiting}}
	if err := book.Begin(half); err != nil {
		t.Fatal(err)
	}
	if err := book.Begin(half); err == nil {
		t.Error("two backfills of one job are open")
	}
	next := &bench{t: t, log: b.log, ends: b.ends}
	next.Scheduler = &Scheduler{Jobs: b.Jobs, Loader: b.Loader, Dir: b.Dir, Log: b.Log, Poll: b.Poll, Still: b.Still, done: b.done}
	next.start()
	if got := told(next.filled()); got != "2025-01 done, 2025-03 done, 2025-04 done" {
		t.Errorf("after a restart: %s", got)
	}
	was, is := strings.Split(after, "\n"), strings.Split(next.batches(), "\n")
	if was[0] != is[0] || was[1] == is[1] || was[2] == is[2] {
		t.Errorf("after a restart the batches are %q, before %q", is, was)
	}
	half.ID, half.Periods[2].State = "stopped", backfill.Waiting
	half.Job = "other" // nothing does it
	if err := book.Begin(half); err != nil {
		t.Fatal(err)
	}
	if err := book.Stop("other", "wang", "不要了", time.Now()); err != nil {
		t.Log(err) // the scheduler found first that there is no such job
	}
	if x := next.filled(); x.Job != "other" || x.Count(backfill.Waiting) != 0 || x.Stopped == "" {
		t.Errorf("stopped: %+v", x)
	}
}

// Of a source: it is read once, and only what lies in the periods is loaded.
func TestBackfillSource(t *testing.T) {
	b := newBench(t, nil)
	month := 5
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		items := []any{}
		for m := 1; m <= month; m++ {
			items = append(items, map[string]any{"id": m, "card": "11010519491231002X", "at": fmt.Sprintf("2025-%02d-05", m), "node": "a"})
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"rows": items})
	}))
	defer server.Close()
	sources, err := fetch.Read(fstest.MapFS{"sources/api.yaml": {Data: []byte(`name: api
title: {zh: 接口, en: API}
dataset: moves
sender: 人社局
zone: Asia/Shanghai
key: [编号]
period: 日期
http:
  url: ` + server.URL + `
  rows: rows
  fields:
    - {name: 编号, path: id}
    - {name: 身份证号, path: card, type: text}
    - {name: 日期, path: at, type: time}
    - {name: 环节, path: node}
`)}}, b.Loader.Catalog.Datasets)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Read(fstest.MapFS{"jobs/api.yaml": {Data: []byte("name: api\ntitle: {zh: 取, en: Fetch}\nfetch: api\nschedule: 0 6 1 1 *\n")}}, "jobs", b.Loader.Catalog.Names(), nil, fetch.Datasets(sources))
	if err != nil {
		t.Fatal(err)
	}
	f := &fetch.Fetcher{Sources: sources, Loader: b.Loader, Dir: b.Dir, Office: time.UTC, Log: b.Log}
	b.Jobs, b.Fetch = list, f.Job
	b.start()
	if _, err := b.Backfill(t.Context(), "api", "2025-02", "2025-07", "wang", "历史数据"); err != nil {
		t.Fatal(err)
	}
	done := b.filled()
	if got := told(done); got != "2025-02 done, 2025-03 done, 2025-04 done, 2025-05 done, 2025-06 none, 2025-07 none" {
		t.Errorf("became: %s\n%s", got, b.log)
	}
	if got := warehousetest.TSV(t, b.Loader.DB, warehouse.SQL("select groupArray(period) from (select period from meta.live order by period)")); strings.TrimSpace(got) != "['2025-02','2025-03','2025-04','2025-05']" {
		t.Errorf("live are %s", got)
	}
	if r := b.end(); r.State != pipeline.Published || r.ID != done.Periods[0].Run {
		t.Errorf("the run: %+v", r)
	}
	b.Loader.Scan = func(context.Context, string) error { // before anything of the file is known
		return &pipeline.Problem{Code: "malware", Text: codes.Text{Zh: "发现恶意程序", En: "malware was found"}}
	}
	if _, err := b.Backfill(t.Context(), "api", "2025-04", "2025-06", "wang", "核对"); err != nil {
		t.Fatal(err)
	}
	if x := b.filled(); told(x) != "2025-04 failed, 2025-05 failed, 2025-06 none" || !strings.Contains(x.Periods[0].Text.Zh, "恶意") {
		t.Errorf("of what could not be scanned: %+v", x)
	}
	b.Loader.Scan = nil
	month = 2 // of what is gone nothing is taken away
	if _, err := b.Backfill(t.Context(), "api", "2025-02", "2025-03", "wang", "核对"); err != nil {
		t.Fatal(err)
	}
	if got := told(b.filled()); got != "2025-02 done, 2025-03 failed" {
		t.Errorf("of a period that is gone: %s", got)
	}
	server.Close()
	if _, err := b.PlanBackfill(t.Context(), "api", "2025-02", "2090"); err == nil {
		t.Error("65 years of months are no backfill")
	} else if _, ok := err.(*paused.Refusal); !ok {
		t.Error(err)
	}
}

// What cannot be scanned for a moment is tried again; nothing is told of it before; what stays so fails, and a period of which the
// source said nothing is not said to have no rows.
func TestBackfillPassingFaults(t *testing.T) {
	b := newBench(t, nil, inbox)
	b.write("人社局_引进与流出_2025年1月.csv", moves("2025-01", 1))
	b.write("经发局_引进与流出_2025年1月.csv", moves("2025-01", 2))
	var away atomic.Int32
	b.Loader.Scan = func(context.Context, string) error {
		if away.Add(-1) >= 0 {
			return errors.New("the scanner is away")
		}
		return nil
	}
	b.start()
	b.end()
	before := strings.Count(warehousetest.TSV(t, b.Loader.DB, warehouse.SQL("select batch from meta.ledger where state = 'published'")), "\n")
	away.Store(3)
	if _, err := b.Backfill(t.Context(), "moves", "2025-01", "2025-01", "wang", "重读"); err != nil {
		t.Fatal(err)
	}
	if got := b.filled(); told(got) != "2025-01 done" {
		t.Errorf("became %+v\n%s", got, b.log)
	}
	if after := strings.Count(warehousetest.TSV(t, b.Loader.DB, warehouse.SQL("select batch from meta.ledger where state = 'published'")), "\n"); after != before+2 {
		t.Errorf("%d batches were published, want each file once", after-before)
	}

	b.Fetch = func(_ context.Context, _, _, _ string, only []days.Range, did func(pipeline.Outcome, error)) error {
		for _, p := range only {
			if p.String() == "2025-03" {
				did(pipeline.Outcome{Period: p, State: pipeline.Published}, nil)
			}
			if p.String() == "2025-04" {
				did(pipeline.Outcome{State: pipeline.Failed}, errors.New("the scanner is away"))
			}
		}
		return nil
	}
	j := *b.Job("moves")
	j.Source, j.Fetch, j.Retries.Backoff = nil, "api", time.Millisecond
	plan := backfill.Backfill{ID: "x", Job: "moves", Reason: "重读", Periods: []backfill.Period{{Period: "2025-03", State: backfill.Waiting}, {Period: "2025-04", State: backfill.Waiting}}}
	if err := b.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.Scheduler = &Scheduler{Jobs: []*Job{&j}, Loader: b.Loader, Dir: b.Dir, Log: b.Log, Poll: time.Millisecond, Fetch: b.Fetch, done: b.done}
	if err := (backfill.Book{Dir: b.Dir}).Begin(plan); err != nil {
		t.Fatal(err)
	}
	b.start()
	if got := told(b.filled()); got != "2025-03 done, 2025-04 failed" {
		t.Errorf("became %s\n%s", got, b.log)
	}
}

// Nothing is done of a paused job, of a source that is a folder, or where it cannot be written down what was done.
func TestBackfillRefused(t *testing.T) {
	b := newBench(t, nil, inbox)
	b.Jobs = append(b.Jobs, &Job{Name: "far", Fetch: "far", Dataset: "moves", Whole: true})
	b.write("人社局_引进与流出_2025年1月.csv", moves("2025-01", 1))
	b.write("经发局_引进与流出_2025年1月.csv", moves("2025-01", 2))
	b.write("经发局_引进与流出_2025年1月_更正.csv", "坏了\n") // refused; it must not come in the place of what is withdrawn
	b.write("科技局_引进与流出_2025年1月.csv", "坏了\n")
	b.start()
	b.end()
	if _, err := b.Loader.Withdraw(t.Context(), "moves", "经发局|2025-01", pipeline.Why{}); err != nil {
		t.Fatal(err)
	}
	live, err := b.Loader.Live(t.Context(), "moves")
	if err != nil {
		t.Fatal(err)
	}
	january, _ := days.Parse("2025-01")
	files, err := b.filesOf(t.Context(), b.Job("moves"), january, live)
	if err != nil {
		t.Fatal(err)
	}
	var again []string
	for _, f := range files[january] {
		if f.again {
			again = append(again, f.display)
		}
	}
	slices.Sort(again)
	if got := strings.Join(again, " "); got != "人社局_引进与流出_2025年1月.csv 科技局_引进与流出_2025年1月.csv" {
		t.Errorf("read again are %s", got)
	}
	if _, err := b.PlanBackfill(t.Context(), "far", "2025-01", "2025-01"); err == nil || !strings.Contains(err.Error(), "文件夹") {
		t.Errorf("of a folder: %v", err)
	}
	if err := b.Pause("moves", "wang", "等"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Backfill(t.Context(), "moves", "2025-01", "2025-01", "wang", "重读"); err == nil || !strings.Contains(err.Error(), "暂停") {
		t.Errorf("of a paused job: %v", err)
	}
	before := b.batches()
	book := backfill.Book{Dir: b.Dir}
	if err := book.Begin(backfill.Backfill{ID: "early", Job: "moves", Reason: "重读", Periods: []backfill.Period{{Period: "2025-01", State: backfill.Waiting}}}); err != nil {
		t.Fatal(err)
	}
	b.quiet() // it was begun before the pause
	x, err := book.Read()
	if err != nil {
		t.Fatal(err)
	}
	if b.refill(b.Job("moves"), backfill.Backfill{ID: "early", Job: "moves", Periods: x[0].Periods}); b.batches() == before {
		t.Error("what is live was not read again")
	}
	b.end()
	if strings.TrimSpace(b.rows()) != "1" {
		t.Errorf("%s rows: what was withdrawn is back", b.rows())
	}
	before = b.batches()
	if err := os.Rename(filepath.Join(b.Dir, "backfills.json"), filepath.Join(b.Dir, "kept")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(b.Dir, "backfills.json"), 0o700); err != nil { // nobody writes it
		t.Fatal(err)
	}
	if b.refill(b.Job("moves"), backfill.Backfill{ID: "late", Job: "moves", Periods: []backfill.Period{{Period: "2025-01", State: backfill.Waiting}}}) || b.batches() != before {
		t.Error("worked though it could not be written down")
	}
	if err := os.Remove(filepath.Join(b.Dir, "backfills.json")); err != nil {
		t.Fatal(err)
	}
	if err := book.Begin(backfill.Backfill{ID: "late", Job: "moves", Reason: "重读", Periods: []backfill.Period{{Period: "2025-01", State: backfill.Waiting}}}); err != nil {
		t.Fatal(err)
	}
	if list, err := b.Backfills("moves"); err != nil || list[0].Fault == "" && list[0].Stopped == "" {
		t.Errorf("nothing tells that it was given up: %+v %v", list, err)
	}
	if got := b.filled(); !strings.Contains(got.Stopped, "写不进") || told(got) != "2025-01 left" {
		t.Errorf("given up: %+v", got)
	}
}
