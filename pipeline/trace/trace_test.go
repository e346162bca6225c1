package trace_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/secret"
	"yanzhen/pipeline/trace"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// A collector is sent a job, the loads of it and their stages, one within the other, and neither a file's name nor a cell.
func TestTraces(t *testing.T) {
	var mu sync.Mutex
	var got []string
	parents := map[string]string{}
	took := map[string]uint64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			in, _ = gzip.NewReader(in)
		}
		text, err := io.ReadAll(in)
		var req collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(text, &req)
		}
		if err != nil || r.Header.Get("Authorization") != "Bearer s3cr3t" || r.URL.Path != "/v1/traces" {
			t.Errorf("%s %v %v", r.URL.Path, r.Header, err)
		}
		if strings.Contains(string(text), "郭") || strings.Contains(string(text), ".csv") {
			t.Errorf("a file's name or a cell was sent: %q", text)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, s := range req.ResourceSpans[0].ScopeSpans[0].Spans {
			id := fmt.Sprintf("%x/%x", s.TraceId, s.SpanId)
			parents[id] = s.Name
			got = append(got, s.Name+" in "+fmt.Sprintf("%x/%x", s.TraceId, s.ParentSpanId))
			took[s.Name] += s.EndTimeUnixNano - s.StartTimeUnixNano
		}
	}))
	defer server.Close()
	t.Setenv("YANZHEN_TEST_TOKEN", "s3cr3t")
	s, err := trace.Open(t.Context(), trace.Settings{Endpoint: server.URL + "/v1/traces", Token: secret.Secret{Env: "YANZHEN_TEST_TOKEN"}}, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t), Noted: s.Noted}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "郭小明_引进与流出_2026年6月.csv")
	job := pipeline.Run{ID: pipeline.NewRun(time.Now()), Kind: "job", Job: "moves", Started: time.Now(), State: pipeline.Running}
	if err := os.WriteFile(file, []byte("身份证号,姓名,日期,流向,环节,人数,薪资\n11010119900307803X,郭小明,2026-06-01,引进,a1,1,1000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.PutRun(t.Context(), &job); err != nil {
		t.Fatal(err)
	}
	if out, err := l.Load(t.Context(), pipeline.Request{Path: file, Dataset: "moves", Sender: "甲局", Job: "moves", Parent: job.ID}); err != nil || out.State != pipeline.Published {
		t.Fatal(out, err)
	}
	if _, err := l.Load(t.Context(), pipeline.Request{Path: filepath.Join(t.TempDir(), "x.csv"), Dataset: "moves", Sender: "甲局", Job: "moves", Parent: job.ID}); err == nil {
		t.Fatal("a file that is not there was loaded")
	}
	// a unit that is the file itself
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "郭家价格.csv"), []byte("品名,单价\n钼,3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := l.Load(t.Context(), pipeline.Request{Path: filepath.Join(filepath.Dir(file), "郭家价格.csv"), Dataset: "prices", Job: "moves", Parent: job.ID}); err != nil || out.State != pipeline.Published {
		t.Fatal(out, err)
	}
	// what is written of a run later is not sent again
	s.Noted(pipeline.Run{ID: pipeline.NewRun(time.Now()), Kind: "job", Job: "long ago", Started: time.Now().Add(-time.Hour), Finished: time.Now().Add(-time.Hour)})
	job.State, job.Finished = pipeline.Failed, time.Now()
	if err := l.PutRun(t.Context(), &job); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for i, x := range got {
		name, in, _ := strings.Cut(x, " in ")
		got[i] = name + " in " + parents[in]
	}
	slices.Sort(got)
	if all := strings.Join(got, "; "); all != "insert in load moves; insert in load prices; job moves in ; load in job moves; load moves in job moves; load prices in job moves; publish in load moves; publish in load prices; read in load moves; read in load prices; verify in load moves; verify in load prices" {
		t.Errorf("got %s", all)
	}
	if sum := took["read"] + took["insert"] + took["verify"] + took["publish"]; sum == 0 || sum > took["load moves"]+took["load prices"] {
		t.Errorf("took %v", took)
	}
}
