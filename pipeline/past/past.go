// Package past makes the views of past, which show the rows of a dataset that were live at a moment: past.arrivals(as_of = '…').
// Whoever asks several questions names one moment in all of them, and their answers agree whatever is published in between. The
// views are made when somebody first names one.
package past

import (
	"context"
	"regexp"
	"strings"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Views are those of past of an installation whose declarations may change while it runs. Those of an earlier run go where other views
// are declared since (package settled).
type Views struct {
	DB      *warehouse.DB // may make them
	Definer string        // whose rights they read with; empty: default
	Beside  bool          // a server runs, whose views stay as they are: what is missing is made

	latest dataset.Latest
}

// Use says what is declared from now on.
func (v *Views) Use(c *dataset.Catalog) { v.latest.Use(c) }

var named = regexp.MustCompile("(?i)\\bpast[`\"]?\\s*\\.")

// For makes the views of what is declared at the moment, unless they stand, or none were made and a statement names none. Once they
// were, no statement runs beside older ones, however it writes their names: a mask may have come since.
func (v *Views) For(ctx context.Context, sql string) error {
	if v == nil || !v.latest.Begun() && !named.MatchString(sql) {
		return nil
	}
	return v.latest.Make(func(c *dataset.Catalog) error { return v.publish(ctx, c) })
}

func (v *Views) publish(ctx context.Context, c *dataset.Catalog) error {
	exec := func(sql string) error {
		if v.Beside {
			sql = strings.Replace(sql, "create or replace view", "create view if not exists", 1)
		}
		return v.DB.Exec(ctx, warehouse.Statement{SQL: sql, Tag: "past"})
	}
	definer := v.Definer
	if definer == "" {
		definer = "default"
	}
	all := []string{
		"create database if not exists " + dataset.Past,
		"create or replace view " + dataset.Past + ".moment definer = " + definer + " sql security definer as select max(at) as as_of from meta.ledger where state in ('published', 'withdrawn') comment '最近一次发布或撤回的时刻 / When data were last published or withdrawn'",
	}
	for _, name := range c.Names() {
		all = append(all, c.Datasets[name].PastDDL(definer))
	}
	for _, sql := range all {
		if err := exec(sql); err != nil {
			return err
		}
	}
	return nil
}
