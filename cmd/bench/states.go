package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"yanzhen/cmd/beside"
	"yanzhen/configs"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/states"
)

// asked are questions to the metrics that a leader's pages ask, over the last half year of the demo or all of it.
func asked() (list []metric.Query) {
	half := metric.Query{From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1)}
	all := metric.Query{From: days.Date(2023, 7, 1), To: days.Date(2026, 7, 1)}
	add := func(q metric.Query, name string, grain days.Grain, compare metric.Compare, by ...string) {
		q.Metric, q.Grain, q.Compare, q.By = name, grain, compare, by
		list = append(list, q)
	}
	add(half, "net_inflow", days.Total, metric.YearOnYear)
	add(half, "inflow_people", days.Total, metric.YearOnYear)
	add(half, "graduates_introduced", days.Total, metric.YearOnYear)
	add(half, "graduates_bachelor_share", days.Month, metric.NoCompare)
	add(half, "net_inflow", days.Total, metric.NoCompare, "park")
	add(half, "net_inflow", days.Total, metric.NoCompare, "chain")
	add(half, "inflow", days.Total, metric.NoCompare, "origin_province")
	add(half, "inflow", days.Total, metric.NoCompare, "education_group")
	add(half, "inflow", days.Total, metric.NoCompare, "enterprise")
	add(all, "inflow", days.Total, metric.NoCompare)
	add(all, "inflow", days.Month, metric.NoCompare)
	add(all, "inflow_people", days.Quarter, metric.NoCompare)
	ytd := all
	ytd.Window = days.YearToDate
	add(ytd, "net_inflow", days.Month, metric.NoCompare)
	add(half, "training_people", days.Month, metric.NoCompare)
	return list
}

// publishing loads a month of arrivals of one sender, as small as they come and a large one, with nothing kept beside the rows
// and with all of it, in turns.
func (b *bench) publishing(ctx context.Context, keeper *states.Keeper) error {
	defer func() { b.loader.States = nil }()
	fmt.Printf("\nA month of arrivals loaded into them, CPU s of both processes, best of 3 in turns:\n\n| rows of the file | nothing kept | counts kept | the engine's memory MiB |\n|---|---|---|---|\n")
	for _, n := range []int{600, 200_000} {
		file := filepath.Join(b.dir, "甲局_引进与流出_2026年6月.csv")
		if err := writeArrivals(file, n); err != nil {
			return err
		}
		var cost [2]time.Duration
		var rss uint64
		for range 3 {
			for i, k := range []*states.Keeper{nil, keeper} {
				b.loader.States = k
				t, err := b.measure(func() error {
					out, err := b.loader.Load(ctx, pipeline.Request{Path: file, Dataset: "arrivals", Force: true})
					if err == nil && (out.State != pipeline.Published || out.Counts.Loaded != uint64(n)) {
						err = fmt.Errorf("load ended %s with %s: %v %v", out.State, out.Identity("en"), out.Rules, out.Problem)
					}
					return err
				})
				if err != nil {
					return err
				}
				cost[i], rss = least(cost[i], t.cpu), t.rss
			}
		}
		fmt.Printf("| %d | %.2f | %.2f | %d |\n", n, cost[0].Seconds(), cost[1].Seconds(), rss>>20)
	}
	_, err := keeper.Catch(ctx)
	return err
}

// writeArrivals writes a month of arrivals of so many rows.
func writeArrivals(path string, rows int) error {
	rng := rand.New(rand.NewPCG(3, 4))
	var b bytes.Buffer
	b.WriteString("person,date,direction,origin_province,education,enterprise,node\n")
	for range rows {
		pick := func(values []string) string { return values[rng.IntN(len(values))] }
		b.Write(appendIDNumber(nil, "331121", fmt.Sprintf("%04d%02d%02d", 1960+rng.IntN(46), 1+rng.IntN(12), 1+rng.IntN(28)), rng.IntN(1000)))
		fmt.Fprintf(&b, ",2026-06-%02d,%s,%s,%s,青田县第%d材料有限公司,%s\n", 1+rng.IntN(30), pick(directions), pick(provinces), pick(educations), rng.IntN(800), pick(nodes))
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

// states asks the same of the rows and of what is kept beside them, in turns, as somebody who may see all and as a leader.
func (b *bench) states(ctx context.Context, rows int) error {
	if err := b.demo(ctx); err != nil {
		return err
	}
	if err := b.multiply(ctx, rows); err != nil {
		return err
	}
	catalog := func() (*metric.Catalog, error) {
		return metric.LoadFS(configs.FS, b.catalog.Datasets, b.catalog.Lists)
	}
	plain, err := catalog()
	if err != nil {
		return err
	}
	kept, err := catalog()
	if err != nil {
		return err
	}
	keeper := beside.Of(configs.FS, kept, stated, memory, b.loader.DB, b.log)
	keeper.Turn = 1 << 20
	n := 0
	t, err := b.measure(func() (err error) { n, err = keeper.Catch(ctx); return err })
	if err != nil {
		return err
	}
	fmt.Printf("## States: %d rows of arrivals\n\nKept of %d batches in %.1f s, %.1f CPU s; the engine's memory afterwards %d MiB.\n", rows, n, t.wall.Seconds(), t.cpu.Seconds(), t.rss>>20)
	if err := b.publishing(ctx, keeper); err != nil {
		return err
	}
	leader := &access.Viewer{Name: "leader", Role: access.Leader, May: access.Leader.May(access.Joint)}
	for _, who := range []*access.Viewer{access.CommandLine("bench"), leader} {
		fmt.Printf("\nAs %s, CPU s of both processes, best of 2, nothing kept in memory:\n\n| question | rows | states | from states |\n|---|---|---|---|\n", who.Name)
		var sum [2]time.Duration
		for _, q := range asked() {
			var cost [2]time.Duration
			var points [2][]metric.Point
			way := false
			for range 2 {
				for i, cat := range []*metric.Catalog{plain, kept} {
					e := &compute.Engine{For: who, Catalog: cat, DB: b.reader}
					began := cpuOf(os.Getpid()) + cpuOf(b.engine.PID())
					r, err := e.Run(ctx, q)
					if err != nil {
						return fmt.Errorf("%s: %w", q.Metric, err)
					}
					cost[i], points[i], way = least(cost[i], cpuOf(os.Getpid())+cpuOf(b.engine.PID())-began), r.Points, r.Stated
				}
			}
			if !reflect.DeepEqual(points[0], points[1]) {
				return fmt.Errorf("%+v: the rows and what is kept say other numbers", q)
			}
			sum[0], sum[1] = sum[0]+cost[0], sum[1]+cost[1]
			fmt.Printf("| %s %s..%s %s %s %s %v | %.2f | %.2f | %v |\n", q.Metric, days.ISO(q.From), days.ISO(q.To), q.Grain, q.Window, q.Compare, q.By, cost[0].Seconds(), cost[1].Seconds(), way)
		}
		fmt.Printf("| **all** | %.2f | %.2f | |\n", sum[0].Seconds(), sum[1].Seconds())
	}
	return nil
}
