package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"

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

// pages loads the demo zone, multiplies it, and asks for every panel of every board: cold, then
// warm, then the same statements sent straight to the engine.
func (b *bench) pages(ctx context.Context, rows int) error {
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
	if rows == 1 {
		return nil
	}
	if err := b.multiply(ctx, rows); err != nil {
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
	var arrivals uint64
	if err := b.reader.Row(ctx, warehouse.SQL("select count() from mart.arrivals"), &arrivals); err != nil {
		return err
	}
	fmt.Printf("## Pages: %d rows of arrivals, all other datasets multiplied too\n\n", arrivals)
	fmt.Println("Cold: nothing cached. Warm: asked again, nothing published since. Engine: the statements of the cold page sent straight to the engine, one after another, answers read and dropped; both sides best of 3. Leader: cold, for who may not see few people, best of 2, and with how many statements.")
	fmt.Print("\n| page | panels | statements | cold ms | warm ms | engine ms | cold / engine | cold CPU ms | engine CPU ms | cold / engine, CPU | leader ms | leader statements | engine MiB |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	var all, allCPU [3]time.Duration // cold, warm, straight
	for _, brd := range server.Boards {
		c, err := b.page(ctx, server, leads, rec, brd)
		if err != nil {
			return err
		}
		fmt.Printf("| %s | %d | %d | %d | %.1f | %d | %.2f | %d | %d | %.2f | %d | %d | %d |\n", brd.Name, len(brd.Panels), c.statements, c.cold.Milliseconds(), float64(c.warm.Microseconds())/1000, c.straight.Milliseconds(), c.cold.Seconds()/c.straight.Seconds(),
			c.coldCPU.Milliseconds(), c.straightCPU.Milliseconds(), c.coldCPU.Seconds()/c.straightCPU.Seconds(), c.leader.Milliseconds(), c.asked, residentOf(b.engine.PID())>>20)
		all[0], all[1], all[2] = all[0]+c.cold, all[1]+c.warm, all[2]+c.straight
		allCPU[0], allCPU[2] = allCPU[0]+c.coldCPU, allCPU[2]+c.straightCPU
	}
	fmt.Printf("| **all** | | | %d | %.1f | %d | **%.2f** | %d | %d | **%.2f** | | | |\n", all[0].Milliseconds(), float64(all[1].Microseconds())/1000, all[2].Milliseconds(), all[0].Seconds()/all[2].Seconds(),
		allCPU[0].Milliseconds(), allCPU[2].Milliseconds(), allCPU[0].Seconds()/allCPU[2].Seconds())
	return nil
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

// cost is the best of three for the panels of a board.
type cost struct {
	statements, asked                                  int // asked: for a leader
	cold, warm, straight, coldCPU, straightCPU, leader time.Duration
}

// page asks for the panels of a board: with nothing kept, again, its statements straight of the engine, and as a leader.
func (b *bench) page(ctx context.Context, server, leads *dashboard.Server, rec *recorder, brd *board.Board) (c cost, err error) {
	used := func() time.Duration { return cpuOf(os.Getpid()) + cpuOf(b.engine.PID()) }
	for range 3 {
		b.forget(server, rec)
		rec.start()
		cpu := used()
		t, err := panels(server, brd)
		if err != nil {
			return c, err
		}
		c.coldCPU = least(c.coldCPU, used()-cpu)
		statements := rec.stop()
		c.statements, c.cold = len(statements), least(c.cold, t)
		if t, err = panels(server, brd); err != nil {
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
		t, err := panels(leads, brd)
		c.asked = len(rec.stop())
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

// panels asks for the data of every panel of a board, one after another.
func panels(h http.Handler, b *board.Board) (time.Duration, error) {
	began := time.Now()
	for _, p := range b.Panels {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/panels/"+b.Name+"/"+p.Name, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			return 0, fmt.Errorf("panel %s/%s: %d %s", b.Name, p.Name, w.Code, w.Body.String())
		}
	}
	return time.Since(began), nil
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
