package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yanzhen/dashboard"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

// heavy are what analysts ask who think of nobody else: statements that do not end by themselves within the time.
var heavy = []string{
	"select count(), uniqExact(cityHash64(a.person, b.n)) from mart.arrivals a cross join (select number as n from numbers(100000)) b",
	"select node, quantileExact(0.5)(cityHash64(person, n) % 1000) from mart.arrivals cross join (select number as n from numbers(1000000)) group by node",
	"select sum(cityHash64(number, toString(number))) from numbers(100000000000)",
	"select max(length(repeat(toString(number % 100), 50))) from numbers(100000000000) where match(toString(number), '9{3,}8')",
	"select person, row_number() over (partition by node order by cityHash64(person, n)) as r from mart.arrivals cross join (select number as n from numbers(1000)) order by r desc limit 10",
}

// beside asks for panels with periods that nobody asked for before, as leaders do: alone, and beside analysts with
// heavy statements. Then it says how long a stopped statement lives, and what becomes of one that eats memory.
func (b *bench) beside(ctx context.Context, rows, leaders int) error {
	if err := b.demo(ctx); err != nil {
		return err
	}
	if err := b.multiply(ctx, rows); err != nil {
		return err
	}
	server, err := b.server(&recorder{db: b.reader})
	if err != nil {
		return err
	}
	if err := b.keep(ctx, server.Catalog); err != nil {
		return err
	}
	fmt.Printf("## Leaders beside analysts\n\n%d leaders ask for panels with fresh periods, %d times in all, %v after each answer or so; analysts ask heavy statements without end.\n\n", leaders, looks/leaders*leaders, pause(leaders))
	fmt.Print("| analysts | p50 ms | p95 ms | max ms | p95 / idle p95 |\n|---|---|---|---|---|\n")
	if _, err := b.lead(ctx, server, leaders); err != nil { // the engine warms up
		return err
	}
	idle := 0.0
	for _, n := range []int{0, 8, 32} {
		stop := b.analysts(ctx, n)
		time.Sleep(3 * time.Second)
		took, err := b.lead(ctx, server, leaders)
		ran := stop()
		if err != nil {
			return err
		}
		p95 := ms(took[len(took)*95/100])
		if n == 0 {
			idle = p95
		}
		fmt.Printf("| %d (%d statements) | %.0f | %.0f | %.0f | %.1f |\n", n, ran, ms(took[len(took)/2]), p95, ms(took[len(took)-1]), p95/idle)
		time.Sleep(2 * time.Second)
	}
	return b.stopped(ctx)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// looks are how many panels all leaders ask for.
const looks = 320

// pause is how long a leader looks at what came: all of them together ask some twenty times a second, however many they are.
func pause(leaders int) time.Duration { return time.Duration(leaders) * 50 * time.Millisecond }

// lead asks for panels and returns how long each took, the shortest first.
func (b *bench) lead(ctx context.Context, server *dashboard.Server, leaders int) ([]time.Duration, error) {
	var panels []string
	for _, brd := range server.Boards {
		for _, p := range brd.Panels {
			panels = append(panels, "/api/v1/panels/"+brd.Name+"/"+p.Name)
		}
	}
	var mu sync.Mutex
	var all []time.Duration
	var faults []error
	var late atomic.Int32
	var wg sync.WaitGroup
	for range leaders {
		wg.Go(func() {
			for range looks / leaders {
				time.Sleep(rand.N(2 * pause(leaders))) // so that they do not ask all at once
				from := time.Date(2024, 1, 1+rand.IntN(500), 0, 0, 0, 0, time.UTC)
				r := httptest.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://localhost%s?from=%s&to=%s", panels[rand.IntN(len(panels))],
					from.Format(time.DateOnly), from.AddDate(0, 2+rand.IntN(8), rand.IntN(28)).Format(time.DateOnly)), nil)
				w := httptest.NewRecorder()
				began := time.Now()
				server.ServeHTTP(w, r)
				took := time.Since(began)
				mu.Lock()
				if w.Code == http.StatusGatewayTimeout { // a leader waited for it all the same
					late.Add(1)
					all = append(all, took)
				} else if w.Code >= 500 {
					faults = append(faults, fmt.Errorf("%s: %d %.200s", r.URL, w.Code, w.Body.String()))
				} else if w.Code == http.StatusOK {
					all = append(all, took)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(all)
	if n := late.Load(); n > 0 {
		fmt.Fprintf(os.Stderr, "%d panels were not answered in their time\n", n)
	}
	if len(all) < looks/2 {
		faults = append(faults, fmt.Errorf("only %d panels answered", len(all)))
	}
	return all, errors.Join(faults...)
}

// analysts ask until they are stopped; the function returned says how many statements they began.
func (b *bench) analysts(ctx context.Context, n int) func() int {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var mu sync.Mutex
	ran := 0
	for i := range n {
		wg.Go(func() {
			db, err := warehouse.Open(ctx, warehouse.Options{Socket: b.engine.Socket(), User: embedded.Analyst, Database: "mart"})
			if err != nil {
				return
			}
			defer db.Close()
			for ctx.Err() == nil {
				mu.Lock()
				ran++
				began := ran
				mu.Unlock()
				short, end := context.WithTimeout(ctx, 20*time.Second)
				err := db.Exec(short, warehouse.Statement{SQL: heavy[(i+began)%len(heavy)], Who: fmt.Sprint("analyst ", i)})
				end()
				var no *warehouse.Error
				if errors.As(err, &no) && no.Code == 202 { // the queue is full: it did not run, and asking on would only load the processors
					mu.Lock()
					ran--
					mu.Unlock()
					time.Sleep(time.Second)
				}
			}
		})
	}
	return func() int {
		cancel()
		wg.Wait()
		return ran
	}
}

// stopped says how long the heavy statements live after they are stopped, and what a memory eater comes to.
func (b *bench) stopped(ctx context.Context) error {
	db, err := warehouse.Open(ctx, warehouse.Options{Socket: b.engine.Socket(), User: embedded.Analyst, Database: "mart"})
	if err != nil {
		return err
	}
	defer db.Close()
	fmt.Print("\nStopped after 1 s, gone from the engine after:")
	for i, sql := range heavy {
		short, cancel := context.WithTimeout(ctx, time.Second)
		_ = db.Exec(short, warehouse.Statement{SQL: sql, ID: fmt.Sprintf("heavy-%d", i)})
		cancel()
		began := time.Now()
		for {
			var left uint64
			if err := b.reader.Row(ctx, warehouse.SQL("select count() from system.processes where Settings['log_comment'] like 'heavy-%'"), &left); err != nil {
				return err
			}
			if left == 0 || time.Since(began) > 30*time.Second {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		fmt.Printf(" %.2f s", time.Since(began).Seconds())
	}
	var eaten *warehouse.Error
	err = db.Exec(ctx, warehouse.SQL("select groupArray(repeat(toString(number), 1000)) from numbers(100000000)"))
	if !errors.As(err, &eaten) {
		return fmt.Errorf("a statement that eats memory ended with %v", err)
	}
	whose := "for the whole engine's limit"
	if !strings.Contains(eaten.Message, "(total)") {
		whose = "for its own limit"
	}
	fmt.Printf("\n\nA statement that eats memory: error %d, %s.\n", eaten.Code, whose)
	return nil
}
