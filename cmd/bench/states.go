package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"yanzhen/cmd/beside"
	"yanzhen/cmd/demo"
	"yanzhen/configs"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
)

// stated are questions to the metrics that a leader's pages ask, over the last half year of the demo or all of it.
func stated() (list []metric.Query) {
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

// states asks the same of the rows and of what is kept beside them, in turns, as somebody who may see all and as a leader.
func (b *bench) states(ctx context.Context, rows int) error {
	inbox := filepath.Join(b.dir, "inbox")
	m, err := demo.Write(inbox, demo.Options{Seed: 1})
	if err != nil {
		return err
	}
	for _, f := range m.Files {
		if _, err := b.loader.Load(ctx, pipeline.Request{Path: filepath.Join(inbox, f.Name)}); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
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
	keeper := beside.Of(configs.FS, kept, 200_000, b.loader.DB, b.log)
	n := 0
	t, err := b.measure(func() (err error) { n, err = keeper.Catch(ctx); return err })
	if err != nil {
		return err
	}
	fmt.Printf("## States: %d rows of arrivals\n\nKept of %d batches in %.1f s, %.1f CPU s; the engine's memory afterwards %d MiB.\n", rows, n, t.wall.Seconds(), t.cpu.Seconds(), t.rss>>20)
	leader := &access.Viewer{Name: "leader", Role: access.Leader, May: access.Leader.May(access.Joint)}
	for _, who := range []*access.Viewer{access.CommandLine("bench"), leader} {
		fmt.Printf("\nAs %s, CPU s of both processes, best of 2, nothing kept in memory:\n\n| question | rows | states | from states |\n|---|---|---|---|\n", who.Name)
		var sum [2]time.Duration
		for _, q := range stated() {
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
