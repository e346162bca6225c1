package monitor

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yanzhen/jobs/alert"
	"yanzhen/pipeline"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/warehouse"
)

// desc is a number of which the ledger and the queues are asked.
func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("yanzhen_"+name, help, labels, nil)
}

var (
	descBuild    = desc("build_info", "1, with the version of the program.", "version")
	descUp       = desc("component_up", "1 where a component of /readyz is well.", "component")
	descLoads    = desc("loads_total", "Loads by dataset and how they ended.", "dataset", "state")
	descRuns     = desc("job_runs_total", "Runs of jobs by how they ended.", "job", "state")
	descRead     = desc("rows_read_total", "Rows that loads have read.", "dataset")
	descTaken    = desc("rows_loaded_total", "Rows that loads have loaded.", "dataset")
	descRefused  = desc("rows_rejected_total", "Rows that loads have refused.", "dataset")
	descLive     = desc("live_rows", "Rows in use.", "dataset")
	descUnits    = desc("live_submissions", "Submissions in use.", "dataset")
	descLag      = desc("data_lag_seconds", "Since the end of the last day of which there are data.", "dataset")
	descPublish  = desc("last_published_timestamp_seconds", "When a dataset last changed.", "dataset")
	descDuties   = desc("duties", "Periods of duties of the last twelve months by how they stand.", "dataset", "state")
	descOverdue  = desc("duties_overdue", "Periods whose day has passed and of which not all has come.", "dataset")
	descDamaged  = desc("damaged_batches", "Published batches that differ from the ledger.")
	descInbox    = desc("inbox_entries", "What lies in the watched folders, by state.", "state")
	descAlerts   = desc("alerts_open", "Alerts that are open, by kind.", "kind")
	descWaiting  = desc("channel_waiting", "Messages that wait to be sent.", "channel")
	descSent     = desc("channel_sent_total", "Messages that a channel has taken.", "channel")
	descFailures = desc("channel_failures_total", "Attempts that failed since the start.", "channel")
	descAside    = desc("channel_aside_total", "Messages that will not be sent: refused, too old or too many.", "channel")
	descFailing  = desc("channel_failing_seconds", "For how long a channel takes nothing; 0: it does.", "channel")
	descEvents   = desc("lineage_waiting", "Events of OpenLineage that wait to be sent.")
	descTold     = desc("lineage_sent_total", "Events of OpenLineage that the catalogue has taken since the start.")
	descLost     = desc("lineage_lost_total", "Events of OpenLineage that were refused, too old or too many since the start.")
	descDeaf     = desc("lineage_failing_seconds", "For how long the catalogue takes no event; 0: it does.")
	descMemory   = desc("engine_memory_bytes", "Resident memory of the embedded engine.")
	descFree     = desc("disk_free_bytes", "Bytes free on the disk of the data directory.")
	descRounds   = desc("ready_rounds_total", "Rounds in which pages were made ready, since the start.")
	descReady    = desc("ready_pages", "Pages that the last round made ready.")
	descDear     = desc("ready_refused", "Answers that the last round was refused.")
	descTook     = desc("ready_seconds", "How long the last round took.")
	descAsked    = desc("ledger_up", "1 where the ledger answered this time.")
)

// Describe names all of them.
func (m *Monitor) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descBuild, descUp, descLoads, descRuns, descRead, descTaken, descRefused, descLive, descUnits, descLag, descPublish, descDuties, descOverdue,
		descDamaged, descRounds, descReady, descDear, descTook, descInbox, descAlerts, descWaiting, descSent, descFailures, descAside, descFailing, descEvents, descTold, descLost, descDeaf, descMemory, descFree, descAsked,
	} {
		out <- d
	}
}

// Collect tells the numbers as they are; those of the ledger for some seconds as they were.
func (m *Monitor) Collect(out chan<- prometheus.Metric) {
	ctx := context.Background()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v int, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge(descBuild, 1, version())
	list, _ := m.Components(ctx)
	for _, x := range m.ledger(ctx) {
		out <- x
	}
	for _, c := range list {
		up := 0.0
		if c.Wrong == "" {
			up = 1
		}
		gauge(descUp, up, c.Name)
	}
	if m.Inbox != nil {
		n := map[pipeline.ArrivalState]int{}
		for _, a := range m.Inbox() {
			n[a.State]++
		}
		for _, s := range pipeline.ArrivalStates {
			gauge(descInbox, float64(n[s]), string(s))
		}
	}
	if s, err := m.Alerts.Read(); err == nil {
		n := map[string]int{}
		for _, a := range s.List() {
			n[a.Kind]++
		}
		for _, k := range alert.KindNames() {
			gauge(descAlerts, float64(n[k]), k)
		}
	}
	for _, s := range m.Post.Status() {
		gauge(descWaiting, float64(s.Waiting), s.Name)
		gauge(descFailing, since(s.Failing), s.Name)
		count(descSent, s.Sent, s.Name)
		count(descFailures, s.Failures, s.Name)
		count(descAside, s.Aside, s.Name)
	}
	if m.Ready != nil {
		rounds, pages, refused, took := m.Ready()
		count(descRounds, rounds)
		gauge(descReady, float64(pages))
		gauge(descDear, float64(refused))
		gauge(descTook, took.Seconds())
	}
	if m.Lineage != nil {
		s := m.Lineage.Status()
		gauge(descEvents, float64(s.Waiting))
		count(descTold, int(s.Sent))
		count(descLost, int(s.Lost))
		gauge(descDeaf, since(s.Failing))
	}
	if b, ok := m.memory(); ok {
		gauge(descMemory, b)
	}
	if free, ok := m.free(); ok {
		gauge(descFree, float64(free))
	}
}

// since is how long something lasts that began at a moment; of none 0.
func since(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return max(0, time.Since(t).Seconds())
}

// ledger is what the database says, for a while as it said it last. Where it does not answer, no more than that.
func (m *Monitor) ledger(ctx context.Context) []prometheus.Metric {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.at) < believed {
		return m.kept
	}
	var list []prometheus.Metric
	err := m.database(ctx)
	if err == nil { // else it has been waited for
		ctx, cancel := context.WithTimeout(ctx, m.patience())
		defer cancel()
		list, err = m.numbers(ctx)
	}
	up := 1.0
	if err != nil {
		m.Log.Warn("the ledger does not answer /metrics", "error", err)
		list, up = nil, 0
	}
	m.kept, m.at = append(list, prometheus.MustNewConstMetric(descAsked, prometheus.GaugeValue, up)), time.Now()
	return m.kept
}

func (m *Monitor) numbers(ctx context.Context) (out []prometheus.Metric, err error) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out = append(out, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...))
	}
	fresh, err := m.Ledger.Freshness(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range fresh {
		gauge(descLive, float64(f.Rows), f.Dataset)
		gauge(descUnits, float64(f.Units), f.Dataset)
		gauge(descPublish, float64(f.Published.Unix()), f.Dataset)
		if f.MaxDate.Year() > 1900 {
			gauge(descLag, max(0, time.Since(f.MaxDate.AddDate(0, 0, 1)).Seconds()), f.Dataset)
		}
	}
	runs, err := warehouse.Select[struct {
		Kind     string `db:"kind"`
		Name     string `db:"name"`
		State    string `db:"state"`
		N        uint64 `db:"n"`
		Read     uint64 `db:"read_rows"`
		Loaded   uint64 `db:"loaded_rows"`
		Rejected uint64 `db:"rejected_rows"`
	}](ctx, m.Ledger.DB, warehouse.Statement{Tag: "metrics.runs", SQL: `select kind, if(kind = 'job', job, dataset) as name, state, count() as n,
sum(read) as read_rows, sum(loaded) as loaded_rows, sum(rejected) as rejected_rows from meta.runs final group by kind, name, state order by kind, name, state`})
	if err != nil {
		return nil, err
	}
	rows := map[string][3]float64{}
	var names []string
	for _, r := range runs {
		d := descLoads
		if r.Kind == "job" {
			d = descRuns
		}
		out = append(out, prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(r.N), r.Name, r.State))
		if r.Kind == "job" {
			continue
		}
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
		x := rows[r.Name]
		rows[r.Name] = [3]float64{x[0] + float64(r.Read), x[1] + float64(r.Loaded), x[2] + float64(r.Rejected)}
	}
	for _, name := range names {
		for i, d := range []*prometheus.Desc{descRead, descTaken, descRefused} {
			out = append(out, prometheus.MustNewConstMetric(d, prometheus.CounterValue, rows[name][i], name))
		}
	}
	damaged, err := m.Ledger.Damages(ctx)
	if err != nil {
		return nil, err
	}
	gauge(descDamaged, float64(len(damaged)))
	owed, err := m.Duties(ctx)
	if err != nil {
		return nil, err
	}
	type of struct {
		dataset string
		state   duty.State
	}
	n, overdue := map[of]int{}, map[string]int{}
	for _, o := range owed {
		n[of{o.Dataset, o.State}]++
		if overdue[o.Dataset] += 0; o.Overdue {
			overdue[o.Dataset]++
		}
	}
	for name, k := range overdue {
		gauge(descOverdue, float64(k), name)
		for _, s := range duty.States {
			gauge(descDuties, float64(n[of{name, s}]), name, string(s))
		}
	}
	return out, nil
}
