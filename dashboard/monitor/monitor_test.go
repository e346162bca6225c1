package monitor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v4"
	"golang.org/x/sys/unix"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/monitor"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// names are those of all metrics there are.
func names(m *monitor.Monitor) (out []string) {
	ch := make(chan *prometheus.Desc, 100)
	m.Describe(ch)
	close(ch)
	for d := range ch {
		out = append(out, regexp.MustCompile(`fqName: "([^"]+)"`).FindStringSubmatch(d.String())[1])
	}
	return append(out, "yanzhen_query_seconds_bucket", "yanzhen_query_seconds_count", "yanzhen_query_seconds_sum", "yanzhen_query_failures_total")
}

// Every metric that the dashboard and the rules name exists, and every one that exists is said in the manual.
func TestFiles(t *testing.T) {
	have := names(&monitor.Monitor{})
	named := regexp.MustCompile(`yanzhen_[a-z_]+`)
	count := 0
	check := func(file, expr string) {
		for _, name := range named.FindAllString(expr, -1) {
			count++
			if !slices.Contains(have, name) {
				t.Errorf("%s names %s, which does not exist", file, name)
			}
		}
		if strings.Count(expr, "(") != strings.Count(expr, ")") {
			t.Errorf("%s: %s", file, expr)
		}
	}
	text, err := os.ReadFile("../../docs/monitoring/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert       string
				Expr        string
				Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(text, &rules); err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.Groups[0].Rules {
		check("alerts.yml", r.Expr)
		if r.Alert == "" || r.Annotations["summary"] == "" || r.Annotations["remedy"] == "" {
			t.Errorf("%+v", r)
		}
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if text, err = os.ReadFile("../../docs/monitoring/grafana.json"); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	for _, p := range board.Panels {
		for _, x := range p.Targets {
			check("grafana.json", x.Expr)
		}
	}
	if count < 25 {
		t.Errorf("the test looked at %d names", count)
	}
	manual, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range have {
		base := regexp.MustCompile(`_(bucket|count|sum)$`).ReplaceAllString(name, "")
		if !strings.Contains(string(manual), "`"+base+"`") {
			t.Errorf("docs/operations.md says nothing of %s", base)
		}
	}
}

// The numbers are those of the ledger and the queues; who may not know is told nothing, and a component that is away makes the
// installation not ready.
func TestMonitor(t *testing.T) {
	_, stage, _ := metrictest.Office(t)
	stage.Load(t, "arrivals", []string{"person", "date", "direction"}, [][]string{{"1", "2026-06-01", "in"}, {"2", "2026-06-02", "in"}}, "2026-06-01..2026-06-30")
	q := &monitor.Queries{}
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "loader", Observe: q.Of("loader")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	q.At("analyst", "flight")(time.Second, true)
	ledger := &pipeline.Ledger{DB: db}
	run := pipeline.Run{ID: pipeline.NewRun(time.Now()), Kind: "load", Dataset: "arrivals", State: pipeline.Failed, Started: time.Now()}
	run.Read, run.Rejected = 10, 3
	if err := ledger.PutRun(t.Context(), &run); err != nil {
		t.Fatal(err)
	}
	fresh := func() *monitor.Monitor {
		return &monitor.Monitor{
			Ledger: ledger, Queries: q, Dir: t.TempDir(), Post: &outbox.Post{}, Alerts: alert.Book{Dir: t.TempDir()}, Jobs: func() bool { return true },
			Ready:  func() (int, int, int, time.Duration) { return 7, 12, 1, 1500 * time.Millisecond },
			Engine: warehousetest.Engine(t).PID, Log: slog.New(slog.DiscardHandler),
			Duties: func(context.Context) ([]duty.Owed, error) {
				return []duty.Owed{{Duty: duty.Duty{Dataset: "arrivals", Sender: "甲"}, Period: days.Month.Of(days.Date(2026, 6, 1)), State: duty.Late, Overdue: true}}, nil
			},
		}
	}
	m := fresh()
	gate := &access.Gate{}
	m.Register(gate)
	ask := func(path, remote string, header http.Header, v *access.Viewer) (int, string) {
		r := httptest.NewRequest("GET", "http://127.0.0.1:8086"+path, nil)
		r.RemoteAddr = remote
		for k, v := range header {
			r.Header[k] = v
		}
		if v != nil {
			r = r.WithContext(access.With(r.Context(), v))
		}
		w := httptest.NewRecorder()
		gate.ServeHTTP(w, r)
		body, _ := io.ReadAll(w.Body)
		return w.Code, string(body)
	}
	const here = "127.0.0.1:50000"
	code, body := ask("/metrics", here, nil, nil)
	for _, want := range []string{
		`yanzhen_live_submissions{dataset="arrivals"} 1`, `yanzhen_rows_rejected_total{dataset="arrivals"} 3`, `yanzhen_duties_overdue{dataset="arrivals"} 1`,
		`yanzhen_loads_total{dataset="arrivals",state="failed"} 1`, `yanzhen_query_seconds_count{port="own",role="loader"}`, `yanzhen_query_failures_total{port="flight",role="analyst"} 1`, `yanzhen_component_up{component="database"} 1`,
		`yanzhen_alerts_open{kind="late"} 0`, "yanzhen_ready_rounds_total 7", "yanzhen_ready_pages 12", "yanzhen_ready_refused 1", "yanzhen_ready_seconds 1.5", "yanzhen_engine_memory_bytes ", "yanzhen_ledger_up 1", "process_resident_memory_bytes", "yanzhen_data_lag_seconds",
	} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: /metrics lacks %s", code, want)
		}
	}
	if strings.Contains(body, "甲") {
		t.Error("it tells of a sender")
	}
	for _, line := range strings.Split(body, "\n") {
		if name, _, _ := strings.Cut(strings.SplitN(line, "{", 2)[0], " "); strings.HasPrefix(name, "yanzhen_") && !slices.Contains(names(m), name) {
			t.Errorf("%s is not described", name)
		}
	}
	operator := &access.Viewer{Role: access.Operator, May: access.Operator.May(access.Joint)}
	for what, x := range map[string]struct {
		remote string
		header http.Header
		who    *access.Viewer
		want   int
	}{
		"elsewhere":         {"10.0.0.7:50000", nil, nil, 401},
		"by a proxy":        {here, http.Header{"X-Forwarded-For": {"10.0.0.7"}}, nil, 401},
		"a leader":          {"10.0.0.7:50000", nil, &access.Viewer{Role: access.Leader, May: access.View}, 401},
		"an operator":       {"10.0.0.7:50000", nil, operator, 200},
		"an operator owing": {"10.0.0.7:50000", nil, &access.Viewer{May: operator.May, Owes: true}, 401},
	} {
		if code, _ := ask("/metrics", x.remote, x.header, x.who); code != x.want {
			t.Errorf("%s: %d, want %d", what, code, x.want)
		}
	}
	m.Proxied = true
	if code, _ := ask("/metrics", here, nil, nil); code != 401 {
		t.Errorf("behind a proxy: %d", code)
	}
	m.Proxied = false
	if code, body := ask("/readyz", "10.0.0.7:1", nil, nil); code != 200 || body != "ready\n" {
		t.Errorf("%d %q", code, body)
	}
	if code, body := ask("/readyz", here, nil, nil); code != 200 || !strings.HasPrefix(body, "ready\ndatabase: ok\nloading: ok\njobs: ok\ndisk: ok\nchannels: ok\n") {
		t.Errorf("%d %q", code, body)
	}
	db.Close() // whoever asks within some seconds is answered as it was
	if code, body := ask("/readyz", "10.0.0.7:1", nil, nil); code != 200 || body != "ready\n" {
		t.Errorf("it is asked for every stranger: %d %q", code, body)
	}
	gate, m = &access.Gate{}, fresh()
	m.Register(gate)
	if code, body := ask("/readyz", here, nil, nil); code != 503 || !strings.HasPrefix(body, "not ready\ndatabase: does not answer\n") {
		t.Errorf("%d %q", code, body)
	}
	m.Stop()
	if code, body := ask("/readyz", here, nil, nil); code != 503 || !strings.Contains(body, "server: stopping") {
		t.Errorf("%d %q", code, body)
	}
	hangs(t, gate, ask, fresh)
}

// hangs stops the engine in the middle: whoever watches is told in time that it does not answer.
func hangs(t *testing.T, gate *access.Gate, ask func(path, remote string, header http.Header, v *access.Viewer) (int, string), fresh func() *monitor.Monitor) {
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "loader"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	*gate = access.Gate{}
	m := fresh()
	m.Ledger, m.Patience = &pipeline.Ledger{DB: db}, 200*time.Millisecond
	m.Register(gate)
	pid := warehousetest.Engine(t).PID()
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer unix.Kill(pid, unix.SIGCONT)
	done := make(chan string, 1)
	go func() {
		code, body := ask("/metrics", "127.0.0.1:50000", nil, nil)
		done <- fmt.Sprint(code, body)
	}()
	select {
	case body := <-done:
		if !strings.HasPrefix(body, "200") || !strings.Contains(body, "yanzhen_ledger_up 0") || !strings.Contains(body, `yanzhen_component_up{component="database"} 0`) {
			t.Errorf("%.2000s", body)
		}
	case <-time.After(20 * time.Second):
		t.Error("/metrics hangs with the database")
	}
}
