// Package monitor says how the installation does to programs: /metrics for Prometheus and /readyz with its components. What it
// tells is read from the ledger, the queues and the process; it tells of no person and no row.
package monitor

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sys/unix"

	"yanzhen/dashboard/access"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/openlineage"
)

// Bounds.
const (
	believed  = 10 * time.Second // that what was read of the ledger is told again
	checked   = 5 * time.Second  // that the database is held to be as it was, however many ask
	answersIn = 3 * time.Second  // of the database: twice, /metrics ends before Prometheus' ten seconds
	freeLeast = 1 << 30          // bytes free on the disk, or the installation is not ready to load
)

// Queries are how long statements took, by the role that asked. The zero value is ready.
type Queries struct {
	once  sync.Once
	times *prometheus.HistogramVec
	fails *prometheus.CounterVec
}

func (q *Queries) begin() {
	q.once.Do(func() {
		q.times = prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "yanzhen_query_seconds", Help: "How long statements took, their answers read, by the role that asked and the port it came by (own: none).",
			Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 5, 15, 60},
		}, []string{"role", "port"})
		q.fails = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "yanzhen_query_failures_total", Help: "Statements that failed, by the role that asked and the port it came by."}, []string{"role", "port"})
	})
}

// Of observes the statements of a role that the program itself asks.
func (q *Queries) Of(role string) func(took time.Duration, failed bool) { return q.At(role, "own") }

// At observes the statements of a role that come by a port.
func (q *Queries) At(role, port string) func(took time.Duration, failed bool) {
	if q == nil {
		return nil
	}
	q.begin()
	return func(took time.Duration, failed bool) {
		q.times.WithLabelValues(role, port).Observe(took.Seconds())
		if failed {
			q.fails.WithLabelValues(role, port).Inc()
		}
	}
}

// Monitor answers the two addresses.
type Monitor struct {
	Ledger   *pipeline.Ledger
	Queries  *Queries
	Dir      string
	Engine   func() int                // process of the embedded engine; 0: none
	Inbox    func() []pipeline.Arrival // nil: no folder is watched
	WrongKey func() *pipeline.Problem  // why nothing is loaded
	Post     *outbox.Post              // channels
	Alerts   alert.Book                // what is open
	Lineage  *openlineage.Sender       // nil: no catalogue is told
	Duties   func(ctx context.Context) ([]duty.Owed, error)
	Jobs     func() bool // the clock runs
	Proxied  bool        // a reverse proxy stands before: who comes from this machine may be anybody
	// Ready is how many rounds there were in which pages were made ready, and what the last one came to; nil: there are none.
	Ready    func() (rounds, pages, refused int, took time.Duration)
	Log      *slog.Logger
	Patience time.Duration // with the database; 0: three seconds

	registry *prometheus.Registry
	stopping atomic.Bool
	mu       sync.Mutex
	kept     []prometheus.Metric
	at       time.Time
	asking   sync.Mutex
	away     error // of the database, when it was asked last
	asked    time.Time
}

func (m *Monitor) patience() time.Duration { return cmp.Or(m.Patience, answersIn) }

// database says whether the database answers. It is asked once in some seconds, also where many ask, as anybody may.
func (m *Monitor) database(ctx context.Context) error {
	m.asking.Lock()
	defer m.asking.Unlock()
	if !m.asked.IsZero() && time.Since(m.asked) < checked {
		return m.away
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.patience()) // who goes away decides for no other
	defer cancel()
	_, m.away = m.Ledger.Freshness(ctx)
	m.asked = time.Now()
	return m.away
}

// Register puts the two at their addresses. Of no monitor there is neither.
func (m *Monitor) Register(g *access.Gate) {
	if m == nil {
		return
	}
	m.Queries.begin()
	m.registry = prometheus.NewRegistry()
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.Queries.times, m.Queries.fails, m)
	answer := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(m.Log.Handler(), slog.LevelWarn), MaxRequestsInFlight: 4, Timeout: 9 * time.Second})
	g.Handle("GET /metrics", access.Public(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if !m.trusted(r) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="yanzhen"`)
			http.Error(w, "/metrics: a token of an account with the right operate, or a request from this machine", http.StatusUnauthorized)
			return
		}
		answer.ServeHTTP(w, r)
	}))
	g.Handle("GET /readyz", access.Public(), http.HandlerFunc(m.ready))
}

// Stop says that the installation is about to end: it is not ready any more.
func (m *Monitor) Stop() {
	if m != nil {
		m.stopping.Store(true)
	}
}

// trusted says who may be told: whoever may see how the installation does, and who asks from this machine and is no proxy that
// hands on what others ask.
func (m *Monitor) trusted(r *http.Request) bool {
	if v := access.From(r.Context()); v.Can(access.Operate) && v.Whole() && !v.Owes {
		return true
	}
	if m.Proxied || !r.ProtoAtLeast(1, 1) {
		return false
	}
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	asked, _, split := net.SplitHostPort(r.Host)
	if split != nil {
		asked = r.Host
	}
	here := net.ParseIP(strings.Trim(asked, "[]"))
	return err == nil && ip != nil && ip.IsLoopback() && (asked == "localhost" || here != nil && here.IsLoopback())
}

// Component is a part of the installation, and what is wrong with it; empty: nothing.
type Component struct{ Name, Wrong string }

// Components are all parts; ready is false where figures or files cannot be served.
func (m *Monitor) Components(ctx context.Context) (list []Component, ready bool) {
	ready = true
	add := func(name, wrong string) { list = append(list, Component{name, wrong}) }
	if m.database(ctx) != nil {
		ready = false
		add("database", "does not answer")
	} else {
		add("database", "")
	}
	wrong := ""
	if m.WrongKey != nil {
		if p := m.WrongKey(); p != nil {
			wrong = p.Text.En
		}
	}
	add("loading", wrong)
	wrong = ""
	if !m.Jobs() {
		wrong = "no job runs"
	}
	add("jobs", wrong)
	wrong = ""
	if free, ok := m.free(); ok && free < freeLeast {
		wrong = fmt.Sprintf("%.1f GiB free", float64(free)/(1<<30))
	}
	add("disk", wrong)
	var down []string
	for _, s := range m.Post.Status() {
		if !s.Failing.IsZero() {
			down = append(down, s.Name)
		}
	}
	wrong = ""
	if len(down) > 0 {
		wrong = "failing: " + strings.Join(down, ", ")
	}
	add("channels", wrong)
	if m.stopping.Load() {
		ready = false
		add("server", "stopping")
	} else {
		add("server", "")
	}
	return list, ready
}

// ready answers a line a component; strangers are told the first only.
func (m *Monitor) ready(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	list, ready := m.Components(r.Context())
	if ready {
		fmt.Fprintln(w, "ready")
	} else {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "not ready")
	}
	if !m.trusted(r) {
		return
	}
	for _, c := range list {
		if c.Wrong == "" {
			c.Wrong = "ok"
		}
		fmt.Fprintln(w, c.Name+": "+c.Wrong)
	}
}

func (m *Monitor) free() (uint64, bool) {
	var disk unix.Statfs_t
	err := unix.Statfs(m.Dir, &disk)
	return disk.Bavail * uint64(disk.Bsize), err == nil
}

// memory is the resident memory of the engine's process.
func (m *Monitor) memory() (float64, bool) {
	if m.Engine == nil {
		return 0, false
	}
	pid := m.Engine()
	if pid == 0 {
		return 0, false
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0, false
	}
	if fields := strings.Fields(string(text)); len(fields) > 1 {
		pages, err := strconv.ParseFloat(fields[1], 64)
		return pages * float64(os.Getpagesize()), err == nil
	}
	return 0, false
}

// version is that of the build.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
