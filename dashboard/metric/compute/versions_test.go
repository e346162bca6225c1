package compute_test

import (
	"fmt"
	"testing"
	"time"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Whatever changes rows makes new versions, and no figure of before is given from what is kept: a publication that comes to be
// seen after a newer one, somebody forgotten of what was withdrawn, rows that are missing and come back.
func TestVersions(t *testing.T) {
	cat, stage, _ := metrictest.Office(t)
	db := warehousetest.OpenAs(t, "loader")
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	exec := func(format string, args ...any) {
		t.Helper()
		if err := db.Exec(t.Context(), warehouse.SQL(fmt.Sprintf(format, args...)+" settings mutations_sync = 2")); err != nil {
			t.Fatal(err)
		}
	}
	january := func(persons ...string) (batch uint32) {
		t.Helper()
		var rows [][]string
		for _, p := range persons {
			rows = append(rows, []string{p, "2026-01-10", "in", "甲", "magnetic.motor"})
		}
		stage.Load(t, "arrivals", arrivalsHeader, rows, "2026-01-01..2026-01-31")
		if err := db.Row(t.Context(), warehouse.SQL("select max(batch) from meta.ledger"), &batch); err != nil {
			t.Fatal(err)
		}
		return batch
	}
	total := metric.Query{Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 3, 1)}
	monthly, then := total, total
	monthly.Grain = days.Month
	seen := map[string]string{}
	said := func(when, want string, queries ...metric.Query) (damaged int) {
		t.Helper()
		live, err := e.Live(t.Context(), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for of, got := range map[string]string{
			"the version": live.Version("arrivals"), "the versions": live.Versions(),
			"what touched January": live.Touched("arrivals", days.Range{From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1)}),
		} {
			if before, known := seen[of+got]; known {
				t.Errorf("%s: %s is that of %s", when, of, before)
			}
			seen[of+got] = when
		}
		for _, q := range queries {
			r, err := e.Run(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for _, p := range r.Points {
				sum += value(p)
			}
			if got := fmt.Sprint(sum); got != want {
				t.Errorf("%s: got %s by %q, want %s", when, got, q.Grain, want)
			}
			damaged = len(r.Damaged)
		}
		return damaged
	}

	first := january("1", "2", "3")
	time.Sleep(5 * time.Millisecond)
	then.AsOf = time.Now().UTC().Truncate(time.Microsecond)
	time.Sleep(5 * time.Millisecond)
	exec("alter table meta.ledger update loaded = 3 where batch = %d", first) // as the loader writes
	stage.Clear(t)
	second := january("4", "5")
	said("the second", "2", total, monthly)
	asOfFirst := func(want string) {
		t.Helper()
		if r, err := e.Run(t.Context(), then); err != nil || fmt.Sprint(value(r.Points[0])) != want {
			t.Errorf("as of the first: got %+v, %v, want %s", r.Points, err, want)
		}
	}
	asOfFirst("3")

	// somebody of the one that was withdrawn is forgotten, as the carrier does it
	exec("alter table store.arrivals delete where _batch = %d and person = (select min(person) from store.arrivals where _batch = %[1]d)", first)
	exec("alter table meta.ledger update loaded = loaded - 1 where state = 'published' and batch = %d", first)
	said("somebody is forgotten", "2", total, monthly)
	asOfFirst("2")

	// rows of it are missing, and come back
	exec("create table store.aside engine = MergeTree order by tuple() as select * from store.arrivals where _batch = %d", second)
	exec("alter table store.arrivals delete where _batch = %d and person = (select min(person) from store.arrivals where _batch = %[1]d)", second)
	found := pipeline.Damage{At: time.Now().UTC(), Dataset: "arrivals", Batch: second, File: "a.xlsx", Want: 2, Have: 1}
	note := func() {
		t.Helper()
		if err := warehouse.Append(t.Context(), db, "meta.damage", found); err != nil {
			t.Fatal(err)
		}
	}
	note()
	if n := said("rows are missing", "1", total, monthly); n != 1 {
		t.Errorf("%d are said to be damaged", n)
	}
	exec("alter table store.arrivals delete where _batch = %d", second)
	exec("insert into store.arrivals select * from store.aside")
	found.At, found.Healed = time.Now().UTC(), true
	note()
	if n := said("rows have come back", "2", total, monthly); n != 0 {
		t.Errorf("%d are said to be damaged", n)
	}

	// what is sent and waits for its review changes what has been reported, and no figure
	reported := func() (string, string) {
		t.Helper()
		live, err := e.Live(t.Context(), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return live.Versions(), live.Reported()
	}
	versions, before := reported()
	sent := pipeline.Entry{Seq: 1000, At: time.Now().UTC(), Batch: second + 2, Dataset: "arrivals", Unit: "sent", State: "submitted", Sender: "乙", Counts: pipeline.Counts{Loaded: 1}}
	if err := warehouse.Append(t.Context(), db, "meta.ledger", sent); err != nil {
		t.Fatal(err)
	}
	if v, r := reported(); v != versions || r == before {
		t.Errorf("what was sent for review: the versions have changed: %v, what has been reported: %v", v != versions, r != before)
	}

	// one that was given its number before the second comes to be seen after it
	var seq uint64
	if err := db.Row(t.Context(), warehouse.SQL(fmt.Sprint("select min(seq) from meta.ledger where batch = ", second)), &seq); err != nil {
		t.Fatal(err)
	}
	late := pipeline.Entry{Seq: seq - 1, At: time.Now().UTC(), Batch: second + 1, Dataset: "arrivals", Unit: "late", State: pipeline.Published, Sender: "late", Counts: pipeline.Counts{Loaded: 2}, MinDate: days.Date(2026, 1, 10), MaxDate: days.Date(2026, 1, 10)}
	exec("insert into store.arrivals select * replace (toUInt32(%d) as _batch, person + 100 as person) from store.aside", late.Batch)
	if err := warehouse.Append(t.Context(), db, "meta.ledger", late); err != nil {
		t.Fatal(err)
	}
	said("a publication that was overtaken", "4", total, monthly)
}
