package source

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// What is held is told of until somebody decides, however many loads come after; what failed is old after a month, and not over.
func TestLoads(t *testing.T) {
	metrictest.Office(t)
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "loader"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	z := Zone{Ledger: &pipeline.Ledger{DB: db}}
	now := time.Now().Truncate(time.Second)
	put := func(name, sender string, state pipeline.State, days int) string {
		at := now.AddDate(0, 0, -days)
		r := pipeline.Run{ID: pipeline.NewRun(at), Kind: "load", Dataset: "arrivals", Sender: sender, Period: "2026年6月", File: name, State: state, Started: at}
		if err := z.Ledger.PutRun(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	held, old, young := put("a.xlsx", "甲局", pipeline.Held, 60), put("b.xlsx", "乙局", pipeline.Failed, 40), put("c.xlsx", "丙局", pipeline.Failed, 20)
	put("d.xlsx", "丁局", pipeline.Held, 59)
	put("e.xlsx", "丁局", pipeline.Published, 58)
	mended := put("f.xlsx", "戊局", pipeline.Failed, 3)
	put("f.xlsx", "戊局", pipeline.Published, 2)
	look := func() map[string]bool { // key -> it is told of, and not only known to be old
		t.Helper()
		list, err := z.loads(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]bool{}
		for _, f := range list {
			out[f.Key] = f.Until.IsZero() || now.Before(f.Until)
		}
		return out
	}
	want := func(when string, got, want map[string]bool) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", when, got, want)
		}
	}
	want("few loads", look(), map[string]bool{"held/" + held: true, "failed/" + old: false, "failed/" + young: true})
	if err := db.Exec(t.Context(), warehouse.Statement{Tag: "test", SQL: `insert into meta.runs (run, kind, dataset, sender, period, file, state, started)
select concat('z', toString(number)), 'load', 'other', '己局', toString(number), toString(number), 'published', now() - 3600 from numbers(2500)`}); err != nil {
		t.Fatal(err)
	}
	want("many loads", look(), map[string]bool{"held/" + held: true, "failed/" + old: false, "failed/" + young: false, "failed/" + mended: false})
	job := func(name string, state pipeline.State, days int) {
		at := now.AddDate(0, 0, -days)
		r := pipeline.Run{ID: pipeline.NewRun(at), Kind: "job", Job: name, State: state, Started: at, Code: "deadline"}
		if err := z.Ledger.PutRun(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
	}
	job("nightly", pipeline.Failed, 4)
	job("nightly", pipeline.Failed, 3)
	job("weekly", pipeline.Failed, 4)
	job("weekly", pipeline.Published, 3)
	if err := db.Exec(t.Context(), warehouse.Statement{Tag: "test", SQL: `insert into meta.runs (run, kind, job, state, started)
select concat('y', toString(number)), 'job', 'minutely', 'published', now() - 3600 from numbers(1500)`}); err != nil {
		t.Fatal(err)
	}
	list, err := z.jobs(t.Context(), now)
	if err != nil || len(list) != 1 || list[0].Key != "job/nightly" || !strings.Contains(list[0].What.Zh, "连续 2 次") {
		t.Errorf("%+v %v", list, err)
	}
}

// A disk whose room comes and goes is told of once.
func TestDisk(t *testing.T) {
	d := &disk{}
	var got []int
	for _, gib := range []float64{8, 4.9, 5.1, 5.9, 6.1, 4.9, 0.9, 1.1, 1.3, 7} {
		got = append(got, d.level(uint64(gib*(1<<30))))
	}
	if want := []int{0, 1, 1, 1, 0, 1, 2, 2, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What is late is told of as long as it is looked at, and not a day less: the day on which the year of Owed ends is that on which it
// ends without a word.
func TestUnseen(t *testing.T) {
	for _, p := range []days.Range{
		days.Year.Of(days.Date(2025, 3, 1)), days.Month.Of(days.Date(2026, 2, 1)), days.Quarter.Of(days.Date(2026, 2, 1)),
		{From: days.Date(2026, 1, 1), To: days.Date(2026, 1, 8)},
	} {
		seen := func(today days.Day) bool { // as Owed has it
			return p.To.After(days.Month.Next(today).AddDate(-1, 0, 0))
		}
		if last := unseen(p); seen(last) || !seen(last.AddDate(0, 0, -1)) {
			t.Errorf("%v: %v", p, last)
		}
	}
}

// What was set aside is told of by number, and a channel that is down without what the other side said.
func TestChannels(t *testing.T) {
	status := 422
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer server.Close()
	t.Setenv("YANZHEN_TEST_HOOK", "key")
	list, err := channel.Read(fstest.MapFS{"channels/x.yaml": {Data: []byte("name: x\ntitle: {zh: 群, en: Group}\nkind: webhook\nsecret: {env: YANZHEN_TEST_HOOK}\naddress: " + server.URL + "\n")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 8, 3, 10, 0, 0, 0, time.UTC)
	z := Zone{Post: &outbox.Post{Dir: t.TempDir(), Channels: list, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}}
	if err := z.Post.Open(); err != nil {
		t.Fatal(err)
	}
	put := func(id string) {
		if err := z.Post.Put("x", channel.Message{ID: id, Kind: "reminder"}); err != nil {
			t.Fatal(err)
		}
		z.Post.Boxes[0].Drain(t.Context())
	}
	look := func() []alert.Found {
		out, err := z.channels(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for i := range 12 {
		put(fmt.Sprint(i))
	}
	got := look()
	if len(got) != 1 || got[0].Key != "channel/x/aside" || got[0].Level != 2 || !strings.Contains(got[0].What.Zh, "有 12 条") || got[0].Not != "" {
		t.Errorf("%+v", got)
	}
	status = 503
	put("waits")
	now = now.Add(outbox.Recently + time.Hour)
	if got = look(); len(got) != 1 || got[0].Key != "channel/x" || got[0].Not != "x" || !strings.Contains(got[0].What.Zh, "对方的服务器出错") || strings.Contains(got[0].What.Zh, "503") {
		t.Errorf("%+v", got)
	}
}
