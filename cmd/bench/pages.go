package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/cmd/beside"
	"yanzhen/cmd/demo"
	"yanzhen/configs"
	"yanzhen/dashboard"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/target"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// recorder passes statements on and remembers them.
type recorder struct {
	db *warehouse.DB
	mu sync.Mutex
	on bool
	is []warehouse.Statement
}

// Query is metric's door to the database.
func (r *recorder) Query(ctx context.Context, s warehouse.Statement) (array.RecordReader, error) {
	r.mu.Lock()
	if r.on {
		r.is = append(r.is, s)
	}
	r.mu.Unlock()
	return r.db.Query(ctx, s)
}

func (r *recorder) start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on, r.is = true, nil
}

func (r *recorder) stop() []warehouse.Statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = false
	return r.is
}

// pages loads the demo zone, multiplies it, keeps beside its rows what a server keeps, and asks for every panel of every
// board: cold, then warm, then the same statements sent straight to the engine.
func (b *bench) pages(ctx context.Context, size sizes) error {
	if err := b.demo(ctx); err != nil || size.pages == 1 {
		return err
	}
	if err := b.multiply(ctx, size.pages); err != nil {
		return err
	}
	rec := &recorder{db: b.reader}
	server, err := b.server(rec)
	if err != nil {
		return err
	}
	leads, err := b.serverFor(rec, &access.Viewer{Name: "leader", Role: access.Leader, May: access.Leader.May(access.Joint)})
	if err != nil {
		return err
	}
	if err := b.keep(ctx, server.Catalog); err != nil {
		return err
	}
	var arrivals uint64
	if err := b.reader.Row(ctx, warehouse.SQL("select count() from mart.arrivals"), &arrivals); err != nil {
		return err
	}
	boards := slices.DeleteFunc(slices.Clone(server.Boards), func(brd *board.Board) bool {
		return size.boards != "" && !slices.Contains(strings.Split(size.boards, ","), brd.Name)
	})
	fmt.Printf("## Pages: %d rows of arrivals, all other datasets multiplied too\n\n", arrivals)
	if size.dear > 0 {
		for _, brd := range boards {
			for _, s := range []*dashboard.Server{server, leads} {
				if err := b.dearest(ctx, s, rec, brd, size.dear); err != nil {
					return err
				}
			}
		}
		return nil
	}
	fmt.Println("Cold: nothing cached. Warm: asked again, nothing published since. Engine: the statements of the cold page sent straight to the engine, one after another, answers read and dropped; both sides best of 3. Leader: cold, for who may not see few people, best of 2, and with how many statements. Refused: panels of which the server says how to narrow them, by the one and the other.")
	fmt.Print("\n| page | panels | statements | cold ms | warm ms | engine ms | cold / engine | cold CPU ms | engine CPU ms | cold / engine, CPU | leader ms | leader CPU ms | leader statements | refused | engine's peak MiB |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	var all, allCPU [3]time.Duration // cold, warm, straight
	for _, brd := range boards {
		var c cost
		most, err := b.measure(func() (err error) { c, err = b.page(ctx, server, leads, rec, brd); return err })
		if err != nil {
			return err
		}
		fmt.Printf("| %s | %d | %d | %d | %.1f | %d | %.2f | %d | %d | %.2f | %d | %d | %d | %d, %d | %d |\n", brd.Name, len(brd.Panels), c.statements, c.cold.Milliseconds(), float64(c.warm.Microseconds())/1000, c.straight.Milliseconds(), c.cold.Seconds()/c.straight.Seconds(),
			c.coldCPU.Milliseconds(), c.straightCPU.Milliseconds(), c.coldCPU.Seconds()/c.straightCPU.Seconds(), c.leader.Milliseconds(), c.leaderCPU.Milliseconds(), c.asked, c.refused[0], c.refused[1], most.engine>>20)
		b.note("pages."+brd.Name+".cold", ms(c.cold), "ms")
		b.note("pages."+brd.Name+".cold.cpu", ms(c.coldCPU), "ms")
		b.note("pages."+brd.Name+".warm", ms(c.warm), "ms")
		b.note("pages."+brd.Name+".leader", ms(c.leader), "ms")
		b.note("pages."+brd.Name+".leader.cpu", ms(c.leaderCPU), "ms")
		all[0], all[1], all[2] = all[0]+c.cold, all[1]+c.warm, all[2]+c.straight
		allCPU[0], allCPU[2] = allCPU[0]+c.coldCPU, allCPU[2]+c.straightCPU
	}
	fmt.Printf("| **all** | | | %d | %.1f | %d | **%.2f** | %d | %d | **%.2f** | | | | | |\n", all[0].Milliseconds(), float64(all[1].Microseconds())/1000, all[2].Milliseconds(), all[0].Seconds()/all[2].Seconds(),
		allCPU[0].Milliseconds(), allCPU[2].Milliseconds(), allCPU[0].Seconds()/allCPU[2].Seconds())
	return nil
}

// demo loads the files of the demo zone; a directory of an earlier run has them.
func (b *bench) demo(ctx context.Context) error {
	var have uint64
	if err := b.reader.Row(ctx, warehouse.SQL("select count() from mart.arrivals"), &have); err != nil || have > 0 {
		return err
	}
	inbox := filepath.Join(b.dir, "inbox")
	m, err := demo.Write(inbox, demo.Options{Seed: 1})
	if err != nil {
		return err
	}
	var read uint64
	t, err := b.measure(func() error {
		for _, f := range m.Files {
			out, err := b.loader.Load(ctx, pipeline.Request{Path: filepath.Join(inbox, f.Name)})
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			read += out.Counts.Read
		}
		return nil
	})
	if err != nil {
		return err
	}
	n := float64(len(m.Files))
	fmt.Printf("## Small files: the demo zone, %d files, %d rows, one after another\n\n", len(m.Files), read)
	fmt.Printf("%.1f s, %.0f ms a file; CPU %.1f s, %.0f ms a file, of which the loader %.0f ms.\n\n",
		t.wall.Seconds(), 1000*t.wall.Seconds()/n, t.cpu.Seconds(), 1000*t.cpu.Seconds()/n, 1000*t.own.Seconds()/n)
	return nil
}

// keep writes what a server keeps beside the rows, and tells the metrics of it.
func (b *bench) keep(ctx context.Context, metrics *metric.Catalog) error {
	keeper := beside.Of(configs.FS, metrics, stated, memory, b.loader.DB, b.log)
	keeper.Turn = 1 << 20
	n := 0
	t, err := b.measure(func() (err error) { n, err = keeper.Catch(ctx); return err })
	if err == nil && n > 0 {
		fmt.Printf("Kept beside the rows of %d batches in %.1f s, %.1f CPU s; the engine's memory afterwards %d MiB.\n\n", n, t.wall.Seconds(), t.cpu.Seconds(), t.rss>>20)
	}
	return err
}

// server is the dashboard over the loaded zone; rec sees its statements.
func (b *bench) server(rec *recorder) (*dashboard.Server, error) {
	return b.serverFor(rec, access.CommandLine("bench"))
}

// serverFor is the dashboard as a viewer sees it, with nothing kept.
func (b *bench) serverFor(rec *recorder, who *access.Viewer) (*dashboard.Server, error) {
	metrics, err := metric.LoadFS(configs.FS, b.catalog.Datasets, b.catalog.Lists)
	if err != nil {
		return nil, err
	}
	beside.Of(configs.FS, metrics, stated, memory, b.loader.DB, b.log)
	boards, err := board.Load(configs.FS, "boards")
	if err != nil {
		return nil, err
	}
	maps, err := board.LoadMaps(configs.FS, b.catalog.Lists)
	if err != nil {
		return nil, err
	}
	var sets []*dataset.Dataset
	for _, name := range b.catalog.Names() {
		sets = append(sets, b.catalog.Datasets[name])
	}
	return dashboard.New(dashboard.Config{
		Catalog: metrics, Boards: boards, Datasets: sets, Chains: b.catalog.Chains, Maps: maps,
		Engine: &compute.Engine{Catalog: metrics, DB: rec, Fresh: time.Second}, Pipeline: b.loader.Ledger, Log: b.log,
		Who: func(*http.Request) (*access.Viewer, error) { return who, nil },
	})
}

// stated is from how many rows of a dataset on something is kept beside them, as a server does by default.
const stated = 200_000

// cost is the best of three for the panels of a board.
type cost struct {
	statements, asked                                             int // asked: for a leader
	cold, warm, straight, coldCPU, straightCPU, leader, leaderCPU time.Duration
	refused                                                       [2]int // panels, by who may see all and by a leader
}

// page asks for the panels of a board: with nothing kept, again, its statements straight of the engine, and as a leader.
func (b *bench) page(ctx context.Context, server, leads *dashboard.Server, rec *recorder, brd *board.Board) (c cost, err error) {
	used := func() time.Duration { return cpuOf(os.Getpid()) + cpuOf(b.engine.PID()) }
	for range 3 {
		b.forget(server, rec)
		rec.start()
		cpu := used()
		t, refused, err := panels(server, brd)
		if err != nil {
			return c, err
		}
		c.refused[0] = refused
		c.coldCPU = least(c.coldCPU, used()-cpu)
		statements := rec.stop()
		c.statements, c.cold = len(statements), least(c.cold, t)
		if t, _, err = panels(server, brd); err != nil {
			return c, err
		}
		c.warm = least(c.warm, t)
		cpu = used()
		if t, err = b.straight(ctx, statements); err != nil {
			return c, err
		}
		c.straightCPU = least(c.straightCPU, used()-cpu)
		c.straight = least(c.straight, t)
	}
	for range 2 {
		b.forget(leads, rec)
		rec.start()
		cpu := used()
		t, refused, err := panels(leads, brd)
		c.asked, c.refused[1] = len(rec.stop()), refused
		c.leaderCPU = least(c.leaderCPU, used()-cpu)
		if err != nil {
			return c, err
		}
		c.leader = least(c.leader, t)
	}
	return c, nil
}

// forget gives a server an engine of metrics that keeps nothing yet, and lets go of the answers it keeps.
func (b *bench) forget(server *dashboard.Server, rec *recorder) {
	server.Engine = &compute.Engine{Catalog: server.Catalog, DB: rec, Fresh: time.Second}
	server.Targets = &target.Book{Engine: server.Engine}
	server.Forget()
}

func least(a, b time.Duration) time.Duration {
	if a == 0 || b < a {
		return b
	}
	return a
}

// panels asks for the data of every panel of a board, one after another, and says how many were refused as too much at once.
func panels(h http.Handler, b *board.Board) (took time.Duration, refused int, err error) {
	began := time.Now()
	for _, p := range b.Panels {
		switch w := panel(h, b, p); w.Code {
		case http.StatusOK:
		case http.StatusUnprocessableEntity:
			refused++
		default:
			return 0, refused, fmt.Errorf("panel %s/%s: %d %s", b.Name, p.Name, w.Code, w.Body.String())
		}
	}
	return time.Since(began), refused, nil
}

func panel(h http.Handler, b *board.Board, p board.Panel) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/panels/"+b.Name+"/"+p.Name, nil))
	return w
}

// dearest says what each panel of a board takes with nothing kept in memory, and which of its statements take most of it.
func (b *bench) dearest(ctx context.Context, server *dashboard.Server, rec *recorder, brd *board.Board, most int) error {
	who, _ := server.Who(nil)
	fmt.Printf("### %s, by %s\n\n| panel | status | statements | ms | CPU ms |\n|---|---|---|---|---|\n", brd.Name, who.Name)
	used := func() time.Duration { return cpuOf(os.Getpid()) + cpuOf(b.engine.PID()) }
	type one struct {
		panel string
		s     warehouse.Statement
		cpu   time.Duration
		err   error
	}
	var all []one
	b.forget(server, rec)
	var sum time.Duration
	for _, p := range brd.Panels {
		rec.start()
		cpu, began := used(), time.Now()
		w := panel(server, brd, p)
		wall, spent := time.Since(began), used()-cpu
		list := rec.stop()
		for _, s := range list {
			all = append(all, one{panel: p.Name, s: s})
		}
		sum += spent
		fmt.Printf("| %s | %d | %d | %d | %d |\n", p.Name, w.Code, len(list), wall.Milliseconds(), spent.Milliseconds())
	}
	fmt.Printf("| **all** | | %d | | %d |\n\n", len(all), sum.Milliseconds())
	for i := range all {
		cpu := used()
		_, all[i].err = b.straight(ctx, []warehouse.Statement{all[i].s})
		all[i].cpu = used() - cpu
	}
	slices.SortStableFunc(all, func(x, y one) int { return cmp.Compare(y.cpu, x.cpu) })
	for _, o := range all[:min(most, len(all))] {
		fmt.Printf("- %d ms of CPU, panel %s, %s, %v, error %v\n\n```sql\n%s\n```\n\n", o.cpu.Milliseconds(), o.panel, o.s.Tag, o.s.Params, o.err, o.s.SQL)
	}
	return nil
}

func (b *bench) straight(ctx context.Context, statements []warehouse.Statement) (time.Duration, error) {
	began := time.Now()
	for _, s := range statements {
		r, err := b.reader.Stream(ctx, "ArrowStream", s)
		if err != nil {
			return 0, err
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return 0, err
		}
		if err := r.Close(); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

// multiply repeats the rows of every dataset, with other people, until arrivals has that many.
func (b *bench) multiply(ctx context.Context, rows int) error {
	var have uint64
	db := b.loader.DB
	if err := db.Row(ctx, warehouse.SQL("select count() from mart.arrivals"), &have); err != nil {
		return err
	}
	if have == 0 {
		return fmt.Errorf("the demo zone has no arrivals")
	}
	if have >= uint64(rows) { // a directory of an earlier run
		return nil
	}
	times := rows/int(have) + 1
	for i, name := range b.catalog.Names() {
		ds := b.catalog.Datasets[name]
		if name == "chains" || name == "bench" || name == "calendar" { // a calendar has each day once
			continue
		}
		replace := "toUInt32({batch:UInt32}) as _batch"
		if ds.Column("person") != nil {
			replace += ", cityHash64(person, n) as person"
		}
		batch := strconv.Itoa(3_000_000_000 + i)
		if err := db.Exec(ctx, warehouse.Statement{
			SQL: "insert into store." + name + " select * except (n) replace (" + replace + ") from (select * from store." + name +
				" where _batch in (select batch from meta.live where dataset = {name:String})) array join range(1, {times:UInt32}) as n",
			Params:   map[string]string{"batch": batch, "name": name, "times": strconv.Itoa(times)},
			Settings: map[string]string{"max_execution_time": "600"},
		}); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := db.Exec(ctx, warehouse.Statement{
			SQL:    "insert into meta.ledger select * replace (seq + 1000000 as seq, toUInt32({batch:UInt32}) as batch, 'multiplied' as unit, toUInt64((select count() from store." + name + " where _batch = {batch:UInt32})) as loaded) from meta.ledger where dataset = {name:String} and state = 'published' order by max_date desc, seq desc limit 1",
			Params: map[string]string{"batch": batch, "name": name},
		}); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	fmt.Fprintf(os.Stderr, "rows multiplied by %d\n", times)
	return nil
}
