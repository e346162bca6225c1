package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"yanzhen/jobs"
	"yanzhen/jobs/paused"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/fetch"
	"yanzhen/pipeline/fetch/fetchtest"
	"yanzhen/pipeline/stage/stagetest"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// bench is a fetcher on a real loader.
type bench struct {
	*fetch.Fetcher
	t   testing.TB
	log *strings.Builder
}

func catalog(t testing.TB) *dataset.Catalog {
	t.Helper()
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func newBench(t testing.TB) *bench {
	t.Helper()
	log := &strings.Builder{}
	lg := slog.New(slog.NewTextHandler(log, nil))
	sets := catalog(t)
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: stagetest.Open(t, sets)}, Catalog: sets, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), Log: lg}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	office, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return &bench{&fetch.Fetcher{Loader: l, Dir: t.TempDir(), Office: office, Log: lg, Now: time.Now}, t, log}
}

// declare puts a source in place of the one that was declared.
func (b *bench) declare(text string) {
	b.t.Helper()
	list, err := fetch.Read(fstest.MapFS{"sources/moves.yaml": {Data: []byte(text)}}, b.Loader.Catalog.Datasets)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Sources = list
}

// fetch fetches and returns what became of the files, and the sum.
func (b *bench) fetch(full bool) (states []string, sum fetch.Summary, err error) {
	sum, err = b.Fetch(b.t.Context(), fetch.Request{Source: "moves", Job: "moves", Full: full}, func(o pipeline.Outcome, err error) {
		states = append(states, said(o, err))
	})
	for _, n := range sum.Notes {
		b.log.WriteString(n.En + "\n")
	}
	return states, sum, err
}

// said is what became of a file.
func said(o pipeline.Outcome, err error) string {
	said := o.File + " " + string(o.State)
	if o.Problem != nil {
		said += " " + o.Problem.Code
	}
	if err != nil && o.Problem == nil {
		said += " " + err.Error()
	}
	return said
}

// tables are what the source and the warehouse hold, told alike; their differences are printed.
func (b *bench) same(c *pgx.Conn, where string) {
	b.t.Helper()
	var want string
	err := c.QueryRow(b.t.Context(), `select concat_ws(' ', count(*), sum(people), count(distinct node), sum(('x' || substr(md5(concat_ws('|', name, (moved at time zone 'Asia/Shanghai')::date, node, people)), 1, 8))::bit(32)::bigint)) from moved`).Scan(&want)
	if err != nil {
		b.t.Fatal(err)
	}
	got := warehousetest.TSV(b.t, b.Loader.DB, warehouse.SQL(`select concat_ws(' ', count(), sum(people), uniqExact(node), sum(reinterpretAsUInt32(reverse(unhex(substring(lower(hex(MD5(concat_ws('|', s.name, toString(date), node, toString(people))))), 1, 8)))))) from store.moves s where _batch in (select batch from (`+live+`))`))
	if got != want {
		b.t.Errorf("%s: the warehouse holds %s, the source %s", where, got, want)
	}
}

const live = "select argMax(batch, seq) as batch from meta.ledger where dataset = 'moves' and state in ('published', 'withdrawn') group by unit having argMax(state, seq) = 'published'"

func source(s fetchtest.Server, more string) string {
	return `name: moves
title: {zh: 业务库, en: HR}
dataset: moves
sender: 人社局
zone: UTC
key: [id]
period: date
database:
  kind: postgres
  host: 127.0.0.1
  port: ` + strconv.Itoa(s.Port) + `
  name: postgres
  user: owner
  tls: none
  password: {env: YANZHEN_TEST_SECRET}
  query: select id, card as person, name, moved as date, node, people, changed from moved -- all
` + more
}

const cursor = "  cursor: {columns: [changed, id], lag: 1m, full: 24h}\n"

// tables holds rows with a valid identity number each, times close to midnight of the office.
const tables = `create table moved (id bigint primary key, card text, name text, moved timestamptz, node text, people int, changed timestamptz not null default clock_timestamp());
create index on moved (changed, id);
create function card(n bigint) returns text language plpgsql as $$
declare body text; s int := 0; i int; w int[] := array[7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2];
begin
  body := '110101' || to_char(date '1950-01-01' + (n / 999)::int, 'YYYYMMDD') || lpad((n % 999)::text, 3, '0');
  for i in 1..17 loop s := s + substr(body, i, 1)::int * w[i]; end loop;
  return body || substr('10X98765432', s % 11 + 1, 1);
end $$;`

func insert(ctx context.Context, c *pgx.Conn, from, to int) error {
	_, err := c.Exec(ctx, `insert into moved (id, card, name, moved, node, people)
select n, card(n), case n % 3 when 0 then '雁"阵, ' || n when 1 then '行' || chr(10) || n else 'n' || n end,
  timestamptz '2026-01-31 15:59:59.5+00' + (n % 4) * interval '0.25 s' + (n % 5) * interval '28 day', 'node' || n % 7, n % 50 from generate_series($1::int, $2::int) n`, from, to)
	return err
}

// A source is fetched whole, then what is new and changed, then whole again: each time the warehouse holds what the source does,
// in versions of its periods, and what was not touched is not loaded again. Nothing that is said anywhere holds the password.
func TestPostgres(t *testing.T) {
	t.Setenv("YANZHEN_TEST_SECRET", fetchtest.Password)
	s, c := fetchtest.Postgres(t)
	b := newBench(t)
	b.declare(source(s, cursor))
	exec := func(sql string) {
		t.Helper()
		if _, err := c.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec(tables)
	if err := insert(t.Context(), c, 1, 3000); err != nil {
		t.Fatal(err)
	}
	exec("update moved set changed = changed - interval '1 hour' where id <= 2900")
	expect := func(where string, full bool, want ...string) fetch.Summary {
		t.Helper()
		states, sum, err := b.fetch(full)
		if err != nil || strings.Join(states, "; ") != strings.Join(want, "; ") {
			t.Errorf("%s: %v\n got %s\nwant %s", where, err, strings.Join(states, "; "), strings.Join(want, "; "))
		}
		return sum
	}
	file := func(month int, state string) string { return fmt.Sprintf("moves_2026-%02d.csv %s", month, state) }
	if sum := expect("first", false, file(1, "published"), file(2, "published"), file(3, "published"), file(4, "published"), file(5, "published")); !sum.Full || sum.Rows != 3000 {
		t.Errorf("first: %+v", sum)
	}
	b.same(c, "first")

	// what is outside the lag is not read again, and no file whose rows are as they were is loaded again
	exec("update moved set people = people + 1, changed = clock_timestamp() where id in (5, 10)")
	if err := insert(t.Context(), c, 3001, 3010); err != nil {
		t.Fatal(err)
	}
	sum := expect("changed", false, file(1, "published"), file(2, "published"), file(3, "published"), file(4, "published"), file(5, "published"))
	if sum.Full || sum.Read != 112 || sum.Rows != 3010 {
		t.Errorf("changed: %+v", sum)
	}
	b.same(c, "changed")
	unchanged := []string{file(1, "unchanged"), file(2, "unchanged"), file(3, "unchanged"), file(4, "unchanged"), file(5, "unchanged")}
	expect("as it was", false, unchanged...)

	// a transaction that began before and commits after: within the lag
	late, err := pgx.ConnectConfig(t.Context(), c.Config())
	if err != nil {
		t.Fatal(err)
	}
	defer late.Close(t.Context())
	tx, err := late.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "update moved set people = 49, changed = now() where id = 7"); err != nil {
		t.Fatal(err)
	}
	exec("update moved set people = 48, changed = clock_timestamp() where id = 12")
	expect("before the late one", false, file(1, "unchanged"), file(2, "unchanged"), file(3, "published"), file(4, "unchanged"), file(5, "unchanged"))
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect("after the late one", false, file(1, "unchanged"), file(2, "unchanged"), file(3, "published"), file(4, "unchanged"), file(5, "unchanged"))
	b.same(c, "late")

	// what is deleted, or changed past the cursor, a full reading finds
	exec("delete from moved where id % 10 = 4 and id % 5 <> 1")
	exec("update moved set people = 1 where id = 20")
	expect("deleted, not yet seen", false, unchanged...)
	b.Now = func() time.Time { return time.Now().Add(25 * time.Hour) }
	if sum := expect("deleted", false, file(1, "published"), file(2, "unchanged"), file(3, "unchanged"), file(4, "unchanged"), file(5, "published")); !sum.Full {
		t.Errorf("deleted: %+v", sum)
	}
	b.same(c, "deleted")

	// a period that is gone is not taken away, nor is what a view gives that is suddenly empty
	exec("create table aside as select * from moved; delete from moved where id % 5 = 4 and id % 4 < 2 or id % 5 = 4")
	if states, _, err := b.fetch(true); err != nil || !strings.Contains(strings.Join(states, "; "), "held period_gone") {
		t.Errorf("a period is gone: %v, %v", states, err)
	}
	exec("delete from moved")
	var p *pipeline.Problem
	if states, _, err := b.fetch(true); !errors.As(err, &p) || p.Code != "source_no_rows" {
		t.Errorf("empty: %v, %v", states, err)
	}
	exec("insert into moved select * from aside")
	expect("back", true, unchanged...)
	b.same(c, "back")

	for name, bad := range map[string]struct{ old, new, code string }{
		"password":    {"YANZHEN_TEST_SECRET", "YANZHEN_TEST_WRONG", "source_sign_in"},
		"no password": {"YANZHEN_TEST_SECRET", "YANZHEN_TEST_NONE", "source_secret"},
		"no table":    {"from moved", "from moved_no_more", "source_query"},
		"no database": {"name: postgres", "name: nowhere", "source_database"},
		"no key":      {"key: [id]", "key: [number]", "source_columns"},
		"no such key": {"key: [id]", "key: [node]", "source_key"},
		"value":       {"people, changed", "1 / (people - people) as people, changed", "source_value"},
		"a type":      {"people, changed", "array[people] as people, changed", "source_type"},
		"cursor":      {"[changed, id]", "[changed, number]", "source_cursor"},
		"writes":      {"people, changed", "(select nextval('one')) as people, changed", "source_writes"},
		"two columns": {"people, changed", "people, people, changed", "source_columns"},
	} {
		t.Setenv("YANZHEN_TEST_WRONG", "not-the-password")
		if name == "writes" {
			exec("create sequence one")
		}
		b.declare(strings.Replace(source(s, cursor), bad.old, bad.new, 1))
		_, _, err := b.fetch(false)
		if !errors.As(err, &p) || p.Code != bad.code || p.Text.Zh == "" || p.Text.En == "" || p.Remedy.Zh == "" {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(fmt.Sprint(err), "not-the-password") {
			t.Errorf("%s: the error holds the password: %v", name, err)
		}
	}
	b.declare(strings.Replace(source(s, cursor), "port: "+strconv.Itoa(s.Port), "port: 1", 1))
	if _, _, err := b.fetch(false); err == nil || errors.As(err, &p) || !pipeline.Temporary(err) || strings.Contains(err.Error(), fetchtest.Password) {
		t.Errorf("nobody listens: %v", err)
	}
	if strings.Contains(b.log.String(), fetchtest.Password) {
		t.Errorf("the log holds the password: %s", b.log)
	}

	b.byTheClock(s)

	// the first rows, as a file that is planned; nothing of it is kept
	b.declare(source(s, cursor))
	q, columns, done, err := b.Look(t.Context(), "moves", 100)
	if err != nil || len(columns) != 7 {
		t.Fatal(columns, err)
	}
	plan, err := b.Loader.Plan(t.Context(), q)
	if err != nil || len(fetch.FirstRows(&plan)) > 0 || plan.Counts.Loaded == 0 || plan.Counts.Rejected > 0 || len(plan.Tables[0].Binding.Extra) != 2 {
		t.Errorf("plan: %+v, %v", plan, err)
	}
	done()
	if left, _ := filepath.Glob(filepath.Join(b.Dir, "sources", "moves", "*")); len(left) != 2 {
		t.Errorf("left: %v; want lock and mirror", left)
	}
}

// With YANZHEN_FETCH_ROWS=1000000 so many rows are inserted, changed and deleted while they are fetched; afterwards one full
// reading makes the warehouse equal.
func TestWhileTheyChange(t *testing.T) {
	rows := 3000
	if v := os.Getenv("YANZHEN_FETCH_ROWS"); v != "" {
		var err error
		if rows, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("YANZHEN_TEST_SECRET", fetchtest.Password)
	s, c := fetchtest.Postgres(t)
	b := newBench(t)
	b.declare(source(s, cursor))
	if _, err := c.Exec(t.Context(), tables); err != nil {
		t.Fatal(err)
	}
	if err := insert(t.Context(), c, 1, rows); err != nil {
		t.Fatal(err)
	}
	other, err := pgx.ConnectConfig(t.Context(), c.Config())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	ctx, stop := context.WithCancel(t.Context())
	ended := startWriter(ctx, other, rows)
	for i := range 3 {
		began := time.Now()
		states, sum, err := b.fetch(false)
		if err != nil || len(states) != 5 {
			t.Fatal(states, err)
		}
		t.Logf("fetch %d: %d rows read, %d held, full %v, %s: %v", i, sum.Read, sum.Rows, sum.Full, time.Since(began).Round(time.Millisecond), states)
	}
	stop()
	if n, err := ended(); err != nil || n == 0 {
		t.Fatalf("the writer: %d changes, %v", n, err)
	} else {
		t.Logf("%d inserted, changed or deleted meanwhile", n)
	}
	if _, _, err := b.fetch(true); err != nil {
		t.Fatal(err)
	}
	b.same(c, "reconciled")
	if states, _, err := b.fetch(false); err != nil || strings.Contains(strings.Join(states, " "), "published") {
		t.Errorf("once more: %v, %v", states, err)
	}
}

// startWriter inserts, changes and deletes until ctx ends.
func startWriter(ctx context.Context, c *pgx.Conn, rows int) (end func() (int64, error)) {
	done := make(chan writerResult, 1)
	go func() {
		r := rand.New(rand.NewPCG(1, 2))
		var n int64
		next := rows
		for ctx.Err() == nil {
			for _, sql := range []string{
				fmt.Sprintf("update moved set people = people + 1, changed = clock_timestamp() where id between %d and %[1]d + 20", 1+r.IntN(rows)),
				fmt.Sprintf("delete from moved where id between %d and %[1]d + 3", 1+r.IntN(rows)),
			} {
				tag, err := c.Exec(context.WithoutCancel(ctx), sql)
				if err != nil {
					done <- writerResult{n, err}
					return
				}
				n += tag.RowsAffected()
			}
			if err := insert(context.WithoutCancel(ctx), c, next+1, next+10); err != nil {
				done <- writerResult{n, err}
				return
			}
			next += 10
			n += 10
			time.Sleep(time.Millisecond)
		}
		done <- writerResult{n, nil}
	}()
	return func() (int64, error) { r := <-done; return r.n, r.err }
}

type writerResult struct {
	n   int64
	err error
}

// byTheClock lets a job fetch: what became of it, and why it did not, is its run.
func (b *bench) byTheClock(s fetchtest.Server) {
	b.t.Helper()
	b.declare(source(s, cursor))
	list, err := jobs.Read(fstest.MapFS{"jobs/hourly.yaml": {Data: []byte("name: hourly\ntitle: {zh: 取, en: Fetch}\nfetch: moves\nschedule: '@hourly'\n")}}, "jobs", b.Loader.Catalog.Names(), nil, fetch.Datasets(b.Sources))
	if err != nil {
		b.t.Fatal(err)
	}
	clock := &jobs.Scheduler{Jobs: list, Loader: b.Loader, Fetch: b.Job, Dir: b.Dir, Log: slog.New(slog.DiscardHandler)}
	if err := clock.Start(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	defer clock.Stop(b.t.Context())
	run := func() pipeline.Run {
		b.t.Helper()
		id, err := clock.Run("hourly")
		for busy := (*paused.Refusal)(nil); errors.As(err, &busy) && b.t.Context().Err() == nil; id, err = clock.Run("hourly") {
			time.Sleep(20 * time.Millisecond) // a run is recorded a moment before its job is free
		}
		for err == nil {
			r, ok, e := b.Loader.Run(b.t.Context(), id)
			if ok && !r.Finished.IsZero() && r.State != pipeline.Running {
				return r
			}
			err = errors.Join(e, b.t.Context().Err())
			time.Sleep(20 * time.Millisecond)
		}
		b.t.Fatal(err)
		return pipeline.Run{}
	}
	if r := run(); r.State != pipeline.Unchanged || r.Dataset != "moves" || r.MessageEn != "5 files: 0 published, 5 unchanged, 0 held, 0 refused" {
		b.t.Errorf("a run: %+v", r)
	}
	b.declare(strings.Replace(source(s, cursor), "from moved", "from nowhere", 1))
	if r := run(); r.State != pipeline.Failed || r.Code != "source_query" || !strings.Contains(r.MessageZh, "nowhere") || r.RemedyEn == "" {
		b.t.Errorf("a run that fails: %+v", r)
	}
}
