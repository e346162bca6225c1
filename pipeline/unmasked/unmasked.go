// Package unmasked makes the views of plain: those of mart under the same names, in which names of persons stand as they were
// sent. Nobody reads them but the role of the embedded engine that the program takes for one statement of somebody who may,
// after the reason is written down.
package unmasked

import (
	"context"
	"slices"
	"strings"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

// Views are those of plain of an installation whose declarations may change while it runs.
type Views struct {
	DB *warehouse.DB // may make them

	latest dataset.Latest
}

// Use says what is declared from now on.
func (v *Views) Use(c *dataset.Catalog) { v.latest.Use(c) }

// Make makes the views of what is declared at the moment, unless they stand. Whoever reads plain calls it first, so that
// nothing is read that is declared no more, or otherwise.
func (v *Views) Make(ctx context.Context) error {
	return v.latest.Make(func(c *dataset.Catalog) error { return Publish(ctx, v.DB, c) })
}

// Publish makes plain anew: a view for each of mart, without masks where a dataset masks something.
func Publish(ctx context.Context, db *warehouse.DB, c *dataset.Catalog) error {
	exec := func(sql string) error { return db.Exec(ctx, warehouse.Statement{SQL: sql, Tag: "unmasked"}) }
	if err := exec("create database if not exists " + dataset.Plain); err != nil {
		return err
	}
	views, err := warehouse.Select[struct {
		Database string `db:"database"`
		Name     string `db:"name"`
	}](ctx, db, warehouse.Statement{SQL: "select database, name from system.tables where database in ('mart', '" + dataset.Plain + "') order by database, name", Tag: "unmasked"})
	if err != nil {
		return err
	}
	var mart []string
	for _, v := range views {
		if v.Database == "mart" {
			mart = append(mart, v.Name)
		}
	}
	for _, v := range views {
		if v.Database == dataset.Plain && !slices.Contains(mart, v.Name) {
			if err := exec("drop table if exists " + dataset.Plain + "." + quote(v.Name)); err != nil {
				return err
			}
		}
	}
	for _, name := range mart {
		sql := ""
		if d := c.Datasets[name]; d != nil {
			sql = d.PlainDDL()
		}
		if sql == "" {
			sql = "create or replace view " + dataset.Plain + "." + quote(name) + " definer = default sql security definer as select * from mart." + quote(name)
		}
		if err := exec(sql); err != nil {
			return err
		}
	}
	return nil
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "\\`") + "`" }

// Open opens the embedded engine at a socket as who reads plain.
func Open(ctx context.Context, socket string) (*warehouse.DB, error) {
	return warehouse.Open(ctx, warehouse.Options{Socket: socket, User: embedded.Unmasked, Database: dataset.Plain})
}
