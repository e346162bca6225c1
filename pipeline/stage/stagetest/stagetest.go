// Package stagetest gives tests a warehouse with the tables of declared datasets in it. No part of the product imports it.
package stagetest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Open returns a loader's warehouse with the tables and views of a catalog, all empty.
func Open(t testing.TB, sets *dataset.Catalog) *warehouse.DB {
	t.Helper()
	return warehousetest.Made(t, key(sets), func(db *warehouse.DB) error {
		return (&pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: sets}).EnsureTables(t.Context())
	})
}

// key tells catalogs apart whose tables, views or code lists differ.
func key(sets *dataset.Catalog) string {
	h := sha256.New()
	for _, name := range sets.Names() {
		d := sets.Datasets[name]
		fmt.Fprintf(h, "%s\x00%s\x00", d.DDL(), d.ViewDDL())
	}
	if sets.Lists != nil {
		for _, name := range sets.Lists.Names() {
			l := sets.Lists.Get(name)
			fmt.Fprintf(h, "%q %t\n", []string{name, l.Zh, l.En}, l.Ranked)
			for _, v := range l.Values {
				fmt.Fprintf(h, "%q %d\n", []string{v.Code, v.Zh, v.En, v.Parent}, v.Rank)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
