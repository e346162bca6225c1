// Package past makes the views of past, which show the rows of a dataset that were live at a moment: past.arrivals(as_of = '…').
// Whoever asks several questions names one moment in all of them, and their answers agree whatever is published in between. The
// views are made when somebody first names one.
package past

import (
	"context"
	"regexp"
	"sync"
	"sync/atomic"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Views are those of past of an installation whose declarations may change while it runs.
type Views struct {
	DB      *warehouse.DB // may make them
	Definer string        // whose rights they read with; empty: default

	mu   sync.Mutex // over making them: one does, the others wait
	next atomic.Pointer[dataset.Catalog]
	made *dataset.Catalog
}

// Use says what is declared from now on.
func (v *Views) Use(c *dataset.Catalog) { v.next.Store(c) }

var named = regexp.MustCompile("(?i)\\bpast[`\"]?\\s*\\.")

// For makes the views of what is declared at the moment, unless they stand or a statement names none.
func (v *Views) For(ctx context.Context, sql string) error {
	if v == nil || !named.MatchString(sql) {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	c := v.next.Load()
	if c == nil || c == v.made {
		return nil
	}
	v.made = nil // where it fails some are of one and some of the other
	exec := func(sql string) error { return v.DB.Exec(ctx, warehouse.Statement{SQL: sql, Tag: "past"}) }
	definer := v.Definer
	if definer == "" {
		definer = "default"
	}
	all := []string{
		"create database if not exists " + dataset.Past,
		"create or replace view " + dataset.Past + ".moment definer = " + definer + " sql security definer as select max(at) as as_of from meta.ledger comment '最近一次发布或撤回的时刻 / When data were last published or withdrawn'",
	}
	for _, name := range c.Names() {
		all = append(all, c.Datasets[name].PastDDL(definer))
	}
	for _, sql := range all {
		if err := exec(sql); err != nil {
			return err
		}
	}
	v.made = c
	return nil
}
